"""What all searches have in common: what they know, when they end, what they say and hand back.

Each prover adds its own open cells to `Search`, and closes them in its own way.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from array import array
from collections.abc import Callable, Collection, Iterator, Sized
from dataclasses import InitVar, dataclass, field, replace
from itertools import islice
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.kernel.asked import Asked, difference
from verifier.kernel.prepared import Prepared
from verifier.model.cell import Cell
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Teacher
from verifier.model.limits import memory_limit
from verifier.model.network import Network, check_columns
from verifier.model.proof import (
    Constant,
    Finding,
    Open,
    Paired,
    Proof,
    Sandwich,
    Several,
    Signed,
    Split,
    Step,
    check_shape,
    steps,
)
from verifier.model.tree import BoundTree, Tree, bind, check_fits, leaves_of_points
from verifier.provers.budget import Budget
from verifier.provers.evaluate import Bulk, prepare_bulk
from verifier.provers.ledger import GrowingProof
from verifier.provers.options import LITTLE, Options
from verifier.provers.progress import Progress, reached
from verifier.provers.remainder import LITTLE as ONLY
from verifier.provers.remainder import Left, Remainder, Seen
from verifier.provers.timing import heed, now, require_time
from verifier.writing.proof_bytes import changed

COUNTEREXAMPLES = 10
"""Points of disagreement that are kept."""
NODE = 100
"""Bytes of a proof's node: as it grows, in order, written and read back."""
OPENED = 1000
"""Bytes of an open cell, unless more is known of it."""
EVERY = 0.1
"""Seconds between two reports at least."""
HASTE = 2.0
"""Seconds, at most, in which what is most probable is closed first: that closes fewer cells. On a
busy machine until the processors have given as many."""
USEFUL = 0.5
"""A search that is judged and ends with open cells is of use where more of the probability is
closed."""
SEEN, LONG, OFTEN = 64, 3.0, 0.1
"""Closed cells, or seconds, after which it is told how a search goes on; and the share of the time
left after which again."""
ALL, TINY = 0.999, 1e-9
"""Nearly all of the probability, and hardly any."""
FAR = 1000
"""A search is far from its end that seems to take so many times as long as there is."""

Values = npt.NDArray[np.int64]


