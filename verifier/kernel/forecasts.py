"""Forecasts of lines' shares by a linear sum, whose mean is counted exactly: rule 11. Trusted.

What is drawn then is how far a share is from its forecast. That varies less, and the mean of all
forecasts is known: rule 10's counting of sums of bins gives the probability of each guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from verifier.chance.betting import SHARE_BITS
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.stairs import Stairs
from verifier.kernel.sums import Ramp, above, binned, can_count
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError
from verifier.model.sample import BETS, Forecast, Line

GUESS_BITS = 20
assert BETS == 1 << GUESS_BITS
ROOM = 1 << 62
"""What is computed in machine integers stays below."""


@dataclass(frozen=True, eq=False)
class Forecasted:
    """A forecast over a domain: ``average`` is the mean of its guesses, over all of it.

    ``bins`` are of each variable that matters its number, and the bins of its values: one by one,
    or of an ordinal the first value, the sign, the slope.
    """

    forecast: Forecast
    average: Fraction
    bins: tuple[tuple[int, Ints | tuple[int, int, int]], ...]
    wide: int
    top: int

    def sums(self, points: Ints) -> Ints:
        """The sums of bins at points (N, variables), from 0 to ``top``."""
        total = np.zeros(len(points), dtype=np.int64)
        for i, own in self.bins:
            if isinstance(own, tuple):
                first, sign, slope = own
                total += sign * (points[:, i] - first) * slope // self.wide
            else:
                total += own[points[:, i]]
        return total

    def guesses(self, points: Ints) -> Ints:
        """The guesses at points, times BETS."""
        ends = np.array(self.forecast.ends, dtype=np.int64)
        at = np.searchsorted(ends, self.sums(points), side="right")
        return np.array(self.forecast.guesses, dtype=np.int64)[at]

    def apart(self, shares: Ints, points: Ints) -> Ints:
        """How far shares are from their guesses, scaled to 0 to 1; all times 2**SHARE_BITS.

        That is (share - guess + the largest guess) / ``forecast.reach[1]``, rounded down: of a
        share that was rounded down, it may be up to two units too low.
        """
        most, spread = self.forecast.reach
        moved = shares + ((most - self.guesses(points)) << SHARE_BITS - GUESS_BITS)
        return (moved << GUESS_BITS) // spread

    def share(self, apart: Fraction) -> Fraction:
        """The mean share that is so far, on the mean, from its guesses."""
        most, spread = self.forecast.reach
        return Fraction(apart * spread - most, BETS) + self.average


def forecasted(asked: Asked, line: Line) -> Forecasted | None:
    """The line's forecast over a domain without ``lines.problem``; None where it has none.

    Raises CertificateError where it is about other columns, or machine integers have no room.
    """
    forecast, domain = line.forecast, asked.domain
    if forecast is None:
        return None
    if len(forecast.form) != domain.columns or forecast.form[domain.offsets[line.variable]]:
        raise CertificateError("a forecast is by the columns of all variables but the line's")
    x = binned(domain, full_cell(domain), forecast.form, forecast.width)
    if max(x.top, x.width, *forecast.ends, 0) >= ROOM:
        raise CertificateError("a forecast's sums are too large")
    held: list[tuple[int, Ints | tuple[int, int, int]]] = []
    for i, own in x.variables:
        assert not isinstance(own, Stairs)  # no variable is continuous
        if not isinstance(own, Ramp):
            held.append((i, np.array([at for _, at in own], dtype=np.int64)))
        elif own.slope * len(own.part) < ROOM:
            first, sign = (own.part.stop - 1, -1) if own.reverse else (own.part.start, 1)
            held.append((i, (first, sign, own.slope)))
        else:
            raise CertificateError("a forecast's sums are too large")
    total = domain.total_weight
    if forecast.ends and not can_count(x, total):
        raise CertificateError("a forecast's sums are in too many bins")
    chances = None if domain.uniform else domain.distributions(None)
    more = above(x, total, forecast.ends, asked.spend, asked.poll, chances)
    rest = [total, *(more[end] for end in forecast.ends), 0]
    amounts = [a - b for a, b in pairwise(rest)]
    mean = sum([n * g for n, g in zip(amounts, forecast.guesses, strict=True)])
    return Forecasted(forecast, Fraction(mean, total * BETS), tuple(held), x.width, x.top)
