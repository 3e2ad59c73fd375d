"""The ``aten`` operations that can be read from ``torch.export``, each as exact layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from verifier.formats import decisions, operators
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Label,
    Probability,
    Signal,
    Value,
    constant,
    refuse,
    signal,
)
from verifier.model.network import NARROW


@dataclass(frozen=True, eq=False)
class TorchCall:
    """One node of the exported graph, with the values computed before it."""

    where: str
    node: Any
    values: Mapping[str, Value]

    def argument(self, position: int, name: str, default: Any = None) -> Any:
        """An argument as it stands: a node, a number, a list."""
        if position < len(self.node.args):
            return self.node.args[position]
        return self.node.kwargs.get(name, default)

    def value(self, position: int, name: str = "") -> Value | None:
        """An argument as a value; Python numbers become constants of the result's type."""
        argument = self.argument(position, name)
        if argument is None:
            return None
        if isinstance(argument, torch.fx.Node):
            if argument.name not in self.values:
                refuse(self.where, f"it reads {argument.name}, which is not supported")
            return self._typed(self.values[argument.name])
        if isinstance(argument, bool) or not isinstance(argument, int | float):
            refuse(self.where, f"its argument {position} is not a tensor or a number")
        return held_constant(torch.tensor(argument, dtype=self.dtype), "a number")

    def signal(self) -> Signal:
        """The first argument, as the network's activations."""
        return signal(self.value(0), self.where)

    def number(self, position: int, name: str, default: float | None) -> float | None:
        """A Python number, as the value of the result's type that PyTorch computes with."""
        argument = self.argument(position, name, default)
        if argument is None:
            return None
        if isinstance(argument, bool) or not isinstance(argument, int | float):
            refuse(self.where, f'its argument "{name}" is not a number')
        return float(torch.tensor(argument, dtype=self.dtype).double())

    @property
    def dtype(self) -> torch.dtype:
        """The type of the result's numbers."""
        value = self.node.meta["val"]
        value = value[0] if isinstance(value, tuple | list) else value
        if not value.dtype.is_floating_point:
            refuse(self.where, f"it computes {value.dtype}, not floats")
        found: torch.dtype = value.dtype
        return found

    def _typed(self, value: Value) -> Value:
        """Single numbers and integers in the result's type, as PyTorch converts them."""
        if not isinstance(value, ConstantValue) or (
            value.array.ndim and value.array.dtype != np.int64
        ):
            return value
        return held_constant(torch.from_numpy(value.array).to(self.dtype), value.name)


def number_type(node: torch.fx.Node, name: str) -> str:
    """The type of the numbers that an operation rounds to ("float32"), of all its results."""
    results = node.meta["val"]
    results = results if isinstance(results, tuple | list) else [results]
    kinds = {str(x.dtype).removeprefix("torch.") for x in results if x.dtype.is_floating_point}
    if odd := kinds - {"float64", "float32", *NARROW}:
        refuse(name, f"it computes in {min(odd)}: only {', '.join(NARROW)} and wider are supported")
    return min(kinds, default="float32")


def held_constant(tensor: torch.Tensor, name: str) -> ConstantValue:
    """A tensor's numbers, exactly."""
    plain = tensor.detach().cpu()
    if plain.dtype.is_floating_point:
        return ConstantValue(plain.to(torch.float64).numpy(), name)
    return ConstantValue(plain.to(torch.int64).numpy(), name)


Operation = Callable[[Graph, TorchCall], Value]


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
    x = signal(call.value(1), call.where)
    weight = constant(call.value(2), call.where, "weight")
    alpha, beta = call.number(5, "alpha", 1), call.number(5, "beta", 1)
    assert alpha is not None
    assert beta is not None
    product = operators.affine(graph, x, weight.T, None, call.where)
    scaled = operators.scale(graph, product, alpha)
    return operators.add_multiple(graph, scaled, beta, bias, call.where)


def _transposed(graph: Graph, call: TorchCall) -> Value:
    axes = [call.argument(1, "dim0", 0), call.argument(2, "dim1", 1)]
    return _swapped(call, axes[0] % 2 != axes[1] % 2)


def _permuted(graph: Graph, call: TorchCall) -> Value:
    return _swapped(call, [axis % 2 for axis in call.argument(1, "dims")] == [1, 0])


def _swapped(call: TorchCall, swap: bool) -> Value:
    value = call.value(0)
    if not isinstance(value, ConstantValue) or value.array.ndim != 2:
        refuse(call.where, "it transposes something other than a constant matrix")
    return ConstantValue(value.array.T if swap else value.array, value.name)


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


