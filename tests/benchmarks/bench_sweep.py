"""The exhaustive prover on 2^26 points: seconds and peak memory, then the kernel's check."""

from __future__ import annotations

import resource
import time
from fractions import Fraction

import numpy as np

from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive


def smooth(n: int) -> Network:
    """A random [n, 32, 32, 1] network: no tree, so most blocks have both classes."""
    rng = np.random.default_rng(0)

    def affine(source: int, rows: int, columns: int) -> Affine:
        weight = rng.normal(size=(rows, columns)) / columns**0.5
        return Affine(source, weight.astype(np.float32), rng.normal(size=rows).astype(np.float32))

    layers = (affine(0, 32, n), Relu(1), affine(2, 32, 32), Relu(3), affine(4, 1, 32))
    return Network(n, layers)


def main() -> None:
    """Print one row per size."""
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    for n in (20, 26):
        start = time.perf_counter()
        finding = exhaustive.prove(bits(n), smooth(n), tree)
        proved = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.perf_counter()
        verdict = checker.verify(matter_of(bits(n), smooth(n), tree), finding.proof)
        checked = time.perf_counter() - start
        print(
            f"2^{n} points: prove {proved:.1f} s, peak {peak:.0f} MiB, check {checked:.1f} s, "
            f"{verdict.disagreements[1]} disagreements, cells {dict(verdict.checked.cells)}",
            flush=True,
        )
