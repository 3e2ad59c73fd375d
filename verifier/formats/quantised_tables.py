"""Functions of 8-bit integers as tables of 256 numbers: onnxruntime's own, of a sigmoid and others.

onnxruntime approximates most functions in float32, another way on each kind of processor. So a
table is asked of onnxruntime itself. Where it grows it is a staircase, else the difference of two:
of the steps up, and of those down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from verifier.formats import operators
from verifier.formats.graph import ConstantValue, Graph, Integers, Signal, refuse
from verifier.formats.onnx_call import OnnxCall
from verifier.formats.quantised import RANGES, Ints, Singles, stairs
from verifier.formats.runtime import Session, Unusable, is_installed
from verifier.model.network import Add

CURVES = {
    *("Abs", "Celu", "Elu", "Erf", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "Neg"),
    *("Selu", "Softplus", "Tanh"),
}
"""Functions of one number, which onnxruntime computes in floats between integers."""
ENDS = {"Clip", "Relu"}
"""What may stand behind one of them."""
_TYPES = {
    "uint8": (np.uint8, TensorProto.UINT8),
    "int8": (np.int8, TensorProto.INT8),
    "uint16": (np.uint16, TensorProto.UINT16),
    "int16": (np.int16, TensorProto.INT16),
}
_WIDTHS = (1, 3, 16)
"""Columns of the rows that a table is asked in, so that each number stands in many places."""
_SIGMOID = "QLinearSigmoid"
NOTE = "the table of a quantised sigmoid is the one of the onnxruntime that read the file"
ASKED = "the tables of functions between 8-bit integers ({}) are those of the onnxruntime that read"
Constants = Mapping[str, Singles]


@dataclass(frozen=True, eq=False)
class Ends:
    """One scale and zero point before, and after; ``kind`` and ``made`` are the integers' types."""

    scale: Singles
    zero: Ints
    to_scale: Singles
    to_zero: Ints
    kind: str
    made: str


@dataclass(frozen=True, eq=False, kw_only=True)
class Curved(Signal):
    """Floats that were integers of 8 bits, of one scale and zero point, behind ``nodes``.

    These are operators of one number, each a node of the file and the constants that it reads
    beside (None: left out), in version ``opset`` of ONNX. Beside that it is a Signal: the same over
    the reals.
    """

    base: Integers
    scale: Singles
    zero: Ints
    nodes: tuple[tuple[Any, tuple[Singles | None, ...]], ...]
    opset: int


def curve_of(call: OnnxCall, found: Signal, x: Integers, scale: Singles, zero: Ints) -> Signal:
    """The first function behind dequantised integers ``x`` of 8 bits; ``found``, where none is.

    ``scale`` and ``zero`` have one number; ``found`` is what the function is over the reals.
    """
    own = _node_of(call)
    if call.node.op_type not in CURVES or own is None:
        return found
    node, shape, opset = found.node, found.shape, call.opset
    return Curved(node, shape, base=x, scale=scale, zero=zero, nodes=(own,), opset=opset)


def curved_on(call: OnnxCall, x: Curved, found: Signal) -> Signal:
    """One more function behind some; ``found``, where none that is followed."""
    own = _node_of(call)
    if call.node.op_type not in CURVES | ENDS or own is None:
        return found
    return replace(x, node=found.node, nodes=(*x.nodes, own))


def _node_of(call: OnnxCall) -> tuple[Any, tuple[Singles | None, ...]] | None:
    """A node with the constants that it reads beside; None where these are no numbers."""
    beside: list[Singles | None] = []
    for value in call.inputs[1:]:
        if value is not None and not (isinstance(value, ConstantValue) and value.array.size == 1):
            return None
        beside.append(None if value is None else value.array.reshape(()).astype(np.float32))
    return call.node, tuple(beside)


def quantised_curve(
    graph: Graph, x: Curved, scale: Singles, zero: Ints, kind: str, where: str
) -> Integers:
    """The integers of type ``kind`` that functions of integers become when they are quantised.

    The floats between are onnxruntime's own. Raises NetworkError without it.
    """
    ends = Ends(x.scale, x.zero, scale, zero, x.base.kind, kind)
    held = _asked(_between(x, ends), ends.kind, where)
    graph.note(ASKED.format(", ".join(dict.fromkeys(node.op_type for node, _ in x.nodes))))
    return _tabled(graph, replace(x.base, shape=x.shape), held, ends)


