"""The kernel's rules about the teacher on a batch of cells. Trusted; see docs/soundness.md.

Everything is an enclosure in fixed point (see ``arithmetic``). A batch of cells are ``Parts``;
every array's first axis is the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Ints,
    Whole,
    affine_bounds,
    at_exponent,
    bounds_sum,
    common_exponent,
    floor_to,
    hull,
    narrow,
)
from verifier.kernel.choices import Precision, folded, matrices
from verifier.kernel.envelopes import suits
from verifier.kernel.float32 import is_shown, logit_error
from verifier.kernel.forms import backward, neuron_bounds
from verifier.kernel.ordinals import enclose
from verifier.kernel.prepared import NUMBERS, Encodings, Parts, Prepared, allowed_values, parts_of
from verifier.kernel.rounds import Shown, precisions, prove
from verifier.kernel.smooth import image
from verifier.kernel.steps import is_open, staircase
from verifier.model.cell import Cell
from verifier.model.network import Add, Relu, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

CHUNK = 1 << 18
"""Numbers of a block of neurons and their coefficients: what fits a processor's cache."""
BLOCK = 1 << 16
"""Values of a node, for the cells bounded together."""
AT_ONCE = 1 << 29
"""Multiplications, about, without a poll: fewer cells of a teacher of very many weights."""
WIDE = 256
"""Neurons of a layer from which on refined bounds cost much more than intervals."""
GROUP = 32
"""Cells that have slopes in common in float64, at most."""
BESIDE, CACHED = 64, 1 << 20
"""Such groups that are bounded at a time, at most; and numbers of their rows, about."""
Apply = Callable[[Callable[..., Any], Iterable[Any]], Iterable[Any]]
"""``map``, or that of a pool of threads."""


def input_bounds(p: Prepared, parts: Parts) -> Bounds:
    """Enclosure of the teacher's input over each cell."""

    def ends(g: Encodings) -> tuple[Whole, Whole]:
        inside = allowed_values(g, parts)[..., None]
        low = np.where(inside, g.table, np.inf).min(axis=2)
        return low, np.where(inside, g.table, -np.inf).max(axis=2)

    return _inputs(p, len(parts), ends, parts.ends)


def point_inputs(p: Prepared, points: Ints) -> Bounds:
    """The same at points (value indices)."""

    def ends(g: Encodings) -> tuple[Whole, Whole]:
        own = g.table[np.arange(len(g.variables)), points[:, g.variables]]
        return own, own

    indices = points[:, p.ordinals.variables] if p.ordinals is not None else points[:, :0]
    return _inputs(p, len(points), ends, np.stack([indices, indices], axis=1))


def _inputs(
    p: Prepared,
    count: int,
    ends: Callable[[Encodings], tuple[Whole, Whole]],
    indices: Ints,
) -> Bounds:
    """Enclosures of the input for cells, of which each group's least and greatest are given.

    ``indices`` (cells, 2, ordinals) are the first and the last of each range.
    """
    terms = [Fixed(g.table.reshape(1, -1), np.array([g.e])) for g in p.groups]
    ranges = None
    if p.ordinals is not None:
        ranges = enclose(p.ordinals, indices[:, 0], indices[:, 1])
        terms.append(Fixed(ranges.magnitude, ranges.e))
    exponent = common_exponent(terms, EXACT_BITS - 8)
    lo = np.empty((count, p.teacher.columns))
    hi = np.empty_like(lo)
    for g in p.groups:
        low, high = ends(g)
        held = Bounds(low - g.inexact, high + g.inexact, np.full(count, g.e))
        cut = at_exponent(held, exponent)
        lo[:, g.columns.ravel()] = cut.lo.reshape(count, -1)
        hi[:, g.columns.ravel()] = cut.hi.reshape(count, -1)
    if ranges is not None and p.ordinals is not None:
        cut = at_exponent(ranges, exponent)
        lo[:, p.ordinals.columns], hi[:, p.ordinals.columns] = cut.lo, cut.hi
    return narrow(Bounds(lo, hi, np.broadcast_to(exponent, count)), p.bits)


