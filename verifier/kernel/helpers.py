"""The kernel's work in other processes: the same functions of the same arguments. Trusted.

A helper is a Python that runs ``main``: it is sent a question, then cells. Of those with Sandwiches
it sends back why some do not hold, and the amounts that are counted of the others; of parts to be
swept, and of points, what is counted; of sections of a proof what their check established. What
follows from these is found by whoever sent them. What no helper answers is found there as well.
"""

from __future__ import annotations

import gc
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count
from os import environ
from queue import SimpleQueue
from typing import IO, Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from verifier.kernel.asked import Asked, ask
from verifier.kernel.ledger import Ledger
from verifier.kernel.sandwich import refused
from verifier.kernel.sections import Established
from verifier.kernel.stretches import Held, Laid, laid, measured
from verifier.kernel.sweep import Points, counted_over
from verifier.kernel.tally import Place, Tally
from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.proof import Sandwich
from verifier.model.question import Matter

TOGETHER, FEWEST = 1 << 9, 1 << 6
"""Cells that are sent together, at most and at least: fewer are looked at here."""
COSTLY = 1 << 16
"""Steps for a point from which on points are counted here, where that can be ended sooner."""
START = "import sys; sys.path[:] = {}; import verifier.kernel.helpers as own; own.main({!r})"
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""Environment variables by which products of matrices take one thread."""
SIZE = 8
"""Bytes of a message's length, which come before it."""
ARENA = 31 << 17
"""Numbers of just less than 32 MiB, the largest block that the C library learns from."""
SELDOM = 1 << 20
"""Objects that are made before rubbish is looked for: many of them live long."""
T = TypeVar("T")


class Answer(NamedTuple):
    """Why cells' Sandwiches do not hold ("" where they do); and of those that do what is counted.

    ``sums`` are what ``stretches.measured`` finds, of one cell after the other.
    """

    why: list[str]
    sums: list[list[Held | None]]


@dataclass(frozen=True, eq=False)
class Some:
    """Cells with Sandwiches that have no ``fault``, and the parts of each cell."""

    cells: Sequence[Cell]
    steps: Sequence[Sandwich]
    parts: Sequence[Laid]

    def __getitem__(self, own: slice) -> Some:
        return Some(self.cells[own], self.steps[own], self.parts[own])

    def __len__(self) -> int:
        return len(self.cells)


def answer(ledger: Ledger, some: Some) -> Answer:
    """What the kernel finds of some cells."""
    why = refused(ledger.asked, some.cells, some.steps, ledger.pool.map)
    good = [i for i, problem in enumerate(why) if not problem]
    parts, steps = [some.parts[i] for i in good], [some.steps[i] for i in good]
    return Answer(why, measured(ledger, parts, steps))


@dataclass(eq=False)
class _Helper:
    """A process, the number of the question that it was told last; whether it is there."""

    process: subprocess.Popen[bytes]
    told: int = 0
    there: bool = True


@dataclass(frozen=True, eq=False)
class Job(Generic[T]):
    """What a helper is ``sent``, of a ``kind``; and what finds the same ``here``."""

    kind: str
    sent: object
    here: Callable[[], T]


class Helpers:
    """Some processes, started at once; ``close`` ends them, as the end of this process does."""

    def __init__(self, many: int) -> None:
        self._every = [_Helper(_started()) for _ in range(many)]
        self._free: SimpleQueue[_Helper] = SimpleQueue()
        for helper in self._every:
            self._free.put(helper)
        self._threads = ThreadPoolExecutor(many)  # each waits for one of them
        self.many = many
        self._numbers = count(1)
        self._closed = False

    def about(self, matter: Matter) -> Desk:
        """Where cells are handed in of proofs about a question."""
        return Desk(self, next(self._numbers), matter)

    def submit(self, desk: Desk, asked: Asked, job: Job[T]) -> Future[T]:
        """Have something found about a question, for which the work is spent."""
        return self._threads.submit(self._look, desk, asked, job)

    def close(self) -> None:
        """End the processes."""
        self._closed = True
        for helper in self._every:
            helper.process.kill()
        self._threads.shutdown(cancel_futures=True)
        for helper in self._every:
            with suppress(OSError):  # what it was to read
                helper.process.communicate()

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self, desk: Desk, asked: Asked, job: Job[T]) -> T:
        """What a helper answers; once it is not there, what is found here."""
        helper: _Helper = self._free.get()
        found: T | None = None
        try:
            if helper.there:
                found = _remote(helper, desk, asked, job.kind, job.sent)
        except (OSError, EOFError, MemoryError):  # what was not read is no answer to what is next
            helper.there = False
            if self._closed:  # then nobody waits for it
                raise
        finally:
            self._free.put(helper)
        return job.here() if found is None else found