def _batch_norm(graph: Graph, call: TorchCall) -> Value:
    """Arguments: x, weight, bias, mean, variance, momentum, epsilon."""
    x = call.signal()
    names = ("scale", "bias", "mean", "variance")
    defaults = (np.ones(x.width), np.zeros(x.width), None, None)
    arrays = []
    for i, (name, default) in enumerate(zip(names, defaults, strict=True)):
        value = call.value(i + 1)
        missing = value is None and default is not None
        arrays.append(default if missing else constant(value, call.where, name))
    epsilon = float(call.argument(6, "eps", 1e-5))
    return operators.batch_norm(graph, x, [a for a in arrays if a is not None], epsilon, call.where)


def _first(graph: Graph, call: TorchCall) -> Value:
    """The first of an operation's results."""
    value = call.value(0)
    if call.argument(1, "index") != 0 or value is None:
        refuse(call.where, "it takes a second result, which is not supported")
    return value


def _same(graph: Graph, call: TorchCall) -> Value:
    value = call.value(0)
    assert value is not None
    return value


def _dropout(graph: Graph, call: TorchCall) -> Value:
    if call.argument(2, "train", False):
        refuse(call.where, "it drops at random even in evaluation mode")
    return _same(graph, call)


def _cast(graph: Graph, call: TorchCall) -> Value:
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


def _reshape(graph: Graph, call: TorchCall) -> Value:
    """Any reshape of a constant; of activations, one that leaves [N, width] as it is."""
    value = call.value(0)
    found, before = call.node.meta["val"].shape, call.node.args[0].meta["val"].shape
    if isinstance(value, ConstantValue):
        return ConstantValue(value.array.reshape(tuple(found)), value.name)
    if len(before) == 2 and before[1] == 1 and tuple(found) == tuple(before)[:1]:
        return _listed(value, call.where)
    if tuple(found) != tuple(before):
        refuse(call.where, f"it changes the shape {list(before)[1:]} of each row")
    assert value is not None
    return value


def _listed(value: Value | None, where: str) -> Value:
    """A single column as a list of numbers."""
    if isinstance(value, Probability | Label):
        return value
    return decisions.flat(signal(value, where), where)


def _selected(graph: Graph, call: TorchCall) -> Value:
    """One column as a list: x[:, i]."""
    if call.argument(1, "dim") not in (1, -1):
        refuse(call.where, "it selects one of the rows: only a column can be selected")
    column = operators.selected(graph, call.signal(), [call.argument(2, "index")], call.where)
    return decisions.flat(column, call.where)


def _sliced(graph: Graph, call: TorchCall) -> Value:
    """Some columns: x[:, a:b]; all rows."""
    dim, start, stop = (call.argument(i, n) for i, n in ((1, "dim"), (2, "start"), (3, "end")))
    step = call.argument(4, "step", 1)
    if dim in (None, 0) and start in (None, 0) and step == 1 and (stop is None or stop >= 1 << 62):
        return _same(graph, call)
    x = call.signal()
    if dim not in (1, -1) or not all(isinstance(v, int | None) for v in (start, stop, step)):
        refuse(call.where, "it takes some of the rows: only columns can be sliced")
    return operators.selected(graph, x, range(x.width)[start:stop:step], call.where)


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
    "aten.t.default": _transposed,
    "aten.transpose.int": _transposed,
    "aten.permute.default": _permuted,
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
    "<built-in function getitem>": _first,
    "aten.dropout.default": _dropout,
    "aten.clone.default": _same,
    "aten.detach.default": _same,
    "aten.alias.default": _same,
    "aten.contiguous.default": _same,
    "aten._to_copy.default": _cast,
    "aten.to.dtype": _cast,
    "aten.view.default": _reshape,
    "aten.reshape.default": _reshape,
    "aten._unsafe_view.default": _reshape,
    "aten.flatten.using_ints": _reshape,
    "aten.squeeze.dim": _reshape,
    "aten.squeeze.dims": _reshape,
    "aten.select.int": _selected,
    "aten.slice.Tensor": _sliced,
    "aten.sigmoid.default": _final("Sigmoid"),
    "aten.softmax.int": _final("Softmax"),
    "aten._softmax.default": _final("Softmax"),
    "aten.log_softmax.int": _final("LogSoftmax"),
    "aten._log_softmax.default": _final("LogSoftmax"),
    "aten.argmax.default": _final("ArgMax"),
}
