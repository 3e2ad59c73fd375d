"""The ``aten`` operations that move numbers about: run themselves, on the numbers' places.

A float64 tensor that holds where each number stands goes through PyTorch's own operation, for two
numbers of rows; what comes out says which number went where, and that no row saw another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from verifier.formats import decisions
from verifier.formats.graph import ConstantValue, Graph, Label, Probability, Signal, Value, refuse
from verifier.formats.shapes import Places, gathered, shaped, widened
from verifier.formats.torch_call import Operation, Results, TorchCall, held_constant

_ROWS = (7, 11)
"""Numbers of rows that are tried."""


def _moved(graph: Graph, call: TorchCall) -> Value | Results:
    """An operation that only copies, of constants or of activations."""
    if _is_list(call):
        return call.held(call.node.args[0])
    nodes = list(call.node.all_input_nodes)
    values = [call.held(n) for n in nodes]
    parts = [v for v in values if isinstance(v, Signal)]
    if not parts and all(isinstance(v, ConstantValue) for v in values):
        given = {n: _tensor(v) for n, v in zip(nodes, values, strict=True)}
        return _each(_run(call, given), lambda t: held_constant(t, "a constant"))
    held = {n: decisions.activations(v, call.where) for n, v in zip(nodes, values, strict=True)
            if not _is_index(call, n, v)}  # fmt: skip
    indices = {n: _tensor(v) for n, v in zip(nodes, values, strict=True) if n not in held}
    parts = list(held.values())
    fill = _fill(call)
    first, second = (_places(call, held, indices, rows) for rows in _ROWS)
    if len(first) != len(second) or not all(map(np.array_equal, first, second)):
        refuse(call.where, "it mixes the rows of the input, or takes some of them")
    made = [
        decisions.as_list(gathered(graph, parts, places, call.where, fill), call.where)
        for places in first
    ]
    several = isinstance(call.node.meta["val"], tuple | list)
    return tuple(made) if several else made[0]


def _is_list(call: TorchCall) -> bool:
    """A label or a probability whose one column is taken, or becomes a list: it stays itself."""
    first = call.node.args[0]
    if not isinstance(first, torch.fx.Node):
        return False
    value = call.held(first)
    if not isinstance(value, Label | Probability):
        return False
    before, after = (list(n.meta["val"].shape) for n in (first, call.node))
    return before == after or before in (after, [*after, 1])


def _is_index(call: TorchCall, node: Any, value: Value) -> bool:
    """Whether an argument is the list of places that the operation takes."""
    return isinstance(value, ConstantValue) and node is not call.node.args[0]


def _places(
    call: TorchCall, parts: dict[Any, Signal], indices: dict[Any, torch.Tensor], rows: int
) -> list[Places]:
    """Which number (of all parts, counted through) each result takes in every row; -1: none."""
    total = sum(x.width for x in parts.values())
    starts = torch.arange(rows, dtype=torch.float64)[:, None] * total
    given, at = dict(indices), 0
    for node, x in parts.items():
        own = torch.arange(at, at + x.width, dtype=torch.float64)
        given[node] = (starts + own).reshape(rows, *x.shape)
        at += x.width
    results = _run(call, given)
    found = []
    for result in results if isinstance(results, tuple | list) else [results]:
        held = result.detach().numpy()
        if not held.ndim or held.shape[0] != rows:
            refuse(call.where, "it mixes the rows of the input, or takes some of them")
        lift = starts.numpy().reshape(rows, *(1 for _ in held.shape[1:]))
        places = np.where(held < 0, -1, held - lift).astype(np.int64)
        if (places != places[0]).any() or (places >= total).any() or not places.size:
            refuse(call.where, "it mixes the rows of the input, or takes some of them")
        found.append(places[0])
    return found


def _run(call: TorchCall, given: dict[Any, torch.Tensor]) -> Any:
    """The operation itself on other tensors; padding is -1."""
    args = torch.fx.node.map_arg(call.node.args, lambda n: given[n])
    kwargs = torch.fx.node.map_arg(dict(call.node.kwargs), lambda n: given[n])
    kind = str(call.node.target)
    constant = "aten.pad.default", "aten.constant_pad_nd.default"
    if kind in constant and any(t.dtype == torch.float64 for t in given.values()):
        args, kwargs = args[: 3 if kind == constant[0] else 2], dict(kwargs)
        mode = args[2] if len(args) > 2 else kwargs.get("mode", "constant")
        kwargs["value"] = -1.0 if mode == "constant" else None
    try:
        return call.node.target(*args, **kwargs)
    except (RuntimeError, IndexError) as problem:
        said = str(problem).partition("\n")[0][:120]
        refuse(call.where, f"it cannot be tried on places ({said})")


def _fill(call: TorchCall) -> float:
    """What is put where nothing was: the padding's value."""
    kind = str(call.node.target)
    if kind == "aten.pad.default":
        return call.number(3, "value", 0.0) or 0.0
    return (call.number(2, "value", 0.0) or 0.0) if kind == "aten.constant_pad_nd.default" else 0.0


