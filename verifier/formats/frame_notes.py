"""Notes on what a table was read as, where something else may be meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from verifier.formats.frame_choices import Kind
from verifier.formats.frame_columns import MISSING, Column, text_of
from verifier.formats.frame_kinds import LIKE_NUMBER, Read
from verifier.formats.words import few, some
from verifier.model.domain import Domain
from verifier.model.errors import quoted

CODE = re.compile(r"0\d+")
NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
"""A number as files have it."""
WITH_UNIT = re.compile(r"[-+]?\d[\d.,]*\s?(\D+)")
"""A number, and what it counts."""
STRAY = 3
"""Most different texts among numbers that may stand for missing values."""
NINES = re.compile(r"-?9+")
"""A number that may stand for a missing value."""
AWAY = 10
"""Where it is so many times the range of all others, at least, from these."""
LONGEST_BITS = 4096
"""Bits of the common denominator of probabilities beyond which a note says that this is slow."""


def notes_on(read: Sequence[Read], domain: Domain, kept: Sequence[Column]) -> tuple[str, ...]:
    """What whoever reads ``kept`` columns so should look at."""
    notes = []
    for r in read:
        if r.missing:
            lacks = f"lacks {some(r.missing, 'value')}"
            notes.append(f"column {quoted(r.name)} {lacks}: missing is a value of it")
    for r in read:
        if r.kind is Kind.CATEGORICAL:
            notes += _on_texts(r.name, [x for x in r.variable.labels if x != MISSING])
    for c in kept:
        if c.numeric and (stray := _far_away(c)):
            notes.append(
                f"column {quoted(c.name)} holds {stray}, far from all its other numbers: if it "
                "stands for a missing value, leave those cells empty"
            )
    identifiers = [
        c.name for c in kept if c.whole and len(c.values) == c.rows > 50 and not c.missing
    ]
    for name in identifiers:
        notes.append(
            f"column {quoted(name)} has another number in every row: if it only counts the rows, "
            "leave it out"
        )
    if domain.total_weight.bit_length() > LONGEST_BITS:
        notes.append(
            f"the probabilities have a common denominator of {domain.total_weight.bit_length()} "
            "bits, which makes counting slow: take fewer bins, or the distribution independent"
        )
    return tuple(notes)


def _on_texts(name: str, labels: Sequence[str]) -> Iterator[str]:
    """Of a column of these texts: whether they are numbers but for how they are written, or some.

    Numbers with few others among them are read as texts, as the others are.
    """
    others = [x for x in labels if not NUMBER.fullmatch(x)]
    if any(map(CODE.fullmatch, labels)) and not others:
        return  # such as postal codes
    if labels and not others:
        yield (
            f"column {quoted(name)} holds numbers as texts, such as {quoted(labels[0])}: if they "
            "are not meant as categories, make numbers of them (astype(float))"
        )
    elif labels and all(map(LIKE_NUMBER.fullmatch, labels)):
        yield (
            f"column {quoted(name)} holds texts like {quoted(others[0])}: if they are "
            "numbers, write them with a point and digits only"
        )
    elif len(labels) > 1 and len(units := {_unit(x) for x in labels}) == 1 and all(units):
        yield (
            f"column {quoted(name)} holds texts like {quoted(labels[0])}: if they are numbers, "
            f"leave {quoted(units.pop())} out"
        )
    elif 0 < len(others) <= STRAY and len(labels) - len(others) > len(others):
        yield (
            f"column {quoted(name)} holds numbers, and {few([quoted(x) for x in others])}: if that "
            "stands for a missing value, leave those cells empty"
        )


def _unit(text: str) -> str:
    """What stands behind a number; "" of other texts."""
    found = WITH_UNIT.fullmatch(text)
    return found[1] if found else ""


def _far_away(c: Column) -> str:
    """The least or largest number of a column that may stand for missing values; else ""."""
    if len(c.values) < 4:
        return ""
    first, *_, last = (float(x) for x in c.values)
    second, before = float(c.values[1]), float(c.values[-2])
    if NINES.fullmatch(text_of(c.values[0])) and second - first > AWAY * (last - second):
        return text_of(c.values[0])
    if NINES.fullmatch(text_of(c.values[-1])) and last - before > AWAY * (before - first):
        return text_of(c.values[-1])
    return ""
