"""Tables that surely hold smooth functions. Trusted; argued in docs/soundness.md, rule 1.

A function is tabulated at multiples of 2**-FINE up to FAR, in whole numbers, with how far it can be
from the chord between two neighbours: Arb bounds its second derivative there. So it is held between
broken lines, at that spacing and, with more between, at every coarser one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import flint
import numpy as np
import numpy.typing as npt

from verifier.model.smooth import ALONE, KINDS

Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.float64]
"""Whole numbers held in float64."""
FINE = 9
"""The table's spacing is 2**-FINE."""
FAR = 24
"""Beyond, a function is within 2**-30 of a line."""
CELLS = 2 * FAR << FINE
UNITS = 40
"""Values are in units of 2**-UNITS."""
LEVELS = FINE + 5
"""Spacings, each twice the one before; CELLS is three of the largest."""
BEYOND = 1 << (UNITS - 29)
"""Twice 2**-30, in these units: what a line may be off beyond FAR."""
PLACES = 20
"""Bits of a place between two neighbours."""
EXACT = 2.0**53
"""Sums of whole numbers below this are exact in float64."""


@dataclass(frozen=True, eq=False)
class Curve:
    """A function's table: ``at`` (CELLS + 1,), and for each spacing how far it is from chords.

    Between neighbours it is at least the chord less ``under`` and at most the chord plus ``over``,
    of all spacings one after the other, each from its place in ``starts``. ``least`` and
    ``greatest`` [k, i] are of at[i : i + 2**k]. ``left`` and ``right`` are slope and intercept.
    """

    at: Whole
    under: Whole
    over: Whole
    starts: Ints
    least: Whole
    greatest: Whole
    left: tuple[int, int]
    right: tuple[int, int]

    @cached_property
    def off(self) -> float:
        """How far ``near`` is from the function, but for three roundings beyond FAR."""
        most: float = max(self.under[:CELLS].max().item(), self.over[:CELLS].max().item())
        return (most + BEYOND + 4) * 2.0**-UNITS

    def near(self, x: Whole) -> Whole:
        """The function at numbers, about: on the chord between two neighbours, or an end line."""
        half = CELLS // 2
        place = np.clip(x * 2.0**FINE, -half, half)
        first = np.minimum(np.floor(place), half - 1)
        i = first.astype(np.int64) + half
        at = self.at.take(i)
        found: Whole = (at + (self.at.take(i + 1) - at) * (place - first)) * 2.0**-UNITS
        found += self.right[0] * np.maximum(x - FAR, 0) + self.left[0] * np.minimum(x + FAR, 0)
        return found

    def over_all(self, a: Whole, b: Whole) -> tuple[Whole, Whole]:
        """Units below and above the function over all of [a, b], places in spacings."""
        ends = (*self.between(a), *self.between(b))
        low, high = np.minimum(ends[0], ends[2]), np.maximum(ends[1], ends[3])
        half = CELLS // 2
        first, last = np.maximum(np.ceil(a), -half) + half, np.minimum(np.floor(b), half) + half
        inner = first <= last
        start = np.where(inner, first, 0).astype(np.int64)
        stop = np.where(inner, last, 0).astype(np.int64)
        k = np.frexp((stop - start + 1).astype(np.float64))[1] - 1
        other = stop + 1 - np.left_shift(1, k)
        low = np.where(
            inner, np.minimum(low, np.minimum(self.least[k, start], self.least[k, other])), low
        )
        most = np.maximum(self.greatest[k, start], self.greatest[k, other])
        high = np.where(inner, np.maximum(high, most), high)
        one = np.clip(np.floor(a) + half, 0, CELLS - 1).astype(np.int64)
        two = np.clip(np.ceil(b) - 1 + half, 0, CELLS - 1).astype(np.int64)
        near, far = two - one <= 1, (a < -half) | (b > half)
        slack = []
        for of in (self.under, self.over):
            own = np.where(near, np.maximum(of[one], of[two]), of[:CELLS].max())
            slack.append(np.where(far, np.maximum(own, BEYOND), own))
        low, high = low - slack[0], high + slack[1]  # beyond EXACT rounded: so one further
        return (
            np.where(np.abs(low) < EXACT, low, np.nextafter(low, -np.inf)),
            np.where(np.abs(high) < EXACT, high, np.nextafter(high, np.inf)),
        )

    def between(self, place: Whole) -> tuple[Whole, Whole]:
        """The broken line at places (in spacings), cut down and up; beyond, the end lines."""
        half = CELLS // 2
        i = np.clip(np.floor(place) + half, 0, CELLS - 1)
        at = i.astype(np.int64)
        share = np.clip(place + half - i, 0, 1) * 2.0**PLACES
        step = (self.at[at + 1] - self.at[at]) * 2.0**-PLACES
        parts = step * np.floor(share), step * np.ceil(share)
        low = self.at[at] + np.floor(np.minimum(*parts))
        high = self.at[at] + np.ceil(np.maximum(*parts))
        for beyond, (slope, intercept) in ((place < -half, self.left), (place > half, self.right)):
            line = place * (slope * 2.0 ** (UNITS - FINE)) + intercept * 2.0**UNITS
            low = np.where(beyond, np.floor(line), low)
            high = np.where(beyond, np.ceil(line), high)
        return low, high


