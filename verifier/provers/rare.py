"""Tails for a wide network's cells, by ranges that neurons rarely leave.

Where a network of many inputs is far from its class in the worst case, it may still be of that
class at nearly all points. The cells of a proof that are open, or hold much that is, are gone
through from the largest on; where one shows nothing, its halves may. The bounds are the kernel's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial

from threadpoolctl import threadpool_limits

from verifier.kernel.forms import MANY
from verifier.kernel.likely import Around
from verifier.kernel.prepared import NUMBERS
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.ordinal import AnyVariable
from verifier.model.proof import Open, Proof, Split, Step, Tail, cut
from verifier.model.question import Matter
from verifier.model.variable import Variable
from verifier.provers.relaxable import WIDE
from verifier.provers.sights import RUNGS, Said, Seen, Sight, bound_of, cut_by, look
from verifier.provers.threads import in_threads
from verifier.provers.timing import now, poll
from verifier.provers.turns import Heap, Part, Sayable
from verifier.writing.processors import processors
from verifier.writing.proof_bytes import changed

TOGETHER = 2
"""Parts that are looked at together, for each processor: some take longer than others."""
LONG = 1 << 17
"""Nodes of a proof that is not gone through: its open cells are small."""
FREE = 64
"""Variables from which on sums are far more often near their means than at their ends."""
CHECKED = 1.0
"""The check of a Tail takes so many times as long as the look that showed it, as it finds the same
again."""
LOOKED = 1.5
"""A cell that the earlier proof had split is looked at as a whole if at least 1 / LOOKED of its
probability is open there; else its halves are."""
BELOW, DEEP = 2.0, 5.0
"""A cell that is known to be more splits away from a Tail is split without a look. DEEP is for
cells whose own forms would be found, which also serve the cells some splits below."""
FURTHER = 3.0
"""A cell with a Tail is taken to be so many splits away from the next, lower bound."""


def suits(matter: Matter) -> bool:
    """Whether this is tried: of one wide network of many inputs, which little else tells of."""
    found = [
        _is_wide(x.model, [matter.domain.variables[i] for i in x.reads])
        for x in matter.models
        if isinstance(x.model, Network)
    ]
    return found == [True] and not matter.domain.infinite


def _is_wide(network: Network, read: Sequence[AnyVariable]) -> bool:
    """Whether a network is wide, reads many variables, and the kernel looks at such ranges."""
    listed, most = [v for v in read if isinstance(v, Variable)], max(network.widths)
    if not (max(network.widths[1:]) >= WIDE and len(read) >= FREE):
        return False
    held = 2 * most * (most + sum(v.count * v.columns for v in listed) + len(read))
    plain = all(isinstance(layer, Affine | Relu | Add) for layer in network.layers)
    bent = [layer.source for layer in network.layers if isinstance(layer, Relu)]
    plain = plain and len(set(bent)) == len(bent)
    exact = all(v.columns == 1 or not _is_rounded(v) for v in listed)
    return held <= NUMBERS and plain and exact and all(v.count <= MANY for v in listed)


def _is_rounded(v: Variable) -> bool:
    """Whether an encoding has numbers that are no whole ones over a power of two."""
    return any((d := x.denominator) & (d - 1) for row in v.encoding for x in row)


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
    going = Heap(float(domain.total_weight), begun=now())
    spent, rung, many = 0.0, 0, processors()
    one = 0.0  # seconds that the forms of one took at last, by one rung
    going.push(first)
    with suppress(KeyboardInterrupt), threadpool_limits(1, "blas"):
        while going.parts:
            if now() >= (by := _last_begin(deadline, spent, one)):
                spent = first.check / many  # without those that gave way to others
                if now() >= (by := _last_begin(deadline, spent, one)):
                    break
            if going.is_to_judge() and going.gives_up(now(), by, float(first.left) / going.whole):
                break
            some = [
                partial(_looked_into, domain, old, said, part, max(part.floor, rung), by)
                for part in going.pop(TOGETHER * many)
            ]
            latest = 0.0
            for found in in_threads(some):
                rung, latest = 0, max(latest, found.longest)
                going.saw(found.least)
                for part in found.shown:
                    spent += part.seconds / many  # the kernel will take as long again
                    rung = part.floor - 1
                    going.showed()
                if found.shown and progress is not None:
                    progress(going.tails)
                for part in (*found.left, *found.shown):
                    if part.open and part.floor < len(RUNGS):
                        going.push(part)
            one = latest or one
    return changed(proof, lambda _: _assembled(old, first)) if going.tails else proof


def _last_begin(deadline: float, spent: float, one: float) -> float:
    """When a look of ``one`` seconds begins at the latest: there is time then for the check of what
    it and the others of its thread show, beside that of what took ``spent`` seconds."""
    return deadline - CHECKED * (spent + TOGETHER * one) - one


@dataclass(eq=False)
class _Looks:
    """What looks at a part and at smaller ones in it found: with a new tail, and without.

    The ``longest`` that forms of one rung took, in seconds; and of each look after how many splits
    that was, about, and what the margin was shown to be.
    """

    shown: list[Part] = field(default_factory=list)
    left: list[Part] = field(default_factory=list)
    longest: float = 0.0
    least: list[tuple[int, float]] = field(default_factory=list)

    def note(self, domain: Domain, part: Part, seen: Seen) -> None:
        """Note a look at a part."""
        share = Fraction(cell_weight(domain, part.cell), domain.total_weight)
        self.least.append((round(-math.log2(share)), seen.least))


def _looked_into(
    domain: Domain, old: _Old, said: Sayable, part: Part, start: int, by: float
) -> _Looks:
    """Look at a part by rungs from ``start`` down; near a Tail also at parts, by the last forms.

    Those that get a tail share the time that these forms took: so the kernel finds them. No rung is
    begun after ``by``.
    """
    found, what = _Looks(), part.say(said)
    around, seen, seconds = None, Seen(), 0.0
    if _is_looked_at(domain, old, part):
        assert isinstance(what, Said)
        for rung in range(start, part.floor - 1, -1):
            poll()
            if (begun := now()) >= by:
                break
            around = what.around(part.cell, rung)
            seconds = now() - begun
            found.longest = max(found.longest, seconds)
            if around is None:
                break
            seen = look(what, around, part.cell, rung)
            found.note(domain, part, seen)
            if seen.rung >= 0:
                break
    if _enter(domain, part, what, seen):
        found.shown.append(part)
    elif around is not None and part.sight.known and part.sight.far <= DEEP:
        _look_below(domain, old, said, part, around, found, by)
    else:
        found.left.extend(_split(domain, old, part, what))
    for shown in found.shown:
        shown.seconds += seconds / len(found.shown)
    return found


def _look_below(
    domain: Domain, old: _Old, said: Sayable, whole: Part, around: Around, found: _Looks, by: float
) -> None:
    """Look at the halves of a part, and theirs where these show nothing, by the part's forms.

    None is looked at after ``by``.
    """
    waiting = list(_split(domain, old, whole, whole.what))
    while waiting:
        part = waiting.pop()
        if now() >= by:
            found.left.append(part)
            continue
        what = part.say(said)
        if (
            not part.open
            or old.tells_of(domain, part)
            or not _alike(what, whole.what, part.cell, around)
        ):
            found.left.append(part)
            continue
        assert isinstance(what, Said)
        far = part.sight.is_far_from(what.klass, BELOW)
        seen = Seen() if far else look(what, around, part.cell, part.floor)
        if not far:
            found.note(domain, part, seen)
        if seen.rung >= 0 and _enter(domain, part, what, seen):
            found.shown.append(part)
            continue
        if seen.form is not None:  # how far it is away only looks by own forms tell
            part.sight = replace(part.sight, form=seen.form)
        waiting.extend(_split(domain, old, part, what))


def _alike(
    what: Said | Split | None, whole: Said | Split | None, cell: Cell, around: Around
) -> bool:
    """Whether the same is said of a part as of the one ``around``, whose forms are taken for it."""
    if not isinstance(what, Said) or not isinstance(whole, Said):
        return False
    same = (what.model, what.klass, what.chances) == (whole.model, whole.klass, whole.chances)
    return same and around.holds(what.net.cell(cell))


def _is_looked_at(domain: Domain, old: _Old, part: Part) -> bool:
    """Whether a part is looked at, or split unseen: it is far from a Tail, or much is closed."""
    what = part.what
    if not isinstance(what, Said) or old.tells_of(domain, part):
        return False
    return not part.sight.is_far_from(what.klass, DEEP)


@dataclass(frozen=True, eq=False)
class _Old:
    """The nodes of a proof: where each one's subtree ends, and how much of its weight is open."""

    nodes: Sequence[Split | Step]
    ends: Sequence[int]
    open: Sequence[int]

    def tells_of(self, domain: Domain, part: Part) -> bool:
        """Whether much of a part that was split is closed: then its halves are looked at."""
        if part.at < 0 or not isinstance(self.nodes[part.at], Split):
            return False
        return LOOKED * self.open[part.at] < cell_weight(domain, part.cell)


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


