"""Quantised convolutions, means, and rows side by side, as exact layers.

Both forms of each: onnxruntime's operators of integers, and the floats between QuantizeLinear and
DequantizeLinear that it makes them of.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from verifier.formats import operators
from verifier.formats.graph import ConstantValue, Graph, Integers, Signal, Value, refuse
from verifier.formats.onnx_call import OnnxCall
from verifier.formats.onnx_followed import EIGHT, Floating, chain, check_eight_bits, is_plain
from verifier.formats.onnx_windows import window_of
from verifier.formats.quantised import EITHER, SUMS, Averaged, Chain, Ints, QuantisedConstant
from verifier.formats.quantised_tables import Curved
from verifier.formats.requantised import CUT
from verifier.formats.shapes import totals
from verifier.formats.windows import convolution

CONVOLUTION = (
    "onnxruntime computes the convolution before it in floats, as its weight or bias is not "
    "quantised as it likes (int8 weights, an int32 bias of both scales multiplied)"
)
MEAN = (
    "onnxruntime adds up the floats of the mean before it, and rounds between: use a "
    "GlobalAveragePool, or a convolution of equal weights"
)


MOVING = {"Flatten", "Gather", "MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"}
"""Operators that put integers elsewhere, or choose the largest, and change none."""


EXACT = MOVING | {"Abs", "Clip", "Concat", "GlobalMaxPool", "Identity", "Max", "Min", "Neg", "Relu"}
"""Operators of floats that round none."""


def marked(graph: Graph, call: OnnxCall, made: Value) -> Value:
    """The same; whether runtimes round on the way to it is kept in ``graph.floats``."""
    held = [x for x in call.inputs if isinstance(x, Signal)]
    is_exact = call.node.op_type in EXACT and not any(
        x.node in graph.floats or (isinstance(x, Chain) and len(x.operations) > 1) for x in held
    )
    if (type(made) is Signal or isinstance(made, Curved)) and held and not is_exact:
        graph.floats.add(made.node)
    return made


def continued_windows(graph: Graph, call: OnnxCall, found: Value) -> Value:
    """What an operator on dequantised rows made, followed as integers where they can be.

    ``found`` is what it gives over the reals.
    """
    x, operator = call.given(0), call.node.op_type
    if not isinstance(found, Signal) or found.dropped:
        return found
    products = [v for v in call.inputs if isinstance(v, Chain) and v.summed]
    if products and type(found) is Signal and operator not in MOVING:
        return Floating(found.node, found.shape, why=CUT)
    if not isinstance(x, Chain):
        return found
    if operator == "Conv":
        return _followed_convolution(graph, call, x, found)
    if operator == "GlobalAveragePool" and x.base.unsure:
        return Floating(found.node, found.shape, why=EITHER)
    if operator == "GlobalAveragePool" and is_plain(x) and x.base.kind in EIGHT:
        sums = summed(graph, x.base, int(x.zero[0]), x.shape, call.where)
        count = x.width // x.shape[0]
        scale = x.operations[0].row[:1]
        return Averaged(
            found.node, found.shape, base=sums, scale=scale, count=count, kind=x.base.kind
        )
    if operator in ("AveragePool", "ReduceMean", "GlobalAveragePool"):
        return Floating(found.node, found.shape, why=MEAN)
    return found


def _followed_convolution(graph: Graph, call: OnnxCall, x: Chain, found: Signal) -> Value:
    weight, bias = call.given(1), call.given(2)
    floats = Floating(found.node, found.shape, why=CONVOLUTION)
    if not is_plain(x) or not isinstance(weight, QuantisedConstant) or weight.ints.ndim < 3:
        return floats
    check_eight_bits(call, x.base.kind, weight.held)
    by_channel = weight.scale.size in (1, weight.scale.shape[0] if weight.scale.ndim else 1)
    if not by_channel or {x.base.kind, weight.held} - EIGHT:
        return floats
    if x.base.kind == "int8" and weight.held != "int8":
        return floats
    if x.base.unsure:
        return Floating(found.node, found.shape, why=EITHER)
    scale = x.operations[0].row[:1] * weight.scale.reshape(-1)
    shift: Ints | None = None
    if bias is not None:
        if not isinstance(bias, QuantisedConstant) or bias.held != "int32":
            return floats
        own = bias.scale.reshape(-1)
        if bias.zero.any() or not np.allclose(own, scale, rtol=1e-5, atol=0):
            return floats
        shift = bias.ints
    total = convolved(graph, call, x.base, (x.shape, int(x.zero[0])), weight.ints, shift)
    count = total.width // total.shape[0]
    none = np.zeros(1, dtype=np.int64)
    row = np.repeat(np.broadcast_to(scale, (total.shape[0],)), count)
    return chain(graph, total, none, row, summed=True)


def convolved(
    graph: Graph,
    call: OnnxCall,
    x: Integers,
    given: tuple[tuple[int, ...], int],
    weight: Ints,
    bias: Ints | None,
) -> Integers:
    """Sums of products of integers less their zero point, whose padding is nothing.

    ``given``: the shape of a row, and the zero point. Refused where a sum may leave 32 bits.
    """
    shape, zero = given
    signal = operators.scale(graph, Signal(x.node, shape), 1.0, shift=-float(zero))
    window = window_of(call, signal, weight.shape[2:])
    added = None if bias is None else bias.reshape(-1).astype(np.float64)
    groups = call.integer("group", 1)
    y = convolution(graph, signal, weight.astype(np.float64), added, window, groups, call.where)
    low, high = min(0, min(x.low) - zero), max(0, max(x.high) - zero)
    axes = tuple(range(1, weight.ndim))
    up, down = np.maximum(weight, 0).sum(axis=axes), np.minimum(weight, 0).sum(axis=axes)
    shift = 0 if bias is None else bias.reshape(-1)
    least, most = low * up + high * down + shift, high * up + low * down + shift
    if least.min() < SUMS[0] or most.max() > SUMS[1]:
        refuse(call.where, "its sums may be too large for 32 bits, where runtimes wrap around")
    count = y.width // y.shape[0]
    low_ends, high_ends = (tuple(np.repeat(end, count).tolist()) for end in (least, most))
    return Integers(y.node, y.shape, (), "int32", low_ends, high_ends)


def summed(graph: Graph, x: Integers, zero: int, shape: tuple[int, ...], where: str) -> Integers:
    """The sum of each channel's integers less their zero point: [channels]."""
    signal = operators.scale(graph, Signal(x.node, shape), 1.0, shift=-float(zero))
    channels, count = shape[0], math.prod(shape[1:])
    places = np.arange(channels * count).reshape(channels, count)
    y = totals(graph, signal, places, (channels,), where)
    least = tuple(count * (low - zero) for low in (min(x.low),) * channels)
    most = tuple(count * (high - zero) for high in (max(x.high),) * channels)
    return Integers(y.node, y.shape, (), "int32", least, most)


def moved(made: Signal, *parts: Integers) -> Integers:
    """Integers of one type that an operator only put elsewhere, or chose the largest of."""
    low, high = min(min(x.low) for x in parts), max(max(x.high) for x in parts)
    width = made.width
    return Integers(made.node, made.shape, (), parts[0].kind, (low,) * width, (high,) * width)


def as_floats(call: OnnxCall, x: Integers) -> OnnxCall:
    """The call with its first input taken for floats, for operators that move numbers."""
    return replace(call, inputs=(Signal(x.node, x.shape), *call.inputs[1:]))


def constant_kernel(call: OnnxCall, position: int) -> ConstantValue:
    """A convolution's weight, which must be constant integers (outputs, channels, ...)."""
    value = call.given(position)
    if not isinstance(value, ConstantValue) or value.array.dtype != np.int64:
        refuse(call.where, "its weight must be constant integers")
    if value.array.ndim < 3:
        refuse(call.where, f"its weight has shape {value.array.shape}: (outputs, channels, ...)")
    return value
