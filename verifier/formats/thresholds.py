"""A tree's tests in the number type that a target computes with.

A target receives every input rounded to nearest (ties to even) in its own type and compares that
with a literal of the type. ``settle`` chooses the literals so that each test parts what it parts in
the tree, and refuses where rounding has merged two values that the tree tells apart. Rounding is
monotone, so only the values on both sides of a threshold matter.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

import numpy as np

from verifier.formats.bin_labels import Bins, number_bins
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import TreeError, quoted
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

_LARGEST64 = math.nextafter(math.inf, 0)
_LARGEST32 = float(np.finfo(np.float32).max)


def nearest32(x: Fraction) -> float:
    """``x`` rounded to float32 (once), infinite beyond its range."""
    near = _cast32(nearest(x))
    if math.isinf(near):
        return near
    # rounding twice goes wrong by at most one step, and only where float64 lands on a midpoint
    steps = [_beside32(near, way) for way in (-math.inf, math.inf)]
    options = [n for n in (near, *steps) if math.isfinite(n)]
    return min(options, key=lambda n: (abs(Fraction(n) - x), _odd32(n)))


def _cast32(x: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.float32(x))


def _beside32(x: float, way: float) -> float:
    """The next float32 towards ``way``."""
    with np.errstate(over="ignore"):
        return float(np.nextafter(np.float32(x), np.float32(way)))


def _odd32(x: float) -> int:
    return int(np.float32(x).view(np.uint32)) & 1


def float_below(x: Fraction) -> float:
    """The largest float64 that does not exceed ``x``: minus infinity below all of them."""
    up, down = x.numerator, x.denominator
    try:
        near = up / down  # the nearest
    except OverflowError:
        return _LARGEST64 if up > 0 else -math.inf
    own, under = near.as_integer_ratio()  # many times quicker than fractions
    return near if own * down <= up * under else math.nextafter(near, -math.inf)


def single_below(x: Fraction) -> float:
    """The largest float32 that does not exceed ``x``: minus infinity below all of them."""
    if abs(x) > Fraction(_LARGEST32):
        return _LARGEST32 if x > 0 else -math.inf
    near = nearest32(x)
    if Fraction(near) <= x:
        return near
    return _beside32(near, -math.inf)


@dataclass(frozen=True)
class NumberType:
    """A type of numbers that targets receive.

    ``received`` gives what a number may arrive as, ``below`` the largest of the type that does not
    exceed a number, ``above`` the next of the type. ``others`` say which formats tell more apart.
    """

    name: str
    received: Callable[[Fraction], tuple[float, ...]]
    below: Callable[[Fraction], float]
    above: Callable[[float], float]
    others: str


FLOAT64 = NumberType(
    "float64",
    lambda x: (nearest(x),),
    float_below,
    lambda x: math.nextafter(x, math.inf),
    "export it --to sql or --to json",
)
FLOAT32 = NumberType(
    "float32",
    lambda x: (nearest32(x), _cast32(nearest(x))),  # rounded at once, or by way of float64
    single_below,
    lambda x: _beside32(x, math.inf),
    "export to another format (python and c hold float64, sql labels)",
)


@dataclass(frozen=True)
class SettledTree:
    """A tree without tests that decide nothing; ``literals[i]`` is node i's (0 for a leaf)."""

    tree: Tree
    literals: tuple[float, ...]


def settle(tree: Tree, domain: Domain | None, kind: NumberType) -> SettledTree:
    """The literals of all tests.

    With a domain each stands between the encoded values that its test parts, also if they are not
    rounded or rounded to float32 where that is possible. Without one it is the largest number of
    the type that does not exceed the threshold, so that all finite inputs of the type branch as in
    the tree. Tests that send all values one way are left out. Raises TreeError where the type
    merges two values that the tree tells apart.
    """
    memo: dict[tuple[int, int, int], float] = {}  # fractions take long to hash
    columns = None if domain is None else Columns(domain)

    def literal(node: Inner) -> float:
        key = (node.column, node.threshold.numerator, node.threshold.denominator)
        if key not in memo:
            memo[key] = between(node, columns, kind) if columns else kind.below(node.threshold)
        return memo[key]

    found = {i: literal(n) for i, n in enumerate(tree.nodes) if isinstance(n, Inner)}
    kept, order = _without(tree, {i: x > 0 for i, x in found.items() if math.isinf(x)})
    return SettledTree(kept, tuple(found.get(i, 0.0) for i in order))


