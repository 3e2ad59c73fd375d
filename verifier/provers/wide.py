"""One step of branch and bound for wide networks, on a few cells at a time.

To bound every neuron of a wide network over a cell takes a thousand times as long as to bound its
output by what an ancestor's relaxation found (see ``first``). So that comes first; the neurons
below are bounded again only where it may close the cell, and of them only those that the output's
bound depends on. Cells are taken by their probability, in as many threads as there are processors.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from verifier.provers.batched import MIXED, SMALL, follow_tests
from verifier.provers.bound import (
    FloatBounds,
    Remainders,
    backward,
    class_rows,
    tighten,
    tighten_linear,
    unbounded,
)
from verifier.provers.cells import FRONTIER, Branching, close_enumerated, settle, split
from verifier.provers.evaluate import bulk_classes
from verifier.provers.first import Bound, Cut, Layer, Rows, best_cut, bound, fold, rows_above
from verifier.provers.frontier import Cells, objects
from verifier.provers.influence import losses, sign_losses
from verifier.provers.planes import raised
from verifier.provers.relaxable import First, Relaxable
from verifier.provers.search import record
from verifier.provers.space import Array, allowed_values, as_mask, extremes, minimiser
from verifier.provers.tables import Bools
from verifier.provers.threads import in_threads

TOGETHER = 8
"""Cells of a step for each processor."""
LEFT = 0.005
"""What the neurons not bounded again may cost, in units of all that the relaxation costs."""
_NONE = np.zeros(0, dtype=np.int64)
MEMORY = 1 << 28
"""Bytes, about, for what is known of the cells that wait by their probability."""


@dataclass(frozen=True, eq=False)
class Known:
    """What was found of a cell of ``weight``: bounds of all neurons (one row), and what follows.

    ``rows`` bound the margin of class ``target``; the relaxation costs the worst of them
    ``losses[node]`` by the neurons of each node after the first layer.
    """

    target: int
    weight: float
    bounds: FloatBounds
    rows: Rows
    losses: dict[int, Array]

    @property
    def deep(self) -> float:
        """All that the relaxation costs after the first layer."""
        return float(sum(lost.sum() for lost in self.losses.values()))


@dataclass(frozen=True, eq=False)
class Seen:
    """What a look at a cell found: bounds, and the best split where they do not suffice."""

    known: Known
    bound: Bound
    cut: Cut | None


@dataclass(frozen=True, eq=False)
class Task:
    """A cell to look at, as a row of ``allowed``, for the class ``target``.

    ``known`` is what was found of a cell around it; ``slack`` is what the margin has to exceed,
    relative to its terms.
    """

    allowed: Bools
    target: int
    weight: float
    known: Known | None
    slack: float


def look(network: Relaxable, task: Task) -> Seen:
    """Bound the margin of a class on a cell; find a split if that is too little."""
    with np.errstate(all="ignore"):
        known, fresh = task.known, task.known is None
        if known is None:
            known = _known(network, task, _tightened(network, task, None, 0.0), task.weight)
        elif known.target != task.target:
            known = _known(network, task, known.bounds, known.weight)
        layer, lines, found = _bound(network, task, known)
        if not _closes(found, task) and not fresh and found.margin + known.deep > 0:
            left = LEFT * (lines.loss + known.deep)
            known = _known(network, task, _tightened(network, task, known, left), task.weight)
            layer, lines, found = _bound(network, task, known)
        cut = None
        if not _closes(found, task):
            cut = best_cut(_first(network), network.space, task.allowed, layer, lines)
        return Seen(known, found, cut)


def _closes(found: Bound, task: Task) -> bool:
    return found.margin > task.slack * found.scale


def _first(network: Relaxable) -> First:
    assert network.first is not None
    return network.first


def _bound(network: Relaxable, task: Task, known: Known) -> tuple[Layer, Bound, Bound]:
    """The first layer's ambiguous neurons, and the bounds by lines and, where it helps, planes."""
    first, space = _first(network), network.space
    layer = fold(first, space, task.allowed, known.rows)
    lines = bound(space, task.allowed, layer)
    if _closes(lines, task) or not np.isfinite(lines.margin):
        return layer, lines, lines
    return layer, lines, raised(first, space, task.allowed, layer, lines, task.slack)


