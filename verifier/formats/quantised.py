"""Quantised numbers as exact layers: integers, their rounding as staircases, float32 chains.

A whole number that is multiplied, shifted and rounded in float32 is a monotone function of itself:
where each value of the result begins is found by bisection, with float32's own arithmetic, and kept
as a threshold. So nothing of what a runtime rounds is lost, and nothing is added.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import operators
from verifier.formats.exact import Array
from verifier.formats.graph import ConstantValue, Graph, Integers, Signal, refuse
from verifier.model.steps import Steps

Ints = npt.NDArray[np.int64]
Singles = npt.NDArray[np.float32]
RANGES = {
    "uint8": (0, 255),
    "int8": (-128, 127),
    "uint16": (0, 65535),
    "int16": (-32768, 32767),
}
"""The integers that floats are rounded to."""
SUMS = (-(1 << 31), (1 << 31) - 1)
"""Those that products are added up in."""
FAR = 2.0**130
"""Beyond all float32 numbers."""
EITHER = (
    "onnxruntime computes this in integers on some processors and in floats on others, and these "
    "round some numbers in two ways: quantise all activations, and constants beside them, to uint8"
)
NOTE = (
    "quantised layers are taken as onnxruntime computes them: sums in integers, which are scaled "
    "and rounded to nearest even in float32"
)


@dataclass(frozen=True, eq=False, kw_only=True)
class QuantisedConstant(ConstantValue):
    """Constant floats that were made of integers: ``ints`` (less their zero point) times ``scale``.

    The integers are of the type ``held``. Scale and zero point broadcast to the constant's shape.
    """

    ints: Ints
    scale: Singles
    zero: Ints
    held: str


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation in float32 with a row of constants; ``by`` is how these were made, if known."""

    kind: str
    row: Singles
    by: QuantisedConstant | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Chain(Signal):
    """Floats made of whole numbers of the graph, column by column, in float32.

    ``zero`` is subtracted first, then come the ``operations``. ``summed`` says that the integers
    are sums of products, for which runtimes have operators of their own. Beside that it is a
    Signal: the same over the reals.
    """

    base: Integers
    zero: Ints
    operations: tuple[Operation, ...] = ()
    summed: bool = False

    def values(self, n: Ints) -> Singles:
        """The floats that integers (N, width) become."""
        x = (n - self.zero).astype(np.float32)
        for operation in self.operations:
            x = applied(operation, x)
        return x


@dataclass(frozen=True, eq=False, kw_only=True)
class Summed(Signal):
    """The sum of two rows of dequantised integers; ``ends`` cut it off, one after the other.

    ``stated``: the file has a QLinearAdd for it.
    """

    terms: tuple[Chain, Chain]
    ends: tuple[Operation, ...] = ()
    stated: bool = False


@dataclass(frozen=True, eq=False, kw_only=True)
class Averaged(Signal):
    """Means of ``count`` dequantised integers each: ``base`` are their sums, less zero points.

    The integers are of the type ``kind``.
    """

    base: Integers
    kind: str
    scale: Singles
    count: int


def applied(operation: Operation, x: Singles) -> Singles:
    """The operation on floats, in float32."""
    match operation.kind:
        case "Mul":
            return x * operation.row
        case "Div":
            return x / operation.row
        case "Add":
            return x + operation.row
        case "Sub":
            return x - operation.row
        case "LeakyRelu":
            return np.where(x >= 0, x, x * operation.row)
        case "Clip":
            return np.clip(x, operation.row[0], operation.row[1])
        case kind:
            assert kind == "Relu"
            return np.maximum(x, np.float32(0))


def is_never_negative(x: Signal) -> bool:
    """Whether this is one number that integers make, and never below 0: no logit, it seems."""
    if not isinstance(x, Chain) or x.width != 1:
        return False
    return bool((x.values(np.array([x.base.low, x.base.high])) >= 0).all())


def products(
    graph: Graph, x: Integers, zero: int, weight: Ints, bias: Ints | None, where: str
) -> Integers:
    """``(x - zero) @ weight + bias`` in integers; ``weight`` is (inputs, outputs).

    Refused where a sum may leave 32 bits, where runtimes would wrap around.
    """
    if weight.ndim != 2 or x.shape != weight.shape[:1] or not weight.shape[1]:
        refuse(where, f"its weight has shape {weight.shape} but is given rows of shape {x.shape}")
    shift = -zero * weight.sum(axis=0) + (0 if bias is None else bias)
    up, down = np.maximum(weight, 0), np.minimum(weight, 0)
    low, high = np.array(x.low), np.array(x.high)
    least, most = low @ up + high @ down + shift, high @ up + low @ down + shift
    if least.min() < SUMS[0] or most.max() > SUMS[1]:
        refuse(where, "its sums may be too large for 32 bits, where runtimes wrap around")
    own = weight.T.astype(np.float64)
    y = operators.affine(graph, Signal(x.node, (x.width,)), own, shift.astype(np.float64), where)
    return Integers(y.node, y.shape, (), "int32", tuple(least.tolist()), tuple(most.tolist()))


