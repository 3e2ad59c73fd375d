"""Open cells of a finding: what can be said of them where the time did not suffice to close them.

In a cell that is nearly closed the margin is positive nearly everywhere. A Sandwich counts where;
the kernel's tail inequality, which is for networks of more classes too, leaves a part of the cell's
probability open instead of all of it.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from verifier.kernel import checker
from verifier.kernel.asked import Asked, ask
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.chances import Distribution
from verifier.model.domain import Domain
from verifier.model.part import split_number
from verifier.model.proof import (
    About,
    Finding,
    Open,
    Proof,
    Sandwich,
    Several,
    Split,
    Step,
    Tail,
    cut,
    is_open,
    steps,
)
from verifier.model.question import Matter
from verifier.provers import rare
from verifier.provers.answering import Answerer, answerer_of
from verifier.provers.beside import Many, is_about_many
from verifier.provers.overlaying import Overlay, overlay_of
from verifier.provers.sandwiches import propose, still_open
from verifier.provers.sights import Said
from verifier.provers.space import Space, boxes, prepare_space, random_points
from verifier.provers.timing import ending, now, poll, polled
from verifier.writing.proof_bytes import changed

MOST = 4096
"""About the most cells that are tried with tail bounds: the kernel takes each by itself."""
MOST_SUMS = 1 << 16
"""The same with sandwiches."""
BINS = 4096
"""Bins of a sum, at most about."""
BATCH = 256
"""Cells of a batch of sandwiches, at most; few enough at first that it takes ``PIECE`` seconds."""
PIECE = 0.2
CHECKED = 0.6
"""The kernel's time for what is said of cells where many models are asked, of what that took."""
SAMPLE = 64
"""Cells on which it is measured what a sandwich takes."""
WORTH = Fraction(1, 8)
"""A tail bound is tried where a larger share of the cell is open, and taken where it leaves less
than a quarter of that open: of the points it settles none."""
NUMBERS = 1 << 22
"""Numbers of an array, at most about."""
DRAWN = 33
"""Random points of a cell that say which class a network has nearly everywhere."""


