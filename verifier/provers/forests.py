"""The prover of questions about ensembles: branch and bound on many cells at a time, in arrays.

A cell is closed once the classes of the ensembles that are constant in it, by the kernel's own
rule, and of trees decide the formula. Else it is split where most of what the ensembles' trees may
still add depends on: each tree votes for its first test that parts the cell, by how far apart its
leaves are there. Small cells are left to the kernel, which evaluates their points.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt

from verifier.kernel.ensembles import Array, Forest
from verifier.kernel.prepared import MASK_BITS, Parts
from verifier.model.ensemble import Ensemble
from verifier.model.proof import Enumerated, Finding, Open, Proof, Step
from verifier.model.question import Matter, truth
from verifier.model.variable import Variable
from verifier.provers.asked_cells import step_of
from verifier.provers.forest_arrays import (
    counts,
    halves,
    middles,
)
from verifier.provers.forest_cuts import spread
from verifier.provers.forest_reach import Chunk, Seen
from verifier.provers.forest_search import FEW, Forests, brought
from verifier.provers.further import continued
from verifier.provers.loop import go_on, run
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.ordered import OPEN
from verifier.provers.search import (
    COUNTEREXAMPLES,
    conclude,
    speak,
)
from verifier.provers.timing import now, poll

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
LOOKED = 1 << 6
"""Points of a batch at which the question is evaluated, for witnesses."""
FEW_DIFFER = 0.5
"""The share of the trees that differ, at most, so that cells are split by these first."""
MOST_CHOICES = 64
"""Combinations of classes that are tried, at most, to see whether an ensemble's may decide."""
NODE = 1e-5
"""Seconds of a processor until a node of an ensemble is ready."""
AT_ONCE = 2048
"""Most cells of a proof that was interrupted and is to be brief."""


def takes(matter: Matter) -> bool:
    """Whether it is about ensembles, and no networks, on a domain of not too large sets."""
    short = all(v.count <= MASK_BITS for v in matter.domain.variables if isinstance(v, Variable))
    return bool(matter.ensembles) and not matter.networks and short


def readied(matter: Matter) -> float:
    """Seconds of a processor until its ensembles are ready for a search, or for the kernel."""
    every = (bound.model for bound in matter.models)
    return NODE * sum(x.size for x in every if isinstance(x, Ensemble))


def prove(
    matter: Matter, options: Options = UNLIMITED, *, few: int = FEW, most: int | None = None
) -> Finding:
    """A proof of where the question's formula is true, and points at which it is.

    Cells of at most ``few`` points are left to be evaluated; once ``most`` cells are closed it
    ends. Raises EnsembleError or TreeError where the parts do not fit.
    """
    if options.deadline is not None and now() + readied(matter) >= options.deadline:
        return Finding(options.resume or (Open(),))
    return _searched(Forests(matter=matter, options=options, few=few), most)


def _searched(search: Forests, most: int | None = None) -> Finding:
    """What a search finds until it has to end, and may find further."""

    def step() -> bool:
        return (most is None or search.closed < most) and _expand(search)

    pressed = run(search, lambda: go_on(search, step))
    speak(search, last=True)
    hopeless = bool(search.stalled)
    found = conclude(search, _proof(search, brief=pressed and search.options.brief))
    if pressed or hopeless or search.budget is None or not search.open:
        return found
    return continued(found, partial(_further, search))


def _further(search: Forests, end: float, learned: float) -> Finding | None:
    """What the search finds by ``end``, once it was seen what the check of its proof takes."""
    assert search.budget is not None
    search.budget.end, search.budget.learned = end, learned
    search.options = replace(search.options, deadline=end, check_by=end, judged=None)
    return None if search.late else _searched(search)


def _proof(search: Forests, *, brief: bool) -> Proof:
    order = search.order(AT_ONCE if brief else None)
    return order.handed_over(len(search.matter.models), search.matter.domain.columns)


def _expand(search: Forests) -> bool:
    """Close or split the next cells; False where there are none."""
    chunk = search.take()
    if chunk is None:
        return False
    poll()
    points = _points_in(search, chunk.parts)
    _record(search, points[:LOOKED])
    known = np.full((len(chunk), len(search.matter.models)), -1)
    for model, nodes in search.trees.items():
        leaf = nodes.descend(chunk.parts)[:, 0]
        known[:, model] = nodes.leaves[leaf]
    for model, own in search.reaching.items():
        classes = chunk.seen[model].classes
        at = np.flatnonzero((classes < 0) & _may_decide(search, known, model))
        seen = brought(search, model, chunk, at)
        own.forest.spend(len(at) * own.forest.cell_cost)
        reach = seen.reach[at]
        ends = own.ends(reach)
        likely = _likely(own.forest, ends, points[at])
        good = own.shown(reach, likely, ends)
        classes = classes.copy()
        classes[at[good]] = likely[good]
        known[:, model] = classes
        chunk = replace(chunk, seen={**chunk.seen, model: replace(seen, classes=classes)})
    left = _close(search, chunk, known, _impossible(search, chunk.parts))
    _close_pairs(search, chunk, left)
    if search.few:
        size = counts(chunk.parts)
        small = left & (size <= search.few)
        _enter_closed(search, chunk[np.flatnonzero(small)], Enumerated())
        left &= ~small
    at = np.flatnonzero(left)
    if at.size:
        _split(search, chunk[at], known[at])
    return True


