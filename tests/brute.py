"""The truth by brute force in exact numbers, sharing no code with the kernel's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import product
from math import lcm
from operator import add, mul
from typing import Any

import numpy as np

from verifier.model.domain import Domain, Point
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.steps import Steps
from verifier.model.tree import Inner, Tree


@dataclass(frozen=True)
class Exact:
    """Numbers as integers over one denominator, which is positive: sums need no common divisors."""

    over: tuple[int, ...]
    under: int

    @staticmethod
    def of(numbers: Sequence[Any]) -> Exact:
        """Ints, floats and fractions, as they are."""
        ratios = [x.as_integer_ratio() for x in numbers]
        under = lcm(*(d for _, d in ratios))
        return Exact(tuple(n * (under // d) for n, d in ratios), under)

    def fractions(self) -> list[Fraction]:
        """The same numbers."""
        return [Fraction(n, self.under) for n in self.over]


def _exact(array: Any) -> Exact:
    """The numbers of an array, row by row; those of the same bytes are read once."""
    if array.dtype.kind not in "fiu":
        return Exact.of(array.ravel().tolist())
    return _read(array.tobytes(), array.dtype.str, array.size)


@lru_cache(maxsize=1 << 10)
def _read(data: bytes, dtype: str, size: int) -> Exact:
    return Exact.of(np.frombuffer(data, dtype, size).tolist())


def _affine(h: Exact, weight: Any, bias: Any) -> Exact:
    w, b, n = _exact(weight), _exact(bias), len(h.over)
    assert weight.shape == (len(b.over), n)
    rows = [w.over[i * n : (i + 1) * n] for i in range(len(b.over))]
    sums = [b.under * sum(map(mul, row, h.over)) for row in rows]
    rest = [x * w.under * h.under for x in b.over]
    return Exact(tuple(map(add, sums, rest)), w.under * h.under * b.under)


def _scaled(h: Exact, scale: Any, divisor: Any, shift: Any) -> Exact:
    s, d, t = _exact(scale), _exact(divisor), _exact(shift)
    factors = _quotients(s, d)
    under = h.under * factors.under
    return Exact(
        tuple(
            x * f * t.under + y * under
            for x, f, y in zip(h.over, factors.over, t.over, strict=True)
        ),
        under * t.under,
    )


@lru_cache(maxsize=1 << 8)
def _quotients(s: Exact, d: Exact) -> Exact:
    pairs = zip(s.fractions(), d.fractions(), strict=True)
    return Exact.of([x / y for x, y in pairs])


def _steps(h: Exact, thresholds: Any, lowest: Any) -> Exact:
    low, t = _exact(lowest), _exact(thresholds)
    n = thresholds.shape[1]
    rows = [t.over[i * n : (i + 1) * n] for i in range(len(low.over))]
    reached = [
        sum(x * t.under >= y * h.under for y in row) for x, row in zip(h.over, rows, strict=True)
    ]
    return Exact(
        tuple(a + b * low.under for a, b in zip(low.over, reached, strict=True)), low.under
    )


def _values(teacher: Network, x: Sequence[Any]) -> list[Exact]:
    """Every node of the network at an encoded input, layer by layer."""
    nodes = [Exact.of(x)]
    for layer in teacher.layers:
        match layer:
            case Affine(source, weight, bias):
                out = _affine(nodes[source], weight, bias)
            case Scale(source, scale, divisor, shift):
                out = _scaled(nodes[source], scale, divisor, shift)
            case Relu(source):
                out = Exact(tuple(max(h, 0) for h in nodes[source].over), nodes[source].under)
            case Sign(source):
                out = Exact(tuple((h > 0) - (h < 0) for h in nodes[source].over), 1)
            case Steps(source, thresholds, lowest):
                out = _steps(nodes[source], thresholds, lowest)
            case Add(left, right):
                a, b = nodes[left], nodes[right]
                sums = zip(a.over, b.over, strict=True)
                out = Exact(tuple(x * b.under + y * a.under for x, y in sums), a.under * b.under)
        nodes.append(out)
    return nodes


def node_values(teacher: Network, x: Sequence[Any]) -> list[list[Fraction]]:
    """Every node of the network at an encoded input, layer by layer in fractions."""
    return [node.fractions() for node in _values(teacher, x)]


def logits(teacher: Network, x: Sequence[Any]) -> list[Fraction]:
    """The network's logits at an encoded input."""
    return _values(teacher, x)[-1].fractions()


def teacher_class(teacher: Network, x: Sequence[Any]) -> int:
    """One logit: class 1 iff it is positive; several: the largest, ties to the lowest index."""
    out = _values(teacher, x)[-1].over
    return int(out[0] > 0) if len(out) == 1 else out.index(max(out))


def tree_class(tree: Tree, x: list[Fraction]) -> int:
    """The tree's class at an encoded input."""
    node = tree.nodes[0]
    while isinstance(node, Inner):
        node = tree.nodes[node.left if x[node.column] <= node.threshold else node.right]
    return node.klass


@dataclass(frozen=True)
class Truth:
    """Every point's teacher class, the disagreeing points and their probability."""

    classes: dict[Point, int]
    wrong: list[Point]
    error: Fraction


def truth(domain: Domain, teacher: Network, tree: Tree) -> Truth:
    """Evaluate teacher and tree at every point."""
    classes, wrong, error = {}, [], Fraction(0)
    for point in product(*(range(len(v.labels)) for v in domain.variables)):
        x = [c for v, i in zip(domain.variables, point, strict=True) for c in v.encoding[i]]
        classes[point] = teacher_class(teacher, x)
        if classes[point] != tree_class(tree, x):
            wrong.append(point)
            chance = Fraction(1)
            for v, i in zip(domain.variables, point, strict=True):
                chance *= v.probabilities[i]
            error += chance
    return Truth(classes, wrong, error)
