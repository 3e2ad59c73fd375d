"""A proof as bytes: what ``reading.proof_bytes`` reads. See docs/certificate.md."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Proof,
    Sandwich,
    Several,
    Split,
    Step,
    Tail,
    Trusted,
)
from verifier.reading.proof_bytes import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SANDWICH,
    SEVERAL,
    SPLIT,
    TAIL,
    TRUSTED,
    named_solvers,
)


def encode(proof: Proof, models: int | None = None) -> bytes:
    """The proof as bytes: of format 2 with so many ``models``, None for format 1."""
    solvers = sorted(set(named_solvers(proof)))
    count = models or 1
    out = bytearray(_integer(len(solvers)))
    for name in solvers:
        raw = name.encode()
        out += _integer(len(raw)) + raw
    memo: dict[Split | Step, bytes] = {}
    for node in proof:
        raw = memo.get(node, b"")
        if not raw:
            raw = b"".join(_integer(n) for n in _numbers(node, solvers, count))
            if len(memo) < 1 << 16:
                memo[node] = raw
        out += raw
    return bytes(out)


def _numbers(node: Split | Step, solvers: list[str], models: int) -> Iterator[int]:
    match node:
        case Split(variable, left):
            yield from (variable * 8 + SPLIT, left)
        case Constant(klass, model):
            yield (klass * models + model) * 8 + CONSTANT
        case Enumerated():
            yield ENUMERATED
        case Tail(klass, bound, model):
            yield (klass * models + model) * 8 + TAIL
            yield from (bound.numerator, bound.denominator)
        case Open():
            yield OPEN
        case Trusted(klass, solver, model):
            yield from ((klass * models + model) * 8 + TRUSTED, solvers.index(solver))
        case Several(steps):
            yield len(steps) * 8 + SEVERAL
            for step in steps:
                yield from _numbers(step, solvers, models)
        case Sandwich(strips, form, exponent, width, order):
            yield from ((2 * order + len(strips) - 1) * 8 + SANDWICH, exponent, width)
            for strip in strips:
                yield from (strip.model, _unsigned(strip.least), _unsigned(strip.most))
            yield from map(_unsigned, form)


def _unsigned(n: int) -> int:
    """0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ..."""
    return 2 * n if n >= 0 else -2 * n - 1


def _integer(n: int) -> bytes:
    """Little-endian base 128, the high bit set on all bytes but the last."""
    if n < 128:
        return bytes((n,))
    out = bytearray()
    while 128 <= n < 1 << 63:
        out.append(n & 127 | 128)
        n >>= 7
    if out:
        return bytes((*out, n))
    parts, bits = [n], 7
    while parts[-1] >> bits:
        bits *= 2
    while bits > 7:  # halved again and again: a long one takes little more time than a copy
        bits //= 2
        parts = [half for part in parts for half in (part & (1 << bits) - 1, part >> bits)]
    while not parts[-1]:
        parts.pop()
    return bytes(part | 128 for part in parts[:-1]) + bytes(parts[-1:])
