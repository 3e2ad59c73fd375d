"""Lines through a domain: at how many values of one ordinal a question is true. Rule 11. Trusted.

Along a line a network is piecewise linear. Between two values of the ordinal it is as far from the
line between its outputs there, at most, as the ReLUs allow that switch in between; where that
leaves one class only, nothing in between is looked at, else a value there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Fixed, Ints
from verifier.kernel.asked import Asked, Net
from verifier.kernel.bends import Shallow, is_shallow
from verifier.kernel.ensembles import Forest
from verifier.kernel.folding import SLACK
from verifier.kernel.over import Over, decided
from verifier.kernel.patches import classes_of
from verifier.kernel.plain import Floats
from verifier.kernel.points import evaluate
from verifier.kernel.truths import TRUE, truths
from verifier.model.ordinal import Ordinal
from verifier.model.overlay import BoundTree, leaves_of_points
from verifier.model.part import Part

Bools = npt.NDArray[np.bool_]
FIRST_BITS = 22
LONGEST = 1 << FIRST_BITS
"""Values of the ordinal, at most."""
NUMBERS, FEWEST = 1 << 18, 1 << 6
"""Numbers of the stretches that are looked at together, about; and so many lines at least."""
SURE = 0.25
"""A stretch with a class each end is cut where they meet if the ReLUs leave less than this open."""


class Lines(NamedTuple):
    """The values ``low`` to ``high`` of an ordinal, (N,), at the others' values in ``points``."""

    points: Ints
    low: Ints
    high: Ints


class Events(NamedTuple):
    """From the value ``first`` on, the line of this number has a class (all of shape (n,))."""

    line: Ints
    first: Ints
    classes: Ints


def problem(asked: Asked, variable: int) -> str:
    """Why lines along a variable are not gone through; "" if they are."""
    domain = asked.domain
    if domain.given is not None or domain.infinite or asked.opaque:
        return "lines are drawn only of networks and trees over finite independent variables"
    if not 0 <= variable < len(domain.variables):
        return "lines are along a variable that there is not"
    v = domain.variables[variable]
    if not isinstance(v, Ordinal) or not v.chances.is_uniform or v.count > LONGEST:
        return f"lines are along an ordinal of up to {LONGEST} equally probable values"
    if any(net.straight is None for net in asked.nets.values() if variable in net.reads):
        return "lines need networks of ReLUs that are evaluated in float64"
    return ""


def true_along(asked: Asked, variable: int, lines: Lines) -> Ints:
    """At how many values the question is true of each line along a variable without ``problem``."""
    if not len(lines.low):
        return np.zeros(0, dtype=np.int64)
    every = {m: _of_net(net, variable, lines) for m, net in asked.nets.items()}
    every |= {m: _of_forest(own, variable, lines) for m, own in asked.forests.items()}
    every |= {m: _of_tree(tree, variable, lines) for m, tree in asked.trees.items()}
    numbers = {model: i for i, model in enumerate(every)}
    line, first, classes = (np.concatenate(x) for x in zip(*every.values(), strict=True))
    owner = np.repeat(np.arange(len(numbers)), [len(x.line) for x in every.values()])
    order = np.argsort((line << FIRST_BITS) | first)
    line, first, classes, owner = line[order], first[order], classes[order], owner[order]
    row = np.arange(len(line))
    # of each model the last event up to a row: of another line only where a row is of no length
    latest = {
        m: classes[np.maximum.accumulate(np.where(owner == i, row, 0))] for m, i in numbers.items()
    }
    stop = lines.high[line] + 1
    same = line[1:] == line[:-1]
    stop[:-1][same] = first[1:][same]
    true = np.where(truths(asked.question, latest, len(line)) == TRUE, stop - first, 0)
    found = np.zeros(len(lines.low), dtype=np.int64)
    np.add.at(found, line, true)
    return found


