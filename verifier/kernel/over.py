"""A network folded over cells, and the classes that it decides in float64: rule 6. Trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds, Fixed, Ints
from verifier.kernel.axes import Axes
from verifier.kernel.float32 import logit_error, never_shown
from verifier.kernel.folding import Folded, contributions, fold, outer_sum, run
from verifier.kernel.plain import Floats, Plain, Reals
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import Cell
from verifier.model.part import first, size

Bools = npt.NDArray[np.bool_]
BLOCK = 1 << 13
"""Most points of a block."""
BLOCK_NUMBERS = 150_000
"""Numbers of a block, about: what a processor's cache holds."""


def block_size(rows: int) -> int:
    """Most points of a block, where so many numbers are computed of each."""
    return max(64, min(BLOCK, BLOCK_NUMBERS // rows))


@dataclass(frozen=True, eq=False)
class Over:
    """A network folded over a group.

    Where an output is further than ``far`` from 0 (or the two largest of several from each other)
    the class is certain, and shown for float32 if ``firm``. ``single`` is the same in single
    precision, where there is one.
    """

    reads: tuple[int, ...]
    plain: Plain
    folded: Folded
    far: float
    firm: bool
    single: Over | None = None

    def table(self, axes: Axes, out: Reals) -> Reals:
        """What the combinations add to the forms of the input, into ``out``."""
        inputs, fixed, each = self.folded.inputs, np.zeros(len(self.plain.most)), list[Floats]()
        for i, part in axes.parts:
            if i not in self.reads:
                each.append(np.zeros((len(inputs), size(part))))
            elif size(part) == 1:  # all of these at once
                self.plain.put(fixed, self.reads.index(i), first(part))
            else:
                each.append(contributions(self.plain, self.folded, self.reads.index(i), part))
        return outer_sum([*each, (inputs @ fixed)[:, None]], out)

    def shifts(self, axes: Axes) -> Reals:
        """The constants of all rows with what each combination adds, (rows, combinations)."""
        shifts = np.repeat(self.folded.shift[:, None], axes.count, axis=1)
        rows = len(self.folded.inputs)
        shifts[self.folded.at] += self.table(axes, np.empty((rows, axes.count)))
        return shifts.astype(self.folded.precision.kind, copy=False)

    def at(self, points: Ints) -> tuple[Ints, Bools]:
        """The classes at points of the variables that are read, and where they are not certain."""
        classes, unsure = np.zeros(len(points), dtype=np.int64), np.zeros(len(points), dtype=bool)
        for own, out in self.outputs(points):
            classes[own], unsure[own] = decided(out, self.far)
        return classes, unsure

    def enclosed(self, points: Ints) -> Bounds:
        """Enclosures of the outputs at points, (points, outputs)."""
        found = np.empty((len(points), len(self.folded.error)))
        for own, out in self.outputs(points):
            found[own] = out.T
        return self.folded.around(found)

    def outputs(self, points: Ints) -> Iterator[tuple[slice, Reals]]:
        """The outputs at points, (outputs, points), some at a time, and which these are."""
        rows, kind = len(self.folded.shift), self.folded.precision.kind
        step = block_size(rows)
        shift: Reals = self.folded.shift[:, None].astype(kind, copy=False)
        buffer = np.empty(rows * min(step, len(points)), dtype=kind)
        for start in range(0, len(points), step):
            self.plain.p.poll()
            own = slice(start, min(start + step, len(points)))
            base: Reals = self.folded.inputs @ self.plain.encoded(points[own])
            base = base.astype(kind, copy=False)
            held = buffer[: rows * base.shape[1]].reshape(rows, -1)
            yield own, run(self.folded, base, shift, held)


def folded_over(
    plain: Plain, reads: tuple[int, ...], cells: Sequence[Cell], *, refine: bool
) -> list[Over | None]:
    """The network over each cell; None where float64 is not used, or shows nothing of float32.

    ``cells`` are of the variables that it ``reads``; with ``refine`` rule 4 bounds its nodes.
    """
    p, never = plain.p, never_shown(plain.p)
    p.spend(len(cells) * p.cell_cost)
    bounds = all_bounds(p, parts_of(cells), refine)
    error, shown = logit_error(p, bounds)
    found: list[Over | None] = []
    for i in range(len(cells)):
        folded = fold(plain, bounds, i) if shown[i] or never else None
        if folded is None:
            found.append(None)
            continue
        spread = Fixed(error.n[i : i + 1] * (not never), error.e[i : i + 1])
        held = Over(reads, plain, folded, folded.far(spread), bool(shown[i]))
        if folded.single is not None:
            rough = replace(held, folded=folded.single, far=folded.single.far(spread))
            held = replace(held, single=rough)
        found.append(held)
    return found


def decided(out: Reals, far: float | Reals) -> tuple[Ints, Bools]:
    """The classes that outputs stand for, (outputs, points), and where they are not certain."""
    if len(out) == 1:
        return (out[0] > 0).astype(np.int64), ~(np.abs(out[0]) > far)
    best = (out[1] > out[0]).astype(np.int64)
    top, next_ = np.maximum(out[0], out[1]), np.minimum(out[0], out[1])
    for i, own in enumerate(out[2:], 2):
        best[own > top] = i
        np.maximum(next_, np.minimum(top, own), out=next_)
        np.maximum(top, own, out=top)
    return best, ~(top - next_ > far)
