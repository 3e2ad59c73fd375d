"""Closer bounds of a form of the logits, by planes above the first ReLUs, in floats. Trusted.

A layer that reads the input adds up what each variable adds. So a plane may lie above a ReLU of it
that takes any part, from 0 to 1, of what each variable adds; its constant is what is missing to 0
and to the layer itself, of which one is there. docs/soundness.md argues this, and what rounding may
do. Which parts are taken, which lines are below ReLUs and how forms are blended are choices: of
Tjandraatmadja et al., "The convex relaxation barrier, revisited", 2020.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
import numpy.typing as npt

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
    a, off = form.a[:, None], 2 * form.weight * cells.error
    size = np.abs(a)
    if cells.inexact:
        off += size[:, 0].sum(axis=1) * (cells.inexact * (1 + cells.error))
    least = form.total + cells.least(a, size)[:, 0, 0] - (off + cells.precision.tiny)
    return np.where(off < cells.precision.limit, least, -np.inf)


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
    more, rise = other.a - one.a, other.total - one.total
    begun, way = 2 * one.a * cells.radius, 2 * more * cells.radius
    rise = rise - way.sum(axis=1) / 2
    if not cells.middle:
        rise += np.einsum("cn,cn->c", more, cells.centre)
    tables = [(c.tables(one.a) + c.closed[c.own], c.tables(more)) for c in cells.choices]
    for _ in range(bisections):
        step = step / 2
        tried = share + step
        here = way * tried[:, None]
        here += begun
        slope = rise + np.einsum("cn,cn->c", way, (here < 0).astype(way.dtype))
        for table, to in tables:
            least = (table + tried[:, None, None] * to).argmin(axis=2)[..., None]
            slope += np.take_along_axis(to, least, 2).sum(axis=(1, 2))
        share = np.where(slope > 0, tried, share)
    return one.blended(other, share + step / 2)


def lines_at(cells: Cells, chosen: Point, source: int) -> ReluLines:
    """As ``Cells.relu``, with lines below that are right near the cells' middle."""
    _, above, over, under = cells.relu(source, len(cells))
    low, here = cells.low[source], chosen.nodes[source]
    below = ((low >= 0) | ((cells.high[source] > 0) & (here > 0))).astype(here.dtype)
    return below[:, None], above, over, under


def _point(cells: Cells, form: Form, *, between: bool) -> Point:
    """Where forms are least, and lines that are right there or ``between`` and the middle."""
    side = np.where(form.a > 0, -1, 1).astype(form.a.dtype)
    values = [(c.tables(form.a) + c.closed[c.own]).argmin(axis=2) for c in cells.choices]
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
    own, weight, size = a[:, 0, at], held.weight[at], held.size[at]
    moved = chosen.side * cells.radius
    reach, point = cells.radius @ size.T, moved @ weight.T
    ends = [c.moves(weight, v) for c, v in zip(cells.choices, chosen.values, strict=True)]
    moves = Moves(2 * moved, weight.T.copy(), ends)
    taken = _take(moves, chosen.order, cells.low[source][:, at], cells.high[source][:, at], own)
    # what is taken of single columns: a part of those that make rows rise, of others all or none
    every = np.where(taken.rising, own, 0)
    against = (every @ weight - chosen.side * (every @ size)) / 2
    apart = moves.reach != 0
    form = np.where(apart, against + taken.single / np.where(apart, moves.reach, 1), 0)
    inside = (taken.inside + np.where(taken.rising, reach - point, 0)) / 2
    # planes' values without a constant, at least, and what they lack to the rows, at most
    lacked = (cells.centred(source) if middle is None else middle)[:, at] + reach - inside
    parts = np.split(taken.parts, np.cumsum([len(c.group.columns) for c in cells.choices]), axis=1)
    for choice, part, (_, least, most) in zip(cells.choices, parts, ends, strict=False):
        inside = inside - (part * least).sum(axis=1)
        lacked = lacked + ((1 - part) * most).sum(axis=1)
        columns = choice.group.columns
        form[:, columns] = np.einsum("cw,cgw,wgk->cgk", own, part, weight[:, columns])
    total = (own * np.maximum(inside, lacked)).sum(axis=1)
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

    @cached_property
    def signed(self) -> Floats | None:
        """How much others than single columns can add, less than 0 where the point has little."""
        widths = [
            np.where(2 * here >= least + most, most - least, least - most)
            for here, least, most in self.chosen
        ]
        return np.concatenate(widths, axis=1) if widths else None

    def steps(self, order: Ints) -> Iterator[Floats]:
        """For each place in the order how much (cells, rows) its variable adds, so signed too."""
        single = len(self.turned)
        at = np.minimum(order, single - 1)
        reach = np.take_along_axis(self.reach, at, 1)
        for k, place in enumerate(at.T):
            step = self.turned[place]
            step *= reach[:, k, None]
            if self.signed is not None:
                other = self.signed[np.arange(len(at)), np.maximum(order[:, k] - single, 0)]
                step = np.where((order[:, k] < single)[:, None], step, other)
            yield step


