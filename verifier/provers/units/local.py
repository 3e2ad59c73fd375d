"""Units done in this process, in a thread for each processor."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from verifier.model.question import Matter
from verifier.provers.asked_cells import Asking
from verifier.provers.cells import Branching
from verifier.provers.timing import ending, stopping
from verifier.provers.units.unit import Fragment, Plan, Unit
from verifier.provers.units.work import CALL, Ready, ready_for, search_unit
from verifier.writing.processors import processors

THREADS = 8
"""At most so many processors are used."""


@dataclass(eq=False)
class Local:
    """An Executor: the units that were left last are done first, so that few wait.

    Compiled code runs beside others; what is Python, one unit at a time.
    """

    ready: Ready
    threads: int = 1
    waiting: deque[Unit] = field(default_factory=deque)
    flying: dict[Future[Fragment], Unit] = field(default_factory=dict)
    stopped: bool = False
    elsewhere: bool = False
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads)

    def submit(self, unit: Unit) -> None:
        """Have a unit done."""
        self.waiting.append(unit)

    def arrived(self, wait_for: float) -> Sequence[tuple[Unit, Fragment]]:
        """What has been done; begins as many units as there are threads."""
        while self.waiting and len(self.flying) < self.threads:
            unit = self.waiting.pop()
            self.flying[self.pool.submit(self._work, unit)] = unit
        done, _ = wait(self.flying, timeout=wait_for, return_when=FIRST_COMPLETED)
        return [(self.flying.pop(future), future.result()) for future in done]

    def stop(self) -> None:
        """End what is under way, within the time of a step."""
        self.stopped = True
        self.pool.shutdown(cancel_futures=True)

    def _work(self, unit: Unit) -> Fragment:
        with stopping(lambda: self.stopped), ending(None):
            return search_unit(self.ready, unit)


def local(matter: Matter, plan: Plan, search: Branching | Asking) -> Local:
    """The units of a search done here; waits until code is compiled, or the search has to end."""
    ready = ready_for(matter, plan, search)
    if ready.net is None:
        return Local(ready)
    from verifier.provers.compiled import loading, stepping

    assert isinstance(search, Branching)
    slot = stepping.make_slot(ready.net, CALL)
    loading.ready(search, ready.net, slot, lambda: False)
    threads = min(THREADS, processors())
    if search.budget is not None:
        search.budget.beside = threads
    return Local(ready, threads)
