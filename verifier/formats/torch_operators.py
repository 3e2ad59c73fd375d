"""The ``aten`` operations that can be read from ``torch.export``, each as exact layers."""

from __future__ import annotations

import numpy as np
import torch

from verifier.formats import decisions, operators, smooth
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Label,
    Value,
    constant,
    refuse,
    signal,
)
from verifier.formats.shapes import plain, spread
from verifier.formats.torch_call import Operation, TorchCall
from verifier.formats.torch_labels import LABELS, cast_label
from verifier.formats.torch_shapes import SHAPES
from verifier.formats.torch_windows import WINDOWS


def _linear(graph: Graph, call: TorchCall) -> Value:
    weight = constant(call.value(1, "weight"), call.where, "weight")
    bias = call.value(2, "bias")
    row = None if bias is None else constant(bias, call.where, "bias")
    return operators.affine(graph, call.signal(), weight, row, call.where)


def _matmul(graph: Graph, call: TorchCall) -> Value:
    weight = constant(call.value(1, "mat2"), call.where, "right operand")
    return operators.affine(graph, call.signal(), weight.T, None, call.where)


def _addmm(graph: Graph, call: TorchCall) -> Value:
    """beta * bias + alpha * x @ weight."""
    bias = constant(call.value(0), call.where, "bias")
    x = plain(signal(call.value(1), call.where), call.where)
    weight = constant(call.value(2), call.where, "weight")
    alpha, beta = call.number(5, "alpha", 1), call.number(5, "beta", 1)
    assert alpha is not None
    assert beta is not None
    product = operators.affine(graph, x, weight.T, None, call.where)
    scaled = operators.scale(graph, product, alpha)
    return operators.add_multiple(graph, scaled, beta, bias, call.where)


def _arithmetic(operator: str, swapped: bool = False) -> Operation:
    """``a op b``; Add and Sub multiply b, the operand that is added or taken away, by alpha."""

    def apply(graph: Graph, call: TorchCall) -> Value:
        a, b = call.value(0), call.value(1, "other")
        if swapped:
            a, b = b, a
        if operator in ("Add", "Sub"):
            alpha = call.number(2, "alpha", 1)
            if alpha != 1:
                factor = ConstantValue(np.array(alpha), "alpha")
                b = operators.arithmetic(graph, "Mul", b, factor, call.where)
        return decisions.arithmetic(graph, operator, a, b, call.where)

    return apply


def _neg(graph: Graph, call: TorchCall) -> Value:
    return operators.scale(graph, call.signal(), -1.0)


def _clip(low: float | None, high: float | None, first: str, second: str) -> Operation:
    """A clamp whose bounds are arguments named ``first`` and ``second``; "" where it has none."""

    def apply(graph: Graph, call: TorchCall) -> Value:
        bounds = [low, high]
        position = 1
        for i, name in enumerate((first, second)):
            if name:
                bounds[i] = call.number(position, name, bounds[i])
                position += 1
        return operators.clip(graph, call.signal(), bounds[0], bounds[1], call.where)

    return apply


def _leaky_relu(graph: Graph, call: TorchCall) -> Value:
    slope = call.number(1, "negative_slope", 0.01)
    assert slope is not None
    return operators.leaky_relu(graph, call.signal(), slope, call.where)


def _hard_sigmoid(graph: Graph, call: TorchCall) -> Value:
    """min(max(x + 3, 0), 6) / 6."""
    return operators.hard_sigmoid(graph, call.signal(), 1.0, 3.0, 6.0, call.where)


def _p_relu(graph: Graph, call: TorchCall) -> Value:
    x, slope = call.signal(), constant(call.value(1, "weight"), call.where, "weight")
    if slope.size > 1:
        slope = slope.reshape(-1, *(1 for _ in x.shape[1:]))
    return operators.leaky_relu(graph, x, spread(slope, x.shape, call.where), call.where)


def _smooth(kind: str) -> Operation:
    return lambda graph, call: smooth.smooth(graph, call.signal(), kind)


