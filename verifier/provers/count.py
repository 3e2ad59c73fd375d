"""Open cells of a finding: what can be said of them where the time did not suffice to close them.

In a cell that is nearly closed the margin is positive nearly everywhere. A Sandwich counts where;
the kernel's tail inequality, which is for networks of more classes too, leaves a part of the cell's
probability open instead of all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from verifier.kernel import checker
from verifier.kernel.asked import Asked, ask
from verifier.model.cell import Cell, full_cell
from verifier.model.chances import Distribution
from verifier.model.part import split_number
from verifier.model.proof import (
    About,
    Finding,
    Proof,
    Sandwich,
    Several,
    Split,
    Step,
    Tail,
    is_open,
)
from verifier.model.question import Matter
from verifier.provers import moments, rare
from verifier.provers.answering import Answerer, answerer_of
from verifier.provers.beside import Many, is_about_many
from verifier.provers.grouping import groups_of, together
from verifier.provers.open_cells import look_at, merged, open_cells, replaced
from verifier.provers.overlaying import Overlay, middle, overlay_of
from verifier.provers.sandwiches import propose, still_open
from verifier.provers.sights import Drawn, Said
from verifier.provers.space import Space, boxes, prepare_space, random_points
from verifier.provers.timing import ending, now, poll
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
WORTH = Fraction(1, 8)
"""A tail bound is tried where a larger share of the cell is open, and taken where it leaves less
than a quarter of that open: of the points it settles none."""
NUMBERS = 1 << 22
"""Numbers of an array, at most about."""
DRAWN, FEWEST = 65, 8
"""Random points of a cell that say which class a network has nearly everywhere; of those drawn in a
cell around it so many are enough."""


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
class Bounding:
    """A matter made ready for bounds in probability."""

    asked: Asked
    overlay: Overlay
    answerer: Answerer
    space: Space
    models: tuple[int, ...]
    """The one or two networks that a Sandwich is about, of equally many classes; none where it is
    not about these."""
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
        if self.asked.nets[self.models[0]].classes == 2:
            return propose(self.asked, cells, self.models, bins=BINS)
        groups = [self._groups(cell) for cell in cells]
        parts: list[list[Sandwich]] = [[] for _ in cells]
        for ones in sorted({x for own in groups for x in own}):
            at = [i for i, own in enumerate(groups) if ones in own]
            some = [cells[i] for i in at]
            made = propose(self.asked, some, self.models, bins=BINS, ones=ones)
            for i, step in zip(at, made, strict=True):
                if step is not None:
                    parts[i].append(step)
        return [self._best(cell, own) for cell, own in zip(cells, parts, strict=True)]

    def _groups(self, cell: Cell) -> list[int]:
        """The groups of classes that tell something of a cell, as bits."""
        if len(self.models) > 1:
            place = self.overlay.descend(middle(cell), self.overlay.top)
            return [x.ones for x in groups_of(self.overlay, place, self.models)]
        ones = self.overlay.group(cell, self.models[0], {})
        return [] if ones is None else [ones]

    def _best(self, cell: Cell, steps: Sequence[Sandwich]) -> Sandwich | None:
        """What tells something of a cell, as one Sandwich, and first what tells most of it."""
        if len(steps) < 2:
            return steps[0] if steps else None
        left = [still_open(self.asked, cell, step) for step in steps]
        told = [(x, step) for x, step in zip(left, steps, strict=True) if x is not None and x < 1]
        told.sort(key=lambda own: own[0])
        return together([step for _, step in told]) if told else None

    def left(self, cell: Cell, step: Step) -> Fraction | None:
        """The share of a cell that is open then; None where the kernel cannot count.

        Where many models are asked that is not counted: there are no Tails beside.
        """
        if self.many is not None or not isinstance(step, Sandwich):
            return Fraction(0)
        return still_open(self.asked, cell, step)


def bounding(matter: Matter) -> Bounding:
    """A matter made ready."""
    overlay, asked = overlay_of(matter), ask(matter, poll)
    every = sorted(asked.nets)
    models = tuple(every)
    if len({asked.nets[m].classes for m in every}) > 1:
        models = tuple(m for m in every if asked.nets[m].classes == 2)
    answerer, space = answerer_of(overlay), prepare_space(matter.domain)
    many = None
    if is_about_many(matter):
        many, models = Many(asked, overlay, answerer, space), ()
    return Bounding(asked, overlay, answerer, space, models, many)


def _bounded(
    matter: Matter,
    finding: Finding,
    deadline: float,
    progress: Callable[[int], None] | None,
) -> Finding:
    proof, domain = finding.proof, matter.domain
    if not is_open(proof):
        return finding
    poll()
    if moments.takes(matter):
        return moments.bounded(matter, finding, deadline, progress)
    if not matter.networks:
        return finding
    ready = bounding(matter)
    if domain.infinite and not ready.sums:  # where there are reals there are no Tails
        return finding
    if (told := _rarely(ready, proof, deadline, progress)) is not proof:
        return replace(finding, proof=told)  # the rest of the time is for the check of that
    if rare.suits(matter):  # where such ranges show nothing, what follows shows less
        return finding
    if not is_open(proof):
        return replace(finding, proof=proof)
    count, mass, sample = look_at(domain, proof)
    most = MOST_SUMS if ready.many else _affordable(ready, sample, deadline)
    if count > most:
        proof = merged(domain, proof, 2 * mass // most)
    opened = sorted(open_cells(domain, proof), key=lambda item: -item[0])
    found: dict[int, Step] = {}
    tell = progress or (lambda count: None)
    try:
        left, spent = _add_sandwiches(ready, opened, deadline, found, tell)
        _add_tails(ready, opened, left, deadline - spent, found, tell)
    except KeyboardInterrupt:
        pass
    if not found and proof is finding.proof:
        return finding  # as it was searched: it can be gone on with
    return replace(finding, proof=changed(proof, lambda nodes: replaced(nodes, found)))


def _rarely(
    ready: Bounding, proof: Proof, deadline: float, tell: Callable[[int], None] | None
) -> Proof:
    """The proof with Tails where a wide network is rarely of another class than a cell's."""
    matter = ready.overlay.matter
    if not rare.suits(matter):
        return proof
    (net,) = ready.asked.nets.values()
    said = partial(_rare_of, ready, prepare_space(net.p.domain))
    return rare.closed(proof, matter.domain, said, deadline, tell)


