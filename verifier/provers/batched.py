"""One step of branch and bound on a batch of cells, for networks of any kind and width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.provers.bulk import Bools, Floats, bulk_classes
from verifier.provers.relaxation import WIDE, Bounds, Relaxable, Relaxed, relax, unbounded
from verifier.provers.search import (
    Masks,
    Search,
    Values,
    Work,
    add_open,
    enumerate_cells,
    record,
    split,
)
from verifier.provers.space import Space, allowed_values, contributions, minimiser

MIXED = 64  # cells of at most so many points, of more than one class, are enumerated
SMALL = 8  # the same for cells that may be constant
CHOICES = 256  # most cells in a batch


def batch_size(network: Relaxable) -> int:
    """How many cells to bound at once: few enough for memory and for short steps."""
    widths = network.teacher.widths
    values = len(network.space.owners)
    floats = 8 * max(widths) * (max(widths) + values)
    return max(1, min(CHOICES, (1 << 25) // floats))


def expand(search: Search, batch: Sequence[Work]) -> None:
    """Bound the cells of a batch; close, enumerate or split each."""
    network = search.network
    if max(network.teacher.widths) >= WIDE:
        batch = _follow_tests(search, batch)
        if not batch:
            return
    masks = np.stack([w.masks for w in batch])
    allowed = allowed_values(network.space, masks)
    points = np.stack([lowest_values(w.masks) if w.point is None else w.point for w in batch])
    targets = bulk_classes(search.bulk, points)
    record(search, points, targets)
    relaxed = relax(network, allowed, _inherited(network, batch), targets)
    lowest = minimiser(network.space, allowed, relaxed.form.coefficients)
    classes = bulk_classes(search.bulk, lowest)
    record(search, lowest, classes)
    mixed = classes != targets
    counts = np.add.reduceat(allowed, network.space.starts, axis=1, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        sizes = counts.prod(axis=1)
        surplus = relaxed.margin / np.maximum(relaxed.scale, np.finfo(np.float64).tiny)
    small = []
    for i, work in enumerate(batch):
        work.bounds = relaxed.bounds.low[i], relaxed.bounds.high[i]
        if surplus[i] > search.slack and not mixed[i] and not work.refused:
            work.bounds = None
            search.waiting.append((work, int(targets[i]), float(surplus[i])))
        elif sizes[i] <= (MIXED if mixed[i] else SMALL):
            small.append(work)
        else:
            variable, left = _choose(search, work, allowed[i], relaxed, i)
            for part in split(search, work, variable, left):
                _give_point(part, variable, points[i], lowest[i])
                add_open(search, part)
    enumerate_cells(search, small)


def _follow_tests(search: Search, batch: Sequence[Work]) -> list[Work]:
    """Split the cells above the tree's leaves unseen; returns the others.

    Bounding such a cell costs as much as several of its parts and rarely closes it.
    """
    rest = []
    for work in batch:
        test = search.tree.nodes[work.test]
        if isinstance(test, tuple):
            for part in split(search, work, test[0], test[1] & int(work.masks[test[0]])):
                add_open(search, part)
        else:
            rest.append(work)
    return rest


def _inherited(network: Relaxable, batch: Sequence[Work]) -> Bounds:
    bounds = unbounded(network, len(batch))
    for i, work in enumerate(batch):
        if work.bounds is not None:
            bounds.low[i], bounds.high[i] = work.bounds
    return bounds


def lowest_values(masks: Masks) -> Values:
    """The point of a cell with the lowest value in every variable."""
    return np.array([(m & -m).bit_length() - 1 for m in masks.tolist()], dtype=np.int64)


def _choose(
    search: Search, work: Work, allowed: Bools, relaxed: Relaxed, row: int
) -> tuple[int, int]:
    """The variable to split, and which of its values go left."""
    test = search.tree.nodes[work.test]
    if isinstance(test, tuple):
        return test[0], test[1] & int(work.masks[test[0]])
    free = np.array([m & (m - 1) != 0 for m in work.masks.tolist()])
    score = np.where(free, relaxed.influence[row], -1.0)
    index = int(score.argmax()) if score.max() > 0 else int(free.argmax())
    return index, bipartition(search.network.space, allowed, index, relaxed.form.coefficients[row])


def bipartition(space: Space, allowed: Bools, index: int, form: Floats) -> int:
    """The allowed values of a variable that add less than the middle of what they can add."""
    group = next(g for g in space.groups if index in g.variables)
    size = group.encoding.shape[2]
    inside = allowed[space.starts[index] : space.starts[index] + size]
    adds = contributions(group, form)[group.variables == index][0]
    if not np.isfinite(adds[inside]).all():
        adds = np.arange(size, dtype=np.float64)
    low, high = adds[inside].min(), adds[inside].max()
    left = inside & (adds <= (low + high) / 2)
    if (left == inside).all():
        left = inside & (np.cumsum(inside) <= inside.sum() // 2)
    return sum(1 << v for v in np.flatnonzero(left).tolist())


def _give_point(part: Work, variable: int, point: Values, lowest: Values) -> None:
    """Give half a cell a point: one of the two known ones where that fits."""
    mask = int(part.masks[variable])
    for known in (point, lowest):
        if mask >> int(known[variable]) & 1:
            part.point = known
            return
    part.point = lowest.copy()
    part.point[variable] = (mask & -mask).bit_length() - 1
