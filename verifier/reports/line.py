"""The number line: the proved interval beside what tests without a disagreement could claim."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from verifier.certificate.verdict import Verdict
from verifier.reports.blocks import Cell, Line, Range, Section, Table, Text
from verifier.reports.numbers import exponent, probability, raised, scientific
from verifier.reports.samples import DELTA_WORDS, SAMPLE_SIZES, bound_after_tests, miss_probability
from verifier.reports.verdict_words import proviso

ZERO_PLACE = 0.0
FIRST_PLACE = 0.07
MOST_DECADES = 40


def interval_section(verdict: Verdict) -> Section:
    """Where the probability of disagreement lies."""
    bounds = [bound_after_tests(n) for n in SAMPLE_SIZES]
    decades = _decades([*verdict.error, *bounds])
    low, high = verdict.error
    own = (
        f"exactly {probability(low)}"
        if low == high
        else (f"{probability(low, -1)} to {probability(high, 1)}")
    )
    rows = [Range("This certificate", own, _place(low, decades), _place(high, decades), True)]
    rows += [
        Range(
            f"10{raised(_log10(n))} tests, no disagreement",
            f"0 to {scientific(bound, 4, 1)}",
            ZERO_PLACE,
            _place(bound, decades),
            False,
        )
        for n, bound in zip(SAMPLE_SIZES, bounds, strict=True)
    ]
    blocks: list[Text | Line | Table] = [Text(_lead(verdict))]
    blocks.append(
        Line(
            "Probability that network and tree disagree, on a logarithmic scale that begins at 0",
            _marks(decades),
            tuple(rows),
        )
    )
    if low > 0:
        blocks.append(_missed(low))
    return Section("interval", "How far apart they can be", tuple(blocks))


def _lead(verdict: Verdict) -> str:
    given = proviso(verdict)
    certain = f"It holds if {given}" if given else "It is certain"
    return (
        "The probability of disagreement lies in the certificate's interval. "
        f"{certain}: no sampling, no δ. Testing can never claim that. The other rows show the most "
        "that random tests could claim even if none of them showed a disagreement, allowing "
        f"{DELTA_WORDS} for an unlucky sample: an error of at most 1 - δ^(1/n) after n tests."
    )


def _missed(low: Fraction) -> Table:
    rows = []
    for n in SAMPLE_SIZES:
        chance = miss_probability(n, low)
        text = f"at most {scientific(chance, 3, 1)}" if chance else f"less than 10{raised(-400000)}"
        rows.append((Cell(f"10{raised(_log10(n))}", number=True), Cell(text, number=True)))
    return Table(
        "Would testing have noticed? The chance that all tests miss every disagreement",
        ("Random tests", "Chance that none shows a disagreement"),
        tuple(rows),
    )


def _log10(n: int) -> int:
    return len(str(n)) - 1


def _decades(numbers: Sequence[Fraction]) -> int:
    """How many powers of ten the line shows: from 10^-decades to 1."""
    needed = [-exponent(x) for x in numbers if x > 0]
    return min(MOST_DECADES, max(9, *(math.ceil(x) for x in needed)))


def _place(x: Fraction, decades: int) -> float:
    """The place of a probability on the line, in [0, 1]; 0 has its own place at the left end."""
    if x == 0:
        return ZERO_PLACE
    along = max(0.0, 1 + exponent(x) / decades)
    return round(FIRST_PLACE + (1 - FIRST_PLACE) * along, 5)


def _marks(decades: int) -> tuple[tuple[float, str], ...]:
    step = 3 if decades <= 18 else 10
    powers = [k for k in range(decades + 1) if k % step == 0]
    marks = [(_place(Fraction(1, 10**k), decades), f"10{raised(-k)}" if k else "1") for k in powers]
    return ((ZERO_PLACE, "0"), *reversed(marks))
