"""Closer bounds of a form of the logits, by planes above the first ReLUs, in floats. Trusted.

A layer that reads the input adds up what each variable adds. So a plane may lie above a ReLU of it
that takes any part, from 0 to 1, of what each variable adds; its constant is what is missing to 0
and to the layer itself, of which one is there. docs/soundness.md argues this, and what rounding may
do. Which parts are taken, which lines are below ReLUs and how forms are blended are choices: of
Tjandraatmadja et al., "The convex relaxation barrier, revisited", 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats, first_layers
from verifier.kernel.prepared import Prepared, once
from verifier.kernel.quick import Cells, ReluLines, Rows
from verifier.model.network import Add, Relu, sources

CHARGED = 8
"""A plane's rounding is charged so many times, and a blend's is at most what its forms' is."""
TILT = 4
"""How little points are moved from the middle."""
AT_LEAST = (4, 6)
"""The passes whose lines below ReLUs are those that are right where a form is least."""
BISECTIONS = (6, 6, 6, 12, 6, 12, 12, 12)
"""How finely the best blend of a pass is looked for: first as coarsely as a search does, which also
moves on where no blend is better."""


@dataclass(frozen=True, eq=False)
class Form:
    """Forms of the input, one for each cell, nowhere above what is bounded.

    ``a`` (cells, columns) and ``total`` (cells); ``weight`` (cells) is at least what all was added
    up from.
    """

    a: Floats
    total: Floats
    weight: Floats

    def part(self, at: Ints) -> Form:
        """Of some cells."""
        return Form(self.a[at], self.total[at], self.weight[at])

    def blended(self, other: Form, share: Floats) -> Form:
        """A share of the way, from 0 to 1, to other forms of the same."""
        a = self.a + share[:, None] * (other.a - self.a)
        total = self.total + share * (other.total - self.total)
        return Form(a, total, np.maximum(self.weight, other.weight))


@dataclass(frozen=True, eq=False)
class Point:
    """What is chosen for one more form of each cell: a point where the one before is least.

    ``side`` (cells, columns) is 1 or -1 where single columns are at their upper or lower ends;
    ``values`` (cells, G), for every choice, which values are taken. ``order`` (cells, variables)
    are the variables, single columns and then the choices', by what they can move the form that
    is least there, most first; ``nodes`` what the nodes are nearer to the cells' middle, about.
    """

    side: Floats
    values: Sequence[Ints]
    order: Ints
    nodes: Sequence[Floats]


def improve(cells: Cells, rows: Floats, wanted: Floats) -> Floats:
    """Lower bounds (cells) of forms of the logits, one each, ``rows`` (cells, outputs).

    Bounds that exceed what is ``wanted`` are not looked at again.
    """
    last, least = len(cells.p.teacher.layers), np.full(len(cells), -np.inf)
    if not suits(cells.p):
        return least
    at, form = np.arange(len(cells)), form_of(cells, rows)
    for turn, bisections in enumerate(BISECTIONS):
        cells.p.poll()
        cells.p.spend(len(at) * cells.p.row_cost(last))
        chosen = _point(cells, form, between=turn not in AT_LEAST)
        hopeful = (chosen.nodes[last] * rows).sum(axis=1) > 0
        form = _best(cells, form, form_of(cells, rows, chosen), bisections)
        found = lowest(cells, form)
        least[at] = np.where(found > least[at], found, least[at])
        left = np.flatnonzero(~(least[at] > wanted[at]) & hopeful)
        if not left.size:
            break
        at, rows, form, cells = at[left], rows[left], form.part(left), cells.part(left)
    return least


@once
def suits(p: Prepared) -> bool:
    """Whether there are planes: the first ReLU reads what reads the input."""
    first = next((layer for layer in p.teacher.layers if isinstance(layer, Relu)), None)
    return first is not None and first.source in first_layers(p)


def lowest(cells: Cells, form: Form) -> Floats:
    """The least values (cells) of forms, rounding charged."""
    off = 2 * form.weight * cells.error
    if cells.inexact:
        off += np.abs(form.a).sum(axis=1) * (cells.inexact * (1 + cells.error))
    least = _least(cells, form) - (off + cells.precision.tiny)
    return np.where(off < cells.precision.limit, least, -np.inf)


def _least(cells: Cells, form: Form) -> Floats:
    a = form.a[:, None]
    return np.asarray(form.total + cells.least(a, np.abs(a))[:, 0, 0])


def form_of(cells: Cells, rows: Floats, chosen: Point | None = None) -> Form:
    """Forms of the logits as forms of the input: with planes where points are ``chosen``."""
    node = len(cells.p.teacher.layers)
    zero = np.zeros((len(cells), 1), dtype=rows.dtype)
    lines, planes = partial(cells.relu, sets=len(cells)), None
    if chosen is not None:
        lines, planes = partial(lines_at, cells, chosen), partial(planes_above, cells, chosen)
    form = cells.carry(node, Rows(rows[:, None], zero[..., None], zero), {}, lines, planes)
    a = form.a[:, 0]
    return Form(a, form.total[:, 0, 0], form.mass[:, 0] + np.abs(a) @ cells.most[0])


