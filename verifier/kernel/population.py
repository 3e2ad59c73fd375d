"""What a sample is drawn from: the pieces of a domain that a check left undecided. Trusted.

A piece is a product of values in one leaf of the domain's tree. All of it is drawn from; of a piece
that a Sandwich decides in part, a draw counts only where that leaves it undecided, as what is
decided is counted by the proof.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.draws import Axis, axis_of
from verifier.kernel.known import known
from verifier.kernel.ledger import Ledger
from verifier.kernel.stairs import Stairs
from verifier.kernel.stretches import all_truths, regions
from verifier.kernel.sums import Binned, InBins, Ramp, binned
from verifier.kernel.tally import ALL_TOGETHER, Place
from verifier.model.errors import CertificateError
from verifier.model.part import Part, size
from verifier.model.proof import Sandwich
from verifier.model.sample import Left
from verifier.model.verdict import Status, Verdict

Bools = npt.NDArray[np.bool_]
FIRM = Status.PROVED, Status.ENUMERATED, Status.SANDWICH
"""What the kernel has decided itself."""
NEVER = 1 << 62
"""More than any sum of bins."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A product of values with a positive weight, in a ``leaf`` of the domain's tree (or None).

    Where a Sandwich holds there, ``sums`` are its bins, and ``decided`` the stretches of the sums
    of bins, from the first and before the last, in which the question is decided.
    """

    place: Place
    weight: int
    sums: Binned | None = None
    decided: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Population:
    """The pieces, in the order of their first points.

    ``settled`` is the probability of what the kernel has decided and where the question is true,
    ``open_mass`` that of what it has left undecided.
    """

    asked: Asked
    pieces: tuple[Piece, ...]
    settled: Fraction
    open_mass: Fraction

    @property
    def mass(self) -> Fraction:
        """The probability of all pieces."""
        return Fraction(sum(x.weight for x in self.pieces), self.asked.domain.total_weight)

    def axes(self) -> list[tuple[list[Axis], list[int]]]:
        """For every variable the different axes that it is drawn from, and each piece's number."""
        domain, found = self.asked.domain, []
        for i in range(len(domain.variables)):
            numbers: dict[tuple[int | None, Part], int] = {}
            owner = [
                numbers.setdefault((x.place.leaf, x.place.part.parts[i]), len(numbers))
                for x in self.pieces
            ]
            axes = [axis_of(domain.distributions(leaf)[i], part) for leaf, part in numbers]
            found.append((axes, owner))
        return found


def population(asked: Asked, verdict: Verdict, left: Sequence[Left]) -> Population:
    """What a check that found ``verdict`` has ``left``.

    Raises CertificateError where there are continuous
    variables, whose pieces have more points than those that value indices stand for.
    """
    if asked.domain.infinite:
        raise CertificateError("a domain with a continuous variable cannot be sampled")
    with ThreadPoolExecutor(1) as pool:
        ledger = Ledger(asked, pool)
        held = [x for cell in left for x in _pieces(ledger, cell)]
    pieces = tuple(sorted(held, key=lambda x: x.place.part.first_point()))
    shares = [(s, x) for by in verdict.leaves.values() for s, x in by.items()]
    total = asked.domain.total_weight
    return Population(
        asked,
        pieces,
        Fraction(sum(x.differ_weight for s, x in shares if s in FIRM), total),
        Fraction(sum(x.weight for s, x in shares if s not in FIRM), total),
    )


def _pieces(ledger: Ledger, left: Left) -> Iterator[Piece]:
    """The pieces of a cell that are not decided."""
    asked = ledger.asked
    for place in _places(ledger, left):
        weight = asked.domain.weight_within(place.part, place.leaf)
        if not weight:
            continue
        step = left.sandwich
        if step is None:
            yield Piece(place, weight)
            continue
        sums = binned(asked.domain, place.part, step.form, step.width)
        yield Piece(place, weight, sums, _decided(asked, place, step, sums))


