"""A false theorem got a checked one's report by its name; citing itself crashed the checker."""

from __future__ import annotations

from tests.theory.forged import errors, forged, refused
from theory.checking.derivation import check
from theory.language.rules import Cite, Smt
from theory.language.statement import Step, Theorem
from theory.language.symbols import real
from theory.language.terms import eq, ge

X = real("x", "x", "")
x = X.symbol
TRUE, FALSE = ge(x**2, 0), eq(x, x + 1)


def _named(claim: object, name: str) -> Theorem:
    return forged(claim, (Step("s", claim, Smt()),), (X,), name=name)


def test_another_theorem_of_a_checked_name_is_not_taken_for_it() -> None:
    good, bad = _named(TRUE, "twice"), _named(FALSE, "twice")
    steps = (
        Step("good", TRUE, Cite(good, {})),
        Step("bad", FALSE, Cite(bad, {}), ("good",)),
    )
    assert refused(forged(FALSE, steps, (X,)), "another theorem of the name twice")
    done = {"twice": check(good)}
    assert not check(bad, done).accepted and check(good, done).accepted


def test_a_theorem_does_not_cite_itself() -> None:
    inner = Step("self", FALSE, Smt())
    theorem = forged(FALSE, (inner,), (X,), name="circle")
    object.__setattr__(inner, "rule", Cite(theorem, {}))
    assert refused(theorem, "cites itself")
    assert "cites itself" in errors(theorem)
