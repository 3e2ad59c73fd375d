"""Small networks whose output can be read in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ML = "ai.onnx.ml"


def model(
    path: Path,
    nodes: Sequence[Any],
    outputs: dict[str, int],
    constants: dict[str, Any],
    columns: int = 2,
    opsets: Sequence[tuple[str, int]] = (("", 17), (ML, 3)),
) -> Path:
    """An ONNX file with input ``x``; ``outputs`` gives their element types.

    Those of 0 are sequences of maps from text to a number, as a ZipMap gives them.
    """
    tensors = [
        helper.make_tensor(name, TensorProto.STRING, [len(held)], [t.encode() for t in held])
        if isinstance(held, list)
        else numpy_helper.from_array(np.asarray(held), name)
        for name, held in constants.items()
    ]
    declared = [
        helper.make_tensor_value_info(name, kind, None) if kind else onnx.ValueInfoProto(name=name)
        for name, kind in outputs.items()
    ]
    for value in declared:
        if not value.type.WhichOneof("value"):
            value.type.sequence_type.elem_type.map_type.key_type = TensorProto.STRING
            inner = value.type.sequence_type.elem_type.map_type.value_type
            inner.tensor_type.elem_type = TensorProto.FLOAT
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", columns])
    graph = helper.make_graph(list(nodes), "net", [x], declared, tensors)
    imports = [helper.make_opsetid(domain, version) for domain, version in opsets]
    proto = helper.make_model(graph, opset_imports=imports, ir_version=8)
    path.write_bytes(proto.SerializeToString())
    return path


def node(operator: str, inputs: str, outputs: str, domain: str = "", **attributes: Any) -> Any:
    """A node; inputs and outputs are names with spaces between them."""
    return helper.make_node(operator, inputs.split(), outputs.split(), domain=domain, **attributes)


def runtime(path: Path, rows: Any, output: int = 0) -> list[Any]:
    """What onnxruntime gives for the rows."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    held = session.run(None, {"x": np.asarray(rows, np.float32)})[output]
    return list(np.asarray(held).reshape(-1).tolist())
