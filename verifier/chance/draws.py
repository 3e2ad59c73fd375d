"""Drawing points from cells by a counter: rule 11. Trusted.

Block number b of a sample is made of SHAKE-256(key, b) and of nothing else, so blocks can be drawn
in any order. A draw is a piece of the population, by its weight, and a point of it; what differs
from these probabilities because words are finite is bounded by ``Drawing.off``.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from verifier.model.chances import Distribution, Listed
from verifier.model.part import Part, values

Ints = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]
WORD = 64
"""Bits of a word."""
ROOM = 24
"""A word is shared by variables whose weights multiply to at most 2**ROOM."""
MOST_LISTED = 1 << 14
"""Weight of an axis whose values are listed, one for each part of it."""
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


@dataclass(frozen=True)
class Axis:
    """How a variable is drawn in a piece: runs of equally probable values.

    ``starts`` are their first values, ``counts`` how many there are, ``weights`` the integer weight
    of each value, in lowest terms.
    """

    starts: tuple[int, ...]
    counts: tuple[int, ...]
    weights: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """The weight of all values together."""
        return sum(n * w for n, w in zip(self.counts, self.weights, strict=True))


def axis_of(chances: Distribution, part: Part) -> Axis:
    """A part of a variable that has a positive probability."""
    if isinstance(chances, Listed):
        assert isinstance(part, int)
        runs = [(v, 1, chances.weights[v]) for v in values(part)]
    else:
        assert isinstance(part, range)
        runs, start = [], chances.start
        for stop, weight in zip(chances.stops, chances.each, strict=True):
            low, high = max(start, part.start), min(stop, part.stop)
            if low < high:
                runs.append((low, high - low, weight))
            start = stop
    kept: list[list[int]] = []
    for start, count, weight in runs:
        if kept and kept[-1][0] + kept[-1][1] == start and kept[-1][2] == weight:
            kept[-1][1] += count
        elif weight:
            kept.append([start, count, weight])
    unit = math.gcd(*(weight for _, _, weight in kept))
    starts, counts, weights = zip(*kept, strict=True)
    return Axis(starts, counts, tuple(weight // unit for weight in weights))


@dataclass(frozen=True, eq=False)
class Column:
    """One variable's axes in all pieces.

    ``owner`` (pieces,) says which axis a piece has. ``totals`` (axes,) are their weights, ``first``
    where an axis' runs begin; of the runs of all axes, one after the other, ``edges`` is the weight
    that comes before each, ``starts`` and ``each`` are the first value and the weight of a value.
    ``long``: the weights do not fit into a shared word.
    """

    owner: Ints
    totals: Words
    first: Ints
    edges: Words
    starts: Ints
    each: Words
    long: bool
    most: int
    runs: int

    @property
    def lone(self) -> bool:
        """Whether every axis is one run."""
        return len(self.starts) == len(self.first)

    @cached_property
    def table(self) -> Ints | None:
        """The values of the only axis by the weight before; None where there are others, or that
        would be long."""
        if len(self.first) > 1 or self.long or int(self.totals[0]) > MOST_LISTED:
            return None
        ranks = np.arange(int(self.totals[0]), dtype=np.uint64)
        return _picked(self, np.zeros(len(ranks), dtype=np.int64), ranks)


def column_of(axes: Sequence[Axis], owner: Ints) -> Column:
    """The column of some axes; weights that are too long for words are rounded to 2**-WORD."""
    long = max(axis.total for axis in axes) >> ROOM > 0
    lengths = [len(axis.starts) for axis in axes]
    edges: list[int] = []
    totals: list[int] = []
    each: list[int] = []
    for axis in axes:
        own = [n * w for n, w in zip(axis.counts, axis.weights, strict=True)]
        before = [0, *accumulate(own)][:-1]
        if long:  # of the word that picks a run; the values of a run are equally probable
            before = [(x << WORD) // axis.total for x in before]
        edges += before
        totals.append(axis.total if not long else 0)
        each += axis.counts if long else axis.weights
    return Column(
        owner,
        np.array(totals, dtype=np.uint64),
        np.array([0, *accumulate(lengths)][:-1], dtype=np.int64),
        np.array(edges, dtype=np.uint64),
        np.array([x for axis in axes for x in axis.starts], dtype=np.int64),
        np.array(each, dtype=np.uint64),
        long,
        max(axis.total if not long else max(axis.counts) for axis in axes),
        max(lengths),
    )


def column_of_ranges(starts: Ints, counts: Ints) -> Column:
    """The column of a range of equally probable values in each piece."""
    pieces, most = np.arange(len(starts)), int(counts.max())
    long = most >> ROOM > 0
    totals = np.zeros_like(counts) if long else counts
    each = counts if long else np.ones_like(counts)
    edges = np.zeros(len(starts), dtype=np.uint64)
    return Column(
        pieces,
        totals.astype(np.uint64),
        pieces,
        edges,
        starts,
        each.astype(np.uint64),
        long,
        most,
        1,
    )


@dataclass(frozen=True, eq=False)
class Drawing:
    """How draws are made: ``edges`` (pieces,) are the weights before each, over 2**WORD.

    A block has ``size`` draws. ``words`` is how many words a draw takes, ``layout`` for each column
    the first that it reads, and whether it reads it first.
    """

    key: bytes
    size: int
    edges: Words
    columns: tuple[Column, ...]
    layout: tuple[tuple[int, bool], ...]
    words: int
    off: Fraction

    def block(self, number: int) -> tuple[Ints, Ints]:
        """The pieces and the points (value indices, (size, variables)) of a block."""
        words = stream(self.key, number, self.size * self.words).reshape(self.words, self.size)
        pieces = np.searchsorted(self.edges, words[0], side="right") - 1
        points = np.empty((len(self.columns), self.size), dtype=np.int64).T
        rest = words[0]
        for i, (column, (at, fresh)) in enumerate(zip(self.columns, self.layout, strict=True)):
            axes = column.owner[pieces]
            if column.long:
                points[:, i] = _long(column, axes, words[at : at + 3])
                continue
            word = words[at] if fresh else rest
            rank, rest = times(word, column.totals[axes])
            points[:, i] = _short(column, axes, rank)
        return pieces, points


def drawing(
    key: bytes,
    size: int,
    weights: Sequence[int],
    axes: Sequence[tuple[Sequence[Axis], Sequence[int]]],
) -> Drawing:
    """Draws of pieces with these weights (positive integers); ``size`` of them are a block.

    ``axes`` are for every variable those that it is drawn from, and the number of each piece's.
    """
    columns = [column_of(own, np.array(owner, dtype=np.int64)) for own, owner in axes]
    return drawn_by(key, size, weights, columns)


def drawn_by(key: bytes, size: int, weights: Sequence[int], columns: Sequence[Column]) -> Drawing:
    """The same by the variables' columns."""
    total, before = sum(weights), 0
    edges = []
    for weight in weights:
        edges.append((before << WORD) // total)
        before += weight
    layout: list[tuple[int, bool]] = []
    used, room, off = 1, 0, Fraction(len(weights), 1 << WORD)
    last = 0
    for column in columns:
        if column.long:
            layout.append((used, True))
            used, room = used + 3, 0
            off += Fraction(column.runs, 1 << WORD) + Fraction(column.most, 1 << 2 * WORD)
            continue
        fresh = column.most > room
        if fresh:
            last, used, room = used, used + 1, 1 << ROOM
            off += Fraction(1 << ROOM, 1 << WORD)
        room //= column.most
        layout.append((last, fresh))
    return Drawing(
        key, size, np.array(edges, dtype=np.uint64), tuple(columns), tuple(layout), used, off
    )


def stream(key: bytes, number: int, words: int) -> Words:
    """The words of a block."""
    data = hashlib.shake_256(key + number.to_bytes(8, "little")).digest(8 * words)
    return np.frombuffer(data, dtype="<u8").astype(np.uint64, copy=False)


def times(word: Words, count: Words) -> tuple[Words, Words]:
    """``word * count`` as its multiple of 2**WORD, and the rest."""
    low, high = word & LOW, word >> HALF
    less, more = count & LOW, count >> HALF
    middle = high * less + ((low * less) >> HALF)
    cross = low * more + (middle & LOW)
    return high * more + (middle >> HALF) + (cross >> HALF), word * count


def _short(column: Column, axes: Ints, rank: Words) -> Ints:
    """The values that come after so much weight in an axis."""
    if column.table is not None:
        return column.table.take(rank.view(np.int64))
    return _picked(column, axes, rank)


def _picked(column: Column, axes: Ints, rank: Words) -> Ints:
    if column.lone:  # then a value weighs 1, as weights are in lowest terms
        return column.starts[column.first[axes]] + rank.astype(np.int64)
    run = _run(column, axes, rank)
    inside = (rank - column.edges[run]) // column.each[run]
    return column.starts[run] + inside.astype(np.int64)


def _long(column: Column, axes: Ints, words: Words) -> Ints:
    """The run that the first word picks, and the value that 2 * WORD bits pick of it."""
    run = _run(column, axes, words[0])
    count = column.each[run]
    top, low = times(words[1], count)
    carry, _ = times(words[2], count)
    value = top + (low + carry < low)
    return column.starts[run] + value.astype(np.int64)


def _run(column: Column, axes: Ints, at: Words) -> Ints:
    """The run of each draw's axis in which so much weight comes before ``at``."""
    run = column.first[axes]
    ends = np.append(column.first[1:], len(column.starts))[axes]
    step = 1 << (column.runs - 1).bit_length()
    while step:  # search by halves, each in its own axis
        further = run + step
        inside = further < ends
        ahead = np.where(inside, further, 0)
        run = np.where(inside & (column.edges[ahead] <= at), further, run)
        step >>= 1
    return run
