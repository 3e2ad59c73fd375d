"""The formal language of the derivations: probability terms inside SymPy formulas.

A claim is a SymPy Boolean. Its free symbols are universally quantified over their ranges. Beside
ordinary terms it may contain

* `Quantity("err", g)`: a named real number that depends on g; `Random("R", g)`: the same, but
  depending on the outcome of the experiment;
* `Fact("inner product", ...)`: a named property, not random;
* `Event("agree", g)`: a named event. Every SymPy formula over random quantities is an event too;
* `Pr(event)`, `Mean(quantity)`: probability and expectation over the experiment;
* `Every(event, n)`: the event happens at each of n independent draws;
* `Average(x, n)`: the mean of n independent copies of x;
* `Slope(f, x)`: the derivative of f, where SymPy has no formula for it;
* `Greatest(j, last, condition)`: the greatest integer j in [0, last] with the condition;
* `Member("g*", g)`: a named member of the class over which g ranges, no number;
* `Some(g, condition, event)`: the event happens for at least one member g of the class that
  satisfies the (non-random) condition; `Members(g, condition)`: how many members satisfy it.

These terms mean nothing to SymPy or Z3: the provers treat them as opaque numbers and truth
values. Their meaning enters only through the named axioms.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy as sp
from sympy.core.symbol import Str
from sympy.logic.boolalg import Boolean


def _named(cls: Any, name: Any, args: tuple[Any, ...]) -> Any:
    label = name if isinstance(name, Str) else Str(str(name))
    return sp.Basic.__new__(cls, label, *[sp.sympify(a) for a in args])


class Quantity(sp.Expr):  # type: ignore[misc]
    """A named real number, not random; arguments say on what it depends."""

    is_real = True
    is_commutative = True

    def __new__(cls, name: str | Str, *args: Any) -> Any:
        """Make the term `name(args)`."""
        return _named(cls, name, args)

    def _sympystr(self, printer: Any) -> str:
        return _applied(self.args, printer._print)

    def _latex(self, printer: Any) -> str:
        args = [_latex_name(self.args[0].name), *self.args[1:]]
        if len(args) == 1:
            return str(args[0])
        inner = ", ".join(printer._print(a) for a in args[1:])
        return rf"{args[0]}\left({inner}\right)"

    def _pretty(self, printer: Any) -> Any:
        from sympy.printing.pretty.stringpict import prettyForm

        return prettyForm(str(self))


class Random(Quantity):
    """A named real number that depends on the outcome of the experiment."""


class Member(sp.Expr):  # type: ignore[misc]
    """A named member of the class over which a symbol ranges; no number."""

    is_commutative = True

    def __new__(cls, name: str | Str, of: Any) -> Any:
        """Make the member `name` of the class over which the symbol `of` ranges."""
        label = of if isinstance(of, Str) else Str(str(of))
        return sp.Basic.__new__(cls, name if isinstance(name, Str) else Str(str(name)), label)

    def _sympystr(self, printer: Any) -> str:
        return str(self.args[0].name)

    def _latex(self, printer: Any) -> str:
        return _latex_name(self.args[0].name)

    _pretty = Quantity._pretty


class IntegerQuantity(Quantity):
    """A named integer, not random."""

    is_integer = True


class RandomInteger(Random):
    """A named integer that depends on the outcome."""

    is_integer = True


class Event(Boolean):  # type: ignore[misc]
    """A named event; arguments say on what it depends."""

    def __new__(cls, name: str | Str, *args: Any) -> Any:
        """Make the event `name(args)`."""
        return _named(cls, name, args)

    _sympystr = Quantity._sympystr
    _latex = Quantity._latex
    _pretty = Quantity._pretty


class Fact(Event):
    """A named property that does not depend on the outcome, such as independence."""


class _Operator(sp.Expr):  # type: ignore[misc]
    """A real-valued term of the formal language applied to other terms."""

    is_real = True
    is_commutative = True

    def __new__(cls, *args: Any) -> Any:
        return sp.Basic.__new__(cls, *[sp.sympify(a) for a in args])

    def _sympystr(self, printer: Any) -> str:
        inner = ", ".join(printer._print(a) for a in self.args)
        return f"{type(self).__name__}({inner})"

    def _latex(self, printer: Any) -> str:
        inner = ", ".join(printer._print(a) for a in self.args)
        return rf"\operatorname{{{type(self).__name__}}}\left[{inner}\right]"

    _pretty = Quantity._pretty


class Pr(_Operator):
    """Pr(event): its probability."""


class Mean(_Operator):
    """Mean(x): the expectation of a random quantity; x is expanded, so that equal terms meet."""

    def __new__(cls, x: Any) -> Any:
        """Make the term."""
        return super().__new__(cls, sp.expand(x))


class Average(_Operator):
    """Average(x, n): the mean of n independent copies of x (itself random)."""


class Members(_Operator):
    """Members(g, condition): the number of members g of the class satisfying the condition."""

    is_integer = True
    is_nonnegative = True


class Slope(_Operator):
    """Slope(f, x): the derivative of f with respect to x."""


class _EventOperator(Boolean):  # type: ignore[misc]
    def __new__(cls, *args: Any) -> Any:
        return sp.Basic.__new__(cls, *[sp.sympify(a) for a in args])

    _sympystr = _Operator._sympystr
    _latex = _Operator._latex
    _pretty = Quantity._pretty


class Every(_EventOperator):
    """Every(event, n): the event happens at each of n independent draws."""


class Some(_EventOperator):
    """Some(g, condition, event): the event happens for some member g satisfying condition."""


class Greatest(_Operator):
    """Greatest(j, last, condition): the greatest integer j in [0, last] satisfying it, else 0."""

    is_integer = True
    is_nonnegative = True


OPAQUE_NUMBERS = (Quantity, _Operator)
OPAQUE_EVENTS = (Event, _EventOperator)
RANDOM = (Random, Average, Event, Every, Some)


def _applied(args: Any, show: Any) -> str:
    head: str = args[0].name
    if len(args) == 1:
        return head
    return f"{head}({', '.join(show(a) for a in args[1:])})"


def _latex_name(name: str) -> str:
    """A name as LaTeX text inside a formula."""
    special = {"_": r"\_", "^": r"\^{}", "%": r"\%", "&": r"\&", "#": r"\#", "|": r"$|$"}
    return r"\text{" + "".join(special.get(c, c) for c in name) + "}"


def is_random(term: Any) -> bool:
    """Say whether the value of a term depends on the outcome (outside Pr and Mean)."""
    return isinstance(term, sp.Basic) and _is_random(term)


@lru_cache(maxsize=1 << 16, typed=True)
def _is_random(term: Any) -> bool:
    if isinstance(term, (Pr, Mean, Members, Fact)):
        return False
    return isinstance(term, RANDOM) or any(is_random(a) for a in term.args)


def le(a: Any, b: Any) -> Any:
    """The claim a <= b, left as written."""
    return sp.Le(a, b, evaluate=False)


def lt(a: Any, b: Any) -> Any:
    """The claim a < b, left as written."""
    return sp.Lt(a, b, evaluate=False)


def ge(a: Any, b: Any) -> Any:
    """The claim a >= b, left as written."""
    return sp.Ge(a, b, evaluate=False)


def gt(a: Any, b: Any) -> Any:
    """The claim a > b, left as written."""
    return sp.Gt(a, b, evaluate=False)


def eq(a: Any, b: Any) -> Any:
    """The claim a = b, left as written."""
    return sp.Eq(a, b, evaluate=False)


def conj(*claims: Any) -> Any:
    """The conjunction, left as written."""
    return sp.And(*claims, evaluate=False)


def implies(*parts: Any) -> Any:
    """implies(h1, ..., hk, c): c under the hypotheses, left as written."""
    *hypotheses, claim = parts
    if not hypotheses:
        return claim
    premise = hypotheses[0] if len(hypotheses) == 1 else conj(*hypotheses)
    return sp.Implies(premise, claim, evaluate=False)
