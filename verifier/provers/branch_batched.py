"""One step of branch and bound on a batch of cells, for networks of any kind and width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.provers.branch_search import (
    Search,
    Work,
    add_open,
    enumerate_cells,
    record,
    split,
)
from verifier.provers.branch_space import contributions, minimiser
from verifier.provers.bulk import Bools, Floats, bulk_classes
from verifier.provers.relaxation import Bounds, Network, Relaxed, relax, unbounded

MIXED = 64  # cells of at most so many points, of more than one class, are enumerated
SMALL = 8  # the same for cells that may be constant
CHOICES = 256  # most cells in a batch


def batch_size(network: Network) -> int:
    """How many cells to bound at once: few enough for memory and for short steps."""
    widths = network.teacher.widths
    values = len(network.space.owners)
    floats = 8 * max(widths) * (max(widths) + values)
    return max(1, min(CHOICES, (1 << 25) // floats))


def expand(search: Search, batch: Sequence[Work]) -> None:
    """Bound the cells of a batch; close, enumerate or split each."""
    network = search.network
    allowed = np.stack([w.allowed for w in batch])
    points = np.stack([w.point for w in batch])
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
            variable, left = _choose(search, work, counts[i], relaxed, i)
            for part in _parts(search, work, variable, left, points[i], lowest[i]):
                add_open(search, part)
    enumerate_cells(search, small)


def _inherited(network: Network, batch: Sequence[Work]) -> Bounds:
    bounds = unbounded(network, len(batch))
    for i, work in enumerate(batch):
        if work.bounds is not None:
            bounds.low[i], bounds.high[i] = work.bounds
    return bounds


def _choose(
    search: Search, work: Work, counts: Floats, relaxed: Relaxed, row: int
) -> tuple[int, Bools]:
    """The variable to split, and which of its values go left."""
    variable, goes_left, _ = search.tree.arrays
    if variable[work.test] >= 0:
        index = int(variable[work.test])
        size = len(search.domain.variables[index].labels)
        start = int(search.network.space.starts[index])
        return index, goes_left[work.test, :size] & work.allowed[start : start + size]
    score = np.where(counts > 1, relaxed.influence[row], -1.0)
    index = int(score.argmax()) if score.max() > 0 else int(counts.argmax())
    return index, bipartition(search, work.allowed, index, relaxed.form.coefficients[row])


def bipartition(search: Search, allowed: Bools, index: int, form: Floats) -> Bools:
    """The allowed values of a variable that add less than the middle of what they can add."""
    space = search.network.space
    size = len(search.domain.variables[index].labels)
    start = int(space.starts[index])
    inside = allowed[start : start + size]
    group = next(g for g in space.groups if g.encoding.shape[2] == size and index in g.variables)
    adds = contributions(group, form)[group.variables == index][0]
    if not np.isfinite(adds[inside]).all():
        adds = np.arange(size, dtype=np.float64)
    low, high = adds[inside].min(), adds[inside].max()
    left: Bools = inside & (adds <= (low + high) / 2)
    if (left == inside).all():
        left = inside & (np.cumsum(inside) <= inside.sum() // 2)
    return left


def _parts(
    search: Search,
    work: Work,
    variable: int,
    left: Bools,
    point: npt.NDArray[np.int64],
    lowest: npt.NDArray[np.int64],
) -> list[Work]:
    """The two parts of a cell, each with a point: one of the two known ones where that fits."""
    start = int(search.network.space.starts[variable])
    parts = split(search, work, variable, left)
    for part in parts:
        for known in (point, lowest):
            if part.allowed[start + known[variable]]:
                part.point = known
                break
        else:
            part.point = lowest.copy()
            inside = part.allowed[start : start + len(left)]
            part.point[variable] = int(inside.argmax())
    return parts
