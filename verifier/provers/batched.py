"""One step of branch and bound on a batch of cells, for networks of any kind and width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.model.part import contains, first, size
from verifier.provers.bound import FloatBounds, Relaxed, relax, unbounded
from verifier.provers.cells import (
    SLACK,
    Branching,
    Masks,
    Work,
    add_open,
    close_enumerated,
    give_up,
    split,
    split_by_test,
)
from verifier.provers.evaluate import bulk_classes
from verifier.provers.relaxable import WIDE, Relaxable
from verifier.provers.search import Values, record
from verifier.provers.space import allowed_values, as_bits, boxes, minimiser
from verifier.provers.split import adds, below_middle, by_test, most_influential, range_cut
from verifier.provers.words import first_values, part_of

MIXED = 64  # cells of at most so many points, of more than one class, are enumerated
SMALL = 8  # the same for cells that may be constant
CHOICES = 256  # most cells in a batch


def batch_size(network: Relaxable) -> int:
    """How many cells to bound at once: few enough for memory and for short steps."""
    widths = network.teacher.widths
    values = len(network.space.owners)
    floats = 8 * max(widths) * (max(widths) + values)
    return max(1, min(CHOICES, (1 << 25) // floats))


def expand(search: Branching, batch: Sequence[Work]) -> None:
    """Bound the cells of a batch; close, enumerate or split each."""
    network = search.network
    if max(network.teacher.widths) >= WIDE:
        batch = follow_tests(search, batch)
        if not batch:
            return
    masks = np.stack([w.masks for w in batch])
    ranges = bool(len(network.space.ordinals.variables))
    cells = [work.cell for work in batch]
    allowed = boxes(network.space, cells) if ranges else allowed_values(network.space, masks)
    points = np.stack([lowest_values(w.masks) if w.point is None else w.point for w in batch])
    targets = bulk_classes(search.bulk, points)
    record(search, points, targets)
    relaxed = relax(network, allowed, _inherited(network, batch), targets)
    lowest = minimiser(network.space, allowed, relaxed.form.coefficients)
    classes = bulk_classes(search.bulk, lowest)
    record(search, lowest, classes)
    mixed = classes != targets
    with np.errstate(over="ignore", invalid="ignore"):
        surplus = relaxed.margin / np.maximum(relaxed.scale, np.finfo(np.float64).tiny)
    small, infinite = [], search.domain.infinite
    for i, work in enumerate(batch):
        work.bounds = relaxed.bounds.low[i], relaxed.bounds.high[i]
        if surplus[i] > search.slack and not mixed[i] and not work.refused:
            work.bounds = None
            search.waiting.append((work, int(targets[i]), float(surplus[i])))
        elif not infinite and cells[i].size <= (MIXED if mixed[i] else SMALL):
            small.append(work)
        elif infinite and cells[i].size == 1:
            give_up(search, work)  # one box of pieces, which nothing parts
        else:
            variable, left = _choose(search, work, relaxed, i)
            for part in split(search, work, variable, left):
                give_point(part, variable, points[i], lowest[i])
                add_open(search, part)
    close_enumerated(search, small)


def follow_tests(search: Branching, batch: Sequence[Work]) -> list[Work]:
    """Split the cells above the tree's leaves unseen; returns the others.

    Bounding such a cell costs as much as several of its parts and rarely closes it.
    """
    rest = []
    for work in batch:
        if search.tree.classes[work.test] < 0:
            for part in split_by_test(search, work):
                add_open(search, part)
        else:
            rest.append(work)
    return rest


def _inherited(network: Relaxable, batch: Sequence[Work]) -> FloatBounds:
    bounds = unbounded(network, len(batch))
    for i, work in enumerate(batch):
        if work.bounds is not None:
            bounds.low[i], bounds.high[i] = work.bounds
    return bounds


def lowest_values(masks: Masks) -> Values:
    """The point of a cell with the lowest value in every variable."""
    return np.array(first_values(masks.tolist()), dtype=np.int64)


def _choose(search: Branching, work: Work, relaxed: Relaxed, row: int) -> tuple[int, int]:
    """The variable to split, and which of its values go left (of an ordinal's, the last one)."""
    cut = by_test(search.tree, work.test, work.masks)
    if cut:
        return cut
    network, space = search.network, search.network.space
    parts = work.cell.parts
    free = np.array([size(part) > 1 for part in parts])
    index = most_influential(relaxed.influence[row], free)
    own = parts[index]
    if isinstance(own, range):
        return index, range_cut(network, relaxed, row, index, own, SLACK) - 1
    added = adds(space, index, relaxed.form.coefficients[row])
    return index, below_middle(added, as_bits(own, len(added)))


def give_point(part: Work, variable: int, point: Values, lowest: Values) -> None:
    """Give half a cell a point: one of the two known ones where that fits."""
    own = part_of(int(part.masks[variable]))
    for known in (point, lowest):
        if contains(own, int(known[variable])):
            part.point = known
            return
    part.point = lowest.copy()
    part.point[variable] = first(own)
