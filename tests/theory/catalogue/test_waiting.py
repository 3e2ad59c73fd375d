"""Drawing until the k-th disagreement, and students that abstain: all outcomes of tiny tests."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb

import pytest

from theory import TheoryError, catalogue

CHANCES = [Fraction(x, 20) for x in range(1, 20)]
NEAR = Fraction(1, 10**30)


def _upper(k: int, n: int, delta: Fraction) -> Fraction:
    return Fraction(catalogue["inverse-sampling"].evaluate(errors=k, n=n, delta=delta).value)


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("delta", [Fraction(1, 20), Fraction(2, 5)])
def test_the_bound_at_the_kth_disagreement_is_seldom_missed(k: int, delta: Fraction) -> None:
    """Up to 30 draws; where it has not come by then, it counts as the 31st."""
    horizon, missed = 30, []
    bounds = {n: _upper(k, n, delta) for n in range(k, horizon + 2)}
    for p in CHANCES:
        comes = {n: comb(n - 1, k - 1) * p**k * (1 - p) ** (n - k) for n in range(k, horizon + 1)}
        comes[horizon + 1] = 1 - sum(comes.values())
        missed.append(sum(chance for n, chance in comes.items() if p > bounds[n]))
    assert all(m <= delta for m in missed)
    assert max(missed) > delta / 2  # it is not loose


def test_the_last_draw_does_not_count() -> None:
    for k, n in ((1, 60), (3, 101), (5, 400)):
        known = catalogue["clopper-pearson"].evaluate(errors=k - 1, n=n - 1, delta="1/20")
        assert abs(_upper(k, n, Fraction(1, 20)) - Fraction(known.value)) < NEAR
    with pytest.raises(TheoryError, match="errors <= n"):
        catalogue["negative-binomial"].evaluate(errors=3, n=2, delta="1/20")


def test_all_disagreements_say_nothing() -> None:
    assert catalogue["inverse-sampling"].evaluate(errors=1, n=1, delta="1/20").vacuous


@pytest.mark.parametrize("answers", [Fraction(1, 10), Fraction(1, 2), Fraction(1)])
def test_the_risk_of_what_is_answered_is_seldom_missed(answers: Fraction) -> None:
    """Seven draws, each of which may be answered rightly, wrongly or not at all."""
    n, delta = 7, Fraction(2, 5)
    bounds = {
        (m, k): Fraction(
            catalogue["selective-risk"].evaluate(errors=k, answered=m, delta=delta).value
        )
        for m in range(n + 1)
        for k in range(m + 1)
    }
    worst = Fraction(0)
    for p in CHANCES:
        missed = Fraction(0)
        for m, k in itertools.product(range(n + 1), repeat=2):
            if k <= m and p > bounds[m, k]:
                given = comb(n, m) * answers**m * (1 - answers) ** (n - m)
                missed += given * comb(m, k) * p**k * (1 - p) ** (m - k)
        assert missed <= delta
        worst = max(worst, missed)
    assert worst > (delta / 2 if answers > Fraction(1, 4) else 0)


def test_a_student_that_answers_nothing_has_no_bound() -> None:
    assert catalogue["abstention"].evaluate(errors=0, answered=0, delta="1/20").vacuous
