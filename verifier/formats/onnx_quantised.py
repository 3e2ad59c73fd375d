"""The quantised operators of ONNX, and of onnxruntime (com.microsoft), as exact layers.

Graphs that say the same with floats are followed by the module ``onnx_followed``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from onnx import TensorProto

from verifier.formats.exact import Array
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Integers,
    Signal,
    Value,
    constant,
    refuse,
)
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_followed import (
    EIGHT,
    Floating,
    before_sigmoid,
    chain,
    check_eight_bits,
)
from verifier.formats.onnx_tensors import type_name
from verifier.formats.onnx_windows import MOVES
from verifier.formats.quantised import (
    EITHER,
    RANGES,
    Averaged,
    Chain,
    Ints,
    QuantisedConstant,
    Singles,
    Summed,
    products,
    quantise,
    rounded,
    scaled,
)
from verifier.formats.quantised_tables import Curved, Ends, looked_up, quantised_curve
from verifier.formats.requantised import added, means, requantised
from verifier.formats.smooth import keep_sigmoids

KINDS = {
    TensorProto.UINT8: "uint8",
    TensorProto.INT8: "int8",
    TensorProto.UINT16: "uint16",
    TensorProto.INT16: "int16",
}


BEFORE = (
    "the floats that it quantises are taken over the real numbers; a runtime rounds to float32 on "
    "the way, and may find the next integer where one is nearly halfway between two"
)


@dataclass(frozen=True, eq=False)
class Scaling:
    """How integers stand for floats: a scale and a zero point, a row of each or single numbers."""

    scale: Singles
    zero: Ints
    kind: str


def scaling_of(call: OnnxCall, position: int, what: str, kind: str = "") -> Scaling:
    """The scale and the zero point at two positions; ``kind`` is what the second must be.

    Without a zero point it is 0, of ``kind``, else uint8.
    """
    scale = constant(call.given(position), call.where, f"scale of its {what}")
    single = scale.astype(np.float32)
    if not np.array_equal(single, scale) or not (scale > 0).all() or scale.ndim > 1:
        refuse(call.where, f"the scale of its {what} must be positive: one number or a row")
    given = call.given(position + 1)
    if given is None:
        return Scaling(single, np.zeros_like(single, dtype=np.int64), kind or "uint8")
    if not isinstance(given, ConstantValue) or given.array.dtype != np.int64:
        refuse(call.where, f"the zero point of its {what} must be constant integers")
    if kind and given.kind != kind:
        refuse(
            call.where,
            f"the zero point of its {what} has type {given.kind or '?'}, but the {what} {kind}: "
            "quantise the model again",
        )
    if given.array.ndim > 1 or given.array.size not in (1, single.size):
        refuse(call.where, f"the scale and the zero point of its {what} have different shapes")
    return Scaling(single, given.array, given.kind)


def _integers(call: OnnxCall, position: int, what: str) -> Integers:
    value = call.given(position)
    if not isinstance(value, Integers):
        refuse(call.where, f"its {what} must be the network's activations, quantised before")
    return value


def operand(call: OnnxCall, position: int, what: str) -> Integers:
    """One that sums are made of: of 8 bits."""
    value = _integers(call, position, what)
    check_eight_bits(call, value.kind)
    return value


def _row(scaling: Scaling, x: Signal, where: str, what: str) -> None:
    """Refuse a scale that is neither one number nor one for each column of plain rows."""
    held = scaling.scale.size
    if held != 1 and x.shape != (held,):
        refuse(where, f"the scale of its {what} has {held} numbers for rows of shape {x.shape}")


def _check_axis(call: OnnxCall, scaling: Scaling) -> None:
    if scaling.scale.size > 1 and call.integer("axis", 1) not in (1, -1):
        refuse(call.where, "it has a scale for each row of the input: only axis 1 is supported")
    if call.integer("block_size", 0):
        refuse(call.where, "it is quantised in blocks: quantise by tensor or by column")


def _quantize(graph: Graph, call: OnnxCall) -> Value:
    stated = call.integer("output_dtype", 0)
    if stated and stated not in KINDS:
        refuse(call.where, f"it quantises to {type_name(stated)}: 8 or 16 bits are supported")
    to = scaling_of(call, 1, "output", KINDS.get(stated, ""))
    if to.kind not in RANGES:
        refuse(call.where, f"it quantises to {to.kind or '?'}: 8 or 16 bits are supported")
    x = call.given(0)
    if isinstance(x, ConstantValue):
        return _quantised_constant(call, x, to)
    _check_axis(call, to)
    unsure = call.shared and to.kind == "int8"
    own = before_sigmoid(x)
    if own is not None and own.base.kind == to.kind and to.scale.size == 1:
        if unsure or own.base.unsure:
            refuse(call.where, EITHER)
        keep_sigmoids(graph, x)
        ends = Ends(own.operations[0].row[:1], own.zero[:1], to.scale, to.zero, to.kind, to.kind)
        return looked_up(graph, own.base, ends, call.where)
    if isinstance(x, Signal) and x.dropped and x.dropped[-1][0] == "Softmax":
        refuse(
            call.where,
            f"it quantises the probabilities of {x.dropped[-1][1]}, which mix all columns: leave "
            "that out (nodes_to_exclude of quantize_static), or end the network before it",
        )
    found = call.signal()
    if isinstance(found, Floating):
        refuse(call.where, found.why)
    _row(to, found, call.where, "output")
    made = _again(graph, call, found, to, unsure)
    return replace(made, unsure=unsure)


def _again(graph: Graph, call: OnnxCall, found: Signal, to: Scaling, unsure: bool) -> Integers:
    """The integers that a network's floats become; ``unsure``: in floats too, perhaps."""
    if isinstance(found, Chain):
        if unsure and found.summed:
            refuse(call.where, EITHER)
        if "DequantizeLinear" in call.readers:
            _check_again(call, found, to)
        return requantised(graph, found, to.scale, to.zero, to.kind, call.where)
    if isinstance(found, Summed) and to.scale.size == 1:
        return added(graph, found, to.scale, to.zero, to.kind, call.where, unsure=unsure)
    if isinstance(found, Curved) and to.scale.size == 1:
        return quantised_curve(graph, found, to.scale, to.zero, to.kind, call.where)
    if isinstance(found, Averaged) and to.scale.size == 1:
        if unsure:
            refuse(call.where, EITHER)
        return means(graph, found, to.scale, to.zero, to.kind, call.where)
    if graph.executed:
        refuse(call.where, "it quantises numbers narrower than float32: keep its input in float32")
    if found.node in graph.floats:
        graph.note(f"{call.where}: {BEFORE}")
    return rounded(graph, found, to.scale, to.zero, to.kind)


