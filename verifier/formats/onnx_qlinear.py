"""The operators of onnxruntime (com.microsoft) that take and make integers, as exact layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import numpy as np

from verifier.formats import operators
from verifier.formats.graph import ConstantValue, Graph, Integers, Signal, Value, refuse
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_followed import EIGHT, bent, chain
from verifier.formats.onnx_quantised import BOTH, Scaling, only, operand, qgemm, scaling_of
from verifier.formats.onnx_quantised_windows import constant_kernel, convolved, moved, summed
from verifier.formats.onnx_windows import MOVES
from verifier.formats.quantised import (
    Averaged,
    QuantisedConstant,
    Summed,
    scaled,
    stairs,
)
from verifier.formats.quantised_tables import Ends, looked_up
from verifier.formats.requantised import added, means, product_with, requantised, sum_with
from verifier.formats.shapes import joined


def _curve(call: OnnxCall) -> tuple[Integers, Scaling, Scaling]:
    """What a function of each integer takes, and its one scale before and after."""
    x = operand(call, 0, "input")
    own, to = scaling_of(call, 1, "input", x.kind), scaling_of(call, 3, "output", x.kind)
    if own.scale.size != 1 or to.scale.size != 1:
        refuse(call.where, "it has several scales: one is supported")
    return x, own, to


def _qlinear_sigmoid(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: a table of the integer."""
    x, own, to = _curve(call)
    return looked_up(graph, x, _ends(own, to), call.where)


def _ends(own: Scaling, to: Scaling) -> Ends:
    return Ends(own.scale, own.zero, to.scale, to.zero, own.kind, to.kind)


