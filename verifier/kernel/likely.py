"""Rule 7 by ranges that neurons rarely leave, where worst cases are far from most points. Trusted.

What bounds a neuron is a linear form of the input, whose variables are independent in the cell: it
lies near its mean but with a small probability, which Hoeffding (1963) bounds. Ranges found so hold
together but with the sum of these. docs/soundness.md argues this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import flint
import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import DOUBLE, UP, Choice, Floats, Precision, matrices
from verifier.kernel.forms import MANY
from verifier.kernel.prepared import NUMBERS, Parts, Prepared, allowed_values, parts_of
from verifier.kernel.quick import Cells
from verifier.kernel.rounds import precisions
from verifier.kernel.rules import WIDE, class_rows, row_parts
from verifier.kernel.starting import cells_of
from verifier.kernel.tails import number_ranges
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed
from verifier.model.limits import PYTHON
from verifier.model.network import Affine

CHARGED = 8
"""Rounding is charged so many times."""
UNDERFLOW = 2.0**-400
"""More than squares that underflow can take from a root, times any reach."""
LEAST = Fraction(1, 1 << 800)
"""No smaller probability is asked for."""


def rarely_wrong(
    p: Prepared, cell: Cell, klass: int, allowed: Fraction, chances: Sequence[Distribution]
) -> bool:
    """Whether P[teacher != klass | cell] <= ``allowed`` is shown, by ranges rarely left.

    ``chances`` are the distributions of the variables, independent of each other.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # nothing is shown where that happens
        return any(
            cells is not None
            and all(
                (least_of(cells, class_rows(p.teacher.outputs, klass, part)[0]) > 0).all()
                for part in row_parts(p)
            )
            for cells in (rarely(p, cell, allowed, chances, x) for x in precisions(p))
        )


def rarely(
    p: Prepared,
    cell: Cell,
    allowed: Fraction,
    chances: Sequence[Distribution],
    precision: Precision = DOUBLE,
) -> Cells | None:
    """A cell with enclosures of its nodes that do not hold, or not for ``least_of`` the forms of a
    class, but with a probability of at most ``allowed``.

    None where that is not looked at: of narrow teachers, those or domains that are not bounded in
    floats, and cells of probability 0.
    """
    values = max((g.table.shape[1] for g in p.groups), default=1)
    held = 2 * max(p.teacher.widths) * (max(p.teacher.widths) + p.values)
    if max(p.teacher.widths[1:]) < WIDE or values > MANY or held > NUMBERS or not matrices(p):
        return None
    if not LEAST <= allowed < 1:
        return None
    parts = parts_of([cell])
    p.spend(p.cell_cost + PYTHON * p.values)
    cells = cells_of(p, parts, precision=precision)
    spread = spread_of(p, parts, chances, _reach(p, allowed))
    if spread is None or cells.inexact:
        return None
    cells = replace(cells, spread=spread)
    cells.forward()
    return cells


def least_of(cells: Cells, rows: Floats) -> Floats:
    """What forms of the logits are at least (rows), but with a probability."""
    last = len(cells.p.teacher.layers)
    cells.p.spend(len(rows) * cells.p.row_cost(last))
    own, zero = (cells.precision.of(x) for x in (rows[None], np.zeros((1, len(rows)))))
    return np.asarray(cells.back(last, own, zero[:, None], zero, {})[0, 0])


def forms_of(p: Prepared) -> int:
    """How many forms are bounded, at most: both ends of affine layers, and those of a class."""
    layers = zip(p.teacher.layers, p.teacher.widths[1:], strict=True)
    wide = sum(width for layer, width in layers if isinstance(layer, Affine))
    return 2 * wide + max(1, p.teacher.outputs - 1)


def _reach(p: Prepared, allowed: Fraction) -> float:
    """At least the s with exp(-2 s^2) times the number of forms at most ``allowed``."""
    each = flint.arb(allowed.numerator) / (allowed.denominator * forms_of(p))
    root = (-each.log() / 2).sqrt().upper()
    return float(root) * UP


@dataclass(frozen=True, eq=False)
class Spread:
    """How the input of a cell is distributed, and how far forms of it are looked at.

    ``mean`` (columns), of variables of one column, is off by at most ``loose`` (columns) and by
    rounding once. ``shares``, for every choice, are the probabilities (G, V) of its values, of
    which there are at most ``values``. A form is less than its mean by more than ``reach`` times
    the root of the sum of its terms' squared ranges with at most the probability that is allowed.
    """

    mean: Floats
    loose: Floats
    shares: Sequence[Floats]
    values: int
    reach: float

    def least(self, cells: Cells, a: Floats) -> Floats:
        """What forms (1, rows, columns) are at least, but with that probability: (1, 1, rows).

        Widest terms are taken at their least, and only the others' sum by Hoeffding: as many as
        shows most.
        """
        a = DOUBLE.of(a[0])
        size = np.abs(a)
        free = np.flatnonzero(cells.radius[0])
        to_mean = (self.mean - cells.centre[0])[free]
        radius = cells.radius[0, free]
        middle = a @ self.mean
        below, wide = [size[:, free] * radius + a[:, free] * to_mean], [size[:, free] * radius * 2]
        for choice, share in zip(cells.choices, self.shares, strict=True):
            least, mean, most = _terms(choice, share, a)
            middle += mean.sum(axis=1)
            below.append(mean - least)
            wide.append(most - least)
        lost = _below_mean(np.concatenate(below, axis=1), np.concatenate(wide, axis=1), self.reach)
        unit = cells.precision.unit * (self.values + self.reach)
        off = size @ cells.most[0] * (CHARGED * (cells.error + unit)) + size @ self.loose
        found = cells.precision.of(middle - (lost + off + UNDERFLOW))
        found = np.nextafter(found, cells.precision.kind(-np.inf))
        return np.asarray(np.where(np.isfinite(found), found, -np.inf)[None, None])


def _below_mean(below: Floats, wide: Floats, reach: float) -> Floats:
    """How far sums (rows) are below their means, but with the probability of ``reach``.

    ``below`` (rows, terms) are the terms' means minus their least values, ``wide`` their ranges.
    """
    order = np.argsort(-wide, axis=1, kind="stable")
    below, wide = np.take_along_axis(below, order, 1), np.take_along_axis(wide, order, 1)
    none = np.zeros((len(wide), 1))
    taken = np.concatenate([none, np.cumsum(below, axis=1)], axis=1)
    rest = np.concatenate([np.cumsum((wide * wide)[:, ::-1], axis=1)[:, ::-1], none], axis=1)
    return np.asarray((taken + reach * UP * np.sqrt(rest)).min(axis=1))


def _terms(choice: Choice, share: Floats, a: Floats) -> tuple[Floats, Floats, Floats]:
    """What the variables of a choice add to forms (rows, columns) of one cell, each (rows, G).

    That is at least, on average and at most.
    """
    tables, shut = choice.tables(a), choice.closed[choice.own[0]]
    return (tables + shut).min(axis=2), (tables * share).sum(axis=2), (tables - shut).max(axis=2)


def spread_of(
    p: Prepared, parts: Parts, chances: Sequence[Distribution], reach: float
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
    return Spread(mean, loose, shares, values, reach)


def _share(own: Distribution, allowed: Ints) -> list[int]:
    """The weights of values that a cell allows, 0 for others."""
    assert isinstance(own, Listed)
    return [w if here else 0 for w, here in zip(own.weights, allowed, strict=True)]
