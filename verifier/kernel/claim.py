"""A verdict as JSON: what a certificate states and what ``--json`` prints."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import flint

from verifier.model.domain import Domain, Point
from verifier.model.errors import InvalidProof, quoted
from verifier.model.question import Matter
from verifier.model.verdict import ANSWERS, SHOWN, Verdict

INFINITE = "infinite"
"""What is said of the number of points of a domain with continuous variables."""


def claim_of(verdict: Verdict, matter: Matter, form: int = 1) -> dict[str, Any]:
    """Everything that the verdict says, as a certificate of that format; fractions are strings.

    A function of the certificate alone: no times, no machine. Format 1 speaks of teacher and tree.
    """
    if form > 1:
        return _claim_of_question(verdict, matter)
    infinite = matter.domain.infinite
    return {
        "verdict": verdict.verdict,
        "domain_size": count(verdict.domain_size),
        "disagreements": _between(*map(count, verdict.disagreements)),
        "error": _between(*map(exact, verdict.error)),
        "counterexamples": [
            {
                "values": matter.domain.labels(c.point),
                "teacher_class": c.teacher_class,
                "tree_class": c.tree_class,
            }
            for c in verdict.counterexamples
        ],
        "float32": _float32(verdict, infinite=infinite),
        "trusted": dict(verdict.trusted),
        "cells": dict(verdict.checked.cells),
    }


def _claim_of_question(verdict: Verdict, matter: Matter) -> dict[str, Any]:
    names = [bound.name for bound in matter.models]
    infinite = matter.domain.infinite  # then what is counted are boxes, and nothing of it is said
    points = {} if infinite else {"points": _between(*map(count, verdict.disagreements))}
    return {
        "answer": ANSWERS.get(verdict.verdict, verdict.verdict),
        "domain_size": INFINITE if infinite else count(verdict.domain_size),
        **points,
        "probability": _between(*map(exact, verdict.error)),
        "witnesses": [
            {
                "values": matter.domain.labels(c.point),
                "classes": dict(zip(names, c.classes, strict=True)),
            }
            for c in verdict.counterexamples
        ],
        "float32": _float32(verdict, infinite=infinite),
        "trusted": dict(verdict.trusted),
        "steps": dict(verdict.checked.cells),
    }


def _between(lower: int | str, upper: int | str) -> dict[str, int | str]:
    return {"lower": lower, "upper": upper}


def _float32(verdict: Verdict, *, infinite: bool = False) -> dict[str, Any]:
    points = {} if infinite else {"points": count(verdict.float32.points_not_shown)}
    chance = {"probability": exact(verdict.float32.probability_not_shown)}
    return {"robust": verdict.float32.is_shown, "not_shown": points | chance}


def digits(n: int) -> str:
    """All decimal digits of a whole number, however long (Python's own limit is 4,300)."""
    return str(flint.fmpz(n))


def exact(p: Fraction) -> str:
    """A fraction in lowest terms, ``0`` or ``1/3``."""
    top = digits(p.numerator)
    return top if p.denominator == 1 else f"{top}/{digits(p.denominator)}"


def count(n: int) -> int | str:
    """A number of points: a JSON number, or a string beyond what JSON readers take."""
    return n if n < 10**1000 else digits(n)


def listed_points(
    claim: Mapping[str, Any], domain: Domain, form: int = 1
) -> tuple[Point, ...] | InvalidProof:
    """The points that a stated verdict lists as counterexamples; their classes are not looked at.

    Or what is wrong with the list: it is too long, or an entry is not a point of the domain.
    """
    entries = claim.get("witnesses" if form > 1 else "counterexamples")
    if not isinstance(entries, list) or len(entries) > SHOWN:
        return InvalidProof(f"the certificate does not state up to {SHOWN} counterexamples")
    names = sorted(v.name for v in domain.variables)
    points = []
    for i, entry in enumerate(entries):
        values = entry.get("values") if isinstance(entry, dict) else None
        point = None
        if isinstance(values, dict) and sorted(values) == names:
            point = _point_of(values, domain)
        if point is None or not domain.possible(point):
            return InvalidProof(f"counterexample {i + 1} of the stated verdict is not a point")
        points.append(point)
    return tuple(points)


def _point_of(values: Mapping[str, Any], domain: Domain) -> Point | None:
    """The tuple whose values are called so, if there is one."""
    point = []
    for v in domain.variables:
        label = values[v.name]
        at = v.index(label) if isinstance(label, str) else None
        if at is None:
            return None
        point.append(at)
    return tuple(point)


def compare(stated: Mapping[str, Any], found: Mapping[str, Any], verdict: Verdict) -> None:
    """InvalidProof naming the first entry that is stated and not found, or the other way round.

    For float32 more points than found may be stated as not shown: that claims less.
    """
    infinite = found["domain_size"] == INFINITE
    for key in dict.fromkeys([*found, *stated]):
        held = key in found and key in stated
        if key == "float32" and held and _claims_no_more(stated[key], verdict, infinite=infinite):
            continue
        if not held or not _same(stated[key], found[key]):
            raise InvalidProof(
                f"the certificate states {quoted(key)[1:-1]} = {_short(stated.get(key))}, "
                f"but its proof shows {_short(found.get(key))}"
            )


def _same(stated: Any, found: Any) -> bool:
    """Whether two JSON values are the same text; not deeper than what was found. 1 is not true."""
    if isinstance(stated, Fraction) and stated.denominator == 1:
        stated = int(stated)
    if type(stated) is not type(found):
        return False
    if isinstance(found, dict):
        return [*stated] == [*found] and all(_same(stated[key], found[key]) for key in found)
    if isinstance(found, list):
        return len(stated) == len(found) and all(map(_same, stated, found))
    return bool(stated == found)


def _short(value: Any, levels: int = 4) -> str:
    """The beginning of a value's JSON; what is nested deeper is left out."""
    if isinstance(value, dict | list) and not levels:
        text = "..."
    elif isinstance(value, dict):
        inner = (f"{_short(key)}: {_short(x, levels - 1)}" for key, x in value.items())
        text = f"{{{', '.join(inner)}}}"
    elif isinstance(value, list):
        text = f"[{', '.join(_short(x, levels - 1) for x in value)}]"
    else:
        text = str(value) if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False)
        text = text if text.isprintable() else json.dumps(value)
    return text if len(text) < 100 else text[:97] + "..."


