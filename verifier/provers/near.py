"""Sums that are near the margins of networks: which, in which units, in which bins. Untrusted.

A sum has integers for the domain's columns, so that few of them are off by less than bins lose.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints, Whole
from verifier.kernel.choices import Floats
from verifier.kernel.forms import columns_of
from verifier.kernel.margins import Lines
from verifier.kernel.prepared import allowed_values
from verifier.kernel.sandwich import FINEST, LARGEST
from verifier.kernel.strips import Pair
from verifier.provers.bins import Worth, width_of_one, width_of_two
from verifier.provers.grids import Grid
from verifier.provers.sides import one_sided

FINE = 5
"""A rounded coefficient of an ordinal moves its sum by 2**-FINE of a bin at most."""
LONGEST = 50
"""Bits of a form's integers."""
Sums = tuple[Whole, Ints, Ints]
"""For each cell integers of the domain's columns, an exponent and the width of a bin."""


def sums_near(
    grid: Grid, pair: Pair, columns: Sequence[Ints], bins: int | Worth, together: bool = False
) -> Sums:
    """For each cell a sum in the middle of lines, or near one side of a network's margin.

    There are fewer bins where two sums are counted ``together``.
    """
    middles = [_middle(x) for x in pair.lines]
    sided = one_sided(pair.lines[0], *pair.closer) if len(pair.closer) == 1 else None
    if sided is not None:
        middles = [np.where(sided.better[:, None], sided.sums, middles[0])]
    sums = of_domain(grid, columns, middles)
    strip = np.zeros(len(sums))
    with np.errstate(over="ignore", invalid="ignore"):  # lines may be as steep as floats are
        for x, own, middle in zip(pair.lines, columns, middles, strict=True):
            strip = np.maximum(strip, _strip(x, middle - sums[:, own]))
        if sided is not None:
            strip = np.where(sided.better, sided.strip, strip)
    beyond = ~(np.isfinite(strip) & np.isfinite(sums).all(axis=1))
    sums[beyond], strip[beyond] = 0.0, 1.0
    spans = spans_of(pair.lines[0], sums[:, columns[0]])
    losing, digits = moved(pair.lines[0], spans)
    span = spans.sum(axis=1)
    if together:
        width = width_of_two(strip, span, losing, bins)
    else:
        width = width_of_one(strip, span, losing, digits, bins)
    fine, most = exponents(grid, sums, width)
    e = np.clip(np.minimum(fine, most), 0, FINEST).astype(np.int64)
    whole, bin_ = in_bins(grid, pair.lines[0], columns[0], (sums, e, width))
    return whole, e, bin_


def of_domain(grid: Grid, columns: Sequence[Ints], forms: Sequence[Floats]) -> Whole:
    """The mean of forms of networks' columns, as one of the domain's: 0 where not all read one."""
    sums = np.zeros((len(forms[0]), len(grid.whole)))
    read = np.zeros(len(grid.whole), dtype=np.int64)
    for own, form in zip(columns, forms, strict=True):
        sums[:, own] += form
        read[own] += 1
    with np.errstate(over="ignore", invalid="ignore"):  # lines may be as steep as floats are
        return np.where(read == len(forms), sums / len(forms), 0.0)


def moved(x: Lines, spans: Floats) -> tuple[Floats, Floats]:
    """How many variables lose a bin, about, of those that move a sum; and how many values these
    have."""
    more = _more(x)
    losing = np.maximum(0.5, ((spans > 0) * np.minimum(1.0, more / 4)).sum(axis=1))
    return losing, ((spans > 0) * (1 + more)).sum(axis=1)


def exponents(grid: Grid, sums: Whole, width: Floats) -> tuple[Floats, Floats]:
    """The exponent with which rounding loses little beside bins of a width; and the greatest."""
    reach = np.abs(sums).max(axis=1, initial=0.0)
    fine = np.ceil(-np.log2(width)) + FINE + np.ceil(np.log2(grid.widest))
    return fine, LONGEST - np.frexp(np.maximum(reach, width))[1]


