"""Trends in the entries of lists: what is claimed holds of values, what is not so is not proved."""

from __future__ import annotations

import dataclasses
import random
from fractions import Fraction
from typing import Any

import pytest

from theory import TheoryError, catalogue
from theory.checking.entries import opened
from theory.checking.monotone import trend_basis
from theory.language.symbols import Parameter
from theory.values.evaluation import check_requirements, environment, read_parameters

F = Fraction
CLAIMS = [
    (t.name, p.name)
    for t in catalogue.values()
    for p in t.parameters
    if p.is_list and p.name in t.result.monotone
]
LENGTH = 3


def _number(p: Parameter, rng: random.Random) -> Fraction:
    low, high = p.lower, p.upper
    while True:
        if p.kind in ("integer", "integers"):
            found = (low or F(0)) + rng.randrange(6)
        elif low is not None and high is not None:
            found = low + (high - low) * F(rng.randrange(33), 32)
        else:
            found = (F(-2) if low is None else low) + F(rng.randrange(33), 8)
        if p.contains(found):
            return found


def _values(name: str, rng: random.Random) -> dict[str, Any]:
    return {
        p.name: ",".join(str(_number(p, rng)) for _ in range(LENGTH))
        if p.is_list
        else str(_number(p, rng))
        for p in catalogue[name].parameters
    }


def _fits(name: str, values: dict[str, Any]) -> bool:
    theorem = catalogue[name]
    try:
        check_requirements(theorem, environment(theorem, read_parameters(theorem, values)))
    except TheoryError:
        return False
    return True


def test_there_are_such_claims() -> None:
    assert len(CLAIMS) >= 15


@pytest.mark.parametrize(("name", "parameter"), CLAIMS)
def test_values_move_as_is_claimed(name: str, parameter: str) -> None:
    """One entry is changed, wherever it stands; all else stays."""
    rng, compared = random.Random(name + parameter), 0
    theorem = catalogue[name]
    p = theorem.parameter(parameter)
    assert p is not None
    for _ in range(3000):
        base = _values(name, rng)
        entries = base[parameter].split(",")
        at = rng.randrange(LENGTH)
        before, after = F(entries[at]), _number(p, rng)
        other = {**base, parameter: ",".join([*entries[:at], str(after), *entries[at + 1 :]])}
        if before == after or not (_fits(name, base) and _fits(name, other)):
            continue
        a, b = (F(theorem.evaluate(**v).value) for v in (base, other))
        rising = (before < after) == (theorem.result.monotone[parameter] == "up")
        assert (a <= b) if rising else (a >= b), (base, other)
        compared += 1
        if compared == 6:
            break
    assert compared >= 4


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        ("transfer-factor", "probabilities"),
        ("leaf-margin", "coefficients"),
        ("kernel-affine", "centres"),
        ("kernel-affine", "weights"),
        ("kernel-box-minimum", "lowers"),
        ("kernel-digit-product", "weights"),
        ("kernel-difference-affine", "falls"),
    ],
)
def test_what_has_no_trend_gets_none(name: str, parameter: str) -> None:
    theorem = catalogue[name]
    for trend in ("up", "down"):
        result = dataclasses.replace(theorem.result, monotone={parameter: trend})
        assert trend_basis(dataclasses.replace(theorem, result=result), parameter) is None


def test_what_holds_at_one_place_is_not_taken_to_hold_at_all() -> None:
    """That each cell's factor is above 0 holds for all j; for one j it would show no trend."""
    theorem = catalogue["open-cells-none"]
    assert trend_basis(theorem, "draws") is not None
    one = dataclasses.replace(theorem, schematic=(), locals=(*theorem.locals, *theorem.schematic))
    draws = theorem.parameter("draws")
    assert draws is not None
    found = opened(one, draws, lambda *_: False, [theorem.assumptions[0].formal])
    every = opened(theorem, draws, lambda *_: False, [theorem.assumptions[0].formal])
    assert found is not None and every is not None
    assert set(found.facts) < set(every.facts)


def test_lists_are_not_solved_for() -> None:
    from theory.values.solving import solve

    with pytest.raises(TheoryError, match="masses, which is a list"):
        solve(catalogue["open-cells-union"], "masses", {"value": "1/2"})
