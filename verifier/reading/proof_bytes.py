"""The bytes of a proof. Trusted: reading must give back exactly what was written.

A proof is its solver names, then its nodes in pre-order. A node is a variable-length integer
``argument * 8 + kind`` followed by further integers: see docs/certificate.md. In format 2 the
argument of a Step about a network is ``class * models + model``, and Several have steps of their
own; format 1 is the same of one model, and has no Sandwich. Every proof has
exactly one encoding; anything else is refused with the offset where it goes wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from math import gcd

from verifier.model.errors import CertificateError
from verifier.model.proof import (
    About,
    Constant,
    Enumerated,
    Open,
    Proof,
    Sandwich,
    Several,
    Split,
    Step,
    Strip,
    Tail,
    Trusted,
)
from verifier.model.variable import MOST_VALUES

SPLIT, CONSTANT, ENUMERATED, TAIL, OPEN, TRUSTED, SEVERAL, SANDWICH = range(8)
FINEST = 1 << 10
"""The largest exponent of a Sandwich."""
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


def decode(data: bytes, models: int | None = None, columns: int = 0) -> Proof:
    """The proof that the bytes stand for; raises CertificateError with the offset of a fault.

    ``models`` is how many there are in format 2, None for format 1; ``columns`` are the domain's.
    """
    return tuple(node for node, _ in nodes(data, models, columns))


def nodes(
    data: bytes, models: int | None = None, columns: int = 0
) -> Iterator[tuple[Split | Step, int]]:
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
        if kind == SEVERAL and models is not None:
            node: Split | Step = _several(argument, integer, solvers, start, models)
        elif kind == SANDWICH and models is not None:
            node = _sandwich(argument, integer, start, models, columns)
        else:
            node = _node(argument, kind, integer, solvers, start, models or 1)
        yield held.setdefault(data[start:at], node), at
    used = set(named_solvers(held.values()))
    if solvers != sorted(used):
        raise CertificateError(
            "proof.bin: the solvers named are not those of its steps, in order "
            f"(before offset {nodes_at})"
        )


def named_solvers(nodes: Iterable[Split | Step]) -> Iterator[str]:
    """The solver of each Trusted step."""
    for node in nodes:
        for step in node.steps if isinstance(node, Several) else (node,):
            if isinstance(step, Trusted):
                yield step.solver


def _several(
    count: int, integer: Callable[[], int], solvers: list[str], start: int, models: int
) -> Several:
    """So many steps about networks of increasing numbers."""
    if not 2 <= count <= models:
        raise CertificateError(f"proof.bin: {count} steps about one cell at offset {start}")
    steps: list[About] = []
    for _ in range(count):
        argument, kind = divmod(integer(), 8)
        step = _node(argument, kind, integer, solvers, start, models)
        if not isinstance(step, Constant | Tail | Trusted):
            raise CertificateError(
                f"proof.bin: what is no step about a network among several at offset {start}"
            )
        if steps and step.model <= steps[-1].model:
            raise CertificateError(f"proof.bin: steps out of order of models at offset {start}")
        steps.append(step)
    return Several(tuple(steps))


def _sandwich(
    argument: int, integer: Callable[[], int], start: int, models: int, columns: int
) -> Sandwich:
    """A linear sum near one network or two."""

    def signed() -> int:
        n = integer()
        return -(n + 1 >> 1) if n & 1 else n >> 1

    order, second = divmod(argument, 2)
    exponent, width = integer(), integer()
    if order > (3 if second else 0) or exponent > FINEST or not width:
        raise CertificateError(f"proof.bin: no sandwich at offset {start}")
    strips: list[Strip] = []
    for _ in range(1 + second):
        strip = Strip(integer(), signed(), signed())
        fits = strip.model < models and (not strips or strips[-1].model < strip.model)
        if strip.least > strip.most or not fits:
            raise CertificateError(f"proof.bin: no strips of a sandwich at offset {start}")
        strips.append(strip)
    form = tuple(signed() for _ in range(columns))
    return Sandwich(tuple(strips), form, exponent, width, order)


def _node(
    argument: int,
    kind: int,
    integer: Callable[[], int],
    solvers: list[str],
    start: int,
    models: int,
) -> Split | Step:
    if kind == SPLIT:
        return Split(argument, integer())
    klass, model = divmod(argument, models)
    if kind == CONSTANT:
        return Constant(klass, model)
    if kind == TAIL:
        numerator, denominator = integer(), integer()
        if not 0 <= numerator <= denominator or gcd(numerator, denominator) != 1:
            raise CertificateError(f"proof.bin: not a probability at offset {start}")
        return Tail(klass, Fraction(numerator, denominator), model)
    if kind == TRUSTED:
        which = integer()
        if which >= len(solvers):
            raise CertificateError(f"proof.bin: unknown solver at offset {start}")
        return Trusted(klass, solvers[which], model)
    if argument == 0 and kind in (ENUMERATED, OPEN):
        return Enumerated() if kind == ENUMERATED else Open()
    raise CertificateError(
        f"proof.bin: unknown step {kind} at offset {start}: "
        "the file is damaged or from a newer Leafproof"
    )
