"""Ensembles of trees, a second time: sums of integers over one power of two, rounded by hand.

Written from docs/certificate.md and "Ensembles of trees" in docs/soundness.md. A cell is bounded by
the leaves that walking every tree with the cell's own parts comes to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, lcm
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Cell, Domain, Inner, Point, Tree
from verifier.second_checker.reading import TooLarge, entry_of, filled, number
from verifier.second_checker.rounding import RANGE, inputs_are_float32
from verifier.second_checker.softmax import class_of_softmax
from verifier.second_checker.tree import VISIT, leaf_at, left_of, overlay
from verifier.second_checker.variables import Inputs

DIGITS = {"exact": 0, "float32": 24, "float64": 53}
"""Binary digits of a number of each arithmetic; 0: all that there are."""
SMALLEST = {"exact": 900, "float32": 80, "float64": 900}
LARGEST = {"exact": 1000, "float32": 120, "float64": 1000}
"""Numbers are 0 or at least 2 to minus this; all together stay below 2 to this."""
MOST_NODES = 1 << 22
KEYS = ("columns", "outputs", "arithmetic", "start", "divisor", "threshold", "notes", "members")
OPTIONAL = ("head", "labels", "link", "factor")


@dataclass(frozen=True)
class Forest:
    """An ensemble; its trees' leaves are numbers of ``adds``: what they add to each output.

    All numbers are whole multiples of 1 / ``over``, a power of two; ``digits`` those that a sum
    keeps. ``firm``: every float32 evaluation gives the same classes.
    """

    reads: tuple[int, ...]
    trees: tuple[Tree, ...]
    adds: tuple[tuple[int, ...], ...]
    start: tuple[int, ...]
    over: int
    digits: int
    divisor: Fraction
    factor: Fraction
    threshold: Fraction | None
    firm: bool
    softens: bool

    @property
    def outputs(self) -> int:
        """How many scores."""
        return len(self.start)

    @property
    def classes(self) -> int:
        """How many classes."""
        return max(2, self.outputs)

    @property
    def work(self) -> int:
        """What a point costs, as so many multiplications."""
        return 20 * len(self.trees) * (4 + self.outputs) + 20 * len(self.reads)

    def cell(self, cell: Cell) -> Cell:
        """What it sees of a cell."""
        return tuple(cell[i] for i in self.reads)

    def class_at(self, point: Point) -> int:
        """Its class at a point of the domain."""
        sums = list(self.start)
        for tree in self.trees:
            for k, x in enumerate(self.adds[leaf_at(tree, point)]):
                sums[k] = rounded(sums[k] + x, self.digits)
        return self.class_of(sums)

    def class_of(self, sums: Sequence[int]) -> int:
        """The class that such sums stand for."""
        scores = [self._divided(x) for x in sums]
        if self.threshold is not None:
            return int(scores[0] > self.threshold)
        if self.softens:
            return class_of_softmax(scores, self.digits)
        return max(range(len(scores)), key=lambda k: (scores[k], -k))

    def _divided(self, total: int) -> Fraction:
        score = Fraction(total, self.over) * self.factor / self.divisor
        return nearest(score, self.digits) if self.digits else score

    def has(self, cell: Cell, klass: int, spend: Callable[[int], None]) -> bool:
        """Whether it is shown to have a class everywhere in a cell of the domain."""
        reached = []
        for tree in self.trees:
            leaves = {leaf for _, leaf in overlay(tree, cell, spend)}
            reached.append([self.adds[leaf] for leaf in leaves])
            spend(VISIT + len(leaves) * self.outputs)
        ends = []
        for side in (min, max):
            sums = list(self.start)
            for adds in reached:
                for k in range(self.outputs):
                    sums[k] = rounded(sums[k] + side(own[k] for own in adds), self.digits)
            ends.append([self._divided(x) for x in sums])
        low, high = ends
        if self.threshold is not None:
            return low[0] > self.threshold if klass else high[0] <= self.threshold
        if self.softens and low == high:
            return class_of_softmax(low, self.digits) == klass
        near = Fraction(self.softens * 8, 1 << self.digits)
        return all(
            low[klass] > high[j] + (near if j < klass else 0)
            or (j > klass and low[klass] == high[j])
            or self._is_behind(j, klass, reached)
            for j in range(self.outputs)
            if j != klass
        )

    def _is_behind(self, j: int, klass: int, reached: Sequence[Sequence[Sequence[int]]]) -> bool:
        """Whether score j is less than that of the class by its leaves' differences alone."""
        ahead = self.start[klass] - self.start[j]
        most = max(map(abs, self.start))
        for adds in reached:
            ahead += min(own[klass] - own[j] for own in adds)
            most += max(abs(x) for own in adds for x in own)
        if not self.digits:
            return ahead > 0 or (ahead == 0 and j > klass)
        # n roundings are off by n parts in 2**digits of the largest partial sum, at most, and that
        # is at most (1 + n / 2**20) times the sum of magnitudes, as n is below 2**22
        n = len(reached) + 2
        off = 2 * (n - 1) * Fraction(most, 1 << self.digits) * (1 + Fraction(n, 1 << 20))
        if self.softens:
            off += Fraction(8, 1 << self.digits) * self.divisor * self.over
        return ahead > off


