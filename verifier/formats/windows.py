"""Convolution and pooling as exact layers: a matrix, and means and maxima of windows.

Rows have shape (channels, ...), the axes after the first being those that a window moves along.
``where`` names the operator in messages; everything raises NetworkError.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from verifier.formats.exact import Array
from verifier.formats.graph import Graph, Signal, refuse
from verifier.formats.shapes import Places, largest, totals
from verifier.model.network import Affine

PADDING, OUTSIDE = -1, -2
"""Places of a window that are padding, and that are beyond it (``ceil``)."""
_DIRECT = (
    "a convolution is a sum of products in any order: float32 says nothing of runtimes that "
    "transform it first (Winograd, FFT)"
)


@dataclass(frozen=True)
class Window:
    """How a window moves: one number for each axis; ``ceil`` keeps a last window cut short."""

    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]
    ceil: bool = False

    def check(self, shape: tuple[int, ...], where: str) -> None:
        """Raise NetworkError unless it fits rows of ``shape``."""
        axes = len(shape) - 1
        parts = (self.kernel, self.strides, self.dilations, self.before, self.after)
        if axes < 1 or any(len(part) != axes for part in parts):
            refuse(
                where,
                f"its window has {len(self.kernel)} axes, but its input rows have shape "
                f"{list(shape)}: (channels, ...)",
            )
        if min((*self.kernel, *self.strides, *self.dilations)) < 1:
            refuse(where, "its kernel, strides and dilations must be at least 1")
        if min((*self.before, *self.after)) < 0:
            refuse(where, "its padding is negative")
        if min(self.outputs(shape)) < 1:
            refuse(where, f"its window does not fit into rows of shape {list(shape)}")

    def outputs(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """How often it fits along each axis."""
        return tuple(self._fits(axis, n) for axis, n in enumerate(shape[1:]))

    def _fits(self, axis: int, n: int) -> int:
        reach = self.dilations[axis] * (self.kernel[axis] - 1) + 1
        before, step = self.before[axis], self.strides[axis]
        room = n + before + self.after[axis] - reach
        count = (-(-room // step) if self.ceil else room // step) + 1
        if self.ceil and (count - 1) * step >= n + before:  # it would start in the padding after
            count -= 1
        return count

    def places(self, shape: tuple[int, ...]) -> Places:
        """The places in one channel that each window holds: (windows, members)."""
        axes = len(shape) - 1
        outputs = self.outputs(shape)
        total: Places = np.zeros((1,) * 2 * axes, dtype=np.int64)
        lowest = np.zeros_like(total)
        for axis, n in enumerate(shape[1:]):
            at = np.arange(outputs[axis])[:, None] * self.strides[axis] - self.before[axis]
            at = at + np.arange(self.kernel[axis]) * self.dilations[axis]
            state = np.where((at >= 0) & (at < n), 0, PADDING)
            state = np.where(at >= n + self.after[axis], OUTSIDE, state)
            form = [1] * 2 * axes
            form[axis], form[axes + axis] = at.shape
            total = total + at.reshape(form) * math.prod(shape[axis + 2 :])
            lowest = np.minimum(lowest, state.reshape(form))
        return np.where(lowest < 0, lowest, total).reshape(
            math.prod(outputs), math.prod(self.kernel)
        )

    def in_channels(self, shape: tuple[int, ...]) -> Places:
        """The same in the whole row, channel by channel."""
        own = self.places(shape)
        starts = np.arange(shape[0])[:, None, None] * math.prod(shape[1:])
        return np.where(own < 0, own, own + starts).reshape(-1, own.shape[1])


def convolution(
    graph: Graph,
    x: Signal,
    weight: Array,
    bias: Array | None,
    window: Window,
    groups: int,
    where: str,
) -> Signal:
    """``weight`` has shape (outputs, channels / groups, *kernel); a cross-correlation, as usual."""
    if weight.ndim != len(x.shape) + 1 or weight.shape[2:] != window.kernel:
        refuse(where, f"its weight has shape {weight.shape}, its input rows {list(x.shape)}")
    window.check(x.shape, where)
    made, each = weight.shape[:2]
    if groups < 1 or made % groups or each * groups != x.shape[0]:
        refuse(
            where,
            f"its weight of shape {weight.shape} in {groups} groups does not fit "
            f"{x.shape[0]} channels",
        )
    if bias is not None and bias.shape != (made,):
        refuse(where, f"its bias has shape {bias.shape} but there are {made} channels")
    size, outputs = math.prod(x.shape[1:]), window.outputs(x.shape)
    count = math.prod(outputs)
    graph.room(made * count * x.width, where)
    places = window.places(x.shape)
    matrix = np.zeros((made, count, x.shape[0], size))
    flat = weight.reshape(made, each, -1)
    for member, output in itertools.product(range(places.shape[1]), range(made)):
        at = np.flatnonzero(places[:, member] >= 0)
        first = output // (made // groups) * each
        for channel in range(each):
            matrix[output, at, first + channel, places[at, member]] = flat[output, channel, member]
    row = np.zeros(made) if bias is None else bias
    graph.note(f"{where}: {_DIRECT}")
    return graph.emit(
        Affine(x.node, matrix.reshape(made * count, x.width), np.repeat(row, count)),
        (made, *outputs),
    )


def max_pool(graph: Graph, x: Signal, window: Window, where: str) -> Signal:
    """The largest number of each window; padding is never the largest."""
    window.check(x.shape, where)
    groups = window.in_channels(x.shape)
    return largest_of(graph, x, groups, (x.shape[0], *window.outputs(x.shape)), where)


def average_pool(
    graph: Graph,
    x: Signal,
    window: Window,
    count_padding: bool,
    where: str,
    divisor: float | None = None,
) -> Signal:
    """The mean of each window; with ``count_padding`` padding counts as zeros, else not at all.

    ``divisor`` stands in place of the number of members.
    """
    window.check(x.shape, where)
    groups = window.in_channels(x.shape)
    count = (groups > (OUTSIDE if count_padding else PADDING)).sum(axis=1).astype(np.float64)
    if not count.all():
        refuse(where, "one of its windows is all padding")
    shape = (x.shape[0], *window.outputs(x.shape))
    return totals(graph, x, groups, shape, where, count if divisor is None else divisor)


def adaptive_groups(x: Signal, outputs: tuple[int, ...], where: str) -> Places:
    """The places of PyTorch's adaptive windows: from floor(i n / o) to ceil((i + 1) n / o)."""
    if len(outputs) != len(x.shape) - 1 or not outputs or min(outputs) < 1:
        refuse(where, f"its output size {list(outputs)} does not fit rows of {list(x.shape)}")
    places = np.arange(x.width).reshape(x.shape)
    spans = [
        [slice(i * n // o, -(-(i + 1) * n // o)) for i in range(o)]
        for n, o in zip(x.shape[1:], outputs, strict=True)
    ]
    groups = [own[span].reshape(-1) for own in places for span in itertools.product(*spans)]
    longest = max(map(len, groups))
    return np.array([np.pad(g, (0, longest - len(g)), constant_values=PADDING) for g in groups])


def largest_of(
    graph: Graph, x: Signal, groups: Places, shape: tuple[int, ...], where: str
) -> Signal:
    """The largest of each group; negative places are none."""
    best = groups.max(axis=1)
    if (best < 0).any():
        refuse(where, "one of its windows is all padding")
    return largest(graph, x, np.where(groups < 0, best[:, None], groups), shape, where)
