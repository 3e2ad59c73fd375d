"""The properties that axioms speak of: what each means in a finite model.

A property that says that something exists (vectors with these norms) holds if and only if it can
exist.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb
from typing import Any

from theory.checking.semantics.model import Model, Outcome
from theory.checking.semantics.numbers import Env, compare, power
from theory.language.sorts import free_variables

ZERO = Fraction(0)
Value = Callable[[Any, Model, Env, Outcome], Any]
"""What a term is worth in a model: `truth` hands it over."""


def _binomial(value: Value, m: Model, env: Env, count: Any, trials: Any, chance: Any) -> bool:
    n, p = int(value(trials, m, env, ())), value(chance, m, env, ())
    law: dict[int, Fraction] = defaultdict(Fraction)
    for weight, w in m.outcomes:
        law[int(value(count, m, env, w))] += weight
    wanted = {
        j: comb(n, j) * power(p, Fraction(j)) * power(1 - p, Fraction(n - j)) for j in range(n + 1)
    }
    return all(compare(law[j], wanted.get(j, ZERO)) == 0 for j in {*law, *wanted})


def _independent(value: Value, m: Model, env: Env, first: Any, second: Any) -> bool:
    """The family of the first events, one a member, is independent of that of the second."""
    variables = sorted(
        (x for x in free_variables(first) | free_variables(second) if str(x) in m.classes), key=str
    )
    places = [
        {**env, **dict(zip(variables, members, strict=True))}
        for members in itertools.product(*(m.of_class(x) for x in variables))
    ]
    pairs: dict[Any, Fraction] = defaultdict(Fraction)
    for weight, w in m.outcomes:
        a = tuple(value(first, m, e, w) for e in places)
        b = tuple(value(second, m, e, w) for e in places)
        pairs[a, b] += weight
    left: dict[Any, Fraction] = defaultdict(Fraction)
    right: dict[Any, Fraction] = defaultdict(Fraction)
    for (a, b), weight in pairs.items():
        left[a] += weight
        right[b] += weight
    return all(pairs[a, b] == left[a] * right[b] for a in left for b in right)


def _coordinates(w: Outcome) -> tuple[Any, ...]:
    return tuple(c for x in w for c in (x if isinstance(x, tuple) else (x,)))


def _bounded_differences(value: Value, m: Model, env: Env, x: Any, influence: Any) -> bool:
    """Independent coordinates, the squares of the greatest effects of which add up to at most."""
    values, weights = {}, {}
    for weight, w in m.outcomes:
        values[_coordinates(w)] = value(x, m, env, w)
        weights[_coordinates(w)] = weight
    marginals: list[dict[Any, Fraction]] = [defaultdict(Fraction) for _ in next(iter(values))]
    for point, weight in weights.items():
        for place, c in enumerate(point):
            marginals[place][c] += weight
    for point in itertools.product(*marginals):
        product = Fraction(1)
        for place, c in enumerate(point):
            product *= marginals[place][c]
        if weights.get(point, ZERO) != product:
            return False
    total: Any = ZERO
    for place in range(len(marginals)):
        effect: Any = ZERO
        for p, q in itertools.combinations(values, 2):
            if all(p[i] == q[i] for i in range(len(p)) if i != place):
                change = abs(values[p] - values[q])
                effect = change if compare(change, effect) > 0 else effect
        total += effect**2
    return compare(total, value(influence, m, env, ())) <= 0


def _martingale(value: Value, m: Model, env: Env, x: Any, squares: Any) -> bool:
    """Steps of the mean of x given the first coordinates: their squares add up to at most."""
    worth = {_coordinates(w): (weight, value(x, m, env, w)) for weight, w in m.outcomes}
    length = len(next(iter(worth)))
    total: Any = ZERO
    before: dict[Any, Any] = {}
    for place in range(length + 1):
        parts: dict[Any, list[Any]] = defaultdict(lambda: [ZERO, ZERO])
        for point, (weight, worth_there) in worth.items():
            part = parts[point[:place]]
            part[0] += weight
            part[1] = weight * worth_there + part[1]
        means = {seen: whole / weight for seen, (weight, whole) in parts.items()}
        most: Any = ZERO
        for seen, mean in means.items():
            moved = abs(mean - before[seen[:-1]]) if seen else ZERO
            most = moved if compare(moved, most) > 0 else most
        total += most**2
        before = means
    return compare(total, value(squares, m, env, ())) <= 0


def _inner_product(value: Value, m: Model, env: Env, product: Any, first: Any, second: Any) -> bool:
    """There are vectors of these norms with that product."""
    x, a, b = (value(y, m, env, ()) for y in (product, first, second))
    return compare(a, ZERO) >= 0 and compare(b, ZERO) >= 0 and compare(x * x, a * a * b * b) <= 0


def _coefficients(value: Value, m: Model, env: Env, member: Any, norm: Any, energy: Any) -> bool:
    """There is a vector function of that energy with coefficients of these norms."""
    total: Any = ZERO
    for g in m.of_class(member):
        total += value(norm, m, {**env, member: g}, ()) ** 2
    return compare(total, value(energy, m, env, ())) <= 0


def _in_class(value: Value, m: Model, env: Env, member: Any) -> bool:
    name = member.args[1].name if hasattr(member, "args") and member.args else str(member)
    return value(member, m, env, ()) in m.classes[name]


MEANINGS: Mapping[str, Callable[..., bool]] = {
    "binomial": _binomial,
    "independent": _independent,
    "bounded differences": _bounded_differences,
    "martingale": _martingale,
    "inner product": _inner_product,
    "coefficients": _coefficients,
    "in G": _in_class,
}
"""The properties whose meaning is computed; a model's table says the others."""
