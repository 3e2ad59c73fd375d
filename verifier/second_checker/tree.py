"""Trees: their tests resolved over the domain, and laid over cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import TABLE
from verifier.second_checker.domain import Cell, Domain, Inner, Point, Tree, halves
from verifier.second_checker.reading import TooLarge, entry_of, number
from verifier.second_checker.variables import Categorical, Interval, Ordinal, Variable

VISIT = 40
"""What a node visited costs, as so many multiplications."""


def read_tree(name: str, value: Any, domain: Domain, reads: Sequence[int]) -> Tree:
    """A tree that reads some variables of the domain; CertificateError if it is none."""
    entry = entry_of(name, value, {"format", "root"})
    if entry["format"] != "leafproof-tree/1":
        raise CertificateError(f"{name} is not a tree")
    owner = [(i, j) for i in reads for j in range(domain.variables[i].columns)]
    nodes: list[Any] = []
    seen: dict[tuple[int, Fraction], frozenset[int] | int] = {}
    entries = 0
    right: dict[int, int] = {}  # a left child follows its parent at once
    stack: list[tuple[Any, int]] = [(entry["root"], -1)]
    while stack:
        item, right_of = stack.pop()
        at = len(nodes)
        right[right_of] = at
        where = f"{name}, node {at}"
        if isinstance(item, dict) and "class" in item:
            nodes.append(_index(where, entry_of(where, item, {"class"})["class"], 1 << 31))
            continue
        item = entry_of(where, item, {"column", "threshold", "left", "right"})
        variable, column = owner[_index(where, item["column"], len(owner))]
        try:
            threshold = number(item["threshold"]) * domain.denominator
        except ValueError as error:
            raise CertificateError(f"{where}: {error}") from None
        test = (item["column"], threshold)
        if test not in seen:
            v = domain.variables[variable]
            entries += 1 if not isinstance(v, Categorical) else len(v.rows)
            if entries > TABLE:
                raise TooLarge("the trees' tests of variables with many values are too many")
            seen[test] = left_of(where, v, column, threshold)
        nodes.append((variable, seen[test]))
        stack += [(item["right"], at), (item["left"], -1)]
    return tuple(
        node if isinstance(node, int) else Inner(node[0], node[1], at + 1, right[at])
        for at, node in enumerate(nodes)
    )


def left_of(where: str, v: Variable, column: int, threshold: Fraction) -> frozenset[int] | int:
    """What goes left at a threshold over the domain's denominator."""
    if isinstance(v, Ordinal):
        return max(0, min(v.count, floor((threshold - v.first) / v.step) + 1))
    if isinstance(v, Interval):
        first, last = Fraction(v.cut(0)), Fraction(v.last)
        return v.at_number(where, min(max(threshold, first), last))
    return frozenset(i for i, row in enumerate(v.rows) if row[column] <= threshold)


def _index(where: str, value: Any, limit: int) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise CertificateError(f"{where} names a column or class that does not exist")
    return value


def overlay(tree: Tree, cell: Cell, spend: Callable[[int], None]) -> Iterator[tuple[Cell, int]]:
    """The parts of a cell by leaf of the tree, each with what stands at the leaf."""
    stack = [(cell, 0)]
    while stack:
        part, at = stack.pop()
        node = tree[at]
        if isinstance(node, int):
            yield part, node
            continue
        i = node.variable
        listed = 0 if isinstance(part[i], range) else len(part[i])
        spend(VISIT + 2 * len(part) + 2 * listed)
        left, others = halves(part[i], node.goes_left)
        for own, child in ((others, node.right), (left, node.left)):
            if own:
                stack.append(((*part[:i], own, *part[i + 1 :]), child))


def leaf_at(tree: Tree, point: Point) -> int:
    """What stands at the leaf that a point reaches."""
    node = tree[0]
    while isinstance(node, Inner):
        value, left = point[node.variable], node.goes_left
        goes_left = value < left if isinstance(left, int) else value in left
        node = tree[node.left if goes_left else node.right]
    return node
