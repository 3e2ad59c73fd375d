"""scikit-learn's decision trees, as scikit-learn executes them; its networks are in the module
``sklearn_networks``.

A decision tree casts its input to float32 and compares that with a float64 threshold. The Tree made
here compares the input itself with another threshold, chosen so that both take the same branch for
every float64 input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from verifier.formats.heads import label_names
from verifier.formats.own import check_own
from verifier.formats.sklearn_networks import teacher_from_mlp, teacher_from_sklearn
from verifier.model.errors import TreeError, quoted
from verifier.model.tree import Inner, Leaf, Tree

__all__ = [
    "cast_threshold",
    "double_threshold",
    "teacher_from_mlp",
    "teacher_from_sklearn",
    "tree_from_sklearn",
]

NEVER = -(Fraction(2) ** 1100)
"""A threshold below every number that an input can be."""
_LARGEST = float(np.finfo(np.float32).max)
_OVERFLOW = 2.0**128 - 2.0**103
"""Float64 numbers from here on become infinite as float32 (ties go to the even neighbour)."""


def tree_from_sklearn(model: Any, classes: Sequence[Any] | None = None) -> Tree:
    """The tree that a fitted ``DecisionTreeClassifier`` executes on float64 inputs.

    ``classes`` lists the labels of the teacher's classes 0, 1, ... in order (for instance
    ``mlp.classes_``); without it, labels must be these numbers themselves. A leaf answers the first
    of its most frequent classes, as ``predict`` does. The tree's ``labels`` are these names, so
    that it is not compared with a teacher whose classes stand in another order. Raises TreeError.
    """
    where = type(model).__name__
    if where not in ("DecisionTreeClassifier", "ExtraTreeClassifier"):
        raise TreeError(f"{where} is not supported: give a DecisionTreeClassifier")
    check_own(model, "sklearn", TreeError)
    if not hasattr(model, "tree_"):
        raise TreeError(f"the {where} is not fitted: call fit first")
    if model.n_outputs_ != 1:
        raise TreeError(f"the {where} has {model.n_outputs_} outputs: one is supported")
    numbers = [_class_number(label, classes) for label in model.classes_]
    tree = model.tree_
    best = [numbers[int(i)] for i in np.argmax(tree.value[:, 0, :], axis=1)]
    nodes: list[Inner | Leaf] = []
    order, right = _in_order(tree)
    for i, node in enumerate(order):
        if i in right:
            threshold = cast_threshold(float(tree.threshold[node]))
            nodes.append(Inner(int(tree.feature[node]), threshold, i + 1, right[i]))
        else:
            nodes.append(Leaf(best[node]))
    return Tree(tuple(nodes), _names(model.classes_, classes))


def missing_left(model: Any) -> tuple[bool, ...] | None:
    """Whether each node of the Tree made of a fitted one sends a missing value left.

    None where ``model`` takes none: of scikit-learn before 1.3, or with ``monotonic_cst``.
    """
    goes = getattr(model.tree_, "missing_go_to_left", None)
    if goes is None or getattr(model, "monotonic_cst", None) is not None:
        return None
    return tuple(bool(goes[node]) for node in _in_order(model.tree_)[0])


def _in_order(tree: Any) -> tuple[list[int], dict[int, int]]:
    """scikit-learn's nodes in pre-order; and for the place of each test that of its right child."""
    right: dict[int, int] = {}
    order: list[int] = []
    stack = [(0, -1)]
    while stack:
        node, parent = stack.pop()
        if parent >= 0:
            right[parent] = len(order)
        if tree.children_left[node] >= 0:
            stack.append((int(tree.children_right[node]), len(order)))
            stack.append((int(tree.children_left[node]), -1))
        order.append(node)
    return order, right


def _names(own: Sequence[Any], classes: Sequence[Any] | None) -> tuple[str, ...]:
    """What classes 0, 1, ... are called: as given, or by these numbers, which the labels are."""
    if classes is not None:
        return label_names(list(classes))
    if all(isinstance(label, bool | np.bool_) for label in own):
        return ("False", "True")
    return tuple(str(i) for i in range(1 + max(int(label) for label in own)))


def _class_number(label: Any, classes: Sequence[Any] | None) -> int:
    if classes is not None:
        for i, known in enumerate(classes):
            if known == label:
                return i
        raise TreeError(
            f"the tree answers {quoted(label)}, which is not among the teacher's classes: "
            "give classes as the teacher's labels in order"
        )
    if isinstance(label, int | float | np.number | np.bool_) and 0 <= label == int(label):
        return int(label)
    raise TreeError(
        f"the tree answers {quoted(label)}, which is not a class number: "
        "give classes, the teacher's labels in order"
    )


@lru_cache(maxsize=1 << 16)
def cast_threshold(threshold: float) -> Fraction:
    """The threshold t' with: float32(float64(x)) <= threshold iff x <= t', for every x.

    ``float32`` rounds to nearest, ties to even, and overflows to infinity. With f the largest
    float32 at most ``threshold``, float32(y) <= threshold iff float32(y) <= f iff y lies below the
    midpoint of f and the next float32, or on it if f is the even one of the two. A strict bound
    becomes the next float64 below. Numbers of a domain that are no float64 are the nearest first,
    as ``double_threshold`` says. Raises TreeError for NaN.
    """
    if math.isnan(threshold):
        raise TreeError("the tree has a threshold that is NaN: train it again")
    if threshold == math.inf:
        return Fraction(float(np.finfo(np.float64).max))
    if threshold < -_LARGEST:
        return double_threshold(-_OVERFLOW)
    below = np.float32(min(threshold, _LARGEST))
    if float(below) > threshold:
        below = np.nextafter(below, np.float32(-np.inf))
    if float(below) == _LARGEST:
        middle = _OVERFLOW
    else:
        above = np.nextafter(below, np.float32(np.inf))
        middle = (float(below) + float(above)) / 2  # exact: 25 significant bits
    even = not int(below.view(np.uint32)) & 1
    return double_threshold(middle if even else math.nextafter(middle, -math.inf))


@lru_cache(maxsize=1 << 16)
def double_threshold(value: float) -> Fraction:
    """The t with: float64(x) <= value iff x <= t, for every x of at most 2^40 digits per step.

    A domain's numbers need not be float64 (1/10 is not): what is compared is the nearest. A bound
    that is strict, since ties go to the even neighbour, becomes one 2^-40 of a step below.
    """
    if value == math.inf:
        return -NEVER
    if value == -math.inf:
        return -Fraction(2**1024 - 2**970)
    after = math.nextafter(value, math.inf)
    step = 2.0**971 if after == math.inf else after - value  # a power of two
    steps = int(value / step)  # exact; odd where the value's last bit is 1
    top, power = (steps << 40) + (1 << 39) - (steps & 1), math.frexp(step)[1] - 41
    return Fraction(top << power) if power >= 0 else Fraction(top, 1 << -power)
