"""The work on a unit: a search of its cells that ends after so many nodes, wherever it is done.

Nothing in here may depend on a clock, on the processors that there are, or on other units.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import ThreadpoolController

from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.question import Matter
from verifier.model.tree import Tree
from verifier.provers import asked_cells, batched, cells, questions, wide
from verifier.provers.asked_cells import Asking, all_open
from verifier.provers.cells import Branching, settle
from verifier.provers.compiled.chain import chain
from verifier.provers.compiled.net import Net, multiplications
from verifier.provers.ledger import GrowingProof, Walk, in_order
from verifier.provers.options import Options
from verifier.provers.ordered import OPEN
from verifier.provers.relaxable import Relaxable
from verifier.provers.search import COUNTEREXAMPLES
from verifier.provers.timing import poll
from verifier.provers.units.shaped import shaped
from verifier.provers.units.unit import FEWEST, LEVELS, MOST, Fragment, Plan, Unit, Way

if TYPE_CHECKING:
    from verifier.provers.compiled.slots import Slot

CALL = 4096
"""Most nodes of one call of the compiled search, which takes some tens of milliseconds."""
CALLS = 16
"""Calls of a unit."""
WORK = 1 << 32
"""Most multiplications of such a call, about."""
BOUNDED = 1 << 34
"""Multiplications, about, of a unit that is done without compiled code."""
TOGETHER = 32
"""Cells that a wide network is bounded over at a time."""
PARTS = 4
"""A unit leaves about as many."""
COMB = 1 << 30
"""Stands in for the variable of splits that hold the cells of a unit together."""
MARK = -(1 << 30)
"""Codes from here down stand for the open cells of a unit."""

Waiting = tuple[int, Cell, float]
"""An open cell: its place in the ledger, itself, and the part of the work that it is expected to be
(2^-depth)."""


@dataclass(eq=False)
class Ready:
    """A matter made ready for work on its units, as a plan says.

    ``base`` is the search of which a unit's is a copy; ``slots`` is memory for compiled code that
    is not in use (any thread may take one), ``pools`` are the threads of libraries.
    """

    plan: Plan
    base: Branching | Asking
    net: Net | None = None
    slots: list[Slot] = field(default_factory=list)
    pools: ThreadpoolController = field(default_factory=ThreadpoolController)


def way_of(matter: Matter, base: Branching | Asking) -> Way:
    """The quickest way to search a matter."""
    if isinstance(base, Asking):
        return "questions"
    if _is_installed() and chain(base.teacher, matter.domain) is not None:
        return "compiled"
    network = base.network
    return "wide" if network.first and not len(network.space.ordinals.variables) else "batched"


def plan_for(matter: Matter, base: Branching | Asking, key: str = "") -> Plan:
    """The plan for a matter: units that take about half a second."""
    way = way_of(matter, base)
    if isinstance(base, Asking):
        work = sum(_work(network) for network in base.networks.values())
        nodes = min(32 * questions.batch_size(base), BOUNDED // max(1, work))
    elif way == "compiled":
        net = chain(base.teacher, matter.domain)
        assert net is not None
        nodes = CALLS * _call_of(net)
    else:
        nodes = 16 * (TOGETHER if way == "wide" else batched.batch_size(base.network))
        nodes = min(nodes, BOUNDED // _work(base.network))
    return Plan(way, max(FEWEST, min(MOST, nodes)), key)


def ready_for(matter: Matter, plan: Plan, base: Branching | Asking | None = None) -> Ready:
    """A matter made ready; ``base``, where there is one, is a search of it.

    Raises LeafproofError where a plan asks for compiled code and Numba is not installed.
    """
    if plan.way == "compiled" and not _is_installed():
        raise LeafproofError(
            "this search was planned for compiled code, and Numba is not installed here: "
            "pip install numba"
        )
    if base is None:
        base = search_of(matter, Options(), questions=plan.way == "questions")
    if plan.way != "compiled":
        return Ready(plan, base)
    assert isinstance(base, Branching)
    return Ready(plan, base, chain(base.teacher, matter.domain))


def search_of(matter: Matter, options: Options, *, questions: bool) -> Branching | Asking:
    """A search of a matter; ``questions`` about any formula, else where a tree is not a network."""
    if questions:
        return Asking(matter=matter, options=options)
    network, tree = (bound.model for bound in matter.models)
    assert isinstance(network, Network) and isinstance(tree, Tree)
    return Branching(matter.domain, network, tree, options=options)


def search_unit(ready: Ready, unit: Unit) -> Fragment:
    """Search the cells of a unit until they are closed, or until it has made its nodes.

    It is a function of the matter, the plan and the unit. Asks ``timing.poll`` now and then.
    """
    with ready.pools.limit(limits=1, user_api="blas"):  # sums in one order, whatever else runs
        if isinstance(ready.base, Asking):
            return _asked(ready, ready.base, unit)
        return _branched(ready, ready.base, unit)


def _asked(ready: Ready, base: Asking, unit: Unit) -> Fragment:
    search, most = asked_cells.blank(base), ready.plan.nodes(unit)
    asked_cells.begin(search, _rooted(search.ledger, unit.cells))
    batch = questions.batch_size(search)
    while search.ledger.size < most and questions.expand(search, asked_cells.take(search, batch)):
        poll()
    sums = search.proved, search.no, search.yes
    return _fragment(unit, search, sums)


def _branched(ready: Ready, base: Branching, unit: Unit) -> Fragment:
    search = cells.blank(base)
    cells.begin(search, _rooted(search.ledger, unit.cells))
    walk, step = in_order, partial(_expand, search, ready.plan.way)
    slot = None
    if ready.net is not None:
        from verifier.provers.compiled import loading, stepping

        slot = ready.slots.pop() if ready.slots else stepping.make_slot(ready.net, CALL)
        # the kernel finds the points of enumerated cells: to look at all takes longer than the rest
        looks = len(unit.path) < LEVELS
        walk, step = loading.walk, partial(stepping.step, search, ready.net, slot, looks=looks)
    try:
        while (left := ready.plan.nodes(unit) - search.ledger.size) > 0 and step(left):
            poll()
        if slot is not None:
            stepping.hand_back(search, slot)
    finally:
        if slot is not None:
            slot.top = 0
            ready.slots.append(slot)
    settle(search)
    sums = search.proved, search.agreed, search.differed
    return _fragment(unit, search, sums, walk, compiled=ready.net is not None)


def _expand(search: Branching, way: Way, left: int) -> bool:
    """One step without compiled code; False where no cell is open."""
    size = TOGETHER if way == "wide" else batched.batch_size(search.network)
    batch = cells.take(search, min(size, left))
    if batch is None:
        return False
    (wide if way == "wide" else batched).expand(search, batch)
    if search.pending >= cells.CONFIRM:
        settle(search)
    return True


def forget_open(search: Branching | Asking) -> None:
    """Have a search work on none of its open cells: others do."""
    if isinstance(search, Asking):
        search.stack, search.heap = [], []
    else:
        search.frontier.clear()
    search.later.clear()


def _rooted(ledger: GrowingProof, some: Sequence[Cell]) -> list[tuple[int, int, Cell]]:
    """Places for cells in an empty ledger: under splits that are none, so that it is one proof."""
    place, rooted = 0, list[tuple[int, int, Cell]]()
    for cell in some[:-1]:
        own, place = ledger.split(place, COMB, 0)
        rooted.append((own, 0, cell))
    return [*rooted, (place, 0, some[-1])]


def _fragment(
    unit: Unit,
    search: Branching | Asking,
    sums: tuple[float, float, float],
    walk: Walk = in_order,
    *,
    compiled: bool = False,
) -> Fragment:
    """What a search has found: its proof in order, and what it leaves as units.

    Of a ``compiled`` search it is made cheap to check.
    """
    ledger, waiting = search.ledger, open_cells(search)
    for i, (node, _, _) in enumerate(waiting):
        ledger.link(node, ledger.add(MARK - i))
    ordered = ledger.ordered(walk)
    kept = ordered.codes != COMB
    ordered = replace(
        ordered, codes=ordered.codes[kept], lefts=ordered.lefts[kept], depth=ordered.depth[kept]
    )
    if compiled:
        from verifier.provers.compiled import loading

        assert isinstance(search, Branching)
        ordered = shaped(search, unit.cells, ordered, (loading.follow, loading.weigh))
    codes, lefts = ordered.codes, ordered.lefts
    places = np.flatnonzero(codes <= MARK)
    some = [waiting[i] for i in (MARK - codes[places]).tolist()]
    codes[places] = OPEN
    weights = [weight for _, _, weight in some]
    groups = list(_groups(weights))
    return Fragment(
        codes=codes,
        lefts=lefts,
        steps=tuple(ordered.steps),
        large=tuple(ordered.large),
        left=tuple(
            Unit((*unit.path, i), tuple(cell for _, cell, _ in some[group]))
            for i, group in enumerate(groups)
        ),
        places=tuple(tuple(places[group].tolist()) for group in groups),
        shares=tuple(math.fsum(weights[group]) for group in groups),
        points=tuple(search.found)[:COUNTEREXAMPLES],
        closed=search.closed,
        sums=sums,
    )


def _groups(weights: Sequence[float]) -> Iterator[slice]:
    """Neighbours taken together: what is heavy alone, else about a part of the whole."""
    most, begun, held = math.fsum(weights) / PARTS, 0, 0.0
    for i, weight in enumerate(weights):
        if i > begun and held + weight > most:
            yield slice(begun, i)
            begun, held = i, 0.0
        held += weight
    if weights:
        yield slice(begun, len(weights))


def first_units(waiting: Sequence[Waiting]) -> list[tuple[Unit, tuple[int, ...], float]]:
    """The first units of a search whose open cells these are, in any order.

    With each the places of its cells in the ledger, and which part of the work it is, about.
    """
    some = sorted(waiting, key=lambda held: held[0])
    groups = _groups([weight for _, _, weight in some])
    return [
        (
            Unit((i,), tuple(cell for _, cell, _ in some[group])),
            tuple(node for node, _, _ in some[group]),
            math.fsum(weight for _, _, weight in some[group]),
        )
        for i, group in enumerate(groups)
    ]


def open_cells(search: Branching | Asking) -> list[Waiting]:
    """The cells that are open in a search."""
    more = [(node, cell, search.later.weight) for node, _, cell in search.later.every()]
    return [*_begun(search), *more]


def _begun(search: Branching | Asking) -> list[Waiting]:
    if isinstance(search, Asking):
        return [(work.node, work.cell, work.weight) for work in all_open(search)]
    rows = [*search.frontier.stack, *(row for _, _, row in search.frontier.heap)]
    if search.frontier.held is None or not rows:
        return []
    some = search.frontier.held[rows]
    return list(zip(some.nodes.tolist(), some.cells(), some.weights.tolist(), strict=True))


def _work(network: Relaxable) -> int:
    """Multiplications, about, for bounding all neurons of a network over a cell."""
    widths = [len(layer.bias) for layer in network.teacher.layers if isinstance(layer, Affine)]
    below, work = network.teacher.columns, 1
    weights = 0
    for width in widths:
        work += width * weights + width * below
        weights, below = weights + width * below, width
    return work


def _call_of(net: Net) -> int:
    """Nodes of one call: few for wide networks and for many variables."""
    return max(FEWEST, min(CALL, WORK // multiplications(net), (1 << 22) // len(net.starts)))


def _is_installed() -> bool:
    return importlib.util.find_spec("numba") is not None
