"""Rows as bytes: what ``reading.rows_bytes`` reads."""

from __future__ import annotations

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.rows import Rows, ordered
from verifier.writing.proof_bytes import integers


def rows_to_bytes(domain: Domain, rows: Rows) -> bytes:
    """The bytes of rows.bin."""
    real = [isinstance(v, Continuous) for v in domain.variables]
    if any(real):
        rows = placed(domain, rows)
    out = [len(rows.points)]
    for (point, numbers), times in zip(rows.held, rows.times, strict=True):
        out.append(times)
        if not numbers:
            out += point
            continue
        own = iter(numbers)
        for value, is_real in zip(point, real, strict=True):
            if is_real:
                x = next(own)
                out += (2 * x.numerator if x >= 0 else -2 * x.numerator - 1, x.denominator)
            else:
                out.append(value)
    return integers(out)


def placed(domain: Domain, rows: Rows) -> Rows:
    """The rows with the pieces that the domain has now, which may be cut more finely than before.

    Raises DomainError where the numbers lie outside it.
    """
    made = []
    for (point, numbers), times in zip(rows.held, rows.times, strict=True):
        own, where = iter(numbers), list(point)
        for i, v in enumerate(domain.variables):
            if isinstance(v, Continuous):
                piece = v.piece_of(next(own))
                if piece is None:
                    raise DomainError(f"a row lies outside the interval of {quoted(v.name)}")
                where[i] = piece
        made.append((tuple(where), numbers, times))
    return ordered(made)