def looked_up(
    graph: Graph, x: Integers, ends: Ends, where: str, operator: str = _SIGMOID, **given: float
) -> Integers:
    """An operator of com.microsoft on integers of 8 bits. Raises NetworkError without onnxruntime.

    ``given`` are its attributes.
    """
    nodes = [helper.make_node(operator, ["q", *"sztu"], ["p"], domain="com.microsoft", **given)]
    held = _asked(partial(_model, nodes, {}, ends, 17), ends.kind, where)
    graph.note(NOTE if operator == _SIGMOID else ASKED.format(operator))
    return _tabled(graph, x, held, ends)


def _tabled(graph: Graph, x: Integers, held: Ints, ends: Ends) -> Integers:
    """The integers that a table makes of others: steps up, less steps down."""
    least = RANGES[ends.kind][0]
    rises = np.diff(held, prepend=held[0])
    if (rises >= 0).all():
        found = stairs(graph, x, lambda n: held[n - least], ends.made)
        return replace(found, shape=x.shape)
    down = np.cumsum(np.maximum(-rises, 0))
    more = stairs(graph, x, lambda n: (held + down)[n - least], ends.made)
    less = stairs(graph, x, lambda n: down[n - least], ends.made)
    taken = operators.scale(graph, Signal(less.node, x.shape), -1.0)
    made = graph.emit(Add(more.node, taken.node), x.shape)
    spans = [held[a - least : b - least + 1] for a, b in zip(x.low, x.high, strict=True)]
    low, high = (tuple(int(end(span)) for span in spans) for end in (np.min, np.max))
    return Integers(made.node, x.shape, (), ends.made, low, high)


def _asked(made: Callable[[int], bytes], kind: str, where: str) -> Ints:
    """What onnxruntime makes of the 256 integers, least first, wherever one stands in a row.

    ``made`` gives the model of rows of so many columns.
    """
    if not is_installed():
        refuse(where, "its values are a table of onnxruntime's own: install onnxruntime")
    least, most = RANGES[kind]
    every = np.arange(least, most + 1, dtype=np.float64)[:, None]
    tables = []
    try:
        for width in _WIDTHS:
            tables += [*Session(made(width)).run("y", np.repeat(every, width, axis=1)).T]
        session = Session(made(1))
        tables.append(np.array([session.run("y", row[None])[0, 0] for row in every]))
    except Unusable as problem:
        refuse(where, f"onnxruntime does not tell its table ({problem}): install another version")
    if any((table != tables[0]).any() for table in tables):
        refuse(where, "what onnxruntime makes of a number depends on where in a row it stands")
    return np.asarray(tables[0], dtype=np.int64)


def _between(x: Curved, ends: Ends) -> Callable[[int], bytes]:
    """The models of the functions, between dequantised integers and what is quantised again."""
    constants: dict[str, Singles] = {}
    nodes, at = [helper.make_node("DequantizeLinear", ["q", "s", "z"], ["f"])], "f"
    for i, (node, beside) in enumerate(x.nodes):
        own = {f"c{i}_{j}": v for j, v in enumerate(beside) if v is not None}
        names = [f"c{i}_{j}" if f"c{i}_{j}" in own else "" for j in range(len(beside))]
        nodes.append(helper.make_node(node.op_type, [at, *names], [f"f{i}"]))
        nodes[-1].attribute.extend(node.attribute)
        constants, at = constants | own, f"f{i}"
    nodes.append(helper.make_node("QuantizeLinear", [at, "t", "u"], ["p"]))
    return partial(_model, nodes, constants, ends, x.opset)


def _model(nodes: Sequence[Any], constants: Constants, ends: Ends, opset: int, width: int) -> bytes:
    """A model of some nodes from q to p, from and to whole numbers in float32."""
    dtype, number = _TYPES[ends.kind]
    own = {
        "s": ends.scale.reshape(()).astype(np.float32),
        "z": ends.zero.reshape(()).astype(dtype),
        "t": ends.to_scale.reshape(()).astype(np.float32),
        "u": ends.to_zero.reshape(()).astype(_TYPES[ends.made][0]),
    }
    every = [
        helper.make_node("Cast", ["x"], ["q"], to=number),
        *nodes,
        helper.make_node("Cast", ["p"], ["y"], to=TensorProto.FLOAT),
    ]
    graph = helper.make_graph(
        every,
        "table",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", width])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", width])],
        [numpy_helper.from_array(value, name) for name, value in {**constants, **own}.items()],
    )
    sets = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
    return bytes(helper.make_model(graph, opset_imports=sets, ir_version=10).SerializeToString())
