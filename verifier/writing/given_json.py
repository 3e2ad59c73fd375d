"""Ordinals and domain trees as JSON values: what ``reading.given_json`` reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from verifier.model.chances import Distribution, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.given import GivenLeaf
from verifier.model.ordinal import AnyVariable, Ordinal, Ranged
from verifier.model.part import values
from verifier.writing.continuous_json import pieces_to_json
from verifier.writing.json_text import number_json


def ordinal_to_json(v: Ordinal) -> dict[str, Any]:
    """An ordinal as a JSON value; uniform probabilities are left out."""
    entry: dict[str, Any] = {
        "name": v.name,
        "from": number_json(v.first),
        "to": number_json(v.last),
        "step": number_json(v.step),
    }
    if len(v.runs) > 1:
        entry["probabilities"] = _runs(v, v.chances)
    return entry


def _runs(v: Ordinal, chances: Runs) -> list[Any]:
    at, rows = chances.start, []
    for count, p in chances.runs:
        low, high = v.number(at), v.number(at + count - 1)
        rows.append([number_json(low), number_json(high), number_json(p)])
        at += count
    return rows


def given_to_json(domain: Domain) -> dict[str, Any]:
    """The domain's tree as a JSON value, its nodes' children after them in pre-order."""
    assert domain.given is not None
    nodes = domain.given.nodes
    entries: list[dict[str, Any]] = [{}] * len(nodes)
    for i in range(len(nodes) - 1, -1, -1):  # children stand after their parent
        node = nodes[i]
        if isinstance(node, GivenLeaf):
            entries[i] = _leaf(domain.variables, node)
            continue
        v = domain.variables[node.variable]
        if isinstance(v, Ranged):
            assert isinstance(node.left, range)
            test: dict[str, Any] = {"at_most": number_json(v.number(node.left.stop - 1))}
        else:
            test = {"values": [v.label(value) for value in values(node.left)]}
        children = {"left": entries[node.yes], "right": entries[node.no]}
        entries[i] = {"variable": v.name, **test, **children}
    return entries[0]


def _leaf(variables: Sequence[AnyVariable], leaf: GivenLeaf) -> dict[str, Any]:
    if not leaf.weight:
        return {"weight": 0}
    chances = [_chances(v, c) for v, c in zip(variables, leaf.chances, strict=True)]
    return {"weight": number_json(leaf.weight), "probabilities": chances}


def _chances(v: AnyVariable, chances: Distribution | None) -> Any:
    if chances is None:
        return None
    if isinstance(chances, Runs):
        if isinstance(v, Continuous):
            return pieces_to_json(v, chances)
        assert isinstance(v, Ordinal)
        return _runs(v, chances)
    said = {at: number_json(p) for at, p in chances.different.items()}
    return [said[id(p)] for p in chances.probabilities]