def _may_decide(search: Forests, known: Ints, model: int) -> Bools:
    """In which cells an ensemble is bounded: the first whose class is not known, and any other
    whose class may decide the formula, whatever those before it have.

    Of two that are compared the second is, then, only where the first one's class is known.
    """
    every = list(search.reaching)
    before, later = every[: every.index(model)], every[every.index(model) :]
    choices = [range(search.asked.forests[m].classes) for m in later]
    first: Bools = np.asarray((known[:, before] >= 0).all(axis=1), dtype=np.bool_)
    if math.prod(map(len, choices)) > MOST_CHOICES:
        return np.ones(len(known), dtype=np.bool_)
    kinds, which = np.unique(known[~first], axis=0, return_inverse=True)
    decided = np.zeros(len(kinds), dtype=np.bool_)
    for i, kind in enumerate(kinds.tolist()):
        own: list[int | None] = [None if k < 0 else k for k in kind]
        for classes in itertools.product(*choices):
            for m, klass in zip(later, classes, strict=True):
                own[m] = klass
            decided[i] |= truth(search.matter.question, own) is not None
    first[~first] = decided[which.reshape(-1)]
    return first


def _likely(forest: Forest, ends: tuple[Array, Array], points: Ints) -> Ints:
    """The class that each cell has if it has one: of two the one that its scores are nearer to."""
    if forest.ensemble.outputs > 2 or forest.ensemble.link:
        return forest.classes_at(forest.points(points))
    low, high = ends
    if forest.ensemble.outputs == 1:
        return forest.sums.above(low[:, 0]).astype(np.int64)
    return np.asarray(low[:, 1] + high[:, 1] > low[:, 0] + high[:, 0]).astype(np.int64)


def _points_in(search: Forests, parts: Parts) -> Ints:
    """A point of each cell: its lowest values."""
    places = search.weights.places
    points = np.empty((len(parts), len(places)), dtype=np.int64)
    for i, (ranged, place) in enumerate(places):
        if ranged:
            points[:, i] = parts.ends[:, 0, place]
        else:
            low = parts.masks[:, place]
            points[:, i] = np.frexp((low & -low).astype(np.float64))[1] - 1
    return points


def _record(search: Forests, points: Ints) -> None:
    """Keep those points at which the formula is true, as long as some are wanted."""
    wanted = COUNTEREXAMPLES - len(search.found)
    if wanted > 0:
        true = search.answerer.true_at(points, search.answerer.classes(points))
        for i in np.flatnonzero(true)[:wanted].tolist():
            search.found[tuple(points[i].tolist())] = None


def _impossible(search: Forests, parts: Parts) -> Bools:
    """Which cells hold no point of the domain, as far as its tree is passed."""
    if search.given is None:
        return np.zeros(len(parts), dtype=np.bool_)
    node = search.given.descend(parts)[:, 0]
    return np.isin(node, sorted(search.answerer.overlay.impossible))


def _close(search: Forests, chunk: Chunk, known: Ints, impossible: Bools) -> Bools:
    """Close the cells where nothing has to be said of more ensembles; returns which are left.

    Trees the kernel lays over the cell, whatever is found of them here.
    """
    left = np.ones(len(chunk), dtype=np.bool_)
    _enter_closed(search, chunk[np.flatnonzero(impossible)], Open())
    left &= ~impossible
    search.no += float(chunk.shares[impossible].sum())
    kinds, which = np.unique(known, axis=0, return_inverse=True)
    which = which.reshape(-1)
    for i, kind in enumerate(kinds.tolist()):
        found, step = _decided(search, kind)
        if step is None:
            continue
        own = np.flatnonzero((which == i) & left)
        _enter_closed(search, chunk[own], step)
        left[own] = False
        share = float(chunk.shares[own].sum())
        search.yes += share * (found is True)
        search.no += share * (found is False)
    return left


def _close_pairs(search: Forests, chunk: Chunk, left: Bools) -> None:
    """Close those of the cells ``left`` where what one ensemble's class says of another's does."""
    for beside in search.besides:
        at = np.flatnonzero(left)
        if not at.size or not beside.useful:
            continue
        said = beside.said(chunk.parts[at])
        for order in np.unique(said[said > 0]).tolist():
            own = at[said == order]
            _enter_closed(search, chunk[own], beside.step(order))
            left[own] = False
            share = float(chunk.shares[own].sum())
            search.yes += share * beside.decided[order]
            search.no += share * (not beside.decided[order])


