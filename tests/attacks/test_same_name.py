"""A false theorem got a checked one's report by its name; citing itself crashed the checker."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.theory.forged import errors, forged, refused
from theory.checking.derivation import check
from theory.language.rules import Cite, Smt
from theory.language.statement import Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import eq, ge, le

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


Y = real("y", "y", "", 0, 1)


@pytest.mark.parametrize("shown", [{"unicode": "x"}, {"latex": "x"}, {"name": "x"}])
def test_two_symbols_are_not_written_alike(shown: dict[str, Any]) -> None:
    """ "x <= x + 1" was said of a theorem that claims x <= y + 1."""
    claim, other = le(x, Y.symbol + x**2 + 1), dataclasses.replace(Y, **shown)
    plain = forged(claim, (Step("s", claim, Smt()),), (X, Y))
    assert not errors(plain)
    theorem = dataclasses.replace(plain, parameters=(X, other))
    assert refused(theorem, "two symbols are called")


@pytest.mark.parametrize("letter", ["\u0445", "\u03bf", "\uff58"])
def test_symbols_are_not_written_with_letters_that_look_like_others(letter: str) -> None:
    """A Cyrillic or a full-width x beside x, a Greek o."""
    odd = real("odd", letter, "", 0, 1)
    claim = le(x, odd.symbol + x**2 + 1)
    theorem = forged(claim, (Step("s", claim, Smt()),), (X, odd))
    assert refused(theorem, "may be taken for another letter")
    fine = integer("delta", "delta", "", 1)
    claim = ge(fine.symbol + x**2, 1)
    assert not errors(forged(claim, (Step("s", claim, Smt()),), (X, fine)))
