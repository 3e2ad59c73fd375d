"""What the trusted rooms import, and how large they are."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.architecture.imports import ROOT, imports, modules
from verifier.model.trusted import LIBRARIES, ROOMS, files

LINES = {"model": 5325, "chance": 945, "kernel": 16490, "reading": 2585}
"""At most so many lines a room. They rise only with new nouns: all did with ordinals, domain trees,
several models and questions, sandwiches, samples, intervals, tests, helpers in other processes,
lines that samples are drawn in (also through whole cells, or with a forecast), points of such
cells, patches, sections, cells entered together, proofs that stay in their bytes (``reading``),
ensembles of trees, smooth functions, softmaxes that are equal once rounded, layers behind the first
ReLUs all at once, planes above the first ReLUs, ranges that neurons rarely leave, by little on
average, bounds where a sum lies between ends, and with factors in floats, sandwiches beside other
models' classes, ensembles beside each other, networks in float32 as they are, or by their few
directions, what a process makes of floats, cases that the signs of neurons tell apart, also of one
network, whose two sums are counted at once, sides of sandwiches, cells shown by trees of such
signs, means and variances of ensembles' scores, and what JSON is read at once (``reading``)."""
OWN = {
    "model": {"verifier.model"},
    "chance": {"verifier.model", "verifier.chance"},
    "kernel": {"verifier.model", "verifier.chance", "verifier.kernel"},
    "reading": {"verifier.model", "verifier.reading"},
}
"""Which of the project's rooms each of them may import."""
HEAVY = {
    *("torch", "z3", "onnx", "onnxruntime", "sklearn", "sympy", "scipy", "numba", "jinja2"),
    *("rich", "typer", "highspy", "threadpoolctl", "theory"),
}


@pytest.mark.parametrize("room", ROOMS)
def test_a_trusted_room_imports_little(room):
    found = modules(f"verifier.{room}")
    assert {path.name for path in found.values()} == set(files(room))  # no folders inside
    for name, path in found.items():
        for other in imports(path):
            root = other.partition(".")[0]
            own = ".".join(other.split(".")[:2])
            assert (
                root in sys.stdlib_module_names
                or root in LIBRARIES
                or own in OWN[room]
                or (name, own) == ("verifier.kernel.__main__", "verifier.reading")
            ), f"{name} imports {other}"


@pytest.mark.parametrize("room", ROOMS)
def test_a_trusted_room_only_gets_smaller(room):
    assert sum(files(room).values()) <= LINES[room]


@pytest.mark.parametrize("start", ["kernel", "kernel.certificate", "reading.certificate"])
def test_importing_a_trusted_room_loads_nothing_else(start):
    """Also what Python loads on the way: packages' own code, and the libraries' imports."""
    code = f"import sys, verifier.{start}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split()
    rooms = {m.split(".")[1] for m in loaded if m.startswith("verifier.")}
    own = start.partition(".")[0]
    assert rooms <= {"model", own, *(["chance"] if own == "kernel" else [])}
    assert not {m.partition(".")[0] for m in loaded} & HEAVY


def test_the_page_on_soundness_has_these_figures():
    page = (ROOT / "docs" / "soundness.md").read_text()
    assert "\n".join(["| --- | --- | --- | --- |", *rows(), ""]) in page


def rows():
    """The table of the page; lines in hundreds, so that it need not change with each of them."""
    for room, what in ROOMS.items():
        held = files(room)
        most = -(-sum(held.values()) // 100) * 100
        yield f"| `verifier/{room}` | {what} | {len(held)} | under {most:,} |"