def _elu(graph: Graph, call: TorchCall) -> Value:
    """scale times an ELU whose exponent is x."""
    alpha, factor, inner = (
        call.number(i, name, 1.0) or 0.0
        for i, name in ((1, "alpha"), (2, "scale"), (3, "input_scale"))
    )
    if inner != 1:
        refuse(call.where, f"its input_scale is {inner}: only 1 is supported")
    return smooth.selu(graph, call.signal(), alpha, factor, call.where)


def _selu(graph: Graph, call: TorchCall) -> Value:
    """PyTorch's constants, in the type that it computes with."""
    alpha, gamma = (
        float(torch.tensor(x, dtype=call.dtype).double())
        for x in (1.6732632423543772848170429916717, 1.0507009873554804934193349852946)
    )
    return smooth.selu(graph, call.signal(), alpha, gamma, call.where)


def _celu(graph: Graph, call: TorchCall) -> Value:
    return smooth.celu(graph, call.signal(), call.number(1, "alpha", 1.0) or 0.0, call.where)


def _gelu(graph: Graph, call: TorchCall) -> Value:
    kind = {"none": "gelu", "tanh": "gelu_tanh"}[call.argument(1, "approximate", "none")]
    return smooth.smooth(graph, call.signal(), kind)


def _softplus(graph: Graph, call: TorchCall) -> Value:
    """PyTorch takes x itself where beta x is beyond a threshold, which differs by its rounding."""
    beta, threshold = call.number(1, "beta", 1.0) or 0.0, call.number(2, "threshold", 20.0) or 0.0
    if threshold < 15:
        refuse(call.where, f"it jumps at its threshold {threshold}: give one of 15 or more")
    graph.note(
        f"{call.where}: beyond its threshold {threshold:g} PyTorch takes x for ln(1 + e^x); the "
        "function itself is what is proved"
    )
    return smooth.softplus(graph, call.signal(), beta, call.where)


def _extreme(operator: str) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value:
        a, b = call.value(0), call.value(1, "other")
        return operators.extreme(graph, operator, a, b, call.where)

    return apply


def _clamp_tensor(graph: Graph, call: TorchCall) -> Value:
    """Bounds that are tensors: first the lower, then the upper."""
    found = call.value(0)
    assert found is not None
    for position, name, operator in ((1, "min", "Max"), (2, "max", "Min")):
        bound = call.value(position, name)
        if bound is not None:
            found = operators.extreme(graph, operator, found, bound, call.where)
    return found


def _threshold(graph: Graph, call: TorchCall) -> Value:
    """x where it is greater than the threshold, else a value: continuous if these are one."""
    low, value = call.number(1, "threshold", 0.0), call.number(2, "value", 0.0)
    if low != value:
        refuse(call.where, "it jumps at its threshold: only a value that is the threshold is read")
    return operators.clip(graph, call.signal(), low, None, call.where)


def _batch_norm(graph: Graph, call: TorchCall) -> Value:
    """Arguments: x, weight, bias, mean, variance, momentum, epsilon."""
    x = call.signal()
    names = ("scale", "bias", "mean", "variance")
    channels = x.shape[0] if x.shape else 1
    defaults = (np.ones(channels), np.zeros(channels), None, None)
    arrays = []
    for i, (name, default) in enumerate(zip(names, defaults, strict=True)):
        value = call.value(i + 1)
        missing = value is None and default is not None
        arrays.append(default if missing else constant(value, call.where, name))
    epsilon = float(call.argument(6, "eps", 1e-5))
    return operators.batch_norm(graph, x, [a for a in arrays if a is not None], epsilon, call.where)


def _same(graph: Graph, call: TorchCall) -> Value:
    return call.held(call.node.args[0])


def _dropout(graph: Graph, call: TorchCall) -> Value:
    if call.argument(2, "train", False):
        refuse(call.where, "it drops at random even in evaluation mode")
    return _same(graph, call)


def _cast(graph: Graph, call: TorchCall) -> Value:
    held = call.held(call.node.args[0])
    if isinstance(held, Label):
        return cast_label(call, held)
    value = call.value(0)
    dtype = call.node.meta["val"].dtype
    source = call.node.args[0].meta["val"].dtype
    if not dtype.is_floating_point or not source.is_floating_point:
        refuse(call.where, f"it casts {source} to {dtype}: only floats are supported")
    if isinstance(value, ConstantValue):
        rounded = torch.from_numpy(value.array).to(dtype).to(torch.float64).numpy()
        return ConstantValue(rounded, value.name)
    assert value is not None
    if dtype != source:
        graph.note(f"{call.where}: the cast to {dtype} is the identity over the reals")
    return value


