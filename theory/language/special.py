"""Functions without a closed form: the binomial distribution function and its inverses.

Each is a SymPy function, so that it can stand in a bound; its rigorous enclosure is computed in
`theory.language.probabilities`.
"""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from theory.language.balls import ball, whole
from theory.language.probabilities import (
    binomial_cdf,
    clopper_pearson,
    greatest_bad,
    hypergeometric_cdf,
    kl_upper,
)


class BinomialCDF(sp.Function):  # type: ignore[misc]
    """F(k; n, p) = P[K <= k] for the number K of successes among n trials of probability p."""

    nargs = 3
    is_real = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: with fewer than n, it is below 1 for p > 0."""
        k, n, p = self.args
        return sp.Or(sp.Ge(sp.expand(k - n), 0), sp.Le(p, 0))

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, p)."""
        k, n, p = values
        return binomial_cdf(whole(k), whole(n), ball(p))


def binomial_term(j: Any, n: Any, p: Any) -> Any:
    """P[K = j] for K the number of successes among n independent trials."""
    return sp.binomial(n, j) * p**j * (1 - p) ** (n - j)


class ClopperPearson(sp.Function):  # type: ignore[misc]
    """U(k; n, δ): the p in (0, 1) with F(k; n, p) = δ for k < n, and 1 for k = n."""

    nargs = 3
    is_real = True
    is_nonnegative = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def equation(self, x: Any) -> tuple[Any, Any]:
        """The falling function of x and the level that define the value, for k < n."""
        return BinomialCDF(self.args[0], self.args[1], x), self.args[2]

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ); 0 <= k <= n integers, 0 < δ < 1."""
        return clopper_pearson(whole(values[0]), whole(values[1]), values[2])


class KLUpper(sp.Function):  # type: ignore[misc]
    """U(k; n, δ): the greatest p >= k/n with kl(k/n, p) <= ln(1/δ)/n."""

    nargs = 3
    is_real = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ); 0 <= k <= n integers, 0 < δ < 1."""
        return kl_upper(whole(values[0]), whole(values[1]), values[2])


class HypergeometricCDF(sp.Function):  # type: ignore[misc]
    """H(k; N, K, n) = P[at most k of n points drawn without replacement are among K of N]."""

    nargs = 4
    is_real = True

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value; integers k, K <= N and n <= N."""
        return hypergeometric_cdf(*map(whole, values))


class HypergeometricUpper(sp.Function):  # type: ignore[misc]
    """The greatest K <= N - n + k with H(k; N, K, n) > δ."""

    nargs = 4
    is_integer = True
    is_nonnegative = True

    def enclosure(self, values: list[Any]) -> Any:
        """The integer at (k, N, n, δ); 0 <= k <= n <= N integers, 0 < δ < 1."""
        k, points, n = map(whole, values[:3])
        return arb(greatest_bad(k, points, n, values[3]))


SPECIAL = (BinomialCDF, ClopperPearson, KLUpper, HypergeometricCDF, HypergeometricUpper)
