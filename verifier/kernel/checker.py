"""The kernel: checks a proof about a teacher and counts where a tree disagrees. Trusted.

Integers only: what cannot be decided in fixed-point enclosures is evaluated in exact integers.
docs/soundness.md argues each rule. The kernel trusts no prover: it recomputes every bound,
evaluation and count.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from itertools import takewhile
from typing import NoReturn

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.ledger import Ledger
from verifier.kernel.points import blocks, chunk_of, evaluate, exact_at_once
from verifier.kernel.prepared import prepare
from verifier.kernel.rules import constant, tail_bound
from verifier.kernel.solvers import is_trusted, shares_by_status
from verifier.kernel.stopping import CheckStopped, Hold, Stop, polling
from verifier.model import verdict as v
from verifier.model.cell import Cell, describe_cell
from verifier.model.domain import Domain, Point
from verifier.model.errors import InvalidProof
from verifier.model.limits import PYTHON, meter
from verifier.model.network import Network, decide, exact_logits
from verifier.model.proof import Constant, Enumerated, Open, Several, Split, Step, Tail, Trusted
from verifier.model.tree import Tree, bind, check_fits, classify, no_charge

__all__ = ["blocks", "constant", "evaluate", "prepare", "tail_bound", "verify"]

NAME = "Leafproof kernel 1"
"""Names the rules of docs/soundness.md: another number where other proofs would be accepted."""
UPHOLD = 1 << 12
"""Up to so many points, a claim about a cell that no bound shows is evaluated point by point."""
CLOSER = 1 << 8
"""Up to so many points, a cell not shown for float32 as a whole is looked at point by point."""
WAITING = 1 << 12
"""Constant and Trusted cells checked together, at most."""
AT_ONCE = 1 << 27
"""Numbers, about, that checking them takes: fewer cells of a wide teacher, so as to stop soon."""


def verify(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    proof: Sequence[Split | Step],
    counterexamples: Sequence[Point] = (),
    *,
    trust: Collection[str] = (),
    progress: Callable[[int], None] | None = None,
    threads: int = 1,
    stop: Stop | None = None,
    lenient: bool = False,
    limited: bool = True,
) -> v.Verdict:
    """Check every Step of ``proof`` and every counterexample; return what they prove.

    A Trusted step that the kernel cannot close itself counts as Open, unless its solver is one of
    those in ``trust`` (names of ``solvers.SOLVERS``). What would follow if all solvers were right
    is found as well, as the verdict's ``if_all_right``.
    ``progress`` is called now and then with the number of cells checked. The answer does not depend
    on ``threads``; with more than one, the matrix products had better use one each.
    Once ``stop`` says so (it is asked often, in any thread) the check ends: what has not been
    checked by then counts as Open, and ``checked.cut`` says where that begins. With ``lenient``
    Constant steps that do not hold count as Open too (``checked.refused``). With ``limited`` the
    work is counted against ``LEAFPROOF_WORK``, as it must be for a proof that somebody else made.
    Raises InvalidProof naming the first claim that does not hold (and the numbers of all Constant
    steps that do not); CertificateError, TreeError or NetworkError where the parts do not fit
    together.
    """
    start = time.perf_counter()
    spend = meter("checking the proof").spend if limited else no_charge
    p = replace(prepare(teacher, domain), poll=polling(stop), spend=spend)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    hold = Hold(stop)
    with ThreadPoolExecutor(threads) as pool:
        ledger = Ledger(p, bind(tree, domain), pool, lenient)
        try:
            hold.keep(ledger)
            _check_counterexamples(ledger, counterexamples, hold)
            _check_steps(ledger, proof, hold, progress)
        except CheckStopped:
            if ledger.refused and not lenient:
                _raise_refused(ledger)
            ledger = hold.rest_open()
    checked = v.Checked(
        cells=dict(sorted(ledger.cells.items())),
        splits=hold.splits,
        points_enumerated=ledger.points,
        upheld=ledger.upheld,
        largest_bits=ledger.largest,
        seconds=time.perf_counter() - start,
        cut=hold.cut,
        refused=tuple(ledger.refused),
    )
    stated = _conclude(ledger, checked, None)  # raises where even that is contradicted
    found = _conclude(ledger, checked, frozenset(trust))
    return replace(found, if_all_right=stated) if ledger.trusted else found


def _check_steps(
    ledger: Ledger,
    proof: Sequence[Split | Step],
    hold: Hold,
    progress: Callable[[int], None] | None,
) -> None:
    """Check the proof's steps into the ledger."""
    batch: list[tuple[int, Cell, Constant | Trusted]] = []
    classes = ledger.p.teacher.classes
    most = AT_ONCE // (max(ledger.p.teacher.widths) ** 2 * len(ledger.p.teacher.widths))
    most = max(4, min(WAITING, most))
    walk = hold.walk_of(ledger.p.domain)
    each = 4 * PYTHON + 64 * len(ledger.p.domain.variables) + ledger.p.labels // 8
    for count, (cell, _, step) in enumerate(walk.through(proof), 1):
        ledger.p.spend(each)
        if isinstance(step, Constant | Trusted | Tail) and not 0 <= step.klass < classes:
            settle(ledger, batch)
            _refuse(ledger, f"step {count} names class {step.klass}, which the teacher lacks")
        if isinstance(step, Constant | Trusted):
            batch.append((count, cell, step))
        elif isinstance(step, Enumerated):
            ledger.cells["enumerated"] += 1
            ledger.enumerate(cell)
        elif isinstance(step, Open):
            ledger.cells["open"] += 1
            ledger.add(cell, v.Status.OPEN, None, steady=False)
        elif isinstance(step, Several):
            _refuse(ledger, f"step {count} speaks of several networks, but there is one")
        else:
            settle(ledger, batch)
            _check_tail(ledger, count, cell, step)
        if len(batch) >= most:
            settle(ledger, batch)
        if progress and count % WAITING == 0:
            progress(count)
        if hold.due(pending=bool(batch or ledger.waiting or ledger.running)):
            settle(ledger, batch)
            ledger.evaluate_waiting()
            hold.keep(ledger)
        if walk.stack:
            ledger.p.poll()
    settle(ledger, batch)
    if ledger.refused and not ledger.lenient:
        _raise_refused(ledger)
    ledger.evaluate_waiting()
    hold.end()


