"""The numbers of a plan, by the catalogue's theorems: rigorous, and within a second.

What every plan asks for is evaluated without the theorems, and so without SymPy: to load these
takes longer than all else. `tests/cli/test_plan.py` holds each against its theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

from flint import arb, ctx, fmpq

from theory import catalogue
from theory.language.mixtures import beta_upper, mixture_upper
from theory.language.probabilities import (
    binomial_cdf,
    clopper_pearson,
    greatest_bad,
    hypergeometric_cdf,
)
from theory.values.classes import ClassExpression, parse_class
from theory.values.decimals import write_number
from theory.values.narrowing import fractions_of, narrow

DIGITS = 40
MOST_SAMPLES = 10**15
BITS = 192


def upper_bound(errors: int, n: int, delta: Any) -> Fraction:
    """U(errors; n, δ) rounded up, by theorem clopper-pearson; 0 <= errors < n.

    ``delta`` is δ, or a pair of it and a class: then δ/N, by theorem occam-binomial.
    """
    if not isinstance(delta, tuple):
        return _rounded_up(lambda: clopper_pearson(errors, n, delta), "clopper-pearson")
    return _rounded_up(lambda: clopper_pearson(errors, n, _level(delta)), "occam-binomial")


def within(errors: int, n: int, rate: Fraction, delta: Any) -> bool:
    """Whether U(errors; n, δ) <= rate is shown: F(errors; n, rate) <= δ."""
    with ctx.workprec(BITS):
        return bool(binomial_cdf(errors, n, _ball(rate)) <= _level(delta))


def upper_at_any_time(errors: int, n: int, delta: Fraction) -> Fraction:
    """The bound at the n-th draw, whenever one stops, by theorem confidence-sequence."""
    return _rounded_up(lambda: mixture_upper(errors, n, delta), "confidence-sequence")


def upper_by_jeffreys(errors: int, n: int, delta: Fraction) -> Fraction:
    """The same by theorem confidence-sequence-beta with a = b = 1/2."""
    half = Fraction(1, 2)
    return _rounded_up(lambda: beta_upper(errors, n, delta, half, half), "confidence-sequence-beta")


def upper_randomised(errors: int, n: int, delta: Fraction, divergence: Fraction) -> Fraction:
    """The error of a randomised student, by theorem pac-bayes-kl-simple."""
    given = {"error": Fraction(errors, n), "divergence": divergence, "n": n, "delta": delta}
    return Fraction(catalogue["pac-bayes-kl-simple"].evaluate(**given).upper)


def upper_by_weights(mean: Fraction, n: int, delta: Fraction, factor: Fraction) -> Fraction:
    """The error where draws of another law count their weights, by theorem importance-kl-upper.

    0 <= mean <= factor.
    """
    given = {"mean": mean, "factor": factor, "n": n, "delta": delta}
    return Fraction(catalogue["importance-kl-upper"].evaluate(**given).upper)


def upper_by_dimension(errors: int, n: int, delta: Fraction, dimension: int) -> Fraction:
    """The error of any student of a class of that VC dimension, by theorem relative-deviation."""
    if 2 * n < dimension:
        return Fraction(1)
    given = {"error": Fraction(errors, n), "vc": dimension, "n": n, "delta": delta}
    return Fraction(catalogue["relative-deviation"].evaluate(**given).upper)


def passes(error: Fraction, errors: int, n: int) -> Fraction:
    """How often a student of at most that error has at most so many disagreements in n draws.

    Rounded down, by theorem pass-probability; 0 < error < 1, errors <= n.
    """
    found = catalogue["pass-probability"].evaluate(epsilon=error, errors=errors, n=n)
    return Fraction(found.lower)


def passes_finite(bad: int, points: int, errors: int, n: int) -> Fraction:
    """The same of draws without replacement, with at most ``bad`` points of disagreement.

    By theorem finite-pass-probability; errors <= n <= points.
    """
    given = {"points": points, "bad": bad, "errors": errors, "n": n}
    return Fraction(catalogue["finite-pass-probability"].evaluate(**given).lower)


def difference_upper(one: tuple[int, int], other: tuple[int, int], delta: Fraction) -> Fraction:
    """How much more often one student errs than another, each by its disagreements and draws.

    By theorem two-sample-difference; of each, disagreements <= draws.
    """
    given = {"first": one[0], "n": one[1], "second": other[0], "second-n": other[1]}
    return Fraction(catalogue["two-sample-difference"].evaluate(delta=delta, **given).upper)


def fewest_draws(epsilon: Fraction, delta: Fraction) -> int:
    """What no test by independent draws gets by with, by theorem any-test-samples.

    It is about those that never reject an equal tree.
    """
    found = least(lambda n: not _passes_often(n, epsilon, delta), None)
    assert found is not None
    return found


def _passes_often(n: int, epsilon: Fraction, delta: Fraction) -> bool:
    """Whether a student of error ε is shown to pass n draws with more than δ: (1 - ε)^n > δ."""
    with ctx.workprec(BITS + 2 * n.bit_length()):
        return bool(n * _ball(-epsilon).log1p() > _ball(delta).log())


def within_at_any_time(errors: int, n: int, rate: Fraction, delta: Fraction) -> bool:
    """Whether that bound is shown to be at most the rate: (n + 1) C(n, k) p^k (1 - p)^(n - k) <= δ.

    Only for a rate above errors/n, beyond which that falls.
    """
    if n * rate <= errors or rate >= 1:
        return False
    with ctx.workprec(BITS + 2 * n.bit_length()):
        p = _ball(rate)
        choices = arb(n + 2).lgamma() - arb(errors + 1).lgamma() - arb(n - errors + 1).lgamma()
        logarithm = choices + errors * p.log() + (n - errors) * (1 - p).log()
        return bool(logarithm <= _ball(delta).log())


@dataclass(frozen=True)
class RealTrees:
    """Trees with so many leaves and classes over so many features that are real numbers."""

    features: int
    classes: int
    leaves: int

    @property
    def shapes(self) -> int:
        """How many shapes have so many leaves: a Catalan number."""
        return comb(2 * self.leaves - 2, self.leaves - 1) // self.leaves

    @property
    def side(self) -> int:
        """How many trees can be made of the same s - 1 samples.

        By shapes and classes, and of each test the feature and the sample whose value it takes.
        """
        tests = self.leaves - 1
        return int((self.features * tests) ** tests * self.shapes * self.classes**self.leaves)

    def made(self, errors: int, n: int, delta: Fraction) -> Fraction:
        """The error of such a tree made of s - 1 samples, by theorem compression; the rest test it.

        The samples are its thresholds.
        """
        kept = self.leaves - 1
        if errors >= n - kept:
            return Fraction(1)
        return upper_bound(errors, n - kept, delta / (self.side * comb(n, kept)))

    def error(self, n: int, delta: Fraction) -> Fraction:
        """The least ε, rounded up, at which theorem real-trees-failure shows δ; 1 where it is none.

        2 C (2dn)^(s - 1) c^s 2^(-ε n/2) = δ is solved for ε; n ε >= 8 and 4 (s - 1) are demanded.
        """
        s = self.leaves
        with ctx.workprec(BITS):
            logs = arb(2 * self.shapes).log() + (s - 1) * arb(2 * self.features * n).log()
            logs += s * arb(self.classes).log() - _ball(delta).log()
            ends = (2 * logs / arb(2).log(), arb(8), arb(4 * (s - 1)))
            needed = max(Fraction(int((x * 1000).upper().ceil().unique_fmpz()), 1000) for x in ends)
        return min(Fraction(1), needed / n)


def bad_points(errors: int, points: int, n: int, delta: Fraction) -> int:
    """The most points of disagreement, by theorem finite-population; errors <= n <= points."""

    def found() -> Any:
        return arb(greatest_bad(errors, points, n, delta))

    return int(_rounded_up(found, "finite-population"))


def excludes_more(errors: int, points: int, n: int, most: int, delta: Fraction) -> bool:
    """Whether more than ``most`` points of disagreement are excluded: H(errors; ...) <= δ."""
    if most >= points - n + errors:
        return True
    with ctx.workprec(BITS):
        return bool(hypergeometric_cdf(errors, points, most + 1, n) <= _ball(delta))


def needed_in_sequence(errors: int, epsilon: Fraction, aim: Fraction, delta: Fraction) -> int:
    """How many draws with so many disagreements are enough, by theorem sequential-test."""
    found = least(lambda n: n >= errors and _wins(errors, n, epsilon, aim, delta), None)
    assert found is not None
    return found


def _wins(errors: int, n: int, epsilon: Fraction, aim: Fraction, delta: Fraction) -> bool:
    """Whether the bet is shown to have reached 1/δ: (q/ε)^k ((1 - q)/(1 - ε))^(n - k) >= 1/δ."""
    with ctx.workprec(BITS + 2 * n.bit_length()):
        lost = errors * _ball(aim / epsilon).log()
        won = (n - errors) * _ball((epsilon - aim) / (1 - epsilon)).log1p()
        return bool(lost + won + _ball(delta).log() >= 0)


def least(enough: Callable[[int], bool], most: int | None = MOST_SAMPLES) -> int | None:
    """The least n in [0, most] that is enough, where all larger ones are; None if there is none."""
    if enough(0):
        return 0
    low, high = 0, 1
    while not enough(high):
        if high == most:
            return None
        low, high = high, 2 * high if most is None else min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _rounded_up(enclosed: Callable[[], Any], name: str) -> Fraction:
    """A value, at least, as the theorem of that name writes it."""
    upper = fractions_of(narrow(enclosed, name), name)[1]
    return Fraction(write_number(upper, DIGITS, 1))


def _ball(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def _level(delta: Any) -> Any:
    if not isinstance(delta, tuple):
        return _ball(delta)
    level, argument = delta
    kind = parse_class(argument)
    count = kind.log_ball().exp() if isinstance(kind, ClassExpression) else _ball(kind)
    return _ball(level) / count
