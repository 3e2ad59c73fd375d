"""The compiled search on all processors, and its results entered into the ledger.

Some searches are under way at any time, each on a stack of its own. Results are entered in the
order in which calls were begun, and the work of a call and what idle searches take over are fixed
then, so that what is found does not depend on the number of processors or on their speed.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from threading import Thread
from threading import enumerate as threads

import numpy as np
from numba import njit
from numba.core.event import Listener, install_listener

from verifier.model.proof import Constant, Enumerated
from verifier.provers.batched import batch_size, expand
from verifier.provers.cells import (
    CONFIRM,
    Branching,
    Held,
    Work,
    add_open,
    count,
    rank,
    settle,
    split_by_test,
    take,
)
from verifier.provers.compiled.explore import explore
from verifier.provers.compiled.net import (
    AGREED,
    CANDIDATES,
    CLOSED,
    CONSTANT,
    CONSTANTS,
    COUNTED,
    DIFFERED,
    ENUMERATED,
    ENUMERATIONS,
    HIGH,
    LEAVES,
    LINKS,
    LOW,
    NODES,
    NOWHERE,
    OPEN,
    SPLIT,
    TOP,
    Found,
    Ints,
    Net,
    Room,
    Stack,
    make_found,
    make_room,
    make_stack,
)
from verifier.provers.enumerate import look_at
from verifier.provers.evaluate import bulk_classes
from verifier.provers.ledger import OPEN as OPEN_CODE
from verifier.provers.ledger import in_order
from verifier.provers.search import COUNTEREXAMPLES, record, speak
from verifier.provers.timing import now

SLOTS = 8  # searches under way; at most so many processors are used
BUDGET = 4096  # most nodes of one call, which takes some tens of milliseconds
EARLY = 256  # the same while others have nothing to do
WORK = 1 << 32  # most multiplications of one call, about
ROUNDS = 0  # supergradient steps: the kernel takes the default slopes
COMPILING = "leafproof compiling"  # a thread that may outlive a search whose time was over
LOADING = 3.0  # seconds for loading what is compiled; beyond, the search goes on without
SLACK = 2.0**-9  # least margin, relative to its terms, that is taken for a proof
SMALL = 1024  # cells of at most so many points, of more than one class, are enumerated

walk = njit(in_order, cache=True)


@dataclass(eq=False)
class Slot:
    """Memory for one search at a time; ``test`` is the tree node that all its cells pass."""

    room: Room
    stack: Stack
    found: Found
    test: int = 0
    top: int = 0
    closable: bool = True
    tell: int = 0


def run_compiled(search: Branching, net: Net, meanwhile: Callable[[], bool]) -> None:
    """Close cells until none is open or the time is over.

    ``meanwhile`` closes some without compiled code, and says whether none is open; it is called
    while that is made, if time is short.
    """
    budget = budget_of(net)
    slots = [Slot(make_room(net), make_stack(net), make_found(net, budget)) for _ in range(SLOTS)]
    if not _ready(search, net, slots[0], meanwhile):
        return
    _follow_tests(search)
    idle = deque(slots)
    flying: deque[tuple[Slot, Future[int]]] = deque()
    pool = ThreadPoolExecutor(min(SLOTS, os.cpu_count() or 1))
    try:
        while not search.late:
            while idle and (search.stack or search.heap) and not search.late:
                work = take(search, 1)[0]
                if search.tree.classes[work.test] < 0:
                    _follow_test(search, net, idle[0], work)
                    continue
                slot = idle.popleft()
                _load(search, net, slot, work)
                flying.append((slot, _begin(search, net, slot, pool, len(idle))))
            if flying:
                slot, future = flying.popleft()
                future.result()
                _enter(search, slot)
                if search.found:
                    _hand_back(search, slot)
                for other in _share(slot, idle):
                    flying.append((other, _begin(search, net, other, pool, len(idle))))
            search.flying = sum(s.top for s in slots)
            if len(search.waiting) >= CONFIRM or not (flying or search.stack or search.heap):
                if not search.waiting:
                    return
                settle(search)
            search.measure()
            speak(search)
    finally:
        pool.shutdown(cancel_futures=True)


def is_ready() -> bool:
    """Whether the compiled code is loaded: a call would not wait for the compiler."""
    return bool(explore.signatures and walk.signatures)


def _ready(search: Branching, net: Net, slot: Slot, meanwhile: Callable[[], bool]) -> bool:
    """Load the compiled search, or compile it and say so; False if the search ended before."""
    if is_ready():
        return True
    waited = now() + LOADING
    with install_listener("numba:compile", _Teller(search)):
        begun = [thread for thread in threads() if thread.name == COMPILING]
        thread = begun[0] if begun else _begin_loading(search, net, slot)
        while thread.is_alive() and not search.late:
            thread.join(0.05)
            short = search.options.deadline is not None and now() > waited
            if short and thread.is_alive() and meanwhile():
                return False
    return is_ready()


def _begin_loading(search: Branching, net: Net, slot: Slot) -> Thread:
    load = Thread(target=_load_code, args=(search, net, slot), name=COMPILING, daemon=True)
    load.start()
    return load


def _load_code(search: Branching, net: Net, slot: Slot) -> None:
    """Call what is compiled once: an interrupted search has no time for that at its end."""
    _call(search, net, slot, 2)
    nothing = np.full(2, OPEN_CODE, dtype=np.int32)
    walk(nothing[:1], nothing[:1], -1, 0, *np.empty((2, 2), dtype=np.int32))


@dataclass(eq=False)
class _Teller(Listener):  # type: ignore[misc]
    """Reports that the search is compiled, when that begins."""

    search: Branching

    def on_start(self, event: object) -> None:
        """Numba compiles a function that it has not kept on disk."""
        speak(self.search, doing="compiling the search (once per installation)")

    def on_end(self, event: object) -> None:
        """Nothing to say."""


def budget_of(net: Net) -> int:
    """Nodes of one call: few for wide networks and for many variables."""
    layers, neurons = net.bias.shape
    cost = 2 * neurons * neurons * (len(net.table) + (layers - 1) * neurons)
    return int(max(64, min(BUDGET, WORK // cost, (1 << 22) // len(net.starts))))


def _begin(
    search: Branching, net: Net, slot: Slot, pool: ThreadPoolExecutor, idle: int
) -> Future[int]:
    """Start a call on a slot's stack."""
    budget = len(slot.found.kind)
    if idle:
        budget = min(EARLY, budget)
    slot.tell = _tell(search)
    return pool.submit(_call, search, net, slot, budget)


