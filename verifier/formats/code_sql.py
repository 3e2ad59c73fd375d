"""The SQL that Leafproof exports, read as a tree of the domain's columns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verifier.formats.code_parts import DEEPEST, MOST_NODES
from verifier.formats.export_reading import Test
from verifier.formats.export_sql_reading import Node, goes_left, sql, threshold_of
from verifier.formats.sklearn import double_threshold
from verifier.model.domain import Domain
from verifier.model.errors import TreeError, quoted
from verifier.model.ordinal import Ranged
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable


def read_sql(text: str, domain: Domain | None = None) -> Tree:
    """The tree in a CASE expression as Leafproof exports it. Raises TreeError.

    Columns that hold labels, or numbers, by the names of a domain's variables need the ``domain``;
    x0, x1, ... are the columns of encodings.
    """
    try:
        parts = sql(text)
    except TreeError:
        raise TreeError("it is no CASE expression as Leafproof writes it: give JSON") from None
    return _Case(parts, domain).tree()


class _Case:
    """Builds the tree of a CASE expression, whose nodes are in pre-order."""

    def __init__(self, parts: Sequence[Node], domain: Domain | None) -> None:
        self.parts, self.domain, self.at = parts, domain, 0
        self.nodes: list[Inner | Leaf] = []

    def tree(self) -> Tree:
        """The whole tree."""
        self._grow(0)
        return Tree(tuple(self.nodes))

    def _grow(self, depth: int) -> int:
        """Append what the next node comes to; returns its first node."""
        if depth > DEEPEST:
            raise TreeError(f"its CASEs are more than {DEEPEST} deep: give the tree as JSON")
        part, here = self.parts[self.at], len(self.nodes)
        self.at += 1
        if isinstance(part, int):
            self._append(Leaf(part))
            return here
        ends = self.at, self._skip(self.at)
        if isinstance(part, Test):
            self._compared(part.column, float(part.literal), ends, depth)
        else:
            i = self._variable(part.name)
            v, first = self._domain.variables[i], self._domain.offsets[i]
            if isinstance(v, Ranged):
                threshold = threshold_of(part)
                if threshold is None:
                    raise TreeError(
                        f"its column {quoted(part.name)} is a range of the domain: "
                        "compare it with one number"
                    )
                self._compared(first, threshold, ends, depth)
            else:
                self._apart(v, first, range(v.count), goes_left(part, v), ends, depth)
        self.at = self._skip(ends[1])
        return here

    def _compared(self, column: int, literal: float, ends: tuple[int, int], depth: int) -> None:
        """Append a test of a number."""
        here = len(self.nodes)
        self._append(Leaf(0))
        sides = [self._side(end, depth) for end in ends]
        self.nodes[here] = Inner(column, double_threshold(literal), *sides)

    def _side(self, end: int, depth: int) -> int:
        """Append the node that stands at ``end``."""
        self.at = end
        return self._grow(depth + 1)

    def _apart(
        self,
        v: Variable,
        first: int,
        values: Sequence[int],
        left: Sequence[bool],
        ends: tuple[int, int],
        depth: int,
    ) -> int:
        """Append tests of a variable's columns (from ``first`` on) that part its values."""
        here = len(self.nodes)
        if len({left[i] for i in values}) == 1:
            return self._side(ends[0 if left[values[0]] else 1], depth)
        column, threshold = _best(v, values, left)
        self._append(Leaf(0))
        below = [i for i in values if v.encoding[i][column] <= threshold]
        above = [i for i in values if v.encoding[i][column] > threshold]
        sides = [self._apart(v, first, some, left, ends, depth) for some in (below, above)]
        self.nodes[here] = Inner(first + column, threshold, *sides)
        return here

    def _append(self, node: Inner | Leaf) -> None:
        if len(self.nodes) >= MOST_NODES:
            raise TreeError(f"it has more than {MOST_NODES} nodes: give the tree as JSON")
        self.nodes.append(node)

    def _skip(self, at: int) -> int:
        """The place after the node at ``at`` and all below it."""
        open_ends = 1
        while open_ends:
            open_ends += -1 if isinstance(self.parts[at], int) else 1
            at += 1
        return at

    @property
    def _domain(self) -> Domain:
        if self.domain is None:
            raise TreeError("its columns are named: give the domain, which says what they are")
        return self.domain

    def _variable(self, name: str) -> int:
        """The place of the variable of this name."""
        for i, v in enumerate(self._domain.variables):
            if v.name == name:
                return i
        first = quoted(self._domain.variables[0].name)
        raise TreeError(
            f"its column {quoted(name)} is no variable of the domain, whose first is {first}: give "
            "the domain that it was exported with"
        )


def _best(v: Variable, values: Sequence[int], left: Sequence[bool]) -> tuple[int, Fraction]:
    """The column and the threshold that leave the fewest values on the wrong side."""
    found: tuple[int, int, Fraction] | None = None
    for column in range(v.columns):
        order = sorted(values, key=lambda i: v.encoding[i][column])
        lefts, below, total = 0, 0, sum(left[i] for i in values)
        for a, b in pairwise(order):
            below, lefts = below + 1, lefts + left[a]
            low, high = v.encoding[a][column], v.encoding[b][column]
            if low == high:
                continue
            above = len(order) - below
            wrong = min(lefts, below - lefts) + min(total - lefts, above - total + lefts)
            if found is None or wrong < found[0]:
                found = wrong, column, (low + high) / 2
    if found is None:
        raise TreeError(
            f"it tells labels of {quoted(v.name)} apart that have the same encoding in the domain"
        )
    return found[1:]
