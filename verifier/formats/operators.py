"""The operators that network formats share, as exact layers; constants are folded only exactly.

``where`` names the operator in error messages; every function raises NetworkError.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from verifier.formats.exact import Array, exact_product, exact_quotient, exact_sum
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Signal,
    Value,
    constant,
    is_mild,
    refuse,
    signal,
)
from verifier.model.network import Add, Affine, Relu, Scale, Sign


def affine(graph: Graph, x: Signal, weight: Array, bias: Array | None, where: str) -> Signal:
    """``weight @ x + bias``; ``weight`` has shape (outputs, inputs)."""
    if weight.ndim != 2 or not weight.shape[0]:
        refuse(where, f"its weight has shape {weight.shape}: it must be a matrix")
    if weight.shape[1] != x.width:
        refuse(where, f"its weight takes {weight.shape[1]} inputs but is given {x.width}")
    outputs = weight.shape[0]
    bias = np.zeros(outputs) if bias is None else row_of(bias, outputs, where)
    return graph.emit(Affine(x.node, weight, bias), outputs)


def scale(
    graph: Graph,
    x: Signal,
    factor: Array | float = 1.0,
    divisor: Array | float = 1.0,
    shift: Array | float = 0.0,
) -> Signal:
    """``x * factor / divisor + shift``, elementwise; scalars stand for every column."""
    parts = [np.broadcast_to(np.float64(p), (x.width,)) for p in (factor, divisor, shift)]
    if (parts[0] == 1).all() and (parts[1] == 1).all() and not parts[2].any():
        return x
    return graph.emit(Scale(x.node, *parts), x.width)


def relu(graph: Graph, x: Signal) -> Signal:
    """``max(x, 0)``."""
    return graph.emit(Relu(x.node), x.width)


def sign(graph: Graph, x: Signal) -> Signal:
    """``-1, 0 or 1``."""
    return graph.emit(Sign(x.node), x.width)


def leaky_relu(graph: Graph, x: Signal, slope: float, where: str) -> Signal:
    """``slope * x + (1 - slope) * max(x, 0)``, which equals the leaky ReLU for every slope."""
    if not math.isfinite(slope):
        refuse(where, f"its slope is {slope}: it must be finite")
    positive = relu(graph, x)
    rest = exact_sum(np.ones(1), np.array([-slope]))
    if rest is not None:
        positive = scale(graph, positive, float(rest[0]))
    elif slope:
        less = scale(graph, positive, -slope)
        positive = graph.emit(Add(positive.node, less.node), x.width)
    if not slope:
        return positive
    return graph.emit(Add(positive.node, scale(graph, x, slope).node), x.width)


def clip(graph: Graph, x: Signal, low: float | None, high: float | None, where: str) -> Signal:
    """``min(max(x, low), high)``: where low > high, everything becomes high."""
    if low is not None and low != -math.inf:
        if not math.isfinite(low):
            refuse(where, f"its lower bound is {low}: it must be finite")
        x = scale(graph, relu(graph, scale(graph, x, shift=-low)), shift=low)
    if high is not None and high != math.inf:
        if not math.isfinite(high):
            refuse(where, f"its upper bound is {high}: it must be finite")
        x = scale(graph, relu(graph, scale(graph, x, -1.0, shift=high)), -1.0, shift=high)
    return x


def batch_norm(
    graph: Graph, x: Signal, statistics: Sequence[Array], epsilon: float, where: str
) -> Signal:
    """``gamma / sqrt(variance + epsilon) * (x - mean) + beta``.

    ``statistics`` is (gamma, beta, mean, variance), each of shape (width,). The factor
    ``gamma / sqrt(variance + epsilon)`` is rounded to float64, the only rounding of any reader;
    a note records it.
    """
    for name, array in zip(("scale", "bias", "mean", "variance"), statistics, strict=True):
        if array.shape != (x.width,):
            refuse(where, f"its {name} has shape {array.shape} but there are {x.width} columns")
    gamma, beta, mean, variance = statistics
    if not math.isfinite(epsilon) or not (variance + epsilon > 0).all():
        refuse(where, "its variance plus epsilon is not positive: the network is damaged")
    with np.errstate(over="ignore", under="ignore"):
        factor = gamma / np.sqrt(variance + epsilon)
    if not np.isfinite(factor).all():
        refuse(where, "its scale over the square root of its variance overflows")
    graph.note(
        f"{where}: scale / sqrt(variance + epsilon) is rounded to float64; the network with that "
        "number is what is proved"
    )
    return scale(graph, scale(graph, x, shift=-mean), factor, shift=beta)


def arithmetic(graph: Graph, operator: str, a: Value | None, b: Value | None, where: str) -> Value:
    """Add, Sub, Mul or Div, elementwise and broadcast, where the result is linear."""
    if isinstance(a, ConstantValue) and isinstance(b, ConstantValue):
        left, right = constant(a, where, "left operand"), constant(b, where, "right operand")
        graph.hold(_broadcast_size(left, right, where), f"the constants of {where}")
        return ConstantValue(_folded(operator, left, right, where), f"{a.name}, {b.name}"[:200])
    if isinstance(a, Signal) and isinstance(b, Signal):
        if operator not in ("Add", "Sub"):
            refuse(where, "it multiplies or divides two activations, which is not linear")
        return _sum(graph, signal(a, where), signal(b, where), operator == "Sub", where)
    if isinstance(b, Signal):
        if operator == "Div":
            refuse(where, "it divides by an activation, which is not linear")
        x, numbers = signal(b, where), constant(a, where, "left operand")
    else:
        x, numbers = signal(a, where), constant(b, where, "right operand")
    if numbers.ndim and numbers.shape[-1] != 1:
        x = _widened(graph, x, numbers.shape[-1], where)
    numbers = row_of(numbers, x.width, where)
    if operator == "Add":
        return scale(graph, x, shift=numbers)
    if operator == "Mul":
        return scale(graph, x, numbers)
    if operator == "Div":
        if not numbers.all():
            refuse(where, "it divides by zero")
        return scale(graph, x, divisor=numbers)
    if isinstance(b, Signal):
        return scale(graph, x, -1.0, shift=numbers)
    return scale(graph, x, shift=-numbers)


def add_multiple(graph: Graph, x: Signal, factor: float, row: Array, where: str) -> Signal:
    """``x + factor * row``, also where that product is not a float64 number."""
    row = row_of(row, x.width, where)
    product = exact_product(row, np.full(1, factor))
    if product is not None and (not factor or is_mild(np.full(1, factor))):
        return scale(graph, x, shift=product)
    constant_row = scale(graph, x, 0.0, shift=row)
    multiple = scale(graph, constant_row, factor)
    return graph.emit(Add(x.node, multiple.node), x.width)


def _broadcast_size(a: Array, b: Array, where: str) -> int:
    """How many numbers two constants have together; they are not looked at."""
    size = 1
    for i in range(max(a.ndim, b.ndim)):
        ends = {x.shape[-1 - i] for x in (a, b) if i < x.ndim} - {1}
        if len(ends) > 1:
            refuse(where, f"constants of shapes {a.shape} and {b.shape} do not fit")
        size *= max(ends, default=1)
    return size


def _folded(operator: str, a: Array, b: Array, where: str) -> Array:
    if operator == "Div" and not b.all():
        refuse(where, "it divides by zero")
    if operator in ("Add", "Sub"):
        folded = exact_sum(a, b if operator == "Add" else -b)
    else:
        folded = (exact_product if operator == "Mul" else exact_quotient)(a, b)
    if folded is None:
        refuse(
            where,
            "its constants cannot be folded without rounding: "
            "fold them before exporting, so that the file holds the numbers that are used",
        )
    return folded


def _sum(graph: Graph, a: Signal, b: Signal, subtract: bool, where: str) -> Signal:
    width = max(a.width, b.width)
    a, b = _widened(graph, a, width, where), _widened(graph, b, width, where)
    if subtract:
        b = scale(graph, b, -1.0)
    return graph.emit(Add(a.node, b.node), width)


def _widened(graph: Graph, x: Signal, width: int, where: str) -> Signal:
    """A single column repeated ``width`` times; anything else must have that width already."""
    if x.width == width:
        return x
    if x.width != 1:
        refuse(where, f"operands of widths {x.width} and {width} do not fit")
    return affine(graph, x, np.ones((width, 1)), None, where)


def row_of(numbers: Array, width: int, where: str) -> Array:
    """``numbers`` as one row of ``width`` numbers, the same for every input row."""
    shape = numbers.shape
    if len(shape) > 2 or (len(shape) == 2 and shape[0] != 1):
        refuse(
            where, f"a constant of shape {shape} is not one row: it must be [{width}] or a number"
        )
    row = numbers.reshape(-1)
    if row.size not in (1, width):
        refuse(where, f"a constant of shape {shape} does not fit {width} columns")
    return np.broadcast_to(row, (width,)).copy()


def selected(graph: Graph, x: Signal, columns: Sequence[int], where: str) -> Signal:
    """Some columns, in the order given; negative numbers count from the last."""
    if not columns or not all(-x.width <= c < x.width for c in columns):
        refuse(where, f"it selects columns {list(columns)[:6]} of {x.width}")
    return affine(graph, x, np.eye(x.width)[list(columns)], None, where)
