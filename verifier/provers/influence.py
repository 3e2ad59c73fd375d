"""What the relaxation of each neuron costs a bound, and which variables it is due to."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Array, Cells, extremes
from verifier.provers.tables import Indices

RowsOf = dict[int, tuple[Indices, Array, Array]]
"""By node, which neurons of each cell were bounded again, with their forms below and above."""


def influence_of(
    network: Relaxable,
    allowed: Cells,
    ends: tuple[Array, Array],
    coefficients: Array,
    inner: Mapping[int, Array],
    rows_of: RowsOf,
) -> Array:
    """The splitting score [cells, variables]; see ``bound.relax``.

    ``ends`` are the bounds of all neurons, ``coefficients`` and ``inner`` a form of each cell.
    """

    def moved(forms: Array) -> Array:
        ends = extremes(network.space, allowed, forms)
        return ends.high - ends.low

    total = moved(coefficients[:, None])[:, 0]
    for node, part in network.slices.items():
        if node not in inner:
            continue
        low, high = ends[0][:, part], ends[1][:, part]
        stairs = network.stairs.get(node)
        if stairs is None:
            weight = _gap_weight(low, high, inner[node])
        else:
            weight = _stair_weight(stairs, low, high, inner[node])
        linear = network.linear[node]
        if linear is not None:
            total += np.einsum("bj,bjv->bv", weight, moved(linear[0][None]))
        elif node in rows_of:
            picked, down, up = rows_of[node]
            low, high, weight = (np.take_along_axis(x, picked, 1) for x in (low, high, weight))
            share = np.where(weight > 0, high**2 / (low**2 + high**2), 0.0)
            share = share if stairs is None else np.full_like(share, 0.5)
            total += np.einsum("bj,bjv->bv", weight * share, moved(down))
            total += np.einsum("bj,bjv->bv", weight * (1 - share), moved(up))
    return np.where(np.isfinite(total), total, 0.0)


def losses(inner: Array, low: Array, high: Array) -> Array:
    """What the relaxation of each ReLU neuron costs a lower bound at most, by its coefficients."""
    with np.errstate(all="ignore"):
        above = np.maximum(-inner, 0.0) * (-low * high) / (high - low)
        below = np.maximum(inner, 0.0) * np.minimum(-low, high)
    return np.where((low < 0) & (high > 0), above + below, 0.0)


def sign_losses(inner: Array, low: Array, high: Array) -> Array:
    """The same for Sign neurons."""
    lost: Array = np.abs(inner) * (np.sign(high) - np.sign(low))
    return lost


def _stair_weight(layer: Steps | Smooth, low: Array, high: Array, inner: Array) -> Array:
    """The same of staircases: a step of each, over the width that it reaches.

    Of smooth functions: about what their lines are apart grows by, most where they bend.
    """
    if isinstance(layer, Smooth):
        wide = high - low
        bend: Array = np.minimum(wide, 2.0) / (4 + np.minimum(np.abs(low + high), 50.0))
        return np.abs(inner) * bend
    steps = layer.reached(high) - layer.reached(low)
    return np.where(
        steps > 0, np.abs(inner) / np.maximum(high - low, np.finfo(np.float64).tiny), 0.0
    )


def _gap_weight(low: Array, high: Array, inner: Array) -> Array:
    """What the relaxation of each neuron costs the bound, per unit by which its ends move.

    Above, the slope of the loss in both ends; below, the loss shared out over the width.
    """
    wide = high - low
    above = np.maximum(-inner, 0.0) * (low**2 + high**2) / wide**2
    below = np.maximum(inner, 0.0) * np.minimum(-low, high) / wide
    return np.where((low < 0) & (high > 0), above + below, 0.0)
