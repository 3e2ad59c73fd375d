"""The points of a product, block by block: rule 6 of docs/soundness.md. Trusted."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.part import Part, size, values


@dataclass(frozen=True, eq=False)
class Axes:
    """Some variables with their parts, whose combinations are gone through, the last fastest."""

    parts: tuple[tuple[int, Part], ...]

    @cached_property
    def count(self) -> int:
        """Number of combinations."""
        return math.prod(size(part) for _, part in self.parts)

    @cached_property
    def digits(self) -> tuple[tuple[int, int, int | Ints], ...]:
        """The variables, the last first, with how many values they have, and the first or all."""
        return tuple(
            (i, size(part), part.start if isinstance(part, range) else np.array(values(part)))
            for i, part in reversed(self.parts)
        )

    def put(self, points: Ints, at: Ints) -> None:
        """Write the values of the combinations ``at`` into points, (N, variables)."""
        for i, count, held in self.digits:
            digit: int | Ints = 0
            if count > 1:
                at, digit = np.divmod(at, count)
            points[:, i] = held + digit if isinstance(held, int) else held[digit]

    def cut(self, most: int) -> tuple[Axes, Axes]:
        """The first variables, and the last ones with at most ``most`` combinations (or one)."""
        at, count = len(self.parts), 1
        while at and (count == 1 or count * size(self.parts[at - 1][1]) <= most):
            at -= 1
            count *= size(self.parts[at][1])
        return Axes(self.parts[:at]), Axes(self.parts[at:])

    def weights(self, domain: Domain, leaf: int | None) -> list[int]:
        """For each combination the product of the values' weights."""
        every = domain.distributions(leaf)
        weights = [1]
        for i, part in self.parts:
            own = [every[i].weight_at(x) for x in values(part)]
            weights = [a * b for a in weights for b in own]
        return weights


def axes(cell: Cell, most: int) -> tuple[Axes, list[Axes]]:
    """A cell as a product of variables to go through, and of stretches of the others.

    Each of the stretches has at most ``most`` points, in the order of the cell's; they differ in
    one variable's values, where there are too many of them to take all.
    """
    parts = cell.parts
    order = sorted(range(len(parts)), key=lambda i: size(parts[i]))
    inner: list[tuple[int, Part]] = []
    count = 1
    while order and count * size(parts[order[0]]) <= most:
        count *= size(parts[order[0]])
        inner.append((order[0], parts[order.pop(0)]))
    if not order:
        return Axes(()), [_sorted(inner)]
    cut, step = order.pop(0), most // count
    some = [_sorted([*inner, (cut, x)]) for x in _stretches(parts[cut], step)]
    return _sorted([(i, parts[i]) for i in order]), some


def _sorted(parts: list[tuple[int, Part]]) -> Axes:
    return Axes(tuple(sorted(parts, key=lambda own: own[0])))


def _stretches(part: Part, step: int) -> list[Part]:
    """A part cut into such of ``step`` values."""
    if isinstance(part, range):
        starts = range(part.start, part.stop, step)
        return [range(at, min(at + step, part.stop)) for at in starts]
    every = values(part)
    ends = [*every[::step], every[-1] + 1]
    return [part & ((1 << b) - (1 << a)) for a, b in pairwise(ends)]
