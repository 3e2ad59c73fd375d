"""Linear relaxation of a teacher over cells, in floating point, for whole batches of cells.

Every pre-activation and every logit difference is bounded by a linear form in the inputs, found by
substituting backwards through the layers (the CROWN scheme: Zhang et al., Efficient Neural Network
Robustness Certification with General Activation Functions, 2018), with the slopes that the kernel
takes by default: lambda = u / (u - l) above, and below 1 if u > -l, else 0. A child cell inherits
its parent's bounds; only what is ambiguous there is bounded again.

These bounds steer the search. They are not proofs: the kernel repeats them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verifier.model.network import Add, Affine, Relu, Scale, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.device import used
from verifier.provers.influence import RowsOf, influence_of
from verifier.provers.relaxable import WIDE, Relaxable
from verifier.provers.space import Array, Cells, extremes
from verifier.provers.staircases import around, image, is_open, through
from verifier.provers.tables import Bools, Floats, Indices
from verifier.provers.timing import poll

ROWS = 1024  # rows of WIDE neurons that are carried backwards together

Remainders = dict[int, tuple[Array, ...]]
"""Centre and radius of what is left out of thin layers, by the layer's node; by the negative of a
staircase's the lines around it."""


@dataclass(frozen=True, eq=False)
class FloatBounds:
    """Bounds of all pre-activations over a batch of cells, each [cells, neurons]."""

    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class FloatForm:
    """Linear lower bounds of rows: ``coefficients[cells, rows, columns]`` and a constant.

    ``inner[n]`` holds the rows' coefficients at the activations of pre-activation node n.
    """

    coefficients: Array
    constant: Array
    inner: dict[int, Array]


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation of a batch of cells.

    ``margin[cells]`` is the least lower bound over the rows of the target class, a sum of terms of
    total magnitude ``scale[cells]``; ``form`` belongs to that row alone.
    ``influence[cells, variables]`` is the splitting score.
    """

    bounds: FloatBounds
    margin: Array
    scale: Array
    form: FloatForm
    influence: Array


def unbounded(network: Relaxable, cells: int) -> FloatBounds:
    """Bounds that say nothing, to start from."""
    shape = (cells, network.neurons)
    return FloatBounds(
        np.full(shape, -np.inf, dtype=network.dtype), np.full(shape, np.inf, dtype=network.dtype)
    )


def class_rows(outputs: int, klass: int) -> Floats:
    """Rows of logit differences, all positive (or 0 where ties allow) iff the class is klass."""
    if outputs == 1:
        return np.array([[2.0 * klass - 1.0]])
    rows = -np.eye(outputs)
    rows[:, klass] += 1.0
    return np.delete(rows, klass, axis=0)


def rows_at(outputs: int, classes: Indices, rows: Indices) -> Floats:
    """Of the ``class_rows`` of each class one: those of all classes are too many of a thousand."""
    if outputs == 1:
        return np.asarray(2.0 * classes[:, None] - 1.0, dtype=np.float64)
    found, at = np.zeros((len(classes), outputs)), np.arange(len(classes))
    found[at, classes], found[at, rows + (rows >= classes)] = 1.0, -1.0
    return found


def relax(network: Relaxable, allowed: Cells, inherited: FloatBounds, targets: Indices) -> Relaxed:
    """Bound the margin of class ``targets[i]`` over cell i, and score the variables to split.

    The score of a variable is what its choice moves directly in the bound, plus what it moves in
    each ambiguous neuron that the bound overestimates, weighted by how much of the gap of that
    neuron's relaxation it closes.
    """
    held, which = np.unique(targets, return_inverse=True)  # of a thousand classes few are there
    outputs, dtype = network.teacher.outputs, network.dtype
    rows = np.stack([class_rows(outputs, k).astype(dtype) for k in held.tolist()])[which]
    device = used()
    if device is not None:
        return device.relax(network, allowed, inherited.low, inherited.high, rows)
    with np.errstate(all="ignore"):
        bounds = FloatBounds(inherited.low.copy(), inherited.high.copy())
        rows_of: RowsOf = {}
        remainders: Remainders = {}
        for node in network.slices:
            _tighten(network, allowed, bounds, node, rows_of, remainders)
        form = backward(network, bounds, len(network.teacher.layers), rows, remainders)
        ends = extremes(network.space, allowed, form.coefficients)
        low = form.constant + ends.low.sum(axis=-1)
        size = np.abs(form.constant) + np.maximum(np.abs(ends.low), np.abs(ends.high)).sum(axis=-1)
        low = np.where(np.isnan(low), -np.inf, low)
        worst = low.argmin(axis=1)
        cells = np.arange(len(allowed))
        single = FloatForm(
            form.coefficients[cells, worst],
            form.constant[cells, worst],
            {n: a[cells, worst] for n, a in form.inner.items()},
        )
        influence = influence_of(
            network, allowed, (bounds.low, bounds.high), single.coefficients, single.inner, rows_of
        )
        return Relaxed(bounds, low[cells, worst], size[cells, worst], single, influence)


def _tighten(
    network: Relaxable,
    allowed: Cells,
    bounds: FloatBounds,
    node: int,
    rows_of: RowsOf,
    remainders: Remainders,
) -> None:
    """Bound the ambiguous pre-activations of a node; remember the forms used, for the score."""
    if network.linear[node] is not None:
        tighten_linear(network, allowed, bounds, node)
        return
    part = network.slices[node]
    low, high = bounds.low[:, part], bounds.high[:, part]
    ambiguous = ambiguities(network, node, low, high)
    most = int(ambiguous.sum(axis=1).max(initial=0))
    if not most:
        return
    picked = np.argsort(~ambiguous, axis=1, kind="stable")[:, :most]
    rows_of[node] = picked, *tighten(network, allowed, bounds, node, picked, remainders)


def ambiguities(network: Relaxable, node: int, low: Array, high: Array) -> Bools:
    """Which pre-activations of a node the activation does not see as one line."""
    stairs = network.stairs.get(node)
    return ~((low >= 0) | (high <= 0)) if stairs is None else is_open(stairs, low, high)


def tighten_linear(network: Relaxable, allowed: Cells, bounds: FloatBounds, node: int) -> None:
    """Bound all pre-activations of a node that is affine in the input."""
    part, linear = network.slices[node], network.linear[node]
    assert linear is not None
    low, high = bounds.low[:, part], bounds.high[:, part]
    ends = extremes(network.space, allowed, linear[0][None])
    np.maximum(low, ends.low.sum(axis=-1) + linear[1], out=low)
    np.minimum(high, ends.high.sum(axis=-1) + linear[1], out=high)


def tighten(
    network: Relaxable,
    allowed: Cells,
    bounds: FloatBounds,
    node: int,
    picked: Indices,
    remainders: Remainders,
) -> tuple[Array, Array]:
    """Bound the picked pre-activations of a node again; returns the forms below and above."""
    part = network.slices[node]
    down, least = _bound_rows(network, allowed, bounds, node, picked, 1, remainders)
    up, negated = _bound_rows(network, allowed, bounds, node, picked, -1, remainders)
    low, high = bounds.low[:, part], bounds.high[:, part]
    for target, found, better in ((low, least, np.fmax), (high, -negated, np.fmin)):
        kept = better(np.take_along_axis(target, picked, 1), found)
        np.put_along_axis(target, picked, kept, 1)
    return down, up


def _bound_rows(
    network: Relaxable,
    allowed: Cells,
    bounds: FloatBounds,
    node: int,
    picked: Indices,
    sign: int,
    remainders: Remainders,
) -> tuple[Array, Array]:
    """Lower forms and bounds of ``sign`` times the picked neurons, ROWS at a time.

    So few rows that what is worked on stays in the processor's cache.
    """
    width, cells, most = network.teacher.widths[node], *picked.shape
    forms = np.empty((cells, most, network.space.columns), dtype=network.dtype)
    least = np.empty((cells, most), dtype=network.dtype)
    step = max(1, ROWS * WIDE // (width * cells))
    for start in range(0, most, step):
        poll()
        part = slice(start, start + step)
        form = _from_neurons(network, bounds, node, picked[:, part], sign, remainders)
        forms[:, part] = form.coefficients
        ends = extremes(network.space, allowed, form.coefficients)
        least[:, part] = form.constant + ends.low.sum(axis=-1)
    return forms, least


def _from_neurons(
    network: Relaxable,
    bounds: FloatBounds,
    node: int,
    picked: Indices,
    sign: int,
    remainders: Remainders,
) -> FloatForm:
    """Linear lower bounds of ``sign`` times the picked neurons of a node."""
    layer, own, thin = (
        network.teacher.layers[node - 1],
        network.weights[node - 1],
        network.thin[node - 1],
    )
    if not isinstance(layer, Affine):
        rows = np.zeros((*picked.shape, network.teacher.widths[node]), dtype=network.dtype)
        np.put_along_axis(rows, picked[..., None], sign, axis=2)
        return backward(network, bounds, node, rows, remainders)
    constant = sign * own[1][picked]
    if thin is None:
        return backward(network, bounds, layer.source, sign * own[0][picked], remainders, constant)
    middle, reach = _remainder(network, bounds, node, remainders)
    constant += sign * np.take_along_axis(middle, picked, 1) - np.take_along_axis(reach, picked, 1)
    rows = (sign * thin.left[picked]) @ thin.right
    return backward(network, bounds, layer.source, rows, remainders, constant)


def _remainder(
    network: Relaxable, bounds: FloatBounds, node: int, remainders: Remainders
) -> tuple[Array, Array]:
    """What a thin layer leaves out, found once; see ``low_rank``."""
    layer, thin = network.teacher.layers[node - 1], network.thin[node - 1]
    assert isinstance(layer, Affine) and thin is not None
    if node not in remainders:
        ends = node_bounds(network, bounds, layer.source)
        remainders[node] = thin.remainder(ends.low, ends.high)
    middle, reach = remainders[node]
    return middle, reach


def backward(
    network: Relaxable,
    bounds: FloatBounds,
    node: int,
    rows: Array,
    remainders: Remainders | None = None,
    constant: Array | None = None,
) -> FloatForm:
    """Lower bounds of ``rows[cells, rows, width] @ node`` that are linear in the input.

    ``remainders`` keeps what was found about thin layers, for calls that have the same bounds of
    all nodes before. ``constant`` is added.
    """
    if remainders is None:
        remainders = {}
    pending: dict[int, Array] = {node: rows}
    if constant is None:
        constant = np.zeros(rows.shape[:2], dtype=network.dtype)
    inner: dict[int, Array] = {}

    def send(target: int, part: Array) -> None:
        pending[target] = pending[target] + part if target in pending else part

    for j in range(node, 0, -1):
        poll()
        if j not in pending:
            continue
        layer, own, a = network.teacher.layers[j - 1], network.weights[j - 1], pending.pop(j)
        thin = network.thin[j - 1]
        if isinstance(layer, Affine) and thin is not None:
            middle, reach = _remainder(network, bounds, j, remainders)
            constant += (a @ (own[1] + middle)[..., None] - np.abs(a) @ reach[..., None])[..., 0]
            send(layer.source, (a @ thin.left) @ thin.right)
        elif isinstance(layer, Affine):
            constant += a @ own[1]
            send(layer.source, a @ own[0])
        elif isinstance(layer, Scale):
            constant += a @ own[1]
            send(layer.source, a * own[0])
        elif isinstance(layer, Add):
            send(layer.left, a)
            send(layer.right, a)
        else:
            part = network.slices[layer.source]
            inner[layer.source] = inner[layer.source] + a if layer.source in inner else a
            low, high = bounds.low[:, part][:, None], bounds.high[:, part][:, None]
            if isinstance(layer, Sign):
                constant += _through_sign(a, low, high)
                continue
            if isinstance(layer, Relu):
                passed, extra = _through_relu(a, low, high)
            else:
                if -j not in remainders:
                    remainders[-j] = around(layer, low[:, 0], high[:, 0])
                passed, extra = through(a, *remainders[-j])
            constant += extra
            send(layer.source, passed)
    if 0 not in pending:
        pending[0] = np.zeros((*rows.shape[:2], network.space.columns), dtype=network.dtype)
    return FloatForm(pending[0], constant, inner)


def node_bounds(network: Relaxable, bounds: FloatBounds, node: int) -> FloatBounds:
    """Bounds of a node that is built from activations by additions, each [cells, width]."""
    layer = network.teacher.layers[node - 1]
    if isinstance(layer, Add):
        left = node_bounds(network, bounds, layer.left)
        right = node_bounds(network, bounds, layer.right)
        return FloatBounds(left.low + right.low, left.high + right.high)
    assert isinstance(layer, Relu | Sign | Steps | Smooth)
    part, act = network.slices[layer.source], np.sign if isinstance(layer, Sign) else _relu
    if isinstance(layer, Smooth):
        return FloatBounds(*image(layer, bounds.low[:, part], bounds.high[:, part]))
    if isinstance(layer, Steps):
        act = layer.values
    return FloatBounds(act(bounds.low[:, part]), act(bounds.high[:, part]))


def _relu(x: Array) -> Array:
    positive: Array = np.maximum(x, 0)
    return positive


def relu_slopes(low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Slope below, slope above and intercept above of ReLU's relaxation on [low, high]."""
    above = np.where(low >= 0, 1.0, np.where(high <= 0, 0.0, high / (high - low)))
    below = ((low >= 0) | ((high > -low) & (high > 0))).astype(low.dtype)
    return below, above, np.where((low < 0) & (high > 0), -low * above, 0.0)


def _through_relu(a: Array, low: Array, high: Array) -> tuple[Array, Array]:
    below, above, intercept = relu_slopes(low, high)
    negative = np.minimum(a, 0)
    extra = (negative @ intercept[:, 0, :, None])[..., 0]
    passed = np.maximum(a, 0)
    passed *= below
    negative *= above
    passed += negative
    return passed, extra


def _through_sign(a: Array, low: Array, high: Array) -> Array:
    lost: Array = np.where(a >= 0, a * np.sign(low), a * np.sign(high)).sum(axis=-1)
    return lost
