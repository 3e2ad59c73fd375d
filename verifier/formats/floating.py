"""A network in float64, node by node: to compare with what a library answers, not to prove."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.exact import Array
from verifier.formats.smooth import function
from verifier.model.network import Add, Affine, Layer, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps


def evaluate(
    layers: Sequence[Layer], rows: Array, slack: float
) -> tuple[list[Array], Array, npt.NDArray[np.bool_]]:
    """Every node's values in float64, the largest sum of magnitudes in each row, and doubt.

    In doubt are rows in which a Sign's input is within ``slack`` of that largest sum of 0, or that
    of Steps of a threshold.
    """
    nodes: list[Array] = [rows]
    scale: Array = np.abs(rows).max(axis=1)
    unsure = np.zeros(len(rows), dtype=bool)
    for layer in layers:
        match layer:
            case Affine(source=source, weight=weight, bias=bias):
                x, w, b = nodes[source], weight.astype(np.float64), bias.astype(np.float64)
                nodes.append(x @ w.T + b)
                largest: Any = (np.abs(x) @ np.abs(w).T + np.abs(b)).max(axis=1)
            case Scale(source=source, scale=factor, divisor=divisor, shift=shift):
                by = factor.astype(np.float64) / divisor
                nodes.append(nodes[source] * by + shift)
                largest = (np.abs(nodes[source] * by) + np.abs(shift)).max(axis=1)
            case Relu(source=source):
                nodes.append(np.maximum(nodes[source], 0))
                largest = 0.0
            case Sign(source=source):
                unsure |= (np.abs(nodes[source]) <= slack * scale[:, None]).any(axis=1)
                nodes.append(np.sign(nodes[source]))
                largest = 1.0
            case Steps(source=source):
                near = slack * scale[:, None]
                low, high = (layer.values(nodes[source] + by) for by in (-near, near))
                unsure |= (low != high).any(axis=1)
                nodes.append(layer.values(nodes[source]))
                largest = np.abs(nodes[-1]).max(axis=1)
            case Smooth(source=source):
                nodes.append(function(layer.kind, nodes[source]))
                largest = np.abs(nodes[-1]).max(axis=1)
            case Add(left=left, right=right):
                nodes.append(nodes[left] + nodes[right])
                largest = (np.abs(nodes[left]) + np.abs(nodes[right])).max(axis=1)
        scale = np.maximum(scale, largest)
    return nodes, scale, unsure
