"""Exports: every SMT-LIB goal is unsatisfiable again, and the LaTeX compiles where pdflatex is."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import z3
from typer.testing import CliRunner

from theory import TheoryError, catalogue
from theory.export import goals, to_latex, to_smtlib
from verifier.cli.bounds import app

SAMPLE = ["test-sample-size", "occam-agnostic", "gap-trees", "composition-error", "leaf-tail"]


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


@pytest.mark.parametrize("name", list(catalogue))
def test_latex_has_every_step(name: str) -> None:
    text = to_latex(catalogue[name])
    assert text.count(r"\item") >= len(catalogue[name].steps)
    assert text.isascii()
    assert text.count("{") == text.count("}")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("name", SAMPLE[:2])
def test_latex_compiles(name: str, tmp_path: Path) -> None:
    (tmp_path / "proof.tex").write_text(to_latex(catalogue[name]), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "proof.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout[-800:]


def test_command(tmp_path: Path) -> None:
    runner = CliRunner()
    target = tmp_path / "proof.smt2"
    arguments = ["export", "leaf-tail", "--format", "smt2", "-o", str(target)]
    assert runner.invoke(app, arguments, catch_exceptions=False).exit_code == 0
    assert target.read_text().count("(check-sat)") == len(goals(catalogue["leaf-tail"]))
    with pytest.raises(TheoryError, match="unknown format"):
        runner.invoke(app, ["export", "leaf-tail", "--format", "coq"], catch_exceptions=False)
