"""How far a cell is from a Tail of a wide network, by looks at it as the kernel takes them.

A look finds what the margin of a class is shown to be with a bound on how often it is less, by
forms of the cell or of one around it, and what columns move it most: there the cell is split.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial

import numpy as np

from verifier.kernel.asked import Net
from verifier.kernel.choices import Floats, first_layers
from verifier.kernel.likely import Around, least_of
from verifier.kernel.quick import Cells, Rows, intercept, slopes
from verifier.kernel.rules import class_rows
from verifier.model.cell import Cell
from verifier.model.chances import Distribution
from verifier.model.part import contains
from verifier.model.proof import Split
from verifier.provers.space import Array, Space, as_bits, boxes, extremes
from verifier.provers.split import adds, below_middle, middle
from verifier.provers.tables import Indices
from verifier.provers.timing import now

RUNGS = (5, 7, 14, 26, 40)
"""Bounds of Tails that are tried, as powers of 1/2: the higher, the harder to show."""
FAR = 5.0
"""Splits that a cell is taken to be away from a Tail, until it is known what one does."""
FARTHEST = 60.0
"""Splits that a cell is known to be away, at most."""
UNSEEN = 2
"""So many times in a row a cell that is far away is split unseen."""


def bound_of(rung: int) -> Fraction:
    """The bound of a rung's Tails."""
    return Fraction(1, 1 << RUNGS[rung])


@dataclass(frozen=True, eq=False)
class Drawn:
    """Random points of a cell, as indices of values [points, variables], and the models' classes
    there [points, models]."""

    cell: Cell
    points: Indices
    classes: Indices

    def inside(self, cell: Cell) -> Drawn:
        """Those in a smaller cell: they are random points of that."""
        kept = np.ones(len(self.points), dtype=np.bool_)
        for i, (part, whole) in enumerate(zip(cell.parts, self.cell.parts, strict=True)):
            if part != whole:
                kept &= [contains(part, value) for value in self.points[:, i].tolist()]
        return Drawn(cell, self.points[kept], self.classes[kept])

    def most_frequent(self, model: int) -> int:
        """The class that a model has most often."""
        return int(np.bincount(self.classes[:, model]).argmax())


@dataclass(frozen=True, eq=False)
class Said:
    """What may be said of a cell: the class of a network, given how what it reads is distributed.

    ``space`` is that of the network's own domain; ``drawn`` are the points that told the class.
    """

    net: Net
    space: Space
    model: int
    klass: int
    chances: Sequence[Distribution]
    drawn: Drawn

    def around(self, cell: Cell, rung: int) -> Around | None:
        """What the kernel finds of a cell, for what is in it, by a rung."""
        with np.errstate(all="ignore"):
            own = self.net.cell(cell)
            return Around.of(self.net.p, own, self.klass, bound_of(rung), self.chances)


@dataclass(frozen=True, eq=False)
class Sight:
    """What looks at a cell, or at one around it, told of how far it is from a Tail of ``klass``.

    ``form`` says what moves the margin, ``least`` what that was shown to be, ``unseen`` splits ago;
    ``far`` is about how many splits are wanted, ``known`` if it was seen what one does; ``each`` is
    what one did where that was seen last, 0 where it was not.
    """

    klass: int = -1
    form: Array | None = None
    least: float = -math.inf
    unseen: int = 0
    far: float = FAR
    known: bool = False
    each: float = 0.0

    def is_far_from(self, klass: int, near: float) -> bool:
        """Whether a Tail of that class would hardly be shown of parts so ``near``."""
        known = self.known and self.form is not None and self.klass == klass
        return known and self.far > near and self.unseen <= UNSEEN

    def after(self, klass: int, seen: Seen) -> Sight:
        """The same after a look at a class that shows no less than the one before."""
        far, known, each, wanted = self.far, self.known, self.each, -min(seen.least, 0.0)
        if klass != self.klass:  # splits may do as much for this one
            far, known = min(FAR, wanted / each) if each else FAR, False
        elif math.isfinite(self.least):
            gain = (seen.least - self.least) / max(1, self.unseen)
            if FARTHEST * gain > wanted:  # else it is not known what a split does
                each = (each + gain) / 2 if each else gain
                far, known = wanted / each, True
        return Sight(klass, seen.form, seen.least, 0, far, known, each)

    @property
    def of_half(self) -> Sight:
        """What it says of a half that is cut where this was wanted."""
        return replace(self, unseen=self.unseen + 1, far=max(self.far - 1, 0.0))


@dataclass(frozen=True, eq=False)
class Seen:
    """What a look at a cell found: the rung that the kernel shows, -1 for none.

    ``least`` is what the margin is shown to be at the last rung that was tried, ``form`` what moves
    it, and ``seconds`` how long the kernel takes for that.
    """

    rung: int = -1
    least: float = -math.inf
    form: Array | None = None
    seconds: float = 0.0


def look(what: Said, around: Around, cell: Cell, rung: int) -> Seen:
    """What the kernel shows the margin to be by a rung, and how much columns move that.

    In the first precision that it tries: the next takes twice as long and shows hardly more.
    """
    begun = now()
    with np.errstate(all="ignore"):
        cells = around.within(what.net.cell(cell), bound_of(rung))
        if cells is None:
            return Seen()
        p = what.net.p
        rows = class_rows(p.teacher.outputs, what.klass)[0]
        least = least_of(cells, rows)
        least = np.where(np.isnan(least), -np.inf, least)
        moves = _moves_of(cells, rows[int(least.argmin())])
    form = np.ldexp(moves, [-scale for scale in p.scales])
    lowest = float(least.min())
    return Seen(rung if lowest > 0 else -1, lowest, form, now() - begun)


def _moves_of(cells: Cells, row: Floats) -> Array:
    """How much columns move a form of the logits: straight, and by how loose first ReLUs are."""
    zero, seen = np.zeros((1, 1)), dict[int, Floats]()
    lines = partial(cells.relu, sets=1)
    last = len(cells.p.teacher.layers)
    moves = np.abs(cells.carry(last, Rows(row[None, None], zero[:, None], zero), seen, lines).a)[0]
    for node in first_layers(cells.p):
        if node in seen:
            low, high, a = cells.low[node], cells.high[node], seen[node][0]
            over = intercept(low, high, slopes(low, high, cells.precision)[1])
            lost = np.maximum(-a, 0) * over + np.maximum(a, 0) * np.minimum(-low, high)
            held = cells.layers[node - 1]
            assert held is not None
            open_ = (low < 0) & (high > 0)
            moves = moves + np.where(open_, lost / np.where(open_, high - low, 1), 0) @ held.size
    return np.asarray(moves[0])


def cut_by(what: Said, cell: Cell, form: Array) -> Split:
    """Where a form of the input, what columns move, varies most."""
    space, own = what.space, what.net.cell(cell)
    ends = extremes(space, boxes(space, [own]), form[None, None])
    moves = np.nan_to_num(ends.high[0, 0] - ends.low[0, 0])
    free = [len(part) if isinstance(part, range) else part.bit_count() for part in own.parts]
    at = int(np.where(np.array(free) > 1, moves, -1.0).argmax())
    part = own.parts[at]
    if isinstance(part, range):
        return Split(what.net.reads[at], middle(part) - 1)
    added = adds(space, at, form)
    return Split(what.net.reads[at], below_middle(added, as_bits(part, len(added))))
