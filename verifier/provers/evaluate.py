"""Bulk evaluation of a teacher in float64 that is exactly right.

Every block of points is evaluated in float64 beside a bound on the error of each neuron, valid for
any order of summation, with or without fused multiply-add or flushing of denormals (running error
analysis: Higham, Accuracy and Stability of Numerical Algorithms, chapter 3). The bound uses the
largest magnitude that each neuron takes in the block, so it costs one matrix-vector product per
layer and block. A point whose class it does not decide is evaluated again in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from verifier.kernel.ensembles import Forest, forest_of
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Teacher
from verifier.model.network import (
    Add,
    Affine,
    Network,
    Relu,
    Scale,
    Sign,
    check_columns,
    exact_classes,
    sources,
)
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.provers.device import used
from verifier.provers.staircases import ERROR, smooth_values
from verifier.provers.tables import (
    LOWEST_GRID,
    SLACK,
    TINY,
    UNIT,
    Bools,
    Floats,
    Indices,
    Line,
    Pieces,
    Table,
    float_weights,
    grids_of,
    tables_of,
)
from verifier.provers.timing import poll

OVERFLOW = 2.0**1000  # magnitudes below this cannot overflow in any partial sum
BLOCK_BYTES = 1 << 26
EXACT_BATCH = 4096
EXACT_WORK = 1 << 22  # multiplications of exact integers without a poll, about


@dataclass(frozen=True, eq=False)
class Bulk:
    """A teacher and a domain made ready for bulk evaluation.

    ``tables[i]`` holds the encodings of variable i in float64, ``[values, columns]``, or those of
    an ordinal or interval; ``input_error`` bounds per column what rounding them cost.
    ``grids[i]`` is an exponent q such that every value of node i is a multiple of 2^q, or None.
    """

    teacher: Network
    domain: Domain
    tables: tuple[Table, ...]
    input_error: Floats
    weights: tuple[tuple[Floats, ...], ...]
    grids: tuple[int | None, ...]
    block: int


@dataclass(frozen=True, eq=False)
class ForestBulk:
    """An ensemble and a domain made ready for bulk evaluation; ``tables`` as Bulk has them."""

    teacher: Ensemble
    domain: Domain
    tables: tuple[Table, ...]
    forest: Forest


AnyBulk = Bulk | ForestBulk


@dataclass(frozen=True, eq=False)
class _Kept:
    domain: Domain
    forest: Forest


_FORESTS: WeakKeyDictionary[Ensemble, _Kept] = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Logits:
    """Logits ``values[points, outputs]`` within ``error[outputs]`` of the truth.

    ``unsure`` marks the points for which the claim is not made (a sign could not be decided).
    """

    values: Floats
    error: Floats
    unsure: Bools


def prepare_bulk(teacher: Network, domain: Domain) -> Bulk:
    """Float64 arrays for ``bulk_classes``; raises NetworkError if teacher and domain do not fit."""
    check_columns(teacher, domain)
    tables, errors = tables_of(domain)
    weights = tuple(float_weights(layer) for layer in teacher.layers)
    block = max(1, BLOCK_BYTES // (8 * (2 * sum(teacher.widths) + len(domain.variables))))
    input_error = np.array(errors)
    grids = grids_of(teacher, tables, weights, exact_input=not input_error.any())
    return Bulk(teacher, domain, tuple(tables), input_error, weights, grids, block)


def bulk_of(teacher: Teacher, domain: Domain) -> AnyBulk:
    """A network or an ensemble made ready; raises NetworkError or EnsembleError where none fits."""
    if isinstance(teacher, Network):
        return prepare_bulk(teacher, domain)
    check_columns(teacher, domain)
    tables, _ = tables_of(domain)
    return ForestBulk(teacher, domain, tuple(tables), forest_on(teacher, domain))


def forest_on(teacher: Ensemble, domain: Domain) -> Forest:
    """An ensemble over all variables of a domain, as the kernel takes it; the last one is kept."""
    held = _FORESTS.get(teacher)
    if held is None or held.domain is not domain:
        own = domain if domain.given is None else Domain(domain.variables)
        made = forest_of(teacher, own, range(len(domain.variables)), True, poll)
        held = _FORESTS[teacher] = _Kept(domain, made)
    return held.forest


def bulk_classes(bulk: AnyBulk, points: Indices) -> npt.NDArray[np.int64]:
    """The teacher's exact class of each point; ``points[n, i]`` is variable i's value index.

    Memory beyond the answer is bounded by about 100 MB (or one point, if that is larger).
    """
    classes = np.empty(len(points), dtype=np.int64)
    if isinstance(bulk, ForestBulk):
        for start in range(0, len(points), bulk.forest.chunk):
            poll()
            own = points[start : start + bulk.forest.chunk].astype(np.int64)
            classes[start : start + len(own)] = bulk.forest.classes_at(own)
        return classes
    for start in range(0, len(points), bulk.block):
        poll()
        part = points[start : start + bulk.block]
        answer, sure = decide_logits(bulk_logits(bulk, part))
        rows = np.flatnonzero(~sure)
        most = max(1, min(EXACT_BATCH, EXACT_WORK // bulk.teacher.work))
        for at in range(0, len(rows), most):
            poll()
            batch = rows[at : at + most]
            answer[batch] = exact_classes(
                bulk.teacher, bulk.domain, [tuple(p) for p in part[batch].tolist()]
            )
        classes[start : start + len(part)] = answer
    return classes


def decide_logits(logits: Logits) -> tuple[npt.NDArray[np.int64], Bools]:
    """The class that each row of logits shows, and whether the error bound makes it certain."""
    values, error = logits.values, logits.error
    if values.shape[1] == 1:
        z, e = values[:, 0], error[0]
        return (z > 0).astype(np.int64), ~logits.unsure & ((np.abs(z) > e) | (e == 0))
    with np.errstate(all="ignore"):
        top = np.where(np.isnan(values), -np.inf, values).argmax(axis=1)
        gap = values[np.arange(len(values)), top][:, None] - values
        allowed = (error[top][:, None] + error[None, :]) * SLACK + TINY
        exact = (error[top] == 0)[:, None] & (error == 0)[None, :]
        certain = (gap * (1 - 4 * UNIT) > allowed) | exact
    certain[np.arange(len(values)), top] = error[top] < np.inf
    return top.astype(np.int64), ~logits.unsure & certain.all(axis=1)


def encode_block(bulk: AnyBulk, points: Indices) -> Floats:
    """The teacher's inputs ``[points, columns]``, rounded to float64."""
    x = np.empty((len(points), bulk.domain.columns))
    for i, (offset, table) in enumerate(zip(bulk.domain.offsets, bulk.tables, strict=True)):
        if isinstance(table, Line):
            x[:, offset] = table.first + points[:, i] * table.step
        elif isinstance(table, Pieces):
            x[:, offset] = table.cuts.at(points[:, i] + 1)
        else:
            x[:, offset : offset + table.shape[1]] = table[points[:, i]]
    return x


