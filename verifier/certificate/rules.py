"""The kernel's rules about the teacher on a batch of cells. Trusted; argued in docs/soundness.md.

Everything is an enclosure in fixed-point integers (see ``arithmetic``). A batch of cells is a list
of masks per variable; every array's first axis is the cell.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from verifier.certificate.arithmetic import (
    MACHINE_BITS,
    WEIGHT_BITS,
    Bounds,
    Fixed,
    Ints,
    Quantised,
    affine_bounds,
    at_exponent,
    common_exponent,
    floor_to,
    lower_sum,
    most_bits,
    narrow,
    product,
    quantise,
    quantise_floats,
    require,
    times_up,
    total,
)
from verifier.domain import Cell, Domain
from verifier.teacher import (
    Add,
    Affine,
    Relu,
    Scale,
    Sign,
    Teacher,
    check_columns,
    exact_scale,
    sources,
)

Masks = npt.NDArray[Any]

SLOPE_BITS = 8
FAR = 1 << 61


@dataclass(frozen=True, eq=False)
class Group:
    """Variables with equally many values and columns: their encodings, quantised together.

    ``variables`` (G,), ``columns`` (G, C), ``table`` (G, V, C) with ``|table * 2**-e - x|`` at most
    ``inexact / 2`` units.
    """

    variables: Ints
    columns: Ints
    table: Ints
    e: int
    inexact: int


@dataclass(frozen=True, eq=False)
class Prepared:
    """A teacher and a domain, ready for the rules; ``bits`` is the width kept for node values."""

    teacher: Teacher
    domain: Domain
    weights: tuple[Quantised | None, ...]
    biases: tuple[Quantised | None, ...]
    groups: tuple[Group, ...]
    bits: int
    refined: frozenset[int]


def prepare(teacher: Teacher, domain: Domain) -> Prepared:
    """Quantise the weights and the encodings.

    Raises TeacherError if the domain's columns are not the teacher's.
    """
    check_columns(teacher, domain)
    weights: list[Quantised | None] = []
    biases: list[Quantised | None] = []
    for layer in teacher.layers:
        if isinstance(layer, Affine):
            weights.append(quantise_floats(layer.weight))
            biases.append(quantise_floats(layer.bias[:, None]))
        elif isinstance(layer, Scale):
            factors, shifts, denominator = exact_scale(layer)
            weights.append(quantise(factors, denominator, (len(factors),)))
            biases.append(quantise(shifts, denominator, (len(shifts), 1)))
        else:
            weights.append(None)
            biases.append(None)
    widest = max(*teacher.widths, 2)
    by_shape: dict[tuple[int, int], list[int]] = {}
    for i, v in enumerate(domain.variables):
        by_shape.setdefault((len(v.labels), v.columns), []).append(i)
    groups = tuple(_group(domain, members, shape) for shape, members in by_shape.items())
    refined = {x.source for x in teacher.layers if isinstance(x, Relu | Sign) and x.source}
    if all(v.columns == 1 for v in domain.variables):  # then intervals are exact one layer up
        refined -= {i for i, x in enumerate(teacher.layers, 1) if 0 in sources(x)}
    kept = 51 - WEIGHT_BITS - 1 - widest.bit_length()
    return Prepared(
        teacher, domain, tuple(weights), tuple(biases), groups, kept, frozenset(refined)
    )


def _group(domain: Domain, members: Sequence[int], shape: tuple[int, int]) -> Group:
    numerators = [x for i in members for row in domain.integer_encoding[i] for x in row]
    table = quantise(numerators, domain.denominator, (len(members), *shape))
    columns = [[domain.offsets[i] + j for j in range(shape[1])] for i in members]
    return Group(np.array(members), np.array(columns), table.ints, table.e, table.inexact)


def mask_array(cells: Sequence[Cell]) -> Masks:
    """The cells' masks, shape (cells, variables): int64 where they fit, else Python integers."""
    masks = [c.masks for c in cells]
    wide = max(max(m) for m in masks) >= 1 << MACHINE_BITS
    return np.array(masks, dtype=object if wide else np.int64)


def allowed_values(group: Group, masks: Masks) -> npt.NDArray[np.bool_]:
    """Which values of the group's variables are in each cell, shape (cells, G, V)."""
    shifts = np.arange(group.table.shape[1]).astype(masks.dtype)
    chosen = masks[:, group.variables, None] >> shifts
    inside: npt.NDArray[np.bool_] = (chosen & 1).astype(bool)
    return inside


