"""Every axiom is true in small models, and false axioms planted here are found out."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sympy as sp

from theory.axioms import AXIOMS, Instance
from theory.checking.semantics.axioms import check_axiom
from theory.language.roots import BetaMoment
from theory.language.terms import (
    Average,
    Event,
    Fact,
    Mean,
    Members,
    Pr,
    Quantity,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

Change = Callable[[Instance, dict[str, Any]], Instance]


@pytest.mark.parametrize("name", list(AXIOMS))
def test_axiom_is_true_in_small_models(name: str) -> None:
    report = check_axiom(AXIOMS[name])
    assert report.error is None
    assert report.held >= 3


def _without(*places: int) -> Change:
    """The axiom without some of its premises."""
    return lambda i, _: dataclasses.replace(
        i, premises=tuple(p for n, p in enumerate(i.premises) if n not in places)
    )


def _says(conclusion: Callable[..., Any]) -> Change:
    """The axiom with another conclusion."""
    return lambda i, terms: dataclasses.replace(i, conclusion=conclusion(**terms))


def _put(old: Any, new: Any) -> Change:
    """The axiom with a number of its conclusion changed."""
    return lambda i, _: dataclasses.replace(i, conclusion=i.conclusion.xreplace({old: new}))


def _flipped(i: Instance, _: dict[str, Any]) -> Instance:
    kinds = {sp.Le: sp.Ge, sp.Ge: sp.Le, sp.Lt: sp.Gt, sp.Gt: sp.Lt, sp.Eq: sp.Gt}
    found = [x for x in sp.preorder_traversal(i.conclusion) if type(x) in kinds]
    old = found[0]
    return dataclasses.replace(
        i, conclusion=i.conclusion.xreplace({old: kinds[type(old)](*old.args, evaluate=False)})
    )


def _sum_shifted(term: Any, index: Any, last: Any) -> Any:
    before, after = sp.Sum(term, (index, 1, last)), sp.Sum(term, (index, 1, last + 1))
    return eq(after, before + term.subs(index, last))


FALSE: list[tuple[str, str, Change]] = [
    ("one-inclusion", "any dimension", _without(0)),
    ("one-inclusion", "one fewer", lambda i, _: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, i.conclusion.rhs - 1))),
    ("some-or", "flipped", _flipped),
    ("falling-distribution", "flipped", _flipped),
    ("unlike-trials", "above the mean too", _without(2)),
    ("unlike-trials", "any chances", _without(0)),
    ("entropy-moment", "twice the exponent", _without(0)),
    ("entropy-moment-sum", "half of it", lambda i, _: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, i.conclusion.rhs / 3))),
    ("beta-moment", "as likely as before", lambda i, t: dataclasses.replace(
        i, conclusion=eq(BetaMoment(t["k"] + 1, t["n"] + 1, t["a"], t["b"]),
                         BetaMoment(t["k"], t["n"], t["a"], t["b"])))),
    ("change-of-measure", "any law", _without(0)),
    ("change-of-measure", "without the divergence", lambda i, terms: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, sp.log(terms["wealth"])))),
    ("binomial-mean", "three quarters", lambda i, _: dataclasses.replace(
        i, conclusion=ge(i.conclusion.lhs, sp.Rational(3, 4)))),
    ("relative-swapping", "twenty times the exponent", lambda i, t: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, sp.exp(-4 * t["n"] * t["level"])))),
    ("two-laws", "any error", _without(0)),
    ("two-laws", "without the root", _says(
        lambda error, affinity: ge(error, (1 - affinity**2) / 2))),
    ("minimax", "no promise", _without(0)),
    ("minimax", "any law of students", _without(1)),
    ("ville-stopped", "a bet that grows", lambda i, _: dataclasses.replace(
        i, premises=(*i.premises[:-2], i.premises[-1]))),
    ("ville-stopped", "half of it", lambda i, terms: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, i.conclusion.rhs / 2))),
    ("ville-stopped-sum", "a bet that grows", lambda i, _: dataclasses.replace(
        i, premises=(*i.premises[:-2], i.premises[-1]))),
    ("ville-stopped-sum", "any sum", lambda i, _: dataclasses.replace(
        i, premises=tuple(p for p in i.premises if not isinstance(p, Fact)))),
    ("ville-stopped-sum", "half of it", lambda i, terms: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, i.conclusion.rhs / 2))),
    ("bernoulli-moment", "any range", _without(0)),
    ("bernoulli-moment", "the square", lambda i, _: dataclasses.replace(
        i, conclusion=le(i.conclusion.lhs, i.conclusion.rhs**2))),
    ("binomial-moment", "every K", _without(0)),
    ("binomial-moment", "1 + p for 1 - p", _says(
        lambda count, n, p, x: eq(Mean(x**count), (1 + p + p * x) ** n))),
    ("fresh-sample", "no independence", _without(0)),
    ("union-bound", "one member only", _says(
        lambda member, condition, event, bound: le(Pr(Some(member, condition, event)), bound))),
    ("union-bound", "no bound for the members", _without(0)),
    ("hoeffding", "twenty times the exponent", _says(
        lambda x, n, lower, upper, t: implies(ge(t, 0), le(
            Pr(le(Average(x, n) - Mean(x), -t)), sp.exp(-8 * n * t**2 / (upper - lower) ** 2))))),
    ("hoeffding", "no range", _without(0)),
    ("mcdiarmid", "no bounded differences", _without(0)),
    ("boole", "flipped", _flipped),
    ("independent-draws", "added, not multiplied", _says(
        lambda event, n: eq(Pr(sp.And(event, event)), Pr(event) ** n))),
    ("event-monotone", "no implication", _without(0)),
    ("event-monotone", "flipped", _flipped),
    ("complement", "the same probability", _says(
        lambda event: eq(Pr(sp.Not(event)), Pr(event)))),
    ("markov", "negative quantities", _without(0)),
    ("markov", "half of it", _says(lambda x, level: le(Pr(ge(x, level)), Mean(x) / level / 2))),
    ("ville", "any mean", _without(2)),
    ("ville", "a quarter of it", _says(
        lambda x, n, level: le(Pr(Event("the product reaches", x, level)), 1 / level / 4))),
    ("chebyshev", "flipped", _flipped),
    ("average-mean", "a half more", lambda i, _: dataclasses.replace(
        i, conclusion=eq(i.conclusion.lhs, i.conclusion.rhs + sp.Rational(1, 2)))),
    ("azuma", "any number", _without(0)),
    ("azuma", "half the exponent's divisor", _says(lambda x, squares, t: implies(
        ge(t, 0), le(Pr(ge(x - Mean(x), t)), sp.exp(-4 * t**2 / squares))))),
    ("guessing", "any message", _without(0)),
    ("sample-variance", "any number", _without(0)),
    ("sample-variance", "twenty times the exponent", lambda i, terms: dataclasses.replace(
        i, conclusion=implies(ge(terms["t"], 0), le(Pr(lt(
            terms["spread"], terms["deviation"]**2 - terms["t"] * terms["deviation"])),
            sp.exp(-10 * (terms["n"] - 1) * terms["t"]**2))))),
    ("serfling", "any number", _without(0)),
    ("serfling", "twice the exponent", _says(lambda x, mean, n, points, t: implies(
        ge(t, 0), le(Pr(ge(x - mean, t)), sp.exp(-4 * n * t**2 / (1 - (n - 1) / points)))))),
    ("average-variance", "that of one draw", lambda i, _: dataclasses.replace(
        i, conclusion=eq(i.conclusion.lhs, i.conclusion.rhs * 2))),
    ("exponential-moment", "any moment of one draw", _without(1)),
    ("count-excluding", "the excluded may satisfy it", _without(0)),
    ("count-excluding", "the excluded is no member", _without(1)),
    ("count-subset", "strictly fewer", _says(
        lambda member, smaller, larger: lt(Members(member, smaller), Members(member, larger)))),
    ("mean-monotone", "no order", _without(0)),
    ("cauchy-schwarz", "without squares", _says(
        lambda x, y: le(Mean(x * y) ** 2, Mean(x) ** 2 * Mean(y) ** 2))),
    ("linearity", "product", _says(
        lambda x, y, a, b: eq(Mean(sp.Mul(x, y)), Mean(x) * Mean(y)))),
    ("bessel", "no coefficients", _without(0)),
    ("sauer", "from n = 1 on", _without(2)),
    ("sauer", "without e", _says(lambda n, v: le(Quantity("growth", n), (n / v) ** v))),
    ("sauer-shelah", "any dimension", _without(0)),
    ("sauer-shelah", "the last term alone", _says(
        lambda n, v, i: le(Quantity("growth", n), sp.binomial(n, v) + 1))),
    ("prior-bets", "any law of the draws", _without(0)),
    ("posterior-bets", "no divergence", _says(
        lambda seen, error, divergence, wealth, slope, n: le(
            n * (-sp.log(1 - (1 - sp.exp(-slope)) * error) - slope * seen), sp.log(wealth)))),
    ("massart", "a tenth of the growth", _says(
        lambda n, weight: implies(gt(weight, 0), le(
            n * sp.Rational(10) * weight, weight**2 * n / 2)))),
    ("exchangeable", "no exchange", _flipped),
    ("induction", "without a start", _without(0)),
    ("induction", "without a step", _without(1)),
    ("mean-value", "falling functions", lambda i, _: dataclasses.replace(i, premises=())),
    ("sum-next", "off by one", _says(_sum_shifted)),
    ("sum-order", "flipped", _flipped),
    ("series-terms", "unequal terms", _without(0)),
    ("log-bounds", "flipped", _says(
        lambda x: implies(ge(x, 0), lt(x, 1), le(x / (1 - x), -sp.log(1 - x))))),
    ("log-monotone", "flipped", lambda i, t: dataclasses.replace(
        i, conclusion=implies(gt(t["x"], 0), gt(t["y"], 0), implies(
            le(t["x"], t["y"]), ge(sp.log(t["x"]), sp.log(t["y"])))))),
    ("power-monotone", "negative numbers", lambda i, t: dataclasses.replace(
        i, conclusion=implies(le(t["x"], t["y"]), le(t["x"] ** 2, t["y"] ** 2)))),
    ("integers", "reals", lambda i, t: dataclasses.replace(
        i, conclusion=implies(le(t["a"], t["b"]), le(t["a"] + 1, t["b"])))),
    ("binomial-row", "half of it", _says(lambda n, k: le(sp.binomial(n, k), sp.Pow(2, n - 2)))),
    ("binomial-next", "off by one", _put(sp.Integer(1), sp.Integer(2))),
    ("catalan", "off by one", _says(
        lambda leaves: implies(ge(leaves, 1), eq(leaves, sp.binomial(2 * leaves, leaves))))),
    ("greatest", "beyond the last", _says(
        lambda condition, j, last, at: conj(le(at + 1, last)))),
    ("ceiling", "flipped", _flipped),
    ("constant-event", "flipped", _flipped),
    ("symmetrization", "half of it", _says(
        lambda supremum, n: le(Mean(supremum), 0))),
    ("vector-average", "no square root", _says(
        lambda deviation, n, norm: le(Mean(deviation**2), norm**2 / n**2 / 2))),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "change"), [(n, c) for n, _, c in FALSE], ids=[f"{n}: {w}" for n, w, _ in FALSE]
)
def test_a_planted_false_axiom_is_found_out(name: str, change: Change) -> None:
    true = AXIOMS[name]
    planted = dataclasses.replace(
        true, instantiate=lambda **terms: change(true.instantiate(**terms), terms)
    )
    report = check_axiom(planted, trials=200)
    assert report.counterexample is not None
    assert name in str(report.error)


def test_an_axiom_whose_premises_never_hold_is_not_passed_over() -> None:
    true = AXIOMS["markov"]
    empty = dataclasses.replace(
        true,
        instantiate=lambda **terms: Instance((sp.false,), true.instantiate(**terms).conclusion),
    )
    assert "its premises held in 0 of the models" in str(check_axiom(empty).error)


def test_the_document_says_how_many_are_planted() -> None:
    text = (Path(__file__).parents[3] / "docs" / "theory.md").read_text(encoding="utf-8")
    assert f"plant {len(FALSE)} false axioms" in text