def _tensor(value: Value) -> torch.Tensor:
    assert isinstance(value, ConstantValue)
    return torch.from_numpy(np.ascontiguousarray(value.array))


def _each(results: Any, made: Callable[[torch.Tensor], Value]) -> Value | Results:
    if isinstance(results, tuple | list):
        return tuple(made(t) for t in results)
    return made(results)


def _sliced(graph: Graph, call: TorchCall) -> Value | Results:
    """All rows, or some of what each row holds."""
    dim, start, stop = (call.argument(i, n) for i, n in ((1, "dim"), (2, "start"), (3, "end")))
    step = call.argument(4, "step", 1)
    if not all(isinstance(v, int | None) for v in (start, stop, step)):
        refuse(call.where, "it takes some of the rows: only columns can be sliced")
    if not isinstance(call.value(0), ConstantValue) and dim in (None, 0):
        if start in (None, 0) and step == 1 and (stop is None or stop >= 1 << 62):
            return call.held(call.node.args[0])
        refuse(call.where, "it takes some of the rows: only columns can be sliced")
    return _moved(graph, call)


def _reshape(graph: Graph, call: TorchCall) -> Value | Results:
    """Any shape for a constant; for activations any that leaves the rows as they are."""
    value = call.value(0)
    found, before = (tuple(n.meta["val"].shape) for n in (call.node, call.node.args[0]))
    if isinstance(value, ConstantValue):
        return ConstantValue(value.array.reshape(found), value.name)
    if isinstance(value, Label | Probability) and _is_list(call):
        return value
    if isinstance(value, Signal) and value.dropped and found in (before, (*before, 1)):
        flat = [step for step, _ in value.dropped] == [decisions.FLAT]
        return decisions.column(value) if flat and found != before else value
    if not found or found[0] != before[0]:
        refuse(call.where, f"it changes the shape {list(before)[1:]} of each row, and the rows")
    x = decisions.activations(value, call.where)
    return decisions.as_list(shaped(x, found[1:], call.where), call.where)


def _expanded(graph: Graph, call: TorchCall) -> Value:
    value = call.value(0)
    found, before = (tuple(n.meta["val"].shape) for n in (call.node, call.node.args[0]))
    if isinstance(value, ConstantValue):
        return ConstantValue(np.broadcast_to(value.array, found), value.name)
    if len(found) != len(before) or found[0] != before[0]:
        refuse(call.where, "it repeats the rows of the input")
    return widened(graph, decisions.activations(value, call.where), found[1:], call.where)


def _taken(graph: Graph, call: TorchCall) -> Value | Results:
    """One of several results."""
    results, index = call.several(0), int(call.argument(1, "index"))
    found = results[index] if -len(results) <= index < len(results) else None
    if found is None:
        refuse(call.where, "it takes a second result, which is not supported")
    return found


_COPYING = (
    *("permute.default", "transpose.int", "t.default", "unsqueeze.default", "select.int"),
    *("squeeze.dim", "squeeze.dims", "cat.default", "stack.default", "split.Tensor"),
    *("split_with_sizes.default", "chunk.default", "unbind.int", "flip.default", "roll.default"),
    *("index_select.default", "index.Tensor", "narrow.default", "movedim.int", "tile.default"),
    *("repeat.default", "pixel_shuffle.default", "pixel_unshuffle.default", "pad.default"),
    *("constant_pad_nd.default", "channel_shuffle.default", "reflection_pad1d.default"),
    *("reflection_pad2d.default", "replication_pad1d.default", "replication_pad2d.default"),
    *("upsample_nearest1d.vec", "upsample_nearest2d.vec", "swapaxes.default", "rot90.default"),
)
SHAPES: dict[str, Operation] = {
    **{f"aten.{name}": _moved for name in _COPYING},
    "aten.slice.Tensor": _sliced,
    "aten.view.default": _reshape,
    "aten.reshape.default": _reshape,
    "aten._unsafe_view.default": _reshape,
    "aten.flatten.using_ints": _reshape,
    "aten.unflatten.int": _reshape,
    "aten.expand.default": _expanded,
    "<built-in function getitem>": _taken,
}
