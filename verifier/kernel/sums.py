"""How much of a product has a linear sum above a threshold: rule 10, counting. Trusted.

Each variable's contribution is put into bins of equal width. The amounts of a variable's values,
by their bins, are the digits of an integer in base 2**bits; the product of these integers holds
the amounts of all points by the sum of their bins.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

import flint

from verifier.kernel.stairs import Stairs, amounts, stairs
from verifier.model.cell import Cell
from verifier.model.chances import Distribution
from verifier.model.continuous import PieceRows
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON
from verifier.model.ordinal import IntegerRows
from verifier.model.part import values

LARGEST = 1 << 26
"""Bits of the product, at most."""
SPARSE = 16
"""Up to so many bins of a variable, the product is added up shifted instead of multiplied."""
PER_BIT = 20
"""Steps that multiplying takes a bit of the product, about."""
Digits = list[tuple[int, int]]
"""Bins in increasing order, with what is in them."""


@dataclass(frozen=True, slots=True)
class Ramp:
    """An ordinal's values, and by how much each contributes more than the one before: at least 0.
    With ``reverse`` the last value contributes least."""

    part: range
    slope: int
    reverse: bool


InBins = Ramp | Stairs | tuple[tuple[int, int], ...]
"""A variable whose values are in several bins: a range, an interval, or values with their bins."""


@dataclass(frozen=True, slots=True)
class Binned:
    """A part's sums of one form, in bins of ``width``; all in units over ``unit``.

    ``base`` is the least sum, ``top`` the largest sum of bins, and ``spread`` the most that a sum
    exceeds ``base`` plus its bins by. ``variables`` are, by number, what is in bins of each of
    those whose values are in more than one bin, those of many values first.
    """

    width: int
    unit: int
    base: int
    spread: int
    top: int
    variables: tuple[tuple[int, InBins], ...]

    def least_bins(self, threshold: int) -> tuple[int, int]:
        """From which sum of bins on a point is above a threshold, and from which it can be."""
        rest = threshold * self.unit - self.base
        return rest // self.width + 1, (rest - self.spread) // self.width + 1


def binned(domain: Domain, part: Cell, form: Sequence[int], width: int) -> Binned:
    """The contributions of a part's variables to the sum of ``form`` with the encodings. ``width``
    is that of a bin, in the sum's units."""
    unit = domain.denominator
    wide = width * unit
    base = spread = top = 0
    held: list[tuple[int, int, InBins]] = []
    encodings = zip(part.parts, domain.offsets, domain.integer_encoding, strict=True)
    for i, (own, start, rows) in enumerate(encodings):
        if isinstance(own, range) and isinstance(rows, PieceRows):
            steps = stairs(rows, own, form[start], wide)
            base += steps.least
            spread += steps.rest
            if most := steps.top(wide):
                top += most
                held.append((min(len(own), 1 + most), i, steps))
            continue
        if isinstance(own, range):
            assert isinstance(rows, IntegerRows)
            slope = form[start] * rows.step
            base += form[start] * rows[own.start if slope >= 0 else own.stop - 1][0]
            span = abs(slope) * (own.stop - own.start - 1)
            if slope % wide:
                spread += min(wide, span)
            if span >= wide:
                top += span // wide
                held.append(
                    (
                        min(own.stop - own.start, 1 + span // wide),
                        i,
                        Ramp(own, abs(slope), slope < 0),
                    )
                )
            continue
        columns = form[start : start + len(rows[0])]
        sums = [(v, sum(map(mul, columns, rows[v]))) for v in values(own)]
        least = min([n for _, n in sums])
        bins = [(v, divmod(n - least, wide)) for v, n in sums]
        base += least
        spread += max([rest for _, (_, rest) in bins])
        if most := max([at for _, (at, _) in bins]):
            top += most
            held.append((len(bins), i, tuple((v, at) for v, (at, _) in bins)))
    held.sort(key=lambda x: -x[0])
    return Binned(wide, unit, base, spread, top, tuple(x[1:] for x in held))


def above(
    x: Binned,
    total: int,
    least: Sequence[int],
    spend: Callable[[int], None],
    poll: Callable[[], None],
    chances: Sequence[Distribution] | None = None,
) -> dict[int, int]:
    """How much has at least so large a sum of bins, for each of some; ``total`` is all of it.
    Points are counted, or with ``chances`` their weights."""
    bits = -(-(total + 1).bit_length() // 8) * 8
    product: flint.fmpz | None = None
    found: dict[int, int] = {}
    for at in least:
        if at <= 0 or at > x.top:
            found[at] = total if at <= 0 else 0
            continue
        if product is None:
            product = _product(x, total, bits, spend, poll, chances)
        spend(4 * PYTHON + bits * (x.top - at) // PER_BIT)
        found[at] = int((product >> bits * at) % ((1 << bits) - 1))
    return found


def amounts_of(
    x: Binned,
    total: int,
    spend: Callable[[int], None],
    poll: Callable[[], None],
    chances: Sequence[Distribution] | None = None,
) -> list[int]:
    """How much has each sum of bins, from 0 to the top; ``total`` is all of it. Points are counted,
    or with ``chances`` their weights."""
    size = -(-(total + 1).bit_length() // 8)
    product = int(_product(x, total, 8 * size, spend, poll, chances))
    digits = product.to_bytes(size * (1 + x.top), "little")
    return [int.from_bytes(digits[at : at + size], "little") for at in range(0, len(digits), size)]


def can_count(x: Binned, total: int) -> bool:
    """Whether the integer of so much in ``total`` is not too long."""
    return (total + 1).bit_length() * (1 + x.top) <= LARGEST


def _product(
    x: Binned,
    total: int,
    bits: int,
    spend: Callable[[int], None],
    poll: Callable[[], None],
    chances: Sequence[Distribution] | None,
) -> flint.fmpz:
    """The integer whose digits are the amounts of points by the sum of their bins."""
    product = flint.fmpz(1)
    every = 1
    if not total:
        return flint.fmpz(0)
    for i, own in x.variables:
        poll()
        held = _amounts(own, x.width, None if chances is None else chances[i])
        every *= sum([n for _, n in held])
        if len(held) <= SPARSE:
            spend(len(held) * PYTHON + bits * x.top)
            one = product
            product = one * held[0][1]
            for at, n in held[1:]:
                product += (one << bits * at) * n if n != 1 else one << bits * at
        else:
            spend(len(held) * PYTHON + PER_BIT * bits * x.top)
            product *= _joined(held, bits)
    return product * (total // every)  # the other variables are in the lowest bin with all of it


def _amounts(own: InBins, width: int, chances: Distribution | None) -> Digits:
    """How much of one variable is in each bin: values, or their weights."""
    if isinstance(own, Stairs):
        return amounts(own, width, chances)
    if isinstance(own, Ramp):
        return _ramp_amounts(own, width, chances)
    held: dict[int, int] = {}
    for v, at in own:
        held[at] = held.get(at, 0) + (1 if chances is None else chances.weight_at(v))
    return sorted(held.items())


def _ramp_amounts(own: Ramp, width: int, chances: Distribution | None) -> Digits:
    """The same of an ordinal: bin j holds the ranks from ceil(j width / slope) on."""
    count = own.part.stop - own.part.start
    top = own.slope * (count - 1) // width
    if own.slope >= width:  # no two values are in the same bin
        edges, bins = list(range(count + 1)), [own.slope * k // width for k in range(count)]
    else:
        edges = [-(-j * width // own.slope) for j in range(top + 1)] if top else [0]
        edges.append(count)
        bins = list(range(top + 1))
    if chances is None:
        amounts = [stop - start for start, stop in pairwise(edges)]
    else:
        ends = [own.part.stop - k if own.reverse else own.part.start + k for k in edges]
        amounts = [chances.weight_of(range(min(a, b), max(a, b))) for a, b in pairwise(ends)]
    return list(zip(bins, amounts, strict=True))


def _joined(digits: Digits, bits: int) -> flint.fmpz:
    """The integer with those digits in base ``2**bits``, of whole bytes."""
    size = bits // 8
    numbers = [0] * (digits[-1][0] + 1)
    for at, n in digits:
        numbers[at] = n
    raw = b"".join([n.to_bytes(size, "little") for n in numbers])
    return flint.fmpz(int.from_bytes(raw, "little"))
