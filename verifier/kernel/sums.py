"""How much of a product has a linear sum above a threshold: rule 10, counting. Trusted.

Each variable's contribution is put into bins of equal width. The amounts of a variable's values,
by their bins, are the digits of an integer in base 2**bits; the product of these integers holds
the amounts of all points by the sum of their bins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import mul

import flint
import numpy as np

from verifier.kernel.stairs import Stairs, Stretch, amounts, in_bins, stairs
from verifier.model.cell import Cell
from verifier.model.chances import Distribution
from verifier.model.continuous import PieceRows
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON
from verifier.model.ordinal import IntegerRows
from verifier.model.part import Part, size, values

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
            product = _product(x.top, _digits(x, chances), total, bits, spend, poll)
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
    product = int(_product(x.top, _digits(x, chances), total, 8 * size, spend, poll))
    digits = product.to_bytes(size * (1 + x.top), "little")
    return [int.from_bytes(digits[at : at + size], "little") for at in range(0, len(digits), size)]


def can_count(x: Binned, total: int) -> bool:
    """Whether the integer of so much in ``total`` is not too long."""
    return (total + 1).bit_length() * (1 + x.top) <= LARGEST


def jointly(
    both: tuple[Binned, Binned],
    part: Cell,
    total: int,
    ends: Sequence[Sequence[int]],
    spend: Callable[[int], None],
    poll: Callable[[], None],
    chances: Sequence[Distribution] | None = None,
) -> tuple[int, int, int] | None:
    """What two sums of one part show together: all, what has class 1 for sure, and what class 0.

    ``ends`` are of each sum the bins from which on class 1 is sure, all over the cell and in a
    case, and those from which on it can be. None where the integer is too long.
    """
    one, other = both
    step, bits = 1 + one.top, -(-(total + 1).bit_length() // 16) * 16
    top = step * (1 + other.top) - 1
    if (total + 1).bit_length() * (1 + top) > LARGEST:
        return None
    digits = _joint_digits(one, other, part, chances)
    product = int(_product(top, digits, total, bits, spend, poll))
    spend(8 * PYTHON + bits * top // PER_BIT)
    raw = np.frombuffer(product.to_bytes(bits // 8 * (1 + top), "little"), dtype="<u2")
    limbs = raw.reshape(1 + other.top, step, -1)

    def below(x: int | None, y: int | None) -> int:
        """What is below both bins."""
        rows, columns = (None if at is None else max(0, at) for at in (y, x))
        own = limbs[:rows, :columns].sum(axis=(0, 1), dtype=np.int64).tolist()
        return sum(n << 16 * i for i, n in enumerate(own))

    (a0, b0, c0, d0), (a1, b1, c1, d1) = ends
    b0, b1, d0, d1 = min(a0, b0), min(a1, b1), max(c0, d0), max(c1, d1)
    not_one = below(b0, a1) + below(a0, b1) - below(b0, b1)
    zero = below(c0, None) + below(None, c1) + below(d0, d1) - below(c0, d1) - below(d0, c1)
    return total, total - not_one, zero


def _joint_digits(
    one: Binned, other: Binned, part: Cell, chances: Sequence[Distribution] | None
) -> Iterator[Digits]:
    """Of each variable with several bins how much is in each two: bin of the one, plus that of the
    other times how many sums of the one there are."""
    first, second = dict(one.variables), dict(other.variables)
    for i in first | second:
        own, held = part.parts[i], dict[int, int]()
        runs = _runs(first.get(i), own, one.width), _runs(second.get(i), own, other.width)
        bins, last = [0, 0], own.stop if isinstance(own, range) else 0
        for at, stop in pairwise([*sorted(runs[0] | runs[1]), last]):
            bins = [x.get(at, b) for x, b in zip(runs, bins, strict=True)]
            some = range(at, stop) if isinstance(own, range) else 1 << at
            n = size(some) if chances is None else chances[i].weight_of(some)
            digit = bins[0] + (1 + one.top) * bins[1]
            held[digit] = n + held.get(digit, 0)
        yield sorted(held.items())


def _runs(own: InBins | None, part: Part, width: int) -> dict[int, int]:
    """The bins of a part's values, by the first of those in a row that are in the same."""
    if isinstance(own, tuple):
        return dict(own)
    if own is None:
        return dict.fromkeys((part.start,) if isinstance(part, range) else values(part), 0)
    stairs = _one_stretch(own) if isinstance(own, Ramp) else own
    return {run.start: at for run, at in in_bins(stairs, width)}


def _one_stretch(own: Ramp) -> Stairs:
    return Stairs((Stretch(own.part, 0, own.slope, own.reverse),), 0, 0)


def _digits(x: Binned, chances: Sequence[Distribution] | None) -> Iterator[Digits]:
    """How much of each variable with several bins is in each: values, or their weights."""
    for i, own in x.variables:
        yield _amounts(own, x.width, None if chances is None else chances[i])


def _product(
    top: int,
    digits: Iterable[Digits],
    total: int,
    bits: int,
    spend: Callable[[int], None],
    poll: Callable[[], None],
) -> flint.fmpz:
    """The integer whose digits are the amounts of points by the sum of their bins."""
    product = flint.fmpz(1)
    every = 1
    if not total:
        return flint.fmpz(0)
    for held in digits:
        poll()
        every *= sum([n for _, n in held])
        if len(held) <= SPARSE:
            spend(len(held) * PYTHON + bits * top)
            one, product = product, flint.fmpz(0)
            for at, n in held:
                product += (one << bits * at) * n if n != 1 else one << bits * at
        else:
            spend(len(held) * PYTHON + PER_BIT * bits * top)
            product *= _joined(held, bits)
    return product * (total // every)  # the other variables are in the lowest bin with all of it


def _amounts(own: InBins, width: int, chances: Distribution | None) -> Digits:
    """How much of one variable is in each bin: values, or their weights."""
    if not isinstance(own, tuple):
        return amounts(own if isinstance(own, Stairs) else _one_stretch(own), width, chances)
    held: dict[int, int] = {}
    for v, at in own:
        held[at] = held.get(at, 0) + (1 if chances is None else chances.weight_at(v))
    return sorted(held.items())


def _joined(digits: Digits, bits: int) -> flint.fmpz:
    """The integer with those digits in base ``2**bits``, of whole bytes."""
    size = bits // 8
    numbers = [0] * (digits[-1][0] + 1)
    for at, n in digits:
        numbers[at] = n
    raw = b"".join([n.to_bytes(size, "little") for n in numbers])
    return flint.fmpz(int.from_bytes(raw, "little"))
