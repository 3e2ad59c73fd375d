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
    refuse,
    signal,
)
from verifier.formats.merging import is_mild
from verifier.formats.shapes import common_shape, picked, plain, spread, widened
from verifier.formats.smooth import product
from verifier.model.network import Add, Affine, Relu, Scale, Sign


def affine(graph: Graph, x: Signal, weight: Array, bias: Array | None, where: str) -> Signal:
    """``weight @ x + bias`` along the last axis; ``weight`` has shape (outputs, inputs)."""
    if weight.ndim != 2 or not weight.shape[0]:
        refuse(where, f"its weight has shape {weight.shape}: it must be a matrix")
    if not x.shape or weight.shape[1] != x.shape[-1]:
        width = x.shape[-1] if x.shape else 1
        refuse(where, f"its weight takes {weight.shape[1]} inputs but is given {width}")
    outputs = weight.shape[0]
    row = np.zeros(outputs) if bias is None else row_of(bias, outputs, where)
    times = math.prod(x.shape[:-1])
    if times == 1:
        return graph.emit(Affine(x.node, weight, row), (*x.shape[:-1], outputs))
    graph.room(times**2 * weight.size, where)
    whole = np.kron(np.eye(times), weight)
    return graph.emit(Affine(x.node, whole, np.tile(row, times)), (*x.shape[:-1], outputs))


def from_left(graph: Graph, weight: Array, x: Signal, where: str) -> Signal:
    """``weight @ x`` where each row of x is a matrix itself."""
    if weight.ndim != 2 or not weight.size:
        refuse(where, f"its weight has shape {weight.shape}: it must be a matrix")
    if len(x.shape) != 2:
        refuse(where, "it multiplies a constant from the left: export it as x @ W")
    if weight.shape[1] != x.shape[0]:
        refuse(where, f"its weight takes {weight.shape[1]} inputs but is given {x.shape[0]}")
    graph.room(x.shape[1] ** 2 * weight.size, where)
    whole = np.kron(weight, np.eye(x.shape[1]))
    return graph.emit(Affine(x.node, whole, np.zeros(len(whole))), (len(weight), x.shape[1]))


def scale(
    graph: Graph,
    x: Signal,
    factor: Array | float = 1.0,
    divisor: Array | float = 1.0,
    shift: Array | float = 0.0,
) -> Signal:
    """``x * factor / divisor + shift``, elementwise; scalars stand for every column."""
    parts = [np.broadcast_to(np.float64(p), x.shape).reshape(-1) for p in (factor, divisor, shift)]
    if (parts[0] == 1).all() and (parts[1] == 1).all() and not parts[2].any():
        return x
    return graph.emit(Scale(x.node, *parts), x.shape)


def relu(graph: Graph, x: Signal) -> Signal:
    """``max(x, 0)``."""
    return graph.emit(Relu(x.node), x.shape)


def sign(graph: Graph, x: Signal) -> Signal:
    """``-1, 0 or 1``."""
    return graph.emit(Sign(x.node), x.shape)


def absolute(graph: Graph, x: Signal) -> Signal:
    """``|x| = 2 max(x, 0) - x``."""
    twice = scale(graph, relu(graph, x), 2.0)
    return graph.emit(Add(twice.node, scale(graph, x, -1.0).node), x.shape)


def leaky_relu(graph: Graph, x: Signal, slope: Array | float, where: str) -> Signal:
    """``slope * x + (1 - slope) * max(x, 0)``, which equals the leaky ReLU for every slope.

    ``slope`` is one number, or one for each of the row's.
    """
    slope = np.array(slope, np.float64)
    if not np.isfinite(slope).all():
        odd = float(slope[~np.isfinite(slope)].reshape(-1)[0])
        refuse(where, f"its slope is {odd}: it must be finite")
    positive = relu(graph, x)
    rest = exact_sum(np.ones(1), -slope)
    if rest is not None:
        positive = scale(graph, positive, rest.reshape(slope.shape))
    elif slope.any():
        less = scale(graph, positive, -slope)
        positive = graph.emit(Add(positive.node, less.node), x.shape)
    if not slope.any():
        return positive
    return graph.emit(Add(positive.node, scale(graph, x, slope).node), x.shape)


def hard_sigmoid(
    graph: Graph, x: Signal, slope: float, offset: float, divisor: float, where: str
) -> Signal:
    """``min(max(slope x / divisor + offset / divisor, 0), 1)``."""
    if not (math.isfinite(slope) and math.isfinite(offset)):
        refuse(where, "its slope or offset is NaN or infinite")
    inside = clip(graph, scale(graph, x, slope, shift=offset), 0.0, divisor, where)
    return scale(graph, inside, divisor=divisor)


