"""Sandwiches with sides: for each class a sum of its own that shows it. Untrusted.

The sums are the forms closest to networks' margins, below them for class 1 and above for class 0:
those that the kernel finds all over a cell, or in a zone of it, whichever tells of more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verifier.kernel.arithmetic import Ints, Whole
from verifier.kernel.choices import Floats
from verifier.kernel.margins import Bools
from verifier.kernel.sandwich import FINEST, LARGEST, Within, shown, sided
from verifier.kernel.strips import Pair
from verifier.model.floats import nearest
from verifier.model.proof import Side, Sides
from verifier.provers.bins import Worth, width_of_one
from verifier.provers.grids import Grid
from verifier.provers.near import exponents, in_bins, moved, of_domain, spans_of
from verifier.provers.sides import share_below

SLACK = 9
"""Ends are stated further off than the kernel shows them by 2**-SLACK of a strip: other checkers
round otherwise."""
DEARER = 4
"""Bins of a side are worth so much less: what one loses it loses at one end, and the kernel takes
long for other things."""


@dataclass(frozen=True, eq=False)
class _Near:
    """Sums of the domain's columns for each side of some cells (cells, 2, columns), and bins."""

    sums: Whole
    width: Floats


@dataclass(frozen=True, eq=False)
class _Stated:
    """The same as integers, with the ends that are shown; of each the share of a cell it tells."""

    sums: Whole
    width: Ints
    ends: Ints
    told: Floats


def on_both_sides(
    grid: Grid,
    first: Pair,
    zoned: Within | None,
    columns: Sequence[Ints],
    at: Ints,
    bins: int | Worth,
) -> dict[int, Sides]:
    """Sides of cells at some places of a block, by these; of what ``bins`` are worth, or so many.

    There are none where the kernel shows no end, as in fixed point. ``zoned`` are lines in zones,
    where these are looked at.
    """
    if not all(x.enclosed.cells.layers for x in first.lines):
        return {}
    pair, zones = sided(first, zoned, at)
    tried = [_near(grid, own, columns, bins) for own in (pair, zones and zones.pair) if own]
    every = [exponents(grid, x.sums[:, k], x.width[:, k]) for x in tried for k in (0, 1)]
    fine, most = np.max([x for x, _ in every], axis=0), np.min([x for _, x in every], axis=0)
    e = np.clip(np.minimum(fine, most), 0, FINEST).astype(np.int64)
    found = [_stated(grid, pair, zones, columns[0], x, e) for x in tried]
    best, last = found[0], found[-1]
    better: Bools = np.asarray(last.told > best.told)
    sums = np.where(better[..., None], last.sums, best.sums)
    width, ends = (
        np.where(better, y, x) for x, y in ((best.width, last.width), (best.ends, last.ends))
    )
    told: Floats = np.maximum(best.told, last.told).max(axis=1)
    fit: Bools = np.asarray((told > 0) & (np.abs(sums).max(axis=(1, 2)) <= LARGEST))
    rows = zip(
        at.tolist(),
        fit.tolist(),
        e.tolist(),
        np.where(fit[:, None, None], sums, 0).astype(np.int64).tolist(),
        width.tolist(),
        ends.tolist(),
        strict=True,
    )
    return {
        i: Sides(own, *(Side(tuple(a), b, c) for a, b, c in zip(*sides, strict=True)))
        for i, fits, own, *sides in rows
        if fits
    }


def _near(grid: Grid, pair: Pair, columns: Sequence[Ints], bins: int | Worth) -> _Near:
    """The closest forms of some cells; ``pair`` has these of all networks."""
    x = pair.lines[0]
    strip = _strip(pair)
    forms, widths = [], []
    for k, sign in enumerate((1, -1)):
        own = [sign * np.ldexp(y.a[:, k], -np.array(y.enclosed.p.scales)) for y in pair.closer]
        sums = of_domain(grid, columns, own)
        sums[~np.isfinite(sums).all(axis=1)] = 0.0
        spans = spans_of(x, sums[:, columns[0]])
        span, (losing, digits) = spans.sum(axis=1), moved(x, spans)
        if isinstance(bins, Worth):
            at = -sign * np.min([y.constant[:, k] for y in pair.closer], axis=0)
            form = np.ldexp(sums[:, columns[0]], np.array(x.enclosed.p.scales))
            _, density = share_below(x, form, at)
            worth = Worth(bins.share / DEARER, density * span)
            width = width_of_one(span, span, losing, digits, worth)
        else:
            width = width_of_one(strip, span, losing, digits, bins)
        forms.append(sums)
        widths.append(width)
    return _Near(np.stack(forms, axis=1), np.stack(widths, axis=1))


def _strip(pair: Pair) -> Floats:
    """How far parallel lines are apart, of the networks that are worst bounded."""
    wide = np.max([-x.constant.sum(axis=1) for x in pair.lines], axis=0)
    return np.where(np.isfinite(wide), np.maximum(wide, 0.0), 1.0)


def _stated(
    grid: Grid, pair: Pair, zones: Within | None, columns: Ints, near: _Near, e: Ints
) -> _Stated:
    """Such sums in units of 2**-e, and what is shown of them."""
    x = pair.lines[0]
    every = [in_bins(grid, x, columns, (near.sums[:, k], e, near.width[:, k])) for k in (0, 1)]
    sums = np.stack([own for own, _ in every], axis=1)
    width = np.stack([own for _, own in every], axis=1)
    ends = shown(pair, zones, sums, e)
    strips = ends.strips
    slack = (width >> SLACK // 2) + 1 + np.ldexp(_strip(pair), e - SLACK).astype(np.int64)[:, None]
    stated = np.stack([strips[..., 0].min(axis=1), strips[..., 1].max(axis=1)], axis=1)
    stated = stated + slack * [-1, 1]
    at = -np.ldexp(np.frompyfunc(nearest, 1, 1)(stated).astype(np.float64), -e[:, None])
    told = np.zeros(stated.shape)
    scales = np.array(x.enclosed.p.scales)
    for k in (0, 1):
        form = np.ldexp(sums[:, k, columns], scales - e[:, None])
        below, _ = share_below(x, form, at[:, k])
        told[:, k] = np.where(ends.good, below if k else 1 - below, 0.0)
    return _Stated(sums, width, stated, told)