def input_bounds(p: Prepared, masks: Masks) -> Bounds:
    """Enclosure of the teacher's input over each cell."""
    exponent = common_exponent(
        [Fixed(g.table.reshape(1, -1), np.array([g.e])) for g in p.groups], MACHINE_BITS - 16
    )
    lo = np.empty((len(masks), p.teacher.columns), dtype=np.int64)
    hi = np.empty_like(lo)
    for g in p.groups:
        inside = allowed_values(g, masks)[..., None]
        low = np.where(inside, g.table, FAR).min(axis=2)
        high = np.where(inside, g.table, -FAR).max(axis=2)
        held = Bounds(low - g.inexact, high + g.inexact, np.full(len(masks), g.e))
        cut = at_exponent(held, exponent)
        lo[:, g.columns.ravel()] = cut.lo.reshape(len(masks), -1)
        hi[:, g.columns.ravel()] = cut.hi.reshape(len(masks), -1)
    return narrow(Bounds(lo, hi, np.broadcast_to(exponent, len(masks))), p.bits)


def forward(p: Prepared, index: int, nodes: Sequence[Bounds]) -> Bounds:
    """Enclosure of the output of layer ``index`` from enclosures of the earlier nodes."""
    layer, weight, bias = p.teacher.layers[index], p.weights[index], p.biases[index]
    if isinstance(layer, Add):
        a, b = nodes[layer.left], nodes[layer.right]
        ends = [Fixed(x, y.e) for y in (a, b) for x in (y.lo, y.hi)]
        e = common_exponent(ends, MACHINE_BITS - 4)
        a, b = at_exponent(a, e), at_exponent(b, e)
        return narrow(Bounds(a.lo + b.lo, a.hi + b.hi, e), p.bits)
    x = nodes[layer.source]
    if isinstance(layer, Relu):
        return Bounds(np.maximum(x.lo, 0), np.maximum(x.hi, 0), x.e)
    if isinstance(layer, Sign):
        return Bounds(np.sign(x.lo), np.sign(x.hi), np.zeros_like(x.e))
    assert weight is not None and bias is not None
    return affine_bounds(x, weight, bias, p.bits)


def all_bounds(p: Prepared, masks: Masks, refine: bool) -> list[Bounds]:
    """Enclosures of every node over each cell.

    With ``refine``, the inputs of ReLU and sign layers that interval arithmetic leaves ambiguous
    are bounded again by linear relaxation.
    """
    nodes = [input_bounds(p, masks)]
    for index in range(len(p.teacher.layers)):
        bounds = forward(p, index, nodes)
        if refine and index + 1 in p.refined:
            bounds = _refined(p, masks, [*nodes, bounds])
        nodes.append(bounds)
    return nodes


def _refined(p: Prepared, masks: Masks, nodes: list[Bounds]) -> Bounds:
    """The last node's bounds, improved by backward linear bounds where they straddle zero."""
    x = nodes[-1]
    ambiguous = (x.lo < 0) & (x.hi > 0)
    most = int(ambiguous.sum(axis=1).max())
    if not most:
        return x
    picked = np.argsort(~ambiguous, axis=1, kind="stable")[:, :most]
    wanted = np.take_along_axis(ambiguous, picked, 1)
    rows = np.zeros((len(masks), most, x.lo.shape[1]), dtype=np.int64)
    np.put_along_axis(rows, picked[..., None], wanted[..., None], axis=2)
    bound = backward(p, masks, nodes, len(nodes) - 1, np.concatenate([rows, -rows], axis=1))
    e = common_exponent([bound, Fixed(x.lo, x.e), Fixed(x.hi, x.e)], MACHINE_BITS - 4)
    x, found = at_exponent(x, e), floor_to(bound, e)
    lo, hi = x.lo.copy(), x.hi.copy()
    for ends, better in ((lo, found[:, :most]), (hi, -found[:, most:])):
        old = np.take_along_axis(ends, picked, 1)
        new = np.maximum(old, better) if ends is lo else np.minimum(old, better)
        np.put_along_axis(ends, picked, np.where(wanted, new, old), 1)
    return narrow(Bounds(lo, hi, x.e), p.bits)


def backward(p: Prepared, masks: Masks, nodes: Sequence[Bounds], node: int, rows: Ints) -> Fixed:
    """Lower bounds, over each cell, of the linear forms ``rows @ node``; shape (cells, rows)."""
    coefficients, constant = linear_form(p, nodes, node, rows)
    terms = [constant]
    for g in p.groups:
        tables, slack = value_tables(g, coefficients)
        inside = allowed_values(g, masks)[:, None]
        least = np.where(inside, tables.n, FAR).min(axis=3).sum(axis=2)
        terms += [Fixed(least, tables.e), slack]
    return lower_sum(terms)


