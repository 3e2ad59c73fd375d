"""Floats that were integers, followed as integers through what ONNX graphs do with them.

Graphs in the form that ``onnxruntime.quantization`` calls QDQ say with floats what onnxruntime
computes with integers: these are dequantised, multiplied, added up or bent, and quantised again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from onnx import TensorProto

from verifier.formats import operators
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Integers,
    Probability,
    Signal,
    Value,
    constant,
    refuse,
)
from verifier.formats.onnx_call import OnnxCall
from verifier.formats.quantised import (
    EITHER,
    RANGES,
    Chain,
    Ints,
    Operation,
    QuantisedConstant,
    Singles,
    Summed,
    products,
)
from verifier.formats.quantised_tables import CURVES, Curved, curve_of, curved_on

EIGHT = {"uint8", "int8"}
FLOATING = (
    "onnxruntime quantises the floats of the Gemm before it by itself, the weights or the bias: "
    "quantise them in the file, or leave this QuantizeLinear out"
)
ITSELF = (Fraction(0), Fraction(1))
"""The probability, no number made of it."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Unweighed(Signal):
    """Floats that were integers times a matrix of floats."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Floating(Signal):
    """What onnxruntime makes of floats that were integers in its own way: not to be quantised.

    ``why`` says so: of a Gemm, that its constants are floats.
    """

    why: str = FLOATING


def shared_integers(graph: Any) -> set[str]:
    """What a QuantizeLinear of an ONNX graph makes and several operators read, or its floats.

    onnxruntime changes int8 to uint8 on x86, and then to operators of integers, elsewhere only.
    """
    counts = Counter(read for node in graph.node for read in set(node.input) if read)
    floats = {
        node.input[0]: node.output[0]
        for node in graph.node
        if node.op_type == "DequantizeLinear" and node.input and node.output
    }
    made = [node.output[0] for node in graph.node if node.op_type == "QuantizeLinear"]
    return {q for q in made if counts[q] > 1 or counts[floats.get(q, "")] > 1}


def chain(graph: Graph, x: Integers, zero: Ints, scale: Singles, *, summed: bool = False) -> Chain:
    """Integers less their zero point, times a scale: floats."""
    row = np.broadcast_to(scale.reshape(-1), (x.width,))
    zero = np.broadcast_to(zero.reshape(-1), (x.width,))
    factor = row.astype(np.float64)  # 24 bits, times at most 17 of a zero point
    whole = Signal(x.node, (x.width,))
    y = operators.scale(graph, whole, factor, shift=-zero * factor)
    made = (Operation("Mul", row),)
    return Chain(y.node, x.shape, base=x, zero=zero, operations=made, summed=summed)


def continued(graph: Graph, call: OnnxCall, found: Any) -> Any:
    """What an operator made, followed as integers where its operand is floats that were integers.

    ``found`` is what the operator gives over the reals.
    """
    operator, x = call.node.op_type, call.given(0)
    if operator == "Cast" and isinstance(x, Integers) and isinstance(found, Signal):
        plain = Signal(x.node, x.shape)
        if call.integer("to", 0) != TensorProto.FLOAT:
            return plain
        return Chain(x.node, x.shape, base=x, zero=np.zeros(x.width, dtype=np.int64))
    if not isinstance(found, Signal) or found.dropped:
        return found
    if operator in ("MatMul", "Gemm") and isinstance(x, Chain):
        return _followed_product(graph, call, x, found)
    if operator in ("Relu", "Clip") and isinstance(x, Floating):
        return Floating(found.node, found.shape, why=x.why)
    if operator == "Clip" and _has_float_bias(x):
        return Floating(found.node, found.shape)
    end = _end(call) if operator in ("Relu", "Clip") else None
    if end is not None and isinstance(x, Chain):
        return _longer(x, end, found)
    if end is not None and isinstance(x, Summed):
        return replace(x, node=found.node, ends=(*x.ends, end))
    if isinstance(x, Curved):
        return curved_on(call, x, found)
    if operator == "LeakyRelu" and isinstance(x, Chain) and is_plain(x):
        curve = bent(x, call)
        if curve is not None:
            return replace(curve, node=found.node)
    if operator in CURVES and isinstance(x, Chain) and is_plain(x) and x.base.kind in EIGHT:
        return curve_of(call, found, x.base, x.operations[0].row[:1], x.zero[:1])
    if operator not in ("Add", "Sub", "Mul", "Div"):
        return found
    y = call.given(1)
    if operator == "Add" and is_plain(x) and is_plain(y) and isinstance(x, Chain):
        assert isinstance(y, Chain)
        check_eight_bits(call, x.base.kind, y.base.kind)
        same = x.shape == y.shape == found.shape
        return Summed(found.node, found.shape, terms=(x, y)) if same else found
    if operator in ("Add", "Mul") and isinstance(x, ConstantValue):
        x, y = y, x
    if operator == "Add" and isinstance(x, Unweighed) and isinstance(y, ConstantValue):
        return Floating(found.node, found.shape)
    if (
        isinstance(x, Chain)
        and isinstance(y, ConstantValue)
        and x.shape == found.shape == (x.width,)
    ):
        numbers = operators.row_of(constant(y, call.where, "operand"), x.width, call.where)
        single = numbers.astype(np.float32)
        if np.array_equal(single, numbers) and (operator in ("Add", "Sub") or (single > 0).all()):
            eight = isinstance(y, QuantisedConstant) and {y.held, x.base.kind} <= EIGHT
            by = y if isinstance(y, QuantisedConstant) and eight else None
            return _longer(x, Operation(operator, single, by if is_plain(x) else None), found)
    return found


def _end(call: OnnxCall) -> Operation | None:
    """A Relu, or a Clip of two ends, as it is computed in float32."""
    if call.node.op_type == "Relu":
        return Operation("Relu", np.zeros(1, dtype=np.float32))
    low, high = call.given(1), call.given(2)
    if not isinstance(low, ConstantValue) or not isinstance(high, ConstantValue):
        return None
    row = np.array([low.array.reshape(-1)[0], high.array.reshape(-1)[0]], dtype=np.float32)
    return Operation("Clip", row) if row[0] <= row[1] else None


def _has_float_bias(x: Value | None) -> bool:
    """Whether this is a sum of products plus a constant row of floats, and nothing else."""
    return (
        isinstance(x, Chain)
        and x.summed
        and [o.kind for o in x.operations] == ["Mul", "Add"]
        and x.operations[1].by is None
    )


def is_plain(x: Value | None) -> bool:
    """Whether these are dequantised integers of 8 or 16 bits, with one scale and nothing else."""
    return (
        isinstance(x, Chain)
        and not x.summed
        and len(x.operations) == 1
        and x.base.kind in RANGES
        and bool((x.operations[0].row == x.operations[0].row[0]).all())
    )


def bent(x: Chain, call: OnnxCall) -> Chain | None:
    """LeakyRelu of floats that were integers; over the reals it is not followed."""
    alpha = np.float32(call.number("alpha", 0.01))
    return _longer(x, Operation("LeakyRelu", alpha.reshape(1)), x) if alpha >= 0 else None


def before_sigmoid(x: Value | None) -> Chain | None:
    """The dequantised integers of 8 bits that a Sigmoid took, if it took such."""
    if isinstance(x, Probability) and x.columns == (ITSELF,):
        held: Value | None = x.logit
    elif isinstance(x, Chain) and [step for step, _ in x.dropped] == ["Sigmoid"]:
        held = replace(x, dropped=())
    else:
        return None
    plain = isinstance(held, Chain) and is_plain(held) and held.base.kind in EIGHT
    return held if plain and isinstance(held, Chain) else None


def check_eight_bits(call: OnnxCall, *kinds: str) -> None:
    """Refuse operands of 16 bits: what onnxruntime makes of these is no sum of integers."""
    if any(kind in RANGES and kind not in EIGHT for kind in kinds):
        refuse(
            call.where,
            "its operands were quantised to 16 bits, which onnxruntime adds and multiplies as "
            "floats, or rounds once more (MatMulNBits): quantise to 8 bits",
        )


def _longer(x: Chain, operation: Operation, found: Signal) -> Chain:
    return replace(x, node=found.node, operations=(*x.operations, operation))


def _followed_product(graph: Graph, call: OnnxCall, x: Chain, found: Signal) -> Value:
    """MatMul and Gemm of dequantised integers and a dequantised constant: sums of integers."""
    weight, bias = call.given(1), call.given(2)
    if not is_plain(x) or x.shape != (x.width,):
        return found
    if isinstance(weight, ConstantValue) and not isinstance(weight, QuantisedConstant):
        way = Floating if call.node.op_type == "Gemm" else Unweighed
        return way(found.node, found.shape)
    if not isinstance(weight, QuantisedConstant) or weight.ints.ndim != 2:
        return found
    check_eight_bits(call, x.base.kind, weight.held)
    if x.base.unsure:
        return Floating(found.node, found.shape, why=EITHER)
    plain = call.number("alpha", 1.0) == call.number("beta", 1.0) == 1
    turned = bool(call.integer("transB", 0))
    ints = weight.ints.T if turned else weight.ints
    scale = np.broadcast_to(weight.scale, weight.ints.shape)
    scale = scale.T if turned else scale
    if not (scale == scale[:1]).all():
        refuse(
            call.where,
            "its weight has a scale for each input, which onnxruntime takes for one of each "
            "output: quantise by tensor or by output",
        )
    if not plain or call.integer("transA", 0):
        is_float = isinstance(bias, ConstantValue) and not isinstance(bias, QuantisedConstant)
        return Floating(found.node, found.shape) if is_float else found
    factor = x.operations[0].row[:1] * scale[0]
    shift, row = None, None
    if isinstance(bias, QuantisedConstant) and bias.held == "int32":
        if bias.zero.any() or not np.allclose(bias.scale, factor, rtol=1e-5, atol=0):
            refuse(
                call.where,
                "the scale of its int32 bias is not that of its product (both operands' scales, "
                "multiplied), which onnxruntime takes it to be: quantise the model again",
            )
        shift = np.broadcast_to(bias.ints.reshape(-1), (ints.shape[1],))
    elif bias is not None:
        row = operators.row_of(constant(bias, call.where, "bias"), ints.shape[1], call.where)
    total = products(graph, x.base, int(x.zero[0]), ints, shift, call.where)
    none = np.zeros(1, dtype=np.int64)
    made = chain(graph, total, none, factor, summed=True)
    if row is None:
        return made
    single = row.astype(np.float32)
    return _longer(made, Operation("Add", single), found) if np.array_equal(single, row) else found