def with_bounds(
    matter: Matter,
    finding: Finding,
    *,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Finding:
    """The finding with Sandwich and Tail steps for those Open cells of which the kernel shows some.

    Cells of large probability come first; small ones that are all open are taken together.
    ``deadline`` is on the clock of ``time.monotonic``, the kernel's check of the new steps
    included. ``progress`` is called with the number of cells bounded so far. The bounds are the
    kernel's own, so it accepts them.
    """
    try:
        with ending(deadline):
            return _bounded(matter, finding, deadline, progress)
    except KeyboardInterrupt:  # before anything was bounded
        return finding


@dataclass(frozen=True, eq=False)
class _Bounding:
    """A matter made ready for bounds in probability."""

    asked: Asked
    overlay: Overlay
    answerer: Answerer
    space: Space
    models: tuple[int, ...]
    """The networks that a Sandwich is about; none where it is not about one or two."""
    many: Many | None
    """What says it of a question about more models."""

    @property
    def checked(self) -> float:
        """How long the kernel takes for what is said of cells, in units of what that took."""
        return CHECKED if self.many else 1.0

    @property
    def sums(self) -> bool:
        """Whether there are Sandwiches."""
        return bool(self.models) or self.many is not None

    def propose(self, cells: Sequence[Cell]) -> Sequence[Step | None]:
        """What the kernel accepts of each cell: Sandwiches, and classes where many are asked."""
        if self.many is not None:
            return self.many.say(cells)
        return propose(self.asked, cells, self.models, bins=BINS)

    def left(self, cell: Cell, step: Step) -> Fraction | None:
        """The share of a cell that is open then; None where the kernel cannot count.

        Where many models are asked that is not counted: there are no Tails beside.
        """
        if self.many is not None or not isinstance(step, Sandwich):
            return Fraction(0)
        return still_open(self.asked, cell, step)


def _bounded(
    matter: Matter,
    finding: Finding,
    deadline: float,
    progress: Callable[[int], None] | None,
) -> Finding:
    proof, domain = finding.proof, matter.domain
    if not is_open(proof) or not matter.networks:
        return finding
    poll()
    overlay, asked = overlay_of(matter), ask(matter, poll)
    models = tuple(m for m, net in sorted(asked.nets.items()) if net.p.teacher.classes == 2)
    answerer, space = answerer_of(overlay), prepare_space(domain)
    many = None
    if models and is_about_many(matter):
        many, models = Many(asked, overlay, answerer, space), ()
    ready = _Bounding(asked, overlay, answerer, space, models, many)
    if domain.infinite and not ready.sums:  # where there are reals there are no Tails
        return finding
    if (told := _rarely(ready, proof, deadline, progress)) is not proof:
        return replace(finding, proof=told)  # the rest of the time is for the check of that
    if not is_open(proof):
        return replace(finding, proof=proof)
    count, mass, sample = _look_at(domain, proof)
    most = MOST_SUMS if ready.many else _affordable(ready, sample, deadline)
    if count > most:
        proof = _merged(domain, proof, 2 * mass // most)
    opened = sorted(_open_cells(domain, proof), key=lambda item: -item[0])
    found: dict[int, Step] = {}
    tell = progress or (lambda count: None)
    try:
        left, spent = _add_sandwiches(ready, opened, deadline, found, tell)
        _add_tails(ready, opened, left, deadline - spent, found, tell)
    except KeyboardInterrupt:
        pass
    if not found and proof is finding.proof:
        return finding  # as it was searched: it can be gone on with
    return replace(finding, proof=changed(proof, lambda nodes: _replaced(nodes, found)))


def _rarely(
    ready: _Bounding, proof: Proof, deadline: float, tell: Callable[[int], None] | None
) -> Proof:
    """The proof with Tails where a wide network is rarely of another class than a cell's."""
    matter = ready.overlay.matter
    if not rare.suits(matter):
        return proof
    (net,) = ready.asked.nets.values()
    said = partial(_rare_of, ready, prepare_space(net.p.domain))
    return rare.closed(proof, matter.domain, said, deadline, tell)


def _rare_of(ready: _Bounding, space: Space, cell: Cell) -> Said | Split | None:
    """What may be said of a cell that is a network's alone, or the next test of a tree there."""
    found, overlay = _sayable(ready, cell), ready.overlay
    if found is None:
        place = overlay.descend(cell, overlay.top)
        test = overlay.given_cut(cell, place)
        test = test or overlay.tree_cut(cell, place, frozenset(overlay.models))
        return None if test is None else Split(test[0], split_number(test[1]))
    ((model, klass),) = found[0].items()
    net = ready.asked.nets[model]
    chances = [found[1][i] for i in net.reads]
    return Said(net, space, model, klass, chances)


Opened = Sequence[tuple[int, int, Cell]]
"""Cells with their weights and the numbers of their steps."""


def _add_sandwiches(
    ready: _Bounding,
    opened: Opened,
    deadline: float,
    found: dict[int, Step],
    tell: Callable[[int], None],
) -> tuple[dict[int, Fraction], float]:
    """Sandwiches for open cells, until the kernel needs the time that is left.

    Returns the share of each cell that is open then, where that is not all, and the seconds that
    the kernel will need.
    """
    left: dict[int, Fraction] = {}
    spent, size, start = 0.0, 1, 0
    while ready.sums and start < len(opened) and now() + spent < deadline:
        begun = now()
        some = opened[start : start + size]
        every = ready.propose([cell for _, _, cell in some])
        for (_, at, cell), step in zip(some, every, strict=True):
            poll()
            share = None if step is None else ready.left(cell, step)
            if step is not None and share is not None:
                left[at], found[at] = share, step
        spent += (now() - begun) * ready.checked
        start += len(some)
        size = max(1, min(BATCH, int(PIECE * size / max(now() - begun, 1e-6))))
        tell(len(found))
    return left, spent


def _add_tails(
    ready: _Bounding,
    opened: Opened,
    left: dict[int, Fraction],
    deadline: float,
    found: dict[int, Step],
    tell: Callable[[int], None],
) -> None:
    """Tails for cells of which much is open, if they leave less of it open."""
    if ready.asked.domain.infinite:
        return
    shares = [(left.get(at, Fraction(1)), weight, at, cell) for weight, at, cell in opened]
    wide = sorted((x for x in shares if x[0] > WORTH), key=lambda x: -x[0] * x[1])
    spent = 0.0
    for share, _, at, cell in wide[:MOST]:
        if now() + spent >= deadline:
            break
        begun = now()
        step, slack = _step(ready, cell)
        if step is not None and (at not in left or 8 * slack < share):
            found[at] = step
        spent += now() - begun
        tell(len(found))


def _sayable(
    ready: _Bounding, cell: Cell
) -> tuple[dict[int, int], tuple[Distribution, ...]] | None:
    """The networks' likely classes, which settle the formula in the cell, and its distributions.

    None where no Tail can be said of it.
    """
    overlay = ready.overlay
    place = overlay.descend(cell, overlay.top)
    leaf = None
    if overlay.trees[0] is not None:
        leaf = ready.asked.leaf_around(cell)
        if leaf is None or overlay.excluded(place):
            return None
    asked = overlay.undecided(cell, place, {})
    if not asked.complete or not asked.networks or not asked.networks <= ready.asked.nets.keys():
        return None  # of ensembles there are no Tails
    guesses = _guesses(ready, cell, asked.networks)
    if overlay.undecided(cell, place, guesses):
        return None
    return guesses, tuple(overlay.matter.domain.distributions(leaf))


def _step(ready: _Bounding, cell: Cell) -> tuple[Step | None, Fraction]:
    """What the kernel shows of a cell in probability, and how improbable it is to be wrong.

    None where it says less than nothing.
    """
    said: list[About] = []
    slack = Fraction(0)
    guesses, chances = _sayable(ready, cell) or ({}, ())
    for model, klass in guesses.items():
        net = ready.asked.nets[model]
        own = [chances[i] for i in net.reads]
        bound = checker.tail_bound(net.p, net.cell(cell), klass, own)
        slack += bound
        if slack >= 1:
            return None, Fraction(1)
        said.append(Tail(klass, bound, model))
    if not said:
        return None, Fraction(1)
    return (said[0] if len(said) == 1 else Several(tuple(said))), slack


def _guesses(ready: _Bounding, cell: Cell, networks: frozenset[int]) -> dict[int, int]:
    """The class that each network has most often at random points of a cell."""
    rng = np.random.default_rng(0)
    drawn = max(1, min(DRAWN, NUMBERS // (1 + len(ready.space.owners))))
    points = random_points(ready.space, boxes(ready.space, [cell]), drawn, rng)
    classes = ready.answerer.classes(points)
    return {model: int(np.bincount(classes[:, model]).argmax()) for model in sorted(networks)}


def reopened(proof: Proof) -> Proof:
    """The proof with its cells of Tails and Sandwiches open again, for a search that goes on."""
    return changed(proof, lambda nodes: (Open() if is_partial(x) else x for x in nodes))


def is_partial(item: Split | Step) -> bool:
    """Whether it is a step that says something of a part of its cell: a Tail or a Sandwich."""
    said = item.steps if isinstance(item, Several) else (item,)
    return any(isinstance(step, Tail | Sandwich) for step in said)


def _affordable(ready: _Bounding, sample: Sequence[Cell], deadline: float) -> int:
    """About how many cells the kernel can bound before the deadline, at least 1.

    It is measured: sandwiches on cells of a ``sample``, as many as take a moment.
    """
    if not ready.sums:
        start = now()
        for net in ready.asked.nets.values():
            checker.tail_bound(net.p, full_cell(net.p.domain), 0)
        return _times(start, 1, MOST, deadline)
    size = 1
    while True:
        start = now()
        some = sample[:size]
        for cell, step in zip(some, ready.propose(some), strict=True):
            poll()
            if step is not None:
                ready.left(cell, step)
        if size >= len(sample) or now() - start > PIECE / 4:
            return _times(start, len(some), MOST_SUMS, deadline)
        size *= 8


def _times(start: float, done: int, most: int, deadline: float) -> int:
    """How often what was done since ``start`` can be done before the deadline, and again after."""
    spent = max(now() - start, 1e-6) / done
    return int(min(most, max(1, (deadline - now()) / (2 * spent))))


def _open_cells(domain: Domain, proof: Proof) -> Iterator[tuple[int, int, Cell]]:
    """The Open cells as (weight, number of the step, cell)."""
    return (
        (cell_weight(domain, cell), at, cell)
        for at, (cell, _, step) in enumerate(polled(steps(domain, proof)))
        if isinstance(step, Open)
    )


def _look_at(domain: Domain, proof: Proof) -> tuple[int, int, list[Cell]]:
    """How many Open cells there are, their weight, and the heaviest: of many, none is kept."""
    count, mass, heaviest = 0, 0, list[tuple[int, int, Cell]]()
    for weight, at, cell in _open_cells(domain, proof):
        count, mass = count + 1, mass + weight
        if len(heaviest) < SAMPLE:
            heapq.heappush(heaviest, (weight, -at, cell))
        elif weight > heaviest[0][0]:
            heapq.heapreplace(heaviest, (weight, -at, cell))
    return count, mass, [cell for _, _, cell in sorted(heaviest, reverse=True)]


def _merged(domain: Domain, proof: Proof, least: int) -> Proof:
    """The proof without splits of cells lighter than ``least`` below which all is open."""
    ends = _open_ends(proof)

    def nodes(items: Iterator[Split | Step]) -> Iterator[Split | Step]:
        stack, end = [full_cell(domain)], 0
        for at, item in enumerate(items):
            if at < end:
                continue
            cell = stack.pop()
            if isinstance(item, Split) and ends[at] and cell_weight(domain, cell) < least:
                yield Open()
                end = ends[at]
                continue
            if isinstance(item, Split):
                left, right = cut(cell, item, at)
                stack += (right, left)
            yield item

    return changed(proof, nodes)


def _open_ends(proof: Proof) -> Sequence[int]:
    """For each node below which all is open the place behind its last node, else 0."""
    kinds = bytes(isinstance(x, Split) + 2 * isinstance(x, Open) for x in proof)
    ends = array("q", bytes(8 * len(kinds)))
    below: list[int] = []  # the halves that follow, the left one last
    for at in range(len(kinds) - 1, -1, -1):
        if kinds[at] == 1:
            left, right = below.pop(), below.pop()
            ends[at] = ends[right] if ends[left] and ends[right] else 0
        elif kinds[at] == 2:
            ends[at] = at + 1
        below.append(at)
    return ends


def _replaced(nodes: Iterable[Split | Step], found: dict[int, Step]) -> Iterator[Split | Step]:
    """The nodes with the steps of those numbers replaced."""
    at = 0
    for item in nodes:
        if isinstance(item, Split):
            yield item
        else:
            yield found.get(at, item)
            at += 1
