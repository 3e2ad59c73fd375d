"""A pruned tree of splits written out as a proof, and filled with the kernel's sandwiches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.kernel.asked import Asked
from verifier.kernel.rules import constant
from verifier.kernel.sweep import halved
from verifier.model.cell import Cell
from verifier.model.network import Network
from verifier.model.part import Part, size, split_number, value_at
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Sandwich,
    Several,
    Split,
    Step,
)
from verifier.provers.evaluate import bulk_classes, prepare_bulk
from verifier.provers.exhaustive import BLOCK
from verifier.provers.pairs.arrays import COUNT, CUT, KEEP, LEAVE, Ints, Real
from verifier.provers.pairs.layout import part_of
from verifier.provers.pairs.pruning import Prices, cased
from verifier.provers.pairs.saying import Saying
from verifier.provers.pairs.trial import Kept
from verifier.provers.pairs.trunk import Root
from verifier.provers.search import speak
from verifier.provers.timing import TimeOver, now, poll

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

TOGETHER, AT_ONCE = 4096, 0.5
"""Most cells for which Sandwiches are proposed together, and about how many seconds that takes."""
DEAR = 4
"""A cell whose Constant the kernel refuses is enumerated if that costs no more than so many
Sandwiches; else it gets a Sandwich."""
POLLED = 256
"""Nodes of a proof between two looks at the clock."""
FIXED, BRIEFLY = 0.2, 0.1
"""Seconds kept for everything that does not grow with the proof; and the share of the time that
they are at most: it takes less where all is quick."""
PILOT = 1 << 7
"""Cells that are enough to measure what a Sandwich takes."""


@dataclass(frozen=True, eq=False)
class Made:
    """A proof with Open for cells that get a sandwich (``said``); and cells with known classes.

    ``kinds`` are what cells of the pool are to have, by their numbers there; ``cased`` how many
    times as long as another a Sandwich with cases takes; ``groups`` the bits of those that one is
    about, where cells have several.
    """

    proof: list[Split | Step]
    said: list[Kept]
    known: list[Kept]
    kinds: Ints
    cased: Mapping[int, float]
    groups: Real | None

    def at_hand(self, search: Sandwiching) -> list[Kept]:
        """Those of the cells whose sandwich was proposed before."""
        kinds, before = self.kinds, search.scratch[2]
        return [x for x in self.said if x[1] in search.made and before[x[1]] == kinds[x[1]]]

    def times(self, some: Sequence[Kept]) -> float:
        """As many Sandwiches without cases take as long as those of some cells."""
        return sum(self.times_of(at) for _, at, _ in some)

    def times_of(self, at: int) -> float:
        """The same of one cell."""
        many = 1 if self.groups is None else int(self.groups[at]).bit_count()
        return self.cased.get(int(self.kinds[at]), 1.0) * (many + (many > 1) or 1)


def kept_back(left: float) -> float:
    """Seconds of those that are left for what does not grow with the proof."""
    return min(FIXED, BRIEFLY * max(0.0, left))


def made_of(search: Sandwiching, asked: Asked) -> Made:
    """The proof as it was pruned."""
    out: list[Split | Step] = []
    groups = search.scratch[3] if search.held.most else None
    made = Made(out, [], [], search.batch, cased(search), groups)
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
            if kind not in (COUNT, LEAVE):
                (made.known if kind == KEEP else made.said).append((len(out), at, cell))
            out.append(_known(search, at) if kind == KEEP else _COUNTED.get(kind, Open()))
    if any(search.held.groups):
        _name_classes(search, made)
    return made


def _name_classes(search: Sandwiching, made: Made) -> None:
    """Say of cells in which networks' classes are of one group which classes these are: those that
    they have in the middle."""
    for model in search.held.models:
        bound = search.matter.models[model]
        assert isinstance(bound.model, Network)
        bulk = prepare_bulk(bound.model, search.matter.domain.product_of(bound.reads))
        for start in range(0, len(made.known), TOGETHER):
            poll()
            some = made.known[start : start + TOGETHER]
            parts = [[cell.parts[i] for i in bound.reads] for _, _, cell in some]
            points = [[value_at(part, size(part) // 2) for part in own] for own in parts]
            classes = bulk_classes(bulk, np.array(points)).tolist()
            for (place, _, _), klass in zip(some, classes, strict=True):
                made.proof[place] = _named(made.proof[place], model, klass)


def _named(said: Split | Step, model: int, klass: int) -> Split | Step:
    """The same with this class where it says one of a model."""
    if isinstance(said, Several):
        of = [Constant(klass, model) if x.model == model else x for x in said.steps]
        return Several(tuple(of))
    return Constant(klass, model) if isinstance(said, Constant) and said.model == model else said


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


def confirm(search: Sandwiching, asked: Asked, made: Made, prices: Prices) -> None:
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


@dataclass(frozen=True)
class Filled:
    """For how many cells sandwiches were proposed, as ``Made.times`` counts, what ``each`` of those
    took that were not at hand, None where there were none; and whether Ctrl-C ended it."""

    taken: float
    each: float | None = None
    pressed: bool = False


def fill(said: Saying, made: Made, end: float, prices: Prices, *, keep: bool) -> Filled:
    """Put the kernel's sandwiches into the proof, of the most probable cells first.

    So that the kernel ends by ``end``, where it takes as much longer than expected as this does.
    Those that are at hand are taken; and others, to ``keep``, are from then on.
    """
    search = said.search
    ready = made.at_hand(search) if keep else []
    _put(made, ready, [search.made[at] for _, at, _ in ready])
    fresh = {at for _, at, _ in made.said}.difference(at for _, at, _ in ready)
    order = [kept for kept in made.said if kept[1] in fresh]
    order.sort(key=lambda kept: -search.pool.share[kept[1]])
    done, each = 0, max(prices.sandwich - prices.checked, 1e-6)
    together, taken = max(PILOT, min(TOGETHER, int(AT_ONCE / each))), 0.0
    end -= made.times(ready) * prices.checked
    begun, slower, pressed = now(), 1.0, False
    once = kept_back(end - begun)
    try:
        with ThreadPoolExecutor(len(search.rooms)) as workers:
            while done < len(order) and now() < (last := end - slower * taken * prices.checked):
                poll()
                room = (last - now()) / (slower * prices.sandwich)
                some = order[done : done + max(1, min(together, int(room)))]
                found = said.propose(some, workers.map)
                _put(made, some, found)
                if keep:
                    search.keep(made.kinds, [at for _, at, _ in some], found)
                done, taken = done + len(some), taken + made.times(some)
                slow = max(1.0, (now() - begun) / (taken * each)) if done >= PILOT else 1.0
                end, slower = end - once * (slow - slower), slow
                speak(search)
    except KeyboardInterrupt as why:  # what has none stays open
        pressed = not isinstance(why, TimeOver)
    took = (now() - begun) / taken if taken else None
    if took is not None and done < PILOT:  # few at a time take longer each
        took = min(took, each)
    return Filled(taken + made.times(ready), took, pressed)


def _put(made: Made, some: Sequence[Kept], found: Sequence[Sandwich | None]) -> None:
    """Put the sandwiches of some cells into the proof."""
    for (place, _, _), sandwich in zip(some, found, strict=True):
        if sandwich is not None:
            made.proof[place] = sandwich
