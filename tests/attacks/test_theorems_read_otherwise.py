"""True claims that read as false ones: the checker accepted them, and the sentence said more.

A sum over i of a number called i was "Σ[i=1..2](i) = 2 i". A sum over two indices lost one of them.
A symbol was called "x + 1", so that x + 1 <= x; a fixed number "err(g)", so that err(h) <= err(g)
for all h was true. "At each of n draws A exactly if B" said nothing of where the "each" ends.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory import catalogue
from theory.checking.spelling import spelling_errors
from theory.language.rules import Instantiate, Smt, use
from theory.language.statement import Step, Theorem
from theory.language.symbols import Parameter, integer, real, reals
from theory.language.terms import Event, Every, Fact, Quantity, Some, conj, eq, ge, implies, le
from theory.language.wording import formulas

X = real("x", "x", "a number", 0)
x = X.symbol
G = Parameter("g", sp.Symbol("g"), "member", "g", "g", "a member")
g = G.symbol


def by_smt(claim: Any, *parameters: Parameter) -> Theorem:
    return forged(claim, (Step("s", claim, Smt()),), parameters)


def twice(term: Any, index: Any) -> tuple[Step, ...]:
    """Steps to Σ[index=1..2](term) = 2 term, for a term without the index."""
    upto = [sp.Sum(term, (index, 1, last)) for last in range(3)]
    first = conj(eq(upto[0], 0), eq(upto[1], upto[0] + term))
    second = conj(eq(upto[0], 0), eq(upto[2], upto[1] + term))
    return (
        Step("first", first, use("sum-next", term=term, index=index, last=0)),
        Step("second", second, use("sum-next", term=term, index=index, last=1)),
        Step("both", eq(upto[2], 2 * term), Smt(), ("first", "second")),
    )


def test_a_number_written_like_the_index_of_a_sum() -> None:
    i = sp.Symbol("i", integer=True, positive=True)
    for letter, alike in (("i", True), ("x", False)):
        number = real("number", letter, "a number", 0)
        steps = twice(number.symbol, i)
        theorem = forged(steps[-1].claim, steps, (number,))
        assert bool(errors(theorem)) is alike
        assert refused(theorem, "two different things are written 'i'") is alike


def test_both_indices_of_a_double_sum_are_shown() -> None:
    i, j = sp.symbols("i j", integer=True, positive=True)
    inner = sp.Sum(x, (i, 1, 3))
    steps = twice(inner, j)
    theorem = forged(steps[-1].claim, steps, (X,))
    assert not errors(theorem)
    assert "Σ[j=1..2](Σ[i=1..3](x)) = 2 Σ[i=1..3](x)" in theorem.statement


@pytest.mark.parametrize("letters", ["x + 1", "1", "2 y", "max(x)", "", "x-y"])
def test_a_symbol_is_written_as_one(letters: str) -> None:
    odd = dataclasses.replace(real("y", "y", "a number", 0, 1), unicode=letters)
    claim = implies(ge(x, 2), le(odd.symbol, x))
    assert not errors(by_smt(claim, real("y", "y", "a number", 0, 1), X))
    assert refused(by_smt(claim, odd, X), "is not written as a symbol is")
    other = dataclasses.replace(real("y", "y", "a number", 0, 1), latex=letters)
    assert refused(by_smt(claim, other, X), "is not how y is written")
    if letters:
        named = real("y", letters, "a number", 0, 1, unicode="y")
        claim = implies(ge(x, 2), le(named.symbol, x))
        assert refused(by_smt(claim, named, X), "is not written as a symbol is")


def test_an_entry_of_a_list_is_no_other_symbol() -> None:
    """x_i <= x_i for all i, so x_1 <= x_i."""
    index, numbers = integer("k", "i", "an index", 1), reals("xs", "x", "numbers")
    for shown, alike in (("x_i", True), ("y", False)):
        top = real("top", "y", "a number", 0, unicode=shown)
        claim = le(numbers.symbol[1], top.symbol)
        steps = (
            Step("s", claim, Instantiate("assumption 0", {index.symbol: 1}), ("assumption 0",)),
        )
        held = [le(numbers.symbol[index.symbol], top.symbol)]
        theorem = forged(claim, steps, (top, numbers), held, schematic=(index,))
        assert bool(errors(theorem)) is alike
        assert refused(theorem, "two different things are written 'x_i'") is alike


def of_members(fixed: Any) -> Theorem:
    """A theorem that only says so: what all members have is at most a fixed number."""
    claim = conj(le(Quantity("err", g), fixed), ge(x, 0))
    steps = (Step("s", claim, Smt(), ("assumption 0",)),)
    return forged(claim, steps, (X,), [le(Quantity("err", g), fixed)], schematic=(G,))


@pytest.mark.parametrize("name", ["err(g)", "bound of g", "g"])
def test_a_name_speaks_of_no_variable_that_it_does_not_depend_on(name: str) -> None:
    assert refused(of_members(Quantity(name)), f"{name} does not depend on the g in its name")
    assert not spelling_errors(of_members(Quantity(name.replace("g", "all members"))))
    assert not spelling_errors(of_members(Quantity(f"bound ({name})", g)))


def test_named_things_of_two_kinds_have_two_names() -> None:
    claim = implies(Event("coin"), ge(x, 0))
    both = implies(Event("coin"), Fact("coin"), ge(x, 0))
    assert not spelling_errors(by_smt(claim, X))
    assert spelling_errors(by_smt(both, X)) == ["two different things are written 'coin'"]


@pytest.mark.parametrize("number, letter", [(sp.E, "e"), (sp.pi, "pi")])
def test_no_symbol_is_written_like_a_constant_beside_it(number: Any, letter: str) -> None:
    small = real("small", letter, "a number", 0, 1, unicode=letter)
    claim = le(small.symbol, 1)
    assert not errors(by_smt(claim, small))
    assert refused(by_smt(implies(ge(number, 0), claim), small), f"are written {letter!r}")


A, B = Event("A"), Event("B")
n = sp.Symbol("n", integer=True, positive=True)


@pytest.mark.parametrize("join", [sp.And, sp.Or, sp.Equivalent, sp.Xor, sp.Implies])
@pytest.mark.parametrize("over", [lambda e: Every(e, n), lambda e: Some(g, sp.true, e)])
def test_what_holds_each_time_ends_somewhere(join: Any, over: Any) -> None:
    shown = formulas(catalogue["pinsker"])
    inside, outside = over(join(A, B, evaluate=False)), join(over(A), B, evaluate=False)
    other = join(A, over(B), evaluate=False)
    assert len({shown.clause(e) for e in (inside, outside, other)}) == 3


@pytest.mark.parametrize("name", list(catalogue))
def test_the_catalogue_reads_in_one_way(name: str) -> None:
    assert not spelling_errors(catalogue[name])