def in_bins(
    grid: Grid, x: Lines, columns: Ints, sums: tuple[Whole, Ints, Floats]
) -> tuple[Whole, Ints]:
    """Sums (cells, the domain's columns), exponents and widths of bins as integers."""
    forms, e, width = sums
    bin_ = np.minimum(np.maximum(1, 2 * np.rint(np.ldexp(width, e - 1))), LARGEST)
    step = np.where(grid.whole > 0, bin_[:, None] / np.maximum(grid.whole, 1), 1.0)
    step = np.where(np.floor(step) == step, step, 1.0)
    whole = np.rint(np.ldexp(forms, e[:, None]) / step) * step
    ordinals = x.enclosed.p.ordinals
    if ordinals is not None and grid.unit:
        at: Ints = columns[ordinals.columns]
        whole[:, at] = _rounded(grid, whole[:, at], at, bin_, _more(x)[:, ordinals.variables])
    return whole, bin_.astype(np.int64)


def _rounded(grid: Grid, sums: Whole, columns: Ints, bin_: Floats, more: Floats) -> Whole:
    """The coefficients of ordinals, multiples of a bin where that loses less than bins do.

    Each has so many values ``more`` than one.
    """
    step = np.maximum(grid.step[columns], 1.0)
    wide = bin_[:, None] * grid.unit
    whole = wide / np.gcd(wide.astype(np.int64), step.astype(np.int64))
    near = np.rint(sums / whole) * whole
    lost = np.abs(near - sums) * step * more
    return np.where(lost < np.minimum(wide, np.abs(sums) * step * more), near, sums)


def _more(x: Lines) -> Floats:
    """How many values more than one each variable of the network has in each cell.

    A categorical one counts as one of three.
    """
    p, parts = x.enclosed.p, x.enclosed.parts
    more = np.full((len(parts), len(p.domain.variables)), 2.0)
    if p.ordinals is not None:
        more[:, p.ordinals.variables] = parts.ends[:, 1] - parts.ends[:, 0]
    return more


def _middle(x: Lines) -> Whole:
    """The mean of the coefficients of the forms below and above the margin, (cells, columns)."""
    middle: Whole = np.ldexp((x.a[:, 0] - x.a[:, 1]) / 2, -np.array(x.enclosed.p.scales))
    return middle


def _strip(x: Lines, rest: Whole) -> npt.NDArray[np.float64]:
    """About how wide the strip is around a sum that the middle exceeds by ``rest``."""
    own = -x.constant.sum(axis=1)
    cells = x.enclosed.cells
    size = np.ldexp(cells.high[0] - cells.low[0], np.array(x.enclosed.p.scales))
    wide: npt.NDArray[np.float64] = np.maximum(0.0, own) + (np.abs(rest) * size).sum(axis=1)
    return wide


def spans_of(x: Lines, sums: Whole) -> npt.NDArray[np.float64]:
    """By how much each variable of the network moves the sum within each cell."""
    p = x.enclosed.p
    spans = np.zeros((len(sums), len(p.domain.variables)))
    scales = np.array(p.scales)
    for g in p.groups:
        own = columns_of(sums * np.exp2(scales), g.columns)
        table = np.einsum("bgc,gvc->bgv", own, np.ldexp(g.table, -g.e))
        inside = allowed_values(g, x.enclosed.parts)
        high = np.where(inside, table, -np.inf).max(axis=2)
        spans[:, g.variables] = high - np.where(inside, table, np.inf).min(axis=2)
    if p.ordinals is not None:
        c = p.ordinals.columns
        cells = x.enclosed.cells
        size = np.ldexp(cells.high[0][:, c] - cells.low[0][:, c], scales[c])
        spans[:, p.ordinals.variables] = np.abs(sums[:, c]) * size
    return spans
