"""Tests of a plan, made of what a theorem says for a number of samples."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from verifier.reports.plan_numbers import least, passes, upper_bound, within
from verifier.reports.plan_terms import Budget, Passing, Test


def binomial(
    title: str,
    theorem: str,
    assumes: str,
    command: Callable[[int], str],
    errors: int,
    delta: Any,
    part: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1)),
) -> Test:
    """A test by the exact binomial bound, of a part of the domain beside what is known of it."""
    low, width = part

    def samples(epsilon: Fraction) -> int | None:
        if epsilon >= low + width:
            return 0
        if epsilon <= low:
            return None
        rate = (epsilon - low) / width
        return least(lambda n: n > errors and within(errors, n, rate, delta))

    def error(n: int) -> Fraction:
        return low + width * (upper_bound(errors, n, delta) if n > errors else 1)

    return Test(title, theorem, assumes, command, error, samples)


def passing_of(
    errors: int, part: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1))
) -> Callable[[int, Fraction], Passing | None]:
    """How often a student passes a test of independent draws that allows so many disagreements.

    Of an error that what is known beside the part excludes, or demands, nothing is said.
    """
    low, width = part

    def passing(n: int, error: Fraction) -> Passing | None:
        rate = (error - low) / width
        if n < errors or not 0 < rate < 1:
            return None
        return Passing(error, passes(rate, errors, n), "pass-probability")

    return passing


def fewest_for(
    error: Callable[[int], Fraction], epsilon: Fraction, low: Fraction = Fraction(0)
) -> int | None:
    """The least n whose error is at most ε, of one that falls with n towards ``low``."""
    return None if epsilon <= low else least(lambda n: n > 0 and error(n) <= epsilon)


def of_error(
    asked: Budget,
    title: str,
    theorem: str,
    assumes: str,
    command: Callable[[int], str],
    error: Callable[[int], Fraction],
) -> Test:
    """A test whose least number of samples is found by its error, which falls with them."""

    def limited(n: int) -> Fraction:
        return error(n) if n > asked.errors else Fraction(1)

    return Test(title, theorem, assumes, command, limited, lambda e: fewest_for(limited, e))


def evaluated(theorem: str, last: str = "", **parameters: object) -> str:
    """The command that evaluates a theorem."""
    words = [f"{k}={v}" for k, v in parameters.items()] + ([last] if last else [])
    return f"leafproof bounds eval {theorem} {' '.join(words)}"
