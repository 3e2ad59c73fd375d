"""The bytes of rows.bin: points, and how often each occurs. Trusted.

Variable-length integers as in proof.bin: how many different rows there are, then for each the
times, and for each variable its value's index; of a continuous variable instead its number: the
numerator (0, -1, 1, -2, ... as 0, 1, 2, 3, ...) and the denominator.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError
from verifier.model.limits import require_memory
from verifier.model.rows import Rows

LONGEST = 2048
"""Most bytes of an integer."""
ROW_BYTES = 64
"""What a number of a row takes while it is read, about."""


def rows_of_bytes(domain: Domain, data: bytes) -> Rows:
    """The rows that the bytes stand for. Raises LeafproofError for what are none."""
    require_memory(ROW_BYTES * len(data), "rows.bin")
    integers = _integers(data)
    points, times, numbers = [], [], []
    for _ in range(_next(integers)):
        times.append(_next(integers))
        point, own = [], []
        for v in domain.variables:
            if not isinstance(v, Continuous):
                point.append(_next(integers))
                continue
            number = _number(_next(integers), _next(integers))
            piece = v.piece_of(number)
            if piece is None:
                raise CertificateError(f"a row has {number} for a variable that lacks it")
            point.append(piece)
            own.append(number)
        points.append(tuple(point))
        numbers.append(tuple(own))
    if next(integers, None) is not None:
        raise CertificateError("there is more after the last row")
    return Rows(tuple(points), tuple(times), tuple(numbers) if domain.infinite else ())


def _number(numerator: int, denominator: int) -> Fraction:
    signed = -(numerator + 1 >> 1) if numerator & 1 else numerator >> 1
    if not denominator or gcd(signed, denominator) != 1:
        raise CertificateError("a row's number is no reduced fraction")
    return Fraction(signed, denominator)


def _next(integers: Iterator[int]) -> int:
    found = next(integers, None)
    if found is None:
        raise CertificateError("it ends in the middle of a row")
    return found


def _integers(data: bytes) -> Iterator[int]:
    """Integers in base 128, the least digit first, each in its shortest form."""
    at = 0
    while at < len(data):
        start, value = at, 0
        while True:
            if at >= len(data) or at - start >= LONGEST:
                raise CertificateError(f"unfinished integer at offset {start}")
            digit = data[at]
            value |= (digit & 127) << 7 * (at - start)
            at += 1
            if digit < 128:
                break
        if not digit and at - start > 1:
            raise CertificateError(f"integer with leading zeros at offset {start}")
        yield value
