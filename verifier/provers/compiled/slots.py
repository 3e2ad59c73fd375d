"""Memory for the compiled search: cells go in, a call works on them, what it found comes out."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from verifier.kernel.rules import takes_planes
from verifier.kernel.signed import suits
from verifier.model.proof import Constant, Enumerated, Signed
from verifier.provers.cells import Branching, Held, add_open, count
from verifier.provers.compiled.chain import chances
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
    LOWER,
    NODES,
    NOWHERE,
    OPEN,
    PROBABILITY,
    SIGNED,
    SPLIT,
    TOP,
    WEIGHT,
    Found,
    Ints,
    Net,
    Room,
    Stack,
    Task,
    make_found,
    make_room,
    make_stack,
)
from verifier.provers.compiled.sign_trees import SPENT, TRIED, Signs, make_signs
from verifier.provers.enumerate import look_at
from verifier.provers.evaluate import bulk_classes
from verifier.provers.frontier import Cells, Floats, objects
from verifier.provers.ordered import OPEN as OPEN_CODE
from verifier.provers.search import record
from verifier.writing.falling import worked

DEEPER = 2.0**-6
"""Boxes of real numbers are split in one call down to this part of a box's probability."""
SMALL = 512
"""Cells of at most so many points, of more than one class, are enumerated."""

LEARNT = 1 << 14
"""Nodes of a proof from which on trees of signs are tried: what is done sooner needs none."""
ASIDE = 100
"""What trees take beside their nodes, in such nodes: closer bounds of neurons before, and what was
known of the cell found again after."""
PASSES = 4
"""How often a row of logits is bounded again, at most; the kernel goes on for longer."""


@dataclass(eq=False)
class Slot:
    """Memory for one search at a time; ``test`` is the tree node that all its cells pass.

    ``given`` is the leaf of the domain's tree that they lie in. The last call took ``each`` seconds
    of a processor for a node.
    """

    room: Room
    stack: Stack
    found: Found
    signs: Signs
    test: int = 0
    given: int | None = None
    top: int = 0
    closable: bool = True
    tell: int = 0
    learnt: bool = False
    each: float = 0.0


def make_slot(net: Net, budget: int) -> Slot:
    """Memory for calls of at most ``budget`` nodes."""
    return Slot(make_room(net), make_stack(net), make_found(net, budget), make_signs(net))


def call(search: Branching, net: Net, slot: Slot, budget: int) -> int:
    """Run the compiled search on a slot's stack; returns its stamp."""
    slot.found.counts[TOP] = slot.top
    expected = int(search.tree.classes[slot.test])
    least = 0.0
    if search.domain.infinite:  # depth first there is no end
        least = float(slot.stack.share[: slot.top, PROBABILITY].max(initial=0.0)) * DEEPER
    passes = PASSES if takes_planes(search.prepared) else 0
    options = search.options
    signed = options.signed and not options.confirm and slot.tell < 2 and suits(search.prepared)
    task = Task(
        *(expected, slot.closable, slot.tell, SMALL, budget, least, passes),
        *(signed, slot.learnt),
    )
    slot.closable = True
    if slot.given is not None:
        net = _within(search, net, slot.given)
    begun = time.thread_time()
    stamp: int = explore(net, slot.room, slot.signs, slot.stack, slot.found, task)
    slot.each = (time.thread_time() - begun) / max(1, int(slot.found.counts[NODES]))
    return stamp


def begin(search: Branching, slot: Slot, tell: int) -> None:
    """Give a slot what the next call is to know: what it is to ``tell``, and what was learnt."""
    slot.tell, slot.learnt = tell, search.ledger.size >= LEARNT and not search.hasty
    if search.seen is not None:
        slot.signs.past[:] = search.seen


def _within(search: Branching, net: Net, leaf: int) -> Net:
    """The net with the probabilities in a leaf of the domain's tree."""
    mass, ran, runs = chances(search.domain.distributions(leaf))
    return net._replace(mass=mass, ran=ran, runs=runs)


