"""Every theorem's assumptions hold together in a concrete model, in which its claim is true.

That of the first seed is found by `check` (`_model_errors`), which test_derivations asks of all
theorems: here are other ones.
"""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import pytest
import sympy as sp

from tests.every import EVERY
from tests.theory.forged import forged
from theory import catalogue
from theory.checking.semantics.theorems import find_model
from theory.language.rules import Smt
from theory.language.statement import Step
from theory.language.symbols import integer, real
from theory.language.terms import Mean, Quantity, Random, conj, eq, ge, implies, le, lt


@pytest.mark.parametrize("seed", [1, 2] if EVERY else [1])
def test_the_claims_hold_in_other_models(seed: int) -> None:
    found = [find_model(theorem, 60, seed) for theorem in catalogue.values()]
    assert sum(r.values is not None for r in found) >= 110
    assert [r.error for r in found if r.claim is False] == []


@pytest.mark.parametrize("seed", range(5))
def test_a_model_that_is_made_needs_no_luck(seed: int) -> None:
    """Random tables had one for the points of a box now and then: another name, another seed."""
    for name in ("certified-distillation-cells-finite", "certified-distillation-cells"):
        report = find_model(catalogue[name], 1, seed)
        assert report.error is None and report.claim is True


def test_contradictory_assumptions_have_no_model() -> None:
    """One fewer for every j, and never none: Z3 cannot see it, no model has it."""
    size, j = integer("N", "N", "", 1), integer("j", "j", "")
    left = Quantity("members", j.symbol)
    never = conj(
        le(Quantity("members", j.symbol + 1), left - 1),
        ge(left, 1),
        eq(Quantity("members", sp.Integer(0)), size.symbol),
    )
    claim = lt(size.symbol, size.symbol)
    step = Step("s", claim, Smt(), ("assumption 0",))
    theorem = forged(claim, (step,), (size,), assumptions=(never,), schematic=(j,))
    assert "no model" in str(find_model(theorem).error)


def test_a_false_claim_is_false_in_a_model() -> None:
    p, q = real("p", "p", "", 0, 1), real("q", "q", "", 0, 1)
    claim = eq((1 + p.symbol) ** 2, (1 + q.symbol) ** 2)
    theorem = forged(claim, (Step("s", claim, Smt()),), (p, q))
    assert "the claim is false" in str(find_model(theorem).error)


@pytest.mark.parametrize(
    "name", ["occam-realizable", "acceptance-probability", "disagreement-triangle"]
)
def test_a_claim_turned_round_is_false_in_a_model(name: str) -> None:
    theorem = catalogue[name]
    negated = dataclasses.replace(
        forged(sp.Not(theorem.claim), (), theorem.parameters, name=name),
        assumptions=theorem.assumptions,
        locals=theorem.locals,
        schematic=theorem.schematic,
    )
    assert find_model(negated).claim is False


def test_random_assumptions_are_evaluated_at_every_outcome() -> None:
    x = Random("x")
    p = real("p", "p", "", Fraction(1, 2), 1)
    claim = implies(ge(p.symbol, 0), eq(Mean(x), p.symbol))
    always = conj(eq(x, p.symbol), le(x, 0))
    theorem = forged(claim, (Step("s", claim, Smt()),), (p,), assumptions=(always,))
    assert "no model" in str(find_model(theorem).error)