def _of_tree(tree: BoundTree, variable: int, lines: Lines) -> Events:
    """A tree's classes: they change where it tests the variable."""
    line, first, points = _cut(tree.nodes, variable, variable, lines)
    return Events(line, first, tree.classes[leaves_of_points(tree, points)])


def _of_forest(forest: Forest, variable: int, lines: Lines) -> Events:
    """An ensemble's classes: they change where one of its trees tests the variable, or not."""
    if variable not in forest.reads:
        classes = forest.classes_at(forest.points(lines.points))
        return Events(np.arange(len(lines.low)), lines.low, classes)
    nodes = [node for tree in forest.members for node in tree.nodes]
    line, first, points = _cut(nodes, forest.reads.index(variable), variable, lines)
    found = []
    for start in range(0, len(points), forest.chunk):
        some = forest.points(points[start : start + forest.chunk])
        found.append(forest.classes_at(some))
    return Events(line, first, np.concatenate(found))


def _cut(
    nodes: Sequence[tuple[int, Part, int, int] | int], own: int, variable: int, lines: Lines
) -> tuple[Ints, Ints, Ints]:
    """Where a test of a variable, which the nodes number ``own``, cuts lines: which, where, and
    the points there; each line's own beginning too."""
    tests = (n for n in nodes if isinstance(n, tuple) and n[0] == own)
    cuts = sorted({part.stop for _, part, _, _ in tests if isinstance(part, range)})
    held = [(np.arange(len(lines.low)), lines.low)]
    for cut in cuts:
        at = np.flatnonzero((lines.low < cut) & (cut <= lines.high))
        held.append((at, np.full(len(at), cut)))
    line, first = (np.concatenate(x) for x in zip(*held, strict=True))
    points = lines.points[line]
    points[:, variable] = first
    return line, first, points