def _qlinear_leaky(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: a table, which is float32's own arithmetic; asked of it where that turns."""
    x, own, to = _curve(call)
    curve = bent(chain(graph, x, own.zero, own.scale), call)
    if curve is None:
        alpha = call.number("alpha", 0.01)
        return looked_up(graph, x, _ends(own, to), call.where, "QLinearLeakyRelu", alpha=alpha)
    return requantised(graph, curve, to.scale, to.zero, to.kind, call.where)


def _qlinear_add(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: the sum of two rows, or of a row and a constant."""
    first, second = (0, 3) if isinstance(call.given(0), Integers) else (3, 0)
    x = operand(call, first, "operands")
    own = scaling_of(call, first + 1, "operand", x.kind)
    to = scaling_of(call, 6, "output", x.kind)
    if to.scale.size != 1 or own.scale.size != 1:
        refuse(call.where, "it has several scales: one for each operand is supported")
    left, other = chain(graph, x, own.zero, own.scale), call.given(second)
    if isinstance(other, ConstantValue | Integers) and other.kind != x.kind:
        refuse(call.where, f"its operands have types {x.kind} and {other.kind}: quantise it again")
    if isinstance(other, ConstantValue):
        if first:
            refuse(call.where, "its first operand is constant: export the sum the other way round")
        held = scaling_of(call, second + 1, "operand", x.kind)
        scale, zero = held.scale.reshape(()), held.zero.reshape(())
        floats, ints = other.array.astype(np.float64), other.array - zero
        row = QuantisedConstant(
            floats, other.name, ints=ints, scale=scale, zero=zero, held=other.kind
        )
        operators.row_of(row.array, x.width, call.where)
        return stairs(graph, x, sum_with(left, row, to.scale, to.zero, to.kind), to.kind)
    y = operand(call, second, "operands")
    held = scaling_of(call, second + 1, "operand", x.kind)
    if held.scale.size != 1 or x.width != y.width:
        refuse(call.where, "its operands have different widths, or several scales")
    right = chain(graph, y, held.zero, held.scale)
    both = Summed(left.node, x.shape, terms=(left, right), stated=True)
    return added(graph, both, to.scale, to.zero, to.kind, call.where)


def _qlinear_mul(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: a row times a constant."""
    first, second = (0, 3) if isinstance(call.given(0), Integers) else (3, 0)
    x, other = operand(call, first, "operands"), call.given(second)
    if not isinstance(other, ConstantValue):
        refuse(call.where, "it multiplies two activations, which is not linear")
    own, held = (
        scaling_of(call, first + 1, "operand", x.kind),
        scaling_of(call, second + 1, "operand", x.kind),
    )
    to = scaling_of(call, 6, "output", x.kind)
    if own.scale.size != 1 or held.scale.size != 1 or to.scale.size != 1:
        refuse(call.where, "it has several scales: one for each operand is supported")
    if other.kind != x.kind:
        refuse(call.where, f"its operands have types {x.kind} and {other.kind}: quantise it again")
    scale, zero = held.scale.reshape(()), held.zero.reshape(())
    ints = other.array - zero
    operators.row_of(ints.astype(np.float64), x.width, call.where)
    if (ints <= 0).any():
        refuse(call.where, "it multiplies by numbers that are not positive")
    row = QuantisedConstant(
        ints.astype(np.float64), other.name, ints=ints, scale=scale, zero=zero, held=other.kind
    )
    left = chain(graph, x, own.zero, own.scale)
    found = product_with(left, row, to.scale.reshape(-1), to.zero.reshape(-1), to.kind)
    return replace(stairs(graph, x, found, to.kind), shape=x.shape)


def _qlinear_conv(graph: Graph, call: OnnxCall) -> Value:
    x, weight = operand(call, 0, "input"), constant_kernel(call, 3)
    own = scaling_of(call, 1, "input", x.kind)
    by = scaling_of(call, 4, "weight", weight.kind)
    to = scaling_of(call, 6, "output", x.kind)
    made = weight.array.shape[0]
    if by.scale.size not in (1, made) or to.scale.size != 1 or to.kind not in EIGHT:
        refuse(call.where, "it has a scale for each input, or several of its output")
    bias = call.given(8)
    if bias is not None and (not isinstance(bias, ConstantValue) or bias.kind != "int32"):
        refuse(call.where, "its bias must be constant, of type int32")
    zeros = np.broadcast_to(by.zero.reshape(-1), (made,))
    ints = weight.array - zeros.reshape(-1, *[1] * (weight.array.ndim - 1))
    shift = None if bias is None else bias.array.reshape(-1)
    total = convolved(graph, call, x, (x.shape, only(call, own)), ints, shift)
    factor = own.scale.reshape(-1) * by.scale.reshape(-1) / to.scale.reshape(-1)
    row = np.repeat(np.broadcast_to(factor, (made,)), total.width // made)
    return replace(scaled(graph, total, row, to.zero.reshape(-1), to.kind), shape=total.shape)


def _qlinear_mean(graph: Graph, call: OnnxCall) -> Value:
    x = operand(call, 0, "input")
    if call.integer("channels_last", 0):
        refuse(call.where, "its channels are last: only channels_last = 0 is supported")
    if len(x.shape) < 2:
        refuse(call.where, f"its input rows have shape {list(x.shape)}: (channels, ...)")
    own = scaling_of(call, 1, "input", x.kind)
    to = scaling_of(call, 3, "output", x.kind)
    if to.scale.size != 1:
        refuse(call.where, "it has several scales of its output: one is supported")
    sums = summed(graph, x, only(call, own), x.shape, call.where)
    shape = (x.shape[0], *[1] * (len(x.shape) - 1))
    count = x.width // x.shape[0]
    mean = Averaged(
        sums.node, shape, base=sums, scale=own.scale.reshape(-1), count=count, kind=x.kind
    )
    return means(graph, mean, to.scale.reshape(-1), to.zero.reshape(-1), to.kind, call.where)


def _qlinear_concat(graph: Graph, call: OnnxCall) -> Value:
    """onnxruntime's: each row is quantised as the output is."""
    if len(call.inputs) < 5 or len(call.inputs) % 3 != 2:
        refuse(call.where, f"it has {len(call.inputs)} inputs: damaged file")
    to = scaling_of(call, 0, "output")
    axis = call.integer("axis", 0)
    if to.scale.size != 1:
        refuse(call.where, "it has several scales of its output: one is supported")
    parts = []
    for position in range(2, len(call.inputs), 3):
        x = operand(call, position, "inputs")
        own = scaling_of(call, position + 1, "input", x.kind)
        if own.scale.size != 1 or x.kind != to.kind:
            refuse(call.where, "an input has several scales, or another type than the output")
        floats = chain(graph, x, own.zero, own.scale)
        scale, zero = to.scale.reshape(-1), to.zero.reshape(-1)
        parts.append(requantised(graph, floats, scale, zero, to.kind, call.where))
    if not axis or axis == -len(parts[0].shape) - 1:
        refuse(call.where, "it joins rows of the batch: join columns (axis 1)")
    axis = axis - 1 if axis > 0 else axis
    signals = [Signal(x.node, x.shape) for x in parts]
    return moved(joined(graph, signals, axis, call.where), *parts)


def _unread(why: str) -> Callable[[Graph, OnnxCall], Value]:
    def apply(graph: Graph, call: OnnxCall) -> NoReturn:
        refuse(call.where, why)

    return apply


_FLOATS = "onnxruntime computes it in floats, and rounds between: "
_MEANS = _FLOATS + "use a GlobalAveragePool, or a convolution of equal weights"
_PROBABILITIES = (
    "it quantises probabilities, which mix all columns: leave the Softmax out (nodes_to_exclude of "
    "quantize_static), or end the network before it"
)
MICROSOFT = {
    **BOTH,
    "QGemm": Operator(qgemm, (6, 9), ("alpha", "transA", "transB")),
    "QLinearAdd": Operator(_qlinear_add, (7, 8)),
    "QLinearMul": Operator(_qlinear_mul, (7, 8)),
    "QLinearConcat": Operator(_qlinear_concat, (5, 1 << 12), ("axis",)),
    "QLinearGlobalAveragePool": Operator(_qlinear_mean, (4, 5), ("channels_last",)),
    "QLinearAveragePool": Operator(
        _unread(_MEANS), (4, 5), (*MOVES, "ceil_mode", "channels_last", "count_include_pad")
    ),
    "QLinearReduceMean": Operator(_unread(_MEANS), (4, 5), ("axes", "keepdims")),
    "QLinearSoftmax": Operator(_unread(_PROBABILITIES), (4, 5), ("axis", "opset")),
    # five inputs: without the last zero point onnxruntime ends the whole process
    "QLinearSigmoid": Operator(_qlinear_sigmoid, (5, 5)),
    "QLinearLeakyRelu": Operator(_qlinear_leaky, (5, 5), ("alpha",)),
}
QLINEAR_CONV = Operator(_qlinear_conv, (8, 9), (*MOVES, "group"))
"""That of ONNX itself."""
