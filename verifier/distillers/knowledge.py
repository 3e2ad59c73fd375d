"""What is known of a teacher: all points of a small domain, or the cells of a proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Ints
from verifier.distillers.kept import Kept, kept_classes
from verifier.distillers.quick import quick_classes
from verifier.distillers.sampling import sample
from verifier.distillers.sources import (
    CellSource,
    PointSource,
    allowed_of,
    cell_source,
    point_source,
    rows_of,
)
from verifier.kernel.checker import blocks
from verifier.model.cell import Cell, cell_weight, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding, Proof, Signed, Tail, Trusted, steps
from verifier.model.question import matter_of
from verifier.model.tree import BoundTree, Tree, bind, classify, leaves_of_points, overlay
from verifier.provers.evaluate import AnyBulk, bulk_classes
from verifier.provers.options import Options
from verifier.provers.timing import polled

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store
    from verifier.provers.units.driver import Units

SMALL = 1 << 16
"""Domains of at most so many points are evaluated as a whole, unless the teacher is large."""
OPERATIONS = 1 << 40
"""Most multiplications for that."""
PROBING = 1 << 34
"""Multiplications for estimating the influences in one cell."""
GUESSES = 400
"""Open cells whose class is guessed from samples."""
BLOCK, KEEPING = 1 << 12, 1 << 32
"""Points whose classes are found at once where they are kept: fewer than take so many
multiplications."""
ENTRIES = 1 << 22
"""Most numbers, points times values, of the enumerated points that are known one by one."""


def is_small(domain: Domain, teacher: Teacher) -> bool:
    """Whether the teacher can be evaluated on all points of the domain in a short time."""
    return domain.size <= SMALL and domain.size * work_of(teacher) <= OPERATIONS


def all_points(cuts: Cuts, bulk: AnyBulk, store: Store | None = None) -> PointSource:
    """Every point of the domain with its exact class; ``store`` keeps these as they are found."""
    points = np.concatenate(list(blocks(full_cell(cuts.domain))))
    classes = exact_kept(Kept(store, "classes of all points"), bulk, points)
    return point_source(cuts, points, classes, bulk.teacher.classes)


def exact_kept(kept: Kept, bulk: AnyBulk, points: Ints) -> Ints:
    """The teacher's exact classes, kept as they are found."""
    if kept.store is None:
        return bulk_classes(bulk, points)
    block = max(1, min(BLOCK, KEEPING // (work_of(bulk.teacher) + 1)))
    return kept_classes(kept, points, block, bulk.teacher.classes, partial(bulk_classes, bulk))


def _evaluated(bulk: AnyBulk, cell: Cell) -> tuple[Ints, Ints]:
    """The points of a cell (value indices), and the teacher's classes there."""
    points = np.concatenate(list(blocks(cell)))
    return points, bulk_classes(bulk, points)


def work_of(teacher: Teacher) -> int:
    """Multiplications to evaluate a teacher at one point, or what takes as long."""
    if isinstance(teacher, Ensemble):
        return 16 * teacher.size
    return sum(a.weight.size for a in teacher.layers if isinstance(a, Affine))


def probes_for(cuts: Cuts, bulk: AnyBulk) -> int:
    """How many points to change when influences are estimated: fewer for large teachers."""
    work = work_of(bulk.teacher)
    return max(16, min(256, PROBING // (work * len(cuts.owner) + 1)))


def exact_error(domain: Domain, source: PointSource, tree: Tree) -> Fraction:
    """The probability that ``tree`` differs from the classes of all points."""
    wrong = _wrong_points(bind(tree, domain), source.points - source.cuts.starts, source.classes)
    return Fraction(wrong, domain.total_weight)


def _wrong_points(bound: BoundTree, points: Ints, classes: Ints) -> int:
    """The weight of those points where the tree has not the given classes."""
    domain = bound.domain
    wrong = bound.classes[leaves_of_points(bound, points)] != classes
    if domain.uniform:
        return int(wrong.sum()) * (domain.total_weight // domain.size)
    return sum(domain.weight(tuple(p)) for p in points[wrong].tolist())


@dataclass(frozen=True, eq=False)
class Known:
    """The cells of a proof: where the class is known (``settled``) or guessed.

    ``points`` (value indices) with ``point_classes`` are those of enumerated cells of several
    classes, ``cells`` with ``classes`` everything else; ``source`` has both.
    """

    source: CellSource
    cells: tuple[Cell, ...]
    classes: Ints
    settled: Bools
    points: Ints
    point_classes: Ints

    @property
    def open(self) -> bool:
        """Whether anything is guessed."""
        return not bool(self.settled.all())


def known_cells(
    cuts: Cuts, bulk: AnyBulk, proof: Proof, guess: Tree, rng: np.random.Generator
) -> Known:
    """What a proof says, cell by cell; enumerated cells of several classes point by point.

    The class of an open cell is the most frequent one among fresh points of the most probable open
    cells; in the others, what ``guess`` answers at one point. So it is in enumerated cells once
    ``ENTRIES`` is used up: a second's search can enumerate more points than there is memory.
    """
    cells: list[Cell] = []
    classes: list[int] = []
    settled: list[bool] = []
    opened: list[int] = []
    listed: list[tuple[Ints, Ints]] = []
    order: list[int | tuple[Ints, Ints]] = []  # of the proof: numbers of cells, or points
    room = ENTRIES // len(cuts.owner)
    for cell, _, step in polled(steps(cuts.domain, proof)):
        known = -1
        if isinstance(step, Enumerated) and cell.size <= room:
            points, kinds = _evaluated(bulk, cell)
            if (kinds != kinds[0]).any():
                room -= len(points)
                listed.append((points, kinds))
                order.append(listed[-1])
                continue
            known = int(kinds[0])
        elif isinstance(step, Constant | Signed | Trusted | Tail):
            known = step.klass
        if known < 0:
            opened.append(len(cells))
        order.append(len(cells))
        cells.append(cell)
        classes.append(known)
        settled.append(known >= 0 and not isinstance(step, Tail))
    bound = bind(guess, cuts.domain)
    opened.sort(key=lambda i: -cell_weight(cuts.domain, cells[i]))
    for n, i in enumerate(polled(opened)):
        if n < GUESSES:
            found = bulk_classes(bulk, sample(cuts.domain, 64, rng, cells[i]))
            classes[i] = int(np.bincount(found).argmax())
        else:
            classes[i] = classify(bound, cells[i].first_point())
    of_cells = np.array(classes, dtype=np.int64)
    rows: list[Bools] = []
    row_classes: list[Ints] = []
    for what in polled(order):
        if isinstance(what, int):
            rows.append(allowed_of(cuts, cells[what])[None])
            row_classes.append(of_cells[what : what + 1])
        else:
            rows.append(rows_of(cuts, what[0]))
            row_classes.append(what[1])
    source = cell_source(
        cuts,
        np.concatenate(rows),
        np.concatenate(row_classes),
        bulk.teacher.classes,
        lambda points: quick_classes(bulk.teacher, cuts.domain, points),
        probes_for(cuts, bulk),
    )
    none = np.empty((0, len(cuts.starts)), dtype=np.int64), np.empty(0, dtype=np.int64)
    points, kinds = (np.concatenate(x) for x in zip(none, *listed, strict=True))
    return Known(source, tuple(cells), of_cells, np.array(settled, dtype=bool), points, kinds)


def error_interval(domain: Domain, known: Known, tree: Tree) -> tuple[Fraction, Fraction]:
    """The interval for the probability that ``tree`` differs from the teacher, by what is known."""
    bound = bind(tree, domain)
    wrong, opened = _wrong_points(bound, known.points, known.point_classes), 0
    each = zip(known.cells, known.classes.tolist(), known.settled.tolist(), strict=True)
    for cell, klass, settled in polled(each):
        if not settled:
            opened += cell_weight(domain, cell)
            continue
        wrong += _wrong(bound, cell, klass)
    total = domain.total_weight
    return Fraction(wrong, total), Fraction(wrong + opened, total)


def _wrong(bound: BoundTree, cell: Cell, klass: int) -> int:
    return sum(
        cell_weight(bound.domain, part)
        for part, leaf in polled(overlay(bound, cell))
        if bound.nodes[leaf] != klass
    )


def study(
    domain: Domain, teacher: Teacher, tree: Tree, options: Options, units: Units | None = None
) -> tuple[Finding, bool]:
    """Let branch and bound prove what it can about the teacher, briefly if Ctrl-C ends it.

    The second answer is whether Ctrl-C came. ``units`` does it unit by unit.
    """
    from verifier.provers import branch, forests, questions

    stopped: list[bool] = []
    options = replace(options, brief=True, interrupted=lambda: stopped.append(True))
    if units is None and isinstance(teacher, Network):
        return branch.prove(domain, teacher, tree, options), bool(stopped)
    matter = matter_of(domain, teacher, tree)
    if units is None:
        prove = forests.prove if forests.takes(matter) else questions.prove
        return prove(matter, options), bool(stopped)
    from verifier.provers.units import driver

    return driver.prove(matter, options, units), bool(stopped)


def disagreements(
    domain: Domain, bulk: AnyBulk, tree: Tree, points: Sequence[tuple[int, ...]]
) -> tuple[tuple[int, ...], ...]:
    """Those of the points where the tree differs from the teacher."""
    if not points:
        return ()
    table = np.array(points, dtype=np.int64)
    bound = bind(tree, domain)
    wrong = bound.classes[leaves_of_points(bound, table)] != bulk_classes(bulk, table)
    return tuple(p for p, bad in zip(points, wrong.tolist(), strict=True) if bad)
