"""A proof as bytes: what ``reading.proof_bytes`` reads. See docs/certificate.md."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Paired,
    Proof,
    Sandwich,
    Several,
    Signed,
    Split,
    Step,
    Tail,
    Trusted,
)
from verifier.reading.encoded import EncodedProof
from verifier.reading.proof_bytes import (
    CONSTANT,
    ENUMERATED,
    GROUPED,
    OPEN,
    SANDWICH,
    SEVERAL,
    SIDES,
    SPLIT,
    TAIL,
    TRUSTED,
    has_trees,
    named_solvers,
)

TOGETHER = 1 << 16
"""Integers that are written together."""
MOST_KNOWN = 1 << 14
"""Steps whose integers are remembered."""
Ints = npt.NDArray[np.signedinteger[Any]]


def encode(proof: Proof, models: int | None = None) -> bytes:
    """The proof as bytes: of format 2 with so many ``models``, None for format 1."""
    if isinstance(proof, EncodedProof) and proof.models == models:
        return proof.data
    return encoded(proof, models, 0, proof).data


Change = Callable[[Iterator[Split | Step]], Iterable[Split | Step]]
"""What makes other nodes of a proof's nodes."""


@overload
def changed(proof: EncodedProof, change: Change) -> EncodedProof: ...
@overload
def changed(proof: Proof, change: Change) -> Proof: ...
def changed(proof: Proof, change: Change) -> Proof:
    """The nodes that ``change``, which may be called twice, makes of a proof's: encoded as it is.

    It names no solver that the proof does not. Of a proof of many cells no object a cell is held.
    """
    if not isinstance(proof, EncodedProof):
        return tuple(change(iter(proof)))
    trusting = change(iter(proof)) if proof.data[0] else ()
    return encoded(change(iter(proof)), proof.models, proof.columns, trusting)


def encoded(
    nodes: Iterable[Split | Step],
    models: int | None,
    columns: int,
    trusting: Iterable[Split | Step],
) -> EncodedProof:
    """The nodes as a proof in bytes; ``trusting`` are those that name solvers, and maybe others.

    ``models`` and ``columns`` are how many the question and the domain have.
    """
    solvers, count, size = sorted(set(named_solvers(trusting))), models or 1, 0
    out = bytearray(_integer(len(solvers)))
    for name in solvers:
        raw = name.encode()
        out += _integer(len(raw)) + raw
    memo: dict[Step, tuple[int, ...]] = {}
    numbers: list[int] = []
    opens = False
    for node in nodes:
        size += 1
        if isinstance(node, Split):
            numbers += (node.variable * 8 + SPLIT, node.left)
        elif isinstance(node, Sandwich):  # hardly ever twice the same
            numbers += _sandwich(node, count)
        elif has_trees(node):  # hardly ever either, and long
            out += integers(numbers) + _with_trees(node, solvers, count)
            numbers.clear()
        else:
            own = memo.get(node)
            if own is None:
                opens = opens or isinstance(node, Open)
                if len(memo) == MOST_KNOWN:
                    memo.clear()
                own = memo[node] = tuple(numbers_of(node, solvers, count))
            numbers += own
        if len(numbers) >= TOGETHER:
            out += integers(numbers)
            numbers.clear()
    out += integers(numbers)
    return EncodedProof(bytes(out), models, columns, size, opens=opens)


def encoded_arrays(
    codes: Ints, lefts: Ints, steps: Sequence[Step], models: int, columns: int
) -> EncodedProof:
    """The same of nodes in arrays: of a Split the variable and what goes left, else -1 - the step.

    ``steps`` are Constant, Enumerated or Open.
    """
    heads = [next(numbers_of(step, [], models)) for step in steps]
    closed = np.array(heads, dtype=np.int64)
    out = bytearray(_integer(0))
    for start in range(0, len(codes), TOGETHER):
        code = codes[start : start + TOGETHER].astype(np.int64)
        split = code >= 0
        first = np.cumsum(split) - split + np.arange(len(code))
        numbers = np.empty(len(code) + int(split.sum()), dtype=np.int64)
        numbers[first] = np.where(split, 8 * code + SPLIT, closed[np.where(split, 0, -1 - code)])
        numbers[first[split] + 1] = lefts[start : start + TOGETHER][split]
        out += integers(numbers)
    opens = any(isinstance(x, Open) and bool((codes == -1 - i).any()) for i, x in enumerate(steps))
    return EncodedProof(bytes(out), models, columns, len(codes), opens=opens)


def numbers_of(step: Step, solvers: list[str], models: int) -> Iterator[int]:
    """The integers that stand for a step, unless it is a Sandwich or has trees of signs."""
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
        case Paired(left, right, order):
            yield (4 * (left * models + right) + order) * 8 + OPEN
        case Trusted(klass, solver, model):
            yield from ((klass * models + model) * 8 + TRUSTED, solvers.index(solver))
        case Several(steps):
            yield len(steps) * 8 + SEVERAL
            for step in steps:
                yield from numbers_of(step, solvers, models)


def _with_trees(step: Step, solvers: list[str], models: int) -> bytes:
    """The bytes of a step that is Signed, or has such steps."""
    if isinstance(step, Several):
        each = (_with_trees(x, solvers, models) for x in step.steps)
        return b"".join((_integer(len(step.steps) * 8 + SEVERAL), *each))
    if isinstance(step, Signed):
        argument = 1 + step.klass * models + step.model
        return integers((argument * 8 + ENUMERATED, len(step.trees))) + step.trees
    return integers([*numbers_of(step, solvers, models)])


def _sandwich(step: Sandwich, models: int) -> list[int]:
    strips, numbers = step.strips, list[int]()
    if step.beside:
        numbers.append((len(step.beside) + 1) * 8 + SEVERAL)
        numbers += [n for x in step.beside for n in numbers_of(x, [], models)]
    neurons = step.cases.neurons if step.cases else ()
    deep = SIDES if step.sides else len(neurons)
    deep += GROUPED * (len(step.further) + (step.ones > 0))
    argument = 8 * deep + 2 * step.order + len(strips) - 1
    numbers += [argument * 8 + SANDWICH, step.exponent, step.width]
    if step.ones:
        numbers.append(step.ones)
    for strip in strips:
        numbers += (strip.model, _unsigned(strip.least), _unsigned(strip.most))
    numbers += map(_unsigned, step.form)
    if step.sides is not None:
        numbers.append(step.sides.exponent)
        for side in (step.sides.one, step.sides.zero):
            numbers += [side.width, *map(_unsigned, (side.end, *side.form))]
    numbers += [n for x in neurons for n in (x.node, x.component)]
    numbers += [n for x in step.every[1:] for n in _sandwich(replace(x, ones=0), models)]
    everywhere = step.cases.everywhere if step.cases else ()
    numbers += [_unsigned(n) for x in everywhere for n in (x.least, x.most)]
    return numbers + [n for x in step.further for n in _sandwich(x, models)]


def _unsigned(n: int) -> int:
    """0, -1, 1, -2, 2, ... as 0, 1, 2, 3, 4, ..."""
    return 2 * n if n >= 0 else -2 * n - 1


def integers(numbers: Sequence[int] | Ints) -> bytes:
    """The numbers, which are not negative, one after the other."""
    if not isinstance(numbers, np.ndarray):
        if max(numbers, default=0) >> 63:
            return b"".join(map(_integer, numbers))
        numbers = np.array(numbers, dtype=np.int64)
    values = numbers
    size = np.ones(len(values), dtype=np.int64)
    for k in range(1, -(-int(values.max(initial=0)).bit_length() // 7)):
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
