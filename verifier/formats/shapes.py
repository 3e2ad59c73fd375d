"""Operators that move numbers about and compute nothing, as exact 0/1 layers, and sums of some.

A signal's rows have a shape, and lie flat in C order. What an operator does is tried on the places
of the numbers (an array of integers with two rows), so that it is NumPy's own meaning of
transposing or slicing that is read. ``where`` names the operator in messages; everything raises
NetworkError.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.exact import Array
from verifier.formats.graph import ConstantValue, Graph, Signal, Value, refuse, signal
from verifier.model.network import Add, Affine, Relu, Scale

Places = npt.NDArray[np.int64]
Move = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]


def moved(graph: Graph, value: Value | None, move: Move, where: str, fill: float = 0.0) -> Value:
    """``move`` of a constant, or of each row of a signal; places of -1 stand for ``fill``.

    ``move`` takes and gives arrays whose first axis is that of the rows, each of which it must
    treat alike and alone: it is tried on two, where the file does not say that there is one.
    """
    if isinstance(value, ConstantValue):
        return replace(value, array=_tried(move, value.array, where))
    x = signal(value, where)
    rows = 1 if graph.batch == 1 else 2
    found = _tried(move, np.arange(rows * x.width).reshape(rows, *x.shape), where)
    own = found[0] if found.ndim and found.shape[0] == rows else None
    if own is None or (found[1:] != np.where(own < 0, own, own + x.width)).any():
        refuse(where, "it mixes the rows of the input, or takes some of them")
    return picked(graph, x, own.reshape(-1), own.shape, where, fill)


def _tried(move: Move, array: npt.NDArray[Any], where: str) -> npt.NDArray[Any]:
    try:
        return move(array)
    except (ValueError, IndexError, TypeError) as problem:
        said = str(problem).partition("\n")[0][:120]
        refuse(where, f"its axes, shape or indices do not fit {list(array.shape)} ({said})")


def picked(
    graph: Graph,
    x: Signal,
    places: Places,
    shape: tuple[int, ...],
    where: str,
    fill: Array | float = 0.0,
) -> Signal:
    """The numbers of a row at ``places`` (-1: ``fill``), as rows of ``shape``."""
    if not places.size:
        refuse(where, "nothing is left of the row")
    if np.array_equal(places, np.arange(x.width)):
        return replace(x, shape=shape)
    graph.room(places.size * x.width, where)
    weight = np.zeros((places.size, x.width))
    held = np.flatnonzero(places >= 0)
    weight[held, places[held]] = 1
    bias = np.where(places >= 0, 0.0, fill)
    return graph.emit(Affine(x.node, weight, bias), shape)


def shaped(x: Signal, shape: Sequence[int], where: str) -> Signal:
    """The same numbers in rows of another shape."""
    if math.prod(shape) != x.width:
        refuse(where, f"it gives rows of {x.width} numbers the shape {list(shape)}")
    return replace(x, shape=tuple(shape))


def plain(x: Signal, where: str) -> Signal:
    """A signal that must be rows of columns, [N, width]."""
    if len(x.shape) != 1:
        refuse(where, f"its input has shape [N, {_listed(x.shape)}]: it must be [N, columns]")
    return x


def spread(numbers: Array, shape: tuple[int, ...], where: str) -> Array:
    """Constants as one row of ``shape``, the same for every input row."""
    found = numbers.shape
    if len(found) > len(shape) + 1 or (len(found) == len(shape) + 1 and found[0] != 1):
        wanted = _listed(shape)
        refuse(
            where, f"a constant of shape {found} is not one row: it must be [{wanted}] or a number"
        )
    row = numbers.reshape(found[1:]) if len(found) == len(shape) + 1 else numbers
    if not _broadcasts(row.shape, shape):
        refuse(where, f"a constant of shape {found} does not fit {_columns(shape)}")
    return np.broadcast_to(row, shape).copy()


def widened(graph: Graph, x: Signal, shape: tuple[int, ...], where: str) -> Signal:
    """Rows repeated along the axes where they have length 1, until they have ``shape``."""
    if x.shape == shape:
        return x
    if len(x.shape) != len(shape) or not _broadcasts(x.shape, shape):
        refuse(where, f"operands of widths {_listed(x.shape)} and {_listed(shape)} do not fit")
    graph.room(math.prod(shape), where)
    places = np.broadcast_to(np.arange(x.width).reshape(x.shape), shape)
    return picked(graph, x, places.reshape(-1), shape, where)


def common_shape(a: tuple[int, ...], b: tuple[int, ...], where: str) -> tuple[int, ...]:
    """The shape that two kinds of rows are broadcast to; both have the same number of axes."""
    if len(a) != len(b) or any(m != n and 1 not in (m, n) for m, n in zip(a, b, strict=True)):
        refuse(where, f"operands of widths {_listed(a)} and {_listed(b)} do not fit")
    return tuple(max(m, n) for m, n in zip(a, b, strict=True))


def joined(graph: Graph, parts: Sequence[Signal], axis: int, where: str) -> Signal:
    """Rows side by side along an axis of the row (0: the first after N)."""
    rank = len(parts[0].shape)
    if not -rank <= axis < rank:
        refuse(where, f"its axis is not one of rows of shape {list(parts[0].shape)}")
    if len(parts) == 1:
        return parts[0]
    starts = np.cumsum([0, *(x.width for x in parts)])
    places = [
        np.arange(start, start + x.width).reshape(x.shape)
        for x, start in zip(parts, starts, strict=False)
    ]
    together = _tried(lambda _: np.concatenate(places, axis), places[0], where)
    return gathered(graph, parts, together, where)


def gathered(
    graph: Graph, parts: Sequence[Signal], places: Places, where: str, fill: float = 0.0
) -> Signal:
    """Rows of the shape of ``places``, which count through all parts; -1 stands for ``fill``."""
    flat, start = places.reshape(-1), 0
    total: Signal | None = None
    for i, x in enumerate(parts):
        own = np.where((flat >= start) & (flat < start + x.width), flat - start, -1)
        start += x.width
        first = np.where(flat < 0, fill, 0.0) if i == 0 else 0.0
        part = picked(graph, x, own, places.shape, where, first)
        total = part if total is None else graph.emit(Add(total.node, part.node), places.shape)
    assert total is not None
    return total


def groups_along(x: Signal, axes: Sequence[int], where: str) -> tuple[Places, tuple[int, ...]]:
    """The places of each group of numbers that differ in ``axes`` of the row only.

    Returns (groups, members), and the shape with these axes at length 1.
    """
    rank = len(x.shape)
    if not axes or not all(0 <= a < rank for a in axes) or len(set(axes)) < len(axes):
        refuse(where, f"it goes over axes that are not the row's: rows have shape {list(x.shape)}")
    kept = [a for a in range(rank) if a not in axes]
    places = np.arange(x.width).reshape(x.shape).transpose(*kept, *axes)
    members = math.prod(x.shape[a] for a in axes)
    shape = tuple(1 if a in axes else n for a, n in enumerate(x.shape))
    return places.reshape(-1, members), shape


def totals(
    graph: Graph,
    x: Signal,
    groups: Places,
    shape: tuple[int, ...],
    where: str,
    divisor: Array | float = 1.0,
) -> Signal:
    """The sum of each group (groups, members; negative places: none) over its ``divisor``."""
    graph.room(len(groups) * x.width, where)
    weight = np.zeros((len(groups), x.width))
    rows = np.broadcast_to(np.arange(len(groups))[:, None], groups.shape)
    held = groups >= 0
    np.add.at(weight, (rows[held], groups[held]), 1.0)
    total = graph.emit(Affine(x.node, weight, np.zeros(len(groups))), shape)
    by = np.broadcast_to(np.float64(divisor), (len(groups),))
    if (by == 1).all():
        return total
    ones = np.ones(len(groups))
    return graph.emit(Scale(total.node, ones, by, 0 * ones), shape)


def largest(graph: Graph, x: Signal, groups: Places, shape: tuple[int, ...], where: str) -> Signal:
    """The largest of each group of places (groups, members), by ``max(a, b) = b + relu(a - b)``."""
    while groups.shape[1] > 1:
        if groups.shape[1] % 2:  # the last meets itself
            groups = np.concatenate([groups, groups[:, -1:]], axis=1)
        pairs = groups.reshape(-1, 2)
        graph.room(2 * len(pairs) * x.width, where)
        first, second = (np.zeros((len(pairs), x.width)) for _ in range(2))
        rows, none = np.arange(len(pairs)), np.zeros(len(pairs))
        first[rows, pairs[:, 0]] += 1
        first[rows, pairs[:, 1]] -= 1
        second[rows, pairs[:, 1]] = 1
        less = graph.emit(Affine(x.node, first, none), len(pairs))
        more = graph.emit(Relu(less.node), len(pairs))
        base = graph.emit(Affine(x.node, second, none), len(pairs))
        x = graph.emit(Add(base.node, more.node), len(pairs))
        groups = np.arange(len(pairs)).reshape(len(groups), -1)
    return picked(graph, x, groups[:, 0], shape, where)


def _broadcasts(a: tuple[int, ...], b: tuple[int, ...]) -> bool:
    """Whether rows of shape ``a`` can be repeated to ``b``."""
    return all(m in (1, n) for m, n in zip(reversed(a), reversed(b), strict=False))


def _columns(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} columns" if len(shape) == 1 else f"rows of shape {list(shape)}"


def _listed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))
