"""When is a value exactly an integer? A decision, not a tolerance.

A bound such as ln δ / ln(1 - ε) is a quotient of linear forms a_0 + Σ a_i ln q_i with rational
a_i and q_i. The difference of such a value and an integer is zero iff a linear form of the same
kind is; and that is zero iff a_0 = 0 and Π q_i^a_i = 1, because the logarithm of an algebraic
number other than 1 is transcendental (Lindemann 1882). The product is decided exactly by writing
the q_i over a common base of coprime integers, so the exponents may be as large as they like.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Any

import sympy as sp

from theory.balls import Environment, exact


@dataclass(frozen=True)
class LinearForm:
    """constant + Σ coefficient * ln(argument), arguments positive rationals."""

    constant: Fraction
    logs: tuple[tuple[Fraction, Fraction], ...] = ()

    def scaled(self, factor: Fraction) -> LinearForm:
        """The form multiplied by a rational."""
        return LinearForm(
            self.constant * factor, tuple((q, c * factor) for q, c in self.logs if factor)
        )

    def plus(self, other: LinearForm) -> LinearForm:
        """The sum of two forms."""
        return LinearForm(self.constant + other.constant, self.logs + other.logs)

    def is_zero(self) -> bool:
        """Decide whether the form is zero."""
        return self.constant == 0 and _product_is_one(self.logs)


def _coprime_base(numbers: list[int]) -> list[int]:
    """Pairwise coprime integers > 1 such that every given number is a product of their powers."""
    base: list[int] = []
    pending = [n for n in numbers if n > 1]
    while pending:
        n = pending.pop()
        for i, b in enumerate(base):
            g = gcd(n, b)
            if g > 1:
                base.pop(i)
                pending += [x for x in (g, b // g, n // g) if x > 1]
                break
        else:
            if n > 1:
                base.append(n)
    return base


def _multiplicity(n: int, b: int) -> int:
    count = 0
    while n % b == 0:
        n //= b
        count += 1
    return count


def _product_is_one(logs: tuple[tuple[Fraction, Fraction], ...]) -> bool:
    parts = [n for q, _ in logs for n in (q.numerator, q.denominator)]
    for b in _coprime_base(parts):
        total = sum(
            (
                c * (_multiplicity(q.numerator, b) - _multiplicity(q.denominator, b))
                for q, c in logs
            ),
            Fraction(0),
        )
        if total != 0:
            return False
    return True


def linear_form(term: Any, env: Environment) -> LinearForm | None:
    """The term as a linear form in logarithms of rationals, or None if it is not one."""
    value = exact(term, env)
    if value is not None:
        return LinearForm(value)
    if isinstance(term, sp.log):
        argument = exact(term.args[0], env)
        if argument is None or argument <= 0:
            return None
        return LinearForm(Fraction(0), ((argument, Fraction(1)),))
    if isinstance(term, sp.Add):
        total = LinearForm(Fraction(0))
        for part in term.args:
            form = linear_form(part, env)
            if form is None:
                return None
            total = total.plus(form)
        return total
    if isinstance(term, sp.Mul):
        return _scaled_product(term, env)
    return None


def _scaled_product(term: Any, env: Environment) -> LinearForm | None:
    factor, form = Fraction(1), None
    for part in term.args:
        value = exact(part, env)
        if value is not None:
            factor *= value
        elif form is None:
            form = linear_form(part, env)
            if form is None:
                return None
        else:
            return None
    return form.scaled(factor) if form else LinearForm(factor)


def equals_integer(term: Any, env: Environment, m: int | Fraction) -> bool | None:
    """Decide whether the term's value is exactly m; None if it is not of the decidable kind."""
    top, bottom = sp.fraction(term)
    over, under = linear_form(top, env), linear_form(bottom, env)
    if over is None or under is None or under.is_zero():
        return None
    return over.plus(under.scaled(Fraction(-m))).is_zero()


def _equal_sides(left: Any, right: Any, env: Environment) -> bool:
    """Whether both sides are shown to be equal: forms, or a quotient of forms and a rational."""
    form = linear_form(left - right, env)
    if form is not None:
        return form.is_zero()
    for term, other in ((left, right), (right, left)):
        value = exact(other, env)
        if value is not None:
            return bool(equals_integer(term, env, value))
    return False


def decide_equalities(claim: Any, env: Environment) -> Any:
    """The claim with every relation between exactly equal sides replaced by its truth value."""
    if isinstance(claim, sp.core.relational.Relational):
        if not _equal_sides(claim.lhs, claim.rhs, env):
            return claim
        return sp.true if isinstance(claim, (sp.Eq, sp.Le, sp.Ge)) else sp.false
    if isinstance(claim, (sp.And, sp.Or, sp.Not, sp.Implies, sp.Equivalent)):
        return claim.func(*[decide_equalities(a, env) for a in claim.args])
    return claim
