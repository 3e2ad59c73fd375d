"""Tails by a factor and distances of chances: against exact sums, and formulas of another hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb, exp, log, sqrt
from typing import Any

import pytest

from theory import TheoryError, catalogue

RATES = [Fraction(1, 50), Fraction(1, 5), Fraction(1, 2), Fraction(1)]
PARTS = [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)]
VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("Multiplicative Chernoff bound", {"p": "1/10", "n": 1000, "a": "1/2"},
     "0.00004539992976248485153559151556055061"),
    ("angluin-valiant", {"error": "1/100", "n": 500, "relative": 3}, "0.0001234098040866795494976"),
    ("multiplicative Chernoff lower tail", {"rate": "1/10", "n": 1000, "a": "1/2"},
     "0.000003726653172078670992924851475950426"),
    ("Pinsker's inequality", {"kl": "1/10"}, "0.2236067977499789696409173668731276235"),
    ("Bretagnolle–Huber inequality", {"L": 5}, "0.996625332309446433380245875811782309"),
    ("union bound", {"m": 20, "delta": "1/20"}, "0.0025"),
]  # fmt: skip
"""exp(-10), exp(-9), exp(-25/2), sqrt(1/20), sqrt(1 - exp(-5)) of mpmath."""


def _value(name: str, **given: Any) -> Fraction:
    return Fraction(catalogue[name].evaluate(**given).value)


@pytest.mark.parametrize(("name", "given", "expected"), VALUES)
def test_values(name: str, given: dict[str, Any], expected: str) -> None:
    assert catalogue[name].evaluate(**given).value.startswith(expected)


def _chances(n: int, p: Fraction) -> list[Fraction]:
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@pytest.mark.parametrize("p", RATES)
@pytest.mark.parametrize("n", [1, 7, 40])
def test_tails_by_a_factor_are_no_lighter_than_said(n: int, p: Fraction) -> None:
    chances = _chances(n, p)
    for a in (*PARTS, Fraction(3)):
        exact = sum((x for k, x in enumerate(chances) if k >= (1 + a) * p * n), Fraction(0))
        assert exact <= _value("multiplicative-chernoff-above", error=p, n=n, relative=a)
    for a in PARTS:
        exact = sum((x for k, x in enumerate(chances) if k <= (1 - a) * p * n), Fraction(0))
        assert exact <= _value("multiplicative-chernoff-below", error=p, n=n, relative=a)


def test_a_tail_is_not_far_from_what_is_said() -> None:
    """The exponent is that of a normal law, to a factor near 1 for a small a."""
    n, p, a = 4000, Fraction(1, 20), Fraction(3, 10)
    low = sum(_chances(n, p)[: int((1 - a) * p * n) + 1], Fraction(0))
    said = _value("multiplicative-chernoff-below", error=p, n=n, relative=a)
    assert low <= said and log(said) > 0.75 * log(low)


@pytest.mark.parametrize("a", PARTS[1:])
@pytest.mark.parametrize("delta", [Fraction(1, 20), Fraction(1, 2)])
def test_so_many_samples_tell_a_rate_up_to_a_factor(a: Fraction, delta: Fraction) -> None:
    least = Fraction(1, 3)
    found = catalogue["relative-estimate-samples"].evaluate(relative=a, least=least, delta=delta)
    n = found.integer
    assert n is not None and n - 1 < 3 * log(2 / delta) / (a**2 * least) <= n
    for p in (least, Fraction(1, 2), Fraction(9, 10)):
        off = (x for k, x in enumerate(_chances(n, p)) if abs(Fraction(k, n) - p) >= a * p)
        assert sum(off, Fraction(0)) <= delta


def _kl(q: float, p: float) -> float:
    return q * log(q / p) + (1 - q) * log((1 - q) / (1 - p))


@pytest.mark.parametrize("name", ["pinsker", "bretagnolle-huber"])
def test_chances_are_no_further_apart_than_their_relative_entropy_allows(name: str) -> None:
    places, closest = [i / 40 for i in range(1, 40)], 0.0
    for q in places[::3]:
        for p in places:
            entropy = _kl(q, p)
            said = float(_value(name, entropy=Fraction(max(entropy, 0.0))))
            assert abs(p - q) <= said + 1e-12
            closest = max(closest, abs(p - q) / said if said else 0.0)
    assert closest > 0.99 if name == "pinsker" else closest > 0.8


def test_each_of_the_two_is_the_better_one_somewhere() -> None:
    small, large = ({"entropy": x} for x in ("1/10", "3"))
    assert _value("pinsker", **small) < _value("bretagnolle-huber", **small)
    assert _value("bretagnolle-huber", **large) < 1 < _value("pinsker", **large)
    assert catalogue["pinsker"].evaluate(**large).vacuous is False
    assert float(_value("pinsker", **small)) == pytest.approx(sqrt(0.05))
    assert float(_value("bretagnolle-huber", **large)) == pytest.approx(sqrt(1 - exp(-3)))


def test_values_move_as_is_said() -> None:
    for name in ("multiplicative-chernoff-above", "multiplicative-chernoff-below"):
        fixed: dict[str, Any] = {"error": "1/5", "n": 50, "relative": "1/2"}
        for key, values in (
            ("error", ["1/100", "1/5", "1"]),
            ("n", [1, 10, 100]),
            ("relative", PARTS),
        ):
            found = [_value(name, **{**fixed, key: x}) for x in values]
            assert all(a > b for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        ("multiplicative-chernoff-below", {"error": "1/5", "n": 5, "relative": 1}, "out of range"),
        ("multiplicative-chernoff-above", {"error": 0, "n": 5, "relative": 1}, "out of range"),
        ("relative-estimate-samples", {"relative": "1/2", "delta": "1/2"}, "needs least"),
        ("pinsker", {"entropy": "-1/2"}, "out of range"),
    ],
)
def test_refused(name: str, given: dict[str, Any], says: str) -> None:
    with pytest.raises(TheoryError, match=says):
        catalogue[name].evaluate(**given)
