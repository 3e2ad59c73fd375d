"""The compiled search loaded, or compiled where it is not kept on disk; and called."""

from __future__ import annotations

from collections.abc import Callable
from time import sleep
from typing import TYPE_CHECKING

from numba.core.event import install_listener

from verifier.provers.compiled.beside import SANDWICHES, begun
from verifier.provers.compiled.making import Teller, in_thread
from verifier.provers.pairs.arrays import LOAD, Ints, Pool, Real, Room, Task
from verifier.provers.pairs.layout import Layout
from verifier.provers.pairs.run import run
from verifier.provers.timing import now, poll

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching


def call(
    held: Layout, pool: Pool, rooms: tuple[Room, Room], task: Task, batch: Ints, scratch: Real
) -> int:
    """Call the compiled search."""
    nets = held.nets, held.heads
    return int(run(*nets, held.inputs, pool, *rooms, task, batch, scratch))


def at_hand() -> bool:
    """Whether the compiled search is loaded or kept on disk; else another process compiles it from
    now on."""
    return begun(SANDWICHES, run) is None


def _wait() -> bool:
    """What is done meanwhile where there is nothing to do."""
    sleep(0.05)
    return False


def ready(search: Sandwiching, until: float, meanwhile: Callable[[], bool] = _wait) -> bool:
    """Load the compiled search, or have it compiled and say so; False if that takes too long.

    While another process compiles ``meanwhile`` is called, until it says that nothing is left.
    """
    if run.signatures:
        return True
    making, teller = begun(SANDWICHES, run), Teller(search, "the search for sandwiches")
    if making is not None:
        teller.tell()
        while making.poll() is None and now() < until:
            poll()
            if meanwhile():
                return False
        if making.poll() is None:
            return False
    with install_listener("numba:compile", teller):
        thread = in_thread("leafproof compiling sandwiches", load_code, search)
        while thread.is_alive() and now() < until:
            poll()
            thread.join(0.05)
    return bool(run.signatures)


def load_code(search: Sandwiching) -> None:
    """Call once what is compiled."""
    rooms = search.rooms[0], search.beside[0]
    call(search.held, search.pool, rooms, Task(LOAD), search.batch, search.scratch)
