"""Rows beside the domain: asked with a question, in the file, found again by every checker."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import pytest

import verifier as lp
from verifier.model.proof import Finding, Open

pandas = pytest.importorskip("pandas")

ROWS = {"x0": [0, 1, 1, 0], "x1": [1, 1, 1, 0], "x2": [0, 1, 1, 0]}


def test_certify_says_how_many_rows_differ(given, tmp_path):
    held = lp.certify(given.network, given.wrong, given.domain, rows=ROWS, output=tmp_path / "c")
    plain = lp.certify(given.network, given.wrong, given.domain)
    values = [tuple(found.values.values()) for found in plain.counterexamples]
    every = list(zip(*ROWS.values(), strict=True))
    wrong = sum(tuple(map(str, row)) in values for row in every)
    assert held.on_rows == lp.OnRows(4, wrong) and held.on_rows.error == Fraction(wrong, 4)
    assert plain.on_rows is None and plain.to_dict()["rows"] is None
    assert held.error == plain.error and held.verdict == plain.verdict
    assert held.certificate.format == 3 and plain.certificate.format == 2
    assert held.to_dict()["rows"] == {
        "rows": 4,
        "disagreements": wrong,
        "error": str(Fraction(wrong, 4)),
    }
    again = lp.check(tmp_path / "c", paranoid=True)
    assert again.on_rows == held.on_rows and again.opinion.rows == (4, wrong)
    assert again.verified.not_covered == ("rows.bin",)


def test_a_row_is_a_counterexample_where_the_search_found_none(given, monkeypatch):
    """As of a large network, that has just been loaded as the time limit comes."""
    nothing, every = Finding((Open(),)), list(product((0, 1), repeat=3))
    rows = dict(zip(ROWS, zip(*every, strict=True), strict=True))
    monkeypatch.setattr("verifier.jobs.certify.find_in_time", lambda *_, **__: ("sweep", nothing))
    held = lp.certify(given.network, given.wrong, given.domain, rows=rows, sample=0)
    assert held.verdict == "different" and 0 < held.error[0] < held.error[1] == 1
    assert len(held.counterexamples) == held.on_rows.disagreements
    same = lp.certify(given.network, given.right, given.domain, rows=rows, sample=0)
    assert same.verdict == "undecided" and not same.counterexamples


def test_rows_that_there_is_no_time_for_are_said(majority, monkeypatch):
    """A stop while the kernel checks, before any row but those of a first moment; here of none."""
    monkeypatch.setattr("verifier.kernel.rows.AT_FIRST", 0)
    monkeypatch.setattr("verifier.jobs.settling.GRACE", 0.0)
    monkeypatch.setattr("verifier.kernel.stopping.EVERY", 0)
    monkeypatch.setattr("verifier.kernel.stopping.SHARE", 0)
    network, tree, domain = majority
    rows, events = {v.name: [0, 1] for v in domain.variables}, []
    made = lp.certify(
        *(network, tree, domain),
        rows=rows,
        sample=0,
        progress=events.append,
        stop=lambda: any(getattr(e, "name", "") == "checking" for e in events),
    )
    assert made.on_rows is None and not made.finished
    assert "stopped before the 2 rows were evaluated: nothing is said of them" in made.notes


def test_distill_says_how_many_rows_differ(given):
    made = lp.distill(given.network, given.domain, rows=ROWS)
    assert made.error == (0, 0) and made.on_rows == lp.OnRows(4, 0)


def test_repair_says_how_many_rows_differ(given, call, tmp_path):
    """None do, once the tree is repaired; of one that may have no more leaves some still do."""
    made = lp.repair(given.network, given.wrong, given.domain, rows=ROWS)
    assert made.error == (0, 0) and made.on_rows == lp.OnRows(4, 0)
    pandas.DataFrame({"x0": [1, 1], "x1": [0, 1], "x2": [0, 1]}).to_csv(
        tmp_path / "r.csv", index=False
    )
    kept = ["repair", *given.paths("wrong")[:2], "--domain", given.paths()[2], "-o", "t.json"]
    code, out, _ = call(*kept, "--leaves", "2", "--rows", tmp_path / "r.csv", "--json")
    assert code == 1 and json.loads(out)["rows"] == {"rows": 2, "disagreements": 1, "error": "1/2"}
    (tmp_path / "r.csv").write_text("x0,x1,x2\n0,1,1\n0,2,1\n")
    (tmp_path / "t.json").unlink()
    code, out, err = call(*kept, "--rows", tmp_path / "r.csv")
    assert (code, out) == (3, "") and err.count("\n") == 1 and "row 2" in err
    assert not (tmp_path / "t.json").exists()


def test_rows_from_the_command(given, call, tmp_path):
    pandas.DataFrame(ROWS).to_csv(tmp_path / "rows.csv", index=False)
    paths = given.paths("wrong")
    words = ["certify", paths[0], paths[1], "--domain", paths[2], "--rows", tmp_path / "rows.csv"]
    code, out, _ = call(*words, "--json")
    found = json.loads(out)["rows"]
    assert code == 1 and found["rows"] == 4
    code, out, _ = call(*words)
    assert code == 1 and "4 rows" in out
    (tmp_path / "rows.csv").write_text("x0,x1,x2\n0,1,1\n0,2,1\n")
    code, out, err = call(*words, "-o", tmp_path / "c")
    assert (code, out) == (3, "") and err.count("\n") == 1 and "row 2" in err
    assert not (tmp_path / "c").exists()
