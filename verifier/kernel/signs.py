"""Trees of neurons' signs, in bytes: docs/certificate.md, *Signed*. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats
from verifier.kernel.prepared import Prepared, once
from verifier.model.errors import InvalidProof
from verifier.model.network import Relu

Bytes = npt.NDArray[np.uint8]
Signs = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]
DEEPEST, NEURONS = 255, 1 << 16
"""Tests on a path, and neurons of a network, at most."""
LARGEST = 1 << 26
"""Leaves times neurons, or 16 if fewer, of a step's trees, at most: else it is given by parts."""
DIGITS = 5
"""Of an integer in base 128, at most: more than LARGEST takes."""
INSIDE = [np.uint8(np.arange(256)[:, None] >> np.arange(0, 8, n) & (1 << n) - 1) for n in (1, 2)]
"""The numbers of 1 and of 2 bits in each byte."""
SAYS = 3
"""The slope of a neuron that each leaf gives by itself."""


@dataclass(frozen=True, eq=False)
class Trees:
    """The leaves of some trees, one tree after the other.

    ``step`` (trees) is where each is from, ``about`` what it is of: a row that bounds a neuron from
    below (2 times its number) or above (1 more), or a form (-1 minus its number). ``tree`` (leaves)
    is whose each is. ``sign`` (leaves, neurons) is 1 where a path says that a neuron is at least
    0, -1 where at most 0, else 0. There a multiplier is the number in ``codes`` (leaves, neurons)
    times that in ``units`` (leaves, nodes); elsewhere codes are of slopes, where these (trees,
    neurons) have SAYS.
    """

    step: Ints
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
    """Bytes of a step that are read one part after the other; InvalidProof where none are."""

    def __init__(self, data: bytes, step: int) -> None:
        self.data, self.step, self.at = data, step, 0

    def fault(self, problem: str) -> InvalidProof:
        """What to raise."""
        return InvalidProof(f"step {self.step}: its signs: {problem}")

    def take(self, count: int) -> Bytes:
        """So many."""
        if count > len(self.data) - self.at:
            raise self.fault("they end too early")
        self.at += count
        return np.frombuffer(self.data, np.uint8, count, self.at - count)

    def integers(self, count: int) -> list[int]:
        """So many integers in base 128, of no more digits than it takes, and DIGITS at most."""
        found, value, place = list[int](), 0, 0
        for digit in self.data[self.at : self.at + DIGITS * count]:
            if len(found) == count:
                break
            value, place = value | (digit & 127) << place, place + 7
            if place > 7 * DIGITS or (not digit and place > 7):
                raise self.fault("an integer is too long")
            if digit < 128:
                found.append(value)
                self.at, value, place = self.at + place // 7, 0, 0
        if len(found) < count:
            raise self.fault("they end too early")
        return found

    def small(self, count: int, bits: int) -> Bytes:
        """So many numbers of 1 or 2 bits, and nothing in what is left of the last byte."""
        each: Bytes = INSIDE[bits - 1].take(self.take(-(-count * bits // 8)), axis=0).ravel()
        if each[count:].any():
            raise self.fault("there are bits that say nothing")
        return each[:count]


def _begun(reader: _Reader, first: Ints, count: int, forms: int) -> tuple[Any, ...]:
    """What a step says before multipliers, one tree after the other, given the nodes' ``first``
    neurons of ``count``: what trees are about, below what they test neurons; nodes, in pre-order,
    whether they test, and what; of such neurons the slopes, and of their nodes the bases."""
    rows = np.array(reader.integers(min(*reader.integers(1), 2 * count + 1)), dtype=np.int64)
    if rows.size and (rows[-1] >= 2 * count or (rows[1:] <= rows[:-1]).any()):
        raise reader.fault("their rows are of no neurons, or out of order")
    of = first[np.searchsorted(first, rows // 2, side="right") - 1]
    limits = np.append(of, np.full(forms, count))
    many, (inner,) = len(limits), reader.integers(1)
    if (inner + many) * max(16, count) > LARGEST:
        raise reader.fault("they have too many leaves")
    shape = reader.small(2 * inner + many, 1).view(bool)
    after = np.cumsum(2 * shape.astype(np.int32) - 1)  # right sides to come; trees end one lower
    if after[-1] != -many or (after[:-1] <= -many).any() or after.max() > DEEPEST:
        raise reader.fault("they are no trees, or too deep")
    wide = "<u1" if count <= 1 << 8 else "<u2"
    tests = reader.take(inner * np.dtype(wide).itemsize).view(wide).astype(np.int64)
    slopes = reader.small(int(limits.sum()), 2)
    bases = reader.take(int((first < limits[:, None]).sum())).astype(np.int64) - 128
    return np.append(rows, -1 - np.arange(forms)), limits, shape, tests, slopes, bases


def decode(
    every: Sequence[bytes], numbers: Sequence[int], nodes: Sequence[tuple[int, slice]], forms: int
) -> Trees:
    """The trees that the bytes of steps stand for, of rows and of each form, step by step.

    Raises InvalidProof where they stand for none, with that one of the steps' ``numbers``.
    """
    count = nodes[-1][1].stop if nodes else 0
    first = np.array([own.start for _, own in nodes], dtype=np.int64)
    readers = [_Reader(data, number) for data, number in zip(every, numbers, strict=True)]
    begun = [_begun(reader, first, count, forms) for reader in readers]
    step = np.repeat(np.arange(len(begun)), [len(own[0]) for own in begun])
    about, limits, shape, tests, flat, powers = map(np.concatenate, zip(*begun, strict=True))
    tree, sign = _paths(shape, tests, count, limits, [readers[i] for i in step])
    slopes, bases = np.zeros((len(step), count), np.uint8), np.zeros((len(step), len(nodes)), int)
    slopes[np.arange(count) < limits[:, None]] = flat
    bases[first < limits[:, None]] = powers
    has = [sign[:, own].any(axis=1) for _, own in nodes]
    signed = np.array(has, dtype=bool).reshape(-1, len(tree)).T
    said = (sign != 0) | (slopes == SAYS)[tree]
    units, codes = np.zeros(signed.shape), np.zeros(said.shape, dtype=np.uint8)
    ends = np.searchsorted(step[tree], np.arange(len(begun) + 1))
    for reader, i, j in zip(readers, ends, ends[1:], strict=False):
        raw = reader.take(int(signed[i:j].sum())).astype(np.int64)
        base = bases[tree[i:j]][signed[i:j]]
        units[i:j][signed[i:j]] = np.ldexp(16.0 + (raw & 15), (raw >> 4) + base)
        codes[i:j][said[i:j]] = reader.small(int(said[i:j].sum()), 2)
        if reader.at < len(reader.data):
            raise reader.fault("they go on behind their end")
    return Trees(step, about, tree, sign, codes, units, slopes)


def _paths(
    shape: Bools, tests: Ints, count: int, limits: Ints, of: Sequence[_Reader]
) -> tuple[Ints, Signs]:
    """Of each leaf the tree, and what its path says of neurons, (leaves, neurons).

    ``shape`` is of the nodes, each tree in pre-order, whether they test: one of ``tests``, which
    are to be below the ``limits`` of their trees, which are ``of`` these steps.
    """
    before = np.append(0, np.cumsum(2 * shape.astype(np.int64) - 1)[:-1])
    inner, leaf = np.flatnonzero(shape), np.flatnonzero(~shape)
    tree = -np.minimum.accumulate(before)
    if (late := tree[inner][tests >= limits[tree[inner]]]).size:
        raise of[late[0]].fault("they test a neuron that is not before what they are about")
    # behind the left side of a node comes the next one before which as many are to come
    order = np.argsort(before.astype(np.int16) if len(limits) < 1 << 14 else before, kind="stable")
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
        if (twice := np.flatnonzero(sign[row, tests[up]])).size:
            raise of[tree[leaf[row[twice[0]]]]].fault("a path tests a neuron twice")
        sign[row, tests[up]] = side[here]
        here = inner[up]
    raise of[tree[leaf[row[0]]]].fault("they are no trees, or too deep")
