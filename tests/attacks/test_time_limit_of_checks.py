"""``check`` and ``report`` had no time limit, and a check could take longer than the search had.

A check that is cut short decides nothing about the certificate: it must not say VALID, and no
report may come of it.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clocks import PATIENCE
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs import watching
from verifier.kernel import stopping
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A certificate of some hundred nodes."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(3)
    layers = (
        Affine(0, rng.normal(size=(6, 12)).astype(np.float32), np.zeros(6, np.float32)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 6)).astype(np.float32), np.zeros(1, np.float32)),
    )
    save_onnx(Network(12, layers), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    arguments = ["certify", "net.onnx", "tree.json", "--domain", "bits", "-o", "c", "-q"]
    arguments += ["--prover", "branch"]
    assert run(arguments) == 1
    return tmp_path


@pytest.fixture
def stopped(monkeypatch):
    """Has a check stopped at the so-many-th question whether to."""

    def at(calls):
        count = itertools.count()
        monkeypatch.setattr(watching.Patience, "__call__", lambda self: next(count) >= calls)

    monkeypatch.setattr(stopping, "EVERY", 0)
    monkeypatch.setattr(stopping, "SHARE", 0)
    return at


@pytest.mark.parametrize("calls", [0, 1, 5, 12])
def test_a_check_cut_short_is_not_valid_and_not_invalid(files, stopped, capfd, calls):
    capfd.readouterr()
    stopped(calls)
    assert run(["check", "c", "--timeout", "600"]) == 2
    out, _ = capfd.readouterr()
    assert "VALID" not in out.upper().replace("CERTIFICATE IS VALID IS NOT DECIDED", "")
    assert out.startswith("NOT FINISHED the kernel has checked ")
    stopped(calls)
    assert run(["check", "c", "--timeout", "600", "--json"]) == 2
    found = json.loads(capfd.readouterr().out)
    assert found["valid"] is None and found["finished"] is False
    assert found["nodes_checked"] < found["nodes"]
    error = found["proved_by_then"]["error"]
    stopped(10**9)
    assert run(["check", "c", "--timeout", "600", "--json"]) == 0
    whole = json.loads(capfd.readouterr().out)
    assert whole["valid"] is True
    for name, sign in (("lower", 1), ("upper", -1)):
        assert sign * Fraction(error[name]) <= sign * Fraction(whole["error"][name])


AGAINST = ["--against", "net.onnx", "tree.json", "bits"]


@pytest.mark.parametrize("more", [["--paranoid"], ["--require", "1", *AGAINST], ["--statement"]])
def test_no_option_makes_a_cut_check_a_success(files, stopped, capfd, more):
    capfd.readouterr()
    stopped(3)
    assert run(["check", "c", "--timeout", "600", *more]) == 2
    assert "NOT FINISHED" in capfd.readouterr().out


def test_no_report_comes_of_a_check_that_was_cut(files, stopped, capfd):
    stopped(3)
    assert run(["report", "c", "-o", "report.html", "--timeout", "600"]) == 2
    assert not Path("report.html").exists()
    assert "no report is written" in capfd.readouterr().err
    stopped(10**9)
    assert run(["report", "c", "-o", "report.html", "--timeout", "600"]) == 0
    assert Path("report.html").exists()


def test_a_limit_that_is_too_short_for_anything_is_one_line(files):
    """The reader is made to wait, where it asks what kind of file it has."""
    waits = """import os, time
from verifier.cli.main import main
os.fstat = lambda file: time.sleep(3600)
main()"""
    words = ["certify", "net.onnx", "tree.json", "--domain", "bits", "--timeout", "0.1"]
    done = subprocess.run(
        [sys.executable, "-c", waits, *words, "-o", "x"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 2 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("leafproof: the time limit ended the run")
    assert not Path("x").exists()
