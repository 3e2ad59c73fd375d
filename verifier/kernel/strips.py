"""How far a network's margin is from a linear sum: rule 10, strips and pairs. Trusted.

The margin g of a network of two classes is its only logit, or that of class 1 minus that of class
0. Parallel lines replace each ReLU: ``lam z <= relu(z) <= lam z + mu``, the same lam for two
networks of equal shapes, so that nearly the same linear form bounds all of them from both sides. Of
one network the lines of rule 2 give two other forms, each closer from its own side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from operator import or_

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Ints,
    affine_bounds,
    at_exponent,
    bounds_sum,
    common_exponent,
    narrow,
    quantise,
    quantise_floats,
)
from verifier.kernel.asked import Net
from verifier.kernel.choices import DOUBLE, Floats
from verifier.kernel.margins import ONE, Bools, Enclosed, Lines, Slopes, between, enclose, margin
from verifier.kernel.prepared import Parts, Prepared, parts_of
from verifier.kernel.smooth import image
from verifier.kernel.steps import staircase
from verifier.kernel.within import Between
from verifier.model.cell import Cell
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_scale, sources
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

LARGEST_SHIFT = 20
"""Powers of two between the scales of two networks' columns, at most."""


@dataclass(frozen=True, eq=False)
class Pair:
    """One network or two on some cells; what the second margin exceeds the first by, of equal ones.

    ``columns`` are those of the domain that each reads, in its order. ``apart`` has width 1;
    None where there is one network, or the two differ. Of one network there are ``closer`` lines:
    each form is as near as it can be, and the two are not parallel. Slopes are multiples of
    1 / (ONE ``finer``).
    """

    nets: Sequence[Net]
    columns: Sequence[Ints]
    lines: tuple[Lines, ...]
    apart: Bounds | None
    closer: tuple[Lines, ...]
    finer: int = 1

    def part(self, at: Ints) -> Pair:
        """Of some of the cells, in floats alone."""
        lines, closer = (tuple([x.part(at) for x in own]) for own in (self.lines, self.closer))
        d = self.apart
        apart = None if d is None else Bounds(d.lo[at], d.hi[at], d.e[at])
        return replace(self, lines=lines, apart=apart, closer=closer)

    def closer_for_two(self) -> Pair:
        """In floats, with such lines of two networks, too: of equal shapes with equal slopes."""
        if self.closer:
            return self
        charge(self.nets, len(self.lines[0].a))
        every = [x.enclosed for x in self.lines]
        hull = every if same_shapes(*(x.p.teacher for x in every)) else ()
        return replace(self, closer=tuple([margin(x, None, hull) for x in every]))


def lines(nets: Sequence[Net], columns: Sequence[Ints], cells: Sequence[Cell]) -> Pair:
    """Linear forms near the margins of one network or two of two classes, on each of some cells.

    ``columns`` are those of the domain that each reads, in its order.
    """
    parts = _parts(nets, cells)
    charge(nets, len(cells))
    every = [enclose(net.p, own) for net, own in zip(nets, parts, strict=True)]
    return pair_of(nets, columns, every)


def in_zones(first: Pair, zones: Sequence[Between]) -> Pair:
    """The same in zones of the cells, one of each network's inputs; in floats."""
    charge(first.nets, len(zones[0].s))
    every = [between(x.enclosed, zone) for x, zone in zip(first.lines, zones, strict=True)]
    return pair_of(first.nets, first.columns, every, first.finer)


def charge(nets: Sequence[Net], cells: int) -> None:
    """Spend what so many cells take."""
    for net in nets:
        p = net.p
        p.spend(cells * (2 * p.cell_cost + 4 * p.row_cost(len(p.teacher.layers))))


def pair_of(
    nets: Sequence[Net], columns: Sequence[Ints], every: Sequence[Enclosed], finer: int = 1
) -> Pair:
    """Lines of networks whose nodes are enclosed."""
    slopes = parallel(every, finer)
    held = tuple(margin(x, lam) for x, lam in zip(every, slopes, strict=True))
    alike = len(nets) == 2 and same_layers(nets[0].p.teacher, nets[1].p.teacher)
    nodes = differences(nets, columns, [x.nodes for x in every]) if alike else []
    apart = _of_margins(nets[0].p, nodes[-1]) if nodes else None
    closer = (margin(every[0], None),) if len(nets) == 1 else ()
    return Pair(nets, columns, held, apart, closer, finer)


def _parts(nets: Sequence[Net], cells: Sequence[Cell]) -> list[Parts]:
    """What each network sees of the cells."""
    whole = parts_of(cells)
    found, ranged = [], [isinstance(part, range) for part in cells[0].parts]
    place = [ranged[:i].count(own) for i, own in enumerate(ranged)]
    for net in nets:
        ranges = [place[i] for i in net.reads if ranged[i]]
        others = [place[i] for i in net.reads if not ranged[i]]
        found.append(Parts(whole.masks[:, others], whole.ends[:, :, ranges]))
    return found


