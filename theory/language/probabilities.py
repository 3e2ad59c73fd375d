"""The binomial and the hypergeometric distribution in ball arithmetic, and bounds from draws.

`theory.language.special` makes SymPy functions of them, so that they can stand in a bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq, fmpz

from theory.language.balls import ball, certified_root
from theory.language.errors import PrecisionError, TheoryError, short

MAX_COUNT = 1_000_000
MOST_TERMS = 200_000
MOST_WORK = 1 << 24  # terms times bits
MOST_TRIALS_BITS = 1024
MOST_BITS = 1024
MOST_EXACT = 10_000


def clopper_pearson(k: int, n: int, level: Any) -> Any:
    """Arb ball of U(k; n, δ); 0 <= k <= n, and the level δ in (0, 1) a fraction or a ball."""
    if k == n:
        return arb(1)
    if k == 0:
        return without_errors(n, ball(level))
    if ctx.prec > MOST_BITS + 2 * n.bit_length():
        raise TheoryError(
            f"the bound for {short(k)} of {short(n)} does not come out within {MOST_BITS} bits "
            "of precision; the parameters are too extreme"
        )
    if _next_to_one(k, n, level, distance := arb(2) ** (2 - ctx.prec)):
        return 1 - distance * arb(0.5, 0.5)
    if 2 * k <= n:
        return _upper_limit(k, n, level)
    return 1 - _distance_to_one(k, n, level)


def kl_upper(k: int, n: int, level: Any) -> Any:
    """Arb ball of the greatest p >= k/n with kl(k/n, p) <= ln(1/δ)/n; arguments as above."""
    if k == n:
        return arb(1)
    if k == 0:
        return without_errors(n, ball(level))
    _check_trials(n)

    def rises(p: Any) -> Any:
        return relative_entropy(arb(fmpq(k, n)), p) + ball(level).log() / n

    def slope(p: Any) -> Any:
        return (p - fmpq(k, n)) / (p * (1 - p))

    return certified_root(rises, slope, Fraction(k, n), Fraction(1))


def greatest_bad(k: int, points: int, n: int, level: Any) -> int:
    """The greatest K <= N - n + k with H(k; N, K, n) > δ; 0 <= k <= n <= N, 0 < δ < 1."""
    search = _greatest_bad if isinstance(level, Fraction) else _greatest_bad.__wrapped__
    return int(search(k, points, n, level))


@lru_cache(256)
def _greatest_bad(k: int, points: int, n: int, level: Any) -> int:
    """The greatest K <= N - n + k with H(k; N, K, n) > δ.

    H falls in K, so that each K asked leaves out one side. Where to ask is told by a guess, then by
    secants of ln(H/δ) (as the Illinois method has them) and now and then by halves: of H where K
    is far too low the sum is long.
    """
    low, high = k, points - n + k  # H(k; N, k, n) = 1
    spread = math.sqrt(max(1, -2 * float(ball(level).log().mid())))
    ask = k + points * int(k + spread * math.sqrt(k + 1) + spread**2) // max(1, n)
    step = 1 + points * (1 + math.isqrt(k) // 4) // max(1, n)
    logs: dict[bool, float] = {}  # of the nearest K asked that is, or is not, above δ
    asked: dict[bool, int] = {}
    before, steps = None, 0
    while low < high:
        steps += 1
        ask = min(max(ask, low + 1), high)
        side, log = _excess(k, points, ask, n, level)
        low, high = (ask, high) if side else (low, ask - 1)
        if side is before and (not side) in logs:
            logs[not side] /= 2
        before, logs[side], asked[side] = side, log, ask
        if len(logs) == 1:
            ask, step = ask - step if not side else ask + step, 2 * step
        elif steps % 5 and all(map(math.isfinite, logs.values())) and logs[True] > logs[False]:
            share = Fraction(logs[True] / (logs[True] - logs[False]))
            ask = asked[True] + round((asked[False] - asked[True]) * share)
        else:
            ask = (low + high + 1) // 2
    return low


def hypergeometric_cdf(k: int, points: int, bad: int, n: int) -> Any:
    """Arb ball of H(k; N, K, n), exactly 0 or 1 where it must be.

    The terms are added from k downwards; the rest is left out where a geometric series bounds it.
    """
    first, last = max(0, n - (points - bad)), min(bad, n)
    if k >= last or k < first:
        return arb(int(k >= last))
    if k - first > MAX_COUNT:
        raise TheoryError(f"more than {MAX_COUNT} terms of the hypergeometric distribution")
    with ctx.workprec(ctx.prec + 2 * points.bit_length() + 32):  # the logarithms nearly cancel
        logs = [
            log_factorial(a) - log_factorial(b) - log_factorial(a - b)
            for a, b in ((bad, k), (points - bad, n - k), (points, n))
        ]
        term = (logs[0] + logs[1] - logs[2]).exp()
        total, bits = term, ctx.prec
        for j in range(k, first, -1):
            share = arb(fmpq(j * (points - bad - n + j), (bad - j + 1) * (n - j + 1)))
            term *= share
            total += term
            # the shares fall as j does
            if share < 1 and term < total * arb(2) ** (-bits) * (1 - share):
                total += (term * share / (1 - share)).union(arb(0))
                break
        return total


def _excess(k: int, points: int, bad: int, n: int, level: Any) -> tuple[bool, float]:
    """Whether H(k; N, K, n) > δ, by balls or else exactly; and about ln(H/δ)."""
    found, bound = hypergeometric_cdf(k, points, bad, n), ball(level)
    if found > bound or found <= bound:
        return bool(found > bound), float((found / bound).log().mid()) if found > 0 else -math.inf
    if min(n, points - n) > MOST_EXACT or not isinstance(level, Fraction):
        raise PrecisionError("whether H is above δ is not decided at this precision")
    return hypergeometric_exactly(k, points, bad, n) > level, 0.0


def hypergeometric_exactly(k: int, points: int, bad: int, n: int) -> Fraction:
    """H(k; N, K, n) as a fraction."""
    ways = sum(math.comb(bad, j) * math.comb(points - bad, n - j) for j in range(min(k, n) + 1))
    return Fraction(ways, math.comb(points, n))


def relative_entropy(q: Any, p: Any) -> Any:
    """kl(q, p), for balls in (0, 1)."""
    return q * (q / p).log() + (1 - q) * ((1 - q) / (1 - p)).log()


def without_errors(n: int, level: Any) -> Any:
    """1 - δ^(1/n), without cancellation."""
    return -(level.log() / n).expm1()


def binomial_cdf(k: int, n: int, p: Any, q: Any = None) -> Any:
    """Arb ball of F(k; n, p), for 0 <= k < n and balls p in (0, 1) and q of 1 - p.

    Below the mode it is 1 minus the probability of more than k.
    """
    q = 1 - p if q is None else q
    if _below_mode(k, n, p):
        return 1 - _lower_tail(n - k - 1, n, q, p)
    return _lower_tail(k, n, p, q)


def _below_mode(k: int, n: int, p: Any) -> bool:
    """Whether p is certainly so small that k is above the mode: more than k is the short tail."""
    return bool(p * (n + 1) < k + 1)


def _less_level(k: int, n: int, p: Any, q: Any, level: Any) -> Any:
    """F(k; n, p) - level, from the probability of more than k where F is close to 1."""
    if _below_mode(k, n, p):
        return ball(1 - level) - _lower_tail(n - k - 1, n, q, p)
    return _lower_tail(k, n, p, q) - ball(level)


def _lower_tail(k: int, n: int, p: Any, q: Any) -> Any:
    """F(k; n, p) at or beyond the mode.

    The probabilities of k, k - 1, ... are added up until the rest is bounded by a geometric series
    far below the sum: some dozens of standard deviations, and nothing cancels. TheoryError where k
    and n - k are both above a million.
    """
    if min(k, n - k - 1) > MAX_COUNT:
        raise TheoryError(
            f"the binomial distribution with {short(k)} of {short(n)} does not fit (at most "
            f"{MAX_COUNT} on the smaller side); kl-upper, never below clopper-pearson, fits at "
            "any size"
        )
    _check_trials(n)
    ratio, bits = q / p, ctx.prec
    share = term = total = arb(1)
    for i in range(k):
        share = ratio * (k - i) / (n - k + i + 1)
        term *= share
        total += term
        # the shares fall with i, so the terms from here on are below a geometric series
        if i >= MOST_TERMS or i * bits > MOST_WORK or not share.is_finite():
            raise PrecisionError("too many terms of the binomial distribution count")
        if i % 16 == 15 and share < 1 and term < total * arb(2) ** (-bits) * (1 - share):
            total += (term * share / (1 - share)).union(arb(0))
            break
    return binomial_probability(k, n, p, q) * total


def _check_trials(n: int) -> None:
    if n.bit_length() > MOST_TRIALS_BITS:
        raise TheoryError(
            f"the binomial distribution of {short(n)} trials does not fit (at most "
            f"2^{MOST_TRIALS_BITS}); give fewer"
        )


def binomial_probability(k: int, n: int, p: Any, q: Any) -> Any:
    """Arb ball of C(n, k) p^k q^(n - k), for 0 <= k <= n and balls p in (0, 1) and q of 1 - p."""
    with ctx.workprec(ctx.prec + 2 * n.bit_length() + 32):  # the logarithms nearly cancel
        choices = log_factorial(n) - log_factorial(k) - log_factorial(n - k)
        return (choices + p.log() * k + q.log() * (n - k)).exp()


def log_factorial(n: int) -> Any:
    """ln n!."""
    return arb(fmpz(n) + 1).lgamma()


# The level is made a ball inside the closures, at the higher precision that the search works with.


def _next_to_one(k: int, n: int, level: Any, distance: Any) -> bool:
    """Whether the p with F(k; n, p) = level is proved to be above 1 - distance, for k < n.

    F falls in p, so that F > level there is the proof. It spares a search at as many bits as the
    logarithm of 1 - p: millions where δ is shared by a large class.
    """
    if not ball(level) < distance:
        return False
    with ctx.workprec(2 * ctx.prec + 64):
        return bool(_less_level(k, n, 1 - distance, distance, level) > 0)


def _upper_limit(k: int, n: int, level: Any) -> Any:
    """The p with F(k; n, p) = level."""

    def falls(p: Any) -> Any:
        return -_less_level(k, n, p, 1 - p, level)

    def slope(p: Any) -> Any:
        return binomial_probability(k, n, p, 1 - p) * (n - k) / (1 - p)

    chances = (ball(1 - level), ball(level))
    return certified_root(falls, slope, *_bracket(k, n, chances, falls))


def _distance_to_one(k: int, n: int, level: Any) -> Any:
    """The q with F(k; n, 1 - q) = level: it may be too small for 1 - q to be told from 1."""

    def rises(q: Any) -> Any:
        return _less_level(k, n, 1 - q, q, level)

    def slope(q: Any) -> Any:
        return binomial_probability(k, n, 1 - q, q) * (n - k) / q

    chances = (ball(level), ball(1 - level))
    return certified_root(rises, slope, *_bracket(n - k, n, chances, rises))


def _bracket(
    k: int, n: int, chances: tuple[Any, Any], f: Callable[[Any], Any]
) -> tuple[Fraction, Fraction]:
    """Where the root of f should be, by Bernstein's inequality; 0 and 1 where it is not.

    `chances` are the probabilities of fewer and of more than k for a p below and above.
    """
    share, ends = k / n, []
    for sign, chance in zip((-1, 1), chances, strict=True):
        room = float((-chance.log() / n).abs_upper())
        end = share + sign * (2 * room + math.sqrt(2 * share * room)) * 1.01
        ends.append(end if math.isfinite(end) else float(sign > 0))
    low, high = Fraction(max(ends[0], 0.0)), Fraction(min(ends[1], 1.0))
    if low > 0 and not f(ball(low)) < 0:
        low = Fraction(0)
    if high < 1 and not f(ball(high)) > 0:
        high = Fraction(1)
    return low, high
