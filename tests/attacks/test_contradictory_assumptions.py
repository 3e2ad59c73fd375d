"""Assumptions of counterexample theorems contradicted each other: always one fewer, never none."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged
from theory import catalogue
from theory.checking.derivation import check
from theory.checking.steps import check_step
from theory.language.rules import Instantiate
from theory.language.statement import Step
from theory.language.substitution import substitute
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import ge, implies, le

THREE = ("halving-counterexamples", "consistent-counterexamples", "tree-counterexamples")


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("size", [1, 2, 3, 8])
def test_a_run_of_counterexamples_can_end(name: str, size: int) -> None:
    """With s(j) = max(1, what is left) the assumption about the run holds, for every j."""
    theorem = catalogue[name]
    label = "removed" if name.startswith("consistent") else "halving"
    formal = next(a.formal for a in theorem.assumptions if a.label == label)
    found = next(p.symbol for p in theorem.locals if p.name == "found")
    j = next(p.symbol for p in theorem.schematic if p.name == "j")
    last = size - 1 if name.startswith("consistent") else size.bit_length() - 1

    def left(rounds: object) -> int:
        n = int(str(rounds))
        return max(1, size - n) if name.startswith("consistent") else max(1, size >> n)

    from theory.language.terms import Members, Quantity

    for count in range(last + 1):
        for rounds in range(size + 3):
            at = formal.xreplace({found: found.func("c"), j: j.func("r")}).subs(
                {found.func("c"): count, j.func("r"): rounds}
            )
            values = {q: left(q.args[1]) for q in at.atoms(Quantity)}
            at = at.xreplace(values).xreplace(dict.fromkeys(at.atoms(Members), size))
            for p in theorem.parameters:
                at = at.subs(p.symbol, size)
            assert bool(at.doit()) is True, (count, rounds, at)


@pytest.mark.parametrize("name", THREE)
def test_the_bound_is_one_of_the_counterexamples_found(name: str) -> None:
    """Without the last counterexample being one of the run, nothing follows."""
    theorem = catalogue[name]
    assert check(theorem).accepted
    step = next(s for s in theorem.steps if s.label == "left")
    unused = dataclasses.replace(step, uses=())
    changed = dataclasses.replace(
        theorem, steps=tuple(unused if s is step else s for s in theorem.steps)
    )
    with pytest.raises(ValueError, match="without using it"):
        check_step(changed, unused)


J, N, X = integer("j", "j", ""), integer("n", "n", "", 1), real("x", "x", "", None)
ANY = dataclasses.replace(J, lower=None, symbol=sp.Symbol("j", integer=True))
j, n, x = J.symbol, N.symbol, X.symbol
i = ANY.symbol


@pytest.mark.parametrize(
    ("of", "assumed"),
    [
        (J, le(j, 10)),
        (J, le(j, 10**9)),
        (J, le(j * j, 10**20)),
        (J, le(2**j, 10**9)),
        (J, le(sp.binomial(j, 2), 1000)),
        (ANY, ge(i, 0)),
        (ANY, ge(i**3, -(10**30))),
        (X, ge(x, 0)),
        (X, le(x, 10**9)),
    ],
)
def test_what_is_assumed_of_all_numbers_holds_of_those_that_no_model_tries(
    of: Parameter, assumed: Any
) -> None:
    """From j <= 10 for all j, n <= 10 was derived, and models tried j = 0 .. 5."""
    term = n if of is J else (-1) ** n * n
    at_n = substitute(assumed, {of.symbol: term})
    rule = Instantiate("assumption 0", {of.symbol: term})
    step = Step("s", at_n, rule, ("assumption 0",))
    theorem = forged(at_n, (step,), (N,), (assumed,), schematic=(of,))
    why = errors(theorem)
    assert "does not hold for all" in why or "no model of its assumptions" in why


@pytest.mark.parametrize(
    ("of", "assumed"),
    [
        (J, sp.Or(le(j, 0), ge(j, 1), evaluate=False)),
        (J, le(-1, j**3)),
        (X, ge(x**2, 0)),
        (J, implies(le(j, n), le(j, 10**9))),
    ],
)
def test_what_does_hold_of_all_numbers_may_be_assumed(of: Parameter, assumed: Any) -> None:
    claim = substitute(assumed, {of.symbol: sp.Integer(0)})
    rule = Instantiate("assumption 0", {of.symbol: sp.Integer(0)})
    step = Step("s", implies(ge(n, 1), claim), rule, ("assumption 0",))
    assert not errors(forged(step.claim, (step,), (N,), (assumed,), schematic=(of,)))