def _raise_refused(ledger: Ledger) -> NoReturn:
    """Raise InvalidProof with the numbers of all Constant steps refused so far."""
    error = InvalidProof(ledger.complaint)
    error.refused = tuple(ledger.refused)
    raise error


def _refuse(ledger: Ledger, complaint: str) -> NoReturn:
    """Raise InvalidProof about the first step that fails: a Constant before, or the one given."""
    raise InvalidProof(ledger.complaint or complaint)


def _check_counterexamples(ledger: Ledger, points: Sequence[Point], hold: Hold) -> None:
    domain = ledger.p.domain
    different = list(dict.fromkeys(points))
    if not different:
        return
    ledger.p.spend(len(different) * (ledger.p.exact_cost + PYTHON * len(domain.variables)))
    size = exact_at_once(ledger.p)
    for group in (different[at : at + size] for at in range(0, len(different), size)):
        ledger.p.poll()
        fit = list(takewhile(lambda point: _is_point(domain, point), group))
        for point, logits in zip(fit, _exact(ledger, fit), strict=True):
            ours, theirs = decide(logits), classify(ledger.tree, point)
            if ours == theirs:
                raise InvalidProof(f"counterexample {point}: teacher and tree agree there ({ours})")
            ledger.largest = max(ledger.largest, *(abs(x).bit_length() for x in logits))
            ledger.found[point] = ours, theirs
            ledger.evaluated += 1
        if len(fit) < len(group):
            raise InvalidProof(f"counterexample {group[len(fit)]} is not a point of the domain")
        hold.keep(ledger)


