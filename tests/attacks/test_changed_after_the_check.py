"""What a theorem is made of could be changed after it was checked.

The terms of a rule, the trends of a schema and the theorems that prove them were dictionaries, and
the parts of a theorem could be lists: whoever held one could put in something else. Now mappings
are copied and closed when they are given, and what is no plain data is refused. A claim is made
once, so that code that makes it cannot say one thing to the checker and another to the reader.
"""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import dataclass
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import NOBODY, errors, forged
from theory import catalogue
from theory.checking.derivation import check
from theory.checking.monotone import trend_basis
from theory.language.rules import Algebra, Cite, Instantiate, Smt, Use
from theory.language.schemas import Schema, UpperBound
from theory.language.statement import Step, Theorem
from theory.language.symbols import real
from theory.language.terms import ge, le

X = real("x", "x", "", 0)
x = X.symbol
GOOD = ge(x + 1, 1)


def plain(*steps: Step) -> Theorem:
    return forged(GOOD, steps or (Step("s", GOOD, Smt()),), (X,))


@pytest.mark.parametrize(
    "rule",
    [
        lambda terms: Use("log-bounds", terms),
        lambda terms: Cite(catalogue["pinsker"], terms),
        lambda terms: Instantiate("s", terms),
    ],
)
def test_terms_of_a_rule_stay_as_they_were_given(rule: Any) -> None:
    terms = {"x": 2}
    held = rule(terms).terms
    assert dict(held) == {"x": sp.Integer(2)}
    terms["x"] = 3
    assert dict(held) == {"x": sp.Integer(2)}
    with pytest.raises(TypeError):
        held["x"] = 3


def test_what_makes_another_term_each_time_is_asked_once() -> None:
    class Changing:
        asked = 0

        def _sympy_(self) -> Any:
            self.asked += 1
            return sp.Integer(self.asked)

    term = Changing()
    rule = Use("log-bounds", {"x": term})
    assert rule.terms["x"] == rule.terms["x"] == 1
    assert term.asked == 1


def test_trends_and_their_proofs_stay_as_they_were_given() -> None:
    theorem = catalogue["success-without-teacher"]
    proofs, trends = dict(theorem.result.trend_proofs), dict(theorem.result.monotone)
    result = dataclasses.replace(theorem.result, monotone=trends, trend_proofs=proofs)
    copy = dataclasses.replace(theorem, result=result)
    assert trend_basis(copy, "n") is not None
    trends["n"] = "down" if trends["n"] == "up" else "up"
    proofs.clear()
    assert copy.result.monotone == theorem.result.monotone
    assert copy.result.trend_proofs == theorem.result.trend_proofs
    for held in (copy.result.monotone, copy.result.trend_proofs):
        with pytest.raises(TypeError):
            held["n"] = held["n"]  # type: ignore[index]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_theorem_is_copied_and_pickled(again: Any) -> None:
    theorem = catalogue["success-without-teacher"]
    assert theorem.ranges and theorem.claim is not None  # made before, and kept
    other = again(theorem)
    assert other == theorem and other is not theorem and check(other).accepted
    with pytest.raises(TypeError):
        other.result.monotone["n"] = "down"


def test_a_list_in_a_theorem_is_refused() -> None:
    theorem = plain()
    assert check(theorem).accepted
    bound = UpperBound(x, x, given=[GOOD])  # type: ignore[arg-type]
    step = theorem.steps[0]
    for odd in (
        dataclasses.replace(theorem, result=bound),
        dataclasses.replace(theorem, result=dataclasses.replace(theorem.result, also=[GOOD])),
        dataclasses.replace(theorem, notes=["a remark"]),  # type: ignore[arg-type]
        plain(dataclasses.replace(step, uses=[])),  # type: ignore[arg-type]
        plain(Step("i", sp.Eq(x, x, evaluate=False), Algebra([(x + 1, x)])), step),  # type: ignore[arg-type]
    ):
        assert "list is no plain data" in errors(odd)


def test_words_that_are_no_plain_text_are_refused() -> None:
    class Text(str):
        def __contains__(self, part: object) -> bool:
            return True

    wide = dataclasses.replace(X, open=Text(""))
    assert "Text is no plain data" in errors(dataclasses.replace(plain(), parameters=(wide,)))
    step = dataclasses.replace(plain().steps[0], label=Text("s"))
    assert "Text is no plain data" in errors(plain(step))


@dataclass(frozen=True)
class Wavering(Schema):
    """A schema whose claim is true when it is asked for first."""

    number: Any
    asked: Any

    @property
    def expression(self) -> Any:
        """The number."""
        return self.number

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        self.asked.append(1)
        return (GOOD if len(self.asked) == 1 else le(x + 1, 0),)


def test_a_claim_is_made_once() -> None:
    asked: list[int] = []
    steps = (Step("s", GOOD, Smt()),)
    theorem = Theorem("wavering", "", (X,), Wavering(x, asked), (), steps, NOBODY)
    assert theorem.claim == GOOD
    assert theorem.claim == GOOD
    assert len(asked) == 1
    assert theorem.bound == x
    assert "list is no plain data" in errors(theorem)


def test_a_number_of_a_class_of_ones_own_is_none() -> None:
    class Growing(sp.Integer):
        __module__ = "sympy.core.numbers"

    odd = object.__new__(Growing)
    odd.p = 1
    claim = ge(x + 1, odd)
    assert check(plain(Step("s", ge(x + 1, 1), Smt()))).accepted
    assert "Growing" in errors(forged(claim, (Step("s", claim, Smt()),), (X,)))
