"""The cross-check: Z3 is asked again about cells that the relaxation closed."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass

from verifier.kernel.prepared import Prepared, prepare
from verifier.model.cell import Cell, describe_cell, values
from verifier.model.domain import Domain, Point
from verifier.model.errors import InvalidProof
from verifier.model.network import Network, exact_classes
from verifier.model.proof import Constant, Split, Step, steps
from verifier.provers.solvers.folding import fold
from verifier.provers.solvers.query import SOLVER, ask

SECONDS = 2.0
"""Time for one cell, in seconds."""
POINTS = 16
"""Random points evaluated per cell."""


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """What came of asking about ``asked`` of the proof's ``cells`` Constant cells.

    Z3 agreed on ``agreed`` whole cells that it decided without any bound of the kernel; on
    ``partly`` others it did so on a random part, together ``part_points`` points; on ``assisted``
    of those others it agreed as a whole when given the kernel's bounds. On ``undecided`` cells its
    time ran out without any of these. ``points`` were evaluated exactly and agreed.
    """

    cells: int
    asked: int
    agreed: int
    partly: int
    part_points: int
    assisted: int
    undecided: int
    points: int


def cross_check(
    domain: Domain,
    teacher: Network,
    proof: Sequence[Split | Step],
    sample: int,
    seed: int,
    *,
    deadline: float | None = None,
) -> CrossCheck:
    """Ask Z3 about a random sample of a proof's Constant cells.

    Each cell may take SECONDS, and none is asked about after ``deadline`` (on the clock of
    time.monotonic). Raises InvalidProof if Z3, or the evaluation of a random point, finds a
    point of another class: then the kernel or the proof is wrong. CertificateError where the proof
    is not well formed.
    """
    rng = random.Random(seed)
    cells, chosen = _sample(domain, proof, sample, rng)
    prepared = prepare(teacher, domain)
    asked = agreed = partly = part_points = assisted = undecided = points = 0
    for number, cell, klass in chosen:
        now = time.monotonic()
        if deadline is not None and now >= deadline:
            break
        asked += 1
        end = now + SECONDS if deadline is None else min(now + SECONDS, deadline)
        question = _Question(domain, teacher, number, cell, klass, end)
        for point in _random_points(cell, rng):
            question.compare(point, "evaluation")
            points += 1
        if question.decided(cell, None, 3):
            agreed += 1
            continue
        part = _decided_part(question, rng)
        given = question.decided(cell, prepared, 1)
        partly, part_points = partly + (part > 0), part_points + part
        assisted, undecided = assisted + given, undecided + (not given and not part)
    return CrossCheck(cells, asked, agreed, partly, part_points, assisted, undecided, points)


@dataclass(frozen=True)
class _Question:
    """Step ``number``: is the class ``klass`` everywhere in ``cell``? To be settled by ``end``."""

    domain: Domain
    teacher: Network
    number: int
    cell: Cell
    klass: int
    end: float

    def decided(self, part: Cell, bounds: Prepared | None, share: int) -> bool:
        """Whether Z3 agrees on a part of the cell; raises InvalidProof if it finds a point.

        The question may take ``1 / share`` of the time left.
        """
        now = time.monotonic()
        limit = now + (self.end - now) / share
        folded = fold(self.teacher, self.domain, part, bounds)
        answer = ask(folded, self.klass, limit - time.monotonic(), self.differs)
        if answer.point is not None:
            self.compare(answer.point, SOLVER)
        return answer.none

    def differs(self, point: Point) -> bool:
        """Whether the point's exact class is another."""
        return exact_classes(self.teacher, self.domain, [point])[0] != self.klass

    def compare(self, point: Point, who: str) -> None:
        """Raise InvalidProof unless the point's exact class is the cell's."""
        found = exact_classes(self.teacher, self.domain, [point])[0]
        if found == self.klass:
            return
        labels = self.domain.labels(point).items()
        where = ", ".join(f"{name} = {label}" for name, label in labels)
        raise InvalidProof(
            f"CONTRADICTION: step {self.number} proves class {self.klass} where "
            f"{describe_cell(self.domain, self.cell)}, but {who} finds a point of class {found} "
            f"there ({where}): do not rely on this certificate, and report it with its file"
        )


def _decided_part(question: _Question, rng: random.Random) -> int:
    """Ask about ever larger random parts of a cell; the points of the last that Z3 decides."""
    cell = question.cell
    free = [i for i, m in enumerate(cell.masks) if m.bit_count() > 1]
    rng.shuffle(free)
    (point,) = _random_points(cell, rng, 1)
    decided, kept = 0, 1
    while kept < len(free) and time.monotonic() < question.end:
        inside = set(free[:kept])
        masks = (m if i in inside else 1 << point[i] for i, m in enumerate(cell.masks))
        part = Cell(tuple(masks))
        if not question.decided(part, None, 2):
            break
        decided = part.size
        kept += (kept + 1) // 2
    return decided


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


def _random_points(cell: Cell, rng: random.Random, count: int = POINTS) -> list[Point]:
    """Uniform points of a cell."""
    allowed = [values(m) for m in cell.masks]
    return [tuple(rng.choice(a) for a in allowed) for _ in range(count)]
