"""A proof as bytes: what ``reading.proof_bytes`` reads. See docs/certificate.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

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

TOGETHER = 1 << 16
"""Integers that are written together."""


def encode(proof: Proof, models: int | None = None) -> bytes:
    """The proof as bytes: of format 2 with so many ``models``, None for format 1."""
    solvers = sorted(set(named_solvers(proof)))
    count = models or 1
    out = bytearray(_integer(len(solvers)))
    for name in solvers:
        raw = name.encode()
        out += _integer(len(raw)) + raw
    memo: dict[Step, tuple[int, ...]] = {}
    numbers: list[int] = []
    for node in proof:
        if isinstance(node, Split):
            numbers += (node.variable * 8 + SPLIT, node.left)
        elif isinstance(node, Sandwich):  # hardly ever twice the same
            numbers += _sandwich(node)
        else:
            own = memo.get(node)
            if own is None:
                own = memo[node] = tuple(_numbers(node, solvers, count))
            numbers += own
        if len(numbers) >= TOGETHER:
            out += _integers(numbers)
            numbers.clear()
    return bytes(out + _integers(numbers))


def _numbers(step: Step, solvers: list[str], models: int) -> Iterator[int]:
    match step:
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


def _sandwich(step: Sandwich) -> list[int]:
    strips = step.strips
    numbers = [(2 * step.order + len(strips) - 1) * 8 + SANDWICH, step.exponent, step.width]
    for strip in strips:
        numbers += (strip.model, _unsigned(strip.least), _unsigned(strip.most))
    numbers += [2 * n if n >= 0 else -2 * n - 1 for n in step.form]
    return numbers


def _unsigned(n: int) -> int:
    """0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ..."""
    return 2 * n if n >= 0 else -2 * n - 1


def _integers(numbers: Sequence[int]) -> bytes:
    """The numbers one after the other."""
    if max(numbers, default=0) >> 63:
        return b"".join(map(_integer, numbers))
    values = np.array(numbers, dtype=np.int64)
    size = np.ones(len(values), dtype=np.int64)
    for k in range(1, 9):
        size += values >= 1 << 7 * k
    out = np.empty(int(size.sum()), dtype=np.uint8)
    first = np.cumsum(size) - size
    for k in range(int(size.max(initial=0))):
        there = np.flatnonzero(size > k)
        more = np.where(size[there] > k + 1, 128, 0)
        out[first[there] + k] = values[there] >> 7 * k & 127 | more
    return out.tobytes()


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
