"""Models around one TreeEnsembleClassifier, right and wrong ones."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

ML = "ai.onnx.ml"


def ensemble(source: str = "x", **changes: Any) -> Any:
    """x[0] <= 0.5: class 0, else class 1; attributes replaced, or left out where None."""
    attributes: dict[str, Any] = {
        "nodes_treeids": [0, 0, 0],
        "nodes_nodeids": [0, 1, 2],
        "nodes_featureids": [0, 0, 0],
        "nodes_modes": ["BRANCH_LEQ", "LEAF", "LEAF"],
        "nodes_values": [0.5, 0.0, 0.0],
        "nodes_truenodeids": [1, 0, 0],
        "nodes_falsenodeids": [2, 0, 0],
        "class_treeids": [0, 0, 0, 0],
        "class_nodeids": [1, 1, 2, 2],
        "class_ids": [0, 1, 0, 1],
        "class_weights": [1.0, 0.0, 0.0, 1.0],
        "classlabels_int64s": [0, 1],
        "post_transform": "NONE",
    } | changes
    kept = {k: v for k, v in attributes.items() if v is not None}
    return helper.make_node(
        "TreeEnsembleClassifier", [source], ["label", "scores"], "the_tree", domain=ML, **kept
    )


def tensor(name: str, array: Any) -> Any:
    return numpy_helper.from_array(np.asarray(array), name)


def model(
    nodes: Sequence[Any],
    outputs: Sequence[tuple[str, int]] = (("label", TensorProto.INT64),),
    kind: int = TensorProto.FLOAT,
    columns: int = 2,
    tensors: Sequence[Any] = (),
    ml: int = 3,
    opset: int = 17,
) -> Any:
    graph = helper.make_graph(
        list(nodes),
        "g",
        [helper.make_tensor_value_info("x", kind, ["N", columns])],
        [
            helper.make_tensor_value_info(name, to, None)
            if to
            else helper.make_value_info(name, _zipped())
            for name, to in outputs
        ],
        list(tensors),
    )
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(ML, ml)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _zipped() -> Any:
    floats = helper.make_tensor_type_proto(TensorProto.FLOAT, [])
    return helper.make_sequence_type_proto(helper.make_map_type_proto(TensorProto.INT64, floats))
