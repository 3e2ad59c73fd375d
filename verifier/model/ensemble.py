"""Ensembles: decision trees whose leaves' numbers are added up, and their exact evaluation.

What a user's library computes is stated, roundings and all: the numbers of the trees' leaves are
added one after the other, each sum rounded to the nearest number of ``arithmetic``, ties to even.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.errors import EnsembleError
from verifier.model.head import Head, check_classes
from verifier.model.limits import require_memory
from verifier.model.methods import EnsembleMethods
from verifier.model.network import Network, exact_integers
from verifier.model.softmax import check_link, softmax_classes
from verifier.model.tree import Inner

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]

ARITHMETICS = ("exact", "float32", "float64")
"""How scores are added: as numbers, or with every sum rounded."""
SMALLEST = {"exact": 900, "float32": 80, "float64": 900}
"""Numbers other than 0 are at least two to minus this, so that no sum is ever subnormal: sums are
multiples of the last place of the smallest number."""
LARGEST = {"exact": 1000, "float32": 120, "float64": 1000}
"""All magnitudes together stay below two to this: no sum overflows."""
MOST_NODES = 1 << 22
MOST_NUMBERS = 1 << 26
"""Most nodes, times outputs: what the leaves' numbers take as an array."""
WHOLE = 1 << 61
"""Exact sums below this are held in int64."""


@dataclass(frozen=True, slots=True)
class Score:
    """A leaf: what it adds to outputs, ``(output, number)`` pairs, outputs ascending."""

    values: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Member:
    """A tree of an ensemble: ``nodes[0]`` is the root, children stand after their parents.

    A node may have several parents (a test for a set of values is a ladder of tests whose ways lead
    to the same two nodes), and every node but the root has one. Raises EnsembleError.
    """

    nodes: tuple[Inner | Score, ...]

    def __post_init__(self) -> None:
        if not self.nodes:
            raise EnsembleError("it has no nodes: a single leaf is the smallest tree")
        led_to = {0}
        for i, node in enumerate(self.nodes):
            if isinstance(node, Score):
                outputs = [output for output, _ in node.values]
                if outputs != sorted(set(outputs)) or (outputs and outputs[0] < 0):
                    raise EnsembleError(f"node {i} does not name its outputs once, in order")
                continue
            if node.column < 0:
                raise EnsembleError(f"node {i} tests column {node.column}: columns are 0, 1, ...")
            if not isinstance(node.threshold, Fraction | int):
                raise EnsembleError(f"node {i} tests {node.threshold!r}: give Fraction(threshold)")
            for child in (node.left, node.right):
                if not i < child < len(self.nodes):
                    raise EnsembleError(f"node {i}, child {child}: these stand after their parents")
            led_to |= {node.left, node.right}
        if len(led_to) < len(self.nodes):
            lost = min(set(range(len(self.nodes))) - led_to)
            raise EnsembleError(f"node {lost} has no parent: leave it out")

    def leaf_at(self, row: Sequence[Fraction] | Sequence[float]) -> int:
        """The leaf node that an input reaches: all comparisons are exact."""
        at = 0
        while isinstance(node := self.nodes[at], Inner):
            at = node.left if row[node.column] <= node.threshold else node.right
        return at