def _tightened(network: Relaxable, task: Task, known: Known | None, left: float) -> FloatBounds:
    """Bounds of all neurons on a cell, from what is known of a cell around it.

    After the first layer those are bounded again that cost most, until the others of a node cost no
    more than ``left``; all that are ambiguous where nothing is known.
    """
    held = unbounded(network, 1) if known is None else known.bounds
    own, remainders = FloatBounds(held.low.copy(), held.high.copy()), Remainders()
    for node, part in network.slices.items():
        if network.linear[node] is not None:
            tighten_linear(network, task.allowed, own, node)
            continue
        if known is None:
            picked = np.flatnonzero((own.low[0, part] < 0) & (own.high[0, part] > 0))
        else:
            picked = _costly(known.losses[node], left) if node in known.losses else _NONE
        if len(picked):
            tighten(network, task.allowed, own, node, picked[None], remainders)
    return own


def _costly(lost: Array, left: float) -> npt.NDArray[np.int64]:
    """The neurons that cost most: as few as leave at most ``left`` to the others."""
    order = np.argsort(-lost)
    rest = lost.sum(dtype=np.float64) - np.cumsum(lost[order], dtype=np.float64)
    return order[: 0 if lost.sum() <= left else int((rest > left).sum()) + 1]


def _known(network: Relaxable, task: Task, bounds: FloatBounds, weight: float) -> Known:
    """The rows of a task's class from bounds of all neurons."""
    teacher, first = network.teacher, _first(network)
    rows = class_rows(teacher.outputs, task.target)[None].astype(network.dtype)
    form = backward(network, bounds, len(teacher.layers), rows)
    ends = extremes(network.space, task.allowed, form.coefficients)
    least = form.constant[0] + ends.low[0].sum(axis=-1)
    worst = int(np.where(np.isnan(least), -np.inf, least).argmin())
    lost = {}
    for node, inner in form.inner.items():
        if network.linear[node] is None:
            part = network.slices[node]
            own = sign_losses if node in network.signs else losses
            lost[node] = own(inner[0, worst], bounds.low[0, part], bounds.high[0, part])
    above = rows_above(first, bounds.low[0, first.places], bounds.high[0, first.places], form)
    return Known(task.target, weight, bounds, above, lost)


def expand(search: Branching, batch: Cells) -> None:
    """Bound the cells of a batch, each in a thread; close or split each.

    Those above the tree's leaves are split by its tests unseen: to bound such a cell costs as much
    as several of its parts, and rarely closes it.
    """
    batch = follow_tests(search, batch)
    if not len(batch):
        return
    network, slack = search.network, search.slack
    allowed = allowed_values(network.space, batch.words)
    targets = bulk_classes(search.bulk, batch.points)
    record(search, batch.points, targets)
    tasks = [
        Task(allowed[i : i + 1], int(targets[i]), float(batch.weights[i]), _held(known), slack)
        for i, known in enumerate(batch.known.tolist())
    ]
    seen = in_threads([partial(look, network, task) for task in tasks])
    lowest = minimiser(network.space, allowed, np.stack([one.bound.form for one in seen]))
    classes = bulk_classes(search.bulk, lowest)
    record(search, lowest, classes)
    sizes = np.add.reduceat(allowed, network.space.starts, axis=1, dtype=np.float64).prod(axis=1)
    tiny = np.finfo(np.float64).tiny
    surplus = np.array([one.bound.margin / max(one.bound.scale, tiny) for one in seen])
    mixed = classes != targets
    closes = (surplus > slack) & ~mixed & ~batch.refused
    whole = np.array([one.cut is None for one in seen])
    small = ~closes & (whole | (sizes <= np.where(mixed, MIXED, SMALL)))
    if closes.any():
        search.waiting.append((batch[closes], targets[closes], surplus[closes]))
    cuts = [
        (i, one.cut.variable, as_mask(one.cut.left))
        for i, one in enumerate(seen)
        if one.cut is not None and not closes[i] and not small[i]
    ]
    batch = replace(batch, known=objects([one.known for one in seen]))
    _add(search, split(search, batch, cuts, lowest))
    close_enumerated(search, batch[small])
    if not search.options.confirm:
        settle(search)  # so that what the kernel's check takes is known soon


def _held(known: object) -> Known | None:
    return known if isinstance(known, Known) else None


def _add(search: Branching, cells: Cells) -> None:
    """Add open cells by their probability, as long as there is memory for all that is known."""
    most = max(64, min(FRONTIER, MEMORY // (16 * search.network.neurons)))
    few = max(0, most - len(search.frontier.heap))
    search.frontier.push(cells[:few], ranked=True)
    search.frontier.push(cells[few:], ranked=False)
