"""SymPy as a prover of identities: the difference of both sides simplifies to 0.

Some identities hold only where certain terms are positive, for instance
log((1 - ε)^n) = n log(1 - ε). Such a term is named in `positive`, together with a symbol (or a
subterm such as 4^r) that is eliminated: the term becomes a fresh positive symbol z, and what is
eliminated is expressed through z. That the term is positive is proved by Z3 before (see
`derivation`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sympy as sp

from theory.language.definedness import conditions
from theory.language.errors import DerivationError
from theory.language.terms import OPAQUE_NUMBERS

FORMS: Sequence[Callable[[Any], Any]] = (
    lambda e: e,
    sp.expand,
    lambda e: sp.expand_log(sp.expand(e)),
    lambda e: sp.expand(sp.expand_log(e)),
    sp.cancel,
    sp.simplify,
    lambda e: sp.simplify(sp.expand_log(e)),
    lambda e: sp.simplify(sp.expand(sp.powdenest(sp.expand_log(e)))),
    lambda e: sp.powsimp(sp.expand(sp.expand_power_exp(sp.expand_log(e)))),
    lambda e: sp.simplify(sp.expand_power_exp(sp.combsimp(e.rewrite(sp.gamma)))),
)
"""Normal forms, cheapest first; an identity is proved when one of them gives 0."""


def identity_holds(left: Any, right: Any, positive: Sequence[tuple[Any, Any]] = ()) -> bool:
    """Say whether SymPy reduces left - right to 0 with the named terms positive."""
    return _reduces(left, right, tuple(positive))


@lru_cache(maxsize=1 << 12)  # several theorems have a step in common
def _reduces(left: Any, right: Any, positive: tuple[tuple[Any, Any], ...]) -> bool:
    difference = evaluated(_plain(_without_factors(left - right)))
    pending = [(evaluated(term), evaluated(symbol)) for term, symbol in positive]
    for index in range(len(pending)):
        term, symbol = pending[index]
        replace = _elimination(term, symbol, index, positive[index])
        difference = replace(difference)
        pending[index + 1 :] = [(replace(t), s) for t, s in pending[index + 1 :]]
    return any(form(difference) == 0 for form in FORMS)


def elimination_conditions(term: Any, symbol: Any) -> list[Any]:
    """Where the term determines the symbol: claims about the term itself."""
    _, fresh, solution, differs = _solved(evaluated(term), evaluated(symbol), 0)
    needed = [] if differs.is_number else [sp.Ne(differs, 0, evaluate=False)]
    return [*needed, *(c.subs(fresh, term) for c in conditions(solution))]


def _elimination(
    term: Any, symbol: Any, index: int, stated: tuple[Any, Any]
) -> Callable[[Any], Any]:
    """A term's symbol replaced by what it is; what that needs was proved of the ``stated`` pair."""
    free, _, solution, differs = _solved(term, symbol, index)
    if not differs.is_number and differs != _determining(*stated):
        raise DerivationError(f"algebra: {stated[0]} need not determine {symbol} any more")
    return lambda expression: expression.xreplace({symbol: free}).subs(free, solution)


def _determining(term: Any, symbol: Any) -> Any:
    """What is not 0 where a term determines a symbol."""
    return _solved(evaluated(term), evaluated(symbol), 0)[3]


@lru_cache(maxsize=1 << 10, typed=True)  # what a step needs is asked before and while it is reduced
def _solved(term: Any, symbol: Any, index: int) -> tuple[Any, Any, Any, Any]:
    """A symbol for what is eliminated, one for the term, and the first through the second.

    The term must be a quotient (a s + b)/(c s + d) in the symbol s: only then is s, wherever the
    conditions hold and a d - b c, which is the last of the answer, is not 0, the one number where
    the term has its value (where it is 0, all numbers have that). Of s^m, SymPy gives one root.
    """
    fresh = sp.Dummy(f"z{index}", positive=True)
    free = sp.Dummy("eliminated")
    try:
        over, under = (
            sp.Poly(part, free) for part in sp.fraction(sp.together(term.xreplace({symbol: free})))
        )
    except sp.PolynomialError as error:
        raise DerivationError(f"algebra: {term} does not determine {symbol}") from error
    if max(over.degree(), under.degree()) != 1:
        raise DerivationError(f"algebra: {term} does not determine {symbol}")
    a, b, c, d = over.nth(1), over.nth(0), under.nth(1), under.nth(0)
    differs = sp.expand(a * d - b * c)
    if differs == 0:
        raise DerivationError(f"algebra: {term} does not determine {symbol}")
    return free, fresh, sp.simplify((d * fresh - b) / (a - c * fresh)), differs


def evaluated(term: Any) -> Any:
    """A term built anew by SymPy's own rules, from its leaves up.

    Of products that were built without them, such as 0*t, SymPy may come to know what is false, and
    what simplifies terms asks whether factors are positive or exponents even.
    """
    if not isinstance(term, sp.Expr) or not term.args or isinstance(term, OPAQUE_NUMBERS):
        return term
    if isinstance(term, sp.Indexed):
        return term
    if isinstance(term, sp.Sum | sp.Product):
        return term.func(evaluated(term.args[0]), *term.args[1:])
    return term.func(*map(evaluated, term.args))


def _without_factors(term: Any) -> Any:
    """The term with what does not change in a sum taken out of it: Σ a x_i is a Σ x_i."""
    if not isinstance(term, sp.Expr) or not term.args or isinstance(term, OPAQUE_NUMBERS):
        return term
    if isinstance(term, sp.Sum) and len(term.limits) == 1:
        body = evaluated(_without_factors(term.function))
        fixed, moving = body.as_independent(term.limits[0][0], as_Add=False)
        return fixed * sp.Sum(moving, *term.limits)
    if isinstance(term, (sp.Sum, sp.Product, sp.Indexed)):
        return term
    return term.func(*map(_without_factors, term.args))


def _plain(expression: Any) -> Any:
    """Replace the terms of the formal language by real symbols, the same for the same term.

    Sums and products as well: SymPy's closed forms of them hold almost everywhere only (it has 0
    for Σ (-1)^i C(n, i), which is 1 for n = 0), so that it is not asked for any.
    """
    kinds = (*OPAQUE_NUMBERS, sp.Sum, sp.Product)
    opaque = expression.atoms(*kinds)
    outermost = {t for t in opaque if not any(t != u and u.has(t) for u in opaque)}
    return expression.xreplace({t: sp.Dummy(f"q{i}", real=True) for i, t in enumerate(outermost)})
