"""A network that was read from ONNX, held against onnxruntime at some points.

A runtime rounds, so two answers are only called different where rounding cannot explain it: an a
priori bound of the forward error (Higham, Accuracy and Stability of Numerical Algorithms, ch. 3) is
computed along with every number, as the kernel does for float32. It is computed in float64, and
doubled: it guards against misreading, and proves nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.graph import Probability, Signal, Value
from verifier.formats.runtime import Floats, Session, shown
from verifier.formats.runtime_classes import runtime_classes
from verifier.formats.smooth import function
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError
from verifier.model.floats import nearest
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, Sign
from verifier.model.part import size, value_at
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

ROWS = 48
"""Most points compared."""
_WORK = 1 << 23
"""Multiplications for all points together, about, unless two points take more."""
_UNITS = {
    "": (2.0**-24, 2.0**-120, 1e37),
    "float16": (2.0**-11, 2.0**-24, 6e4),
    "bfloat16": (2.0**-8, 2.0**-120, 1e37),
}
"""The largest relative rounding error, what underflow may lose, and where overflow is far."""
_SQUASH = 2e-6
"""Relative error of a runtime's exponential functions, generously."""


@dataclass(frozen=True)
class Numbers:
    """A node's values at some points with bounds of the runtime's error; (points, width)."""

    value: Floats
    error: Floats


def random_points(columns: int, rows: int, dtype: Any, seed: int = 0) -> Floats:
    """Points of several sizes: bits, signs, small integers, normal numbers; in the input's type."""
    rng = np.random.default_rng(seed)
    size = (rows, columns)
    choices = [
        rng.integers(0, 2, size),
        2 * rng.integers(0, 2, size) - 1,
        rng.integers(-5, 6, size),
        rng.normal(size=size),
        rng.normal(size=size) * rng.choice([0.01, 0.1, 10.0, 100.0], (rows, 1)),
        np.eye(max(size))[rng.integers(0, columns, rows), :columns] if columns <= 256 else 0.0,
    ]
    kind = np.arange(rows) % len(choices)
    points = np.zeros(size)
    for i, some in enumerate(choices):
        points[kind == i] = np.broadcast_to(np.asarray(some, np.float64), size)[kind == i]
    return typed(points, dtype)


def domain_points(domain: Domain, rows: int) -> Floats:
    """Random points of the domain, encoded; the same ones every time."""
    rng = np.random.default_rng(0)
    parts = [part.parts for part, _ in domain.parts(full_cell(domain))]
    chosen = [parts[i] for i in rng.integers(len(parts), size=rows)]
    sizes = [[size(own) for own in some] for some in chosen]
    ranks = rng.integers(sizes).T.tolist()
    columns = []
    for i, v in enumerate(domain.variables):
        at = ranks[i]
        if domain.given is not None:
            at = [value_at(some[i], rank) for some, rank in zip(chosen, at, strict=True)]
        held = {value: [nearest(x) for x in v.row(value)] for value in set(at)}
        columns.append(np.array([held[value] for value in at]))
    return np.concatenate(columns, axis=1, dtype=np.float64)


def typed(points: Floats, dtype: Any) -> Floats:
    """The points as numbers of the input's type; what that cannot hold becomes 0."""
    with np.errstate(over="ignore", under="ignore"):
        rounded = points.astype(dtype).astype(np.float64)
    return np.asarray(np.where(np.isfinite(rounded), rounded, 0.0))


