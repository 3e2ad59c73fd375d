"""The search for points where the teacher is not what the tree says: coordinate changes.

From random starts in a cell, the teacher is linearised at the current points and the coordinates
that lower the margin of the tree's class most are changed, fewer where that overshoots.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from verifier.model.network import Add, Affine, Relu, Scale
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.bound import FloatBounds, backward, rows_at
from verifier.provers.device import used
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import (
    Array,
    Boxes,
    Cells,
    Space,
    contributions,
    listed,
    random_points,
)
from verifier.provers.staircases import smooth_values
from verifier.provers.tables import Floats, Indices


def encode(space: Space, points: Indices) -> Floats:
    """The teacher's inputs [points, columns]."""
    x = np.empty((len(points), space.columns))
    for group in space.groups:
        members = np.arange(len(group.variables))
        x[:, group.columns] = group.encoding[members, :, points[:, group.variables]]
    x[:, space.ordinals.columns] = space.ordinals.numbers(points[:, space.ordinals.variables])
    return x


def forward(network: Relaxable, points: Indices) -> tuple[Array, Array]:
    """Logits [points, outputs] and all pre-activations [points, neurons], in floats."""
    device = used()
    if device is not None:
        return device.forward(network, encode(network.space, points).astype(network.dtype))
    nodes: list[Array] = [encode(network.space, points).astype(network.dtype)]
    with np.errstate(all="ignore"):
        for layer, own in zip(network.teacher.layers, network.weights, strict=True):
            if isinstance(layer, Affine):
                nodes.append(nodes[layer.source] @ own[0].T + own[1])
            elif isinstance(layer, Scale):
                nodes.append(nodes[layer.source] * own[0] + own[1])
            elif isinstance(layer, Add):
                nodes.append(nodes[layer.left] + nodes[layer.right])
            elif isinstance(layer, Relu):
                nodes.append(np.maximum(nodes[layer.source], 0.0))
            elif isinstance(layer, Smooth):
                nodes.append(smooth_values(layer, nodes[layer.source]))
            elif isinstance(layer, Steps):
                nodes.append(layer.values(nodes[layer.source]))
            else:
                nodes.append(np.sign(nodes[layer.source]))
    inner = np.empty((len(points), network.neurons), dtype=network.dtype)
    for node, part in network.slices.items():
        inner[:, part] = nodes[node]
    return nodes[-1], inner


def margins(logits: Array, classes: Indices) -> tuple[Array, npt.NDArray[np.int64]]:
    """How far each point is inside its class, and the row of ``class_rows`` that is least."""
    points = np.arange(len(logits))
    if logits.shape[1] == 1:
        return np.where(classes, logits[:, 0], -logits[:, 0]), np.zeros(len(logits), dtype=np.int64)
    with np.errstate(all="ignore"):
        each = logits[points, classes][:, None] - logits
    each[points, classes] = np.inf
    worst = each.argmin(axis=1)
    return each[points, worst], worst - (worst > classes)


def attack(
    network: Relaxable,
    allowed: Cells,
    classes: Indices,
    *,
    starts: int,
    rounds: int,
    most: int,
    seed: int,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Indices, Indices, Array]:
    """Points of low margin: for cell i, points whose class may not be ``classes[i]``.

    Changes at most ``most`` coordinates a round. Returns value indices [n, variables], the cell of
    each and its margin in float64; a point refutes the class where that is negative (or 0, where
    ties go to another class), up to rounding. ``stop`` is asked after every round.
    """
    rng = np.random.default_rng(seed)
    space = network.space
    rows = np.repeat(np.arange(len(allowed)), starts)
    points = random_points(space, allowed, starts, rng)
    wanted = classes[rows]
    logits, inner = forward(network, points)
    margin, worst = margins(logits, wanted)
    for _ in range(rounds):
        if stop() or not (margin >= 0).all():
            break
        fresh = _step(network, allowed[rows], points, inner, wanted, worst, most, rng)
        found, deeper = forward(network, fresh)
        lower, row = margins(found, wanted)
        better = lower < margin
        points[better], inner[better] = fresh[better], deeper[better]
        margin[better], worst[better] = lower[better], row[better]
        most = most if better.mean() > 0.3 else max(1, most // 2)
    return points, rows, margin


def _step(
    network: Relaxable,
    allowed: Cells,
    points: Indices,
    inner: Array,
    classes: Indices,
    worst: Indices,
    most: int,
    rng: np.random.Generator,
) -> Indices:
    """Change up to ``most`` coordinates of each point by the teacher's gradient there."""
    row = rows_at(network.teacher.outputs, classes, worst)[:, None].astype(network.dtype)
    with np.errstate(all="ignore"):
        best, gain = _changes(network.space, allowed, points, _gradient(network, inner, row))
    gain *= rng.uniform(0.5, 1.0, gain.shape)
    fresh = points.copy()
    limit = min(most, network.space.variables)
    top = np.argpartition(-gain, limit - 1, axis=1)[:, :limit]
    kept = rng.integers(1, limit + 1, size=len(points))
    order = np.argsort(-np.take_along_axis(gain, top, 1), axis=1)
    top = np.take_along_axis(top, order, 1)
    chosen = np.arange(limit)[None] < kept[:, None]
    values = np.where(chosen, np.take_along_axis(best, top, 1), np.take_along_axis(points, top, 1))
    np.put_along_axis(fresh, top, values, 1)
    return fresh


def _gradient(network: Relaxable, inner: Array, rows: Array) -> Array:
    """The rows' coefficients [points, columns] in the input, each at its point."""
    device = used()
    if device is not None:
        return device.gradient(network, inner, rows)
    found = backward(network, FloatBounds(inner, inner), len(network.teacher.layers), rows)
    return found.coefficients[:, 0]


def _changes(
    space: Space, allowed: Cells, points: Indices, forms: Array
) -> tuple[npt.NDArray[np.int64], Floats]:
    """Per variable the allowed value that adds least to the point's form, and what that gains."""
    gain = np.zeros((len(points), space.variables))
    best = np.zeros(gain.shape, dtype=np.int64)
    if isinstance(allowed, Boxes):
        ordinals = space.ordinals
        own = forms[:, ordinals.columns]
        at = points[:, ordinals.variables]
        far = np.where(own < 0, allowed.highest, allowed.lowest)
        best[:, ordinals.variables] = far
        gain[:, ordinals.variables] = own * (ordinals.numbers(at) - ordinals.numbers(far))
    for group in space.groups:
        each = contributions(group, forms)
        now = np.take_along_axis(each, points[:, group.variables, None], axis=-1)[..., 0]
        each = np.where(listed(allowed)[:, group.values], each, np.inf)
        best[:, group.variables] = each.argmin(axis=-1)
        gain[:, group.variables] = now - each.min(axis=-1)
    return best, np.where(np.isfinite(gain), gain, 0.0)
