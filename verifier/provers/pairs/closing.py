"""From a tree of splits to a proof that the kernel can check in the time that is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.kernel.asked import Asked
from verifier.kernel.helpers import Desk
from verifier.kernel.ledger import Ledger
from verifier.kernel.rules import constant
from verifier.kernel.sweep import halved
from verifier.model.cell import Cell
from verifier.model.part import Part, split_number
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Proof,
    Several,
    Split,
    Step,
)
from verifier.provers.costs import costs
from verifier.provers.exhaustive import BLOCK
from verifier.provers.pairs.arrays import COUNT, CUT, KEEP, Ints
from verifier.provers.pairs.layout import part_of
from verifier.provers.pairs.pruning import CELL, Prices, Pruned, cased, prune
from verifier.provers.pairs.saying import Saying, asked_of, least_worth
from verifier.provers.pairs.trial import Kept, dearer, swept, timed
from verifier.provers.pairs.trunk import Root
from verifier.provers.search import speak
from verifier.provers.timing import TimeOver, ending, now, poll
from verifier.writing.helping import helpers, rarely_collecting
from verifier.writing.processors import SLOWEST, clocks, slow

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

TOGETHER, AT_ONCE = 4096, 0.5
"""Cells for which sandwiches are proposed together, at most; and about how many seconds that takes.
"""
SAMPLE = 4096
"""Cells on which it is measured what the kernel takes for a sandwich."""
FEW, PILOT, MEASURING = 1 << 3, 1 << 7, 0.1
"""The first of them; those that follow where they are quick; and the share of the time for all,
about, as they tell."""
SAFETY = 1.15
"""The kernel's time is taken to be so many times what was measured: the rest is coarser if not."""
FIXED = 0.2
"""Seconds for everything that does not grow with the proof."""
UNKNOWN = 8.0
"""Times as long as told enumerating is taken to take where there was no time to see."""
GUESSED = 0.16e-3, 0.12e-3
"""Seconds for a sandwich, in all and checked, before that is measured."""
LOST = 0.03
"""The share of the time that is kept for what was not foreseen."""
DEAR = 4
"""A cell that the kernel refuses is enumerated if that costs so many sandwiches at most."""
PRESSED = 0.5
"""Seconds that an interrupted search has for its proof, the check included."""
AGAIN = 1.5
"""Times that the check of the coarsest one may take longer than expected."""
TRYING = 0.1
"""The share of the time that each of these steps may take."""
ASKING = 0.4
"""The share of the time in which it is to be known what things take; else it is guessed."""
POLLED = 256
"""Nodes of a proof between two looks at the clock."""
COARSE = 0.008, 0.04, 0.2
"""The shares of the time for coarser proofs, whose rest is checked where time runs short."""


@dataclass(frozen=True)
class Closed:
    """A proof and the ``seconds`` it takes; and ``coarser`` ones, if time allowed (`Finding`)."""

    proof: Proof
    seconds: float
    coarser: tuple[tuple[Proof, float], ...] = ()


def close(search: Sandwiching, end: float, *, pressed: bool, before: float = 1.0) -> Closed:
    """The tree of splits, pruned to what the kernel checks by ``end``.

    Where the search was interrupted that is ``PRESSED`` seconds from now on at most. All was
    ``before`` times as slow as on an idle machine until now.
    """
    coarser: list[tuple[Proof, float]] = []
    search.forget_halves()
    if pressed:
        end = min(end, now() + PRESSED)
    try:
        # small products: threads of BLAS only wait
        with threadpool_limits(1, "blas"), rarely_collecting():
            speak(search, doing="choosing what to prove of it")
            with ending(max(end, now() + PRESSED)):  # it may be late already
                asked = asked_of(search)
                prices = _guessed(asked, min(2 * before, SLOWEST))
                by = max(end, now() + PRESSED)
                coarser.append(_proof(search, asked, prices, by, FEW * prices.sandwich))
            with ending(end):
                end -= FIXED + LOST * (end - now())
                prices = _prices(search, asked, prices, end, before)
                end -= FIXED * (prices.slow - 1)
                for share in () if pressed else COARSE:
                    more = _proof(search, asked, prices, end, share * (end - now()))
                    if len(more[0]) > len(coarser[-1][0]):
                        coarser.append(more)
            kept = AGAIN * coarser[:2][-1][1]  # else there is no time for that one
            with ending(end - kept):
                proof, seconds = _proof(search, asked, prices, end)
    except KeyboardInterrupt:  # before there was one
        nothing = tuple(Open() if isinstance(x, Root) else x for x in search.trunk)
        proof, seconds = coarser.pop() if coarser else (nothing, 0.0)
    return Closed(proof, seconds, tuple(coarser))


