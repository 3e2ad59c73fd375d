"""Rule 7 by ranges that neurons rarely leave, where worst cases are far from most points. Trusted.

What bounds a neuron is a linear form of the input, whose variables are independent in the cell: it
lies near its mean but with a small probability, and far from it by little on average. What neurons
leave their ranges by on average adds up to what a class's form may lose, which Markov's inequality
bounds, and Hoeffding (1963) how far that form is from its mean. docs/soundness.md argues this.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

import flint
import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.bends import Bools
from verifier.kernel.choices import DOUBLE, UP, Choice, Floats, Pair, Precision, matrices
from verifier.kernel.forms import MANY
from verifier.kernel.prepared import NUMBERS, Parts, Prepared, allowed_values, parts_of
from verifier.kernel.quick import DENSE, NEXT_ROWS, Cells, Rows, slopes
from verifier.kernel.rounds import precisions
from verifier.kernel.rules import WIDE, class_rows
from verifier.kernel.starting import cells_of
from verifier.kernel.tails import number_ranges
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed
from verifier.model.limits import PYTHON
from verifier.model.network import Affine, Relu, sources

CHARGED = 8
"""Rounding is charged so many times."""
UNDERFLOW = 2.0**-400
"""More than squares that underflow can take from a root, times any reach."""
MORE = 1 + 2.0**-10
"""A sum of products of magnitudes, in any precision, times this, is at least the exact one."""
LEAST = Fraction(1, 1 << 800)
"""No smaller probability is asked for."""
ODDS = 3
"""Times as probable that too much is lost as that a sum is too far from its mean."""


def rarely_wrong(
    p: Prepared, cell: Cell, klass: int, allowed: Fraction, chances: Sequence[Distribution]
) -> bool:
    """Whether P[teacher != klass | cell] <= ``allowed`` is shown, by ranges rarely left.

    ``chances`` are the distributions of the variables, independent of each other.
    """
    rows = class_rows(p.teacher.outputs, klass)[0]
    with np.errstate(over="ignore", invalid="ignore"):  # nothing is shown where that happens
        return any(
            cells is not None and (least_of(cells, rows) > 0).all()
            for x in precisions(p)
            for cells in (rarely(p, cell, allowed, chances, x, only) for only in (klass, None))
        )


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
    None where that is not looked at: of narrow teachers, those or domains that are not bounded in
    floats, nodes that two ReLUs read, and cells of probability 0.
    """
    values = max((g.table.shape[1] for g in p.groups), default=1)
    held = 2 * max(p.teacher.widths) * (max(p.teacher.widths) + p.values)
    if max(p.teacher.widths[1:]) < WIDE or values > MANY or held > NUMBERS or not matrices(p):
        return None
    bent = [x.source for x in p.teacher.layers if isinstance(x, Relu)]
    if not LEAST <= allowed < 1 or len(set(bent)) < len(bent):  # one coefficient behind each node
        return None
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


def least_of(cells: Cells, rows: Floats) -> Floats:
    """What forms of the logits are at least (rows), but with a probability."""
    spread = cells.spread
    assert spread is not None
    last, zero = len(cells.p.teacher.layers), cells.precision.of(np.zeros((1, len(rows))))
    cells.p.spend(len(rows) * cells.p.row_cost(last))
    own = Rows(cells.precision.of(rows[None]), zero[:, None], zero)
    sums = spread.sums(cells, last, own, spread.reach)
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


@dataclass(frozen=True, eq=False)
class Sums:
    """Forms (rows), each at least ``top`` plus a sum of mean 0 less something else.

    The sum is subgaussian: its deviation is at most ``sigma``. What is taken from it is at least 0,
    and at most ``strays`` on average, in units of the Spread.
    """

    top: Floats
    sigma: Floats
    strays: Floats

    def below(self, ends: Floats, rarity: float) -> Floats:
        """How much less than ``ends``, at most their tops, they are on average, in these units."""
        far = (self.top - ends) / np.maximum(self.sigma, UNDERFLOW)
        tail = self.sigma * np.exp(rarity - far * far / 2) / (math.e * far)
        return np.asarray((self.strays + np.where(self.sigma > 0, tail, 0)) * UP + UNDERFLOW)


