"""Whole numbers that ONNX files compute from each other: shapes, and how far to slice or to pad.

Exact, in Python's integers; what their type would not hold is refused, and so is arithmetic with
the number of rows, which no file says.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from onnx import AttributeProto, helper

from verifier.formats.graph import ConstantValue, Graph, Value, refuse
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_tensors import read_tensor
from verifier.model.limits import DIMENSIONS

ROWS = -(1 << 40)
"""Stands for the number of rows N where the file asks for a shape."""

_BITS = {"": 64, "int64": 64, "int32": 32}


def are_whole(call: OnnxCall) -> bool:
    """Whether all inputs of the node are constant integers."""
    return all(isinstance(x, ConstantValue) and x.array.dtype == np.int64 for x in call.inputs)


def whole(graph: Graph, call: OnnxCall) -> Value:
    """Add, Sub, Mul, Div or Mod of two arrays of constant integers, elementwise and broadcast."""
    a, b = call.inputs
    if not isinstance(a, ConstantValue) or not isinstance(b, ConstantValue) or not are_whole(call):
        refuse(call.where, "it is read of constant integers only")
    kind = a.kind or b.kind
    if kind not in _BITS or {a.kind, b.kind} - {"", kind}:
        refuse(call.where, f"it computes with integers of types {a.kind} and {b.kind}: use int64")
    if ROWS in a.array or ROWS in b.array:
        refuse(call.where, "it computes with the number of rows: export it with N left as it is")
    try:
        shape = np.broadcast_shapes(a.array.shape, b.array.shape)
    except ValueError:
        refuse(call.where, f"shapes {a.array.shape} and {b.array.shape} do not fit")
    graph.hold(math.prod(shape), f"the constants of {call.where}")
    own = _function(call)
    left, right = (np.broadcast_to(x.array, shape).ravel().tolist() for x in (a, b))
    if call.node.op_type in ("Div", "Mod") and 0 in right:
        refuse(call.where, "it divides by zero")
    found = [own(x, y) for x, y in zip(left, right, strict=True)]
    most = 1 << (_BITS[kind] - 1)
    if not all(-most <= x < most for x in found):
        refuse(call.where, f"its result does not fit {kind or 'int64'}")
    return ConstantValue(np.array(found, dtype=np.int64).reshape(shape), a.name, kind)


def _function(call: OnnxCall) -> Callable[[int, int], int]:
    """Integers are cut towards zero by Div; Mod has the divisor's sign, with fmod the other's."""
    plain = {"Add": operator.add, "Sub": operator.sub, "Mul": operator.mul}
    if call.node.op_type in plain:
        return plain[call.node.op_type]
    if call.node.op_type == "Div":
        return _quotient
    if call.integer("fmod", 0):
        return lambda x, y: x - _quotient(x, y) * y
    return operator.mod


def _quotient(x: int, y: int) -> int:
    size = abs(x) // abs(y)
    return size if (x < 0) == (y < 0) else -size


def _filled(graph: Graph, call: OnnxCall) -> Value:
    """ConstantOfShape: one number, float 0 unless it is given, in a shape of known numbers."""
    shape = call.given(0)
    if not isinstance(shape, ConstantValue) or not are_whole(call) or shape.array.ndim != 1:
        refuse(call.where, "its shape must be constant integers")
    dims = shape.array.tolist()
    if ROWS in dims:
        refuse(call.where, "it makes a row of constants for each row of the input: make one row")
    if min(dims, default=0) < 0 or len(dims) > DIMENSIONS:
        refuse(call.where, f"its shape {dims[:6]} is impossible: damaged file")
    number: Any = ConstantValue(np.zeros(1), "its value", "float")
    for attribute in call.node.attribute:
        if attribute.type != AttributeProto.TENSOR:
            refuse(call.where, "its value has the wrong type: damaged file")
        number = read_tensor(helper.get_attribute_value(attribute), call.folder, call.where)
    if number.array.size != 1:
        refuse(call.where, f"its value has {number.array.size} numbers: one is meant")
    graph.hold(math.prod(dims), f"the constants of {call.where}")
    return ConstantValue(np.full(dims, number.array.reshape(-1)[0]), number.name, number.kind)


INTEGER_OPERATORS: dict[str, Operator] = {
    "ConstantOfShape": Operator(_filled, (1, 1), ("value",)),
    "Mod": Operator(whole, (2, 2), ("fmod",)),
}
