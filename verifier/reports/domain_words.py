"""Which domain a verdict is about, in words and as JSON, and what is odd about it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np

from verifier.formats.words import few
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.origin import ASSUMED, BITS, FILE, SIGNS, kind_of
from verifier.model.variable import Variable
from verifier.reports import given_words, infinite
from verifier.reports.numbers import digits, plural, probability, scientific
from verifier.reports.variable_words import FEW, density, first_json, levels, range_words
from verifier.reports.words import plain, quote

FIRST = 3
"""Variables written out."""
LOOKED_AT = 2048
"""Numbers at each end of a range that are looked at."""
MOST_WARNINGS = 10
CONCENTRATED = Fraction(9, 10)
"""A value of at least this probability is warned about: the error says little of the others."""
ONE_BY_ONE = 3
"""Variables that have a line of their own; of more there is one line for all."""
HEAVY, MANY_TIMES = Fraction(1, 10), 10
"""So is a point of this probability, if that is as many times what each of all has on average."""

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
    said = f"{plural(n, what)}{given_words.clause(domain)}, {_SAID[origin]}"
    return said.replace("s, assumed,", "s, assumed")


def described(domain: Domain, origin: str | None) -> str:
    """Kind, size, origin and the first variables with their values."""
    shown = ", ".join(_variable(v) for v in domain.variables[:FIRST])
    rest = len(domain.variables) - FIRST
    more = f" and {digits(rest)} more" if rest > 0 else ""
    size = infinite.POINTS if domain.infinite else plural(domain.size, "point")
    return f"{clause(domain, origin)}; {size}: {shown}{more}"


def _variable(v: AnyVariable) -> str:
    if not isinstance(v, Variable):
        return f"{term(v.name)} ({range_words(v)})"
    values = [_value(v, i) for i in range(min(FEW, v.count))]
    rest = v.count - FEW
    return f"{term(v.name)} ({', '.join(values)}{f' and {digits(rest)} more' if rest > 0 else ''})"


def _value(v: Variable, i: int) -> str:
    """A value, with its encoding where that is not the number that it is called."""
    row = [x if len(x) <= 24 else "…" for x in map(plain, v.encoding[i][:FEW])]
    row += ["…"] if v.columns > FEW else []
    label = term(v.labels[i])
    return label if row == [v.labels[i]] else f"{label} = {' '.join(row)}"


def term(text: str) -> str:
    """A name from the file: as it is where it is one plain word, else in quotes."""
    return text if _PLAIN.fullmatch(text) else quote(text, 32)


def as_json(domain: Domain, origin: str | None, executed: Sequence[str] = ()) -> dict[str, Any]:
    """The same for machines; ``origin`` is null where the certificate records none."""
    return {
        "kind": kind_of(domain) if domain.given is None else "tree",
        "origin": origin,
        "variables": len(domain.variables),
        "first": [first_json(v, FEW) for v in domain.variables[:FIRST]],
        **given_words.as_json(domain),
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
    yield from _on_chances(domain)
    if not domain.infinite and not given_words.is_uniform(domain):
        likely, even = given_words.likeliest(domain), Fraction(1, domain.size)
        if likely >= max(HEAVY, MANY_TIMES * even):
            yield (
                f"one point alone has probability {_decimal(likely)}, and would have "
                f"{_decimal(even)} if all were equally likely: the error hangs on it"
            )


def _on_chances(domain: Domain) -> Iterator[str]:
    """Values that weigh nothing, and those that weigh nearly all; of many variables in a line."""
    never: list[tuple[str, str]] = []
    alone: list[tuple[str, str, Fraction]] = []
    for v in domain.variables:
        if isinstance(v, Continuous):
            if not all(p for _, p in v.chances.runs):
                gone = [row for row in density(v, v.chances) if not row[2]]
                never.append((quote(v.name), f"{plural(len(gone), 'part')} of density 0"))
            continue
        chances = list(levels(v.chances, v.whole))
        if none := sum(n for n, p in chances if not p):
            never.append((quote(v.name), f"{plural(none, 'value')} of probability 0"))
        most = max(p for _, p in chances)
        if CONCENTRATED <= most < 1 or (most == 1 and v.count > 1):
            run = next(i for i, (_, p) in enumerate(chances) if p == most)
            label = v.label(sum(n for n, _ in chances[:run]))
            alone.append((quote(v.name), quote(label), most))
    if len(never) <= ONE_BY_ONE:
        yield from (f"variable {name}: {what}, where errors weigh nothing" for name, what in never)
    else:
        yield (
            f"{digits(len(never))} variables have values of probability 0, where errors weigh "
            f"nothing: {few([name for name, _ in never], 4)}"
        )
    if len(alone) <= ONE_BY_ONE:
        for name, label, p in alone:
            shown = probability(p, -1)
            yield (
                f"variable {name}: the value {label} alone has probability {shown}, so the error "
                "says little of the others"
            )
    else:
        yield (
            f"{digits(len(alone))} variables have a value of probability {float(CONCENTRATED)} or "
            "more, so the error says little of their other values: "
            + few([f"{name} ({label}: {scientific(p, 3, -1)})" for name, label, p in alone], 4)
        )


def _decimal(p: Fraction) -> str:
    return f"about {scientific(p, 3)}"


def _merged(v: AnyVariable, kind: type[np.floating[Any]]) -> Iterator[tuple[str, str]]:
    """Pairs of values whose encodings are told apart exactly, but not after rounding.

    Of a range that is long, or has many, only the first pair near an end.
    """
    if isinstance(v, Continuous):
        return
    if isinstance(v, Ordinal):
        if v.denominator == 1 and max(abs(v.first), abs(v.last)) <= 2 << np.finfo(kind).nmant:
            return  # whole numbers that the type holds
        near = {*range(min(v.count, LOOKED_AT)), *range(max(0, v.count - LOOKED_AT), v.count)}
        held = {i: rounded(v.number(i), kind) for i in near}
        pairs = (i for i in sorted(near) if i + 1 in held and held[i] == held[i + 1])
        yield from ((v.label(i), v.label(i + 1)) for i in islice(pairs, 1))
        return
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
    back = float(near)
    if back == near64:
        return back + 0.0
    other = float(np.nextafter(near, kind("inf" if near64 > back else "-inf")))
    if near64 != (back + other) / 2:  # exact: rounding twice is rounding once but for such
        return back + 0.0
    with np.errstate(all="ignore"):
        # rounded twice, so one step off at most: the nearest of the neighbours
        ways = (near, np.nextafter(near, kind("inf")), np.nextafter(near, kind("-inf")))
    finite = [w for w in ways if np.isfinite(w)]
    best = min(abs(Fraction(float(w)) - x) for w in finite)
    closest = [w for w in finite if abs(Fraction(float(w)) - x) == best]
    even = [w for w in closest if not int(np.abs(w).view(f"u{np.dtype(kind).itemsize}")) & 1]
    return float((even or closest)[0]) + 0.0