def _enter(domain: Domain, part: Part, what: Said | Split | None, seen: Seen) -> bool:
    """Whether a part has a new tail, which leaves less of it open."""
    if not isinstance(what, Said):
        return False
    if seen.form is not None:
        part.sight = part.sight.after(what.klass, seen)
    if seen.rung < 0:
        return False
    bound = bound_of(seen.rung)
    left = cell_weight(domain, part.cell) * bound
    if left >= part.open:
        return False
    part.tail, part.open = Tail(what.klass, bound, what.model), left
    part.floor, part.seconds = seen.rung + 1, seen.seconds
    part.sight = replace(part.sight, far=FURTHER, known=False)
    return True


def _split(domain: Domain, old: _Old, part: Part, what: Said | Split | None) -> tuple[Part, ...]:
    """The halves of a part, which may tell more: those of the old proof where it closed some."""
    node = old.nodes[part.at] if part.at >= 0 else Open()
    near = what.drawn if isinstance(what, Said) else part.near
    if isinstance(node, Split) and old.open[part.at] < cell_weight(domain, part.cell):
        places = part.at + 1, old.ends[part.at + 1]
        own = [Fraction(old.open[at]) for at in places]
    else:
        if isinstance(what, Said) and part.sight.form is not None:
            what = cut_by(what, part.cell, part.sight.form)
        if not isinstance(what, Split):
            return ()
        node, places, own = what, (-1, -1), []
    cells = cut(part.cell, node, 0)
    weights = own or [Fraction(cell_weight(domain, cell)) for cell in cells]
    part.split = node
    again = part.sight.form is not None and places[0] < 0
    sight = part.sight.of_half if again else Sight()
    part.halves = tuple(
        Part(cell, at, weight, part.floor, sight=sight, near=near)
        for cell, at, weight in zip(cells, places, weights, strict=True)
    )
    return part.halves


def _assembled(old: _Old, first: Part) -> Iterator[Split | Step]:
    """The nodes of the new proof."""
    waiting = [first]
    while waiting:
        part = waiting.pop()
        if part.split is not None and part.gives_way:
            yield part.split
            waiting.extend(reversed(part.halves))
        elif part.tail is not None:
            yield part.tail
        elif part.at >= 0:
            yield from old.nodes[part.at : old.ends[part.at]]
        else:
            yield Open()
