"""The draws that sample.json states, made again: one after the other, in integers.

Written from docs/certificate.md; nothing of the kernel is used. Whether the interval follows from
them is for ``ends``.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import gcd

from verifier.second_checker.domain import Cell, Leaf, Point
from verifier.second_checker.plans import Stated
from verifier.second_checker.variables import Chances, Shares

WORD = 1 << 64
ROOM = 1 << 24
"""What the weights of the variables that share a word multiply to, at most."""
CLOSE = 1e-5
"""By so much of delta / 2 more a tail may seem to weigh, as it is added up in floats."""


@dataclass(frozen=True)
class Weighted:
    """Equally probable values in a row: (first value, how many, weight of each), lowest terms."""

    each: tuple[tuple[int, int, int], ...]

    @cached_property
    def before(self) -> list[int]:
        """The weight that comes before each run, and that of all."""
        return list(accumulate((n * w for _, n, w in self.each), initial=0))

    @property
    def total(self) -> int:
        """The weight of all values."""
        return self.before[-1]


def weighted(chances: Chances, own: Sequence[int]) -> Weighted:
    """The runs of a variable's values, those of weight 0 left out."""
    if isinstance(chances, Shares):
        held = [(v, 1, chances.each[v]) for v in own]
    else:
        inside = ((range(max(r[0], own[0]), min(r[-1], own[-1]) + 1), w) for r, w in chances.runs)
        held = [(r[0], len(r), w) for r, w in inside if r]
    kept: list[tuple[int, int, int]] = []
    for first, count, weight in held:
        last = kept[-1] if kept else None
        if last and last[0] + last[1] == first and last[2] == weight:
            kept[-1] = (last[0], last[1] + count, weight)
        elif weight:
            kept.append((first, count, weight))
    unit = gcd(*(weight for _, _, weight in kept))
    return Weighted(tuple((first, count, weight // unit) for first, count, weight in kept))


@dataclass(frozen=True)
class Piece:
    """A product of values that is drawn from, in a leaf of the domain's tree."""

    cell: Cell
    leaf: Leaf
    weight: Fraction

    @property
    def first(self) -> Point:
        """The lowest value of every variable: pieces are sorted by it."""
        return tuple(own[0] for own in self.cell)

    @cached_property
    def runs(self) -> tuple[Weighted, ...]:
        """What each variable is drawn from."""
        return tuple(map(weighted, self.leaf.chances, self.cell))


@dataclass(frozen=True)
class Place:
    """Where a variable reads: the first word, whether three are its own, whether it is new."""

    word: int
    own: bool
    fresh: bool


def layout_of(pieces: Sequence[Piece]) -> tuple[list[Place], int]:
    """The words of each variable, and how many there are."""
    found: list[Place] = []
    used, last, room = 1, 0, 0
    for i in range(len(pieces[0].cell)):
        most = max(x.runs[i].total for x in pieces)
        if most >= ROOM:
            found.append(Place(used, own=True, fresh=True))
            used, room = used + 3, 0
            continue
        fresh = most > room
        if fresh:
            last, used, room = used, used + 1, ROOM
        room //= most
        found.append(Place(last, own=False, fresh=fresh))
    return found, used


def points_of(pieces: Sequence[Piece], stated: Stated) -> Iterator[Point]:
    """The points drawn of pieces (sorted, at least one), in their order."""
    return (point for _, point in draws_of(pieces, stated))


def draws_of(pieces: Sequence[Piece], stated: Stated) -> Iterator[tuple[Piece, Point]]:
    """The same, each with its piece."""
    layout, rows = layout_of(pieces)
    total = sum(x.weight for x in pieces)
    before = accumulate((x.weight for x in pieces[:-1]), initial=Fraction(0))
    edges = [WORD * w // total for w in before]
    for at in range(0, stated.draws, stated.block):
        seed = stated.key + (at // stated.block).to_bytes(8, "little")
        data = hashlib.shake_256(seed).digest(8 * stated.block * rows)
        for i in range(min(stated.block, stated.draws - at)):
            starts = range(8 * i, len(data), 8 * stated.block)
            words = [int.from_bytes(data[x : x + 8], "little") for x in starts]
            piece = pieces[bisect_right(edges, words[0]) - 1]
            yield piece, tuple(_values(piece, layout, words))


def _values(piece: Piece, layout: Sequence[Place], words: Sequence[int]) -> Iterator[int]:
    rest = words[0]
    for runs, place in zip(piece.runs, layout, strict=True):
        if place.own:
            u, first, second = words[place.word : place.word + 3]
            starts = [WORD * w // runs.total for w in runs.before[:-1]]
            start, count, _ = runs.each[bisect_right(starts, u) - 1]
            yield start + count * (first * WORD + second) // WORD**2
            continue
        found = (words[place.word] if place.fresh else rest) * runs.total
        rank, rest = divmod(found, WORD)
        at = bisect_right(runs.before, rank) - 1
        start, _, weight = runs.each[at]
        yield start + (rank - runs.before[at]) // weight


def off_of(pieces: Sequence[Piece]) -> Fraction:
    """How far the draws' distribution can be from the pieces', because words are finite."""
    off, layout = Fraction(len(pieces) + 1, WORD), layout_of(pieces)[0]
    for i, place in enumerate(layout):
        if place.own:
            runs = max(len(x.runs[i].each) for x in pieces)
            longest = max(n for x in pieces for _, n, _ in x.runs[i].each)
            off += Fraction(runs, WORD) + Fraction(longest, WORD**2)
        elif place.fresh:
            off += Fraction(ROOM, WORD)
    return off
