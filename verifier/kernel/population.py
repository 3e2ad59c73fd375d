"""What a sample is drawn from: the pieces of a domain that a check left undecided. Trusted.

A piece is a product of values in one leaf of the domain's tree. All of it is drawn from; of a piece
that a Sandwich decides in part, a draw counts only where that leaves it undecided, as what is
decided is counted by the proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from verifier.chance.draws import Axis, Drawing, axis_of, drawing
from verifier.kernel.asked import Asked
from verifier.kernel.crossing import Cells
from verifier.kernel.forecasts import Forecasted, forecasted
from verifier.kernel.guides import Guided, guided
from verifier.kernel.known import known
from verifier.kernel.ledger import Ledger
from verifier.kernel.patches import Patches
from verifier.kernel.pieces import Piece
from verifier.kernel.remaining import Remaining, remaining
from verifier.kernel.stretches import all_truths, regions, with_classes
from verifier.kernel.sums import Binned, binned
from verifier.kernel.tally import ALL_TOGETHER, Place
from verifier.kernel.undecided import Summed
from verifier.model.cell import full_cell
from verifier.model.errors import CertificateError
from verifier.model.part import Part
from verifier.model.proof import Sandwich
from verifier.model.sample import LARGEST_BET, Forecast, Left, Line
from verifier.model.verdict import Status, Verdict

Bools = npt.NDArray[np.bool_]
FIRM = Status.PROVED, Status.ENUMERATED, Status.SANDWICH
"""What the kernel has decided itself."""


@dataclass(frozen=True, eq=False)
class Population:
    """The pieces, in the order of their first points.

    ``settled`` is the probability of what the kernel has decided and where the question is true,
    ``open_mass`` that of what it has left undecided; ``beside`` what is true beside the pieces.
    Of pieces of boxes ``coarse`` are those before they were cut, by these ``factors``.
    """

    asked: Asked
    pieces: tuple[Piece, ...]
    settled: Fraction
    open_mass: Fraction
    beside: Fraction
    coarse: Population | None = None
    factors: tuple[int, ...] = ()

    @cached_property
    def mass(self) -> Fraction:
        """The probability of what the pieces leave undecided."""
        return Fraction(sum(x.weight for x in self.pieces), self.asked.domain.total_weight)

    @cached_property
    def whole(self) -> tuple[Piece, ...]:
        """The pieces that are undecided as a whole."""
        return tuple(x for x in self.pieces if x.step is None)

    @cached_property
    def parted(self) -> tuple[Piece, ...]:
        """The others: a Sandwich decides a part of them."""
        return tuple(x for x in self.pieces if x.step is not None)

    @cached_property
    def cells(self) -> Cells:
        """The cells that the pieces lie in; CertificateError where lines are not drawn of them."""
        return Cells(self.asked, self.pieces)

    @cached_property
    def around(self) -> Population:
        """The same cells, whatever is decided of them."""
        weight = self.asked.domain.weight_within
        some = [Piece(x.place, weight(x.place.part, x.place.leaf)) for x in self.pieces]
        return replace(self, pieces=tuple(some))

    @cached_property
    def left(self) -> Remaining:
        """What is undecided of the pieces; CertificateError where ``remaining`` raises it."""
        return remaining(self.asked, self.pieces, lines=False)

    @cached_property
    def _forecasts(self) -> dict[Line, Forecasted | None]:
        return {}

    def forecasted(self, line: Line) -> Forecasted | None:
        """The forecast of lines, if they have one; raises CertificateError as ``forecasted``."""
        line = replace(line, bet=LARGEST_BET, below=None)
        if line not in self._forecasts:
            self._forecasts[line] = forecasted(self.asked, line)
        return self._forecasts[line]

    @cached_property
    def _guides(self) -> dict[tuple[tuple[int, ...], tuple[Forecast, ...]], Guided | None]:
        return {}

    def guided(self, line: Line) -> Guided | None:
        """The guides of a line's patches, if it has some; raises CertificateError as ``guided``."""
        key = line.variables, line.guides
        if key not in self._guides:
            own = Patches(self.asked, line.variables)
            self._guides[key] = guided(self.asked, line, own.combinations)
        return self._guides[key]

    @cached_property
    def drawing(self) -> Drawing | None:
        """Draws from the whole pieces, without key and size yet; None where there are none."""
        weights = [x.weight for x in self.whole]
        return drawing(b"", 0, weights, self.axes()) if weights else None

    @cached_property
    def everything(self) -> Population:
        """The whole domain to be drawn from, whatever is decided of it; what is open stays so."""
        weight = self.asked.domain.weight_within
        parts = self.asked.possible_parts(full_cell(self.asked.domain))
        held = [Piece(Place(x, i, ALL_TOGETHER, ()), w) for x, i in parts if (w := weight(x, i))]
        pieces = tuple(sorted(held, key=lambda x: x.place.part.first_point()))
        found = replace(self, pieces=pieces, beside=Fraction(0))
        found.__dict__["everything"] = found  # once more it is itself, and keeps what it has found
        return found

    def axes(self) -> list[tuple[list[Axis], list[int]]]:
        """How whole pieces are drawn from.

        For every variable the different axes that it is drawn from, and each piece's number.
        """
        domain, found = self.asked.domain, []
        for i in range(len(domain.variables)):
            numbers: dict[tuple[int | None, Part], int] = {}
            owner = [
                numbers.setdefault((x.place.leaf, x.place.part.parts[i]), len(numbers))
                for x in self.whole
            ]
            axes = [axis_of(domain.distributions(leaf)[i], part) for leaf, part in numbers]
            found.append((axes, owner))
        return found


