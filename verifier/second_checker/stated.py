"""The verdict: drawn from the tally (rule 9), and compared with what verdict.json states."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any, NoReturn

from verifier.model.errors import InvalidProof
from verifier.second_checker.content import Point
from verifier.second_checker.points import Matter, Tally, clear_up, put

SHOWN = 10
"""Counterexamples that a verdict lists."""
CHUNK = 4000
"""Decimal digits that Python turns into a number at once."""

Classes = Mapping[Point, tuple[int, int]]


def listed_points(case: Matter, claim: Mapping[str, Any]) -> list[Point]:
    """The points that the stated verdict lists as counterexamples; InvalidProof if there is one
    that is no point, or too many."""
    points = []
    entries = claim.get("counterexamples")
    if not isinstance(entries, list) or len(entries) > SHOWN:
        raise InvalidProof(f"the certificate does not state up to {SHOWN} counterexamples")
    for entry in entries:
        values = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(values, dict) or set(values) != {v.name for v in case.domain.variables}:
            raise InvalidProof("the certificate states counterexamples that are not points")
        if not all(values[v.name] in v.labels for v in case.domain.variables):
            raise InvalidProof("the certificate states a counterexample outside the domain")
        points.append(tuple(v.labels.index(values[v.name]) for v in case.domain.variables))
    return points


def compare(
    case: Matter, tally: Tally, evaluated: Classes, claim: Mapping[str, Any] | None
) -> None:
    """InvalidProof naming the first field of ``claim`` that is not what was found.

    ``evaluated`` are the certificate's counterexamples with their classes, then those that only the
    claim lists. Without a claim only the consistency of what was found is checked.
    """
    found = _verdict(case, tally, evaluated, tally.believed)
    if claim is None:
        return
    found |= _believed(tally, claim.get("trusted"))
    for key, value in found.items():
        if not same(claim.get(key), value):
            _refuse(key, claim.get(key), value)
    if unknown := claim.keys() - found.keys() - {"counterexamples", "float32"}:
        _refuse(min(unknown), claim[min(unknown)], None)
    _compare_counterexamples(case, tally, evaluated, claim["counterexamples"])
    _compare_float32(case, tally, claim.get("float32"))


def _believed(tally: Tally, stated: Any) -> dict[str, Any]:
    """The cells found, by kind and by solver believed.

    A large Trusted cell that is proved may still be stated as trusted: that claims less, and the
    kernel's bounds, which are rounded, may not reach.
    """
    trusted, cells = tally.trusted.copy(), tally.cells.copy()
    for solver, proved in tally.upheld.items():
        more = stated.get(solver) if isinstance(stated, dict) else None
        if type(more) is int and trusted[solver] < more <= trusted[solver] + proved:
            moved = more - trusted[solver]
            trusted[solver] += moved
            cells.update({"trusted": moved, "constant": -moved})
    return {
        "trusted": {solver: n for solver, n in sorted(trusted.items()) if n},
        "cells": {kind: n for kind, n in sorted(cells.items()) if n},
    }


def same(stated: Any, found: Any) -> bool:
    """Whether two values are the same JSON text: 1 is neither true nor 1.0."""
    return json.dumps(stated, default=repr) == json.dumps(found)  # decimals are read as fractions


def _refuse(key: str, stated: Any, found: Any) -> NoReturn:
    raise InvalidProof(
        f"the certificate states {key} = {_short(stated)}, "
        f"but the second checker finds {_short(found)}"
    )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 100 else text[:97] + "..."


@dataclass(frozen=True)
class Extent:
    """What is known of the number of differences and of their probability: least and most."""

    count: tuple[int, int]
    chance: tuple[Fraction, Fraction]


def bounds(case: Matter, tally: Tally, evaluated: Classes, trust: Collection[str]) -> Extent:
    """What follows if the solvers of exactly these names are right; InvalidProof if nothing can."""
    domain = case.domain
    total = prod(v.whole for v in domain.variables)
    weight = sum(domain.weight(tuple((v,) for v in point)) for point in evaluated)
    lower, loose = [*tally.known], [*tally.loose]
    for solver, differing in tally.believed.items():
        into, amount = (lower, differing) if solver in trust else (loose, tally.said[solver])
        put(into, *amount)
    fewest = max(lower[0], _seen(tally, evaluated), int(tally.tail_error[0] > 0))
    most = lower[0] + loose[0] + tally.tail[0]
    if fewest > most:
        raise InvalidProof("more counterexamples were evaluated than the steps leave room for")
    least = max(lower[1] + tally.tail_error[0], Fraction(weight)) / total
    return Extent((fewest, most), (least, (lower[1] + loose[1] + tally.tail_error[1]) / total))


def claims_no_more(
    case: Matter, tally: Tally, evaluated: Classes, trust: Collection[str], shown: Mapping[str, Any]
) -> None:
    """InvalidProof unless a verdict for users who trust only some solvers follows from the tally.

    ``trust`` are solvers such as z3, whose steps are named with their version. The numbers shown
    must enclose those found, and the word must be what these numbers say: the kernel, whose bounds
    are rounded, may leave open a cell of a solver that is proved here.
    """
    known = {name: _KNOWN.fullmatch(name) for name in tally.believed}
    names = [name for name, one in known.items() if one is not None and one[1] in trust]
    found = bounds(case, tally, evaluated, names)
    few, many = (_whole(shown["disagreements"][end]) for end in ("lower", "upper"))
    least, most = (_fraction(shown["error"][end]) for end in ("lower", "upper"))
    if few is None or many is None or not few <= found.count[0] or not found.count[1] <= many:
        _refuse("disagreements", shown["disagreements"], found.count)
    if least is None or most is None or not least <= found.chance[0] <= found.chance[1] <= most:
        _refuse("error", shown["error"], [str(p) for p in found.chance])
    word = "different" if few else "undecided" if many else "equivalent"
    if shown["verdict"] != word:
        _refuse("verdict", shown["verdict"], word)


_KNOWN = re.compile("(z3)( [0-9]+([.][0-9]+)*)?")
"""What Z3's steps are named; a step of any other name is nobody's word, and open."""


def _verdict(
    case: Matter, tally: Tally, evaluated: Classes, trust: Collection[str]
) -> dict[str, Any]:
    """Every field of the verdict that is one exact value, but for the cells."""
    found = bounds(case, tally, evaluated, trust)
    (fewest, most), (least, greatest) = found.count, found.chance
    return {
        "verdict": "different" if fewest else "undecided" if most else "equivalent",
        "domain_size": count(prod(len(v.labels) for v in case.domain.variables)),
        "disagreements": {"lower": count(fewest), "upper": count(most)},
        "error": {"lower": exact(least), "upper": exact(greatest)},
    }


def _seen(tally: Tally, evaluated: Classes) -> int:
    """How many counterexamples count as seen: those evaluated and, up to SHOWN, others of cells
    where the class of every point is known."""
    return max(len(evaluated), min(SHOWN, tally.known[0] + tally.elsewhere))


def _compare_counterexamples(case: Matter, tally: Tally, evaluated: Classes, stated: Any) -> None:
    """The certificate's own come first; which others follow, if there are many, is free."""
    due = [
        {
            "values": {v.name: v.labels[i] for v, i in zip(case.domain.variables, p, strict=True)},
            "teacher_class": classes[0],
            "tree_class": classes[1],
        }
        for p, classes in list(evaluated.items())[:SHOWN]
    ]
    if len(due) < (expected := min(SHOWN, _seen(tally, evaluated))):
        raise InvalidProof(
            f"the certificate states {len(due)} counterexamples, where {expected} are known"
        )
    if not same(stated, due):
        _refuse("counterexamples", stated, due)


