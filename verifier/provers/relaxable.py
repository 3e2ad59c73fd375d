"""A network as float arrays, ready to be bounded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.low_rank import LowRank, low_rank
from verifier.provers.space import Array, Space, contributions, prepare_space
from verifier.provers.timing import require_time

WIDE = 256  # neurons of a layer from which on speed matters more than accuracy


@dataclass(frozen=True, eq=False)
class First:
    """The pre-activations of ReLU that are affine in the input, those of ``nodes`` side by side.

    They are ``matrix @ x + constant``, shapes [neurons, columns] and [neurons]; ``parts`` are the
    nodes' among them, ``places`` theirs in the arrays of bounds and ``tables`` [neurons, values]
    what each value of the variables adds to them.
    """

    nodes: tuple[int, ...]
    parts: tuple[slice, ...]
    places: npt.NDArray[np.int64]
    matrix: Array
    constant: Array
    tables: Array


@dataclass(frozen=True, eq=False)
class Relaxable:
    """A teacher as float arrays, with its activation layers numbered.

    ``weights[i]`` belongs to layer i: (W, b) for affine, (factor, shift) for scale, (thresholds,
    lowest) for steps. ``slices[n]``
    is where the pre-activations at node n lie in the arrays of bounds (total length ``neurons``).
    ``linear[n]`` is (matrix, constant) for nodes that are affine in the input, else None; for the
    input itself only where an activation reads it.
    ``thin[i]`` decomposes the matrix of layer i, where that pays. ``first`` is the first layer
    of a wide teacher over categoricals, where only ReLU reads it; ``signs`` are nodes Sign reads,
    ``stairs`` those that Steps or smooth layers read, with the layer.
    """

    teacher: Network
    space: Space
    weights: tuple[tuple[Array, ...], ...]
    slices: dict[int, slice]
    neurons: int
    linear: tuple[tuple[Array, Array] | None, ...]
    thin: tuple[LowRank | None, ...]
    dtype: np.dtype[np.floating[Any]]
    first: First | None
    signs: frozenset[int]
    stairs: dict[int, Steps | Smooth]


def prepare_network(teacher: Network, domain: Domain) -> Relaxable:
    """Float arrays of a teacher over a domain: float32 for wide ones, else float64."""
    wide = max(teacher.widths[1:]) >= WIDE
    weights: list[tuple[Array, ...]] = []
    with np.errstate(all="ignore"):
        for layer in teacher.layers:
            require_time()
            if isinstance(layer, Affine):
                pair = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
                weights.append(pair)
            elif isinstance(layer, Scale):
                factor = layer.scale.astype(np.float64) / layer.divisor.astype(np.float64)
                weights.append((factor, layer.shift.astype(np.float64)))
            elif isinstance(layer, Steps):
                weights.append((layer.rows, layer.lowest.astype(np.float64)))
            else:
                weights.append(())
    slices: dict[int, slice] = {}
    total = 0
    for layer in teacher.layers:
        if isinstance(layer, Relu | Sign | Steps | Smooth) and layer.source not in slices:
            width = teacher.widths[layer.source]
            slices[layer.source] = slice(total, total + width)
            total += width
    dtype: np.dtype[np.floating[Any]]
    stairs = {x.source: x for x in teacher.layers if isinstance(x, Steps | Smooth)}
    single = wide and not stairs and _moderate(weights)
    dtype = np.dtype(np.float32 if single else np.float64)
    linear = [x and (x[0].astype(dtype), x[1].astype(dtype)) for x in _linear(teacher, weights)]
    if 0 in slices:
        linear[0] = np.eye(teacher.columns, dtype=dtype), np.zeros(teacher.columns, dtype=dtype)
    cast = tuple(tuple(w.astype(dtype) for w in own) for own in weights)
    activated = _activated(teacher)
    thin: list[LowRank | None] = []
    for layer, own in zip(teacher.layers, cast, strict=True):
        require_time()
        found = isinstance(layer, Affine) and activated[layer.source]
        thin.append(low_rank(own[0]) if found else None)
    space = prepare_space(domain)
    signs = frozenset(x.source for x in teacher.layers if isinstance(x, Sign))
    first = _first(space, slices, linear, signs) if wide and not stairs else None
    return Relaxable(
        teacher, space, cast, slices, total, tuple(linear), tuple(thin), dtype, first, signs, stairs
    )


def _first(
    space: Space,
    slices: dict[int, slice],
    linear: Sequence[tuple[Array, Array] | None],
    signs: frozenset[int],
) -> First | None:
    held = [(node, own) for node in slices if (own := linear[node]) is not None]
    nodes = tuple(node for node, _ in held)
    if not held or signs.intersection(nodes) or len(space.ordinals.variables):
        return None
    matrix = np.concatenate([own[0] for _, own in held])
    tables = np.empty((len(matrix), len(space.owners)), dtype=matrix.dtype)
    for group in space.groups:
        tables[:, group.values.ravel()] = contributions(group, matrix).reshape(len(matrix), -1)
    places = np.concatenate([np.arange(slices[n].start, slices[n].stop) for n in nodes])
    ends = np.cumsum([0, *(len(own[1]) for _, own in held)]).tolist()
    parts = tuple(slice(*pair) for pair in pairwise(ends))
    return First(nodes, parts, places, matrix, np.concatenate([own[1] for _, own in held]), tables)


def _activated(teacher: Network) -> list[bool]:
    """For each node whether it is a sum of activations alone."""
    found = [False]
    for layer in teacher.layers:
        summed = isinstance(layer, Add) and found[layer.left] and found[layer.right]
        found.append(summed or isinstance(layer, Relu | Sign | Steps | Smooth))
    return found


def _moderate(weights: list[tuple[Array, ...]]) -> bool:
    """Whether float32 is far from overflow and underflow."""
    return all(np.abs(w).max(initial=0.0) < 1e4 for own in weights for w in own)


def _linear(
    teacher: Network, weights: list[tuple[Array, ...]]
) -> tuple[tuple[Array, Array] | None, ...]:
    """Compose the layers that no activation precedes; node 0 itself is left out (None)."""
    found: list[tuple[Array, Array] | None] = [None]
    with np.errstate(all="ignore"):
        for layer, own in zip(teacher.layers, weights, strict=True):
            result = None
            if isinstance(layer, Affine):
                before = found[layer.source]
                if layer.source == 0:
                    result = own[0], own[1]
                elif before is not None:
                    result = own[0] @ before[0], own[0] @ before[1] + own[1]
            elif isinstance(layer, Scale):
                before = found[layer.source]
                if layer.source == 0:
                    result = np.diag(own[0]), own[1]
                elif before is not None:
                    result = own[0][:, None] * before[0], own[0] * before[1] + own[1]
            elif isinstance(layer, Add):
                left, right = found[layer.left], found[layer.right]
                if left is not None and right is not None:
                    result = left[0] + right[0], left[1] + right[1]
            found.append(result)
    return tuple(found)