def forward(p: Prepared, index: int, nodes: Sequence[Bounds]) -> Bounds:
    """Enclosure of the output of layer ``index`` from enclosures of the earlier nodes."""
    layer, weight, bias = p.teacher.layers[index], p.weights[index], p.biases[index]
    if isinstance(layer, Add):
        return narrow(bounds_sum(nodes[layer.left], nodes[layer.right]), p.bits)
    x = nodes[layer.source]
    if isinstance(layer, Relu):
        return Bounds(np.maximum(x.lo, 0), np.maximum(x.hi, 0), x.e)
    if isinstance(layer, Sign):
        return Bounds(np.sign(x.lo), np.sign(x.hi), np.zeros_like(x.e))
    if isinstance(layer, Smooth):
        return narrow(image(layer, x), p.bits)
    if isinstance(layer, Steps):
        return staircase(layer, x)
    assert weight is not None and bias is not None
    return affine_bounds(x, weight, bias, p.bits)


def all_bounds(p: Prepared, parts: Parts, refine: bool) -> list[Bounds]:
    """Enclosures of every node over each cell.

    With ``refine``, the inputs of ReLU, sign and staircase layers that interval arithmetic leaves
    ambiguous are bounded again by linear relaxation.
    """
    nodes = [input_bounds(p, parts)]
    for index in range(len(p.teacher.layers)):
        p.poll()
        bounds = forward(p, index, nodes)
        if refine and index + 1 in p.refined:
            bounds = _refined(p, parts, [*nodes, bounds])
        nodes.append(bounds)
    return nodes


def intervals(p: Prepared, *first: Bounds) -> list[Bounds]:
    """Enclosures of every node from those of the ``first``, by interval arithmetic alone."""
    nodes = [*first]
    for index in range(len(nodes) - 1, len(p.teacher.layers)):
        p.poll()
        nodes.append(forward(p, index, nodes))
    return nodes