def _claims_no_more(stated: Any, verdict: Verdict, *, infinite: bool) -> bool:
    """Whether what is stated about float32 is well-formed and follows from what was found.

    It does if at least as many points, and as much probability, are stated as not shown.
    """
    inner = stated.get("not_shown") if isinstance(stated, dict) else None
    keys = {"probability"} if infinite else {"points", "probability"}
    if not isinstance(inner, dict) or inner.keys() != keys:
        return False
    chance = _probability(inner["probability"])
    if infinite:  # of how many boxes is not said
        points: int | None = 0 if stated.get("robust") is True else verdict.domain_size
    else:
        points = _points(inner["points"])
    return (
        points is not None
        and chance is not None
        and stated.keys() == {"robust", "not_shown"}
        and stated["robust"] is (points == 0)
        and (points > 0 or chance == 0)
        and verdict.float32.points_not_shown <= points <= verdict.domain_size
        and verdict.float32.probability_not_shown <= chance <= 1
    )


def _points(stated: Any) -> int | None:
    """The number that ``count`` writes so, if any."""
    n = stated
    if isinstance(stated, str) and re.fullmatch("[0-9]+", stated):
        n = int(flint.fmpz(stated))
    return n if type(n) is int and n >= 0 and count(n) == stated else None


def _probability(stated: Any) -> Fraction | None:
    """The fraction that ``exact`` writes so, if any."""
    if not isinstance(stated, str) or not re.fullmatch("[0-9]+(/[0-9]*[1-9][0-9]*)?", stated):
        return None
    above, _, below = stated.partition("/")
    p = Fraction(int(flint.fmpz(above)), int(flint.fmpz(below or "1")))
    return p if exact(p) == stated else None
