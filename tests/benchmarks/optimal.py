"""Optimal trees by STreeD (van der Linden et al., NeurIPS 2023), through pystreed."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.distillers.cuts import Cuts
from verifier.distillers.tidying import preorder
from verifier.model.tree import Inner, Leaf, Tree

PACKAGE = "pystreed"


def is_installed() -> bool:
    """Whether pystreed can be imported."""
    return importlib.util.find_spec(PACKAGE) is not None


def optimal(
    cuts: Cuts,
    points: npt.NDArray[np.int64],
    classes: npt.NDArray[np.int64],
    *,
    depth: int,
    leaves: int,
    seconds: float,
) -> Tree | None:
    """The tree of at most that depth and size with the fewest errors on the points.

    ``points`` are value indices, [N, variables]. None where it is not proved optimal in time.
    """
    from pystreed import STreeDClassifier

    sides = [cuts.sides(i).T[points[:, i]] for i in range(points.shape[1])]
    model = STreeDClassifier(
        max_depth=depth,
        max_num_nodes=min(leaves, 2**depth) - 1,
        time_limit=seconds,
    )
    model.fit(np.concatenate(sides, axis=1).astype(np.intc), classes.astype(np.intc))
    if not model.is_fitted() or not model.fit_result.is_optimal():
        return None
    nodes: list[Inner | Leaf] = []
    _add(nodes, model.get_tree(), cuts)
    return preorder(nodes)


def _add(nodes: list[Inner | Leaf], node: Any, cuts: Cuts) -> int:
    """Append a node of pystreed's and what is below it; its right child is where the cut holds."""
    at = len(nodes)
    if node.is_leaf_node():
        nodes.append(Leaf(int(node.label)))
        return at
    nodes.append(Leaf(0))
    left, right = _add(nodes, node.right_child, cuts), _add(nodes, node.left_child, cuts)
    cut = int(node.feature)
    nodes[at] = Inner(int(cuts.column[cut]), cuts.thresholds[cut], left, right)
    return at