def _final(operator: str) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value:
        if operator != "Sigmoid" and call.argument(1, "dim") not in (1, -1):
            refuse(call.where, "its dim must be 1 (over the classes)")
        return decisions.drop_final(graph, call.value(0), operator, call.where)

    return apply


OPERATIONS: dict[str, Operation] = {
    "aten.linear.default": _linear,
    "aten.addmm.default": _addmm,
    "aten.mm.default": _matmul,
    "aten.matmul.default": _matmul,
    **SHAPES,
    **WINDOWS,
    **LABELS,
    "aten.relu.default": lambda graph, call: operators.relu(graph, call.signal()),
    "aten.leaky_relu.default": _leaky_relu,
    "aten.hardtanh.default": _clip(-1.0, 1.0, "min_val", "max_val"),
    "aten.relu6.default": _clip(0.0, 6.0, "", ""),
    "aten.clamp.default": _clip(None, None, "min", "max"),
    "aten.clamp_min.default": _clip(None, None, "min", ""),
    "aten.clamp_max.default": _clip(None, None, "", "max"),
    "aten.sign.default": lambda graph, call: operators.sign(graph, call.signal()),
    "aten.sgn.default": lambda graph, call: operators.sign(graph, call.signal()),
    "aten.neg.default": _neg,
    "aten.abs.default": lambda graph, call: operators.absolute(graph, call.signal()),
    "aten.hardsigmoid.default": _hard_sigmoid,
    "aten.prelu.default": _p_relu,
    "aten._prelu_kernel.default": _p_relu,
    "aten.threshold.default": _threshold,
    "aten.tanh.default": _smooth("tanh"),
    "aten.erf.default": _smooth("erf"),
    "aten.special_erf.default": _smooth("erf"),
    "aten.silu.default": _smooth("silu"),
    "aten.mish.default": _smooth("mish"),
    "aten.hardswish.default": _smooth("hard_swish"),
    "aten.gelu.default": _gelu,
    "aten.elu.default": _elu,
    "aten.selu.default": _selu,
    "aten.celu.default": _celu,
    "aten.softplus.default": _softplus,
    "aten.log_sigmoid.default": lambda graph, call: smooth.log_sigmoid(graph, call.signal()),
    "aten.maximum.default": _extreme("Max"),
    "aten.minimum.default": _extreme("Min"),
    "aten.max.other": _extreme("Max"),
    "aten.min.other": _extreme("Min"),
    "aten.clamp.Tensor": _clamp_tensor,
    "aten.add.Tensor": _arithmetic("Add"),
    "aten.add.Scalar": _arithmetic("Add"),
    "aten.sub.Tensor": _arithmetic("Sub"),
    "aten.sub.Scalar": _arithmetic("Sub"),
    "aten.rsub.Tensor": _arithmetic("Sub", swapped=True),
    "aten.rsub.Scalar": _arithmetic("Sub", swapped=True),
    "aten.mul.Tensor": _arithmetic("Mul"),
    "aten.mul.Scalar": _arithmetic("Mul"),
    "aten.div.Tensor": _arithmetic("Div"),
    "aten.div.Scalar": _arithmetic("Div"),
    "aten._native_batch_norm_legit_no_training.default": _batch_norm,
    "aten.dropout.default": _dropout,
    "aten.clone.default": _same,
    "aten.detach.default": _same,
    "aten.alias.default": _same,
    "aten.contiguous.default": _same,
    "aten._to_copy.default": _cast,
    "aten.to.dtype": _cast,
    "aten.sigmoid.default": _final("Sigmoid"),
    "aten.softmax.int": _final("Softmax"),
    "aten._softmax.default": _final("Softmax"),
    "aten.log_softmax.int": _final("LogSoftmax"),
    "aten._log_softmax.default": _final("LogSoftmax"),
    "aten.argmax.default": _final("ArgMax"),
}
