"""The ``aten`` operations of convolutional networks, and sums along axes."""

from __future__ import annotations

from verifier.formats import decisions
from verifier.formats.graph import Graph, Signal, Value, constant, refuse
from verifier.formats.shapes import totals
from verifier.formats.torch_call import Operation, Results, TorchCall
from verifier.formats.windows import (
    PADDING,
    Window,
    adaptive_groups,
    average_pool,
    convolution,
    largest_of,
    max_pool,
)


def _convolution(graph: Graph, call: TorchCall) -> Value:
    """x, weight, bias, stride, padding, dilation and (transposed, output_padding) groups."""
    x, weight = call.signal(), constant(call.value(1, "weight"), call.where, "weight")
    bias = call.value(2, "bias")
    row = None if bias is None else constant(bias, call.where, "bias")
    kernel = weight.shape[2:]
    axes, general = len(kernel), str(call.node.target) == "aten.convolution.default"
    if general and call.argument(6, "transposed", False):
        refuse(call.where, "transposed convolutions are not read: use an upsampling before one")
    strides = call.integers(3, "stride", axes, 1)
    dilations = call.integers(5, "dilation", axes, 1)
    padding = call.argument(4, "padding", "valid")
    if isinstance(padding, str):
        same = [
            d * (k - 1) if padding == "same" else 0 for d, k in zip(dilations, kernel, strict=True)
        ]
        before = tuple(n // 2 for n in same)
        after = tuple(n - n // 2 for n in same)
    else:
        before = after = call.integers(4, "padding", axes, 0)
    groups = call.argument(8 if general else 6, "groups", 1)
    window = Window(kernel, strides, dilations, before, after)
    return convolution(graph, x, weight, row, window, groups, call.where)


def _window(call: TorchCall, x: Signal, dilations: int | None, ceil: int) -> Window:
    """The kernel, its stride (left out: the kernel) and padding; at the places given, the rest."""
    axes = len(x.shape) - 1
    kernel = call.integers(1, "kernel_size", axes, 1)
    given = call.argument(2, "stride")
    strides = call.integers(2, "stride", axes, 1) if given not in (None, []) else kernel
    padding = call.integers(3, "padding", axes, 0)
    apart = (1,) * axes if dilations is None else call.integers(dilations, "dilation", axes, 1)
    rounded = bool(call.argument(ceil, "ceil_mode", False))
    return Window(kernel, strides, apart, padding, padding, rounded)


def _max_pool(several: bool) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value | Results:
        x = call.signal()
        found = max_pool(graph, x, _window(call, x, 4, 5), call.where)
        return (found, None) if several else found

    return apply


def _average_pool(graph: Graph, call: TorchCall) -> Value:
    x = call.signal()
    override = call.argument(6, "divisor_override")
    padding = bool(call.argument(5, "count_include_pad", True))
    divisor = None if override is None else float(override)
    return average_pool(graph, x, _window(call, x, None, 4), padding, call.where, divisor)


def _adaptive(average: bool) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value | Results:
        x = call.signal()
        groups = adaptive_groups(
            x, call.integers(1, "output_size", len(x.shape) - 1, 1), call.where
        )
        result = call.node.meta["val"]
        several = isinstance(result, tuple | list)
        shape = tuple((result[0] if isinstance(result, tuple | list) else result).shape)[1:]
        if average:
            count = (groups > PADDING).sum(axis=1).astype(float)
            return totals(graph, x, groups, shape, call.where, count)
        found = largest_of(graph, x, groups, shape, call.where)
        return (found, None) if several else found

    return apply


def _reduced(kind: str, several: bool = False) -> Operation:
    def apply(graph: Graph, call: TorchCall) -> Value | Results:
        x = call.signal()
        rank = len(x.shape) + 1
        dims = call.argument(1, "dim")
        listed = dims if isinstance(dims, list | tuple) else [] if dims is None else [dims]
        axes = [d + rank if d < 0 else d for d in listed]
        if not axes or 0 in axes:
            refuse(call.where, "it mixes the rows of the input: only axes of a row can be reduced")
        keep = bool(call.argument(2, "keepdim", False))
        found = decisions.reduced(graph, x, [a - 1 for a in axes], kind, keep, call.where)
        return (found, None) if several else found

    return apply


WINDOWS: dict[str, Operation] = {
    **{f"aten.conv{n}d.default": _convolution for n in (1, 2, 3)},
    **{f"aten.conv{n}d.padding": _convolution for n in (1, 2, 3)},
    "aten.convolution.default": _convolution,
    **{f"aten.max_pool{n}d.default": _max_pool(False) for n in (1, 2, 3)},
    "aten.max_pool2d_with_indices.default": _max_pool(True),
    **{f"aten.avg_pool{n}d.default": _average_pool for n in (1, 2, 3)},
    **{f"aten.adaptive_avg_pool{n}d.default": _adaptive(True) for n in (1, 2, 3)},
    "aten._adaptive_avg_pool2d.default": _adaptive(True),
    **{f"aten.adaptive_max_pool{n}d.default": _adaptive(False) for n in (1, 2, 3)},
    "aten.sum.dim_IntList": _reduced("sum"),
    "aten.mean.dim": _reduced("mean"),
    "aten.amax.default": _reduced("max"),
    "aten.amin.default": _reduced("min"),
    "aten.max.dim": _reduced("max", several=True),
    "aten.min.dim": _reduced("min", several=True),
}
