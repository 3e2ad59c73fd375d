"""A proof and a tree that grow by turns: the tree from what is proved, the proof along the tree."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers.choices import Choices, Counter, kept_choices
from verifier.distillers.cuts import Cuts
from verifier.distillers.kept import store_of
from verifier.distillers.knowledge import (
    Known,
    disagreements,
    error_interval,
    known_cells,
    study,
    work_of,
)
from verifier.model.domain import Point
from verifier.model.proof import Finding, Open, Proof, is_open
from verifier.model.tree import Tree, check_fits
from verifier.provers.evaluate import AnyBulk
from verifier.provers.options import FIRST, HOPELESS, SOONEST, Options
from verifier.provers.progress import Progress, Report
from verifier.provers.timing import ending, now
from verifier.provers.units.packing import tree_of_bytes, tree_to_bytes

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store
    from verifier.provers.units.driver import Units

SLICE = 1.0
"""Seconds, and more for large teachers, for the first proof; doubled each time."""
PROVING, CHECKED = 0.6, 0.8
"""Shares of the time left: for the next proof, and for it and the kernel's check."""
GROWING = 0.6
"""The share of the time left after a proof that is for the next tree."""
DEEPEST = 3
"""Units that follow each other in the first proof, where these count and not seconds."""
LEAST = 0.2
"""The share of the time left after a proof that is for the next tree even if the kernel's check of
the proof needs all of it: what is checked is cut short then."""
LITTLE = 0.03
"""The share of all time that is too little for another round."""
GROWTH = 2.0
"""A tree is expected to take so many times as long as the one before: it is grown on more cells."""
SHOWN = 10
"""Points of disagreement that are shown."""


