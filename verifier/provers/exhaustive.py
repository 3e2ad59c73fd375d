"""The exhaustive prover: sweeps the whole domain, block by block.

The domain is cut, first along the tree's tests, into blocks of at most BLOCK points. A block that
the kernel's relaxation closes is not looked at again; every point of the others is evaluated, and
the block is cut further until each cell is closed by the relaxation or is so small that the kernel
evaluates it point by point. Memory does not depend on the size of the domain.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.kernel.prepared import Prepared
from verifier.model.cell import Cell, full_cell, values
from verifier.model.domain import Domain, Point
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding
from verifier.model.tree import BoundTree, Tree, bind, check_fits, descend, leaves_of_points
from verifier.provers.budget import Budget
from verifier.provers.bulk import Bulk, bulk_classes, prepare_bulk
from verifier.provers.ledger import Ledger
from verifier.provers.progress import Progress, Report
from verifier.provers.timing import ending, heed, now, poll

BLOCK = 1 << 16
"""Most points evaluated together."""
SMALL = 1 << 8
"""Cells of at most so many points are enumerated rather than cut further."""
TOGETHER = 64
"""Blocks that the relaxation is tried on together."""
SHOWN = 10
"""Counterexamples kept."""

Classes = npt.NDArray[np.int64]


@dataclass(eq=False)
class _Sweep:
    domain: Domain
    tree: BoundTree
    prepared: Prepared
    bulk: Bulk
    order: tuple[int, ...]
    deadline: float | None
    report: Report | None
    ledger: Ledger = field(default_factory=Ledger)
    found: list[Point] = field(default_factory=list)
    closed: int = 0
    points: int = 0
    start: float = field(default_factory=time.monotonic)
    spoke: float = 0.0
    budget: Budget | None = None

    @property
    def late(self) -> bool:
        heed()
        if self.budget is not None and self.budget.left(self.closed, 0) <= 0:
            return True
        return self.deadline is not None and now() >= self.deadline


def prove(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    check_by: float | None = None,
) -> Finding:
    """Sweep the domain; at ``deadline`` (time.monotonic) or Ctrl-C the rest stays Open.

    It ends so early that the kernel's check is expected to end at ``check_by``.

    Raises NetworkError or TreeError where the parts do not fit together.
    """
    prepared = checker.prepare(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    sweep = _Sweep(
        domain,
        bind(tree, domain),
        prepared,
        prepare_bulk(teacher, domain),
        _by_influence(teacher, domain),
        deadline,
        progress,
    )
    if check_by is not None:
        sweep.budget = Budget(prepared, sweep.tree, check_by)
    with contextlib.suppress(KeyboardInterrupt), ending(deadline):
        _sweep(sweep)
    check = sweep.budget.seconds(sweep.closed, 0) if sweep.budget else 0.0
    return Finding(sweep.ledger.proof(), tuple(sweep.found), check)


def _by_influence(teacher: Network, domain: Domain) -> tuple[int, ...]:
    """The variables, those with the largest weights in the first layer first."""
    size = np.ones(domain.columns)
    for layer in teacher.layers:
        if isinstance(layer, Affine) and layer.source == 0:
            with np.errstate(over="ignore"):
                size = np.abs(layer.weight.astype(np.float64)).sum(axis=0)
            break
    owner = np.array([i for i, _ in domain.column_owner])
    total = np.bincount(owner, weights=np.minimum(size, 1e300), minlength=len(domain.variables))
    return tuple(np.argsort(-total, kind="stable").tolist())


def _sweep(sweep: _Sweep) -> None:
    """Depth first over the blocks, a few at a time."""
    stack = [(0, full_cell(sweep.domain), 0)]
    while stack and not sweep.late:
        if sweep.budget:
            sweep.budget.measure(sweep.ledger)
        batch = [stack.pop() for _ in range(min(TOGETHER, len(stack)))]
        closed = _close(sweep, batch)
        for node, cell, test in batch:
            if node in closed or sweep.late:
                continue
            if cell.size <= BLOCK:
                _evaluate(sweep, node, cell)
                continue
            below = descend(sweep.tree, cell, test)
            index, left = _cut(sweep, cell, below)
            one, two = sweep.ledger.split(node, index, left)
            halves = cell.split(index, left)
            stack += [(two, halves[1], below), (one, halves[0], below)]


def _cut(sweep: _Sweep, cell: Cell, test: int) -> tuple[int, int]:
    """Along the tree's next test; inside a leaf, half of the values of the heaviest variable."""
    node = sweep.tree.nodes[test]
    if isinstance(node, tuple):
        return node[0], cell.masks[node[0]] & node[1]
    index = next(i for i in sweep.order if cell.masks[i].bit_count() > 1)
    return index, _half(cell.masks[index])


