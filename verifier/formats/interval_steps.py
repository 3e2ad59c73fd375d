"""Continuous variables as ranges in very small steps: what is asked at points needs points.

A real number has no float, and no finite file says which one was drawn. The middle of a step of a
billionth of the interval is a number that can be written down, drawn again and handed to any model.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from verifier.formats.intervals import recut
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.ordinal import MOST_NUMBERS, AnyVariable, Ordinal

STEPS = 1 << 30
"""Steps of an interval, at the least."""


def in_steps(domain: Domain, least: int = STEPS) -> Domain:
    """The domain with a range in place of every continuous variable: the middles of equal steps.

    There are ``least`` of them or more, and each has just the probability that the density gives
    it: steps end wherever the density changes or a condition tests. Raises DomainError where that
    takes too many steps.
    """
    fine = {
        i: _finer(v, least) for i, v in enumerate(domain.variables) if isinstance(v, Continuous)
    }
    if not fine:
        return domain
    cut = recut(domain, fine)
    every: list[AnyVariable] = list(domain.variables)
    for i, v in fine.items():
        step = v.runs[0].length
        runs = tuple((run.pieces, run.probability) for run in v.runs)
        every[i] = Ordinal(v.name, v.first + step / 2, step, v.count, runs)
    return Domain(tuple(every), cut.given)


def _finer(v: Continuous, least: int) -> Continuous:
    """The variable in equal pieces, with a cut wherever it has one now."""
    unit = _greatest_step(run.length for run in v.runs)
    each = -(-least // int((v.last - v.first) / unit))
    step = unit / (1 << (each - 1).bit_length())
    if (v.last - v.first) / step > MOST_NUMBERS:
        raise DomainError(
            f"variable {quoted(v.name)}: where its density changes, or a condition cuts it, lies "
            "on no steps of which there are 2^62 or fewer: round these numbers"
        )
    runs = (Run(int(n * length / step), step, p) for n, length, p in v.runs)
    return Continuous(v.name, v.first, tuple(runs))


def _greatest_step(lengths: Iterable[Fraction]) -> Fraction:
    """The greatest number of which all of these are multiples."""
    above, below = 0, 1
    for x in lengths:
        common = math.lcm(below, x.denominator)
        above = math.gcd(above * (common // below), x.numerator * (common // x.denominator))
        below = common
    return Fraction(above, below)
