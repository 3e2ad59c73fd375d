"""Dequantised integers that are quantised again, with what onnxruntime makes of what is between.

It makes operators of integers of the commonest: products, sums with constants, sums of two rows,
means of channels. Where these round in another way than the floats that the file speaks of, so does
what is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from verifier.formats import operators
from verifier.formats.graph import Graph, Integers, Signal, refuse
from verifier.formats.quantised import (
    EITHER,
    NOTE,
    RANGES,
    SUMS,
    Averaged,
    Chain,
    Ints,
    Operation,
    QuantisedConstant,
    Singles,
    Summed,
    applied,
    quantise,
    saturated,
    scaled,
    stairs,
)
from verifier.model.network import Add
from verifier.model.steps import Steps

AS_UINT8 = (
    "onnxruntime adds and multiplies int8 as uint8 on some processors, where float32 rounds some "
    "numbers in another way: quantise all activations, and constants beside them, to uint8"
)
SHIFT = 128
"""From an int8 to the uint8 that onnxruntime makes of it on x86."""
CUT = (
    "onnxruntime computes the product before it in floats, as more is between than a Relu or Clip "
    "that its range of integers makes superfluous: quantise what is between by itself, or "
    "asymmetrically (the zero point behind a Relu is the least integer then)"
)


def is_left_out(operation: Operation, scale: Singles, zero: Ints, kind: str) -> bool:
    """Whether onnxruntime leaves out an end before QuantizeLinear, as no integer is beyond it.

    Of a Clip the ends are compared in float32, and what is near to one is taken to reach it.
    """
    least, most = RANGES[kind]
    if operation.kind == "Relu":
        return bool((zero == least).all())
    if operation.kind != "Clip":
        return False
    low, high = ((np.float32(end) - zero.astype(np.float32)) * scale for end in (least, most))
    near = np.finfo(np.float32).eps
    cut = operation.row
    return bool((cut[0] - low <= near).all() and (high - cut[1] <= near).all())


def means(graph: Graph, x: Averaged, scale: Singles, zero: Ints, kind: str, where: str) -> Integers:
    """QLinearGlobalAveragePool, as onnxruntime has it: one factor for sums of integers."""
    if x.kind != kind:
        refuse(where, EITHER)
    factor = x.scale / (scale * np.float32(x.count))
    found = stairs(
        graph, x.base, lambda n: saturated(n.astype(np.float32) * factor, zero, kind), kind
    )
    return replace(found, shape=x.shape)


def requantised(
    graph: Graph, x: Chain, scale: Singles, zero: Ints, kind: str, where: str
) -> Integers:
    """QuantizeLinear of a chain; sums of products are scaled once, as QLinearMatMul does."""
    return replace(_requantised(graph, x, scale, zero, kind, where), shape=x.shape)


def _requantised(
    graph: Graph, x: Chain, scale: Singles, zero: Ints, kind: str, where: str
) -> Integers:
    scale = np.broadcast_to(scale.reshape(-1), (x.width,))
    zero = np.broadcast_to(zero.reshape(-1), (x.width,))
    while x.operations and is_left_out(x.operations[-1], scale, zero, kind):
        x = replace(x, operations=x.operations[:-1])  # what is beyond it is saturated
    made = [o.kind for o in x.operations]
    if x.summed and made not in (["Mul"], ["Mul", "Add"]):
        refuse(where, CUT)
    if x.summed and made == ["Mul"]:
        return scaled(graph, x.base, x.operations[0].row / scale, zero, kind)
    if x.summed and made == ["Mul", "Add"]:
        return _biased(graph, x, scale, zero, kind)
    if made in (["Mul", "Add"], ["Mul", "Mul"]) and x.operations[1].by is not None:
        return _with_constant(graph, x, x.operations[1].by, (scale, zero, kind), where)
    return stairs(graph, x.base, lambda n: quantise(x.values(n), scale, zero, kind), kind)


def _biased(graph: Graph, x: Chain, scale: Singles, zero: Ints, kind: str) -> Integers:
    """Sums of products plus a bias of floats, which onnxruntime rounds to multiples of a product's
    scale (int32) where the sum is quantised again."""
    factor, row = x.operations[0].row, x.operations[1].row
    with np.errstate(over="ignore"):
        steps = np.rint(row / factor).astype(np.float64)
    ends = np.array((x.base.low, x.base.high)) + steps
    if ends.min() < SUMS[0] or ends.max() > SUMS[1]:
        refuse("its bias", "it is too large beside its product's scale for sums of 32 bits")
    shift = np.broadcast_to(steps.astype(np.int64), (x.width,))
    own = factor / scale
    return stairs(
        graph, x.base, lambda n: saturated((n + shift).astype(np.float32) * own, zero, kind), kind
    )


def _with_constant(
    graph: Graph, x: Chain, by: QuantisedConstant, to: tuple[Singles, Ints, str], where: str
) -> Integers:
    """Dequantised integers, plus or times a constant that is quantised itself, quantised again.

    Of uint8 onnxruntime makes QLinearAdd and QLinearMul; of other types on some processors only.
    """
    scale, zero, kind = to

    def floats(n: Ints) -> Ints:
        return quantise(x.values(n), scale, zero, kind)

    if by.scale.size > 1:
        return stairs(graph, x.base, floats, kind)
    way = sum_with if x.operations[1].kind == "Add" else product_with
    found = way(x, by, scale, zero, kind)
    if {x.base.kind, by.held, kind} != {"uint8"}:
        least, most = min(x.base.low), max(x.base.high)
        each = np.broadcast_to(np.arange(least, most + 1)[:, None], (most - least + 1, x.width))
        if (found(each) != floats(each)).any():
            refuse(where, EITHER)
        if by.held == "uint8":
            moved = replace(x, zero=x.zero + _shift(x.base.kind))
            own = way(moved, by, scale, zero + _shift(kind), "uint8")
            if (own(each + _shift(x.base.kind)) - _shift(kind) != floats(each)).any():
                refuse(where, AS_UINT8)
    return stairs(graph, x.base, found, kind)


def _shift(kind: str) -> int:
    return SHIFT if kind == "int8" else 0


def sum_with(
    x: Chain, row: QuantisedConstant, scale: Singles, zero: Ints, kind: str
) -> Callable[[Ints], Ints]:
    """QLinearAdd of dequantised integers and a constant that is quantised itself."""
    other = np.broadcast_to((row.ints + row.zero).reshape(-1), (x.width,))
    own = x.operations[0].row
    sums = Sums(own, x.zero, row.scale.reshape(-1), row.zero.reshape(-1), scale, zero)
    return lambda n: sums.values(n, other, kind)


def product_with(
    x: Chain, row: QuantisedConstant, scale: Singles, zero: Ints, kind: str
) -> Callable[[Ints], Ints]:
    """QLinearMul of dequantised integers and a positive constant that is quantised itself.

    onnxruntime adds the zero point before it rounds: halves are rounded to even sums.
    """
    other = np.broadcast_to(row.ints.reshape(-1), (x.width,))
    ratio = x.operations[0].row * row.scale.reshape(-1) / scale
    least, most = RANGES[kind]

    def found(n: Ints) -> Ints:
        product = ((n - x.zero) * other).astype(np.float32) * ratio
        total = np.rint(product + zero.astype(np.float32))
        return np.asarray(np.clip(total, least, most), dtype=np.int64)

    return found


@dataclass(frozen=True, eq=False)
class Sums:
    """QLinearAdd, as onnxruntime has it: in float32, with fused multiply-adds.

    The scales and zero points of both terms and of the sum, as rows or single numbers.
    """

    left: Singles
    left_zero: Ints
    right: Singles
    right_zero: Ints
    scale: Singles
    zero: Ints

    def values(self, a: Ints, b: Ints, kind: str) -> Ints:
        """The sums of integers that broadcast to rows."""
        first, second = self.left / self.scale, self.right / self.scale
        moved = second * self.right_zero.astype(np.float32)
        fixed = self.zero.astype(np.float32) - _fused(first, self.left_zero, moved)
        least, most = RANGES[kind]
        total = _fused(first, a, _fused(second, b, fixed))
        return np.clip(np.rint(total), least, most).astype(np.int64)


def _fused(factor: Singles, n: Ints, shift: Singles) -> Singles:
    """``factor * n + shift``, rounded once: 24 and 16 bits have room in a float64 product."""
    return (factor.astype(np.float64) * n + shift.astype(np.float64)).astype(np.float32)


def added(
    graph: Graph,
    given: Summed,
    scale: Singles,
    zero: Ints,
    kind: str,
    where: str,
    *,
    unsure: bool = False,
) -> Integers:
    """QLinearAdd of two rows: steps of the exact sum of both, scaled.

    ``unsure``: it may be computed in floats as well, and must come to the same.
    A sum that is cut off within the integers' range is computed in floats. Refused where float32
    rounds so that no staircase of that sum is what comes out; that is decided by going through all
    pairs of integers.
    """
    x, y = given.terms
    left, right = x.operations[0].row[:1], y.operations[0].row[:1]
    scale, zero, ends = scale.reshape(-1)[:1], zero.reshape(-1)[:1], given.ends
    while ends and is_left_out(ends[-1], scale, zero, kind):
        ends = ends[:-1]
    a, b = (np.arange(RANGES[z.base.kind][0], RANGES[z.base.kind][1] + 1) for z in (x, y))
    floats = _float_sums(given, ends, (a, b), (scale, zero, kind))
    if ends:
        out = floats
    else:
        kinds = x.base.kind, y.base.kind, kind
        sums = Sums(left, x.zero[:1], right, y.zero[:1], scale, zero)
        out = sums.values(a[:, None], b[None], kind)
        if "int8" in kinds and not given.stated and (out != _as_uint8(sums, a, b, kinds)).any():
            refuse(where, AS_UINT8)
        mixed = len({*kinds}) > 1 or x.base.unsure or y.base.unsure
        if (mixed or unsure) and not given.stated and (out != floats).any():
            refuse(where, EITHER)
    out = out.ravel()
    exact = (left.astype(np.float64) * a[:, None] + right.astype(np.float64) * b[None]).ravel()
    order = np.argsort(exact, kind="stable")
    out, exact = out[order], exact[order]
    rises = np.diff(out)
    near = np.diff(exact) <= np.abs(exact).max() * 2.0**-48  # which float64 may not tell apart
    tied = (rises != 0) & near
    if (rises < 0).any() or tied.any():
        refuse(where, "float32 rounds its sums so that they do not grow with their terms")
    at = np.searchsorted(out, np.arange(out[0] + 1, out[-1] + 1))
    thresholds = np.broadcast_to((exact[at] + exact[at - 1]) / 2, (x.width, len(at)))
    parts = []
    for term, factor in ((x, left), (y, right)):
        own = Signal(term.base.node, term.shape)
        parts.append(operators.scale(graph, own, factor.astype(np.float64)))
    node = graph.emit(Add(parts[0].node, parts[1].node), x.shape)
    found = graph.emit(Steps(node.node, thresholds, np.full(x.width, float(out[0]))), x.shape)
    graph.note(NOTE)
    low, high = (int(out[0]),) * x.width, (int(out[-1]),) * x.width
    return Integers(found.node, x.shape, (), kind, low, high)


def _as_uint8(sums: Sums, a: Ints, b: Ints, kinds: tuple[str, str, str]) -> Ints:
    """The sums of all pairs where int8 has become uint8: (first, second), as they were before."""
    first, second, last = map(_shift, kinds)
    moved = replace(
        sums,
        left_zero=sums.left_zero + first,
        right_zero=sums.right_zero + second,
        zero=sums.zero + last,
    )
    return moved.values(a[:, None] + first, b[None] + second, "uint8") - last


def _float_sums(
    given: Summed,
    ends: tuple[Operation, ...],
    pairs: tuple[Ints, Ints],
    to: tuple[Singles, Ints, str],
) -> Ints:
    """The quantised sums of all pairs of integers, in floats: (first, second)."""
    first, second = (
        (n - x.zero[0]).astype(np.float32) * x.operations[0].row[:1]
        for n, x in zip(pairs, given.terms, strict=True)
    )
    total = first[:, None] + second[None]
    for end in ends:
        total = applied(end, total)
    return quantise(total, *to)