def value_tables(g: Group, coefficients: Fixed) -> tuple[Fixed, Fixed]:
    """What each value of the group's variables adds to a linear form of the input.

    Returns the table, shape (cells, rows, G, V), and the (negative) slack of quantised encodings.
    """
    taken = coefficients.n[:, :, g.columns]
    room = MACHINE_BITS - 2 - g.columns.size.bit_length()
    require(most_bits(taken) + most_bits(g.table) <= room)
    tables = np.einsum("brgc,gvc->brgv", taken, g.table)
    slack = -g.inexact * np.abs(taken).sum(axis=(2, 3))
    return Fixed(tables, coefficients.e + g.e), Fixed(slack, coefficients.e + g.e + 1)


def linear_form(p: Prepared, nodes: Sequence[Bounds], node: int, rows: Ints) -> tuple[Fixed, Fixed]:
    """Coefficients of the input and a constant that bound ``rows @ node`` from below."""
    start = np.zeros(len(rows), dtype=np.int64)
    pending: dict[int, list[Fixed]] = {node: [Fixed(rows, start)]}
    terms: list[Fixed] = [Fixed(np.zeros(rows.shape[:2], dtype=np.int64), start)]
    for j in range(node, 0, -1):
        if j not in pending:
            continue
        layer, a = p.teacher.layers[j - 1], _gather(p, pending.pop(j), nodes[j], terms)
        if isinstance(layer, Add):
            pending.setdefault(layer.left, []).append(a)
            pending.setdefault(layer.right, []).append(a)
        elif isinstance(layer, Relu):
            x = nodes[layer.source]
            pending.setdefault(layer.source, []).append(_through_relu(a, x, terms))
        elif isinstance(layer, Sign):
            ends = nodes[j]
            least = np.where(a.n >= 0, a.n * ends.lo[:, None], a.n * ends.hi[:, None]).sum(axis=2)
            terms.append(Fixed(least, a.e + ends.e))
        else:
            x = nodes[layer.source]
            pending.setdefault(layer.source, []).append(_through_affine(p, j - 1, a, x, terms))
    return _gather(p, pending.get(0, []), nodes[0], terms, rows.shape[:2]), lower_sum(terms)


def _gather(
    p: Prepared,
    parts: list[Fixed],
    node: Bounds,
    terms: list[Fixed],
    shape: tuple[int, ...] = (),
) -> Fixed:
    """The sum of coefficient arrays of one node, cut to few bits; the loss is charged to terms.

    Cutting lowers a coefficient by less than one unit, hence a form by less than |node| units.
    """
    if not parts:
        return Fixed(np.zeros((*shape, node.lo.shape[1]), dtype=np.int64), np.zeros_like(node.e))
    room = p.bits - len(parts).bit_length() + 1
    e = common_exponent(parts, room)
    lossy = total([(x.e > e) & (x.n != 0).any(axis=(1, 2)) for x in parts]).astype(np.int64)
    if lossy.any():
        size = np.broadcast_to((lossy * node.magnitude.sum(axis=1))[:, None], parts[0].n.shape[:2])
        terms.append(Fixed(-size, e + node.e))
    return Fixed(total([floor_to(x, e) for x in parts]), e)


