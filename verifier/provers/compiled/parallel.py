"""The compiled search on all processors.

Some searches are under way at any time, each on a stack of its own. Results are entered in the
order in which calls were begun, and the work of a call and what idle searches take over are fixed
then, so that what is found does not depend on the number of processors or on their speed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

from verifier.provers.batched import batch_size, expand
from verifier.provers.cells import (
    Branching,
    add_open,
    begin_more,
    confirmed,
    rank,
    split_by_test,
    take,
)
from verifier.provers.compiled.loading import ready
from verifier.provers.compiled.net import CONSTANT, ENUMERATED, Net, multiplications
from verifier.provers.compiled.sign_trees import SPENT
from verifier.provers.compiled.slots import (
    Slot,
    begin,
    call,
    enter,
    hand_back,
    load,
    make_slot,
    share,
)
from verifier.provers.frontier import Cells
from verifier.provers.loop import go_on
from verifier.provers.search import COUNTEREXAMPLES
from verifier.writing.helping import start_helpers
from verifier.writing.processors import processors

SLOTS = 8
"""Searches under way; at most so many processors are used."""
BUDGET = 4096
"""Most nodes of one call, which takes some tens of milliseconds."""
EARLY = 256
"""The same while others have nothing to do; and in haste, so that probable cells come first."""
WORK, FEWEST, LONGEST = 1 << 32, 64, 0.2
"""Most multiplications of one call, about, and its nodes at least; with a time limit a call takes
about so many seconds at most, by what the last one took: the search ends between two."""
LONG = 20_000
"""Closed cells from which on the kernel's helpers are started, which the check will want."""
LIGHTER = 10
"""So many nodes of trees of signs take the check as long as a cell, about."""
Flying = deque[tuple[Slot, Future[int]]]
"""Searches under way, in the order in which their calls were begun."""


def run_compiled(search: Branching, net: Net, meanwhile: Callable[[], bool]) -> None:
    """Close cells until none is open or the time is over.

    ``meanwhile`` closes some without compiled code, and says whether none is open; it is called
    while that is made, if time is short.
    """
    budget = budget_of(net)
    slots = [make_slot(net, budget) for _ in range(SLOTS)]
    if not ready(search, net, slots[0], meanwhile):
        return
    _follow_tests(search)
    idle = deque(slots)
    flying: Flying = deque()
    workers = min(SLOTS, processors())
    pool = ThreadPoolExecutor(workers)
    if search.budget is not None:
        search.budget.beside = workers
        search.budget.quiet = lambda: wait([future for _, future in flying])
    try:
        go_on(search, lambda: _step(search, net, idle, flying, pool))
    finally:
        pool.shutdown(cancel_futures=True)
        if search.budget is not None:  # what was cancelled is never waited for
            search.budget.quiet = tuple


def _step(
    search: Branching, net: Net, idle: deque[Slot], flying: Flying, pool: ThreadPoolExecutor
) -> bool:
    """Give idle searches cells, and enter what the call found that was begun first."""
    if begin_more(search):
        _follow_tests(search)
    while idle and len(search.frontier) and not search.late:
        cells = take(search, 1)
        assert cells is not None
        if search.tree.classes[cells.tests[0]] < 0:
            follow_test(search, net, idle[0], cells)
            continue
        slot = idle.popleft()
        load(search, net, slot, cells)
        flying.append((slot, _begin(search, net, slot, pool, len(idle))))
    if flying:
        slot, future = flying.popleft()
        future.result()
        enter(search, slot)
        spent = 0.0 if search.seen is None else search.seen[:, SPENT].sum()
        if search.closed + spent / LIGHTER >= LONG and not search.options.confirm:
            start_helpers()
        if search.found or search.hasty or search.domain.infinite:
            hand_back(search, slot)
        for other in share(slot, idle):
            flying.append((other, _begin(search, net, other, pool, len(idle))))
    search.flying = sum(slot.top for slot, _ in flying)
    return confirmed(search, idle=not (flying or len(search.frontier) or len(search.later)))


def budget_of(net: Net) -> int:
    """Nodes of one call: few for wide networks and for many variables."""
    most = min(BUDGET, WORK // multiplications(net), (1 << 22) // len(net.starts))
    return max(FEWEST, most)


def _begin(
    search: Branching, net: Net, slot: Slot, pool: ThreadPoolExecutor, idle: int
) -> Future[int]:
    """Start a call on a slot's stack."""
    budget, limited = len(slot.found.kind), search.options.deadline is not None
    if idle or search.hasty or (limited and not slot.each):
        budget = min(EARLY, budget)
    if limited and slot.each * budget > LONGEST:
        budget = max(FEWEST, int(LONGEST / slot.each))
    begin(search, slot, _tell(search))
    return pool.submit(call, search, net, slot, budget)


def _tell(search: Branching) -> int:
    if search.options.confirm:
        return 2
    return int(len(search.found) < COUNTEREXAMPLES)


def _follow_tests(search: Branching) -> None:
    """Split the cells above the tree's leaves by its tests, unless they can be closed; in batches.

    Those that compete by their probability are left to ``follow_test``.
    """
    most, classes = batch_size(search.network), search.tree.classes
    below: list[Cells] = []
    rank(search)
    while search.frontier.stack and not search.late:
        batch = search.frontier.take(min(most, len(search.frontier.stack)))
        assert batch is not None
        above = classes[batch.tests] < 0
        below.append(batch[~above])
        if above.any():
            expand(search, batch[above])
            rank(search)
    for cells in reversed(below):
        add_open(search, cells[::-1])


def follow_test(search: Branching, net: Net, slot: Slot, cells: Cells) -> None:
    """Bound one cell above the tree's leaves; split it by the tree's test if that is not enough."""
    load(search, net, slot, cells)
    slot.tell = 2
    call(search, net, slot, 2)
    if slot.found.kind[0] in (CONSTANT, ENUMERATED):
        enter(search, slot)
        return
    slot.top = 0
    add_open(search, split_by_test(search, cells)[::-1])
