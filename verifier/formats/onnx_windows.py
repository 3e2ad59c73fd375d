"""The ONNX operators of convolutional networks."""

from __future__ import annotations

from collections.abc import Callable

from verifier.formats.decisions import reduced
from verifier.formats.graph import Graph, Signal, Value, constant, refuse
from verifier.formats.onnx_call import OnnxCall, Operator
from verifier.formats.windows import Window, average_pool, convolution, max_pool


def window_of(call: OnnxCall, x: Signal, kernel: tuple[int, ...]) -> Window:
    """How the window of an operator moves over rows like ``x``."""
    axes = len(kernel)
    strides = tuple(call.listed("strides") or [1] * axes)
    dilations = tuple(call.listed("dilations") or [1] * axes)
    pads = call.listed("pads") or [0] * 2 * axes
    if len(pads) != 2 * axes:
        refuse(call.where, f"it has {len(pads)} pads for {axes} axes: damaged file")
    before, after = tuple(pads[:axes]), tuple(pads[axes:])
    auto = call.text("auto_pad", "NOTSET")
    if auto not in ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"):
        refuse(call.where, f"its auto_pad is {auto[:40]!r}: damaged file")
    if auto == "VALID":
        before = after = (0,) * axes
    window = Window(kernel, strides, dilations, before, after, bool(call.integer("ceil_mode", 0)))
    if not auto.startswith("SAME"):
        return window
    window = Window(kernel, strides, dilations, (0,) * axes, (0,) * axes)
    if len(x.shape) != axes + 1 or min((*strides, *dilations, *kernel), default=0) < 1:
        window.check(x.shape, call.where)
    parts = zip(x.shape[1:], kernel, strides, dilations, strict=True)
    needed = [max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n) for n, k, s, d in parts]
    small, large = tuple(t // 2 for t in needed), tuple(t - t // 2 for t in needed)
    upper = auto == "SAME_UPPER"
    before, after = (small, large) if upper else (large, small)
    return Window(kernel, strides, dilations, before, after)


def _conv(graph: Graph, call: OnnxCall) -> Value:
    x, weight = call.signal(), constant(call.given(1), call.where, "weight")
    bias = None if call.given(2) is None else constant(call.given(2), call.where, "bias")
    kernel = tuple(call.listed("kernel_shape") or weight.shape[2:])
    window = window_of(call, x, kernel)
    return convolution(graph, x, weight, bias, window, call.integer("group", 1), call.where)


def _pool(average: bool) -> Callable[[Graph, OnnxCall], Value]:
    def apply(graph: Graph, call: OnnxCall) -> Value:
        x = call.signal()
        window = window_of(call, x, tuple(call.listed("kernel_shape") or ()))
        if call.integer("storage_order", 0) or len([o for o in call.node.output if o]) > 1:
            refuse(call.where, "only the largest numbers are read, not where they are")
        if not average:
            return max_pool(graph, x, window, call.where)
        padding = bool(call.integer("count_include_pad", 0))
        return average_pool(graph, x, window, padding, call.where)

    return apply


def _global(kind: str) -> Callable[[Graph, OnnxCall], Value]:
    def apply(graph: Graph, call: OnnxCall) -> Value:
        x = call.signal()
        axes = range(1, len(x.shape))
        return reduced(graph, x, axes, kind, True, call.where)

    return apply


MOVES = ("auto_pad", "dilations", "kernel_shape", "pads", "strides")
_POOL = (*MOVES, "ceil_mode")
WINDOW_OPERATORS: dict[str, Operator] = {
    "AveragePool": Operator(_pool(True), (1, 1), (*_POOL, "count_include_pad")),
    "Conv": Operator(_conv, (2, 3), (*MOVES, "group")),
    "GlobalAveragePool": Operator(_global("mean")),
    "GlobalMaxPool": Operator(_global("max")),
    "MaxPool": Operator(_pool(False), (1, 1), (*_POOL, "storage_order")),
}
