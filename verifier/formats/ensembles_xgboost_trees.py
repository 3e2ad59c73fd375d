"""The trees in XGBoost's documents, and which of them count.

XGBoost trusts these lists: it may fall over, or read what is not there, where they do not fit
together. So all of that is refused before XGBoost itself is given such a file.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from verifier.formats.ensembles_fold import Fold
from verifier.formats.ensembles_parts import Node, among, at_most, member, pairs
from verifier.formats.sklearn import cast_threshold
from verifier.model.ensemble import Member, Score
from verifier.model.errors import EnsembleError

_CATEGORIES = 1 << 24
"""Categories are below this number."""
_NOBODY = 2**31 - 1
"""The parent of a tree's first node."""


def counted(
    model: Mapping[str, Any], learner: Mapping[str, Any], rounds: int | None
) -> tuple[list[Mapping[str, Any]], list[int]]:
    """The trees that count, of all or the first ``rounds`` rounds, and the output of each."""
    trees, groups = list(model["trees"]), [int(g) for g in model["tree_info"]]
    if not trees:
        raise EnsembleError("it has no trees: train it with one round or more")
    stated = model["gbtree_model_param"].get("num_trees", len(trees))
    if len(trees) != len(groups) or int(stated) != len(trees):
        raise EnsembleError("its lists of trees have different lengths: damaged file")
    ends = model.get("iteration_indptr")
    if ends is None:
        size = int(model["gbtree_model_param"].get("num_parallel_tree", 1) or 1)
        size *= max(1, int(learner["learner_model_param"].get("num_class", 0)))
        ends = range(0, len(trees) + 1, max(1, size))
    sound = all(isinstance(x, int) for x in ends) and all(a <= b for a, b in pairwise(ends))
    if not sound or not ends or (ends[0], ends[-1]) != (0, len(trees)):
        raise EnsembleError("its rounds do not hold each tree once, in order: damaged file")
    if rounds is None:
        return trees, groups
    if not 0 < rounds < len(ends):
        raise EnsembleError(f"its best round is {rounds - 1} of {len(ends) - 1}: damaged file")
    return trees[: ends[rounds]], groups[: ends[rounds]]


def tree_of(tree: Mapping[str, Any], weight: float, fold: Fold | None) -> Member:
    """One tree; its leaves' values stand among the thresholds."""
    if int(tree["tree_param"].get("size_leaf_vector", 1) or 1) > 1:
        raise EnsembleError("a tree has several outputs: train with one_output_per_tree")
    left, right = tree["left_children"], tree["right_children"]
    columns, gone = tree["split_indices"], tree["default_left"]
    numbers = np.array(tree["split_conditions"], dtype=np.float64).astype(np.float32)
    kinds = tree.get("split_type") or [0] * len(left)
    lists: list[Any] = [left, right, columns, gone, numbers, kinds]
    stated = int(tree["tree_param"].get("num_nodes", len(left)))
    if {len(part) for part in lists} != {stated} or not numbers.ndim == 1:
        raise EnsembleError("a tree's lists have different lengths: damaged file")
    if not all(type(x) is int for part in (left, right, columns, kinds) for x in part):
        raise EnsembleError("a tree's children, columns and kinds are no whole numbers: damaged")
    _check_tree(left, right)
    _check_unread(tree, left, stated)
    categories = _categories(tree, kinds)

    def node_of(i: int) -> Node:
        if left[i] == -1:
            return Score(pairs([np.float32(weight) * numbers[i]]))
        ends = (left[i], right[i])
        if kinds[i] == 0:
            if math.isnan(numbers[i]):
                raise EnsembleError("a threshold is NaN: train it again")
            return at_most(columns[i], _below(numbers[i]), ends, bool(gone[i]))
        ranges = [(_below(np.float32(c)), _below(np.float32(c + 1))) for c in categories[i]]
        return among(columns[i], ranges, ends, bool(gone[i]), inside_left=False)

    return member(0, node_of, fold)


def _check_tree(left: Sequence[int], right: Sequence[int]) -> None:
    """Refuse children that are missing, have two parents, or do not stand side by side.

    Nodes that training has cut off, and that nothing leads to, are no fault.
    """
    seen = {0}
    for first, second in zip(left, right, strict=True):
        if first == -1:
            continue
        if not 0 < first < len(left) - 1 or first in seen or first + 1 in seen:
            raise EnsembleError(
                f"a tree leads to node {first}, which it lacks or has led to: damaged file"
            )
        if second != first + 1:
            raise EnsembleError("a node's children do not stand side by side: damaged file")
        seen |= {first, second}


def _check_unread(tree: Mapping[str, Any], left: Sequence[int], count: int) -> None:
    """Refuse what predictions do not need, and XGBoost goes by all the same: a node's parent."""
    for name in ("base_weights", "loss_changes", "sum_hessian", "parents"):
        if name in tree and not (isinstance(tree[name], list) and len(tree[name]) == count):
            raise EnsembleError(f"a tree's {name} are not one for each node: damaged file")
    parents = tree.get("parents", [])
    own = {child: i for i, first in enumerate(left) if first != -1 for child in (first, first + 1)}
    if parents and any(parents[child] != i for child, i in (own | {0: _NOBODY}).items()):
        raise EnsembleError("a node's parent is not the one that leads to it: damaged file")


def _below(x: Any) -> Fraction:
    """The t with: float32(x) < number iff x <= t."""
    return cast_threshold(float(np.nextafter(x, np.float32(-np.inf))))


def _categories(tree: Mapping[str, Any], kinds: Sequence[int]) -> dict[int, list[int]]:
    """The categories that go right at each node with a split of them, ascending."""
    found: dict[int, list[int]] = {}
    names = ("nodes", "segments", "sizes")
    nodes, firsts, sizes = (tree.get(f"categories_{name}", []) for name in names)
    every = tree.get("categories", [])
    if not all(type(x) is int for part in (nodes, firsts, sizes, every) for x in part):
        raise EnsembleError("its categories are no whole numbers: damaged file")
    for node, first, size in zip(nodes, firsts, sizes, strict=True):
        own = sorted(set(every[first : first + size]))
        if not 0 <= first <= first + size <= len(every) or node in found:
            raise EnsembleError("a split's categories are not where it says: damaged file")
        if own and not 0 <= own[0] <= own[-1] < _CATEGORIES - 1:
            raise EnsembleError("a category is no number from 0 to 2^24: damaged file")
        found[node] = own
    if wrong := set(kinds) - {0, 1}:
        raise EnsembleError(f"a split is of the unknown kind {min(wrong)}")
    if sorted(found) != [i for i, kind in enumerate(kinds) if kind]:
        raise EnsembleError("its categories are of other splits: damaged file")
    return found
