"""Variables in words: their values, and how likely these are, without listing a range."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from verifier.model.chances import Distribution, Listed
from verifier.model.continuous import Continuous, density_of
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import Part, values
from verifier.model.variable import Variable
from verifier.reports.numbers import digits, fraction
from verifier.reports.words import name, plain

FEW = 6
"""Columns of a value written out."""
LONGEST = 40
"""Longer probabilities are left out."""


def range_words(v: Ordinal | Continuous) -> str:
    """``18 to 90, step 1``; of an interval ``0 to 10, all real numbers``."""
    if isinstance(v, Continuous):
        return f"{name(plain(v.first))} to {name(plain(v.last))}, all real numbers"
    if v.count == 1:
        return name(plain(v.first))
    ends = name(plain(v.first)), name(plain(v.last))
    return f"{ends[0]} to {ends[1]}, step {name(plain(v.step))}"


def listed_labels(v: AnyVariable, most: int) -> str:
    """The first labels of a variable, and how many there are where they are more; or its range."""
    if not isinstance(v, Variable):
        return range_words(v)
    shown = ", ".join(name(x) for x in v.labels[:most])
    return shown if v.count <= most else f"{shown}, … ({digits(v.count)} in all)"


def listed_chances(v: AnyVariable, most: int) -> str:
    """The probabilities of the first values, or of a range's parts."""
    if isinstance(v, Continuous):
        return density_words(v, v.chances, most)
    chances = list(levels(v.chances, v.whole))
    if len({p for _, p in chances}) == 1:
        return fraction(chances[0][1]) + (" each" if v.count > 1 else "")
    if isinstance(v, Ordinal):
        return run_words(v, v.chances, v.whole, most)
    parts = [short(p) for p in v.probabilities[:most]]
    return ", ".join(parts) + (", …" if v.count > most else "")


def run_words(v: Ordinal, held: Distribution, part: Part, most: int) -> str:
    """``18 to 40: 1/2, 41 to 90: 1/2``: each run's probability, shared equally by its values."""
    assert isinstance(part, range) and not isinstance(held, Listed)
    at, shown = part.start, []
    for count, p in held.runs[:most]:
        last = f" to {name(plain(v.number(at + count - 1)))}" if count > 1 else ""
        shown.append(f"{name(plain(v.number(at)))}{last}: {short(p)}")
        at += count
    return ", ".join(shown) + (", …" if len(held.runs) > most else "")


def density_words(v: Continuous, held: Distribution, most: int) -> str:
    """``0 to 2: 1/4, 2 to 10: 3/4``: the probability of each part, by length inside it."""
    parts = density(v, held)
    if len(parts) == 1:
        return "uniform"
    shown = [f"{name(str(low))} to {name(str(high))}: {short(p)}" for low, high, p in parts[:most]]
    return ", ".join(shown) + (", …" if len(parts) > most else "")


def density(v: Continuous, held: Distribution) -> list[tuple[Fraction, Fraction, Fraction]]:
    """The parts of a distribution over an interval, or over some of it: from, to, probability."""
    assert not isinstance(held, Listed)
    at, lengths = held.start, []
    for count, p in held.runs:
        lengths.append((v.cut(at + count) - v.cut(at), p))
        at += count
    return density_of(v.cut(held.start), lengths)


def levels(held: Distribution, part: Part) -> Iterator[tuple[int, Fraction]]:
    """How many values of a part have which probability, in order; ranges are not listed."""
    if isinstance(held, Listed):
        assert isinstance(part, int)
        yield from ((1, held.probabilities[i]) for i in values(part))
        return
    for count, p in held.runs:
        yield count, p / count


def first_json(v: AnyVariable, most: int) -> dict[str, Any]:
    """The first values of a variable for machines, or its range."""
    if isinstance(v, Ordinal):
        ends = {"from": str(v.first), "to": str(v.last), "step": str(v.step)}
        return {"name": v.name, **ends, "count": v.count}
    if isinstance(v, Continuous):
        parts = [[str(x) for x in part] for part in density(v, v.chances)]
        return {"name": v.name, "interval": [str(v.first), str(v.last)], "density": parts}
    shown = [
        {"label": v.labels[i], "encoding": [str(x) for x in v.encoding[i][:FEW]]}
        for i in range(min(most, v.count))
    ]
    return {"name": v.name, "values": shown}


def short(p: Fraction) -> str:
    """The fraction, left out where it is long."""
    text = fraction(p)
    return text if len(text) <= LONGEST else "…"