def _rare_of(ready: Bounding, space: Space, cell: Cell, near: Drawn | None) -> Said | Split | None:
    """What may be said of a cell that is a network's alone, or the next test of a tree there.

    ``near`` are points drawn in a cell around it.
    """
    found, overlay = _sayable(ready, cell, near), ready.overlay
    if found is None:
        place = overlay.descend(cell, overlay.top)
        test = overlay.given_cut(cell, place)
        test = test or overlay.tree_cut(cell, place, frozenset(overlay.models))
        return None if test is None else Split(test[0], split_number(test[1]))
    ((model, klass),) = found.guesses.items()
    net = ready.asked.nets[model]
    chances = [found.chances[i] for i in net.reads]
    return Said(net, space, model, klass, chances, found.drawn)


Opened = Sequence[tuple[int, int, Cell]]
"""Cells with their weights and the numbers of their steps."""


def _add_sandwiches(
    ready: Bounding,
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
    ready: Bounding,
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


@dataclass(frozen=True, eq=False)
class _Sayable:
    """The networks' likely classes, which settle the formula in a cell, and its distributions.

    ``drawn`` are the points that told the classes.
    """

    guesses: dict[int, int]
    chances: tuple[Distribution, ...]
    drawn: Drawn


def _sayable(ready: Bounding, cell: Cell, near: Drawn | None = None) -> _Sayable | None:
    """What Tails may say of a cell; None where they can say nothing."""
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
    drawn = _drawn(ready, cell, near)
    guesses = {model: drawn.most_frequent(model) for model in sorted(asked.networks)}
    if overlay.undecided(cell, place, guesses):
        return None
    return _Sayable(guesses, tuple(overlay.matter.domain.distributions(leaf)), drawn)


def _step(ready: Bounding, cell: Cell) -> tuple[Step | None, Fraction]:
    """What the kernel shows of a cell in probability, and how improbable it is to be wrong.

    None where it says less than nothing.
    """
    said: list[About] = []
    slack = Fraction(0)
    found = _sayable(ready, cell)
    if found is None:
        return None, Fraction(1)
    for model, klass in found.guesses.items():
        net = ready.asked.nets[model]
        own = [found.chances[i] for i in net.reads]
        bound = checker.tail_bound(net.p, net.cell(cell), klass, own)
        slack += bound
        if slack >= 1:
            return None, Fraction(1)
        said.append(Tail(klass, bound, model))
    if not said:
        return None, Fraction(1)
    return (said[0] if len(said) == 1 else Several(tuple(said))), slack


def _drawn(ready: Bounding, cell: Cell, near: Drawn | None) -> Drawn:
    """Random points of a cell: those drawn near it that are in it, if they are not too few."""
    if near is not None and len((inside := near.inside(cell)).points) >= FEWEST:
        return inside
    rng = np.random.default_rng(0)
    drawn = max(1, min(DRAWN, NUMBERS // (1 + len(ready.space.owners))))
    points = random_points(ready.space, boxes(ready.space, [cell]), drawn, rng)
    return Drawn(cell, points, ready.answerer.classes(points))


def _affordable(ready: Bounding, sample: Sequence[Cell], deadline: float) -> int:
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
