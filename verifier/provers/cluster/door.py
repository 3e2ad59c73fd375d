"""The process in which Ray lives: orders come in, reports go out.

Work is handed to machines that were asked who they are, no more to each than keeps it busy. What a
worker or a machine takes with it is handed out again; what takes long at the end is also begun on
a second machine. So work may be done twice: what arrives first counts, the other is dropped.
Run as ``python -m`` with the number of an open pipe.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from verifier.provers.cluster.identity import Identity, difference
from verifier.provers.cluster.messages import (
    Done,
    Drop,
    Failed,
    Join,
    Leave,
    Loaded,
    Lost,
    Machines,
    Order,
    Refused,
    Report,
    Share,
    Work,
    report_to_bytes,
)
from verifier.writing.processors import processors

AHEAD = 2
"""Pieces of work that a machine holds for each processor: one runs, one waits."""
LOOK = 1.0
"""Seconds between two looks at who is there."""
TICK = 0.02
"""Seconds that results, and then orders, are waited for at most."""
DEATHS = 20
"""So often one piece of work may take a worker with it before it is given up."""
LONG = 3.0
"""Times the longest piece so far: what takes longer at the end is begun elsewhere as well."""
ANSWER = 80.0
"""Seconds that a machine has to say who it is: it loads what is compared, and may be busy."""
SOON = 1.0
"""Seconds that what is dropped has to end by itself: Ray's process dies, now and then, where a task
is cancelled in the very moment in which it ends, as short ones do."""
DEAF = 5.0
"""Seconds after which the worker of what was interrupted, and still goes on, is ended."""


@dataclass(eq=False)
class Machine:
    """A node of the cluster: ``known`` once it has said who it is, ``refused`` if it is foreign."""

    name: str
    processors: int
    known: bool = False
    refused: bool = False
    alive: bool = True
    asked: Any = None
    since: float = 0.0
    holds: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """A piece of work, where it is, and since when."""

    work: Work
    node: str
    since: float


@dataclass(eq=False)
class Door:
    """What is shared, waits and runs."""

    pipe: Connection
    ours: Identity
    machines: dict[str, Machine] = field(default_factory=dict)
    shared: dict[int, Any] = field(default_factory=dict)
    waiting: deque[Work] = field(default_factory=deque)
    running: dict[Any, Held] = field(default_factory=dict)
    open: Counter[int] = field(default_factory=Counter)
    deaths: Counter[int] = field(default_factory=Counter)
    dropped: dict[Any, float] = field(default_factory=dict)
    interrupted: dict[Any, float] = field(default_factory=dict)
    looked: float = 0.0
    longest: float = 0.0

    def say(self, report: Report) -> None:
        """Tell the process on the other side."""
        self.pipe.send_bytes(report_to_bytes(report))

    def obey(self, order: Order) -> None:
        """Take an order."""
        match order:
            case Share(number, data):
                self.shared[number] = ray.put(data)
            case Work():
                self.waiting.append(order)
                self.open[order.key] = 1
            case Drop():
                self._drop(self.running)
                self.waiting.clear()
                self.running.clear()
                self.open.clear()
                self.deaths.clear()
                for machine in self.machines.values():
                    machine.holds = 0
            case Leave():
                raise EOFError
            case Join():
                raise AssertionError("joined already")

    def look(self) -> None:
        """See who is there, and ask those who are new who they are."""
        self.looked = time.monotonic()
        self._insist()
        before = self._there()
        seen = {node["NodeID"]: node for node in ray.nodes()}
        for key, node in seen.items():
            processors = int(node["Resources"].get("CPU", 0))
            if node["Alive"] and processors and key not in self.machines:
                name = f"{node['NodeManagerHostname']} ({node['NodeManagerAddress']})"
                new = Machine(name, processors, since=self.looked)
                new.asked = _who.options(scheduling_strategy=_at(key)).remote()
                self.machines[key] = new
        for key, machine in self.machines.items():
            if machine.alive and not (key in seen and seen[key]["Alive"]):
                machine.alive = False
                self._gone(key, machine)
            elif machine.alive and not machine.known and not machine.refused:
                self._hear(machine)
        if self._there() != before:
            self.say(self._there())

    def _drop(self, refs: Iterable[Any]) -> None:
        """Have pieces of work end: their workers are of use again."""
        self.dropped |= dict.fromkeys(refs, time.monotonic())

    def _insist(self) -> None:
        """Interrupt what was dropped and goes on; end the workers in which that was lost.

        An interrupt is lost where it comes in a destructor.
        """
        now = time.monotonic()
        stages = (self.interrupted, DEAF, True), (self.dropped, SOON, False)
        for held, patience, force in stages:
            over, _ = ray.wait([*held], num_returns=len(held), timeout=0) if held else ([], [])
            for ref in over:
                del held[ref]
            for ref in [ref for ref, since in held.items() if now > since + patience]:
                ray.cancel(ref, force=force)
                del held[ref]
                if not force:
                    self.interrupted[ref] = now

    def _there(self) -> Machines:
        alive = [m for m in self.machines.values() if m.alive and not m.refused]
        held = tuple((m.name, m.processors) for m in alive if m.known)
        return Machines(held, len(alive) - len(held))

    def _hear(self, machine: Machine) -> None:
        """What a machine says of who it is, if it has said so."""
        done, _ = ray.wait([machine.asked], timeout=0)
        why = ""
        if done:
            try:
                theirs = ray.get(machine.asked)
            except ray.exceptions.RayError as error:
                why = f"cannot be asked which Leafproof it runs: {_line(error)}"
            else:
                why = "has no Leafproof that Python finds" if theirs is None else ""
                if theirs is not None and (other := difference(theirs, self.ours)):
                    why = f"runs {other}"
                machine.known = not why
        elif time.monotonic() > machine.since + ANSWER:
            why = f"has not said in {ANSWER:g} seconds which Leafproof it runs"
        if why:
            machine.refused = True
            self.say(Refused(f"the machine {machine.name} {why}"))

    def _gone(self, key: str, machine: Machine) -> None:
        """Hand out again what a machine took with it."""
        for ref in [ref for ref, held in self.running.items() if held.node == key]:
            self._lose(ref, f"the machine {machine.name} is gone", by=False)

    def hand_out(self) -> None:
        """Give each machine as much as keeps it busy."""
        while self.waiting:
            at = self._freest()
            if at is None:
                return
            self._start(self.waiting.popleft(), at)
        self._twice()

    def _freest(self, but: str | None = None, most: int = AHEAD) -> str | None:
        free = [
            (m.holds / m.processors, key)
            for key, m in self.machines.items()
            if m.known and m.alive and m.holds < most * m.processors and key != but
        ]
        return min(free)[1] if free else None

    def _start(self, work: Work, at: str) -> None:
        task = _perform.options(scheduling_strategy=_at(at), name=work.task)
        ref = task.remote(work.task, str(work.share), [self.shared[work.share]], work.payload)
        self.running[ref] = Held(work, at, time.monotonic())
        self.machines[at].holds += 1

    def _twice(self) -> None:
        """Begin what takes long elsewhere as well, where nothing waits.

        What came last first: it may wait behind others at its machine.
        """
        late = time.monotonic() - max(1.0, LONG * self.longest)
        for held in reversed(list(self.running.values())):
            if held.since < late and self.open[held.work.key] == 1:
                at = self._freest(but=held.node, most=1)
                if at is None:
                    return
                self.open[held.work.key] += 1
                self._start(held.work, at)

    def collect(self) -> None:
        """Hand on what is done."""
        if not self.running:
            return
        every = list(self.running)
        done, _ = ray.wait(every, timeout=TICK)
        if done:
            done, _ = ray.wait(every, num_returns=len(every), timeout=0)
        for ref in done:
            held = self.running[ref]
            try:
                answer = ray.get(ref)
            except ray.exceptions.TaskCancelledError:  # or hit by an interrupt of other work
                self._lose(ref, f"it was interrupted at {self.machines[held.node].name}")
            except ray.exceptions.RayTaskError as error:
                self._fail(ref, error)
            except ray.exceptions.RayError as error:
                self._lose(ref, f"{type(error).__name__} at {self.machines[held.node].name}")
            else:
                match answer:
                    case (bytes(result), float(seconds)):
                        self._arrived(ref, result, seconds)
                    case _:
                        self._fail(ref, TypeError("the answer is of another kind"))

    def _free(self, ref: Any) -> Held:
        held = self.running.pop(ref)
        self.machines[held.node].holds -= 1
        return held

    def _arrived(self, ref: Any, result: bytes, seconds: float) -> None:
        held = self._free(ref)
        key = held.work.key
        if key not in self.open:
            return
        self._drop(r for r, h in self.running.items() if h.work.key == key)
        waited = time.monotonic() - held.since
        self.longest = max(self.longest, waited)
        del self.open[key]
        self.say(Done(key, result, self.machines[held.node].name, seconds, waited))

    def _fail(self, ref: Any, error: Exception) -> None:
        """A task that raised an error would do so everywhere."""
        held = self._free(ref)
        if held.work.key in self.open:
            del self.open[held.work.key]
            where = self.machines[held.node].name
            self.say(Failed(f"work failed on the machine {where}: {_line(error)}", held.work.key))

    def _lose(self, ref: Any, why: str, *, by: bool = True) -> None:
        """Work that is lost waits again, first, unless it is done elsewhere as well."""
        held = self._free(ref)
        key = held.work.key
        if key not in self.open:
            return
        self.deaths[key] += by
        self.open[key] -= 1
        self.looked = 0.0  # whoever is gone is to be seen at once
        if self.deaths[key] >= DEATHS:
            del self.open[key]
            self.say(
                Failed(f"a piece of work ended {DEATHS} workers ({why}): do they lack memory?", key)
            )
        elif not self.open[key]:
            self.open[key] = 1
            self.waiting.appendleft(held.work)
            self.say(Lost(key, why))

    def orders(self) -> Iterator[Order]:
        """What was said since, waiting a moment where nothing runs."""
        wait = 0.0 if self.running else TICK
        while self.pipe.poll(wait):
            yield self.pipe.recv()
            wait = 0.0


def _at(node: str) -> NodeAffinitySchedulingStrategy:
    return NodeAffinitySchedulingStrategy(node, soft=False)


def _line(error: Exception) -> str:
    """The last line of an error, without the traceback that Ray puts before it."""
    lines = [x.strip() for x in str(error).splitlines() if x.strip()]
    return lines[-1][:300] if lines else type(error).__name__


@ray.remote(num_cpus=0, max_retries=3)  # type: ignore[untyped-decorator, unused-ignore]
def _who() -> Identity | None:
    """Who a machine is; None where it has no Leafproof."""
    try:
        from verifier.provers.cluster.identity import identity
    except ImportError:
        return None
    return identity()


@ray.remote(num_cpus=1, max_retries=0)  # type: ignore[untyped-decorator, unused-ignore]
def _perform(task: str, name: str, shared: list[Any], payload: bytes) -> tuple[bytes, float]:
    """Do a piece of work; the list keeps Ray from sending what is shared with every piece."""
    try:
        from verifier.provers.cluster.running import perform, prepare

        before = prepare(task, name, lambda: ray.get(shared[0]))
    # it is not wanted any more, and what was being loaded is of no use: C code that is interrupted
    # while it is loaded raises ImportError
    except (KeyboardInterrupt, ImportError):
        os._exit(1)
    result, seconds = perform(task, name, payload)
    return result, before + seconds


def _joined(pipe: Connection) -> Door | None:
    """Join as ordered; None where that is not possible, which is said."""
    pipe.send_bytes(report_to_bytes(Loaded()))
    order = pipe.recv()
    assert isinstance(order, Join)
    quiet: dict[str, Any] = {"log_to_driver": False, "include_dashboard": False}
    try:
        if order.address is None:
            ray.init("local", num_cpus=processors(), **quiet)
        else:
            ray.init(order.address, log_to_driver=False)
    except Exception as error:  # noqa: BLE001  Ray raises all kinds: the other side says what it is
        failed = Failed(f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
        pipe.send_bytes(report_to_bytes(failed))
        return None
    return Door(pipe, order.identity)


def serve(pipe: Connection) -> None:
    """Join, and do what is ordered until nobody is on the other side."""
    door = _joined(pipe)
    if door is None:
        return
    try:
        door.say(Machines(()))
        while True:
            for order in door.orders():
                door.obey(order)
            if time.monotonic() >= door.looked + LOOK or not all(
                m.known or m.refused or not m.alive for m in door.machines.values()
            ):
                door.look()
            door.hand_out()
            door.collect()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # nobody wants more
    finally:
        ray.shutdown()


if __name__ == "__main__":
    serve(Connection(int(sys.argv[1])))