def rounded(total: int, digits: int) -> int:
    """The nearest whole number of so many binary digits (0: itself), ties to even."""
    spare = abs(total).bit_length() - digits
    if not digits or spare <= 0:
        return total
    kept, rest, half = total >> spare, total & ((1 << spare) - 1), 1 << (spare - 1)
    if rest > half or (rest == half and kept & 1):
        kept += 1
    return kept << spare


def nearest(score: Fraction, digits: int) -> Fraction:
    """The nearest number of so many binary digits, ties to even."""
    length = abs(score.numerator).bit_length() - score.denominator.bit_length()
    for power in (digits - length - 1, digits - length, digits - length + 1):
        scaled = score * (Fraction(2) ** power)
        if 1 << (digits - 1) <= abs(scaled) < 1 << digits:
            whole = floor(scaled)
            rest = scaled - whole
            up = rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1)
            return (whole + up) / (Fraction(2) ** power)
    return Fraction(0)  # of no other number does no power fit


def read_forests(value: Any) -> list[Mapping[str, Any]]:
    """The entries of ensembles.json. Raises CertificateError."""
    stated = entry_of("ensembles.json", value, {"format", "ensembles"})
    if stated["format"] != "leafproof-ensembles/1" or not filled(stated["ensembles"]):
        raise CertificateError("ensembles.json holds no ensembles")
    found: list[Mapping[str, Any]] = []
    for i, entry in enumerate(stated["ensembles"]):
        if not isinstance(entry, dict) or not set(KEYS) <= set(entry) <= {*KEYS, *OPTIONAL}:
            raise CertificateError(f"ensembles.json, ensemble {i} holds what it should not")
        found.append(entry)
    return found


def read_forest(
    where: str, entry: Mapping[str, Any], domain: Domain, reads: Sequence[int], inputs: Inputs
) -> Forest:
    """An ensemble that reads some variables of the domain; CertificateError if it is none."""
    if entry["columns"] != inputs.columns or type(entry["columns"]) is not int:
        raise CertificateError(f"{where}: the columns read are not those of the ensemble")
    if entry["arithmetic"] not in DIGITS or not isinstance(entry["members"], list):
        raise CertificateError(f"{where} has no such arithmetic, or no members")
    if not filled(entry["start"]) or len(entry["start"]) != entry["outputs"]:
        raise CertificateError(f"{where} has not as many outputs as it says")
    arithmetic, outputs = entry["arithmetic"], len(entry["start"])
    start = [_number(where, x) for x in entry["start"]]
    divisor, stated = _number(where, entry["divisor"]), entry["threshold"]
    threshold = None if stated is None else _number(where, stated)
    if not Fraction(1, 1 << 20) <= divisor <= 1 << 20 or (threshold is None) != (outputs > 1):
        raise CertificateError(f"{where} has another divisor or threshold than it can have")
    factor = _factor(where, entry, divisor)
    trees, leaves = [], list[list[Fraction]]()
    size, most = 0, max(map(abs, start), default=Fraction(0))
    for m, nodes in enumerate(entry["members"]):
        size += len(nodes) if isinstance(nodes, list) else 0
        if size > MOST_NODES:
            raise TooLarge(f"{where} has too many nodes")
        first = len(leaves)
        trees.append(_tree(f"{where}, tree {m}", nodes, domain, reads, leaves, outputs))
        most += max((abs(x) for own in leaves[first:] for x in own), default=Fraction(0))
    every = [*start, divisor, factor, *(x for own in leaves for x in own)]
    _check_numbers(where, arithmetic, every, most * max(Fraction(1), 1 / divisor, factor))
    over = lcm(*(x.denominator for x in (*start, *every)))
    whole = most * over < 1 << 24 and divisor == factor == 1 and _is_short(threshold, 24)
    small = (threshold or Fraction(0)).denominator >= 1 << RANGE or over >= 1 << RANGE
    return Forest(
        reads=tuple(reads),
        trees=tuple(trees),
        adds=tuple(tuple(int(x * over) for x in own) for own in leaves),
        start=tuple(int(x * over) for x in start),
        over=over,
        digits=DIGITS[arithmetic],
        divisor=divisor,
        factor=factor,
        threshold=threshold,
        firm=inputs_are_float32(inputs) and whole and not small and "link" not in entry,
        softens=_softens(where, entry),
    )


