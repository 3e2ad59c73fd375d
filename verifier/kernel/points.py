"""Evaluation of many points at once in fixed point: rule 6 of docs/soundness.md. Trusted.

All points of a block share one exponent a node and one radius a component: component j of a node
is within ``radius[j]`` units of what is held, at every point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import (
    EXACT_BITS,
    Bounds,
    Fixed,
    Ints,
    Quantised,
    Whole,
    most_bits,
    product,
    require,
)
from verifier.kernel.choices import leading
from verifier.kernel.float32 import RANGE, logit_error, never_shown, within
from verifier.kernel.ordinals import Ordinals, enclose
from verifier.kernel.prepared import NUMBERS, Prepared, parts_of
from verifier.kernel.rules import intervals, point_inputs
from verifier.kernel.smooth import held
from verifier.kernel.starting import begun
from verifier.kernel.steps import FINEST, numbers
from verifier.model.cell import Cell
from verifier.model.curves import UNITS
from verifier.model.network import Add, Relu, Sign, decide, exact_logits, sources
from verifier.model.ordinal import Ranged
from verifier.model.part import Part, size, values
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

Bools = npt.NDArray[np.bool_]
Closer = Callable[[Ints], Bounds]
"""Enclosures of the logits at some points; of two logits, of the second minus the first alone."""
CHUNK = 1 << 13
"""Points evaluated at a time."""
AT_ONCE = 1 << 30
"""Multiplications of floats, about, without a poll."""
EXACT_AT_ONCE = 1 << 21
"""The same of integers of any length."""


def chunk_of(p: Prepared) -> int:
    """Points evaluated at a time: fewer of a teacher of many weights."""
    return max(1, min(CHUNK, AT_ONCE // p.teacher.work, NUMBERS // max(p.teacher.widths)))


def exact_at_once(p: Prepared) -> int:
    """Points evaluated exactly at a time: fewer where that takes long or the integers are long."""
    size = max(p.teacher.widths) * (p.exact_bits // 8 + 16)
    return max(1, min(EXACT_AT_ONCE // p.teacher.work, 8 * NUMBERS // size))


def blocks(cell: Cell, most: int = CHUNK) -> Iterator[Ints]:
    """The cell's points as arrays of value indices, each of at most about ``most`` points."""
    counts = [size(part) for part in cell.parts]
    free = [i for i, count in enumerate(counts) if count > 1]
    rows, inner = 1, len(free)
    while inner and rows * counts[free[inner - 1]] <= most:
        inner -= 1
        rows *= counts[free[inner]]
    base = np.array(cell.first_point(), dtype=np.int64)
    block = np.repeat(base[None], rows, axis=0)
    rank = np.arange(rows)
    for i in reversed(free[inner:]):
        rank, last = np.divmod(rank, counts[i])
        block[:, i] = listed(cell.parts[i])[last]
    outer = free[:inner]
    part = cell.parts[outer[-1]] if outer else 0
    some = outer[:-1] if isinstance(part, range) else outer
    for chosen in Cell(tuple(cell.parts[i] for i in some)).points():
        block[:, some] = chosen
        if isinstance(part, range):  # as many of its values at a time as there is room for
            yield from _stretches(block, outer[-1], part, max(1, most // rows))
        else:
            yield block.copy()


def _stretches(block: Ints, variable: int, part: range, step: int) -> Iterator[Ints]:
    """The block for every value of a long range, ``step`` values at a time."""
    for start in range(part.start, part.stop, step):
        stretch = np.arange(start, min(start + step, part.stop))
        points = np.tile(block, (len(stretch), 1))
        points[:, variable] = np.repeat(stretch, len(block))
        yield points


def listed(part: Part) -> Ints:
    """The values of a part, in increasing order."""
    if isinstance(part, range):
        return np.arange(part.start, part.stop)
    return np.array(values(part))


def evaluate(p: Prepared, points: Ints, closer: Closer | None = None) -> tuple[Ints, Bools, int]:
    """The teacher's class at each point, where it is shown for float32, and the largest bits.

    ``points`` holds value indices, shape (N, variables), N >= 1. What one error bound for all
    points leaves open gets an enclosure of its own, and then, if there is a way, a ``closer`` one.
    Where these do not decide the class the point is evaluated in exact integers; so it is where an
    exact margin might be shown for float32, of a network of which anything is.
    """
    nodes, logits, classes, decided = _enclosed(p, points)
    steady = np.zeros(len(points), dtype=bool)
    error = logit_error(p, magnitudes(nodes))
    for at, klass, margin in _by_class(logits, classes, decided):
        steady[at] = within(Fixed(_spread(error[0].n, klass), error[0].e), error[1], margin)
    rest, most = np.flatnonzero(~decided if never_shown(p) else ~(decided & steady)), 0
    step = max(1, NUMBERS // (4 * sum(p.teacher.widths)))
    for at in (rest[start : start + step] for start in range(0, len(rest), step)):
        p.spend(len(at) * 4 * p.point_cost)
        classes[at], steady[at], longest = _evaluate_each(p, points[at], closer)
        most = max(most, longest)
    return classes, steady, most


def _enclosed(p: Prepared, points: Ints) -> tuple[list[PointValues], Bounds, Ints, Bools]:
    """With one error bound for all points: nodes, logits, their classes, and where these hold."""
    nodes, sure = node_values(p, points, keep=False)
    top = nodes[-1]
    logits = Bounds(top.n - top.radius, top.n + top.radius, np.full(len(points), top.e))
    classes, decided = _decide(logits)
    return nodes, logits, classes, decided & sure


def narrow_classes(p: Prepared, boxes: Ints) -> Ints:
    """The class that the teacher has at every point of a box, (N, variables) pieces; -1 if unknown.

    What one error bound for all boxes leaves open gets an enclosure of its own, at last in floats.
    """
    _, _, classes, decided = _enclosed(p, boxes)
    rest, ranged = np.flatnonzero(~decided), [isinstance(v, Ranged) for v in p.domain.variables]
    step = max(1, NUMBERS // (4 * sum(p.teacher.widths)))
    for at in (rest[start : start + step] for start in range(0, len(rest), step)):
        p.spend(len(at) * 4 * p.point_cost)
        own, decided = _decide(intervals(p, point_inputs(p, boxes[at]))[-1])
        classes[at] = np.where(decided, own, -1)
        if leading(p) and (at := at[~decided]).size:
            each = (zip(box, ranged, strict=True) for box in boxes[at].tolist())
            cells = [Cell(tuple(range(i, i + 1) if r else 1 << i for i, r in x)) for x in each]
            if first := begun(p, parts_of(cells)):
                own, decided = _decide(intervals(p, *first)[-1])
                classes[at] = np.where(decided, own, -1)
    return classes


def _evaluate_each(p: Prepared, points: Ints, closer: Closer | None) -> tuple[Ints, Bools, int]:
    """The same, each point by itself."""
    nodes = intervals(p, point_inputs(p, points))
    error, shown = logit_error(p, nodes)
    found = _judge(nodes[-1], error, shown)
    rest, bits = found.rest, 0
    if closer is not None and rest.size:
        own = _judge(closer(points[rest]), Fixed(error.n[rest], error.e[rest]), shown[rest])
        found.take(rest, own)
        rest = found.rest
    step = exact_at_once(p) if rest.size else 1
    if rest.size:
        p.spend(len(rest) * p.exact_cost)
    for at in (rest[start : start + step] for start in range(0, len(rest), step)):
        p.poll()
        few = Fixed(error.n[at], error.e[at])
        found.classes[at], found.steady[at], longest = _exactly(p, points[at], few, shown[at])
        bits = max(bits, longest)
    return found.classes, found.steady, bits


@dataclass(frozen=True, eq=False)
class _Judged:
    """What enclosures of the logits say of points: classes where ``decided``; which are ``steady``,
    shown for float32; and ``close``: not shown, but a value inside the enclosure would be."""

    classes: Ints
    decided: Bools
    steady: Bools
    close: Bools

    @property
    def rest(self) -> Ints:
        """The points that are to be looked at more closely."""
        return np.flatnonzero(~self.decided | self.close)

    def take(self, at: Ints, other: _Judged) -> None:
        """Take over what was found of the points ``at``, where that decides."""
        own = at[other.decided]
        self.classes[own], self.decided[own] = other.classes[other.decided], True
        self.steady[own] |= other.steady[other.decided]
        self.close[own] = ~self.steady[own] & other.close[other.decided]


def _judge(logits: Bounds, error: Fixed, shown: Bools) -> _Judged:
    """What enclosures say, given the greatest errors of the logits in float32 (``logit_error``)."""
    classes, decided = _decide(logits)
    steady, close = np.zeros(len(classes), dtype=bool), shown.copy()
    for at, klass, margin in _by_class(logits, classes, decided):
        own = Fixed(_spread(error.n[at], klass), error.e[at])
        steady[at] = within(own, shown[at], margin)
        width = (logits.hi - logits.lo)[at]
        most = Fixed(margin.n + _spread(width, klass), margin.e)
        close[at] = ~steady[at] & within(own, shown[at], most)
    return _Judged(classes, decided, steady, close)


def _exactly(p: Prepared, points: Ints, error: Fixed, shown: Bools) -> tuple[Ints, Bools, int]:
    """Class, float32 and the longest logit's bits, in exact integers."""
    inputs = [p.domain.encode_integers(tuple(row)) for row in points.tolist()]
    logits, denominator = exact_logits(p.teacher, inputs, p.domain.denominator)
    classes, steady = [], []
    for i, top in enumerate(logits):
        classes.append(decide(top))
        forms = _forms(top, classes[-1])
        length = max(abs(m) for m in forms).bit_length() - denominator.bit_length()
        e = EXACT_BITS - 5 - max(length, -RANGE)
        margin = np.array([[_floor(m, denominator, e) for m in forms]]).astype(np.float64)
        own = Fixed(_spread(error.n[i : i + 1], classes[-1]), error.e[i : i + 1])
        steady.append(within(own, shown[i : i + 1], Fixed(margin, np.array([e])))[0])
    bits = max(abs(x).bit_length() for top in logits for x in top)
    return np.array(classes), np.array(steady), bits


def _floor(m: int, denominator: int, e: int) -> int:
    """``floor(m / denominator * 2**e)``."""
    return (m << e) // denominator if e >= 0 else m // (denominator << -e)


def _by_class(logits: Bounds, classes: Ints, decided: Bools) -> Iterator[tuple[Ints, int, Fixed]]:
    """Per class the decided points, the class, and lower bounds of its linear forms.

    The forms are those of ``class_rows``: a logit (or its negative), or gaps to the other logits.
    """
    outputs = logits.lo.shape[1]
    for klass in np.unique(classes[decided]).tolist():
        at = np.flatnonzero(decided & (classes == klass))
        lo, hi = logits.lo[at], logits.hi[at]
        if outputs == 1:
            low = lo if klass else -hi
        else:
            low = lo[:, klass : klass + 1] - hi[:, _others(outputs, klass)]
        yield at, klass, Fixed(low, logits.e[at])


def _others(outputs: int, klass: int) -> Ints:
    """The other logits."""
    return np.array([j for j in range(outputs) if j != klass], dtype=np.int64)


def _spread(size: Whole, klass: int) -> Whole:
    """By how much the forms of a class differ at most where logits do by ``size``."""
    if size.shape[1] == 1:
        return size
    return size[:, klass : klass + 1] + size[:, _others(size.shape[1], klass)]


def _forms(logits: list[int], klass: int) -> list[int]:
    """The forms' values at a point."""
    if len(logits) == 1:
        return [logits[0] if klass else -logits[0]]
    return [logits[klass] - x for j, x in enumerate(logits) if j != klass]


def _decide(logits: Bounds) -> tuple[Ints, Bools]:
    """The class that the enclosures stand for, and whether they decide it."""
    if logits.lo.shape[1] == 1:
        positive = logits.lo[:, 0] > 0
        return positive.astype(np.int64), positive | (logits.hi[:, 0] <= 0)
    best = logits.lo.argmax(axis=1)
    least = np.take_along_axis(logits.lo, best[:, None], axis=1)
    later = np.arange(logits.lo.shape[1]) > best[:, None]
    beaten = (logits.hi < least) | (later & (logits.hi == least))
    np.put_along_axis(beaten, best[:, None], True, axis=1)
    return best, beaten.all(axis=1)


@dataclass(frozen=True, slots=True)
class PointValues:
    """A node at every point: ``(n +- radius) * 2**-e``; shapes (points, width), (width,), ().

    ``lo`` and ``hi`` (width,) are the least and greatest n of each component; of a node that a sign
    layer reads ``least`` is the least |n|, of another 0.
    """

    n: Whole
    radius: Whole
    e: int
    lo: Whole
    hi: Whole
    least: Whole | float = 0.0

    @property
    def largest(self) -> Whole:
        """Per component an upper bound of the magnitude, in units."""
        most: Whole = np.maximum(self.hi, -self.lo) + self.radius
        return most


def _values(n: Whole, radius: Whole, e: int) -> PointValues:
    return PointValues(n, radius, e, n.min(axis=0), n.max(axis=0))


def node_values(p: Prepared, points: Ints, *, keep: bool = True) -> tuple[list[PointValues], Bools]:
    """Every node at the points (value indices, (points, variables)), and where that is certain.

    It is not where a sign layer's input may be on either side of zero, or a staircase's on either
    side of a step. Unless they are to be kept, nodes that no later layer reads are returned without
    the points, with their ends only.
    """
    sure = np.ones(len(points), dtype=bool)
    nodes = [_narrow(_inputs(p, points), p.bits)]
    for index, layer in enumerate(p.teacher.layers):
        p.poll()
        if isinstance(layer, Add):
            a, b = _aligned(nodes[layer.left], nodes[layer.right])
            nodes.append(_narrow(_values(a.n + b.n, a.radius + b.radius, a.e), p.bits))
        elif isinstance(layer, Relu):
            x = nodes[layer.source]
            ends = np.maximum(x.lo, 0), np.maximum(x.hi, 0)
            nodes.append(PointValues(np.maximum(x.n, 0), x.radius, x.e, *ends))
        elif isinstance(layer, Sign):
            x = nodes[layer.source]
            size = np.abs(x.n)
            sure &= ((size > x.radius) | (x.radius == 0)).all(axis=1)
            nodes[layer.source] = replace(x, least=size.min(axis=0))
            nodes.append(_values(np.sign(x.n), np.zeros_like(x.radius), 0))
        elif isinstance(layer, Steps):
            x = _at(nodes[layer.source], min(nodes[layer.source].e, FINEST))
            e = np.array([x.e])
            least = layer.values(numbers(x.n - x.radius, e))
            if x.radius.any():
                sure &= (layer.values(numbers(x.n + x.radius, e)) == least).all(axis=1)
            nodes.append(_values(least, np.zeros_like(x.radius), 0))
        elif isinstance(layer, Smooth):
            nodes.append(_narrow(_curved(layer, nodes[layer.source]), p.bits))
        else:
            x = nodes[layer.source]
            weight, bias = p.weights[index], p.biases[index]
            assert weight is not None and bias is not None
            nodes.append(_narrow(_affine(x, weight, bias), p.bits))
        for source in sources(layer):
            if p.teacher.last_use[source] == index and not keep:  # the ends are still needed
                nodes[source] = replace(nodes[source], n=nodes[source].n[:0])
    return nodes, sure


def _curved(layer: Smooth, x: PointValues) -> PointValues:
    """A smooth function: the middle of its enclosure at each point, and the largest radius."""
    ends = Bounds(x.n - x.radius, x.n + x.radius, np.full(len(x.n), x.e))
    low, high = held(layer, ends)
    k = max(0, int(np.frexp(np.maximum(-low, high).max())[1]) - (EXACT_BITS - 3))
    low, high = np.floor(low * 2.0**-k), np.ceil(high * 2.0**-k)
    middle = np.floor(np.ldexp(low + high, -1))
    return _values(middle, np.maximum(high - middle, middle - low).max(axis=0), UNITS - k)


def magnitudes(nodes: list[PointValues]) -> list[Bounds]:
    """One cell's bounds that hold at all the points, of the nodes' magnitudes: float32's errors
    depend on nothing else."""
    return [Bounds((x.least - x.radius)[None], x.largest[None], np.array([x.e])) for x in nodes]


def _inputs(p: Prepared, points: Ints) -> PointValues:
    """The encodings; groups are brought to the exponent of the finest one where there is room."""
    n, radius = np.zeros((len(points), p.teacher.columns)), np.zeros(p.teacher.columns)
    held: list[tuple[PointValues, int, Ints]] = []
    for g in p.groups:
        at = np.arange(len(g.variables))
        own = g.table[at, points[:, g.variables]].reshape(len(points), -1)
        wide = np.full(own.shape[1], float(g.inexact))
        held.append((_values(own, wide, g.e), g.bits, g.columns.ravel()))
    if p.ordinals is not None:
        numbers = _numbers(p.ordinals, points[:, p.ordinals.variables])
        held.append((numbers, most_bits(numbers.largest[None]), p.ordinals.columns))
    e = max((x.e for x, bits, _ in held if bits), default=0)
    e = min([e, *(x.e + EXACT_BITS - 8 - bits for x, bits, _ in held if bits)])
    for x, bits, columns in held:
        moved = _at(x, e) if bits else replace(x, e=e)
        n[:, columns] = moved.n
        radius[columns] = moved.radius
    return _values(n, radius, e)


def _numbers(x: Ordinals, indices: Ints) -> PointValues:
    """The ordinals' numbers at the points, of an exponent for all."""
    ends = enclose(x, indices, indices, together=True)
    return _values(ends.lo, (ends.hi - ends.lo).max(axis=0), int(ends.e[0]))


def _at(x: PointValues, e: int) -> PointValues:
    """The values at another exponent; what a coarser one cuts off is added to the radius."""
    if e == x.e:
        return x
    if e > x.e:
        require(most_bits(x.largest[None]) + e - x.e <= EXACT_BITS)
        up = 2.0 ** min(e - x.e, 200)  # beyond, only zeros fit
        return PointValues(x.n * up, x.radius * up, e, x.lo * up, x.hi * up)
    down = 2.0 ** max(e - x.e, -200)  # beyond, floors are 0 or -1
    n = x.n * down
    ends = np.floor(x.lo * down), np.floor(x.hi * down)
    return PointValues(np.floor(n, out=n), np.ceil(x.radius * down) + 1, e, *ends)


def _aligned(a: PointValues, b: PointValues) -> tuple[PointValues, PointValues]:
    """Both at the finest of their exponents at which each has at most EXACT_BITS - 2 bits."""
    held = [(x.e, most_bits(x.largest[None])) for x in (a, b)]
    room = [e + EXACT_BITS - 2 - bits for e, bits in held if bits]
    e = min([max((e for e, bits in held if bits), default=a.e), *room])
    return (
        _at(a, e) if held[0][1] else replace(a, e=e),
        _at(b, e) if held[1][1] else replace(b, e=e),
    )


def _narrow(x: PointValues, to: int) -> PointValues:
    """The values with magnitudes of at most ``to`` bits."""
    over = most_bits(x.largest[None]) - to
    return _at(x, x.e - over - 1) if over > 0 else x


def _affine(x: PointValues, w: Quantised, bias: Quantised) -> PointValues:
    """``w x + bias``: |w x - q n| <= |q| radius + inexact / 2 * (sum of magnitudes)."""
    largest = x.largest
    norm = largest.sum()
    n = product(x.n, norm, w.n.T, w.bits)
    radius = product(x.radius, norm, w.size.T, w.bits)
    if w.inexact:
        radius = radius + np.ceil(norm / 2)
    shift = _values(bias.n.reshape(1, -1), np.full(n.shape[1], float(bias.inexact)), bias.e)
    a, b = _aligned(_values(n, radius, x.e + w.e), shift)
    return PointValues(a.n + b.n, a.radius + b.radius, a.e, a.lo + b.lo, a.hi + b.hi)
