"""Linear rows over atoms, exact and rounded, and the rows that decide a class."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import flint

ENDS = 16
"""Bits kept of a number that is rounded outward."""

Range = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Row:
    """The number ``(constant + sum of numerator * atom) / denominator``; denominator > 0."""

    constant: int
    terms: tuple[tuple[int, int], ...]
    """Pairs (atom, numerator), in increasing order of atoms; no numerator is 0."""
    denominator: int


@dataclass(frozen=True, slots=True)
class Linear:
    """The number ``constant + sum of coefficient * atom``, known up to ``slack``."""

    constant: Fraction
    terms: tuple[tuple[int, Fraction], ...]
    slack: Fraction


def rivals(logits: Sequence[Row], klass: int) -> list[tuple[Row, bool]]:
    """Rows of which some is > 0 (or >= 0, where the flag is set) iff the class is not ``klass``."""
    if len(logits) == 1:
        row = logits[0]
        return [(negated(row), True)] if klass else [(row, False)]
    own = logits[klass]
    return [(difference(row, own), j < klass) for j, row in enumerate(logits) if j != klass]


def negated(row: Row) -> Row:
    """``-row``."""
    return Row(-row.constant, tuple((a, -x) for a, x in row.terms), row.denominator)


def difference(row: Row, other: Row) -> Row:
    """``row - other``, two rows of one node."""
    assert row.denominator == other.denominator
    terms = dict(row.terms)
    for atom, x in other.terms:
        terms[atom] = terms.get(atom, 0) - x
    kept = tuple((a, x) for a, x in sorted(terms.items()) if x)
    return Row(row.constant - other.constant, kept, row.denominator)


def exact(row: Row) -> Linear:
    """The row itself."""
    terms = tuple((a, Fraction(x, row.denominator)) for a, x in row.terms)
    return Linear(Fraction(row.constant, row.denominator), terms, Fraction(0))


def rounded(row: Row, ranges: Sequence[Range], bits: int) -> Linear:
    """The row with short coefficients; ``slack`` bounds what that moves it by over the ranges."""
    given = exact(row)
    sizes = [max(abs(ranges[a][0]), abs(ranges[a][1])) for a, _ in given.terms]
    most = max((abs(x) * s for (_, x), s in zip(given.terms, sizes, strict=True)), default=None)
    if not most:
        return Linear(given.constant, (), Fraction(0))
    terms = []
    constant, slack = _nearest(given.constant, most, bits)
    for (atom, x), size in zip(given.terms, sizes, strict=True):
        if not size:
            continue
        short, error = _nearest(x, most / size, bits)
        slack += error * size
        if short:
            terms.append((atom, short))
    return Linear(constant, tuple(terms), outward(slack, up=True))


def _nearest(x: Fraction, scale: Fraction, bits: int) -> tuple[Fraction, Fraction]:
    """``x`` to the nearest multiple of about ``scale / (1 << bits)``, and the error of that."""
    unit = _power_below(scale) / (1 << bits)
    short = round(x / unit) * unit
    return short, abs(x - short)


def _power_below(x: Fraction) -> Fraction:
    """A power of two within a factor of 2 of ``x`` > 0."""
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)


def outward(x: Fraction, *, up: bool) -> Fraction:
    """``x`` with few bits, rounded up or down."""
    if not x:
        return x
    unit = _power_below(abs(x)) / (1 << ENDS)
    steps: int = math.ceil(x / unit) if up else math.floor(x / unit)
    return unit * steps


def written(n: int) -> str:
    """``n`` in decimal, however long (Python itself stops at some thousand digits)."""
    return str(flint.fmpz(n))
