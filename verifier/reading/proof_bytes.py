"""The bytes of a proof. Trusted: reading must give back exactly what was written.

A proof is its solver names, then its nodes in pre-order. A node is a variable-length integer
``argument * 8 + kind`` followed by further integers: see docs/certificate.md. In format 2 the
argument of a Step about a network is ``class * models + model``, and Several have steps of their
own; format 1 is the same of one model, and has no Sandwich. Every proof has
exactly one encoding; anything else is refused with the offset where it goes wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import gcd
from typing import TypeVar

import numpy as np

from verifier.model.errors import CertificateError
from verifier.model.proof import (
    About,
    Cases,
    Constant,
    Enumerated,
    Neuron,
    Open,
    Paired,
    Sandwich,
    Several,
    Side,
    Sides,
    Signed,
    Split,
    Step,
    Strip,
    Tail,
    Trusted,
)
from verifier.model.variable import MOST_VALUES

SPLIT, CONSTANT, ENUMERATED, TAIL, OPEN, TRUSTED, SEVERAL, SANDWICH = range(8)
_SIZES = 2, 1, 1, 3, 1, 2, 0, 0
"""Integers of a node, by its kind; 0 where that depends on them."""
LONGEST = 10_000
"""Bits of a step's numbers, but for sets of values and sums: Python writes no more decimals."""
FINEST = 1 << 10
"""The largest exponent of a Sandwich."""
SIDES, GROUPED = 3, 4
"""What stands for sides where others have the number of neurons that tell cases apart."""
_SHORT, _TOGETHER, _NEXT = 9, 1 << 16, 1 << 8
"""Most bytes of an integer that is below 2**63; bytes that are read together; and behind others."""
_ALONE = 64
"""Integers that are read one by one after one that is longer."""
_MOST_SEEN = 1 << 14
"""Nodes that are remembered, so as not to be made twice."""
_LONGEST = MOST_VALUES // 7 + 2
"""Most bytes of one integer: a mask of a variable's values has fewer. (Tail bounds are shorter.)"""


_T = TypeVar("_T")


