"""Planes above ReLUs of the first layer: a closer bound of a row over one cell.

What ``kernel.envelopes`` does for cells together, of wide networks for a cell by itself, in the
search's own arithmetic.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from verifier.provers.first import TINY, Bound, Layer
from verifier.provers.relaxable import First
from verifier.provers.space import Array, Space, contributions, extremes, minimiser
from verifier.provers.tables import Bools

PASSES = 4
"""How often a row is bounded again, at most; the kernel goes on for longer."""
BISECTIONS = 12
"""How finely the best blend is looked for."""


def raised(
    first: First, space: Space, allowed: Bools, layer: Layer, found: Bound, slack: float
) -> Bound:
    """The bound of the worst row, with planes; until it exceeds ``slack`` of its terms.

    Its margin is no more than what is known of the others.
    """
    inner = layer.rows.inner[found.worst]
    below = np.flatnonzero(inner < 0)
    if not len(below):
        return found
    owners = _owners(space)
    for _ in range(PASSES):
        if found.margin > slack * found.scale or found.margin >= found.others:
            break
        form, constant = _passed(first, space, allowed, layer, found, below, owners)
        better = _blended(space, allowed, found, form, constant)
        if not better.margin > found.margin:
            break
        found = better
    return replace(found, margin=min(found.margin, found.others))


def _passed(
    first: First,
    space: Space,
    allowed: Bools,
    layer: Layer,
    found: Bound,
    below: npt.NDArray[np.int64],
    owners: npt.NDArray[np.int64],
) -> tuple[Array, float]:
    """The row as a form with lines and planes that are right where the form found is least."""
    rows, row = layer.rows, found.worst
    values = space.starts + minimiser(space, allowed, found.form[None])[0]
    here = first.tables[layer.picked][:, values]
    on = np.where(layer.offset + here.sum(axis=1) > 0, np.maximum(rows.inner[row], 0), 0)
    ends = extremes(space, allowed, found.form[None, None])
    order = np.argsort(-(ends.high - ends.low)[0, 0])
    least, most, factor = layer.least[below], layer.most[below], rows.inner[row, below]
    part = _parts(layer.low[below], here[below], least, most, order)
    lacked = layer.offset[below] + ((1 - part) * most).sum(axis=1)
    constants = np.maximum(-(part * least).sum(axis=1), lacked)
    planes = np.einsum("j,jn,jn->n", factor, part[:, owners], layer.matrix[below])
    form = rows.direct[row] + on @ layer.matrix + planes
    return form, float(rows.constant[row] + on @ layer.offset + factor @ constants)


def _parts(
    low: Array, here: Array, least: Array, most: Array, order: npt.NDArray[np.int64]
) -> Array:
    """What part of each variable is in the planes, [neurons, variables]; see ``envelopes``."""
    wide = most - least
    much = (2 * here >= least + most)[:, order]
    own = wide[:, order]
    more, less = np.where(much, own, 0), np.where(much, 0, own)
    first, then = np.cumsum(more, axis=1), np.cumsum(less, axis=1)
    then = first[:, -1:] + then[:, -1:] - then + less
    running = low[:, None] + np.where(much, first, then)
    part = np.empty_like(wide)
    part[:, order] = np.clip(running / np.maximum(own, TINY), 0, 1)
    return part


def _blended(space: Space, allowed: Bools, found: Bound, form: Array, constant: float) -> Bound:
    """The best blend of the bound's form and another."""
    one, other = _adds(space, found.form), _adds(space, form)
    begin = found.margin - _least(space, allowed, one)

    def value(share: float) -> float:
        mixed = _least(space, allowed, one + share * (other - one))
        return begin + share * (constant - begin) + mixed

    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if value(middle + 2.0**-12) > value(middle):
            low = middle
        else:
            high = middle
    share = (low + high) / 2
    blend = (found.form + share * (form - found.form)).astype(found.form.dtype)
    ends = extremes(space, allowed, blend[None, None])
    total = begin + share * (constant - begin)
    size = np.maximum(np.abs(ends.low), np.abs(ends.high)).sum()
    margin = total + float(ends.low.sum())
    return replace(found, margin=margin, scale=abs(total) + float(size), form=blend)


def _adds(space: Space, form: Array) -> Array:
    """What every value adds to a form."""
    adds = np.empty(len(space.owners), dtype=np.float64)
    for group in space.groups:
        adds[group.values] = contributions(group, form)
    return adds


def _least(space: Space, allowed: Bools, adds: Array) -> float:
    return float(np.minimum.reduceat(np.where(allowed[0], adds, np.inf), space.starts).sum())


def _owners(space: Space) -> npt.NDArray[np.int64]:
    """The variable that each column belongs to."""
    owners = np.zeros(space.columns, dtype=np.int64)
    for group in space.groups:
        owners[group.columns] = group.variables[:, None]
    return owners
