"""Functions that are defined as the root of an equation: relative entropy, mixtures of bets."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb, ctx

from theory.language.balls import ball, certified_root, whole
from theory.language.errors import PrecisionError, TheoryError
from theory.language.integrals import entropy_moment
from theory.language.mixtures import MOST_DRAWS, beta_upper, mixture_upper
from theory.language.probabilities import relative_entropy

MOST_TERMS = 1_000_000
"""Of a sum; where there are more, the value is enclosed as an integral."""
FAR = 5000
"""Where L/(1 - q) is above this, 1 - p is below e^-4000, and two bounds of p serve for the root."""


class KLInverse(sp.Function):  # type: ignore[misc]
    """The greatest p in [q, 1] with kl(q, p) <= L, for q in [0, 1] and L >= 0."""

    nargs = 2
    is_real = True
    is_nonnegative = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below q = 1 it is inside (0, 1)."""
        return sp.Ge(self.args[0], 1, evaluate=False)

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (q, L)."""
        q, room = values[0], ball(values[1])
        if not isinstance(q, Fraction):
            raise PrecisionError("the share is no rational number")
        if q < 0 or q > 1:
            raise TheoryError("the share is not in [0, 1]")
        if q == 1:
            return arb(1)
        if q == 0:
            return -(-room).expm1()
        if room == 0:
            return ball(q)
        if not room > 0:
            raise PrecisionError("whether the relative entropy is above 0 is not decided")
        if room > FAR * ball(1 - q):
            return _next_to_one(q, room)
        if (found := _by_hardly_any(q, room)) is not None:
            return found
        # it rises with L, whose own ball need not be narrow enough for one root
        return _inverse(q, room.lower()).union(_inverse(q, room.upper()))


class MixtureUpper(sp.Function):  # type: ignore[misc]
    """U(k; n, δ): the greatest p >= k/n with (n + 1) C(n, k) p^k (1 - p)^(n - k) > δ; 1 for k = n.

    The bet is the mixture of all bets on a rate other than p, each as likely as the others.
    """

    nargs = 3
    is_real = True
    is_nonnegative = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ); 0 <= k <= n integers, 0 < δ < 1."""
        return mixture_upper(whole(values[0]), whole(values[1]), values[2])


class BetaUpper(sp.Function):  # type: ignore[misc]
    """U(k; n, δ, a, b): the greatest p >= k/n with r < p^k (1 - p)^(n - k)/δ; 1 for k = n.

    r is B(a + k, b + n - k)/B(a, b): the bet is the mixture of all by a Beta law, Beta(1, 1) makes
    it `MixtureUpper`.
    """

    nargs = 5
    is_real = True
    is_nonnegative = True

    def reaches_one(self) -> Any:
        """The condition that the value is 1: below n disagreements it is inside (0, 1)."""
        return sp.Ge(self.args[0], self.args[1], evaluate=False)

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of the value at (k, n, δ, a, b); 0 <= k <= n integers, 0 < δ < 1, a, b > 0."""
        return beta_upper(whole(values[0]), whole(values[1]), *values[2:])


class BetaMoment(sp.Function):  # type: ignore[misc]
    """B(a + k, b + n - k)/B(a, b): the mean of q^k (1 - q)^(n - k) under Beta(a, b)."""

    nargs = 4
    is_real = True

    def enclosure(self, values: list[Any]) -> Any:
        """The fraction at (k, n, a, b), where that is small, as it is in models only."""
        k, n, first, second = whole(values[0]), whole(values[1]), *values[2:]
        found = Fraction(1)
        for count, start in ((k, first), (n - k, second)):
            for i in range(count):
                found *= start + i
        for i in range(n):
            found /= first + second + i
        return found


class EntropyMoment(sp.Function):  # type: ignore[misc]
    """ξ(n) = Σ_k C(n, k) (k/n)^k (1 - k/n)^(n - k): what E exp(n kl(average, p)) is at most."""

    nargs = 1
    is_real = True
    is_positive = True

    def enclosure(self, values: list[Any]) -> Any:
        """Arb ball of n!/n^n Σ_(j <= n) n^j/j!, which is the same; n >= 1."""
        n = whole(values[0])
        if n > MOST_DRAWS:
            raise TheoryError("more than 10^1000 draws (pac-bayes-kl-simple has no such moment)")
        if n > MOST_TERMS:
            return entropy_moment(n)
        with ctx.workprec(ctx.prec + 2 * n.bit_length() + 32):
            term = total = arb(1)
            for j in range(n, 0, -1):  # from the last term, which is 1, down
                term = term * j / n
                total += term
        return total


def _inverse(q: Fraction, room: Any) -> Any:
    """The p above q, 0 < q < 1, with kl(q, p) equal to an exact number."""

    def rises(p: Any) -> Any:
        return relative_entropy(ball(q), p) - room

    def slope(p: Any) -> Any:
        return (p - ball(q)) / (p * (1 - p))

    return certified_root(rises, slope, q, Fraction(1))


def _by_hardly_any(q: Fraction, room: Any) -> Any | None:
    """The same where q is so small that it tells hardly from 0, else None.

    kl(q, p) is (1 - q) ln(1/(1 - p)) less the entropy of q, and q ln(1/p) more; p is at least
    1 - e^-L, so that this is no more than at that.
    """
    share, least = ball(q), -(-room).expm1()
    more = -share * least.log()
    if not (more < arb(2) ** (-2 * ctx.prec) * room and more < arb(2) ** (-2 * ctx.prec)):
        return None
    entropy = -share * share.log() - (1 - share) * (-share).log1p()
    low, high = (-(-(room + entropy - x) / (1 - share)).expm1() for x in (more, arb(0)))
    return low.union(high)


def _next_to_one(q: Fraction, room: Any) -> Any:
    """The same where p is next to 1.

    kl(q, p) is (1 - q) ln(1/(1 - p)) less the entropy of q, and q ln(1/p) more, which is 0 at least
    and at most q ln(1/q), as p >= q.
    """
    share, rest = ball(q), ball(1 - q)
    one_part = -rest * rest.log()
    entropy = one_part - share * share.log()
    least, most = (1 - (-(room + x) / rest).exp() for x in (one_part, entropy))
    return least.union(most)


ROOTS = (KLInverse, MixtureUpper, BetaUpper, BetaMoment, EntropyMoment)
