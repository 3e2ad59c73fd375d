"""``repair`` from Python."""

from __future__ import annotations

import pytest

from verifier.formats.load import read_tree
from verifier.jobs.check import check
from verifier.jobs.repair import repair
from verifier.model.errors import LeafproofError


def test_objects_and_paths_are_repaired_alike(given, tmp_path, capfd):
    objects = repair(given.network, given.wrong, given.domain)
    out, proof = tmp_path / "tree.json", tmp_path / "c"
    paths = repair(*given.paths("wrong"), output=out, certificate=proof)
    assert capfd.readouterr() == ("", "")
    assert objects.tree == paths.tree and read_tree(out).nodes == paths.tree.nodes
    for result in (objects, paths):
        assert result.verdict == "equivalent" and result.finished
        assert result.before.leaves == 2 and result.leaves_added == result.tree.leaves - 2
    assert proof.read_bytes() == paths.data and check(proof).verdict == "equivalent"
    assert paths.to_dict()["leaves_added"] == paths.leaves_added
    assert paths.to_dict()["changes"][0]["class_before"] == 1


def test_a_stop_and_a_limit_leave_the_best_tree_so_far(hard, ear, tmp_path, own_time, patient):
    for more in ({"stop": ear(calls=0).stop}, {"timeout": 0.5}):
        made = repair(*hard, output=tmp_path / "tree.json", **more)
        assert not made.finished and made.verdict != "equivalent"
        assert "stopped before its end" in (tmp_path / "tree.json").read_text()


def test_bad_input_leaves_no_file(given, tmp_path):
    cases = (
        ({"leaves": 1}, "leaves"),
        ({"output": tmp_path / "tree.onnx"}, "export"),
        ({"certificate": tmp_path}, "folder"),
        ({"trust": "oracle"}, "oracle"),
    )
    for options, word in cases:
        more = {"output": tmp_path / "tree.json", **options}
        with pytest.raises(LeafproofError) as caught:
            repair(given.network, given.wrong, given.domain, **more)
        assert word in str(caught.value) and "\n" not in str(caught.value), options
    assert [p.name for p in tmp_path.iterdir()] == ["given"]
