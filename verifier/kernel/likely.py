"""Rule 7 by ranges that neurons rarely leave, where worst cases are far from most points. Trusted.

What bounds a neuron is a linear form of the input, whose variables are independent in the cell: it
lies near its mean but with a small probability, and far from it by little on average. What neurons
leave their ranges by on average adds up to what a class's form may lose, which Markov's inequality
bounds, and Hoeffding (1963) how far that form is from its mean. docs/soundness.md argues this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import TypeVar

import flint
import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.bends import Bools
from verifier.kernel.choices import DOUBLE, UP, Floats, Precision, matrices
from verifier.kernel.forms import MANY
from verifier.kernel.prepared import NUMBERS, Parts, Prepared, allowed_values, once, parts_of
from verifier.kernel.quick import Cells, Rows
from verifier.kernel.rounds import precisions
from verifier.kernel.rules import WIDE, class_rows
from verifier.kernel.spread import Spread
from verifier.kernel.starting import cells_of
from verifier.kernel.tails import number_ranges
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed
from verifier.model.limits import PYTHON
from verifier.model.network import Relu, sources
from verifier.model.part import Part

T = TypeVar("T")

LEAST = Fraction(1, 1 << 800)
"""No smaller probability is asked for."""
ODDS = 3
"""Times as probable that too much is lost as that a sum is too far from its mean."""
SMALLER = Fraction(1, 16)
"""The part of a cell that one has to be for its forms to be taken."""
SLIGHTLY = Fraction(255, 256)
"""Less is asked of that by more than roundings of logarithms."""
TAKEN = 24
"""Terms of sums that may be taken at their least in cells of which forms were found before."""


def rarely_wrong(
    p: Prepared,
    cells: Sequence[Cell],
    klass: int,
    allowed: Fraction,
    chances: Sequence[Distribution],
) -> list[bool]:
    """Of which cells P[teacher != klass | cell] <= ``allowed`` is shown, by ranges rarely left.

    ``chances`` are the distributions of the variables, independent of each other. For several cells
    forms of one around them are found first.
    """
    rows, every = class_rows(p.teacher.outputs, klass)[0], precisions(p)
    with np.errstate(over="ignore", invalid="ignore"):  # nothing is shown where that happens

        def is_shown(found: Cells | None) -> bool:
            return found is not None and bool((least_of(found, rows) > 0).all())

        outer = None
        if len(cells) > 1:
            outer = Around.of(p, hull_of(cells), klass, allowed, chances)
        return [
            (outer is not None and is_shown(outer.within(cell, allowed)))
            or any(
                is_shown(rarely(p, cell, allowed, chances, precision, only))
                for precision in every
                for only in (klass, None)
            )
            for cell in cells
        ]


@once
def is_looked_at(p: Prepared) -> bool:
    """Whether such ranges are: not of narrow teachers, those or domains that are not bounded in
    floats, and nodes that two ReLUs read: one coefficient is kept behind each."""
    values = max((g.table.shape[1] for g in p.groups), default=1)
    held = 2 * max(p.teacher.widths) * (max(p.teacher.widths) + p.values)
    fits = values <= MANY and held <= NUMBERS and len(set(_bent(p))) == len(_bent(p))
    return max(p.teacher.widths[1:]) >= WIDE and fits and bool(matrices(p))


def _bent(p: Prepared) -> list[int]:
    """The nodes that ReLUs read."""
    return [x.source for x in p.teacher.layers if isinstance(x, Relu)]


def runs_of(
    items: Sequence[T], cells: Sequence[Cell], chances: Sequence[Distribution]
) -> Iterator[Sequence[T]]:
    """Items in the order of a proof, in runs whose cells are each a large part of one around."""
    waiting = [(items, cells)]
    while waiting:
        own, some = waiting.pop()
        hull = hull_of(some)
        if all(share_of(cell, hull, chances) >= SMALLER for cell in some):
            yield own
            continue
        pairs = [share_of(hull_of(pair), hull, chances) for pair in pairwise(some)]
        at = pairs.index(max(pairs)) + 1  # what is farthest apart was split first
        waiting += [(own[at:], some[at:]), (own[:at], some[:at])]


def rarely(
    p: Prepared,
    cell: Cell,
    allowed: Fraction,
    chances: Sequence[Distribution],
    precision: Precision = DOUBLE,
    klass: int | None = None,
) -> Cells | None:
    """A cell with ranges of its nodes that are left by little on average.

    So little that with a probability of at most ``allowed`` any form of a class is less than
    ``least_of`` says. Ranges that forms of ``klass`` hardly need stay as they are by intervals.
    None where that is not looked at, and of cells of probability 0.
    """
    if not (is_looked_at(p) and LEAST <= allowed < 1):
        return None
    bent = _bent(p)
    parts = parts_of([cell])
    p.spend(p.cell_cost + PYTHON * p.values)
    cells = cells_of(p, parts, precision=precision)
    odds = 1 if klass is None else ODDS
    spread = spread_of(p, parts, chances, _rarity(p, allowed, odds), odds)
    if spread is None or cells.inexact:
        return None
    if klass is not None and bent:
        spread = replace(spread, wanted={bent[-1]: _wanted(cells, klass)})
    cells = replace(cells, spread=spread)
    cells.forward()
    return cells


@dataclass(frozen=True, eq=False)
class Around:
    """A cell whose forms are taken for smaller ones in it: found with ``allowed``."""

    p: Prepared
    cell: Cell
    allowed: Fraction
    chances: Sequence[Distribution]
    found: Cells

    @classmethod
    def of(
        cls,
        p: Prepared,
        cell: Cell,
        klass: int,
        allowed: Fraction,
        chances: Sequence[Distribution],
    ) -> Around | None:
        """With ``allowed`` for cells of at least ``SMALLER`` of its probability."""
        least = allowed * SMALLER * SLIGHTLY
        found = rarely(p, cell, least, chances, precisions(p)[0], klass)
        return None if found is None else cls(p, cell, least, chances, found)

    def holds(self, cell: Cell) -> bool:
        """Whether a cell in it is so large a part that its forms may be taken."""
        return share_of(cell, self.cell, self.chances) >= SMALLER

    def within(self, cell: Cell, allowed: Fraction) -> Cells | None:
        """``rarely`` of a cell in it, of the same class; None where that is too small a part."""
        if not self.allowed <= allowed * share_of(cell, self.cell, self.chances) * SLIGHTLY:
            return None
        p, parts = self.p, parts_of([cell])
        p.spend(PYTHON * p.values)
        spread = spread_of(p, parts, self.chances, _rarity(p, allowed, ODDS), ODDS)
        if spread is None:
            return None
        begun = cells_of(p, parts, precision=self.found.precision)
        return replace(spread, most=TAKEN).within(self.found, begun)


def hull_of(cells: Sequence[Cell]) -> Cell:
    """The smallest cell around some."""
    parts: list[Part] = []
    for every in zip(*(cell.parts for cell in cells), strict=True):
        if isinstance(every[0], range):
            parts.append(range(min(x.start for x in every), max(x.stop for x in every)))
        else:
            parts.append(reduce(or_, every))
    return Cell(tuple(parts))


def share_of(cell: Cell, around: Cell, chances: Sequence[Distribution]) -> Fraction:
    """How probable a cell is in one around it; 0 where that has no probability."""
    share = Fraction(1)
    for part, whole, own in zip(cell.parts, around.parts, chances, strict=True):
        if part != whole:
            share *= Fraction(own.weight_of(part), own.weight_of(whole) or 1)
    return share


def least_of(cells: Cells, rows: Floats) -> Floats:
    """What forms of the logits are at least (rows), but with a probability."""
    spread = cells.spread
    assert spread is not None
    last, zero = len(cells.p.teacher.layers), cells.precision.of(np.zeros((1, len(rows))))
    cells.p.spend(len(rows) * cells.p.row_cost(last))
    own = Rows(cells.precision.of(rows[None]), zero[:, None], zero)
    sums = spread.sums(cells, spread.carried(cells, last, own), spread.reach)
    found = sums.top - spread.reach * sums.sigma - sums.strays
    return np.asarray(np.where(np.isfinite(found), found, -np.inf))


def _wanted(cells: Cells, klass: int) -> Bools:
    """Where the last ReLU's line above counts: not behind coefficients that are never below 0."""
    layers, rows = cells.p.teacher.layers, class_rows(cells.p.teacher.outputs, klass)[0]
    last = max(j for j, x in enumerate(layers, 1) if isinstance(x, Relu))
    pending = {last: 0 * rows[:, :1], len(layers): rows}
    for j in range(len(layers), last, -1):
        if j in pending:
            a, held = pending.pop(j), cells.layers[j - 1]
            a = a if held is None else a @ held.weight
            pending |= {i: a + pending.get(i, 0) for i in sources(layers[j - 1])}
    return np.asarray((pending[last] < 0).any(axis=0))


