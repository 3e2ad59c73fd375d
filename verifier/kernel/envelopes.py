"""Closer bounds of a form of the logits, by planes above the first ReLUs, in floats. Trusted.

A layer that reads the input adds up what each variable adds. So a plane may lie above a ReLU of it
that takes any part, from 0 to 1, of what each variable adds; its constant is what is missing to 0
and to the layer itself, of which one is there. docs/soundness.md argues this, and what rounding may
do. Which parts are taken, which lines are below ReLUs and how forms are blended are choices: of
Tjandraatmadja et al., "The convex relaxation barrier, revisited", 2020.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats, Pair, first_layers, summed
from verifier.kernel.prepared import Prepared, once
from verifier.kernel.quick import Cells, ReluLines, Rows, intercept, slopes
from verifier.model.network import Add, Relu, sources

CHARGED = 8
"""A plane's rounding is charged so many times, and a blend's is at most what its forms' is."""
TILT = 4
"""How little points are moved from the middle."""
AT_LEAST = (4, 6)
"""The passes whose lines below ReLUs are those that are right where a form is least."""
TAKEN = 1 << 18
"""Numbers of what variables add to rows that are worked on together, about."""
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
        return Form(self.a.take(at, axis=0), self.total[at], self.weight[at])

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
    upper = {x.source: _upper(cells, x.source) for x in cells.p.teacher.layers if type(x) is Relu}
    for turn, bisections in enumerate(BISECTIONS):
        cells.p.poll()
        cells.p.spend(len(at) * cells.p.row_cost(last))
        chosen = _point(cells, form, between=turn not in AT_LEAST)
        hopeful = (chosen.nodes[last] * rows).sum(axis=1) > 0
        form = _best(cells, form, form_of(cells, rows, (chosen, upper)), bisections)
        found = lowest(cells, form)
        least[at] = np.where(found > least[at], found, least[at])
        left = np.flatnonzero(~(least[at] > wanted[at]) & hopeful)
        if not left.size:
            break
        at, rows, form, cells = at[left], rows[left], form.part(left), cells.part(left)
        upper = {i: (a.take(left, axis=0), b.take(left, axis=0)) for i, (a, b) in upper.items()}
    return least


def _upper(cells: Cells, source: int) -> Pair:
    """Slopes and intercepts (cells, width) of the lines above a ReLU."""
    low, high = cells.low[source], cells.high[source]
    above = slopes(low, high, cells.precision)[1]
    return above, intercept(low, high, above)


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


def form_of(
    cells: Cells, rows: Floats, chosen: tuple[Point, Mapping[int, Pair]] | None = None
) -> Form:
    """Forms of the logits as forms of the input: with planes where points are ``chosen``.

    Beside these are the lines above ReLUs, by their sources.
    """
    node = len(cells.p.teacher.layers)
    zero = np.zeros((len(cells), 1), dtype=rows.dtype)
    lines, planes = partial(cells.relu, sets=len(cells)), None
    if chosen is not None:
        lines, planes = partial(lines_at, cells, *chosen), partial(planes_above, cells, chosen[0])
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
        rise += summed(more * cells.centre)
    tables = [(c.tables(one.a) + c.closed[c.own], c.tables(more)) for c in cells.choices]
    for _ in range(bisections):
        step = step / 2
        tried = share + step
        here = way * tried[:, None]
        here += begun
        slope = rise + summed(way * (here < 0))
        for table, to in tables:
            least = (table + tried[:, None, None] * to).argmin(axis=2)[..., None]
            slope += np.take_along_axis(to, least, 2).sum(axis=(1, 2))
        share = np.where(slope > 0, tried, share)
    return one.blended(other, share + step / 2)


def lines_at(cells: Cells, chosen: Point, upper: Mapping[int, Pair], source: int) -> ReluLines:
    """As ``Cells.relu``, with lines below that are right near the cells' middle."""
    above, over = upper[source]
    low, here = cells.low[source], chosen.nodes[source]
    below = ((low >= 0) | ((cells.high[source] > 0) & (here > 0))).astype(here.dtype)
    return below[:, None], above[:, None], over[:, None], None


def _point(cells: Cells, form: Form, *, between: bool) -> Point:
    """Where forms are least, and lines that are right there or ``between`` and the middle."""
    side = 1 - 2 * (form.a > 0).astype(form.a.dtype)
    values = [(c.tables(form.a) + c.closed[c.own]).argmin(axis=2) for c in cells.choices]
    spread, free = [np.abs(form.a) * cells.radius * 2], [cells.radius > 0]
    for choice in cells.choices:
        every, shut = choice.tables(form.a), choice.closed[choice.own]
        spread.append((every - shut).max(axis=2) - (every + shut).min(axis=2))
        free.append((shut == 0).sum(axis=2) > 1)
    some = np.concatenate(free, axis=1)
    moves = np.concatenate(spread, axis=1) - ~some  # what is not free moves nothing: -1
    most = int(some.sum(axis=1).max(initial=0))
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
        else:
            assert held is not None
            x, begin = (moved, cells.middle[node]) if node in cells.middle else (x, held.bias)
            nodes.append(begin + x @ held.weight.T)
    return nodes


