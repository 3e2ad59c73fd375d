"""The first layer by itself: what a split of a cell would do to a bound, nearly for free.

A row of an earlier relaxation bounds the margin by a linear form in the activations of the first
layer, and that holds on every part of its cell. So there only the first layer has to be relaxed
again, which takes no product with a wide matrix: the bound of a part, or of every half that a
split could make. Neurons that are stable on the cell are folded away.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.provers.bound import FloatForm, relu_slopes
from verifier.provers.influence import losses
from verifier.provers.relaxable import First
from verifier.provers.space import Array, Space, as_bits, extremes
from verifier.provers.split import adds, below_middle
from verifier.provers.tables import Bools

CANDIDATES = 24
"""Variables whose splits are tried out."""
LEAST_GAIN = 1e-6
"""Gains count as at least so much, in units of what the bound lacks."""

TINY = 2.0**-126


@dataclass(frozen=True, eq=False)
class Rows:
    """Linear lower bounds ``inner @ relu(z) + direct @ x + constant``, with z the first layer.

    Shapes: [rows, neurons], [rows, columns], [rows].
    """

    inner: Array
    direct: Array
    constant: Array


@dataclass(frozen=True, eq=False)
class Layer:
    """The first layer's ambiguous neurons on a cell, and rows over these alone.

    ``low`` and ``high`` [neurons] are their bounds, ``least`` and ``most`` [neurons, variables]
    what each variable adds to these. ``picked`` says which neurons of all they are.
    """

    rows: Rows
    picked: npt.NDArray[np.int64]
    matrix: Array
    offset: Array
    low: Array
    high: Array
    least: Array
    most: Array


@dataclass(frozen=True, eq=False)
class Bound:
    """Lower bounds of rows on a cell: the ``worst`` row has ``margin``, of terms of size ``scale``.

    ``form`` [columns] are its coefficients and ``loss`` what the first layer's relaxation costs it.
    The ``others`` are all at least so much.
    """

    worst: int
    margin: float
    others: float
    scale: float
    form: Array
    loss: float


@dataclass(frozen=True, eq=False)
class Cut:
    """The best split found: ``left`` are the values of ``variable`` that go left.

    ``margins`` are what the row that was worst above is at least on the two halves.
    """

    variable: int
    left: Bools
    margins: tuple[float, float]


def rows_above(first: First, low: Array, high: Array, form: FloatForm) -> Rows:
    """The rows of a form of one cell, before the first layer (of bounds ``low``, ``high``)."""
    count = form.constant.shape[1]
    inner = np.zeros((count, len(first.matrix)), dtype=first.matrix.dtype)
    for node, part in zip(first.nodes, first.parts, strict=True):
        if node in form.inner:  # else nothing reads it
            inner[:, part] = form.inner[node][0]
    passed, extra = _through(inner, low, high)
    return Rows(
        inner,
        form.coefficients[0] - passed @ first.matrix,
        form.constant[0] - passed @ first.constant - extra,
    )


def fold(first: First, space: Space, allowed: Bools, rows: Rows) -> Layer:
    """The rows on a cell, with what is stable there folded into their linear parts."""
    ends = extremes(space, allowed, first.matrix[None])
    least, most = ends.low[0], ends.high[0]
    low, high = least.sum(axis=1) + first.constant, most.sum(axis=1) + first.constant
    active, at = np.flatnonzero(low >= 0), np.flatnonzero((low < 0) & (high > 0))
    through = rows.inner[:, active]
    folded = Rows(
        rows.inner[:, at],
        rows.direct + through @ first.matrix[active],
        rows.constant + through @ first.constant[active],
    )
    matrix, offset = first.matrix[at], first.constant[at]
    return Layer(folded, at, matrix, offset, low[at], high[at], least[at], most[at])


def bound(space: Space, allowed: Bools, layer: Layer) -> Bound:
    """What the rows of a layer are at least on its cell."""
    rows = layer.rows
    passed, extra = _through(rows.inner, layer.low, layer.high)
    forms = rows.direct + passed @ layer.matrix
    constant = rows.constant + passed @ layer.offset + extra
    ends = extremes(space, allowed, forms[None])
    low = constant + ends.low[0].sum(axis=1)
    worst = int(np.where(np.isnan(low), -np.inf, low).argmin())
    size = np.maximum(np.abs(ends.low[0, worst]), np.abs(ends.high[0, worst])).sum()
    loss = losses(rows.inner[worst], layer.low, layer.high).sum()
    scale = abs(float(constant[worst])) + float(size)
    others = float(np.delete(low, worst).min(initial=np.inf))
    return Bound(worst, float(low[worst]), others, scale, forms[worst], float(loss))


def best_cut(first: First, space: Space, allowed: Bools, layer: Layer, bound: Bound) -> Cut | None:
    """The split whose halves' bounds rise most, by the product of what they gain.

    None where no variable has two values left. Gains beyond a positive bound do not count.
    """
    variables = _candidates(space, allowed, layer, bound)
    if not len(variables):
        return None
    inside = [allowed[0, space.starts[v] :][: _values(space, v)] for v in variables.tolist()]
    lefts = [
        _left(space, v, bound.form, own) for v, own in zip(variables.tolist(), inside, strict=True)
    ]
    halves = [x for own, left in zip(inside, lefts, strict=True) for x in (left, own & ~left)]
    low, high = np.empty((2, len(halves), len(layer.low)), dtype=layer.low.dtype)
    parts = np.repeat(allowed, len(halves), axis=0)
    tables = first.tables[layer.picked]
    for i, half in enumerate(halves):
        v = int(variables[i // 2])
        start = int(space.starts[v])
        parts[i, start : start + len(half)] = half
        added = tables[:, start : start + len(half)][:, half]
        low[i] = layer.low + (added.min(axis=1) - layer.least[:, v])
        high[i] = layer.high + (added.max(axis=1) - layer.most[:, v])
    rows, worst = layer.rows, bound.worst
    passed, extra = _through(rows.inner[worst], low, high)
    forms = rows.direct[worst] + passed @ layer.matrix
    margins = rows.constant[worst] + passed @ layer.offset + extra
    margins = margins + extremes(space, parts, forms[:, None]).low[:, 0].sum(axis=1)
    both = margins.reshape(-1, 2)
    lacking = max(-bound.margin, TINY)
    gains = np.clip(both - bound.margin, LEAST_GAIN * lacking, lacking)
    best = int(np.nan_to_num(gains.prod(axis=1)).argmax())
    one, two = both[best].tolist()
    return Cut(int(variables[best]), lefts[best], (one, two))


def _through(inner: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Coefficients of z, and constants, that bound ``inner @ relu(z)`` from below."""
    below, above, intercept = relu_slopes(low, high)
    negative = np.minimum(inner, 0)
    passed = np.maximum(inner, 0) * below + negative * above
    return passed, (negative * intercept).sum(axis=-1)


def _candidates(space: Space, allowed: Bools, layer: Layer, bound: Bound) -> npt.NDArray[np.int64]:
    """The variables that move the bound most, directly or by how loose neurons are."""
    ends = extremes(space, allowed, bound.form[None, None])
    wide = np.maximum(layer.high - layer.low, TINY)
    weight = losses(layer.rows.inner[bound.worst], layer.low, layer.high) / wide
    score = (ends.high - ends.low)[0, 0] + weight @ (layer.most - layer.least)
    free = np.add.reduceat(allowed[0], space.starts, dtype=np.int64) > 1
    score = np.where(free, np.nan_to_num(score), -1.0)
    order = np.argsort(-score, kind="stable")[:CANDIDATES]
    return order[free[order]]


def _values(space: Space, variable: int) -> int:
    ends = np.append(space.starts[1:], len(space.owners))
    return int(ends[variable] - space.starts[variable])


def _left(space: Space, variable: int, form: Array, inside: Bools) -> Bools:
    mask = below_middle(adds(space, variable, form), inside)
    return as_bits(mask, len(inside))