@cache
def curve(kind: str) -> Curve:
    """The table of a function."""
    with ALONE, flint.ctx.workprec(64):
        at, under, over = _tabulated(kind)
    unders, overs, starts, held = [under], [over], [0], at
    for _ in range(1, LEVELS):
        starts.append(starts[-1] + len(under))
        middle = 2 * held[1::2] - held[:-2:2] - held[2::2]  # twice above the coarser chord
        under = np.maximum(under[::2], under[1::2]) + np.ceil(np.ldexp(np.maximum(-middle, 0), -1))
        over = np.maximum(over[::2], over[1::2]) + np.ceil(np.ldexp(np.maximum(middle, 0), -1))
        held = held[::2]
        unders.append(under)
        overs.append(over)
    of = KINDS[kind]
    return Curve(
        at,
        np.concatenate(unders),
        np.concatenate(overs),
        np.array(starts),
        _running(at, np.minimum),
        _running(at, np.maximum),
        of.left,
        of.right,
    )


def _tabulated(kind: str) -> tuple[Whole, Whole, Whole]:
    """Values, cut, and how far the function is below and above the chord of two neighbours.

    f - chord is f'' / 2 somewhere between times (x - a)(x - b), which lies in [-h**2 / 4, 0]; the
    values were cut by less than a unit.
    """
    pieces = iter(KINDS[kind].pieces)
    end, formula = next(pieces)
    spacing, part = flint.arb(2) ** -FINE, flint.arb(2) ** (UNITS - 2 * FINE - 2)
    half = flint.arb(2) ** (-FINE - 1)
    at, under, over = [], [], []
    for i in range(-CELLS // 2, CELLS // 2 + 1):
        if end is not None and i >= end << FINE:
            end, formula = next(pieces)
        low, high = _ends(formula(i * spacing) * (1 << UNITS))
        if high - low > 2:
            raise ArithmeticError("a ball of a smooth function is too wide")
        at.append(low)
        if i == CELLS // 2:
            break
        between = (2 * i + 1 + flint.arb(0, 1)) * half
        low, high = _ends(formula(flint.arb_series([between, 1], prec=3))[2] * part)
        over.append(2 + max(0, -low))
        under.append(max(0, high))
    tables = [np.array(x, dtype=np.float64) for x in (at, under, over)]
    return tables[0], tables[1], tables[2]


def _ends(ball: flint.arb) -> tuple[int, int]:
    """Whole numbers below and above all of a ball."""
    low, high = ball.lower().floor().unique_fmpz(), ball.upper().ceil().unique_fmpz()
    if low is None or high is None:
        raise ArithmeticError("a ball of a smooth function is too wide")
    return int(low), int(high)


def _running(at: Whole, end: Callable[[Whole, Whole], Whole]) -> Whole:
    """The least or greatest (``end``) of 1, 2, 4, ... values from each on, as far as there are."""
    rows = [at]
    for k in range(CELLS.bit_length() - 1):
        before = rows[-1]
        ahead = np.minimum(np.arange(CELLS + 1) + (1 << k), CELLS)
        rows.append(end(before, before[ahead]))
    return np.stack(rows)