def _compare_float32(case: Matter, tally: Tally, stated: Any) -> None:
    """At least as many points, and as much probability, as nobody can show must be stated."""
    inner = stated.get("not_shown") if isinstance(stated, dict) else None
    if not isinstance(inner, dict) or inner.keys() != {"points", "probability"}:
        _refuse("float32", stated, "robust and not_shown to be due")
    points, chance = _whole(inner["points"]), _fraction(inner["probability"])
    if points is None or chance is None or (points == 0 and chance):
        _refuse("float32.not_shown", inner, "no number of points with its probability")
    if stated.keys() != {"robust", "not_shown"} or stated["robust"] is not (points == 0):
        _refuse("float32.robust", stated.get("robust"), points == 0)
    total = prod(v.whole for v in case.domain.variables)
    if points < tally.not_shown[0] or chance * total < tally.not_shown[1]:
        clear_up(case, tally)
    low = tally.not_shown[0], Fraction(tally.not_shown[1], total)
    if not low[0] <= points <= prod(len(v.labels) for v in case.domain.variables):
        _refuse("float32.not_shown.points", inner["points"], f"at least {_short(count(low[0]))}")
    if not low[1] <= chance <= 1:
        _refuse("float32.not_shown.probability", str(chance), f"at least {_short(exact(low[1]))}")


def count(n: int) -> int | str:
    """A number of points as verdict.json writes it: text from 10**1000 on."""
    return n if n < 10**1000 else digits(n)


def digits(n: int) -> str:
    """All decimal digits of a whole number, however long (Python's own limit is 4,300)."""
    rest, last = divmod(n, 10**CHUNK)
    return digits(rest) + f"{last:0{CHUNK}}" if rest else str(last)


def exact(p: Fraction) -> str:
    """A fraction as verdict.json writes it: "0", "1/3"."""
    below = "" if p.denominator == 1 else "/" + digits(p.denominator)
    return digits(p.numerator) + below


def _whole(stated: Any) -> int | None:
    """The number of points that is stated, or None if it is not written as ``count`` writes it."""
    n = stated
    if isinstance(stated, str) and re.fullmatch("[0-9]+", stated):
        n = _number(stated)
    return n if type(n) is int and n >= 0 and count(n) == stated else None


def _fraction(stated: Any) -> Fraction | None:
    """The fraction that is stated, or None if it is not written as ``exact`` writes it."""
    if not isinstance(stated, str) or not re.fullmatch("[0-9]+(/[0-9]+)?", stated):
        return None
    above, _, below = stated.partition("/")
    if below and not _number(below):
        return None
    p = Fraction(_number(above), _number(below) if below else 1)
    return p if exact(p) == stated else None


def _number(text: str) -> int:
    n = 0
    for at in range(0, len(text), CHUNK):
        part = text[at : at + CHUNK]
        n = n * 10 ** len(part) + int(part)
    return n
