"""A domain whose points are the rows of a table, each as probable as it is frequent."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from verifier.formats.conditions import MOST_NODES
from verifier.formats.frame_columns import Codes
from verifier.formats.frame_missing import is_number
from verifier.formats.waiting import pause
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import Part, size
from verifier.model.variable import Variable

Points = npt.NDArray[np.int64]
NONE, ONE = Fraction(0), Fraction(1)
SOME = 1 << 10
"""Nodes after which it is asked whether to go on."""
MOST_LISTED = 1 << 23
"""Most probabilities that are listed: of each row those of all values of columns that are no plain
numbers."""


def only_rows(variables: Sequence[AnyVariable], index: Points) -> Domain:
    """The domain of the different rows of ``index``, shape (rows, variables).

    Raises DomainError where the tree that tells them apart has too many nodes, or its leaves list
    too many probabilities.
    """
    points, counts = np.unique(index, axis=0, return_counts=True)
    _check_listed(variables, len(points))
    maker = _Maker(variables, points, counts)
    maker.grow()
    return Domain(tuple(variables), Given(tuple(maker.nodes)))


def _check_listed(variables: Sequence[AnyVariable], rows: int) -> None:
    listed = [v for v in variables if isinstance(v, Variable)]
    if rows * sum(v.count for v in listed) <= MOST_LISTED:
        return
    longest = max(listed, key=lambda v: v.count)
    numbers = " (numbers, some of them missing)" if is_number(longest) else ""
    raise DomainError(
        f"{rows} different rows and {sum(v.count for v in listed)} values of columns that are no "
        f"plain numbers, {longest.count} of them of {quoted(longest.name)}{numbers}: too many to "
        "list; bin such columns, fill in what is missing, or take fewer rows"
    )


class _Maker:
    """Grows the tree: rows are told apart by tests, then each from all that is no row."""

    def __init__(self, variables: Sequence[AnyVariable], points: Points, counts: Codes) -> None:
        self.variables, self.points, self.counts = variables, points, counts
        self.total = int(counts.sum())
        self.nodes: list[GivenTest | GivenLeaf] = []
        self.alone: dict[tuple[int, int], Distribution] = {}

    def grow(self) -> None:
        """All nodes, each before its children; an empty list of rows is an impossible leaf."""
        if 2 * len(self.points) - 1 > MOST_NODES:  # each row has a leaf
            self.refuse()
        whole = Cell(tuple(v.whole for v in self.variables))
        stack = [(np.arange(len(self.points)), whole, -1)]
        while stack:
            rows, cell, parent = stack.pop()
            if parent >= 0:
                hang(self.nodes, parent)
            at = len(self.nodes)
            if at > MOST_NODES:
                self.refuse()
            if at % SOME == 0:
                pause()
            if not rows.size:
                self.nodes.append(GivenLeaf(Fraction(0)))
                continue
            test = self.apart(rows) if rows.size > 1 else self.cut_off(rows[0], cell)
            if test is None:
                self.nodes.append(self.leaf(rows[0]))
                continue
            variable, left = test
            self.nodes.append(GivenTest(variable, left, 0, 0))
            inside, outside = cell.split(variable, left)
            goes = going(self.points[rows, variable], left)
            stack.append((rows[~goes], outside, at))
            stack.append((rows[goes], inside, at))

    def refuse(self) -> NoReturn:
        """Say that there are too many rows."""
        raise DomainError(
            f"the {len(self.points)} different rows of {len(self.variables)} variables "
            f"take a tree of more than {MOST_NODES} nodes: take fewer rows or bins, or "
            "have the error on the rows stated beside that over the domain (rows=, --rows)"
        )

    def apart(self, rows: Codes) -> tuple[int, Part]:
        """The test that divides the rows most evenly."""
        held = self.points[rows]
        middle = np.sort(held, axis=0)[(len(rows) - 1) // 2]
        best, variable, left_of = -1, 0, held[:, 0] < 0
        for goes in (held <= middle, held < middle):  # one of them divides what is not all alike
            low = goes.sum(axis=0)
            even = np.minimum(low, len(rows) - low)
            at = int(even.argmax())
            if even[at] > best:
                best, variable, left_of = int(even[at]), at, goes[:, at]
        values = np.unique(held[left_of, variable])
        if isinstance(self.variables[variable], Ordinal):
            return variable, range(int(values[-1]) + 1)
        return variable, sum(1 << int(x) for x in values)

    def cut_off(self, row: int, cell: Cell) -> tuple[int, Part] | None:
        """The next test that cuts off what is not the row; None if nothing else is left."""
        for i, part in enumerate(cell.parts):
            value = int(self.points[row, i])
            if size(part) == 1:
                continue
            if isinstance(part, int):
                return i, 1 << value
            return i, range(value + 1) if value + 1 < part.stop else range(value)
        return None

    def leaf(self, row: int) -> GivenLeaf:
        """The leaf of a row, in whose cell nothing else is."""
        chances = tuple(self.certain(i, int(x)) for i, x in enumerate(self.points[row]))
        return GivenLeaf(Fraction(int(self.counts[row]), self.total), chances)

    def certain(self, variable: int, value: int) -> Distribution:
        """One value for certain; each is made once."""
        if (variable, value) not in self.alone:
            v = self.variables[variable]
            self.alone[variable, value] = (
                Runs(value, ((1, ONE),))
                if isinstance(v, Ordinal)
                else Listed((NONE,) * value + (ONE,) + (NONE,) * (v.count - value - 1))
            )
        return self.alone[variable, value]


def hang(nodes: list[GivenTest | GivenLeaf], parent: int) -> None:
    """Make the next node the first, or else the second, child of ``parent``."""
    test, at = nodes[parent], len(nodes)
    assert isinstance(test, GivenTest)
    yes, no = (test.yes, at) if test.yes else (at, 0)
    nodes[parent] = GivenTest(test.variable, test.left, yes, no)


def going(values: Codes, left: Part) -> npt.NDArray[np.bool_]:
    """Which of a variable's values a test sends left."""
    if isinstance(left, range):
        return values < left.stop
    table = [bool(left >> x & 1) for x in range(int(values.max(initial=0)) + 1)]
    return np.array(table, dtype=np.bool_)[values]
