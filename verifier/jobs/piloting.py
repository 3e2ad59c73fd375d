"""How a sample is drawn: what some draws that nothing else is made of promise, in the time left."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, log
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.chance.betting import SHARE_BITS
from verifier.jobs.forecasting import FEWEST as FEWEST_LEARNED
from verifier.jobs.forecasting import MOST as MOST_LEARNED
from verifier.jobs.forecasting import learned
from verifier.kernel import lines
from verifier.kernel.population import Population
from verifier.kernel.rules import Apply
from verifier.kernel.sampling import Counted, Seen, added, counting, drawn_from, key_of
from verifier.kernel.stopping import CheckStopped
from verifier.model.errors import CertificateError, TooMuch
from verifier.model.limits import DEFAULT_WORK, PYTHON
from verifier.model.sample import (
    BETS,
    BLOCK,
    CELLS,
    LARGEST_BELOW,
    LARGEST_BET,
    METHODS,
    MOST_LINES,
    PLAIN,
    POOLED,
    Forecast,
    Line,
    Plan,
)
from verifier.provers.timing import now
from verifier.writing.processors import SLOWEST, Clocks, processors, slow

CAREFUL = 0.75
"""Of the time that is left; the rest is in case that the machine gets slower."""
ENOUGH = 1 << 30
"""Draws that nobody needs more of."""
FIRST = 1 << 7
"""Draws of the first pilot, for each processor."""
GROWTH, PILOTS = 4, 0.2
"""Pilots of the best are followed by ones so much longer, up to a share of the time together."""
BRIEF = 0.015
"""The first pilot of a way is longer if so large a share of the time is enough for that."""
TRYING = 0.5
"""Of the time, at most, until one of the ways is taken, whatever is not tried yet."""
LEAST = 1e-300
LOG = 4.0
"""What a few draws, of which none is true, are uncertain by, beside a standard deviation."""
BLOCK_WORK = 1 << 31
"""Multiplications of a block, at most about: an end is noticed between blocks."""
ALONG = {POOLED: 1, CELLS: 3, PLAIN: 2}
"""So many variables are tried that lines are along; pieces take long to be made ready."""
TABLES = 2e-4, 0.5
"""Seconds that the tables of a piece with a Sandwich take, about; they are tried where so large a
share of the time is enough for those of all pieces."""
RISK = 0.75
"""Of what there is, so much is lost at once, at most, by betting on means that are too small."""
LEARN = 0.05
"""Of the time, for the lines that a forecast is learned from."""
SHORTEST = 8
"""Values of such a variable, at least."""
READY = 0.05
"""What a draw of a piece takes, about, of what it takes to make that ready."""
EVALUATIONS = 16
"""Of the networks for a line, about."""


class Way(NamedTuple):
    """A way of drawing: from what, and along which variable if lines are drawn."""

    found: Population
    method: str
    line: int | None
    forecast: Forecast | None = None


class Bets(NamedTuple):
    """What is bet on lines: against means that are too large, and too small."""

    above: Fraction
    below: Fraction


FULL = Bets(LARGEST_BET, LARGEST_BET)


class Pilot(NamedTuple):
    """What a way promises: how many draws there is time for, and how wide an interval they give.

    ``bets`` are made on lines, ``guess`` is made of those through cells; ``seconds`` were spent on
    the last ``tried`` draws.
    """

    way: Way
    draws: int
    width: float
    bets: Bets
    guess: Fraction
    tried: int
    seconds: float

    def plan(self, like: Plan) -> Plan:
        """A plan like another one, of this way."""
        guess = self.guess if self.way.method == CELLS else None
        line = None
        if self.way.line is not None:
            line = Line(self.way.line, self.bets.above, guess, self.bets.below, self.way.forecast)
        block = min(like.block, max(self.draws, 1))
        return replace(like, draws=self.draws, method=self.way.method, line=line, block=block)


@dataclass
class Trying:
    """Until when pilots may go on: whatever draws stops there. ``spent`` says that it did.

    Then nothing of the population that was drawn from is to be used again. ``best`` is about half
    the width that the best way promises, ``plain`` what points of the whole domain promise.
    """

    until: float = inf
    spent: bool = False
    best: float = inf
    plain: float = inf


def best_plans(
    found: Population,
    hashes: Mapping[str, str],
    like: Plan,
    draws: int | None,
    end: float,
    counted: Counted | None = None,
    trying: Trying | None = None,
    since: Clocks | None = None,
) -> list[Plan]:
    """Plans of so many draws (None: what there is time for until ``end``), the narrowest first.

    All else is as in the plan ``like``. ``counted`` has draws counted elsewhere. With no end
    (infinity) the plans do not depend on how quick the machine is; else they have time as what was
    done ``since`` then had. Where ``trying`` says
    that its time is spent they are of the whole domain, and there may be none. Raises
    CertificateError or TooMuch where nothing can be drawn.
    """
    trying = trying or Trying()
    like = replace(like, block=max(1 << 6, min(BLOCK, BLOCK_WORK // found.asked.point_cost)))
    pilots: list[Pilot] = []
    start = now()
    trying.until = start + TRYING * (end - start)
    with ThreadPoolExecutor(processors()) as pool, threadpool_limits(1, "blas"):
        apply = pool.map if counted is None else counted(found.asked)
        piloting = _Piloting(hashes, like, draws, end, apply, since)
        try:
            _try_all(piloting, found, pilots, start + PILOTS * (end - start))
        except CheckStopped:
            if now() < trying.until:
                raise
            trying.spent = True
            pilots = [x for x in pilots if x.way.method == PLAIN]
        finally:
            trying.until = inf
    trying.best = min((x.width for x in pilots), default=inf)
    trying.plain = min((x.width for x in pilots if _is_plain(x.way)), default=inf)
    return [piloting.fitted(x).plan(like) for x in sorted(pilots, key=lambda x: x.width)]


def _is_plain(way: Way) -> bool:
    """Whether it draws points of the whole domain."""
    everything = way.method == PLAIN or (way.found.mass == 1 and not way.found.parted)
    return way.line is None and everything


def _try_all(piloting: _Piloting, found: Population, pilots: list[Pilot], until: float) -> None:
    """Add a pilot of each way, and until some time longer ones of what promises most."""
    failed = False
    for way in _ways(found, piloting.end - now()):
        try:
            pilots.append(piloting.first(way))
            pilots += piloting.forecast(pilots[-1])
        except (CertificateError, TooMuch):  # Sandwiches of too many bins
            failed = True
    if failed and not pilots:  # though all of the domain may be open
        pilots.append(piloting.first(Way(found, PLAIN, None)))
    # what promises most is looked at more closely, until that promise is worth something
    while pilots:
        best = min(pilots, key=lambda x: x.width)
        longer = best.tried * GROWTH
        if longer > best.draws or best.seconds * GROWTH > until - now():
            break
        pilots[pilots.index(best)] = piloting.again(best, longer)


def _ways(found: Population, seconds: float) -> Iterator[Way]:
    """The ways that are tried: points, and lines along the variables that change the most."""
    asked = found.asked
    along = [
        i
        for i, v in enumerate(asked.domain.variables)
        if v.count >= SHORTEST and not lines.problem(asked, i)
    ]
    along.sort(key=lambda i: -asked.spans[i] * asked.domain.variables[i].count)
    slow = len(found.parted) * TABLES[0] > TABLES[1] * seconds * processors()
    tried = {
        PLAIN: found.mass != 1 or bool(found.parted),
        POOLED: bool(found.pieces) and not (along and slow),
        CELLS: bool(found.parted),
    }
    # pieces take long to be made ready: they come last
    for method in sorted(METHODS, key=lambda method: method != PLAIN):
        if not tried[method]:
            continue
        if method == PLAIN or (method == POOLED and (not along or found.mass == 1)):
            yield Way(found, method, None)
        for line in along[: ALONG[method]]:
            yield Way(found, method, line)


class _Piloting:
    """Pilots for plans like another, of so many draws or what there is time for."""

    def __init__(
        self,
        hashes: Mapping[str, str],
        like: Plan,
        draws: int | None,
        end: float,
        apply: Apply,
        since: Clocks | None,
    ) -> None:
        self.hashes, self.like, self.draws, self.end, self.apply = hashes, like, draws, end, apply
        self.since = since

    def first(self, way: Way) -> Pilot:
        """A short pilot, after a draw: what is prepared once is not counted."""
        line = None if way.line is None else Line(way.line, LARGEST_BET)
        way = way._replace(found=drawn_from(way.found, way.method, line))
        nothing = Pilot(way, 1, 1.0, FULL, Fraction(0), 0, 0.0)
        self.again(nothing, 1)
        few = FIRST if self.end == inf else FIRST * processors()
        pilot = self.again(nothing, min(self.draws or ENOUGH, few))
        # of what is quick some draws take no longer than one: that says nothing of how many there
        # is time for
        while GROWTH * pilot.seconds < BRIEF * (self.end - now()) < inf:
            if GROWTH * pilot.tried > pilot.draws:
                break
            pilot = self.again(nothing, GROWTH * pilot.tried)
        return pilot

    def forecast(self, before: Pilot) -> list[Pilot]:
        """The same with a forecast of the shares, where one is worth it and there is time."""
        way = before.way
        if way.line is None or not (
            way.method == PLAIN or (way.found.whole and way.found.mass == 1)
        ):
            return []
        count = MOST_LEARNED
        if self.end < inf:
            count = int(LEARN * (self.end - now()) / before.seconds * before.tried)
        if count < FEWEST_LEARNED:
            return []
        key = key_of(self.hashes, before.plan(self.like), "forecast")
        count = min(count, MOST_LEARNED)
        drawn = drawn_from(way.found, PLAIN)
        found = learned(drawn, way.line, count, key, self.apply)
        if found is None:
            return []
        with_it = before._replace(way=Way(drawn, PLAIN, way.line, found))
        self.again(with_it, 1)  # counts sums of bins, once
        return [self.again(with_it, min(self.draws or ENOUGH, before.tried))]

    def again(self, before: Pilot, tried: int) -> Pilot:
        """A pilot of so many draws, after another one."""
        way = before.way
        plan = before._replace(draws=tried).plan(self.like)
        start, used = now(), time.process_time()
        seen = added(counting(way.found, plan, key_of(self.hashes, plan, "pilot"), self.apply))
        seconds = self._lasting(max(now() - start, 1e-6), time.process_time() - used)
        draws = self.draws or self._possible(way, tried, seconds)
        seconds_then = self._seconds(way, tried, seconds, draws)
        mass, guess = float(way.found.mass), before.guess
        if way.method == CELLS and way.line is not None:
            mass = float(way.found.cells.along(way.line).mass)
            guess, seen = _guessed(guess, seen)
        if way.forecast is not None:
            mass *= way.forecast.reach[1] / BETS
        width, bets = _promise(seen, tried, draws, float(plan.delta), way.line is not None)
        if seconds_then > self.end - now() and way.line is not None:
            width = float("inf")  # there is no time for so many lines
        return Pilot(way, draws, mass * width, bets, guess, tried, seconds)

    def _lasting(self, seconds: float, used: float) -> float:
        """The seconds that something would take as one of many, which took so many, and ``used`` so
        many of processors: on a busy machine what is short has more of them."""
        if self.since is None:
            return seconds
        many = processors()
        return max(seconds, min(used / many * slow(self.since, many), SLOWEST * seconds))

    def fitted(self, x: Pilot) -> Pilot:
        """A pilot with no more draws than there is time for by now."""
        if self.draws or self.end == inf:
            return x
        return x._replace(draws=min(x.draws, self._possible(x.way, x.tried, x.seconds)))

    def _possible(self, way: Way, tried: int, seconds: float) -> int:
        """How many draws there is time for, and that whoever checks has work for."""
        asked = way.found.asked
        work = asked.point_cost * (1 if way.line is None else EVALUATIONS)
        most = DEFAULT_WORK // (8 * (work + PYTHON * len(asked.domain.variables)))
        low, high = FIRST, max(FIRST, min(most, ENOUGH if way.line is None else MOST_LINES))
        while high > low + low // 16:
            middle = (low + high) // 2
            if self._seconds(way, tried, seconds, middle) < CAREFUL * (self.end - now()):
                low = middle
            else:
                high = middle
        return low

    def _seconds(self, way: Way, tried: int, seconds: float, draws: int) -> float:
        """How long draws take if those tried took so long: each piece is made ready once."""
        if not (way.method == POOLED and way.found.parted):
            return seconds * draws / tried
        weights = np.array([x.weight for x in way.found.parted], dtype=np.float64)
        weights /= float(sum(x.weight for x in way.found.pieces))
        pieces = [float(-np.expm1(-n * weights).sum()) for n in (tried, draws)]
        return seconds * (pieces[1] + READY * draws) / (pieces[0] + READY * tried)


def _guessed(before: Fraction, seen: Seen) -> tuple[Fraction, Seen]:
    """The guess with which the shares vary the least, and what would have been seen with it."""
    left = np.concatenate(seen.left) * 2.0**-SHARE_BITS
    true = np.concatenate(seen.shares) * 2.0**-SHARE_BITS - float(before) * (1 - left)
    spread = float(left.var())
    best = 0.0 if not spread else float(((left - left.mean()) * true).mean()) / spread
    guess = Fraction(int(min(max(best, 0.0), 1.0) * BETS), BETS)
    shares = (true + float(guess) * (1 - left)) * 2.0**SHARE_BITS
    return guess, seen._replace(shares=(shares.astype(np.int64),))


def _promise(
    seen: Seen, tried: int, draws: int, delta: float, lines_drawn: bool
) -> tuple[float, Bets]:
    """About half the width that so many draws give, as those that were tried; and what to bet."""
    if not lines_drawn:
        share = (seen.true + 1) / (tried + 2)
        spread = (share * (1 - share) / draws) ** 0.5 + LOG / draws
        deviations = -NormalDist().inv_cdf(max(delta / 2, LEAST))
        return float(deviations * spread + seen.undecided / tried), FULL
    x = np.concatenate(seen.shares) * 2.0**-SHARE_BITS
    mean = float(x.mean())
    most = max(float(np.abs(x - mean).max()), 1 / tried)
    variance = float(x.var()) + most * most / tried
    level = log(2 / delta)
    best = (2 * level / (draws * variance)) ** 0.5
    # where a mean is small there is little to lose by betting that it is larger
    upto = min(LARGEST_BELOW, RISK / (mean + 4 * (variance / tried) ** 0.5))
    bets = [Fraction(max(1, int(min(best, x) * BETS)), BETS) for x in (float(LARGEST_BET), upto)]
    ends = [level / (draws * float(bet)) + float(bet) * variance / 2 for bet in bets]
    return sum(ends) / 2, Bets(*bets)
