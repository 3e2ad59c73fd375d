"""Linear forms near a network's margin, in float64 with a bound on rounding: rule 10. Trusted.

Enclosures and forms are those of ``quick``. Networks that it does not know are bounded in fixed
point, and those whose weights are exact there. A sum is subtracted from the forms; the least that
is left of each over the cell is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Fixed, Ints, Whole, bits, lower_sum
from verifier.kernel.choices import DOUBLE, UP, Floats, Pair
from verifier.kernel.forms import Form, form, least, linear_form, most_terms
from verifier.kernel.prepared import Parts, Prepared
from verifier.kernel.quick import Cells, ReluLines, Rows, beneath, intercept
from verifier.kernel.quick import slopes as slopes_of
from verifier.kernel.rules import all_bounds
from verifier.kernel.starting import cells_of
from verifier.kernel.steps import SLOPE_BITS
from verifier.kernel.within import Between, enclosed
from verifier.model.network import Relu, sources

ONE = 2.0**SLOPE_BITS
ROOM = 40
"""Bits of a form's coefficients before a sum is subtracted, in fixed point."""
LARGEST_SUM = 2.0**44
"""The coefficients of a sum are together below this there, in units of the form it is near."""
SIGNS = np.array([[1.0], [-1.0]])
"""Of s where it is subtracted from lines below g, and below -g."""
Bools = npt.NDArray[np.bool_]
Slopes = Mapping[int, Floats]
"""By the node of a ReLU slopes of lines, in units of 1 / ONE, 0 to ONE; whole in fixed point."""


@dataclass(frozen=True, eq=False)
class Enclosed:
    """A network's nodes over some cells: in float64 (``cells``), and in fixed point."""

    p: Prepared
    parts: Parts
    cells: Cells
    nodes: list[Bounds]

    def part(self, at: Ints) -> Enclosed:
        """Some of the cells, in floats alone."""
        return Enclosed(self.p, self.parts[at], self.cells.part(at), [])


@dataclass(frozen=True, eq=False)
class Lines:
    """Linear forms of the input below g and below -g on some cells: (cells, 2, columns).

    They are about the columns divided by the powers of two that ``p.scales`` are. ``constant``
    (cells, 2) was added up from at most ``mass``. ``fixed`` is the same in fixed point, where it
    was found so.
    """

    enclosed: Enclosed
    a: Floats
    constant: Floats
    mass: Floats
    fixed: tuple[Form, Fixed] | None = None

    def part(self, at: Ints) -> Lines:
        """Of some of the cells, in floats alone."""
        return Lines(self.enclosed.part(at), self.a[at], self.constant[at], self.mass[at])


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def enclose(p: Prepared, parts: Parts) -> Enclosed:
    """Enclose all nodes over each cell, before ReLUs by lines of each cell's own."""
    cells = cells_of(p, parts)
    if all(w is None or not w.inexact for w in p.weights):
        cells.layers = ()  # then fixed point loses less
    if cells.layers:
        cells.forward()
        before = {x.source for x in p.teacher.layers if isinstance(x, Relu)}
        cells.refine({n: np.zeros((1, 1, p.teacher.widths[n])) for n in before}, 1)
        if all(np.isfinite(x).all() for x in cells.most):
            return Enclosed(p, parts, cells, cells.bounds())
        cells = replace(cells, layers=(), low=[], high=[], most=[])
    nodes = all_bounds(p, parts, True)
    cells.low = [np.ldexp(x.lo, -x.e[:, None]) for x in nodes]
    cells.high = [np.ldexp(x.hi, -x.e[:, None]) for x in nodes]
    for node in range(len(nodes)):
        cells.measure(node)
    return Enclosed(p, parts, cells, nodes)


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def margin(x: Enclosed, slopes: Slopes | None, hull: Sequence[Enclosed] = ()) -> Lines:
    """Forms below g and -g: the only logit, or that of class 1 minus that of class 0.

    Where there are no ``slopes``, each form has the lines that are best for it alone: those of
    rule 2, which are not parallel; in floats with the slopes of the ``hull`` of some enclosures.
    """
    p, count = x.p, len(x.cells)
    row = np.array([1.0] if p.teacher.outputs == 1 else [-1.0, 1.0])
    rows = np.broadcast_to(np.stack([row, -row]), (count, 2, len(row)))
    if x.cells.layers:
        return Lines(x, *_carried(x, rows, slopes, [own.cells for own in hull]))
    held = {}
    for j, lam in (slopes or {}).items():
        z = x.nodes[p.teacher.layers[j - 1].source]  # type: ignore[union-attr]
        held[j] = lam / ONE, lam, np.maximum(-lam * z.lo, (ONE - lam) * z.hi)
    own = None if slopes is None else held
    a, constant = linear_form(p, x.nodes, len(x.nodes) - 1, rows.copy(), own)
    total = np.ldexp(constant.n, -constant.e[:, None])
    return Lines(x, np.ldexp(a.n, -a.e[:, None, None]), total, np.abs(total), (a, constant))


