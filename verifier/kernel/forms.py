"""The kernel's linear lower bounds: rules 2 and 3 of docs/soundness.md. Trusted.

A form is a row of integer coefficients of one node of the teacher. It is carried backwards, layer
by layer, to the input; whatever is lost on the way is subtracted from a constant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Ints,
    Quantised,
    Whole,
    bits,
    common_exponent,
    cut_up,
    floor_to,
    lower_sum,
    product,
    require,
    times_up,
)
from verifier.kernel.prepared import Encodings, Parts, Prepared, allowed_values
from verifier.kernel.smooth import lines as lines_of
from verifier.kernel.steps import SLOPE_BITS, Lines
from verifier.model.network import Add, Affine, Relu, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

MANY = 256
"""Values of a variable from which on they are not gone through one by one."""
Slopes = tuple[Whole, Whole, Whole]
"""Of a ReLU layer: slopes below and above, in [0, 1] (above in units of 2**-12), and intercepts."""
ROOM = EXACT_BITS - 23
"""Bits that a row's coefficients may have together, so that 22-bit weights can follow."""


@dataclass(frozen=True, slots=True)
class Form:
    """Rows of coefficients ``n * 2**-e`` of a node: shapes (cells, rows, width) and (cells,).

    ``norm`` (cells, rows) is at least the sum of |n| over a row, at most 2**100, and 0 for rows of
    zeros.
    """

    n: Whole
    e: Ints
    norm: Whole


def form(n: Whole, e: Ints) -> Form:
    """Coefficients with their norm; beyond 2**52 the sum may round, by less than 2**-30 of it."""
    norm = np.abs(n).sum(axis=2)
    return Form(n, e, np.where(norm < 2.0**52, norm, norm * (1 + 2.0**-30)))


def backward(p: Prepared, parts: Parts, nodes: Sequence[Bounds], node: int, rows: Whole) -> Fixed:
    """Lower bounds, over each cell, of the linear forms ``rows @ node``; shape (cells, rows)."""
    return least(p, parts, nodes[0], *linear_form(p, nodes, node, rows))


def linear_form(
    p: Prepared,
    nodes: Sequence[Bounds],
    node: int,
    rows: Whole,
    slopes: Mapping[int, Slopes] | None = None,
) -> tuple[Form, Fixed]:
    """Coefficients of the input and a constant that bound ``rows @ node`` from below.

    ``slopes`` are those of the ReLU layers by their nodes, where they are not ``relu_slopes``: then
    lines around staircases are parallel, too.
    """
    start = form(rows, np.zeros(len(rows), dtype=np.int64))
    return _carry(p, nodes, node, start, [Fixed(np.zeros(rows.shape[:2]), start.e)], slopes)


def neuron_bounds(
    p: Prepared, parts: Parts, nodes: Sequence[Bounds], picked: Ints, wanted: npt.NDArray[np.bool_]
) -> Fixed:
    """Lower bounds of the picked components of the last node, then of their negatives.

    ``picked`` (cells, k) are the components, of which only the ``wanted`` are bounded; the result
    has shape (cells, 2 k), with 0 for the others.
    """
    node, count = len(nodes) - 1, picked.shape[1]
    layer, weight, bias = p.teacher.layers[node - 1], p.weights[node - 1], p.biases[node - 1]
    signs = np.concatenate([wanted, -wanted.astype(np.float64)], axis=1)
    twice = np.concatenate([picked, picked], axis=1)
    zero = np.zeros(len(picked), dtype=np.int64)
    if not isinstance(layer, Affine):
        rows = np.zeros((len(picked), 2 * count, nodes[-1].lo.shape[1]))
        np.put_along_axis(rows, twice[..., None], signs[..., None], axis=2)
        return backward(p, parts, nodes, node, rows)
    assert weight is not None and bias is not None
    x = nodes[layer.source]
    norm = weight.size.sum(axis=1)[twice] * np.abs(signs)
    start = Form(weight.n[twice] * signs[..., None], zero + weight.e, norm)
    shift = 2 * bias.n[:, 0][twice] * signs - bias.inexact * np.abs(signs)
    terms = [Fixed(shift, zero + (bias.e + 1))]
    if weight.inexact:
        terms.append(_inexact(Fixed(np.abs(signs), zero), x, weight))
    return least(p, parts, nodes[0], *_carry(p, nodes, layer.source, start, terms, None))


