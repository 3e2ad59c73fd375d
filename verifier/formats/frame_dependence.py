"""A tree of dependence: where variables of a table depend on each other, by its rows.

The tree grows greedily. A test is worth the information that it gives about all other variables
together, in natural units times rows, less the price of the parameters that it adds (half the
logarithm of the rows each, the Bayesian information criterion); the most valuable test of any leaf
is made next. A leaf is as probable as it is frequent in the rows. In a leaf a value v of a variable
has the probability

    (rows of the leaf with v + smoothing * share of v in all rows, of those values that are left)
    / (rows of the leaf + smoothing),

rounded to multiples of 1/4096 that sum to 1. Values of a categorical variable that no row of a leaf
has, although EXPECTED of its rows or more would have them if the variables were independent, are
impossible there: weight 0.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count

import numpy as np
import numpy.typing as npt

from verifier.formats.frame_columns import Codes
from verifier.formats.frame_points import Points, going, hang
from verifier.formats.frame_runs import runs_from
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable, Ranged
from verifier.model.part import Part

LEAVES = 24
"""Most leaves that are possible."""
LEAST_ROWS = 20
"""Rows of a leaf, at least."""
LEVELS = 8
"""Values of a range are told apart in so many steps while the tree grows."""
SHARES = 4096
"""Probabilities in leaves are multiples of one in so many."""
EXPECTED = 10
"""So many rows are expected where a value without any is impossible."""
Floats = npt.NDArray[np.float64]


@dataclass(eq=False)
class _Node:
    """Rows and their cell; once it is divided, the test (variable, what goes left) and children."""

    rows: Codes
    cell: Cell
    test: tuple[int, Part] | None = None
    children: tuple[_Node, ...] = ()


@dataclass(frozen=True, eq=False)
class _Levels:
    """The rows as 0/1 columns, a few for each variable: shape (rows, all levels)."""

    hot: Floats
    starts: tuple[int, ...]
    tops: tuple[tuple[int, ...], ...]
    """The last value of each level, by variable."""


def dependence(variables: Sequence[AnyVariable], index: Points, smoothing: Fraction) -> Domain:
    """The domain with a tree that is grown on rows of value indices, shape (rows, variables)."""
    levels = _levels(variables, index)
    root = _Node(np.arange(len(index)), Cell(tuple(v.whole for v in variables)))
    _grow(variables, index, levels, root)
    nodes: list[GivenTest | GivenLeaf] = []
    stack: list[tuple[_Node, int]] = [(root, -1)]
    while stack:
        node, parent = stack.pop()
        if parent >= 0:
            hang(nodes, parent)
        at = len(nodes)
        if node.test is not None:
            nodes.append(GivenTest(*node.test, 0, 0))
            stack += [(child, at) for child in reversed(node.children)]
            continue
        never = _never(variables, index, node)
        if never is not None:
            variable, left = never
            nodes += [GivenTest(variable, left, at + 1, at + 2), GivenLeaf(Fraction(0))]
            rest = node.cell.split(variable, left)[1]
            stack.append((_Node(node.rows, rest), -1))
            continue
        nodes.append(_leaf(variables, index, node, smoothing))
    return Domain(tuple(variables), Given(tuple(nodes)))


def _levels(variables: Sequence[AnyVariable], index: Points) -> _Levels:
    hot, starts, tops, width = [], [], [], 0
    for i, v in enumerate(variables):
        column = index[:, i]
        if isinstance(v, Ranged) or v.count > 4 * LEVELS:
            ranks = np.sort(column)[[(len(column) * j) // LEVELS for j in range(1, LEVELS)]]
            ends = sorted({*(int(x) for x in ranks), v.count - 1})
        else:
            ends = list(range(v.count))
        level = np.searchsorted(ends, column)
        hot.append((level[:, None] == np.arange(len(ends))).astype(np.float64))
        starts.append(width)
        tops.append(tuple(ends))
        width += len(ends)
    return _Levels(np.hstack(hot), tuple(starts), tuple(tops))


def _grow(variables: Sequence[AnyVariable], index: Points, levels: _Levels, root: _Node) -> None:
    """Divide the root, and what it is divided into, while a test is worth its price."""
    queue: list[tuple[float, int, _Node, int, Part]] = []
    leaves, offered, ranks = 1, [root], count()
    while leaves < LEAVES:
        for node in offered:
            value, variable, left = _best(variables, index, levels, node)
            if value > 0:
                heapq.heappush(queue, (-value, next(ranks), node, variable, left))
        if not queue:
            return
        _, _, node, variable, left = heapq.heappop(queue)
        goes = going(index[node.rows, variable], left)
        inside, outside = node.cell.split(variable, left)
        node.test = variable, left
        node.children = _Node(node.rows[goes], inside), _Node(node.rows[~goes], outside)
        offered = list(node.children)
        leaves += 1


def _best(
    variables: Sequence[AnyVariable], index: Points, levels: _Levels, node: _Node
) -> tuple[float, int, Part]:
    """The test that is worth most in a node, and what it is worth; at most 0 if none is."""
    hot, n = levels.hot[node.rows], len(node.rows)
    every = hot.sum(axis=0)
    price = 0.5 * np.log(n) * max(1, int(np.count_nonzero(every)) - len(variables))
    found: tuple[float, int, Part] = (0.0, 0, 0)
    for i, v in enumerate(variables):
        candidates = _candidates(v, node.cell.parts[i], levels.tops[i], index[node.rows, i])
        if not candidates:
            continue
        goes = np.stack([going(index[node.rows, i], left) for left in candidates]).astype(float)
        sizes = goes.sum(axis=1)
        gains = _information(goes @ hot, every, sizes, n)
        width = len(levels.tops[i])
        gains[:, levels.starts[i] : levels.starts[i] + width] = 0.0
        worth = gains.sum(axis=1) - price
        worth[(sizes < LEAST_ROWS) | (n - sizes < LEAST_ROWS)] = 0.0
        at = int(worth.argmax())
        if worth[at] > found[0]:
            found = float(worth[at]), i, candidates[at]
    return found


def _candidates(v: AnyVariable, part: Part, tops: Sequence[int], values: Codes) -> list[Part]:
    """The tests of a variable that leave values of rows on both sides."""
    low, high = int(values.min()), int(values.max())
    if isinstance(v, Ranged):
        return [range(top + 1) for top in tops if low <= top < high]
    assert isinstance(part, int)
    if v.columns == 1:  # numbers, in order
        masks = [part & ((2 << top) - 1) for top in tops if low <= top < high]
    else:
        masks = [1 << top for top in tops if low < high and part >> top & 1]
    return list(masks)


def _information(inside: Floats, all_rows: Floats, sizes: Floats, n: int) -> Floats:
    """The information of each test about each level: rows times natural units, by summands."""
    outside = all_rows - inside

    def part(joint: Floats, size: Floats) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = joint * n / (size[:, None] * all_rows)
            return np.where(joint > 0, joint * np.log(ratio), 0.0)

    return part(inside, sizes) + part(outside, n - sizes)


def _never(variables: Sequence[AnyVariable], index: Points, node: _Node) -> tuple[int, Part] | None:
    """A categorical variable's values that cannot occur in a leaf."""
    for i, v in enumerate(variables):
        part = node.cell.parts[i]
        if isinstance(v, Ranged) or v.columns == 1:
            continue
        assert isinstance(part, int)
        here = np.bincount(index[node.rows, i], minlength=v.count)
        everywhere = np.bincount(index[:, i], minlength=v.count)
        expected = everywhere * (len(node.rows) / len(index))
        mask = sum(
            1 << int(x)
            for x in np.flatnonzero((here == 0) & (expected >= EXPECTED))
            if part >> int(x) & 1
        )
        if mask:
            return i, mask
    return None


