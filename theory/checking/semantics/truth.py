"""The value of a term and the truth of a claim in a model, at an outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from math import comb
from typing import Any

import sympy as sp
from flint import arb, ctx
from sympy.logic.boolalg import BooleanFalse, BooleanTrue

from theory.checking.semantics.facts import MEANINGS
from theory.checking.semantics.model import Model, Outcome, UndecidedTerm, UndefinedTerm
from theory.checking.semantics.numbers import Env, ball, compare, power
from theory.language import terms as t
from theory.language.errors import TheoryError
from theory.language.probabilities import hypergeometric_exactly
from theory.language.roots import BetaMoment, BetaUpper, EntropyMoment, KLInverse, MixtureUpper
from theory.language.sorts import CONNECTIVES, RELATIONS, limits_of
from theory.language.special import (
    BinomialCDF,
    ClopperPearson,
    HypergeometricCDF,
    HypergeometricUpper,
    KLUpper,
)

BITS = 320


def evaluate(term: Any, model: Model, env: Env, outcome: Outcome) -> Any:
    """The value of a term: a Fraction, an arb, a bool, a list or a member.

    Raises UndefinedTerm where it has none.
    """
    with ctx.workprec(BITS):
        return _value(term, model, env, outcome)


def _value(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    if isinstance(term, (sp.Symbol, sp.IndexedBase)):
        return env[term]
    if isinstance(term, sp.Rational):
        return Fraction(int(term.p), int(term.q))
    if isinstance(term, (BooleanTrue, BooleanFalse)):
        return bool(term)
    handler = _HANDLERS.get(type(term))
    if handler is None:
        raise TheoryError(f"no meaning for {term} ({type(term).__name__})")
    return handler(term, m, env, w)


def _sum(values: list[Any]) -> Any:
    return sum(values, Fraction(0)) if _exact(values) else sum((ball(x) for x in values), arb(0))


def _times(values: list[Any]) -> Any:
    result: Any = Fraction(1)
    for x in values:
        exact = isinstance(result, Fraction) and isinstance(x, Fraction)
        result = result * x if exact else ball(result) * ball(x)
    return result


def _exact(values: list[Any]) -> bool:
    return all(isinstance(x, Fraction) for x in values)


def _values(term: Any, m: Model, env: Env, w: Outcome) -> list[Any]:
    return [_value(a, m, env, w) for a in term.args]


def _extremum(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    first, *rest = _values(term, m, env, w)
    wanted = 1 if isinstance(term, sp.Max) else -1
    for x in rest:
        first = x if compare(x, first) == wanted else first
    return first


def _exp(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    x = _value(term.args[0], m, env, w)
    return Fraction(1) if x == 0 else ball(x).exp()


def _log(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    x = _value(term.args[0], m, env, w)
    if compare(x, Fraction(0)) <= 0:
        raise UndefinedTerm("a logarithm of a number <= 0")
    return Fraction(0) if x == 1 else ball(x).log()


def _absolute(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    return abs(_value(term.args[0], m, env, w))


def _rounded(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    x = _value(term.args[0], m, env, w)
    down = isinstance(term, sp.floor)
    if isinstance(x, Fraction):
        return Fraction(x.__floor__() if down else x.__ceil__())
    nearest = (x + arb(0.5)).floor().unique_fmpz()
    if nearest is not None and compare(x, Fraction(int(nearest))) == 0:
        return Fraction(int(nearest))
    whole = (x.floor() if down else x.ceil()).unique_fmpz()
    if whole is None:
        raise UndecidedTerm("a rounding that the balls do not decide")
    return Fraction(int(whole))


def _binomial(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    n, k = _values(term, m, env, w)
    if n < 0:
        raise UndefinedTerm("a binomial coefficient of a negative number")
    return Fraction(comb(int(n), int(k)) if k >= 0 else 0)


def binomial_distribution(k: int, n: int, p: Any) -> Any:
    """P[K <= k] for the number K of successes among n trials of probability p."""
    if n < 0:
        raise UndefinedTerm("a negative number of trials")
    last = min(k, n)
    return _sum(
        [_times([Fraction(comb(n, j)), power(p, Fraction(j)),
                 power(_sum([Fraction(1), _times([Fraction(-1), p])]), Fraction(n - j))])
         for j in range(last + 1)]
    )  # fmt: skip


def _cdf(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    k, n, p = _values(term, m, env, w)
    return binomial_distribution(int(k), int(n), p)


def _crossing(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    k, n, *rest = _values(term, m, env, w)
    if k >= n:
        return Fraction(1)
    if k < 0:
        raise UndefinedTerm("a negative count")
    return term.enclosure([k, n, *rest])


def _root(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    """A root of an equation, from its own enclosure."""
    return term.enclosure(_values(term, m, env, w))


def _moment(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    k, n, a, b = _values(term, m, env, w)
    if not 0 <= k <= n or min(a, b) <= 0:
        raise UndefinedTerm("no moment of a Beta law")
    return term.enclosure([k, n, a, b])


def _without_replacement(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    k, points, bad, n = (int(x) for x in _values(term, m, env, w))
    if not 0 <= max(bad, n) <= points:
        raise UndefinedTerm("more points than there are")
    return hypergeometric_exactly(k, points, bad, n)


def _most_bad(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    *whole, level = _values(term, m, env, w)
    k, points, n = map(int, whole)
    if not 0 <= k <= n <= points:
        raise UndefinedTerm("more disagreements than draws, or draws than points")
    found = [
        b for b in range(points - n + k + 1) if hypergeometric_exactly(k, points, b, n) > level
    ]
    return Fraction(max(found))


def _slope(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    """The derivative of a binomial distribution function, term by term."""
    f, x = term.args
    if not isinstance(f, BinomialCDF) or f.args[2] != x:
        raise TheoryError(f"no meaning for the derivative {term}")
    k, n, p = _values(f, m, env, w)
    q, total = 1 - p, Fraction(0)
    for j in range(min(int(k), int(n)) + 1):
        up = j * p ** (j - 1) * q ** (int(n) - j) if j else Fraction(0)
        down = (int(n) - j) * p**j * q ** (int(n) - j - 1) if j < n else Fraction(0)
        total += comb(int(n), j) * (up - down)
    return total


def _series(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    body, index, low, high = limits_of(term)
    first, last = int(_value(low, m, env, w)), int(_value(high, m, env, w))
    parts = [_value(body, m, {**env, index: Fraction(i)}, w) for i in range(first, last + 1)]
    return _sum(parts) if isinstance(term, sp.Sum) else _times(parts)


def _element(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    """An element of a list; a list of lists has two indices; beyond its end a list is 0."""
    found: Any = env[term.base]
    for place in term.indices:
        i = int(_value(place, m, env, w))
        if not 1 <= i <= len(found):
            return Fraction(0)
        found = found[i - 1]
    return found


def _relation(term: Any, m: Model, env: Env, w: Outcome) -> bool:
    sign = compare(*_values(term, m, env, w))
    return sign in _SIGNS[type(term)]


def _connective(term: Any, m: Model, env: Env, w: Outcome) -> bool:
    def at(a: Any) -> bool:
        return bool(_value(a, m, env, w))

    args = term.args
    if isinstance(term, sp.Implies):
        return not at(args[0]) or at(args[1])
    if isinstance(term, (sp.And, sp.Or)):
        return _lazily(isinstance(term, sp.Or), [partial(at, a) for a in args])
    if isinstance(term, sp.Not):
        return not at(args[0])
    if isinstance(term, sp.Xor):
        return sum(at(a) for a in args) % 2 == 1
    return len({at(a) for a in args}) == 1


def _lazily(decisive: bool, parts: list[Callable[[], bool]]) -> bool:
    """And (decided by False) or or (by True): one part decides even if another has no value."""
    undefined = None
    for part in parts:
        try:
            if part() is decisive:
                return decisive
        except UndefinedTerm as error:
            undefined = error
    if undefined is not None:
        raise undefined
    return not decisive


def _quantity(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    name, *args = term.args
    return m.tables[name.name](*[_value(a, m, env, w) for a in args])


def _random(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    name, *args = term.args
    return m.tables[name.name](w, *[_argument(a, m, env, w) for a in args])


def _argument(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    """Arguments of events that are random quantities name them: Event("all of", count, j)."""
    return term if isinstance(term, t.Random) else _value(term, m, env, w)


def _fact(term: Any, m: Model, env: Env, w: Outcome) -> bool:
    name, *args = term.args
    if name.name in m.tables:
        return bool(m.tables[name.name](*[_argument(a, m, env, w) for a in args]))
    return MEANINGS[name.name](_value, m, env, *args)


def _average(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    x, count = term.args
    n = int(_value(count, m, env, w))
    if n <= 0:
        return Fraction(0)
    if n >= len(w):  # no copies are needed of what is the same for every draw
        same = [_value(x, m, env, (draw,)) for p, draw in m.draws if p]
        if any(compare(a, same[0]) for a in same):
            raise TheoryError(f"the model has {len(w) - 1} copies, not {n}")
        return same[0]
    values = [_value(x, m, env, copy) for copy in _copies(n, m, w)]
    return _times([Fraction(1, len(values)), _sum(values)])  # one copy where draws are all alike


def _every(term: Any, m: Model, env: Env, w: Outcome) -> bool:
    event, count = term.args
    n = int(_value(count, m, env, w))
    return all(_value(event, m, env, copy) for copy in _copies(n, m, w))


def _copies(n: int, m: Model, w: Outcome) -> list[Outcome]:
    if len(m.draws) == 1:
        return [(m.draws[0][1],)] * min(n, 1)
    if n >= len(w):
        raise TheoryError(f"the model has {len(w) - 1} copies, not {n}")
    return [(x,) for x in w[1 : n + 1]]


def _mean(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    return _sum([_times([p, _value(term.args[0], m, env, o)]) for p, o in m.outcomes])


def _probability(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    return _sum([p for p, o in m.outcomes if _value(term.args[0], m, env, o)])


def _members(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    g, condition = term.args
    inside = [x for x in m.of_class(g) if _value(condition, m, {**env, g: x}, w)]
    return Fraction(len(inside))


def _some(term: Any, m: Model, env: Env, w: Outcome) -> bool:
    g, condition, event = term.args
    return any(
        _value(condition, m, {**env, g: x}, w) and _value(event, m, {**env, g: x}, w)
        for x in m.of_class(g)
    )


def _greatest(term: Any, m: Model, env: Env, w: Outcome) -> Any:
    j, last, condition = term.args
    top = int(_value(last, m, env, w))
    found = [i for i in range(top + 1) if _value(condition, m, {**env, j: Fraction(i)}, w)]
    return Fraction(max(found, default=0))


_SIGNS = {
    sp.Le: (-1, 0), sp.Lt: (-1,), sp.Ge: (0, 1), sp.Gt: (1,), sp.Eq: (0,), sp.Ne: (-1, 1),
}  # fmt: skip
_HANDLERS: Mapping[type, Callable[[Any, Model, Env, Outcome], Any]] = {
    sp.Add: lambda *a: _sum(_values(*a)),
    sp.Mul: lambda *a: _times(_values(*a)),
    sp.Pow: lambda *a: power(*_values(*a)),
    sp.exp: _exp,
    sp.log: _log,
    sp.Abs: _absolute,
    sp.Max: _extremum,
    sp.Min: _extremum,
    sp.floor: _rounded,
    sp.ceiling: _rounded,
    sp.binomial: _binomial,
    sp.Sum: _series,
    sp.Product: _series,
    sp.Indexed: _element,
    type(sp.E): lambda *a: arb(1).exp(),
    type(sp.pi): lambda *a: arb.pi(),
    BinomialCDF: _cdf,
    ClopperPearson: _crossing,
    KLUpper: _crossing,
    KLInverse: _root,
    MixtureUpper: _crossing,
    BetaUpper: _crossing,
    BetaMoment: _moment,
    EntropyMoment: _root,
    HypergeometricCDF: _without_replacement,
    HypergeometricUpper: _most_bad,
    **dict.fromkeys(RELATIONS, _relation),
    **dict.fromkeys(CONNECTIVES, _connective),
    t.Quantity: _quantity,
    t.IntegerQuantity: _quantity,
    t.Random: _random,
    t.RandomInteger: _random,
    t.Event: _random,
    t.Fact: _fact,
    t.Member: lambda term, m, env, w: term.args[0].name,
    t.Average: _average,
    t.Every: _every,
    t.Mean: _mean,
    t.Pr: _probability,
    t.Members: _members,
    t.Some: _some,
    t.Greatest: _greatest,
    t.Slope: _slope,
}
