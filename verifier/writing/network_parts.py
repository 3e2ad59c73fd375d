"""A network as the parts of a certificate: what ``reading.network_parts`` reads."""

from __future__ import annotations

from typing import Any

import numpy as np

from verifier.model.head import Head
from verifier.model.network import Add, Affine, FloatArray, Layer, Network, Scale
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.reading.network_parts import KINDS, TYPES


def teacher_to_parts(teacher: Network) -> tuple[dict[str, Any], bytes]:
    """The description and the weights of a teacher."""
    layers, raw = [], bytearray()
    for layer in teacher.layers:
        kind = next(name for name, cls in KINDS.items() if isinstance(layer, cls))
        sources = [layer.left, layer.right] if isinstance(layer, Add) else [layer.source]
        entry: dict[str, Any] = {"kind": kind, "from": sources}
        if isinstance(layer, Smooth):
            entry["function"] = layer.kind
        arrays = _arrays(layer)
        if arrays:
            entry["arrays"] = [{"type": str(a.dtype), "shape": list(a.shape)} for a in arrays]
            for array in arrays:
                raw += np.ascontiguousarray(array, TYPES[str(array.dtype)]).tobytes()
        layers.append(entry)
    description: dict[str, Any] = {
        "columns": teacher.columns,
        "layers": layers,
        "notes": list(teacher.notes),
    }
    if teacher.executed:
        description["executed"] = list(teacher.executed)
    if teacher.head is not None:
        description["head"] = head_to_json(teacher.head)
    if teacher.labels:
        description["labels"] = list(teacher.labels)
    return description, bytes(raw)


def head_to_json(head: Head) -> dict[str, Any]:
    """A head as a JSON value; the threshold is a string such as "1/2", or null."""
    threshold = None if head.threshold is None else str(head.threshold)
    return {"kind": head.kind, "threshold": threshold, "origin": head.origin}


def same_network(a: Network, b: Network) -> bool:
    """Whether the layers and weights are the same, whatever is said about them beside."""
    (one, weights), (other, others) = teacher_to_parts(a), teacher_to_parts(b)
    keys = ("columns", "layers")
    return weights == others and all(one[key] == other[key] for key in keys)


def _arrays(layer: Layer) -> tuple[FloatArray, ...]:
    if isinstance(layer, Affine):
        return layer.weight, layer.bias
    if isinstance(layer, Scale):
        return layer.scale, layer.divisor, layer.shift
    if isinstance(layer, Steps):
        return layer.thresholds, layer.lowest
    return ()
