"""Patches: at which combinations of a few variables' values a question is true. Rule 11. Trusted.

Of what a patch does not vary a network's forms are found once. A tree is gone through with the set
of combinations that reach each node, as bits of a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Fixed, Ints
from verifier.kernel.asked import Asked, Net
from verifier.kernel.folding import contributions
from verifier.kernel.guides import Guided
from verifier.kernel.over import Over, decided
from verifier.kernel.plain import Floats, Reals
from verifier.kernel.points import evaluate
from verifier.kernel.truths import TRUE, truths
from verifier.model.cell import full_cell
from verifier.model.overlay import BoundTree
from verifier.model.part import values
from verifier.model.sample import BETS

Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
MOST_COMBINATIONS = 1 << 12
HEAVIEST = 1 << 31
"""What the weights of a patch's combinations add up to, at most."""
WORD = TOGETHER = 64
"""Combinations that are gone through together: not more than the bits of a word."""
EACH, DRAWN = 16, 64
"""Steps that a combination takes beside its networks, for each model, and a variable's drawing."""
LISTED = 1 << 12
"""Of a formula with so many combinations of classes each is looked at beforehand."""
NUMBERS = 1 << 19
"""Numbers of the forms that are computed together, about."""


def problem(asked: Asked, variables: tuple[int, ...]) -> str:
    """Why patches of these variables are not gone through; "" if they are."""
    domain = asked.domain
    if domain.given is not None or domain.infinite or asked.opaque or asked.forests:
        return "patches are drawn only of networks and trees over finite independent variables"
    if any(not 0 <= i < len(domain.variables) for i in variables):
        return "patches are of a variable that there is not"
    if math.prod(domain.variables[i].count for i in variables) > MOST_COMBINATIONS:
        return f"patches are of up to {MOST_COMBINATIONS} combinations"
    if math.prod(sum(_weights(asked, i)) for i in variables) > HEAVIEST:
        return f"the combinations of a patch weigh up to {HEAVIEST} together"
    if any(net.everywhere is None for net in asked.nets.values()):
        return "patches need networks that are evaluated in float64"
    return ""