def _decided(search: Forests, kind: Sequence[int]) -> tuple[bool | None, Step | None]:
    """What classes (-1: unknown) say of the formula, and the least to say where that is enough."""

    def value(said: dict[int, int]) -> bool | None:
        own = [None if k < 0 else k for k in kind]
        for model in search.nodes:
            own[model] = said.get(model)
        return truth(search.matter.question, own)

    said = {m: kind[m] for m in search.nodes if kind[m] >= 0}
    found = value(said)
    if found is None:
        return None, step_of(said) if len(said) == len(search.nodes) else None
    for model in sorted(said):
        rest = {m: k for m, k in said.items() if m != model}
        if value(rest) is not None:
            said = rest
    return found, step_of(said)


def _enter_closed(search: Forests, chunk: Chunk, step: Step) -> None:
    """Record what holds in cells."""
    if not len(chunk):
        return
    code = search.ledger.code_of(step)
    search.ledger.append_all(
        chunk.places, np.full(len(chunk), code), np.zeros(len(chunk), dtype=np.int64)
    )
    search.closed += len(chunk)
    search.proved += float(chunk.shares.sum())
    search.weight += float(np.ldexp(1.0, -chunk.depths).sum())


def _split(search: Forests, chunk: Chunk, known: Ints) -> None:
    """Split cells where most of what may still be added depends on."""
    variable, goes = _cuts(search, chunk, known)
    both, ratio = halves(chunk.parts, variable, goes, search.weights)
    count = len(chunk)
    ranged = np.array([own for own, _ in search.weights.places])[variable]
    place = np.array([own for _, own in search.weights.places])[variable]
    left = goes - 1  # of a range the last that goes left, else a mask of values that are there
    at = np.flatnonzero(~ranged)
    left[at] = both.masks[at, place[at]]
    codes = np.stack([variable, np.full(count, OPEN)], axis=1).reshape(-1)
    lefts = np.stack([left, np.zeros(count, dtype=np.int64)], axis=1).reshape(-1)
    new = search.ledger.append_all(chunk.places, codes, lefts)
    shares = np.concatenate([chunk.shares * ratio, chunk.shares * (1 - ratio)])
    places = np.concatenate([new + 1, new])
    twice = np.tile(np.arange(count), 2)
    seen = {}
    for model, own in search.reaching.items():
        held = chunk.seen[model]
        fresh = held.fresh & (held.classes < 0)
        reach = held.reach.kept(np.repeat(fresh, held.reach.counts))
        reach = own.halved(reach[twice], both, np.tile(variable, 2))
        below = held.nodes[twice]
        at = np.flatnonzero(fresh[twice])
        below[at] = search.nodes[model].descend(both[at], below[at].astype(np.int64))
        seen[model] = Seen(reach, below, fresh[twice], held.classes[twice])
    search.enter(Chunk(both, places, shares, np.tile(chunk.depths + 1, 2), seen))


def _of_those_that_differ(search: Forests, model: int, gaps: Floats) -> Floats:
    """How far apart the leaves of an ensemble's trees are: of those that part it from another, if
    they are few and any of them has leaves apart in the cell."""
    for beside in search.besides:
        differing = beside.differing.get(model)
        if differing is not None and beside.useful and differing.mean() <= FEW_DIFFER:
            own = np.where(differing, gaps, 0.0)
            return np.where((own > 0).any(axis=1, keepdims=True), own, gaps)
    return gaps


def _cuts(search: Forests, chunk: Chunk, known: Ints) -> tuple[Ints, Ints]:
    """Where each cell is split: a variable, and the mask, or how many values, that go left.

    Of the first ensemble that is not constant each tree votes for its first test that parts the
    cell, by how far apart its leaves are there.
    """
    parts = chunk.parts
    variable, goes = np.full(len(parts), -1), np.zeros(len(parts), dtype=np.int64)
    for model, own in search.reaching.items():
        nodes, seen = search.nodes[model], chunk.seen[model]
        at = np.flatnonzero((known[:, model] < 0) & (variable < 0) & seen.fresh)
        if not at.size:
            continue
        node = seen.nodes[at].astype(np.int64)
        apart = spread(own.forest, seen.reach[at])
        gaps = np.where(nodes.variables[node] >= 0, apart, 0)
        gaps = _of_those_that_differ(search, model, gaps)
        there = np.zeros(len(nodes.first_of), dtype=np.bool_)
        there[nodes.tests[node]] = True
        tests, place = np.flatnonzero(there), np.cumsum(there) - 1
        key = np.arange(len(at))[:, None] * len(tests) + place[nodes.tests[node]]
        votes = np.bincount(key.reshape(-1), gaps.reshape(-1), len(at) * len(tests))
        votes = votes.reshape(len(at), -1)
        elected = nodes.first_of[tests[votes.argmax(axis=1)]]
        parted = votes.max(axis=1) > 0
        variable[at[parted]] = nodes.variables[elected[parted]]
        goes[at[parted]] = nodes.goes[elected[parted]]
    rest = np.flatnonzero(variable < 0)
    if rest.size:  # nothing parts the cell, but the rule is not enough: it will be of points
        variable[rest], goes[rest] = middles(parts[rest], search.weights.places)
    return variable, goes
