"""A network's way through `certify`: which room is asked by which, watched while it happens."""

from __future__ import annotations

import sys
from fractions import Fraction
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from tests.architecture.imports import ROOT
from verifier.formats.onnx_writer import save_onnx
from verifier.jobs.certify import certify
from verifier.jobs.choices import Prover
from verifier.jobs.result import Result
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree

HOUSE = ROOT / "verifier"
EVERYWHERE = ("model", "jobs")
"""Nouns are handled in every room, and every room tells the job how far it is."""
SETTINGS = {
    str(HOUSE / name)
    for name in (
        *("provers/timing.py", "provers/device.py", "provers/tensors/using.py"),
        "writing/helping.py",
    )
}
"""When work is to end, on what device it runs, which processes help: set once for all rooms."""


@pytest.fixture
def files(tmp_path):
    """x0 and x1 of three bits: the network and its tree."""
    weight = np.array([[1.0, 1.0, 0.0]], np.float32)
    save_onnx(Network(3, (Affine(0, weight, np.array([-1.5], np.float32)),)), tmp_path / "net.onnx")
    half = Fraction(1, 2)
    nodes = (Inner(0, half, 1, 2), Leaf(0), Inner(1, half, 3, 4), Leaf(0), Leaf(1))
    write_tree(tmp_path / "tree.json", Tree(nodes))
    return tmp_path / "net.onnx", tmp_path / "tree.json"


def room(code):
    path = Path(code.co_filename)
    if HOUSE not in path.parents or code.co_name == "<module>" or code.co_filename in SETTINGS:
        return None
    return path.relative_to(HOUSE).parts[0]


def watched(work):
    """The result of ``work()``, and the moves between rooms on the way: who asks, who is asked."""
    moves = []

    def see(frame, event, _):
        here = room(frame.f_code) if event == "call" else None
        if here is None or here in EVERYWHERE:
            return
        before = frame.f_back
        while before is not None and room(before.f_code) in (None, "model"):
            before = before.f_back
        asking = before and room(before.f_code)
        if asking not in (None, here):
            moves.append((asking, here))

    sys.setprofile(see)
    try:
        result = work()
    finally:
        sys.setprofile(None)
    return result, moves


@pytest.mark.parametrize("prover", list(Prover))
def test_certify_asks_each_room_once(files, prover):
    certify(*files, "bits", prover=prover)  # what is imported late is there, and compiled
    result, moves = watched(lambda: certify(*files, "bits", prover=prover))
    asked = [room for room, _ in groupby(to for asking, to in moves if asking == "jobs")]
    assert asked == ["formats", "provers", "writing"]
    written = [to for asking, to in moves if asking == "writing"]
    assert written.index("reading") < written.index("kernel")
    assert isinstance(result, Result) and result.verdict == "equivalent"
