"""The number line: the proved interval beside what tests without a disagreement could claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.model.sample import Sampled
from verifier.model.verdict import Verdict
from verifier.reports.blocks import Block, Line, Range, Section, Table, TableCell, Text
from verifier.reports.numbers import decimal, interval, probability, raised, scientific
from verifier.reports.sampled_words import confidence, ends, sentence
from verifier.reports.samples import DELTA_WORDS, SAMPLE_SIZES, bound_after_tests, miss_probability
from verifier.reports.scale import ZERO_PLACE, decades, marks, place
from verifier.reports.trust_words import proviso

HARDLY = Fraction(999, 1000)
"""Where the most tests all miss it with a higher probability than that, there is no table."""


@dataclass(frozen=True)
class Event:
    """What the probability is of, in the words of this section."""

    title: str
    probability: str
    quantity: str
    found: str
    none_found: str
    shown: str
    every: str
    at_most: str


DISAGREEMENT = Event(
    "How far apart they can be",
    "probability of disagreement",
    "disagreement probability",
    "Probability that network and tree disagree",
    "no disagreement",
    "a disagreement",
    "every disagreement",
    "an error of at most 1 − δ^(1/n) after n tests",
)
WITNESS = Event(
    "How often it is so",
    "probability that it is so",
    "probability",
    "Probability that it is so",
    "no such point",
    "one",
    "every such point",
    "a probability of at most 1 − δ^(1/n) after n tests",
)


def interval_section(
    verdict: Verdict, event: Event = DISAGREEMENT, more: Sequence[Block] = ()
) -> Section:
    """Where the probability of the event lies; ``more`` stands at the end."""
    bounds = [bound_after_tests(n) for n in SAMPLE_SIZES]
    drawn = [] if verdict.sampled is None else [verdict.sampled.lower, verdict.sampled.upper]
    shown = decades([*verdict.error, *drawn, *bounds])
    low, high = verdict.error
    own = _exact(low) if low == high else interval(verdict.error, decimal)
    rows = [Range("This certificate", own, place(low, shown), place(high, shown), True)]
    if held := verdict.sampled:
        start, end = place(held.lower, shown), place(held.upper, shown)
        label = f"Sampled, confidence {confidence(held)}"
        rows.append(Range(label, ends(held), start, end, False, sampled=True))
    rows += [
        Range(
            f"10{raised(_log10(n))} tests, {event.none_found}",
            f"0 to {scientific(bound, 4, 1)}",
            ZERO_PLACE,
            place(bound, shown),
            False,
        )
        for n, bound in zip(SAMPLE_SIZES, bounds, strict=True)
    ]
    blocks: list[Block] = [Text(_lead(verdict, event))]
    if verdict.sampled is not None:
        blocks.append(Text(sentence(verdict, f"the {event.probability}"), sampled=True))
    blocks.append(
        Line(
            f"{event.found}, on a logarithmic scale that begins at 0",
            marks(shown),
            tuple(rows),
            event.quantity,
        )
    )
    if low > 0:
        blocks.append(_missed(low, proviso(verdict), event, verdict.sampled))
    return Section("interval", event.title, (*blocks, *more))


def _exact(p: Fraction) -> str:
    shown = probability(p)
    return f"{shown}, exactly known" if shown.startswith("about ") else f"exactly {shown}"


def _lead(verdict: Verdict, event: Event) -> str:
    given = proviso(verdict)
    certain = f"It holds if {given}" if given else "The kernel has proved it"
    return (
        f"The {event.probability} lies in the certificate's interval. "
        f"{certain}: no sampling, no δ. Testing can never claim that. The other rows show the most "
        f"that random tests could claim even if none of them showed {event.shown}, allowing "
        f"{DELTA_WORDS} for an unlucky sample: {event.at_most}."
    )


def _missed(low: Fraction, given: str, event: Event, sampled: Sampled | None) -> Block:
    if miss_probability(SAMPLE_SIZES[-1], low) > HARDLY:
        if sampled is not None and sampled.seen:
            return Text(
                "Would testing have noticed? The sample above did; by what is proved alone that is "
                "not known."
            )
        most = f"10{raised(_log10(SAMPLE_SIZES[-1]))}"
        return Text(
            f"Would testing have noticed? By what is proved that is not known: of {most} random "
            f"tests perhaps none shows {event.shown}."
        )
    rows = []
    for n in SAMPLE_SIZES:
        chance = miss_probability(n, low)
        text = f"at most {scientific(chance, 3, 1)}" if chance else f"less than 10{raised(-400000)}"
        rows.append(
            (TableCell(f"10{raised(_log10(n))}", number=True), TableCell(text, number=True))
        )
    return Table(
        f"Would testing have noticed? The chance that all tests miss {event.every}"
        + (f" (if {given})" if given else ""),
        ("Random tests", f"Chance that none shows {event.shown}"),
        tuple(rows),
    )


def _log10(n: int) -> int:
    return len(str(n)) - 1