def _softens(where: str, entry: Mapping[str, Any]) -> bool:
    """Whether softmaxes are compared in place of the scores."""
    if "link" not in entry:
        return False
    if entry["link"] != "softmax" or len(entry["start"]) < 2 or entry["arithmetic"] == "exact":
        raise CertificateError(f"{where} has a link that it cannot have")
    return True


def _factor(where: str, entry: Mapping[str, Any], divisor: Fraction) -> Fraction:
    """What scores are multiplied by, where that is stated."""
    if "factor" not in entry:
        return Fraction(1)
    factor = _number(where, entry["factor"])
    inside = Fraction(1, 1 << 20) <= factor <= 1 << 20 and factor != 1
    if not inside or divisor != 1 or "link" in entry or entry["arithmetic"] == "exact":
        raise CertificateError(f"{where} has a factor that it cannot have")
    return factor


def _check_numbers(where: str, arithmetic: str, every: Sequence[Fraction], most: Fraction) -> None:
    for x in every:
        if x and abs(x) < Fraction(1, 1 << SMALLEST[arithmetic]):
            raise CertificateError(f"{where} adds numbers that are too small")
        if arithmetic == "float32" and not _is_short(x, 24):
            raise CertificateError(f"{where} adds what are no float32 numbers")
    if most * (1 + Fraction(1, 1 << 10)) >= 1 << LARGEST[arithmetic]:
        raise CertificateError(f"{where} adds numbers that are too large")


def _is_short(x: Fraction | None, digits: int) -> bool:
    """Whether a number with a power of two below it has so many binary digits."""
    return x is None or (abs(x.numerator) // max(1, abs(x.numerator) & -abs(x.numerator))) < (
        1 << digits
    )


def _number(where: str, value: Any) -> Fraction:
    """A float64 number written in hexadecimal."""
    if isinstance(value, str) and len(value) <= 32:
        try:
            x = float.fromhex(value)
            if x.hex() == value:
                return Fraction(x)
        except (ValueError, OverflowError):
            pass
    raise CertificateError(f"{where} holds what is no number of float64")


def _tree(
    where: str,
    nodes: Any,
    domain: Domain,
    reads: Sequence[int],
    leaves: list[list[Fraction]],
    outputs: int,
) -> Tree:
    """A tree, whose leaves are entered among ``leaves`` and numbered as there."""
    if not filled(nodes):
        raise CertificateError(f"{where} has no nodes")
    owner = [(i, j) for i in reads for j in range(domain.variables[i].columns)]
    found: list[Inner | int] = []
    led = {0}
    for at, node in enumerate(nodes):
        here = f"{where}, node {at}"
        if not isinstance(node, list):
            raise CertificateError(f"{here} is no node")
        if all(isinstance(x, list) for x in node):
            found.append(len(leaves))
            leaves.append(_leaf(here, node, outputs))
            continue
        if len(node) != 4 or not all(type(node[i]) is int for i in (0, 2, 3)):
            raise CertificateError(f"{here} is no test")
        column, stated, left, right = node
        leads = at < min(left, right) and max(left, right) < len(nodes)
        if not (0 <= column < len(owner) and leads):
            raise CertificateError(f"{here} tests or leads to what does not exist")
        variable, j = owner[column]
        try:
            threshold = number(stated) * domain.denominator
        except ValueError as error:
            raise CertificateError(f"{here}: {error}") from None
        goes = left_of(here, domain.variables[variable], j, threshold)
        found.append(Inner(variable, goes, left, right))
        led |= {left, right}
    if led != set(range(len(nodes))):
        raise CertificateError(f"{where} has a node that nothing leads to")
    return tuple(found)


def _leaf(where: str, node: Sequence[Any], outputs: int) -> list[Fraction]:
    """What a leaf adds to every output."""
    adds, last = [Fraction(0)] * outputs, -1
    for pair in node:
        if len(pair) != 2 or type(pair[0]) is not int or not last < pair[0] < outputs:
            raise CertificateError(f"{where} is no leaf")
        last = pair[0]
        adds[last] = _number(where, pair[1])
    return adds
