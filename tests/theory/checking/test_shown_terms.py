"""Terms of claims are shown to have a value, but for those that are listed."""

from __future__ import annotations

import tomllib
from fractions import Fraction
from math import isclose, log
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from tests.every import some
from tests.theory.forged import forged
from theory import catalogue
from theory.checking.defined import is_shown, not_shown, signs
from theory.language.rules import Smt
from theory.language.statement import Step
from theory.language.symbols import real
from theory.language.terms import conj, ge, gt, implies, le, lt

ARGUED = Path(__file__).parents[1] / "argued.toml"
COUNTS = tomllib.loads(ARGUED.read_text(encoding="utf-8"))["not_shown"]
FREE, LARGE, POWER = real("x", "x", "a number"), real("y", "y", "one more", 1), real("p", "p", "p")
X, Y, P = FREE.symbol, LARGE.symbol, POWER.symbol
GRID = [Fraction(n, 4) for n in (-8, -4, -1, 0, 1, 2, 3, 4, 5, 8, 40)]


@pytest.mark.parametrize("name", some(catalogue))
def test_no_theorem_leaves_more_to_the_reader_than_is_listed(name: str) -> None:
    assert len(not_shown(catalogue[name])) == COUNTS.get(name, 0)


def test_what_is_listed_is_of_theorems() -> None:
    assert set(COUNTS) <= set(catalogue)


@pytest.mark.parametrize(
    ("assumed", "claim", "shown"),
    [
        ((), ge(sp.sqrt(sp.log(Y)), 0), True),
        ((), ge(sp.sqrt(sp.log(X)), 0), False),
        ((gt(X, 0),), ge(sp.sqrt(sp.log(X)), 0), False),
        ((ge(X, 1),), ge(sp.sqrt(sp.log(X)), 0), True),
        ((gt(X, 0), lt(X, 1)), ge(sp.sqrt(-sp.log(X)), 0), True),
        ((gt(X, 0), le(X, 1)), ge(1 / sp.log(X), 0), False),
        ((gt(X, 0), lt(X, 1)), le(1 / sp.log(X), 0), True),
        ((gt(X, 0), le(X, 1), ge(P, 0)), ge(sp.sqrt(1 - X**P), 0), True),
        ((gt(X, 0), le(X, 1)), ge(sp.sqrt(1 - X**P), 0), False),
        ((gt(X, 0), le(X, 1), ge(P, 0)), ge(sp.sqrt(X**P - 1), 0), False),
        ((gt(X, 1), gt(P, 0)), ge(1 / (X**P - 1), 0), True),
        ((ge(X, 1), gt(P, 0)), ge(1 / (X**P - 1), 0), False),
    ],
)
def test_only_what_has_a_value_is_shown_to_have_one(
    assumed: tuple[Any, ...], claim: Any, shown: bool
) -> None:
    uses = tuple(f"assumption {i}" for i in range(len(assumed)))
    step = Step("conclusion", claim, Smt(), uses)
    assert (not not_shown(forged(claim, [step], (FREE, LARGE, POWER), assumed))) == shown


def _value(term: Any, at: dict[Any, Fraction]) -> float:
    if isinstance(term, sp.log):
        return log(_value(term.args[0], at))
    if isinstance(term, sp.Pow):
        return float(_value(term.base, at) ** _value(term.exp, at))
    return float(term.subs(at)) if term.free_symbols else float(term)


def _holds(formula: Any, at: dict[Any, Fraction]) -> bool:
    """Whether a formula is true; where a term has no value, whatever is said of it is not."""
    if isinstance(formula, sp.And):
        return all(_holds(part, at) for part in formula.args)
    if isinstance(formula, sp.Implies):
        return not _holds(formula.args[0], at) or _holds(formula.args[1], at)
    try:
        left, right = (_value(side, at) for side in (formula.lhs, formula.rhs))
    except (ValueError, ZeroDivisionError, TypeError):
        return False
    if isclose(left, right, abs_tol=1e-12):
        return isinstance(formula, (sp.Le, sp.Ge, sp.Eq))
    return bool({sp.Lt: left < right, sp.Le: left < right, sp.Gt: left > right,
                 sp.Ge: left > right, sp.Eq: False}[type(formula)])  # fmt: skip


EVERYWHERE = [{X: x, P: p} for x in GRID for p in GRID]
FACTS = signs([sp.log(X), X**P])


@pytest.mark.parametrize("number", range(len(FACTS)))
def test_what_is_taken_as_known_of_signs_is_true_and_no_weaker_premise_does(number: int) -> None:
    fact = FACTS[number]
    assert all(_holds(fact, at) for at in EVERYWHERE)
    premise, conclusion = fact.args
    turned = {sp.Gt: sp.Lt, sp.Lt: sp.Gt, sp.Ge: sp.Lt, sp.Le: sp.Gt, sp.Eq: sp.Ne}
    wrong = [implies(premise, turned[type(conclusion)](*conclusion.args, evaluate=False))]
    parts = premise.args if isinstance(premise, sp.And) else (premise,)
    for i, _ in enumerate(parts):
        rest = [part for j, part in enumerate(parts) if j != i]
        wrong.append(implies(conj(*rest), conclusion) if len(rest) > 1 else implies(
            *rest, conclusion))  # fmt: skip
    wrong = [w for w in wrong if not w.has(sp.Ne)]
    assert wrong and all(not all(_holds(w, at) for at in EVERYWHERE) for w in wrong)


def test_signs_contradict_nothing() -> None:
    assert not is_shown([gt(X, 1), *FACTS], lt(X, 0))
