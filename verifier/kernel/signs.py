"""Trees of neurons' signs, in bytes: docs/certificate.md, *Signed*. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats
from verifier.kernel.prepared import Prepared, once
from verifier.model.errors import InvalidProof
from verifier.model.network import Relu

Bytes = npt.NDArray[np.uint8]
Signs = npt.NDArray[np.int8]
DEEPEST, NEURONS = 255, 1 << 16
"""Tests on a path, and neurons of a network, at most."""
LARGEST = 1 << 26
"""Leaves times neurons, or 16 if fewer, of a step's trees, at most: else it is given by parts."""
SAYS = 3
"""The slope of a neuron that each leaf gives by itself."""


@dataclass(frozen=True, eq=False)
class Trees:
    """The leaves of some trees, one tree after the other.

    ``about`` (trees) says what each is of: a row that bounds a neuron from below (2 times its
    number) or above (1 more), or a form (-1 minus its number). ``tree`` (leaves) is the one that
    each is of. ``sign`` (leaves, neurons) is 1 where the path to it says that a neuron is at least
    0, -1 where at most 0, else 0. There a multiplier is the number in ``codes`` (leaves, neurons)
    times that in ``units`` (leaves, nodes); elsewhere codes are of slopes, where these (trees,
    neurons) have SAYS.
    """

    about: Ints
    tree: Ints
    sign: Signs
    codes: Bytes
    units: Floats
    slopes: Bytes


@once
def neurons(p: Prepared) -> Sequence[tuple[int, slice]]:
    """The nodes that ReLUs read, in order, with their components' numbers among all of these."""
    found, start = list[tuple[int, slice]](), 0
    for node in sorted({x.source for x in p.teacher.layers if isinstance(x, Relu)}):
        found.append((node, slice(start, start := start + p.teacher.widths[node])))
    return found


class _Reader:
    """Bytes that are read one part after the other; InvalidProof where there are none."""

    def __init__(self, data: bytes) -> None:
        self.data = np.frombuffer(data, dtype=np.uint8)
        self.at = 0

    def take(self, count: int) -> Bytes:
        """So many."""
        if count > len(self.data) - self.at:
            raise InvalidProof("they end too early")
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self) -> int:
        """An integer in base 128."""
        value, digit, place = 0, 128, 0
        while digit >= 128 and place < 63:
            digit = int(self.take(1)[0])
            value |= (digit & 127) << place
            place += 7
        if digit >= 128 or (not digit and place > 7):
            raise InvalidProof("an integer is too long")
        return value

    def small(self, count: int, bits: int) -> Bytes:
        """So many numbers of 1 or 2 bits, and nothing in what is left of the last byte."""
        raw, places = self.take(-(-count * bits // 8)), np.arange(0, 8, bits, dtype=np.uint8)
        each = np.asarray(raw[:, None] >> places & (1 << bits) - 1, dtype=np.uint8).ravel()
        if each[count:].any():
            raise InvalidProof("there are bits that say nothing")
        return each[:count]


def decode(data: bytes, nodes: Sequence[tuple[int, slice]], forms: int) -> Trees:
    """The trees that the bytes stand for, of rows and of each form; InvalidProof where none do."""
    reader, count = _Reader(data), nodes[-1][1].stop if nodes else 0
    first = np.array([own.start for _, own in nodes], dtype=np.int64)
    some = [reader.integer() for _ in range(min(reader.integer(), 2 * count + 1))]
    rows = np.array(some, dtype=np.int64)
    if rows.size and (rows[-1] >= 2 * count or (np.diff(rows) <= 0).any()):
        raise InvalidProof("their rows are of no neurons, or out of order")
    many = len(rows) + forms
    of = first[np.searchsorted(first, rows // 2, side="right") - 1]
    limits = np.append(of, np.full(forms, count))
    inner = reader.integer()
    if (inner + many) * max(16, count) > LARGEST:
        raise InvalidProof("they have too many leaves")
    shape = reader.small(2 * inner + many, 1).view(bool)
    wide = "<u1" if count <= 1 << 8 else "<u2"
    tests = reader.take(inner * np.dtype(wide).itemsize).view(wide).astype(np.int64)
    tree, sign = _paths(shape, tests, count, limits)
    own, bases = np.arange(count) < limits[:, None], np.zeros((many, len(nodes)), dtype=np.int64)
    slopes = np.zeros(own.shape, dtype=np.uint8)
    slopes[own] = reader.small(int(own.sum()), 2)
    read = first < limits[:, None]
    bases[read] = reader.take(int(read.sum())).astype(np.int64) - 128
    has = [sign[:, place].any(axis=1) for _, place in nodes]
    signed = np.stack(has, axis=1) if has else np.zeros((len(tree), 0), dtype=bool)
    units = np.zeros(signed.shape)
    raw = reader.take(int(signed.sum())).astype(np.int64)
    units[signed] = np.ldexp(16.0 + (raw & 15), (raw >> 4) + bases[tree][signed])
    said = (sign != 0) | (slopes == SAYS)[tree]
    codes = np.zeros(said.shape, dtype=np.uint8)
    codes[said] = reader.small(int(said.sum()), 2)
    if reader.at < len(data):
        raise InvalidProof("they go on behind their end")
    about = np.append(rows, -1 - np.arange(forms))
    return Trees(about, tree, sign, codes, units, slopes)


def _paths(
    shape: npt.NDArray[np.bool_], tests: Ints, count: int, limits: Ints
) -> tuple[Ints, Signs]:
    """Of each leaf the tree, and what its path says of neurons, (leaves, neurons).

    ``shape`` is of the nodes, each tree in pre-order, whether they test: one of ``tests``, which
    are below the ``limits`` of their trees.
    """
    many = len(limits)
    after = np.cumsum(2 * shape.astype(np.int64) - 1)  # right sides to come; a tree ends one lower
    if after[-1] != -many or (after[:-1] <= -many).any() or after.max() > DEEPEST:
        raise InvalidProof("they are no trees, or too deep")
    before = np.concatenate([[0], after[:-1]])
    inner, leaf = np.flatnonzero(shape), np.flatnonzero(~shape)
    tree = -np.minimum.accumulate(before)
    if (tests >= limits[tree[inner]]).any():
        raise InvalidProof("they test a neuron that is not before what they are about")
    # behind the left side of a node comes the next one before which as many are to come
    order = np.argsort(before.astype(np.int16) if many < 1 << 14 else before, kind="stable")
    follows = np.empty(len(shape), dtype=np.int64)
    follows[order[:-1]] = order[1:]
    parent, side = np.full(len(shape), -1), np.zeros(len(shape), dtype=np.int8)
    number = np.arange(len(inner))
    parent[inner + 1], side[inner + 1] = number, -1
    parent[follows[inner]], side[follows[inner]] = number, 1
    sign = np.zeros((len(leaf), count), dtype=np.int8)
    here, row = leaf, np.arange(len(leaf))
    for _ in range(DEEPEST + 1):
        up = parent[here]
        row, here, up = row[up >= 0], here[up >= 0], up[up >= 0]
        if not row.size:
            return tree[leaf], sign
        if sign[row, tests[up]].any():
            raise InvalidProof("a path tests a neuron twice")
        sign[row, tests[up]] = side[here]
        here = inner[up]
    raise InvalidProof("they are no trees, or too deep")