def bulk_logits(bulk: Bulk, points: Indices) -> Logits:
    """Logits of one block of points, with a bound on their error (the whole block in memory)."""
    device = used()
    if device is not None:
        return Logits(*device.bulk_logits(bulk, encode_block(bulk, points)))
    nodes = [encode_block(bulk, points)]
    errors = [bulk.input_error]
    unsure = np.zeros(len(points), dtype=np.bool_)
    with np.errstate(all="ignore"):
        for i, layer in enumerate(bulk.teacher.layers):
            if isinstance(layer, Relu):
                nodes.append(np.maximum(nodes[layer.source], 0.0))
                errors.append(errors[layer.source])
            elif isinstance(layer, Sign):
                x, error = nodes[layer.source], errors[layer.source]
                unsure |= ~((np.abs(x) > error) | (error == 0)).all(axis=1)
                nodes.append(np.sign(x))
                errors.append(np.zeros_like(error))
            elif isinstance(layer, Smooth):
                nodes.append(smooth_values(layer, nodes[layer.source]).astype(np.float64))
                errors.append(smooth_error(_largest(nodes[layer.source]), errors[layer.source]))
            elif isinstance(layer, Steps):
                x, error = nodes[layer.source], errors[layer.source]
                y = most = layer.values(x)
                if error.any():  # the ends are rounded themselves
                    less, more = np.nextafter(x - error, -np.inf), np.nextafter(x + error, np.inf)
                    y, most = layer.values(less), layer.values(more)
                unsure |= ~(y == most).all(axis=1)
                nodes.append(y)
                errors.append(np.zeros_like(error))
            else:
                largest = [_largest(nodes[source]) for source in sources(layer)]
                before = [errors[source] for source in sources(layer)]
                nodes.append(_values(layer, bulk.weights[i], nodes))
                errors.append(rounding(layer, bulk.weights[i], largest, before, bulk.grids[i + 1]))
    return Logits(nodes[-1], errors[-1], unsure)