def population(asked: Asked, verdict: Verdict, left: Sequence[Left]) -> Population:
    """What a check that found ``verdict`` has ``left``.

    Raises CertificateError where an opaque model reads continuous variables, whose pieces have more
    points than those that value indices stand for.
    """
    if asked.domain.infinite and asked.opaque:
        raise CertificateError("a test cannot be drawn from a domain with a continuous variable")
    with ThreadPoolExecutor(1) as pool:
        ledger = Ledger(asked, pool)
        held = [x for cell in left for x in _pieces(ledger, cell)]
    pieces = tuple(sorted(held, key=lambda x: x.place.part.first_point()))
    shares = [(s, x) for by in verdict.leaves.values() for s, x in by.items()]
    total = asked.domain.total_weight
    settled = Fraction(sum(x.differ_weight for s, x in shares if s in FIRM), total)
    left_open = Fraction(sum(x.weight for s, x in shares if s not in FIRM), total)
    told = Fraction(sum(x.told for x in left), total)  # by cases, of what is drawn from
    return Population(asked, pieces, settled, left_open, settled - told)


def _pieces(ledger: Ledger, left: Left) -> Iterator[Piece]:
    """The pieces of a cell that are not decided."""
    domain, step = ledger.asked.domain, left.sandwich
    for i, place in enumerate(_places(ledger, left)):
        weight = domain.weight_within(place.part, place.leaf) if step is None else left.weights[i]
        if weight:
            yield Piece(place, weight, step)


def summed(asked: Asked, piece: Piece) -> Summed:
    """What of a piece is decided by a Sandwich."""
    part, step = piece.place.part, piece.step
    assert step is not None
    sums = binned(asked.domain, part, step.form, step.width)
    decided = _decided(asked, piece.place, step, sums)
    return Summed(part, asked.domain.distributions(piece.place.leaf), sums, decided)


def _places(ledger: Ledger, left: Left) -> Iterator[Place]:
    """The parts of a cell that matter, each with the classes of trees where those are needed."""
    asked = ledger.asked
    asked.poll()
    alone = asked.differs and left.sandwich is None  # the tree's class decides nothing
    if alone or left.tail or not (asked.trees or left.sandwich):
        for part, leaf in asked.possible_parts(left.cell):
            yield Place(part, leaf, ALL_TOGETHER, ())
        return
    base = known(len(asked.names), _pairs(left), (), (), frozenset())
    for place in ledger.places(left.cell, base):
        if ledger.truth(left.known, place.trees) is None:
            yield place if left.sandwich is None else with_classes(place, base)


def _pairs(left: Left) -> tuple[tuple[int, int], ...]:
    return tuple((model, klass) for model, klass in enumerate(left.known) if klass is not None)


def _decided(
    asked: Asked, place: Place, step: Sandwich, sums: Binned
) -> tuple[tuple[int, int], ...]:
    """The stretches of sums of bins that the kernel counts as decided (``stretches.amounts``)."""

    def truth(classes: Mapping[int, int]) -> bool | None:
        held: list[int | None] = [None] * len(asked.names)
        for model, klass in (*place.trees, *classes.items()):
            held[model] = klass
        return asked.truth(tuple(held))

    found = []
    for _, low, high in regions(step, all_truths(asked, step, truth)):
        first = 0 if low is None else max(0, sums.least_bins(low)[0])
        last = sums.top + 1 if high is None else min(sums.top + 1, sums.least_bins(high)[1])
        if first < last:
            found.append((first, last))
    return tuple(found)
