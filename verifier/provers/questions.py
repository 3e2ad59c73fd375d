"""The prover of questions: branch and bound on any matter, with what the kernel overlays in mind.

A cell is settled as soon as the formula is decided by the trees, which the kernel lays over it, and
by the classes of networks and ensembles that are constant in it. These are bounded only where the
formula still asks for them. Small cells are evaluated, others split: first where the domain's tree
parts what is possible from what is not, then where a tree that the formula asks for does, then
where the loosest bound gains most, or where most of an ensemble's trees test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from verifier.kernel.ensembles import Forest
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import constant
from verifier.model.cell import Cell
from verifier.model.part import size
from verifier.model.proof import Finding, Open, Proof
from verifier.model.question import Matter
from verifier.provers.answering import Values, own_cell, points_of
from verifier.provers.asked_cells import (
    SLACK,
    Asking,
    Work,
    close,
    close_enumerated,
    give_up,
    record,
    split,
    take,
)
from verifier.provers.bound import Relaxed, relax, unbounded
from verifier.provers.forest_cuts import forest_cut
from verifier.provers.loop import go_on, run
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.overlaying import Cut, Undecided
from verifier.provers.relaxable import Relaxable
from verifier.provers.search import COUNTEREXAMPLES, conclude, speak
from verifier.provers.space import Array, as_bits, boxes, minimiser, random_points
from verifier.provers.split import (
    adds,
    below_middle,
    lower_half,
    middle,
    most_influential,
    range_cut,
)
from verifier.provers.tables import Bools
from verifier.provers.timing import passed, poll

BATCH = 64
"""Most cells that are looked at together."""
NUMBERS = 1 << 22
"""Numbers of an array, at most about."""
DRAWN = 2048
"""Random points looked at before anything is proved."""
TIE = 2.0**-40
"""Margins down to this below 0 may be 0, which is enough where ties go to the class."""
AT_ONCE = 2048
"""Most cells of a proof that was interrupted and is to be brief."""


def prove(
    matter: Matter,
    options: Options = UNLIMITED,
    strategy: Callable[[Asking], object] | None = None,
) -> Finding:
    """A proof of where the question's formula is true, and points at which it is.

    ``strategy`` closes the cells, by default in this process.
    """
    if passed(options.deadline):
        return Finding(options.resume or (Open(),))
    search = Asking(matter=matter, options=options)
    pressed = run(search, lambda: (strategy or _search_all)(search))
    speak(search, last=True)
    return conclude(search, _proof(search, brief=pressed and options.brief))


def _proof(search: Asking, *, brief: bool) -> Proof:
    order = search.ledger.ordered(most=AT_ONCE if brief else None)
    return order.handed_over(len(search.matter.models), search.matter.domain.columns)


def _search_all(search: Asking) -> None:
    """Close cells until none is open or the time is over."""
    look_for_points(search)
    most = batch_size(search)
    go_on(search, lambda: expand(search, take(search, most)))


def look_for_points(search: Asking) -> None:
    """Look at random points of the open cells."""
    values = 1 + len(search.space.owners)
    some = max(1, min(BATCH, NUMBERS // values))
    opened = sorted((work for _, _, work in search.heap), key=lambda work: -work.share)[:some]
    if not opened:
        return
    rng = np.random.default_rng(0)
    cells = boxes(search.space, [work.cell for work in opened])
    each = max(1, min(DRAWN, NUMBERS // values) // len(opened))
    points = random_points(search.space, cells, each, rng)
    record(search, points, search.answerer.classes(points))


def batch_size(search: Asking) -> int:
    """Few enough cells for memory and for short steps."""
    widest = max((max(n.teacher.widths) for n in search.networks.values()), default=1)
    values = max((len(n.space.owners) for n in search.networks.values()), default=1)
    columns = max((n.space.columns for n in search.networks.values()), default=1)
    return max(1, min(BATCH, NUMBERS // (widest * (widest + columns + values))))


@dataclass(slots=True, eq=False)
class View:
    """What is found of a cell in a batch: what the formula asks there, and networks' bounds.

    ``bounds[m]`` is network m's relaxation, with the cell's row in it; ``known`` the networks that
    are constant, with their classes; ``lowest`` a tuple at which the last relaxation is least.
    """

    work: Work
    asked: Undecided
    known: dict[int, int] = field(default_factory=dict)
    bounds: dict[int, tuple[Relaxed, int]] = field(default_factory=dict)
    lowest: Values | None = None


def expand(search: Asking, batch: Sequence[Work]) -> bool:
    """Close, enumerate or split each cell of a batch; False where it is empty."""
    views = []
    for work in batch:
        poll()
        work.place = search.overlay.descend(work.cell, work.place)
        asked = search.overlay.undecided(work.cell, work.place, {})
        if asked:
            views.append(View(work, asked))
        else:
            close(search, work, {})
    if not views:
        return bool(batch)
    points = np.stack([view.work.point for view in views])
    classes = search.answerer.classes(points)
    record(search, points, classes)
    for model, network in search.networks.items():
        rows = [i for i, view in enumerate(views) if _is_asked(search, view, model)]
        if rows:
            _bound(search, model, network, [views[i] for i in rows], classes[rows, model])
    for model, forest in search.forests.items():
        rows = [i for i, view in enumerate(views) if _is_asked(search, view, model)]
        if rows:
            _bound_forest(search, model, forest, [views[i] for i in rows], classes[rows, model])
    for view in views:
        poll()
        _end(search, view)
    return True


def _is_asked(search: Asking, view: View, model: int) -> bool:
    """Whether the formula still asks for a network, by what is known of others by now."""
    if not view.known or model not in view.asked.networks:
        return model in view.asked.networks
    asked = search.overlay.undecided(view.work.cell, view.work.place, view.known)
    return model in asked.networks


def _bound(
    search: Asking, model: int, network: Relaxable, views: Sequence[View], targets: Values
) -> None:
    """Bound a network over some cells; ``targets`` are its classes at their points."""
    reads = list(search.matter.models[model].reads)
    owned = [own_cell(view.work.cell, reads) for view in views]
    cells = boxes(network.space, owned)
    held = unbounded(network, len(views))
    for i, view in enumerate(views):
        if model in view.work.bounds:
            held.low[i], held.high[i] = view.work.bounds[model]
    relaxed = relax(network, cells, held, targets)
    points = np.stack([view.work.point for view in views])
    points[:, reads] = minimiser(network.space, cells, relaxed.form.coefficients)
    classes = search.answerer.classes(points)
    record(search, points, classes)
    with np.errstate(all="ignore"):
        surplus = relaxed.margin / np.maximum(relaxed.scale, np.finfo(np.float64).tiny)
    uniform = classes[:, model] == targets
    refused = np.array([view.work.refused for view in views])
    shown = _confirmed(search, model, owned, targets, np.where(uniform & ~refused, surplus, -1.0))
    few = search.few(frozenset([model]))
    for i, view in enumerate(views):
        work, target = view.work, int(targets[i])
        found = relaxed.bounds.low[i].copy(), relaxed.bounds.high[i].copy()  # not the whole batch
        work.bounds = {**work.bounds, model: found}
        view.bounds[model] = relaxed, i
        view.lowest = points[i]
        if shown[i] or (
            uniform[i] and owned[i].size <= few and _is_constant(search, model, owned[i], target)
        ):
            view.known[model] = target


def _bound_forest(
    search: Asking, model: int, forest: Forest, views: Sequence[View], targets: Values
) -> None:
    """See where an ensemble is constant, by the kernel's own rule."""
    reads = search.matter.models[model].reads
    owned = [own_cell(view.work.cell, reads) for view in views]
    shown = forest.shows(parts_of(owned), targets)
    few = search.few(frozenset([model]))
    for i, view in enumerate(views):
        target = int(targets[i])
        if (shown[i] and not view.work.refused) or (
            owned[i].size <= few and _is_constant(search, model, owned[i], target)
        ):
            view.known[model] = target


