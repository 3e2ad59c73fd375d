"""Rule 7 of docs/soundness.md: how often the class is another one, by Hoeffding. Trusted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import flint

from verifier.kernel.arithmetic import Bounds, Whole
from verifier.kernel.forms import input_tables
from verifier.kernel.prepared import Parts, Prepared, allowed_values, parts_of
from verifier.kernel.rules import all_bounds, class_rows, row_parts
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.limits import PYTHON
from verifier.model.ordinal import Ordinal


def tail_bound(
    p: Prepared, cell: Cell, klass: int, chances: Sequence[Distribution] | None = None
) -> Fraction:
    """A proved upper bound of P[teacher != klass | cell], at most 1.

    ``chances`` are the distributions of the variables, independent of each other: the domain's own
    where they are not given.

    Each linear form of the margin is bounded below by c + sum_v t_v(value of v) with independent
    terms, so by Hoeffding (1963) it fails to be positive with probability at most
    exp(-2 mean^2 / sum of squared ranges); the forms' bounds add up.
    """
    if chances is None:
        chances = list(p.domain.distributions(None))
    parts = parts_of([cell])
    nodes = all_bounds(p, parts, True)
    p.spend(p.cell_cost + max(1, p.teacher.outputs - 1) * p.row_cost(len(nodes) - 1))
    tail = flint.arb(0)
    for part in row_parts(p):
        more = _tails(p, parts, nodes, class_rows(p.teacher.outputs, klass, part)[0], chances)
        if more is None:
            return Fraction(1)
        tail += more
    upper = tail.upper().mid().man_exp()
    bound = Fraction(int(upper[0])) * _two_to(int(upper[1]))
    scale = 1 << max(16, 16 + bound.denominator.bit_length() - bound.numerator.bit_length())
    return min(Fraction(1), Fraction(math.ceil(bound * scale), scale))


def _tails(
    p: Prepared,
    parts: Parts,
    nodes: Sequence[Bounds],
    rows: Whole,
    chances: Sequence[Distribution],
) -> flint.arb | None:
    """The sum of the bounds of some forms of the logits, or None where one shows nothing."""
    constant, tables, numbers = input_tables(p, nodes, len(nodes) - 1, rows[None])
    ranges = number_ranges(p, parts, chances)
    if ranges is None:
        return None
    tail = flint.arb(0)
    for row in range(len(rows)):
        p.poll()
        p.spend(PYTHON * p.values)
        mean = Fraction(int(constant.n[0, row])) / _two_to(int(constant.e[0]))
        squares = Fraction(0)
        for g, (table, slack) in zip(p.groups, tables, strict=True):
            unit = _two_to(int(table.e[0]))
            mean += Fraction(int(slack.n[0, row])) / _two_to(int(slack.e[0]))
            inside = allowed_values(g, parts)[0]
            for i, index in enumerate(g.variables.tolist()):
                own = chances[index]
                assert isinstance(own, Listed)
                mass = own.weights
                chosen = [v for v in range(len(mass)) if inside[i, v]]
                weight = sum(mass[v] for v in chosen)
                if not weight:
                    return None
                terms = {v: int(table.n[0, row, i, v]) for v in chosen}
                mean += Fraction(sum(mass[v] * t for v, t in terms.items()), weight) / unit
                squares += ((max(terms.values()) - min(terms.values())) / unit) ** 2
        unit = _two_to(int(numbers.e[0]))
        for (middle, width), n in zip(ranges, numbers.n[0, row].tolist(), strict=True):
            mean += int(n) * middle / unit
            squares += (int(n) * width / unit) ** 2
        if mean <= 0 or not squares:
            return None
        exponent = max(-2 * mean * mean / squares, Fraction(-600))
        tail += (flint.arb(exponent.numerator) / exponent.denominator).exp()
    return tail


def number_ranges(
    p: Prepared, parts: Parts, chances: Sequence[Distribution]
) -> list[tuple[Fraction, Fraction]] | None:
    """Of every ordinal the mean number in the first cell, and the difference of its ends, scaled.
    None where the cell has probability 0."""
    if p.ordinals is None:
        return []
    found = []
    ends = parts.ends[0].T.tolist()
    for index, (low, high) in zip(p.ordinals.variables.tolist(), ends, strict=True):
        v, own = p.domain.variables[index], chances[index]
        assert isinstance(v, Ordinal) and isinstance(own, Runs)
        p.spend(PYTHON * len(own.runs))
        mean = mean_index(own, range(low, high + 1))
        if mean is None:
            return None
        unit = _two_to(p.scales[p.domain.offsets[index]])
        found.append(((v.first + mean * v.step) / unit, (high - low) * v.step / unit))
    return found


def mean_index(chances: Runs, part: range) -> Fraction | None:
    """The mean index of a range under a distribution in runs; None where it has probability 0.

    The mean of the indices from a to b is (a + b) / 2, as in a run all are equally probable.
    """
    weight = total = 0
    start = chances.start
    for stop, each in zip(chances.stops, chances.each, strict=True):
        low, high = max(start, part.start), min(stop, part.stop) - 1
        if low <= high:
            count = high - low + 1
            weight += count * each
            total += count * each * (low + high)
        start = stop
    return Fraction(total, 2 * weight) if weight else None


def _two_to(e: int) -> Fraction:
    return Fraction(1 << e) if e >= 0 else Fraction(1, 1 << -e)
