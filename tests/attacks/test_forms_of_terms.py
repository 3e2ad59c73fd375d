"""One meaning, two forms, of which each reader took another part: e^y >= 15 on [1/3, 2/5].

SymPy's E**y, built without evaluation, is a power that says it is an exp, so ball arithmetic and
trends took its first part, E, for the exponent; log(y, 2) was a natural logarithm to the balls and
one of base 2 to the algebra; of an implication with three parts the third was dropped.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.checking.balls import enclose
from theory.checking.monotone import trend_basis
from theory.language.errors import DerivationError, TheoryError
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Algebra, Balls, Smt, use
from theory.language.statement import Step
from theory.language.symbols import integer, real, reals
from theory.language.terms import (
    Average,
    Event,
    Every,
    Greatest,
    Mean,
    Pr,
    Random,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)

N, Y, W = integer("n", "n", "", 1), real("y", "y", "", 0, 1), reals("w", "w", "", 0)
n, y = N.symbol, Y.symbol
BOX = (ge(y, sp.Rational(1, 3)), le(y, sp.Rational(2, 5)))
POWER_OF_E = sp.Pow(sp.E, y, evaluate=False)
TO_BASE_2 = sp.log(y + 1, 2, evaluate=False)
X, A = Random("x"), Event("A")


def test_powers_of_e_are_written_in_one_way() -> None:
    boxed, claim = implies(*BOX, ge(POWER_OF_E, 15)), implies(*BOX, ge(sp.exp(y), 15))
    steps = (Step("box", boxed, Balls()), Step("s", claim, Smt(), ("box",)))
    assert refused(forged(claim, steps, (Y,)), "a power of e is written exp(...)")
    true = implies(*BOX, ge(sp.exp(y), sp.Rational(4, 3)))
    assert not errors(forged(true, (Step("s", true, Balls()),), (Y,)))
    assert enclose(sp.Pow(sp.E, 0, evaluate=False), {}) == 1


@pytest.mark.parametrize("trend", ["up", "down"])
def test_of_terms_that_are_no_terms_here_no_trend_and_no_value_is_known(trend: Any) -> None:
    plain = forged(ge(y, 0), (Step("s", ge(y, 0), Smt()),), (Y,))
    result: Any = dataclasses.replace(  # type: ignore[call-arg]
        plain.result, number=POWER_OF_E, monotone={"y": trend}
    )
    theorem = dataclasses.replace(plain, result=result)
    assert trend_basis(theorem, "y") is None
    with pytest.raises(DerivationError, match=r"written exp\(\.\.\.\)"):
        theorem.evaluate(y="1/2")


def test_logarithms_have_one_base() -> None:
    bound = sp.Rational(34, 100)
    boxed, same = implies(*BOX, le(TO_BASE_2, bound)), eq(TO_BASE_2, sp.log(y + 1) / sp.log(2))
    claim = implies(*BOX, le(sp.log(y + 1) / sp.log(2), bound))
    steps = (Step("box", boxed, Balls()), Step("base", same, Algebra()),
             Step("s", claim, Smt(), ("box", "base")))  # fmt: skip
    assert refused(forged(claim, steps, (Y,)), "log has 1 arguments here")


@pytest.mark.parametrize(
    "claim",
    [
        sp.Implies(ge(y, 0), ge(y, 0), ge(0, 1), evaluate=False),
        sp.Not(lt(y, 0), le(y, 5), evaluate=False),
        le(sp.Max(evaluate=False), y + 1),
    ],
)
def test_terms_have_as_many_parts_as_their_readers_read(claim: Any) -> None:
    assert not errors(forged(ge(y, 0), (Step("s", ge(y, 0), Smt()),), (Y,)))
    assert errors(forged(claim, (Step("s", claim, Smt()),), (Y,)))


def test_an_entry_of_a_list_has_one_index() -> None:
    entry = W.symbol[1, 2]
    claim = le(entry, entry)
    theorem = forged(claim, (Step("s", claim, Smt()),), (W,))
    result: Any = dataclasses.replace(theorem.result, number=entry)  # type: ignore[call-arg]
    with pytest.raises(TheoryError, match="has one index"):
        dataclasses.replace(theorem, result=result).evaluate(w="3,4")


@pytest.mark.parametrize("more", ["even", "odd", "prime", "zero"])
def test_bound_integers_are_integers_and_no_more(more: str) -> None:
    j = sp.Symbol("j", integer=True, **{more: True})
    claim = ge(Greatest(j, 5, le(j, n)), 0)
    assert refused(forged(claim, (Step("s", claim, Smt()),), (N,)), "more than an integer")
    rule = use("sum-next", term=y, index=j, last=n)
    step = Step("s", ge(y, 0), rule)
    assert refused(forged(ge(y, 0), (step,), (Y, N)), "index must be of type index")


@pytest.mark.parametrize("repeated", [Average(X, n), Mean(X) * Average(X, n)])
def test_what_is_repeated_is_a_matter_of_one_draw(repeated: Any) -> None:
    claim = implies(
        ge(y, 0), le(Pr(le(Average(repeated, n) - Mean(repeated), -y)), sp.exp(-2 * n * y**2))
    )
    unit = [conj(le(0, x), le(x, 1)) for x in (X, repeated)]
    rule = use("hoeffding", x=repeated, n=n, lower=0, upper=1, t=y)
    uses = ("assumption 0", "assumption 1")
    theorem = forged(claim, (Step("s", claim, rule, uses),), (N, Y), unit)
    theorem = dataclasses.replace(theorem, experiment=sample(n, "x"))
    assert refused(theorem, "no matter of a single draw")
    claim = eq(Pr(Every(Every(A, n), n)), Pr(Every(A, n)) ** n)
    step = Step("s", claim, use("independent-draws", event=Every(A, n), n=n))
    theorem = dataclasses.replace(forged(claim, (step,), (N,)), experiment=sample(n, "A"))
    assert refused(theorem, "no matter of a single draw")


def test_an_experiment_is_plain_data() -> None:
    class Lax(Experiment):
        def samples(self, number: Any) -> tuple[Draws, ...]:
            return (Draws(number, "points", ("x",)),)

    claim = implies(ge(y, 0), le(Pr(le(Average(X, n) - Mean(X), -y)), sp.exp(-2 * n * y**2)))
    rule = use("hoeffding", x=X, n=n, lower=0, upper=1, t=y)
    unit = conj(le(0, X), le(X, 1))
    theorem = forged(claim, (Step("s", claim, rule, ("assumption 0",)),), (N, Y), (unit,))
    theorem = dataclasses.replace(theorem, experiment=sample(n, "x"))
    assert not errors(theorem)
    lax = dataclasses.replace(theorem, experiment=Lax((), ("x",)))
    assert refused(lax, "Lax is no plain data")
    several: Any = list(theorem.steps)
    assert refused(dataclasses.replace(theorem, steps=several), "list is no plain data")
