"""The domain of a certificate: variables, and the leaves of its tree with their probabilities."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import prod
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import LONGEST, LONGEST_WEIGHT, common
from verifier.second_checker.intervals import (
    MOST_NUMBERS,
    cut_numbers,
    exactly,
    read_interval,
    read_within,
)
from verifier.second_checker.reading import MOST_VALUES, TooLarge, entry_of, filled
from verifier.second_checker.variables import (
    Categorical,
    Chances,
    Inputs,
    Interval,
    Ordinal,
    Runs,
    Shares,
    Variable,
)

Cell = tuple[Sequence[int], ...]
"""For each variable the indices of the values that it may take: of an ordinal a range."""
Point = tuple[int, ...]


@dataclass(frozen=True)
class Inner:
    """A test of a tree: node ``left`` for the values in ``goes_left``, else node ``right``.

    ``goes_left`` is a set of values or, of an ordinal, how many of the first numbers.
    """

    variable: int
    goes_left: frozenset[int] | int
    left: int
    right: int


Tree = tuple[Inner | int, ...]
"""Node 0 is the root; an int is a leaf's class or, of the domain's tree, the leaf's number."""
IMPOSSIBLE = -1
"""The number of every impossible leaf."""


@dataclass(frozen=True)
class Leaf:
    """A possible leaf: its probability, and one distribution a variable over what it leaves."""

    weight: Fraction
    chances: tuple[Chances, ...]

    def probability(self, weight: int) -> Fraction:
        """Of a sum of the leaf's ``amount``s."""
        return self.weight * Fraction(weight, prod(c.over for c in self.chances))

    def amount(self, part: Cell) -> int:
        """The probability of a part of the leaf, over the product of all denominators."""
        return prod(c.weight(own) for c, own in zip(self.chances, part, strict=True))


@dataclass(frozen=True)
class Domain:
    """The variables, and the tree of the leaves; a product is a tree of one leaf."""

    variables: tuple[Variable, ...]
    denominator: int
    tree: Tree
    leaves: tuple[Leaf, ...]

    def cell(self) -> Cell:
        """The cell of all tuples."""
        return tuple(v.whole for v in self.variables)

    def inputs(self, reads: Iterable[int]) -> Inputs:
        """Some of the variables side by side."""
        own = tuple(self.variables[i] for i in reads)
        starts = list(accumulate((v.columns for v in own), initial=0))
        return Inputs(own, self.denominator, tuple(starts[:-1]), starts[-1])


def size(cell: Cell) -> int:
    """Number of tuples."""
    return prod(map(len, cell))


def halves(own: Sequence[int], left: frozenset[int] | int) -> tuple[Sequence[int], Sequence[int]]:
    """A variable's values that go left, and the others."""
    if isinstance(left, int):
        first, stop = own[0], own[-1] + 1
        cut = min(max(left, first), stop)
        return range(first, cut), range(cut, stop)
    return tuple(v for v in own if v in left), tuple(v for v in own if v not in left)


