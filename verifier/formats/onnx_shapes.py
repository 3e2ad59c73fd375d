"""The ONNX operators that move numbers about, join them, or sum them along axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import decisions
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
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.onnx_classes import labels_gathered, relabelled_squeeze, shaped_label
from verifier.formats.onnx_integers import ROWS
from verifier.formats.shapes import moved, shaped


def integers(call: OnnxCall, position: int, name: str) -> list[int] | None:
    """A list of integers: an attribute of older files, or a constant input."""
    listed = call.listed(name)
    value = call.given(position)
    if value is None:
        return listed
    if not isinstance(value, ConstantValue) or value.array.dtype != np.int64 or listed is not None:
        refuse(call.where, f"its {name} must be constant integers")
    return [int(x) for x in value.array.reshape(-1)]


def row_axes(call: OnnxCall, axes: Sequence[int], rank: int) -> list[int]:
    """Axes of the row (0: the first after N) from those of [N, ...], which has ``rank`` axes."""
    found = [a + rank if a < 0 else a for a in axes]
    if any(not 0 <= a < rank for a in found):
        refuse(call.where, f"its axis is {list(axes)}, but its input has {rank} axes")
    if 0 in found:
        refuse(call.where, "it mixes the rows of the input: its axis is that of the rows, 0")
    return [a - 1 for a in found]


def _transpose(graph: Graph, call: OnnxCall) -> Value:
    order = call.listed("perm")
    return moved(graph, call.given(0), lambda a: a.transpose(order), call.where)


def _slice(graph: Graph, call: OnnxCall) -> Value:
    starts, ends = integers(call, 1, "starts"), integers(call, 2, "ends")
    if starts is None or ends is None:
        refuse(call.where, "its starts or ends are missing: damaged file")
    axes = integers(call, 3, "axes") or list(range(len(starts)))
    steps = integers(call, 4, "steps") or [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or 0 in steps:
        refuse(call.where, "its starts, ends, axes and steps do not fit each other: damaged file")

    def cut(a: npt.NDArray[Any]) -> npt.NDArray[Any]:
        parts = [slice(None)] * a.ndim
        for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
            low = None if step < 0 and end < -a.shape[axis] else end
            parts[axis] = slice(start, low, step)
        return a[tuple(parts)]

    value = call.given(0)
    if isinstance(value, Signal):
        whole = [start == 0 and end >= 1 << 31 for start, end in zip(starts, ends, strict=True)]
        rank = 1 + len(value.shape)
        row_axes(call, [a for a, w in zip(axes, whole, strict=True) if not w], rank)
    return moved(graph, value, cut, call.where)


def _gather(graph: Graph, call: OnnxCall) -> Value:
    value, index, axis = call.given(0), call.given(1), call.integer("axis", 0)
    if isinstance(index, Label):
        return labels_gathered(call, axis)
    if not isinstance(index, ConstantValue) or index.array.dtype != np.int64:
        refuse(call.where, "its indices must be constant, or the network's class")
    if isinstance(value, Signal):
        row_axes(call, [axis], 1 + len(value.shape))
    found = moved(graph, value, lambda a: np.take(a, index.array, axis), call.where)
    return decisions.as_list(found, call.where)


def _split(graph: Graph, call: OnnxCall) -> tuple[Value, ...]:
    value, axis, count = call.given(0), call.integer("axis", 0), len(call.node.output)
    if not all(call.node.output):  # onnxruntime would end this process
        refuse(call.where, "it leaves out one of its parts: give each a name")
    x = value if isinstance(value, ConstantValue) else signal(value, call.where)
    if isinstance(x, Signal):
        row_axes(call, [axis], 1 + len(x.shape))
    shape = x.array.shape if isinstance(x, ConstantValue) else (1, *x.shape)
    if not -len(shape) <= axis < len(shape):
        refuse(call.where, f"its axis is {axis}, but its input has {len(shape)} axes")
    sizes = integers(call, 1, "split")
    if sizes is None:
        each = -(-shape[axis] // count)
        sizes = [max(0, min(each, shape[axis] - i * each)) for i in range(count)]
    if len(sizes) != count or min(sizes) < 0 or sum(sizes) != shape[axis]:
        refuse(call.where, f"it splits an axis of {shape[axis]} into {sizes[:6]}: damaged file")
    return tuple(
        moved(graph, x, partial(np.take, indices=range(*ends), axis=axis), call.where)
        for ends in pairwise(np.cumsum([0, *sizes]).tolist())
    )


def _concat(graph: Graph, call: OnnxCall) -> Value:
    axis, parts = call.integer("axis", 1), call.inputs
    held = [p for p in parts if isinstance(p, ConstantValue)]
    if len(held) == len(parts):
        first, arrays = held[0], [p.array for p in held]
        graph.hold(sum(a.size for a in arrays), f"the constants of {call.where}")
        return moved(graph, first, lambda _: np.concatenate(arrays, axis), call.where)
    first_signal = next((p for p in parts if isinstance(p, Signal)), None)
    rank = 2 if first_signal is None else 1 + len(first_signal.shape)
    return decisions.concatenated(graph, parts, row_axes(call, [axis], rank)[0], call.where)


def _squeeze(graph: Graph, call: OnnxCall) -> Value:
    """Axes of length 1 left out; a single column becomes a list; a label stays one."""
    x = call.given(0)
    if isinstance(x, Label | Probability):
        return relabelled_squeeze(call, x)
    axes = integers(call, 1, "axes")
    if isinstance(x, ConstantValue):
        own = None if axes is None else tuple(axes)
        return moved(graph, x, lambda a: np.squeeze(a, own), call.where)
    x = signal(x, call.where)
    if axes is None:
        refuse(call.where, "it names no axes, so that one row would lose the axis N: name them")
    row_axes(call, axes, 1 + len(x.shape))
    return decisions.as_list(
        moved(graph, x, lambda a: np.squeeze(a, tuple(axes)), call.where), call.where
    )


def _unsqueeze(graph: Graph, call: OnnxCall) -> Value:
    x, axes = call.given(0), integers(call, 1, "axes")
    if axes is None:
        refuse(call.where, "its axes are missing: damaged file")
    if isinstance(x, Signal):
        if [step for step, _ in x.dropped] == [decisions.FLAT] and axes in ([1], [-1]):
            return replace(x, dropped=())
        x = signal(x, call.where)
        row_axes(call, axes, 1 + len(x.shape) + len(axes))
    return moved(graph, x, lambda a: np.expand_dims(a, tuple(axes)), call.where)


def _flatten(graph: Graph, call: OnnxCall) -> Value:
    x = call.given(0)
    if x is None or isinstance(x, ConstantValue):
        refuse(call.where, "it takes the network's activations here, but is given constants")
    rank = 1 + len(x.shape) if isinstance(x, Signal) else 2
    if call.integer("axis", 1) not in (1, 1 - rank):
        refuse(call.where, "it mixes the rows of the input: only axis 1 is supported")
    return x if not isinstance(x, Signal) or x.dropped else shaped(x, (x.width,), call.where)


def _shape(graph: Graph, call: OnnxCall) -> Value:
    """[N, ...] as constants, N by a number that only a reshape understands."""
    x = call.given(0)
    if isinstance(x, ConstantValue):
        dims = list(x.array.shape)
    else:
        dims = [graph.batch or ROWS, *signal(x, call.where).shape]
    end = call.integer("end", len(dims))
    return ConstantValue(np.array(dims[call.integer("start", 0) : end], np.int64), "a shape")


def _reshape(graph: Graph, call: OnnxCall) -> Value:
    """To [N, ...]: the rows may take another shape, and stay the rows."""
    x, shape = call.given(0), call.given(1)
    if not isinstance(shape, ConstantValue) or shape.array.dtype != np.int64:
        refuse(call.where, "its shape must be constant: export it as [0, -1]")
    found = shape.array.reshape(-1).tolist()
    copies = not call.integer("allowzero", 0)
    if isinstance(x, ConstantValue):
        dims = [
            x.array.shape[i] if n == 0 and copies and i < x.array.ndim else n
            for i, n in enumerate(found)
        ]
        return moved(graph, x, lambda a: a.reshape(dims), call.where)
    if isinstance(x, Label):
        return shaped_label(call, x, found)
    if isinstance(x, Signal) and not x.dropped:
        if x.shape == (1,) and found == [-1]:
            return decisions.flat(x, call.where)
        return shaped(x, _row_shape(graph, call, x, found, copies), call.where)
    if x is None:
        refuse(call.where, "it reshapes something other than the network's activations")
    width = x.width if isinstance(x, Signal) else len(x.columns)
    if found == [-1] and width == 1 and isinstance(x, Probability):
        return x
    if _row_shape(graph, call, Signal(0, (width,)), found, copies) != (width,):
        refuse(call.where, f"it reshapes to {found}: only [N, -1] (N may be 0) is supported")
    return x


def _row_shape(
    graph: Graph, call: OnnxCall, x: Signal, found: list[int], copies: bool
) -> tuple[int, ...]:
    """The rows' shape in a target shape that leaves N where it is."""
    before = (None, *x.shape)
    row = [
        before[i] if n == 0 and copies and 0 < i < len(before) else n for i, n in enumerate(found)
    ][1:]
    held = [n for n in row if n is not None and n != -1]
    known = math.prod(held)
    free = row.count(-1)
    first = found[0] if found else 1
    stays = first in (ROWS, graph.batch or ROWS) or (first == 0 and copies)
    if first == -1 and not free:
        stays = known == x.width
    if len(held) + free < len(row) or min(held, default=1) < 1 or free > 1 or not stays:
        refuse(call.where, f"it reshapes to {_said(found)}: only [N, -1] (N may be 0), with the "
               f"{x.width} numbers of each row in any shape, is supported")  # fmt: skip
    if free and x.width % known:
        refuse(call.where, f"it reshapes rows of {x.width} numbers to {_said(found)}")
    return tuple(x.width // known if n == -1 else int(n or 1) for n in row)


def _said(found: list[int]) -> str:
    return f"[{', '.join('N' if n == ROWS else str(n) for n in found)}]"


def _expand(graph: Graph, call: OnnxCall) -> Value:
    shape = integers(call, 1, "shape")
    if shape is None:
        refuse(call.where, "its shape is missing: damaged file")
    value = call.given(0)
    if isinstance(value, Signal):
        if len(shape) > len(value.shape) + 1:
            refuse(call.where, "it gives the rows more axes: only rows can be expanded")
        if len(shape) == len(value.shape) + 1:
            if shape[0] not in (1, ROWS, graph.batch):
                refuse(call.where, "it repeats the rows of the input")
            shape = [1, *shape[1:]]
    target = shape
    graph.room(abs(math.prod(max(1, n) for n in target)), call.where)
    return moved(
        graph,
        value,
        lambda a: np.broadcast_to(a, np.broadcast_shapes(a.shape, tuple(target))),
        call.where,
    )


def _tile(graph: Graph, call: OnnxCall) -> Value:
    times, x = integers(call, 1, "repeats"), call.signal()
    if times is None or len(times) != 1 + len(x.shape) or min(times) < 0:
        refuse(call.where, "its repeats do not fit the axes of its input: damaged file")
    if times[0] != 1:
        refuse(call.where, "it repeats the rows of the input")
    graph.room(x.width * math.prod(times) * x.width, call.where)
    return moved(graph, x, lambda a: np.tile(a, times), call.where)


def _pad(graph: Graph, call: OnnxCall) -> Value:
    x = call.signal()
    mode = call.text("mode", "constant")
    pads, given = integers(call, 1, "pads"), call.given(2)
    value = call.number("value", 0.0)
    if given is not None:
        value = float(constant(given, call.where, "value").reshape(-1)[0])
    rank = 1 + len(x.shape)
    axes = integers(call, 3, "axes") or list(range(rank))
    if pads is None or len(pads) != 2 * len(axes):
        refuse(call.where, "its pads do not fit its axes: damaged file")
    widths = [(0, 0)] * rank
    for i, axis in enumerate(axes):
        if not -rank <= axis < rank:
            refuse(call.where, f"its axis is {axis}, but its input has {rank} axes")
        widths[axis] = (pads[i], pads[i + len(axes)])
    if any(widths[0]) or min(map(min, widths)) < 0:
        refuse(call.where, "it pads the rows of the input, or takes away")
    if mode not in ("constant", "edge", "reflect", "wrap"):
        refuse(call.where, f"its mode is {mode[:40]!r}: constant, edge, reflect and wrap are read")
    size = math.prod(n + sum(w) for n, w in zip(x.shape, widths[1:], strict=True))
    graph.room(size * x.width, call.where)
    kind: Any = mode
    more = {"constant_values": -1} if mode == "constant" else {}
    return moved(graph, x, lambda a: np.pad(a, widths, kind, **more), call.where, value)


def _blocks(deeper: bool) -> Any:
    """SpaceToDepth (``deeper``) or DepthToSpace, of rows [channels, height, width]."""

    def apply(graph: Graph, call: OnnxCall) -> Value:
        b, x = call.integer("blocksize", 1), call.signal()
        if len(x.shape) != 3 or b < 1:
            refuse(call.where, "it is for rows of shape [channels, height, width]")
        c, h, w = x.shape
        rows_first = call.text("mode", "DCR") == "CRD"

        def move(a: npt.NDArray[Any]) -> npt.NDArray[Any]:
            if deeper:
                parts = a.reshape(-1, c, h // b, b, w // b, b).transpose(0, 3, 5, 1, 2, 4)
                return parts.reshape(-1, c * b * b, h // b, w // b)
            form = (-1, c // b**2, b, b, h, w) if rows_first else (-1, b, b, c // b**2, h, w)
            order = (0, 1, 4, 2, 5, 3) if rows_first else (0, 3, 4, 1, 5, 2)
            return a.reshape(form).transpose(order).reshape(-1, c // b**2, h * b, w * b)

        return moved(graph, x, move, call.where)

    return apply


def _reduce(kind: str) -> Any:
    def apply(graph: Graph, call: OnnxCall) -> Value:
        x, axes = call.signal(), integers(call, 1, "axes")
        if not axes and call.integer("noop_with_empty_axes", 0):
            return x
        if not axes:
            refuse(call.where, "it names no axes, so that it mixes the rows: name them")
        own = row_axes(call, axes, 1 + len(x.shape))
        return decisions.reduced(graph, x, own, kind, bool(call.integer("keepdims", 1)), call.where)

    return apply


_REDUCED = ("axes", "keepdims", "noop_with_empty_axes")
SHAPE_OPERATORS: dict[str, Operator] = {
    "Concat": Operator(_concat, (1, 1 << 12), ("axis",)),
    "DepthToSpace": Operator(_blocks(False), (1, 1), ("blocksize", "mode")),
    "Expand": Operator(_expand, (2, 2)),
    "Flatten": Operator(_flatten, (1, 1), ("axis",)),
    "Gather": Operator(_gather, (2, 2), ("axis",)),
    "Pad": Operator(_pad, (1, 4), ("mode", "pads", "value")),
    "ReduceMax": Operator(_reduce("max"), (1, 2), _REDUCED),
    "ReduceMean": Operator(_reduce("mean"), (1, 2), _REDUCED),
    "ReduceMin": Operator(_reduce("min"), (1, 2), _REDUCED),
    "ReduceSum": Operator(_reduce("sum"), (1, 2), _REDUCED),
    "Reshape": Operator(_reshape, (2, 2), ("allowzero",)),
    "Shape": Operator(_shape, (1, 1), ("start", "end")),
    "Slice": Operator(_slice, (1, 5), ("starts", "ends", "axes")),
    "SpaceToDepth": Operator(_blocks(True), (1, 1), ("blocksize",)),
    "Split": Operator(_split, (1, 2), ("axis", "split", "num_outputs")),
    "Squeeze": Operator(_squeeze, (1, 2), ("axes",)),
    "Tile": Operator(_tile, (2, 2)),
    "Transpose": Operator(_transpose, (1, 1), ("perm",)),
    "Unsqueeze": Operator(_unsqueeze, (1, 2), ("axes",)),
}
