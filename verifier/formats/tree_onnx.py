"""Trees as ONNX-ML TreeEnsembleClassifier, out and in, with that operator's own comparisons.

The operator holds its thresholds in float32 and compares float32 inputs. The Tree that is read
compares the input itself with another threshold, chosen so that both take the same branch for
every number that is first rounded to float32.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper

from verifier.domain import Domain
from verifier.errors import TreeError
from verifier.formats import export_check
from verifier.formats.files import quoted, read_bytes
from verifier.formats.sklearn import cast_threshold
from verifier.formats.thresholds import FLOAT32, settle
from verifier.tree import Inner, Leaf, Tree

_OPSET_ML, _OPSET, _IR = 3, 13, 8
_MODES = ("BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT")
_LARGEST = float(np.finfo(np.float32).max)


def to_onnx(tree: Tree, domain: Domain | None = None, columns: int | None = None) -> bytes:
    """The bytes of a model with input ``x`` [N, columns] (float32) and outputs label, scores.

    Without a domain or ``columns`` there are as many columns as the tree tests. The classes' names,
    if there are any, are the model's property ``classes``, a JSON list. Raises TreeError where
    float32 cannot tell apart two encoded values that the tree tells apart.
    """
    settled = settle(tree, domain, FLOAT32)
    tested = 1 + max((n.column for n in tree.nodes if isinstance(n, Inner)), default=0)
    width = domain.columns if domain is not None else columns or tested
    if width < tested:
        raise TreeError(f"the tree tests column {tested - 1} but there are {width} columns")
    classes = max(2, 1 + max(n.klass for n in tree.nodes if isinstance(n, Leaf)))
    names = ("featureids", "modes", "values", "truenodeids", "falsenodeids")
    rows: list[tuple[int, str, float, int, int]] = []
    leaves: list[tuple[int, int]] = []
    for i, node in enumerate(settled.tree.nodes):
        if isinstance(node, Leaf):
            rows.append((0, "LEAF", 0.0, 0, 0))
            leaves.append((i, node.klass))
        else:
            value = settled.literals[i]
            rows.append((node.column, "BRANCH_LEQ", value, node.left, node.right))
    attributes: dict[str, Any] = {
        f"nodes_{name}": [row[k] for row in rows] for k, name in enumerate(names)
    }
    count = len(rows)
    spread = [(i, klass, c) for i, klass in leaves for c in range(classes)]
    classifier = helper.make_node(
        "TreeEnsembleClassifier",
        ["x"],
        ["label", "scores"],
        domain="ai.onnx.ml",
        post_transform="NONE",
        classlabels_int64s=list(range(classes)),
        nodes_treeids=[0] * count,
        nodes_nodeids=list(range(count)),
        nodes_missing_value_tracks_true=[0] * count,
        class_treeids=[0] * len(spread),
        class_nodeids=[i for i, _, _ in spread],
        class_ids=[c for _, _, c in spread],
        class_weights=[float(klass == c) for _, klass, c in spread],
        **attributes,
    )
    graph = helper.make_graph(
        [classifier],
        "tree",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", width])],
        [
            helper.make_tensor_value_info("label", TensorProto.INT64, ["N"]),
            helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", classes]),
        ],
    )
    versions = [("ai.onnx.ml", _OPSET_ML), ("", _OPSET)]
    model = helper.make_model(
        graph,
        ir_version=_IR,
        producer_name="leafproof",
        opset_imports=[helper.make_opsetid(name, version) for name, version in versions],
    )
    if tree.labels:
        helper.set_model_props(model, {"classes": json.dumps(tree.labels, ensure_ascii=False)})
    data = bytes(model.SerializeToString())
    export_check.onnx(data, settled, tree, domain)
    return data


def read_tree_onnx(path: str | os.PathLike[str]) -> Tree:
    """The tree in an ONNX file with one TreeEnsembleClassifier of one tree. Raises TreeError."""
    name = quoted(path, 200)
    try:
        model = onnx.load_model_from_string(read_bytes(path, "tree", TreeError))
    except DecodeError:
        raise TreeError(f"{name} is not a tree file (JSON or ONNX): check the path") from None
    found = [n for n in model.graph.node if n.op_type == "TreeEnsembleClassifier"]
    if len(found) != 1:
        raise TreeError(
            f"{name} has {len(found)} TreeEnsembleClassifier nodes, not one: the teacher (ONNX) "
            "comes first, then the tree"
        )
    try:
        return tree_of_node(found[0])
    except TreeError as problem:
        raise TreeError(f"{name}: {problem}") from None


def tree_of_node(node: Any) -> Tree:
    """The Tree that a TreeEnsembleClassifier executes; raises TreeError for what it lacks."""
    held: dict[str, Any] = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    for kind in ("nodes_values", "class_weights", "base_values"):
        if f"{kind}_as_tensor" in held:
            raise TreeError(f"{kind}_as_tensor (float64 trees) is not supported: use float32")
    ids = held.get("nodes_nodeids", [])
    if not ids or len(set(held.get("nodes_treeids", []))) != 1:
        trees = len(set(held.get("nodes_treeids", [])))
        raise TreeError(f"the ensemble has {trees} trees: one is supported")
    leaves = _leaf_classes(held)
    at = {int(n): k for k, n in enumerate(ids)}
    if len(at) != len(ids):
        raise TreeError("two nodes have the same id")
    nodes: list[Inner | Leaf] = []
    stack: list[tuple[int, int, bool]] = [(int(ids[0]), -1, False)]
    while stack:
        number, parent, is_right = stack.pop()
        here = len(nodes)
        if here > len(ids) or number not in at:
            raise TreeError(f"node {number} is missing or part of a cycle")
        if parent >= 0:
            above = nodes[parent]
            assert isinstance(above, Inner)
            ends = (above.left, here) if is_right else (here, above.right)
            nodes[parent] = Inner(above.column, above.threshold, *ends)
        k = at[number]
        mode = held["nodes_modes"][k].decode()
        if mode == "LEAF":
            nodes.append(Leaf(leaves(number)))
            continue
        threshold, swapped = _threshold(mode, float(held["nodes_values"][k]))
        nodes.append(Inner(int(held["nodes_featureids"][k]), threshold, here, here))
        ends = int(held["nodes_truenodeids"][k]), int(held["nodes_falsenodeids"][k])
        low, high = ends[::-1] if swapped else ends
        stack += [(high, here, True), (low, here, False)]
    return Tree(tuple(nodes))


def _threshold(mode: str, value: float) -> tuple[Fraction, bool]:
    """The threshold for x <= t, and whether its true branch is the operator's false one."""
    if mode not in _MODES:
        raise TreeError(f"node mode {mode} is not supported: supported are {', '.join(_MODES)}")
    if mode in ("BRANCH_LT", "BRANCH_GTE"):
        if math.isnan(value):
            raise TreeError("a threshold is NaN: train the tree again")
        value = float(np.nextafter(np.float32(value), np.float32(-np.inf)))
    return cast_threshold(value), mode in ("BRANCH_GTE", "BRANCH_GT")


