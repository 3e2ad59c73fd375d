"""Linear probes on the networks of width 1000: agreement, leaves and seconds.

python -m tests.benchmarks paper_nets [--seeds N] [--depths R ...] [--layers post|pre|both]

LEAFPROOF_PAPER_NETS names the folder of the networks. For each network and number of ANDs kept:
the share of 100,000 fresh inputs on which tree and network agree, whether the tree answers as the
one that the network was trained on at all inputs (exact), and seconds. The paper's code
needs, on an H100, 22 s for r = 3 at keep 50 (the exact tree) and 116 s for r = 5 at keep 200 (a
tree that agrees on 90.3% of the inputs).
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

import numpy as np

from tests.benchmarks.paper_nets import VARIABLE, folder, load_paper_net
from verifier.distillers import linear_representation
from verifier.distillers.quick import quick_classes
from verifier.distillers.representation import WORDS
from verifier.distillers.sampling import sample
from verifier.model.cell import full_cell
from verifier.model.tree import BoundTree, bind, leaves_of_points, overlay

RUNS = {3: (20, 50), 4: (20, 50, 100), 5: (50, 100, 200, 1000)}
"""The numbers of ANDs kept, by the depth of the network's tree."""
FRESH = 100_000


def main(arguments: Sequence[str] = ()) -> None:
    """Print one line per network, number of ANDs and seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks paper_nets")
    parser.add_argument("--seeds", type=int, default=1, help="runs with seeds 0, 1, ...")
    parser.add_argument("--depths", type=int, nargs="+", default=list(RUNS), choices=list(RUNS))
    parser.add_argument("--layers", choices=WORDS, default="post", help="what is probed")
    options = parser.parse_args(list(arguments))
    place = folder()
    if place is None:
        print(f"left out: {VARIABLE} does not name the networks' folder")
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for depth in options.depths:
        teacher, truth, domain = load_paper_net(place / f"d100_r{depth}.npz")
        points = sample(domain, FRESH, np.random.default_rng(99))
        taught = quick_classes(teacher, domain, points)
        for keep in RUNS[depth]:
            for seed in range(options.seeds):
                start, cpu = time.perf_counter(), time.process_time()
                found = linear_representation.distill(
                    teacher, domain, depth=depth, keep=keep, layers=options.layers, seed=seed
                )
                wall, cpu = time.perf_counter() - start, time.process_time() - cpu
                bound = bind(found.tree, domain)
                agreement = (bound.classes[leaves_of_points(bound, points)] == taught).mean()
                exact = "exact" if same(bound, bind(truth, domain)) else "not exact"
                print(
                    f"r = {depth}, {options.layers}, keep {keep}, seed {seed}: "
                    f"agrees on {agreement:.3%}, "
                    f"{found.tree.leaves} leaves, {exact}, {wall:.1f} s ({cpu:.1f} s of processor)",
                    flush=True,
                )


def same(tree: BoundTree, other: BoundTree) -> bool:
    """Whether two trees answer the same at all points of their domain."""
    return all(
        tree.nodes[leaf] == other.nodes[there]
        for cell, leaf in overlay(tree, full_cell(tree.domain))
        for _, there in overlay(other, cell)
    )
