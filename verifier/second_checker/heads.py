"""The first ReLU layers of a network: their inputs as forms of what the network reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

from verifier.second_checker.evaluation import dot, together
from verifier.second_checker.network import Layer, Network

COMPOSED = 1 << 22
"""Most multiplications to write a layer's output as forms of the network's input."""


@dataclass(frozen=True)
class Head:
    """Forms of the columns that a network reads, and constants: numerators over ``over``."""

    rows: Sequence[Sequence[int]]
    bias: Sequence[int]
    over: int


def heads_of(network: Network) -> dict[int, Head]:
    """What the first ReLU layers read, by node: those whose input is affine in the network's.

    That is one affine layer or, where the product of their weights is not too much work, several
    affine layers, scalings and sums in between.
    """
    size = network.widths[0]
    straight: dict[int, Head] = {}
    if size * size <= COMPOSED:
        straight[0] = Head([[int(i == k) for k in range(size)] for i in range(size)], [0] * size, 1)
    found = {}
    for j, layer in enumerate(network.layers, 1):
        if layer.kind == "relu" and layer.sources[0] in straight:
            found[j] = straight[layer.sources[0]]
        elif layer.kind == "affine" and layer.sources == (0,):
            straight[j] = Head(layer.weights, layer.bias, layer.over)
        elif layer.kind in ("affine", "scale", "add") and all(s in straight for s in layer.sources):
            terms = len(layer.weights[0]) if layer.kind == "affine" else 1
            if network.widths[j] * terms * size <= COMPOSED:
                straight[j] = _behind(layer, [straight[s] for s in layer.sources])
    return found


def _behind(layer: Layer, sources: Sequence[Head]) -> Head:
    """The output of an affine, scale or add layer that reads such forms."""
    if layer.kind == "add":
        every, over = together(*((row, x.over) for x in sources for row in (*x.rows, x.bias)))
        half = len(every) // 2
        *rows, bias = (
            list(map(add, a, b)) for a, b in zip(every[:half], every[half:], strict=True)
        )
        return Head(rows, bias, over)
    (x,) = sources
    shift = [b * x.over for b in layer.bias]
    if layer.kind == "scale":
        factors = layer.weights[0]
        rows = [[f * w for w in row] for f, row in zip(factors, x.rows, strict=True)]
        terms = [f * b for f, b in zip(factors, x.bias, strict=True)]
    else:
        columns = list(zip(*x.rows, strict=True))
        rows = [[dot(w, column) for column in columns] for w in layer.weights]
        terms = [dot(w, x.bias) for w in layer.weights]
    return Head(rows, list(map(add, terms, shift)), layer.over * x.over)
