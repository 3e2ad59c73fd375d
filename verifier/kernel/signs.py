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
"""Leaves times neurons of a step's trees, at most: larger ones are to be given by parts."""
SAYS = 3
"""The slope of a neuron that each leaf gives by itself."""


@dataclass(frozen=True, eq=False)
class Trees:
    """The leaves of some trees, one tree after the other.

    ``tree`` (leaves) is the one that each is of. ``sign`` (leaves, neurons) is 1 where the path to
    it says that a neuron is at least 0, -1 where at most 0, else 0. There a multiplier is the
    number in ``codes`` (leaves, neurons) times that in ``units`` (leaves, nodes); elsewhere codes
    are of slopes, where these (trees, neurons) have SAYS.
    """

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
        raw = np.unpackbits(self.take(-(-count * bits // 8)), bitorder="little")
        if raw[count * bits :].any():
            raise InvalidProof("there are bits that say nothing")
        places = np.arange(bits, dtype=np.uint8)
        each = raw[: count * bits].reshape(count, bits) << places
        return np.asarray(each.sum(axis=1, dtype=np.uint8))


def decode(data: bytes, nodes: Sequence[tuple[int, slice]], forms: int) -> Trees:
    """The trees that the bytes stand for, one for each of the forms; InvalidProof where none do."""
    reader, count = _Reader(data), nodes[-1][1].stop if nodes else 0
    if reader.integer():
        raise InvalidProof("they have rows, which this Leafproof does not know")
    inner = reader.integer()
    leaves = inner + forms
    if leaves * max(1, count) > LARGEST:
        raise InvalidProof("they have too many leaves")
    shape = reader.small(inner + leaves, 1).view(bool)
    wide = "<u1" if count <= 1 << 8 else "<u2"
    tests = reader.take(inner * np.dtype(wide).itemsize).view(wide).astype(np.int64)
    tree, sign = _paths(shape, tests, count, forms)
    slopes = reader.small(forms * count, 2).reshape(forms, count)
    bases = reader.take(forms * len(nodes)).reshape(forms, -1).astype(np.int64) - 128
    has = [sign[:, own].any(axis=1) for _, own in nodes]
    signed = np.stack(has, axis=1) if has else np.zeros((leaves, 0), dtype=bool)
    units = np.zeros(signed.shape)
    raw = reader.take(int(signed.sum())).astype(np.int64)
    units[signed] = np.ldexp(16.0 + (raw & 15), (raw >> 4) + bases[tree][signed])
    said = (sign != 0) | (slopes == SAYS)[tree]
    codes = np.zeros(said.shape, dtype=np.uint8)
    codes[said] = reader.small(int(said.sum()), 2)
    if reader.at < len(data):
        raise InvalidProof("they go on behind their end")
    return Trees(tree, sign, codes, units, slopes)


def _paths(shape: npt.NDArray[np.bool_], tests: Ints, count: int, forms: int) -> tuple[Ints, Signs]:
    """Of each leaf the tree, and what its path says of neurons, (leaves, neurons).

    ``shape`` is of the nodes, each tree in pre-order, whether they test: one of ``tests``.
    """
    after = np.cumsum(2 * shape.astype(np.int64) - 1)  # right sides to come; a tree ends one lower
    if after[-1] != -forms or (after[:-1] <= -forms).any() or after.max() > DEEPEST:
        raise InvalidProof("they are no trees, or too deep")
    if (tests >= count).any():
        raise InvalidProof("they test a neuron that does not exist")
    before = np.concatenate([[0], after[:-1]])
    inner, leaf = np.flatnonzero(shape), np.flatnonzero(~shape)
    # behind the left side of a node comes the next one before which as many are to come
    order = np.argsort(before.astype(np.int16) if forms < 1 << 14 else before, kind="stable")
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
            return -np.minimum.accumulate(before)[leaf], sign
        if sign[row, tests[up]].any():
            raise InvalidProof("a path tests a neuron twice")
        sign[row, tests[up]] = side[here]
        here = inner[up]
    raise InvalidProof("they are no trees, or too deep")