def _is_point(domain: Domain, point: Point) -> bool:
    return len(point) == len(domain.variables) and all(
        0 <= i < len(x.labels) for i, x in zip(point, domain.variables, strict=True)
    )


def _exact(ledger: Ledger, points: Sequence[Point]) -> list[list[int]]:
    """The logits at some points, over a common denominator."""
    if not points:
        return []
    domain = ledger.p.domain
    inputs = [domain.encode_integers(point) for point in points]
    return exact_logits(ledger.p.teacher, inputs, domain.denominator)[0]


def _check_tail(ledger: Ledger, count: int, cell: Cell, step: Tail) -> None:
    bound = tail_bound(ledger.p, cell, step.klass)
    if bound > step.bound and cell.size <= UPHOLD:
        bound = _exact_tail(ledger, cell, step.klass)
    if not 0 <= bound <= step.bound:
        _refuse(
            ledger,
            f"step {count} claims P[teacher != {step.klass}] <= {step.bound} where "
            f"{describe_cell(ledger.p.domain, cell)}, but only {bound} can be shown",
        )
    ledger.cells["tail"] += 1
    ledger.add_tail(cell, step)


def settle(ledger: Ledger, batch: list[tuple[int, Cell, Constant | Trusted]]) -> None:
    """Check the waiting cells (each with its step and that one's number), and empty the batch."""
    if not batch:
        return
    cells, classes = [cell for _, cell, _ in batch], [step.klass for _, _, step in batch]
    proved, steady = constant(ledger.p, cells, classes, float32=True, apply=ledger.pool.map)
    closer = [c.size <= CLOSER and bool(proved[i] > steady[i]) for i, c in enumerate(cells)]
    _doubt_points(ledger, [cell for cell, near in zip(cells, closer, strict=True) if near])
    for i, (count, cell, step) in enumerate(batch):
        if proved[i]:
            ledger.add(cell, v.Status.PROVED, step.klass, steady=bool(steady[i] or closer[i]))
        elif cell.size <= UPHOLD and not _others(ledger, cell, step.klass)[0]:
            ledger.enumerate(cell)
        elif isinstance(step, Constant):
            _complain(ledger, count, cell, step)
            if ledger.lenient:
                ledger.cells["open"] += 1
                ledger.add(cell, v.Status.OPEN, None, steady=False)
            continue
        else:
            _check_not_refuted(ledger, count, cell, step)
            ledger.cells["trusted"] += 1
            ledger.trusted[step.solver] += 1
            ledger.add(cell, v.Status.TRUSTED, step.klass, steady=False, solver=step.solver)
            continue
        ledger.cells["constant"] += 1
        ledger.upheld += isinstance(step, Trusted)
    batch.clear()


def _doubt_points(ledger: Ledger, cells: Sequence[Cell]) -> None:
    """Count the points of some small cells for which float32 is not shown."""
    some: list[Ints] = []
    ledger.p.spend(sum(cell.size for cell in cells) * ledger.p.point_cost)
    for i, cell in enumerate(cells, 1):
        some += blocks(cell)
        if i == len(cells) or len(some) * CLOSER >= chunk_of(ledger.p):
            points = np.concatenate(some)
            _, steady, _ = evaluate(ledger.p, points)
            ledger.doubt(int((~steady).sum()), ledger.weights(points[~steady]))
            some.clear()


def _complain(ledger: Ledger, count: int, cell: Cell, step: Constant) -> None:
    """Note that a Constant step is refused; of the first also why."""
    ledger.refused.append(count)
    why = "it is not" if cell.size <= UPHOLD else "the relaxation does not prove it"
    ledger.complaint = ledger.complaint or (
        f"step {count} claims class {step.klass} where {describe_cell(ledger.p.domain, cell)}, "
        f"but {why}"
    )


