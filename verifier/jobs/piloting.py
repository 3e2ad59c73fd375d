"""How a sample is drawn: the way whose pilots promise the narrowest interval in the time left.

A *way* says what a draw is: a point, a line or a patch, of the whole domain or of what is open,
with a forecast or guides or without. A *pilot* is some draws of a way from which nothing else is
made; it tells how long a draw takes and how wide the interval will be. Each way that may pay gets a
short pilot, and the best ones longer ones, until that is worth no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import inf
from typing import Protocol

from threadpoolctl import threadpool_limits

from verifier.jobs.forecasting import FEWEST as FEWEST_LEARNED
from verifier.jobs.forecasting import MOST as MOST_LEARNED
from verifier.jobs.forecasting import learned
from verifier.jobs.guiding import FEWEST as FEWEST_POINTS
from verifier.jobs.guiding import FEWEST_TRIED, TRIED, counting_takes, tables_take, varied
from verifier.jobs.guiding import MOST as MOST_POINTS
from verifier.jobs.guiding import learned as guides_of
from verifier.jobs.pilots import ENOUGH, FEW, FIRST, Pilots
from verifier.jobs.pricing import Prices, along, narrower, pays, ways
from verifier.jobs.promising import FULL, Pilot, Promise, Way, plan_of, promised
from verifier.jobs.varying import are_too_few
from verifier.kernel.population import Population
from verifier.kernel.sampling import Counted, draw_cost, drawn_from, key_of
from verifier.kernel.stopping import CheckStopped
from verifier.model.errors import CertificateError, TooMuch
from verifier.model.sample import BLOCK, CELLS, PLAIN, POOLED, Forecast, Plan
from verifier.provers.timing import now
from verifier.writing.processors import Clocks, processors

GROWTH, PILOTS, SPARED = 4, 0.1, 0.4
"""The best way gets pilots so many times as long, one after the other, and all pilots together take
this share of the time. While points of the whole domain are best, SPARED of that is saved."""
CERTAIN, LEAD = 1 << 11, 1.5
"""A way that had so many draws is settled on where the next one promises, at its best, an interval
so many times as wide."""
CLOSER = 0.03
"""A longer pilot is drawn in any case where it takes no more than this share of the time left."""
BRIEF, POINTS, LONG = 0.015, 0.01, 0.05
"""Shares of the time left. A first pilot grows up to BRIEF of it (POINTS if it draws points). Where
its usual number of draws would take more than LONG it has FEW."""
SHORT, TIMED = 0.03, 0.003
"""A first pilot of points has at least so many seconds, if that is at most the share SHORT: what is
over sooner does not tell how quick they are."""
MUCH, AGAIN = 0.5, 1.0
"""Once the pilots' time is over, a way is still tried that may give at most so much of the best
width, for as many times that time more."""
NEARLY, BEYOND = 0.8, 1.2
"""Longer pilots of lines that are not known well turn out at most so much narrower than hoped.
Where no lines may come within BEYOND times the best width, patches are not tried."""
STEADY = 0.02
"""Points that are to be drawn have a pilot that takes so much of the time left: what a shorter one
takes tells how many there is time for with an error of a tenth, and of a half beside other work."""
TRYING = 0.5
"""The share of the time in which a way has to be chosen, whatever is not tried by then."""
CLEARLY = 0.8
"""Another way is taken in place of points of the whole domain if it promises so much of their
width, or less."""
BLOCK_WORK = 1 << 32
"""Steps of a block of draws, at most about: an end is noticed between blocks."""
LEARN, WORTH_LEARNING = 0.02, 2.5
"""The share of the time left for the lines that a forecast is learned from. It is learned of lines
that are at most so many times as wide as the best way."""
TABLES_OF_GUIDES, COUNTING, WORTH_GUIDING = 0.03, 0.3, 10.0
"""The shares of the time left for making the tables of guides, and for counting their mean where
that may pay. Patches get guides if they are at most so many times as wide as the best way."""
TABLES_OF_PATCHES = 0.01
"""Seconds that looking for patches takes at least: each pilot makes their tables."""
LOOKING, MOST_LOOKED = 0.03, 1 << 19
"""The share of the time left for points that tell which variables a patch is to vary; and these, at
most."""


@dataclass
class Trying:
    """Until when pilots may go on: whatever draws stops there. ``spent`` says that it did.

    Then nothing of the population that was drawn from is to be used again. ``best`` is about half
    the width that the best way promises, ``plain`` what points of the whole domain promise. Where
    these are ``enough`` for as much, which are drawn already and took ``each`` so long, that is
    ``kept``: they promise what is ``in_hand``. Once the sample is ``drawn`` it is, whatever comes
    after.
    """

    enough: int = 0
    each: float = inf
    in_hand: float = inf
    kept: bool = False
    until: float = inf
    spent: bool = False
    drawn: bool = False
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
    opened: Opened | None = None,
) -> list[Plan]:
    """Plans of so many draws (None: what there is time for until ``end``), the narrowest first.

    All else is as in the plan ``like``. ``counted`` has draws counted elsewhere. With no end
    (infinity) the plans do not depend on how quick the machine is; else they have time as what was
    done ``since`` then had. What was ``found`` is the whole domain where there is something
    ``opened``, whose pieces are found once they may pay. Where ``trying`` says that its time is
    spent the plans are of the whole domain, and there may be none. Raises CertificateError or
    TooMuch where nothing can be drawn.
    """
    trying = trying or Trying()
    start = now()
    trying.until = start + TRYING * (end - start)
    like = replace(like, block=max(1 << 6, min(BLOCK, BLOCK_WORK // draw_cost(found.asked))))
    with ThreadPoolExecutor(processors()) as pool, threadpool_limits(1, "blas"):
        apply = pool.map if counted is None else counted(found.asked)
        draw = Pilots(hashes, like, draws, end, apply, since)
        piloting = _Piloting(draw)
        try:
            piloting.try_all(found, start + PILOTS * (end - start), opened)
            piloting.time_points()
        except CheckStopped:
            if now() < trying.until:
                raise
            trying.spent = True
            piloting.pilots = [x for x in piloting.pilots if x.way.method == PLAIN]
        finally:
            trying.until = inf
    best = piloting.ordered()
    trying.best = min((x.width for _, x in best), default=inf)
    trying.plain = min((x.width for pilot, x in best if pilot.way.is_plain), default=inf)
    trying.in_hand = piloting.promised_by(trying.enough)
    trying.kept = trying.in_hand <= trying.best < inf
    if best and draws is None and best[0][0].way.is_plain:  # a short pilot may take them for dear
        trying.kept |= draw.careful * draw.left > GROWTH * best[0][1].draws * trying.each
    return [draw.plan(pilot, promise) for pilot, promise in best]


class Opened(Protocol):
    """What is open in pieces, which are found when they are asked for."""

    @property
    def pieces(self) -> Population:
        """The pieces."""

    @property
    def takes(self) -> float:
        """Seconds until points are drawn of them, about."""


class _Piloting:
    """Pilots for plans like another, of so many draws or what there is time for."""

    def __init__(self, draw: Pilots) -> None:
        self.draw = draw
        self.draws, self.end, self.many = draw.draws, draw.end, draw.many
        self.pilots: list[Pilot] = []
        self.learned: dict[bytes, tuple[Forecast, ...]] = {}
        self.more = self.spared = 0.0

    @property
    def left(self) -> float:
        """Seconds until the end."""
        return self.draw.left

    def try_all(self, found: Population, until: float, opened: Opened | None = None) -> None:
        """Pilots of each way that may be worth it, and until some time longer ones of the best."""
        if until < inf:
            self.more, self.spared = (x * (until - now()) for x in (AGAIN, SPARED))
        if opened is not None:
            if self.end < inf:
                self.pilots.append(self.first(Way(found, PLAIN, None)))
            if not self.pilots or self._may_pay(found, opened.takes):
                start, found = now(), opened.pieces
                until += now() - start
        prices = Prices(found, self.pilots[0] if self.pilots else None)
        held = list(ways(found))
        held = [x for x in held if not self.pilots or x.line is not None or x.method != PLAIN]
        # patches come before lines that are rarely narrower, and what they take is not these's,
        # but where points seem to be best after all; and before points of cells, which take long
        # to be made ready: that is not the others' either
        first = next((i for i, x in enumerate(held, 1) if x.line is not None), len(held))
        around = [x for x in held[:first] if x.method == CELLS and x.line is None]
        failed = [not self._try(x, prices, until) for x in held[:first] if x not in around]
        start = now()
        failed += [not self._try(x, prices, until) for x in self.patches(found)]
        if not (self.pilots and self._are_points_best()):
            until += now() - start
        start = now()
        failed += [not self._try(x, prices, until) for x in around]
        until += now() - start
        failed += [not self._try(x, prices, until) for x in held[first:]]
        if any(failed) and not self.pilots:  # though all of the domain may be open
            self.pilots.append(self.first(Way(found, PLAIN, None)))
        # what may promise most is looked at more closely, until that is worth something
        while self.pilots:
            every = sorted(self.ordered(), key=lambda x: x[1].hope(x[0]))
            (best, promise), *others = every
            lead = min((y.hope(x) for x, y in others), default=inf) > LEAD * promise.width
            if self.end < inf and best.tried >= CERTAIN:
                plain = min((y.width for x, y in every if x.way.is_plain), default=inf)
                if lead or CLEARLY * plain < promise.hope(best) < plain:  # the points stay
                    break
                if best.way.is_plain:  # what is not known yet is how much narrower others are
                    rivals = [x for x in others if x[1].hope(x[0]) < CLEARLY * promise.width]
                    if not rivals:
                        break
                    best, promise = rivals[0]
            longer = best.tried * GROWTH
            time_for_it = max(until - now(), CLOSER * self.left)
            if longer > promise.draws or self.draw.seconds(best, longer) > time_for_it:
                break
            self.pilots[self.pilots.index(best)] = self.draw.again(best, longer)

    def time_points(self) -> None:
        """A longer pilot of points, where these are the best: how many there is time for follows
        from nothing else, and they do not end where it is over."""
        if self.draws is not None or self.end == inf or not self.pilots:
            return
        pilot, promise = self.ordered()[0]
        if pilot.way.line is not None:
            return
        longer = min(int(STEADY * self.left / self.draw.each(pilot)), promise.draws // GROWTH)
        if longer > pilot.tried:
            self.pilots[self.pilots.index(pilot)] = self.draw.again(pilot, longer)

    def _may_pay(self, found: Population, takes: float) -> bool:
        """Whether the pieces of what was found as a whole may be worth being found.

        They are where lines go through them; else by how much points of them differ, which follows
        from how many of the whole domain are true and from what is proved, and by what it
        ``takes`` until they are drawn.
        """
        hope = narrower(found, self.pilots[0])
        return bool(along(found)) or pays(hope / CLEARLY, 1.0, takes, self.left)

    def _try(self, way: Way, prices: Prices, until: float) -> bool:
        """Whether a way can be drawn by: pilots of it, if it may be worth it."""
        try:
            if self.end < inf and not self._is_worth(way, prices, until):
                return True
            self.pilots.append(self.first(way))
            self.pilots += self.forecast(self.pilots[-1])
        except (CertificateError, TooMuch):  # Sandwiches of too many bins
            return False
        return True

    def ordered(self) -> list[tuple[Pilot, Promise]]:
        """What the pilots promise for the time that is left now, the best first.

        So what was spent on trying one way counts against no other.
        """
        left = self.left
        every = [(x, self.draw.promise(x, left)) for x in self.pilots]
        return sorted(every, key=lambda x: x[1].width * (CLEARLY if x[0].way.is_plain else 1.0))

    def _are_points_best(self) -> bool:
        """Whether nothing that was tried promises more than points of the whole domain."""
        best = min(self.ordered(), key=lambda x: x[1].width)
        return best[0].way.is_plain

    def promised_by(self, draws: int) -> float:
        """What so many points of the whole domain promise; infinity of none."""
        delta = float(self.draw.like.delta)
        plain = [promised(x, draws, delta).width for x in self.pilots if draws and x.way.is_plain]
        return min(plain, default=inf)

    def _is_worth(self, way: Way, prices: Prices, until: float) -> bool:
        """Whether a way may give more than what was tried, with what making it ready takes."""
        if not self.pilots:
            return True
        left, every = self.left, self.ordered()
        best = every[0][1]
        plain = min((x.width for pilot, x in every if pilot.way.is_plain), default=inf)
        if self._are_points_best():
            until -= self.spared
        if way.method == POOLED and way.line is not None:  # it takes longer than through cells
            own = [(x, y) for x, y in every if x.way.line == way.line and x.way.method == CELLS]
            if any(promise.hope(pilot) >= best.width for pilot, promise in own):
                return False
        through = way.method == CELLS and way.line is not None
        if through and self._cells_are_hopeless(way, best.width):
            return False
        if way.others and not any(x.way.others for x in self.pilots):
            return True
        if now() < until:
            return prices.may_pay(way, best.width, plain, left)
        if way.method == PLAIN or now() >= until + self.more:
            return False
        return prices.may_pay(way, MUCH * best.width, plain, left)

    def first(self, way: Way) -> Pilot:
        """A short pilot, after a draw: what is prepared once is not counted."""
        way = way._replace(found=drawn_from(way.found, way.method, way.with_bets(FULL)))
        nothing = Pilot(way)
        self.draw.again(nothing, 1)
        wanted = min(self.draws or ENOUGH, FIRST * self.many)
        if self.end == inf:
            return self.draw.again(nothing, wanted)
        nothing = nothing._replace(once=self.draw.again(nothing, 1).seconds)
        pilot = self.draw.again(nothing, min(wanted, FEW))
        while pilot.tried < wanted:
            each = max(0.0, pilot.seconds - pilot.once) / pilot.tried
            for longer in (wanted, min(wanted, GROWTH * pilot.tried)):  # it may take hardly more
                if pilot.once + each * longer <= LONG * self.left:
                    break
            else:
                return pilot
            pilot = self.draw.again(pilot, longer)
        # of what is quick some draws take no longer than one: that says nothing of how many there
        # is time for
        while pilot.once + GROWTH * max(0.0, pilot.seconds - pilot.once) < self._briefly(way):
            promise = self.draw.promise(pilot, self.left)
            if GROWTH * pilot.tried > promise.draws or self._is_hopeless(pilot, promise):
                break
            pilot = self.draw.again(pilot, GROWTH * pilot.tried)
        return pilot

    def _is_hopeless(self, pilot: Pilot, promise: Promise) -> bool:
        """Whether more lines are not going to be narrower than what was tried before: of few cells
        little is known of their guess, and less than all that may be is hoped for."""
        best = min((x.width for _, x in self.ordered()), default=inf)
        share = MUCH if pilot.way.method == CELLS else NEARLY
        return pilot.way.line is not None and share * promise.hope(pilot) >= best

    def _are_lines_hopeless(self) -> bool:
        """Whether lines were tried, and are far from as narrow as points."""
        every = self.ordered()
        best = min(x.width for _, x in every)
        hopes = [x.hope(pilot) for pilot, x in every if pilot.way.line is not None]
        return bool(hopes) and min(hopes) > BEYOND * best

    def _cells_are_hopeless(self, way: Way, best: float) -> bool:
        """Whether whole lines along the same variable were tried, and are so far from the best that
        ones through cells are no narrower: what is left out of a line is the part that is closed,
        which makes it quicker and what it tells vary less, by that share of it together at most."""
        mass = float(way.found.mass)
        whole = [
            mass * promise.hope(pilot)
            for pilot, promise in self.ordered()
            if pilot.way.line == way.line and not pilot.way.others and pilot.way.method == PLAIN
        ]
        return bool(whole) and min(whole) >= best

    def _briefly(self, way: Way) -> float:
        """Seconds that the first pilot of a way may take."""
        if way.line is not None:
            return BRIEF * self.left
        return max(POINTS * self.left, min(SHORT * self.left, TIMED))

    def forecast(self, before: Pilot) -> list[Pilot]:
        """The same with a forecast of the shares, where one may be worth it and there is time."""
        way = before.way
        if way.line is None or not (
            way.method == PLAIN or (way.found.whole and way.found.mass == 1)
        ):
            return []
        if way.others:
            return self.guides(before)
        count = MOST_LEARNED
        if self.end < inf:
            left = self.left
            count = int(LEARN * left / self.draw.each(before))
            best = self.ordered()[0][1].width
            if self.draw.promise(before, left).width > WORTH_LEARNING * best:
                return []
        if count < FEWEST_LEARNED:
            return []
        plan = plan_of(way, self.draws or count, self.draw.like)
        key = key_of(self.draw.hashes, plan, "forecast")
        count = min(count, MOST_LEARNED)
        drawn = drawn_from(way.found, PLAIN)
        found = learned(drawn, way.line, count, key, self.draw.apply)
        if found is None:
            return []
        with_it = before._replace(way=Way(drawn, PLAIN, way.line, found))
        self.draw.again(with_it, 1)  # counts sums of bins, once
        return [self.draw.again(with_it, min(self.draws or ENOUGH, before.tried))]

    def patches(self, found: Population) -> Iterator[Way]:
        """Patches of the variables that decide the most, where looking for them takes little."""
        plain = next((x for x in self.pilots if x.way.is_plain), None)
        if plain is None or found.asked.domain.infinite:
            return
        each, tried, spare = self.draw.each(plain) * self.many, TRIED, MOST_LOOKED
        if self.end < inf:
            if LOOKING * self.left < TABLES_OF_PATCHES or self._are_lines_hopeless():
                return
            possible = LOOKING * self.left / (each * len(found.asked.domain.variables))
            if possible < FEWEST_TRIED:
                return
            tried = min(tried, int(possible))
            spare = min(spare, int(LOOKING * self.left / each))
            if are_too_few(plain.seen.true, plain.tried, spare):
                return
        whole = drawn_from(found, PLAIN)
        for variables in varied(whole, self._key("variables"), spare, tried):
            yield Way(whole, PLAIN, variables[0], others=variables[1:])

    def guides(self, before: Pilot) -> list[Pilot]:
        """The same with guides, where these can be learned, and their mean counted, in time."""
        way, asked = before.way, before.way.found.asked
        count, left, best = MOST_POINTS, self.left, inf
        if self.end < inf:
            plain = next(x for x in self.pilots if x.way.is_plain)
            count = min(count, int(LEARN * left / (self.draw.each(plain) * self.many)))
            if count < FEWEST_POINTS or tables_take(asked) > TABLES_OF_GUIDES * left:
                return []
            if counting_takes(asked) > COUNTING * left:
                return []
            count = 1 << count.bit_length() - 1  # so that several ways have the same ones
            best = self.ordered()[0][1].width
            if self.draw.promise(before, left).width > WORTH_GUIDING * best:
                return []
        key = self._key(f"guides {count}")
        if key not in self.learned:
            self.learned[key] = guides_of(way.found, count, key)
        if not (guides := self.learned[key]):
            return []
        with_them = before._replace(way=way._replace(guides=guides))
        line = with_them.way.with_bets(FULL)
        assert line is not None
        known = way.found.guided(line)
        assert known is not None
        with_them = self.draw.again(with_them, min(self.draws or ENOUGH, before.tried))
        if self.end < inf:
            then = self.draw.promise(with_them, self.left - counting_takes(asked))
            if then.hope(with_them) > best:
                return []
        assert known.average >= 0  # counts sums of bins, once
        return [with_them]

    def _key(self, use: str) -> bytes:
        """What draws are made of from which something is learned, and nothing else."""
        return key_of(self.draw.hashes, replace(self.draw.like, draws=self.draws or 1), use)
