"""What verdict.json states of float32, compared with what is shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NoReturn

from verifier.model.errors import InvalidProof
from verifier.second_checker.counting import domain_size, look_again
from verifier.second_checker.models import Matter
from verifier.second_checker.points import Tally
from verifier.second_checker.variables import Interval

CHUNK = 4000
"""Decimal digits that Python turns into a number at once."""


def compare(case: Matter, tally: Tally, claim: Mapping[str, Any]) -> None:
    """InvalidProof unless at least as many points, and as much probability, as are not shown here
    are stated as not shown."""
    stated = claim.get("float32")
    inner = stated.get("not_shown") if isinstance(stated, dict) else None
    infinite = any(isinstance(v, Interval) for v in case.domain.variables)
    keys = {"probability"} if infinite else {"points", "probability"}
    if not isinstance(inner, dict) or inner.keys() != keys:
        _refuse("float32", stated, "robust and not_shown to be due")
    if infinite:  # how many boxes are meant is not said: none, or any number
        assert isinstance(stated, dict)
        every = 0 if stated.get("robust") is True else count(domain_size(case, tally))
        inner = {"points": every, **inner}
    points, chance = _whole(inner["points"]), _fraction(inner["probability"])
    if points is None or chance is None or (points == 0 and chance):
        _refuse("float32.not_shown", inner, "no number of points with its probability")
    assert isinstance(stated, dict)
    if stated.keys() != {"robust", "not_shown"} or stated["robust"] is not (points == 0):
        _refuse("float32.robust", stated.get("robust"), points == 0)
    if points < tally.points or chance < tally.probability():
        look_again(case, tally)
    least = tally.probability()
    if points > (every := domain_size(case, tally)):
        _refuse("float32.not_shown.points", inner["points"], f"only {_short(count(every))}")
    if points < tally.points:
        _refuse(
            "float32.not_shown.points", inner["points"], f"at least {_short(count(tally.points))}"
        )
    if not least <= chance <= 1:
        _refuse("float32.not_shown.probability", exact(chance), f"at least {_short(exact(least))}")


def _refuse(key: str, stated: Any, found: Any) -> NoReturn:
    raise InvalidProof(
        f"the certificate states {key} = {_short(stated)}, "
        f"but the float32 checker finds {_short(found)}"
    )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) < 100 else text[:97] + "..."


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
    if isinstance(stated, Fraction) and stated.denominator == 1:  # 36.0 is 36
        n = stated.numerator
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
