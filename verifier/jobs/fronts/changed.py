"""Models that read a point and slots of changes to it, in place of the changed point.

Both are exact: a network begins with a layer that adds the slots to the point's columns, and an
ensemble's test of a column becomes tests of the slots, of which one at most changes the column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.network import Add, Affine, Layer, Network
from verifier.model.tree import Inner


def added(network: Network, blocks: int) -> Network:
    """The network whose input is the sum of ``1 + blocks`` rows, side by side."""
    return behind(np.tile(np.eye(network.columns), 1 + blocks), network)


def behind(weight: npt.NDArray[np.float64], network: Network) -> Network:
    """The network whose input is a matrix of zeros and ones times a row: exactly."""
    layers: list[Layer] = [Affine(0, weight, np.zeros(network.columns))]
    for layer in network.layers:
        if isinstance(layer, Add):
            layers.append(replace(layer, left=layer.left + 1, right=layer.right + 1))
        else:
            layers.append(replace(layer, source=layer.source + 1))
    return replace(network, columns=weight.shape[1], layers=tuple(layers))


def added_to(ensemble: Ensemble, row: Sequence[Fraction], blocks: int) -> Ensemble:
    """The ensemble at ``row`` plus the sum of ``blocks`` rows, of which one changes a column.

    Its columns are those of a row that is not tested, and then the blocks'.
    """
    members = tuple(_member(m, row, blocks, ensemble.columns) for m in ensemble.members)
    return replace(ensemble, columns=ensemble.columns * (1 + blocks), members=members)


def _member(member: Member, row: Sequence[Fraction], blocks: int, columns: int) -> Member:
    """Each test as a chain over the blocks: what is at most the threshold without a change stays
    so iff every block allows it, and else gets there iff some block takes it there."""
    first = np.cumsum([0, *(blocks if isinstance(n, Inner) else 1 for n in member.nodes)]).tolist()
    nodes: list[Inner | Score] = []
    for i, node in enumerate(member.nodes):
        if isinstance(node, Score):
            nodes.append(node)
            continue
        rest = node.threshold - row[node.column]
        left, right = first[node.left], first[node.right]
        for j in range(blocks):
            at = columns * (1 + j) + node.column
            ahead = first[i] + j + 1 if j + 1 < blocks else (left if rest >= 0 else right)
            ways = (ahead, right) if rest >= 0 else (left, ahead)
            nodes.append(Inner(at, rest, *ways))
    return Member(tuple(nodes))
