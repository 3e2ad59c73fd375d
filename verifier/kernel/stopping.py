"""Stopping a check before its end: what stands then, and what is left open. Trusted.

A check works on many cells at once. Now and then it finishes all that it has begun and keeps a copy
of the ledger with the place in the proof. Where it is stopped, that copy stands; all points of the
domain that it does not account for are open (but for what the trees of a question decide alone).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from verifier.kernel.ledger import Ledger
from verifier.kernel.prepared import no_poll
from verifier.kernel.settling import leave_open
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.proof import Walk
from verifier.model.sample import Left
from verifier.model.verdict import Cut, Status

Stop = Callable[[], bool]
FIRST, EVERY, SHARE = 25_000_000, 200_000_000, 20
"""Nanoseconds between copies, at least, growing from the first on; or so many times one's own."""
QUICK = 100_000_000
"""Nanoseconds: see ``times_more``."""
FEW = 1 << 14
"""Nodes of trees up to which all leaves are gone through in a moment: once a check is stopped."""


class CheckStopped(Exception):
    """Raised by a poll once the check is to end."""


def polling(stop: Stop | None) -> Callable[[], None]:
    """What raises CheckStopped once ``stop`` says so."""
    if stop is None:
        return no_poll

    def poll() -> None:
        if stop():
            raise CheckStopped

    return poll


def times_more(took: int, used: int) -> int:
    """How many times as many cells are taken together as those that took so many nanoseconds, and
    ``used`` so many of a processor: what is under way is lost, but few mostly wait on a busy
    machine."""
    if took < QUICK // 4:
        return 4
    return 2 if took < QUICK or 4 * used < took < 3 * QUICK else 1


def _following(every: int, start: int) -> tuple[int, int]:
    """The least time from a copy that began at ``start`` to the next, where it was ``every`` before
    it; and when that is to be made."""
    end, every = time.perf_counter_ns(), min(2 * every + FIRST, EVERY)
    return every, end + max(every, SHARE * (end - start))


@dataclass(eq=False)
class Pause:
    """Ends the check of a section once it has taken some ``seconds``, or ``stop`` says so.

    What was established when the last copy was kept then is what its check found.
    """

    walk: Walk
    stop: Stop | None = None
    seconds: float | None = None
    kept: tuple[Ledger, Walk] | None = None
    over: bool = False
    next: int = 0
    every: int = 0
    end: int | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        if self.seconds is not None:
            self.end = time.perf_counter_ns() + int(1e9 * self.seconds)

    def due(self, *, pending: bool) -> bool:
        """Whether to keep a copy now, or to end here."""
        if self.end is not None and time.perf_counter_ns() >= self.end:
            return True
        if self.stop is None:
            return False
        return time.perf_counter_ns() >= self.next or (not pending and self.stop())

    def keep(self, ledger: Ledger) -> None:
        """Keep a copy, if the check may be stopped; nothing may be waiting."""
        start = time.perf_counter_ns()
        self.over = self.end is not None and start >= self.end
        if self.over or self.stop is None:
            return
        self.kept = ledger.copy(), replace(self.walk, stack=list(self.walk.stack))
        self.every, self.next = _following(self.every, start)


@dataclass(eq=False)
class Hold:
    """The copy that stands if ``stop`` ends the check; without ``stop`` there is none.

    ``whole`` holds the points and the weight of every leaf of a tree of many: of others they are
    found at the end. ``place`` is how far the proof had been read at the copy: its nodes and its
    Steps; ``rest`` are the cells that had not begun.
    """

    stop: Stop | None
    walk: Walk | None = None
    whole: dict[int, tuple[int, int]] | None = None
    kept: Ledger | None = None
    place: tuple[int, int] = (0, 0)
    rest: tuple[Cell, ...] | None = None
    next: int = 0
    every: int = 0
    cut: Cut | None = None
    over: bool = field(init=False, default=False)

    def walk_of(self, domain: Domain) -> Walk:
        """The walk through the proof that is about to begin."""
        self.walk = Walk([(full_cell(domain), 0)])
        return self.walk

    @property
    def splits(self) -> int:
        """The splits of the part of the proof that stands."""
        return self.place[0] - self.place[1]

    def due(self, *, pending: bool) -> bool:
        """Whether to keep a copy now: at once before the end, if nothing is ``pending``."""
        if self.stop is None:
            return False
        return time.perf_counter_ns() >= self.next or (not pending and self.stop())

    def keep(self, ledger: Ledger) -> None:
        """Keep a copy, if the check may be stopped; nothing may be waiting."""
        if self.stop is None:
            return
        many = sum(len(tree.nodes) for tree in ledger.asked.trees.values()) > FEW
        if self.whole is None and many and ledger.asked.differs:
            self.whole = ledger.everything()
        start = time.perf_counter_ns()
        self.kept = ledger.copy()
        self.mark()
        self.every, self.next = _following(self.every, start)

    def mark(self) -> None:
        """Note how far the proof was read."""
        if self.walk is not None:
            self.place = self.walk.nodes, self.walk.count
            self.rest = tuple(cell for cell, _ in self.walk.stack)

    def rest_open(self) -> Ledger:
        """The copy, with everything that it does not account for open."""
        ledger, rest = self.kept, self.rest
        assert ledger is not None
        if rest is None:  # stopped before the proof was begun
            rest = (full_cell(ledger.asked.domain),)
        self.cut = Cut(self.place[0], len(rest), ledger.evaluated)
        ledger.asked = replace(ledger.asked, poll=no_poll)
        if not ledger.asked.differs:
            for cell in rest:
                leave_open(ledger, cell)
            return ledger
        empty = sum(ledger.is_impossible(cell) for cell in rest)
        ledger.count("open", len(rest) - empty)
        ledger.count("impossible", empty)
        nothing = (None,) * len(ledger.asked.names)
        ledger.leave(*(Left(cell, nothing) for cell in rest))
        for leaf, (size, weight) in (self.whole or ledger.everything()).items():
            shares = ledger.leaves.get(leaf, {}).values()
            size -= sum(amounts[0] for amounts in shares)
            weight -= sum(amounts[1] for amounts in shares)
            assert size >= 0 and weight >= 0
            if size:
                ledger.doubt(size, weight)
                ledger.share(leaf, Status.OPEN, (size, weight, 0, 0))
        return ledger
