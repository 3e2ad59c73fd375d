"""The tree that one TreeEnsembleClassifier executes, as a Tree over the model's own inputs.

The operator compares what its input has become (rounded to float32, say) with thresholds of its
own type. The Tree compares the input itself with another threshold, chosen so that both take the
same branch. What the operator's definition leaves open, and what runtimes read differently, is
refused. Reference: ONNX-ML operators, TreeEnsembleClassifier-1 and -3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from onnx import AttributeProto, TensorProto, helper

from verifier.formats.onnx_tensors import read_tensor
from verifier.formats.sklearn import NEVER, cast_threshold, double_threshold
from verifier.model.errors import LeafproofError, TreeError, quoted
from verifier.model.tree import Inner, Leaf, Tree

NUMPY: dict[int, Any] = {
    TensorProto.FLOAT: np.float32,
    TensorProto.DOUBLE: np.float64,
    TensorProto.INT64: np.int64,
    TensorProto.INT32: np.int32,
}
"""The element types that an input may have, and that it may be cast to on its way."""
MOST_CLASSES = 1 << 16
"""Class labels are below this number."""

_MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT")
_INTS = ("treeids", "nodeids", "featureids", "truenodeids", "falsenodeids")
_KINDS = {
    **{f"nodes_{name}": AttributeProto.INTS for name in _INTS},
    "nodes_modes": AttributeProto.STRINGS,
    "nodes_missing_value_tracks_true": AttributeProto.INTS,
    **{f"class_{name}": AttributeProto.INTS for name in ("treeids", "nodeids", "ids")},
    "classlabels_int64s": AttributeProto.INTS,
    "classlabels_strings": AttributeProto.STRINGS,
    "post_transform": AttributeProto.STRING,
    **dict.fromkeys(
        ("nodes_values", "nodes_hitrates", "class_weights", "base_values"), AttributeProto.FLOATS
    ),
    **{
        f"{name}_as_tensor": AttributeProto.TENSOR
        for name in ("nodes_values", "nodes_hitrates", "class_weights", "base_values")
    },
}


@dataclass(frozen=True)
class _Ensemble:
    """The node's attributes, checked: one entry a tree node, and a score for leaf and class."""

    ids: Sequence[int]
    modes: Sequence[str]
    features: Sequence[int]
    values: Sequence[float]
    true: Sequence[int]
    false: Sequence[int]
    labels: Sequence[int]
    scores: Mapping[int, Mapping[int, float]]
    transform: str


def tree_of_node(
    node: Any, types: Sequence[int] = (TensorProto.FLOAT,), columns: int | None = None
) -> Tree:
    """The Tree that a TreeEnsembleClassifier executes; raises TreeError for what it lacks.

    ``types`` are the element types that the model's input has in turn: its own first, then what it
    is cast to; the last is what the operator is given. NaN is no input of a domain, so
    ``nodes_missing_value_tracks_true`` says nothing.
    """
    held = _checked(node, types[-1] == TensorProto.DOUBLE)
    leaves = _answers(held)
    at = {number: k for k, number in enumerate(held.ids)}
    if len(at) != len(held.ids):
        raise TreeError("two nodes have the same id")
    nodes: list[Inner | Leaf] = []
    seen: set[int] = set()
    inner: set[int] = set()
    stack: list[tuple[int, int, bool]] = [(held.ids[0], -1, False)]
    while stack:
        number, parent, is_right = stack.pop()
        here = len(nodes)
        if number not in at or number in seen:
            raise TreeError(
                f"node {number} is missing, has two parents or is part of a cycle: a tree's nodes "
                "have one parent each, and its root is listed first"
            )
        seen.add(number)
        if parent >= 0:
            above = nodes[parent]
            assert isinstance(above, Inner)
            ends = (above.left, here) if is_right else (here, above.right)
            nodes[parent] = Inner(above.column, above.threshold, *ends)
        k = at[number]
        if held.modes[k] == "LEAF":
            nodes.append(Leaf(leaves(number)))
            continue
        inner.add(number)
        column = held.features[k]
        if not 0 <= column < (columns or column + 1):
            raise TreeError(f"node {number} tests column {column}, which the input lacks")
        threshold, swapped = threshold_of(held.modes[k], held.values[k], types)
        nodes.append(Inner(column, threshold, here, here))
        low, high = (held.true[k], held.false[k])[:: -1 if swapped else 1]
        stack += [(high, here, True), (low, here, False)]
    if len(seen) != len(at):
        lost = min(at.keys() - seen)
        raise TreeError(
            f"node {lost} is not reached from the first node listed ({held.ids[0]}): runtimes "
            "disagree about such files; list the root first and leave other nodes out"
        )
    if wrong := held.scores.keys() - (seen - inner):
        raise TreeError(f"a score belongs to node {min(wrong)}, which is no leaf: damaged file")
    return Tree(tuple(nodes))


