"""Open cells of a finding, bounded in probability where the time did not suffice to close them.

A cell that is nearly closed has a margin that is positive nearly everywhere: the kernel's tail
inequality then leaves a tiny part of its probability open instead of all of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from verifier.kernel import checker
from verifier.kernel.asked import Asked, ask
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain
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
from verifier.provers.answering import Answerer, answerer_of
from verifier.provers.overlaying import Overlay, overlay_of
from verifier.provers.space import Space, boxes, prepare_space, random_points
from verifier.provers.timing import ending, now, poll, polled

MOST = 4096
"""About the most cells that are tried: the kernel takes each by itself."""
NUMBERS = 1 << 22
"""Numbers of an array, at most about."""
DRAWN = 33
"""Random points of a cell that say which class a network has nearly everywhere."""


def with_tails(
    matter: Matter,
    finding: Finding,
    *,
    deadline: float,
    progress: Callable[[int], None] | None = None,
) -> Finding:
    """The finding with Tail steps for those Open cells for which the kernel proves a bound.

    Cells of large probability come first; small ones that are all open are taken together.
    ``deadline`` is on the clock of ``time.monotonic``. ``progress`` is called with the number of
    cells bounded so far. The bounds are the kernel's own, so it accepts them.
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
    overlay = overlay_of(matter)
    ready = _Bounding(ask(matter, poll), overlay, answerer_of(overlay), prepare_space(domain))
    most = _affordable(ready, deadline)
    opened = _open_cells(domain, proof)
    if len(opened) > most:
        proof = _merged(domain, proof, 2 * sum(weight for weight, _, _ in opened) // most)
        opened = _open_cells(domain, proof)
    found: dict[int, Step] = {}
    try:
        spent = 0.0
        for _, at, cell in opened:
            if now() + spent >= deadline:  # the kernel will take as long again
                break
            begun = now()
            step = _step(ready, cell)
            if step is not None:
                found[at] = step
            spent += now() - begun
            if progress:
                progress(len(found))
    except KeyboardInterrupt:
        pass
    return replace(finding, proof=tuple(_replaced(proof, found)))


def _step(ready: _Bounding, cell: Cell) -> Step | None:
    """What the kernel shows of a cell in probability; None where it says less than nothing."""
    overlay = ready.overlay
    place = overlay.descend(cell, overlay.top)
    leaf = None
    if overlay.trees[0] is not None:
        leaf = ready.asked.leaf_around(cell)
        if leaf is None or overlay.excluded(place):
            return None
    asked = overlay.undecided(cell, place, {})
    if not asked.complete or not asked.networks:
        return None
    guesses = _guesses(ready, cell, asked.networks)
    if overlay.undecided(cell, place, guesses):
        return None
    chances = tuple(overlay.matter.domain.distributions(leaf))
    said: list[About] = []
    slack = Fraction(0)
    for model, klass in guesses.items():
        net = ready.asked.nets[model]
        own = [chances[i] for i in net.reads]
        bound = checker.tail_bound(net.p, net.cell(cell), klass, own)
        slack += bound
        if slack >= 1:
            return None
        said.append(Tail(klass, bound, model))
    return said[0] if len(said) == 1 else Several(tuple(said))


def _guesses(ready: _Bounding, cell: Cell, networks: frozenset[int]) -> dict[int, int]:
    """The class that each network has most often at random points of a cell."""
    rng = np.random.default_rng(0)
    drawn = max(1, min(DRAWN, NUMBERS // (1 + len(ready.space.owners))))
    points = random_points(ready.space, boxes(ready.space, [cell]), drawn, rng)
    classes = ready.answerer.classes(points)
    return {model: int(np.bincount(classes[:, model]).argmax()) for model in sorted(networks)}


def reopened(proof: Proof) -> Proof:
    """The proof with its cells of Tails and Sandwiches open again, for a search that goes on."""
    return tuple(Open() if _is_partial(item) else item for item in proof)


def _is_partial(item: Split | Step) -> bool:
    said = item.steps if isinstance(item, Several) else (item,)
    return any(isinstance(step, Tail | Sandwich) for step in said)


def _affordable(ready: _Bounding, deadline: float) -> int:
    """About how many cells the kernel can bound before the deadline, at least 1."""
    start = now()
    for net in ready.asked.nets.values():
        checker.tail_bound(net.p, full_cell(net.p.domain), 0)
    spent = max(now() - start, 1e-6)
    return int(min(MOST, max(1, (deadline - now()) / (2 * spent))))


def _open_cells(domain: Domain, proof: Proof) -> list[tuple[int, int, Cell]]:
    """The Open cells as (weight, number of the step, cell), the heaviest first."""
    found = [
        (cell_weight(domain, cell), at, cell)
        for at, (cell, _, step) in enumerate(polled(steps(domain, proof)))
        if isinstance(step, Open)
    ]
    return sorted(found, key=lambda item: -item[0])


def _merged(domain: Domain, proof: Proof, least: int) -> Proof:
    """The proof without splits of cells lighter than ``least`` below which all is open."""
    ends = _open_ends(proof)
    out: list[Split | Step] = []
    stack, at = [full_cell(domain)], 0
    while stack:
        cell, item = stack.pop(), proof[at]
        if isinstance(item, Split) and ends[at] and cell_weight(domain, cell) < least:
            out.append(Open())
            at = ends[at]
            continue
        if isinstance(item, Split):
            left, right = cut(cell, item, at)
            stack += (right, left)
        out.append(item)
        at += 1
    return tuple(out)


def _open_ends(proof: Proof) -> list[int]:
    """For each node below which all is open the place behind its last node, else 0."""
    ends = [0] * len(proof)
    below: list[int] = []  # the halves that follow, the left one last
    for at in range(len(proof) - 1, -1, -1):
        if isinstance(proof[at], Split):
            left, right = below.pop(), below.pop()
            ends[at] = ends[right] if ends[left] and ends[right] else 0
        elif isinstance(proof[at], Open):
            ends[at] = at + 1
        below.append(at)
    return ends


def _replaced(proof: Proof, found: dict[int, Step]) -> list[Split | Step]:
    """The proof with the steps of those numbers replaced."""
    out: list[Split | Step] = []
    at = 0
    for item in proof:
        if isinstance(item, Split):
            out.append(item)
            continue
        out.append(found.get(at, item))
        at += 1
    return out
