"""Exact rational values of SymPy terms, where they have one that fits."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, TypeAlias

import sympy as sp
from flint import ctx, fmpz

from theory.language.errors import TheoryError, short

MAX_TERMS = 2_000
MAX_NESTED = 200  # sums and products of one sum or product
MAX_ELEMENTS = 100_000  # of a list that is given
MAX_WORK = 1 << 22  # terms times bits
MAX_CHOICES = 100_000
MAX_EXACT_BITS = 1 << 20

Environment: TypeAlias = Mapping[Any, Any]


def exact(term: Any, env: Environment, max_bits: int = MAX_EXACT_BITS) -> Fraction | None:
    """The exact rational value of a term, or None if it is irrational or too large."""
    if isinstance(term, sp.Rational):
        return Fraction(int(term.p), int(term.q))
    if isinstance(term, sp.Symbol):
        value = env.get(term)
        return value if isinstance(value, Fraction) else None
    if isinstance(term, (sp.Add, sp.Mul, sp.Max, sp.Min)):
        parts = [exact(a, env, max_bits) for a in term.args]
        known = [x for x in parts if x is not None]
        return _combine(term, known) if len(known) == len(parts) else None
    if isinstance(term, sp.Pow):
        return _exact_power(term, env, max_bits)
    if isinstance(term, (sp.floor, sp.ceiling)):
        x = exact(term.args[0], env, max_bits)
        if x is None:
            return None
        return Fraction(x.__floor__() if isinstance(term, sp.floor) else x.__ceil__())
    if isinstance(term, sp.binomial):
        n, k = (exact(a, env, max_bits) for a in term.args)
        return _exact_binomial(n, k, max_bits)
    if isinstance(term, sp.Indexed):
        return element(term, env) if term.base in env else None
    if isinstance(term, (sp.Sum, sp.Product)):
        return _exact_series(term, env, max_bits)
    if isinstance(term, sp.Abs):
        value = exact(term.args[0], env, max_bits)
        return None if value is None else abs(value)
    return None


def element(term: Any, env: Environment) -> Fraction:
    """The entry of a list that is given."""
    if len(term.indices) != 1:
        raise TheoryError(f"{term}: an entry of a list that is given has one index")
    index = exact(term.indices[0], env)
    values = env[term.base]
    if index is None or not 1 <= index <= len(values):
        raise TheoryError(f"{term}: the index is out of range")
    element: Fraction = values[int(index) - 1]
    return element


def indices(term: Any, env: Environment) -> tuple[Any, range]:
    """The index of a sum or product, and its values. TheoryError where they are too many."""
    if len(term.limits) != 1:
        raise TheoryError(f"no enclosure for the nested sum {term}")
    index, low, high = term.limits[0]
    first, last = exact(low, env), exact(high, env)
    if first is None or last is None:
        raise TheoryError(f"the limits of {term} are not known integers")
    most = MAX_ELEMENTS if term.function.has(sp.Indexed) else MAX_TERMS
    if last - first > most:
        raise TheoryError(
            f"a sum or product of {short(int(last - first) + 1)} terms does not fit; at most "
            f"{most} are added up, so give smaller parameters"
        )
    if last - first > MAX_NESTED and term.function.has(sp.Sum, sp.Product):
        raise TheoryError(
            f"a sum of {last - first + 1} sums takes long; at most {MAX_NESTED} are added up, so "
            "give smaller parameters"
        )
    if most == MAX_TERMS and (last - first) * ctx.prec > MAX_WORK:
        raise TheoryError(
            f"a sum or product of {last - first + 1} terms needs more than {ctx.prec // 2} bits of "
            "precision here and does not fit; give smaller parameters"
        )
    return index, range(int(first), int(last) + 1)


def _exact_series(term: Any, env: Environment, max_bits: int) -> Fraction | None:
    index, values = indices(term, env)
    share = max_bits // max(1, len(values))
    result = Fraction(isinstance(term, sp.Product))
    for j in values:
        part = exact(term.function, {**env, index: Fraction(j)}, share)
        if part is None:
            return None
        result = result * part if isinstance(term, sp.Product) else result + part
    return result


def _combine(term: Any, known: list[Fraction]) -> Fraction:
    if isinstance(term, sp.Add):
        return sum(known, Fraction(0))
    if isinstance(term, sp.Mul):
        product = Fraction(1)
        for x in known:
            product *= x
        return product
    return max(known) if isinstance(term, sp.Max) else min(known)


def _exact_power(term: Any, env: Environment, max_bits: int) -> Fraction | None:
    base, exponent = exact(term.base, env, max_bits), exact(term.exp, env, max_bits)
    if base is None or exponent is None:
        return None
    if exponent.denominator != 1:
        return square_root(base, exponent)
    if base == 0 and exponent < 0:
        raise TheoryError(f"division by zero in {term}; check the parameters")
    size = max(base.numerator.bit_length(), base.denominator.bit_length())
    if base not in (0, 1, -1) and size * abs(exponent) > max_bits:
        return None
    return base**exponent.numerator


def square_root(base: Fraction, exponent: Fraction) -> Fraction | None:
    """base^exponent for an odd multiple of 1/2 where it is rational, else None."""
    if exponent.denominator != 2 or base < 0 or abs(exponent.numerator) > 64:
        return None
    roots = [fmpz(part).isqrt() for part in (base.numerator, base.denominator)]
    if int(roots[0]) ** 2 != base.numerator or int(roots[1]) ** 2 != base.denominator:
        return None
    root = Fraction(int(roots[0]), int(roots[1]))
    return None if root == 0 and exponent < 0 else root**exponent.numerator


def _exact_binomial(n: Fraction | None, k: Fraction | None, max_bits: int) -> Fraction | None:
    if n is None or k is None or n.denominator != 1 or k.denominator != 1:
        return None
    if not 0 <= k <= n:
        return Fraction(0) if n >= 0 else None
    smaller, top = int(min(k, n - k)), fmpz(int(n))
    if smaller > MAX_CHOICES or smaller * int(n).bit_length() > max_bits:
        return None
    if n < 1 << 62:
        return Fraction(int(fmpz.bin_uiui(int(n), smaller)))
    product = fmpz(1)
    for i in range(smaller):
        product = product * (top - i) // (i + 1)
    return Fraction(int(product))
