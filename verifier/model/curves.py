"""Tables that surely hold smooth functions. Trusted; argued in docs/soundness.md, rule 1.

A function is tabulated at multiples of 2**-FINE up to FAR, in whole numbers, with how far it can be
from the chord between two neighbours: Arb bounds its second derivative there. So it is held between
broken lines, at that spacing and, with more between, at every coarser one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import flint
import numpy as np
import numpy.typing as npt

from verifier.model.smooth import KINDS

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
_ALONE = threading.Lock()


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


@cache
def curve(kind: str) -> Curve:
    """The table of a function."""
    with _ALONE, flint.ctx.workprec(64):
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