def parallel(every: Sequence[Enclosed], finer: int = 1) -> list[Slopes]:
    """The slopes of every ReLU layer: for networks of equal shapes the same, of both their ends."""
    networks = [x.p.teacher for x in every]
    if len(every) == 2 and not same_shapes(*networks):
        return [parallel([x], finer)[0] for x in every]
    found: dict[int, Floats] = {}
    for j, layer in enumerate(networks[0].layers, 1):
        if isinstance(layer, Relu):
            lo = np.minimum(*(x.cells.low[layer.source] for x in (every[0], every[-1])))
            hi = np.maximum(*(x.cells.high[layer.source] for x in (every[0], every[-1])))
            with np.errstate(over="ignore", invalid="ignore"):
                share = np.floor(hi * (ONE * finer) / np.maximum(hi - lo, DOUBLE.tiny)) / finer
            part = np.where(share > 0, np.minimum(share, ONE), 0)  # not a number: 0
            found[j] = np.where(lo >= 0, ONE, np.where(hi <= 0, 0, part))
    return [found] * len(every)


@lru_cache(maxsize=1 << 4)  # of groups of many classes each is large
def same_shapes(a: Network, b: Network) -> bool:
    """Whether two networks have layers of the same kinds and widths, one after the other."""
    kinds = [[(type(x), sources(x), getattr(x, "kind", "")) for x in n.layers] for n in (a, b)]
    return a.widths == b.widths and kinds[0] == kinds[1]


@lru_cache(maxsize=1 << 4)  # of groups of many classes each is large
def same_layers(a: Network, b: Network) -> bool:
    """Whether two networks compute the same from the same columns, layer by layer."""

    def arrays(layer: object) -> tuple[npt.NDArray[np.floating], ...]:
        if isinstance(layer, Affine):
            return layer.weight, layer.bias
        if isinstance(layer, Steps):
            return layer.thresholds, layer.lowest
        return (layer.scale, layer.divisor, layer.shift) if isinstance(layer, Scale) else ()

    return a is b or (
        same_shapes(a, b)
        and all(
            np.array_equal(one, other)
            for x, y in zip(a.layers, b.layers, strict=True)
            for one, other in zip(arrays(x), arrays(y), strict=True)
        )
    )


def differences(
    nets: Sequence[Net],
    columns: Sequence[Ints],
    nodes: Sequence[Sequence[Bounds]],
    count: int | None = None,
) -> list[Bounds]:
    """Enclosures of the second network's nodes minus the first one's, of two with equal layers.

    Up to so many layers, or of all. None at all where their variables differ in columns, or the
    scales of their inputs too much.
    """
    p = nets[0].p
    if len({tuple(v.columns for v in net.p.domain.variables) for net in nets}) > 1:
        return []
    same = columns[0] == columns[1]
    up = np.where(same, 0, np.array(nets[1].p.scales) - np.array(p.scales))
    if up.max() > LARGEST_SHIFT:
        return []
    held, reached = [_inputs_apart(p, same, up, nodes[0][0], nodes[1][0])], [~same]
    for index, layer in enumerate(p.teacher.layers[:count]):
        p.poll()
        own = reduce(or_, [reached[i] for i in sources(layer)])
        reached.append(
            (layer.weight[:, own] != 0).any(axis=1) if isinstance(layer, Affine) else own
        )
        if isinstance(layer, Add):
            held.append(narrow(bounds_sum(held[layer.left], held[layer.right]), p.bits))
        elif isinstance(layer, Relu | Sign):
            own = nodes[0][layer.source], nodes[1][layer.source]
            passed = _relu_apart if isinstance(layer, Relu) else _sign_apart
            held.append(narrow(passed(held[layer.source], *own), p.bits))
        elif isinstance(layer, Smooth):
            x, y = (image(layer, every[layer.source]) for every in nodes)
            held.append(narrow(_smooth_apart(held[layer.source], x, y), p.bits))
        elif isinstance(layer, Steps):
            x, y = (staircase(layer, every[layer.source]) for every in nodes)
            held.append(_steps_apart(held[layer.source], x, y))
        else:
            held.append(_affine_apart(p, index, held[layer.source], own))
    return held


