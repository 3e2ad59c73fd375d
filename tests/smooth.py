"""Smooth functions in plain floats, written a second time, and networks of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product

import numpy as np

from verifier.model.network import Affine, Layer, Network
from verifier.model.smooth import Smooth


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))


def _phi(x: float) -> float:
    return math.erfc(-x / math.sqrt(2)) / 2


def _softplus(x: float) -> float:
    return max(x, 0) + math.log1p(math.exp(-abs(x)))


FUNCTIONS: dict[str, Callable[[float], float]] = {
    "sigmoid": _sigmoid,
    "tanh": math.tanh,
    "erf": math.erf,
    "softplus": _softplus,
    "silu": lambda x: x * _sigmoid(x),
    "erf_gate": lambda x: x * math.erfc(-x) / 2,
    "gelu": lambda x: x * _phi(x),
    "gelu_tanh": lambda x: x / 2 * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    "mish": lambda x: x * math.tanh(_softplus(x)),
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "hard_swish": lambda x: x * min(max(x / 6 + 0.5, 0), 1),
}


def random_network(
    rng: np.random.Generator, columns: int, kinds: list[str], width: int = 6, outputs: int = 1
) -> Network:
    """Affine layers with smooth ones between them."""
    layers: list[Layer] = []
    before = columns
    for kind in kinds:
        size = len(layers)
        weight = rng.normal(size=(width, before)) / math.sqrt(before) * 2
        layers += [Affine(size, weight, rng.normal(size=width)), Smooth(size + 1, kind)]
        before = width
    last = Affine(len(layers), rng.normal(size=(outputs, before)), rng.normal(size=outputs) / 4)
    return Network(columns, (*layers, last))


def logits(network: Network, x: list[float]) -> list[float]:
    """The logits at a point in floats."""
    nodes = [np.array(x, dtype=np.float64)]
    for layer in network.layers:
        if isinstance(layer, Smooth):
            nodes.append(np.array([FUNCTIONS[layer.kind](v) for v in nodes[layer.source]]))
        else:
            assert isinstance(layer, Affine)
            nodes.append(layer.weight @ nodes[layer.source] + layer.bias)
    return [float(v) for v in nodes[-1]]


def float_class(network: Network, x: list[float]) -> int:
    """The class at a point that is not within rounding of another."""
    found = logits(network, x)
    if len(found) == 1:
        assert abs(found[0]) > 1e-9
        return int(found[0] > 0)
    ordered = sorted(found)
    assert ordered[-1] - ordered[-2] > 1e-9
    return int(np.argmax(found))


def points(columns: int) -> list[tuple[int, ...]]:
    """All points of bits."""
    return list(product((0, 1), repeat=columns))