def _tell(search: Branching) -> int:
    if search.options.confirm:
        return 2
    return int(len(search.found) < COUNTEREXAMPLES)


def _call(search: Branching, net: Net, slot: Slot, budget: int) -> int:
    """Run the compiled search on a slot's stack."""
    slot.found.counts[TOP] = slot.top
    closable = slot.closable
    slot.closable = True
    klass = int(search.tree.classes[slot.test])
    stamp: int = explore(
        net,
        slot.room,
        slot.stack,
        slot.found,
        klass,
        closable,
        slot.tell,
        ROUNDS,
        SLACK,
        SMALL,
        budget,
    )
    return stamp


def _load(search: Branching, net: Net, slot: Slot, work: Work) -> None:
    """Put a cell on a slot's empty stack."""
    stack = slot.stack
    slot.test, slot.top, slot.closable = work.test, 1, not work.refused
    stack.masks[0], stack.parent[0] = work.masks, work.node
    stack.share[0] = work.share, work.weight
    if work.held is not None:
        stack.constant[0], stack.target[0] = work.held.constant, work.held.target
        stack.bounds[:, 0] = work.held.bounds
        return
    stack.target[0] = search.tree.classes[work.test]
    space = search.network.space
    inside = ((work.masks[space.owners] >> space.positions) & 1).astype(bool)
    lowest = np.array([(m & -m).bit_length() - 1 for m in work.masks.tolist()])
    stack.constant[0] = net.bias[0] + net.table[net.starts[:-1] + lowest].sum(axis=0)
    stack.bounds[LOW, 0], stack.bounds[HIGH, 0] = -np.inf, np.inf
    for side, reduce, missing in ((LOW, np.minimum, np.inf), (HIGH, np.maximum, -np.inf)):
        adds = np.where(inside[:, None], net.table, np.float32(missing))
        stack.bounds[side, 0, 0] = net.bias[0] + reduce.reduceat(adds, net.starts[:-1]).sum(axis=0)


def _follow_tests(search: Branching) -> None:
    """Split the cells above the tree's leaves by its tests, unless they can be closed; in batches.

    Those that compete by their probability are left to ``_follow_test``.
    """
    most, classes = batch_size(search.network), search.tree.classes
    rank(search)
    above, search.stack = search.stack[::-1], []
    below: list[Work] = []
    while above and not search.late:
        batch = [work for work in above[:most] if classes[work.test] < 0]
        below += [work for work in above[:most] if classes[work.test] >= 0]
        if batch:
            expand(search, batch)
            rank(search)
        above, search.stack = [*above[most:], *search.stack], []
    for work in [*above, *below][::-1]:
        add_open(search, work)


