"""Sandwiches looked at in other processes: the same functions of the same arguments. Trusted.

A helper is a Python that runs ``main``: it is sent a question, then cells with their Sandwiches,
and sends back why some do not hold, and the amounts that are counted of the others. What follows
from these is found by whoever sent them. What no helper answers is found there as well.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from functools import partial
from itertools import count
from os import environ
from queue import SimpleQueue
from threading import Thread
from types import TracebackType
from typing import IO, Any, NamedTuple, TypeVar

from verifier.kernel.asked import ask
from verifier.kernel.ledger import Ledger
from verifier.kernel.sandwich import refused
from verifier.kernel.stretches import Amounts, Both, Laid, laid, measured
from verifier.model.cell import Cell
from verifier.model.part import Part
from verifier.model.proof import Sandwich, Strip
from verifier.model.question import Matter

TOGETHER, FEWEST = 1 << 10, 1 << 6
"""Cells that are sent together, at most and at least: fewer are looked at here."""
START = "import sys; sys.path[:] = {!r}; from verifier.kernel.helpers import main; main()"
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""Environment variables by which products of matrices take one thread."""
SIZE = 8
"""Bytes of a message's length, which come before it."""
WAIT = 1.0
"""Seconds that a helper has to end by itself."""
T = TypeVar("T")


class Answer(NamedTuple):
    """Why cells' Sandwiches do not hold ("" where they do); and of those that do what is counted.

    ``sums`` are what ``stretches.measured`` finds, of one cell after the other.
    """

    why: list[str]
    sums: list[list[Both | None]]


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
    parts, steps = ([every[i] for i in good] for every in (some.parts, some.steps))
    return Answer(why, measured(ledger, parts, steps))


class _Job(NamedTuple):
    """Cells to look at for a ledger, by a desk; and who waits for it."""

    ledger: Ledger
    desk: Desk
    some: Some
    future: Future[Answer]


class Helpers:
    """Some processes, started at once; ``close`` ends them, as the end of this process does."""

    def __init__(self, many: int) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._numbers = count(1)
        self._threads: list[Thread] = []
        self._processes: list[subprocess.Popen[bytes]] = []
        for _ in range(many):
            process = _started()
            self._processes.append(process)
            thread = Thread(target=self._serve, args=(process,), daemon=True)
            thread.start()
            self._threads.append(thread)

    def about(self, matter: Matter) -> Desk:
        """Where cells are handed in of proofs about a question."""
        return Desk(self._jobs, next(self._numbers), matter)

    def close(self) -> None:
        """End the processes."""
        for _ in self._threads:
            self._jobs.put(None)
        for process in self._processes:
            process.kill()
            process.wait()
        for thread in self._threads:
            thread.join(WAIT)

    def __enter__(self) -> Helpers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _serve(self, process: subprocess.Popen[bytes]) -> None:
        """Have a process do jobs; once it is not there, this thread does them."""
        told, alive = 0, True
        while (job := self._jobs.get()) is not None:
            if not job.future.set_running_or_notify_cancel():
                continue
            found = None
            try:
                if alive:
                    found = _remote(process, job, news=told != job.desk.number)
                    told = job.desk.number
            except (OSError, EOFError):
                alive = False
            try:
                job.future.set_result(found or answer(job.ledger, job.some))
            except BaseException as error:  # whoever waits for it gets it
                job.future.set_exception(error)


@dataclass(frozen=True, eq=False)
class Desk:
    """Helpers for proofs about one question; ``number`` is by what they know it."""

    jobs: SimpleQueue[_Job | None]
    number: int
    matter: Matter

    def hand_in(self, ledger: Ledger, some: Some) -> Callable[[], Answer]:
        """Have Sandwiches looked at; returns what waits for the answer."""
        if len(some) < FEWEST:
            return partial(answer, ledger, some)
        futures: list[Future[Answer]] = []
        for start in range(0, len(some), TOGETHER):
            futures.append(Future())
            self.jobs.put(_Job(ledger, self, some[start : start + TOGETHER], futures[-1]))

        def wait() -> Answer:
            every = [future.result() for future in futures]
            return Answer([x for a in every for x in a.why], [x for a in every for x in a.sums])

        return wait


def _started() -> subprocess.Popen[bytes]:
    """A helper, which reads and writes the modules' very files that are in use here."""
    code = START.format([path for path in sys.path if path] or sys.path)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**environ, **dict.fromkeys(ONE_THREAD, "1")},
    )


def _remote(process: subprocess.Popen[bytes], job: _Job, *, news: bool) -> Answer | None:
    """What a helper answers; None if it could not. Raises OSError or EOFError where it is gone."""
    assert process.stdin is not None and process.stdout is not None
    if news:
        _send(process.stdin, job.desk.matter)
    pairs = zip(job.some.cells, job.some.steps, strict=True)
    _send(process.stdin, [_numbers(*pair) for pair in pairs])
    found = _received(process.stdout)
    if found is None:
        return None
    why, sums, spent = found
    job.ledger.asked.spend(spent)
    return Answer(why, [[_both(x) for x in own] for own in sums])


def main() -> None:
    """What a helper does: questions are remembered, cells are answered, until nothing comes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for whoever started this
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    ledger, spent = None, [0]

    def spend(work: int) -> None:
        spent[0] += work

    while True:
        try:
            what = _received(incoming)
        except EOFError:
            return
        if isinstance(what, Matter):
            ledger = Ledger(ask(what, spend=spend), Here())
            continue
        assert ledger is not None
        cells, steps = zip(*map(_as_sent, what), strict=True)
        spent[0] = 0
        found = answer(ledger, Some(cells, steps, laid(ledger, cells, steps)))
        flat = [[None if x is None else _flat(x) for x in own] for own in found.sums]
        _send(outgoing, (found.why, flat, spent[0]))


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


Sent = tuple[list[int | None], tuple[int, ...], tuple[int, ...]]
"""A cell and a Sandwich: a range's ends, or None and a set, for each part; all other numbers."""


def _numbers(cell: Cell, step: Sandwich) -> Sent:
    parts: list[int | None] = []
    for part in cell.parts:
        parts += (part.start, part.stop) if isinstance(part, range) else (None, part)
    strips = [x for strip in step.strips for x in (strip.model, strip.least, strip.most)]
    return parts, step.form, (step.exponent, step.width, step.order, *strips)


def _as_sent(sent: Sent) -> tuple[Cell, Sandwich]:
    numbers, form, (exponent, width, order, *strips) = sent
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    parts: list[Part] = [b if a is None else range(a, b) for a, b in pairs]  # type: ignore[misc,arg-type]
    every = [Strip(*strips[i : i + 3]) for i in range(0, len(strips), 3)]
    return Cell(tuple(parts)), Sandwich(tuple(every), form, exponent, width, order)


def _flat(x: Both) -> tuple[int, ...]:
    points, weights = x
    return tuple(points) if weights is points else (*points, *weights)


def _both(x: tuple[int, ...] | None) -> Both | None:
    if x is None:
        return None
    points = Amounts(*x[:3])
    return (points, points) if len(x) == 3 else (points, Amounts(*x[3:]))
