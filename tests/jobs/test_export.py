"""``export`` from Python."""

from __future__ import annotations

import pytest

from verifier.jobs.export import SUFFIXES, export
from verifier.model.errors import LeafproofError


def test_the_format_asked_for_or_that_of_the_ending(given, tmp_path):
    made = export(given.right, to="c", domain=given.domain)
    assert made.to == "c" and b"int" in made.data and made.notes == ()
    assert export(given.paths()[1]).to == "text"
    for ending, kind in SUFFIXES.items():
        path = tmp_path / f"tree{ending}"
        assert export(given.right, path, domain="bits").to == kind
        assert path.stat().st_size > 0
    both = export(given.right, to="sql", domain=given.domain, output=tmp_path / "tree.c")
    assert both.to == "sql" and "stands for c" in both.notes[0]
    assert (tmp_path / "tree.c").read_bytes() == both.data


def test_bad_input_leaves_no_file(given, tmp_path):
    cases = (
        ((given.right,), {"to": "latin"}, "latin"),
        ((3,), {}, "the tree is of type int"),
        ((given.right,), {"output": tmp_path / "tree.doc"}, "does not say what to write"),
        ((given.right,), {"output": tmp_path / "no" / "tree.c"}, "cannot write"),
        ((given.right,), {"domain": tmp_path / "none", "output": tmp_path / "t.c"}, "none"),
    )
    for arguments, options, word in cases:
        with pytest.raises(LeafproofError) as caught:
            export(*arguments, **options)
        assert word in str(caught.value) and "\n" not in str(caught.value), options
    assert [p.name for p in tmp_path.iterdir()] == ["given"]
