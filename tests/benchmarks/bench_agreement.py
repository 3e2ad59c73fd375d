"""Branch and bound, the exhaustive sweep, Z3 and brute force on random cases.

Every verdict and every exact count must be the same. Half of the cases are chains of ReLU layers,
as the compiled search takes them, on one thread and on two; half are graphs of all layer kinds.
"""

from __future__ import annotations

import time
from collections import Counter
from fractions import Fraction
from unittest import mock

import numpy as np

from tests.provers.cases import all_points, random_domain, random_teacher, random_tree
from verifier.kernel import checker
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Layer, Network, Relu, exact_classes
from verifier.model.proof import Finding
from verifier.model.question import matter_of
from verifier.model.tree import Tree, bind, classify
from verifier.model.verdict import Verdict
from verifier.provers import branch, exhaustive, search
from verifier.provers.compiled import parallel
from verifier.provers.options import Options
from verifier.provers.solvers import z3

CASES = 2000
POINTS = 200
"""Most points of a domain."""
SECONDS = 20.0
"""For Z3, each case."""

Answer = tuple[str, tuple[int, int], tuple[Fraction, Fraction]]


def chain(rng: np.random.Generator, columns: int) -> Network:
    """A random chain of ReLU layers with integer weights."""
    layers: list[Layer] = []
    width = columns
    for _ in range(int(rng.integers(1, 4))):
        wide = int(rng.integers(1, 7))
        weight = rng.integers(-3, 4, size=(wide, width)).astype(np.float64)
        layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=wide).astype(float)))
        layers.append(Relu(len(layers)))
        width = wide
    outputs = int(rng.integers(1, 4))
    weight = rng.integers(-2, 3, size=(outputs, width)).astype(np.float64)
    layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=outputs).astype(float)))
    return Network(columns, tuple(layers))


def case(seed: int) -> tuple[Domain, Network, Tree]:
    """The random case of that number."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, POINTS)
    make = chain if seed % 2 else random_teacher
    teacher = make(rng, domain.columns)
    return domain, teacher, random_tree(rng, domain, teacher.classes)


def truth(domain: Domain, teacher: Network, tree: Tree) -> Answer:
    """The answer by brute force."""
    points, bound = all_points(domain), bind(tree, domain)
    classes = exact_classes(teacher, domain, points)
    wrong = [p for p, c in zip(points, classes, strict=True) if classify(bound, p) != c]
    error = sum((domain.probability(p) for p in wrong), Fraction(0))
    return "different" if wrong else "equivalent", (len(wrong),) * 2, (error,) * 2


def answers(domain: Domain, teacher: Network, tree: Tree) -> dict[str, Finding]:
    """What each prover finds."""
    found = {}
    for threads in (1, 2):
        with (
            mock.patch.object(parallel, "processors", lambda threads=threads: threads),
            mock.patch.object(branch, "_first", lambda _: 0),
        ):
            found[f"branch, {threads}"] = branch.prove(
                domain, teacher, tree, Options(confirm=threads == 2)
            )
    found["exhaustive"] = exhaustive.prove(domain, teacher, tree)
    found["z3"] = z3.prove(domain, teacher, tree, Options(deadline=time.monotonic() + SECONDS))
    return found


def accepted(domain: Domain, teacher: Network, tree: Tree, finding: Finding) -> tuple[Verdict, int]:
    """The kernel's verdict, and how many steps were refused and searched again before it."""
    try:
        return checker.verify(
            matter_of(domain, teacher, tree), finding.proof, finding.counterexamples
        ), 0
    except InvalidProof as error:
        if not error.refused:
            raise
        opened, refused = search.reopen(finding.proof, error.refused), frozenset(error.refused)
    again = branch.prove(domain, teacher, tree, Options(resume=opened, refused=refused))
    points = finding.counterexamples + again.counterexamples
    return checker.verify(matter_of(domain, teacher, tree), again.proof, points), len(refused)


def main(cases: int = CASES) -> None:
    """Compare on all cases, and print how many were the same."""
    total: Counter[str] = Counter()
    for seed in range(cases):
        domain, teacher, tree = case(seed)
        truly = truth(domain, teacher, tree)
        total[truly[0]] += 1
        for name, finding in answers(domain, teacher, tree).items():
            v, again = accepted(domain, teacher, tree, finding)
            total["steps refused at first, without the kernel in the search"] += again
            if name == "z3" and v.disagreements[0] < v.disagreements[1]:
                total["z3 out of time"] += 1
                assert v.disagreements[0] <= truly[1][0] <= v.disagreements[1], (seed, v)
                continue
            answer = str(v.verdict), v.disagreements, v.error
            assert answer == truly, f"case {seed}: {name} says {answer}, brute force {truly}"
            total[name] += 1
    print(f"{cases} random cases: {total['equivalent']} equivalent, {total['different']} different")
    for name, count in total.items():
        if name not in ("equivalent", "different"):
            right = "" if "time" in name or "refused" in name else " with the right count"
            print(f"  {name}: {count}{right}")