@dataclass(eq=False, kw_only=True)
class Searching(ABC):
    """A search under way: what it was asked for, its proof as it grows, and what it has found.

    ``found`` are points, evaluated exactly, where the question's formula is true; ``closed`` counts
    the cells closed by this search, ``memory`` the bytes that it may take. ``spent`` is what of the
    processors the process had had as it ``begun``, and ``rushed`` are both as haste began, if that
    was later. ``stalled`` says how it was judged, None if it was not; ``later`` are open cells that
    take no memory yet. Where what is open is sampled some draws are ``sighted``, and it is not
    ``looked`` at again before that time whether the sample is to have the rest.
    """

    options: Options
    budget: Budget | None = field(init=False, default=None)
    ledger: GrowingProof = field(init=False, default_factory=GrowingProof)
    found: dict[Point, None] = field(init=False, default_factory=dict)
    closed: int = field(init=False, default=0)
    begun: float = field(init=False, default_factory=now)
    spent: float = field(init=False, default_factory=time.process_time)
    rushed: tuple[float, float] | None = field(init=False, default=None)
    memory: int = field(init=False, default_factory=memory_limit)
    spoken: float = field(init=False, default=0.0)
    stalled: bool | None = field(init=False, default=None)
    sighted: Seen | None = field(init=False, default=None)
    looked: float = field(init=False, default=0.0)
    later: Sized = field(init=False, default=())
    slows: ClassVar[bool] = False
    """Whether what is closed grows as the square root of the time, about."""

    @property
    @abstractmethod
    def open(self) -> int:
        """Number of cells not yet decided."""

    @abstractmethod
    def snapshot(self, seconds: float) -> Progress:
        """How far the search is, ``seconds`` after it began."""

    @property
    def left(self) -> float:
        """Seconds until the search has to end: at its deadline, or for the kernel's check.

        Raises Stopped where a stop is asked for.
        """
        heed()
        left = self.budget.left(self.closed, self.open) if self.budget else math.inf
        deadline, least = self.options.deadline, self.options.least
        if least is not None:
            left = max(left, least - now())
        return left if deadline is None else min(left, deadline - now())

    @property
    def waits(self) -> int:
        """Bytes that an open cell takes, about."""
        return OPENED

    @property
    def full(self) -> bool:
        """Whether the proof and the open cells take as much memory as they may."""
        return self.ledger.size * NODE + (self.open - len(self.later)) * self.waits > self.memory

    @property
    def late(self) -> bool:
        """Whether to end: by the clock, for a difference where that is enough, or for memory."""
        if self.options.stop_at_difference and self.found:
            return True
        return bool(self.stalled) or self.left <= 0 or self.full

    def judge(self, *, ended: bool = False) -> None:
        """If it is time to: see whether there is hope, once, but again and again if that is to be
        of all; and whether what is closed is of use.

        That is once it has ``ended`` with open cells, as the kernel's check takes the time.
        """
        judged, at = self.options.judged, now()
        part = self.options.sampled and self.options.shared
        if self.stalled or (judged is None and not (ended and part)):
            return
        seconds = max(at - self.begun, 1e-9)
        held, left = self.snapshot(seconds), max(0.0, self.left)
        closed, sampled = held.probability, self.options.sampled
        if ended:
            self.stalled = closed < LITTLE if part else closed < USEFUL and not sampled
        elif judged is None or at < judged:
            return
        elif sampled and self.budget and not part:
            self.hand_over(sampled, self.budget, held)
        elif self.stalled is None or self.options.hope >= 1:
            more_time = 1.0 + left / seconds
            # if it goes on like that; but the last cells hold far less than the first
            slows = self.slows or self.options.hope >= 1
            likely = closed * (math.sqrt(more_time) if slows else more_time)
            more = math.inf if held.remaining is None else held.remaining
            far = more > FAR * held.rate * left
            self.stalled = likely < self.options.hope and (far or not sampled)

    def hand_over(self, sampled: Remainder, budget: Budget, held: Progress) -> None:
        """End where the sample of what is open had better have the rest of the time: once half of
        it is over, and sooner where hardly anything will be closed and the end is far."""
        at, closed = now(), held.probability
        if at < self.looked or (self.closed < SEEN and at < self.begun + LONG):
            return
        spent, given = at - self.begun + budget.seconds(self.closed, self.open), budget.end - at
        self.looked = at + OFTEN * max(0.0, given)

        def left(seconds: float) -> Left:
            times = max(1.0, (at - self.begun + seconds) / spent)
            likely = min(ALL, closed * math.sqrt(times))  # the last cells hold far less
            return Left(
                1 - likely, 1 - likely, self.open, held.error[0] * likely / max(closed, TINY)
            )

        more = math.inf if held.remaining is None else held.remaining
        little = 1 - left(given).open < ONLY and more > FAR * held.rate * given
        if at - self.begun >= given or little:
            self.sighted = self.sighted or Seen.of(budget.asked)
            if self.sighted is not None:
                self.stalled = sampled.share(self.sighted, given, left, 0.0) == 0

    @property
    def hasty(self) -> bool:
        """Whether most of the probability is to be closed soon, rather than all of it at last."""
        if not self.options.anytime or self.options.least is None or self.orderly():
            return False
        most = min(HASTE, self.options.least - self.begun)
        begun, spent = self.rushed or (self.begun, self.spent)
        return now() - begun < most or time.process_time() - spent < most

    def orderly(self) -> bool:
        """Whether one part is closed after the other before there is any haste."""
        return False

    def forget(self) -> None:
        """Give back the memory of what is not needed for the proof as it stands."""
        self.budget = None

    def measure(self) -> None:
        """Find out what the kernel's check will take, now and then, where that counts."""
        if self.budget is not None:
            self.budget.measure(self.closed, self.open)


@dataclass(eq=False, kw_only=True)
class Answering(Searching):
    """A search for the answer to a question, under way.

    ``proved`` is the probability of all closed cells, ``yes`` and ``no`` of those where the formula
    is known to be true, and false; ``weight`` the sum of their weights.
    """

    proved: float = field(init=False, default=0.0)
    yes: float = field(init=False, default=0.0)
    no: float = field(init=False, default=0.0)
    weight: float = field(init=False, default=0.0)

    def snapshot(self, seconds: float) -> Progress:
        """How far the search is."""
        return reached(
            closed=self.closed,
            opened=self.open,
            weight=self.weight,
            proved=self.proved,
            seconds=seconds,
            error=(self.yes, 1.0 - self.no),
            differs=bool(self.found),
        )


@dataclass(eq=False)
class Search(Searching):
    """A search for a proof about one network and one tree: its problem, made ready.

    ``found`` are points whose class is not the tree's. Raises NetworkError or TreeError where the
    parts do not fit.
    """

    domain: Domain
    teacher: Network
    student: InitVar[Tree]
    tree: BoundTree = field(init=False)
    prepared: Prepared = field(init=False)
    bulk: Bulk = field(init=False)

    def __post_init__(self, student: Tree) -> None:
        check(self.domain, self.teacher, student)
        self.tree = bind(student, self.domain)
        self.prepared = checker.prepare(self.teacher, self.domain)
        require_time()
        self.bulk = prepare_bulk(self.teacher, self.domain)
        require_time()
        plan(self, lambda: difference(self.prepared, self.tree))


