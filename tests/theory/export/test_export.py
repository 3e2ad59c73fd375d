"""Exports: every SMT-LIB goal is unsatisfiable again, and the LaTeX compiles where pdflatex is."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import z3
from typer.testing import CliRunner

from tests.coq_tools import missing
from tests.every import some
from theory import TheoryError, catalogue
from theory.export.coq import lemmas, to_coq
from theory.export.latex import to_latex
from theory.export.smtlib import goals, to_smtlib
from theory.language.rules import Balls
from verifier.cli.bounds import app

SAMPLE = ["test-sample-size", "occam-agnostic", "gap-trees", "disagreement-triangle", "leaf-tail"]


@pytest.mark.parametrize("name", SAMPLE)
def test_every_exported_goal_is_unsatisfiable(name: str) -> None:
    text = to_smtlib(catalogue[name])
    queries = [q for q in text.split("(reset)") if "(check-sat)" in q]
    assert len(queries) == len(goals(catalogue[name])) > 0
    assert text.isascii()
    for query in queries:
        solver = z3.Solver()
        solver.from_string(query)
        assert solver.check() == z3.unsat


CROSS_CHECKED = [
    "test-sample-size", "occam-agnostic", "gap-trees", "disagreement-upper", "leaf-tail",
    "certificate-error", "boosting-samples", "junta-readout", "vc-lower", "lrh-conjunctions",
    "constancy-hardness", "miss-without-replacement-upper", "transfer-factor", "attempt-samples",
]  # fmt: skip


@pytest.mark.parametrize("name", CROSS_CHECKED)
def test_cvc5_agrees(name: str) -> None:
    cvc5 = pytest.importorskip("cvc5")
    for query in to_smtlib(catalogue[name]).split("(reset)"):
        if "(check-sat)" not in query:
            continue
        solver = cvc5.Solver(cvc5.TermManager())
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, query, name)
        symbols = parser.getSymbolManager()
        answers = ""
        while not (command := parser.nextCommand()).isNull():
            answers += command.invoke(solver, symbols)
        assert answers.strip() == "unsat", query


COQ_SAMPLE = ["test-sample-size", "any-test-samples", "disagreement-upper", "equality-by-table"]


def test_coq_has_the_arithmetic_of_every_step() -> None:
    for name in COQ_SAMPLE:
        theorem = catalogue[name]
        found = lemmas(theorem)
        assert len({x.name for x in found}) == len(found)
        expected = len(goals(theorem)) + sum(isinstance(s.rule, Balls) for s in theorem.steps)
        assert sum(x.rule in ("arithmetic", "arb") for x in found) == expected
        text = to_coq(theorem, skip=[found[0].name])
        assert text.count("\nProof. ") >= len(found)
        assert f"(* step {found[0].step}: no proof by these tactics" in text
        assert text.isascii()


@pytest.fixture(scope="module")
def coq() -> None:
    """Coq with the libraries that the lemmas need; skips where one is missing."""
    if reason := missing():
        pytest.skip(reason)


@pytest.mark.usefixtures("coq")
@pytest.mark.parametrize("name", COQ_SAMPLE)
def test_coq_compiles(name: str, tmp_path: Path) -> None:
    (tmp_path / "steps.v").write_text(to_coq(catalogue[name]), encoding="utf-8")
    done = subprocess.run(
        ["coqc", "-q", "steps.v"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-800:]


@pytest.mark.usefixtures("coq")
def test_coq_rejects_a_wrong_lemma(tmp_path: Path) -> None:
    text = to_coq(catalogue["any-test-samples"])
    wrong = text.replace("(t3_n >= (t9_", "(t3_n > (t9_")  # a lemma that compiles above
    assert wrong != text
    (tmp_path / "steps.v").write_text(wrong, encoding="utf-8")
    done = subprocess.run(["coqc", "-q", "steps.v"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("name", some(catalogue))
def test_latex_has_every_step(name: str) -> None:
    text = to_latex(catalogue[name])
    assert text.count(r"\item") >= len(catalogue[name].steps)
    assert text.isascii()
    assert text.count("{") == text.count("}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", [SAMPLE[0], "uniform-deviation-finite"])  # short and long formulas
def test_latex_compiles(name: str, tmp_path: Path) -> None:
    (tmp_path / "proof.tex").write_text(to_latex(catalogue[name]), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "proof.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-800:]
    too_wide = re.findall(rb"Overfull .hbox \(([0-9.]+)pt", done.stdout)
    assert all(float(points) < 10 for points in too_wide)


def test_command(tmp_path: Path) -> None:
    runner = CliRunner()
    target = tmp_path / "proof.smt2"
    arguments = ["export", "leaf-tail", "--format", "smt2", "-o", str(target)]
    assert runner.invoke(app, arguments, catch_exceptions=False).exit_code == 0
    assert target.read_text().count("(check-sat)") == len(goals(catalogue["leaf-tail"]))
    arguments = ["export", "leaf-tail", "--format", "coq", "-o", str(target)]
    assert runner.invoke(app, arguments, catch_exceptions=False).exit_code == 0
    assert "Proof. arithmetic. Qed." in target.read_text()
    with pytest.raises(TheoryError, match="unknown format"):
        runner.invoke(app, ["export", "leaf-tail", "--format", "lean"], catch_exceptions=False)