def rows_for(layers: Sequence[Layer]) -> int:
    """How many points a network of this size is compared at."""
    weights = sum(layer.weight.size for layer in layers if isinstance(layer, Affine))
    return max(2, min(ROWS, _WORK // (1 + weights)))


def compare_values(
    session: Session,
    output: str,
    layers: Sequence[Layer],
    result: Value,
    narrow: Sequence[str],
    points: Floats,
) -> npt.NDArray[Any]:
    """The runtime's output at the points; NetworkError where it is not what ``result`` stands for.

    ``layers`` are the graph's as they were read, before anything was merged.
    """
    theirs = session.run(output, points)
    nodes, sure = forward(layers, points, narrow)
    expected = _expected(result, nodes, narrow)
    if expected is None or theirs.dtype.kind != "f":
        return theirs
    if theirs.shape != expected.value.shape:
        raise NetworkError(
            f"onnxruntime computes {theirs.shape[1]} numbers a row where {expected.value.shape[1]} "
            "were read: export the network again, and report this file"
        )
    far = np.abs(theirs.astype(np.float64) - expected.value)
    wrong = sure & ~(far <= 2 * expected.error).all(axis=1)
    if wrong.any():
        i = int(np.flatnonzero(wrong)[0])
        raise NetworkError(
            f"onnxruntime computes {shown(theirs[i].tolist())} and not "
            f"{shown(expected.value[i].tolist())}, as the file was read, at "
            f"{shown(points[i].tolist(), session.dtype)}: export the network again, and report "
            "this file"
        )
    return theirs


def compare_classes(
    teacher: Network,
    theirs: npt.NDArray[Any],
    points: Floats,
    dtype: Any,
    *,
    of_the_domain: bool = False,
) -> int:
    """Raise NetworkError where the runtime's output stands for another class than the teacher's.

    Only points are looked at where the margin is beyond rounding; returns their number. Where
    numbers may be too large for the runtime, points are looked at that are ``of_the_domain`` alone.
    """
    squashed = [text for text in teacher.notes if "is left out" in text and "ArgMax" not in text]
    shifted = teacher.head is not None and teacher.head.kind == "logit" and teacher.head.threshold
    if len(squashed) > 1 or (squashed and (shifted or teacher.executed)):
        return 0
    nodes, fits = forward(teacher.layers, points, teacher.executed)
    sure = fits | of_the_domain
    logits, error = nodes[-1].value, 2 * nodes[-1].error
    if squashed:
        error = error + 1e-5 * (1 + np.abs(logits).max(axis=1, keepdims=True)) * _steepness(teacher)
        if teacher.outputs > 1 and "Sigmoid" in squashed[0]:  # which rounds to 1 early
            sure &= np.abs(logits).max(axis=1) < 8
    if teacher.outputs == 1:
        ours = (logits[:, 0] > 0).astype(np.int64)
        sure &= np.abs(logits[:, 0]) > error[:, 0]
    else:
        ours = logits.argmax(axis=1)
        least = np.take_along_axis(logits - error, ours[:, None], axis=1)
        sure &= ((logits + error < least).sum(axis=1)) == teacher.outputs - 1
    found = runtime_classes(teacher, [theirs])
    wrong = np.flatnonzero(sure & (found != ours))
    if wrong.size:
        i = int(wrong[0])
        remedy = "export the network again, and report this file"
        if not fits[i]:
            remedy = "numbers in it are too large for it there: scale the weights, or the inputs"
        raise NetworkError(
            f"onnxruntime answers {'no class' if found[i] < 0 else f'class {found[i]}'} and not "
            f"{ours[i]}, as the file was read, at {shown(points[i].tolist(), dtype)}: {remedy}"
        )
    return int(sure.sum())


def _steepness(teacher: Network) -> float:
    """How many times as much a probability's error moves the logit at the threshold as at 1/2."""
    head = teacher.head
    if head is None or head.kind != "probability" or head.threshold is None:
        return 1.0
    p = nearest(head.threshold)
    return 1 / (4 * p * (1 - p)) if 0 < p < 1 else math.inf


def forward(
    layers: Sequence[Layer], points: Floats, narrow: Sequence[str]
) -> tuple[list[Numbers], npt.NDArray[np.bool_]]:
    """Every node at the points, and for which points no number comes near an overflow."""
    units = [_UNITS[kind] for kind in ("", *narrow)]
    unit, tiny = max(u for u, _, _ in units), max(t for _, t, _ in units)
    most = min(m for _, _, m in units)
    nodes = [Numbers(points, unit * np.abs(points))]
    with np.errstate(over="ignore", invalid="ignore"):
        for layer in layers:
            nodes.append(_apply(layer, nodes, unit, tiny))
        sure = [((np.abs(n.value) + n.error) < most).all(axis=1) for n in nodes]
    return nodes, np.asarray(np.logical_and.reduce(sure), np.bool_)


def _apply(layer: Layer, nodes: Sequence[Numbers], unit: float, tiny: float) -> Numbers:
    if isinstance(layer, Add):
        a, b = nodes[layer.left], nodes[layer.right]
        total = a.value + b.value
        return Numbers(total, _rounded(a.error + b.error, np.abs(total), 1, unit, tiny))
    x = nodes[layer.source]
    if isinstance(layer, Relu):
        return Numbers(np.maximum(x.value, 0), x.error)
    if isinstance(layer, Sign):
        known = (np.abs(x.value) > x.error) | (x.error == 0)
        return Numbers(np.sign(x.value), np.where(known, 0.0, 2.0))
    if isinstance(layer, Smooth):
        y = function(layer.kind, x.value)
        size = 1 + np.abs(x.value) + x.error
        return Numbers(y, 1.5 * x.error + _SQUASH * size + 8 * unit * size)
    if isinstance(layer, Steps):
        ends = [layer.values(end) for end in (x.value - x.error, x.value, x.value + x.error)]
        return Numbers(ends[1], np.maximum(ends[2] - ends[1], ends[1] - ends[0]))
    held = np.abs(x.value) + x.error
    if isinstance(layer, Affine):
        weight, bias = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
        value = x.value @ weight.T + bias
        np.abs(weight, out=weight)  # of a large layer each look at all of it takes a while
        size, error = np.split(np.concatenate([held, x.error]) @ weight.T, 2)
        size += np.abs(bias)
        return Numbers(value, _rounded(error, size, weight.shape[1], unit, tiny))
    assert isinstance(layer, Scale)
    parts = (layer.scale, layer.divisor, layer.shift)
    scale, divisor, shift = (part.astype(np.float64) for part in parts)
    factor = np.abs(scale / divisor)
    size = held * factor + np.abs(shift)
    value = x.value * scale / divisor + shift
    return Numbers(value, _rounded(x.error * factor, size, 1, unit, tiny))


def _rounded(error: Floats, size: Floats, terms: int, unit: float, tiny: float) -> Floats:
    """The error after a sum of so many products of that size, and some operations merged in."""
    return error + (terms + 8) * (unit * (size + error) + tiny)


def _expected(result: Value, nodes: Sequence[Numbers], narrow: Sequence[str]) -> Numbers | None:
    """What the runtime's output should be; None where it is no number."""
    small = max(_SQUASH, *(8 * _UNITS[kind][0] for kind in ("", *narrow)))
    if isinstance(result, Probability):
        z = nodes[result.logit.node]
        p = _sigmoid(z.value)
        columns = [(float(a), float(b)) for a, b in result.columns]
        value = np.concatenate([a + b * p for a, b in columns], axis=1)
        spread = [abs(b) * z.error / 4 + small * (abs(a) + abs(b)) for a, b in columns]
        return Numbers(value, np.concatenate(spread, axis=1))
    if not isinstance(result, Signal):
        return None
    x = nodes[result.node]
    for operator, _ in result.dropped:
        wide = x.error.max(axis=1, keepdims=True)
        if operator == "Sigmoid":
            x = Numbers(_sigmoid(x.value), x.error / 4 + small)
        elif operator in ("Softmax", "LogSoftmax"):
            moved = x.value - x.value.max(axis=1, keepdims=True)
            total = np.exp(moved).sum(axis=1, keepdims=True)
            logs = moved - np.log(total)
            if operator == "LogSoftmax":
                scale = 1 + np.abs(x.value).max(axis=1, keepdims=True) + np.abs(logs)
                x = Numbers(logs, 2 * wide + small * scale)
            else:
                size = 1 + np.abs(x.value).max(axis=1, keepdims=True)
                x = Numbers(np.exp(logs), np.broadcast_to(2 * wide + small * size, logs.shape))
        elif operator != "Squeeze":
            return None
    return x


def _sigmoid(z: Floats) -> Floats:
    with np.errstate(over="ignore"):
        return np.asarray(1 / (1 + np.exp(-z)))
