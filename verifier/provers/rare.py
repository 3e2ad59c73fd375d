"""Tails for a wide network's cells, by ranges that neurons rarely leave.

Where a network of many inputs is far from its class in the worst case, it may still be of that
class at nearly all points. The cells of a proof that are open, or hold much that is, are gone
through from the largest on; where one shows nothing, its halves may. The bounds are the kernel's.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial

import numpy as np

from verifier.kernel.asked import Net
from verifier.kernel.choices import Floats, first_layers
from verifier.kernel.likely import least_of, rarely
from verifier.kernel.quick import Cells, Rows, intercept, slopes
from verifier.kernel.rules import class_rows
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.chances import Distribution
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.model.proof import Open, Proof, Split, Step, Tail, cut
from verifier.model.question import Matter
from verifier.provers.relaxable import WIDE
from verifier.provers.space import Array, Space, as_bits, boxes, extremes
from verifier.provers.split import adds, below_middle, middle
from verifier.provers.timing import now, poll
from verifier.writing.proof_bytes import changed

RUNGS = (7, 14, 26, 40)
"""Bounds of Tails that are tried, as powers of 1/2: the higher, the harder to show."""
LONG = 1 << 17
"""Nodes of a proof that is not gone through: its open cells are small."""
FREE = 256
"""Variables from which on sums are far more often near their means than at their ends."""


@dataclass(frozen=True, eq=False)
class Said:
    """What may be said of a cell: the class of a network, given how what it reads is distributed.

    ``space`` is that of the network's own domain.
    """

    net: Net
    space: Space
    model: int
    klass: int
    chances: Sequence[Distribution]


@dataclass(eq=False)
class Part:
    """A cell of the new proof, and node ``at`` of the old one that it was; -1 where it was none.

    ``open`` is how much of its weight is not told, with its ``tail`` if it has one, of a ``rung``.
    Of a part that was split the ``halves`` may tell more; else ``form`` says where it may be.
    """

    cell: Cell
    at: int
    open: Fraction
    tail: Tail | None = None
    rung: int = -1
    form: Array | None = None
    split: Split | None = None
    halves: tuple[Part, ...] = ()

    @property
    def left(self) -> Fraction:
        """How much is not told of it, or of its halves if that is less."""
        return min(self.open, self.below) if self.halves else self.open

    @property
    def below(self) -> Fraction:
        """How much is not told of its halves."""
        return sum((half.left for half in self.halves), Fraction(0))


Sayable = Callable[[Cell], Said | Split | None]
"""What may be said of a cell, or the test of a tree that has to come first."""


def suits(matter: Matter) -> bool:
    """Whether this is tried: of one wide network of many inputs, which little else tells of."""
    found = [
        max(x.model.widths[1:]) >= WIDE and len(x.reads) >= FREE
        for x in matter.models
        if isinstance(x.model, Network)
    ]
    return found == [True]


def closed(
    proof: Proof,
    domain: Domain,
    said: Sayable,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Proof:
    """The proof with Tails for open cells, until the kernel needs the time that is left."""
    if len(proof) > LONG:
        return proof
    old = _read(domain, proof)
    first = Part(full_cell(domain), 0, Fraction(old.open[0]))
    heap, count, tails, rung, spent = [(-first.open, 0, first)], 1, 0, 0, 0.0
    with suppress(KeyboardInterrupt):
        while heap and now() + spent < deadline:
            part, begun = heapq.heappop(heap)[2], now()
            more, rung = _told(domain, old, part, said, rung)
            if part in more:  # it has a tail: the kernel will take as long again
                spent, tails = spent + now() - begun, tails + 1
                if progress is not None:
                    progress(tails)
            for one in more:
                if one.open and one.rung < len(RUNGS) - 1:
                    heapq.heappush(heap, (-one.open, count, one))
                    count += 1
    return changed(proof, lambda _: _assembled(old, first)) if tails else proof


@dataclass(frozen=True, eq=False)
class _Old:
    """The nodes of a proof: where each one's subtree ends, and how much of its weight is open."""

    nodes: Sequence[Split | Step]
    ends: Sequence[int]
    open: Sequence[int]


def _read(domain: Domain, proof: Proof) -> _Old:
    nodes, stack = list(proof), [full_cell(domain)]
    left, ends = [0] * len(nodes), list(range(1, len(nodes) + 1))
    for at, node in enumerate(nodes):
        poll()
        cell = stack.pop()
        if isinstance(node, Split):
            stack.extend(reversed(cut(cell, node, at)))
        elif isinstance(node, Open):
            left[at] = cell_weight(domain, cell)
    below: list[int] = []  # the halves that follow, the left one last
    for at in range(len(nodes) - 1, -1, -1):
        if isinstance(nodes[at], Split):
            one, other = below.pop(), below.pop()
            left[at], ends[at] = left[one] + left[other], ends[other]
        below.append(at)
    return _Old(nodes, ends, left)


