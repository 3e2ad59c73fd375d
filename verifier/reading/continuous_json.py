"""Continuous variables from JSON values. Trusted.

Contract: ``leafproof-domain/2``, in the form that certificates hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.model.chances import Runs
from verifier.model.continuous import Continuous, parted
from verifier.model.errors import DomainError, quoted
from verifier.reading.json_text import unknown_keys
from verifier.reading.json_values import list_of, numbers_of, word_of

_Rows = list[tuple[Fraction, Fraction, Fraction]]


def continuous_from_json(where: str, entry: dict[str, Any]) -> Continuous:
    """The continuous variable that an object stands for. Raises DomainError."""
    if problem := unknown_keys(list(entry), ("name", "interval", "density", "pieces")):
        raise DomainError(f"{where}: {problem}")
    for key in ("name", "interval", "pieces"):
        if key not in entry:
            raise DomainError(f'{where} has no "{key}": add it')
    name = word_of(f"{where}.name", entry["name"])
    where = f"{where} ({quoted(name)})"
    ends = numbers_of(f"{where}.interval", list_of(where, entry, "interval"))
    if len(ends) != 2 or not ends[0] < ends[1]:
        raise DomainError(f"{where}.interval is not [from, to] with from below to")
    density = [(*ends, Fraction(1))]
    if "density" in entry:
        density = _rows(f"{where}.density", list_of(where, entry, "density"), "probability")
        _check_density(f"{where}.density", density, ends)
    pieces = _rows(f"{where}.pieces", list_of(where, entry, "pieces"), "count")
    _check_follow(f"{where}.pieces", pieces, ends)
    for i, (_, _, count) in enumerate(pieces):
        if count.denominator != 1 or count < 1:
            raise DomainError(f"{where}.pieces[{i}]: the count is not a whole number above 0")
    runs = [(int(n), (high - low) / n) for low, high, n in pieces]
    try:
        made = parted(ends[0], [(high, p) for _, high, p in density], runs)
    except DomainError as problem:
        raise DomainError(f"{where}.pieces: {problem}") from None
    return Continuous(name, ends[0], made)


def pieces_within(where: str, v: Continuous, value: Any, part: range) -> Runs:
    """A distribution over a part's pieces: entries [from, to, probability], by length inside each.

    The entries end at cuts. Raises DomainError.
    """
    if not isinstance(value, list):
        raise DomainError(f"{where} is no list of parts [from, to, probability]")
    rows = _rows(where, value, "probability")
    _check_follow(where, rows, v.hull(part.start, part.stop - 1))
    runs: list[tuple[int, Fraction]] = []
    for i, (low, high, p) in enumerate(rows):
        try:
            runs += v.shares(low, high, p)
        except DomainError as problem:
            raise DomainError(f"{where}[{i}]: {problem}") from None
    return Runs(part.start, tuple(runs))


def _rows(where: str, value: Sequence[Any], last: str) -> _Rows:
    rows = []
    for i, row in enumerate(value):
        if not isinstance(row, list) or len(row) != 3:
            raise DomainError(f"{where}[{i}] is not [from, to, {last}]")
        low, high, x = numbers_of(f"{where}[{i}]", row)
        rows.append((low, high, x))
    return rows


def _check_follow(where: str, rows: _Rows, ends: tuple[Fraction, ...]) -> None:
    """DomainError unless the rows follow each other from one end to the other."""
    at = ends[0]
    for i, (low, high, _) in enumerate(rows):
        if low != at or not low < high:
            raise DomainError(
                f"{where}[{i}] does not begin where the one before ends: parts follow each other "
                "and cover the interval"
            )
        at = high
    if at != ends[1]:
        raise DomainError(f"{where} does not end where the interval ends: cover all of it")


def _check_density(where: str, rows: _Rows, ends: tuple[Fraction, ...]) -> None:
    """DomainError unless the rows are a density over the interval."""
    _check_follow(where, rows, ends)
    if min(p for _, _, p in rows) < 0:
        raise DomainError(f"{where} has a negative probability: probabilities must be >= 0")
    if (total := sum(p for _, _, p in rows)) != 1:
        raise DomainError(
            f"{where}: the probabilities of its parts sum to {quoted(total)[1:-1]}, not to 1: "
            'write them exactly, for instance "1/3"'
        )