def _carry(
    p: Prepared,
    nodes: Sequence[Bounds],
    node: int,
    start: Form,
    terms: list[Fixed],
    slopes: Mapping[int, Slopes] | None,
) -> tuple[Form, Fixed]:
    """Carry a form of ``node`` and constants (their sum is a lower bound) to the input."""
    pending: dict[int, list[Form]] = {node: [start]}
    for j in range(node, 0, -1):
        if j not in pending:
            continue
        p.poll()
        layer = p.teacher.layers[j - 1]
        a = _sum(pending.pop(j), nodes[j], terms)
        if isinstance(layer, Add):
            pending.setdefault(layer.left, []).append(a)
            pending.setdefault(layer.right, []).append(a)
        elif isinstance(layer, Relu):
            x = nodes[layer.source]
            own = slopes[j] if slopes and j in slopes else relu_slopes(x)
            pending.setdefault(layer.source, []).append(_through_relu(a, x, own, terms))
        elif isinstance(layer, Sign):
            ends = nodes[j]  # -1, 0 or 1
            least = np.minimum(a.n * ends.lo[:, None], a.n * ends.hi[:, None]).sum(axis=2)
            terms.append(Fixed(least, a.e + ends.e))
        elif isinstance(layer, Steps | Smooth):
            own_lines = lines_of(layer, nodes[layer.source], parallel=slopes is not None)
            passed = _through_lines(a, nodes[j], own_lines, terms)
            pending.setdefault(layer.source, []).append(passed)
        else:
            x = nodes[layer.source]
            pending.setdefault(layer.source, []).append(_through_affine(p, j - 1, a, x, terms))
    if 0 in pending:
        return _sum(pending[0], nodes[0], terms), lower_sum(terms, most_terms(p))
    shape = (*start.norm.shape, nodes[0].lo.shape[1])
    return form(np.zeros(shape), start.e), lower_sum(terms, most_terms(p))


def most_terms(p: Prepared) -> int:
    """At least the number of constants of a form: 8 for a node or where one is read, and the input.

    (A layer reads at most two nodes.)
    """
    groups = len(p.groups) + (p.ordinals is not None)
    return 24 * (len(p.teacher.layers) + 1) + 2 * groups


def _sum(parts: list[Form], node: Bounds, terms: list[Fixed]) -> Form:
    """The sum of forms of one node, cut to rows of ROOM bits or little more."""
    cut = [_cut(a, ROOM, node, terms) for a in parts]
    if len(cut) == 1:
        return cut[0]
    e = common_exponent([Fixed(a.norm, a.e) for a in cut], ROOM)
    same = [_lower(a, np.maximum(0, a.e - e), node, terms) for a in cut]
    n = reduce(add, [floor_to(Fixed(a.n, a.e), e) for a in same])
    norm = reduce(add, [floor_to(Fixed(a.norm, a.e), e) for a in same])
    return _cut(Form(n, e, norm), ROOM, node, terms)


def _cut(a: Form, room: int | Ints, node: Bounds, terms: list[Fixed]) -> Form:
    """The form with rows of ``room`` bits or little more; the loss is charged to terms."""
    most = a.norm.max(axis=1, initial=0.0)
    require((most <= 2.0**100).all())
    return _lower(a, np.maximum(0, np.frexp(most)[1].astype(np.int64) - room), node, terms)


def _lower(a: Form, k: Ints, node: Bounds, terms: list[Fixed]) -> Form:
    """The form at exponents lower by k >= 0. A coefficient falls by less than one unit, hence the
    form by less than |node| units."""
    if not k.any():
        return a
    cut = (k > 0)[:, None] & (a.norm > 0)
    terms.append(_lost(cut, a.e - k, node.magnitude, node.e))
    scale = np.ldexp(1.0, -np.minimum(k, 200))  # beyond, floors are 0 or -1
    n = a.n * scale[:, None, None]
    norm = np.ceil(a.norm * scale[:, None]) + np.where(cut, n.shape[2], 0)
    return Form(np.floor(n, out=n), a.e - k, norm)


def _lost(rows: npt.NDArray[np.bool_], e: Ints, node: Whole, node_e: Ints) -> Fixed:
    """Minus one unit 2**-e of every coefficient of ``node`` (magnitudes), for some rows."""
    return Fixed(np.where(rows, -node.sum(axis=1)[:, None], 0.0), e + node_e)


