"""Drawing a pilot, and what it tells of how many draws there is time for, and what they promise."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from math import inf

import numpy as np

from verifier.jobs.promising import READY, Pilot, Promise, Way, guessed, plan_of, promised
from verifier.jobs.workload import most_draws, possible_draws
from verifier.kernel.plain import Floats
from verifier.kernel.population import Population
from verifier.kernel.rules import Apply
from verifier.kernel.sampling import added, counting, key_of
from verifier.model.sample import CELLS, MOST_LINES, POOLED, Plan
from verifier.provers.timing import now
from verifier.writing.processors import SLOWEST, Clocks, processors, slow
from verifier.writing.ready import spent

CAREFUL, LINES, ENDING = 0.75, 0.6, 0.95
"""How much of the time left is planned with: for points, for lines, and for draws that may end once
the time is over. The rest is kept in case the machine gets slower; or, for lines, which take very
different times, the pilots saw quick ones."""
QUIET, QUIETLY = 1.15, 0.95
"""Where all took at most so many times as long as on an idle machine until now, there is little to
be careful about: points are planned with so much of the time."""
MORE, EVERY = 1.25, 16
"""Of draws that may end, so many times as many are planned as there seems to be time for, in at
least so many blocks for each processor."""
ENOUGH = 1 << 30
"""Draws beyond which there is nothing to be gained."""
FIRST, FEW = 1 << 7, 1 << 4
"""Draws of a first pilot, for each processor; and the few that slow ways begin with."""
OVERHEAD = 0.5
"""At most this share of a pilot's time is taken to be what a block takes whatever is in it."""
NEARLY = 64
"""How many draws there is time for is found but for one part in so many."""
TABLES = 1 << 20
"""A draw is taken to last at most so many times what it takes to make a piece ready."""


def planned_with(since: Clocks | None) -> float:
    """How much of the time left is planned with for points, on a machine as it was since then."""
    quiet = since is not None and slow(since, processors()) <= QUIET
    return QUIETLY if quiet else CAREFUL


class Pilots:
    """How pilots for plans like another are drawn, of so many draws or what there is time for until
    the ``end``; each in as ``many`` blocks as there are processors."""

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
        self.many = 1 if end == inf else processors()
        self.careful = planned_with(since)
        self.most: dict[tuple[int | None, tuple[int, ...]], int] = {}
        self.chances: dict[Population, Floats] = {}

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return self.end - now()

    def again(self, before: Pilot, tried: int) -> Pilot:
        """A pilot of so many draws, after another one: in as many blocks as there are
        processors."""
        way, guess = before.way, before.guess
        like = replace(self.like, block=min(self.like.block, -(-tried // self.many)))
        plan = plan_of(way, tried, like, guess=guess)
        start, used, before_it = now(), time.process_time(), spent(way.found.asked)
        seen = added(counting(way.found, plan, key_of(self.hashes, plan, "pilot"), self.apply))
        seconds = self._lasting(max(now() - start, 1e-6), time.process_time() - used)
        if way.method == CELLS and way.line is not None:
            guess, seen = guessed(guess, seen)
        most = possible_draws(way, spent(way.found.asked) - before_it, tried)
        found = before._replace(tried=tried, seconds=seconds, seen=seen, guess=guess, most=most)
        return found._replace(takes=self._takes(before, found))

    def _lasting(self, seconds: float, used: float) -> float:
        """The seconds that something would take as one of many, which took so many, and ``used`` so
        many of processors: on a busy machine what is short has more of them, or waits for one."""
        if self.since is None:
            return seconds
        many = processors()
        least = min(used / many * slow(self.since, many), SLOWEST * seconds)
        most = max(used * slow(self.since), seconds / SLOWEST)
        return min(max(seconds, least), most)

    def promise(self, x: Pilot, left: float) -> Promise:
        """What a way promises in so many seconds; nothing where there is no time for its lines."""
        draws = self.draws or self._possible(x, left)
        found = promised(x, draws, float(self.like.delta))
        late = x.way.line is not None and self.seconds(x, draws) > left
        return found._replace(width=inf) if late else found

    def plan(self, x: Pilot, promise: Promise) -> Plan:
        """The plan of a way: where the time says how many draws there are, in blocks that keep all
        processors busy until the end."""
        like, draws = self.like, promise.draws
        if not self.draws and self.end < inf:
            may_end = plan_of(x.way, draws, like).may_end
            rounds = max(-(-draws // (self.many * like.block)), EVERY if may_end else 1)
            like = replace(like, block=max(1, -(-draws // (self.many * rounds))))
            draws = min(int(MORE * draws), MOST_LINES) if may_end else draws
        return plan_of(x.way, draws, like, promise.bets, x.guess)

    def _possible(self, x: Pilot, left: float) -> int:
        """How many draws there is time for, and that whoever checks has work for."""
        way = x.way
        key = way.line, way.others
        if key not in self.most:
            self.most[key] = most_draws(way)
        most = max(self.most[key], x.most)
        share = self.careful if way.line is None else LINES
        time_for_it = (ENDING if plan_of(way, 1, self.like).may_end else share) * left
        low, high = FIRST, max(FIRST, min(most, ENOUGH if x.way.line is None else MOST_LINES))
        while high > low + low // NEARLY:
            middle = (low + high) // 2
            if self.seconds(x, middle) < time_for_it:
                low = middle
            else:
                high = middle
        return low

    def each(self, x: Pilot) -> float:
        """Seconds of a draw of many."""
        return max(x.seconds - x.once, (1 - OVERHEAD) * x.seconds) / x.tried

    def seconds(self, x: Pilot, draws: int) -> float:
        """How long so many draws take, as those that were tried: each piece is made ready once."""
        if _is_parted(x.way):
            first, ready = (self._pieces(x.way.found, n) for n in (x.tried, draws))
            return x.seconds * (ready + x.takes * draws) / (first + x.takes * x.tried)
        blocks = max(1.0, draws / (self.like.block * self.many))
        return x.once * blocks + self.each(x) * draws

    def _takes(self, before: Pilot, longer: Pilot) -> float:
        """What a draw takes of what it takes to make a piece ready, as two pilots tell.

        Of few large pieces all are ready soon, and more draws take what these do.
        """
        if not (_is_parted(longer.way) and 0 < before.tried < longer.tried):
            return before.takes
        few, many = (self.each(x) * x.tried for x in (before, longer))
        some, more = (self._pieces(longer.way.found, x.tried) for x in (before, longer))
        grows, slower = many * some - few * more, few * longer.tried - many * before.tried
        return TABLES if slower <= 0 else min(max(READY, grows / slower), TABLES)

    def _pieces(self, found: Population, draws: int) -> float:
        """How many pieces that are made ready so many draws are of, about."""
        if found not in self.chances:
            weights = np.array([own.weight for own in found.parted], dtype=np.float64)
            self.chances[found] = weights / float(sum(own.weight for own in found.pieces))
        return float(-np.expm1(-draws * self.chances[found]).sum())


def _is_parted(way: Way) -> bool:
    """Whether it draws of pieces that take long to be made ready."""
    return way.method == POOLED and bool(way.found.parted)
