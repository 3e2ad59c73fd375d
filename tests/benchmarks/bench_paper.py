"""Residual networks of width 1000 over 100 signs, against the trees that they were trained on.

Needs the folder of networks in LEAFPROOF_PAPER_NETS (see paper_nets.py). Each row: agreement on
100,000 random points, then what the branch prover and the kernel find within the limit.
"""

from __future__ import annotations

import time

import numpy as np

from tests.benchmarks.paper_nets import VARIABLE, folder, load_paper_net
from verifier.certificate import kernel
from verifier.provers import branch
from verifier.provers.bulk import bulk_classes, prepare_bulk
from verifier.tree import bind, leaves_of_points

LIMIT = 300.0
"""Seconds for the search."""


def main() -> None:
    """Print one row per network."""
    place = folder()
    if place is None:
        print(f"skipped: set {VARIABLE} to the folder of the networks")
        return
    for path in sorted(place.glob("*.npz")):
        teacher, tree, domain = load_paper_net(path)
        points = np.random.default_rng(0).integers(0, 2, size=(100_000, len(domain.variables)))
        bound = bind(tree, domain)
        theirs = bound.classes[leaves_of_points(bound, points)]
        same = np.mean(bulk_classes(prepare_bulk(teacher, domain), points) == theirs)
        start = time.perf_counter()
        finding = branch.prove(domain, teacher, tree, deadline=time.monotonic() + LIMIT)
        searched = time.perf_counter() - start
        start = time.perf_counter()
        verdict = kernel.verify(domain, teacher, tree, finding.proof, finding.counterexamples)
        checked = time.perf_counter() - start
        print(
            f"{path.stem}: {same:.3%} of random points agree; {verdict.verdict}, search "
            f"{searched:.1f} s, kernel {checked:.1f} s, cells {dict(verdict.checked.cells)}",
            flush=True,
        )