def _check_again(call: OnnxCall, x: Chain, to: Scaling) -> None:
    """Refuse what was quantised just before in another way: onnxruntime joins the two."""
    made = [o.kind for o in x.operations]
    if x.summed or x.base.kind != to.kind or made not in (["Mul"], ["Mul", "Relu"]):
        return
    scale, zero = x.operations[0].row, x.zero
    if (scale == to.scale).all() and (zero == to.zero).all():
        return
    refuse(
        call.where,
        "it quantises again, in another way, what was dequantised just before, which onnxruntime "
        "makes one step with a scale of its own: leave one of the two pairs out",
    )


def _dequantize(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    if isinstance(x, ConstantValue):
        return _dequantised_constant(call, x)
    held = _integers(call, 0, "input")
    scaling = scaling_of(call, 1, "input", held.kind)
    _check_axis(call, scaling)
    _row(scaling, held, call.where, "input")
    return chain(graph, held, scaling.zero, scaling.scale)


def _dequantised_constant(call: OnnxCall, x: ConstantValue) -> Value:
    if x.array.dtype != np.int64:
        refuse(call.where, "it dequantises what are no integers")
    scaling = scaling_of(call, 1, "input", x.kind)
    if call.integer("block_size", 0):
        refuse(call.where, "it is quantised in blocks: quantise by tensor or by column")
    scale, zero = _along(call, scaling, x.array)
    ints = x.array - zero
    floats = (ints.astype(np.float32) * scale).astype(np.float64)
    return QuantisedConstant(
        floats, x.name, "float", ints=ints, scale=scale, zero=zero, held=x.kind
    )


def _along(call: OnnxCall, scaling: Scaling, constant: Array) -> tuple[Singles, Ints]:
    """Scale and zero point of a constant, shaped so that they broadcast to it."""
    scale, zero = scaling.scale, np.broadcast_to(scaling.zero, scaling.scale.shape)
    if scale.size == 1:
        return scale.reshape(()), zero.reshape(())
    axis = call.integer("axis", 1)
    axis += constant.ndim if axis < 0 else 0
    if not 0 <= axis < constant.ndim or constant.shape[axis] != scale.size:
        refuse(call.where, f"it has {scale.size} scales for shape {constant.shape}")
    shape = [1] * constant.ndim
    shape[axis] = -1
    return scale.reshape(shape), zero.reshape(shape)


def _quantised_constant(call: OnnxCall, x: ConstantValue, to: Scaling) -> Value:
    """The integers that a constant becomes."""
    single = x.array.astype(np.float32)
    if x.array.dtype != np.float64 or not np.array_equal(single, x.array):
        refuse(call.where, "it quantises a constant that is not of type float32")
    if call.integer("block_size", 0):
        refuse(call.where, "it is quantised in blocks: quantise by tensor or by column")
    return ConstantValue(quantise(single, *_along(call, to, x.array), to.kind), x.name, to.kind)


def _weights(call: OnnxCall, position: int, zero: Ints, transposed: bool = False) -> Ints:
    """Constant integer weights (inputs, outputs) less their zero points."""
    value = call.given(position)
    if not isinstance(value, ConstantValue) or value.array.dtype != np.int64:
        refuse(call.where, "its weight must be constant integers")
    weight = value.array.T if transposed else value.array
    if weight.ndim != 2 or zero.size not in (1, weight.shape[-1]):
        refuse(call.where, f"its weight has shape {value.array.shape}: it must be a matrix")
    return np.asarray(weight - zero.reshape(-1))


def _weight_kind(call: OnnxCall, position: int) -> str:
    value = call.given(position)
    return value.kind if isinstance(value, ConstantValue) else ""


def _qlinear_matmul(graph: Graph, call: OnnxCall) -> Value:
    x = operand(call, 0, "left operand")
    left = scaling_of(call, 1, "left operand", x.kind)
    right = scaling_of(call, 4, "weight", _weight_kind(call, 3))
    to = scaling_of(call, 6, "output")
    return _multiplied(graph, call, (x, left, right, to), _weights(call, 3, right.zero), None)


def qgemm(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: alpha * A @ B + C, where C is in units of the product."""
    if call.integer("transA", 0) or call.number("alpha", 1.0) != 1:
        refuse(call.where, "only transA = 0 and alpha = 1 are supported")
    x = operand(call, 0, "left operand")
    left = scaling_of(call, 1, "left operand", x.kind)
    right = scaling_of(call, 4, "weight", _weight_kind(call, 3))
    weight = _weights(call, 3, right.zero, bool(call.integer("transB", 0)))
    bias = call.given(6)
    if bias is not None:
        if not isinstance(bias, ConstantValue) or bias.kind != "int32":
            refuse(call.where, "its bias must be constant, of type int32")
        if bias.array.size not in (1, weight.shape[1]):
            refuse(call.where, f"its bias has shape {bias.array.shape}")
    shift = None if bias is None else bias.array.reshape(-1)
    if call.given(7) is None:
        total = products(graph, x, only(call, left), weight, shift, call.where)
        none = np.zeros(1, dtype=np.int64)
        return chain(graph, total, none, left.scale.reshape(-1) * right.scale, summed=True)
    to = scaling_of(call, 7, "output")
    return _multiplied(graph, call, (x, left, right, to), weight, shift)


def only(call: OnnxCall, scaling: Scaling) -> int:
    """The one zero point of what is multiplied."""
    if scaling.scale.size != 1 or scaling.zero.size != 1:
        refuse(call.where, "its left operand has a scale for each row: one is supported")
    return int(scaling.zero.reshape(-1)[0])


def _multiplied(
    graph: Graph,
    call: OnnxCall,
    given: tuple[Integers, Scaling, Scaling, Scaling],
    weight: Ints,
    bias: Ints | None,
) -> Value:
    x, left, right, to = given
    if to.kind not in EIGHT or to.scale.size != 1:
        refuse(
            call.where,
            f"its output has type {to.kind or '?'} or several scales: one scale, and a zero point "
            "of 8 bits, are supported",
        )
    total = products(graph, x, only(call, left), weight, bias, call.where)
    _row(right, total, call.where, "weight")
    factor = left.scale.reshape(-1) * right.scale.reshape(-1) / to.scale.reshape(-1)
    return scaled(graph, total, factor, to.zero, to.kind)


def _matmul_integer(graph: Graph, call: OnnxCall) -> Value:
    x = operand(call, 0, "left operand")
    zeros = []
    for position, kind in ((2, x.kind), (3, _weight_kind(call, 1))):
        value = call.given(position)
        if value is None:
            zeros.append(np.zeros(1, dtype=np.int64))
        elif isinstance(value, ConstantValue) and value.kind == kind:
            zeros.append(value.array.reshape(-1))
        else:
            refuse(call.where, f"a zero point must be constant, and of type {kind} as its operand")
    if zeros[0].size != 1:
        refuse(call.where, "its left operand has a zero point for each row: one is supported")
    return products(graph, x, int(zeros[0][0]), _weights(call, 1, zeros[1]), None, call.where)


def _dynamic(graph: Graph, call: OnnxCall) -> Value:
    refuse(
        call.where,
        "its scale depends on all the rows that are evaluated together, so that a row has no class "
        "of its own: quantise statically (quantize_static of onnxruntime.quantization)",
    )


def _convolution(graph: Graph, call: OnnxCall) -> Value:
    refuse(call.where, "convolutions are read as QLinearConv, or as Conv with quantised weights")


_SCALED = ("axis", "block_size", "output_dtype", "precision", "saturate")
BOTH = {
    "QuantizeLinear": Operator(_quantize, (2, 3), _SCALED),
    "DequantizeLinear": Operator(_dequantize, (2, 3), _SCALED),
}
QUANTISED = {
    **BOTH,
    "QLinearMatMul": Operator(_qlinear_matmul, (8, 8)),
    "MatMulInteger": Operator(_matmul_integer, (2, 4)),
    "DynamicQuantizeLinear": Operator(_dynamic),
    "ConvInteger": Operator(_convolution, (2, 4), (*MOVES, "group")),
}
