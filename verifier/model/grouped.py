"""Whether a network's class is one of some: as a network of two classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.model.network import Add, Affine, FloatArray, Layer, Network, Relu

MOST = 1 << 10
"""Classes of a network of which some are a group, at most."""


def is_group(ones: int, classes: int) -> bool:
    """Whether the bits of ``ones`` are some of the classes, but not none and not all."""
    return 2 < classes <= MOST and 0 < ones < (1 << classes) - 1


def members(ones: int, classes: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The classes that are not among the bits of ``ones``, and those that are."""
    inside = tuple(k for k in range(classes) if ones >> k & 1)
    return tuple(k for k in range(classes) if not ones >> k & 1), inside


def grouped(network: Network, ones: int) -> Network:
    """The network with one logit: the largest of the classes in ``ones`` less that of the others.

    ``ones`` are bits, some of the network's classes. Where the logit is above 0 its class is one of
    these, where it is below 0 one of the others; where it is 0 of either, as ties go to the lowest.
    A maximum is ``max(a, b) = b + relu(a - b)``, of pairs, then of pairs of these, and so on.
    """
    others, own = members(ones, network.outputs)
    layers, width = list(network.layers), network.outputs
    groups = [list(own), list(others)]
    while max(map(len, groups)) > 1:
        pairs = [g[i : i + 2] for g in groups for i in range(0, len(g), 2)]
        first = [_row(width, {x[0]: 1, x[1]: -1} if len(x) > 1 else {}) for x in pairs]
        second = [_row(width, {x[-1]: 1}) for x in pairs]
        node = len(layers)
        layers += [_sum(node, first), Relu(node + 1), _sum(node, second), Add(node + 2, node + 3)]
        width = len(pairs)
        count = (len(groups[0]) + 1) // 2
        groups = [list(range(count)), list(range(count, width))]
    layers.append(_sum(len(layers), [_row(width, {groups[0][0]: 1, groups[1][0]: -1})]))
    return Network(network.columns, tuple(layers), executed=network.executed)


def _row(width: int, entries: dict[int, int]) -> list[int]:
    return [entries.get(i, 0) for i in range(width)]


def _sum(source: int, rows: Sequence[Sequence[int]]) -> Layer:
    weight: FloatArray = np.array(rows, dtype=np.float64)
    return Affine(source, weight, np.zeros(len(rows)))
