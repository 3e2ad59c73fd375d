"""Lines through a shallow network, from one bend to the next, many at once: rule 11. Trusted.

Where all features are forms of the input, each bends a line once, and between two bends the output
is an affine function of the line's value. So the bends are sorted, and the pieces' slopes and
constants added up; where float64 leaves a class open the line is gone through as any other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.folding import SLACK, Folded
from verifier.kernel.plain import UNIT, Floats

Bools = npt.NDArray[np.bool_]
TINY = 2.0**-1000
"""Far more than what an operation loses by underflow."""
NUMBERS = 1 << 17
"""Numbers of an array, about."""


class Pieces(NamedTuple):
    """Stretches of lines in their order, from ``low`` to ``high`` (n,), at least one a line.

    ``first`` and ``last`` say at their ends that the class is 1; ``sure`` where that is certain.
    ``rise`` and ``shift`` give the output, to be compared with ``far``.
    """

    line: Ints
    low: Ints
    high: Ints
    first: Bools
    last: Bools
    sure: Bools
    shift: Floats
    rise: Floats
    far: float


class Changes(NamedTuple):
    """From ``value`` on the ``line`` has a class; and the numbers of what is not certain."""

    line: Ints
    value: Ints
    classes: Ints
    open: Ints


class Shallow:
    """A network of one layer and one output, folded over everything, along one of its columns.

    Value v of the line's variable is first + v step.
    """

    def __init__(self, folded: Folded, far: float, column: int, numbers: tuple[float, float]):
        self.folded, self.far = folded, far
        first, step = numbers
        rows = len(folded.shift)
        along = np.zeros(rows)
        along[folded.at] = folded.inputs[:, column]
        self.start, self.slope = along * first, along * step
        self.weight = np.ones(rows)  # of the features, and of the output's own form
        self.weight[:-1] = 0.0
        out = folded.stages[-1]
        self.weight[out.first : out.begin] = out.weight[0]
        turns = np.flatnonzero((self.slope[:-1] != 0) & (self.weight[:-1] != 0))
        self.turns = turns
        self.still = np.flatnonzero(self.slope[:-1] == 0)
        self.bits = max(1, len(turns).bit_length())
        self.size = max(1 << 6, NUMBERS // (2 + len(turns)))

    def pieces(self, base: Floats, low: Ints, high: Ints) -> Pieces:
        """The pieces of lines: of ``base`` (rows of the table, N) are the other variables' forms.
        ``low`` and ``high`` are below 2**40."""
        folded, turns = self.folded, self.turns
        shift = np.repeat(folded.shift[:, None], len(low), axis=1)
        shift[folded.at] += base
        shift += self.start[:, None]
        # features that a line's variable does not move, and those that fall, are on at its start
        still, falls = self.still, turns[self.slope[turns] < 0]
        constant = shift[-1] + self.weight[still] @ np.maximum(shift[still], 0.0)
        constant += self.weight[falls] @ shift[falls]
        slope = self.slope[-1] + float(self.weight[falls] @ self.slope[falls])
        count, ends = len(low), (low, high + 1)
        own = np.ascontiguousarray(shift[turns].T)
        with np.errstate(over="ignore"):  # far outside, then
            bend = np.ceil(-own / self.slope[turns])
        bend = np.clip(bend, ends[0][:, None], ends[1][:, None])  # NaN: there is none
        order = (bend.astype(np.int64) << self.bits) + np.arange(len(turns))
        order.sort(axis=1)
        which = order & ((1 << self.bits) - 1)
        jump = np.sign(self.slope[turns]) * self.weight[turns]
        shifts, rises = np.empty((2, count, len(turns) + 1))
        shifts[:, 0], rises[:, 0] = constant, slope
        shifts[:, 1:] = np.take_along_axis(own * jump, which, axis=1)
        rises[:, 1:] = (jump * self.slope[turns])[which]
        np.cumsum(shifts, axis=1, out=shifts)
        np.cumsum(rises, axis=1, out=rises)
        edges = np.empty((count, len(turns) + 2), dtype=np.int64)
        edges[:, 0], edges[:, -1] = ends
        edges[:, 1:-1] = order >> self.bits
        return self._some(edges, shifts, rises, self._far(shift, int(ends[1].max())))

    def _far(self, shift: Floats, most: int) -> float:
        """How large what is computed of an output has to be for its sign to be certain."""
        reach = np.abs(shift).max(axis=1) + np.abs(self.slope) * (most + 1) + np.abs(self.start)
        roundings = 4 * len(reach) + 64
        weight = np.abs(self.weight)
        extra = roundings * (UNIT * float(weight @ reach) + TINY * (1 + float(weight.sum())))
        return (self.far + extra) * SLACK

    def _some(self, edges: Ints, shifts: Floats, rises: Floats, far: float) -> Pieces:
        line, at = np.nonzero(edges[:, 1:] > edges[:, :-1])
        low, high = edges[line, at], edges[line, at + 1] - 1
        shift, rise = shifts[line, at], rises[line, at]
        first, last = shift + rise * low, shift + rise * high
        sure = np.minimum(np.abs(first), np.abs(last)) > far
        return Pieces(line, low, high, first > 0, last > 0, sure, shift, rise, far)

    def changes(self, x: Pieces) -> Changes:
        """Where the class changes, the first values with it, and which pieces are not certain."""
        turn = np.flatnonzero(x.sure & (x.first != x.last))
        shift, rise = x.shift[turn], x.rise[turn]
        meet = np.floor(np.clip(-shift / rise, x.low[turn], x.high[turn] - 1))
        before, after = shift + rise * meet, shift + rise * (meet + 1)
        apart = np.minimum(np.abs(before), np.abs(after)) > x.far
        apart &= ((before > 0) == x.first[turn]) & ((after > 0) == x.last[turn])
        sure = x.sure.copy()
        sure[turn[~apart]] = False
        turn, meet = turn[apart], meet[apart].astype(np.int64) + 1
        new = np.ones(len(x.line), dtype=bool)
        new[1:] = (x.line[1:] != x.line[:-1]) | (x.first[1:] != x.last[:-1])
        new[1:] |= ~sure[:-1]
        new &= sure
        line = np.concatenate([x.line[new], x.line[turn]])
        value = np.concatenate([x.low[new], meet])
        classes = np.concatenate([x.first[new], x.last[turn]]).astype(np.int64)
        return Changes(line, value, classes, np.flatnonzero(~sure))


def is_shallow(folded: Folded) -> bool:
    """Whether a folded network has one output, and no feature reads another."""
    *features, out = folded.stages
    return out.end - out.begin == 1 and not any(stage.weight.shape[1] for stage in features)
