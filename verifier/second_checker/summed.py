"""Draws of what sandwiches leave of pieces, made again: from docs/certificate.md, *Other pieces*.

A tuple is drawn by the sum of its bins: variable by variable, each value in proportion to its own
probability and to the ways in which the variables after it can make that sum an undecided one.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise
from math import nextafter
from typing import NamedTuple

from verifier.model.errors import InvalidProof
from verifier.second_checker.crossing import Range, Sums, decided_of, left_of, sums_of
from verifier.second_checker.domain import Cell, Domain, Leaf, Point
from verifier.second_checker.draws import WORD, Piece, draws_of, off_of
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Sandwich
from verifier.second_checker.plans import Stated
from verifier.second_checker.points import Tally
from verifier.second_checker.stairs import Stairs
from verifier.second_checker.tree import leaf_at
from verifier.second_checker.variables import Interval, Runs, Shares

ASSIGN, SUMS = 1 << 62, 1 << 63
TOGETHER, PIECES = 16, 64
"""So many blocks' draws, and so many runs, are made ready together."""
ONE_BY_ONE = 256
"""Up to so many values of an ordinal are choices of their own."""
BINS = 1 << 13


@dataclass(frozen=True)
class Parted(Piece):
    """A piece of which the sums of bins in ``left`` are undecided; it weighs what these do."""

    sums: Sums
    left: tuple[Range, ...]


class Choice(NamedTuple):
    """Equally probable values in a row, all in the bin ``at``; their probability."""

    at: int
    first: int
    number: int
    weight: float


def parted(case: Matter, cell: Cell, leaf: Leaf, step: Sandwich, tally: Tally) -> Parted | None:
    """What a sandwich leaves of a cell; None where that is nothing."""
    sums = sums_of(case, cell, step)
    trees = {m: leaf_at(tree, tuple(x[0] for x in cell)) for m, tree in case.trees.items()}
    left = left_of(case, sums, step, trees, tally)
    if not leaf.amount(cell):
        return None
    amounts = _amounts(sums, leaf, tally)
    open_ = sum(n for a, b in left for n in amounts[a:b])
    return Parted(cell, leaf, leaf.probability(open_), sums, tuple(left)) if open_ else None


def true_beside(case: Matter, cell: Cell, leaf: Leaf, step: Sandwich, tally: Tally) -> Fraction:
    """The probability of what a sandwich decides of a cell and where the formula is true."""
    if not leaf.amount(cell):
        return Fraction(0)
    sums = sums_of(case, cell, step)
    trees = {m: leaf_at(tree, tuple(x[0] for x in cell)) for m, tree in case.trees.items()}
    amounts = _amounts(sums, leaf, tally)
    decided = decided_of(case, sums, step, trees, tally)
    return leaf.probability(sum(sum(amounts[a:b]) for a, b, true in decided if true))