def _confirmed(
    search: Asking, model: int, owned: Sequence[Cell], targets: Values, surplus: Array
) -> Bools:
    """Which cells a network is constant in: by margins that are large, else by the kernel's word.

    The kernel rounds, so that small margins may be lost: it is asked where it refused such before.
    """
    shown: Bools = surplus > 4 * search.doubt
    near = np.flatnonzero((surplus > -TIE) & ~shown)
    if len(near):
        cells = [owned[i] for i in near.tolist()]
        shown[near] = constant(search.asked.nets[model].p, cells, targets[near].tolist())[0]
        lost = surplus[near][~shown[near]]
        search.doubt = max(lost.max(initial=0.0), SLACK, 0.9 * search.doubt)
    return shown


def _is_constant(search: Asking, model: int, own: Cell, klass: int) -> bool:
    """Whether a network has one class at all points of a small cell of its own variables."""
    return bool((search.answerer.network(model, points_of(own)) == klass).all())


def _end(search: Asking, view: View) -> None:
    """Close, enumerate or split a cell by what was found of it."""
    work = view.work
    asked = search.overlay.undecided(work.cell, work.place, view.known)
    if not asked:
        close(search, work, view.known)
    elif work.cell.size <= search.few(search.models):
        true = None
        if len(search.found) < COUNTEREXAMPLES:
            points = points_of(work.cell)
            true = record(search, points, search.answerer.classes(points))
        close_enumerated(search, work, true)
    elif work.cell.size == 1 or search.is_too_small(work):
        give_up(search, work)
    else:
        split(search, work, _cut(search, view, asked), view.lowest)


