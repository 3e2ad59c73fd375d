"""The compiled code loaded, or compiled where it is not kept on disk, while the search goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from threading import enumerate as threads

import numpy as np
from numba import njit
from numba.core.event import install_listener

from verifier.provers.cells import Branching
from verifier.provers.compiled.explore import explore
from verifier.provers.compiled.making import Teller
from verifier.provers.compiled.net import Net
from verifier.provers.compiled.slots import Slot, call
from verifier.provers.costs import costs
from verifier.provers.ledger import in_order
from verifier.provers.ordered import OPEN
from verifier.provers.shaping import dear, shape_of
from verifier.provers.timing import now
from verifier.provers.units import structure

COMPILING = "leafproof compiling"
"""A thread that may outlive a search whose time was over."""
LOADING = 3.0
"""Seconds for loading what is compiled; beyond, the search goes on without."""

walk = njit(in_order, cache=True)
weigh = njit(dear, cache=True)
follow = njit(structure.follow, cache=True)


def is_ready() -> bool:
    """Whether the compiled code is loaded: a call would not wait for the compiler."""
    return all(x.signatures for x in (explore, walk, weigh, follow))


def ready(search: Branching, net: Net, slot: Slot, meanwhile: Callable[[], bool]) -> bool:
    """Load the compiled search, or compile it and say so; False if the search ended before."""
    if is_ready():
        return True
    waited = now() + LOADING
    with install_listener("numba:compile", Teller(search, "the search")):
        thread = begin(search, net, slot)
        while thread.is_alive() and not search.late:
            thread.join(0.05)
            short = search.options.deadline is not None and now() > waited
            if short and thread.is_alive() and meanwhile():
                return False
    return is_ready()


def begin(search: Branching, net: Net, slot: Slot) -> Thread:
    """Begin to load it in a thread, unless that is done already; returns the thread."""
    begun = [thread for thread in threads() if thread.name == COMPILING]
    if begun:
        return begun[0]
    thread = Thread(target=load, args=(search, net, slot), name=COMPILING, daemon=True)
    thread.start()
    return thread


def load(search: Branching, net: Net, slot: Slot) -> None:
    """Call what is compiled once, here: an interrupted search has no time for that at its end."""
    call(search, net, slot, 2)
    nothing = np.full(2, OPEN, dtype=np.int32)
    walk(nothing[:1], nothing[:1], -1, 0, *np.empty((2, 2), dtype=np.int32))
    follow(nothing, *np.full((3, 2), -1, dtype=np.int32))
    few = np.full(1, -3, dtype=np.int64)
    weigh(few, few, few.copy(), shape_of(search.domain, costs([search.teacher])), 1)
