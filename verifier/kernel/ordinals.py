"""Ordinals and intervals in fixed point: numbers by index, never listed. Trusted.

Value ``i`` of an ordinal is ``(first + i * step) / below`` in integers, so the least and greatest
number of a range are those of its ends; of a continuous variable they are the cuts at the ends of
its first and its last piece. They are rounded outward to a cell's own exponent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import EXACT_BITS, NEVER, Bounds, Ints
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.ordinal import Ordinal, Ranged

ROOM = EXACT_BITS - 8
"""Bits that the ends of a range are rounded to, at most."""
MACHINE = 62
"""Bits of integers that machine arithmetic holds."""
FLOAT32 = 24
FLOAT32_RANGE = 99
"""A number m / 2**k with |m| < 2**24 and k <= 99 is a normal float32 number, or 0."""


@dataclass(frozen=True, eq=False)
class Cuts:
    """The cuts of an interval: where each run of pieces begins, and how long its pieces are.

    ``starts`` (runs,) are the first pieces, ``begins`` and ``lengths`` (runs,) numbers times the
    denominator ``below``.
    """

    starts: Ints
    begins: npt.NDArray[Any]
    lengths: npt.NDArray[Any]

    def at(self, cuts: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The numbers of some cuts."""
        run = np.searchsorted(self.starts, cuts.astype(np.int64), side="right") - 1
        found: npt.NDArray[Any] = self.begins[run] + (cuts - self.starts[run]) * self.lengths[run]
        return found


@dataclass(frozen=True, eq=False)
class Ordinals:
    """The ordinals and the continuous variables of a domain.

    Arrays of shape (variables,), of Python integers where ``wide``. ``below`` are the odd parts of
    the denominators, whose powers of two are in ``scales``; ``length`` is their bit length, and
    ``fine`` an exponent at which every number is an integer; NEVER if there is none.
    ``intervals`` are the cuts of the continuous ones, with their places here; their ``first`` and
    ``step`` are not used.
    """

    variables: Ints
    columns: Ints
    first: npt.NDArray[Any]
    step: npt.NDArray[Any]
    below: npt.NDArray[Any]
    length: Ints
    scales: Ints
    fine: int
    wide: bool
    are_float32: bool
    intervals: tuple[tuple[int, Cuts], ...]


def ordinals_of(domain: Domain, scales: Sequence[int]) -> Ordinals | None:
    """The domain's ordinals, column j times 2**-scales[j]; None where it has none."""
    held = [(i, v) for i, v in enumerate(domain.variables) if isinstance(v, Ranged)]
    if not held:
        return None
    below = [v.denominator for _, v in held]
    ends = [[int(x * d) for x in v.ends] for (_, v), d in zip(held, below, strict=True)]
    step = [
        int(v.step * d) if isinstance(v, Ordinal) and v.count > 1 else 0
        for (_, v), d in zip(held, below, strict=True)
    ]
    twos = [(d & -d).bit_length() - 1 for d in below]
    odd = [d >> k for d, k in zip(below, twos, strict=True)]
    powers = [scales[domain.offsets[i]] + k for (i, _), k in zip(held, twos, strict=True)]
    numbers = (n for own in (*ends, step, odd) for n in own)
    longest = max(abs(n).bit_length() for n in numbers)
    kind = object if longest > MACHINE else np.int64
    return Ordinals(
        variables=np.array([i for i, _ in held]),
        columns=np.array([domain.offsets[i] for i, _ in held]),
        first=np.array([low for low, _ in ends], dtype=kind),
        step=np.array(step, dtype=kind),
        below=np.array(odd, dtype=kind),
        length=np.array([d.bit_length() for d in odd]),
        scales=np.array(powers),
        fine=max(powers) if set(odd) == {1} else NEVER,
        wide=longest > MACHINE,
        are_float32=all(
            isinstance(v, Ordinal) and _are_float32(low, by, high, d)
            for (_, v), (low, high), by, d in zip(held, ends, step, below, strict=True)
        ),
        intervals=tuple(
            (place, _cuts(v, d, kind))
            for place, ((_, v), d) in enumerate(zip(held, below, strict=True))
            if isinstance(v, Continuous)
        ),
    )


def _cuts(v: Continuous, below: int, kind: type) -> Cuts:
    return Cuts(
        np.array(v.starts[:-1], dtype=np.int64),
        np.array([int(x * below) for x in v.breaks[:-1]], dtype=kind),
        np.array([int(run.length * below) for run in v.runs], dtype=kind),
    )


def _are_float32(first: int, step: int, last: int, below: int) -> bool:
    """Whether all numbers of an ordinal are multiples m of a power of two with |m| < 2**24."""
    if below & (below - 1):
        return False
    unit = math.gcd(first, step)  # every number is a multiple of it, so of its power of two
    power = unit & -unit
    shift = below.bit_length() - max(power.bit_length(), 1)  # the power of two is 2**-shift
    most = max(abs(first), abs(last)) // max(power, 1)
    return shift <= FLOAT32_RANGE and most.bit_length() <= FLOAT32


def _length(n: npt.NDArray[Any]) -> Ints:
    """At least the bit length of each |n|, and at most one more; 0 for 0."""
    if n.dtype == object:
        flat = [abs(x).bit_length() for x in n.ravel().tolist()]
        return np.array(flat, dtype=np.int64).reshape(n.shape)
    length: Ints = np.frexp(np.abs(n).astype(np.float64))[1].astype(np.int64)
    return length


def enclose(x: Ordinals, low: Ints, high: Ints, *, together: bool = False) -> Bounds:
    """The numbers from index ``low`` to index ``high``, (cells, ordinals), scaled, rounded outward.

    Of a continuous variable they are those from cut ``low`` to cut ``high + 1``. Each cell has its
    own exponent, or all have one where they are taken ``together``; the ends have at most ROOM
    bits.
    """
    ends = np.stack([low, high])
    if x.wide:
        ends = ends.astype(object)
    numbers = x.first + ends * x.step
    for place, cuts in x.intervals:
        numbers[0, :, place] = cuts.at(ends[0, :, place])
        numbers[1, :, place] = cuts.at(ends[1, :, place] + 1)
    length = _length(numbers)
    # |number| < 2**size once it is scaled, as below is at least 2**(its length - 1)
    size = np.where(length > 0, length - x.length + 1 - x.scales, -NEVER).max(axis=(0, 2))
    if together:
        size[:] = size.max(initial=-NEVER)
    e = np.where(size == -NEVER, 0, np.minimum(ROOM - size, x.fine)).astype(np.int64)
    shift = e[:, None] - x.scales
    up, down = np.maximum(shift, 0), np.maximum(-shift, 0)
    if max((length + up).max(initial=0), (x.length + down).max(initial=0)) >= MACHINE:
        numbers, up, down = numbers.astype(object), up.astype(object), down.astype(object)
    below = x.below.astype(numbers.dtype) * np.left_shift(1, down)
    numbers = numbers * np.left_shift(1, up)
    lo, hi = numbers[0] // below, -(-numbers[1] // below)
    return Bounds(lo.astype(np.float64), hi.astype(np.float64), e)