def _carried(
    x: Enclosed, a: Floats, slopes: Slopes | None, hull: Sequence[Cells]
) -> tuple[Floats, Floats, Floats]:
    """Rows (cells, rows, logits) carried to the input by such lines: forms, constants, mass."""
    cells, layers = x.cells, x.p.teacher.layers
    lams = {sources(layers[j - 1])[0]: lam / ONE for j, lam in (slopes or {}).items()}

    def parallel(source: int) -> ReluLines:
        lam = lams[source]
        over = intercept(cells.low[source], cells.high[source], lam)
        return lam[:, None], lam[:, None], over[:, None], None

    def of_hull(source: int) -> ReluLines:
        low, high = cells.low[source], cells.high[source]
        least = np.minimum.reduce([own.low[source] for own in hull])
        most = np.maximum.reduce([own.high[source] for own in hull])
        below, above = slopes_of(least, most, cells.precision)
        over, under = intercept(low, high, above), beneath(low, high, below)
        return below[:, None], above[:, None], over[:, None], under[:, None]

    lines: Callable[[int], ReluLines] = of_hull if hull else parallel
    if slopes is None and not hull:
        lines = partial(cells.relu, sets=len(cells))
    none = np.zeros(a.shape[:2])
    found = cells.carry(len(layers), Rows(a, none[:, None], none), {}, lines)
    return found.a, found.total[:, 0], found.mass


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def near(x: Lines, sums: Whole, e: Ints, zone: Between | None = None) -> tuple[Fixed, Bools]:
    """Lower bounds of g - s and of s - g over each cell, and where they could be found.

    ``sums`` are integers, (cells, columns of the network), at most 2**53; s is their sum with the
    encodings, times ``2**-e``; of floats' lines there may be one for each of both, (cells, 2,
    columns). With a ``zone`` of floats' lines, there alone.
    """
    if x.fixed is not None:
        return _near(x.enclosed, *x.fixed, sums, e)
    cells, (toward, fit) = x.enclosed.cells, _scaled(x.enclosed.p, sums, e)
    both = _both(toward)
    rest = x.a - both * SIGNS
    size = np.abs(x.a) + np.abs(both)
    mass = x.mass + size @ cells.most[0]
    off = mass * cells.error + size.sum(axis=2) * cells.inexact * UP + DOUBLE.tiny
    low = x.constant + cells.least(rest, np.abs(rest))[:, 0] - off * UP
    if zone is not None:
        form = Rows(rest, x.constant[:, None], x.mass)
        low = np.maximum(low, zone.lowest(cells, form, size)[:, 0])
    fit &= (mass < DOUBLE.limit).all(axis=1)
    low[~fit] = 0
    unit = 52 - np.frexp(np.abs(low).max(axis=1))[1].astype(np.int64)
    return Fixed(np.floor(np.ldexp(low, unit[:, None])), unit), fit


