"""A statement named the SHA-256 of a file that was not the one compared: it was swapped meanwhile.

Digests were taken before and after the comparison, so a file that was another one in between, and
itself again, went unnoticed. And the digest of an ONNX file whose weights lie in another file says
nothing of these: another network has the same.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

import verifier as lp
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs import against
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports.statement import paragraphs
from verifier.writing.json_nouns import write_tree

TREE = Tree((Inner(0, 1, 1, 2), Leaf(0), Leaf(1)))


def network(bias: float) -> Network:
    return Network(
        2, (Affine(0, np.array([[1.0, 1.0]], np.float32), np.array([bias], np.float32)),)
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate about net.onnx and tree.json, and other.onnx."""
    monkeypatch.chdir(tmp_path)
    save_onnx(network(-1.5), "net.onnx")
    save_onnx(network(-0.5), "other.onnx")
    write_tree("tree.json", TREE)
    lp.certify("net.onnx", "tree.json", "bits", output="net.certificate", sample=0)
    return tmp_path


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def statement(found: Any) -> str:
    return "\n".join(paragraphs(found.certificate, found.proved, found.files))


def check() -> Any:
    return lp.check("net.certificate", against=("net.onnx", "tree.json", "bits"))


def test_a_file_that_is_another_one_while_it_is_compared(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert check().files == against.Digests(
        digest(files / "net.onnx"), digest(files / "tree.json"), "bits"
    )
    true, other = ((files / name).read_bytes() for name in ("net.onnx", "other.onnx"))
    (files / "net.onnx").write_bytes(other)
    load = against.load_teacher

    def swapped(*given: Any, **more: Any) -> Any:
        (files / "net.onnx").write_bytes(true)
        try:
            return load(*given, **more)
        finally:
            (files / "net.onnx").write_bytes(other)

    monkeypatch.setattr(against, "load_teacher", swapped)
    found = check()  # it is what was read that is named, and not what lies there now
    assert found.files.network == hashlib.sha256(true).hexdigest() != digest(files / "net.onnx")
    assert found.files.network in statement(found)


def test_a_file_that_changes_between_two_looks_is_refused(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = against.load_tree

    def changed(*given: Any, **more: Any) -> Any:
        found = load(*given, **more)
        text = json.loads((files / "tree.json").read_text("utf-8"))
        (files / "tree.json").write_text(json.dumps(text, indent=3), "utf-8")
        load(*given, **more)
        return found

    monkeypatch.setattr(against, "load_tree", changed)
    with pytest.raises(LeafproofError, match="were changed by someone else while they were read"):
        check()


def test_weights_in_another_file_have_no_digest(files: Path) -> None:
    model = onnx.load(files / "net.onnx")
    raw = [onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(t), t.name)
           for t in model.graph.initializer]  # fmt: skip
    del model.graph.initializer[:]
    model.graph.initializer.extend(raw)
    onnx.save_model(
        model,
        files / "net.onnx",
        save_as_external_data=True,
        location="weights",
        size_threshold=0,
    )
    lp.certify("net.onnx", "tree.json", "bits", output="net.certificate", sample=0)
    one = digest(files / "net.onnx")
    found = check()
    assert found.files.network is None and found.files.tree == digest(files / "tree.json")
    assert "network file with SHA-256" not in statement(found) and one not in statement(found)
    (files / "weights").write_bytes(bytes(reversed((files / "weights").read_bytes())))
    assert digest(files / "net.onnx") == one  # and the network is another one
    with pytest.raises(LeafproofError, match="about another network"):
        check()


def test_a_test_of_a_model_whose_weights_lie_elsewhere(files: Path) -> None:
    """onnxruntime finds them in the folder that it runs in; the digest is of the file alone."""
    assert lp.test("net.onnx", "tree.json", "bits", samples=9).matter.is_test
    onnx.save_model(
        onnx.load(files / "net.onnx"),
        files / "net.onnx",
        save_as_external_data=True,
        location="weights",
        size_threshold=0,
    )
    with pytest.raises(LeafproofError, match="keeps its weights in another file"):
        lp.test("net.onnx", "tree.json", "bits", samples=9)