class Integers:
    """The integers of some bytes, one after the other; ``at`` is the offset of the next.

    Those of up to ``_SHORT`` bytes are read many at a time: ``_held`` are some that come next, with
    what they are as signed integers, and the offsets after them. Where others are, so many integers
    are read ``_alone``. None has more than ``longest`` bytes.
    """

    def __init__(
        self,
        data: bytes,
        start: int = 0,
        of: str = "proof.bin",
        a: str = "node",
        longest: int = _LONGEST,
    ) -> None:
        self.data, self.of, self.a, self.longest = data, of, a, longest
        self.at = start
        self._held: tuple[list[int], list[int], list[int]] = [], [], []
        self._place = 0
        self._alone = 0
        self._ahead = _TOGETHER

    def next(self) -> int:
        """The next one; raises CertificateError with the offset where there is none."""
        place = self._place
        if place == len(self._held[0]):
            if self._alone == 0:
                self._read()
            if self._alone:
                self._alone -= 1
                return self._slow()
            place = 0
        self.at, self._place = self._held[2][place], place + 1
        return self._held[0][place]

    def plain(self, count: int) -> Sequence[int]:
        """So many of them, as they are."""
        place = self._place
        if count and place + count <= len(self._held[0]):
            self.at, self._place = self._held[2][place + count - 1], place + count
            return self._held[0][place : place + count]
        return [self.next() for _ in range(count)]

    def signed(self, count: int) -> tuple[int, ...]:
        """So many of them that stand for 0, -1, 1, -2, 2, ..."""
        place = self._place
        if count and place + count <= len(self._held[1]):
            self.at, self._place = self._held[2][place + count - 1], place + count
            return tuple(self._held[1][place : place + count])
        every = (self.next() for _ in range(count))
        return tuple(-(n + 1 >> 1) if n & 1 else n >> 1 for n in every)

    def skip(self, size: int) -> bytes:
        """So many bytes as they are, or what is left."""
        raw = self.data[self.at : self.at + size]
        self.at += size
        self._held, self._place = ([], [], []), 0
        self._alone, self._ahead = 1, _NEXT  # more may follow: what is read ahead is for nothing
        return raw

    def known(self, seen: Mapping[bytes, _T]) -> Iterator[tuple[_T, int]]:
        """The nodes that come next for as long as their bytes were ``seen``, in a block of memory.

        Each comes with the offset after it.
        """
        data, ends, at, place = self.data, self._held[2], self.at, self._place
        while place < len(ends):
            after = place + _SIZES[data[at] & 7]
            if not place < after <= len(ends):
                break
            end = ends[after - 1]
            node = seen.get(data[at:end])
            if node is None:
                break
            at, place = end, after
            yield node, end
        self.at, self._place = at, place

    def _read(self) -> None:
        """Hold some that come next, up to one that is not short."""
        raw = np.frombuffer(self.data[self.at : self.at + self._ahead], dtype=np.uint8)
        self._ahead = min(2 * self._ahead, _TOGETHER)
        last = np.flatnonzero(raw < 128)
        first = np.append(0, last[:-1] + 1)[: len(last)]
        size = last + 1 - first
        odd = np.flatnonzero((size > _SHORT) | ((size > 1) & (raw[last] == 0)))
        if odd.size:
            first, last, size = first[: odd[0]], last[: odd[0]], size[: odd[0]]
        value = np.zeros(len(size), dtype=np.int64)
        for k in range(int(size.max(initial=0))):
            there = np.flatnonzero(size > k)
            value[there] |= (raw[first[there] + k].astype(np.int64) & 127) << 7 * k
        signed = value >> 1 ^ -(value & 1)
        self._held = value.tolist(), signed.tolist(), (last + 1 + self.at).tolist()
        self._place = 0
        self._alone = 0 if len(value) else _ALONE

    def _slow(self) -> int:
        """The next one, whatever it is."""
        data, start, digits = self.data, self.at, list[int]()
        if start >= len(data):
            raise CertificateError(f"{self.of}: ends in the middle of a {self.a} (offset {start})")
        while not digits or data[self.at - 1] > 127:
            if self.at >= len(data) or self.at - start >= self.longest:
                raise CertificateError(f"{self.of}: unfinished integer at offset {start}")
            digits.append(data[self.at] & 127)
            self.at += 1
        if len(digits) > 1 and not digits[-1]:
            raise CertificateError(f"{self.of}: integer with leading zeros at offset {start}")
        return _joined(digits)


def _joined(digits: list[int]) -> int:
    """The integer of base-128 digits, the least first."""
    parts, bits = digits, 7
    while len(parts) > 1:
        pairs = zip(parts[::2], [*parts[1::2], 0], strict=False)
        parts = [low | high << bits for low, high in pairs]
        bits *= 2
    return parts[0]


def decode(data: bytes, models: int | None = None, columns: int = 0) -> tuple[Split | Step, ...]:
    """The proof that the bytes stand for; raises CertificateError with the offset of a fault.

    ``models`` is how many there are in format 2, None for format 1; ``columns`` are the domain's.
    """
    return tuple(node for node, _ in nodes(data, models, columns))


