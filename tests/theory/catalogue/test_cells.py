"""Tests cell by cell, and students that need no sample: values, and tiny problems enumerated."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from math import comb, prod
from typing import Any

import pytest

from theory import catalogue
from theory.language.errors import TheoryError

UNION = [  # the first by mpmath as well
    ({"masses": "1/16,1/32,1/64", "draws": "40,40,40", "errors": "1,0,0"},
     "0.01343421067163520812697643758578"),
    ({"masses": "1/16,1/32,1/64", "draws": "40,40,40", "errors": "0,0,0"},
     "0.0106415563363863691947780214654"),
    ({"masses": ",".join(["1/100"] * 10), "draws": ",".join(["100"] * 10),
      "errors": ",".join("0" * 10)}, "0.00516040296241040034165285490118"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "value"), UNION)
def test_bounds_of_single_cells_added_up(given: dict[str, Any], value: str) -> None:
    found = catalogue["open-cells-union"].evaluate(**given, delta="1/20")
    assert found.value.startswith(value)


def _law(n: int, p: Fraction) -> list[Fraction]:
    return [comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(n + 1)]


def test_the_union_over_cells_is_missed_as_seldom_as_it_says() -> None:
    masses, draws, delta = (Fraction(1, 2), Fraction(1, 4)), (3, 2), Fraction(1, 2)
    bounds = {
        k: Fraction(
            catalogue["open-cells-union"]
            .evaluate(masses=masses, draws=draws, errors=k, delta=delta)
            .upper
        )
        for k in itertools.product(range(4), range(3))
    }
    worst = Fraction(0)
    for rates in itertools.product([Fraction(i, 20) for i in range(1, 20)], repeat=2):
        laws = [_law(n, r) for n, r in zip(draws, rates, strict=True)]
        error = sum(w * r for w, r in zip(masses, rates, strict=True))
        missed = sum(laws[0][a] * laws[1][b] for (a, b), u in bounds.items() if error > u)
        worst = max(worst, missed)
    assert delta / 20 < worst <= delta


def test_a_cap_replaces_a_bound_that_is_above_it() -> None:
    given = {"masses": "1/2,1/4", "draws": "3,0", "errors": "0,0", "delta": "1/20"}
    free = catalogue["open-cells-union"].evaluate(**given)
    capped = catalogue["open-cells-union"].evaluate(**given, caps="1,1/10")
    assert Fraction(free.upper) - Fraction(capped.upper) == pytest.approx(9 / 40)


@pytest.mark.parametrize(
    ("draws", "errors", "words"),
    [("3,1/2", "0,0", "integers"), ("3,1", "0,2", "more errors than draws"), ("3", "0,0", "leng")],
)
def test_counts_of_cells_are_whole_and_possible(draws: str, errors: str, words: str) -> None:
    with pytest.raises(TheoryError, match=words):
        catalogue["open-cells-union"].evaluate(
            masses="1/2,1/4", draws=draws, errors=errors, delta="1/20"
        )


@pytest.mark.parametrize("delta", [Fraction(1, 2), Fraction(1, 5), Fraction(1, 20)])
def test_cells_without_replacement_by_enumeration(delta: Fraction) -> None:
    """Every sample of cells of 4 and 3 points, 2 and 2 draws, for every number of bad points."""
    points, draws, masses = (4, 3), (2, 2), (Fraction(1, 2), Fraction(1, 4))
    level = catalogue["open-cells-none-finite"].evaluate(masses=masses, draws=draws, delta=delta)
    excluded = 0
    for bad in itertools.product(range(5), range(4)):
        none = prod(
            Fraction(
                sum(all(x >= b for x in s) for s in itertools.permutations(range(m), n)),
                comb(m, n) * 2,
            )
            for m, n, b in zip(points, draws, bad, strict=True)
        )
        error = sum(w * Fraction(b, m) for w, b, m in zip(masses, bad, points, strict=True))
        if error >= Fraction(level.upper):
            excluded += 1
            assert none <= delta
    assert excluded


def test_without_replacement_the_bound_is_that_of_independent_draws() -> None:
    given = {"masses": "1/16,1/32,1/64", "draws": "60,0,60", "caps": "1,1/10,1", "delta": "1/20"}
    finite = catalogue["open-cells-none-finite"].evaluate(**given)
    assert finite.value == catalogue["open-cells-none"].evaluate(**given).value


def test_a_student_that_needs_no_sample() -> None:
    """Students err on 2 of 6 points, each such set: whatever D is, some errs at most 1/3 there."""
    students = list(itertools.combinations(range(6), 2))
    rng = random.Random(7)
    tight = False
    for _ in range(60):
        weights = [rng.choice((0, 0, 1, 1, 2, 5)) for _ in range(6)]
        if not any(weights):
            continue
        law = [Fraction(w, sum(weights)) for w in weights]
        errors = [sum(law[x] for x in g) for g in students]
        assert min(errors) <= Fraction(1, 3)
        for epsilon in (Fraction(i, 12) for i in range(5, 12)):
            delta = Fraction(1, 3) / epsilon
            level = catalogue["universal-zero-samples"].evaluate(epsilon=epsilon, delta=delta)
            assert Fraction(level.value) == pytest.approx(1 / 3)
            fails = Fraction(sum(e >= epsilon for e in errors), len(students))
            assert fails <= delta
            tight |= fails > delta * Fraction(4, 5)
    assert tight