def read_domain(value: Any) -> Domain:
    """The domain of domain.json; CertificateError if it is not one."""
    entries = entry_of("domain.json", value, {"format", "variables", "given"}, {"given"})
    known = ("leafproof-domain/1", "leafproof-domain/2")
    if entries["format"] not in known or not filled(entries["variables"]):
        raise CertificateError("domain.json is not a domain of at least one variable")
    raw = [_numbers(f"domain.json, variable {i}", e) for i, e in enumerate(entries["variables"])]
    shared = common((x for rows, _ in raw for row in rows for x in row), LONGEST)
    variables: list[Variable] = []
    for i, (entry, (rows, count)) in enumerate(zip(entries["variables"], raw, strict=True)):
        where, name = f"domain.json, variable {i}", entry["name"]
        whole = tuple(tuple(int(x * shared) for x in row) for row in rows)
        stated = entry.get("probabilities")
        if "interval" in entry:
            variables.append(read_interval(where, entry, shared))
            continue
        if "values" in entry:
            shares = _shares(where, stated or [Fraction(1, count)] * count, count)
            variables.append(Categorical(name, tuple(entry["values"]), whole, shares))
            continue
        (first, step) = whole[0]
        bare = Ordinal(name, first, step, count, Shares((), 1))
        runs = _runs(where, stated or [[entry["from"], entry["to"], 1]], bare, shared)
        variables.append(Ordinal(name, first, step, count, runs))
    if len({v.name for v in variables}) != len(variables):
        raise CertificateError("domain.json has two variables of one name")
    domain = Domain(tuple(variables), shared, (0,), ())
    own = Leaf(Fraction(1), tuple(v.chances for v in variables))
    tree, leaves = _read_given(domain, entries["given"]) if "given" in entries else ((0,), [own])
    for leaf in leaves:
        if sum((c.over - 1).bit_length() for c in leaf.chances) > LONGEST_WEIGHT:
            raise TooLarge("domain.json: the probabilities of points have too many digits")
    if sum(leaf.weight for leaf in leaves) != 1:
        raise CertificateError("domain.json: the weights of the leaves do not sum to 1")
    return Domain(domain.variables, shared, tree, tuple(leaves))


def _numbers(where: str, value: Any) -> tuple[list[list[Fraction]], int]:
    """The rows of a categorical variable, or first and step of an ordinal; how many values.

    Of a continuous variable the numbers that its cuts are sums of multiples of.
    """
    if isinstance(value, dict) and "interval" in value:
        return cut_numbers(where, value), 0
    ordinal = isinstance(value, dict) and "from" in value
    keys = {"from", "to", "step"} if ordinal else {"values", "encoding"}
    entry = entry_of(where, value, {"name", "probabilities"} | keys, {"probabilities"})
    if not isinstance(entry["name"], str):
        raise CertificateError(f"{where} has no name")
    if ordinal:
        first, last, step = (exactly(where, entry[key]) for key in ("from", "to", "step"))
        count = (last - first) / step + 1 if step > 0 else Fraction(0)
        if count.denominator != 1 or not 1 <= count <= MOST_NUMBERS:
            raise CertificateError(f"{where} has no whole number of steps")
        return [[first, step]], int(count)
    labels, encoding = entry["values"], entry["encoding"]
    if not filled(labels) or not all(isinstance(label, str) for label in labels):
        raise CertificateError(f"{where} needs at least one value")
    if len(labels) > MOST_VALUES:
        raise TooLarge(f"{where} has more than {MOST_VALUES} values")
    if not filled(encoding) or not all(map(filled, encoding)):
        raise CertificateError(f"{where}: encoding must hold a row of numbers for each value")
    rows = [[exactly(where, x) for x in row] for row in encoding]
    if len(rows) != len(labels) or len({len(row) for row in rows}) != 1:
        raise CertificateError(f"{where}: encoding must have one row a value, all equally long")
    return rows, len(labels)


def _shares(where: str, stated: Any, count: int) -> Shares:
    """A distribution over listed values."""
    chances = [exactly(where, p) for p in stated] if filled(stated) else []
    if len(chances) != count or min(chances) < 0 or sum(chances) != 1:
        raise CertificateError(f"{where}: the probabilities are not a distribution of its values")
    over = common(chances, LONGEST)
    return Shares(tuple(int(p * over) for p in chances), over)


def _runs(where: str, stated: Any, variable: Ordinal, shared: int) -> Runs:
    """A distribution over numbers in a row, each run's probability shared equally."""
    if not filled(stated) or not all(isinstance(r, list) and len(r) == 3 for r in stated):
        raise CertificateError(f"{where}: the probabilities are no runs of numbers")
    raw: list[tuple[range, Fraction]] = []
    for low, high, p in stated:
        run = range(_index(where, low, variable, shared), _index(where, high, variable, shared) + 1)
        if not run or (raw and raw[-1][0].stop != run.start):
            raise CertificateError(f"{where}: the runs do not follow each other")
        raw.append((run, exactly(where, p)))
    if min(p for _, p in raw) < 0 or sum(p for _, p in raw) != 1:
        raise CertificateError(f"{where}: the probabilities are not a distribution of its values")
    over = common((p / len(run) for run, p in raw), LONGEST)
    return Runs(tuple((run, int(p * over / len(run))) for run, p in raw), over)