def load(search: Branching, net: Net, slot: Slot, cells: Cells) -> None:
    """Put the first of some cells on a slot's empty stack."""
    stack, test, given = slot.stack, int(cells.tests[0]), int(cells.given[0])
    slot.test, slot.top, slot.closable = test, 1, not cells.refused[0]
    slot.given = given if given >= 0 else None
    stack.masks[0], stack.parent[0] = cells.words[0], cells.nodes[0]
    stack.share[0] = cells.shares[0], cells.weights[0]
    held = cells.known[0]
    if isinstance(held, Held):
        stack.target[0] = held.target
        stack.bounds[:, 0] = held.bounds
        return
    stack.target[0] = search.tree.classes[test]
    stack.bounds[LOW, 0], stack.bounds[HIGH, 0] = -np.inf, np.inf
    for k, width in enumerate(net.widths.tolist()):
        stack.bounds[:, 0, k, width:] = 0  # no infinity may meet a weight of 0


def hand_back(search: Branching, slot: Slot) -> None:
    """Queue a slot's cells where they compete by their probability."""
    stack, top = slot.stack, slot.top
    held = [Held(stack.bounds[:, i].copy(), int(stack.target[i])) for i in range(top)]
    add_open(
        search,
        _cells(slot, stack.parent[:top].copy(), stack.masks[:top], stack.share[:top], held),
    )
    slot.top = 0


def _cells(slot: Slot, nodes: Ints, words: Ints, shares: Floats, known: Sequence[object]) -> Cells:
    """Cells from a slot, given their places in the ledger; ``shares`` are as in ``Stack``."""
    count = len(nodes)
    return Cells(
        nodes=nodes,
        words=words.copy(),
        tests=np.full(count, slot.test),
        given=np.full(count, -1 if slot.given is None else slot.given),
        shares=shares[:, PROBABILITY].copy(),
        weights=shares[:, WEIGHT].copy(),
        points=np.where(words < 0, -1 - words & LOWER, np.bitwise_count((words & -words) - 1)),
        refused=np.zeros(count, dtype=np.bool_),
        known=objects(known),
    )


def share(slot: Slot, idle: deque[Slot]) -> list[Slot]:
    """Give idle slots the lowest cells of a stack, one each; returns the slots that have work."""
    if not slot.top:
        idle.append(slot)
        return []
    moved, top, stack = min(len(idle), slot.top - 1), slot.top, slot.stack
    others = [idle.popleft() for _ in range(moved)]
    for i, other in enumerate(others):
        other.test, other.top, other.closable = slot.test, 1, True
        other.given = slot.given
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


def enter(search: Branching, slot: Slot) -> None:
    """Enter what a call found into the ledger."""
    found, stack = slot.found, slot.stack
    counts = found.counts.tolist()
    if not search.hasty:  # cells that are probable are split smaller then
        seen = slot.signs.seen.copy()
        seen[:, SPENT] += ASIDE * seen[:, TRIED]
        search.seen = seen if search.seen is None else search.seen + seen
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
    found = slot.found
    if not leaves:
        return
    nodes, classes = found.leaf[:leaves].T
    nothing = [None] * leaves
    cells = _cells(slot, base + nodes, found.masks[:leaves], found.shares[:leaves], nothing)
    kinds = found.kind[nodes]
    constant, small = kinds == CONSTANT, kinds == ENUMERATED
    if constant.any():
        surplus = found.margin[:leaves][constant].astype(np.float64)
        search.waiting.append((cells[constant], classes[constant], surplus))
    if slot.tell > 1:
        count(search, cells[small])
    look_at(search, cells[small].cells())
    add_open(search, cells[~constant & ~small])


def _nodes(search: Branching, found: Found, nodes: int, tell: int) -> tuple[Ints, Ints, Ints]:
    """The nodes of a call as the ledger wants them; those to be confirmed are open for now."""
    kind, number = found.kind[:nodes], found.number[:nodes]
    code_of = search.ledger.code_of
    classes = [Constant(k) for k in range(search.teacher.classes)]
    constant = np.array([OPEN_CODE if tell > 1 else code_of(c) for c in classes])
    by_kind = np.array([0, 0, code_of(Enumerated()), OPEN_CODE, OPEN_CODE])
    code = np.where(kind == SPLIT, number, by_kind[kind])
    at = kind == CONSTANT
    code[at] = constant[number[at]]
    begun = 0
    for i, end in zip(np.flatnonzero(kind == SIGNED).tolist(), found.ends.tolist(), strict=False):
        step = Signed(int(number[i]), found.trees[begun:end].tobytes())
        code[i], begun = code_of(step), end
        if search.budget is not None:
            search.budget.trees += worked(step)
    left = np.where(kind == SPLIT, found.left[:nodes], 0)
    right = np.where((kind == SPLIT) | (kind == OPEN), found.right[:nodes], -1)
    return code, left, right
