"""How the input of a cell is distributed, and how rarely neurons leave their ranges. Trusted.

What bounds a neuron is a linear form of the input, whose variables are independent in the cell: it
lies near its mean but with a small probability, and far from it by little on average. Forms found
for a cell around bound the neuron as well, by how the smaller cell's input is distributed.
docs/soundness.md argues this (rule 7).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.bends import Bools
from verifier.kernel.choices import DOUBLE, UP, Choice, Floats, Pair
from verifier.kernel.quick import NEXT_ROWS, Cells, Rows, slopes
from verifier.model.network import Affine, Relu, sources

CHARGED = 8
"""Rounding is charged so many times."""
UNDERFLOW = 2.0**-400
"""More than squares that underflow can take from a root, times any reach."""
MORE = 1 + 2.0**-10
"""A sum of products of magnitudes, in any precision, times this, is at least the exact one."""


@dataclass(frozen=True, eq=False)
class Form:
    """Forms of the input (rows), constants beside: what each is of is at least that.

    But for ``off``, and something whose average is at most ``strays``, in units of the Spread.
    """

    a: Floats
    total: Floats
    off: Floats
    strays: Floats


@dataclass(frozen=True, eq=False)
class Ends:
    """Forms of components ``of`` a node, times ``signs``: 1 for ends below, -1 for ends above."""

    of: Ints
    signs: Ints
    form: Form

    def part(self, at: Ints) -> Ends:
        """Some of them."""
        own = self.form
        form = Form(own.a[at], own.total[at], own.off[at], own.strays[at])
        return Ends(self.of[at], self.signs[at], form)


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
    again, by ``forms`` for their ends; ``most`` terms of sums are taken at their least, where that
    is given. ``middles`` (nodes) are about what nodes are at the mean. Averages are in units of
    exp(-``rarity``) at least: so improbable is it that too much is lost, and by the ``odds`` less
    that a sum is too far from its mean. So ``astray`` (nodes) is how far nodes are below and above
    their ranges on average, at most, and ``over``, by their sources, how far ReLUs are above their
    lines.
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
    forms: dict[int, list[Ends]] = field(default_factory=dict)
    middles: list[Floats] = field(default_factory=list)
    most: int | None = None

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
        layers, own = cells.p.teacher.layers, self._by_interval(cells, node, low.shape[1])
        self.astray.append(own)
        self.middles.append(self._middle(cells, node))
        if not any(isinstance(x, Relu) and x.source == node for x in layers):
            return
        found: list[Ends] = []
        affine = node and isinstance(layers[node - 1], Affine)
        self._narrow(cells, node, self._ends(cells, node, found) if affine else ())
        if affine and sources(layers[node - 1]) != (0,):  # smaller cells keep what is not bent
            bent = (low[0] < 0) & (high[0] > 0)
            found = [x.part(np.flatnonzero(bent[x.of])) for x in found]
        self.forms[node] = found

    def _ends(self, cells: Cells, node: int, found: list[Ends]) -> Iterator[Ends]:
        """Forms of components that may have either sign: for the ends that are nearer to 0, then
        for the others of those that still may."""
        low, high, toward = cells.low[node][0], cells.high[node][0], self.middles[node]
        for signs in (np.where(toward > 0, 1, -1), np.where(toward > 0, -1, 1)):
            open_ = (low < 0) & (high > 0) & self.wanted.get(node, True)
            at = np.flatnonzero(open_)
            for start in range(0, len(at), 2 * NEXT_ROWS):
                cells.p.poll()
                some = at[start : start + 2 * NEXT_ROWS]
                found.append(self._forms(cells, node, some, signs[some]))
                yield found[-1]

    def _middle(self, cells: Cells, node: int) -> Floats:
        """About what a node is at the mean of the input: that is only to guess signs."""
        if not node:
            return np.where(cells.radius[0] > 0, self.mean, (cells.low[0] + cells.high[0])[0] / 2)
        layer, held = cells.p.teacher.layers[node - 1], cells.layers[node - 1]
        before = [self.middles[i] for i in sources(layer)]
        if held is not None:
            return np.asarray(held.weight @ cells.precision.of(before[0]) + held.bias)
        return np.maximum(before[0], 0) if isinstance(layer, Relu) else before[0] + before[1]

    def within(self, around: Cells, begun: Cells) -> Cells:
        """The cell ``begun``, which this is of, by the ranges of one ``around``, bounded again.

        What leaves these on average has to be in units of the larger cell's Spread no more than in
        units of this one in the smaller: its own are to be as much less as the cell is smaller.
        """
        outer = around.spread
        assert outer is not None
        layers = around.p.teacher.layers
        low, high = [x.copy() for x in around.low], [x.copy() for x in around.high]
        low[0], high[0] = begun.low[0], begun.high[0]
        own = replace(around, low=low, high=high, spread=self)
        own = replace(own, centre=begun.centre, radius=begun.radius, choices=begun.choices)
        self.astray.extend((below.copy(), above.copy()) for below, above in outer.astray)
        for node in outer.over:
            own.p.poll()
            forms, kept = outer.forms[node], np.ones(low[node].shape[1], dtype=np.bool_)
            if node and sources(layers[node - 1]) == (0,):
                low[node], high[node] = own.interval(node)
                self.astray[node] = self._by_interval(own, node, low[node].shape[1])
                kept[:] = False
            for ends in forms:
                kept[ends.of] = False
            self._narrow(own, node, forms)
            self.over[node] = np.where(kept, outer.over[node], self.over[node])
        return own

    def _narrow(self, cells: Cells, node: int, forms: Iterable[Ends]) -> None:
        """Bound some components before a ReLU by forms; find how far that is above its lines."""
        own, low, high = self.astray[node], cells.low[node][0], cells.high[node][0]
        past = own[0].copy(), own[1].copy()  # beyond 0, or the range
        for ends in forms:
            sums = self.sums(cells, ends.form, self.near)
            least = sums.top - self.near * sums.sigma
            least = np.where(np.isfinite(least), least, -np.inf)
            least = np.nextafter(cells.precision.of(least), cells.precision.kind(-np.inf))
            least = np.where(least < sums.top, least, -np.inf)
            below = sums.below(least, self.rarity), sums.below(np.minimum(least, 0), self.rarity)
            for side, rows in enumerate((ends.signs > 0, ends.signs < 0)):
                of = ends.of[rows]
                own[side][of], past[side][of] = (x[rows] for x in below)
                (low, high)[side][of] = least[rows] * ends.signs[rows]
        low[:], high[:] = np.minimum(low, high), np.maximum(low, high)  # rarely crossed
        up = slopes(low, high, cells.precision)[1]
        over = np.maximum((1 - up) * past[1] + up * past[0], cells.precision.tiny)
        self.over[node] = cells.precision.of(over * MORE)

    def _forms(self, cells: Cells, node: int, some: Ints, signs: Ints) -> Ends:
        """Forms of components of an affine layer, or of their negatives."""
        held, source = cells.layers[node - 1], sources(cells.p.teacher.layers[node - 1])[0]
        assert held is not None
        by = cells.precision.of(signs.astype(np.float64))
        rows, total, mass = held.weight[some] * by[:, None], held.bias[some] * by, cells.scale[node]
        cells.charge(node, 1, *rows.shape)
        found = self.carried(cells, source, Rows(rows[None], total[None, None], mass[None, some]))
        return Ends(some, signs, found)

    def _by_interval(self, cells: Cells, node: int, width: int) -> Pair:
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

    def carried(self, cells: Cells, node: int, rows: Rows) -> Form:
        """Forms of a node of one cell as forms of the input."""
        seen = dict[int, Floats]()
        form = cells.carry(node, rows, seen, partial(cells.relu, sets=1))
        off = (form.mass[0] + np.abs(form.a[0]) @ cells.most[0]) * cells.error
        off = DOUBLE.of(off + cells.precision.tiny)
        off = np.where(off < cells.precision.limit, off, np.inf) * UP
        strays = off + sum(
            DOUBLE.of(np.maximum(-a[0], 0) @ self.over[source]) * MORE for source, a in seen.items()
        )
        return Form(form.a[0], DOUBLE.of(form.total[0, 0]), off, strays)

    def sums(self, cells: Cells, form: Form, reach: float) -> Sums:
        """Forms in one cell, their terms split where that shows most at ``reach``."""
        a = DOUBLE.of(form.a)
        size, free = np.abs(a), np.flatnonzero(cells.radius[0])
        cells.p.spend(4 * a.size)
        to_mean = (self.mean - cells.centre[0])[free]
        radius = cells.radius[0, free]
        middle = form.total + a @ self.mean
        lows, spans = [size[:, free] * radius + a[:, free] * to_mean], [size[:, free] * radius * 2]
        for choice, share in zip(cells.choices, self.shares, strict=True):
            least, mean, most = _terms(choice, share, a)
            middle += mean.sum(axis=1)
            lows.append(mean - least)
            spans.append(most - least)
        below, wide = np.concatenate(lows, axis=1), np.concatenate(spans, axis=1)
        taken, sigma = _split(below, wide, reach, self.most)
        mass, unit = size @ cells.most[0] * CHARGED, cells.precision.unit
        off = form.off + mass * (cells.error + unit * self.values) + size @ self.loose + UNDERFLOW
        return Sums(middle - (taken + off), sigma + mass * unit, form.strays)


def _split(
    below: Floats, wide: Floats, reach: float, most: int | None = None
) -> tuple[Floats, Floats]:
    """What the widest terms of sums (rows) take from the mean, and the deviation of the rest.

    ``below`` (rows, terms) are the terms' means minus their least values, ``wide`` their ranges.
    The rest is looked at up to ``reach`` deviations. Where there is a ``most``, terms are taken of
    so many that are widest in all rows together.
    """
    none = ends = np.zeros((len(wide), 1))
    if most is not None and most < wide.shape[1]:
        order = np.argsort(-(wide * wide).sum(axis=0), kind="stable")
        ends = (wide[:, order[most:]] ** 2).sum(axis=1)[:, None]
        below, wide = below[:, order[:most]], wide[:, order[:most]]
    order = np.argsort(-wide, axis=1)
    below, wide = np.take_along_axis(below, order, 1), np.take_along_axis(wide, order, 1)
    taken = np.concatenate([none, np.cumsum(below, axis=1)], axis=1)
    rest = np.concatenate([ends, (wide * wide)[:, ::-1]], axis=1).cumsum(axis=1)[:, ::-1]
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
