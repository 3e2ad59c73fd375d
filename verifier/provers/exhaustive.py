"""The exhaustive prover: sweeps the whole domain, block by block.

The domain is cut, first along the tree's tests, into blocks of at most BLOCK points. A block that
the kernel's relaxation closes is not looked at again; every point of the others is evaluated, and
the block is cut further until each cell is closed by the relaxation or is so small that the kernel
evaluates it point by point. Memory does not depend on the size of the domain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from verifier.kernel import checker
from verifier.kernel.prepared import point_cost
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.limits import require_work
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding
from verifier.model.tree import Tree, descend
from verifier.provers.evaluate import bulk_classes
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.progress import Progress
from verifier.provers.search import Search, conclude, record, run, speak
from verifier.provers.split import Classes, by_test, least_mixed, lower_half
from verifier.provers.timing import poll

BLOCK = 1 << 16
"""Most points evaluated together."""
SMALL = 1 << 8
"""Cells of at most so many points are enumerated rather than cut further."""
TOGETHER = 64
"""Blocks that the relaxation is tried on together."""


@dataclass(eq=False)
class Sweep(Search):
    """A sweep under way: ``points`` of the domain are in closed cells."""

    points: int = field(init=False, default=0)

    @property
    def open(self) -> int:
        """Blocks that wait are not counted: there are few."""
        return 0

    def snapshot(self, seconds: float) -> Progress:
        """How far the sweep is; its rate is in points."""
        done = math.ldexp(float((self.points << 60) // self.domain.size), -60)
        return Progress(self.closed, 0, done, min(self.points, 1 << 900) / seconds)


def prove(domain: Domain, teacher: Network, tree: Tree, options: Options = UNLIMITED) -> Finding:
    """Sweep the domain; what is not closed when the time is over stays Open.

    Raises NetworkError or TreeError where the parts do not fit together.
    """
    search = Sweep(domain, teacher, tree, options=options)
    run(search, _sweep)
    return conclude(search, search.ledger.proof())


def require_end(domain: Domain, teacher: Network) -> None:
    """Raise TooMuch where a sweep without a time limit would not come to its end."""
    what = "sweeping the domain without a --timeout"
    require_work(domain.size * point_cost(teacher, domain), what)


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


def _sweep(sweep: Sweep) -> None:
    """Depth first over the blocks, a few at a time."""
    order = _by_influence(sweep.teacher, sweep.domain)
    stack = [(0, full_cell(sweep.domain), 0)]
    while stack and not sweep.late:
        sweep.measure()
        batch = [stack.pop() for _ in range(min(TOGETHER, len(stack)))]
        closed = _close(sweep, batch)
        for node, cell, test in batch:
            if node in closed or sweep.late:
                continue
            if cell.size <= BLOCK:
                _evaluate(sweep, node, cell)
                continue
            below = descend(sweep.tree, cell, test)
            index, left = by_test(sweep.tree, below, cell.masks) or _halved(cell, order)
            one, two = sweep.ledger.split(node, index, left)
            halves = cell.split(index, left)
            stack += [(two, halves[1], below), (one, halves[0], below)]


def _halved(cell: Cell, order: Sequence[int]) -> tuple[int, int]:
    """Half of the values of the first variable in ``order`` that has several."""
    index = next(i for i in order if cell.masks[i].bit_count() > 1)
    return index, lower_half(cell.masks[index])


def _close(sweep: Sweep, batch: Sequence[tuple[int, Cell, int]]) -> set[int]:
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


def _evaluate(sweep: Sweep, node: int, cell: Cell) -> None:
    """Evaluate a block, then cut it until every cell is closed."""
    shape = tuple(m.bit_count() for m in cell.masks if m.bit_count() > 1)
    points = np.concatenate(list(checker.blocks(cell, BLOCK)))
    classes = bulk_classes(sweep.bulk, points)
    record(sweep, points, classes)
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
                index, left, parts = least_mixed(c, k)
                one, two = sweep.ledger.split(n, index, left)
                halves = c.split(index, left)
                following += [(one, halves[0], parts[0]), (two, halves[1], parts[1])]
                continue
            _count(sweep, c.size)
        todo = following


def _constant(sweep: Sweep, guesses: Sequence[tuple[int, Cell, Classes]]) -> set[int]:
    if not guesses:
        return set()
    cells = [c for _, c, _ in guesses]
    proved, _ = checker.constant(sweep.prepared, cells, [int(k.flat[0]) for _, _, k in guesses])
    return {node for (node, _, _), good in zip(guesses, proved, strict=True) if good}


def _count(sweep: Sweep, points: int) -> None:
    sweep.closed += 1
    sweep.points += points
    speak(sweep)
