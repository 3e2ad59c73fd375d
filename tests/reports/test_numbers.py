"""Numbers in words: exact where short, else rounded the right way; nothing underflows."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.model.domain import Domain
from verifier.reports import numbers, words
from verifier.reports.domain_words import rounded
from verifier.reports.numbers import brief_interval
from verifier.reports.samples import DELTA, bound_after_tests, miss_probability

_LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def value(text):
    """The number that a text shows."""
    mantissa, _, power = text.replace(",", "").partition("10" if text.startswith("10") else "× 10")
    if text.startswith("10") and set(text[2:]) & set("⁰¹²³⁴⁵⁶⁷⁸⁹⁻"):
        return Fraction(10) ** int(text[2:].translate(_LOWERED))
    if "×" in text:
        return Fraction(Decimal(mantissa)) * Fraction(10) ** int(power.translate(_LOWERED))
    return Fraction(Decimal(text.replace(",", "")))


positive = st.fractions(min_value=0, max_denominator=10**40).filter(bool) | st.builds(
    lambda k, e: Fraction(k, 2**e), st.integers(1, 10**9), st.integers(0, 5000)
)


@given(positive, st.integers(1, 8))
def test_scientific_rounds_as_asked(x, places):
    down, near, up = (value(numbers.scientific(x, places, t)) for t in (-1, 0, 1))
    assert down <= x <= up
    assert up - down <= x * Fraction(10) ** (1 - places)
    assert abs(near - x) <= min(x - down, up - x)
    assert down > 0


def test_scientific_by_example():
    assert numbers.scientific(Fraction(1, 27)) == "0.03704"
    assert numbers.scientific(Fraction(1, 27), 4, -1) == "0.03703"
    assert numbers.scientific(Fraction(1, 2**20)) == "9.537 × 10⁻⁷"
    assert numbers.scientific(Fraction(1, 10**9)) == "10⁻⁹"
    assert numbers.scientific(Fraction(1234567)) == "1,235,000"
    assert numbers.scientific(Fraction(99999)) == "100,000"
    assert numbers.scientific(Fraction(0)) == "0"
    assert numbers.scientific(Fraction(1, 2**4000)) == "7.586 × 10⁻¹²⁰⁵"


def test_probabilities_show_the_fraction_and_the_decimal():
    assert numbers.probability(Fraction(1, 4)) == "0.25 (1/4)"
    assert numbers.probability(Fraction(1, 12)) == "0.08333 (1/12)"
    assert numbers.probability(Fraction(3, 2**100)) == "2.367 × 10⁻³⁰ (3/2¹⁰⁰)"
    assert numbers.probability(Fraction(1)) == "1"
    long = Fraction(10**60 + 1, 3 * 10**90)
    assert numbers.probability(long) == "about 3.333 × 10⁻³¹"
    assert numbers.in_full(long) == f"{10**60 + 1}/{3 * 10**90}"
    assert numbers.in_full(Fraction(1, 10**20_000)) == (
        "numerator and denominator have 1 and 20,001 digits"
    )


def test_integers_are_exact_up_to_45_digits():
    assert numbers.whole(2**100) == "1,267,650,600,228,229,401,496,703,205,376"
    assert numbers.whole(10**44) == "100" + ",000" * 14
    assert numbers.whole(2**3000) == "about 1.23023 × 10⁹⁰³"
    assert numbers.plain_digits(7**9000) == numbers.digits(7**9000).replace(",", "")
    assert len(numbers.plain_digits(7**9000)) > 4300
    assert numbers.product_form([2, 3, 2, 1, 4, 3, 3]) == "2² · 3³ · 4"
    assert numbers.product_form([1, 1]) == "1"
    assert numbers.plural(1, "leaf", "leaves") == "1 leaf"


@pytest.mark.parametrize("n", [1, 1000, 10**9])
def test_the_bound_after_tests_is_the_p_at_which_all_tests_pass_with_probability_delta(n):
    bound = bound_after_tests(n)
    if n <= 1000:
        assert (1 - bound) ** n <= DELTA
        assert (1 - bound * (1 - Fraction(1, 10**30))) ** n > DELTA
    else:
        low = Fraction(20723265826, 10**18)  # ln(10^9)/n to within its square
        assert low * (1 - 3 * low) < bound < Fraction(20723265837, 10**18)


def test_the_chance_of_a_miss_is_an_upper_bound():
    assert miss_probability(3, Fraction(1, 2)) >= Fraction(1, 8)
    assert miss_probability(3, Fraction(1, 2)) < Fraction(1, 8) * (1 + Fraction(1, 10**30))
    nearly = miss_probability(10**3, Fraction(1, 2**4000))
    assert 1 - Fraction(1, 2**3990) <= nearly <= 1
    assert miss_probability(10**9, Fraction(1, 2)) == 0  # said to be less than 10^-400000
    tiny = miss_probability(10**5, Fraction(1, 2))
    assert Fraction(1, 2) ** (10**5) <= tiny < Fraction(1, 10**30_000)


def test_numbers_of_variables_are_decimals_where_these_are_exact():
    for number, shown in (
        ("0", "0"),
        ("-5/2", "-2.5"),
        ("1/100", "0.01"),
        ("1/3", "1/3"),
        ("1697901/1000000", "1.697901"),
        ("1/10000000", "1/10000000"),
        ("-1/8", "-0.125"),
        ("120", "120"),
    ):
        assert words.plain(Fraction(number)) == shown
    long = Domain.range("x", "-52377/10240", "52377/10240", "52377/5120").variables[0]
    assert [words.value_words(long, i) for i in (0, 1)] == ["≈ −5.11494", "≈ 5.11494"]
    third = Domain.range("x", "1/3", "7/3").variables[0]
    assert words.value_words(third, 1) == "4/3"
    assert words.value_words(Domain.bits(1).variables[0], 1) == "1"


@pytest.mark.parametrize("kind", [np.float16, np.float32])
def test_numbers_are_rounded_once(kind):
    """Also where float64 lies in the middle, and the number to one side of it."""
    rng = np.random.default_rng(0)
    tiny = Fraction(1, 1 << 80)
    for x in rng.normal(size=60).astype(kind):
        low, high = (Fraction(float(v)) for v in sorted((x, np.nextafter(x, kind(9)))))
        middle = (low + high) / 2
        assert rounded(low, kind) == low and rounded(high, kind) == high
        assert rounded(middle - tiny, kind) == low and rounded(middle + tiny, kind) == high
        assert rounded(low + tiny, kind) == low and rounded(high - tiny, kind) == high
        even = [v for v in (low, high) if not int(abs(kind(float(v))).view(f"u{x.itemsize}")) & 1]
        assert [rounded(middle, kind)] == even


def test_counts_in_a_few_digits_are_rounded_outwards():
    assert brief_interval((3, 5)) == "3 to 5"
    assert brief_interval((10**12 - 1, 10**12 - 1)) == "999,999,999,999"
    assert brief_interval((4**30, 4**30)) == "about 1.153 × 10¹⁸"
    assert brief_interval((193271849910570, 4**30)) == "1.932 × 10¹⁴ to 1.153 × 10¹⁸"
    assert brief_interval((7, 4**30 - 4**28)) == "7 to 1.081 × 10¹⁸"
    assert brief_interval((0, 10**12)) == "0 to 10¹²"
