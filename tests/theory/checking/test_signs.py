"""What is told of a term's sign from its structure is true wherever the term has a value."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations
from typing import Any

import flint
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.checking.algebra import evaluated, identity_holds
from theory.language.definedness import conditions
from theory.language.signs import (
    Span,
    is_integral,
    is_nonnegative,
    is_nonpositive,
    is_nonzero,
    is_positive,
    span,
)
from theory.language.special import ClopperPearson
from theory.language.terms import Members, Pr

ANY = sp.Symbol("a", real=True)
POSITIVE = sp.Symbol("p", positive=True)
COUNT = sp.Symbol("n", integer=True, positive=True)
PLACE = sp.Symbol("i", integer=True, nonnegative=True)
WHOLE = sp.Symbol("w", integer=True)
SYMBOLS = {
    ANY: [Fraction(x, 4) for x in range(-9, 10)],
    POSITIVE: [Fraction(x, 4) for x in (1, 2, 3, 4, 5, 9)],
    COUNT: [Fraction(x) for x in range(1, 5)],
    PLACE: [Fraction(x) for x in range(4)],
    WHOLE: [Fraction(x) for x in range(-3, 4)],
}
ONE_TERM = (sp.exp, sp.log, sp.floor, sp.ceiling, sp.Abs)
TWO_TERMS = (sp.Add, sp.Mul, sp.Pow, sp.Max, sp.Min, sp.binomial)

leaves = st.sampled_from([
    *SYMBOLS, sp.E, sp.pi, *map(sp.Integer, range(-2, 4)), sp.Rational(1, 2), sp.Rational(-3, 4)
])  # fmt: skip


def _built(kind: Any, *terms: Any) -> Any:
    return kind(*terms, evaluate=False)


terms = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(_built, st.sampled_from(ONE_TERM), inner),
        st.builds(_built, st.sampled_from(TWO_TERMS), inner, inner),
    ),
    max_leaves=8,
)


class _UndefinedError(Exception):
    """A term has no value there, or none that this test computes."""


def _value(term: Any, at: dict[Any, Fraction]) -> flint.arb:
    """The value of a term as a ball, by python-flint and none of SymPy's."""
    if term in at:
        return flint.arb(flint.fmpq(at[term].numerator, at[term].denominator))
    if isinstance(term, sp.Rational):
        return flint.arb(flint.fmpq(int(term.p), int(term.q)))
    if isinstance(term, sp.NumberSymbol):
        return flint.arb(1).exp() if term == sp.E else flint.arb.pi()
    values = [_value(x, at) for x in term.args]
    kind = type(term)
    if kind is sp.Add:
        return sum(values, flint.arb(0))
    if kind is sp.Mul:
        product = flint.arb(1)
        for x in values:
            product *= x
        return product
    if kind in (sp.Max, sp.Min):
        return flint.arb.max(*values) if kind is sp.Max else flint.arb.min(*values)
    if kind is sp.Abs:
        return abs(values[0])
    if kind in (sp.floor, sp.ceiling):
        return values[0].floor() if kind is sp.floor else values[0].ceil()
    if kind is sp.exp:
        return values[0].exp()
    if kind is sp.log and values[0] > 0:
        return values[0].log()
    if kind is sp.binomial:
        n, k = (x.unique_fmpz() for x in values)
        if n is None or k is None or n < 0:
            raise _UndefinedError
        return flint.arb(0) if k < 0 or k > n else flint.arb(flint.fmpz.bin_uiui(int(n), int(k)))
    if kind is sp.Pow:
        return _powered(*values)
    raise _UndefinedError


def _powered(base: flint.arb, exponent: flint.arb) -> flint.arb:
    whole = exponent.unique_fmpz()
    if exponent.is_exact() and whole is not None and abs(whole) < 20:
        if base.contains(0) and whole < 0:
            raise _UndefinedError
        return flint.arb(1) if whole == 0 else base**whole
    if base > 0:
        return base**exponent
    raise _UndefinedError


