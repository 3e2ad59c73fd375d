"""Models for the axioms of calculus and of sums whose premises need a structure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb
from typing import Any

import sympy as sp

from theory.checking.semantics.instances import (
    HALF,
    J2,
    REALS,
    VALUES,
    Case,
    F,
    J,
    Rng,
    Structure,
    Tables,
    X,
    draws,
    number,
    of,
)
from theory.checking.semantics.model import Model
from theory.language.special import ClopperPearson
from theory.language.terms import Average, Fact, Mean, Quantity, Random, RandomInteger, eq, ge, le


def _mean_value(rng: Rng) -> Case:
    start, end = rng.choice(((F(0), F(1)), (F(-1), F(2)), (F(1), None), (HALF, F(1, 2))))
    f = rng.choice((X**2, -X, X**3, sp.log(X + 2), -(X**2) + 4 * X, sp.exp(X) - X, 1 / (X + 3)))
    grid = tuple(F(i, 8) for i in range(-16, 41))
    terms = {"f": f, "x": X, "start": number(start), "end": sp.oo if end is None else number(end)}
    return Case(terms, Model(), {X: grid})


def _induction(rng: Rng) -> Case:
    f = Tables(rng, (F(0), F(0), F(0), F(0), F(1)))
    claim = rng.choice((eq(Quantity("f", J), 0), le(J, 2**J), le(J**2, 2**J), ge(J, 3)))
    terms = {"claim": claim, "k": J, "start": sp.Integer(rng.randint(-2, 4))}
    if claim.has(Quantity("f", J)):
        terms["start"] = sp.Integer(rng.randint(0, 4))
    return Case(terms, Model({"f": f}), {J: tuple(map(F, range(-2, 9)))})


def _double_induction(rng: Rng) -> Case:
    table = Tables(rng, (F(0),) * 9 + (F(1),))
    claim = rng.choice((le(J, J + J2), eq(Quantity("f", J, J2), 0), le(J2, J)))
    terms = {"claim": claim, "k": J, "start": sp.Integer(rng.randint(0, 1)), "parameter": J2,
             "other": rng.choice((J2 - 1, J2, sp.Integer(0)))}  # fmt: skip
    grid = {J: tuple(map(F, range(4))), J2: tuple(map(F, range(4)))}
    return Case(terms, Model({"f": table}), grid)


def _greatest(rng: Rng) -> Case:
    condition = rng.choice((Fact("c", J), le(J, 2), ge(J, 2)))
    at = rng.choice((RandomInteger("K"), sp.Integer(rng.randint(0, 3))))
    terms = {"condition": condition, "j": J, "last": sp.Integer(rng.randint(0, 3)), "at": at}
    tables: dict[str, Any] = {
        "c": Tables(rng, (True, False)),
        "K": Tables(rng, tuple(map(F, range(3)))),
    }
    return Case(terms, Model(tables, draws(rng)), {J: tuple(map(F, range(4)))})


def _monotone_root(rng: Rng) -> Case:
    n = rng.randint(0, 4)
    root = ClopperPearson(rng.randint(0, n), n, number(rng.choice((HALF, F(1, 10), F(9, 10)))))
    return Case({"root": root, "x": X}, Model(), {X: tuple(F(i, 16) for i in range(1, 16))})


def _catalan(rng: Rng) -> Case:
    """Binary trees counted by their definition: a leaf, or two subtrees."""

    def trees(leaves: Fraction) -> Fraction:
        n = int(leaves)
        return F(1) if n == 1 else sum((trees(F(i)) * trees(F(n - i)) for i in range(1, n)), F(0))

    terms = {"leaves": sp.Integer(rng.randint(0, 7))}
    return Case(terms, Model({"binary trees with leaves": lambda n: trees(n) if n >= 1 else F(0)}))


def _binomial(name: str) -> Callable[[Rng], Case]:
    def case(rng: Rng) -> Case:
        given: dict[str, Any] = {"k": sp.Integer(rng.randint(-1, 4))}
        if name != "binomial-start":
            given["n"] = sp.Integer(rng.randint(-1, 4))
        else:
            given = {"n": sp.Integer(rng.randint(-1, 4))}
        if name in ("binomial-next", "binomial-start"):
            given["p"] = X
        return of(name, rng, **given)

    return case


def _beta_moment(rng: Rng) -> Case:
    count, n = rng.randint(-1, 3), rng.randint(-1, 4)
    shapes = {x: number(rng.choice((HALF, F(1), F(2), F(7, 3)))) for x in "ab"}
    return Case({"k": sp.Integer(count), "n": sp.Integer(n), **shapes}, Model())


def _running(*args: Any) -> Any:
    return sum((a * b for a, b in args), sp.Integer(0))


def _sum_order(rng: Rng) -> Case:
    x, y, z = Quantity("x", J), Random("y", J), Quantity("z", J)
    a, b, c = (number(rng.choice(REALS)) for _ in "abc")
    terms = {"larger": a * x + b * y + c * z + Quantity("more", J), "x": x, "a": a, "index": J,
             "last": sp.Integer(rng.randint(0, 3)), "y": y, "b": b, "z": z, "c": c}  # fmt: skip
    tables: dict[str, Any] = {k: Tables(rng, VALUES) for k in "xyz"}
    tables["more"] = Tables(rng, (F(0), F(0), F(1), F(1), F(0), F(-1)))
    return Case(terms, Model(tables, draws(rng)), {J: tuple(map(F, range(-1, 5)))})


def _sum_linear(rng: Rng) -> Case:
    case = _sum_order(rng)
    t = {k: v for k, v in case.terms.items() if k not in ("larger", "z", "c")}
    more = rng.choice((sp.Integer(0), sp.Integer(0), Quantity("more", J)))
    return Case({"whole": _running((t["a"], t["x"]), (t["b"], t["y"])) + more, **t}, case.model,
                case.grid)  # fmt: skip


def _series(name: str) -> Callable[[Rng], Case]:
    def case(rng: Rng) -> Case:
        term = rng.choice((Random("x", J), J**2, Quantity("y", J) * J, sp.Integer(2)))
        terms: dict[str, Any] = {"index": J, "last": sp.Integer(rng.randint(-2, 3))}
        if name != "sum-next":
            terms["first"] = sp.Integer(rng.randint(-1, 2))
        if name == "series-terms":
            terms |= {"left": term, "right": rng.choice((term, term + Quantity("y", J)))}
        else:
            terms["term"] = term
        tables = {"x": Tables(rng, VALUES), "y": Tables(rng, (F(0), F(0), F(1)))}
        return Case(terms, Model(tables, draws(rng)), {J: tuple(map(F, range(-2, 6)))})

    return case


def _sum_exchange(rng: Rng) -> Case:
    terms = {"term": rng.choice((Random("x", J, J2), J * J2**2, Quantity("y", J))), "index": J,
             "last": sp.Integer(rng.randint(-1, 3)), "other": J2,
             "end": sp.Integer(rng.randint(-1, 3))}  # fmt: skip
    tables: dict[str, Any] = {"x": Tables(rng, VALUES), "y": Tables(rng, VALUES)}
    return Case(terms, Model(tables, draws(rng)))


def _inversion(rng: Rng) -> Case:
    parts = Tables(rng, VALUES)
    wrong = rng.random() < 0.2

    def totals(n: Fraction) -> Fraction:
        if n < 0:
            return F(0)
        return sum((comb(int(n), i) * parts(F(i)) for i in range(int(n) + 1)), F(wrong))

    terms = {"parts": Quantity("a", J), "totals": Quantity("b", J), "index": J,
             "size": sp.Integer(rng.randint(0, 4))}  # fmt: skip
    return Case(terms, Model({"a": parts, "b": totals}), {J: tuple(map(F, range(6)))})


def _indicator(rng: Rng) -> Case:
    tables = {"x": Tables(rng, (F(0), F(1), F(1), F(0)))}
    return Case({"x": Random("x")}, Model(tables, draws(rng)))


def _nested(rng: Rng) -> Case:
    """Quantities that look at a sample as well: averages, probabilities of averages."""
    inner = rng.choice((Average(Random("x"), 2), Random("x") * Mean(Random("y")), Random("x")))
    case = of("linearity", rng, x=inner, y=Random("y"))
    model = Model({"x": Tables(rng, VALUES), "y": Tables(rng, VALUES)}, case.model.draws[:2], 2)
    total = sum((p for p, _ in model.draws), F(0))
    law = tuple((p / total if total else F(1, len(model.draws)), v) for p, v in model.draws)
    return Case(case.terms, Model(model.tables, law, 2))


STRUCTURES: Mapping[str, Structure] = {
    **{n: _binomial(n) for n in ("binomial-positive", "binomial-start", "binomial-next",
                                 "binomial-ends", "binomial-row")},
    **{n: _series(n) for n in ("series-next", "product-next", "series-terms", "sum-next")},
    "mean-value": _mean_value,
    "beta-moment": _beta_moment,
    "induction": _induction,
    "double-induction": _double_induction,
    "greatest": _greatest,
    "monotone-root": _monotone_root,
    "catalan": _catalan,
    "sum-order": _sum_order,
    "sum-linear": _sum_linear,
    "sum-exchange": _sum_exchange,
    "binomial-inversion": _inversion,
    "indicator-power": _indicator,
    "linearity": _nested,
}  # fmt: skip
"""The axioms of calculus and of sums that random terms of the right types would not do for."""
