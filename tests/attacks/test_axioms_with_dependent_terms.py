"""Axioms took terms that depend on what they bind: Σ_i Σ_i t was summed the other way round."""

from __future__ import annotations

import pytest
import sympy as sp

from theory.axioms import AXIOMS
from theory.language.errors import DerivationError
from theory.language.special import ClopperPearson
from theory.language.symbols import integer, real
from theory.language.terms import Event, Member, Quantity, Random, RandomInteger, eq, ge

I, J = (integer(x, x, "").symbol for x in "ij")  # noqa: E741
N, X = integer("n", "n", "", 1).symbol, real("x", "x", "").symbol
G = sp.Symbol("g")
CASES = {
    "sum-exchange": {"term": I, "index": I, "last": N, "other": I, "end": 2},
    "sum-order": {"larger": I, "x": I, "a": I, "index": I, "last": N},
    "sum-linear": {"whole": I, "x": I, "a": 1, "index": I, "last": I},
    "sum-next": {"term": I, "index": I, "last": I},
    "series-next": {"term": I, "index": I, "first": I, "last": N},
    "product-next": {"term": I, "index": I, "first": 0, "last": I},
    "series-terms": {"left": I, "right": I, "index": I, "first": 0, "last": I},
    "exchangeable": {
        "count": RandomInteger("U"), "cells": 2, "j": J, "probability": 0, "weight": J
    },
    "bessel": {
        "member": G, "condition": sp.true, "norm": 1, "level": 1, "energy": Quantity("e", G)
    },
    "swapping": {
        "member": G, "condition": sp.true, "event": Event("a", G), "coin": Event("c"), "k": J,
        "least": 1, "bound": Quantity("b", G), "n": 2,
    },
    "union-bound": {
        "member": G, "condition": sp.true, "event": Event("a", G), "bound": Quantity("b", G)
    },
    "fresh-sample": {
        "member": G, "condition": sp.true, "first": Event("a", G), "second": Event("b", G),
        "chance": Quantity("c", G),
    },
    "bessel-levels": {
        "member": G, "condition": sp.true, "norm": 1, "level": 1, "energy": I, "index": I, "last": 2
    },
    "mean-value": {"f": X, "x": X, "start": X, "end": sp.oo},
    "monotone-root": {"root": ClopperPearson(1, 3, X), "x": X},
    "binomial-start": {"n": N, "p": N},
    "binomial-next": {"k": 1, "n": N, "p": N},
    "binomial-inversion": {"parts": sp.Symbol("i", integer=True, nonnegative=True) + J,
                           "totals": J, "index": J, "size": N},
    "greatest": {"condition": ge(J, 0), "j": J, "last": J, "at": 0},
    "induction": {"claim": ge(J, 0), "k": J, "start": J},
    "double-induction": {"claim": ge(J, 0), "k": J, "start": 0, "parameter": J, "other": 0},
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_terms_that_must_be_the_same_for_all_values_are(name: str) -> None:
    with pytest.raises(DerivationError, match=r"depends on"):
        AXIOMS[name].instantiate(**CASES[name])


def test_an_excluded_member_is_a_named_one() -> None:
    from theory.axioms.types import check_types

    terms = {"member": G, "condition": eq(Quantity("err", G), 0), "excluded": G}
    with pytest.raises(DerivationError, match="excluded must be of type member-term"):
        check_types(AXIOMS["count-excluding"], terms, {G: "member:g"})
    check_types(AXIOMS["count-excluding"], {**terms, "excluded": Member("g*", G)}, {G: "member:g"})
    with pytest.raises(DerivationError, match="excluded"):
        other = {**terms, "excluded": Member("s", sp.Symbol("S"))}
        check_types(AXIOMS["count-excluding"], other, {G: "member:g"})


@pytest.mark.parametrize(
    ("name", "terms"),
    [
        ("union-bound",
         {"member": G, "condition": Event("a", G), "event": Event("a", G), "bound": 1}),
        ("independent-draws", {"event": Event("a"), "n": RandomInteger("K")}),
        ("hoeffding", {"x": Random("x"), "n": 2, "lower": 0, "upper": 1, "t": Random("t")}),
        ("linearity", {"x": Random("x"), "y": Random("y"), "a": Random("a"), "b": 0}),
        ("constant-event", {"event": Event("a"), "constant": Event("c")}),
        ("mean-bounds", {"x": Random("x"), "lower": Random("l"), "upper": 1}),
        ("independent-draws", {"event": Event("a"), "n": sp.Rational(1, 2)}),
        ("count-subset", {"member": N, "smaller": sp.true, "larger": sp.true}),
    ],
)  # fmt: skip
def test_terms_have_the_types_of_the_axiom(name: str, terms: dict) -> None:  # type: ignore[type-arg]
    from theory.axioms.types import check_types

    with pytest.raises(DerivationError, match="must"):
        check_types(AXIOMS[name], terms, {G: "member:g", N: "integer"})
