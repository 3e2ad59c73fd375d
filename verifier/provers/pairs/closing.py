"""From the search's tree of splits to a proof that the kernel can check in the time left.

The tree is pruned to the cells that are worth their price, and each of these gets a Sandwich (or is
enumerated). What a Sandwich takes is guessed, then measured on a few cells, then on more. Smaller,
"coarser" proofs are kept beside the full one, in case its check runs out of time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.kernel.asked import Asked
from verifier.kernel.helpers import Desk
from verifier.kernel.ledger import Ledger
from verifier.model.network import Network
from verifier.model.proof import (
    Open,
    Proof,
)
from verifier.model.question import Matter
from verifier.provers.costs import costs
from verifier.provers.loop import run
from verifier.provers.pairs.filling import PILOT, Made, confirm, fill, kept_back, made_of
from verifier.provers.pairs.pruning import CELL, Prices, Pruned, left_by, prune
from verifier.provers.pairs.saying import Saying, asked_of, forget_cases, least_worth
from verifier.provers.pairs.search import grow
from verifier.provers.pairs.trial import BUSY, DEARER, Kept, dearer, swept, timed
from verifier.provers.pairs.trunk import Root
from verifier.provers.remainder import LITTLE, Left, Seen
from verifier.provers.search import speak
from verifier.provers.timing import TimeOver, ending, now, poll
from verifier.writing.helping import helpers, rarely_collecting
from verifier.writing.processors import SLOWEST, clocks, slow

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

SAMPLE = 1024
"""Most cells that are tried to measure what a Sandwich takes."""
FEW, GROWING, MEASURING = 1 << 3, 8, 0.2
"""A measurement begins with FEW of them. PILOT follow where there is time, then GROWING times as
many, and so on, as far as that takes this share of the time: few at a time take longer each."""
SAFETY = 1.15
"""Everything is expected to take so many times what was measured."""
UNKNOWN = 8.0
"""Enumerating is expected to take so many times what `costs` says, until it is measured."""
GUESSED, SMALL = (0.16e-3, 0.12e-3), 1 << 11
"""Seconds for a Sandwich of small networks until one is measured: to propose and check it, and to
check it alone; and of networks with so many weights together it takes twice that."""
LOST = 0.03
"""The share of the time that is kept back for what was not foreseen."""
PRESSED = 0.5
"""Seconds that a search interrupted by Ctrl-C has for its proof, the check included."""
EARLY, ANEW = 0.1, 2
"""Where a proof is made with more than this share of the time to spare, a larger one is made; at
most so often."""
MEASURED, SEARCHED = 2.0, 0.2
"""A search that is resumed grows until it has so many times the cells that the kernel has time for,
or until this share of the time is over."""
AGAIN = 1.5
"""So many times what the check of a coarse proof is expected to take is kept back for it."""
TRYING = 0.1
"""The share of the time left that one measurement may take."""
ALONE, ONCE = 3.0, 0.025
"""Where one sandwich alone is measured, each of many is expected to take so many times what is
guessed, but no less than what that one took without so many seconds: these come once."""
DOUBTED = 4.0
"""On a busy machine it is not believed that many sandwiches take so many times what is guessed
for each."""
ASKING = 0.4
"""The share of the time left for all measurements; what is not measured by then stays guessed."""
SURE = 16
"""Where a proof of all that the search has would take no more than the time left though it took so
many times what is guessed, and enumerating as long as it ever does, nothing is measured, and no
coarser proof is made."""
COARSE = 0.008, 0.04, 0.2
"""Shares of the time left: for each a proof is made whose check takes no longer than that."""
FOR_LITTLE = 0.1
"""Where what stays open is to be sampled, and the kernel comes to check no more than tells of
LITTLE, however much the search tells of, the proof may have so much of its time: a sample with the
rest ends several times narrower."""


@dataclass(frozen=True)
class Closed:
    """A proof and the ``seconds`` it takes; and ``coarser`` ones, if time allowed (`Finding`).

    ``prices`` are what things took for it, None where it was not seen; ``kernel`` is what the
    kernel was asked with; ``pressed`` whether Ctrl-C came."""

    proof: Proof
    seconds: float
    coarser: tuple[tuple[Proof, float], ...] = ()
    prices: Prices | None = None
    kernel: Asked | None = None
    pressed: bool = False


def close(search: Sandwiching, end: float, *, pressed: bool, before: float = 1.0) -> Closed:
    """The tree of splits, pruned to what the kernel checks by ``end``.

    Where the search was interrupted that is ``PRESSED`` seconds from now on at most. All was
    ``before`` times as slow as on an idle machine until now.
    """
    coarser: list[tuple[Proof, float]] = []
    closed, begun = None, now()
    search.forget_halves()
    if pressed:
        end = min(end, now() + PRESSED)
    try:
        # small products: threads of BLAS only wait
        with threadpool_limits(1, "blas"), rarely_collecting():
            speak(search, doing="choosing what to prove of it")
            with ending(max(end, now() + PRESSED)):  # it may be late already
                asked = asked_of(search)
                prices = _guessed(search, asked, min(2 * before, SLOWEST))
                by = max(end, now() + PRESSED)
                first = _proof(search, asked, prices, by, FEW * prices.sandwich)
                coarser.append((first.proof, first.seconds))
            with ending(end):
                end -= kept_back(end - now()) + LOST * (end - now())
                dear = replace(prices, others=dearer(prices.others, DEARER))
                small = _is_small(search, dear, end)
                prices = dear if small else _prices(search, asked, prices, end, before)
                end -= kept_back(end - now()) * (prices.slow - 1)
                if _may_hand_over(search) and not pressed:
                    end = _handed_over(search, asked, prices, end)
                for share in () if pressed or small else COARSE:
                    more = _proof(search, asked, prices, end, share * (end - now()))
                    prices = _cheaper(prices, more)
                    if len(more.proof) > len(coarser[-1][0]):
                        coarser.append((more.proof, more.seconds))
            kept = AGAIN * coarser[:2][-1][1]  # else there is no time for that one
            with ending(end - kept):
                closed = _proof(search, asked, prices, end)
                for _ in range(ANEW):
                    if pressed or closed.pressed or not _is_early(closed, begun, end):
                        break
                    nodes, prices = len(closed.proof), closed.prices or prices
                    closed = _proof(search, asked, prices, end)
                    if len(closed.proof) <= nodes:  # it has all that is worth having
                        break
    except KeyboardInterrupt:  # before there was one
        if closed is None:
            proof, seconds = coarser.pop() if coarser else (untold(search).proof, 0.0)
            return Closed(proof, seconds, tuple(coarser))
    assert closed is not None
    return replace(closed, coarser=tuple(coarser))


def untold(search: Sandwiching) -> Closed:
    """What is said where sandwiches tell nothing: all that the search looked at is open."""
    return Closed(tuple(Open() if isinstance(x, Root) else x for x in search.trunk), 0.0)


def _handed_over(search: Sandwiching, asked: Asked, prices: Prices, end: float) -> float:
    """When the proof's check ends, so that a sample of what is open has time enough: that is as
    narrow as it can get then."""
    given, sampled, seen = end - now(), search.options.sampled, Seen.of(asked)
    assert sampled is not None
    if seen is None:
        return end
    least = FOR_LITTLE if _tells_little(search, prices, given) else None

    def left(seconds: float) -> Left:
        return left_by(search, prune(search, prices, seconds))

    share = sampled.share(seen, given, left, least)
    search.stalled = share < 1
    return now() + share * given if search.stalled else end


def _tells_little(search: Sandwiching, prices: Prices, given: float) -> bool:
    """Whether a sample may have nearly all of the time that is given."""
    return _may_hand_over(search) and 1 - prune(search, prices, given).open < LITTLE


def _may_hand_over(search: Sandwiching) -> bool:
    """Whether a sample is to have the time of a proof that tells of little. Of several groups of
    classes, each of which takes a sum of its own, what is told grows with the time that it has."""
    sampled = search.options.sampled is not None
    return sampled and not search.stalled and not search.held.most


def _is_small(search: Sandwiching, prices: Prices, end: float) -> bool:
    """Whether there is far more time than all takes that the search has, at these prices."""
    left = end - now()
    return SURE * prune(search, prices, left).seconds < left


def _is_early(closed: Closed, begun: float, end: float) -> bool:
    """Whether sandwiches were proposed so quickly that much time is left for more of them."""
    return end - now() - closed.seconds > EARLY * (end - begun)


def go_on(search: Sandwiching, closed: Closed, end: float, learned: float) -> Closed | None:
    """A larger proof of the same search, as far as the kernel checks it by ``end``.

    What was ``closed`` took the kernel ``learned`` times as long as was expected. None where there
    is no time to make one.
    """
    asked, prices = closed.kernel, closed.prices
    if asked is None or prices is None:
        return None
    checked = learned * prices.checked
    prices = replace(prices, checked=checked, sandwich=prices.sandwich - prices.checked + checked)
    wanted = MEASURED * (end - now()) / prices.sandwich
    search.options = replace(search.options, deadline=end, check_by=None, judged=None)
    if len(search.leaves()) < wanted:
        run(search, lambda: grow(search, now() + SEARCHED * (end - now()), enough=2 * wanted))
        search.forget_halves()
        forget_cases(search, asked)
    try:
        with ending(end), threadpool_limits(1, "blas"), rarely_collecting():
            end -= LOST * (end - now())
            return _proof(search, asked, prices, end)
    except KeyboardInterrupt:
        return None


def _proof(
    search: Sandwiching, asked: Asked, prices: Prices, end: float, some: float | None = None
) -> Closed:
    """A proof that the kernel checks by ``end``, and the seconds that it takes for that.

    It takes ``some`` seconds, by default all that are left, with what has to be proposed for it:
    what is not at hand from an earlier one of these.
    """
    given = end - now() if some is None else some
    pruned = prune(search, prices, given)
    made = made_of(search, asked)
    seconds = pruned.seconds - made.times(made.said) * prices.sandwich
    seconds += made.times(made.at_hand(search)) * (prices.sandwich - prices.checked)
    confirm(search, asked, made, prices)
    saying = _saying(search, asked, made, pruned, given)
    filled = fill(saying, made, end - seconds, prices, keep=some is None)
    each = filled.each or prices.sandwich - prices.checked
    prices = replace(prices, sandwich=prices.checked + each)
    seconds += filled.taken * prices.checked
    return Closed(tuple(made.proof), seconds, (), prices, asked, filled.pressed)


def _saying(
    search: Sandwiching, asked: Asked, made: Made, pruned: Pruned, seconds: float
) -> Saying:
    """What says something of the cells of a proof for which there are so many seconds."""
    least = least_worth(asked, len(made.said), seconds)
    return Saying(search, asked, max(pruned.worth, least))


def piloted(search: Sandwiching, end: float, before: float) -> float:
    """Seconds for a sandwich, in all, as a few of those tell that the proof would have by now.

    All was ``before`` times as slow as on an idle machine until now.
    """
    with threadpool_limits(1, "blas"):
        return next(_measured(search, asked_of(search), end, before)).sandwich


def _prices(search: Sandwiching, asked: Asked, prices: Prices, end: float, before: float) -> Prices:
    """What things take: as measured, if that does not take too long itself; else as guessed."""
    try:
        with ending(now() + ASKING * (end - now())):
            for better in _measured(search, asked, end, before):
                prices = better
                if _tells_little(search, prices, end - now()):
                    break
    except TimeOver:
        if now() >= end:
            raise
    return prices


def _cheaper(prices: Prices, proof: Closed) -> Prices:
    """What things take, where many sandwiches were proposed for a proof: each takes less then than
    those few that were measured."""
    assert proof.prices is not None
    each = SAFETY * (proof.prices.sandwich - proof.prices.checked)
    return replace(prices, sandwich=min(prices.sandwich, prices.checked + each))


def guessed(matter: Matter) -> tuple[float, float]:
    """Seconds for a Sandwich until one is measured: to propose and check it, to check it alone."""
    models = [bound.model for bound in matter.models]
    times = 1 + sum(x.work for x in models if isinstance(x, Network)) / SMALL
    return times * GUESSED[0], times * GUESSED[1]


def _guessed(search: Sandwiching, asked: Asked, times: float) -> Prices:
    """What things take where all is so many times as slow."""
    networks = (net.p.teacher for net in asked.nets.values())
    each, checked = guessed(search.matter)
    return Prices(times * each, times * checked, costs(networks), times)


def _measured(
    search: Sandwiching, asked: Asked, end: float, before: float = 1.0
) -> Iterator[Prices]:
    """What things take, found out on some of the cells of a first proof; then on more of them.

    That is of fewer cells where all was ``before`` so many times as slow.
    """
    prices, since = _guessed(search, asked, before), clocks()
    given = end - now()
    pruned, made = prune(search, prices, given), made_of(search, asked)
    saying, said = _saying(search, asked, made, pruned, given), made.said
    prices = replace(prices, slow=max(before, slow(since)))
    with ThreadPoolExecutor(len(search.rooms)) as workers:
        ledger = Ledger(asked, workers, lenient=True)
        helped = replace(ledger, desk=_desk(search))
        if not said:
            roots = [root.cell for root in search.roots]
            others = swept(helped, roots, prices.others, prices.slow, end - now())
            yield replace(prices, others=others)
            return
        rng = np.random.default_rng(0)
        chosen = rng.choice(len(said), min(SAMPLE, len(said)), replace=False)
        some = [said[i] for i in chosen.tolist()]
        saying.propose(some[:1], map)  # what is made once
        first = _first_of(saying, some, made, prices, workers, ledger, end)
        few, each, checked = first.few, *first.marginal
        known, prices = prices.others, replace(prices, others=dearer(prices.others, UNKNOWN))
        yield _of(prices, made, few, each, checked)
        spare = MEASURING * (end - now())
        while 2 * len(few) <= len(some):
            room = int((spare - sum(first.one)) / (each + checked))
            begun, many = now(), min(GROWING * len(few), room)
            if many < 2 * len(few):
                break
            few = some[:many]
            took = timed(saying.propose, few, workers, helped, prices.slow)
            again = replace(first, few=few, took=took)
            each, checked = map(min, (each, checked), again.marginal)
            yield _of(prices, made, few, each, checked)
            spare -= now() - begun
        cells = [cell for _, _, cell in some]
        others = swept(helped, cells, known, slow(since), end - now())
        yield _of(replace(prices, others=others), made, few, each, checked)


@dataclass(frozen=True)
class _Seen:
    """What some sandwiches ``took``, each, to be proposed and checked at one go; and what ``one``
    alone did. Each is ``guessed`` to take so much beside many others."""

    few: Sequence[Kept]
    took: tuple[float, float]
    one: tuple[float, float]
    guessed: tuple[float, float]

    @property
    def marginal(self) -> tuple[float, float]:
        """What one more takes: what comes once with each go, however many they are, is no part of
        that, and is far more than a few take."""
        proposed, checked = map(self._more, self.took, self.one, self.guessed)
        return proposed, checked

    def _more(self, took: float, one: float, guessed: float) -> float:
        many = len(self.few)
        if many >= PILOT:
            return took
        if many == 1:
            return min(took, max(ALONE * guessed, took - ONCE))
        return max((many * took - one) / (many - 1), min(took, guessed))


def _first_of(
    saying: Saying,
    some: Sequence[Kept],
    made: Made,
    prices: Prices,
    workers: Executor,
    ledger: Ledger,
    end: float,
) -> _Seen:
    """The first cells, and seconds to propose a sandwich of theirs and for the kernel to look at
    it: one, and again, then FEW, then PILOT, as far as that takes little of the time."""
    many, one = 1, None
    while True:
        few = some[:many]
        took = timed(saying.propose, few, workers, ledger, prices.slow)
        if many == 1 and sum(took) <= TRYING * (end - now()):
            # what is made ready for the first is not its price
            again = timed(saying.propose, few, workers, ledger, prices.slow)
            took = min(took, again, key=sum)
        one, times = one or took, made.times(few) / many
        guessed = times * (prices.sandwich - prices.checked), times * prices.checked
        seen = _Seen(few, took, one, guessed)
        each, room = sum(seen.marginal), TRYING * (end - now())
        if prices.slow >= BUSY:  # of few the most is waiting
            each = min(each, DOUBTED * sum(guessed))
        many = FEW if many < FEW else min(PILOT, int((room - sum(one)) / max(each, 1e-6)))
        if room < sum(one) + (many - 1) * each or many <= 2 * len(few):
            return seen
        if len(few) == len(some) or len(few) > FEW:
            return seen
        poll()


def _of(prices: Prices, made: Made, some: Sequence[Kept], each: float, checked: float) -> Prices:
    """The prices where sandwiches of some cells took so many seconds each, in the mean."""
    share = len(some) / made.times(some)  # of what is found in a mean one that has no cases
    each, checked = share * each, share * checked
    checked = SAFETY * (checked + CELL * prices.slow)
    return replace(prices, sandwich=SAFETY * each + checked, checked=checked)


def _desk(search: Sandwiching) -> Desk | None:
    """The kernel's helpers, where there are some."""
    crew = helpers()
    return None if crew is None else crew.about(search.matter)
