"""Functions of 8-bit integers that onnxruntime looks up in a table of 256: its own sigmoid.

onnxruntime approximates the sigmoid in float32, another way on each kind of processor, and rounds
the values once. So the table is asked of onnxruntime itself; as it grows, it is a staircase.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats.graph import Graph, Integers, refuse
from verifier.formats.quantised import RANGES, Ints, Singles, stairs
from verifier.formats.runtime import Session, Unusable, is_installed

_TYPES = {"uint8": (np.uint8, TensorProto.UINT8), "int8": (np.int8, TensorProto.INT8)}
NOTE = "the table of a quantised sigmoid is the one of the onnxruntime that read the file"


@dataclass(frozen=True, eq=False)
class Ends:
    """One scale and zero point before, and after; all integers are of the type ``kind``."""

    scale: Singles
    zero: Ints
    to_scale: Singles
    to_zero: Ints
    kind: str


def looked_up(graph: Graph, x: Integers, ends: Ends, where: str) -> Integers:
    """QLinearSigmoid of integers of 8 bits. Raises NetworkError without onnxruntime."""
    held = sigmoid_table(ends, where)
    if (np.diff(held) < 0).any():
        refuse(where, "onnxruntime's table of it does not grow: quantise the model again")
    graph.note(NOTE)
    least = RANGES[ends.kind][0]
    return replace(stairs(graph, x, lambda n: held[n - least], ends.kind), shape=x.shape)


def sigmoid_table(ends: Ends, where: str) -> Ints:
    """What onnxruntime makes of the 256 integers, least first."""
    if not is_installed():
        refuse(where, "its values are a table of onnxruntime's own: install onnxruntime")
    least, most = RANGES[ends.kind]
    rows = np.arange(least, most + 1, dtype=np.float64)[:, None]
    try:
        found = Session(_alone(ends)).run("y", rows)
    except Unusable as problem:
        refuse(where, f"onnxruntime does not tell its table ({problem}): install another version")
    return found[:, 0].astype(np.int64)


def _alone(ends: Ends) -> bytes:
    """A model of this operator alone, from and to whole numbers in float32."""
    dtype, number = _TYPES[ends.kind]
    constants = {
        "s": ends.scale.reshape(()).astype(np.float32),
        "z": ends.zero.reshape(()).astype(dtype),
        "t": ends.to_scale.reshape(()).astype(np.float32),
        "u": ends.to_zero.reshape(()).astype(dtype),
    }
    nodes = [
        helper.make_node("Cast", ["x"], ["q"], to=number),
        helper.make_node("QLinearSigmoid", ["q", *"sztu"], ["p"], domain="com.microsoft"),
        helper.make_node("Cast", ["p"], ["y"], to=TensorProto.FLOAT),
    ]
    graph = helper.make_graph(
        nodes,
        "table",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    sets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
    return bytes(helper.make_model(graph, opset_imports=sets, ir_version=8).SerializeToString())
