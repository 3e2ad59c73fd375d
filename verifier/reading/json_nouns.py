"""Domains and trees from JSON values; nothing here recurses. Trusted.

Contracts: ``leafproof-domain/1``, ``leafproof-domain/2`` and ``leafproof-tree/1``.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.model.domain import Domain
from verifier.model.errors import DomainError, TreeError, quoted
from verifier.model.ordinal import AnyVariable
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.reading.continuous_json import continuous_from_json
from verifier.reading.given_json import given_from_json, ordinal_from_json
from verifier.reading.json_text import exact_number, kind_of, unknown_keys
from verifier.reading.json_values import held_under, list_of, numbers_of, word_of

DOMAIN_FORMAT = "leafproof-domain/1"
RANGES = "leafproof-domain/2"
"""The format of domains with ordinals or a tree."""
DOMAIN_FORMATS = DOMAIN_FORMAT, RANGES
TREE_FORMAT = "leafproof-tree/1"
EXAMPLE = '"name": "sex", "values": ["f", "m"], "encoding": [[0], [1]]'
_INNER = ("column", "threshold", "left", "right")
_KEYS = frozenset(_INNER)


def domain_from_json(value: Any, formats: Sequence[str] = DOMAIN_FORMATS) -> Domain:
    """The domain that a JSON value stands for, if it has one of these formats.

    Raises DomainError naming the place.
    """
    known = [key for key in ("variables", "given") if key == "variables" or RANGES in formats]
    held = held_under(value, formats, known, DomainError)
    entries, ranges = held["variables"], held["format"] == RANGES
    if not isinstance(entries, list):
        raise DomainError(f"variables is {kind_of(entries)}, not a list: list the variables")
    if "given" in held and not ranges:
        raise DomainError(f'"given" needs the format "{RANGES}"')
    variables = tuple(
        _variable(f"variables[{i}]", entry, ranges=ranges) for i, entry in enumerate(entries)
    )
    if "given" not in held:
        return Domain(variables)
    Domain(variables)  # so that what is wrong with the variables is said first
    return Domain(variables, given_from_json(variables, held["given"]))


def _variable(where: str, entry: Any, *, ranges: bool) -> AnyVariable:
    if not isinstance(entry, dict):
        raise DomainError(f"{where} is {kind_of(entry)}, not an object")
    if ranges and "from" in entry:
        return ordinal_from_json(where, entry)
    if ranges and "interval" in entry:
        return continuous_from_json(where, entry)
    if problem := unknown_keys(list(entry), ("name", "values", "encoding", "probabilities")):
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "values", "encoding"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": add it, as in {EXAMPLE}')
    name = word_of(f"{where}.name", entry["name"])
    where = f"{where} ({quoted(name)})"
    values = list_of(where, entry, "values")
    labels = [word_of(f"{where}.values[{i}]", x) for i, x in enumerate(values)]
    rows = []
    for i, row in enumerate(list_of(where, entry, "encoding")):
        if not isinstance(row, list):
            raise DomainError(
                f"{where}.encoding[{i}] is {kind_of(row)}, not a list: one number per column"
            )
        rows.append(numbers_of(f"{where}.encoding[{i}]", row))
    if "probabilities" in entry:
        chances = numbers_of(f"{where}.probabilities", list_of(where, entry, "probabilities"))
    else:
        chances = (Fraction(1, len(labels) or 1),) * len(labels)
    return Variable(name, tuple(labels), tuple(rows), chances)


def tree_from_json(value: Any) -> Tree:
    """The tree that a JSON value stands for, its nodes in pre-order.

    Raises TreeError naming the place, as the path from the root.
    """
    root = held_under(value, (TREE_FORMAT,), ("root",), TreeError)["root"]
    nodes: list[Leaf | tuple[int, Fraction]] = []
    right: dict[int, int] = {}
    trail: list[tuple[int, str]] = []  # for each node: its parent and which child it is
    seen: set[int] = set()
    stack: list[tuple[Any, int, str]] = [(root, -1, "root")]
    while stack:
        entry, parent, side = stack.pop()
        index = len(nodes)
        trail.append((parent, side))
        if side == "right":
            right[parent] = index
        try:
            if id(entry) in seen:
                raise ValueError("is the same object as another node: the tree has a cycle")
            node = _tree_node(entry)
        except ValueError as problem:
            raise TreeError(f"{_trail(trail, index)}: {problem}") from None
        nodes.append(node)
        if not isinstance(node, Leaf):
            seen.add(id(entry))
            stack.append((entry["right"], index, "right"))
            stack.append((entry["left"], index, "left"))
    return Tree(
        tuple(
            n if isinstance(n, Leaf) else Inner(n[0], n[1], i + 1, right[i])
            for i, n in enumerate(nodes)
        )
    )


def _tree_node(entry: Any) -> Leaf | tuple[int, Fraction]:
    """One node without its children; raises ValueError with what is wrong and the remedy."""
    if not isinstance(entry, dict):
        raise ValueError(f"{kind_of(entry)} where a node (an object) was expected")
    if "class" in entry:
        if len(entry) > 1:
            both = "both a leaf (class) and a test: keep one" if set(entry) & _KEYS else ""
            raise ValueError(both or unknown_keys(list(entry), ("class",)))
        return Leaf(_index("class", entry["class"]))
    if entry.keys() != _KEYS:
        if problem := unknown_keys(list(entry), (*_INNER, "class")):
            raise ValueError(problem)
        missing = next(key for key in _INNER if key not in entry)
        child = "a missing child" if missing in ("left", "right") else "an incomplete test"
        raise ValueError(f'{child}: a test has "column", "threshold", "left", "right"')
    try:
        threshold = exact_number(entry["threshold"])
    except ValueError as problem:
        raise ValueError(f"threshold: {problem}") from None
    return _index("column", entry["column"]), threshold


def _index(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        shown = quoted(value) if isinstance(value, str | Fraction | float) else kind_of(value)
        raise ValueError(f"{key} is {shown}, not a whole number")
    if not 0 <= value < 1 << 31:
        raise ValueError(f"{key} is {quoted(value)}: {key} numbers are 0, 1, 2, ...")
    return value


def _trail(trail: Sequence[tuple[int, str]], index: int) -> str:
    """Where a node is: ``root.left.right``, the middle left out when long."""
    words = []
    at = index
    while at >= 0:
        at, word = trail[at]
        words.append(word)
    words.reverse()
    if len(words) > 16:
        words[8:-7] = [f"({len(words) - 15} more)"]
    return ".".join(words)