def _scaled(p: Prepared, sums: Whole, e: Ints) -> tuple[Floats, Bools]:
    """Sums as forms of the scaled columns, exactly; and in which cells they are that, else 0."""
    shift = np.array(p.scales) - e.reshape(-1, *[1] * (sums.ndim - 1))
    toward = np.ldexp(sums, shift)
    fine = (np.ldexp(toward, -shift) == sums).all(axis=-1)
    fine &= np.abs(toward).sum(axis=-1) < DOUBLE.limit
    fit = fine.reshape(len(e), -1).all(axis=1)
    toward[~fit] = 0
    return toward, fit


def _both(sums: Floats) -> Floats:
    """Sums as (cells, 2, columns)."""
    return sums[:, None] if sums.ndim == 2 else sums


def zone_of(p: Prepared, sums: Whole, e: Ints, ends: Pair) -> Between:
    """Where a sum, as in ``near``, lies between its ``ends``."""
    toward, fit = _scaled(p, sums, e)
    return Between(toward, np.where(fit, ends[0], -np.inf), np.where(fit, ends[1], np.inf))


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def between(x: Enclosed, zone: Between) -> Enclosed:
    """The enclosures that hold in a zone."""
    cells = enclosed(x.cells, zone)
    return Enclosed(x.p, x.parts, cells, cells.bounds())


@np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
def beyond(x: Lines, zone: Between, sums: Whole, e: Ints) -> Pair:
    """How far sums s, as in ``near``, reach beyond a zone of the network's inputs, twice (cells).

    Lower bounds of -s up to the zone's least, and of s, or the second, from its most on, in units
    of s; infinite where no point of the cell is there.
    """
    cells, (s, fit) = x.enclosed.cells, _scaled(x.enclosed.p, sums, e)
    low, high = _least(cells, zone.s), -_least(cells, -zone.s)
    found = []
    for k, start, stop in ((0, low, zone.least), (-1, zone.most, high)):
        a = -SIGNS[k] * _both(s)[:, k, None]
        form = Rows(a, np.zeros((len(s), 1, 1)), np.zeros((len(s), 1)))
        own = Between(zone.s, start, stop).lowest(cells, form, np.abs(form.a))[:, 0, 0]
        own = np.where(fit, np.ldexp(own, e), -np.inf)
        found.append(np.where(start > stop, np.inf, own))
    return found[0], found[1]


def _least(cells: Cells, s: Floats) -> Floats:
    """Lower bounds of each cell's own form (cells, columns) of the input."""
    size = np.abs(s)
    off = (size @ cells.most[0]) * cells.error + size.sum(axis=1) * cells.inexact * UP
    low = cells.least(s[:, None], size[:, None])[:, 0, 0]
    return np.asarray(low - (off + DOUBLE.tiny) * UP)


def _near(x: Enclosed, a: Form, constant: Fixed, sums: Whole, e: Ints) -> tuple[Fixed, Bools]:
    """The same in fixed point."""
    p, inputs = x.p, x.nodes[0]
    finer = np.maximum(0, ROOM - bits(a.norm))  # so that the sum's coefficients lose little
    n, unit = a.n * np.ldexp(1.0, finer)[:, None, None], a.e + finer
    moved = np.ldexp(sums, (unit - e)[:, None] + np.array(p.scales))
    fit = np.abs(moved).sum(axis=1) < LARGEST_SUM
    moved[~fit] = 0
    whole = np.floor(moved)
    cut = (whole != moved) | ((moved == 0) & (sums != 0))
    terms = [constant]
    if cut.any():
        lost = np.where(cut, inputs.magnitude, 0.0).sum(axis=1)
        terms.append(Fixed(np.broadcast_to(-lost[:, None], (len(lost), 2)), unit + inputs.e))
    rest = n + np.stack([-whole, whole], axis=1)
    rest[~fit] = 0
    total = lower_sum(terms, most_terms(p))
    return least(p, x.parts, inputs, form(rest, unit), total), fit
