"""The ways in which a sample can be drawn, and whether one may pay before it is tried.

What a way takes to be made ready is told by counts of pieces, and by what a few of them were seen
to take; what it may give by how much of the domain is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.jobs.promising import Pilot, Way
from verifier.kernel import lines
from verifier.kernel.crossing import Cells
from verifier.kernel.population import Population
from verifier.model.sample import CELLS, METHODS, PLAIN, POOLED
from verifier.model.variable import Variable
from verifier.provers.timing import now

ALONG = {POOLED: 1, CELLS: 3, PLAIN: 2}
"""So many variables are tried that lines are along."""
SHORTEST = 8
"""Values of such a variable, at least."""
TABLE, VALUE = 2e-4, 1e-6
"""Seconds that the tables of a piece that a Sandwich decides in part take, about, and more of them
for each value that is listed."""
AROUND, LISTED = 7e-5, 3e-8
"""The same of a cell that points are drawn of whatever is decided."""
QUICK, RARELY = 0.5, 1 << 4
"""Such a draw takes so much of what one of the whole domain does, at least. Tables are made for
points where so few such ones are open."""
SHARE = 0.3
"""Of the time that is left, making a way ready takes no more."""
HOPE = 0.7
"""Of the width that points of what is open promise, lines through it may give so much; they rarely
gave less."""
SOME = 64
"""Cells that are made ready to see how long that takes, at most."""


def ways(found: Population) -> Iterator[Way]:
    """Points, and lines along the variables that change the most."""
    every = along(found)
    everything = found.mass == 1 and not found.parted
    # points of all of the domain: of as few pieces as it has
    pooled = not everything or len(found.pieces) <= len(found.everything.pieces)
    possible = {
        PLAIN: not (everything and pooled),
        POOLED: bool(found.pieces) and pooled,
        CELLS: bool(found.parted) and not found.asked.domain.infinite,
    }
    methods = [x for x in (PLAIN, CELLS, POOLED) if possible[x] and x in METHODS]
    for method in methods:
        # tables of pieces take long: where there are lines, these are drawn of them
        tables = method == POOLED and found.parted
        if not (tables and (every or found.around.mass < RARELY * found.mass)):
            yield Way(found, method, None)
    for rank, line in enumerate(every):
        for method in (PLAIN, CELLS, POOLED):
            if method in methods and rank < ALONG[method]:
                yield Way(found, method, line)


def along(found: Population) -> list[int]:
    """The variables that lines may be along, those that change the most first."""
    asked = found.asked
    every = [
        i
        for i, v in enumerate(asked.domain.variables)
        if v.count >= SHORTEST and not lines.problem(asked, i)
    ]
    return sorted(every, key=lambda i: -asked.spans[i] * asked.domain.variables[i].count)


def narrower(found: Population, plain: Pilot) -> float:
    """How wide the interval is by points of the pieces, beside as many of the whole domain.

    That follows from what is proved, and from how many of the whole domain's are true.
    """
    share = (plain.seen.true + 0.5) / (plain.tried + 1)
    true = max(0.0, share - float(found.settled))
    varies = true * max(0.0, float(found.open_mass) - true)
    return float((varies / (share * (1 - share))) ** 0.5)


def around_takes(found: Population) -> float:
    """Seconds until points of a cell are drawn, whatever is decided of it, about."""
    variables = found.asked.domain.variables
    values = sum(v.count for v in variables if isinstance(v, Variable))
    return AROUND + LISTED * values


def table_takes(found: Population) -> float:
    """Seconds that the tables of a piece that a Sandwich decides in part take, about."""
    variables = found.asked.domain.variables
    return TABLE + VALUE * sum(v.count for v in variables if isinstance(v, Variable))


def pays(hope: float, best: float, ready: float, left: float) -> bool:
    """Whether the ``hope`` of so much half a width is less than the ``best``, though making it
    ready takes some of the seconds that are ``left``."""
    return ready < SHARE * left and hope * (left / (left - ready)) ** 0.5 < best


@dataclass
class Prices:
    """What ways of drawing from a population cost before anything is drawn, in seconds.

    ``plain`` is a pilot of points of the whole domain, if there is one.
    """

    found: Population
    plain: Pilot | None = None
    _cell: float | None = None

    def ready(self, way: Way) -> float:
        """Seconds until the first draw of a way, about."""
        parted = len(self.found.parted)
        if way.method == POOLED and parted:
            return table_takes(self.found) * parted
        if way.method == CELLS and way.line is None:
            return around_takes(self.found) * len(self.found.pieces)
        if way.method != CELLS or "cells" in self.found.__dict__:
            return 0.0
        if self._cell is None:
            pieces = self.found.pieces[:: -(-len(self.found.pieces) // SOME)]
            start = now()
            Cells(self.found.asked, pieces)
            self._cell = (now() - start) / len(pieces)
        return self._cell * len(self.found.pieces)

    def may_pay(self, way: Way, best: float, plain: float, left: float) -> bool:
        """Whether a way may be narrower than the ``best``, half the width that is promised now.

        ``plain`` is what points of the whole domain promise, ``left`` the seconds that are left.
        """
        if way.method == PLAIN or way.is_plain:
            return True
        if way.line is None and self.plain is not None:
            hope = plain * narrower(self.found, self.plain)
            if way.method == CELLS:
                hope *= float(QUICK * self.found.around.mass / self.found.mass) ** 0.5
        else:
            hope = plain * float(self.found.mass) ** 0.5 * (1.0 if way.line is None else HOPE)
        return hope < best and pays(hope, best, self.ready(way), left)
