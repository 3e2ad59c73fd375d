"""Points of cells, drawn whatever sandwiches decide there: those count that none decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verifier.second_checker.compared import Proved, compare, mass_of
from verifier.second_checker.domain import Point
from verifier.second_checker.draws import Piece, draws_of, off_of
from verifier.second_checker.ends import Reach, check_ends
from verifier.second_checker.models import Matter
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally
from verifier.second_checker.population import is_true, weight_of
from verifier.second_checker.summed import Parted


@dataclass(frozen=True)
class Around(Piece):
    """All of the cell of a piece, by the weight of the whole of it."""

    held: Piece


def check_around(
    case: Matter,
    held: Sequence[Piece],
    stated: Stated,
    proved: Proved,
    tally: Tally,
    each: int,
) -> None:
    """Draw points of the cells of pieces again; ``each`` multiplications are spent on a point.

    InvalidProof where the draws give another number, or the interval does not follow from it.
    """
    around = [Around(x.cell, x.leaf, weight_of(x.leaf, x.cell), x) for x in held]
    seen = left = 0
    for piece, point in draws_of(around, stated):
        assert isinstance(piece, Around)
        tally.spend(each)
        if _is_left(piece.held, point):
            left += 1
            seen += is_true(case, point)
    compare(stated, seen)
    mass = mass_of(held)
    off = 2 * off_of(around) * mass_of(around) / mass
    reach = Reach(proved.settled, mass, off, proved.least, proved.most)
    check_ends(replace(stated, draws=left), reach)


def _is_left(piece: Piece, point: Point) -> bool:
    """Whether a point of a piece's cell is one that no sandwich decides."""
    if not isinstance(piece, Parted):
        return True
    at = sum(piece.sums.bin(i, v) for i, v in enumerate(point))
    return any(a <= at < b for a, b in piece.left)
