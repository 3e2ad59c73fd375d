"""The tree of a certificate, its tests resolved over the domain."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import TABLE
from verifier.second_checker.content import Domain, entry_of
from verifier.second_checker.reading import TooLarge, number


@dataclass(frozen=True)
class Inner:
    """A test of the tree: node ``left`` for the values in ``goes_left``, else node ``right``."""

    variable: int
    goes_left: frozenset[int]
    left: int
    right: int


Tree = tuple[Inner | int, ...]
"""Node 0 is the root; an int is a leaf's class."""


def read_tree(value: Any, domain: Domain, classes: int) -> Tree:
    """The tree of tree.json over the domain; CertificateError if it is not one."""
    entry = entry_of("tree.json", value, {"format", "root"})
    if entry["format"] != "leafproof-tree/1":
        raise CertificateError("tree.json is not a tree")
    owner = [(i, j) for i, v in enumerate(domain.variables) for j in range(len(v.rows[0]))]
    nodes: list[Any] = []
    seen: dict[tuple[int, Fraction], frozenset[int]] = {}
    entries = 0
    right: dict[int, int] = {}  # a left child follows its parent at once
    stack: list[tuple[Any, int]] = [(entry["root"], -1)]
    while stack:
        item, right_of = stack.pop()
        at = len(nodes)
        right[right_of] = at
        where = f"tree.json, node {at}"
        if isinstance(item, dict) and "class" in item:
            nodes.append(_index(where, entry_of(where, item, {"class"})["class"], classes))
            continue
        item = entry_of(where, item, {"column", "threshold", "left", "right"})
        variable, column = owner[_index(where, item["column"], domain.columns)]
        try:
            threshold = number(item["threshold"]) * domain.denominator
        except ValueError as error:
            raise CertificateError(f"{where}: {error}") from None
        rows, test = domain.variables[variable].rows, (item["column"], threshold)
        if test not in seen:
            entries += len(rows)
            if entries > TABLE:
                raise TooLarge("the tree's tests of variables with many values are too many")
            seen[test] = frozenset(v for v, row in enumerate(rows) if row[column] <= threshold)
        nodes.append((variable, seen[test]))
        stack += [(item["right"], at), (item["left"], -1)]
    return tuple(
        node if isinstance(node, int) else Inner(node[0], node[1], at + 1, right[at])
        for at, node in enumerate(nodes)
    )


def _index(where: str, value: Any, limit: int) -> int:
    if type(value) is not int or not 0 <= value < limit:
        raise CertificateError(f"{where} names a column or class that does not exist")
    return value
