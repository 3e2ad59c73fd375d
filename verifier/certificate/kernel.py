"""The kernel: checks a proof about a teacher and counts where a tree disagrees. Trusted.

Trusted with it: ``rules`` (what is true of the teacher on a cell), ``arithmetic`` and ``float32``
under them, and the data modules ``domain``, ``teacher``, ``tree``, ``proof``. Integers only: what
cannot be decided in fixed-point enclosures is evaluated in exact integers. docs/soundness.md argues
each rule. The kernel trusts no prover: it recomputes every bound, evaluation and count.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from itertools import product as cartesian
from typing import NoReturn

import numpy as np
import numpy.typing as npt

from verifier.certificate import verdict as v
from verifier.certificate.arithmetic import Bounds, Fixed, Ints, Whole, hull
from verifier.certificate.float32 import robust
from verifier.certificate.points import evaluate
from verifier.certificate.prepared import Prepared, mask_array, prepare
from verifier.certificate.proof import Constant, Enumerated, Open, Split, Step, Tail, Trusted, steps
from verifier.certificate.rules import constant_margin, tail_bound
from verifier.domain import Cell, Domain, Point, cell_weight, describe_cell, values
from verifier.errors import InvalidProof
from verifier.teacher import Teacher, decide, exact_logits
from verifier.tree import BoundTree, Tree, bind, check_fits, classify, leaves_of_points, overlay

__all__ = ["constant", "evaluate", "prepare", "tail_bound", "verify"]

CHUNK = 1 << 11
"""Points evaluated at a time."""
UPHOLD = 1 << 12
"""Trusted cells of at most so many points are evaluated point by point instead of trusted."""
WAITING = 1 << 12
"""Constant and Trusted cells checked together."""
BLOCK = 1 << 16
"""Values of a node, for the cells bounded together."""
WIDE = 256
"""Neurons of a layer from which on refined bounds cost much more than intervals."""
SHOWN = 10
"""Counterexamples kept."""


def constant(
    p: Prepared, cells: Sequence[Cell], classes: Sequence[int], *, float32: bool = False
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """For which cells the relaxation proves the class, and for which also in float32.

    The second answer is only looked for with ``float32``; without, it is False. For wide teachers
    a first pass bounds the inner nodes by intervals only; what that leaves is bounded again.
    """
    proved = np.zeros(len(cells), dtype=bool)
    steady = np.zeros(len(cells), dtype=bool)
    widest = max(p.teacher.widths)
    batch = max(16, BLOCK // widest)
    masks, wanted = mask_array(cells), np.array(classes, dtype=np.int64)
    for refine in (False, True) if widest >= WIDE else (True,):
        todo = np.flatnonzero(~steady if float32 else ~proved)
        for start in range(0, len(todo), batch):
            at = todo[start : start + batch]
            nodes, margin, rows, least = constant_margin(p, masks[at], wanted[at], refine)
            proved[at] |= (margin.n >= least).all(axis=1)
            if float32:
                steady[at] |= proved[at] & _steady(p, nodes, margin, rows)
    return proved, steady


def _steady(p: Prepared, nodes: list[Bounds], margin: Fixed, rows: Whole) -> npt.NDArray[np.bool_]:
    """``robust``, first with one bound for all cells together, then where that is not enough."""
    steady = robust(p, [hull(b) for b in nodes], margin, rows)
    at = np.flatnonzero(~steady)
    if at.size:
        own = [Bounds(b.lo[at], b.hi[at], b.e[at]) for b in nodes]
        steady[at] = robust(p, own, Fixed(margin.n[at], margin.e[at]), rows[at])
    return steady


def blocks(cell: Cell, most: int = CHUNK) -> Iterator[Ints]:
    """The cell's points as arrays of value indices, each of at most about ``most`` points."""
    free = [i for i, m in enumerate(cell.masks) if m.bit_count() > 1]
    size, inner = 1, len(free)
    while inner and size * cell.masks[free[inner - 1]].bit_count() <= most:
        inner -= 1
        size *= cell.masks[free[inner]].bit_count()
    base = np.array(cell.first_point(), dtype=np.int64)
    block = np.repeat(base[None], size, axis=0)
    rank = np.arange(size)
    for i in reversed(free[inner:]):
        allowed = np.array(values(cell.masks[i]))
        rank, last = np.divmod(rank, len(allowed))
        block[:, i] = allowed[last]
    for outer in cartesian(*(values(cell.masks[i]) for i in free[:inner])):
        block[:, free[:inner]] = outer
        yield block.copy()


