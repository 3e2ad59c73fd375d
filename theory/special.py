"""Functions without a closed form: the binomial distribution function and its inverses.

Each is a SymPy function (so it can stand in a bound) with a rigorous enclosure. The inverses are
found by Newton's method in ball arithmetic and then certified: the sign of the defining function
is proved on both sides of the value.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx, fmpq, fmpz

from theory.errors import PrecisionError, TheoryError

DIRECT_TERMS = 20_000
MAX_COUNT = 1_000_000


class BinomialCDF(sp.Function):  # type: ignore[misc]
    """F(k; n, p) = P[K <= k] for the number K of successes among n trials of probability p."""

    nargs = 3
    is_real = True

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, p)."""
        k, n, p = values
        return binomial_cdf(int(k), int(n), _ball(p))


class ClopperPearson(sp.Function):  # type: ignore[misc]
    """U(k; n, δ): the p in (0, 1) with F(k; n, p) = δ for k < n, and 1 for k = n."""

    nargs = 3
    is_real = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def equation(self, x: Any) -> tuple[Any, Any]:
        """The falling function of x and the level that define the value, for k < n."""
        return BinomialCDF(self.args[0], self.args[1], x), self.args[2]

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ); 0 <= k <= n integers, 0 < δ < 1."""
        k, n, level = int(values[0]), int(values[1]), values[2]
        if k == n:
            return arb(1)
        if k == 0:
            return _without_errors(n, _ball(level))

        # balls are made inside, at the higher precision that the search works with
        def falls(p: Any) -> Any:
            return _ball(level) - binomial_cdf(k, n, p)

        def slope(p: Any) -> Any:
            return arb(n) * arb.bin_uiui(n - 1, k) * p ** fmpz(k) * (1 - p) ** fmpz(n - 1 - k)

        return certified_root(falls, slope, Fraction(0), Fraction(1))


class KLUpper(sp.Function):  # type: ignore[misc]
    """U(k; n, δ): the greatest p >= k/n with kl(k/n, p) <= ln(1/δ)/n."""

    nargs = 3
    is_real = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ); 0 <= k <= n integers, 0 < δ < 1."""
        k, n, level = int(values[0]), int(values[1]), values[2]
        if k == n:
            return arb(1)
        if k == 0:
            return _without_errors(n, _ball(level))

        def rises(p: Any) -> Any:
            q = arb(fmpq(k, n))
            relative = q * (q / p).log() + (1 - q) * ((1 - q) / (1 - p)).log()
            return relative + _ball(level).log() / n

        def slope(p: Any) -> Any:
            return (p - fmpq(k, n)) / (p * (1 - p))

        return certified_root(rises, slope, Fraction(k, n), Fraction(1))


SPECIAL = (BinomialCDF, ClopperPearson, KLUpper)


def _ball(value: Any) -> Any:
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def _without_errors(n: int, level: Any) -> Any:
    """1 - δ^(1/n), without cancellation."""
    return -(level.log() / n).expm1()


def binomial_cdf(k: int, n: int, p: Any) -> Any:
    """Arb ball of F(k; n, p), for 0 <= k < n and a ball p in [0, 1].

    The shorter of the sums up to k and beyond k is added up if it has at most 20000 terms; else
    it is a regularised incomplete beta function. TheoryError where both are above a million.
    """
    if k > DIRECT_TERMS and n - k - 1 <= DIRECT_TERMS:
        return 1 - binomial_cdf(n - k - 1, n, 1 - p)
    if min(k, n - k - 1) > MAX_COUNT:
        raise TheoryError(
            f"the binomial distribution with {k} of {n} does not fit (at most {MAX_COUNT} on the "
            "smaller side); kl-upper, never below clopper-pearson, fits at any size"
        )
    if k > DIRECT_TERMS:
        return (1 - p).beta_lower(arb(n - k), arb(k + 1), True)
    ratio = p / (1 - p)
    term = (1 - p) ** fmpz(n)
    total = term
    for j in range(1, k + 1):
        term = term * ratio * (n - j + 1) / j
        total += term
    return total


def certified_root(
    f: Callable[[Any], Any], slope: Callable[[Any], Any], low: Fraction, high: Fraction
) -> Any:
    """Enclose the one zero of an increasing f in (low, high), f < 0 left of it, > 0 right.

    Bisection narrows to relative width 2^-30, Newton's method refines, and the signs of f at both
    ends of the result are proved. Raises TheoryError if the balls cannot decide a sign.
    """
    target = ctx.prec
    with ctx.workprec(2 * target + 64):
        left, right = _bisect(f, low, high)
        x = (_to_ball(left) + _to_ball(right)) / 2
        for _ in range(target.bit_length() + 4):
            x = (x - f(x.mid()) / slope(x.mid())).mid()
        radius = abs(x) * arb(2) ** (-target)
        below, above = (x - radius).lower(), (x + radius).upper()
        if not (f(below) < 0 and f(above) > 0):
            raise PrecisionError("the root could not be certified; the parameters are too extreme")
        return below.union(above)


def _to_ball(x: Fraction) -> Any:
    return arb(fmpq(x.numerator, x.denominator))


def _bisect(f: Callable[[Any], Any], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    left, right = low, high
    # the root may be tiny, or close to `high`: measure the width against the distance to both
    for _ in range(8_000):
        if left > low and right < high and (right - left) * 2**30 < min(left - low, high - right):
            return left, right
        middle = _middle(left, right, low, high)
        sign = f(_to_ball(middle))
        if sign < 0:
            left = middle
        elif sign > 0:
            right = middle
        else:
            quarter = (right - left) / 8
            left, right = max(low, middle - quarter), min(high, middle + quarter)
            if not (f(_to_ball(left)) < 0 < f(_to_ball(right))):
                raise PrecisionError(
                    "the balls do not decide a sign; the parameters are too extreme"
                )
    raise TheoryError("bisection did not converge; the parameters are too extreme")


def _middle(left: Fraction, right: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """Halve the exponent while the root may be next to an end, the interval afterwards."""
    span = high - low
    if left == low and right - low <= span / 2:
        return low + (right - low) / 16
    if right == high and high - left <= span / 2:
        return high - (high - left) / 16
    return (left + right) / 2
