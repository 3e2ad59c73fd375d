"""What ``certify`` does where the kernel does not accept a step that the search closed."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs.loading import load
from verifier.jobs.settling import settle
from verifier.jobs.watching import Watch
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Finding, Open, Split, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch
from verifier.provers.options import Options
from verifier.reading.certificate import read_certificate
from verifier.writing.json_nouns import write_tree

SIZE = 64
CERTIFY = ["certify", "net.onnx", "tree.json", "--prover", "branch", "-o", "net.cert"]
"""The kernel of these tests proves no cell of more than so many points."""


@pytest.fixture
def strict_kernel(monkeypatch):
    """A kernel that refuses large cells, in proofs and where the search asks it."""
    real_verify, real_constant = checker.verify, checker.constant
    asked = Counter()

    def verify(matter, proof, *args, **options):
        asked["verify"] += 1
        refused = tuple(
            number
            for number, (cell, _, step) in enumerate(steps(matter.domain, proof), 1)
            if isinstance(step, Constant) and cell.size > SIZE
        )
        if refused:
            error = InvalidProof(f"step {refused[0]} is not proved")
            error.refused = refused
            raise error
        return real_verify(matter, proof, *args, **options)

    def constant(prepared, cells, classes, **options):
        asked["constant"] += len(cells)
        proved, steady = real_constant(prepared, cells, classes, **options)
        return proved & np.array([c.size <= SIZE for c in cells], dtype=bool), steady

    monkeypatch.setattr(checker, "verify", verify)
    monkeypatch.setattr(checker, "constant", constant)
    return asked


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A teacher over 15 bits that is 1 where x0 and x1 are, and its tree."""
    monkeypatch.chdir(tmp_path)
    weight = np.zeros((1, 15), np.float32)
    weight[0, :2] = 1
    save_onnx(Network(15, (Affine(0, weight, np.array([-1.5], np.float32)),)), "net.onnx")
    half = Fraction(1, 2)
    write_tree(
        "tree.json", Tree((Inner(0, half, 1, 2), Leaf(0), Inner(1, half, 3, 4), Leaf(0), Leaf(1)))
    )
    return tmp_path


def test_refused_steps_are_split_until_the_kernel_accepts(files, strict_kernel, capfd):
    assert run([*CERTIFY, "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["verdict"] == "equivalent"
    held = read_certificate(files / "net.cert")
    sizes = [c.size for c, _, s in steps(held.domain, held.proof) if isinstance(s, Constant)]
    assert all(size <= SIZE for size in sizes)  # or all are enumerated, where that costs less
    assert strict_kernel["verify"] == 2  # the first file was refused, the second accepted


def test_after_the_deadline_refused_steps_stay_open(files, strict_kernel, monkeypatch, capfd):
    real = branch.prove

    def slow(domain, teacher, tree, options):
        """The first search has all the time, the second none."""
        options = replace(options, deadline=0.0 if options.refused else None)
        return real(domain, teacher, tree, options)

    monkeypatch.setattr(branch, "prove", slow)
    assert run([*CERTIFY, "--json"]) == 2
    found = json.loads(capfd.readouterr().out)
    assert found["verdict"] == "undecided" and found["cells"]["open"] > 0
    assert run(["check", "net.cert"]) == 0


def test_steps_left_open_by_the_search_end_it(files, strict_kernel, monkeypatch):
    """Where the search was stopped, what is refused afterwards is left open, not searched."""
    about = load(files / "net.onnx", "bits", Watch())
    teacher, tree = about.network, Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(0)))
    half = branch.prove(bits(15), teacher, Tree((Leaf(0),)), Options(deadline=0.0))
    assert half.proof == (Open(),)
    split = Split(0, 1)
    finding = Finding((split, Constant(0), Open()))
    monkeypatch.setattr(branch, "prove", None)
    made = settle(matter_of(about.domain, teacher, tree), finding, "branch", Watch())
    assert made.proved.checked.cells == {"open": 2}


def test_the_search_does_not_ask_the_kernel(files, strict_kernel, monkeypatch):
    monkeypatch.setattr(checker, "verify", None)
    teacher = load(files / "net.onnx", "bits", Watch()).network
    found = branch.prove(bits(15), teacher, Tree((Leaf(0),)), Options(confirm=False))
    assert Constant(1) in found.proof and Open() not in found.proof
    assert strict_kernel["constant"] == 0
