"""How ends of an interval show themselves: short, and never narrower than what is proved."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.jobs.bounds import Bounds, down, up
from verifier.model.sample import Sampled

shares = st.fractions(min_value=-1, max_value=1) | st.builds(
    Fraction, st.integers(0, 10**40), st.integers(10**40, 10**50)
)


@given(shares)
def test_decimals_are_rounded_outwards(x):
    assert Fraction(down(x)) <= x <= Fraction(up(x))
    assert abs(Fraction(up(x)) - Fraction(down(x))) <= abs(x) / 10**4


@pytest.mark.parametrize(
    ("bounds", "shown"),
    [
        (Bounds(Fraction(0), Fraction(1)), "Bounds(0 to 1)"),
        (Bounds(Fraction(1, 1024), Fraction(1, 1024)), "Bounds(1/1024)"),
        (Bounds(Fraction(1, 3), Fraction(2, 3)), "Bounds(0.333333 to 0.666667)"),
        (Bounds(Fraction(998396, 10**6), 1 - Fraction(1, 10**9)), "Bounds(0.998396 to 1)"),
        (Bounds(Fraction(1, 7 * 10**30), Fraction(12345)), "Bounds(1.42857e-31 to 12345)"),
        (Bounds(*2 * [Fraction(7, 3**60)]), "Bounds(about 1.65129e-28)"),
        (Bounds(*2 * [Fraction(1, 2**20000)]), "Bounds(about 2.51239e-6021)"),
    ],
)
def test_bounds_show_themselves(bounds, shown):
    assert repr(bounds) == shown


def test_bounds_are_a_pair():
    low, high = found = Bounds(Fraction(1, 4), Fraction(1, 2))
    assert found == (low, high) and found.width == Fraction(1, 4) and not found.exact
    assert Bounds(low, low).exact


def test_a_sample_shows_its_confidence_beside_its_interval():
    found = Sampled(
        lower=Fraction(1, 3), upper=Fraction(2, 5), delta=Fraction(1, 10**9), draws=12_345, seen=1,
        method="pooled", open_mass=Fraction(2, 3),
    )  # fmt: skip
    assert repr(found) == (
        "Sampled(0.333333 to 0.4, confidence 1 - 1e-9, 12,345 draws, probability 0.666666 open)"
    )