def nodes(
    data: bytes, models: int | None = None, columns: int = 0, start: int | None = None
) -> Iterator[tuple[Split | Step, int]]:
    """The proof's nodes one by one, each with the offset after it; raises what ``decode`` raises.

    That the solvers named are those of the steps is seen at the end only. With ``start``, the
    offset of a node, those from there on, and the solvers are not looked at.
    """
    integers = Integers(data)
    solvers = _solvers(integers)
    nodes_at, used = integers.at, set[str]()
    if start is not None:
        integers = Integers(data, start)
    integer = integers.next
    seen: dict[bytes, Split | Step] = {}  # by bytes: the hash of chosen integers can be forced
    while (at := integers.at) < len(data):
        argument, kind = divmod(integer(), 8)
        if kind == SANDWICH and models is not None:  # hardly ever twice the same
            yield _sandwich(argument, integers, at, models, columns), integers.at
            continue
        if kind == SEVERAL and models is not None:
            node: Split | Step = _several(argument, integers, solvers, at, models, columns)
        else:
            node = _node(argument, kind, integers, solvers, at, models)
        if isinstance(node, Several | Trusted):
            used.update(named_solvers((node,)))
        if has_trees(node):  # hardly ever either, and long
            yield node, integers.at
            continue
        if len(seen) == _MOST_SEEN:
            seen.clear()
        yield seen.setdefault(data[at : integers.at], node), integers.at
        yield from integers.known(seen)
    if start is None and solvers != sorted(used):
        raise CertificateError(
            "proof.bin: the solvers named are not those of its steps, in order "
            f"(before offset {nodes_at})"
        )


def start_of(data: bytes) -> int:
    """The offset of a proof's first node."""
    integers = Integers(data)
    _solvers(integers)
    return integers.at


def _solvers(integers: Integers) -> list[str]:
    """The names that the bytes begin with."""
    solvers: list[str] = []
    for _ in range(integers.next()):
        start = integers.at
        size = integers.next()
        raw = integers.skip(size)
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
    return solvers


def named_solvers(nodes: Iterable[Split | Step]) -> Iterator[str]:
    """The solver of each Trusted step."""
    for node in nodes:
        for step in node.steps if isinstance(node, Several) else (node,):
            if isinstance(step, Trusted):
                yield step.solver


def has_trees(node: Split | Step) -> bool:
    """Whether it has trees of signs."""
    every = node.steps if isinstance(node, Several) else (node,)
    return any(isinstance(step, Signed) for step in every)


def _several(
    count: int, integers: Integers, solvers: list[str], start: int, models: int, columns: int
) -> Several | Sandwich:
    """So many steps about models of increasing numbers; the last may be a Sandwich of others."""
    _check_length(start, count)
    if not 2 <= count <= models:
        raise CertificateError(f"proof.bin: {count} steps about one cell at offset {start}")
    steps: list[About] = []
    for _ in range(count):
        argument, kind = divmod(integers.next(), 8)
        if kind == SANDWICH and len(steps) == count - 1:
            return _beside(steps, _sandwich(argument, integers, start, models, columns), start)
        step = _node(argument, kind, integers, solvers, start, models)
        if not isinstance(step, About):
            raise CertificateError(
                f"proof.bin: what is no step about a network among several at offset {start}"
            )
        if steps and step.model <= steps[-1].model:
            raise CertificateError(f"proof.bin: steps out of order of models at offset {start}")
        steps.append(step)
    return Several(tuple(steps))


def _beside(steps: Sequence[About], step: Sandwich, start: int) -> Sandwich:
    """A sandwich behind the classes of other models."""
    known = tuple(x for x in steps if isinstance(x, Constant))
    own = {strip.model for strip in step.strips}
    if len(known) < len(steps) or any(x.model in own for x in known):
        raise CertificateError(
            f"proof.bin: a sandwich behind what is no class of another model at offset {start}"
        )
    return replace(step, beside=known)


