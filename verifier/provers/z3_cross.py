"""The cross-check: Z3 is asked again about cells that the relaxation closed."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.certificate.prepared import prepare
from verifier.certificate.proof import Constant, Split, Step, steps
from verifier.domain import Cell, Domain, Point, describe_cell, values
from verifier.errors import InvalidProof
from verifier.provers.z3_folding import fold
from verifier.provers.z3_query import SOLVER, ask
from verifier.teacher import Teacher, exact_classes

SECONDS = 2.0
"""Time limit of one question, in seconds."""
POINTS = 16
"""Random points evaluated per cell."""


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What came of asking about ``asked`` of the proof's ``cells`` Constant cells.

    Z3 agreed on ``agreed`` cells that it decided without any bound of the kernel, and on
    ``assisted`` only when given the kernel's bounds; on the rest its time ran out. ``points`` were
    evaluated exactly and agreed.
    """

    cells: int
    asked: int
    agreed: int
    assisted: int
    points: int

    @property
    def undecided(self) -> int:
        """Cells on which Z3 did not say."""
        return self.asked - self.agreed - self.assisted


def cross_check(
    domain: Domain,
    teacher: Teacher,
    proof: Sequence[Split | Step],
    sample: int,
    seed: int,
    *,
    seconds: float = SECONDS,
    deadline: float | None = None,
) -> CrossCheck:
    """Ask Z3 about a random sample of a proof's Constant cells.

    Each question may take ``seconds``, and no cell is asked about after ``deadline`` (on the clock
    of time.monotonic). Raises InvalidProof if Z3, or the evaluation of a random point, finds a
    point of another class: then the kernel or the proof is wrong. CertificateError where the proof
    is not well formed.
    """
    rng = random.Random(seed)
    cells, chosen = _sample(domain, proof, sample, rng)
    prepared = prepare(teacher, domain)
    asked = agreed = assisted = points = 0
    for number, cell, klass in chosen:
        if deadline is not None and time.monotonic() >= deadline:
            break
        asked += 1
        for point in _random_points(cell, rng):
            found = exact_classes(teacher, domain, [point])[0]
            _require(domain, number, cell, klass, found, point, "evaluation")
            points += 1

        def differs(point: Point, klass: int = klass) -> bool:
            return exact_classes(teacher, domain, [point])[0] != klass

        for bounds in (None, prepared):
            left = seconds if deadline is None else min(seconds, deadline - time.monotonic())
            answer = ask(fold(teacher, domain, cell, bounds), klass, left, differs)
            if answer.point is not None:
                found = exact_classes(teacher, domain, [answer.point])[0]
                _require(domain, number, cell, klass, found, answer.point, SOLVER)
            if answer.none:
                agreed, assisted = agreed + (bounds is None), assisted + (bounds is not None)
                break
    return CrossCheck(cells, asked, agreed, assisted, points)


def _sample(
    domain: Domain, proof: Sequence[Split | Step], sample: int, rng: random.Random
) -> tuple[int, list[tuple[int, Cell, int]]]:
    """How many Constant cells there are, and some with their step's number and class.

    Each cell is as likely as any other (reservoir sampling: Vitter 1985, algorithm R).
    """
    count, held = 0, list[tuple[int, Cell, int]]()
    for number, (cell, _, step) in enumerate(steps(domain, proof), 1):
        if not isinstance(step, Constant):
            continue
        count += 1
        if len(held) < sample:
            held.append((number, cell, step.klass))
        elif (place := rng.randrange(count)) < sample:
            held[place] = number, cell, step.klass
    return count, sorted(held)[:sample] if sample > 0 else []


def _random_points(cell: Cell, rng: random.Random) -> list[Point]:
    """Uniform points of a cell."""
    allowed = [values(m) for m in cell.masks]
    return [tuple(rng.choice(a) for a in allowed) for _ in range(POINTS)]


def _require(
    domain: Domain, number: int, cell: Cell, klass: int, found: int, point: Point, who: str
) -> None:
    """Raise InvalidProof unless the point's exact class is the cell's."""
    if found == klass:
        return
    where = ", ".join(f"{name} = {label}" for name, label in domain.labels(point).items())
    raise InvalidProof(
        f"CONTRADICTION: step {number} proves class {klass} where {describe_cell(domain, cell)}, "
        f"but {who} finds a point of class {found} there ({where}): do not rely on this "
        "certificate, and report it with its file"
    )