def _index(where: str, stated: Any, variable: Ordinal, shared: int) -> int:
    """Which value of an ordinal a number is."""
    at = (exactly(where, stated) * shared - variable.first) / variable.step
    if at.denominator != 1 or not 0 <= at < variable.count:
        raise CertificateError(f"{where} has no such number")
    return int(at)


def _read_given(domain: Domain, root: Any) -> tuple[Tree, list[Leaf]]:
    """The domain's tree and its possible leaves."""
    names = {v.name: i for i, v in enumerate(domain.variables)}
    values = [
        {label: i for i, label in enumerate(v.labels)} if isinstance(v, Categorical) else {}
        for v in domain.variables
    ]
    nodes: list[Any] = []
    leaves: list[Leaf] = []
    right: dict[int, int] = {}  # a left child follows its parent at once
    stack: list[tuple[Any, int]] = [(root, -1)]
    while stack:
        item, right_of = stack.pop()
        at = len(nodes)
        right[right_of] = at
        where = f"domain.json, node {at}"
        if isinstance(item, dict) and "weight" in item:
            nodes.append(_read_leaf(where, item, domain, leaves))
            continue
        word = "at_most" if isinstance(item, dict) and "at_most" in item else "values"
        item = entry_of(where, item, {"variable", word, "left", "right"})
        if not isinstance(item["variable"], str) or item["variable"] not in names:
            raise CertificateError(f"{where} tests a variable that does not exist")
        i = names[item["variable"]]
        nodes.append((i, _goes_left(where, domain, i, item[word], values[i])))
        stack += [(item["right"], at), (item["left"], -1)]
    tree = tuple(
        node if isinstance(node, int) else Inner(node[0], node[1], at + 1, right[at])
        for at, node in enumerate(nodes)
    )
    return tree, leaves


def _goes_left(
    where: str, domain: Domain, variable: int, stated: Any, values: Mapping[str, int]
) -> frozenset[int] | int:
    tested = domain.variables[variable]
    if isinstance(tested, Interval):
        return tested.at_number(where, exactly(where, stated) * domain.denominator)
    if isinstance(tested, Ordinal):
        return _index(where, stated, tested, domain.denominator) + 1
    if not isinstance(stated, list) or not all(isinstance(x, str) and x in values for x in stated):
        raise CertificateError(f"{where} tests values that do not exist")
    return frozenset(values[x] for x in stated)


def _read_leaf(where: str, item: Any, domain: Domain, leaves: list[Leaf]) -> int:
    """Add a leaf to the others, if it is possible; its number."""
    item = entry_of(where, item, {"weight", "probabilities"}, {"probabilities"})
    weight, stated = exactly(where, item["weight"]), item.get("probabilities")
    if not weight:
        return IMPOSSIBLE
    if weight < 0 or not isinstance(stated, list) or len(stated) != len(domain.variables):
        raise CertificateError(f"{where} has no distribution for each variable")
    chances: list[Chances] = []
    for v, own in zip(domain.variables, stated, strict=True):
        if own is None:
            chances.append(v.chances)
        elif isinstance(v, Interval):
            chances.append(read_within(where, own, v, domain.denominator))
        elif isinstance(v, Ordinal):
            chances.append(_runs(where, own, v, domain.denominator))
        else:
            chances.append(_shares(where, own, len(v.labels)))
    leaves.append(Leaf(weight, tuple(chances)))
    return len(leaves) - 1