def _follow_test(search: Branching, net: Net, slot: Slot, work: Work) -> None:
    """Bound one cell above the tree's leaves; split it by the tree's test if that is not enough."""
    _load(search, net, slot, work)
    slot.tell = 2
    _call(search, net, slot, 2)
    if slot.found.kind[0] in (CONSTANT, ENUMERATED):
        _enter(search, slot)
        return
    slot.top = 0
    for part in reversed(split_by_test(search, work)):
        add_open(search, part)


def _hand_back(search: Branching, slot: Slot) -> None:
    """Queue a slot's cells where they compete by their probability."""
    stack = slot.stack
    for i in range(slot.top):
        share, weight = stack.share[i].tolist()
        held = Held(stack.constant[i].copy(), stack.bounds[:, i].copy(), int(stack.target[i]))
        node, masks = int(stack.parent[i]), stack.masks[i].copy()
        add_open(search, Work(node, masks, slot.test, share, weight, held=held))
    slot.top = 0


def _share(slot: Slot, idle: deque[Slot]) -> list[Slot]:
    """Give idle slots the lowest cells of a stack, one each; returns the slots that have work."""
    if not slot.top:
        idle.append(slot)
        return []
    moved, top, stack = min(len(idle), slot.top - 1), slot.top, slot.stack
    others = [idle.popleft() for _ in range(moved)]
    for i, other in enumerate(others):
        other.test, other.top, other.closable = slot.test, 1, True
        for name in Stack._fields:
            at = (slice(None), i) if name == "bounds" else (i,)
            to = (slice(None), 0) if name == "bounds" else (0,)
            getattr(other.stack, name)[to] = getattr(stack, name)[at]
    if moved:
        for name in Stack._fields:
            array = getattr(stack, name)
            array = array.swapaxes(0, 1) if name == "bounds" else array
            array[: top - moved] = array[moved:top].copy()
    slot.top -= moved
    return [slot, *others]


def _enter(search: Branching, slot: Slot) -> None:
    """Enter what a call found into the ledger."""
    found, stack = slot.found, slot.stack
    counts = found.counts.tolist()
    slot.top, nodes = counts[TOP], counts[NODES]
    base = search.ledger.append(*_nodes(search, found, nodes, slot.tell))
    for node, child in found.links[: counts[LINKS]].tolist():
        search.ledger.link(node, base + child)
    parents = stack.parent[: slot.top]
    local = (parents < 0) & (parents != NOWHERE)
    parents[local] = base - 1 - parents[local]
    if slot.tell < 2:
        search.closed += counts[CONSTANTS] + counts[ENUMERATIONS]
        search.agreed += float(found.sums[AGREED])
        search.differed += float(found.sums[DIFFERED])
        search.weight += float(found.sums[CLOSED])
        search.proved += float(found.sums[[AGREED, DIFFERED, COUNTED]].sum())
    if counts[CANDIDATES]:
        points = found.points[: counts[CANDIDATES]].copy()
        record(search, points, bulk_classes(search.bulk, points))
    _look_at_leaves(search, slot, base, counts[LEAVES])


def _look_at_leaves(search: Branching, slot: Slot, base: int, leaves: int) -> None:
    """Take care of the leaves that were handed over."""
    found, small = slot.found, []
    for i, (node, klass) in enumerate(found.leaf[:leaves].tolist()):
        kind = int(found.kind[node])
        share, weight = found.shares[i].tolist()
        work = Work(base + node, found.masks[i].copy(), slot.test, share, weight)
        if kind == CONSTANT:
            search.waiting.append((work, klass, float(found.margin[i])))
        elif kind == ENUMERATED:
            small.append(work.cell)
            if slot.tell > 1:
                count(search, work)
        else:
            add_open(search, work)
    look_at(search, small)


def _nodes(search: Branching, found: Found, nodes: int, tell: int) -> tuple[Ints, Ints, Ints]:
    """The nodes of a call as the ledger wants them; those to be confirmed are open for now."""
    kind, number = found.kind[:nodes], found.number[:nodes]
    code_of = search.ledger.code_of
    classes = [Constant(k) for k in range(search.teacher.classes)]
    constant = np.array([OPEN_CODE if tell > 1 else code_of(c) for c in classes])
    by_kind = np.array([0, 0, code_of(Enumerated()), OPEN_CODE])
    code = np.where(kind == SPLIT, number, by_kind[kind])
    at = kind == CONSTANT
    code[at] = constant[number[at]]
    left = np.where(kind == SPLIT, found.left[:nodes], 0)
    right = np.where((kind == SPLIT) | (kind == OPEN), found.right[:nodes], -1)
    return code, left, right