@dataclass(frozen=True, eq=False)
class Spread:
    """How the input of a cell is distributed, and how much nodes leave their ranges.

    ``mean`` (columns), of variables of one column, is off by at most ``loose`` (columns) and by
    rounding once. ``shares``, for every choice, are the probabilities (G, V) of its values, of
    which there are at most ``values``. Of nodes in ``wanted`` some components' ranges are bounded
    again. Averages are in units of exp(-``rarity``) at least: so improbable is it that too much is
    lost, and by the ``odds`` less that a sum is too far from its mean. So ``astray`` (nodes) is how
    far nodes are below and above their ranges on average, at most, and ``over``, by their sources,
    how far ReLUs are above their lines.
    """

    mean: Floats
    loose: Floats
    shares: Sequence[Floats]
    values: int
    rarity: float
    odds: int
    wanted: Mapping[int, Bools] = field(default_factory=dict)
    astray: list[Pair] = field(default_factory=list)
    over: dict[int, Floats] = field(default_factory=dict)

    @property
    def reach(self) -> float:
        """Deviations that sums are below their means with a probability of a unit by the odds."""
        return math.sqrt(2 * (self.rarity + math.log(self.odds) * UP)) * UP

    @property
    def near(self) -> float:
        """Deviations from means to the ends of ranges: with fewer, more is lost than is gained."""
        return math.sqrt(max(1.0, 2 * self.rarity + 0.6 * self.odds - 1))

    def enclose(self, cells: Cells, node: int, low: Floats, high: Floats) -> None:
        """Find how much a node leaves its range.

        Components of affine layers before ReLUs that may have either sign are bounded again.
        """
        layers, own = cells.p.teacher.layers, self._carried(cells, node, low.shape[1])
        self.astray.append(own)
        if any(isinstance(x, Relu) and x.source == node for x in layers):
            past = own[0].copy(), own[1].copy()  # beyond 0, or the range
            if node and isinstance(layers[node - 1], Affine):
                open_ = (low[0] < 0) & (high[0] > 0)
                at = np.flatnonzero(open_ & self.wanted.get(node, True))
                for start in range(0, len(at), NEXT_ROWS):
                    cells.p.poll()
                    self._again(cells, node, at[start : start + NEXT_ROWS], low[0], high[0], past)
            up = slopes(low[0], high[0], cells.precision)[1]
            over = np.maximum((1 - up) * past[1] + up * past[0], cells.precision.tiny)
            self.over[node] = cells.precision.of(over * MORE)

    def _again(
        self, cells: Cells, node: int, some: Ints, low: Floats, high: Floats, past: Pair
    ) -> None:
        """Bound components by their forms."""
        held, source = cells.layers[node - 1], sources(cells.p.teacher.layers[node - 1])[0]
        assert held is not None
        weight, bias, mass = held.weight[some], held.bias[some], cells.scale[node][some]
        rows, total, mass = (
            np.concatenate(x)[None] for x in ([weight, -weight], [bias, -bias], [mass] * 2)
        )
        cost = rows.shape[1] * cells.p.row_cost(node)
        dense = rows.shape[1] >= NEXT_ROWS and rows.shape[2] >= NEXT_ROWS
        cells.p.spend(cost // DENSE if dense else cost)
        sums = self.sums(cells, source, Rows(rows, total[:, None], mass), self.near)
        ends = sums.top - self.near * sums.sigma
        ends = np.where(np.isfinite(ends), ends, -np.inf)
        ends = np.nextafter(cells.precision.of(ends), cells.precision.kind(-np.inf))
        ends = np.where(ends < sums.top, ends, -np.inf)
        for own, at in ((self.astray[node], ends), (past, np.minimum(ends, 0))):
            own[0][some], own[1][some] = np.split(sums.below(at, self.rarity), 2)
        least, less = np.split(ends, 2)  # rarely crossed: both ends may be moved outward
        low[some], high[some] = np.minimum(least, -less), np.maximum(least, -less)

    def strayed(self, node: int) -> Floats:
        """How far a node is from its range on average, at most."""
        below, above = self.astray[node]
        return (below + above) * UP

    def _carried(self, cells: Cells, node: int, width: int) -> Pair:
        """How much a node leaves its range by intervals."""
        if not node:
            return np.zeros(width), np.zeros(width)
        held = cells.layers[node - 1]
        before = [self.astray[i] for i in sources(cells.p.teacher.layers[node - 1])]
        if held is None:
            below, above = (np.sum(x, axis=0) * UP for x in zip(*before, strict=True))
            return below, above
        every = np.asarray(DOUBLE.of(held.size) @ np.maximum(*before[0]) * MORE)
        return every, every.copy()

    def sums(self, cells: Cells, node: int, rows: Rows, reach: float) -> Sums:
        """Forms of a node of one cell, their terms split where that shows most at ``reach``."""
        seen = dict[int, Floats]()
        form = cells.carry(node, rows, seen, partial(cells.relu, sets=1))
        size = np.abs(form.a[0])
        off = DOUBLE.of((form.mass[0] + size @ cells.most[0]) * cells.error + cells.precision.tiny)
        off = np.where(off < cells.precision.limit, off, np.inf) * UP
        strays = off + sum(
            DOUBLE.of(np.maximum(-a[0], 0) @ self.over[source]) * MORE for source, a in seen.items()
        )
        a, size = DOUBLE.of(form.a[0]), DOUBLE.of(size)
        free = np.flatnonzero(cells.radius[0])
        to_mean = (self.mean - cells.centre[0])[free]
        radius = cells.radius[0, free]
        middle = DOUBLE.of(form.total[0, 0]) + a @ self.mean
        below, wide = [size[:, free] * radius + a[:, free] * to_mean], [size[:, free] * radius * 2]
        for choice, share in zip(cells.choices, self.shares, strict=True):
            least, mean, most = _terms(choice, share, a)
            middle += mean.sum(axis=1)
            below.append(mean - least)
            wide.append(most - least)
        taken, sigma = _split(np.concatenate(below, axis=1), np.concatenate(wide, axis=1), reach)
        mass, unit = size @ cells.most[0] * CHARGED, cells.precision.unit
        off = off + mass * (cells.error + unit * self.values) + size @ self.loose + UNDERFLOW
        return Sums(middle - (taken + off), sigma + mass * unit, strays)


def _split(below: Floats, wide: Floats, reach: float) -> tuple[Floats, Floats]:
    """What the widest terms of sums (rows) take from the mean, and the deviation of the rest.

    ``below`` (rows, terms) are the terms' means minus their least values, ``wide`` their ranges.
    The rest is looked at up to ``reach`` deviations.
    """
    order = np.argsort(-wide, axis=1)
    below, wide = np.take_along_axis(below, order, 1), np.take_along_axis(wide, order, 1)
    none = np.zeros((len(wide), 1))
    taken = np.concatenate([none, np.cumsum(below, axis=1)], axis=1)
    rest = np.concatenate([np.cumsum((wide * wide)[:, ::-1], axis=1)[:, ::-1], none], axis=1)
    sigma = np.sqrt(rest) * (UP / 2)
    best = (taken + reach * sigma).argmin(axis=1)[:, None]
    taken, sigma = (np.take_along_axis(x, best, 1)[:, 0] for x in (taken, sigma))
    return taken, sigma


def _terms(choice: Choice, share: Floats, a: Floats) -> tuple[Floats, Floats, Floats]:
    """What the variables of a choice add to forms (rows, columns) of one cell, each (rows, G).

    That is at least, on average and at most.
    """
    tables, shut = choice.tables(a), choice.closed[choice.own[0]]
    return (tables + shut).min(axis=2), (tables * share).sum(axis=2), (tables - shut).max(axis=2)


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
            shares.append(np.array([[float(Fraction(w, sum(x))) for w in x] for x in own]))
            continue
        for column, weights, table in zip(g.columns[:, 0], own, g.table[..., 0], strict=True):
            total = sum(w * int(x) for w, x in zip(weights, table, strict=True))
            mean[column] = np.ldexp(float(Fraction(total, sum(weights))), -g.e)
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
