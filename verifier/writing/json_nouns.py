"""Domains and trees as JSON values, and as files. What reads them is ``reading.json_nouns``."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import Any

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.tree import Leaf, Tree
from verifier.reading.json_nouns import DOMAIN_FORMAT, RANGES, TREE_FORMAT
from verifier.writing.continuous_json import continuous_to_json
from verifier.writing.files import write_atomically
from verifier.writing.given_json import given_to_json, ordinal_to_json
from verifier.writing.json_text import dump, number_json

StrPath = str | os.PathLike[str]


def write_domain(path: StrPath, domain: Domain) -> None:
    """Write a domain file, one variable a line, all at once. Raises LeafproofError."""
    lines = b",\n".join(b" " + dump(_variable_to_json(v, brief=True)) for v in domain.variables)
    head = f'{{"format": "{_format(domain)}", "variables": [\n'.encode()
    tree = b"" if domain.given is None else b', "given": ' + dump(given_to_json(domain))
    write_atomically(path, head + lines + b"\n]" + tree + b"}\n")


def write_tree(path: StrPath, tree: Tree, unfinished: str = "") -> None:
    """Write a tree file, all at once; ``unfinished`` marks it with the reason why it is.

    Raises LeafproofError.
    """
    write_atomically(path, tree_file(tree, unfinished))


def tree_file(tree: Tree, unfinished: str = "") -> bytes:
    """A tree as the bytes of a file, with the mark and the classes' names where it has them."""
    return dump(tree_value(tree, unfinished)) + b"\n"


def tree_value(tree: Tree, unfinished: str = "") -> dict[str, Any]:
    """The JSON value of a tree's file; names that are the classes' numbers are left out."""
    value: dict[str, Any] = {"format": TREE_FORMAT}
    if unfinished:
        value["unfinished"] = unfinished
    if any(name != str(i) for i, name in enumerate(tree.labels)):
        value["classes"] = list(tree.labels)
    return value | tree_to_json(tree)


def domain_to_json(domain: Domain) -> dict[str, Any]:
    """The domain as a JSON value; uniform probabilities are left out."""
    value: dict[str, Any] = {
        "format": _format(domain),
        "variables": [_variable_to_json(v) for v in domain.variables],
    }
    if domain.given is not None:
        value["given"] = given_to_json(domain)
    return value


def _format(domain: Domain) -> str:
    return DOMAIN_FORMAT if domain.plain else RANGES


def _variable_to_json(v: AnyVariable, *, brief: bool = False) -> dict[str, Any]:
    if isinstance(v, Ordinal):
        return ordinal_to_json(v)
    if isinstance(v, Continuous):
        return continuous_to_json(v, brief=brief)
    entry: dict[str, Any] = {
        "name": v.name,
        "values": list(v.labels),
        "encoding": [[number_json(x) for x in row] for row in v.encoding],
    }
    if len(set(v.probabilities)) > 1:
        entry["probabilities"] = [number_json(p) for p in v.probabilities]
    return entry


def tree_to_json(tree: Tree) -> dict[str, Any]:
    """The tree as a JSON value."""
    entries: list[dict[str, Any]] = [{}] * len(tree.nodes)
    thresholds: dict[Fraction, int | float | str] = {}
    for i in range(len(tree.nodes) - 1, -1, -1):  # children stand after their parent
        node = tree.nodes[i]
        if isinstance(node, Leaf):
            entries[i] = {"class": node.klass}
            continue
        if node.threshold not in thresholds:
            thresholds[node.threshold] = number_json(node.threshold)
        entries[i] = {
            "column": node.column,
            "threshold": thresholds[node.threshold],
            "left": entries[node.left],
            "right": entries[node.right],
        }
    return {"format": TREE_FORMAT, "root": entries[0]}
