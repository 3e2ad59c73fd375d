"""PyTorch's Softplus as its exporter spells it out: x itself beyond a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.formats.onnx_model import makers_of, number_in, place_of

LEAST = 15.0
"""From such a threshold on what is put in for it differs by less than float32 rounds."""


def with_softplus(graph: Any) -> list[str]:
    """Put the function itself where a graph takes x for it beyond a threshold; returns notes.

    That is ``Where(beta x > threshold, x, Softplus(beta x) / beta)``, with or without a beta. The
    graph's nodes are changed: what the comparison was for reads the function instead.
    """
    makers = makers_of(graph)
    tensors = {t.name: t for t in graph.initializer}
    notes = []
    for i, node in enumerate(graph.node):
        if node.op_type != "Where" or len(node.input) != 3:
            continue
        threshold = _threshold(node, makers, tensors)
        if threshold is None or threshold < LEAST:
            continue
        notes.append(
            f"{place_of(node, i)}: beyond its threshold {threshold:g} the file takes x for "
            "ln(1 + e^x); the function itself is what is proved"
        )
        other = node.input[2]
        node.op_type = "Identity"
        del node.input[:]
        node.input.append(other)
    return notes


def _threshold(node: Any, makers: Mapping[str, Any], tensors: Mapping[str, Any]) -> float | None:
    """Beyond what a Where takes its input for the Softplus of it; None where it is none."""
    test, x, other = node.input
    compared, made = makers.get(test), makers.get(other)
    if compared is None or compared.op_type != "Greater" or made is None:
        return None
    factor = 1.0
    if made.op_type in ("Div", "Mul"):
        number = _number(made.input[1], makers, tensors)
        if not number:
            return None
        factor = number if made.op_type == "Div" else 1 / number
        made = makers.get(made.input[0])
    if made is None or made.op_type != "Softplus" or made.input[0] != compared.input[0]:
        return None
    scaled = makers.get(compared.input[0])
    if compared.input[0] != x:
        if scaled is None or scaled.op_type != "Mul" or x not in scaled.input:
            return None
        others = [_number(name, makers, tensors) for name in scaled.input if name != x]
        if others != [factor]:
            return None
    elif factor != 1:
        return None
    return _number(compared.input[1], makers, tensors)


def _number(name: str, makers: Mapping[str, Any], tensors: Mapping[str, Any]) -> float | None:
    found = number_in(name, makers, tensors)
    return None if found is None else float(found)
