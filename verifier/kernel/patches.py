"""Patches: at which combinations of a few variables' values a question is true. Rule 11. Trusted.

Of what a patch does not vary a network's forms are found once, and the leaves of a tree whose cells
hold it; of each of these the combinations that it has, as bits of a word.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, Net
from verifier.kernel.folding import contributions, run
from verifier.kernel.guides import Guided
from verifier.kernel.over import decided
from verifier.kernel.plain import Floats, Reals
from verifier.kernel.points import evaluate
from verifier.kernel.truths import TRUE, truths
from verifier.model.cell import full_cell
from verifier.model.limits import require_memory
from verifier.model.overlay import BoundTree, overlay
from verifier.model.part import Part, size
from verifier.model.sample import BETS

Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
MOST_COMBINATIONS = 1 << 12
HEAVIEST = 1 << 31
"""What the weights of a patch's combinations add up to, at most."""
WORD = TOGETHER = 64
"""Combinations that are gone through together: not more than the bits of a word."""
MET = 1 << 13
"""Words of the leaves that patches meet, at a time."""
EACH, DRAWN = 16, 64
"""Steps that a combination takes beside its networks, for each model, and a variable's drawing."""
LISTED = 1 << 12
"""Of a formula with so many combinations of classes each is looked at beforehand."""
NUMBERS = 1 << 20
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
        each += sum(2 * (x.end - x.begin) + x.weight.size for x in net.real[-1].folded.stages)
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
        rows = max((len(net.real[-1].folded.shift) for net in self.asked.nets.values()), default=1)
        return max(1, NUMBERS // (rows * min(TOGETHER, len(self.combinations))))


def classes_of(net: Net, points: Ints, first: int = 0) -> Ints:
    """A network's classes at tuples of the variables that it reads: float32 does not matter.

    By its ways in floats from the ``first`` on: in single precision, then in double. What these
    leave open is evaluated exactly.
    """
    classes, rest = np.zeros(len(points), dtype=np.int64), np.arange(len(points))
    for way in (net.real or net.unfolded)[first:]:
        classes[rest], near = way.at(points[rest])
        rest = rest[near]
        if not rest.size:
            return classes
    classes[rest] = evaluate(net.p, points[rest])[0]
    return classes


class Patched:
    """A network whose classes of patches are found: in single precision first, if it has that."""

    def __init__(self, net: Net, patches: Patches) -> None:
        self.net, self.patches, self.whole = net, patches, net.real[-1]
        folded, self.folded, self.far = self.whole.folded, net.real[0].folded, net.real[0].far
        self.kind = self.folded.precision.kind
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
        shape = group.stop - group.start, shifts.shape[1]
        room = buffer[: len(shifts) * shape[0] * shape[1]].reshape(len(shifts), -1)
        out = run(self.folded, self.table[:, group, None], shifts[:, None], room)
        classes, near = decided(out, self.far)
        at = np.flatnonzero(near)
        if at.size:
            which, patch = np.divmod(at, shape[1])
            some = points[patch]
            some[:, self.patches.variables] = self.patches.combinations[group][which]
            classes[at] = classes_of(self.net, self.net.points(some), 1)
        return classes.reshape(shape)


class Tree:
    """A tree's classes of patches, by its leaves that are not of class 0, and their cells.

    Of each of ``tables``' variables, which patches do not vary, a row of bits for each value (or
    each range from one of the ``starts`` on) says whose cells hold it: a patch meets the leaves
    that all of its values share.
    """

    def __init__(self, tree: BoundTree, patches: Patches) -> None:
        spend, whole = patches.asked.spend, full_cell(tree.domain)
        held = [(x.parts, tree.nodes[at]) for x, at in overlay(tree, whole, spend=spend)]
        cells = [parts for parts, klass in held if klass]
        self.classes = np.array([klass for _, klass in held if klass], dtype=np.int64)
        self.most, self.all = int(self.classes.max(initial=0)), _packed([[True] * len(cells)])
        self.inside: Bools = np.ones((len(cells), len(patches.combinations)), dtype=bool)
        self.tables: list[tuple[int, Ints | None, Words]] = []
        for i, every in enumerate(whole.parts):
            own = [parts[i] for parts in cells]
            starts, holds = _holders(own, every)
            if i in patches.variables:
                row = patches.combinations[:, patches.variables.index(i)]
                row = row if starts is None else np.searchsorted(starts, row, side="right") - 1
                self.inside &= holds[row].T
            elif any(x != every for x in own):
                self.tables.append((i, starts, _packed(holds)))

    def met(self, points: Ints) -> tuple[Ints, Ints]:
        """Patches that meet leaves: the number of the patch, and that of the leaf, of each pair."""
        step = max(1, MET // self.all.size)
        rows, leaves = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for start in range(0, len(points), step):
            some = points[start : start + step]
            held = np.repeat(self.all, len(some), axis=0)
            for i, starts, bits in self.tables:
                row = some[:, i]
                row = row if starts is None else np.searchsorted(starts, row, side="right") - 1
                held &= bits.take(row, axis=0)
            at = np.flatnonzero(held)
            word = held.ravel().take(at)
            while len(at):
                rest = word & (word - np.uint64(1))
                row, first = np.divmod(at, self.all.size)
                rows.append(start + row)
                # of one bit, a power of two, the exponent
                leaves.append(WORD * first + np.frexp((word ^ rest).astype(np.float64))[1] - 1)
                at, word = at[rest > 0], rest[rest > 0]
        return np.concatenate(rows), np.concatenate(leaves)

    def masks(self, met: tuple[Ints, Ints], count: int, group: slice) -> list[Words]:
        """Of each class but 0 the combinations of a group that have it, a word a patch."""
        found = np.zeros((self.most, count), dtype=np.uint64)
        words = _packed(self.inside[:, group])[:, 0]
        # no combination is in two leaves
        np.add.at(found, (self.classes.take(met[1]) - 1, met[0]), words.take(met[1]))
        return list(found)


def _holders(parts: Sequence[Part], every: Part) -> tuple[Ints | None, Bools]:
    """Whose parts hold each value, (values, parts); or each range of them, and where it starts."""
    many = size(every) if isinstance(every, int) else min(size(every), 2 * len(parts) + 1)
    require_memory(many * len(parts), "telling a tree's leaves by a variable's values")
    if isinstance(every, int):
        masks = [x.to_bytes(-(-many // 8), "little") for x in parts if isinstance(x, int)]
        bits = np.frombuffer(b"".join(masks), dtype=np.uint8).reshape(len(parts), -(-many // 8))
        return None, np.unpackbits(bits, axis=1, count=many, bitorder="little").T.astype(
            bool, order="C"
        )
    ends = np.array([(x[0], x[-1] + 1) for x in parts if isinstance(x, range)], dtype=np.int64)
    starts = np.unique([0, *ends.flat])
    low, high = ends.reshape(-1, 2).T
    return starts, (low <= starts[:, None]) & (starts[:, None] < high)


def _packed(some: npt.ArrayLike) -> Words:
    """Rows as words of WORD bits, at least one, the first bit the lowest."""
    rows = np.packbits(np.asarray(some, dtype=bool), axis=1, bitorder="little")
    room = max(8, rows.shape[1] + -rows.shape[1] % 8) - rows.shape[1]
    return np.pad(rows, ((0, 0), (0, room))).view("<u8")


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
        for model, kinds in self.sizes.items():
            code = code * kinds + classes[model]
        return self.truth.take(code)

    def of(self, points: Ints) -> tuple[Ints, Ints]:
        """Of patches through points: the weight of the combinations where the question is true.

        And BETS times that less the guesses, each times its combination's weight.
        """
        patches, guided, step = self.patches, self.guided, self.patches.step
        shifts = {model: net.shifts(points) for model, net in self.nets.items()}
        buffers = {model: net.buffer() for model, net in self.nets.items()}
        met = {model: tree.met(points) for model, tree in self.trees.items()}
        sums = None if guided is None else guided.sums(points)
        true, apart = np.zeros((2, len(points)))
        for group in patches.groups():
            self.asked.poll()
            masks = {m: tree.masks(met[m], len(points), group) for m, tree in self.trees.items()}
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