def _through_relu(a: Fixed, x: Bounds, terms: list[Fixed]) -> Fixed:
    """Replace ``a @ relu(x)`` by a lower bound linear in x.

    For a >= 0: relu(x) >= alpha x for any alpha in [0, 1]. For a < 0: relu(x) <= lam x + mu with
    lam in [0, 1] and mu = max(-lam lo, (1 - lam) hi), as relu(x) - lam x is convex.
    """
    one = 1 << SLOPE_BITS
    on, off = x.lo >= 0, x.hi <= 0
    width = np.maximum(x.hi - x.lo, 1)
    require(most_bits(width) + SLOPE_BITS <= MACHINE_BITS)
    lam = np.where(on, one, np.where(off, 0, np.clip((x.hi << SLOPE_BITS) // width, 0, one)))
    alpha = np.where(on, one, np.where(off, 0, np.where(x.hi > -x.lo, one, 0)))
    mu = np.where(on | off, 0, np.maximum(-lam * x.lo, (one - lam) * x.hi))
    negative = np.minimum(a.n, 0)
    room = MACHINE_BITS - mu.shape[1].bit_length()
    require(most_bits(negative) + most_bits(mu) <= room)
    terms.append(Fixed((negative @ mu[:, :, None])[..., 0], a.e + x.e + SLOPE_BITS))
    slopes = np.where(a.n >= 0, alpha[:, None], lam[:, None])
    return Fixed(a.n * slopes, a.e + SLOPE_BITS)


def _through_affine(p: Prepared, index: int, a: Fixed, x: Bounds, terms: list[Fixed]) -> Fixed:
    """Replace ``a @ (w x + b)`` by a lower bound linear in x.

    A weight that is off by at most inexact / 2 units moves the form by that times |a|_1 |x|_1.
    """
    weight, bias = p.weights[index], p.biases[index]
    assert weight is not None and bias is not None
    norm = np.abs(a.n).sum(axis=2)
    if weight.inexact:
        size = np.broadcast_to(x.magnitude.sum(axis=1)[:, None], norm.shape)
        lost = times_up(Fixed(norm, a.e), Fixed(size, x.e))
        terms.append(Fixed(-lost.n, lost.e + (weight.e + 1)))
    shift = 2 * product(a.n, bias.n)[..., 0] - bias.inexact * norm
    terms.append(Fixed(shift, a.e + bias.e + 1))
    return Fixed(product(a.n, weight.n), a.e + weight.e)


def class_rows(outputs: int, klass: int) -> tuple[Ints, Ints]:
    """Linear forms of the logits whose signs say that the class is ``klass``.

    Returns the rows, shape (rows, outputs), and the least integer numerator that each must reach:
    1 where it has to be positive (ties go to another class), 0 where zero is enough.
    """
    if outputs == 1:
        return np.array([[2 * klass - 1]]), np.array([klass])
    others = [j for j in range(outputs) if j != klass]
    rows = np.zeros((len(others), outputs), dtype=np.int64)
    rows[:, klass] = 1
    rows[np.arange(len(others)), others] = -1
    return rows, np.array([int(j < klass) for j in others])


def constant_margin(
    p: Prepared, masks: Masks, classes: Ints, refine: bool
) -> tuple[list[Bounds], Fixed, Ints]:
    """Node bounds, lower bounds of the class's linear forms, and what those must reach.

    The teacher has ``classes[i]`` everywhere in cell i if all of row i of the bounds reach theirs.
    """
    nodes = all_bounds(p, masks, refine)
    kinds = [class_rows(p.teacher.outputs, k) for k in range(p.teacher.classes)]
    rows = np.stack([kinds[k][0] for k in classes])
    least = np.stack([kinds[k][1] for k in classes])
    return nodes, backward(p, masks, nodes, len(nodes) - 1, rows), least


def tail_bound(p: Prepared, cell: Cell, klass: int) -> Fraction:
    """A proved upper bound of P[teacher != klass | cell], at most 1.

    Each linear form of the margin is bounded below by c + sum_v t_v(value of v) with independent
    terms, so by Hoeffding (1963) it fails to be positive with probability at most
    exp(-2 mean^2 / sum of squared ranges); the forms' bounds add up.
    """
    masks = mask_array([cell])
    nodes = all_bounds(p, masks, True)
    rows, _ = class_rows(p.teacher.outputs, klass)
    coefficients, constant = linear_form(p, nodes, len(nodes) - 1, rows[None])
    tail = flint.arb(0)
    for row in range(len(rows)):
        mean = Fraction(int(constant.n[0, row])) / _two_to(int(constant.e[0]))
        squares = Fraction(0)
        for g in p.groups:
            tables, slack = value_tables(g, coefficients)
            unit = _two_to(int(tables.e[0]))
            mean += Fraction(int(slack.n[0, row])) / _two_to(int(slack.e[0]))
            inside = allowed_values(g, masks)[0]
            for i, index in enumerate(g.variables.tolist()):
                mass = p.domain.variables[index].weights[0]
                chosen = [v for v in range(len(mass)) if inside[i, v]]
                weight = sum(mass[v] for v in chosen)
                if not weight:
                    return Fraction(1)
                terms = {v: int(tables.n[0, row, i, v]) for v in chosen}
                mean += Fraction(sum(mass[v] * t for v, t in terms.items()), weight) / unit
                squares += ((max(terms.values()) - min(terms.values())) / unit) ** 2
        if mean <= 0 or not squares:
            return Fraction(1)
        exponent = max(-2 * mean * mean / squares, Fraction(-600))
        tail += (flint.arb(exponent.numerator) / exponent.denominator).exp()
    upper = tail.upper().mid().man_exp()
    bound = Fraction(int(upper[0])) * _two_to(int(upper[1]))
    return min(Fraction(1), _round_up(bound))


def _round_up(x: Fraction) -> Fraction:
    """A fraction at least ``x`` with a short denominator."""
    scale = 1 << max(16, 16 + x.denominator.bit_length() - x.numerator.bit_length())
    return Fraction(math.ceil(x * scale), scale)


def _two_to(e: int) -> Fraction:
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)