def _rarity(p: Prepared, allowed: Fraction, odds: int) -> float:
    """At least the logarithm of one by the probability that each form of a class loses too much."""
    forms = max(1, p.teacher.outputs - 1)
    each = flint.arb((odds + 1) * forms * allowed.denominator) / (odds * allowed.numerator)
    return float(each.log().upper()) * UP


def spread_of(
    p: Prepared, parts: Parts, chances: Sequence[Distribution], rarity: float, odds: int = 1
) -> Spread | None:
    """The distribution of the input of one cell; None where it has probability 0."""
    mean, loose = np.zeros(p.teacher.columns), np.zeros(p.teacher.columns)
    shares, values = [], 1
    for g in p.groups:
        inside = allowed_values(g, parts)[0]
        own = [_share(chances[v], allowed) for v, allowed in zip(g.variables, inside, strict=True)]
        if any(sum(x) == 0 for x in own):
            return None
        values = max(values, g.table.shape[1])
        if not g.single:
            shares.append(np.array([[w / sum(x) for w in x] for x in own]))  # rounded once
            continue
        for column, weights, table in zip(g.columns[:, 0], own, g.table[..., 0], strict=True):
            total = sum(w * int(x) for w, x in zip(weights, table, strict=True))
            mean[column] = np.ldexp(total / sum(weights), -g.e)
            loose[column] = np.ldexp(float(g.inexact), -g.e - 1)
    ranges = number_ranges(p, parts, chances)
    if ranges is None:
        return None
    if p.ordinals is not None:
        mean[p.ordinals.columns] = [float(middle) for middle, _ in ranges]
    return Spread(mean, loose, shares, values, rarity, odds)


def _share(own: Distribution, allowed: Ints) -> list[int]:
    """The weights of values that a cell allows, 0 for others."""
    assert isinstance(own, Listed)
    return [w if here else 0 for w, here in zip(own.weights, allowed, strict=True)]
