"""The compiled search one call after the other, in one thread: what a unit of work does."""

from __future__ import annotations

from verifier.provers.cells import Branching, settle, take
from verifier.provers.compiled.net import Net
from verifier.provers.compiled.parallel import follow_test
from verifier.provers.compiled.slots import Slot, begin, call, enter, hand_back, load, make_slot
from verifier.provers.search import COUNTEREXAMPLES

__all__ = ["Slot", "hand_back", "make_slot", "step"]


def step(search: Branching, net: Net, slot: Slot, left: int, *, looks: bool) -> bool:
    """Make about ``left`` nodes more, or as many as one call does; False if no cell is open.

    With ``looks`` the points of enumerated cells are evaluated, as long as some are wanted.
    """
    if not slot.top:
        cells = take(search, 1)
        if cells is None:
            settle(search)
            return bool(len(search.frontier))
        if search.tree.classes[cells.tests[0]] < 0:
            follow_test(search, net, slot, cells)
            return True
        load(search, net, slot, cells)
    begin(search, slot, int(looks and len(search.found) < COUNTEREXAMPLES))
    call(search, net, slot, max(2, min(left, len(slot.found.kind))))
    enter(search, slot)
    if search.domain.infinite:  # depth first there is no end
        hand_back(search, slot)
    return True