def _half(mask: int) -> int:
    held = values(mask)
    return sum(1 << v for v in held[: len(held) // 2])


def _close(sweep: _Sweep, batch: Sequence[tuple[int, Cell, int]]) -> set[int]:
    """Try the relaxation, with the class of one point of each cell as the guess."""
    points = np.array([cell.first_point() for _, cell, _ in batch], dtype=np.int64)
    classes = bulk_classes(sweep.bulk, points).tolist()
    cells = [cell for _, cell, _ in batch]
    proved, _ = checker.constant(sweep.prepared, cells, classes)
    closed = set()
    for (node, cell, _), klass, good in zip(batch, classes, proved, strict=True):
        if good:
            sweep.ledger.close(node, Constant(klass))
            _count(sweep, cell.size)
            closed.add(node)
    return closed


def _evaluate(sweep: _Sweep, node: int, cell: Cell) -> None:
    """Evaluate a block, then cut it until every cell is closed."""
    shape = tuple(m.bit_count() for m in cell.masks if m.bit_count() > 1)
    points = np.concatenate(list(checker.blocks(cell, BLOCK)))
    classes = bulk_classes(sweep.bulk, points)
    if len(sweep.found) < SHOWN:
        _compare(sweep, points, classes)
    todo = [(node, cell, classes.reshape(shape))]
    while todo:
        poll()
        guesses = [(n, c, k) for n, c, k in todo if (k == k.flat[0]).all()]
        proved = _constant(sweep, guesses)
        following = []
        for n, c, k in todo:
            if n in proved:
                sweep.ledger.close(n, Constant(int(k.flat[0])))
            elif c.size <= SMALL:
                sweep.ledger.close(n, Enumerated())
            else:
                index, left, parts = _best_cut(c, k)
                one, two = sweep.ledger.split(n, index, left)
                halves = c.split(index, left)
                following += [(one, halves[0], parts[0]), (two, halves[1], parts[1])]
                continue
            _count(sweep, c.size)
        todo = following


def _constant(sweep: _Sweep, guesses: Sequence[tuple[int, Cell, Classes]]) -> set[int]:
    if not guesses:
        return set()
    cells = [c for _, c, _ in guesses]
    proved, _ = checker.constant(sweep.prepared, cells, [int(k.flat[0]) for _, _, k in guesses])
    return {node for (node, _, _), good in zip(guesses, proved, strict=True) if good}


def _best_cut(cell: Cell, classes: Classes) -> tuple[int, int, tuple[Classes, Classes]]:
    """The cut that leaves the two halves' classes least mixed (Gini), with the halves' classes.

    A variable's values are ordered by how often class 0 occurs, and cut where that is best; where
    nothing separates, the first free variable is halved.
    """
    free = [i for i, m in enumerate(cell.masks) if m.bit_count() > 1]
    best: tuple[float, int, npt.NDArray[np.int64], int] | None = None
    kinds = np.unique(classes)
    members = [np.ascontiguousarray(classes == k) for k in kinds]
    for axis in range(len(free)):
        inner = math.prod(classes.shape[axis + 1 :])
        layout = (-1, classes.shape[axis], inner)  # three axes sum much faster than many
        counts = np.stack([m.reshape(layout).sum(axis=(0, 2)) for m in members], axis=1)
        ranked = np.argsort(counts[:, 0], kind="stable")
        left = np.cumsum(counts[ranked], axis=0)[:-1].astype(np.float64)
        right = left[-1] + counts[ranked[-1]] - left
        impurity = sum(
            part.sum(axis=1) - (part**2).sum(axis=1) / part.sum(axis=1) for part in (left, right)
        )
        at = int(np.argmin(impurity))
        if best is None or impurity[at] < best[0] - 1e-9:
            best = float(impurity[at]), axis, ranked, at + 1
    assert best is not None
    _, axis, ranked, size = best
    chosen = np.sort(ranked[:size])
    rest = np.sort(ranked[size:])
    held = values(cell.masks[free[axis]])
    mask = sum(1 << held[int(v)] for v in chosen)
    halves = np.take(classes, chosen, axis=axis), np.take(classes, rest, axis=axis)
    return free[axis], mask, (_squeezed(halves[0], axis), _squeezed(halves[1], axis))


def _squeezed(classes: Classes, axis: int) -> Classes:
    """Without the axis if only one value is left on it."""
    return classes.squeeze(axis) if classes.shape[axis] == 1 else classes


def _compare(sweep: _Sweep, points: Classes, classes: Classes) -> None:
    theirs = sweep.tree.classes[leaves_of_points(sweep.tree, points)]
    wrong = np.flatnonzero(theirs != classes)[: SHOWN - len(sweep.found)]
    sweep.found += [tuple(points[i].tolist()) for i in wrong]


def _count(sweep: _Sweep, points: int) -> None:
    sweep.closed += 1
    sweep.points += points
    at = now()
    if sweep.report and at - sweep.spoke > 0.1:
        sweep.spoke = at
        done = math.ldexp(float((sweep.points << 60) // sweep.domain.size), -60)
        elapsed = max(at - sweep.start, 1e-9)
        sweep.report(Progress(sweep.closed, 0, done, min(sweep.points, 1 << 900) / elapsed))