def _of_net(net: Net, variable: int, lines: Lines) -> Events:
    """A network's classes."""
    points, count = net.points(lines.points), len(lines.low)
    if variable not in net.reads:
        return Events(np.arange(count), lines.low, classes_of(net, points))
    assert net.straight is not None
    sweep = Sweep(net, net.straight, net.reads.index(variable))
    size = max(FEWEST, NUMBERS // len(sweep.folded.shift))
    shallow = sweep.shallow
    if shallow is not None:
        size = shallow.size
    found = []
    for start in range(0, count, size):
        own = slice(start, start + size)
        some = Lines(points[own], lines.low[own], lines.high[own])
        through = sweep.along(some) if shallow is None else sweep.bent(some, shallow)
        line, first, classes = through
        found.append(Events(line + start, first, classes))
    return Events(*(np.concatenate(x) for x in zip(*found, strict=True)))


class Ends(NamedTuple):
    """Values of the ordinal on lines (S,): all forms there, (rows, S), and the classes (S,)."""

    line: Ints
    value: Ints
    forms: Floats
    classes: Ints

    def some(self, at: Ints | Bools) -> Ends:
        """Some of them."""
        return Ends(self.line[at], self.value[at], self.forms[:, at], self.classes[at])


def _together(a: Ends, b: Ends) -> Ends:
    forms = np.concatenate([a.forms, b.forms], axis=1)
    line, value, classes = (
        np.concatenate(x) for x in ((a.line, b.line), (a.value, b.value), (a.classes, b.classes))
    )
    return Ends(line, value, forms, classes)


class Sweep:
    """A network, folded over everything, that is gone through along its variable number ``at``."""

    def __init__(self, net: Net, over: Over, at: int) -> None:
        self.net, self.folded, self.at = net, over.folded, at
        self.far = over.folded.far(
            Fixed(np.zeros((1, net.p.teacher.outputs)), np.zeros(1, np.int64))
        )
        numbers = over.plain.tables[at]
        assert isinstance(numbers, tuple)
        self.numbers = numbers
        self.column = net.p.domain.offsets[at]
        self.plain = over.plain

    @cached_property
    def signed(self) -> list[tuple[Floats, Floats]]:
        """The positive and the negative parts of each stage's weights."""
        every = [stage.weight for stage in self.folded.stages]
        return [(np.maximum(w, 0.0), np.maximum(-w, 0.0)) for w in every]

    @cached_property
    def weight(self) -> Floats:
        """How much each feature matters for the outputs, about."""
        found = np.ones(len(self.folded.shift))
        for stage in reversed(self.folded.stages):
            own = np.abs(stage.weight).T @ found[stage.begin : stage.end]
            if stage is self.folded.stages[-1]:
                found[: stage.begin] = 0.0
            found[stage.first : stage.begin] += own
        return found

    @cached_property
    def shallow(self) -> Shallow | None:
        """The network as one whose lines are gone through from bend to bend, if it is shallow."""
        if not is_shallow(self.folded):
            return None
        return Shallow(self.folded, self.far, self.column, self.numbers)

    def bent(self, lines: Lines, shallow: Shallow) -> Events:
        """The classes along lines, from bend to bend."""
        self.net.p.poll()
        self.net.p.spend(8 * len(lines.low) * self.net.p.point_cost)
        x = self.plain.encoded(lines.points)
        x[self.column] = 0.0
        some = shallow.pieces(self.folded.inputs @ x, lines.low, lines.high)
        line, value, classes, left = shallow.changes(some)
        if not left.size:
            return Events(line, value, classes)
        # what float64 does not decide is gone through as any other line
        at = some.line[left]
        rest = self.along(Lines(lines.points[at], some.low[left], some.high[left]))
        held = (line, at[rest.line]), (value, rest.first), (classes, rest.classes)
        return Events(*(np.concatenate(x) for x in held))

    def along(self, lines: Lines) -> Events:
        """The classes along lines through points of the network's variables."""
        x = self.plain.encoded(lines.points)
        x[self.column] = 0.0
        base = self.folded.inputs @ x
        low = self._ends(lines, base, np.arange(len(lines.low)), lines.low)
        found = [(low.line, low.value, low.classes)]
        more = np.flatnonzero(lines.high > lines.low)
        a, b = low.some(more), self._ends(lines, base, more, lines.high[more])
        while len(a.line):
            self.net.p.poll()
            least, most, switch = self._apart(a, b)
            done = (b.value - a.value == 1) | self._one_class(a, b, least, most)
            found.append((a.line[done], a.value[done] + 1, b.classes[done]))
            at = np.flatnonzero(~done)
            a, b = a.some(at), b.some(at)
            value = self._between(a, b, (least + most)[:, at].max(axis=0), switch[:, at])
            middle = self._ends(lines, base, a.line, value)
            a, b = _together(a, middle), _together(middle, b)
        return Events(*(np.concatenate(x) for x in zip(*found, strict=True)))

    def _ends(self, lines: Lines, base: Floats, line: Ints, value: Ints) -> Ends:
        """The network at values on lines: of ``base`` are the forms of the other variables."""
        self.net.p.spend(4 * len(line) * self.net.p.point_cost)
        first, step = self.numbers
        x = first + value.astype(np.float64) * step
        forms = self._forms(base[:, line] + self.folded.inputs[:, self.column, None] * x)
        classes, near = decided(forms[self.folded.stages[-1].begin :], self.far)
        at = np.flatnonzero(near)
        if at.size:
            points = lines.points[line[at]]
            points[:, self.at] = value[at]
            classes[at] = evaluate(self.net.p, points)[0]
        return Ends(line, value, forms, classes)

    def _forms(self, inputs: Floats) -> Floats:
        """All forms, of which the features are the positive parts: as ``folding.run``."""
        folded = self.folded
        forms = np.empty((len(folded.shift), inputs.shape[1]))
        for stage in folded.stages:
            own = forms[stage.begin : stage.end]
            own[:] = folded.shift[stage.begin : stage.end, None]
            if stage.table.stop > stage.table.start:
                own += inputs[stage.table]
            if stage.weight.shape[1]:
                own += stage.weight @ np.maximum(forms[stage.first : stage.begin], 0.0)
        return forms

    def _apart(self, a: Ends, b: Ends) -> tuple[Floats, Floats, Floats]:
        """How far below and above the line between its ends each output is, at most.

        Also by how much each feature's switch counts for that.
        """
        folded = self.folded
        # a positive part between its ends is below the line between these by no more than this,
        # which is 0 unless one end alone is below 0
        switching = (a.forms < 0) != (b.forms < 0)
        x, y = np.abs(a.forms[switching]), np.abs(b.forms[switching])
        dip = np.zeros_like(a.forms)
        dip[switching] = np.minimum(x, y) * (np.maximum(x, y) / (x + y))
        under, above = dip, None  # forms of the input are on their lines
        for stage, (plus, minus) in zip(folded.stages, self.signed, strict=True):
            last = stage is folded.stages[-1]
            if not (stage.weight.shape[1] or last):
                continue
            own, read = slice(stage.begin, stage.end), slice(stage.first, stage.begin)
            down, up = plus @ under[read], minus @ under[read]
            if above is not None:
                down += minus @ above[read]
                up += plus @ above[read]
            if last:
                return down, up, dip[: stage.begin]
            if above is None:
                under, above = dip.copy(), np.zeros_like(dip)
            on = np.maximum(a.forms[own], b.forms[own]) + up > 0
            under[own] = np.where(on, down + dip[own], 0.0)
            above[own] = np.where(on, up, 0.0)
        raise AssertionError("a network without outputs")

    def _one_class(self, a: Ends, b: Ends, under: Floats, above: Floats) -> Bools:
        """Whether the classes at the ends are equal, and are the class of all between."""
        first = self.folded.stages[-1].begin
        far = self.far * (2 + len(self.folded.stages))
        x, y = a.forms[first:], b.forms[first:]
        if len(x) == 1:
            above_0 = np.minimum(x, y) - under * SLACK > far
            below_0 = np.maximum(x, y) + above * SLACK < -far
            return np.asarray((above_0 | below_0)[0])
        row = np.arange(x.shape[1])
        best = a.classes
        gap = np.minimum(x[best, row] - x, y[best, row] - y)
        apart = (gap - (under[best, row] + above) * SLACK) > far
        apart[best, row] = True
        return np.asarray(apart.all(axis=0) & (best == b.classes))

    def _between(self, a: Ends, b: Ends, apart: Floats, switch: Floats) -> Ints:
        """A value between the ends at which to look: any is right, a good one saves others."""
        first = self.folded.stages[-1].begin
        row = np.arange(len(a.line))
        share = np.full(len(row), 0.5)
        if len(switch):
            score = switch * self.weight[:first, None]
            at = score.argmax(axis=0)
            x, y = np.abs(a.forms[at, row]), np.abs(b.forms[at, row])
            turns = score[at, row] > 0
            share = np.where(turns, x / np.where(turns, x + y, 1.0), share)
        x, y = _gap(a.forms[first:], a, b), _gap(b.forms[first:], a, b)
        meet = (a.classes != b.classes) & (apart < SURE * (x + y))
        share = np.where(meet, x / np.where(meet, x + y, 1.0), share)
        value = a.value + np.floor((b.value - a.value) * share).astype(np.int64)
        found: Ints = np.clip(value, a.value + 1, b.value - 1)
        return found


def _gap(out: Floats, a: Ends, b: Ends) -> Floats:
    """How far the two ends' classes are apart in some outputs."""
    if len(out) == 1:
        return np.asarray(np.abs(out[0]))
    row = np.arange(out.shape[1])
    found: Floats = np.abs(out[a.classes, row] - out[b.classes, row])
    return found
