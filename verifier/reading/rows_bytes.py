"""The bytes of rows.bin: points, and how often each occurs. Trusted.

Variable-length integers as in proof.bin: how many different rows there are, then for each the
times, and for each variable its value's index; of a continuous variable instead its number: the
numerator (0, -1, 1, -2, ... as 0, 1, 2, 3, ...) and the denominator.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError
from verifier.model.limits import require_memory
from verifier.model.rows import Rows
from verifier.reading.proof_bytes import Integers

LONGEST = 2048
"""Most bytes of an integer."""
ROW_BYTES = 64
"""What a number of a row takes while it is read, about."""


def rows_of_bytes(domain: Domain, data: bytes) -> Rows:
    """The rows that the bytes stand for. Raises LeafproofError for what are none."""
    require_memory(ROW_BYTES * len(data), "rows.bin")
    integers = Integers(data, of="rows.bin", a="row", longest=LONGEST)
    points, times, numbers = [], [], []
    many, width = integers.next(), len(domain.variables)
    for _ in range(many):
        times.append(integers.next())
        if not domain.infinite:
            points.append(tuple(integers.plain(width)))
            continue
        point, own = [], []
        for v in domain.variables:
            if not isinstance(v, Continuous):
                point.append(integers.next())
                continue
            number = _number(*integers.plain(2))
            piece = v.piece_of(number)
            if piece is None:
                raise CertificateError(f"a row has {number} for a variable that lacks it")
            point.append(piece)
            own.append(number)
        points.append(tuple(point))
        numbers.append(tuple(own))
    if integers.at != len(data):
        raise CertificateError("there is more after the last row")
    return Rows(tuple(points), tuple(times), tuple(numbers))


def _number(numerator: int, denominator: int) -> Fraction:
    signed = -(numerator + 1 >> 1) if numerator & 1 else numerator >> 1
    if not denominator or gcd(signed, denominator) != 1:
        raise CertificateError("a row's number is no reduced fraction")
    return Fraction(signed, denominator)
