"""Continuous variables of domain.json, and distributions over their pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from fractions import Fraction
from itertools import accumulate
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.bounded import LONGEST, common
from verifier.second_checker.reading import entry_of, filled, number
from verifier.second_checker.variables import Interval, Runs

MOST_NUMBERS = 1 << 62
"""Most values of an ordinal, or pieces of an interval."""


def read_interval(where: str, entry: Any, shared: int) -> Interval:
    """A continuous variable; each run of pieces has its share of one part of the density."""
    low, high = (exactly(where, x) for x in entry["interval"])
    density = [[*entry["interval"], 1]] if "density" not in entry else entry["density"]
    parts = [tuple(exactly(where, x) for x in row) for row in density]
    rows = [tuple(exactly(where, x) for x in row) for row in entry["pieces"]]
    for some in (parts, rows):
        if [low, *(b for _, b, _ in some)] != [*(a for a, _, _ in some), high]:
            raise CertificateError(f"{where}: parts do not follow each other through the interval")
        if any(a >= b for a, b, _ in some):
            raise CertificateError(f"{where}: a part is empty")
    if min(p for _, _, p in parts) < 0 or sum(p for _, _, p in parts) != 1:
        raise CertificateError(f"{where}: the density is none of a distribution")
    shares: list[Fraction] = []
    for a, b, n in rows:
        c, d, p = parts[bisect_right(parts, a, key=lambda part: part[0]) - 1]
        if b > d or n.denominator != 1 or n < 1:
            raise CertificateError(f"{where}: pieces {a} to {b} are not in one part of the density")
        shares.append(p * (b - a) / (d - c) / n)
    starts = list(accumulate((int(n) for _, _, n in rows), initial=0))
    if starts[-1] > MOST_NUMBERS:
        raise CertificateError(f"{where} has too many pieces")
    over = common(shares, LONGEST)
    held = zip(starts, starts[1:], shares, strict=False)
    chances = Runs(tuple((range(a, b), int(p * over)) for a, b, p in held), over)
    runs = tuple(
        (at, int(a * shared), int((b - a) / n * shared))
        for at, (a, b, n) in zip(starts, rows, strict=False)
    )
    return Interval(entry["name"], runs, int(high * shared), starts[-1], chances)


def read_within(where: str, stated: Any, variable: Interval, shared: int) -> Runs:
    """A distribution over some pieces: by length inside each part that is stated."""
    if not filled(stated) or not all(isinstance(r, list) and len(r) == 3 for r in stated):
        raise CertificateError(f"{where}: the probabilities are no parts of an interval")
    raw: list[tuple[range, Fraction]] = []
    for low, high, p in stated:
        a, b = (variable.at_number(where, exactly(where, x) * shared) for x in (low, high))
        if a >= b or (raw and raw[-1][0].stop != a):
            raise CertificateError(f"{where}: the parts do not follow each other")
        whole = variable.cut(b) - variable.cut(a)
        starts = variable.starts
        for stop in (*starts[bisect_right(starts, a) : bisect_left(starts, b)], b):
            share = Fraction(variable.cut(stop) - variable.cut(a), whole)
            raw.append((range(a, stop), exactly(where, p) * share))
            a = stop
    if min(p for _, p in raw) < 0 or sum(p for _, p in raw) != 1:
        raise CertificateError(f"{where}: the probabilities are not a distribution of its values")
    over = common((p / len(run) for run, p in raw), LONGEST)
    return Runs(tuple((run, int(p * over / len(run))) for run, p in raw), over)


def cut_numbers(where: str, value: Any) -> list[list[Fraction]]:
    """Numbers that all cuts of a continuous variable are sums of multiples of."""
    keys = {"name", "interval", "density", "pieces"}
    entry = entry_of(where, value, keys, {"density"})
    rows = [entry["interval"], *(row[:2] for row in entry["pieces"] if isinstance(row, list))]
    lists = [entry["interval"], *entry["pieces"], *entry.get("density", [])]
    sizes = [2, *[3] * (len(lists) - 1)]
    if not isinstance(entry["name"], str) or not filled(entry["pieces"]):
        raise CertificateError(f"{where} is no interval in pieces")
    if not all(isinstance(x, list) and len(x) == n for x, n in zip(lists, sizes, strict=True)):
        raise CertificateError(f"{where} has a part that is not [from, to, number]")
    found = [[exactly(where, x) for x in row] for row in rows]
    for (low, high), (_, _, n) in zip(found[1:], entry["pieces"], strict=True):
        found.append([(high - low) / (exactly(where, n) or 1)])
    return found


def exactly(where: str, value: Any) -> Fraction:
    """The number that a JSON value stands for; CertificateError if it is none."""
    try:
        return number(value)
    except ValueError as error:
        raise CertificateError(f"{where}: {error}") from None