def _check_not_refuted(ledger: Ledger, count: int, cell: Cell, step: Trusted) -> None:
    """Refuse a solver's word that evaluation contradicts: of a small cell, or a counterexample."""
    claim = f"step {count}: {json.dumps(step.solver)} said that the class is {step.klass} where "
    if cell.size <= UPHOLD:
        _refuse(ledger, f"{claim}{describe_cell(ledger.p.domain, cell)}; it is not")
    ledger.p.spend(PYTHON * len(ledger.found))
    for point, (ours, _) in ledger.found.items():
        if ours != step.klass and cell.contains(point):
            where = describe_cell(ledger.p.domain, cell)
            _refuse(ledger, f"{claim}{where}; counterexample {point} has class {ours}")


def _others(ledger: Ledger, cell: Cell, klass: int) -> tuple[int, int]:
    """How many points of a small cell have another class than ``klass``, and their weight."""
    points = weight = 0
    ledger.p.spend(cell.size * ledger.p.point_cost)
    for block in blocks(cell, chunk_of(ledger.p)):
        classes, _, _ = evaluate(ledger.p, block)
        points += int((classes != klass).sum())
        weight += ledger.weights(block[classes != klass])
    return points, weight


def _exact_tail(ledger: Ledger, cell: Cell, klass: int) -> Fraction:
    """P[teacher != klass | cell]; 1 where the cell has probability 0."""
    whole = ledger.measure(cell)[1]
    return Fraction(_others(ledger, cell, klass)[1], whole) if whole else Fraction(1)


def _conclude(ledger: Ledger, checked: v.Checked, trust: frozenset[str] | None) -> v.Verdict:
    """Add up the shares and draw the verdict, trusting some solvers or (None) all named ones."""
    domain = ledger.p.domain
    ledger.p.spend(len(ledger.found) * ledger.p.part_cost)
    leaves = shares_by_status(ledger.leaves, trust)
    named = sorted(ledger.trusted.items())
    shares = [(s, a) for by in leaves.values() for s, a in by.items()]
    firm = {v.Status.PROVED, v.Status.ENUMERATED, v.Status.TRUSTED}
    lower = [sum(a[i] for s, a in shares if s in firm) for i in (2, 3)]
    loose = [a for s, a in shares if s not in firm and s is not v.Status.TAIL]
    upper = [lower[i] + sum(a[i] for a in loose) for i in (0, 1)]
    tails = sum(a[0] for s, a in shares if s is v.Status.TAIL)
    seen = len(ledger.found), sum(domain.weight(point) for point in ledger.found)
    fewest, most = max(lower[0], seen[0], int(ledger.tail[0] > 0)), upper[0] + tails
    if fewest > most:
        raise InvalidProof("more disagreements were evaluated than the proof leaves room for")
    total = domain.total_weight
    least = max(Fraction(lower[1]) + ledger.tail[0], Fraction(seen[1])) / total
    error = least, (upper[1] + ledger.tail[1]) / Fraction(total)
    verdict = v.DIFFERENT if fewest else (v.UNDECIDED if most else v.EQUIVALENT)
    return v.Verdict(
        verdict=verdict,
        domain_size=domain.size,
        disagreements=(fewest, most),
        error=error,
        counterexamples=tuple(
            v.Counterexample(point, (ours, theirs))
            for point, (ours, theirs) in list(ledger.found.items())[: v.SHOWN]
        ),
        trusted={name: n for name, n in named if is_trusted(name, trust)},
        float32=v.Float32(ledger.not_shown[0], Fraction(ledger.not_shown[1], total)),
        leaves={leaf: {s: v.Share(*a) for s, a in by.items()} for leaf, by in leaves.items()},
        checked=checked,
        kernel=NAME,
        untrusted={name: n for name, n in named if not is_trusted(name, trust)},
        trust=tuple(sorted(trust or ())),
    )
