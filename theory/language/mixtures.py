"""Bounds that hold at every draw, from mixtures of bets, in ball arithmetic.

`theory.language.roots` makes SymPy functions of them, so that they can stand in a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from theory.language.balls import ball, certified_root
from theory.language.errors import TheoryError
from theory.language.probabilities import log_factorial, without_errors

MOST_DRAWS = 10**1000
"""Above it, numbers of draws have so many digits that their logarithms take minutes."""


def mixture_upper(k: int, n: int, level: Any) -> Any:
    """Arb ball of the greatest p >= k/n with (n + 1) C(n, k) p^k (1 - p)^(n - k) > δ; 1 for k = n.

    0 <= k <= n, and the level δ in (0, 1) a fraction or a ball.
    """
    if n > MOST_DRAWS:
        raise TheoryError("more than 10^1000 draws")
    if k == n:
        return arb(1)
    if k == 0:
        return without_errors(n, ball(level) / (n + 1))

    def level_and_ratio() -> Any:
        choices = log_factorial(n + 1) - log_factorial(k) - log_factorial(n - k)
        return ball(level).log() - choices

    # the logarithms nearly cancel
    return _likelihood_root(k, n, level_and_ratio, 2 * n.bit_length() + 32)


def beta_upper(k: int, n: int, level: Any, first: Any, second: Any) -> Any:
    """Arb ball of the greatest p >= k/n with r < p^k (1 - p)^(n - k)/δ; 1 for k = n.

    r is B(a + k, b + n - k)/B(a, b) for the prior's a and b, fractions above 0; others as above.
    """
    prior = (first, second)
    size = max([n, *(part for x in prior for part in (x.numerator, x.denominator))])
    if size > MOST_DRAWS:
        raise TheoryError("more than 10^1000 draws, or a prior as extreme")
    if k == n:
        return arb(1)
    digits = 6 * size.bit_length() + 64  # the logarithms nearly cancel

    def level_and_ratio() -> Any:
        known = log_rising(first, k) + log_rising(second, n - k)
        return ball(level).log() + known - log_rising(first + second, n)

    if k == 0:
        with ctx.workprec(ctx.prec + digits):
            return -(level_and_ratio() / n).expm1()

    return _likelihood_root(k, n, level_and_ratio, digits)


def log_rising(x: Fraction, count: int) -> Any:
    """ln (x (x + 1) .. (x + count - 1)) for x > 0."""
    return (ball(x) + count).lgamma() - ball(x).lgamma()


def _likelihood_root(k: int, n: int, level: Callable[[], Any], digits: int) -> Any:
    """The p above k/n with ln (p^k (1 - p)^(n - k)) = level, found with so many more digits."""

    def rises(p: Any) -> Any:
        with ctx.workprec(ctx.prec + digits):
            return level() - p.log() * k - (1 - p).log() * (n - k)

    def slope(p: Any) -> Any:
        return (n * p - k) / (p * (1 - p))

    return certified_root(rises, slope, Fraction(k, n), Fraction(1))
