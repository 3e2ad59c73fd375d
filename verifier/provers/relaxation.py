"""Linear relaxation of a teacher over cells, in floating point, for whole batches of cells.

Every pre-activation and every logit difference is bounded by a linear form in the inputs, found by
substituting backwards through the layers (the CROWN scheme: Zhang et al., Efficient Neural Network
Robustness Certification with General Activation Functions, 2018), with the slopes that the kernel
takes by default: lambda = u / (u - l) above, and below 1 if u > -l, else 0. A child cell inherits
its parent's bounds; only what is ambiguous there is bounded again.

These bounds steer the search. They are not proofs: the kernel repeats them in integers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verifier.domain import Domain
from verifier.provers.branch_space import Array, Space, extremes, prepare_space
from verifier.provers.bulk import Bools, Floats, Indices
from verifier.teacher import Add, Affine, Relu, Scale, Sign, Teacher


@dataclass(frozen=True, eq=False)
class Network:
    """A teacher as float arrays, with its activation layers numbered.

    ``weights[i]`` belongs to layer i: (W, b) for affine, (factor, shift) for scale. ``slices[n]``
    is where the pre-activations at node n lie in the arrays of bounds (total length ``neurons``).
    ``linear[n]`` is (matrix, constant) for nodes that are affine in the input, else None.
    """

    teacher: Teacher
    space: Space
    weights: tuple[tuple[Floats, ...], ...]
    slices: dict[int, slice]
    neurons: int
    linear: tuple[tuple[Floats, Floats] | None, ...]


def prepare_network(teacher: Teacher, domain: Domain) -> Network:
    """Float64 arrays of a teacher over a domain."""
    weights: list[tuple[Floats, ...]] = []
    with np.errstate(all="ignore"):
        for layer in teacher.layers:
            if isinstance(layer, Affine):
                pair = layer.weight.astype(np.float64), layer.bias.astype(np.float64)
                weights.append(pair)
            elif isinstance(layer, Scale):
                factor = layer.scale.astype(np.float64) / layer.divisor.astype(np.float64)
                weights.append((factor, layer.shift.astype(np.float64)))
            else:
                weights.append(())
    slices: dict[int, slice] = {}
    total = 0
    for layer in teacher.layers:
        if isinstance(layer, Relu | Sign) and layer.source not in slices:
            width = teacher.widths[layer.source]
            slices[layer.source] = slice(total, total + width)
            total += width
    space = prepare_space(domain)
    return Network(teacher, space, tuple(weights), slices, total, _linear(teacher, weights))


def _linear(
    teacher: Teacher, weights: list[tuple[Floats, ...]]
) -> tuple[tuple[Floats, Floats] | None, ...]:
    """Compose the layers that no activation precedes; node 0 itself is left out (None)."""
    found: list[tuple[Floats, Floats] | None] = [None]
    with np.errstate(all="ignore"):
        for layer, own in zip(teacher.layers, weights, strict=True):
            result = None
            if isinstance(layer, Affine):
                before = found[layer.source]
                if layer.source == 0:
                    result = own[0], own[1]
                elif before is not None:
                    result = own[0] @ before[0], own[0] @ before[1] + own[1]
            elif isinstance(layer, Scale):
                before = found[layer.source]
                if layer.source == 0:
                    result = np.diag(own[0]), own[1]
                elif before is not None:
                    result = own[0][:, None] * before[0], own[0] * before[1] + own[1]
            elif isinstance(layer, Add):
                left, right = found[layer.left], found[layer.right]
                if left is not None and right is not None:
                    result = left[0] + right[0], left[1] + right[1]
            found.append(result)
    return tuple(found)


@dataclass(frozen=True, eq=False)
class Bounds:
    """Bounds of all pre-activations over a batch of cells, each [cells, neurons]."""

    low: Array
    high: Array


@dataclass(frozen=True, eq=False)
class Form:
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

    bounds: Bounds
    margin: Array
    scale: Array
    form: Form
    influence: Array


def unbounded(network: Network, cells: int) -> Bounds:
    """Bounds that say nothing, to start from."""
    shape = (cells, network.neurons)
    return Bounds(np.full(shape, -np.inf), np.full(shape, np.inf))


def class_rows(outputs: int, klass: int) -> Floats:
    """Rows of logit differences, all positive (or 0 where ties allow) iff the class is klass."""
    if outputs == 1:
        return np.array([[2.0 * klass - 1.0]])
    rows = -np.eye(outputs)
    rows[:, klass] += 1.0
    return np.delete(rows, klass, axis=0)


def relax(network: Network, allowed: Bools, inherited: Bounds, targets: Indices) -> Relaxed:
    """Bound the margin of class ``targets[i]`` over cell i, and score the variables to split.

    The score of a variable is what its choice moves directly in the bound, plus what it moves in
    each ambiguous neuron that the bound overestimates, weighted by how much of the gap of that
    neuron's relaxation it closes.
    """
    with np.errstate(all="ignore"):
        bounds = Bounds(inherited.low.copy(), inherited.high.copy())
        rows_of: dict[int, tuple[Indices, Array, Array]] = {}
        for node in network.slices:
            _tighten(network, allowed, bounds, node, rows_of)
        outputs = network.teacher.outputs
        kinds = np.stack([class_rows(outputs, k) for k in range(network.teacher.classes)])
        form = backward(network, bounds, len(network.teacher.layers), kinds[targets])
        ends = extremes(network.space, allowed, form.coefficients)
        low = form.constant + ends.low.sum(axis=-1)
        size = np.abs(form.constant) + np.maximum(np.abs(ends.low), np.abs(ends.high)).sum(axis=-1)
        low = np.where(np.isnan(low), -np.inf, low)
        worst = low.argmin(axis=1)
        cells = np.arange(len(allowed))
        single = Form(
            form.coefficients[cells, worst],
            form.constant[cells, worst],
            {n: a[cells, worst] for n, a in form.inner.items()},
        )
        influence = _influence(network, allowed, bounds, single, rows_of)
        return Relaxed(bounds, low[cells, worst], size[cells, worst], single, influence)


def _tighten(
    network: Network,
    allowed: Bools,
    bounds: Bounds,
    node: int,
    rows_of: dict[int, tuple[Indices, Array, Array]],
) -> None:
    """Bound the ambiguous pre-activations of a node; remember the forms used, for the score."""
    part = network.slices[node]
    low, high = bounds.low[:, part], bounds.high[:, part]
    linear = network.linear[node]
    if linear is not None:
        ends = extremes(network.space, allowed, linear[0][None])
        np.maximum(low, ends.low.sum(axis=-1) + linear[1], out=low)
        np.minimum(high, ends.high.sum(axis=-1) + linear[1], out=high)
        return
    ambiguous = ~((low >= 0) | (high <= 0))
    most = int(ambiguous.sum(axis=1).max(initial=0))
    if not most:
        return
    picked = np.argsort(~ambiguous, axis=1, kind="stable")[:, :most]
    rows = np.zeros((len(allowed), most, low.shape[1]))
    np.put_along_axis(rows, picked[..., None], 1.0, axis=2)
    form = backward(network, bounds, node, np.concatenate([rows, -rows], axis=1))
    least = form.constant + extremes(network.space, allowed, form.coefficients).low.sum(axis=-1)
    for target, found, better in (
        (low, least[:, :most], np.fmax),
        (high, -least[:, most:], np.fmin),
    ):
        kept = better(np.take_along_axis(target, picked, 1), found)
        np.put_along_axis(target, picked, kept, 1)
    rows_of[node] = picked, form.coefficients[:, :most], form.coefficients[:, most:]


def backward(network: Network, bounds: Bounds, node: int, rows: Array) -> Form:
    """Lower bounds of ``rows[cells, rows, width] @ node`` that are linear in the input."""
    pending: dict[int, Array] = {node: rows}
    constant = np.zeros(rows.shape[:2])
    inner: dict[int, Array] = {}

    def send(target: int, part: Array) -> None:
        pending[target] = pending[target] + part if target in pending else part

    for j in range(node, 0, -1):
        if j not in pending:
            continue
        layer, own, a = network.teacher.layers[j - 1], network.weights[j - 1], pending.pop(j)
        if isinstance(layer, Affine):
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
            through = _through_relu if isinstance(layer, Relu) else _through_sign
            passed, extra = through(a, low, high)
            constant += extra
            if passed is not None:
                send(layer.source, passed)
    if 0 not in pending:
        pending[0] = np.zeros((*rows.shape[:2], network.space.columns))
    return Form(pending[0], constant, inner)


def relu_slopes(low: Array, high: Array) -> tuple[Array, Array, Array]:
    """Slope below, slope above and intercept above of ReLU's relaxation on [low, high]."""
    above = np.where(low >= 0, 1.0, np.where(high <= 0, 0.0, high / (high - low)))
    below = np.where(low >= 0, 1.0, np.where((high > -low) & (high > 0), 1.0, 0.0))
    return below, above, np.where((low < 0) & (high > 0), -low * above, 0.0)