def _refined(p: Prepared, parts: Parts, nodes: list[Bounds]) -> Bounds:
    """The last node's bounds, improved by backward linear bounds where a layer is not one line.

    Cells with similarly many ambiguous components are taken together, as many as fit a CHUNK.
    """
    x = nodes[-1]
    lo, hi, e = x.lo.copy(), x.hi.copy(), np.broadcast_to(x.e, len(parts)).copy()
    counts = is_open(p.teacher, len(nodes) - 1, x).sum(axis=1)
    todo = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    while len(todo):
        most = max(2 * int(counts[todo[0]]) * max(p.teacher.widths), 1)
        at, todo = np.split(todo, [max(1, CHUNK // most)])
        own = [Bounds(b.lo[at], b.hi[at], b.e[at]) for b in nodes]
        better = _refined_together(p, parts[at], own)
        lo[at], hi[at], e[at] = better.lo, better.hi, better.e
    return Bounds(lo, hi, e)


def _refined_together(p: Prepared, parts: Parts, nodes: list[Bounds]) -> Bounds:
    """The same for cells that are worked on together, a block of rows at a time."""
    x = nodes[-1]
    ambiguous = is_open(p.teacher, len(nodes) - 1, x)
    most = int(ambiguous.sum(axis=1).max())
    order = np.argsort(~ambiguous, axis=1, kind="stable")
    step = max(32, CHUNK // (4 * max(p.teacher.widths)))
    step = max(1, min(step, NUMBERS // (2 * p.values)))
    for start in range(0, most, step):
        p.poll()
        p.spend(2 * len(parts) * min(step, most - start) * p.row_cost(len(nodes) - 1))
        picked = order[:, start : min(start + step, most)]
        wanted = np.take_along_axis(ambiguous, picked, 1)
        bound = neuron_bounds(p, parts, nodes, picked, wanted)
        bound = Fixed(np.where(np.concatenate([wanted, wanted], axis=1), bound.n, 0), bound.e)
        e = common_exponent([bound, Fixed(x.lo, x.e), Fixed(x.hi, x.e)], EXACT_BITS - 3)
        x, found = at_exponent(x, e), floor_to(bound, e)
        lo, hi, half = x.lo.copy(), x.hi.copy(), picked.shape[1]
        for ends, better in ((lo, found[:, :half]), (hi, -found[:, half:])):
            old = np.take_along_axis(ends, picked, 1)
            new = np.maximum(old, better) if ends is lo else np.minimum(old, better)
            np.put_along_axis(ends, picked, np.where(wanted, new, old), 1)
        x = Bounds(lo, hi, x.e)
    return narrow(x, p.bits)


def class_rows(outputs: int, klass: int, part: slice = slice(None)) -> tuple[Whole, Ints]:
    """Linear forms of the logits whose signs say that the class is ``klass``.

    Returns the rows, shape (rows, outputs), and the least integer numerator that each must reach:
    1 where it has to be positive (ties go to another class), 0 where zero is enough. ``part`` picks
    some of the rows.
    """
    if outputs == 1:
        return np.array([[2.0 * klass - 1]]), np.array([klass])
    others = [j for j in range(outputs) if j != klass][part]
    rows = np.zeros((len(others), outputs))
    rows[:, klass] = 1
    rows[np.arange(len(others)), others] = -1
    return rows, np.array([int(j < klass) for j in others])


def constant_margin(
    p: Prepared, parts: Parts, classes: Ints, refine: bool = True, part: slice = slice(None)
) -> tuple[list[Bounds], Fixed, Whole, Ints]:
    """Node bounds, lower bounds of the class's linear forms, these, and what they must reach.

    The teacher has ``classes[i]`` everywhere in cell i if all of row i of the bounds reach theirs.
    ``part`` picks some of the forms.
    """
    nodes = all_bounds(p, parts, refine)
    rows, least = _rows(p, classes, part)
    p.spend(rows.shape[0] * rows.shape[1] * (p.row_cost(len(nodes) - 1) + p.teacher.outputs))
    return nodes, backward(p, parts, nodes, len(nodes) - 1, rows), rows, least


def _rows(p: Prepared, classes: Ints, part: slice = slice(None)) -> tuple[Whole, Ints]:
    """The ``class_rows`` of each cell."""
    named, which = np.unique(classes, return_inverse=True)
    kinds = [class_rows(p.teacher.outputs, k, part) for k in named.tolist()]
    return np.stack([k[0] for k in kinds])[which], np.stack([k[1] for k in kinds])[which]


def row_parts(p: Prepared) -> list[slice]:
    """The forms that tell the logits apart, as many at a time as there may be numbers."""
    count = max(1, p.teacher.outputs - 1)
    step = max(1, NUMBERS // (4 * (max(p.teacher.widths) + p.values)))
    return [slice(start, start + step) for start in range(0, count, step)]


def constant(
    p: Prepared,
    cells: Sequence[Cell],
    classes: Sequence[int],
    *,
    float32: bool = False,
    apply: Apply = map,
    groups: Sequence[int] | None = None,
) -> tuple[Shown, Shown]:
    """``constant_over`` some cells."""
    wanted = np.array(classes, dtype=np.int64)
    return constant_over(p, parts_of(cells), wanted, float32=float32, apply=apply, groups=groups)


def constant_over(
    p: Prepared,
    parts: Parts,
    wanted: Ints,
    *,
    float32: bool = False,
    apply: Apply = map,
    groups: Sequence[int] | None = None,
    closer: Shown | None = None,
) -> tuple[Shown, Shown]:
    """For which cells the relaxation proves the class, and for which also in float32.

    The second answer is only looked for with ``float32``; without, it is False. Cells are bounded
    in floats first (``quick``); with ``groups``, consecutive cells of the same number have slopes
    in common there, else no cell depends on others; those ``closer``, by default all, by planes
    too where lines are not enough (``envelopes``). What single precision leaves is bounded in
    double, and what that leaves in fixed point, for wide teachers first with intervals for the
    inner nodes.
    """
    proved = np.zeros(len(parts), dtype=bool)
    steady = np.zeros(len(parts), dtype=bool)
    widest = max(p.teacher.widths)
    held = 4 * (sum(p.teacher.widths) + p.values) + p.teacher.outputs**2
    batch = min(max(16, BLOCK // widest), AT_ONCE // max(1, p.teacher.work), NUMBERS // held)
    batch, group = max(1, batch), group_of(p)

    def bound_quickly(job: tuple[int, Ints], precision: Precision) -> None:
        together, at = job
        rows, _ = _rows(p, wanted[at])
        own = prove(
            p,
            parts[at],
            rows,
            precision,
            together=together,
            float32=float32,
            closer=None if closer is None else closer[at],
        )
        proved[at], steady[at] = proved[at] | own[0], steady[at] | own[1]

    def bound(at: Ints, refine: bool) -> None:
        p.spend(len(at) * p.cell_cost)
        shown = np.ones((2, len(at)), dtype=bool)
        for part in row_parts(p):
            nodes, margin, rows, least = constant_margin(p, parts[at], wanted[at], refine, part)
            shown[0] &= (margin.n >= least).all(axis=1)
            if float32:
                shown[1] &= _steady(p, nodes, margin, rows)
        proved[at] |= shown[0]
        if float32:
            steady[at] |= proved[at] & shown[1]

    if group > 1:
        beside = max(1, min(BESIDE, CACHED // (2 * widest * (widest + GROUP))))
        jobs = _jobs(len(parts), groups, group, beside)
        for precision in precisions(p):
            list(apply(partial(bound_quickly, precision=precision), jobs))
            left = np.flatnonzero(~steady if float32 else ~proved)
            jobs = [(1, piece) for piece in _pieces(left, beside * group)]
    for refine in (False, True) if widest >= WIDE else (True,):
        todo = np.flatnonzero(~steady if float32 else ~proved)
        list(apply(partial(bound, refine=refine), _pieces(todo, batch)))
    return proved, steady


def group_of(p: Prepared) -> int:
    """How many cells may share slopes; 1 where nothing is bounded in float64."""
    if not matrices(p) or len(row_parts(p)) > 1 or 2 * max(p.teacher.widths) * p.values > NUMBERS:
        return 1
    return GROUP


def takes_planes(p: Prepared) -> bool:
    """Whether cells can be bounded by planes above the first ReLUs."""
    return group_of(p) > 1 and suits(folded(p))


def _pieces(at: Ints, most: int) -> list[Ints]:
    """``at`` in pieces of at most ``most``."""
    return [at[i : i + most] for i in range(0, len(at), most)]


def _jobs(
    count: int, groups: Sequence[int] | None, most: int, beside: int
) -> list[tuple[int, Ints]]:
    """Cells to bound at a time, each time with how many of them are together.

    Groups have at most ``most`` cells, and are filled up with their last to a power of two.
    """
    at = np.arange(count)
    if groups is None:
        return [(1, piece) for piece in _pieces(at, beside * most)]
    sets: dict[int, list[Ints]] = {}
    for run in np.split(at, 1 + np.flatnonzero(np.diff(groups))):
        for piece in _pieces(run, most):
            size = 1 << (len(piece) - 1).bit_length()
            sets.setdefault(size, []).append(piece[np.minimum(np.arange(size), len(piece) - 1)])
    jobs = []
    for size, held in sets.items():
        each = max(1, beside * most // size)
        jobs += [(size, np.concatenate(held[i : i + each])) for i in range(0, len(held), each)]
    return jobs


def _steady(p: Prepared, nodes: list[Bounds], margin: Fixed, rows: Whole) -> Shown:
    """``is_shown``, first with one bound for all cells together, then where that is not enough."""
    steady = is_shown(logit_error(p, [hull(b) for b in nodes]), margin, rows)
    at = np.flatnonzero(~steady)
    if at.size:
        own = [Bounds(b.lo[at], b.hi[at], b.e[at]) for b in nodes]
        steady[at] = is_shown(logit_error(p, own), Fixed(margin.n[at], margin.e[at]), rows[at])
    return steady
