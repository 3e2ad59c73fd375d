"""Ensembles for tests."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.ordinal import Ordinal
from verifier.model.softmax import DIGITS
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable


def simple(arithmetic: str = "float64") -> Ensemble:
    """Two stumps over two columns: class 1 iff x0 > 1/2 or x1 > 1/2."""
    return Ensemble(2, 1, (stump(0, 1.0), stump(1, 1.0)), (0.0,), arithmetic, 0.0)


def stump(column: int, value: float) -> Member:
    """Adds a value to output 0 where the column is above 1/2."""
    return Member((Inner(column, Fraction(1, 2), 1, 2), Score(()), Score(((0, value),))))


def random_ensemble(
    rng: random.Random, arithmetic: str, columns: int = 4, depth: int = 3
) -> Ensemble:
    """Up to 6 trees with numbers of very different sizes, or coarse ones so that ties occur."""
    outputs = rng.choice((1, 1, 2, 3))
    coarse = rng.random() < 0.5

    def number() -> float:
        if coarse:
            return rng.randrange(-4, 5) / 2
        return rng.randrange(-(1 << 24), 1 << 24) * 2.0 ** rng.randrange(-40, 4)

    def tree() -> Member:
        nodes: list[Inner | Score] = []

        def grow(left: int) -> int:
            at = len(nodes)
            if not left or rng.random() < 0.2:
                held = sorted(rng.sample(range(outputs), rng.randrange(outputs + 1)))
                nodes.append(Score(tuple((k, number()) for k in held)))
                return at
            column, threshold = rng.randrange(columns), Fraction(rng.randrange(-8, 9), 4)
            nodes.append(Inner(column, threshold, at, at))
            low, high = grow(left - 1), grow(left - 1)
            if rng.random() < 0.1:
                high = low  # two ways to one node
            nodes[at] = Inner(column, threshold, low, high)
            return at

        grow(depth)
        return reached(nodes)

    members = tuple(tree() for _ in range(rng.randrange(1, 7)))
    start = tuple(number() for _ in range(outputs))
    threshold = number() if outputs == 1 else None
    divisor = rng.choice((1.0, 3.0, float(len(members))))
    factor = 1.0
    if divisor == 1 and arithmetic != "exact":
        factor = number_of(arithmetic, rng.choice((1.0, 1 / 3, 1 / len(members), 0.7)))
    return Ensemble(columns, outputs, members, start, arithmetic, threshold, divisor, factor=factor)


def number_of(arithmetic: str, x: float) -> float:
    """The nearest number of the arithmetic."""
    return float(np.dtype(arithmetic).type(x))


def near_ties(rng: random.Random, arithmetic: str, columns: int) -> Ensemble:
    """Scores that differ by few units of the last place, and sometimes by much."""
    unit = 2.0 ** -DIGITS[arithmetic]
    plain = random_ensemble(rng, arithmetic, columns)
    outputs = rng.randrange(2, 5)

    def score() -> Score:
        held = sorted(rng.sample(range(outputs), rng.randrange(outputs + 1)))
        big = 1.0 if rng.random() < 0.1 else 0.0
        numbers = [number_of(arithmetic, big + rng.randrange(-6, 7) * unit / 2) for _ in held]
        return Score(tuple(zip(held, numbers, strict=True)))

    members = tuple(
        Member(tuple(score() if isinstance(n, Score) else n for n in m.nodes))
        for m in plain.members
    )
    start = (rng.choice((0.25, 0.75)),) * outputs
    divisor = rng.choice((1.0, 1.0, 3.0))
    return Ensemble(columns, outputs, members, start, arithmetic, None, divisor, link="softmax")


def reached(nodes: list[Inner | Score]) -> Member:
    """The member of the nodes that the first leads to."""
    kept = {0}
    for i, node in enumerate(nodes):
        if i in kept and isinstance(node, Inner):
            kept |= {node.left, node.right}
    number = {old: new for new, old in enumerate(sorted(kept))}
    held: list[Inner | Score] = []
    for old in number:
        node = nodes[old]
        if isinstance(node, Inner):
            ways = number[node.left], number[node.right]
            node = Inner(node.column, node.threshold, *ways)
        held.append(node)
    return Member(tuple(held))


def random_domain(rng: random.Random) -> Domain:
    """Up to 4 variables: categorical of one or two columns, and ordinals; perhaps with a tree."""
    variables: list[Variable | Ordinal] = []
    for i in range(rng.randrange(1, 5)):
        count = rng.choice((2, 3, 4))
        if rng.random() < 0.4:
            first = Fraction(rng.randrange(-4, 3), 2)
            variables.append(
                Ordinal(f"v{i}", first, Fraction(1, 2), count, ((count, Fraction(1)),))
            )
            continue
        columns = rng.choice((1, 1, 2))
        rows = [[Fraction(rng.randrange(-8, 9), 4) for _ in range(columns)] for _ in range(count)]
        weights = [rng.randrange(1, 4) for _ in range(count)]
        shares = tuple(Fraction(w, sum(weights)) for w in weights)
        labels = tuple(map(str, range(count)))
        variables.append(Variable(f"v{i}", labels, tuple(map(tuple, rows)), shares))
    domain = Domain(tuple(variables))
    if len(variables) > 1 and rng.random() < 0.3:
        last = variables[1]
        return domain.without({"v0": variables[0].label(0), "v1": last.label(last.count - 1)})
    return domain


def random_tree(rng: random.Random, columns: int, classes: int, depth: int = 3) -> Tree:
    """A tree over the columns."""
    nodes: list[Inner | Leaf] = []

    def grow(left: int) -> int:
        at = len(nodes)
        if not left or rng.random() < 0.2:
            nodes.append(Leaf(rng.randrange(classes)))
            return at
        column, threshold = rng.randrange(columns), Fraction(rng.randrange(-8, 9), 4)
        nodes.append(Inner(column, threshold, at, at))
        nodes[at] = Inner(column, threshold, grow(left - 1), grow(left - 1))
        return at

    grow(depth)
    return Tree(tuple(nodes))


def scores_of(ensemble: Ensemble, row: Sequence[Fraction] | Sequence[float]) -> list[Fraction]:
    """The scores of an input, the numbers in its columns, exactly what they are."""
    leaves = np.array([[m.leaf_at(row) for m in ensemble.members]], dtype=np.int64)
    return ensemble.sums.scores(ensemble.sums.total(leaves))[0]
