"""A proof that stays in its bytes: however many cells it has, no object of each is held. Trusted.

The bytes do not change, so each time that they are gone through they give the same nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import overload

from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.proof import LongProof, Proof, Split, Step, check_shape
from verifier.reading.proof_bytes import nodes, start_of

APART = 1 << 10
"""Nodes between two whose offsets are remembered."""
TOGETHER = 1 << 15
"""Nodes between two reports."""
Tell = Callable[[int, int], None]
"""Hears how many bytes of the proof are gone through, of how many."""


@dataclass(eq=False, repr=False)
class EncodedProof(LongProof):
    """The proof that ``data`` stands for; ``models`` and ``columns`` as ``nodes`` takes them.

    ``size`` is how many nodes it has, ``opens`` whether one of them is Open: whoever makes it
    knows, as it has been encoded or gone through.
    """

    data: bytes
    models: int | None
    columns: int
    size: int
    opens: bool = field(kw_only=True)
    _last: tuple[int, tuple[Split | Step, ...]] = (-1, ())

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Split | Step]:
        return (node for node, _ in nodes(self.data, self.models, self.columns))

    @overload
    def __getitem__(self, at: int) -> Split | Step: ...
    @overload
    def __getitem__(self, at: slice) -> Proof: ...
    def __getitem__(self, at: int | slice) -> Split | Step | Proof:
        if isinstance(at, slice):
            span = range(self.size)[at]
            place, within = divmod(span.start, APART)
            if span.step == 1:
                return tuple(islice(self._after(place), within, within + len(span)))
            return tuple(self[i] for i in span)
        place, within = divmod(range(self.size)[at], APART)
        if self._last[0] != place:
            self._last = place, tuple(islice(self._after(place), APART))
        return self._last[1][within]

    def groups(self) -> Iterator[list[tuple[Split | Step, int]]]:
        """The nodes, so many at a time, each with the offset after it."""
        every = nodes(self.data, self.models, self.columns)
        while some := list(islice(every, APART)):
            yield some

    def piece(self, start: int, end: int) -> Nodes:
        """The nodes between two offsets; 0 is before the first."""
        first = self._first
        own = self.data[:first] + self.data[max(start, first) : end]
        return Nodes(own, self.models, self.columns, first)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    @cached_property
    def _first(self) -> int:
        """The offset of the first node."""
        return start_of(self.data)

    @cached_property
    def _offsets(self) -> list[int]:
        """The offset after every so-manieth node."""
        ends = (end for _, end in nodes(self.data, self.models, self.columns))
        return list(islice(ends, APART - 1, None, APART))

    def _after(self, place: int) -> Iterator[Split | Step]:
        """The nodes from one on whose offset is remembered."""
        start = self._offsets[place - 1] if place else None
        return (node for node, _ in nodes(self.data, self.models, self.columns, start))


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes whose bytes are the ``data`` from ``start`` on: see ``proof_bytes.nodes``."""

    data: bytes
    models: int | None
    columns: int
    start: int

    def __iter__(self) -> Iterator[Split | Step]:
        every = nodes(self.data, self.models, self.columns, self.start)
        return (node for node, _ in every)


def read_proof(
    domain: Domain, data: bytes, models: int | None, tell: Tell | None = None
) -> tuple[EncodedProof, int]:
    """The proof that bytes stand for, and how many points it evaluates; or CertificateError.

    What is wrong with the bytes is said rather than what is wrong with the splits.
    """

    def told() -> Iterator[Split | Step]:
        every = nodes(data, models, domain.columns)
        while some := list(islice(every, TOGETHER)):
            if tell is not None:
                tell(some[-1][1], len(data))
            yield from (node for node, _ in some)

    try:
        shape = check_shape(domain, told())
    except LeafproofError:
        for _ in told():
            pass
        raise
    held = EncodedProof(data, models, domain.columns, shape.nodes, opens=shape.opens)
    return held, shape.points