def _checked(node: Any, double: bool) -> _Ensemble:
    """The attributes, of the right types and lengths; numbers are those that are compared."""
    held: dict[str, Any] = {}
    for attribute in node.attribute:
        name = attribute.name
        if name not in _KINDS or attribute.ref_attr_name or name in held:
            raise TreeError(f"its attribute {quoted(name)} is unknown or given twice")
        if attribute.type != _KINDS[name]:
            raise TreeError(f"its attribute {quoted(name)} has the wrong type: damaged file")
        held[name] = helper.get_attribute_value(attribute)
    for name in ("nodes_values", "class_weights", "base_values"):
        _take_tensor(held, name, double)
    trees = len(set(held.get("nodes_treeids", [])))
    if trees != 1:
        raise TreeError(f"the ensemble has {trees} trees: one is supported")
    lists = {name: list(held.get(f"nodes_{name}", [])) for name in (*_INTS, "modes", "values")}
    if len({len(numbers) for numbers in lists.values()}) != 1:
        raise TreeError("its lists of nodes have different lengths: damaged file")
    if held.get("base_values"):
        raise TreeError("base_values are not supported: add them to the leaves' weights")
    modes = [mode.decode("ascii", "replace") for mode in lists["modes"]]
    for mode in modes:
        if mode not in (*_MODES, "LEAF"):
            raise TreeError(
                f"node mode {quoted(mode)[1:-1]} is not supported: supported are "
                f"{', '.join(_MODES)}"
            )
    labels = _labels(held)
    return _Ensemble(
        ids=lists["nodeids"],
        modes=modes,
        features=lists["featureids"],
        values=lists["values"],
        true=lists["truenodeids"],
        false=lists["falsenodeids"],
        labels=labels,
        scores=_scores(held, len(labels)),
        transform=bytes(held.get("post_transform", b"NONE")).decode("ascii", "replace"),
    )


def _take_tensor(held: dict[str, Any], name: str, double: bool) -> None:
    """Put the float64 numbers of ``name_as_tensor``, where given, in the place of ``name``."""
    tensor = held.get(f"{name}_as_tensor")
    if tensor is None:
        return
    if held.get(name) or not double or tensor.data_type != TensorProto.DOUBLE:
        raise TreeError(
            f"{name}_as_tensor is supported in double, for an input that is double: "
            f"give {name} alone otherwise"
        )
    try:
        held[name] = read_tensor(tensor, None, f"{name}_as_tensor").array.ravel().tolist()
    except LeafproofError as problem:
        raise TreeError(str(problem)) from None


def _labels(held: Mapping[str, Any]) -> list[int]:
    if held.get("classlabels_strings") or held.get("classlabels_int64s") is None:
        raise TreeError("its labels are not numbers: train on the teacher's classes 0, 1, ...")
    labels = [int(label) for label in held["classlabels_int64s"]]
    if not all(0 <= label < MOST_CLASSES for label in labels) or len(set(labels)) != len(labels):
        raise TreeError("its labels are not the teacher's classes 0, 1, 2, ...")
    if len(labels) < 2:
        raise TreeError(f"it has {len(labels)} class labels: give at least two")
    return labels