def _proof(
    search: Sandwiching, asked: Asked, prices: Prices, end: float, some: float | None = None
) -> tuple[Proof, float]:
    """A proof that the kernel checks by ``end``, and the seconds that it takes for that.

    It takes ``some`` seconds, by default all that are left, with what has to be proposed for it.
    """
    given = end - now() if some is None else some
    pruned = prune(search, prices, given)
    seconds, made = pruned.seconds, _made(search, asked)
    seconds -= made.times(made.said) * prices.sandwich
    _confirm(search, asked, made, prices)
    saying = _saying(search, asked, made, pruned, given)
    done = _fill(saying, made, end - seconds, prices)
    return tuple(made.proof), seconds + done * prices.checked


@dataclass(frozen=True, eq=False)
class Made:
    """A proof with Open for cells that get a sandwich (``said``); and cells with known classes.

    ``kinds`` are what cells of the pool are to have, by their numbers there; ``cased`` how many
    times as long as another a Sandwich with cases takes.
    """

    proof: list[Split | Step]
    said: list[Kept]
    known: list[Kept]
    kinds: Ints
    cased: Mapping[int, float]

    def times(self, some: Sequence[Kept]) -> float:
        """As many Sandwiches without cases take as long as those of some cells."""
        return sum(self.cased.get(int(self.kinds[at]), 1.0) for _, at, _ in some)


def _saying(
    search: Sandwiching, asked: Asked, made: Made, pruned: Pruned, seconds: float
) -> Saying:
    """What says something of the cells of a proof for which there are so many seconds."""
    least = least_worth(asked, len(made.said), seconds)
    return Saying(search, asked, max(pruned.worth, least))


def _made(search: Sandwiching, asked: Asked) -> Made:
    """The proof as it was pruned."""
    out: list[Split | Step] = []
    made = Made(out, [], [], search.batch, cased(search))
    roots = 0
    for item in search.trunk:
        if not isinstance(item, Root):
            out.append(item)
            continue
        stack = [(roots, item.cell)]
        roots += 1
        while stack:
            if len(out) % POLLED == 0:
                poll()
            at, cell = stack.pop()
            kind = int(search.batch[at])
            if kind == CUT:
                split, halves = _halves(search, at, cell)
                out.append(split)
                stack += halves
                continue
            if kind == COUNT and cell.size > BLOCK:  # so that the kernel can be stopped between
                index, part = halved(asked, cell)
                out.append(Split(index, split_number(part)))
                stack += [(at, half) for half in reversed(cell.split(index, part))]
                continue
            if kind != COUNT:
                (made.known if kind == KEEP else made.said).append((len(out), at, cell))
            out.append(_known(search, at) if kind == KEEP else _COUNTED.get(kind, Open()))
    return made


_COUNTED: dict[int, Step] = {COUNT: Enumerated()}


def _halves(search: Sandwiching, at: int, cell: Cell) -> tuple[Split, list[tuple[int, Cell]]]:
    """How a cell is split, and its halves, the right one first."""
    pool = search.pool
    half, i = int(pool.half[at]), int(pool.variable[at])
    part: Part = part_of(search.held, i, int(pool.low[half, i]), int(pool.high[half, i]))
    left, right = cell.split(i, part)
    return Split(i, split_number(part)), [(half + 1, right), (half, left)]


def _known(search: Sandwiching, at: int) -> Step:
    """The step for a cell in which classes of networks decide the question."""
    a, b = divmod(int(search.pool.known[at]), 3)
    table = int(search.pool.table[at])
    said = [
        Constant(klass, model)
        for klass, model in zip((a, b), search.held.models, strict=False)
        if klass < 2
    ]
    for one in said:
        if len(said) == 2:
            ones = _possible(one.klass, first=one.model == search.held.models[0])
            if not (table & ones) or table & ones == ones:
                return one
    return said[0] if len(said) == 1 else Several(tuple(said))


def _possible(klass: int, *, first: bool) -> int:
    """The bits of a table in which one network has a class."""
    return (12 if klass else 3) if first else (10 if klass else 5)