def _places(ledger: Ledger, left: Left) -> Iterator[Place]:
    """The parts of a cell that matter, each with the classes of trees where those are needed."""
    asked = ledger.asked
    if asked.differs and left.sandwich is None:  # the tree's class alone decides nothing
        for part, leaf in asked.possible_parts(left.cell):
            yield Place(part, leaf, ALL_TOGETHER, ())
        return
    base = known(len(asked.names), _pairs(left), (), (), frozenset())
    for place in ledger.places(left.cell, base):
        if ledger.truth(left.known, place.trees) is None:
            yield place


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
    for _, low, high in regions(step, all_truths([strip.model for strip in step.strips], truth)):
        first = 0 if low is None else max(0, sums.least_bins(low)[0])
        last = sums.top + 1 if high is None else min(sums.top + 1, sums.least_bins(high)[1])
        if first < last:
            found.append((first, last))
    return tuple(found)


class Undecided:
    """Which points of pieces a Sandwich leaves undecided."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.any = any(x.sums is not None for x in pieces)
        if not self.any:
            return
        most = max(len(x.decided) for x in pieces)
        self.stretches = np.full((len(pieces), most, 2), NEVER)
        for i, piece in enumerate(pieces):
            for j, ends in enumerate(piece.decided):
                self.stretches[i, j] = ends
        bins = [{} if x.sums is None else dict(x.sums.variables) for x in pieces]
        widths = [1 if x.sums is None else x.sums.width for x in pieces]
        self.tables = []
        for i, kind in enumerate(pieces[0].place.part.parts):
            own = [_finite(x.get(i)) for x in bins]
            if isinstance(kind, range):
                self.tables.append(_ramps(own, widths))
            else:
                parts = (x.place.part.parts[i] for x in pieces)
                most = max(part.bit_length() for part in parts if isinstance(part, int))
                self.tables.append(_lists(own, most))

    def __call__(self, pieces: Ints, points: Ints) -> Bools:
        """For points (value indices, (N, variables)), each in a piece."""
        if not self.any:
            return np.ones(len(points), dtype=bool)
        sums = np.zeros(len(points), dtype=np.int64)
        for i, table in enumerate(self.tables):
            if table is not None:
                sums += table(pieces, points[:, i])
        own = self.stretches[pieces]
        inside = (own[:, :, 0] <= sums[:, None]) & (sums[:, None] < own[:, :, 1])
        decided: Bools = np.logical_or.reduce(inside, axis=1)
        return ~decided


def _finite(x: InBins | None) -> Ramp | tuple[tuple[int, int], ...] | None:
    """A variable in bins that is not continuous: others are refused before."""
    assert not isinstance(x, Stairs)
    return x


@dataclass(frozen=True, eq=False)
class Bins:
    """The bins of a variable's values in every piece: ``rank * slope // width`` of an ordinal.

    The rank is ``sign * (value - first)``. For a categorical variable ``listed`` holds the bins of
    the values, (pieces, values).
    """

    first: Ints
    sign: Ints
    slope: npt.NDArray[np.object_] | Ints
    width: npt.NDArray[np.object_] | Ints
    listed: Ints | None = None

    def __call__(self, pieces: Ints, at: Ints) -> Ints:
        """The bins of the values ``at``, each in a piece."""
        if self.listed is not None:
            return self.listed[pieces, at]
        rank = self.sign[pieces] * (at - self.first[pieces])
        found: Ints = (rank * self.slope[pieces] // self.width[pieces]).astype(np.int64)
        return found


Own = Sequence[Ramp | tuple[tuple[int, int], ...] | None]


def _ramps(own: Own, widths: Sequence[int]) -> Bins | None:
    """The bins of an ordinal in every piece; None where its values are all in the lowest."""
    if not any(own):
        return None
    rows = [
        (x.part.stop - 1 if x.reverse else x.part.start, -1 if x.reverse else 1, x.slope, width)
        if isinstance(x, Ramp)
        else (0, 0, 0, 1)
        for x, width in zip(own, widths, strict=True)
    ]
    longest = max(x.slope * size(x.part) for x in own if isinstance(x, Ramp))
    kind = np.int64 if max(longest, *widths) < NEVER else object
    first, sign, slope, width = zip(*rows, strict=True)
    return Bins(np.array(first), np.array(sign), np.array(slope, kind), np.array(width, kind))


def _lists(own: Own, count: int) -> Bins | None:
    """The same of a categorical variable of whose values the first ``count`` occur."""
    if not any(own):
        return None
    listed = np.zeros((len(own), count), dtype=np.int64)
    for i, x in enumerate(own):
        if isinstance(x, tuple):
            for value, at in x:
                listed[i, value] = at
    none = np.zeros(0, dtype=np.int64)
    return Bins(none, none, none, none, listed)
