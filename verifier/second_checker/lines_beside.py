"""Lines through what sandwiches leave of pieces, drawn again: from docs/certificate.md, *Lines*.

The other variables are drawn by the sum of their bins, each value in proportion to its probability
and to how much of what follows is undecided: at last the share of the line's values that are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from verifier.second_checker.domain import Point
from verifier.second_checker.draws import Piece, draws_of
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally
from verifier.second_checker.summed import (
    SUMS,
    TOGETHER,
    Choice,
    Parted,
    Run,
    assigned,
    drawn_in_order,
    runs_of,
    ways_before,
    words_of,
)
from verifier.second_checker.variables import Shares

BINS = 1 << 16
"""Bins of a piece that lines are drawn of, at most."""
AT_ONCE, RUNS, NUMBERS = 1 << 12, 1 << 8, 1 << 22
"""Runs that are put in order together, that are made ready together, and what these may take."""

Line = tuple[Point, list[Sequence[int]]]
"""A line through a point, and the stretches of its values that are undecided."""


def lines_beside(
    pieces: Sequence[Piece], stated: Stated, line: int, tally: Tally
) -> Iterator[Line]:
    """The lines drawn of sorted pieces, some of them parted: first those of all whole ones."""
    whole, others, counts = assigned(pieces, stated)
    if counts[0]:
        for piece, point in draws_of(whole, replace(stated, draws=counts[0])):
            yield point, [piece.cell[line]]
    runs = runs_of(counts[1:], stated.block)
    for at in range(0, len(runs), AT_ONCE):
        some = sorted(runs[at : at + AT_ONCE], key=lambda run: others[run[0]].sums.top)
        while some:
            stop = _fitting(some, others, stated.block)
            yield from _together(others, some[:stop], line, stated.key, tally)
            some = some[stop:]


def work_beside(pieces: Sequence[Piece], draws: int) -> int:
    """Additions that the tables of the pieces that are drawn of take, at most."""
    each = sorted(
        (
            (1 + x.sums.top) * sum(min(len(own), 1 + x.sums.top) for own in x.cell)
            for x in pieces
            if isinstance(x, Parted)
        ),
        reverse=True,
    )
    return sum(each[:draws])


def _fitting(runs: Sequence[Run], others: Sequence[Parted], block: int) -> int:
    """How many runs, from the first on, are one group."""
    stop = draws = 0
    while stop < min(len(runs), RUNS):
        x = others[runs[stop][0]]
        draws += runs[stop][2]
        full = x.sums.top * len(x.cell) * (1 + stop) > NUMBERS
        if stop and (full or draws > TOGETHER * block):
            break
        stop += 1
    return stop


def _together(
    others: Sequence[Parted], runs: Sequence[Run], line: int, key: bytes, tally: Tally
) -> Iterator[Line]:
    """The lines of a group of runs."""
    variables = [v for v in range(len(others[0].cell)) if v != line]
    held = {i: {v: _choices(others[i], v) for v in variables} for i in {run[0] for run in runs}}
    tops = {v: sum(max(c.at for c in held[i][v]) for i, _, _ in runs) for v in variables}
    order = sorted(variables, key=lambda v: (tops[v], v))
    for i, number, draws in runs:
        x, choices = others[i], [held[i][v] for v in order]
        ways = ways_before(_shares(x, choices, line), choices, tally)
        words = words_of(key, SUMS + (i << 32) + number, draws * 2 * len(order))
        for draw in range(draws):
            values, s = drawn_in_order(choices, ways, words[draw::draws])
            point = [0] * len(x.cell)
            for v, value in zip(order, values, strict=True):
                point[v] = value
            own = (x.sums.values(line, (a - s, b - s)) for a, b in x.left)
            yield tuple(point), [some for some in own if len(some)]


def _choices(x: Parted, v: int) -> list[Choice]:
    """What is drawn of a variable: listed values, or a range's values where each is a bin or more
    above the one before, else its bins, from the lowest on."""
    own, chances, sums = x.cell[v], x.leaf.chances[v], x.sums
    if isinstance(chances, Shares):
        whole = chances.weight(own)
        return [Choice(sums.bin(v, k), k, 1, chances.each[k] / whole) for k in own]
    slope = sums.bins[v]
    assert isinstance(slope, int)
    if abs(slope) >= sums.wide:
        rising = own if slope > 0 else own[::-1]
        return [Choice(sums.bin(v, k), k, 1, 1 / len(own)) for k in rising]
    found = []
    for k in range(1 + abs(slope) * (len(own) - 1) // sums.wide):
        some = sums.values(v, (k, k + 1))
        found.append(Choice(k, some[0], len(some), len(some) / len(own)))
    return found


def _shares(x: Parted, choices: Sequence[Sequence[Choice]], line: int) -> list[float]:
    """The share of the line's values that leave each sum of the others' bins undecided."""
    found = []
    for s in range(1 + sum(max(c.at for c in own) for own in choices)):
        left = sum(len(x.sums.values(line, (a - s, b - s))) for a, b in x.left)
        found.append(left / len(x.cell[line]))
    return found