def _scores(held: Mapping[str, Any], classes: int) -> dict[int, dict[int, float]]:
    """The score of each leaf (by node id) and class (by position among the labels)."""
    names = ("class_treeids", "class_nodeids", "class_ids", "class_weights")
    columns = [list(held.get(name, [])) for name in names]
    if len({len(column) for column in columns}) != 1:
        raise TreeError("its lists of scores have different lengths: damaged file")
    scores: dict[int, dict[int, float]] = {}
    for tree, node, klass, weight in zip(*columns, strict=True):
        if tree != held["nodes_treeids"][0]:
            raise TreeError(f"node {node} has a score in tree {tree}, which does not exist")
        own = scores.setdefault(int(node), {})
        if not 0 <= klass < classes:
            raise TreeError(
                f"leaf {node} has no score, or one for a class that does not exist ({klass})"
            )
        if klass in own:
            raise TreeError(f"leaf {node} has two scores for one class: add them up")
        if not math.isfinite(weight):
            raise TreeError(f"leaf {node} has a score that is NaN or infinite")
        own[int(klass)] = float(weight)
    return scores


def _answers(held: _Ensemble) -> Callable[[int], int]:
    """What a leaf answers, as onnxruntime executes it and where the definition allows nothing else.

    One score for two classes (every leaf's is for the same class) is compared with 1/2 if all are
    positive, else with 0. Otherwise the largest score decides, the first of several; but for two
    classes with two scores onnxruntime answers the number 1, whatever the labels are, whenever the
    second score is positive.
    """
    labels = held.labels
    single = len(labels) == 2 and len({k for own in held.scores.values() for k in own}) == 1
    weights = [w for own in held.scores.values() for w in own.values()]
    least = 0.5 if all(w >= 0 for w in weights) else 0.0
    if held.transform != "NONE" and not (single and held.transform == "LOGISTIC"):
        raise TreeError(
            f"its post_transform is {quoted(held.transform)}: the class does not depend on it, so "
            "give NONE"
        )
    if len(labels) == 2 and not single and labels != [0, 1]:
        raise TreeError(f"its labels are {labels}, which runtimes read differently: give [0, 1]")

    def answer(node: int) -> int:
        own = held.scores.get(node, {})
        if not own:
            raise TreeError(f"leaf {node} has no score, or one for a class that does not exist")
        if single:
            (score,) = own.values()
            if held.transform != "NONE" and (score > 0) != (score > least):
                raise TreeError(
                    f"leaf {node} has a score that runtimes read differently with post_transform "
                    "LOGISTIC: give NONE"
                )
            return labels[int(score > least)]
        best = max(own, key=lambda c: (own[c], -c))
        known = len(own) == len(labels)
        if len(labels) == 2 and not (known and (own[1] > 0) == (best == 1)):
            raise TreeError(
                f"leaf {node} has scores that runtimes read differently: give leaves the scores "
                "1 and 0, or one score for both classes"
            )
        if not known and own[best] <= 0:
            raise TreeError(f"leaf {node} has no positive score: give each class a score")
        return labels[best]

    return answer


def threshold_of(mode: str, value: float, types: Sequence[int]) -> tuple[Fraction, bool]:
    """The threshold for x <= t, and whether its true branch is the operator's false one."""
    if math.isnan(value):
        raise TreeError("a threshold is NaN: train the tree again")
    swapped = mode in ("BRANCH_GTE", "BRANCH_GT")
    if mode in ("BRANCH_LT", "BRANCH_GTE"):
        if value == -math.inf:
            return NEVER, swapped
        number = np.float64 if types[-1] == TensorProto.DOUBLE else np.float32
        value = float(np.nextafter(number(value), number(-np.inf)))
    return before_casts(value, types), swapped


def before_casts(value: float, types: Sequence[int]) -> Fraction:
    """The t with: cast(x) <= value iff x <= t, for every x that the input can be."""
    if types[0] in (TensorProto.INT64, TensorProto.INT32):
        return _before_integer_casts(value, types)
    if TensorProto.FLOAT in types:
        return cast_threshold(value)
    return double_threshold(value)


def _before_integer_casts(value: float, types: Sequence[int]) -> Fraction:
    """The largest integer of the input's type whose casts are at most ``value``."""
    kind = NUMPY[types[0]]
    final = np.float64 if types[-1] == TensorProto.DOUBLE else np.float32

    def fits(n: int) -> bool:
        x = kind(n)
        for step in types[1:]:
            x = NUMPY[step](x)
        return bool(final(x) <= value)

    low, high = int(np.iinfo(kind).min), int(np.iinfo(kind).max)
    if fits(high):
        return Fraction(high)
    if not fits(low):
        return Fraction(low - 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return Fraction(low)