def _best(cells: Cells, one: Form, other: Form, bisections: int) -> Form:
    """The best blend of two forms, about: by bisection, as its least value rises and then falls."""
    share, step = np.zeros_like(one.total), one.total.dtype.type(1)
    for _ in range(bisections):
        step = step / 2
        tried = one.blended(other, share + step)
        ends = _ends(cells, tried.a)
        rises = _value(cells, other, *ends) > _value(cells, one, *ends)
        share = np.where(rises, share + step, share)
    return one.blended(other, share + step / 2)


def _ends(cells: Cells, a: Floats) -> tuple[Floats, list[Ints]]:
    """Where forms are least: as ``side`` and ``values`` of points."""
    values = [
        (choice.tables(a) + choice.closed[choice.own]).argmin(axis=2) for choice in cells.choices
    ]
    return np.where(a > 0, -1, 1).astype(a.dtype), values


def _value(cells: Cells, form: Form, side: Floats, values: Sequence[Ints]) -> Floats:
    """What forms are at points, about."""
    moved = side * cells.radius
    found = form.total + np.einsum(
        "cn,cn->c", form.a, moved if cells.middle else cells.centre + moved
    )
    for choice, own in zip(cells.choices, values, strict=True):
        found = found + np.take_along_axis(choice.tables(form.a), own[..., None], 2).sum(
            axis=(1, 2)
        )
    return np.asarray(found)


def lines_at(cells: Cells, chosen: Point, source: int) -> ReluLines:
    """As ``Cells.relu``, with lines below that are right near the cells' middle."""
    _, above, over, under = cells.relu(source, len(cells))
    low, here = cells.low[source], chosen.nodes[source]
    below = ((low >= 0) | ((cells.high[source] > 0) & (here > 0))).astype(here.dtype)
    return below[:, None], above, over, under


def _point(cells: Cells, form: Form, *, between: bool) -> Point:
    """Where forms are least, and lines that are right there or ``between`` and the middle."""
    side, values = _ends(cells, form.a)
    spread, free = [np.abs(form.a) * cells.radius * 2], [cells.radius > 0]
    for choice in cells.choices:
        every, shut = choice.tables(form.a), choice.closed[choice.own]
        spread.append((every - shut).max(axis=2) - (every + shut).min(axis=2))
        free.append((shut == 0).sum(axis=2) > 1)
    moves = np.where(np.concatenate(free, axis=1), np.concatenate(spread, axis=1), -1)
    most = int((moves >= 0).sum(axis=1).max(initial=0))
    order = np.argsort(-moves, axis=1)[:, :most]
    return Point(
        side, values, order, _nodes(cells, _inputs(cells, form, side, values, between=between))
    )


def _inputs(
    cells: Cells, form: Form, side: Floats, values: Sequence[Ints], *, between: bool
) -> tuple[Floats, Floats]:
    """How far points are from the centres of single columns, and the whole input.

    ``between`` they are moved a little from the middle to where forms are less.
    """
    moved = side * cells.radius
    if between:
        slope = form.a * cells.radius
        most = np.maximum(np.abs(slope).max(axis=1, initial=0), cells.precision.tiny)
        moved = slope / (-TILT * most[:, None]) * cells.radius
    inputs = np.zeros((len(cells), 0)) if cells.middle else cells.centre + moved
    for choice, own in zip(cells.choices, values, strict=True):
        inputs[:, choice.group.columns] = choice.middle() if between else choice.at(own)
    return moved, inputs


def _nodes(cells: Cells, point: tuple[Floats, Floats]) -> list[Floats]:
    """The nodes at points, without any care for rounding."""
    p, (moved, inputs) = cells.p, point
    nodes = [inputs]
    for node, layer in enumerate(p.teacher.layers, 1):
        held, x = cells.layers[node - 1], nodes[sources(layer)[0]]
        if isinstance(layer, Relu):
            nodes.append(np.maximum(x, 0))
        elif isinstance(layer, Add):
            nodes.append(x + nodes[layer.right])
        elif node in cells.middle:
            assert held is not None
            nodes.append(cells.middle[node] + moved @ held.weight.T)
        else:
            assert held is not None
            nodes.append(x @ held.weight.T + held.bias)
    return nodes