def _amounts(sums: Sums, leaf: Leaf, tally: Tally) -> list[int]:
    """How much of a cell has each sum of bins, in whole numbers of the leaf."""
    size = -(-(leaf.amount(sums.cell) + 1).bit_length() // 8)
    every = 1
    for i, (own, chances) in enumerate(zip(sums.cell, leaf.chances, strict=True)):
        steps, held = sums.bins[i], dict[int, int]()
        tally.spend(size * (1 + sums.top))
        if isinstance(steps, Stairs):
            for at, some in steps.bins():
                tally.spend(16)
                held[at] = held.get(at, 0) + chances.weight(some)
        else:
            tally.spend(16 * len(own))
            for v in own:
                at = sums.bin(i, v)
                held[at] = held.get(at, 0) + chances.weight((v,))
        digits = (held.get(at, 0).to_bytes(size, "little") for at in range(1 + max(held)))
        every *= int.from_bytes(b"".join(digits), "little")
    digits_of = every.to_bytes(size * (2 + sums.top), "little")
    starts = range(0, size * (1 + sums.top), size)
    return [int.from_bytes(digits_of[at : at + size], "little") for at in starts]


Run = tuple[int, int, int]
"""The number of a piece among the parted ones, the number of a run among its own, and the draws."""


def assigned(
    pieces: Sequence[Piece], stated: Stated
) -> tuple[list[Piece], list[Parted], list[int]]:
    """The whole pieces and the others; how many draws are of all whole ones, and of each other."""
    whole = [x for x in pieces if not isinstance(x, Parted)]
    others = [x for x in pieces if isinstance(x, Parted)]
    weights = [sum((x.weight for x in whole), Fraction(0)), *(x.weight for x in others)]
    before = list(accumulate(weights, initial=Fraction(0)))
    edges = [WORD * w // before[-1] for w in before[:-1]]
    counts = [0] * len(weights)
    for at in range(0, stated.draws, stated.block):
        words = words_of(stated.key, ASSIGN + at // stated.block, stated.block)
        for word in words[: stated.draws - at]:
            counts[bisect_right(edges, word) - 1] += 1
    return whole, others, counts


def runs_of(counts: Sequence[int], block: int) -> list[Run]:
    """The runs of so many draws of each piece."""
    return [
        (i, number, min(block, n - number * block))
        for i, n in enumerate(counts)
        for number in range(-(-n // block))
    ]


def draws_beside(
    pieces: Sequence[Piece], stated: Stated, tally: Tally, factors: Sequence[int] = ()
) -> Iterator[Point]:
    """The points drawn of sorted pieces, some of them parted: first those of all whole ones.

    With ``factors`` these are boxes, into so many of which each value of a variable is cut; the
    whole pieces are of boxes then, the others not.
    """
    whole, others, counts = assigned(pieces, stated)
    if counts[0]:
        for _, point in draws_of(whole, replace(stated, draws=counts[0])):
            yield point
    runs = runs_of(counts[1:], stated.block)
    while runs:
        stop, draws = 0, 0
        while stop < min(len(runs), PIECES):
            draws += runs[stop][2]
            if stop and draws > TOGETHER * stated.block:
                break
            stop += 1
        yield from _run_together(others, runs[:stop], stated.key, tally, factors)
        runs = runs[stop:]


def words_of(key: bytes, number: int, count: int) -> list[int]:
    """The first words of a stream."""
    data = hashlib.shake_256(key + number.to_bytes(8, "little")).digest(8 * count)
    return [int.from_bytes(data[at : at + 8], "little") for at in range(0, len(data), 8)]


def _run_together(
    others: Sequence[Parted],
    runs: Sequence[Run],
    key: bytes,
    tally: Tally,
    factors: Sequence[int],
) -> Iterator[Point]:
    numbers = list(dict.fromkeys(i for i, _, _ in runs))
    held = {i: others[i] for i in numbers}
    variables = range(len(others[0].cell))
    plain = [all(_plain(x, v) for x in held.values()) for v in variables]
    choices = {i: [_choices(x, v, plain[v]) for v in variables] for i, x in held.items()}
    tops = [sum(max(c.at for c in choices[i][v]) for i in numbers) for v in variables]
    order = sorted(variables, key=lambda v: (tops[v], v))
    ways = {i: _ways(x, [choices[i][v] for v in order], tally) for i, x in held.items()}
    cut = [v for v, factor in enumerate(factors) if factor > 1]
    for i, number, draws in runs:
        words = words_of(key, SUMS + (i << 32) + number, draws * (2 * len(order) + len(cut)))
        for draw in range(draws):
            own = words[draw::draws]
            point = list(_point(order, choices[i], ways[i], own))
            for v, word in zip(cut, own[2 * len(order) :], strict=True):
                point[v] = point[v] * factors[v] + word * factors[v] // WORD
            yield tuple(point)


def _plain(x: Parted, v: int) -> bool:
    """Whether it is an ordinal of few values there, equally probable all over."""
    own, chances = x.cell[v], x.leaf.chances[v]
    if not isinstance(own, range) or isinstance(chances, Shares) or len(chances.runs) > 1:
        return False
    steps = x.sums.bins[v]
    if isinstance(steps, Stairs) and steps.top:
        return False
    slope = _slope(x, v)
    return len(own) <= ONE_BY_ONE and max(len(own) * slope, x.sums.wide) < 1 << 62


def _slope(x: Parted, v: int) -> int:
    """What a value of an ordinal adds to the one before; 0 where all are in one bin."""
    slope = x.sums.bins[v]
    if isinstance(slope, Stairs):
        return 0
    assert isinstance(slope, int)
    return abs(slope) if abs(slope) * (len(x.cell[v]) - 1) >= x.sums.wide else 0


def _choices(x: Parted, v: int, plain: bool) -> list[Choice]:
    """What is drawn of a variable, in the order in which it is added up."""
    own, chances, sums = x.cell[v], x.leaf.chances[v], x.sums
    whole = chances.weight(own)
    if isinstance(chances, Shares):
        return [Choice(sums.bin(v, k), k, 1, chances.each[k] / whole) for k in own]
    if isinstance(steps := sums.bins[v], Stairs) and steps.top:
        return list(_of_pieces(steps, chances, whole))
    slope, first, stop = _slope(x, v), own[0], own[-1] + 1
    if plain:
        return [Choice(sums.bin(v, k) if slope else 0, k, 1, 1.0 / len(own)) for k in own]
    ends = {first, stop, *(r[-1] + 1 for r, _ in chances.runs if first < r[-1] + 1 < stop)}
    if slope and len(own) <= ONE_BY_ONE:
        ends |= set(own)
    elif slope:
        for k in range(1 + slope * (len(own) - 1) // sums.wide):
            held = sums.values(v, (k, k + 1))
            ends |= {held[0], held[-1] + 1} if held else set()
    found, every = [], sorted(ends)
    for a, b in pairwise(every):
        weight = chances.weight(range(a, b)) / whole
        found.append(Choice(sums.bin(v, a) if slope else 0, a, b - a, weight))
    return found


def _of_pieces(steps: Stairs, chances: Runs, whole: int) -> Iterator[Choice]:
    """The same of an interval: of one stretch, one bin and one run of probabilities."""
    stops = [run[-1] + 1 for run, _ in chances.runs]
    for at, some in steps.bins():
        ends = [some.start, *(x for x in stops if some.start < x < some.stop), some.stop]
        for a, b in pairwise(ends):
            yield Choice(at, a, b - a, chances.weight(range(a, b)) / whole)


def _ways(x: Parted, choices: Sequence[Sequence[Choice]], tally: Tally) -> list[list[float]]:
    """For each variable and each sum of bins before it, how much of what follows is undecided."""
    reach = 1 + sum(max(c.at for c in own) for own in choices)
    last = [float(any(a <= s < b for a, b in x.left)) for s in range(reach)]
    return ways_before(last, choices, tally)


def ways_before(
    last: list[float], choices: Sequence[Sequence[Choice]], tally: Tally
) -> list[list[float]]:
    """The same, where ``last`` says how much is undecided for each sum of all their bins."""
    reach = list(accumulate((max(c.at for c in own) for own in choices), initial=0))
    found = [last]
    for own, most in zip(reversed(choices), reversed(reach[:-1]), strict=True):
        tally.spend(len(own) * (1 + most))
        now = []
        for s in range(1 + most):
            amount = 0.0
            for c in own:
                amount += found[-1][s + c.at] * c.weight
            now.append(amount)
        found.append(now)
    return found[::-1]


def drawn_in_order(
    choices: Sequence[Sequence[Choice]], ways: Sequence[Sequence[float]], words: Sequence[int]
) -> tuple[list[int], int]:
    """The values drawn of the variables, in their order, and the sum of their bins."""
    values, s = [], 0
    for i, own in enumerate(choices):
        edges, total = [], 0.0
        for c in own:
            total += c.weight * ways[i + 1][s + c.at]
            edges.append(total)
        if not total > 0:
            raise InvalidProof("nothing that can be drawn is undecided of a cell")
        mark = min((words[2 * i] >> 11) * 2.0**-53 * total, nextafter(total, 0.0))
        chosen = own[next(k for k, edge in enumerate(edges) if edge > mark)]
        values.append(chosen.first + (words[2 * i + 1] * chosen.number >> 64))
        s += chosen.at
    return values, s


def _point(
    order: Sequence[int],
    choices: Sequence[Sequence[Choice]],
    ways: Sequence[Sequence[float]],
    words: Sequence[int],
) -> Point:
    values, _ = drawn_in_order([choices[v] for v in order], ways, words)
    return tuple(value for _, value in sorted(zip(order, values, strict=True)))


def off_beside(domain: Domain, pieces: Sequence[Piece], bins: int = BINS) -> Fraction:
    """How far the draws' distribution can be from the pieces': finite words, and float64.

    Of pieces of up to so many ``bins``.
    """
    whole = [x for x in pieces if not isinstance(x, Parted)]
    others = len(pieces) - len(whole)
    count = len(domain.variables)
    every = (own for leaf in domain.leaves for own in leaf.chances)
    runs = max(0 if isinstance(own, Shares) else len(own.runs) for own in every)
    runs += sum(len(v.runs) for v in domain.variables if isinstance(v, Interval))
    choices = sum(min(len(v.whole), bins + runs) for v in domain.variables)
    floats = Fraction(4 * count * (choices + 8 * count), 1 << 53)
    words = off_of(whole) - Fraction(1, WORD) if whole else Fraction(0)
    return Fraction(1 + others, WORD) + max(words, floats)
