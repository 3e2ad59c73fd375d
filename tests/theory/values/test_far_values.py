"""Numbers that no sum of terms and no ball reaches, and how they may be given."""

from __future__ import annotations

import itertools
from fractions import Fraction

import pytest
import sympy as sp
from flint import ctx

from theory import TheoryError, catalogue
from theory.language import probabilities
from theory.language.integrals import entropy_moment
from theory.language.probabilities import hypergeometric_exactly
from theory.language.roots import MOST_TERMS, EntropyMoment
from theory.values.classes import parse_class
from theory.values.decimals import read_number
from theory.values.towers import by_logarithms


@pytest.mark.parametrize("bits", [128, 256])
def test_the_moment_of_the_relative_entropy_is_the_same_as_a_sum_and_as_an_integral(
    bits: int,
) -> None:
    assert MOST_TERMS >= 100_000
    with ctx.workprec(bits):
        quick, slow = entropy_moment(100_000), EntropyMoment(1).enclosure([Fraction(100_000)])
        assert quick.overlaps(slow)
        assert min(quick.rel_accuracy_bits(), slow.rel_accuracy_bits()) > bits - 8


def test_a_randomised_student_of_any_number_of_samples() -> None:
    given = {"error": "1/50", "divergence": 5, "delta": "1/20"}
    last = Fraction(1)
    for n in ("1000", "10^6", "1000001", "1e12", "10**18", "1e30"):
        found = Fraction(catalogue["pac-bayes-kl"].evaluate(**given, n=n).value)
        simple = Fraction(catalogue["pac-bayes-kl-simple"].evaluate(**given, n=n).value)
        assert Fraction(1, 50) < found < min(simple, last)
        last = found


def test_the_points_of_a_finite_domain_are_counted_as_fractions_count_them() -> None:
    """Where to look is guessed, what is answered is not: all small cases, by exact fractions."""
    for points, n in itertools.product((1, 2, 7, 12), repeat=2):
        for k, delta in itertools.product(range(min(n, points) + 1), ("1/20", "1/2", "9/10")):
            if n > points:
                continue
            bad = max(
                x for x in range(k, points - n + k + 1)
                if hypergeometric_exactly(k, points, x, n) > Fraction(delta)
            )  # fmt: skip
            given = {"errors": k, "points": points, "n": n, "delta": delta}
            assert catalogue["finite-population"].evaluate(**given).integer == bad


@pytest.mark.parametrize("delta", ["1/20", "999/1000", "1e-300"])
def test_a_large_finite_domain_is_asked_a_few_times(delta: str) -> None:
    before = probabilities.hypergeometric_cdf
    asked: list[int] = []

    def counted(*given: int) -> object:
        asked.append(given[2])
        return before(*given)

    given = {"errors": 10**4, "points": "10^30", "n": "10^18", "delta": delta}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probabilities, "hypergeometric_cdf", counted)
        found = catalogue["finite-population"].evaluate(**given).integer
    assert found is not None
    assert {found, found + 1} <= set(asked)
    assert len(asked) <= 40


def test_powers_are_numbers() -> None:
    assert read_number("2^20", "n") == read_number(" 2**20 ", "n") == 2**20
    assert read_number("1/10^12", "delta") == Fraction(1, 10**12) == read_number("10^-12", "delta")
    assert read_number("3^0/2", "x") == Fraction(1, 2)
    assert read_number("5%", "delta") == Fraction(1, 20) == read_number(" 5.0 %", "delta")
    for wrong in (
        "2^",
        "^2",
        "2^3^2",
        "-2^2",
        "2^1.5",
        "0^-1",
        "9^999999",
        "1e3^2",
        "%",
        "1/2%",
        "5%%",
    ):
        with pytest.raises(TheoryError):
            read_number(wrong, "x")


def test_a_class_is_as_large_as_its_number_says() -> None:
    assert parse_class("1e6") == parse_class("10^6") == parse_class("1000000") == 10**6
    for wrong in ("0", "1/2", "-3", "1e-2", "nan"):
        with pytest.raises(TheoryError, match="does not parse"):
            parse_class(wrong)


@pytest.mark.parametrize("delta", ["1/2", "3/4", "1023/1024"])
def test_integers_that_are_exact_sums_with_a_quotient_of_logarithms(delta: str) -> None:
    power = {"1/2": 1, "3/4": 2, "1023/1024": 10}[delta]
    found = catalogue["parity-evaluations"].evaluate(variables=1000, delta=delta)
    assert (found.integer, found.value) == (1000 - power, str(1000 - power))


def test_towers_are_compared() -> None:
    d = sp.Symbol("d", positive=True)
    tower, sides = 2 ** (2**d), (sp.Ge, sp.Gt, sp.Le, sp.Lt)
    for relation, exponent, other in itertools.product(sides, (3, 4, 10**6), (1, 200, 10**9)):
        exact = (2**exponent > 61) or 2 ** (2**exponent) > other
        claim = relation(tower, other, evaluate=False)
        assert by_logarithms(claim, {d: Fraction(exponent)}) is (
            exact if relation in (sp.Ge, sp.Gt) else not exact
        )
    assert by_logarithms(sp.Ge(tower, tower * 1, evaluate=False), {d: Fraction(7)}) is None
    assert by_logarithms(sp.Ge(d, -1, evaluate=False), {d: Fraction(7)}) is None
    assert by_logarithms(sp.Eq(d, 3, evaluate=False), {d: Fraction(7)}) is None


def test_bounds_far_below_those_that_say_nothing() -> None:
    count = catalogue["junta-count-upper"].evaluate(variables=10**6, relevant=3)
    assert count.integer == 256 * (10**6 * (10**6 - 1) * (10**6 - 2) // 6)
    assert not count.vacuous
    late = catalogue["conformal-confidence"].evaluate(rank=5, n=1000, epsilon="1e-300")
    assert not late.vacuous  # below 1, though by less than 10^-298000


def test_lists_of_two_lengths() -> None:
    theorem = catalogue["kernel-digit-product"]
    given = {"weights": "1,2", "powers": "1,4", "v": "1,1,3", "r": "1,2,1"}
    assert theorem.evaluate(**given).value == str((1 + 2 * 4) * (1 + 2 + 3))
    with pytest.raises(TheoryError, match="different lengths"):
        theorem.evaluate(**{**given, "r": "1,2"})


@pytest.mark.parametrize(
    ("name", "given", "says"),
    [
        (
            "vc-failure",
            {"vc": 1000, "epsilon": "1/20", "n": 10**12},
            "too close to 0 to be written",
        ),
        ("volume-samples", {"variables": 10**12, "epsilon": "1/20", "delta": "1/2"}, "not fit$"),
        ("tree-count-lower", {"variables": 9, "depth": 30}, "log-tree-functions"),
        ("junta-count", {"variables": 1000, "relevant": 1000}, "a sum of 1001 sums takes long"),
    ],
)
def test_values_that_do_not_fit_say_so(name: str, given: dict[str, object], says: str) -> None:
    with pytest.raises(TheoryError, match=says) as told:
        catalogue[name].evaluate(**given)
    assert "\n" not in str(told.value)
