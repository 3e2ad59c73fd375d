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
from typing import Any

import sympy as sp
from flint import fmpz

from theory.checking.rationals import Environment, exact

SMALL_PRIMES = (2, 3, 5, 7, 11, 13)


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
    """Pairwise coprime integers > 1 such that every given number is a product of their powers.

    Small primes go first, and a divisor leaves with all its powers: else 10^20000 would take a
    step a power.
    """
    base, pending = [], [fmpz(n) for n in numbers]
    for prime in SMALL_PRIMES:
        parts = [without(n, fmpz(prime)) for n in pending]
        base += [fmpz(prime)] if any(count for _, count in parts) else []
        pending = [rest for rest, _ in parts]
    pending = [n for n in pending if n > 1]
    while pending:
        n = pending.pop()
        for i, b in enumerate(base):
            g = n.gcd(b)
            if g > 1:
                base.pop(i)
                rests = (without(b, g)[0], without(n, g)[0])
                pending += [x for x in (g, *rests) if x > 1]
                break
        else:
            base.append(n)
    return [int(b) for b in base]


def without(n: Any, b: Any) -> tuple[Any, int]:
    """(m, c) with n = m b^c and c as great as it can be, for n >= 1 and b >= 2 of python-flint.

    Divides by b, b^2, b^4, ... and back, so c may be large.
    """
    powers, count = [b], 0
    while True:
        quotient, rest = divmod(n, powers[-1])
        if rest != 0:
            break
        n, count = quotient, count + (1 << (len(powers) - 1))
        powers.append(powers[-1] * powers[-1])
    for i in reversed(range(len(powers) - 1)):
        quotient, rest = divmod(n, powers[i])
        if rest == 0:
            n, count = quotient, count + (1 << i)
    return n, count


def _multiplicity(n: int, b: int) -> int:
    return without(fmpz(n), fmpz(b))[1]


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
    parts = _forms(term, env) or _forms(sp.together(term), env)
    if parts is None:
        return None
    over, under = parts
    return over.plus(under.scaled(Fraction(-m))).is_zero()


def _forms(term: Any, env: Environment) -> tuple[LinearForm, LinearForm] | None:
    """The term as a quotient of two forms, the second not 0; None where it is not one as it is."""
    over, under = (linear_form(part, env) for part in sp.fraction(term))
    return None if over is None or under is None or under.is_zero() else (over, under)


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