def _leaf(
    variables: Sequence[AnyVariable], index: Points, node: _Node, smoothing: Fraction
) -> GivenLeaf:
    chances: list[Distribution] = []
    for i, v in enumerate(variables):
        part, held = node.cell.parts[i], index[node.rows, i]
        if isinstance(v, Ranged):
            assert isinstance(part, range)
            each = isinstance(v, Continuous)  # pieces are of different lengths
            runs = runs_from(held, part, each=each)
            sizes = [n for n, _ in runs]
            stops = [part.start + sum(sizes[: j + 1]) for j in range(len(sizes))]
            before = [
                v.chances.weight_of(range(b - a, b)) for a, b in zip(sizes, stops, strict=True)
            ]
            shares = _mixed([p * len(held) for _, p in runs], before, len(held), smoothing)
            chances.append(Runs(part.start, tuple(zip(sizes, shares, strict=True))))
            continue
        assert isinstance(part, int)
        counts = np.bincount(held, minlength=v.count)
        before = [w if part >> x & 1 else 0 for x, w in enumerate(v.weights[0])]
        shares = _mixed([Fraction(int(c)) for c in counts], before, len(held), smoothing)
        chances.append(Listed(tuple(shares)))
    return GivenLeaf(Fraction(len(node.rows), len(index)), tuple(chances))


def _mixed(
    counts: Sequence[Fraction], before: Sequence[int], rows: int, smoothing: Fraction
) -> list[Fraction]:
    """The shares of the counts, smoothed by what was known before, as multiples of 1/SHARES."""
    whole = sum(before)
    each = smoothing if whole else Fraction(0)
    exact = [
        (c + each * Fraction(b, whole or 1)) / (rows + each)
        for c, b in zip(counts, before, strict=True)
    ]
    return rounded(exact, SHARES)


def rounded(shares: Sequence[Fraction], parts: int) -> list[Fraction]:
    """Shares that sum to 1 as multiples of 1/parts: what is above 0 stays so where there is room.

    Each is rounded down, or up to 1/parts; what is left goes to those that lose most.
    """
    if sum(x > 0 for x in shares) > parts // 2:
        return list(shares)
    held = [max(int(x * parts), int(x > 0)) for x in shares]
    while sum(held) > parts:
        held[max(range(len(held)), key=lambda i: held[i])] -= 1
    lost = sorted(range(len(held)), key=lambda i: held[i] - shares[i] * parts)
    for i in lost[: parts - sum(held)]:
        held[i] += 1
    return [Fraction(x, parts) for x in held]