@dataclass
class _Ledger:
    """What has been established so far."""

    p: Prepared
    tree: BoundTree
    leaves: dict[int, dict[v.Status, list[int]]] = field(default_factory=dict)
    found: dict[Point, tuple[int, int]] = field(default_factory=dict)
    cells: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    tail: list[Fraction] = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    shaky: list[int] = field(default_factory=lambda: [0, 0])
    waiting: list[Ints] = field(default_factory=list)
    queued: int = 0
    points: int = 0
    upheld: int = 0
    largest: int = 0
    refused: list[int] = field(default_factory=list)
    complaint: str = ""

    def measure(self, cell: Cell) -> tuple[int, int]:
        """The cell's points and weight."""
        domain, size = self.p.domain, cell.size
        if domain.uniform:
            return size, size * (domain.total_weight // domain.size)
        return size, cell_weight(domain, cell)

    def doubt(self, size: int, weight: int) -> None:
        """Points for which float32 is not shown to give the same class."""
        self.shaky[0] += size
        self.shaky[1] += weight

    def share(self, leaf: int, status: v.Status, amounts: Sequence[int]) -> None:
        held = self.leaves.setdefault(leaf, {}).setdefault(status, [0, 0, 0, 0])
        for i, amount in enumerate(amounts):
            held[i] += amount

    def add(self, cell: Cell, status: v.Status, klass: int | None, *, steady: bool) -> None:
        """A cell where the teacher has class ``klass`` (None: nothing is known)."""
        for part, leaf in overlay(self.tree, cell):
            size, weight = self.measure(part)
            if not steady:
                self.doubt(size, weight)
            differs = klass is not None and self.tree.nodes[leaf] != klass
            self.share(leaf, status, (size, weight, size * differs, weight * differs))
            if differs and status is v.Status.PROVED and len(self.found) < SHOWN:
                assert klass is not None
                for point in islice(part.points(), SHOWN):
                    self.note(point, klass, int(self.tree.classes[leaf]))

    def note(self, point: Point, ours: int, theirs: int) -> None:
        """Keep a counterexample if fewer than SHOWN are held."""
        if len(self.found) < SHOWN:
            self.found[point] = ours, theirs

    def enumerate(self, cell: Cell) -> None:
        """Queue a cell whose points are all to be evaluated."""
        for part, leaf in overlay(self.tree, cell):
            self.share(leaf, v.Status.ENUMERATED, (*self.measure(part), 0, 0))
        for block in blocks(cell):
            self.waiting.append(block)
            self.queued += len(block)
            if self.queued >= CHUNK:
                self.evaluate_waiting()

    def evaluate_waiting(self) -> None:
        """Evaluate the points that wait, together, and empty the queue."""
        if not self.waiting:
            return
        block = np.concatenate(self.waiting)
        self.waiting.clear()
        self.queued = 0
        classes, steady, most = evaluate(self.p, block)
        leaves = leaves_of_points(self.tree, block)
        self.largest = max(self.largest, most)
        self.points += len(block)
        wrong = np.flatnonzero(self.tree.classes[leaves] != classes)
        self.doubt(int((~steady).sum()), self._weights(block[~steady]))
        for leaf in np.unique(leaves[wrong]).tolist():
            at = wrong[leaves[wrong] == leaf]
            amounts = (0, 0, len(at), self._weights(block[at]))
            self.share(leaf, v.Status.ENUMERATED, amounts)
        for i in wrong[:SHOWN].tolist():
            point = tuple(block[i].tolist())
            self.note(point, int(classes[i]), int(self.tree.classes[leaves[i]]))

    def _weights(self, points: Ints) -> int:
        domain = self.p.domain
        if domain.uniform:
            return len(points) * (domain.total_weight // domain.size)
        return sum(domain.weight(tuple(row)) for row in points.tolist())

    def add_tail(self, cell: Cell, step: Tail) -> None:
        """A cell where P[teacher != klass | cell] is bounded."""
        size, here = self.measure(cell)
        other = 0
        for part, leaf in overlay(self.tree, cell):
            points, weight = self.measure(part)
            self.share(leaf, v.Status.TAIL, (points, weight, 0, 0))
            other += weight * (self.tree.nodes[leaf] != step.klass)
        slack = step.bound * here
        self.tail[0] += max(Fraction(0), other - slack)
        self.tail[1] += min(slack, Fraction(here - other)) + other
        self.doubt(size, here)


def verify(
    domain: Domain,
    teacher: Teacher,
    tree: Tree,
    proof: Sequence[Split | Step],
    counterexamples: Sequence[Point] = (),
    *,
    trust: bool = True,
    progress: Callable[[int], None] | None = None,
) -> v.Verdict:
    """Check every Step of ``proof`` and every counterexample; return what they prove.

    With ``trust`` false, a Trusted step that the kernel cannot close itself counts as Open.
    ``progress`` is called now and then with the number of cells checked.
    Raises InvalidProof naming the first claim that does not hold (and the numbers of all Constant
    steps that do not); CertificateError, TreeError or TeacherError where the parts do not fit
    together.
    """
    start = time.perf_counter()
    p = prepare(teacher, domain)
    check_fits(tree, domain, teacher.classes)
    ledger = _Ledger(p, bind(tree, domain))
    _check_counterexamples(ledger, counterexamples)
    batch: list[tuple[int, Cell, Constant | Trusted]] = []
    count = 0
    for count, (cell, _, step) in enumerate(steps(domain, proof), 1):
        if isinstance(step, Constant | Trusted | Tail) and not 0 <= step.klass < teacher.classes:
            _settle(ledger, batch)
            _refuse(ledger, f"step {count} names class {step.klass}, which the teacher lacks")
        if isinstance(step, Constant | Trusted):
            batch.append((count, cell, step))
        elif isinstance(step, Enumerated):
            ledger.cells["enumerated"] += 1
            ledger.enumerate(cell)
        elif isinstance(step, Open):
            ledger.cells["open"] += 1
            ledger.add(cell, v.Status.OPEN, None, steady=False)
        else:
            _settle(ledger, batch)
            _check_tail(ledger, count, cell, step)
        if len(batch) == WAITING:
            _settle(ledger, batch)
        if progress and count % WAITING == 0:
            progress(count)
    _settle(ledger, batch)
    if ledger.refused:
        error = InvalidProof(ledger.complaint)
        error.refused = tuple(ledger.refused)
        raise error
    ledger.evaluate_waiting()
    checked = v.Checked(
        cells=dict(sorted(ledger.cells.items())),
        splits=len(proof) - count,
        points_enumerated=ledger.points,
        upheld=ledger.upheld,
        largest_bits=ledger.largest,
        seconds=time.perf_counter() - start,
    )
    return _conclude(ledger, checked, trust)


def _refuse(ledger: _Ledger, complaint: str) -> NoReturn:
    """Raise InvalidProof about the first step that fails: a Constant before, or the one given."""
    raise InvalidProof(ledger.complaint or complaint)


def _check_counterexamples(ledger: _Ledger, points: Sequence[Point]) -> None:
    domain = ledger.p.domain
    for point in dict.fromkeys(points):
        fits = len(point) == len(domain.variables) and all(
            0 <= i < len(x.labels) for i, x in zip(point, domain.variables, strict=True)
        )
        if not fits:
            raise InvalidProof(f"counterexample {point} is not a point of the domain")
        logits, _ = exact_logits(
            ledger.p.teacher, [domain.encode_integers(point)], domain.denominator
        )
        ours, theirs = decide(logits[0]), classify(ledger.tree, point)
        if ours == theirs:
            raise InvalidProof(f"counterexample {point}: teacher and tree agree there ({ours})")
        ledger.largest = max(ledger.largest, *(abs(x).bit_length() for x in logits[0]))
        ledger.found[point] = ours, theirs


def _check_tail(ledger: _Ledger, count: int, cell: Cell, step: Tail) -> None:
    bound = tail_bound(ledger.p, cell, step.klass)
    if not 0 <= bound <= step.bound:
        _refuse(
            ledger,
            f"step {count} claims P[teacher != {step.klass}] <= {step.bound} where "
            f"{describe_cell(ledger.p.domain, cell)}, but only {bound} can be shown",
        )
    ledger.cells["tail"] += 1
    ledger.add_tail(cell, step)


def _settle(ledger: _Ledger, batch: list[tuple[int, Cell, Constant | Trusted]]) -> None:
    """Check the waiting cells together, and empty the batch."""
    if not batch:
        return
    cells, classes = [cell for _, cell, _ in batch], [step.klass for _, _, step in batch]
    proved, steady = constant(ledger.p, cells, classes, float32=True)
    for i, (count, cell, step) in enumerate(batch):
        if proved[i]:
            ledger.upheld += isinstance(step, Trusted)
            ledger.cells["constant"] += 1
            ledger.add(cell, v.Status.PROVED, step.klass, steady=bool(steady[i]))
        elif isinstance(step, Constant):
            ledger.refused.append(count)
            ledger.complaint = ledger.complaint or (
                f"step {count} claims class {step.klass} where "
                f"{describe_cell(ledger.p.domain, cell)}, but the relaxation does not prove it"
            )
        elif cell.size <= UPHOLD:
            _check_trusted(ledger, count, cell, step)
        else:
            _check_not_refuted(ledger, count, cell, step)
            ledger.cells["trusted"] += 1
            ledger.trusted[step.solver] += 1
            ledger.add(cell, v.Status.TRUSTED, step.klass, steady=False)
    batch.clear()


def _check_not_refuted(ledger: _Ledger, count: int, cell: Cell, step: Constant | Trusted) -> None:
    """Refuse a solver's word that a counterexample of the certificate, evaluated, contradicts."""
    for point, (ours, _) in ledger.found.items():
        if ours != step.klass and cell.contains(point):
            _refuse(
                ledger,
                f"step {count} trusts that the class is {step.klass} where "
                f"{describe_cell(ledger.p.domain, cell)}; counterexample {point} has class {ours}",
            )


def _check_trusted(ledger: _Ledger, count: int, cell: Cell, step: Trusted) -> None:
    """Evaluate a small Trusted cell point by point: the solver's word is not needed there."""
    for block in blocks(cell):
        classes, _, _ = evaluate(ledger.p, block)
        if (classes != step.klass).any():
            _refuse(
                ledger,
                f"step {count}: {step.solver} said that the class is {step.klass} where "
                f"{describe_cell(ledger.p.domain, cell)}; it is not",
            )
    ledger.upheld += 1
    ledger.cells["enumerated"] += 1
    ledger.enumerate(cell)


def _conclude(ledger: _Ledger, checked: v.Checked, trust: bool) -> v.Verdict:
    """Add up the shares and draw the verdict."""
    domain = ledger.p.domain
    shares = [(s, a) for by in ledger.leaves.values() for s, a in by.items()]
    firm = {v.Status.PROVED, v.Status.ENUMERATED} | ({v.Status.TRUSTED} if trust else set())
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
            v.Counterexample(point, ours, theirs)
            for point, (ours, theirs) in list(ledger.found.items())[:SHOWN]
        ),
        trusted=dict(sorted(ledger.trusted.items())),
        float32=v.Float32(ledger.shaky[0], Fraction(ledger.shaky[1], total)),
        leaves={
            leaf: {s: v.Share(*a) for s, a in by.items()}
            for leaf, by in sorted(ledger.leaves.items())
        },
        checked=checked,
    )
