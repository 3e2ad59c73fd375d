"""The bytes of a proof. Trusted: reading must give back exactly what was written.

A proof is its solver names, then its nodes in pre-order. A node is a variable-length integer
``argument * 8 + kind`` followed by further integers: see docs/certificate.md. Every proof has
exactly one encoding; anything else is refused with the offset where it goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from math import gcd

from verifier.model.errors import CertificateError
from verifier.model.proof import Constant, Enumerated, Open, Proof, Split, Step, Tail, Trusted
from verifier.model.variable import MOST_VALUES

SPLIT, CONSTANT, ENUMERATED, TAIL, OPEN, TRUSTED = range(6)
_LONGEST = MOST_VALUES // 7 + 1
"""Most bytes of one integer: as a mask of a variable's values needs. (Tail bounds are shorter.)"""


def _joined(digits: list[int]) -> int:
    """The integer of base-128 digits, the least first."""
    parts, bits = digits, 7
    while len(parts) > 1:
        pairs = zip(parts[::2], [*parts[1::2], 0], strict=False)
        parts = [low | high << bits for low, high in pairs]
        bits *= 2
    return parts[0]


def decode(data: bytes) -> Proof:
    """The proof that the bytes stand for; raises CertificateError with the offset of a fault."""
    return tuple(node for node, _ in nodes(data))


def nodes(data: bytes) -> Iterator[tuple[Split | Step, int]]:
    """The proof's nodes one by one, each with the offset after it; raises what ``decode`` raises.

    That the solvers named are those of the steps is seen at the end only.
    """
    at = 0

    def integer() -> int:
        nonlocal at
        if at >= len(data):
            raise CertificateError(f"proof.bin: ends in the middle of a node (offset {at})")
        first = data[at]
        at += 1
        if first < 128:
            return first
        start, digits, end = at - 1, [first & 127], False
        while not end:
            if at >= len(data) or at - start > _LONGEST:
                raise CertificateError(f"proof.bin: unfinished integer at offset {start}")
            digits.append(data[at] & 127)
            end = data[at] < 128
            at += 1
        if not digits[-1]:
            raise CertificateError(f"proof.bin: integer with leading zeros at offset {start}")
        return _joined(digits)

    solvers = []
    for _ in range(integer()):
        start = at
        size = integer()
        raw = data[at : at + size]
        at += size
        try:
            solvers.append(raw.decode())
        except UnicodeDecodeError:
            raise CertificateError(
                f"proof.bin: a solver's name is not UTF-8 text (offset {start})"
            ) from None
        if len(raw) < size or not solvers[-1].isprintable() or not 0 < size <= 200:
            raise CertificateError(
                f"proof.bin: a solver's name is missing, too long or unprintable (offset {start})"
            )
    nodes_at = at
    held: dict[bytes, Split | Step] = {}  # by bytes: the hash of chosen integers can be forced
    while at < len(data):
        start = at
        argument, kind = divmod(integer(), 8)
        node = _node(argument, kind, integer, solvers, start)
        yield held.setdefault(data[start:at], node), at
    used = {node.solver for node in held.values() if isinstance(node, Trusted)}
    if solvers != sorted(used):
        raise CertificateError(
            "proof.bin: the solvers named are not those of its steps, in order "
            f"(before offset {nodes_at})"
        )


def _node(
    argument: int, kind: int, integer: Callable[[], int], solvers: list[str], start: int
) -> Split | Step:
    if kind == SPLIT:
        return Split(argument, integer())
    if kind == CONSTANT:
        return Constant(argument)
    if kind == TAIL:
        numerator, denominator = integer(), integer()
        if not 0 <= numerator <= denominator or gcd(numerator, denominator) != 1:
            raise CertificateError(f"proof.bin: not a probability at offset {start}")
        return Tail(argument, Fraction(numerator, denominator))
    if kind == TRUSTED:
        which = integer()
        if which >= len(solvers):
            raise CertificateError(f"proof.bin: unknown solver at offset {start}")
        return Trusted(argument, solvers[which])
    if argument == 0 and kind in (ENUMERATED, OPEN):
        return Enumerated() if kind == ENUMERATED else Open()
    raise CertificateError(
        f"proof.bin: unknown step {kind} at offset {start}: "
        "the file is damaged or from a newer Leafproof"
    )
