"""Whether the ends that sample.json states follow from what was seen: Clopper and Pearson's.

Found with floats, to a hundred-thousandth of delta.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import exp, lgamma, log, log1p

from verifier.model.errors import InvalidProof
from verifier.second_checker.draws import CLOSE
from verifier.second_checker.plans import Stated


@dataclass(frozen=True)
class Reach:
    """What is drawn from: its probability ``mass``, and what is true beside it, ``settled``.

    The draws are ``off`` from it, at most. An interval is cut to ``least`` and ``most``.
    """

    settled: Fraction
    mass: Fraction
    off: Fraction
    least: Fraction
    most: Fraction

    def ends(self, stated: Stated) -> tuple[Fraction, Fraction]:
        """Of a draw, what the stated ends leave out is below the first, or above the second."""
        low, high = ((x - self.settled) / self.mass for x in (stated.lower, stated.upper))
        return low + self.off, high - self.off


def check_ends(stated: Stated, reach: Reach) -> None:
    """InvalidProof unless either end leaves out at most delta / 2, or nothing that can be.

    Draws that are undecided count as true for the upper end, and as false for the lower one.
    """
    n, k, most_true = stated.draws, stated.seen, stated.seen + stated.undecided
    low, high = reach.ends(stated)
    most = float(stated.delta) / 2 * (1 + CLOSE)
    if stated.upper < reach.most and at_most(most_true, n, high) > most:
        raise InvalidProof("the certificate states an upper end that its sample does not show")
    if stated.lower > reach.least and at_most(n - k, n, 1 - low) > most:
        raise InvalidProof("the certificate states a lower end that its sample does not show")


def at_most(seen: int, n: int, p: Fraction) -> float:
    """P[at most so many of n, each with probability p], for p above their share; else 1."""
    if p >= 1:
        return 1.0 if seen >= n else 0.0
    if p <= 0 or p * n <= seen:
        return 1.0
    x, y = float(p), float(1 - p)
    choices = lgamma(n + 1) - lgamma(seen + 1) - lgamma(n - seen + 1)
    term = exp(choices + seen * log(x) + (n - seen) * log1p(-x))
    total = term
    for j in range(seen, 0, -1):
        term *= j * y / ((n - j + 1) * x)
        total += term
        if term < total * 1e-18:
            break
    return total