@dataclass(eq=False)
class Rounds:
    """The proof so far, and the ``points`` of disagreement that it has met.

    ``length`` seconds are for the next proof; ``took`` were needed for what followed the last one,
    which was done at ``proved`` and leaves time until ``ends``. All times are on the clock of
    `timing.now`.

    With ``units`` proofs are made unit by unit, and it is these that are counted (``count`` rounds
    so far), not seconds: so that the same is found each time. What their journal keeps of trees
    goes with ``counters`` of draws; ``grown`` is how many growths this round has begun. ``first``
    is when the first proof began; what stays open may be ``sampled``. ``progress`` is told how far
    the proofs are, each of the tree that it follows, whose error is in ``interval``.
    """

    cuts: Cuts
    bulk: AnyBulk
    deadline: float | None
    seed: int
    units: Units | None = None
    counters: Sequence[Counter] = ()
    random: np.random.Generator = field(init=False)
    count: int = 0
    grown: int = 0
    proof: Proof = (Open(),)
    points: dict[Point, None] = field(default_factory=dict)
    length: float = field(init=False)
    took: float = 0.0
    begun: float = field(default_factory=now)
    proved: float = 0.0
    ends: float | None = None
    first: float | None = None
    sampled: bool = False
    progress: Report | None = None
    interval: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng([self.seed, 1])
        self.length = SLICE + min(30, work_of(self.bulk.teacher) // 100_000)

    def prove(self, tree: Tree) -> tuple[Finding, bool]:
        """Go on with the proof along a tree; the second answer is whether Ctrl-C ended that."""
        self.first = now() if self.first is None else self.first
        end, check_by = self._next()
        told = None if self.progress is None else self._told
        options = Options(deadline=end, check_by=check_by, resume=self.proof, progress=told)
        if self.units is not None:
            options = replace(options, confirm=False, deepest=DEEPEST + self.count)
        found, stopped = study(self.bulk.domain, self.bulk.teacher, tree, options, self.units)
        self.count, self.grown = self.count + 1, 0
        self.proved = now()
        if not stopped:
            self.proof = found.proof
            self.points.update(dict.fromkeys(found.counterexamples))
            if self.deadline is not None:
                least = self.proved + LEAST * max(0.0, self.deadline - self.proved)
                self.ends = max(self.deadline - found.check, least)
        return found, stopped

    @contextmanager
    def growing(self) -> Iterator[None]:
        """Inside, what is known is gathered, and a tree grown from it."""
        with ending(self.ends):
            yield
        self.took = now() - self.proved

    def known(self, guess: Tree) -> Known:
        """What the proof says, cell by cell; see `known_cells`."""
        random = self.random
        if self.units is not None:  # some rounds may be left out, as their trees were kept
            random = np.random.default_rng([self.seed, 1, self.count])
        return known_cells(self.cuts, self.bulk, self.proof, guess, random)

    def kept(self, grow: Callable[[], tuple[Tree, bool]]) -> tuple[Tree, bool]:
        """The tree of this round, and whether a limit cut its growth short: kept, or grown now."""
        store = self.store
        if store is None:
            return grow()
        name = f"tree {self.count} and {len(self.counters)} counters"
        held = store.recall(name)
        known = None if held is None else self._read(held)
        if known is not None:
            return known
        tree, limited = grow()
        words = " ".join(map(str, (int(limited), *(counter[0] for counter in self.counters))))
        store.remember(name, words.encode() + b"\n" + tree_to_bytes(tree))
        return tree, limited

    def _read(self, held: bytes) -> tuple[Tree, bool] | None:
        """What was kept of a round; None where that is none: anybody may have written it."""
        told, _, data = held.partition(b"\n")
        try:
            limit, *counts = map(int, told.split())
            tree = tree_of_bytes(data)
            check_fits(tree, self.bulk.domain, self.bulk.teacher.classes)
        except ValueError:
            return None
        if len(counts) != len(self.counters) or min(counts, default=0) < 0:
            return None
        for counter, count in zip(self.counters, counts, strict=True):
            counter[0] = count
        return tree, limit == 1

    def choices(self, *counters: Counter) -> Choices | None:
        """What keeps the cuts of the next growth of this round, with more counters; None: nothing.

        The growths of a round have to be begun in the same order each time.
        """
        self.grown += 1
        name = f"cuts {self.count} {self.grown}"
        return kept_choices(self.store, name, (*self.counters, *counters))

    def judged(
        self, found: Finding, known: Known, tree: Tree
    ) -> tuple[Finding, tuple[Fraction, Fraction]]:
        """The finding with the points where a tree differs, and the interval of its error."""
        interval = error_interval(self.bulk.domain, known, tree)
        self.interval = float(interval[0]), float(interval[1])
        if self.progress is not None:
            opened = sum(isinstance(x, Open) for x in self.proof)
            known_of = 1 - float(interval[1] - interval[0])
            closed = len(self.proof) - opened
            self.progress(Progress(closed, opened, known_of, 0.0, error=self.interval))
        shown = disagreements(self.bulk.domain, self.bulk, tree, tuple(self.points))[:SHOWN]
        return replace(found, counterexamples=shown), interval

    def _told(self, found: Progress) -> None:
        """Hand on how far a proof is, which is of the tree that was judged last."""
        assert self.progress is not None
        (low, high), (least, most) = self.interval, found.error
        self.progress(replace(found, error=(max(low, least), min(high, most))))

    def _next(self) -> tuple[float | None, float | None]:
        """When the next proof ends, and when its check has to be done."""
        at, length = now(), self.length
        self.length *= 2
        if self.units is not None:
            length = math.inf
        if self.deadline is None:
            return (None if self.units else at + length), None
        left = max(0.0, self.deadline - at - GROWTH * self.took)
        return at + min(length, PROVING * left), at + CHECKED * left

    def is_hopeless(self, interval: tuple[Fraction, Fraction]) -> bool:
        """Whether the sample of what is open is to have the rest of the time: of the error next to
        nothing is known after some seconds, nor would be at the end."""
        if not self.sampled or self.deadline is None or self.first is None or self.units:
            return False
        at, known = now(), 1 - float(interval[1] - interval[0])
        seconds = max(at - self.first, 1e-9)
        likely = known * (1.0 + max(0.0, self.deadline - at) / seconds)  # if it goes on like that
        return likely < HOPELESS and seconds >= max(FIRST, SOONEST * (self.deadline - self.begun))

    @property
    def share(self) -> float:
        """How much of the time is over; 0 where there is no end to it."""
        if self.deadline is None:
            return 0.0
        return (now() - self.begun) / max(self.deadline - self.begun, 1e-9)

    @property
    def store(self) -> Store | None:
        """Where it is kept what is found on the way; None where nothing is."""
        return store_of(self.units)

    @property
    def done(self) -> bool:
        """Whether nothing is left to prove: another round would know no more."""
        return not is_open(self.proof)

    @property
    def short(self) -> bool:
        """Whether too little time is left for another round, if everything has to end then."""
        if self.ends is None or self.deadline is None:
            return False
        needed = max(LITTLE * (self.deadline - self.begun), GROWTH * self.took)
        return self.ends - now() <= needed
