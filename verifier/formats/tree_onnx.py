"""Trees written as ONNX-ML TreeEnsembleClassifier, with that operator's own comparisons.

The operator holds its thresholds in float32 and compares float32 inputs. ``tree_graph`` reads them.
"""

from __future__ import annotations

import json
from typing import Any

from onnx import TensorProto, helper

from verifier.formats import export_check
from verifier.formats.thresholds import FLOAT32, settle
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree

_OPSET_ML, _OPSET, _IR = 3, 13, 8
_DEEPEST = 3000
"""Most tests on a path: onnxruntime overflows its stack on trees that are much deeper."""


def to_onnx(tree: Tree, domain: Domain | None = None, columns: int | None = None) -> bytes:
    """The bytes of a model with input ``x`` [N, columns] (float32) and outputs label, scores.

    Without a domain or ``columns`` there are as many columns as the tree tests. The classes' names,
    if there are any, are the model's property ``classes``, a JSON list. Raises TreeError where
    float32 cannot tell apart two encoded values that the tree tells apart.
    """
    if tree.depth > _DEEPEST:
        raise TreeError(
            f"the tree is {tree.depth} tests deep, too deep for runtimes of ONNX "
            f"(at most {_DEEPEST}): export it --to json"
        )
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