def relu_slopes(x: Bounds) -> Slopes:
    """Slopes below (0 or 1) and above (in units of 2**-12) of relu(x), and the intercept above.

    The intercept ``mu = max(-lam lo, (1 - lam) hi)`` has exponent ``x.e + SLOPE_BITS``.
    """
    one = 2.0**SLOPE_BITS
    on, off = x.lo >= 0, x.hi <= 0
    width = np.maximum(x.hi - x.lo, 1)
    require(((width <= 2.0**40) & (x.hi <= 2.0**40)).all())
    lam = np.where(on, one, np.where(off, 0, np.clip(np.floor(x.hi * one / width), 0, one)))
    alpha = np.where(on | (~off & (x.hi > -x.lo)), 1.0, 0.0)
    mu = np.where(on | off, 0, np.maximum(-lam * x.lo, (one - lam) * x.hi))
    return alpha, lam, mu


def _through_relu(a: Form, x: Bounds, slopes: Slopes, terms: list[Fixed]) -> Form:
    """Replace ``a @ relu(x)`` by a lower bound linear in x.

    For a >= 0: relu(x) >= alpha x for any alpha in [0, 1]. For a < 0: relu(x) <= lam x + mu with
    lam in [0, 1] and mu = max(-lam lo, (1 - lam) hi), as relu(x) - lam x is convex. Products with
    lam are exact where there is room for its bits; else they are cut to the unit of a, which is
    charged for each lam that is not 0 or 1.
    """
    alpha, lam, mu = slopes
    fine = (lam > 0) & (lam < 2.0**SLOPE_BITS)
    require((a.norm <= 2.0 ** (ROOM + 1)).all())
    short = bits(a.norm) <= ROOM - SLOPE_BITS
    negative = np.minimum(a.n, 0)
    if mu.any():  # also where a slope was rounded down to 0
        held = cut_up(Fixed(mu, x.e + SLOPE_BITS), EXACT_BITS - ROOM - 1)
        require(bits(held.n).max() + ROOM + 1 <= EXACT_BITS)
        terms.append(Fixed((negative @ held.n[:, :, None])[..., 0], a.e + held.e))
    if fine.any():
        cut = (a.norm > 0) & ~short[:, None]
        terms.append(_lost(cut, a.e, np.where(fine, x.magnitude, 0), x.e))
    up = np.where(short, 2.0**SLOPE_BITS, 1.0)[:, None]
    flat = alpha * up
    steep = lam * 2.0**-SLOPE_BITS * up
    negative *= (steep - flat)[:, None]
    out = a.n * flat[:, None]
    out += negative
    norm = a.norm * up + np.where(a.norm > 0, fine.sum(axis=1)[:, None], 0)
    return Form(np.floor(out, out=out), a.e + SLOPE_BITS * short, norm)


def _through_lines(a: Form, y: Bounds, lines: Lines, terms: list[Fixed]) -> Form:
    """Replace ``a @ y`` by a lower bound linear in what an elementwise layer y reads.

    Where a >= 0 the line below is taken, else the line above. The form is cut first, so that its
    products with slopes are exact.
    """
    room = ROOM - SLOPE_BITS
    a = _cut(a, room, y, terms)
    held = max(room, a.n.shape[2].bit_length()) + 1
    require((a.norm <= 2.0**held).all() and held + SLOPE_BITS <= EXACT_BITS)
    up = np.maximum(a.n, 0)
    down = a.n - up
    for side, intercept in ((up, lines.low), (down, -lines.high)):
        k = np.maximum(0, bits(intercept) + held - EXACT_BITS + 1)
        cut = floor_to(Fixed(intercept, lines.e), lines.e - k)  # below the line below, or above
        terms.append(Fixed((np.abs(side) @ cut[:, :, None])[..., 0], a.e + lines.e - k))
    out = up * lines.below[:, None] + down * lines.above[:, None]
    return form(out, a.e + lines.g)


def _inexact(norm: Fixed, x: Bounds, weight: Quantised) -> Fixed:
    """What weights that are off by inexact / 2 units can take from forms of that norm."""
    size = np.broadcast_to(x.magnitude.sum(axis=1)[:, None], norm.n.shape)
    lost = times_up(norm, Fixed(size, x.e))
    return Fixed(-lost.n, lost.e + (weight.e + 1))