def extreme(graph: Graph, operator: str, a: Value | None, b: Value | None, where: str) -> Value:
    """Max or Min, elementwise and broadcast: ``max(a, b) = b + max(a - b, 0)``."""
    if isinstance(a, ConstantValue) and isinstance(b, ConstantValue):
        left, right = constant(a, where, "operand"), constant(b, where, "operand")
        graph.hold(_broadcast_size(left, right, where), f"the constants of {where}")
        function = np.maximum if operator == "Max" else np.minimum
        return ConstantValue(function(left, right), f"{a.name}, {b.name}"[:200])
    if isinstance(a, ConstantValue):
        a, b = b, a
    sign = 1.0 if operator == "Max" else -1.0
    if isinstance(b, ConstantValue):
        x, row = _to_fit(graph, signal(a, where), constant(b, where, "operand"), where)
        more = relu(graph, scale(graph, x, sign, shift=-sign * row))
        return scale(graph, more, sign, shift=row)
    less = _sum(graph, signal(a, where), signal(b, where), True, where)
    more = scale(graph, relu(graph, scale(graph, less, sign)), sign)
    return _sum(graph, more, signal(b, where), False, where)


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

    ``statistics`` is (gamma, beta, mean, variance), one number for each channel, the row's first
    axis. The factor
    ``gamma / sqrt(variance + epsilon)`` is rounded to float64, the only rounding of any reader;
    a note records it.
    """
    channels = x.shape[0] if x.shape else 1
    for name, array in zip(("scale", "bias", "mean", "variance"), statistics, strict=True):
        if array.shape != (channels,):
            refuse(where, f"its {name} has shape {array.shape} but there are {channels} columns")
    form = (channels, *(1 for _ in x.shape[1:]))
    gamma, beta, mean, variance = (array.reshape(form) for array in statistics)
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
        if operator == "Mul":
            return product(graph, signal(a, where), signal(b, where), where)
        if operator == "Div":
            refuse(where, "it multiplies or divides two activations, which is not linear")
        return _sum(graph, signal(a, where), signal(b, where), operator == "Sub", where)
    if isinstance(b, Signal):
        if operator == "Div":
            refuse(where, "it divides by an activation, which is not linear")
        x, numbers = signal(b, where), constant(a, where, "left operand")
    else:
        x, numbers = signal(a, where), constant(b, where, "right operand")
    x, numbers = _to_fit(graph, x, numbers, where)
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


def _to_fit(graph: Graph, x: Signal, numbers: Array, where: str) -> tuple[Signal, Array]:
    """Activations and constants in one shape, each repeated where it has length 1."""
    rank = len(x.shape)
    own = numbers.shape[-rank:] if rank else ()
    if numbers.ndim <= rank:
        own = (1,) * (rank - numbers.ndim) + numbers.shape
    if len(own) == rank:
        x = widened(graph, x, common_shape(x.shape, own, where), where)
    return x, spread(numbers, x.shape, where)


def add_multiple(graph: Graph, x: Signal, factor: float, row: Array, where: str) -> Signal:
    """``x + factor * row``, also where that product is not a float64 number."""
    row = spread(row, x.shape, where)
    product = exact_product(row, np.full(1, factor))
    if product is not None and (not factor or is_mild(np.full(1, factor))):
        return scale(graph, x, shift=product)
    constant_row = scale(graph, x, 0.0, shift=row)
    multiple = scale(graph, constant_row, factor)
    return graph.emit(Add(x.node, multiple.node), x.shape)


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
    shape = common_shape(a.shape, b.shape, where)
    a, b = widened(graph, a, shape, where), widened(graph, b, shape, where)
    if subtract:
        b = scale(graph, b, -1.0)
    return graph.emit(Add(a.node, b.node), shape)


def row_of(numbers: Array, width: int, where: str) -> Array:
    """``numbers`` as one row of ``width`` numbers, the same for every input row."""
    return spread(numbers, (width,), where)


def selected(graph: Graph, x: Signal, columns: Sequence[int], where: str) -> Signal:
    """Some columns, in the order given; negative numbers count from the last."""
    plain(x, where)
    if not columns or not all(-x.width <= c < x.width for c in columns):
        refuse(where, f"it selects columns {list(columns)[:6]} of {x.width}")
    places = np.arange(x.width)[list(columns)]
    return picked(graph, x, places, places.shape, where)
