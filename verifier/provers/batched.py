"""One step of branch and bound on a batch of cells, for networks of any kind and width."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from verifier.model.part import size
from verifier.provers.bound import FloatBounds, Relaxed, relax, unbounded
from verifier.provers.cells import (
    SLACK,
    Branching,
    add_open,
    close_enumerated,
    give_up,
    split,
    split_by_test,
)
from verifier.provers.device import used
from verifier.provers.evaluate import bulk_classes
from verifier.provers.frontier import Cells, objects
from verifier.provers.relaxable import WIDE, Relaxable
from verifier.provers.search import record
from verifier.provers.space import allowed_values, as_bits, boxes, minimiser
from verifier.provers.split import adds, below_middle, by_test, most_influential, range_cut

MIXED = 64  # cells of at most so many points, of more than one class, are enumerated
SMALL = 8  # the same for cells that may be constant
CHOICES = 256  # most cells in a batch
ON_DEVICE = 16  # times that where torch works: its devices are quick at large products


def batch_size(network: Relaxable) -> int:
    """How many cells to bound at once: few enough for memory and for short steps."""
    widths = network.teacher.widths
    values = len(network.space.owners)
    floats = 8 * max(widths) * (max(widths) + values)
    more = 1 if used() is None else ON_DEVICE
    return max(1, min(more * CHOICES, more * (1 << 25) // floats))


def expand(search: Branching, batch: Cells) -> None:
    """Bound the cells of a batch; close, enumerate or split each."""
    network = search.network
    if max(network.teacher.widths) >= WIDE:
        batch = follow_tests(search, batch)
        if not len(batch):
            return
    ranges = bool(len(network.space.ordinals.variables))
    cells = batch.cells()
    allowed = boxes(network.space, cells) if ranges else allowed_values(network.space, batch.words)
    targets = bulk_classes(search.bulk, batch.points)
    record(search, batch.points, targets)
    relaxed = relax(network, allowed, _inherited(network, batch), targets)
    lowest = minimiser(network.space, allowed, relaxed.form.coefficients)
    classes = bulk_classes(search.bulk, lowest)
    record(search, lowest, classes)
    mixed = classes != targets
    with np.errstate(over="ignore", invalid="ignore"):
        surplus = relaxed.margin / np.maximum(relaxed.scale, np.finfo(np.float64).tiny)
    closes = (surplus > search.slack) & ~mixed & ~batch.refused
    sizes = np.array([float(min(cell.size, 1 << 62)) for cell in cells])
    small, lost = ~closes & (sizes <= np.where(mixed, MIXED, SMALL)), np.zeros_like(closes)
    if search.domain.infinite:  # then these are boxes of pieces, which nothing parts
        small, lost = lost, ~closes & (sizes == 1)
    if closes.any():
        search.waiting.append((batch[closes], targets[closes], surplus[closes]))
    give_up(search, batch[lost])
    cut = np.flatnonzero(~(closes | small | lost)).tolist()
    ends = zip(relaxed.bounds.low, relaxed.bounds.high, strict=True)
    batch = replace(batch, known=objects(list(ends)))
    halves = split(search, batch, [(i, *_choose(search, batch, relaxed, i)) for i in cut], lowest)
    add_open(search, halves)
    close_enumerated(search, batch[small])


def follow_tests(search: Branching, batch: Cells) -> Cells:
    """Split the cells above the tree's leaves unseen; returns the others.

    Bounding such a cell costs as much as several of its parts and rarely closes it.
    """
    above = search.tree.classes[batch.tests] < 0
    add_open(search, split_by_test(search, batch[above]))
    return batch[~above]


def _inherited(network: Relaxable, batch: Cells) -> FloatBounds:
    bounds = unbounded(network, len(batch))
    for i, known in enumerate(batch.known.tolist()):
        if isinstance(known, tuple):
            bounds.low[i], bounds.high[i] = known
    return bounds


def _choose(search: Branching, batch: Cells, relaxed: Relaxed, row: int) -> tuple[int, int]:
    """The variable to split, and which of its values go left (of an ordinal's, the last one)."""
    cut = by_test(search.tree, int(batch.tests[row]), batch.words[row])
    if cut:
        return cut
    network, space = search.network, search.network.space
    parts = batch.cell(row).parts
    free = np.array([size(part) > 1 for part in parts])
    index = most_influential(relaxed.influence[row], free)
    own = parts[index]
    if isinstance(own, range):
        return index, range_cut(network, relaxed, row, index, own, SLACK) - 1
    added = adds(space, index, relaxed.form.coefficients[row])
    return index, below_middle(added, as_bits(own, len(added)))
