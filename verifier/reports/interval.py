"""The number line: the proved interval beside what tests without a disagreement could claim."""

from __future__ import annotations

from fractions import Fraction

from verifier.model.verdict import Verdict
from verifier.reports.blocks import Line, Range, Section, Table, TableCell, Text
from verifier.reports.numbers import interval, raised, scientific
from verifier.reports.samples import DELTA_WORDS, SAMPLE_SIZES, bound_after_tests, miss_probability
from verifier.reports.scale import ZERO_PLACE, decades, marks, place
from verifier.reports.trust_words import proviso


def interval_section(verdict: Verdict) -> Section:
    """Where the probability of disagreement lies."""
    bounds = [bound_after_tests(n) for n in SAMPLE_SIZES]
    shown = decades([*verdict.error, *bounds])
    low, high = verdict.error
    own = ("exactly " if low == high else "") + interval(verdict.error)
    rows = [Range("This certificate", own, place(low, shown), place(high, shown), True)]
    rows += [
        Range(
            f"10{raised(_log10(n))} tests, no disagreement",
            f"0 to {scientific(bound, 4, 1)}",
            ZERO_PLACE,
            place(bound, shown),
            False,
        )
        for n, bound in zip(SAMPLE_SIZES, bounds, strict=True)
    ]
    blocks: list[Text | Line | Table] = [Text(_lead(verdict))]
    blocks.append(
        Line(
            "Probability that network and tree disagree, on a logarithmic scale that begins at 0",
            marks(shown),
            tuple(rows),
        )
    )
    if low > 0:
        blocks.append(_missed(low, proviso(verdict)))
    return Section("interval", "How far apart they can be", tuple(blocks))


def _lead(verdict: Verdict) -> str:
    given = proviso(verdict)
    certain = f"It holds if {given}" if given else "The kernel has proved it"
    return (
        "The probability of disagreement lies in the certificate's interval. "
        f"{certain}: no sampling, no δ. Testing can never claim that. The other rows show the most "
        "that random tests could claim even if none of them showed a disagreement, allowing "
        f"{DELTA_WORDS} for an unlucky sample: an error of at most 1 − δ^(1/n) after n tests."
    )


def _missed(low: Fraction, given: str) -> Table:
    rows = []
    for n in SAMPLE_SIZES:
        chance = miss_probability(n, low)
        text = f"at most {scientific(chance, 3, 1)}" if chance else f"less than 10{raised(-400000)}"
        rows.append(
            (TableCell(f"10{raised(_log10(n))}", number=True), TableCell(text, number=True))
        )
    return Table(
        "Would testing have noticed? The chance that all tests miss every disagreement"
        + (f" (if {given})" if given else ""),
        ("Random tests", "Chance that none shows a disagreement"),
        tuple(rows),
    )


def _log10(n: int) -> int:
    return len(str(n)) - 1