@dataclass(frozen=True, repr=False, eq=False)
class Ensemble(EnsembleMethods):
    """Trees over ``columns`` inputs that give every point ``outputs`` scores.

    Score k is ``start[k]`` plus what the members' leaves add to it, member by member, rounded after
    each addition in ``arithmetic`` ("exact": not at all); then divided by ``divisor``, or times
    ``factor`` (one of the two is 1), rounded.
    One output: class 1 iff the score is > ``threshold``, else 0. Several: the largest, ties to the
    lowest; ``threshold`` is None. With the ``link`` "softmax" the scores' softmaxes are compared,
    rounded as ``model/softmax.py`` says. ``head`` and ``labels`` as a Network's, ``notes`` what
    loading changed. All numbers are float64 or, where that is the arithmetic, float32.
    Raises EnsembleError for what does not fit together, or may overflow or underflow.
    """

    columns: int
    outputs: int
    members: tuple[Member, ...]
    start: tuple[float, ...]
    arithmetic: str
    threshold: float | None = None
    divisor: float = 1.0
    notes: tuple[str, ...] = ()
    head: Head | None = None
    labels: tuple[str, ...] = ()
    link: str = ""
    factor: float = 1.0

    def __post_init__(self) -> None:
        if self.columns < 1 or self.outputs < 1 or len(self.start) != self.outputs:
            raise EnsembleError("an ensemble has columns, and outputs with one start each")
        if self.arithmetic not in ARITHMETICS:
            raise EnsembleError(f"scores are added as one of {', '.join(ARITHMETICS)}")
        if (self.threshold is None) != (self.outputs > 1):
            raise EnsembleError("one output has a threshold, several have none")
        if self.threshold is not None and not math.isfinite(self.threshold):
            raise EnsembleError("the threshold is no finite number")
        if not 2.0**-20 <= self.divisor <= 2.0**20:
            raise EnsembleError("scores are divided by a number from 2^-20 to 2^20")
        rounds = self.divisor == 1 and self.arithmetic != "exact" and not self.link
        if self.factor != 1 and not (rounds and 2.0**-20 <= self.factor <= 2.0**20):
            raise EnsembleError(
                "rounded scores that are not divided, and of which no softmax is taken, may be "
                "multiplied by a number from 2^-20 to 2^20"
            )
        if self.size > MOST_NODES or self.size * self.outputs > MOST_NUMBERS:
            raise EnsembleError(
                f"{self.size} nodes of {self.outputs} outputs are too many: at most {MOST_NODES} "
                f"nodes, and their product at most {MOST_NUMBERS}"
            )
        for i, member in enumerate(self.members):
            self._check_member(i, member)
        self._check_numbers()
        check_link(self.link, self.arithmetic, self.outputs)
        check_classes(self.head, self.labels, self.outputs)

    def _check_member(self, i: int, member: Member) -> None:
        for j, node in enumerate(member.nodes):
            if isinstance(node, Inner) and node.column >= self.columns:
                raise EnsembleError(
                    f"tree {i} tests column {node.column} (node {j}), but columns are 0 to "
                    f"{self.columns - 1}"
                )
            if isinstance(node, Score) and node.values and node.values[-1][0] >= self.outputs:
                raise EnsembleError(
                    f"tree {i} adds to output {node.values[-1][0]} (node {j}), but outputs are 0 "
                    f"to {self.outputs - 1}"
                )

    def _check_numbers(self) -> None:
        least, most = 2.0 ** -SMALLEST[self.arithmetic], 2.0 ** LARGEST[self.arithmetic]
        leaves = (n for m in self.members for n in m.nodes if isinstance(n, Score))
        numbers = {x for leaf in leaves for _, x in leaf.values}
        numbers |= {*self.start, self.divisor, self.factor}
        for x in numbers:
            if not math.isfinite(x) or 0 < abs(x) < least:
                raise EnsembleError(
                    f"it adds {x!r}: numbers are finite, and 0 or at least "
                    f"2^-{SMALLEST[self.arithmetic]} in magnitude; round smaller ones to 0"
                )
            if self.arithmetic == "float32" and abs(x) < most and float(np.float32(x)) != x:
                raise EnsembleError(f"it adds in float32, but {x!r} is no float32 number")
        if not self.largest * max(1.0, 1 / self.divisor, self.factor) < most:
            raise EnsembleError(
                f"its scores may reach {self.largest}: they must stay below "
                f"2^{LARGEST[self.arithmetic]}"
            )

    @cached_property
    def size(self) -> int:
        """Nodes of all members."""
        return sum(len(m.nodes) for m in self.members)

    @cached_property
    def largest(self) -> float:
        """At least the magnitude of every partial sum, roundings included."""
        every = [
            max((abs(x) for n in m.nodes if isinstance(n, Score) for _, x in n.values), default=0.0)
            for m in self.members
        ]
        try:
            total = math.fsum([*every, max(map(abs, self.start))])
        except OverflowError:  # where a float64 sum is only infinite
            return math.inf
        return total * (1 + (len(every) + 2) * 2.0**-20)

    @property
    def classes(self) -> int:
        """Number of classes: 2 for a single output."""
        return max(2, self.outputs)

    @property
    def executed(self) -> tuple[str, ...]:
        """The narrow number types that running it rounds to, as of a Network: none."""
        return ()

    def __getstate__(self) -> dict[str, Any]:
        """For pickle and copy: only what was given."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def sums(self) -> Sums:
        """The numbers as arrays, as they are added."""
        return sums_of(self)

    def class_at(self, row: Sequence[Fraction] | Sequence[float]) -> int:
        """The class of an input: all comparisons are exact, sums are rounded as stated."""
        leaves = np.array([[m.leaf_at(row) for m in self.members]], dtype=np.int64)
        return int(self.sums.classes(self.sums.total(leaves))[0])


Teacher = Network | Ensemble
"""What trees are compared with, and distilled from."""


@dataclass(frozen=True, eq=False)
class Sums:
    """An ensemble's numbers, ready to be added.

    ``values[m]`` has shape (nodes of member m, outputs): what a node adds, 0 for tests. Their type
    is that of the arithmetic; where it is exact they are integers over ``scale``. ``start`` has
    shape (outputs,). Sums (before the division) of one output belong to class 1 iff they are, once
    divided, above ``limit``; where it is exact iff they are above ``limit``.
    """

    ensemble: Ensemble
    values: tuple[Array, ...]
    start: Array
    scale: int
    divisor: Any
    limit: Any
    factor: Any = 1

    def total(self, leaves: Ints) -> Array:
        """The sums at points, (N, outputs), from the leaf nodes reached, (N, members)."""
        sums = np.repeat(self.start[None], len(leaves), axis=0)
        for own, at in zip(self.values, leaves.T, strict=True):
            sums += own[at]  # rounds to nearest, ties to even, in the arrays' own type
        return sums

    def divided(self, sums: Array) -> Array:
        """The sums, once multiplied or divided (by 1: no change); exact ones are left."""
        return sums if self.divisor is None else sums * self.factor / self.divisor

    def classes(self, sums: Array) -> Ints:
        """The classes that sums (N, outputs) stand for."""
        scores = self.divided(sums)
        if self.ensemble.outputs == 1:
            return self.above(scores[:, 0]).astype(np.int64)
        if self.ensemble.link:
            return softmax_classes(scores)
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)  # the first of the largest

    def above(self, scores: Array) -> npt.NDArray[np.bool_]:
        """Which scores of one output belong to class 1; NumPy 1 would round the limit to theirs."""
        held = scores if self.divisor is None else scores.astype(np.float64)
        return np.asarray(held > self.limit, dtype=np.bool_)

    def scores(self, sums: Array) -> list[list[Fraction]]:
        """The scores, exactly what they are."""
        if self.divisor is None:
            unit = self.scale * Fraction(self.ensemble.divisor)
            return [[Fraction(int(x)) / unit for x in row] for row in sums.tolist()]
        return [[Fraction(x) for x in row] for row in self.divided(sums).tolist()]


def sums_of(ensemble: Ensemble) -> Sums:
    """An ensemble's numbers, ready to be added."""
    counts = [len(m.nodes) for m in ensemble.members]
    require_memory(16 * sum(counts) * ensemble.outputs, "the ensemble's leaves", EnsembleError)
    flat = np.zeros((sum(counts) + 1, ensemble.outputs))
    flat[-1] = ensemble.start
    nodes = (node for m in ensemble.members for node in m.nodes)
    for i, node in enumerate(nodes):
        if isinstance(node, Score):
            for output, x in node.values:
                flat[i, output] = x
    scale, divisor, limit = 1, None, ensemble.threshold
    every: Array
    if ensemble.arithmetic == "exact":
        whole, scale = exact_integers(flat.ravel())
        fits = ensemble.largest * scale < WHOLE
        every = np.array(whole, dtype=np.int64 if fits else object).reshape(flat.shape)
        if limit is not None:
            limit = math.floor(Fraction(limit) * Fraction(ensemble.divisor) * scale)
    else:
        every = flat.astype(ensemble.arithmetic)
        divisor = every.dtype.type(ensemble.divisor)
        limit = None if limit is None else np.float64(limit)
    ends = np.cumsum(counts)[:-1].tolist() if counts else []
    values = tuple(np.split(every[:-1], ends)) if counts else ()
    factor = every.dtype.type(ensemble.factor) if divisor is not None else 1
    return Sums(ensemble, values, every[-1], scale, divisor, limit, factor)