def _told(
    domain: Domain, old: _Old, part: Part, said: Sayable, rung: int
) -> tuple[tuple[Part, ...], int]:
    """The parts that may tell more: this one with a new tail, or its halves; and the next rung.

    Where a part has a tail already it is not tried again.
    """
    what = said(part.cell)
    if part.tail is None and isinstance(what, Said):
        found, part.form = _highest(what, part.cell, rung)
        weight = cell_weight(domain, part.cell)
        if found is not None and (left := Fraction(weight, 1 << RUNGS[found])) < part.open:
            bound = Fraction(1, 1 << RUNGS[found])
            part.tail, part.rung, part.open = Tail(what.klass, bound, what.model), found, left
            return (part,), found
        rung = 0
    node = old.nodes[part.at] if part.at >= 0 else Open()
    if isinstance(node, Split):
        places = part.at + 1, old.ends[part.at + 1]
        own = [Fraction(old.open[at]) for at in places]
    else:
        if isinstance(what, Said) and part.form is not None:
            what = _cut(what, part.cell, part.form)
        if not isinstance(what, Split):
            return (), rung
        node, places, own = what, (-1, -1), []
    cells = cut(part.cell, node, 0)
    weights = own or [Fraction(cell_weight(domain, cell)) for cell in cells]
    part.split = node
    part.halves = tuple(map(Part, cells, places, weights))
    return part.halves, rung


def _highest(what: Said, cell: Cell, start: int) -> tuple[int | None, Array | None]:
    """The highest rung that the kernel shows, from ``start`` up or down, and what moves one that it
    does not."""
    poll()
    shown, fell = _try(what, cell, start)
    at, up = start, shown
    while 0 <= at + (1 if up else -1) < len(RUNGS):
        at += 1 if up else -1
        shown, form = _try(what, cell, at)
        if up and not shown:
            return at - 1, form
        if not up and shown:
            return at, fell
        fell = form
    return (at if up else None), fell


def _try(what: Said, cell: Cell, rung: int) -> tuple[bool, Array | None]:
    """Whether the kernel shows a rung of a cell, and how much columns move what is least."""
    p, own = what.net.p, what.net.cell(cell)
    with np.errstate(all="ignore"):
        cells = rarely(p, own, Fraction(1, 1 << RUNGS[rung]), what.chances)
        if cells is None:
            return False, None
        rows = class_rows(p.teacher.outputs, what.klass)[0]
        least = least_of(cells, rows)
        worst = int(np.where(np.isnan(least), -np.inf, least).argmin())
        moves = _moves(cells, rows[worst])
    return bool((least > 0).all()), np.ldexp(moves, [-scale for scale in p.scales])


def _moves(cells: Cells, row: Floats) -> Array:
    """How much columns move a form of the logits: straight, and by how loose first ReLUs are."""
    zero, seen = np.zeros((1, 1)), dict[int, Floats]()
    lines = partial(cells.relu, sets=1)
    last = len(cells.p.teacher.layers)
    moves = np.abs(cells.carry(last, Rows(row[None, None], zero[:, None], zero), seen, lines).a)[0]
    for node in first_layers(cells.p):
        if node in seen:
            low, high, a = cells.low[node], cells.high[node], seen[node][0]
            over = intercept(low, high, slopes(low, high, cells.precision)[1])
            lost = np.maximum(-a, 0) * over + np.maximum(a, 0) * np.minimum(-low, high)
            held = cells.layers[node - 1]
            assert held is not None
            open_ = (low < 0) & (high > 0)
            moves = moves + np.where(open_, lost / np.where(open_, high - low, 1), 0) @ held.size
    return np.asarray(moves[0])


def _cut(what: Said, cell: Cell, form: Array) -> Split:
    """Where a form of the input, what columns move, varies most."""
    space, own = what.space, what.net.cell(cell)
    ends = extremes(space, boxes(space, [own]), form[None, None])
    moves = np.nan_to_num(ends.high[0, 0] - ends.low[0, 0])
    free = [len(part) if isinstance(part, range) else part.bit_count() for part in own.parts]
    at = int(np.where(np.array(free) > 1, moves, -1.0).argmax())
    part = own.parts[at]
    if isinstance(part, range):
        return Split(what.net.reads[at], middle(part) - 1)
    added = adds(space, at, form)
    return Split(what.net.reads[at], below_middle(added, as_bits(part, len(added))))


def _assembled(old: _Old, first: Part) -> Iterator[Split | Step]:
    """The nodes of the new proof."""
    waiting = [first]
    while waiting:
        part = waiting.pop()
        if part.split is not None and part.below < part.open:
            yield part.split
            waiting.extend(reversed(part.halves))
        elif part.tail is not None:
            yield part.tail
        elif part.at >= 0:
            yield from old.nodes[part.at : old.ends[part.at]]
        else:
            yield Open()