@dataclass(frozen=True, eq=False)
class Taken:
    """What planes take of what variables add, for rows times some factors.

    Of rows that are ``rising`` (cells, rows) all is taken of what adds little at the point, of
    others nothing of what adds much there; ``single`` (cells, columns) is the planes' move along
    each ``reach``, factors included, by what is between; ``inside`` (cells, rows) how wide these
    parts of single columns are; ``parts`` (cells, variables, rows) all of others, from 0 to 1.
    """

    rising: npt.NDArray[np.bool_]
    single: Floats
    inside: Floats
    parts: Floats


def _take(moves: Moves, order: Ints, low: Floats, high: Floats, a: Floats) -> Taken:
    """Take parts for rows between the values ``low`` and ``high``, times ``a``, (cells, rows).

    Of variables in their order, those that add much at the point come first, and then the others
    in the reverse order; each is left out as far as the row is not positive with those so far. That
    ends at one of those that add much, or else, from the greatest value on, at one of the others.
    """
    (cells, columns), kind = moves.reach.shape, low.dtype
    agreeing = np.maximum(moves.reach, 0) @ np.maximum(moves.turned, 0)
    agreeing += np.minimum(moves.reach, 0) @ np.minimum(moves.turned, 0)
    if moves.signed is not None:
        agreeing += np.maximum(moves.signed, 0).sum(axis=1)
    rising = low + agreeing > 0
    running, none = np.where(rising, low, high), np.zeros((), dtype=kind)
    floor = np.where(rising, none, -np.inf).astype(kind)
    ceiling = np.where(rising, np.inf, none).astype(kind)
    others = 0 if moves.signed is None else moves.signed.shape[1]
    parts = np.zeros((cells, others + 1, low.shape[1] if others else 0), dtype=kind)
    each, moved = np.arange(cells), np.zeros(order.shape, dtype=kind)
    before, inside = np.maximum(running, none), np.zeros_like(low)
    for k, step in enumerate(moves.steps(order)):
        np.maximum(step, floor, out=step)
        np.minimum(step, ceiling, out=step)
        running += step
        now = np.maximum(running, none)
        gain = now - before
        before = now
        if others:
            alone = (order[:, k] < columns)[:, None]
            share = np.abs(gain) / np.maximum(np.abs(step), np.ldexp(kind.type(1), -100))
            parts[each, np.maximum(order[:, k] - columns, -1)] = np.where(
                alone, 0, np.minimum(share, 1)
            )
            gain = np.where(alone, gain, 0)
        inside += gain
        moved[:, k] = np.einsum("cw,cw->c", a, gain)
    single = np.zeros((cells, columns + 1), dtype=kind)
    np.put_along_axis(single, np.minimum(order, columns), moved, 1)
    parts = parts[:, :others]
    if moves.signed is not None:
        parts = np.where(rising[:, None] & (moves.signed < 0), 1, parts)
    return Taken(rising, single[:, :columns], np.abs(inside), parts)
