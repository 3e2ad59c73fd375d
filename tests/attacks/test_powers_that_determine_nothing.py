"""Of x^m SymPy gives one root: "x^m > 0 implies |x| = x" was derived for all x and all m >= 1.

Algebra eliminated x by x^m = z, x = z^(1/m), which is the x above 0 alone.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import Stated, errors, forged, refused
from theory.language.rules import Algebra, Balls, Cite, Smt
from theory.language.statement import Step, Theorem
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import conj, eq, ge, gt, implies, le

X, Y, COUNT = real("x", "x", ""), real("y", "y", ""), integer("m", "m", "", 1)
x, y, m = X.symbol, Y.symbol, COUNT.symbol


@pytest.mark.parametrize("same", [sp.Abs(x), sp.sqrt(x**2), sp.Max(x, -x)])
@pytest.mark.parametrize("power", [x**m, x**y, x**2, x ** (2 * m), x**m + 1])
def test_a_power_does_not_determine_its_base(power: Any, same: Any) -> None:
    claim = implies(conj(gt(power, 0), gt(y, 0)), eq(same, x))
    step = Step("s", claim, Algebra(positive=((power, x),)))
    assert refused(forged(claim, (step,), (X, Y, COUNT)), "does not determine x")


@pytest.mark.parametrize("term", [sp.floor(x), sp.Abs(x), sp.Max(x, 1), x**2 / x**3 + x])
def test_other_terms_that_several_numbers_share(term: Any) -> None:
    claim = implies(gt(term, 0), eq(sp.Abs(x), x))
    step = Step("s", claim, Algebra(positive=((term, x),)))
    assert refused(forged(claim, (step,), (X,)), "does not determine x")


@pytest.mark.parametrize("term", [x, 3 * x - 2, (x - 1) / (x + 2), 1 / x, y - x])
def test_quotients_of_lines_determine_their_variable(term: Any) -> None:
    claim = implies(conj(gt(term, 0), gt(x, 0), sp.Ne(x, 1)), eq(sp.log(term**2), 2 * sp.log(term)))
    step = Step("s", claim, Algebra(positive=((term, x),)))
    assert not errors(forged(claim, (step,), (X, Y)))


def test_a_constant_does_not_determine_what_it_is_written_with() -> None:
    term = sp.Mul(sp.Add(x, 1), sp.Pow(sp.Add(x, 1), -1), evaluate=False)
    claim = implies(gt(term, 0), eq(sp.Abs(x), x))
    step = Step("s", claim, Algebra(positive=((term, x),)))
    assert errors(forged(claim, (step,), (X,)))


@pytest.mark.parametrize(
    ("term", "root"),
    [
        ((m * x * y + m * x + y + 1) / (m * x + 1), -1 / m),
        ((x * y + y * m) / (x + m), -m),
        ((2 * x + 2 * y) / (x * y + y**2), -y),
    ],
)
def test_a_term_in_which_a_symbol_cancels_does_not_determine_it(term: Any, root: Any) -> None:
    """Neither factor is seen: "... > 0 implies x = -1/m" was derived, of positive x and m."""
    claim = implies(conj(gt(term, 0), gt(x, 0), gt(y, 0)), eq(x, root))
    step = Step("s", claim, Algebra(positive=((term, x),)))
    assert refused(forged(claim, (step,), (X, Y, COUNT)), "does not determine x")


def test_what_makes_a_term_determine_a_symbol_is_proved() -> None:
    """Where y = 0, y x + 1 has one value for all x."""
    term = y * x + 1
    told = implies(conj(gt(term, 0), gt(x, 0)), eq(x * y / y, x))
    step = Step("s", told, Algebra(positive=((term, x),)))
    assert errors(forged(told, (step,), (X, Y)))
    known = implies(conj(gt(term, 0), gt(x, 0), gt(y, 0)), eq(sp.log(term**2), 2 * sp.log(term)))
    step = Step("s", known, Algebra(positive=((term, x),)))
    assert not errors(forged(known, (step,), (X, Y)))


def test_what_was_proved_of_a_term_is_asked_where_another_was_eliminated() -> None:
    """x + (1 + y) m is z + y m once x = z - m: what determines m there is y, not 1 + y."""
    first, second = x + m, x + (1 + y) * m
    claim = implies(
        conj(gt(first, 0), gt(second, 0), gt(y, -1)), eq(sp.log(second**2), 2 * sp.log(second))
    )
    step = Step("s", claim, Algebra(positive=((first, x), (second, m))))
    assert refused(forged(claim, (step,), (X, Y, COUNT)), "need not determine m")


GOOD = forged(ge(x**2, 0), (Step("s", ge(x**2, 0), Smt()),), (X,), name="good")
FALSE = ge(x, 1)


class _Changing(Theorem):
    """Claims one thing when it is checked, and another to whoever asks later."""

    checked = True

    @property
    def claim(self) -> Any:
        return ge(x**2, 0) if type(self).checked else FALSE


class _Narrow(Parameter):
    """A parameter of any size, that says it is at least 1."""

    def facts(self, term: Any = None) -> tuple[Any, ...]:
        return (ge(self.symbol if term is None else term, 1),)


class _Citing(Cite):
    """Cites whatever it likes."""


class _Stating(Stated):
    """A schema whose claim is not that of its parts."""

    @property
    def claim(self) -> Any:
        return ge(x**2, 0)


def _as(kind: type, plain: Any) -> Any:
    return kind(**{f.name: getattr(plain, f.name) for f in dataclasses.fields(plain)})


def test_what_is_checked_is_plain_data() -> None:
    narrow = forged(FALSE, (Step("s", FALSE, Smt()),), (_as(_Narrow, X),), name="narrow")
    citing = forged(FALSE, (Step("s", FALSE, _Citing(GOOD, {})),), (X,), name="citing")
    stating = dataclasses.replace(GOOD, result=_Stating(x, FALSE))
    assert not errors(GOOD)
    assert refused(_as(_Changing, GOOD), "_Changing is no plain data")
    assert refused(narrow, "_Narrow is no plain data")
    assert refused(citing, "_Citing is no plain")
    assert refused(stating, "a claim of its own")


@pytest.mark.parametrize("bits", [-1, 0, 1, 10**9])
def test_bits_that_no_ball_has(bits: int) -> None:
    claim = implies(conj(ge(x, 0), le(x, 1)), le(x, 2))
    assert refused(forged(claim, (Step("s", claim, Balls(bits)),), (X,)), "bits are not between")


@pytest.mark.parametrize(
    "term", [sp.binomial(3, m), sp.Sum(1, (sp.Symbol("i", integer=True), 1, m))]
)
def test_what_balls_do_not_enclose_is_refused(term: Any) -> None:
    claim = implies(conj(ge(m, 1), le(m, 3)), le(term, 1))
    step = Step("s", claim, Balls())
    assert errors(forged(claim, (step,), (COUNT,))).startswith("step s: ")
