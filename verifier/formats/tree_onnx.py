"""Trees written as ONNX-ML TreeEnsembleClassifier, with that operator's own comparisons.

The operator holds its thresholds in float32 and compares float32 inputs. ``tree_graph`` reads them.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
from onnx import TensorProto, helper

from verifier.domain import Domain
from verifier.errors import TreeError
from verifier.tree import Inner, Leaf, Tree

_OPSET_ML, _OPSET, _IR = 3, 13, 8
_LARGEST = float(np.finfo(np.float32).max)


def to_onnx(tree: Tree, domain: Domain | None = None, columns: int | None = None) -> bytes:
    """The bytes of a model with input ``x`` [N, columns] (float32) and outputs label, scores.

    Without a domain or ``columns`` there are as many columns as the tree tests. Raises TreeError
    where float32 cannot tell apart two encoded values that the tree tells apart.
    """
    tested = 1 + max((n.column for n in tree.nodes if isinstance(n, Inner)), default=0)
    width = domain.columns if domain is not None else columns or tested
    if width < tested:
        raise TreeError(f"the tree tests column {tested - 1} but there are {width} columns")
    classes = max(2, 1 + max(n.klass for n in tree.nodes if isinstance(n, Leaf)))
    names = ("featureids", "modes", "values", "truenodeids", "falsenodeids")
    rows: list[tuple[int, str, float, int, int]] = []
    leaves: list[tuple[int, int]] = []
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Leaf):
            rows.append((0, "LEAF", 0.0, 0, 0))
            leaves.append((i, node.klass))
        else:
            value = single_below(node, domain)
            rows.append((node.column, "BRANCH_LEQ", value, node.left, node.right))
    attributes: dict[str, Any] = {
        f"nodes_{name}": [row[k] for row in rows] for k, name in enumerate(names)
    }
    count = len(tree.nodes)
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
    return bytes(model.SerializeToString())


def _single(x: Fraction) -> float:
    """``x`` rounded to float32 as ONNX's float inputs are, infinite beyond its range."""
    with np.errstate(over="ignore"):
        return float(np.float32(float(x) if abs(x) < 2**1000 else math.copysign(math.inf, x)))


def single_below(node: Inner, domain: Domain | None) -> float:
    """A float32 threshold that splits as the node does: all float32, or the domain's values."""
    if domain is None:
        near = _single(min(max(node.threshold, Fraction(-_LARGEST)), Fraction(_LARGEST)))
        if Fraction(near) > node.threshold and near > -_LARGEST:
            near = float(np.nextafter(np.float32(near), np.float32(-np.inf)))
        if Fraction(near) > node.threshold:
            raise TreeError(
                f"the tree compares column {node.column} with a number below float32's range: "
                "give --domain, so that the test can be left out"
            )
        return near
    index, j = domain.column_owner[node.column]
    rows = domain.variables[index].encoding
    low = [_single(row[j]) for row in rows if row[j] <= node.threshold]
    high = [_single(row[j]) for row in rows if row[j] > node.threshold]
    if not low:
        return -_LARGEST if min(high) > -_LARGEST else -math.inf
    if not high:
        return max(low)
    if max(low) >= min(high):
        raise TreeError(
            f"float32 cannot tell apart the values of column {node.column} around "
            f"{float(node.threshold)!r}: export to another format"
        )
    middle = _single((Fraction(max(low)) + Fraction(min(high))) / 2)
    return middle if max(low) <= middle < min(high) else max(low)
