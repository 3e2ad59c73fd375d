"""The Z3 prover: the tree's cells, bounded first; what bounds leave open is a question to Z3.

The tree's tests make the first splits. In each cell a linear relaxation is tried, which the kernel
repeats in integers. Where it fails and few neurons are unstable, Z3 is asked for a point whose
class is not the one seen there: if there is none the cell is Trusted, and a point is evidence
against the tree or for splitting on. Cells with many unstable neurons are split until few are left:
the time of a question grows exponentially with them. Small cells are enumerated.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from verifier.certificate.prepared import mask_array, prepare
from verifier.certificate.proof import Constant, Finding, Trusted
from verifier.certificate.rules import constant_margin
from verifier.domain import Domain, Point, full_cell, values
from verifier.provers.attack import random_points
from verifier.provers.branch_space import allowed_values, contributions, minimiser
from verifier.provers.bulk import bulk_classes, prepare_bulk
from verifier.provers.progress import Report
from verifier.provers.relaxation import (
    Bounds,
    Relaxed,
    prepare_network,
    relax,
    unbounded,
)
from verifier.provers.z3_folding import fold
from verifier.provers.z3_query import SOLVER, ask
from verifier.provers.z3_search import Search, Work, close, enumerate_cell, note, replace, speak
from verifier.teacher import Teacher, exact_classes
from verifier.tree import Tree, bind, check_fits, descend

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
MARGIN = 4
"""By how many the kernel's bounds may leave more neurons unstable than the floating-point ones."""

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


def prove(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    *,
    deadline: float | None = None,
    progress: Report | None = None,
    query_seconds: float = QUERY_SECONDS,
    small: int = SMALL,
) -> Finding:
    """A proof about ``teacher`` that covers ``domain``, and points where ``tree`` differs.

    At ``deadline`` (on the clock of time.monotonic) or Ctrl-C the rest stays Open. A question to Z3
    may take ``query_seconds``; cells of at most ``small`` points are never asked about. Raises
    TeacherError or TreeError where the parts do not fit together.
    """
    prepared = prepare(teacher, domain)
    check_fits(tree, domain, teacher.classes)
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
    )
    search.stack.append(Work(0, full_cell(domain), 0))
    with contextlib.suppress(KeyboardInterrupt), np.errstate(all="ignore"):
        while search.stack and search.left > 0:
            _advance(search)
            speak(search)
    speak(search, last=True)
    return Finding(search.ledger.proof(), tuple(search.found))


def _advance(search: Search) -> None:
    """Close, ask about or split the next cells."""
    batch = [w for w in _take(search) if not _split_by_test(search, w)]
    if not batch:
        return
    classes = _look(search, batch)
    relaxed = _relax(search, batch, classes)
    space = search.network.space
    _look_at(search, batch, minimiser(space, _allowed(search, batch), _form(relaxed)))
    uniform = np.array([len({k for _, k in w.seen}) == 1 for w in batch])
    hopeful = uniform & (~(relaxed.margin < 0) | ~np.isfinite(relaxed.scale))
    proved = _constant(search, batch, classes, hopeful)
    for i in reversed(range(len(batch))):
        work = batch[i]
        if proved[i]:
            close(search, work, Constant(int(classes[i])))
        elif work.cell.size <= min(search.small, TINY):
            enumerate_cell(search, work)
        else:
            if uniform[i] and work.cell.size > search.small and _ask(search, work, relaxed, i):
                continue
            if search.left <= 0:
                search.stack += reversed(batch[: i + 1])
                return
            _split(search, work, relaxed, i)


def _constant(
    search: Search, batch: Sequence[Work], classes: Indices, hopeful: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Where the kernel's relaxation proves the class; only the hopeful cells are tried."""
    proved = np.zeros(len(batch), dtype=bool)
    at = np.flatnonzero(hopeful)
    if at.size:
        masks = mask_array([batch[i].cell for i in at.tolist()])
        _, margin, _, least = constant_margin(search.prepared, masks, classes[at])
        proved[at] = (margin.n >= least).all(axis=1)
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
    """Evaluate random points of each cell; returns a class that occurs in each."""
    points = random_points(search.network.space, _allowed(search, batch), SAMPLES, search.random)
    _look_at(search, [w for w in batch for _ in range(SAMPLES)], points)
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
    for i, work in enumerate(batch):
        work.bounds = relaxed.bounds.low[i], relaxed.bounds.high[i]
    return relaxed


def _form(relaxed: Relaxed) -> Floats:
    """The coefficients of the weakest row in the inputs, [cells, columns]."""
    return np.nan_to_num(np.asarray(relaxed.form.coefficients, dtype=np.float64))


def _ask(search: Search, work: Work, relaxed: Relaxed, row: int) -> bool:
    """Ask Z3 about a cell where one class was seen; True if that closed it."""
    bounds: Bounds = relaxed.bounds
    unstable = int(((bounds.low[row] < 0) & (bounds.high[row] > 0)).sum())
    seconds = min(search.query_seconds, search.left)
    if seconds <= 0 or unstable > search.gates:
        return False
    folded = fold(search.teacher, search.domain, work.cell, search.prepared)
    count = len(folded.gates)
    if count > search.gates + MARGIN:
        return False
    klass = work.seen[0][1]
    begun = time.monotonic()

    def differs(point: Point) -> bool:
        return exact_classes(search.teacher, search.domain, [point])[0] != klass

    answer = ask(folded, klass, seconds, differs)
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