def without_idle(tree: Tree, domain: Domain) -> Tree:
    """The tree without the tests that send all of the domain's values one way."""
    columns = Columns(domain)
    idle: dict[int, bool] = {}
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Inner):
            low, high = columns.neighbours(node)
            if low is None or high is None:
                idle[i] = low is not None
    return _without(tree, idle)[0]


def _without(tree: Tree, idle: dict[int, bool]) -> tuple[Tree, list[int]]:
    """The tree without the ``idle`` tests, in pre-order, and the old number of each node.

    An idle test sends everything left (true) or right (false).
    """
    order: list[int] = []
    ends: dict[int, list[int]] = {}
    stack = [(0, -1)]
    while stack:
        i, parent = stack.pop()
        node = tree.nodes[i]
        while i in idle and isinstance(node, Inner):
            i = node.left if idle[i] else node.right
            node = tree.nodes[i]
        if parent >= 0:
            ends[parent].append(len(order))
        if isinstance(node, Inner):
            ends[len(order)] = []
            stack += [(node.right, len(order)), (node.left, len(order))]
        order.append(i)
    nodes: list[Inner | Leaf] = []
    for new, old in enumerate(order):
        node = tree.nodes[old]
        if isinstance(node, Inner):
            node = Inner(node.column, node.threshold, *ends[new])
        nodes.append(node)
    return Tree(tuple(nodes), tree.labels), order


@dataclass(frozen=True)
class Columns:
    """A domain's encoded values, sorted column by column when they are first asked for."""

    domain: Domain
    held: dict[int, list[Fraction]] = field(default_factory=dict)
    bins: dict[int, Bins | None] = field(default_factory=dict)

    def neighbours(self, node: Inner) -> tuple[Fraction | None, Fraction | None]:
        """The largest encoded value that goes left (None: none does), the smallest other one.

        Of an interval both are the threshold, where it lies inside.
        """
        if node.column not in self.held:
            index, j = self.domain.column_owner[node.column]
            variable = self.domain.variables[index]
            if isinstance(variable, Continuous):
                first, last = variable.ends
                none, every = node.threshold <= first, node.threshold >= last
                return None if none else node.threshold, None if every else node.threshold
            if isinstance(variable, Ordinal):
                return _beside(variable, node.threshold)
            self.held[node.column] = sorted({row[j] for row in variable.encoding})
        values = self.held[node.column]
        at = bisect_right(values, node.threshold)
        return values[at - 1] if at else None, values[at] if at < len(values) else None

    def edge(self, node: Inner) -> Fraction | None:
        """The edge between the bins that a test of a number in bins parts."""
        index, j = self.domain.column_owner[node.column]
        v = self.domain.variables[index]
        if not isinstance(v, Variable) or j:
            return None
        if node.column not in self.bins:
            self.bins[node.column] = number_bins(v)
        bins = self.bins[node.column]
        if bins is None:
            return None
        left = [v.row(i)[0] <= node.threshold for i in range(len(bins))]
        below = sum(left)
        return bins[below - 1][1] if 0 < below < len(bins) and all(left[:below]) else None


def _beside(v: Ordinal, threshold: Fraction) -> tuple[Fraction | None, Fraction | None]:
    """The same of a range, whose values are not listed."""
    at = v.up_to(threshold).stop
    return v.number(at - 1) if at else None, v.number(at) if at < v.count else None