@dataclass(frozen=True, eq=False)
class Desk:
    """Helpers for proofs about one question; ``number`` is by what they know it."""

    helpers: Helpers
    number: int
    matter: Matter

    def hand_in(self, ledger: Ledger, some: Some) -> Callable[[], Answer]:
        """Have Sandwiches looked at; returns what waits for the answer."""
        if len(some) < FEWEST:
            return partial(answer, ledger, some)
        size = max(FEWEST, min(TOGETHER, -(-len(some) // self.helpers.many)))
        pieces = [some[i : i + size] for i in range(0, len(some), size)]
        jobs = [Job("sandwiches", (x.cells, x.steps), partial(answer, ledger, x)) for x in pieces]
        futures = [self.helpers.submit(self, ledger.asked, job) for job in jobs]

        def wait() -> Answer:
            every = [ledger.asked.wait(future) for future in futures]
            return Answer([x for a in every for x in a.why], [x for a in every for x in a.sums])

        return wait

    def count(self, ledger: Ledger, what: Sequence[Place] | Points) -> Future[Tally] | None:
        """Have parts swept or points counted; None where that might take long at a time."""
        asked = ledger.asked
        if asked.point_cost > COSTLY:
            return None
        job = Job("count", what, partial(counted_over, asked, what))
        return self.helpers.submit(self, asked, job)

    def establish(self, asked: Asked, check: SectionCheck) -> Future[Established]:
        """Have a section checked."""
        return self.helpers.submit(self, asked, Job("section", check, partial(check.about, asked)))


class SectionCheck(Protocol):
    """The check of a section of a proof, wherever the question is made ready."""

    def about(self, asked: Asked) -> Established:
        """What it establishes."""


def _started() -> subprocess.Popen[bytes]:
    """A helper, which runs the modules' very files that are in use here, or ends at once."""
    code = START.format([path or "." for path in sys.path], __file__)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what it fails at is done by whoever started it
        env={**environ, **dict.fromkeys(ONE_THREAD, "1")},
    )


def _remote(helper: _Helper, desk: Desk, asked: Asked, kind: str, what: object) -> Any:
    """What a helper answers; None if it could not. Raises OSError or EOFError where it is gone."""
    incoming, outgoing = helper.process.stdout, helper.process.stdin
    assert incoming is not None and outgoing is not None
    if helper.told != desk.number:
        _send(outgoing, ("matter", desk.matter))
        helper.told = desk.number
    _send(outgoing, (kind, what))
    found = _received(incoming)
    if found is None:
        return None
    answered, spent = found
    asked.spend(spent)
    return answered


def keep_memory() -> None:
    """Have the C library keep what is freed from now on: then no page is cleared twice."""
    np.empty(ARENA)


def main(file: str) -> None:
    """What a helper does: questions are remembered, cells are answered, until nothing comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for whoever started this
    gc.set_threshold(SELDOM)
    keep_memory()
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    ledger, spent = None, [0]

    def spend(work: int) -> None:
        spent[0] += work

    while file == __file__:  # else whoever started this runs another kernel
        try:
            kind, what = _received(incoming)
        except EOFError:
            return
        if kind == "matter":
            ledger = Ledger(ask(what, spend=spend), Here())
            continue
        assert ledger is not None
        spent[0] = 0
        try:
            found = _found(ledger, kind, what)
        except (LeafproofError, MemoryError):  # who asked finds out what it is
            _send(outgoing, None)
            continue
        _send(outgoing, (found, spent[0]))


def _found(ledger: Ledger, kind: str, what: Any) -> object:
    """What a helper answers to a message of a kind."""
    if kind == "count":
        return counted_over(ledger.asked, what)
    if kind == "section":
        check: SectionCheck = what
        return check.about(ledger.asked)
    cells, steps = what
    return answer(ledger, Some(cells, steps, laid(ledger, cells, steps)))


class Here(Executor):
    """Runs everything at once, in the thread that asks for it."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """See Executor."""
        future: Future[T] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def _send(pipe: IO[bytes], what: object) -> None:
    raw = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(raw).to_bytes(SIZE, "little"))
    pipe.write(raw)
    pipe.flush()


def _received(pipe: IO[bytes]) -> Any:
    """Raises EOFError where nothing comes, or not all of it."""
    head = pipe.read(SIZE)
    raw = pipe.read(int.from_bytes(head, "little"))
    if len(head) < SIZE or len(raw) < int.from_bytes(head, "little"):
        raise EOFError
    return pickle.loads(raw)