def stairs(graph: Graph, x: Integers, found: Callable[[Ints], Ints], kind: str) -> Integers:
    """The whole numbers of the type ``kind`` that a monotone function makes of whole numbers.

    ``found`` takes and gives arrays (N, width), each column's numbers within its range.
    """
    low, high = np.array(x.low, dtype=np.int64), np.array(x.high, dtype=np.int64)
    first, last = found(low[None])[0], found(high[None])[0]
    levels = first + 1 + np.arange(int((last - first).max(initial=0)))[:, None]
    below = np.broadcast_to(low, levels.shape).copy()
    above = np.broadcast_to(high + 1, levels.shape).copy()
    while levels.size and (above - below > 1).any():
        middle = (below + above) // 2
        reached = found(middle) >= levels
        above, below = np.where(reached, middle, above), np.where(reached, below, middle)
    thresholds = above.T.astype(np.float64) - 0.5  # between two whole numbers
    return _emitted(graph, x, thresholds, first, last, kind)


def scaled(graph: Graph, x: Integers, factor: Singles, zero: Ints, kind: str) -> Integers:
    """Sums of products, times a factor in float32: as QLinearMatMul makes integers of them."""
    return stairs(graph, x, lambda n: saturated(n.astype(np.float32) * factor, zero, kind), kind)


def rounded(graph: Graph, x: Signal, scale: Singles, zero: Ints, kind: str) -> Integers:
    """What QuantizeLinear makes of floats: ``x / scale`` to nearest even, plus ``zero``, saturated.

    Real numbers are rounded to float32 first (to nearest even, as runtimes are given them).
    """
    least, most = RANGES[kind]
    each = np.broadcast_shapes(scale.reshape(-1).shape, zero.reshape(-1).shape)
    levels = np.arange(least + 1, most + 1)[:, None]
    below = np.full((len(levels), *each), -_ordinal(np.finfo(np.float32).max))
    above = -below + 1
    start = quantise(_single(below[:1]), scale, zero, kind)[0]
    while (above - below > 1).any():
        middle = (below + above) // 2
        reached = quantise(_single(middle), scale, zero, kind) >= levels
        above, below = np.where(reached, middle, above), np.where(reached, below, middle)
    beyond = above > _ordinal(np.finfo(np.float32).max)
    at = np.where(beyond, 0, above)
    # the least number that is rounded to a float or a greater one: halfway from that before it
    half = (_single(at).astype(np.float64) + _single(at - 1).astype(np.float64)) / 2
    half = np.where(at % 2 == 0, half, np.nextafter(half, np.inf))
    thresholds = np.where(beyond, FAR, np.where(levels <= start, -FAR, half)).T
    thresholds = np.broadcast_to(thresholds, (x.width, len(levels))).copy()
    y = graph.emit(Steps(x.node, thresholds, np.full(x.width, float(least))), x.shape)
    graph.note(NOTE)
    return Integers(y.node, y.shape, (), kind, (least,) * x.width, (most,) * x.width)


def quantise(x: Singles, scale: Singles, zero: Ints, kind: str) -> Ints:
    """``x / scale`` in float32, to nearest even, plus ``zero``, saturated."""
    with np.errstate(over="ignore"):
        return saturated(x / scale, zero, kind)


def saturated(x: Singles, zero: Ints, kind: str) -> Ints:
    """Floats to the nearest whole number, even ones where two are, plus ``zero``, in range."""
    least, most = RANGES[kind]
    ends = (np.asarray(end - zero, dtype=np.float32) for end in (least, most))
    return np.rint(np.clip(x, *ends)).astype(np.int64) + zero


def _emitted(
    graph: Graph, x: Integers, thresholds: Array, first: Ints, last: Ints, kind: str
) -> Integers:
    y = graph.emit(Steps(x.node, thresholds, first.astype(np.float64)), x.shape)
    graph.note(NOTE)
    return Integers(y.node, y.shape, (), kind, tuple(first.tolist()), tuple(last.tolist()))


def _ordinal(x: Any) -> int:
    """A finite float32 number's place among them all; 0 of 0."""
    bits = int(np.float32(x).view(np.int32))
    return bits if bits >= 0 else -(bits & 0x7FFFFFFF)


def _single(ordinal: Ints) -> Singles:
    """The float32 numbers of such places."""
    size = np.abs(ordinal).astype(np.int32).view(np.float32)
    return np.where(ordinal < 0, -size, size)