def planes_above(cells: Cells, chosen: Point, source: int, a: Floats) -> Rows:
    """The planes above open ReLUs of a layer that reads the input, times ``a`` (cells, 1, width).

    ``a`` is negative where there are planes, else 0.
    """
    held, middle = cells.layers[source - 1], cells.middle.get(source)
    assert held is not None
    at = np.flatnonzero((a < 0).any(axis=(0, 1)))
    own, low = a[:, 0, at], cells.low[source][:, at]
    weight, size = held.weight[at], held.size[at]
    moves = Moves(
        2 * chosen.side * cells.radius,
        weight.T.copy(),
        [c.moves(weight, v) for c, v in zip(cells.choices, chosen.values, strict=True)],
    )
    taken = _take(moves, chosen.order, low, own)
    # planes' values without a constant, at least, and what they lack to the rows, at most
    below = -(taken.inside / 2)
    lacked = (cells.centred(source) if middle is None else middle)[:, at]
    lacked = lacked + cells.radius @ size.T - taken.inside / 2
    apart = moves.reach != 0
    form = np.where(apart, taken.single / np.where(apart, moves.reach, 1), 0)
    parts = np.split(taken.parts, np.cumsum([len(c.group.columns) for c in cells.choices]), axis=1)
    for choice, part, (_, least, most) in zip(cells.choices, parts, moves.chosen, strict=False):
        below = below + (part * least).sum(axis=1)
        lacked = lacked + ((1 - part) * most).sum(axis=1)
        columns = choice.group.columns
        form[:, columns] = np.einsum("cw,cgw,wgk->cgk", own, part, weight[:, columns])
    total = (own * np.maximum(-below, lacked)).sum(axis=1)
    if cells.inexact:  # what variables add is not known to more than that
        total += own @ size.sum(axis=1) * (4 * cells.inexact)
    if not cells.middle:  # then forms are of the input, not of what it is from the centre on
        total -= (form * cells.centre).sum(axis=1)
    mass = CHARGED * (np.abs(a[:, 0]) @ cells.scale[source])
    return Rows(form[:, None], total[:, None, None], mass[:, None])


@dataclass(frozen=True, eq=False)
class Moves:
    """What variables add to rows of a layer that reads the input, about points of cells.

    ``reach`` (cells, columns) is how far single columns go from the point's end to the other, less
    than 0 where they go up, and ``turned`` (columns, rows) the weight; ``chosen`` are, for every
    choice, what is added at the point, at least and at most, each (cells, G, rows).
    """

    reach: Floats
    turned: Floats
    chosen: Sequence[tuple[Floats, Floats, Floats]]

    def steps(self, order: Ints) -> list[Floats]:
        """For each place in the order the widths (cells, rows) of what the variable can add.

        They are less than 0 where the point has little of it.
        """
        each, single = np.arange(len(order)), len(self.turned)
        signed = [
            np.where(2 * here >= least + most, most - least, least - most)
            for here, least, most in self.chosen
        ]
        every, found = np.concatenate(signed, axis=1) if signed else None, []
        for place in order.T:
            at = np.minimum(place, single - 1) if every is not None else place
            step = self.turned[at] * self.reach[each, at][:, None]
            if every is not None:
                other = every[each, np.maximum(place - single, 0)]
                step = np.where((place < single)[:, None], step, other)
            found.append(step)
        return found


@dataclass(frozen=True, eq=False)
class Taken:
    """What planes take of what variables add, for rows times some factors.

    ``single`` (cells, columns) is the planes' move along each ``reach``, factors included;
    ``inside`` (cells, rows) how wide the parts are that they take of single columns; ``parts``
    (cells, variables, rows) those of other variables, from 0 to 1.
    """

    single: Floats
    inside: Floats
    parts: Floats


def _take(moves: Moves, order: Ints, low: Floats, a: Floats) -> Taken:
    """Take parts for rows with the least values ``low``, times ``a``, both (cells, rows).

    Of variables in their order, those that add much at the point come first, and then the others
    in the reverse order; each is left out as far as the row is not positive with those so far.
    """
    (cells, columns), each = moves.reach.shape, np.arange(len(order))
    single, inside = np.zeros((cells, columns + 1), dtype=low.dtype), np.zeros_like(low)
    others = sum(least.shape[1] for _, least, _ in moves.chosen)
    parts = np.zeros((cells, others + 1, low.shape[1] if others else 0), dtype=low.dtype)
    steps, running, before = moves.steps(order), low.copy(), np.maximum(low, 0)
    for turn in (1, -1):
        for k in range(len(steps))[::turn]:
            own, place = np.maximum(turn * steps[k], 0), order[:, k]
            running += own
            now = np.maximum(running, 0)
            gain = now - before
            before = now
            moved = np.einsum("cw,cw->c", a, gain)
            single[each, np.minimum(place, columns)] += turn * moved
            if others:
                alone = (place < columns)[:, None]
                share = np.minimum(gain / np.maximum(own, np.ldexp(low.dtype.type(1), -100)), 1)
                parts[each, np.maximum(place - columns, -1)] += np.where(alone, 0, share)
                gain = np.where(alone, gain, 0)
            inside += gain
    return Taken(single[:, :columns], inside, parts[:, :others])