def _through_affine(p: Prepared, index: int, a: Form, x: Bounds, terms: list[Fixed]) -> Form:
    """Replace ``a @ (w x + b)`` by a lower bound linear in x.

    A weight that is off by at most inexact / 2 units moves the form by that times |a|_1 |x|_1.
    """
    weight, bias = p.weights[index], p.biases[index]
    assert weight is not None and bias is not None
    if weight.inexact:
        terms.append(_inexact(Fixed(a.norm, a.e), x, weight))
    terms.append(Fixed(product(a.n, a.norm, bias.n, bias.bits)[..., 0], a.e + bias.e))
    if bias.inexact:
        terms.append(Fixed(-a.norm, a.e + (bias.e + 1)))
    return form(product(a.n, a.norm, weight.n, weight.bits), a.e + weight.e)


def least(p: Prepared, parts: Parts, x: Bounds, a: Form, constant: Fixed) -> Fixed:
    """The least value over each cell of forms of the input plus a constant: rule 3."""
    terms = [constant]
    ends = 1 + bits(x.magnitude)
    longest = np.maximum(ends, max((g.bits for g in p.groups if not g.single), default=0))
    a = _cut(a, EXACT_BITS - 1 - longest, x, terms)
    for g in p.groups:
        own = columns_of(a.n, g.columns)
        if g.single:
            terms.append(
                _least_single(own.reshape(*own.shape[:2], -1), g.columns[:, 0], x, ends, a)
            )
            continue
        tables, slack = value_tables(g, own, a)
        inside = allowed_values(g, parts)
        if tables.n.shape[3] > MANY:
            least = np.where(inside[:, None], tables.n, np.inf).min(axis=3)
            terms += [Fixed(least.sum(axis=2), tables.e), slack]
            continue
        least = np.full(tables.n.shape[:3], np.inf)
        for v in range(tables.n.shape[3]):
            here = np.where(inside[:, None, :, v], tables.n[..., v], np.inf)
            np.minimum(least, here, out=least)
        terms += [Fixed(least.sum(axis=2), tables.e), slack]
    if p.ordinals is not None:
        columns = p.ordinals.columns
        terms.append(_least_single(columns_of(a.n, columns), columns, x, ends, a))
    return lower_sum(terms, most_terms(p))


def _least_single(own: Whole, columns: Ints, x: Bounds, ends: Ints, a: Form) -> Fixed:
    """The least value of a form's terms in variables of one column, from the input's ends.

    Sums of two of these have ``ends`` bits.
    """
    require((a.norm <= np.ldexp(1.0, EXACT_BITS - ends)[:, None]).all())
    lo, hi = (columns_of(end, columns)[..., None] for end in (x.lo, x.hi))
    least = own @ (lo + hi) - np.abs(own) @ (hi - lo)
    return Fixed(least[..., 0], a.e + x.e + 1)


def input_tables(
    p: Prepared, nodes: Sequence[Bounds], node: int, rows: Whole
) -> tuple[Fixed, list[tuple[Fixed, Fixed]], Fixed]:
    """``rows @ node`` is at least the constant plus what the variables' values add.

    For each group that is the pair of ``value_tables``; ordinals add their numbers times the last
    coefficients, (cells, rows, ordinals).
    """
    a, constant = linear_form(p, nodes, node, rows)
    terms = [constant]
    longest = max((g.bits for g in p.groups), default=0)
    a = _cut(a, EXACT_BITS - 1 - longest, nodes[0], terms)
    tables = [value_tables(g, columns_of(a.n, g.columns), a) for g in p.groups]
    numbers = a.n[..., :0] if p.ordinals is None else columns_of(a.n, p.ordinals.columns)
    return lower_sum(terms, most_terms(p)), tables, Fixed(numbers, a.e)


def columns_of(n: Whole, columns: Ints) -> Whole:
    """``n[..., columns]``, without a copy where that is all of them in order."""
    if np.array_equal(columns.ravel(), np.arange(n.shape[-1])):
        return n.reshape(*n.shape[:-1], *columns.shape)
    return n[..., columns]


def value_tables(g: Encodings, own: Whole, a: Form) -> tuple[Fixed, Fixed]:
    """What each value of the group's variables adds to a linear form of the input.

    ``own`` are the group's columns of ``a``, (cells, rows, G, C). Returns the table, shape
    (cells, rows, G, V), and the (negative) slack of quantised encodings.
    """
    require((a.norm <= 2.0 ** (EXACT_BITS - g.bits)).all())
    tables = own if g.identity else np.einsum("brgc,gvc->brgv", own, g.table)
    slack = Fixed(-g.inexact * a.norm, a.e + (g.e + 1))
    return Fixed(tables, a.e + g.e), slack
