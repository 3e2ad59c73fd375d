"""scikit-learn's neural networks and decision trees, as scikit-learn executes them.

A decision tree casts its input to float32 and compares that with a float64 threshold. The Tree made
here compares the input itself with another threshold, chosen so that both take the same branch for
every float64 input.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.errors import TeacherError, TreeError
from verifier.formats.files import quoted
from verifier.formats.graph import Graph, finish
from verifier.formats.operators import affine, relu
from verifier.teacher import Teacher
from verifier.tree import Inner, Leaf, Tree

_LARGEST = float(np.finfo(np.float32).max)
_OVERFLOW = 2.0**128 - 2.0**103
"""Float64 numbers from here on become infinite as float32 (ties go to the even neighbour)."""


def teacher_from_mlp(model: Any) -> Teacher:
    """The logits of a fitted ``MLPClassifier`` with ReLU (or identity) activation.

    Class i is ``model.classes_[i]``, as the notes record. Two classes: one logit, whose logistic
    exceeds 1/2 iff it is positive, as in ``predict``. Raises TeacherError.
    """
    where = type(model).__name__
    if where != "MLPClassifier":
        raise TeacherError(f"{where} is not supported: give an MLPClassifier")
    if not hasattr(model, "coefs_"):
        raise TeacherError(f"the {where} is not fitted: call fit first")
    if model.activation not in ("relu", "identity"):
        raise TeacherError(
            f"the {where} has activation {quoted(model.activation)}: use relu or identity"
        )
    if model.out_activation_ not in ("logistic", "softmax") or _multilabel(model):
        raise TeacherError(f"the {where} predicts several labels at once: one class is supported")
    graph = Graph(int(model.n_features_in_))
    x = graph.input
    last = len(model.coefs_) - 1
    for i, (weight, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        place = f"{where} layer {i}"
        arrays = [np.asarray(a, np.float64) for a in (weight.T, bias)]
        if not all(np.isfinite(a).all() for a in arrays):
            raise TeacherError(f"{place} has a NaN or infinite weight: train it again")
        x = affine(graph, x, arrays[0], arrays[1], place)
        if i < last and model.activation == "relu":
            x = relu(graph, x)
    for i, label in enumerate(model.classes_):
        graph.note(f"class {i} is {quoted(label)}")
    graph.note(f"the final {model.out_activation_} is left out (it keeps the class)")
    return finish(graph, x, where)


def _multilabel(model: Any) -> bool:
    """Several outputs, each thresholded by itself: then ``classes_`` are not exclusive."""
    return bool(model.out_activation_ == "logistic" and model.n_outputs_ > 1)


def tree_from_sklearn(model: Any, classes: Sequence[Any] | None = None) -> Tree:
    """The tree that a fitted ``DecisionTreeClassifier`` executes on float64 inputs.

    ``classes`` lists the labels of the teacher's classes 0, 1, ... in order (for instance
    ``mlp.classes_``); without it, labels must be these numbers themselves. A leaf answers the first
    of its most frequent classes, as ``predict`` does. Raises TreeError.
    """
    where = type(model).__name__
    if where not in ("DecisionTreeClassifier", "ExtraTreeClassifier"):
        raise TreeError(f"{where} is not supported: give a DecisionTreeClassifier")
    if not hasattr(model, "tree_"):
        raise TreeError(f"the {where} is not fitted: call fit first")
    if model.n_outputs_ != 1:
        raise TreeError(f"the {where} has {model.n_outputs_} outputs: one is supported")
    numbers = [_class_number(label, classes) for label in model.classes_]
    tree = model.tree_
    best = [numbers[int(i)] for i in np.argmax(tree.value[:, 0, :], axis=1)]
    nodes: list[Inner | Leaf] = []
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
    for i, node in enumerate(order):
        if i in right:
            threshold = cast_threshold(float(tree.threshold[node]))
            nodes.append(Inner(int(tree.feature[node]), threshold, i + 1, right[i]))
        else:
            nodes.append(Leaf(best[node]))
    return Tree(tuple(nodes))


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


def cast_threshold(threshold: float) -> Fraction:
    """The threshold t' with: float32(x) <= threshold iff x <= t', for every float64 x.

    ``float32`` rounds to nearest, ties to even, and overflows to infinity. With f the largest
    float32 at most ``threshold``, float32(x) <= threshold iff float32(x) <= f iff x lies below the
    midpoint of f and the next float32, or on it if f is the even one of the two. A strict bound
    becomes the next float64 below. Raises TreeError for NaN.
    """
    if math.isnan(threshold):
        raise TreeError("the tree has a threshold that is NaN: train it again")
    if threshold == math.inf:
        return Fraction(float(np.finfo(np.float64).max))
    if threshold < -_LARGEST:
        return Fraction(-_OVERFLOW)
    below = np.float32(min(threshold, _LARGEST))
    if float(below) > threshold:
        below = np.nextafter(below, np.float32(-np.inf))
    if float(below) == _LARGEST:
        middle = _OVERFLOW
    else:
        above = np.nextafter(below, np.float32(np.inf))
        middle = (float(below) + float(above)) / 2  # exact: 25 significant bits
    even = not int(below.view(np.uint32)) & 1
    return Fraction(middle if even else math.nextafter(middle, -math.inf))
