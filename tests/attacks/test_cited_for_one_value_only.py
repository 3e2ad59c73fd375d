"""What a cited theorem needs of all values of a symbol was shown of one: x <= 999 for x <= 1000.

A hypothesis "j = 0" of the citation left nothing to show of other j; a term for x that speaks of j
was shown for that j; a condition on a symbol that the cited claim does not speak of was not asked.
"""

from __future__ import annotations

import dataclasses

import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.language.rules import Cite, Instantiate, Smt, use
from theory.language.statement import Assumption, Step
from theory.language.symbols import integer, real
from theory.language.terms import eq, ge, implies, le

J, N, M = integer("j", "j", ""), integer("n", "n", "", 1), integer("m", "m", "")
X, Y = real("x", "x", "", 0, 1000), real("y", "y", "", 0, 1000)
j, n, m, x, y = (p.symbol for p in (J, N, M, X, Y))


def test_a_citation_does_not_fix_what_the_cited_theorem_needs_for_all() -> None:
    small = le(x, 999)
    at_one = Step("s", small, Instantiate("assumption 0", {j: sp.Integer(1)}), ("assumption 0",))
    cited = forged(small, (at_one,), (X,), (le(j * x, 999 * j),), schematic=(J,), name="cited")
    assert not errors(cited)
    claim = le(y, 999)
    steps = (
        Step("at 0", implies(eq(j, 0), claim), Cite(cited, {"x": y}, given=eq(j, 0))),
        Step("s", claim, Instantiate("at 0", {j: sp.Integer(0)}), ("at 0",)),
    )
    assert refused(forged(claim, steps, (Y,), schematic=(J,)), "a hypothesis or term speaks of j")


def test_a_term_does_not_depend_on_what_the_cited_theorem_needs_for_all() -> None:
    """x <= j + 999 for all j gives x <= 999; for x = j it holds of that j only."""
    small = le(x, 999)
    at_0 = Step("s", small, Instantiate("assumption 0", {j: sp.Integer(0)}), ("assumption 0",))
    cited = forged(small, (at_0,), (X,), (le(x, j + 999),), schematic=(J,), name="cited")
    assert not errors(cited)
    steps = (
        Step("at j", le(j, 999), Cite(cited, {"x": j})),
        Step("s", le(m, 999), Instantiate("at j", {j: m}), ("at j",)),
    )
    theorem = forged(le(m, 999), steps, (M,), schematic=(J,))
    assert refused(theorem, "a hypothesis or term speaks of j")


def test_conditions_on_symbols_that_no_claim_speaks_of_are_asked() -> None:
    below = dataclasses.replace(J, lower=J.lower + 1, symbol=sp.Symbol("j", integer=True))
    claim, room = le(n, 999), Assumption("room", "j more are few", le(n + below.symbol, 1000))
    cited = forged(claim, (Step("s", claim, Smt()),), (N,), schematic=(below,), name="cited")
    cited = dataclasses.replace(cited, requires=(room,))
    assert not errors(cited)
    false = le(m + 1, 999)
    theorem = forged(false, (Step("s", false, Cite(cited, {"n": m + 1})),), (M,))
    assert refused(theorem, "a condition of cited: j + m + 1 <= 1000")


def test_an_axiom_is_not_applied_under_a_hypothesis_about_its_index() -> None:
    i = integer("i", "i", "")
    share = (i.symbol - y) / (n - y)
    total = [sp.Sum(share, (i.symbol, 1, last)) for last in (n - 1, n)]
    claim = implies(eq(i.symbol, 0), eq(total[1], total[0] + 1))
    rule = use("series-next", eq(i.symbol, 0), term=share, index=i.symbol, first=1, last=n - 1)
    theorem = forged(claim, (Step("s", claim, rule),), (N, Y), schematic=(i,))
    assert refused(theorem, "the hypothesis speaks of what it binds")


def test_an_assumption_meant_for_all_numbers_must_hold_at_the_ends_too() -> None:
    claim = le(y, 999)
    step = Step("s", claim, Instantiate("assumption 0", {x: y}), ("assumption 0",))
    theorem = forged(claim, (step,), (Y,), assumptions=(le(x, 999),), schematic=(X,))
    assert refused(theorem, "does not hold for all x")
    theorem = forged(ge(y, 0), (Step("s", ge(y, 0), Smt(), ("assumption 0",)),), (Y,),
                     (le(x, 1000),), (X,))  # fmt: skip
    assert not errors(theorem)
