"""Whether a fragment that a journal kept, or another machine sent, can be the answer to a unit.

Whoever can write a journal can write anything into it, with checksums that are right. What such a
fragment says of classes is the kernel's to judge; this is about all that the search itself goes on
with: its splits, which cells are left, which points are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell, Point
from verifier.model.errors import LeafproofError
from verifier.model.part import Part, size
from verifier.model.proof import Constant, Enumerated, Several, Step
from verifier.model.question import Matter
from verifier.provers.units.structure import Forest
from verifier.provers.units.unit import Fragment, Unit

WHOLE = 1.001
"""What shares add up to, at most, as they are rounded."""
MANY = 1 << 20
"""Cells that the search of a unit closed, at most: its proof may have fewer, once it is shaped."""
WORD = 1 << 62
"""Numbers below it are held in machine words."""
Words = npt.NDArray[Any]


def check_kept(unit: Unit, fragment: Fragment, found: Forest, matter: Matter) -> None:
    """LeafproofError unless a well-formed fragment, whose forest this is, can be of this unit.

    ``matter`` is what the unit's search is about.
    """
    numbers = (*fragment.shares, *fragment.sums)
    if not all(0 <= x <= WHOLE for x in numbers) or not 0 <= fragment.closed <= MANY:
        raise _none("counts more than there is")
    if not all(_says_something(step, matter) for step in fragment.steps):
        raise _none("is about classes that there are not")
    wholes = [v.whole for v in matter.domain.variables]
    if not all(_is_point(point, wholes) for point in fragment.points):
        raise _none("has a point that is none")
    if any(left.path != (*unit.path, i) for i, left in enumerate(fragment.left)):
        raise _none("leaves units of another one")
    cells = _cells(unit, fragment, found, wholes)
    for left, places in zip(fragment.left, fragment.places, strict=True):
        if left.cells != tuple(cells[at] for at in places):
            raise _none("leaves other cells than are open")


def _says_something(step: Step, matter: Matter) -> bool:
    """Whether a step is about classes that there are, of models but trees, and of each once."""
    if isinstance(step, Enumerated):
        return True
    said = step.steps if isinstance(step, Several) else (step,)
    return len({getattr(x, "model", None) for x in said}) == len(said) and all(
        isinstance(x, Constant)
        and x.model in {*matter.networks, *matter.ensembles}
        and 0 <= x.klass < matter.models[x.model].classes
        for x in said
    )


def _is_point(point: Point, wholes: Sequence[Part]) -> bool:
    """Whether there is a value by each number: wholes begin at 0 and have no gaps."""
    return len(point) == len(wholes) and all(
        0 <= value < size(whole) for value, whole in zip(point, wholes, strict=True)
    )


@dataclass(frozen=True, eq=False)
class _Level:
    """Nodes that have as many splits above them, and of each cell the ``low`` and ``high`` [nodes,
    variables]: where ranges begin and end, or sets of values and nothing."""

    nodes: npt.NDArray[np.int64]
    low: Words
    high: Words


def _cells(
    unit: Unit, fragment: Fragment, found: Forest, wholes: Sequence[Part]
) -> dict[int, Cell]:
    """The cells of the places that are left; raises LeafproofError where a split is none."""
    ordinal = np.array([isinstance(whole, range) for whole in wholes])
    wanted = np.zeros(len(fragment.codes), dtype=np.bool_)
    wanted[[at for some in fragment.places for at in some]] = True
    cells: dict[int, Cell] = {}
    for level in _levels(unit, fragment, found, ordinal):
        for row in np.flatnonzero(wanted[level.nodes]).tolist():
            ends = zip(level.low[row].tolist(), level.high[row].tolist(), ordinal, strict=True)
            parts = tuple(range(low, high) if ranged else low for low, high, ranged in ends)
            cells[int(level.nodes[row])] = Cell(parts)
    return cells


def _levels(
    unit: Unit, fragment: Fragment, found: Forest, ordinal: npt.NDArray[np.bool_]
) -> Iterator[_Level]:
    """All nodes of a forest, from the roots down."""
    level, lefts = _roots(unit, fragment, found)
    while len(level.nodes):
        yield level
        own = np.flatnonzero(fragment.codes[level.nodes] >= 0)
        nodes, low, high = level.nodes[own], level.low[own], level.high[own]
        variables, goes, rows = fragment.codes[nodes], lefts[nodes], np.arange(len(own))
        ranged = ordinal[variables]
        was, end = low[rows, variables], high[rows, variables]
        outside = was & ~goes
        by_mask = (goes & ~was == 0) & (goes != 0) & (outside != 0)
        if not np.where(ranged, (was <= goes) & (goes + 1 < end), by_mask).all():
            raise _none("has a split of nothing")
        lows, highs = low.copy(), high.copy()
        low[rows, variables] = np.where(ranged, was, goes)
        high[rows, variables] = np.where(ranged, goes + 1, end)
        lows[rows, variables] = np.where(ranged, goes + 1, outside)
        level = _Level(
            np.concatenate([nodes + 1, found.rights[nodes].astype(np.int64)]),
            np.concatenate([low, lows]),
            np.concatenate([high, highs]),
        )


def _roots(unit: Unit, fragment: Fragment, found: Forest) -> tuple[_Level, Words]:
    """The roots of a forest, and what its splits say goes left."""
    lows = [[p if isinstance(p, int) else p.start for p in cell.parts] for cell in unit.cells]
    highs = [[0 if isinstance(p, int) else p.stop for p in cell.parts] for cell in unit.cells]
    most = max(max(map(max, lows)), max(map(max, highs)))
    long = np.flatnonzero(fragment.lefts < 0).tolist()
    if most < WORD and not long:
        low, high = np.array(lows, dtype=np.int64), np.array(highs, dtype=np.int64)
        lefts: Words = np.minimum(fragment.lefts, WORD)
    else:
        low, high = np.array(lows, dtype=object), np.array(highs, dtype=object)
        lefts = fragment.lefts.astype(object)
        for i in long:
            lefts[i] = fragment.large[-1 - int(fragment.lefts[i])]
        if any(left < 0 for left in lefts[long].tolist()):
            raise _none("has a split of nothing")
    return _Level(found.roots.astype(np.int64), low, high), lefts


def _none(what: str) -> LeafproofError:
    return LeafproofError(f"a fragment of a proof {what}")
