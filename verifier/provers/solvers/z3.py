"""The Z3 prover: the tree's cells, bounded first; what bounds leave open is a question to Z3.

The tree's tests make the first splits. In each cell a linear relaxation is tried, which the kernel
repeats; where it fails the cell is split where the relaxation gains most, and small
cells are enumerated. Once splitting a cell has cost as much as a question is expected to cost, Z3
is asked for a point of the whole cell whose class is not the one seen there: if there is none the
cell is Trusted, and a point is evidence against the tree or for splitting on. The time of a
question grows exponentially with the unstable neurons, that of splitting with the variables that
matter, so either can be the quicker one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.model.domain import Domain, Point
from verifier.model.network import Network, exact_classes
from verifier.model.proof import Constant, Finding, Trusted
from verifier.model.tree import Tree, descend
from verifier.provers.bound import Relaxed, relax, unbounded
from verifier.provers.evaluate import bulk_classes
from verifier.provers.loop import go_on, run
from verifier.provers.options import UNLIMITED, Options
from verifier.provers.search import conclude, speak
from verifier.provers.solvers.folding import fold
from verifier.provers.solvers.query import SOLVER, ask
from verifier.provers.solvers.z3_search import (
    Asking,
    Questioning,
    Z3Cell,
    close,
    close_enumerated,
    note,
    spend,
    split,
    worth_asking,
)
from verifier.provers.space import allowed_values, minimiser, random_points
from verifier.provers.split import adds, below_widest_gap, most_influential
from verifier.provers.tables import Floats

TINY = 64
"""Cells of several classes and at most so many points are enumerated rather than split."""
SAMPLES = 16
"""Random points looked at per cell."""
BATCH = 64
"""Cells bounded together."""

Indices = npt.NDArray[np.int64]


def prove(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    options: Options = UNLIMITED,
    asking: Asking | None = None,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    Raises NetworkError, TreeError or CertificateError where the parts do not fit together.
    """
    search = Questioning(domain, teacher, tree, asking or Asking(), options=options)
    with np.errstate(all="ignore"):
        run(search, lambda: go_on(search, lambda: _advance(search)))
    speak(search, last=True)
    return conclude(search, search.ledger.proof())


def _advance(search: Questioning) -> bool:
    """Close, ask about or split the next cells; False where none is open."""
    begun = time.monotonic()
    taken = _take(search)
    batch = [w for w in taken if not _split_by_test(search, w)]
    if not batch:
        return bool(taken)
    classes = _look(search, batch)
    relaxed = _relax(search, batch, classes)
    space = search.network.space
    _look_at(search, batch, minimiser(space, _allowed(search, batch), _form(relaxed)))
    uniform = np.array([w.uniform for w in batch])
    hopeful = uniform & (~(relaxed.margin < 0) | ~np.isfinite(relaxed.scale))
    proved = _constant(search, batch, classes, hopeful)
    spend(batch, time.monotonic() - begun)
    for i in reversed(range(len(batch))):
        work = batch[i]
        if work.over:
            continue
        if proved[i]:
            close(search, work, Constant(int(classes[i])))
        elif work.cell.size <= min(search.asking.small, TINY):
            close_enumerated(search, work)
        elif search.late:
            search.stack += [w for w in reversed(batch[: i + 1]) if not w.over]
            return True
        else:
            _ask_about(search, work)
            if not work.over:
                _split(search, work, relaxed, i)
    return True


