"""What draws promise: how wide an interval so many of them give, if they are like some that were
tried.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import log, sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from verifier.chance.betting import SHARE_BITS
from verifier.kernel.population import Population
from verifier.kernel.sampling import Seen
from verifier.model.sample import (
    BETS,
    CELLS,
    LARGEST_BELOW,
    LARGEST_BET,
    PLAIN,
    Forecast,
    Line,
    Plan,
)

LEAST = 1e-300
READY = 0.05
"""What a draw of a piece takes, at least, of what it takes to make that ready."""
TAIL = 4.0
"""What some lines tell may be less than is true, by so much over the root of how many there are: of
few the largest shares may not have been seen."""
LOG = 4.0
"""What a few draws, of which none is true, are uncertain by, beside a standard deviation."""
RISK = 0.75
"""Of what there is, so much is lost at once, at most, by betting on means that are too small."""


class Bets(NamedTuple):
    """What is bet on lines: against means that are too large, and too small."""

    above: Fraction
    below: Fraction


FULL = Bets(LARGEST_BET, LARGEST_BET)


class Way(NamedTuple):
    """A way of drawing: from what, and along which variable if lines are drawn.

    With ``others`` patches are drawn, of these variables too, with ``guides`` or without.
    """

    found: Population
    method: str
    line: int | None
    forecast: Forecast | None = None
    others: tuple[int, ...] = ()
    guides: tuple[Forecast, ...] = ()

    def with_bets(self, bets: Bets, guess: Fraction | None = None) -> Line | None:
        """What draws are if they are no points."""
        if self.line is None:
            return None
        drawn = self.forecast, self.others, self.guides
        return Line(self.line, bets.above, guess, bets.below, *drawn)

    @property
    def is_plain(self) -> bool:
        """Whether it draws points of the whole domain."""
        if self.line is not None:
            return False
        return self.method == PLAIN or (self.found.mass == 1 and not self.found.parted)


class Pilot(NamedTuple):
    """What was seen of a way in its last ``tried`` draws.

    They took so many ``seconds``, of which a block takes ``once`` whatever is in it. The ``guess``
    is made of those through cells. Where each piece is made ready once a draw ``takes`` so much of
    what that does. By what they spent a check has work for ``most``; 0 where that is not
    known.
    """

    way: Way
    tried: int = 0
    seconds: float = 0.0
    once: float = 0.0
    seen: Seen = Seen(0)
    guess: Fraction = Fraction(0)
    takes: float = READY
    most: int = 0


class Promise(NamedTuple):
    """So many draws give about half the width, if so much is bet."""

    draws: int
    width: float
    bets: Bets = FULL

    def hope(self, x: Pilot) -> float:
        """What more pilots may find that to be: a few lines are judged with caution."""
        return self.width if x.way.line is None else self.width / _caution(x) ** 2


def _caution(x: Pilot) -> float:
    return 1 + TAIL / sqrt(x.tried)


def plan_of(
    way: Way, draws: int, like: Plan, bets: Bets = FULL, guess: Fraction | None = None
) -> Plan:
    """A plan like another one, of so many draws."""
    guess = (guess or Fraction(0)) if way.method == CELLS else None
    line = way.with_bets(bets, guess)
    return replace(like, draws=draws, method=way.method, line=line, block=min(like.block, draws))


def promised(x: Pilot, draws: int, delta: float) -> Promise:
    """What so many draws promise of an interval that is right but for ``delta``."""
    way, mass = x.way, float(x.way.found.mass)
    if way.line is None:
        tried, left = x.tried, draws
        if way.method == CELLS:  # those count that nothing decides
            tried = sum(int(own.sum()) for own in x.seen.left)
            left = max(1, draws * tried // x.tried)
        share = (x.seen.true + 0.5) / (tried + 1)
        spread = (share * (1 - share) / left) ** 0.5 + LOG / left
        deviations = -NormalDist().inv_cdf(max(delta / 2, LEAST))
        return Promise(draws, mass * float(deviations * spread + x.seen.undecided / x.tried))
    if way.method == CELLS:
        mass = float(way.found.cells.along(way.line).mass)
    if way.forecast is not None:
        mass *= way.forecast.reach[1] / BETS
    if way.guides:
        mass *= 2
    shares = np.concatenate(x.seen.shares) * 2.0**-SHARE_BITS
    mean = float(shares.mean())
    most = max(float(np.abs(shares - mean).max()), 1 / x.tried)
    seen = float(shares.var())  # and what a few lines leave uncertain of it
    variance = seen + most * (seen / x.tried) ** 0.5 + most * most / x.tried
    level = log(2 / delta)
    best = (2 * level / (draws * variance)) ** 0.5
    # where a mean is small there is little to lose by betting that it is larger
    upto = min(LARGEST_BELOW, RISK / (mean + 4 * (variance / x.tried) ** 0.5))
    bets = [Fraction(max(1, int(min(best, x) * BETS)), BETS) for x in (float(LARGEST_BET), upto)]
    ends = [level / (draws * float(bet)) + float(bet) * variance / 2 for bet in bets]
    return Promise(draws, mass * sum(ends) / 2 * _caution(x), Bets(*bets))


def guessed(before: Fraction, seen: Seen) -> tuple[Fraction, Seen]:
    """The guess with which the shares vary the least, and what would have been seen with it."""
    left = np.concatenate(seen.left) * 2.0**-SHARE_BITS
    true = np.concatenate(seen.shares) * 2.0**-SHARE_BITS - float(before) * (1 - left)
    spread = float(left.var())
    best = 0.0 if not spread else float(((left - left.mean()) * true).mean()) / spread
    guess = Fraction(int(min(max(best, 0.0), 1.0) * BETS), BETS)
    shares = (true + float(guess) * (1 - left)) * 2.0**SHARE_BITS
    return guess, seen._replace(shares=(shares.astype(np.int64),))