def _sandwich(argument: int, integers: Integers, start: int, models: int, columns: int) -> Sandwich:
    """A linear sum near one network or two, which 2 to the power of ``deep`` others may follow, or
    two sides; perhaps about a group of their classes, and then ``groups - 1`` further ones."""
    (groups, deep), own = divmod(argument // 8, GROUPED), argument % 8
    order, second = divmod(own, 2)
    exponent, width = integers.next(), integers.next()
    ones = integers.next() if groups else 0
    _check_length(start, exponent, width, ones)
    fits = (deep <= 1 + second or deep == SIDES) and min(groups, 1) == (ones > 0)
    fits = fits and (groups < 2 or not deep)
    if not fits or order > 3 * second or exponent > FINEST or not width:
        raise CertificateError(f"proof.bin: no sandwich at offset {start}")
    strips: list[Strip] = []
    for _ in range(1 + second):
        strip = Strip(integers.next(), *integers.signed(2))
        fits = strip.model < models and (not strips or strips[-1].model < strip.model)
        if strip.least > strip.most or not fits:
            raise CertificateError(f"proof.bin: no strips of a sandwich at offset {start}")
        strips.append(strip)
    step = Sandwich(tuple(strips), integers.signed(columns), exponent, width, order, ones=ones)
    if groups > 1:
        further = (_further(second, integers, start, models, columns) for _ in range(1, groups))
        return replace(step, further=tuple(further))
    if not deep:
        return step
    if deep == SIDES:
        return replace(step, sides=_sides(integers, start, columns))
    pairs = [(integers.next(), integers.next()) for _ in range(deep)]
    _check_length(start, *(n for pair in pairs for n in pair))
    each = []
    for _ in range(1 << deep):
        argument, kind = divmod(integers.next(), 8)
        if kind != SANDWICH or argument >= 8 or argument % 2 != second:
            raise CertificateError(f"proof.bin: no sandwich of a case at offset {start}")
        each.append(replace(_sandwich(argument, integers, start, models, columns), ones=ones))
    neurons, model = tuple(Neuron(*pair) for pair in pairs), strips[0].model
    every = tuple(Strip(model, *integers.signed(2)) for _ in each) if not second else ()
    if any(strip.least > strip.most for strip in every):
        raise CertificateError(f"proof.bin: no strips of a sandwich at offset {start}")
    return replace(step, cases=Cases(neurons, tuple(each), every))


def _further(second: int, integers: Integers, start: int, models: int, columns: int) -> Sandwich:
    """What a Sandwich says of a further group; ``second`` where it is about two networks."""
    argument, kind = divmod(integers.next(), 8)
    if kind != SANDWICH or argument // 8 != GROUPED or argument % 2 != second:
        raise CertificateError(f"proof.bin: no sandwich of a further group at offset {start}")
    return _sandwich(argument, integers, start, models, columns)


def _sides(integers: Integers, start: int, columns: int) -> Sides:
    """Two sums in one unit."""
    exponent, every = integers.next(), list[Side]()
    for _ in range(2):
        width, (end,) = integers.next(), integers.signed(1)
        _check_length(start, exponent, width)
        if exponent > FINEST or not width:
            raise CertificateError(f"proof.bin: no sides of a sandwich at offset {start}")
        every.append(Side(integers.signed(columns), width, end))
    return Sides(exponent, *every)


def _check_length(start: int, *numbers: int) -> None:
    """Refuse numbers that no message can hold."""
    if max(numbers).bit_length() > LONGEST:
        raise CertificateError(f"proof.bin: a number of too many digits at offset {start}")


def _node(
    argument: int,
    kind: int,
    integers: Integers,
    solvers: list[str],
    start: int,
    models: int | None,
) -> Split | Step:
    _check_length(start, argument)
    integer, signed = integers.next, models is not None and kind == ENUMERATED and argument
    models = models or 1
    if kind == SPLIT:
        return Split(argument, integer())
    klass, model = divmod(argument - 1 if signed else argument, models)
    if signed:
        size = integer()
        if size > len(integers.data) - integers.at:
            raise CertificateError(f"proof.bin: ends in the middle of a node (offset {start})")
        return Signed(klass, integers.skip(size), model)
    if kind == CONSTANT:
        return Constant(klass, model)
    if kind == TAIL:
        numerator, denominator = integer(), integer()
        _check_length(start, numerator, denominator)
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
    pair, order = divmod(argument, 4)
    if kind == OPEN and order and pair // models < pair % models:
        return Paired(*divmod(pair, models), order)
    raise CertificateError(
        f"proof.bin: unknown step {kind} at offset {start}: "
        "the file is damaged or from a newer Leafproof"
    )
