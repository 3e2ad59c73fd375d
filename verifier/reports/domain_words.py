"""Which domain a verdict is about, in words and as JSON, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable
from verifier.model.origin import ASSUMED, BITS, FILE, SIGNS, kind_of
from verifier.reports.numbers import digits, fraction, plural, probability, scientific
from verifier.reports.words import name, quote

FIRST = 3
"""Variables written out."""
FEW = 6
"""Values of a variable, and columns of a value, written out."""
LONGEST = 40
"""Longer probabilities are left out."""
MOST_WARNINGS = 10
CONCENTRATED = Fraction(9, 10)
"""A value of at least this probability is warned about: the error says little of the others."""

_SAID = {
    ASSUMED: "assumed, as no --domain was given",
    BITS: "as --domain asked",
    SIGNS: "as --domain asked",
    FILE: "from a domain file",
    None: "from where is not recorded",
}
_PLAIN = re.compile(r"[A-Za-z0-9_.+-]{1,32}")


def clause(domain: Domain, origin: str | None) -> str:
    """``6 bits, assumed as no --domain was given``: what a verdict's own sentence says."""
    n, kind = len(domain.variables), kind_of(domain)
    what = {BITS: "bit", SIGNS: "sign"}.get(kind, "variable")
    return f"{plural(n, what)}, {_SAID[origin]}".replace("s, assumed,", "s, assumed")


def described(domain: Domain, origin: str | None) -> str:
    """Kind, size, origin and the first variables with their values."""
    shown = ", ".join(_variable(v) for v in domain.variables[:FIRST])
    rest = len(domain.variables) - FIRST
    more = f" and {digits(rest)} more" if rest > 0 else ""
    return f"{clause(domain, origin)}; {plural(domain.size, 'point')}: {shown}{more}"


def _variable(v: AnyVariable) -> str:
    values = [_value(v, i) for i in range(min(FEW, len(v.labels)))]
    rest = len(v.labels) - FEW
    return f"{term(v.name)} ({', '.join(values)}{f' and {digits(rest)} more' if rest > 0 else ''})"


def _value(v: AnyVariable, i: int) -> str:
    """A value, with its encoding where that is not the number that it is called."""
    row = [str(x) if len(str(x)) <= 24 else "…" for x in v.encoding[i][:FEW]]
    row += ["…"] if v.columns > FEW else []
    label = term(v.labels[i])
    return label if row == [v.labels[i]] else f"{label} = {' '.join(row)}"


def listed_labels(v: AnyVariable, most: int) -> str:
    """The first labels of a variable, and how many there are where they are more."""
    shown = ", ".join(name(x) for x in v.labels[:most])
    count = len(v.labels)
    return shown if count <= most else f"{shown}, … ({digits(count)} in all)"


def listed_chances(v: AnyVariable, most: int) -> str:
    """The probabilities of the first values."""
    chances = v.probabilities
    if len(set(chances)) == 1:
        return fraction(chances[0]) + (" each" if len(chances) > 1 else "")
    parts = [x if len(x) <= LONGEST else "…" for x in map(fraction, chances[:most])]
    return ", ".join(parts) + (", …" if len(chances) > most else "")


def term(text: str) -> str:
    """A name from the file: as it is where it is one plain word, else in quotes."""
    return text if _PLAIN.fullmatch(text) else quote(text, 32)


def as_json(domain: Domain, origin: str | None, executed: Sequence[str] = ()) -> dict[str, Any]:
    """The same for machines; ``origin`` is null where the certificate records none."""
    return {
        "kind": kind_of(domain),
        "origin": origin,
        "variables": len(domain.variables),
        "first": [
            {
                "name": v.name,
                "values": [
                    {"label": v.labels[i], "encoding": [str(x) for x in v.encoding[i][:FEW]]}
                    for i in range(min(FEW, len(v.labels)))
                ],
            }
            for v in domain.variables[:FIRST]
        ],
        "warnings": list(warnings(domain, executed)),
    }


def warnings(domain: Domain, executed: Sequence[str] = ()) -> tuple[str, ...]:
    """What makes a verdict about the domain say less than it seems to, the first few things.

    Encodings are compared as they are and after rounding to the numbers that a model executes in:
    float32, unless ``executed`` names narrower ones. Of these, float16 is looked at too.
    """
    found: list[str] = []
    kinds: list[type[np.floating[Any]]] = [np.float32]
    if "float16" in executed:
        kinds.append(np.float16)
    count = 0
    for text in _all_warnings(domain, kinds):
        count += 1
        if count <= MOST_WARNINGS:
            found.append(text)
    if count > MOST_WARNINGS:
        found.append(f"and {digits(count - MOST_WARNINGS)} more of this kind")
    return tuple(found)


def _all_warnings(domain: Domain, kinds: Sequence[type[np.floating[Any]]]) -> Iterator[str]:
    for v in domain.variables:
        of = f"variable {quote(v.name)}"
        for a, b in v.twins:
            yield f"{of}: the values {quote(a)} and {quote(b)} have the same encoding"
        for kind in kinds:
            for a, b in _merged(v, kind):
                yield (
                    f"{of}: the encodings of {quote(a)} and {quote(b)} differ, but are equal once "
                    f"rounded to {kind.__name__}, in which the model may be run"
                )
        if 0 in v.probabilities:
            none = sum(p == 0 for p in v.probabilities)
            yield f"{of}: {plural(none, 'value')} of probability 0, where errors weigh nothing"
        most = max(v.probabilities)
        if CONCENTRATED <= most < 1 or (most == 1 and len(v.labels) > 1):
            label = v.labels[v.probabilities.index(most)]
            yield (
                f"{of}: the value {quote(label)} alone has probability {probability(most, -1)}, so "
                "the error says little of the others"
            )
    if not domain.uniform:
        likely = prod((max(v.probabilities) for v in domain.variables), start=Fraction(1))
        even = _decimal(Fraction(1, domain.size))
        yield (
            f"the points are not equally likely: one alone has probability {_decimal(likely)}, and "
            f"would have {even} if all were"
        )


def _decimal(p: Fraction) -> str:
    return f"about {scientific(p, 3)}"


def _merged(v: AnyVariable, kind: type[np.floating[Any]]) -> Iterator[tuple[str, str]]:
    """Pairs of values whose encodings are told apart exactly, but not after rounding."""
    first: dict[tuple[float, ...], int] = {}
    for i, row in enumerate(v.encoding):
        key = tuple(rounded(x, kind) for x in row)
        j = first.setdefault(key, i)
        if v.encoding[j] != row:
            yield v.labels[j], v.labels[i]


def rounded(x: Fraction, kind: type[np.floating[Any]]) -> float:
    """The nearest number of the type, ties to even; infinite beyond the largest."""
    if x.denominator == 1 and abs(x.numerator) <= 2048:
        return float(x)
    if abs(near64 := nearest(x)) > float(np.finfo(kind).max):
        return float("inf") if x > 0 else float("-inf")
    near = kind(near64)
    with np.errstate(all="ignore"):
        # rounded twice, so one step off at most: the nearest of the neighbours
        ways = (near, np.nextafter(near, kind("inf")), np.nextafter(near, kind("-inf")))
    finite = [w for w in ways if np.isfinite(w)]
    best = min(abs(Fraction(float(w)) - x) for w in finite)
    closest = [w for w in finite if abs(Fraction(float(w)) - x) == best]
    even = [w for w in closest if not int(np.abs(w).view(f"u{np.dtype(kind).itemsize}")) & 1]
    return float((even or closest)[0]) + 0.0