def _through_relu(a: Array, low: Array, high: Array) -> tuple[Array, Array]:
    below, above, intercept = relu_slopes(low, high)
    negative = np.minimum(a, 0.0)
    return np.maximum(a, 0.0) * below + negative * above, (negative * intercept).sum(axis=-1)


def _through_sign(a: Array, low: Array, high: Array) -> tuple[None, Array]:
    return None, np.where(a >= 0, a * np.sign(low), a * np.sign(high)).sum(axis=-1)


def _influence(
    network: Network,
    allowed: Bools,
    bounds: Bounds,
    form: Form,
    rows_of: dict[int, tuple[Indices, Array, Array]],
) -> Array:
    """The splitting score [cells, variables]; see ``relax``."""

    def moved(forms: Array) -> Array:
        ends = extremes(network.space, allowed, forms)
        return ends.high - ends.low

    total = moved(form.coefficients[:, None])[:, 0]
    for node, part in network.slices.items():
        if node not in form.inner:
            continue
        low, high = bounds.low[:, part], bounds.high[:, part]
        ambiguous = (low < 0) & (high > 0)
        weight = np.where(ambiguous, np.maximum(-form.inner[node], 0.0) / (high - low) ** 2, 0.0)
        linear = network.linear[node]
        if linear is not None:
            factor = weight * (low**2 + high**2)
            total += np.einsum("bj,bjv->bv", factor, moved(linear[0][None]))
        elif node in rows_of:
            picked, down, up = rows_of[node]
            low, high, weight = (np.take_along_axis(x, picked, 1) for x in (low, high, weight))
            total += np.einsum("bj,bjv->bv", weight * high**2, moved(down))
            total += np.einsum("bj,bjv->bv", weight * low**2, moved(up))
    return np.where(np.isfinite(total), total, 0.0)