def plan(search: Searching, asked: Callable[[], Asked]) -> None:
    """Have the kernel's check measured, if it has to end in time."""
    held = search.options
    if held.check_by is not None:
        before = sum(not isinstance(x, Split | Open) for x in held.resume or ())
        order = search.ledger.ordered
        search.budget = Budget(asked(), held.check_by, order, before, learned=held.learned)


def check(domain: Domain, teacher: Teacher, tree: Tree) -> None:
    """Raise NetworkError or TreeError unless the parts of a problem fit together."""
    check_columns(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)


@dataclass(eq=False)
class Later:
    """Open cells of a proof that is gone on from, in its order: made when they are wanted.

    Each has its place in the ledger, the number of its step (from 1) and itself. ``len`` is how
    many are left.
    """

    domain: Domain
    proof: Proof
    places: array[int]
    first: int = 0
    cells: Iterator[tuple[int, int, Cell]] = field(init=False)

    def __post_init__(self) -> None:
        self.cells = self._made(0)

    def __len__(self) -> int:
        return len(self.places) - self.first

    @property
    def weight(self) -> float:
        """The part of all of them that one is."""
        return 1 / max(1, len(self.places))

    def take(self, most: int) -> list[tuple[int, int, Cell]]:
        """The next cells, at most so many."""
        taken = list(islice(self.cells, most))
        self.first += len(taken)
        return taken

    @property
    def mass(self) -> float:
        """The probability of those that are left."""
        total = self.domain.total_weight
        return math.fsum(self.domain.measure(cell)[1] / total for _, _, cell in self.every())

    def every(self) -> Iterator[tuple[int, int, Cell]]:
        """Those that are left; they stay."""
        return self._made(self.first) if len(self) else iter(())

    def clear(self) -> None:
        """Leave all that are left as they are in the ledger: open."""
        self.first, self.cells = len(self.places), iter(())

    def none(self) -> Later:
        """None of any."""
        return Later(self.domain, (), array("q"))

    def _made(self, first: int) -> Iterator[tuple[int, int, Cell]]:
        numbered = enumerate(steps(self.domain, self.proof), 1)
        opened = ((number, cell) for number, (cell, _, step) in numbered if isinstance(step, Open))
        own = islice(zip(self.places, opened, strict=True), first, None)
        return ((place, number, cell) for place, (number, cell) in own)


def take_up(search: Searching, domain: Domain) -> Later:
    """Copy the proof to go on from into the empty ledger; returns what is open.

    Raises CertificateError where the proof is not well formed.
    """
    proof = search.options.resume or (Open(),)
    check_shape(domain, proof)
    waiting, places = [0], array("q")
    for item in proof:
        place = waiting.pop()
        if isinstance(item, Split):
            one, two = search.ledger.split(place, item.variable, item.left)
            waiting += (two, one)
        elif isinstance(item, Open):
            places.append(place)
        else:
            search.ledger.close(place, item)
    return Later(domain, proof, places)


def record(search: Search, points: Values, classes: Values) -> None:
    """Keep those points whose (exact) class is not the tree's, as long as some are wanted."""
    wanted = COUNTEREXAMPLES - len(search.found)
    if wanted > 0:
        theirs = search.tree.classes[leaves_of_points(search.tree, points)]
        for i in np.flatnonzero(theirs != classes)[:wanted].tolist():
            search.found[tuple(points[i].tolist())] = None


def speak(search: Searching, *, last: bool = False, doing: str = "") -> None:
    """Report progress, at most every EVERY seconds, or at once where there is something to say."""
    at, report = now(), search.options.progress
    if report is None or (at - search.spoken < EVERY and not last and not doing):
        return
    search.spoken = at
    found = search.snapshot(max(at - search.begun, 1e-9))
    check = search.budget.seconds(search.closed, search.open) if search.budget else None
    report(replace(found, doing=doing, check=check))


def conclude(search: Searching, proof: Proof, check: float | None = None) -> Finding:
    """What was found, with the seconds that the kernel's check is expected to take."""
    if search.open:
        search.judge(ended=True)
    known = search.budget.seconds(search.closed, search.open) if search.budget else 0.0
    check_seconds = known if check is None else check
    return Finding(proof, tuple(search.found), check_seconds, stalled=bool(search.stalled))


def reopen(proof: Proof, refused: Collection[int]) -> Proof:
    """The proof with the steps of these numbers (from 1, in order) Open, if they claim anything."""
    wanted = frozenset(refused)

    def nodes(items: Iterator[Split | Step]) -> Iterator[Split | Step]:
        count = 0
        for item in items:
            count += not isinstance(item, Split)
            said = (
                isinstance(item, Constant | Signed | Several | Paired | Sandwich)
                and count in wanted
            )
            yield Open() if said else item

    return changed(proof, nodes)