def _holds(known: Span, value: flint.arb) -> bool:
    """Whether no number of a ball that may be the value is surely outside a span."""
    low, high = (None if e is None else flint.fmpq(e.numerator, e.denominator)
                 for e in (known.low, known.high))  # fmt: skip
    if not value.is_finite():
        return True
    below = low is not None and (value < low or (known.low_open and value == low))
    above = high is not None and (value > high or (known.high_open and value == high))
    return not (below or above)


@given(terms, st.integers(0, 10**6))
def test_a_term_is_in_its_span_wherever_it_has_a_value(term: Any, seed: int) -> None:
    rng, known = random.Random(seed), span(term)
    for _ in range(8):
        at = {symbol: rng.choice(values) for symbol, values in SYMBOLS.items()}
        try:
            value = _value(term, at)
        except _UndefinedError:
            continue
        assert _holds(known, value), (term, at, known, value)
        if is_integral(term) and value.is_finite():
            assert value.contains_integer(), (term, at, value)


@pytest.mark.parametrize("told", [is_positive, is_nonnegative, is_nonpositive, is_nonzero])
def test_what_is_told_does_not_depend_on_what_was_asked_before(told: Any) -> None:
    """Of terms like this SymPy knew once that they are negative and once that they are even."""
    hidden = sp.Mul(0, COUNT, evaluate=False)
    assert span(hidden) == Span(Fraction(0), None)
    below = sp.Add(hidden, -1, evaluate=False)
    before = told(below)
    for asked in ("even", "negative", "integer", "zero", "nonnegative", "prime"):
        try:
            getattr(below, f"is_{asked}")
        except sp.core.facts.InconsistentAssumptions:
            continue
    assert told(below) is before


@pytest.mark.parametrize(
    ("term", "known"),
    [
        (COUNT - 1, Span(Fraction(0))),
        (1 - 1 / COUNT, Span(Fraction(0), Fraction(1), False, True)),
        (1 - sp.log(2), Span(Fraction(0), Fraction(1, 2), True, True)),
        (2**COUNT, Span(Fraction(2))),
        (sp.exp(-POSITIVE), Span(Fraction(0), Fraction(1), True, True)),
        (ANY**2 + 1, Span(Fraction(1))),
        (-COUNT * POSITIVE, Span(None, Fraction(0), False, True)),
        (sp.ceiling(POSITIVE), Span(Fraction(1))),
        (ANY - ANY**3, Span()),
        (Members(sp.Symbol("x"), sp.true), Span(Fraction(0))),
        (ClopperPearson(PLACE, COUNT, POSITIVE), Span(Fraction(0))),
        (Pr(sp.true), Span()),
        (sp.IndexedBase("q", real=True, positive=True)[PLACE], Span(Fraction(0), None, True)),
    ],
)
def test_spans_of_terms(term: Any, known: Span) -> None:
    assert span(term) == known


def test_what_no_structure_shows_is_a_condition() -> None:
    assert conditions(1 / (COUNT + POSITIVE)) == []
    assert conditions(1 / (COUNT - POSITIVE)) == [sp.Ne(COUNT - POSITIVE, 0, evaluate=False)]
    hidden = sp.Mul(0, POSITIVE, evaluate=False)
    assert conditions(sp.Pow(hidden, -1, evaluate=False)) == [sp.Ne(hidden, 0, evaluate=False)]


def test_identities_are_not_shown_by_what_sympy_wrongly_knows() -> None:
    """SymPy can be brought to know that 0*n is odd; then (-1)**(0*n) would be -1."""
    count = sp.Symbol("m", integer=True, positive=True)
    for asked in permutations(("integer", "even", "negative", "zero", "prime"), 2):
        hidden = sp.Mul(0, count, evaluate=False)
        for fact in asked:
            getattr(hidden, f"is_{fact}")
        if hidden.is_odd:
            break
    power = sp.Pow(-1, hidden, evaluate=False)
    assert evaluated(power) == 1
    assert identity_holds(power, sp.Integer(1)) and not identity_holds(power, sp.Integer(-1))
    inside = sp.Sum(sp.Mul(power, PLACE, evaluate=False), (PLACE, 0, COUNT))
    assert evaluated(inside) == sp.Sum(PLACE, (PLACE, 0, COUNT))
