"""The compiled code loaded, or compiled where it is not kept on disk, while the search goes on."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from time import sleep

import numpy as np
from numba import njit
from numba.core.event import install_listener

from verifier.provers.cells import Branching
from verifier.provers.compiled.beside import SEARCH, begun
from verifier.provers.compiled.explore import explore
from verifier.provers.compiled.making import Teller, in_thread
from verifier.provers.compiled.net import Net
from verifier.provers.compiled.slots import Slot, call
from verifier.provers.costs import costs
from verifier.provers.ledger import in_order
from verifier.provers.ordered import OPEN
from verifier.provers.shaping import dear, shape_of
from verifier.provers.thinning import chances_of, shares
from verifier.provers.timing import now
from verifier.provers.units import structure

LOADING = 3.0
"""Seconds for loading what is compiled; beyond, the search goes on without."""

walk = njit(in_order, cache=True)
weigh = njit(dear, cache=True)
share_out = njit(shares, cache=True)
follow = njit(structure.follow, cache=True)


def is_ready() -> bool:
    """Whether the compiled code is loaded: a call would not wait for the compiler."""
    return all(x.signatures for x in (explore, walk, weigh, share_out, follow))


def ready(search: Branching, net: Net, slot: Slot, meanwhile: Callable[[], bool]) -> bool:
    """Load the compiled search, or compile it and say so; False if the search ended before."""
    if is_ready():
        return True
    waited, limited = now() + LOADING, search.options.deadline is not None
    making = begun(SEARCH, explore) if limited else None
    teller = Teller(search, "the search")
    if making is not None:
        teller.tell()
    with install_listener("numba:compile", teller):
        thread = None if making is not None else begin(search, net, slot)
        while not search.late:
            if thread is not None:
                thread.join(0.05)
                if not thread.is_alive():
                    break
            elif making is not None and making.poll() is None:
                sleep(0.05)
            else:
                thread = begin(search, net, slot)
                continue
            if limited and now() > waited and meanwhile():
                return False
    return is_ready()


def begin(search: Branching, net: Net, slot: Slot) -> Thread:
    """Begin to load it in a thread, unless that is done already; returns the thread."""
    return in_thread("leafproof compiling", load_code, search, net, slot)


def load_code(search: Branching, net: Net, slot: Slot) -> None:
    """Call once what is compiled: an interrupted search has no time for that at its end."""
    call(search, net, slot, 2)
    nothing = np.full(2, OPEN, dtype=np.int32)
    walk(nothing[:1], nothing[:1], -1, 0, *np.empty((2, 2), dtype=np.int32))
    follow(nothing, *np.full((3, 2), -1, dtype=np.int32))
    few = np.full(1, -3, dtype=np.int64)
    weigh(few, few, few.copy(), shape_of(search.domain, costs([search.teacher])), 1)
    share_out(nothing[:1], few, chances_of(search.domain), 1, *np.zeros((2, 1)))
