"""The ONNX operators that can be read, each as exact layers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from onnx import AttributeProto, TensorProto, helper

from verifier.formats import decisions, operators, smooth
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Label,
    Probability,
    Value,
    constant,
    refuse,
)
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_classes import CLASS_OPERATORS, cast_label
from verifier.formats.onnx_integers import INTEGER_OPERATORS, are_whole, chosen, whole
from verifier.formats.onnx_qlinear import QLINEAR_CONV
from verifier.formats.onnx_quantised import QUANTISED
from verifier.formats.onnx_shapes import SHAPE_OPERATORS
from verifier.formats.onnx_tensors import FLOATS, read_tensor, type_name
from verifier.formats.onnx_windows import WINDOW_OPERATORS
from verifier.formats.shapes import plain, spread


def _gemm(graph: Graph, call: OnnxCall) -> Value:
    """alpha * A @ B + beta * C."""
    x, where = plain(call.signal(), call.where), call.where
    if call.integer("transA", 0):
        refuse(where, "transA = 1 mixes the rows of the input: export it with transA = 0")
    weight = constant(call.given(1), where, "weight")
    if weight.ndim != 2:
        refuse(where, f"its weight has shape {weight.shape}: it must be a matrix")
    weight = weight if call.integer("transB", 0) else weight.T
    alpha, beta = call.number("alpha", 1.0), call.number("beta", 1.0)
    if not (math.isfinite(alpha) and math.isfinite(beta)):
        refuse(where, "alpha or beta is NaN or infinite")
    result = operators.scale(graph, operators.affine(graph, x, weight, None, where), alpha)
    if call.given(2) is None or not beta:
        return result
    row = constant(call.given(2), where, "bias")
    return operators.add_multiple(graph, result, beta, row, where)


def _matmul(graph: Graph, call: OnnxCall) -> Value:
    if isinstance(call.given(0), ConstantValue):
        held = constant(call.given(0), call.where, "weight")
        return operators.from_left(graph, held, call.signal(1), call.where)
    weight = constant(call.given(1), call.where, "weight")
    return operators.affine(graph, call.signal(), weight.T, None, call.where)


def _binary(graph: Graph, call: OnnxCall) -> Value:
    if are_whole(call):
        return whole(graph, call)
    return decisions.arithmetic(
        graph, call.node.op_type, call.inputs[0], call.inputs[1], call.where
    )


def _where(graph: Graph, call: OnnxCall) -> Value | tuple[Value | None, ...]:
    if are_whole(call):
        return chosen(graph, call)
    return CLASS_OPERATORS["Where"].apply(graph, call)


def _neg(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    if isinstance(x, ConstantValue):
        return ConstantValue(-constant(x, call.where, "operand"), x.name)
    if isinstance(x, Probability):
        return decisions.probability_arithmetic("Mul", x, np.array(-1.0), False, call.where)
    return operators.scale(graph, call.signal(), -1.0)


def _leaky_relu(graph: Graph, call: OnnxCall) -> Value:
    return operators.leaky_relu(graph, call.signal(), call.number("alpha", 0.01), call.where)


def _clip(graph: Graph, call: OnnxCall) -> Value:
    bounds: list[float | None] = []
    for position, name in ((1, "min"), (2, "max")):
        value = call.given(position)
        attribute = any(a.name == name for a in call.node.attribute)
        if attribute and (call.opset >= 11 or value is not None):
            refuse(call.where, f'its attribute "{name}" does not exist in opset {call.opset}')
        if attribute:
            bounds.append(call.number(name, 0.0))
        elif value is None:
            bounds.append(None)
        elif not isinstance(value, ConstantValue) or value.array.size != 1:
            refuse(call.where, f"its {name} must be one constant number")
        else:
            bounds.append(float(value.array.reshape(-1)[0]))
    return operators.clip(graph, call.signal(), bounds[0], bounds[1], call.where)


def _p_relu(graph: Graph, call: OnnxCall) -> Value:
    x = call.signal()
    slope = spread(constant(call.given(1), call.where, "slope"), x.shape, call.where)
    return operators.leaky_relu(graph, x, slope, call.where)


def _hard_sigmoid(graph: Graph, call: OnnxCall) -> Value:
    alpha, beta = call.number("alpha", 0.2), call.number("beta", 0.5)
    return operators.hard_sigmoid(graph, call.signal(), alpha, beta, 1.0, call.where)


def _elu(graph: Graph, call: OnnxCall) -> Value:
    return smooth.elu(graph, call.signal(), call.number("alpha", 1.0), call.where)


def _selu(graph: Graph, call: OnnxCall) -> Value:
    """Its defaults are those of the ONNX specification."""
    alpha, gamma = (
        call.number("alpha", 1.67326319217681884765625),
        call.number("gamma", 1.05070102214813232421875),
    )
    return smooth.selu(graph, call.signal(), alpha, gamma, call.where)


def _celu(graph: Graph, call: OnnxCall) -> Value:
    return smooth.celu(graph, call.signal(), call.number("alpha", 1.0), call.where)


def _gelu(graph: Graph, call: OnnxCall) -> Value:
    kind = {"none": "gelu", "tanh": "gelu_tanh"}.get(call.text("approximate", "none"))
    if kind is None:
        refuse(call.where, "its approximate is neither none nor tanh: damaged file")
    return smooth.smooth(graph, call.signal(), kind)


def _smooth(kind: str) -> Operator:
    return Operator(lambda graph, call: smooth.smooth(graph, call.signal(), kind))


def _several(graph: Graph, call: OnnxCall) -> Value:
    """Max, Min, Sum or Mean of any number of inputs."""
    operator, value = call.node.op_type, call.given(0)
    assert value is not None
    for other in call.inputs[1:]:
        if operator in ("Max", "Min"):
            value = operators.extreme(graph, operator, value, other, call.where)
        else:
            value = operators.arithmetic(graph, "Add", value, other, call.where)
    if operator != "Mean" or len(call.inputs) == 1:
        return value
    count = ConstantValue(np.array(float(len(call.inputs))), "the number of inputs")
    return operators.arithmetic(graph, "Div", value, count, call.where)


def _batch_norm(graph: Graph, call: OnnxCall) -> Value:
    training = call.opset < 14 and any(call.node.output[1:])  # then these are a batch's statistics
    if call.integer("training_mode", 0) or training:
        refuse(call.where, "it is in training mode: export the network for inference")
    if not call.integer("spatial", 1) and call.opset >= 9:
        refuse(call.where, f'its attribute "spatial" does not exist in opset {call.opset}')
    names = ("scale", "bias", "mean", "variance")
    arrays = [constant(call.given(i + 1), call.where, name) for i, name in enumerate(names)]
    epsilon = call.number("epsilon", 1e-5)
    return operators.batch_norm(graph, call.signal(), arrays, epsilon, call.where)


def _identity(graph: Graph, call: OnnxCall) -> Value:
    value = call.given(0)
    assert value is not None
    return value


def _dropout(graph: Graph, call: OnnxCall) -> Value:
    training = call.given(2)
    if training is not None and not (
        isinstance(training, ConstantValue) and not training.array.any()
    ):
        refuse(call.where, "its training_mode is not false: export the network for inference")
    return _identity(graph, call)


def _cast(graph: Graph, call: OnnxCall) -> Value:
    value, kind = call.given(0), call.integer("to", 0)
    if isinstance(value, Label) and kind != TensorProto.BOOL:
        return cast_label(call, value, kind)
    if (
        isinstance(value, ConstantValue)
        and value.array.dtype == np.int64
        and kind == TensorProto.INT64
    ):
        return value
    if kind not in FLOATS:
        refuse(call.where, f"it casts to {type_name(kind)}: only floats are supported")
    if isinstance(value, ConstantValue):
        numbers = constant(value, call.where, "operand")
        return ConstantValue(_cast_constant(numbers, kind, call.where), value.name, FLOATS[kind])
    assert value is not None
    graph.execute(FLOATS[kind])
    graph.note(f"{call.where}: the cast to {FLOATS[kind]} is the identity over the reals")
    return value


def _cast_constant(numbers: Any, kind: int, where: str) -> Any:
    with np.errstate(over="ignore", under="ignore"):
        short = numbers.astype(helper.tensor_dtype_to_np_dtype(kind)).astype(np.float64)
    if not np.array_equal(short, numbers):
        refuse(where, f"the cast to {FLOATS[kind]} rounds a constant: store it in that type")
    return numbers


def _constant(graph: Graph, call: OnnxCall) -> Value:
    if len(call.node.attribute) != 1:
        refuse(call.where, "it must have exactly one value: damaged file")
    attribute = call.node.attribute[0]
    if attribute.name == "value" and attribute.type == AttributeProto.TENSOR:
        return read_tensor(attribute.t, call.folder, call.where)
    kinds = {
        AttributeProto.FLOAT: np.float64,
        AttributeProto.FLOATS: np.float64,
        AttributeProto.INT: np.int64,
        AttributeProto.INTS: np.int64,
    }
    if attribute.type not in kinds:
        refuse(call.where, "its value has the wrong type: damaged file")
    value = np.array(helper.get_attribute_value(attribute), kinds[attribute.type])
    return ConstantValue(value, "its value")


def _final(graph: Graph, call: OnnxCall) -> Value:
    operator = call.node.op_type
    if operator != "Sigmoid":
        default = 0 if operator in ("ArgMax", "ArgMin") else (-1 if call.opset >= 13 else 1)
        axis = call.integer("axis", default)
        if axis not in (1, -1):
            refuse(call.where, f"its axis is {axis}: it must be 1 (over the classes)")
    if call.integer("select_last_index", 0):
        refuse(call.where, "it gives ties to the last class: only the first is supported")
    if operator == "ArgMin":  # the first of the largest of their opposites
        opposite = operators.scale(graph, call.signal(), -1.0)
        return decisions.drop_final(graph, opposite, "ArgMax", call.where)
    return decisions.drop_final(graph, call.given(0), operator, call.where)


OPERATORS: dict[str, Operator] = {
    "Gemm": Operator(_gemm, (2, 3), ("alpha", "beta", "transA", "transB")),
    "MatMul": Operator(_matmul, (2, 2)),
    "Add": Operator(_binary, (2, 2)),
    "Sub": Operator(_binary, (2, 2)),
    "Mul": Operator(_binary, (2, 2)),
    "Div": Operator(_binary, (2, 2)),
    "Neg": Operator(_neg),
    "Relu": Operator(lambda graph, call: operators.relu(graph, call.signal())),
    "LeakyRelu": Operator(_leaky_relu, (1, 1), ("alpha",)),
    "Clip": Operator(_clip, (1, 3), ("min", "max")),
    "Sign": Operator(lambda graph, call: operators.sign(graph, call.signal())),
    "BatchNormalization": Operator(
        _batch_norm, (5, 5), ("epsilon", "momentum", "training_mode", "spatial")
    ),
    "Abs": Operator(lambda graph, call: operators.absolute(graph, call.signal())),
    "Celu": Operator(_celu, (1, 1), ("alpha",)),
    "Elu": Operator(_elu, (1, 1), ("alpha",)),
    "Erf": _smooth("erf"),
    "Gelu": Operator(_gelu, (1, 1), ("approximate",)),
    "HardSwish": _smooth("hard_swish"),
    "Mish": _smooth("mish"),
    "Selu": Operator(_selu, (1, 1), ("alpha", "gamma")),
    "Softplus": _smooth("softplus"),
    "Tanh": _smooth("tanh"),
    "HardSigmoid": Operator(_hard_sigmoid, (1, 1), ("alpha", "beta")),
    "Max": Operator(_several, (1, 1 << 12)),
    "Mean": Operator(_several, (1, 1 << 12)),
    "Min": Operator(_several, (1, 1 << 12)),
    "PRelu": Operator(_p_relu, (2, 2)),
    "Sum": Operator(_several, (1, 1 << 12)),
    "Identity": Operator(_identity),
    "Dropout": Operator(_dropout, (1, 3), ("ratio", "seed")),
    "Cast": Operator(_cast, (1, 1), ("to", "saturate")),
    "Constant": Operator(
        _constant, (0, 0), ("value", "value_float", "value_floats", "value_int", "value_ints")
    ),
    "Sigmoid": Operator(_final),
    "Softmax": Operator(_final, (1, 1), ("axis",)),
    "LogSoftmax": Operator(_final, (1, 1), ("axis",)),
    "ArgMax": Operator(_final, (1, 1), ("axis", "keepdims", "select_last_index")),
    "ArgMin": Operator(_final, (1, 1), ("axis", "keepdims", "select_last_index")),
    **CLASS_OPERATORS,
    **INTEGER_OPERATORS,
    "Where": Operator(_where, (3, 3)),
    **SHAPE_OPERATORS,
    **WINDOW_OPERATORS,
    **QUANTISED,
    "QLinearConv": QLINEAR_CONV,
}