def _cut(search: Asking, view: View, asked: Undecided) -> Cut:
    """Where to split a cell in which the formula is not decided."""
    overlay, work = search.overlay, view.work
    _, asking = overlay.decides(overlay.classes(work.place, view.known))
    cut = overlay.given_cut(work.cell, work.place)
    cut = cut or overlay.tree_cut(work.cell, work.place, asking)
    bounded = [model for model in asked.networks if model in view.bounds]
    if search.matter.domain.infinite:  # else a cell of one point is evaluated
        models = search.matter.models
        bounded = [m for m in bounded if own_cell(work.cell, models[m].reads).size > 1]
    forests = [model for model in asked.networks if model in search.forests]
    if not cut and forests and not bounded:
        cut = forest_cut(search.forests, search.matter.models, work.cell, forests)
    if cut or not bounded:
        return cut or _halved(work)

    def surplus(model: int) -> float:
        relaxed, row = view.bounds[model]
        with np.errstate(all="ignore"):
            share = relaxed.margin[row] / np.maximum(relaxed.scale[row], np.finfo(np.float64).tiny)
        return -np.inf if np.isnan(share) else float(share)

    loosest = min(bounded, key=surplus)
    return _most_gained(search, work, loosest, *view.bounds[loosest])


def _most_gained(search: Asking, work: Work, model: int, relaxed: Relaxed, row: int) -> Cut:
    """The cut of the variable that moves a network's bound most."""
    network, reads = search.networks[model], search.matter.models[model].reads
    parts = own_cell(work.cell, reads).parts
    free = np.array([size(part) > 1 for part in parts])
    own = most_influential(relaxed.influence[row], free)
    part = parts[own]
    if isinstance(part, range):
        return reads[own], range(range_cut(network, relaxed, row, own, part, SLACK))
    added = adds(network.space, own, relaxed.form.coefficients[row])
    return reads[own], below_middle(added, as_bits(part, len(added)))


def _halved(work: Work) -> Cut:
    """The middle of the variable with the most values."""
    index = max(range(len(work.cell.parts)), key=lambda i: size(work.cell.parts[i]))
    part = work.cell.parts[index]
    return index, lower_half(part) if isinstance(part, int) else range(middle(part))
