"""Between which numbers a term lies, and whether it is an integer, told from its structure alone.

SymPy's own assumptions are not asked of sums, products and powers: of terms that were built without
evaluation, such as 0*t - 1, it may come to know two things that contradict each other, and which
depends on what it was asked before. Only what symbols and operators are declared to be is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Any

import sympy as sp

End = Fraction | None
"""An end of a span; None: there is none."""

LARGEST_POWER = 64
"""Powers of ends with larger exponents are told by their sign only."""


@dataclass(frozen=True)
class Span:
    """All numbers from `low` to `high`; an end that is open, or None, is not reached."""

    low: End = None
    high: End = None
    low_open: bool = False
    high_open: bool = False

    @property
    def positive(self) -> bool:
        """Whether all its numbers are > 0."""
        return self.low is not None and (self.low > 0 or (self.low == 0 and self.low_open))

    @property
    def nonnegative(self) -> bool:
        """Whether all its numbers are >= 0."""
        return self.low is not None and self.low >= 0

    @property
    def nonpositive(self) -> bool:
        """Whether all its numbers are <= 0."""
        return self.high is not None and self.high <= 0

    @property
    def nonzero(self) -> bool:
        """Whether 0 is none of its numbers."""
        return self.positive or self.negated().positive

    def negated(self) -> Span:
        """The numbers with the other sign."""
        low = None if self.high is None else -self.high
        high = None if self.low is None else -self.low
        return Span(low, high, self.high_open, self.low_open)


ANYTHING = Span()
POSITIVE = Span(Fraction(0), None, low_open=True)
NONNEGATIVE = Span(Fraction(0))
_CONSTANTS = {sp.E: Span(Fraction(2), Fraction(3)), sp.pi: Span(Fraction(3), Fraction(4))}


def is_positive(term: Any) -> bool:
    """Whether a term is > 0 wherever it is defined, as far as its structure tells."""
    return span(term).positive


def is_nonnegative(term: Any) -> bool:
    """Whether a term is >= 0 wherever it is defined, as far as its structure tells."""
    return span(term).nonnegative


def is_nonpositive(term: Any) -> bool:
    """Whether a term is <= 0 wherever it is defined, as far as its structure tells."""
    return span(term).nonpositive


def is_nonzero(term: Any) -> bool:
    """Whether a term is not 0 wherever it is defined, as far as its structure tells."""
    return span(term).nonzero


def is_integral(term: Any) -> bool:
    """Whether a term is an integer wherever it is defined, as far as its structure tells."""
    if isinstance(term, sp.Rational):
        return bool(term.q == 1)
    if isinstance(term, (sp.floor, sp.ceiling)):
        return True
    if isinstance(term, sp.Pow):
        return all(map(is_integral, term.args)) and is_nonnegative(term.exp)
    if isinstance(term, (sp.Add, sp.Mul, sp.Max, sp.Min, sp.Abs, sp.binomial)):
        return all(map(is_integral, term.args))
    return bool(_declared(term).is_integer) if _is_declared(term) else False


def span(term: Any) -> Span:
    """Numbers among which a term is wherever it is defined; all numbers where nothing is known."""
    if isinstance(term, sp.Rational):
        value = Fraction(int(term.p), int(term.q))
        return Span(value, value)
    if isinstance(term, sp.NumberSymbol):
        return _CONSTANTS.get(term, ANYTHING)
    rule = next((r for kinds, r in _RULES if isinstance(term, kinds)), None)
    if rule is not None:
        return rule(*term.args)
    return _of_declared(_declared(term)) if _is_declared(term) else ANYTHING


def _is_declared(term: Any) -> bool:
    """Whether what SymPy assumes of a term was declared, of its symbol or of its operator."""
    return isinstance(term, (sp.Symbol, sp.Indexed)) or (
        isinstance(term, sp.Expr) and type(term).__module__.startswith("theory.language.")
    )


def _declared(term: Any) -> Any:
    """What a term's assumptions were declared of: a list's entries are what the list is."""
    return term.base if isinstance(term, sp.Indexed) else term


def _of_declared(term: Any) -> Span:
    if term.is_positive:
        return Span(Fraction(1)) if term.is_integer else POSITIVE
    return NONNEGATIVE if term.is_nonnegative else ANYTHING


def _sum(*terms: Any) -> Span:
    spans = [span(x) for x in terms]
    lows, highs = [s.low for s in spans], [s.high for s in spans]
    return Span(
        None if None in lows else sum((x for x in lows if x is not None), Fraction(0)),
        None if None in highs else sum((x for x in highs if x is not None), Fraction(0)),
        any(s.low_open for s in spans),
        any(s.high_open for s in spans),
    )


def _product(*terms: Any) -> Span:
    return reduce(_times, map(span, terms), Span(Fraction(1), Fraction(1)))


def _times(a: Span, b: Span) -> Span:
    """Products of numbers of two spans; of factors that may have both signs nothing is told."""
    if not a.nonnegative and a.nonpositive:
        return _times(a.negated(), b).negated()
    if not b.nonnegative and b.nonpositive:
        return _times(a, b.negated()).negated()
    if a.low is None or b.low is None or not (a.nonnegative and b.nonnegative):
        return ANYTHING
    high = None if a.high is None or b.high is None else a.high * b.high
    low_open = a.positive and b.positive and (a.low_open or b.low_open)
    high_open = high is not None and high > 0 and (a.high_open or b.high_open)
    return Span(a.low * b.low, high, low_open, high_open)


def _power(base: Any, exponent: Any) -> Span:
    of, by = span(base), span(exponent)
    whole = is_integral(exponent)
    if of.low is not None and of.low >= 1:
        return _above_one(of.low, by, whole)
    if of.positive:
        at_most_one = of.high is not None and of.high <= 1 and by.nonnegative
        return Span(Fraction(0), Fraction(1) if at_most_one else None, low_open=True)
    even = whole and isinstance(exponent, sp.Rational) and exponent.p % 2 == 0
    return NONNEGATIVE if of.nonnegative or even else ANYTHING


def _above_one(low: Fraction, by: Span, whole: bool) -> Span:
    """Powers of numbers from `low` >= 1 on: at least 1 for an exponent >= 0, at most 1 else."""
    if by.nonnegative:
        least = by.low if whole and by.low is not None and by.low <= LARGEST_POWER else None
        return Span(Fraction(1) if least is None else low ** int(least))
    return Span(Fraction(0), Fraction(1) if by.nonpositive else None, low_open=True)


def _exponential(of: Any) -> Span:
    by = span(of)
    if by.nonnegative:
        return Span(Fraction(1), None, by.positive)
    return Span(Fraction(0), Fraction(1) if by.nonpositive else None, True, by.negated().positive)


def _logarithm(of: Any) -> Span:
    """1 - 1/x < log(x) < x - 1 for x > 0 but 1, where all three are 0."""
    by = span(of)
    low = 1 - 1 / by.low if by.low is not None and by.low > 0 else None
    high = None if by.high is None else by.high - 1
    return Span(low, high, by.low_open or by.low != 1, by.high_open or by.high != 1)


def _rounded(of: Any) -> Span:
    """What is rounded down or up lies between the ends rounded outwards."""
    by = span(of)
    low = None if by.low is None else Fraction(by.low.__floor__())
    high = None if by.high is None else Fraction(by.high.__ceil__())
    return Span(low, high)


def _rounded_up(of: Any) -> Span:
    by, outer = span(of), _rounded(of)
    return Span(Fraction(1), outer.high) if by.positive and outer.low == 0 else outer


def _largest(*terms: Any) -> Span:
    return _at_least_zero([span(x) for x in terms], any)


def _smallest(*terms: Any) -> Span:
    return _at_least_zero([span(x) for x in terms], all)


def _at_least_zero(spans: list[Span], of: Callable[[Iterable[bool]], bool]) -> Span:
    """What is known of one of the terms, where `of` of them tell it."""
    if of(s.positive for s in spans):
        return POSITIVE
    return NONNEGATIVE if of(s.nonnegative for s in spans) else ANYTHING


def _absolute(of: Any) -> Span:
    return POSITIVE if span(of).nonzero else NONNEGATIVE


def _binomial(n: Any, k: Any) -> Span:
    counts = is_integral(n) and is_integral(k) and is_nonnegative(n)
    return NONNEGATIVE if counts else ANYTHING


_RULES: tuple[tuple[type | tuple[type, ...], Callable[..., Span]], ...] = (
    (sp.exp, _exponential),
    (sp.Add, _sum),
    (sp.Mul, _product),
    (sp.Pow, _power),
    (sp.log, _logarithm),
    (sp.floor, _rounded),
    (sp.ceiling, _rounded_up),
    (sp.Max, _largest),
    (sp.Min, _smallest),
    (sp.Abs, _absolute),
    (sp.binomial, _binomial),
)
