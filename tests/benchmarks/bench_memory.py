"""Memory that a search of ten million cells takes.

The ledger is filled with calls of the compiled search on a hard case, entered again and again, so
that it holds ten million closed cells; then it is put in order and handed over. A second figure is
the whole process while it searches the same case for some seconds. Peak resident memory, in MiB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

import numpy as np

CELLS = 10_000_000
PIECE = 4096
SEARCHED = 30.0
"""Seconds of the real search."""


def peak() -> float:
    """The most memory that this process has had so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill() -> None:
    """Ten million cells in the ledger, as compiled calls enter them, and the proof of them."""
    from verifier.model.proof import Constant
    from verifier.provers.compiled.loading import walk
    from verifier.provers.ledger import GrowingProof

    before, start = peak(), time.perf_counter()
    ledger = GrowingProof()
    code = np.full(2 * PIECE, ledger.code_of(Constant(1)))
    code[::2] = np.arange(PIECE) % 64  # a chain of splits, open at its end
    left = np.where(code >= 0, 1, 0)
    right = np.full(2 * PIECE, -1)
    right[0:-2:2] = np.arange(2, 2 * PIECE, 2)
    node, cells = 0, 0
    while cells < CELLS:
        base = ledger.append(code, left, right)
        ledger.link(node, base)
        node, cells = base + 2 * PIECE - 2, cells + PIECE
    entered, size = time.perf_counter() - start, ledger.size
    held = peak() - before
    proof = ledger.ordered(walk).handed_over(2, 64)
    ready = peak()
    assert sum(isinstance(item, Constant) for item in proof) == cells
    print(f"ledger: {cells} cells, {size} nodes: {held:.0f} MiB, entered in {entered:.1f} s")
    print(
        f"with the proof in order, in bytes: {ready:.0f} MiB in all, "
        f"{time.perf_counter() - start:.0f} s"
    )


def search() -> None:
    """A real search for some seconds."""
    from tests.benchmarks import families
    from verifier.provers import branch
    from verifier.provers.options import Options

    held = families.case("count40")
    before = peak()
    finding = branch.prove(
        held.domain,
        held.teacher,
        held.tree,
        Options(deadline=time.monotonic() + SEARCHED, confirm=False),
    )
    cells = (len(finding.proof) + 1) // 2
    print(f"count40, {SEARCHED:.0f} s: {cells} cells, {peak():.0f} MiB ({before:.0f} before)")


def main() -> None:
    """Each figure in a process of its own."""
    for name in ("fill", "search"):
        code = f"from tests.benchmarks.bench_memory import {name}; {name}()"
        subprocess.run([sys.executable, "-c", code], check=True)