def _constant(
    search: Questioning, batch: Sequence[Z3Cell], classes: Indices, hopeful: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Where the kernel's relaxation proves the class; only the hopeful cells are tried."""
    proved = np.zeros(len(batch), dtype=bool)
    at = np.flatnonzero(hopeful)
    if at.size:
        cells = [batch[i].cell for i in at.tolist()]
        proved[at], _ = checker.constant(search.prepared, cells, classes[at].tolist())
    return proved


def _take(search: Questioning) -> list[Z3Cell]:
    """The next open cells, depth first."""
    most = max(1, min(BATCH, 4_000_000 // max(search.teacher.widths) ** 2))
    taken = search.stack[-most:]
    del search.stack[-most:]
    return taken[::-1]


def _split_by_test(search: Questioning, work: Z3Cell) -> bool:
    """Split a cell by the tree's next test; False where it lies within one leaf."""
    work.test = descend(search.tree, work.cell, work.test)
    test = search.tree.masked[work.test]
    if isinstance(test, int):
        return False
    index, mask, left, right = test
    split(search, work, (index, work.cell.masks[index] & mask), (left, right))
    return True


def _look(search: Questioning, batch: Sequence[Z3Cell]) -> Indices:
    """Evaluate random points of cells not known to be mixed; returns a class of each cell."""
    pure = [w for w in batch if len(w.seen) < 2]
    if pure:
        space = search.network.space
        points = random_points(space, _allowed(search, pure), SAMPLES, search.random)
        _look_at(search, [w for w in pure for _ in range(SAMPLES)], points)
    return np.array([w.seen[0][1] for w in batch])


def _look_at(search: Questioning, works: Sequence[Z3Cell], points: Indices) -> None:
    """Evaluate a point of each cell, exactly; keep one of each class, and counterexamples."""
    classes = bulk_classes(search.bulk, points).tolist()
    for work, row, klass in zip(works, points.tolist(), classes, strict=True):
        if all(klass != k for _, k in work.seen):
            note(search, work, tuple(row), klass)


def _allowed(search: Questioning, batch: Sequence[Z3Cell]) -> npt.NDArray[np.bool_]:
    return allowed_values(search.network.space, [w.cell.masks for w in batch])


def _relax(search: Questioning, batch: Sequence[Z3Cell], classes: Indices) -> Relaxed:
    """The relaxation of every cell, in floating point: which to try, where to split."""
    inherited = unbounded(search.network, len(batch))
    for i, work in enumerate(batch):
        if work.bounds is not None:
            inherited.low[i], inherited.high[i] = work.bounds
    relaxed = relax(search.network, _allowed(search, batch), inherited, classes)
    low, high = relaxed.bounds.low, relaxed.bounds.high
    unstable = ((low < 0) & (high > 0)).sum(axis=1).tolist()
    for i, work in enumerate(batch):
        work.bounds, work.unstable = (low[i], high[i]), unstable[i]
    return relaxed


def _form(relaxed: Relaxed) -> Floats:
    """The coefficients of the weakest row in the inputs, [cells, columns]."""
    return np.nan_to_num(np.asarray(relaxed.form.coefficients, dtype=np.float64))


def _ask_about(search: Questioning, work: Z3Cell) -> None:
    """Ask Z3 about an open cell or one that it is part of, where that is worth its price."""
    asked = worth_asking(search, work)
    if asked is None or search.late:
        return
    begun = time.monotonic()
    closed = _ask(search, asked)
    search.spent += time.monotonic() - begun
    if closed:
        search.answers += 1
        search.stack = [w for w in search.stack if not w.over]


def _ask(search: Questioning, work: Z3Cell) -> bool:
    """Ask Z3 about a cell where one class was seen; True if that closed it."""
    work.asked = True
    begun = time.monotonic()
    seconds = min(search.asking.seconds, search.left)
    folded = fold(search.teacher, search.domain, work.cell, search.prepared)
    count = len(folded.gates)
    klass = work.seen[0][1]

    def differs(point: Point) -> bool:
        return exact_classes(search.teacher, search.domain, [point])[0] != klass

    answer = ask(folded, klass, seconds - (time.monotonic() - begun), differs)
    if not answer.none and answer.point is None:
        search.gates = min(search.gates, max(0, count - 1))
        return False
    if time.monotonic() - begun < seconds / 4:
        search.gates = max(search.gates, count + 1)
    if answer.point is None:
        close(search, work, Trusted(klass, SOLVER))
        return True
    found = exact_classes(search.teacher, search.domain, [answer.point])[0]
    note(search, work, answer.point, found)
    return False


def _split(search: Questioning, work: Z3Cell, relaxed: Relaxed, row: int) -> None:
    """Split a cell where the relaxation gains most."""
    free = np.array([m.bit_count() - 1 for m in work.cell.masks])
    if free.max() == 0:
        close_enumerated(search, work)
        return
    index = most_influential(relaxed.influence[row], free)
    added = adds(search.network.space, index, _form(relaxed)[row])
    left = below_widest_gap(added, work.cell.masks[index])
    split(search, work, (index, left), (work.test, work.test))
