"""A network folded over a cell, in float64, with a bound on all that rounds: rule 6. Trusted.

Over a cell a ReLU whose input has one sign is linear, so its layer is multiplied out, and a sign or
staircase may be constant. What is left is a list of *features*: each is a ReLU, a sign, a staircase
or a smooth function of a linear form of the input and of the features before it, and the logits are
such forms. docs/soundness.md argues each line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Fixed, Ints
from verifier.kernel.features import Bend, Bending, bend
from verifier.kernel.plain import LARGEST, UNIT, Floats, Plain, Reals, is_small
from verifier.kernel.prepared import BENDS, NUMBERS
from verifier.model.network import Add, Affine, Relu, sources
from verifier.model.part import Part

SLACK = 1.0 + 2.0**-20
"""Covers the rounding of the error bounds themselves, and products of errors."""
ROUNDINGS = 1 << 20
"""Fewer roundings than this: u times as many is below 2**-32."""
BITS, FINEST = 50, 900
"""Bits of what is known of an output, and its exponent, at most."""
TINY = 2.0**-1020
"""More than what one operation on numbers up to 1 loses where it underflows, or flushes to 0."""


@dataclass(frozen=True, eq=False)
class Form:
    """Components of a node as linear forms: (rows, features), (rows, columns), (rows,).

    ``size`` (rows,) bounds what the magnitudes of a form's terms add up to, ``steps`` the roundings
    behind each coefficient, and ``lost`` what underflow may have taken from one.
    """

    features: Floats
    inputs: Floats
    shift: Floats
    size: Floats
    steps: int
    lost: float

    @property
    def negative(self) -> Form:
        """The forms with the other sign."""
        return replace(self, features=-self.features, inputs=-self.inputs, shift=-self.shift)

    def rows(self, at: npt.NDArray[np.bool_]) -> Form:
        """Some of the rows."""
        features, inputs = self.features[at], self.inputs[at]
        return Form(features, inputs, self.shift[at], self.size[at], self.steps, self.lost)


@dataclass(frozen=True, eq=False)
class Stage:
    """Forms computed together: ``weight`` of the features ``first`` to ``begin``, and of inputs.

    They are rows ``begin`` to ``end`` of the buffer. Their forms of the input are rows ``table`` of
    ``Folded.inputs``: none where those are all zero. ``bend`` makes features of them (None: they
    are the outputs).
    """

    first: int
    begin: int
    end: int
    weight: Reals
    table: slice
    bend: Bend | None


@dataclass(frozen=True, eq=False)
class Precision:
    """The numbers that outputs are computed in: double or single.

    ``unit`` is what one rounding takes at most, of ``most`` ones at most; all numbers are below
    ``largest``. ``slack`` covers the rounding of the error bounds, and products of errors; ``tiny``
    is more than what one operation on numbers up to 1 loses where it underflows, or flushes to 0.
    """

    kind: type[np.float64 | np.float32]
    unit: float
    most: int
    largest: float
    slack: float
    tiny: float


DOUBLE = Precision(np.float64, UNIT, ROUNDINGS, LARGEST, SLACK, TINY)
SINGLE = Precision(np.float32, 2.0**-24, 1 << 12, 2.0**100, 1.0 + 2.0**-10, 2.0**-122)


@dataclass(frozen=True, eq=False)
class Folded:
    """The features, then the outputs, which nothing bends: ``shift`` has rows of them all.

    ``inputs`` are the forms of the input, (rows, columns), of those stages that have some; ``at``
    are their rows among all. For two logits the only output is their difference. Every output is
    within ``error`` of what it stands for at each point of the cell, computed in ``precision``;
    ``single`` is the same in single precision, where that is possible.
    """

    stages: tuple[Stage, ...]
    inputs: Floats
    at: Ints
    shift: Floats
    error: Floats
    precision: Precision = DOUBLE
    single: Folded | None = None

    def far(self, spread: Fixed) -> float:
        """How large an output has to be, or the gap between the two largest of several.

        Then that is more than ``spread``, (1, logits), can change of the logits, at every point.
        """
        own, held = real(spread), self.precision
        if len(self.error) == 1:  # of one logit, or the difference of two
            far = float((own.sum() + self.error[0]) * held.slack) + held.tiny
        else:
            far = float(2 * (own + self.error).max() * held.slack) + held.tiny
        if not far < held.largest:
            return np.inf
        return float(np.nextafter(held.kind(far), held.kind(np.inf)))  # a number of that precision

    def around(self, out: Floats) -> Bounds:
        """Enclosures of what computed outputs stand for, (points, outputs)."""
        off = self.error * SLACK + TINY
        most = np.abs(out).max(axis=1) + off.max()
        e = np.minimum(BITS - np.frexp(most)[1].astype(np.int64), FINEST)
        unit = e[:, None]
        n, more = np.ldexp(out, unit), np.ldexp(off, unit)  # below 2**BITS; no sum is 1 off
        return Bounds(np.floor(n - more) - 1, np.ceil(n + more) + 1, e)


def real(x: Fixed) -> Floats:
    """The numbers of one cell, (1, n), in float64: exact but for underflow."""
    held: Floats = np.ldexp(x.n[0], np.clip(-x.e[0], -1000, 900))
    return held


def fold(net: Plain, bounds: Sequence[Bounds], cell: int) -> Folded | None:
    """The network over cell number ``cell`` of those that ``bounds`` enclose its nodes over.

    None where a number leaves the range in which the errors are bounded, or there are too many.
    """
    teacher = net.p.teacher
    some = {
        node: _bent(layer, bounds[layer.source], bounds[node], cell)
        for node, layer in enumerate(teacher.layers, 1)
        if isinstance(layer, BENDS) and node != net.start
    }
    work = _Folding(net, sum(int(own.sum()) for own in some.values()))
    others = any(net.start in sources(x) for x in teacher.layers if not isinstance(x, Affine))
    columns = teacher.columns if others else 0
    if (sum(teacher.widths[1:]) + columns) * (work.total + teacher.columns) > NUMBERS:
        return None
    forms = [work.input(columns)]
    with np.errstate(all="ignore"):  # what is not finite is refused at the end
        for node, layer in enumerate(teacher.layers, 1):
            if node == net.start:
                forms.append(forms[0])
            elif isinstance(layer, BENDS):
                x, y = (_cell(bounds[j], cell) for j in (layer.source, node))
                forms.append(work.bend(forms[layer.source], layer, some[node], x, y))
            elif isinstance(layer, Add):
                forms.append(work.add(forms[layer.left], forms[layer.right]))
            else:
                held = net.layers[node - 1]
                assert held is not None
                start = isinstance(layer, Affine) and layer.source == net.start
                source = forms[layer.source]
                forms.append(work.first(*held) if start else work.through(source, *held))
        last = forms[-1]
        if len(last.shift) == 2:
            less, more = (last.rows(np.arange(2) == i) for i in (0, 1))
            last = work.add(more, less.negative)
        work.stage(last)
    return work.done()


def _cell(x: Bounds, cell: int) -> Bounds:
    return Bounds(x.lo[cell : cell + 1], x.hi[cell : cell + 1], x.e[cell : cell + 1])


def _bent(layer: Bending, x: Bounds, y: Bounds, cell: int) -> npt.NDArray[np.bool_]:
    """Which components of a layer are neither linear nor constant, from x to y."""
    if isinstance(layer, Relu):
        return np.asarray((x.lo[cell] < 0) & (x.hi[cell] > 0))
    return np.asarray(y.lo[cell] < y.hi[cell])


class _Folding:
    """A folding under way: ``used`` of the ``total`` features have their stage.

    ``tops`` and ``errors`` bound each feature's magnitude, and what is computed of it in double
    precision; ``rough`` are the errors in single precision, which only ReLUs are computed in.
    """

    def __init__(self, net: Plain, total: int) -> None:
        self.net, self.total, self.used = net, total, 0
        self.tops, self.errors, self.rough = np.zeros(total), np.zeros(total), np.zeros(total)
        self.stages: list[Stage] = []
        self.forms: list[Form] = []
        self.tables = 0
        self.out = self.coarse = np.zeros(0)
        self.sound, self.single = True, net.straight

    def input(self, n: int) -> Form:
        """The input itself: all its columns, or none where affine layers alone read it."""
        inputs = np.eye(n, len(self.net.most))
        return Form(np.zeros((n, self.total)), inputs, np.zeros(n), self.net.most[:n], 0, 0.0)

    def first(self, weight: Floats, shift: Floats, size: Floats) -> Form:
        """An affine layer of the input, as it is."""
        total = size @ self.net.most + np.abs(shift)
        return Form(np.zeros((len(shift), self.total)), weight, shift, total, 0, 0.0)

    def through(self, x: Form, weight: Floats, shift: Floats, size: Floats) -> Form:
        """An affine layer, or with one column a scale layer, whose factors may be rounded."""
        if weight.shape[1] == 1 and len(weight) == len(x.shift):
            features, inputs = weight * x.features, weight * x.inputs
            moved, larger, count = weight[:, 0] * x.shift, size[:, 0] * x.size, 2
        else:
            features, inputs = weight @ x.features, weight @ x.inputs
            moved, larger, count = weight @ x.shift, size @ x.size, weight.shape[1] + 1
        most = max(_most(size), _most(shift))
        lost = (_most(size.sum(axis=1)) * x.lost + (count + 2) * self._tiny(most, x)) * SLACK
        total = larger + np.abs(shift)
        return Form(features, inputs, moved + shift, total, x.steps + count + 1, lost)

    def _tiny(self, most: float, *forms: Form) -> float:
        """What one operation on coefficients and numbers up to ``most`` loses by underflow."""
        every = [_most(a) for x in forms for a in (x.features, x.inputs, x.shift)]
        return TINY * (2 + most + max(every))

    def add(self, a: Form, b: Form) -> Form:
        """The sum."""
        features, inputs = a.features + b.features, a.inputs + b.inputs
        lost = (a.lost + b.lost + self._tiny(0.0, a, b)) * SLACK
        steps = max(a.steps, b.steps) + 1
        return Form(features, inputs, a.shift + b.shift, a.size + b.size, steps, lost)

    def bend(
        self, x: Form, layer: Bending, some: npt.NDArray[np.bool_], low: Bounds, high: Bounds
    ) -> Form:
        """A layer that makes features of ``some``; its input lies in ``low``, it in ``high``.
        Another ReLU is linear or 0, and anything else constant."""
        begin = self.used
        error = self.stage(x.rows(some), layer, some)
        self.used += len(error)
        new = np.arange(begin, self.used)
        self.rough[new] = self.coarse
        if isinstance(layer, Relu):
            on, level = low.lo[0] >= 0, np.zeros(len(some))
            top = real(Fixed(np.maximum(low.hi, 0), low.e))
        else:
            on, level = np.zeros_like(some), real(Fixed(np.where(some, 0, high.lo), high.e))
            top = real(Fixed(high.magnitude, high.e))
        self.errors[new], self.tops[new] = error, top[some]
        features, inputs = x.features * on[:, None], x.inputs * on[:, None]
        features[np.flatnonzero(some), new] = 1.0
        size = np.where(some, top, np.where(on, x.size, np.abs(level)))
        return Form(features, inputs, x.shift * on + level, size, x.steps, x.lost)

    def stage(
        self, x: Form, layer: Bending | None = None, some: npt.NDArray[np.bool_] | None = None
    ) -> Floats:
        """Compute forms of the features so far and the input, and bend them; returns what bounds
        the errors of what comes out."""
        begin, count = self.used, len(x.shift)
        if not count:
            self.coarse = x.shift
            return x.shift
        weight = np.ascontiguousarray(x.features[:, :begin])
        read = np.flatnonzero(weight.any(axis=0))
        first = int(read[0]) if read.size else begin
        weight = np.ascontiguousarray(weight[:, first:])
        terms = x.steps + begin + 2 * len(self.net.most) + 16
        held = x.features, x.inputs, x.shift, x.size, self.tops[:begin]
        most = float(np.max([_most(a) for a in held]))  # NaN where one is
        self.out = self._off(DOUBLE, x, weight, terms, self.errors[:begin], most)
        if self.single:
            self.coarse = self._off(SINGLE, x, weight, terms, self.rough[:begin], most)
            below = most < SINGLE.largest and _most(self.coarse) < SINGLE.largest
            self.single = below and terms < SINGLE.most
        else:
            self.coarse = self.out
        made, error = None, self.out
        if layer is not None and some is not None:
            made, error = bend(layer, some, self.out, x.size, SLACK)
        linear = count if x.inputs.any() else 0
        table = slice(self.tables, self.tables + linear)
        self.stages.append(Stage(first, begin, begin + count, weight, table, made))
        self.tables += linear
        self.forms.append(x)
        self.sound &= terms < ROUNDINGS and most < LARGEST and is_small(self.out, error)
        return error

    def _off(
        self, held: Precision, x: Form, weight: Floats, terms: int, errors: Floats, most: float
    ) -> Floats:
        """How far off forms are at most that are computed in a precision, given the features'.
        No number of a form, and no feature, exceeds ``most``."""
        begin, columns = len(errors), len(self.net.most)
        reach = self.tops[:begin] + errors
        drift = np.abs(weight) @ errors[begin - weight.shape[1] :]
        operand = max(_most(reach), _most(self.net.most))
        tiny = x.lost * (reach.sum() + self.net.most.sum() + 1)
        # four times as many: in single precision coefficients and tables are rounded, too
        lost = 4 * (begin + 2 * columns + 4) * (held.tiny / TINY)
        tiny += lost * TINY * (2 + operand + most)
        found: Floats = (drift + terms * held.unit * (x.size + drift)) * held.slack + tiny
        return found

    def done(self) -> Folded | None:
        """What was folded, if all numbers stayed in range."""
        if not self.sound:
            return None
        pairs = list(zip(self.stages, self.forms, strict=True))
        held = [(stage, x) for stage, x in pairs if stage.table.start < stage.table.stop]
        none = np.zeros((0, len(self.net.most)))
        inputs = np.concatenate([none, *(x.inputs for _, x in held)])
        at = np.array([i for stage, _ in held for i in range(stage.begin, stage.end)], dtype=int)
        shift = np.concatenate([x.shift for x in self.forms])
        found = Folded(tuple(self.stages), inputs, at, shift, self.out)
        if not self.single:
            return found
        stages = tuple(replace(x, weight=x.weight.astype(np.float32)) for x in self.stages)
        rough = Folded(stages, inputs, at, shift, self.coarse, SINGLE)
        return replace(found, single=rough)


def _most(a: Floats) -> float:
    return float(np.abs(a).max(initial=0.0))


def contributions(net: Plain, folded: Folded, variable: int, part: Part) -> Floats:
    """What each value of a part adds to the forms of the input, shape (rows, values)."""
    numbers = net.numbers(variable, part)
    start = net.p.domain.offsets[variable]
    own = folded.inputs[:, start : start + numbers.shape[1]]
    return own @ numbers.T


def outer_sum(parts: Sequence[Floats], out: Reals) -> Reals:
    """Sums of one column of each, those of the last fastest, into ``out``, (rows, combinations)."""

    def both(b: Floats, a: Floats) -> Floats:
        every = a.shape[1] * b.shape[1]
        return (a[:, :, None] + b[:, None, :]).reshape(len(out), every)

    def whole(some: Sequence[Floats]) -> Floats:
        return reduce(both, reversed(some), np.zeros((len(out), 1)))

    single = [x for x in parts if x.shape[1] == 1]
    several = [x for x in parts if x.shape[1] != 1]
    middle = len(several) // 2
    a, b = whole(several[:middle]), sum(single, whole(several[middle:]))
    np.add(a[:, :, None], b[:, None, :], out=out.reshape(len(out), a.shape[1], b.shape[1]))
    return out


def run(folded: Folded, base: Reals, shift: Reals, buffer: Reals) -> Reals:
    """The outputs at the points of a block, shape (outputs, points): a part of ``buffer``.

    Row r's form of the input is ``base`` at its row of the table plus ``shift[r]``, whose shapes
    but for the rows go together; ``buffer`` has room for all rows, (rows, points). All are of the
    precision. Outputs are NaN where a sign or a step is not certain.
    """
    shape = np.broadcast_shapes(base.shape[1:], shift.shape[1:])
    out, unsure = buffer, np.zeros(buffer.shape[1], dtype=bool)
    for stage in folded.stages:
        rows, table = slice(stage.begin, stage.end), base[stage.table]
        out, own = buffer[rows], shift[rows]
        each = out.reshape(-1, *shape)
        if stage.weight.shape[1]:
            np.matmul(stage.weight, buffer[stage.first : stage.begin], out=out)
            if len(table):
                each += table
            each += own
        else:
            np.add(table if len(table) else 0.0, own, out=each)
        if stage.bend is not None:
            stage.bend.apply(out, unsure)
    if np.count_nonzero(unsure):
        out[:, unsure] = np.nan
    return out