def between(node: Inner, columns: Columns, kind: NumberType) -> float:
    """A finite literal that parts the column's values as the node does; inf, -inf: all one way."""
    low, high = columns.neighbours(node)
    if low is None:
        return -math.inf
    if high is None:
        return math.inf
    if low == high:  # real numbers: those of the type that are at most the threshold go left
        return kind.below(node.threshold)
    least, most = max(kind.received(low)), min(kind.received(high))
    edge = columns.edge(node)  # a number of the table goes where its bin goes
    at = None if edge is None else kind.below(received(edge))
    if at is not None and math.isfinite(at) and least <= at < most:
        return at
    spans = [(least, most)]
    spans.append((max(least, _float_above(low)), min(most, _float_above(high))))
    singles = max(FLOAT32.received(low)), min(FLOAT32.received(high))
    spans.append((max(spans[1][0], singles[0]), min(spans[1][1], singles[1])))
    for least, most in reversed(spans):  # the narrowest first: it also serves unrounded inputs
        if (chosen := _inside(least, most, kind, at)) is not None:
            return chosen
    raise TreeError(_merged(columns.domain, node.column, low, high, kind))


def received(edge: Fraction) -> Fraction:
    """What float64 numbers are compared with at an edge: it, or a short number just above."""
    near = nearest(edge)
    return edge if math.isinf(near) or Fraction(near) <= edge else Fraction(decimal_of(near))


def _float_above(x: Fraction) -> float:
    """The smallest float64 that is at least ``x``: numbers below it are below ``x``."""
    return -float_below(-x)


def _inside(least: float, most: float, kind: NumberType, near: float | None) -> float | None:
    """A finite number t of the type with least <= t < most, in the middle and short if possible; or
    beside ``near``, which is none of these."""
    if not least < most:
        return None
    largest = kind.below(Fraction(1 << 2000))
    low, high = (Fraction(min(max(x, -largest), largest)) for x in (least, most))
    middle = (low + high) / 2
    tried = [single_below(middle), kind.below(middle), least]
    if near is not None:
        tried.insert(0, -kind.below(-low) if near <= least else -kind.above(kind.below(-high)))
    for t in tried:
        if least <= t < most and math.isfinite(t) and kind.below(Fraction(t)) == t:
            return t
    return None


def _merged(domain: Domain, column: int, low: Fraction, high: Fraction, kind: NumberType) -> str:
    index, j = domain.column_owner[column]
    v = domain.variables[index]
    if not isinstance(v, Variable):
        names = [shown(x) for x in (low, high)]
    else:
        rows = list(zip(v.labels, v.encoding, strict=True))
        names = [
            f"{quoted(next(n for n, row in rows if row[j] == x))} ({shown(x)})" for x in (low, high)
        ]
    return (
        f"{kind.name} cannot tell apart the values {names[0]} and {names[1]} of variable "
        f"{quoted(v.name)} (column {column}), which the tree tells apart: {kind.others}"
    )


def shown(x: Fraction, limit: int = 40) -> str:
    """``x`` exactly, in the middle shortened where it is long."""
    text, near = str(x), nearest(x)
    if math.isfinite(near) and Fraction(repr(near)) == x:
        text = repr(near)
    return text if len(text) <= limit else f"{text[: limit // 2]}...{text[-(limit // 2 - 3) :]}"


def decimal_of(x: float) -> str:
    """A decimal that float64 reads as ``x``, also a little wrong or in more precision.

    It is the shortest one that is at least ``x`` and at most an eighth of a step above: compared
    with float64 numbers it is as good as ``x`` in any precision.
    """
    exact = Decimal(x)
    for digits in range(1, 25):
        near = Context(prec=digits, rounding=ROUND_CEILING, Emin=-400, Emax=400).plus(exact)
        if Fraction(near) - Fraction(x) <= Fraction(math.ulp(x)) / 8:
            break
    text = f"{near:f}" if -7 < near.adjusted() < 17 else str(near).lower()
    return text if "." in text or "e" in text else f"{text}.0"


def holds_integers(v: AnyVariable, most: int) -> bool:
    """Whether all encoded values are whole numbers of at most ``most`` in magnitude."""
    if isinstance(v, Continuous):
        return False
    if isinstance(v, Ordinal):
        return v.denominator == 1 and max(abs(v.first), abs(v.last)) <= most
    return all(x.denominator == 1 and abs(x) <= most for row in v.encoding for x in row)
