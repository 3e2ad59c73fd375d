"""Two networks that compute nearly the same, as chains of ReLU layers with equal units.

A quantised network is taken without its rounding: of a staircase there remains a line, and where it
stays at its lowest value a ReLU. Neurons are scaled so that those of both networks have about the
same weights. It is for the search only, which nothing is proved by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale
from verifier.model.steps import Steps
from verifier.provers.compiled.chain import fold
from verifier.provers.evaluate import encode_block, prepare_bulk
from verifier.provers.pairs.arrays import Real

SEEN = 256
"""Random points at which it is seen whether a staircase ends."""
OFTEN = 0.02
"""It is taken for a ReLU where so many numbers are below its steps."""
FAR = 1e30
"""Thresholds beyond are never met."""


@dataclass(frozen=True, eq=False)
class Folded:
    """The hidden layers' (matrix, constant), those of the logit, and how rough each neuron is.

    ``rough`` (neurons,) of each hidden layer is by how much its output may be off, about.
    """

    hidden: tuple[tuple[Real, Real], ...]
    last: tuple[Real, Real]
    rough: tuple[Real, ...]

    @property
    def widths(self) -> list[int]:
        """Neurons of the hidden layers."""
        return [len(constant) for _, constant in self.hidden]


def folded(network: Network, domain: Domain) -> Folded | None:
    """The chain of a network of two classes, with one logit; None where it is none.

    ``domain`` are the variables that it reads.
    """
    found = chain_of(network, domain)
    if found is None or network.classes != 2:
        return None
    matrix, constant = found.last
    if len(constant) == 2:
        matrix, constant = matrix[1:] - matrix[:1], constant[1:] - constant[:1]
    finite = np.isfinite(matrix).all() and np.isfinite(constant).all()
    return replace(found, last=(matrix, constant)) if finite else None


def chain_of(network: Network, domain: Domain) -> Folded | None:
    """The chain of a network with all its logits; None where it is none."""
    if not all(isinstance(x, Affine | Scale | Relu | Steps | Add) for x in network.layers):
        return None
    plain, rough = _without_steps(network, domain)
    hidden: list[tuple[Real, Real]] = []
    with np.errstate(all="ignore"):
        found = fold(plain, hidden)
    if found is None or not hidden or found[0] != len(hidden) - 1:
        return None
    _, matrix, constant = found
    arrays = [a for pair in (*hidden, (matrix, constant)) for a in pair]
    if not all(np.isfinite(a).all() for a in arrays):
        return None
    loose = rough or [np.zeros(len(c)) for _, c in hidden]
    if [len(x) for x in loose] != [len(c) for _, c in hidden]:
        return None
    return Folded(tuple(hidden), (matrix, constant), tuple(loose))


def _without_steps(network: Network, domain: Domain) -> tuple[Network, list[Real]]:
    """The network with lines and ReLUs for its staircases, and how rough each of these is."""
    if not any(isinstance(layer, Steps) for layer in network.layers):
        return network, []
    rng = np.random.default_rng(0)
    bulk = prepare_bulk(network, domain)
    points = np.stack([rng.integers(0, v.count, SEEN) for v in domain.variables], axis=1)
    nodes = _values(network, encode_block(bulk, points))
    layers: list[Layer] = []
    place = [0]
    rough: list[Real] = []
    for layer, x in zip(network.layers, _read(network, nodes), strict=True):
        moved = _moved(layer, place)
        if not isinstance(layer, Steps):
            layers.append(moved)
            place.append(len(layers))
            continue
        slope, shift = _line(layer, x)
        ones = np.ones(len(slope))
        base = layer.lowest.astype(np.float64)
        bends = bool((x * slope + shift < base - 1).mean() > OFTEN)
        layers.append(Scale(place[layer.source], slope, ones, shift - (base if bends else 0)))
        if bends:
            layers.append(Relu(len(layers)))
            layers.append(Scale(len(layers), ones, ones, base))
            rough.append(np.full(len(slope), 0.5))
        place.append(len(layers))
    return replace(network, layers=tuple(layers)), rough


def _read(network: Network, nodes: Sequence[Real]) -> list[Real]:
    """What each layer reads first."""
    return [nodes[getattr(layer, "source", 0)] for layer in network.layers]


def _moved(layer: Layer, place: Sequence[int]) -> Layer:
    """A layer that reads the nodes where they are now."""
    names = [name for name in ("source", "left", "right") if hasattr(layer, name)]
    return replace(layer, **{name: place[getattr(layer, name)] for name in names})


def _line(layer: Steps, x: Real) -> tuple[Real, Real]:
    """Slopes and shifts of lines through the middle of the staircases, where ``x`` meets them."""
    slope, shift = np.zeros(len(layer.lowest)), layer.lowest.astype(np.float64)
    for j, row in enumerate(layer.rows):
        met = row[np.abs(row) < FAR]
        inside = met[(met > x[:, j].min()) & (met <= x[:, j].max())]
        own = inside if len(inside) > 1 else met
        if len(own) < 2 or own[-1] == own[0]:
            continue
        first = int(np.searchsorted(row, own[0]))
        slope[j] = (len(own) - 1) / (own[-1] - own[0])
        shift[j] += first + 0.5 - slope[j] * own[0]
    return slope, shift


def alike(one: Folded, other: Folded) -> Folded:
    """The second with its neurons scaled as those of the first, which it has as many of."""
    hidden: list[tuple[Real, Real]] = []
    rough: list[Real] = []
    back = np.ones(one.hidden[0][0].shape[1])
    for (w, b), (v, c), loose in zip(one.hidden, other.hidden, other.rough, strict=True):
        v = v * back
        both, own = (w * v).sum(axis=1) + b * c, (v * v).sum(axis=1) + c * c
        factor = np.where((both > 0) & (own > 0), both / np.maximum(own, 1e-300), 1.0)
        hidden.append((v * factor[:, None], c * factor))
        rough.append(loose * factor)
        back = 1 / factor
    matrix, constant = other.last
    return Folded(tuple(hidden), (matrix * back, constant), tuple(rough))


def _values(network: Network, x: Real) -> list[Real]:
    """Every node at some inputs, in floats."""
    nodes = [x]
    with np.errstate(all="ignore"):
        for layer in network.layers:
            match layer:
                case Affine(source=source, weight=weight, bias=bias):
                    nodes.append(nodes[source] @ weight.T.astype(np.float64) + bias)
                case Scale(source=source, scale=scale, divisor=divisor, shift=shift):
                    nodes.append(nodes[source] * (scale / divisor) + shift)
                case Relu(source=source):
                    nodes.append(np.maximum(nodes[source], 0.0))
                case Steps(source=source):
                    nodes.append(layer.values(nodes[source]))
                case _:
                    assert isinstance(layer, Add)
                    nodes.append(nodes[layer.left] + nodes[layer.right])
    return nodes
