"""scikit-learn's votes of decision trees: each adds to the class that it answers, or its shares.

Votes of other models are networks (``sklearn_combined``), or refused there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.own import kind_of
from verifier.model.errors import EnsembleError

CLASSIFIERS = ("DecisionTreeClassifier", "ExtraTreeClassifier")
Values = npt.NDArray[np.float64]


def votes_of_trees(model: Any) -> bool:
    """Whether it is a fitted VotingClassifier of nothing but decision trees."""
    if kind_of(model) != "VotingClassifier":
        return False
    held = getattr(model, "estimators_", [])
    return bool(held) and all(kind_of(member) in CLASSIFIERS for member in held)


def votes(model: Any) -> tuple[list[Values], float]:
    """What the nodes of each tree add, each (nodes, classes), and what the sums are divided by.

    Hard: a tree's weight, for the first of its largest shares; ``predict`` adds the weights up in
    order and takes the first of the largest sums. Soft: weight times share, each product rounded,
    and the sum divided by that of the weights, as ``numpy.average`` does. Raises EnsembleError.
    """
    trees = model.estimators_
    given = model._weights_not_none
    weights = np.ones(len(trees)) if given is None else np.asarray(given, np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise EnsembleError("the votes' weights must be numbers of at least 0, and not all 0")
    rows = [_shares(tree, len(model.classes_)) for tree in trees]
    if model.voting == "hard":
        return [_won(own) * w for own, w in zip(rows, weights, strict=True)], 1.0
    if given is None:
        return rows, float(len(trees))
    flat = np.zeros((len(trees), 1, 1))  # its shape decides how numpy adds the weights
    _, total = np.average(flat, axis=0, weights=given, returned=True)
    return [own * w for own, w in zip(rows, weights, strict=True)], float(total[0, 0])


def _shares(tree: Any, classes: int) -> Values:
    """A tree's shares of the votes' classes, which it knows by their numbers."""
    own = np.asarray(tree.tree_.value[:, 0, :], np.float64)
    found = np.zeros((len(own), classes))
    found[:, [int(c) for c in tree.classes_]] = own
    return found


def _won(shares: Values) -> Values:
    """1 for the first of the largest in each row, 0 for the others."""
    found = np.zeros_like(shares)
    found[np.arange(len(shares)), shares.argmax(axis=1)] = 1.0
    return found
