"""Ensembles as JSON values: what ``reading.ensembles_json`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from verifier.model.ensemble import Ensemble, Score
from verifier.model.tree import Inner
from verifier.reading.ensembles_json import ENSEMBLES_FORMAT
from verifier.writing.json_text import number_json
from verifier.writing.network_parts import head_to_json


def ensembles_to_json(ensembles: Sequence[Ensemble]) -> dict[str, Any]:
    """The ensembles as a JSON value."""
    return {"format": ENSEMBLES_FORMAT, "ensembles": [_ensemble(x) for x in ensembles]}


def same_ensemble(a: Ensemble, b: Ensemble) -> bool:
    """Whether trees and numbers are the same, whatever is said about them beside."""
    beside = ("notes", "head", "labels", "members")
    one, other = (
        {key: held for key, held in _ensemble(replace(x, members=())).items() if key not in beside}
        for x in (a, b)
    )
    if one != other or [len(m.nodes) for m in a.members] != [len(m.nodes) for m in b.members]:
        return False
    pairs = zip(a.members, b.members, strict=True)
    nodes = chain.from_iterable(zip(m.nodes, n.nodes, strict=True) for m, n in pairs)
    return all(m is n or _node(m) == _node(n) for m, n in nodes)  # to the first that differs


def _ensemble(held: Ensemble) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "columns": held.columns,
        "outputs": held.outputs,
        "arithmetic": held.arithmetic,
        "start": [float(x).hex() for x in held.start],
        "divisor": float(held.divisor).hex(),
        "threshold": None if held.threshold is None else float(held.threshold).hex(),
        "notes": list(held.notes),
        "members": [[_node(node) for node in member.nodes] for member in held.members],
    }
    if held.head is not None:
        entry["head"] = head_to_json(held.head)
    if held.labels:
        entry["labels"] = list(held.labels)
    if held.link:
        entry["link"] = held.link
    if held.factor != 1:
        entry["factor"] = float(held.factor).hex()
    return entry


def _node(node: Inner | Score) -> list[Any]:
    if isinstance(node, Score):
        return [[output, float(x).hex()] for output, x in node.values]
    return [node.column, number_json(node.threshold), node.left, node.right]
