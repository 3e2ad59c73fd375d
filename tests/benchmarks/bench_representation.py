"""The linear representation hypothesis on networks trained on real tables; docs/representation.md.

python -m tests.benchmarks representation [--only NAME ...] [--limit S] [--write]

For each network: the tree of at most 16 leaves that Leafproof finds for it; of every AND along its
paths the share of its variance that no linear probe explains, layer by layer; the norm that probes
need; how many sets of k variables are held at all, beside the theorem `lrh-rank`; and the proved
errors of the trees that probes, proofs and CART find. What is measured is kept in
.cache/bench_representation; --write writes the page and its picture from what is kept. The case
*paper* is a network of width 1000 (`paper_nets`), against the tree that it was trained on.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date
from fractions import Fraction
from functools import partial
from itertools import product

import verifier as lp
from tests.benchmarks import representation_page as page
from tests.benchmarks.families import one_thread
from tests.benchmarks.paper_nets import VARIABLE, folder, load_paper_net
from tests.benchmarks.runner import ROOT
from tests.benchmarks.tables import TABLES
from theory.catalogue.ranks import lrh_rank
from verifier.demo.problems import Problem, random_tree
from verifier.demo.training import accuracy, train
from verifier.distillers import linear_representation
from verifier.distillers.hypothesis import Measured, measure
from verifier.distillers.representation import choose_nodes
from verifier.formats.torch import from_torch
from verifier.model.domain import Domain, bits
from verifier.model.network import Network
from verifier.model.tree import Tree, bind, classify
from verifier.writing.files import write_atomically

KEPT = ROOT / ".cache" / "bench_representation"
LEAVES, DEPTH = 16, 5
DRAWS = 50_000
"""Points of the sample where a proof leaves something open."""
HIDDEN = (16, 16)
ETA = Fraction(1, 10)
"""η: the root mean squared error that a probe of an AND may have."""


def _tree_problem(depth: int, columns: int, seed: int) -> Problem:
    """All points of a few bits, labelled by a random tree: what the paper trains on."""
    domain = bits(columns)
    tree = bind(random_tree(depth, columns, seed=seed), domain)
    points = tuple(product((0, 1), repeat=columns))
    labels = tuple(classify(tree, point) for point in points)
    return Problem(f"a random tree of depth {depth}, {columns} bits", domain, points, labels)


CASES: dict[str, Callable[[], Problem]] = TABLES | {"tree": partial(_tree_problem, 4, 12, 5)}
PAPER = "paper"


def main(arguments: Sequence[str] = ()) -> None:
    """Measure what is named, print it, and write the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks representation")
    parser.add_argument("--only", nargs="+", default=names(), choices=[*CASES, PAPER])
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for each tree")
    parser.add_argument("--write", action="store_true", help="write the page")
    options = parser.parse_args(list(arguments))
    KEPT.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        path = KEPT / f"{name}.json"
        if not path.exists():
            found = _paper() if name == PAPER else measured(name, options.limit)
            write_atomically(path, f"{json.dumps(asdict(found))}\n".encode())
        print(page.told(page.load(path)), flush=True)
    if options.write:
        paths = [KEPT / f"{name}.json" for name in (*CASES, PAPER)]
        page.write([page.load(path) for path in paths if path.exists()], ROOT / "docs")


def names() -> list[str]:
    """The cases that can be measured here."""
    return [*CASES, *([PAPER] if folder() else [])]


def measured(name: str, limit: float) -> page.Case:
    """Train the network, find its trees, and measure."""
    problem = CASES[name]()
    with one_thread():  # with two, sums are added otherwise and digits has another network
        network = train(problem, HIDDEN)
    teacher, domain = from_torch(network, problem.domain.columns), problem.domain
    best = lp.distill(teacher, domain, leaves=LEAVES, timeout=limit, prove=True)
    held = measure(teacher, best.tree, domain, tolerance=float(ETA**2), tau=math.inf)
    cart = lp.distill(teacher, domain, method="cart", leaves=LEAVES).tree
    probed = linear_representation.distill(teacher, domain, depth=DEPTH, size=LEAVES).tree
    trees = {"certified": best.tree, "lrh": probed, "cart": cart}
    errors = {method: _error(teacher, tree, domain, limit) for method, tree in trees.items()}
    return page.Case(
        problem=problem.name,
        rows=len(problem.points),
        variables=len(domain.variables),
        hidden=HIDDEN,
        right=accuracy(network, problem),
        whole=held.whole,
        leaves={method: tree.leaves for method, tree in trees.items()},
        ands=held.ands,
        widths=held.widths,
        unexplained=_unexplained(teacher, held),
        tau=held.tau,
        norms=tuple(probe.norm for probe in held.probes[0]),
        counts=_counts(held, len(domain.variables), 1 + sum(HIDDEN)),
        errors=errors,
        date=str(date.today()),
        load=os.getloadavg()[0],
    )


def _paper() -> page.Case:
    """A network of the paper's kind: only how linear its tree's paths are."""
    place = folder()
    if place is None:
        raise SystemExit(f"{VARIABLE} does not name the folder of the paper's networks")
    teacher, tree, domain = load_paper_net(place / "d100_r3.npz")
    held = measure(teacher, tree, domain, tolerance=float(ETA**2), tau=math.inf)
    return page.Case(
        problem="a random tree of depth 3, 100 signs (width 1000)",
        rows=0,
        variables=len(domain.variables),
        hidden=(1000,) * 4,
        right=None,
        whole=held.whole,
        leaves={},
        ands=held.ands,
        widths=held.widths,
        unexplained=_unexplained(teacher, held),
        tau=held.tau,
        norms=tuple(probe.norm for probe in held.probes[0]),
        counts=(),
        errors={},
        date=str(date.today()),
        load=os.getloadavg()[0],
    )


def _unexplained(teacher: Network, held: Measured) -> dict[str, tuple[float, ...]]:
    """By layer, of each AND the share of its variance that the best probe of the ReLUs leaves."""
    nodes = choose_nodes(teacher)
    places = {page.FIRST: nodes[0], page.LAST: nodes[-1], page.ALL: 0}
    return {
        label: tuple(p.residual / p.variance if p.variance else 0.0 for p in held.probes[node])
        for label, node in places.items()
    }


def _counts(held: Measured, variables: int, rank: int) -> tuple[page.Count, ...]:
    """How many sets of k variables have an AND with such a probe, of all, and at most."""
    found = []
    for k, passed in held.passed.items():
        if passed is None or not held.whole or 4**k * ETA**2 >= 1:
            continue
        most = lrh_rank.evaluate(width=k, rank=rank, eta=ETA).integer
        found.append(page.Count(k, passed, math.comb(variables, k), int(most or 0)))
    return tuple(found)


def _error(teacher: Network, tree: Tree, domain: Domain, limit: float) -> tuple[float, float, bool]:
    """The interval for the probability that they differ, and whether it is a sample's."""
    result = lp.certify(teacher, tree, domain, timeout=limit, sample=DRAWS)
    low, high = result.error
    if low < high and result.sampled is not None:
        return float(result.sampled.lower), float(result.sampled.upper), True
    return float(low), float(high), False
