"""The Z3 prover: the tree's cells, bounded first; what bounds leave open is a question to Z3.

The tree's tests make the first splits. In each cell a linear relaxation is tried, which the kernel
repeats in integers; where it fails the cell is split where the relaxation gains most, and small
cells are enumerated. Once splitting a cell has cost as much as a question is expected to cost, Z3
is asked for a point of the whole cell whose class is not the one seen there: if there is none the
cell is Trusted, and a point is evidence against the tree or for splitting on. The time of a
question grows exponentially with the unstable neurons, that of splitting with the variables that
matter, so either can be the quicker one.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.model.cell import values
from verifier.model.domain import Domain, Point
from verifier.model.network import Network, exact_classes
from verifier.model.proof import Constant, Finding, Open, Proof, Trusted
from verifier.model.tree import Tree, bind, check_fits, descend
from verifier.provers.attack import random_points
from verifier.provers.budget import Budget
from verifier.provers.bulk import bulk_classes, prepare_bulk
from verifier.provers.progress import Report
from verifier.provers.relaxation import Relaxed, prepare_network, relax, unbounded
from verifier.provers.solvers.folding import fold
from verifier.provers.solvers.query import SOLVER, ask
from verifier.provers.solvers.z3_search import (
    Search,
    Work,
    close,
    enumerate_cell,
    note,
    replace,
    speak,
    spend,
    take_up,
    worth_asking,
)
from verifier.provers.space import allowed_values, contributions, minimiser
from verifier.provers.timing import ending

QUERY_SECONDS = 1.0
"""Time limit of one question, in seconds."""
SMALL = 4096
"""Cells of at most so many points are not worth a question: the kernel enumerates those anyway."""
TINY = 64
"""Cells of several classes and at most so many points are enumerated rather than split."""
SAMPLES = 16
"""Random points looked at per cell."""
BATCH = 64
"""Cells bounded together."""

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def prove(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    resume: Proof | None = None,
    query_seconds: float = QUERY_SECONDS,
    small: int = SMALL,
    patience: float = 1.0,
    check_by: float | None = None,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    At ``deadline`` (on the clock of time.monotonic) or Ctrl-C the rest stays Open. ``resume`` is a
    proof whose Open cells are to be closed; its other Steps are kept. A question to Z3 may take
    ``query_seconds``; cells of at most ``small`` points are never asked about, and others once
    splitting has cost ``patience`` times what a question is expected to (0: at once). The
    kernel's check is expected to end at ``check_by``. Raises NetworkError, TreeError or
    CertificateError where the parts do not fit together.
    """
    prepared = checker.prepare(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    search = Search(
        domain,
        teacher,
        bind(tree, domain),
        prepared,
        prepare_network(teacher, domain),
        prepare_bulk(teacher, domain),
        deadline,
        progress,
        query_seconds,
        small,
        patience,
    )
    take_up(search, resume or (Open(),))
    if check_by is not None:
        search.budget = Budget(prepared, search.tree, check_by)
    with contextlib.suppress(KeyboardInterrupt), np.errstate(all="ignore"), ending(deadline):
        while search.stack and search.left > 0:
            _advance(search)
            if search.budget:
                search.budget.measure(search.ledger)
            speak(search)
    speak(search, last=True)
    check = search.budget.seconds(search.closed, len(search.stack)) if search.budget else 0.0
    return Finding(search.ledger.proof(), tuple(search.found), check)


def _advance(search: Search) -> None:
    """Close, ask about or split the next cells."""
    begun = time.monotonic()
    batch = [w for w in _take(search) if not _split_by_test(search, w)]
    if not batch:
        return
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
        elif work.cell.size <= min(search.small, TINY):
            enumerate_cell(search, work)
        elif search.left <= 0:
            search.stack += [w for w in reversed(batch[: i + 1]) if not w.over]
            return
        else:
            _ask_about(search, work)
            if not work.over:
                _split(search, work, relaxed, i)


def _constant(
    search: Search, batch: Sequence[Work], classes: Indices, hopeful: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Where the kernel's relaxation proves the class; only the hopeful cells are tried."""
    proved = np.zeros(len(batch), dtype=bool)
    at = np.flatnonzero(hopeful)
    if at.size:
        cells = [batch[i].cell for i in at.tolist()]
        proved[at], _ = checker.constant(search.prepared, cells, classes[at].tolist())
    return proved


def _take(search: Search) -> list[Work]:
    """The next open cells, depth first."""
    most = max(1, min(BATCH, 4_000_000 // max(search.teacher.widths) ** 2))
    taken = search.stack[-most:]
    del search.stack[-most:]
    return taken[::-1]


def _split_by_test(search: Search, work: Work) -> bool:
    """Split a cell by the tree's next test; False where it lies within one leaf."""
    work.test = descend(search.tree, work.cell, work.test)
    test = search.tree.nodes[work.test]
    if isinstance(test, int):
        return False
    index, mask, left, right = test
    replace(search, work, index, work.cell.masks[index] & mask, (left, right))
    return True


def _look(search: Search, batch: Sequence[Work]) -> Indices:
    """Evaluate random points of cells not known to be mixed; returns a class of each cell."""
    pure = [w for w in batch if len(w.seen) < 2]
    if pure:
        space = search.network.space
        points = random_points(space, _allowed(search, pure), SAMPLES, search.random)
        _look_at(search, [w for w in pure for _ in range(SAMPLES)], points)
    return np.array([w.seen[0][1] for w in batch])


def _look_at(search: Search, works: Sequence[Work], points: Indices) -> None:
    """Evaluate a point of each cell, exactly; keep one of each class, and counterexamples."""
    classes = bulk_classes(search.bulk, points).tolist()
    for work, row, klass in zip(works, points.tolist(), classes, strict=True):
        if all(klass != k for _, k in work.seen):
            note(search, work, tuple(row), klass)


def _allowed(search: Search, batch: Sequence[Work]) -> npt.NDArray[np.bool_]:
    return allowed_values(search.network.space, [w.cell.masks for w in batch])


def _relax(search: Search, batch: Sequence[Work], classes: Indices) -> Relaxed:
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


def _ask_about(search: Search, work: Work) -> None:
    """Ask Z3 about an open cell or one that it is part of, where that is worth its price."""
    asked = worth_asking(search, work)
    if asked is None or search.left <= 0:
        return
    begun = time.monotonic()
    closed = _ask(search, asked)
    search.asking += time.monotonic() - begun
    if closed:
        search.answers += 1
        search.stack = [w for w in search.stack if not w.over]


def _ask(search: Search, work: Work) -> bool:
    """Ask Z3 about a cell where one class was seen; True if that closed it."""
    work.asked = True
    begun = time.monotonic()
    seconds = min(search.query_seconds, search.left)
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


def _split(search: Search, work: Work, relaxed: Relaxed, row: int) -> None:
    """Split a cell where the relaxation gains most."""
    free = np.array([m.bit_count() for m in work.cell.masks])
    if free.max() == 1:
        enumerate_cell(search, work)
        return
    score = np.where(free > 1, relaxed.influence[row], -1.0)
    index = int(score.argmax()) if score.max() > 0 else int(free.argmax())
    allowed = values(work.cell.masks[index])
    left = _lower_half(_adds(search, index, _form(relaxed)[row])[list(allowed)])
    mask = sum(1 << v for v, chosen in zip(allowed, left, strict=True) if chosen)
    replace(search, work, index, mask, (work.test, work.test))


def _adds(search: Search, index: int, form: Floats) -> Floats:
    """What each value of a variable adds to a linear form of the input."""
    for group in search.network.space.groups:
        at = np.flatnonzero(group.variables == index)
        if at.size:
            return np.asarray(contributions(group, form)[at[0]], dtype=np.float64)
    raise AssertionError(index)


def _lower_half(adds: Floats) -> list[bool]:
    """Which values lie below the widest gap; the first half of them where all are equal."""
    order = np.argsort(adds, kind="stable")
    gaps = np.diff(adds[order])
    cut = int(gaps.argmax()) + 1 if gaps.max() > 0 else len(adds) // 2
    chosen = np.zeros(len(adds), dtype=bool)
    chosen[order[:cut]] = True
    picked: list[bool] = chosen.tolist()
    return picked