def _affine_apart(p: Prepared, index: int, x: Bounds, own: Bools) -> Bounds:
    """The same behind a layer where it is known of x, in whose ``own`` components alone they may
    differ: the weights are cut by what these need."""
    layer, weight = p.teacher.layers[index], p.weights[index]
    assert isinstance(layer, Affine | Scale) and weight is not None
    powers = (0,) * len(own) if layer.source else p.scales
    if isinstance(layer, Scale) and not own.all():
        factors, _, denominator = exact_scale(layer)
        some = [n << k if i else 0 for n, k, i in zip(factors, powers, own, strict=True)]
        weight = quantise(some, denominator, (len(some),))
    elif isinstance(layer, Affine) and not own.all():
        x = Bounds(x.lo[:, own], x.hi[:, own], x.e)
        weight = quantise_floats(np.ldexp(layer.weight.astype(float), powers)[:, own])
    none = quantise([0] * len(weight.n), 1, (len(weight.n), 1))
    # the same x is multiplied: what the weights are off by counts for the difference too
    y = affine_bounds(x, weight, none, p.bits)
    if isinstance(layer, Scale):
        return Bounds(np.where(own, y.lo, 0), np.where(own, y.hi, 0), y.e)
    # where no term is below 0 no sum is, however the weights were cut
    up, down = ((sign * layer.weight[:, own].T > 0).astype(float) for sign in (1, -1))
    below, above = (x.lo < 0).astype(float), (x.hi > 0).astype(float)
    lo = np.where(below @ up + above @ down > 0, y.lo, np.maximum(y.lo, 0))
    hi = np.where(above @ up + below @ down > 0, y.hi, np.minimum(y.hi, 0))
    return Bounds(lo, hi, y.e)


def _of_margins(p: Prepared, d: Bounds) -> Bounds:
    """The same of margins, from that of logits."""
    if p.teacher.outputs == 1:
        return d
    return Bounds(d.lo[:, 1:] - d.hi[:, :1], d.hi[:, 1:] - d.lo[:, :1], d.e)


def _inputs_apart(p: Prepared, same: Bools, up: Ints, x: Bounds, y: Bounds) -> Bounds:
    """The second network's input minus the first one's, in the first one's scales.

    It is 0 in the columns that are the ``same``; ``up`` is what the second one's scales are more.
    """
    y = Bounds(np.floor(np.ldexp(y.lo, up)), np.ceil(np.ldexp(y.hi, up)), y.e)
    x, y = _together(x, y)
    lo, hi = np.where(same, 0.0, y.lo - x.hi), np.where(same, 0.0, y.hi - x.lo)
    return narrow(Bounds(lo, hi, x.e), p.bits)


def _together(*every: Bounds) -> list[Bounds]:
    """The same at one exponent, where sums of two have room."""
    ends = [Fixed(end, x.e) for x in every for end in (x.lo, x.hi)]
    e = np.broadcast_to(common_exponent(ends, EXACT_BITS - 3), len(every[0].lo))
    return [at_exponent(x, e) for x in every]


def _relu_apart(d: Bounds, x: Bounds, y: Bounds) -> Bounds:
    """relu of the second minus relu of the first, where they lie in y and x and d apart."""
    d, x, y = _together(d, x, y)
    lo = np.maximum(np.minimum(0, d.lo), np.maximum(0, y.lo) - np.maximum(0, x.hi))
    hi = np.minimum(np.maximum(0, d.hi), np.maximum(0, y.hi) - np.maximum(0, x.lo))
    hi = np.maximum(lo, hi)  # where ends cross there is no point
    on = (x.lo >= 0) & (y.lo >= 0)
    return Bounds(np.where(on, d.lo, lo), np.where(on, d.hi, hi), d.e)


def _smooth_apart(d: Bounds, x: Bounds, y: Bounds) -> Bounds:
    """Enclosure of f(b) - f(a) for b - a in d, f(a) in x, f(b) in y: f's slopes are at most 3/2."""
    size, apart = 3 * d.magnitude, bounds_sum(y, Bounds(-x.hi, -x.lo, x.e))
    parts = [Fixed(size, d.e + 1), Fixed(apart.lo, apart.e), Fixed(apart.hi, apart.e)]
    e = common_exponent(parts, EXACT_BITS - 3)
    own, other = at_exponent(Bounds(-size, size, d.e + 1), e), at_exponent(apart, e)
    return Bounds(np.maximum(own.lo, other.lo), np.minimum(own.hi, other.hi), e)


def _steps_apart(d: Bounds, x: Bounds, y: Bounds) -> Bounds:
    """The same of a staircase, whose values lie in x and y: it is monotone."""
    lo, hi = y.lo - x.hi, y.hi - x.lo
    lo, hi = np.where(d.lo >= 0, np.maximum(lo, 0), lo), np.where(d.hi <= 0, np.minimum(hi, 0), hi)
    return Bounds(lo, hi, x.e)


def _sign_apart(d: Bounds, x: Bounds, y: Bounds) -> Bounds:
    """The same of sign."""
    return Bounds(np.sign(y.lo) - np.sign(x.hi), np.sign(y.hi) - np.sign(x.lo), np.zeros_like(x.e))