def smooth_error(largest: Floats, error: Floats) -> Floats:
    """The error bound of a smooth function of numbers of that size and error: it has slopes of at
    most 3/2, and is at most 3/2 of the number plus 1.
    """
    found: Floats = (1.5 * error + (1.5 * largest + 2) * (16 * UNIT)) * SLACK + ERROR
    return found


def _values(
    layer: Affine | Scale | Add, arrays: tuple[Floats, ...], nodes: Sequence[Floats]
) -> Floats:
    if isinstance(layer, Add):
        return nodes[layer.left] + nodes[layer.right]
    if isinstance(layer, Scale):
        return nodes[layer.source] * arrays[0] + arrays[1]
    found: Floats = nodes[layer.source] @ arrays[0] + arrays[2]
    return found


def rounding(
    layer: Affine | Scale | Add,
    arrays: tuple[Floats, ...],
    largest: Sequence[Floats],
    errors: Sequence[Floats],
    grid: int | None,
) -> Floats:
    """The error bound of a layer that rounds, of the largest magnitudes and the error bounds of its
    sources; ``arrays`` and ``grid`` are those of Bulk.
    """
    if isinstance(layer, Add):
        magnitude, error, terms = largest[0] + largest[1], errors[0] + errors[1], 2
        tiny, incoming = np.full(len(error), TINY), bool(error.any())
    elif isinstance(layer, Scale):
        factor, shift = arrays
        size = np.abs(factor)
        magnitude, error = size * largest[0] + np.abs(shift), size * errors[0] * SLACK
        # the factor itself was rounded, or underflowed
        tiny, incoming, terms = TINY * (4 + largest[0] + errors[0]), True, 4
    else:
        _, size, bias = arrays
        magnitude, error = size @ largest[0] + np.abs(bias), size @ errors[0]
        terms, incoming = len(largest[0]) + 2, bool(errors[0].any())
        # products that underflow, and operands that are flushed to 0
        tiny = TINY * (terms + largest[0].sum() + size.sum(axis=1))
    exact = grid is not None and grid > LOWEST_GRID
    if exact and (magnitude * SLACK < 2.0 ** min(1000, (grid or 0) + 53)).all():
        if not incoming:
            return np.zeros(len(error))
        rounded = 0.0 * magnitude
    else:
        rounded = magnitude * (terms * UNIT / (1 - terms * UNIT))
    total = (error + rounded) * SLACK + tiny
    broken = ~(magnitude < OVERFLOW) | ~(total < OVERFLOW) | (terms > 2**30)
    return np.where(broken, np.inf, total)


def _largest(x: Floats) -> Floats:
    """Per column the largest magnitude; not finite where any entry is not."""
    if not len(x):
        return np.zeros(x.shape[1])
    largest: Floats = np.maximum(x.max(axis=0), -x.min(axis=0))
    return largest
