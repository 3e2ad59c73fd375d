"""``python -m verifier.kernel``, where nothing but NumPy and python-flint can be imported."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.architecture.imports import ROOT
from tests.certificates.checkers import INVALID, MALFORMED, VALID
from tests.certificates.forging import packed
from tests.second_checker.test_second_checker import hidden
from verifier.kernel.__main__ import main
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Open, Trusted
from verifier.model.tree import Leaf, Tree
from verifier.model.variable import Variable

CORPUS = ROOT / "tests" / "certificates"
EXPECTED = {"valid": VALID, "invalid": INVALID, "malformed": MALFORMED}
F = Fraction
HALF = bits(4), Network(4, (Affine(0, np.zeros((1, 4)), np.ones(1)),)), Tree((Leaf(1),))
FILES = sorted(path for folder in EXPECTED for path in (CORPUS / folder).glob("*.certificate"))


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """Runs Python with the standard library, verifier, NumPy and python-flint, nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    (folder / "verifier").symlink_to(ROOT / "verifier")
    for package in ("numpy", "python-flint"):
        for file in importlib.metadata.files(package) or ():
            top = file.parts[0]
            if top != ".." and not (folder / top).exists():
                (folder / top).symlink_to(Path(file.locate()).parents[len(file.parts) - 2])
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-S", "-B", *map(str, arguments)],
            cwd=folder,
            env=clean,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    return run


def test_nothing_else_can_be_imported(alone):
    code, _, err = alone("-c", "import numpy, flint; import threadpoolctl")
    assert code == 1 and "No module named 'threadpoolctl'" in err


EACH = """
import sys
from verifier.kernel.__main__ import main
wrong = [path for path in sys.argv[2:] if main([path]) != int(sys.argv[1])]
sys.exit(" ".join(wrong) or 0)
"""
"""Judges files one after the other, in one process: all must have the exit code given first."""


@pytest.mark.parametrize("folder", EXPECTED)
def test_it_judges_certificates_there(alone, folder):
    first, *rest = sorted((CORPUS / folder).glob("*.certificate"))[::6]
    valid = folder == "valid"
    code, out, err = alone("-m", "verifier.kernel", first)
    assert code == EXPECTED[folder], err
    assert bool(out) == valid and err.count("\n") == (not valid)
    code, out, err = alone("-c", EACH, EXPECTED[folder], *rest)
    assert code == 0 and len(rest) > 10, err
    assert out.count("\n") >= valid * len(rest) and bool(out) == valid
    assert err.count("\n") == (not valid) * len(rest)


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_it_judges_the_corpus_as_the_command_does(path, capfd):
    code = main([str(path)])
    out, err = capfd.readouterr()
    assert code == EXPECTED[path.parent.name]
    assert out.isascii() and bool(out) == (code == VALID)
    assert code == VALID or (err.startswith("leafproof: ") and err.count("\n") == 1)


def test_what_is_too_large_for_memory_is_said(monkeypatch, capfd):
    """It is neither valid nor invalid."""

    def full(*_, **__):
        raise MemoryError

    monkeypatch.setattr("verifier.kernel.__main__.check_certificate", full)
    assert main([str(FILES[0])]) == 3
    assert "more memory than this machine has" in capfd.readouterr().err


@pytest.fixture
def check(tmp_path, capfd):
    """Write a certificate and check it; returns exit code, standard output and standard error."""

    def call(case, proof, *options):
        (tmp_path / "c").write_bytes(packed(case, proof))
        capfd.readouterr()
        code = main([str(tmp_path / "c"), *options])
        return code, *capfd.readouterr()

    return call


def test_what_is_required_must_be_proved(check):
    weak, strong = (HALF, (Open(),)), (HALF, (Constant(1),))
    assert check(*strong, "--require", "equivalent")[0] == VALID
    assert check(*strong, "--require", "0")[0] == VALID
    assert check(*weak, "--require", "1")[0] == VALID
    for required in ("equivalent", "0", "0.999", "999/1000"):
        code, out, err = check(*weak, "--require", required)
        assert (
            code == INVALID and out and err == f"leafproof: valid, but {required} is not proved\n"
        )


def test_an_error_of_zero_is_not_equivalence(check):
    """A point of probability 0 where the two differ."""
    never = Domain((Variable("x", ("a", "b"), ((F(0),), (F(1),)), (F(1), F(0))),))
    network = Network(1, (Affine(0, np.ones((1, 1)), np.zeros(1)),))
    case = never, network, Tree((Leaf(0),))
    assert check(case, (Enumerated(),), "--require", "0")[0] == VALID
    code, out, _ = check(case, (Enumerated(),), "--require", "equivalent")
    assert code == INVALID and "verdict: different" in out


def test_a_solver_is_named_and_trusted_only_if_asked(check):
    case = hidden(1)
    code, out, _ = check(case, (Trusted(0, "z3 4.13"),))
    assert code == VALID and 'not trusted, so open: "z3 4.13", for 1 cells' in out
    code, out, _ = check(case, (Trusted(0, "z3 4.13"),), "--trust-solver", "z3")
    assert code == VALID and '\ntrusted: "z3 4.13", for 1 cells' in out


@pytest.mark.parametrize(
    "options",
    [["--require", "2"], ["--require", "nan"], ["--trust-solver", "yices"], ["--what"], ["other"]],
)
def test_what_cannot_be_asked_ends_with_3(options, capfd):
    with pytest.raises(SystemExit) as ended:
        main([str(FILES[0]), *options])
    assert ended.value.code == MALFORMED
    assert capfd.readouterr().err.count("\n") == 1


def test_a_file_that_is_none(capfd):
    assert main(["no/such/file"]) == MALFORMED
    assert "cannot read the certificate" in capfd.readouterr().err


def test_the_answer_to_a_question_is_said(capfd):
    """Two trees without a network, which answer alike at 4 of 7 points."""
    path = str(CORPUS / "valid" / "trees-alone.certificate")
    assert main([path, "--require", "3/4"]) == VALID
    lines = capfd.readouterr().out.splitlines()
    assert lines[1:4] == ["answer: somewhere", "true at: 4 of 7 points", "probability: 3/4"]
    assert lines[4] == 'true at "age" = "18", "job" = "none": "first" 0, "second" 0'
    for required in ("nowhere", "0.74"):
        assert main([path, "--require", required]) == INVALID
        assert f"valid, but {required} is not proved" in capfd.readouterr().err
