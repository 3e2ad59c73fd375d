"""The ``aten`` operations that decide a class, and what may be done with it: compare, negate, cast.

A comparison of one column is read over the reals; of a class, whose values are known, PyTorch
itself is asked what it gives for each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch

from verifier.formats import decisions, operators
from verifier.formats.graph import Graph, Label, Value, refuse
from verifier.formats.torch_call import Operation, TorchCall

_NAMES = {"gt": "Greater", "ge": "GreaterOrEqual", "lt": "Less", "le": "LessOrEqual"}


def _compare(operator: str) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value:
        given = _label(call)
        if given is not None:
            return _each(call, given, getattr(torch, operator))
        if operator not in _NAMES:
            refuse(call.where, "it asks whether numbers are equal: only classes are asked so")
        both = call.node.args[0], call.argument(1, "other")
        metas = [x.meta["val"] if isinstance(x, torch.fx.Node) else x for x in both]
        dtype = torch.result_type(*metas)
        if not dtype.is_floating_point:
            refuse(call.where, f"it compares {dtype}: only floats and classes are compared")
        a, b = call.value(0, dtype=dtype), call.value(1, "other", dtype)
        return decisions.compared(graph, _NAMES[operator], a, b, call.where)

    return apply


def _negate(operator: str) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value:
        given = _label(call)
        if given is None:
            refuse(call.where, "it negates something other than the network's class")
        return _each(call, given, getattr(torch, operator))

    return apply


def cast_label(call: TorchCall, label: Label) -> Label:
    """A class in another type. Raises NetworkError where that changes its values.

    But for truth values: all but 0 become true.
    """
    dtype = call.node.meta["val"].dtype
    found = _each(call, label, lambda x: x.to(dtype))
    if dtype != torch.bool and found.values != label.values:
        refuse(call.where, f"it casts classes to {dtype}, which changes them")
    return found


def _label(call: TorchCall) -> Label | None:
    """The class that is the only activation among the arguments, as the first of them."""
    first, other = call.node.args[0], call.argument(1, "other")
    if isinstance(other, torch.fx.Node) and isinstance(call.held(other), Label):
        refuse(call.where, "it compares with a class: compare the class with a number")
    found = call.held(first)
    if not isinstance(found, Label):
        return None
    if isinstance(other, torch.fx.Node):
        refuse(call.where, "it compares a class with a tensor: compare it with a number")
    return found


def _each(call: TorchCall, label: Label, give: Callable[..., Any]) -> Label:
    """The label with what an operation gives for each of its values."""
    kind = call.node.args[0].meta["val"].dtype
    rest = [x for x in (call.argument(1, "other"),) if isinstance(x, int | float)]
    given = [give(torch.tensor([value], dtype=kind), *rest).item() for value in label.values]
    values = tuple(int(x) if float(x).is_integer() else x for x in given)
    named = label.named or values != label.values
    return replace(label, values=values, named=named)


def _argmin(graph: Graph, call: TorchCall) -> Value:
    """The first of the least numbers: the first of the largest of their opposites."""
    if call.argument(1, "dim") not in (1, -1):
        refuse(call.where, "its dim must be 1 (over the classes)")
    opposite = operators.scale(graph, call.activations(), -1.0)
    return decisions.drop_final(graph, opposite, "ArgMax", call.where)


LABELS: dict[str, Operation] = {
    **{
        f"aten.{name}.{kind}": _compare(name)
        for name in (*_NAMES, "eq", "ne")
        for kind in ("Scalar", "Tensor")
    },
    "aten.logical_not.default": _negate("logical_not"),
    "aten.bitwise_not.default": _negate("bitwise_not"),
    "aten.argmin.default": _argmin,
}