def planes_above(cells: Cells, chosen: Point, source: int, a: Floats) -> Rows:
    """The planes above open ReLUs of a layer that reads the input, times ``a`` (cells, 1, width).

    ``a`` is negative where there are planes, else 0.
    """
    held, middle = cells.layers[source - 1], cells.middle.get(source)
    assert held is not None
    at = np.flatnonzero((a < 0).any(axis=(0, 1)))
    own, weight, size = a[:, 0].take(at, axis=1), held.weight[at], held.size[at]
    moved = chosen.side * cells.radius
    reach, point = cells.radius @ size.T, moved @ weight.T
    ends = [c.moves(weight, v) for c, v in zip(cells.choices, chosen.values, strict=True)]
    moves = Moves(2 * moved, weight.T.copy(), ends)
    low, high = (x[source].take(at, axis=1) for x in (cells.low, cells.high))
    taken = _take(moves, chosen.order, low, high, own)
    # what is taken of single columns: a part of those that make rows rise, of others all or none
    rising = taken.rising.astype(own.dtype)
    every = rising * own
    against = (every @ weight - chosen.side * (every @ size)) / 2
    apart = moves.reach != 0
    form = (against + taken.single / (moves.reach + ~apart)) * apart
    inside = (taken.inside + rising * (reach - point)) / 2
    # planes' values without a constant, at least, and what they lack to the rows, at most
    middle = cells.centred(source) if middle is None else middle
    lacked = middle.take(at, axis=1) + reach - inside
    first = 0
    for choice, (_, least, most) in zip(cells.choices, ends, strict=True):
        columns = choice.group.columns
        part = taken.parts[:, first : first + len(columns)]
        first += len(columns)
        inside = inside - (part * least).sum(axis=1)
        lacked = lacked + ((1 - part) * most).sum(axis=1)
        form[:, columns] = np.einsum("cw,cgw,wgk->cgk", own, part, weight[:, columns])
    total = summed(own * np.maximum(inside, lacked))
    if cells.inexact:  # what variables add is not known to more than that
        total += own @ size.sum(axis=1) * (4 * cells.inexact)
    if not cells.middle:  # then forms are of the input, not of what it is from the centre on
        total -= (form * cells.centre).sum(axis=1)
    mass = CHARGED * (np.abs(own) @ cells.scale[source][at])
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

    def steps(self, order: Ints) -> Floats:
        """How much (places, cells, rows) the variable of each place adds to rows, so signed too."""
        single, turned, every = len(self.turned), order.T, np.arange(len(order))
        at = np.minimum(turned, single - 1)
        steps: Floats = self.turned.take(at, axis=0)
        steps *= self.reach[every, at][..., None]
        if self.signed is not None:
            other = self.signed[every, np.maximum(turned - single, 0)]
            steps = np.where((turned < single)[..., None], steps, other)
        return steps

    def part(self, at: slice) -> Moves:
        """Of some cells."""
        chosen = [(here[at], least[at], most[at]) for here, least, most in self.chosen]
        return Moves(self.reach[at], self.turned, chosen)


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
    step = max(1, TAKEN // max(1, order.shape[1] * low.shape[1]))
    found: list[Taken] = []
    for start in range(0, len(order), step):
        at = slice(start, start + step)
        found.append(_take_some(moves.part(at), order[at], low[at], high[at], a[at]))
    if len(found) == 1:
        return found[0]
    held = ((x.rising, x.single, x.inside, x.parts) for x in found)
    return Taken(*(np.concatenate(own) for own in zip(*held, strict=True)))


def _take_some(moves: Moves, order: Ints, low: Floats, high: Floats, a: Floats) -> Taken:
    """The same of a few cells."""
    (cells, columns), kind = moves.reach.shape, low.dtype
    agreeing = np.maximum(moves.reach, 0) @ np.maximum(moves.turned, 0)
    agreeing += np.minimum(moves.reach, 0) @ np.minimum(moves.turned, 0)
    if moves.signed is not None:
        agreeing += np.maximum(moves.signed, 0).sum(axis=1)
    rising, none = low + agreeing > 0, np.zeros((), dtype=kind)
    steps, up, most = moves.steps(order), rising.astype(kind), np.ldexp(kind.type(1), 126)
    np.maximum(steps, (up - 1) * most, out=steps)
    np.minimum(steps, up * most, out=steps)
    running = np.concatenate([(low * up + high * (1 - up))[None], steps])
    for before, now in pairwise(running):
        now += before
    np.maximum(running, none, out=running)
    gain = running[1:] - running[:-1]
    if moves.signed is None:
        inside, parts = running[-1] - running[0], np.zeros((cells, 0, 0), dtype=kind)
    else:
        alone, others = (order < columns).T[..., None], moves.signed.shape[1]
        share = np.abs(gain) / np.maximum(np.abs(steps), np.ldexp(kind.type(1), -100))
        parts = np.zeros((cells, others + 1, low.shape[1]), dtype=kind)
        places = np.maximum(order.T - columns, -1)
        parts[np.arange(cells), places] = np.where(alone, 0, np.minimum(share, 1))
        parts = np.where(rising[:, None] & (moves.signed < 0), 1, parts[:, :others])
        gain *= alone
        inside = gain.sum(axis=0)
    single = np.zeros((cells, columns + 1), dtype=kind)
    gain *= a
    single[np.arange(cells), np.minimum(order, columns).T] = summed(gain)
    return Taken(rising, single[:, :columns], np.abs(inside), parts)
