"""Exact values of a network: integers over a common denominator."""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from operator import add, mul

from verifier.second_checker.domain import Point
from verifier.second_checker.network import Layer, Network
from verifier.second_checker.variables import Inputs

Numbers = tuple[Sequence[int], int]
"""Numerators and their positive denominator."""


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    """The inner product."""
    return sum(map(mul, a, b))


def together(*parts: Numbers) -> tuple[list[list[int]], int]:
    """The parts' numerators over one denominator."""
    over = lcm(*(d for _, d in parts))
    return [[x * (over // d) for x in n] if d != over else list(n) for n, d in parts], over


def logits(network: Network, inputs: Inputs, point: Point) -> list[Numbers]:
    """Every node's value at a point, the input first and the logits last."""
    rows = [v.row(i) for v, i in zip(inputs.variables, point, strict=True)]
    return forward(network, ([x for row in rows for x in row], inputs.denominator))


def forward(network: Network, columns: Numbers) -> list[Numbers]:
    """Every node's value where the inputs have these numbers in their columns."""
    nodes: list[Numbers] = [columns]
    for layer in network.layers:
        x, over = nodes[layer.sources[0]]
        if layer.kind == "affine":
            out = [dot(w, x) + b * over for w, b in zip(layer.weights, layer.bias, strict=True)]
            nodes.append((out, over * layer.over))
        elif layer.kind == "scale":
            terms = zip(x, layer.weights[0], layer.bias, strict=True)
            nodes.append(([h * f + b * over for h, f, b in terms], over * layer.over))
        elif layer.kind == "relu":
            nodes.append(([max(h, 0) for h in x], over))
        elif layer.kind == "sign":
            nodes.append(([(h > 0) - (h < 0) for h in x], 1))
        elif layer.kind == "steps":
            nodes.append((climbed(layer, x, over), 1))
        else:
            (a, b), over = together(nodes[layer.sources[0]], nodes[layer.sources[1]])
            nodes.append((list(map(add, a, b)), over))
    return nodes


def climbed(layer: Layer, x: Sequence[int], over: int) -> list[int]:
    """A staircase's values at ``x / over``: how many of its steps are not above that."""
    return [
        low + sum(step * over <= h * layer.over for step in row)
        for h, row, low in zip(x, layer.weights, layer.bias, strict=True)
    ]


def decide(logits: Sequence[int]) -> int:
    """One logit: class 1 iff it is positive. Several: the largest, ties to the lowest index."""
    return int(logits[0] > 0) if len(logits) == 1 else list(logits).index(max(logits))
