"""The compiled search on all processors, and its results entered into the ledger."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from verifier.provers.branch_compiled import (
    CONSTANT,
    ENUMERATED,
    SPLIT,
    Found,
    Net,
    Room,
    Stack,
    explore,
    make_found,
    make_room,
    make_stack,
)
from verifier.provers.branch_search import (
    Masks,
    Search,
    Work,
    add_open,
    enumerate_cells,
    record,
    settle,
    speak,
    split,
    take,
)
from verifier.provers.branch_space import Array
from verifier.provers.bulk import bulk_classes

SLOTS = 8  # searches under way; at most so many processors are used
BUDGET = 4096  # actions of one call, which takes a fraction of a second
ONE = 4  # the budget that closes or splits one cell
ROUNDS = 0  # supergradient steps: the kernel takes the default slopes
SLACK = 2.0**-6  # least margin, relative to its terms: the kernel's slopes have 8 bits
SMALL = 64  # cells of at most so many points, of more than one class, are enumerated
CONFIRM = 1024  # cells that wait for the kernel at most


@dataclass(frozen=True, eq=False)
class Slot:
    """Memory for one search at a time."""

    room: Room
    stack: Stack
    found: Found


def run_compiled(search: Search, net: Net) -> None:
    """Close cells until none is open or the time is over.

    Results are entered in the order in which searches were begun, and their number is fixed, so
    that what is found does not depend on the number of processors or on their speed.
    """
    slots = [_slot(net) for _ in range(SLOTS)]
    flying: deque[tuple[Work, Slot, Future[None]]] = deque()
    with ThreadPoolExecutor(min(SLOTS, os.cpu_count() or 1)) as pool:
        while not search.late:
            while slots and (batch := take(search, 1)):
                slot = slots.pop()
                flying.append((batch[0], slot, pool.submit(_search, search, net, slot, batch[0])))
            if flying:
                work, slot, future = flying.popleft()
                future.result()
                _enter(search, work, slot.found)
                slots.append(slot)
            if len(search.waiting) >= CONFIRM or not (flying or search.stack or search.heap):
                if not search.waiting:
                    return
                settle(search)
            speak(search)


def _slot(net: Net) -> Slot:
    return Slot(make_room(net), make_stack(net), make_found(net, BUDGET))


def _search(search: Search, net: Net, slot: Slot, work: Work) -> None:
    """Run the compiled search on one cell."""
    stack = slot.stack
    lowest = np.array([(m & -m).bit_length() - 1 for m in work.masks.tolist()])
    stack.masks[0] = work.masks
    stack.constant[0] = net.bias[0] + net.table[:, net.starts[:-1] + lowest].sum(axis=1)
    stack.bounds[0, 0], stack.bounds[1, 0] = -np.inf, np.inf
    klass = int(search.tree.classes[work.test])
    stack.target[0] = klass
    explore(
        net,
        slot.room,
        stack,
        slot.found,
        klass,
        not work.refused,
        ROUNDS,
        SLACK,
        SMALL,
        ONE if klass < 0 else BUDGET,
    )


def _enter(search: Search, work: Work, found: Found) -> None:
    """Enter what a search found below an open cell into the ledger."""
    actions, leaves, candidates = found.counts.tolist()
    if candidates and search.tree.classes[work.test] >= 0:
        points = found.points[:candidates].copy()
        record(search, points, bulk_classes(search.bulk, points))
    test = search.tree.nodes[work.test]
    if isinstance(test, tuple) and found.action[0, 0] == SPLIT:
        for part in split(search, work, test[0], test[1] & int(work.masks[test[0]])):
            add_open(search, part)
        return
    cells = _cells(search, work, found, actions, leaves)
    small, opened = [], []
    for kind, number, cell, surplus in cells:
        if kind == CONSTANT:
            search.waiting.append((cell, number, surplus))
        elif kind == ENUMERATED:
            small.append(cell)
        else:
            opened.append(cell)
    for cell in reversed(opened):
        add_open(search, cell)
    enumerate_cells(search, small)


def _cells(
    search: Search, work: Work, found: Found, actions: int, leaves: int
) -> Iterator[tuple[int, int, Work, float]]:
    """Enter the splits; yields the other actions with their cells."""
    masks = found.masks[:leaves].copy()
    shares = _shares(search, masks)
    surplus = found.margin[:leaves].tolist()
    nodes, leaf = [work.node], 0
    for kind, number, left in found.action[:actions].tolist():
        node = nodes.pop()
        if kind == SPLIT:
            first = search.ledger.split(node, number, left)
            nodes += (first + 1, first)
            continue
        cell = Work(node, masks[leaf], work.test, shares[leaf])
        cell.refused = work.refused and leaves == 1
        yield kind, number, cell, surplus[leaf]
        leaf += 1


def _shares(search: Search, masks: Masks) -> list[float]:
    """The logarithms of the cells' probabilities."""
    space = search.network.space
    total: Array = np.zeros(masks.shape)
    for value in range(int(space.positions.max()) + 1):
        column = np.zeros(masks.shape[1])
        here = space.positions == value
        column[space.owners[here]] = space.mass[here]
        total += ((masks >> value) & 1) * column
    with np.errstate(divide="ignore"):
        shares: list[float] = np.log(total).sum(axis=1).tolist()
    return shares