def _weights(asked: Asked, variable: int) -> list[int]:
    """The weights of a variable's values, in lowest terms."""
    chances = asked.domain.distributions(None)[variable]
    held = [chances.weight_at(v) for v in range(asked.domain.variables[variable].count)]
    unit = math.gcd(*held)
    return [n // unit for n in held]


def cost(asked: Asked, variables: tuple[int, ...]) -> int:
    """Steps that a patch takes, about."""
    each = EACH * (asked.atoms + len(asked.trees))
    for net in asked.nets.values():
        each += sum(2 * (x.end - x.begin) + x.weight.size for x in _over(net).folded.stages)
    combinations = math.prod(asked.domain.variables[i].count for i in variables)
    return asked.point_cost + DRAWN * len(asked.domain.variables) + each * combinations


@dataclass(frozen=True, eq=False)
class Patches:
    """All combinations of the values of some variables without ``problem``."""

    asked: Asked
    variables: tuple[int, ...]

    @cached_property
    def combinations(self) -> Ints:
        """The combinations that have a weight, (combinations, variables)."""
        every = product(*(np.flatnonzero(_weights(self.asked, i)) for i in self.variables))
        return np.array(list(every), dtype=np.int64)

    @cached_property
    def weights(self) -> Floats:
        """Their weights: whole numbers, so that sums of them are exact."""
        found = np.ones(len(self.combinations))
        for own, i in zip(self.combinations.T, self.variables, strict=True):
            found *= np.array(_weights(self.asked, i), dtype=np.float64)[own]
        return found

    @cached_property
    def total(self) -> int:
        """The weight of all combinations."""
        return int(self.weights.sum())

    def groups(self) -> Iterator[slice]:
        """Combinations that are gone through together."""
        for start in range(0, len(self.combinations), TOGETHER):
            yield slice(start, min(start + TOGETHER, len(self.combinations)))

    @property
    def step(self) -> int:
        """Patches that are gone through together."""
        rows = max((len(_over(net).folded.shift) for net in self.asked.nets.values()), default=1)
        return max(1, NUMBERS // (rows * min(TOGETHER, len(self.combinations))))


def classes_of(net: Net, points: Ints) -> Ints:
    """A network's classes at tuples of the variables that it reads: float32 does not matter."""
    if net.everywhere is None:
        return evaluate(net.p, points)[0]
    classes, near = _over(net).at(points)
    at = np.flatnonzero(near)
    if at.size:
        classes[at] = evaluate(net.p, points[at])[0]
    return classes


def _over(net: Net) -> Over:
    """The network over everything, its classes as they are: float32 does not matter."""
    over = net.everywhere
    assert over is not None
    return replace(over, far=over.folded.far(_no_error(net)))


def _no_error(net: Net) -> Fixed:
    """The errors of the logits where only real numbers matter."""
    return Fixed(np.zeros((1, net.p.teacher.outputs)), np.zeros(1, dtype=np.int64))


class Patched:
    """A network whose classes of patches are found: in single precision first, if it has that."""

    def __init__(self, net: Net, patches: Patches) -> None:
        self.net, self.patches, self.whole = net, patches, _over(net)
        folded = self.whole.folded
        self.folded = folded.single or folded
        self.far, self.kind = self.folded.far(_no_error(net)), self.folded.precision.kind
        own = full_cell(net.p.domain).parts
        table = np.zeros((len(folded.inputs), len(patches.combinations)))
        self.columns: list[int] = []
        for at, i in enumerate(patches.variables):
            if i in net.reads:
                j = net.reads.index(i)
                each = contributions(self.whole.plain, folded, j, own[j])
                table += each[:, patches.combinations[:, at]]
                start = net.p.domain.offsets[j]
                self.columns += range(start, start + net.p.domain.variables[j].columns)
        self.table: Reals = table.astype(self.kind)

    def buffer(self) -> Reals:
        """Room for the forms of patches that are gone through together."""
        most = min(TOGETHER, len(self.patches.combinations))
        return np.empty(len(self.folded.shift) * self.patches.step * most, dtype=self.kind)

    def shifts(self, points: Ints) -> Reals:
        """All rows' constants with what the other variables give, (rows, patches)."""
        folded = self.whole.folded
        x = self.whole.plain.encoded(self.net.points(points))
        x[self.columns] = 0.0
        found = np.repeat(folded.shift[:, None], len(points), axis=1)
        found[folded.at] += folded.inputs @ x
        return found.astype(self.kind)

    def classes(self, shifts: Reals, points: Ints, group: slice, buffer: Reals) -> Ints:
        """The classes at a group of combinations, (combinations, patches)."""
        out, shape = self._run(shifts, group, buffer)
        classes, near = decided(out, self.far)
        at = np.flatnonzero(near)
        if at.size:
            which, patch = np.divmod(at, shape[1])
            some = points[patch]
            some[:, self.patches.variables] = self.patches.combinations[group][which]
            classes[at] = classes_of(self.net, self.net.points(some))
        return classes.reshape(shape)

    def _run(self, shifts: Reals, group: slice, buffer: Reals) -> tuple[Reals, tuple[int, int]]:
        """The outputs there, (outputs, combinations times patches): as ``folding.run``."""
        rows, shape = len(shifts), (group.stop - group.start, shifts.shape[1])
        size = shape[0] * shape[1]
        buffer = buffer[: rows * size].reshape(rows, size)
        out, unsure = buffer, np.zeros(size, dtype=bool)
        for stage in self.folded.stages:
            own = slice(stage.begin, stage.end)
            table, shift = self.table[stage.table, group, None], shifts[own, None, :]
            out = buffer[own]
            each = out.reshape(-1, *shape)
            if stage.weight.shape[1]:
                np.matmul(stage.weight, buffer[stage.first : stage.begin], out=out)
                each += shift
                if len(table):
                    each += table
            elif len(table):
                np.add(table, shift, out=each)
            else:
                each[:] = shift
            if stage.bend is not None:
                stage.bend.apply(out, unsure)
        if np.count_nonzero(unsure):
            out[:, unsure] = np.nan
        return out, shape


class Tree:
    """A tree's classes of patches."""

    def __init__(self, tree: BoundTree, patches: Patches) -> None:
        self.tree, self.patches = tree, patches
        self.most = int(tree.classes.max())
        self.tests = np.array(
            [isinstance(n, tuple) and n[0] in patches.variables for n in tree.nodes]
        )
        bits = np.zeros((len(tree.nodes), len(patches.combinations)), dtype=bool)
        for at, node in enumerate(tree.nodes):
            if isinstance(node, tuple) and node[0] in patches.variables:
                goes_left = np.zeros(tree.domain.variables[node[0]].count, dtype=bool)
                goes_left[np.array(values(node[1]), dtype=np.int64)] = True
                own = patches.combinations[:, patches.variables.index(node[0])]
                bits[at] = goes_left[own]
        self.bits = bits

    def masks(self, points: Ints, group: slice) -> list[Words]:
        """Of each class but 0 the combinations of a group that have it, a word a patch."""
        count = group.stop - group.start
        packed = np.zeros((len(self.bits), WORD), dtype=bool)
        packed[:, :count] = self.bits[:, group]
        left = np.packbits(packed, axis=1, bitorder="little").view("<u8")[:, 0]
        variable, goes_left, children, limits = self.tree.arrays
        classes = self.tree.classes
        found = [np.zeros(len(points), dtype=np.uint64) for _ in range(self.most)]
        row = np.arange(len(points))
        node = np.zeros(len(points), dtype=np.int64)
        held = np.full(len(points), (1 << count) - 1, dtype=np.uint64)
        while len(row):
            ended = variable[node] < 0
            if ended.any():
                own = classes[node]
                for k, words in enumerate(found, 1):
                    at = np.flatnonzero(own == k)  # of a class of test -1, so these have ended
                    np.add.at(words, row[at], held[at])  # no combination reaches two leaves
                at = np.flatnonzero(~ended)
                row, node, held = row[at], node[at], held[at]
            value, limit = points[row, variable[node]], limits[node]
            to_left = np.where(
                limit >= 0, value < limit, goes_left[node, np.where(limit >= 0, 0, value)]
            )
            every = np.where(to_left, held, np.uint64(0))
            every = np.where(self.tests[node], held & left[node], every)
            rest = held & ~every
            a, b = np.flatnonzero(every), np.flatnonzero(rest)
            held = np.concatenate([every[a], rest[b]])
            node = np.concatenate([children[node[a], 0], children[node[b], 1]])
            row = np.concatenate([row[a], row[b]])
        return found


def _classes(masks: Sequence[Words], shape: tuple[int, int]) -> Ints:
    """The classes that masks stand for, (combinations, patches)."""
    shifts = np.arange(shape[0], dtype=np.uint64)[:, None]
    found = np.zeros(shape, dtype=np.int64)
    for k, words in enumerate(masks, 1):
        found += k * ((words >> shifts) & np.uint64(1)).astype(np.int64)
    return found


class Asking:
    """A question that is asked of patches of some variables, with guides or (None) without."""

    def __init__(self, asked: Asked, variables: tuple[int, ...], guided: Guided | None) -> None:
        patches = Patches(asked, variables)
        self.patches, self.guided, self.asked = patches, guided, asked
        self.nets = {model: Patched(net, patches) for model, net in asked.nets.items()}
        self.trees = {model: Tree(tree, patches) for model, tree in asked.trees.items()}
        sizes = {m: net.classes for m, net in asked.nets.items()}
        sizes |= {m: 1 + tree.most for m, tree in self.trees.items()}
        self.sizes, self.truth = sizes, None
        if math.prod(sizes.values()) <= LISTED:
            grid = np.indices(tuple(sizes.values())).reshape(len(sizes), -1)
            self.truth = self._true(dict(zip(sizes, grid, strict=True)), len(grid[0]))

    def __reduce__(self) -> tuple[object, ...]:
        """Made anew where it is sent to: all follows from these."""
        return Asking, (self.asked, self.patches.variables, self.guided)

    def _true(self, classes: Mapping[int, Ints], count: int) -> Bools:
        """Where the formula is true, by all models' classes."""
        found: Bools = truths(self.asked.question, classes, count) == TRUE
        return found

    def _is_true(self, classes: Mapping[int, Ints], shape: tuple[int, int]) -> Bools:
        if self.truth is None:
            flat = {m: x.reshape(-1) for m, x in classes.items()}
            return self._true(flat, shape[0] * shape[1]).reshape(shape)
        code: Ints | int = 0
        for model, size in self.sizes.items():
            code = code * size + classes[model]
        return self.truth.take(code)

    def of(self, points: Ints) -> tuple[Ints, Ints]:
        """Of patches through points: the weight of the combinations where the question is true.

        And BETS times that less the guesses, each times its combination's weight.
        """
        patches, guided, step = self.patches, self.guided, self.patches.step
        shifts = {model: net.shifts(points) for model, net in self.nets.items()}
        buffers = {model: net.buffer() for model, net in self.nets.items()}
        sums = None if guided is None else guided.sums(points)
        true, apart = np.zeros((2, len(points)))
        for group in patches.groups():
            self.asked.poll()
            masks = {model: tree.masks(points, group) for model, tree in self.trees.items()}
            weights = patches.weights[group]
            for start in range(0, len(points), step):
                own = slice(start, min(start + step, len(points)))
                shape = len(weights), own.stop - start
                classes = {
                    m: net.classes(shifts[m][:, own], points[own], group, buffers[m])
                    for m, net in self.nets.items()
                }
                classes |= {m: _classes([x[own] for x in held], shape) for m, held in masks.items()}
                weighted = weights @ self._is_true(classes, shape)
                true[own] += weighted
                apart[own] += BETS * weighted
                if guided is not None and sums is not None:
                    tree = None if guided.model is None else classes[guided.model]
                    apart[own] -= weights @ guided.guesses(sums[:, own], group, tree)
        return true.astype(np.int64), apart.astype(np.int64)