def _confirm(search: Sandwiching, asked: Asked, made: Made, prices: Prices) -> None:
    """Have the kernel look at the cells of known classes.

    Those that it refuses are enumerated, where that is cheap, else they get a sandwich.
    """
    refused: set[int] = set()
    for model in search.held.models:
        net = asked.nets[model]
        about = [
            (place, net.cell(cell), step.klass)
            for place, _, cell in made.known
            for step in _constants(made.proof[place])
            if step.model == model
        ]
        for start in range(0, len(about), TOGETHER):
            poll()
            places, cells, classes = zip(*about[start : start + TOGETHER], strict=True)
            shown, _ = constant(net.p, cells, classes)
            refused.update(x for x, good in zip(places, shown.tolist(), strict=True) if not good)
    for kept in made.known:
        if kept[0] not in refused:
            continue
        if prices.others.enumerated(kept[2].size) <= DEAR * prices.sandwich:
            made.proof[kept[0]] = Enumerated()
        else:
            made.proof[kept[0]] = Open()
            made.said.append(kept)


def _constants(step: Split | Step) -> tuple[Constant, ...]:
    own = step.steps if isinstance(step, Several) else (step,)
    return tuple(x for x in own if isinstance(x, Constant))


def _fill(said: Saying, made: Made, end: float, prices: Prices) -> float:
    """Put the kernel's sandwiches into the proof, of the most probable cells first.

    Returns for how many it was tried, as ``Made.times`` counts, so that the kernel ends by ``end``,
    where it takes as much longer than expected as this does.
    """
    proof, search = made.proof, said.search
    order = sorted(made.said, key=lambda kept: -search.pool.share[kept[1]])
    done, each = 0, max(prices.sandwich - prices.checked, 1e-6)
    together, taken = max(PILOT, min(TOGETHER, int(AT_ONCE / each))), 0.0
    begun, slower = now(), 1.0
    try:
        with ThreadPoolExecutor(len(search.rooms)) as workers:
            while done < len(order) and now() < (last := end - slower * taken * prices.checked):
                poll()
                room = (last - now()) / (slower * prices.sandwich)
                some = order[done : done + max(1, min(together, int(room)))]
                found = said.propose(some, workers.map)
                for (place, _, _), sandwich in zip(some, found, strict=True):
                    if sandwich is not None:
                        proof[place] = sandwich
                done, taken = done + len(some), taken + made.times(some)
                slow = max(1.0, (now() - begun) / (taken * each)) if done >= PILOT else 1.0
                end, slower = end - FIXED * (slow - slower), slow
                speak(search)
    except KeyboardInterrupt:  # what has none stays open
        pass
    return taken


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
    except TimeOver:
        if now() >= end:
            raise
    return prices


def _guessed(asked: Asked, times: float) -> Prices:
    """What things take where all is so many times as slow."""
    networks = (net.p.teacher for net in asked.nets.values())
    return Prices(times * GUESSED[0], times * GUESSED[1], costs(networks), times)


def _measured(
    search: Sandwiching, asked: Asked, end: float, before: float = 1.0
) -> Iterator[Prices]:
    """What things take, found out on some of the cells of a first proof; then on more of them.

    That is of fewer cells where all was ``before`` so many times as slow.
    """
    prices, since = _guessed(asked, before), clocks()
    given = end - now()
    pruned, made = prune(search, prices, given), _made(search, asked)
    saying, said = _saying(search, asked, made, pruned, given), made.said
    prices = replace(prices, slow=slow(since))
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
        few, each, checked = _first_of(saying, some, workers, ledger, end)
        first = replace(prices, others=dearer(prices.others, UNKNOWN))
        yield _of(first, made, few, each, checked)
        cells = [cell for _, _, cell in some]
        others = swept(helped, cells, prices.others, slow(since), end - now())
        prices = replace(prices, others=others)
        yield _of(prices, made, few, each, checked)
        many = int(MEASURING * (end - now()) / (each + checked))
        if many > PILOT <= len(few):
            some = some[:many]
            yield _of(prices, made, some, *timed(saying.propose, some, workers, helped))


def _first_of(
    saying: Saying, some: Sequence[Kept], workers: Executor, ledger: Ledger, end: float
) -> tuple[Sequence[Kept], float, float]:
    """The first cells, and seconds to propose a sandwich of theirs and for the kernel to look at
    it: one, then FEW, then PILOT, as far as that takes little of the time."""
    many = 1
    while True:
        few = some[:many]
        each, checked = timed(saying.propose, few, workers, ledger)
        room = int(TRYING * (end - now()) / max(each + checked, 1e-6))
        many = FEW if many < FEW else min(PILOT, room)
        if room < many or many <= 2 * len(few) or len(few) == len(some) or len(few) > FEW:
            return few, each, checked
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
