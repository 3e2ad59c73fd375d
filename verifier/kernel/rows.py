"""Rows of a table, each evaluated exactly: rule 12 of docs/soundness.md. Trusted.

The formula is evaluated at every row by the exact arithmetic that counterexamples are evaluated by.
In a domain with continuous variables a row is the number itself, not the piece that it is in, so
models are evaluated there on numbers; trees then compare these with their own thresholds. Of an
ensemble the class at a number is that of its piece, which was seen when it was made ready.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from verifier.kernel.asked import Asked
from verifier.kernel.known import Classes
from verifier.kernel.prepared import no_poll
from verifier.kernel.sampling import is_true_at
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.errors import InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.network import Network, decide, exact_logits
from verifier.model.question import Matter, truth
from verifier.model.rows import Numbers, Rows, RowsFound
from verifier.model.tree import Tree

AT_ONCE = 1 << 8
"""Rows evaluated together."""
AT_FIRST = 1 << 12
"""Rows that are evaluated even where a stop has come: a moment's work, and worth it."""


def on_rows(asked: Asked, matter: Matter, rows: Rows) -> RowsFound:
    """On how many of the rows the formula is true. Raises InvalidProof for a row that is no point
    of the domain."""
    true, quiet = 0, _unpolled(asked)
    for start in range(0, len(rows.points), AT_ONCE):
        if start >= AT_FIRST:
            asked.poll()
        here = asked if start >= AT_FIRST else quiet
        some = slice(start, start + AT_ONCE)
        points, times = rows.points[some], rows.times[some]
        asked.spend(len(points) * (4 * asked.point_cost + PYTHON * len(matter.domain.variables)))
        for point in points:
            if not matter.domain.possible(point):
                raise InvalidProof(f"rows.bin: {point} is not a point of the domain")
        if matter.domain.infinite:
            found = list(_by_numbers(here, matter, rows.held[some]))
        else:
            found = is_true_at(here, np.array(points, dtype=np.int64)).tolist()
        true += sum(n for n, is_true in zip(times, found, strict=True) if is_true)
    return RowsFound(rows.count, true)


def _unpolled(asked: Asked) -> Asked:
    """The same question, whose evaluation no stop ends."""
    nets = {
        model: replace(net, p=replace(net.p, poll=no_poll)) for model, net in asked.nets.items()
    }
    forests = {model: replace(x, poll=no_poll) for model, x in asked.forests.items()}
    return replace(asked, nets=nets, forests=forests, poll=no_poll)


def _by_numbers(
    asked: Asked, matter: Matter, held: Sequence[tuple[Point, Numbers]]
) -> Iterator[bool]:
    """Whether the formula is true of each row, by the numbers in its columns."""
    rows = [_row(matter.domain, point, numbers) for point, numbers in held]
    points = np.array([point for point, _ in held], dtype=np.int64)
    classes: list[list[int]] = []
    for model, bound in enumerate(matter.models):
        if (forest := asked.forests.get(model)) is not None:  # no test parts a piece
            classes.append(forest.classes_at(forest.points(points)).tolist())
            continue
        inputs = [[x for i in bound.reads for x in row[i]] for row in rows]
        if isinstance(bound.model, Network):
            over = math.lcm(*(x.denominator for row in inputs for x in row))
            whole = [[x.numerator * (over // x.denominator) for x in row] for row in inputs]
            classes.append([decide(x) for x in exact_logits(bound.model, whole, over)[0]])
            continue
        assert isinstance(bound.model, Tree)  # a test of an opaque model has no rows
        classes.append([bound.model.class_at(x) for x in inputs])
    for own in zip(*classes, strict=True):
        every: Classes = tuple(own)
        found = truth(matter.question, every)
        assert found is not None  # all classes are known
        yield found


def _row(domain: Domain, point: Point, numbers: Numbers) -> list[tuple[Fraction, ...]]:
    """What each variable puts into its columns."""
    own, row = iter(numbers), []
    for v, value in zip(domain.variables, point, strict=True):
        if not isinstance(v, Continuous):
            row.append(v.row(value))
            continue
        x = next(own)
        if v.piece_of(x) != value:
            raise InvalidProof(f"rows.bin: {x} does not lie in piece {value} of a variable")
        row.append((x,))
    return row