def _leaf_classes(held: Mapping[str, Any]) -> Callable[[int], int]:
    """What a leaf answers, where the operator's definition and onnxruntime say the same.

    One score for two classes is compared with 1/2 if all are positive, else with 0. Otherwise the
    largest score decides, the first of several; but for two classes with two scores onnxruntime
    answers the second class whenever its score is positive.
    """
    if held.get("classlabels_int64s") is None:
        raise TreeError("its labels are not numbers: train on the teacher's classes 0, 1, ...")
    labels = [int(label) for label in held["classlabels_int64s"]]
    if any(label < 0 for label in labels):
        raise TreeError("its labels are not the teacher's classes 0, 1, 2, ...")
    if held.get("base_values"):
        raise TreeError("base_values are not supported: add them to the leaves' weights")
    scores: dict[int, dict[int, float]] = {}
    columns = ("class_nodeids", "class_ids", "class_weights")
    for node, klass, weight in zip(*(held.get(name, []) for name in columns), strict=True):
        own = scores.setdefault(int(node), {})
        own[int(klass)] = own.get(int(klass), 0.0) + float(weight)
    single = len(labels) == 2 and len({int(k) for k in held.get("class_ids", [])}) == 1
    least = 0.5 if all(w >= 0 for w in held.get("class_weights", [])) else 0.0

    def answer(node: int) -> int:
        own = scores.get(node, {})
        if not own or max(own) >= len(labels) or min(own) < 0:
            raise TreeError(f"leaf {node} has no score, or one for a class that does not exist")
        if single:
            return labels[int(sum(own.values()) > least)]
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
