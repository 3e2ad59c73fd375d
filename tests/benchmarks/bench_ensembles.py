"""Forests born again as one tree, and proofs of that beside a sweep of all points and Z3 by hand.

python -m tests.benchmarks ensembles
python -m tests.benchmarks ensembles --limit 10

The data are scikit-learn's own, cut into bins by quantiles. Z3 is given what a user would write: a
tree as nested if-then-elses of integer inputs, scores as sums of rationals (it does not know of
rounding), and the whole question as one query. Seconds are of the processor, the limit is by the
clock.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import z3
from sklearn import datasets
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier

import verifier as lp
from verifier.formats.load import load_teacher
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.tree import Inner, Leaf, Tree

CASES = (
    ("iris", 6, "forest", 10, 4),
    ("iris", 6, "booster", 10, 3),
    ("wine", 2, "forest", 10, 4),
    ("wine", 3, "forest", 5, 3),
    ("wine", 3, "forest", 10, 4),
    ("breast_cancer", 2, "forest", 5, 3),
    ("breast_cancer", 2, "forest", 10, 3),
)
"""Data, bins of each feature, what is fitted, trees (rounds), and their depth."""
SWEPT = 1 << 24
"""Domains of more points are not swept."""


def main(arguments: Sequence[str] = ()) -> None:
    """Print a line for each ensemble."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=30.0)
    limit = parser.parse_args(arguments).limit
    print(
        "| data | model | points | equal tree: leaves, depth | the smallest? "
        "| found and proved (s) | that proof alone (s) | sweep (s) | Z3 by hand (s) |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, bins, kind, trees, depth in CASES:
        domain, ensemble = fitted(name, bins, kind, trees, depth)
        begun = time.process_time()
        again = lp.distill(ensemble, domain, timeout=4 * limit)
        took = time.process_time() - begun
        begun = time.process_time()
        proved = lp.certify(ensemble, again.tree, domain, prover="branch", timeout=4 * limit)
        alone = time.process_time() - begun
        swept = "skipped"
        if domain.size <= SWEPT:
            begun = time.process_time()
            lp.certify(ensemble, again.tree, domain, prover="exhaustive")
            swept = f"{time.process_time() - begun:.2g}"
        found, seconds = by_z3(domain, ensemble, again.tree, limit)
        print(
            f"| {name}, {bins} bins | {kind} of {trees}, depth {depth} | {domain.size:,} "
            f"| {again.verdict}: {again.tree.leaves}, {again.tree.depth} "
            f"| {'yes' if again.facts.get('smallest') else 'not known'} | {took:.2g} "
            f"| {proved.verdict}: {alone:.2g} | {swept} | {found}: {seconds:.2g} |",
            flush=True,
        )


def fitted(name: str, bins: int, kind: str, trees: int, depth: int) -> tuple[Domain, Ensemble]:
    """A domain of bins, and a model fitted to them."""
    held = getattr(datasets, f"load_{name}")()
    columns = []
    for j in range(held.data.shape[1]):
        cuts = np.quantile(held.data[:, j], np.linspace(0, 1, bins + 1)[1:-1])
        columns.append(np.searchsorted(cuts, held.data[:, j]))
    x = np.stack(columns, axis=1)
    model: Any = RandomForestClassifier(trees, max_depth=depth, random_state=0)
    if kind == "booster":
        model = GradientBoostingClassifier(n_estimators=trees, max_depth=depth, random_state=0)
    model.fit(x, held.target)
    domain = Domain.product(*[Domain.range(f"x{j}", 0, bins - 1) for j in range(x.shape[1])])
    ensemble = load_teacher(model)
    assert isinstance(ensemble, Ensemble)
    return domain, ensemble


def by_z3(domain: Domain, ensemble: Ensemble, tree: Tree, limit: float) -> tuple[str, float]:
    """What Z3 finds of whether the two differ, and the seconds, encoding included."""
    begun = time.process_time()
    solver = z3.Solver(ctx=z3.Context())
    solver.set(timeout=max(1, int(1000 * limit)))
    x = [z3.Int(f"x{i}", solver.ctx) for i in range(domain.columns)]
    for own, v in zip(x, domain.variables, strict=True):
        solver.add(own >= 0, own < v.count)
    scores = []
    for k in range(ensemble.outputs):
        parts = [_score(member, k, x) for member in ensemble.members]
        scores.append(sum(parts[1:], parts[0]) + _real(ensemble.start[k], x))
    solver.add(_class(ensemble, scores, x) != _answer(tree, 0, x))
    found = str(solver.check())
    words = {"sat": "different", "unsat": "equivalent", "unknown": "undecided"}
    return words[found], time.process_time() - begun


def _real(value: float, x: Sequence[Any]) -> Any:
    exact = Fraction(value)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}", x[0].ctx)


def _below(node: Inner, x: Sequence[Any]) -> Any:
    return x[node.column] <= node.threshold.numerator // node.threshold.denominator


def _score(member: Member, output: int, x: Sequence[Any], at: int = 0) -> Any:
    node = member.nodes[at]
    if isinstance(node, Score):
        return _real(dict(node.values).get(output, 0.0), x)
    left, right = (_score(member, output, x, child) for child in (node.left, node.right))
    return z3.If(_below(node, x), left, right)


def _class(ensemble: Ensemble, scores: Sequence[Any], x: Sequence[Any]) -> Any:
    one, zero = (z3.IntVal(k, x[0].ctx) for k in (1, 0))
    if ensemble.threshold is not None:
        limit = Fraction(ensemble.threshold) * Fraction(ensemble.divisor)
        number = z3.RealVal(f"{limit.numerator}/{limit.denominator}", x[0].ctx)
        return z3.If(scores[0] > number, one, zero)
    best, klass = scores[0], zero
    for k, score in enumerate(scores[1:], 1):
        klass = z3.If(score > best, z3.IntVal(k, x[0].ctx), klass)
        best = z3.If(score > best, score, best)
    return klass


def _answer(tree: Tree, at: int, x: Sequence[Any]) -> Any:
    node = tree.nodes[at]
    if isinstance(node, Leaf):
        return z3.IntVal(node.klass, x[0].ctx)
    left, right = (_answer(tree, child, x) for child in (node.left, node.right))
    return z3.If(_below(node, x), left, right)
