"""What a theorem is: plain frozen data, and how it is shown.

A `Theorem` carries its statement in words, its parameters with their ranges, its bound as a
SymPy expression, and a derivation: a chain of formal claims, the last of which is the theorem's
own inequality. `evaluate` gives rigorous values; `derivation.check` checks the chain.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.language import wording
from theory.language.closed import closed
from theory.language.schemas import Ranges, Schema
from theory.language.symbols import Parameter

if TYPE_CHECKING:
    from theory.language.experiments import Experiment
    from theory.values.evaluation import Evaluation


@dataclass(frozen=True)
class Citation:
    """A source: who, what, when."""

    author: str
    work: str
    year: int

    def __str__(self) -> str:
        return f"{self.author} {self.year}: {self.work}"


@dataclass(frozen=True)
class Assumption:
    """What a derivation may take for granted: words, and the formal claim if there is one."""

    label: str
    words: str
    formal: Any = None


@dataclass(frozen=True)
class Step:
    """A formal claim and the rule that discharges it (see `derivation`).

    `uses` names earlier steps, assumptions, or "range:NAME" for the range of a parameter (all
    ranges are always available); `words` says in a sentence what the step is for.
    """

    label: str
    claim: Any
    rule: Any
    uses: tuple[str, ...] = ()
    words: str = ""


@dataclass(frozen=True)
class Theorem:
    """A theorem of the catalogue.

    `result` says what is claimed, as a schema (see `schemas`): the formal claim, the bound, its
    rounding, when it says nothing and the sentence all come from it. `requires` are conditions on
    the parameters beyond their ranges; `title` and `notes` are remarks and claim nothing. `locals`
    are further fixed quantities of the setting (the error p of the student at hand); `schematic`
    are symbols over all of whose values the assumptions and claims hold (any member g, any count
    j). Only these may be instantiated or run over an induction. `experiment` declares all that is
    random (see `experiments`); without one nothing may be.
    """

    name: str
    title: str
    parameters: tuple[Parameter, ...]
    result: Schema
    assumptions: tuple[Assumption, ...]
    steps: tuple[Step, ...]
    citation: Citation
    requires: tuple[Assumption, ...] = ()
    locals: tuple[Parameter, ...] = ()
    schematic: tuple[Parameter, ...] = ()
    experiment: Experiment | None = None
    notes: tuple[str, ...] = ()

    @cached_property
    def claim(self) -> Any:
        """The formal claim: a SymPy Boolean, made once."""
        return self.result.claim

    @property
    def statement(self) -> str:
        """The claim in words, made from the formal claim alone."""
        return wording.statement(self)

    @property
    def meaning(self) -> str:
        """What the value of the bound is, in words."""
        return wording.meaning(self)

    @cached_property
    def vacuous(self) -> Any:
        """The condition on the parameters under which the bound says nothing."""
        return self.result.vacuous(self.ranges)

    @property
    def vacuous_words(self) -> str:
        """The same in words."""
        return wording.vacuous_words(self)

    @cached_property
    def ranges(self) -> Ranges:
        """The ends of the ranges of the declared symbols."""
        return closed({p.symbol: (_rational(p.lower), _rational(p.upper)) for p in self.symbols})

    @cached_property
    def bound(self) -> Any:
        """The bound as a SymPy expression: differentiate it, substitute, print."""
        return self.result.expression

    @cached_property
    def symbols(self) -> tuple[Parameter, ...]:
        """All declared symbols: parameters, locals and schematic ones."""
        return (*self.parameters, *self.locals, *self.schematic)

    @property
    def stated(self) -> tuple[Any, ...]:
        """Every term that it states; those of the rules by which it is proved are not."""
        held = (a.formal for a in (*self.requires, *self.assumptions) if a.formal is not None)
        laws = self.experiment.laws if self.experiment is not None else ()
        claims = (step.claim for step in self.steps)
        return (self.claim, self.bound, self.vacuous, *held, *laws, *claims)

    def is_free(self, symbol: Any) -> bool:
        """Whether claims hold for all values of a symbol: schematic, or in no assumption."""
        if any(p.symbol == symbol for p in self.schematic):
            return True
        return not any(a.formal is not None and a.formal.has(symbol) for a in self.assumptions)

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((p for p in self.parameters if p.name == name), None)

    def evaluate(self, **parameters: Any) -> Evaluation:
        """Evaluate the bound rigorously.

        Every parameter must be given, by name (write `class_` for `class`, `_` for `-`), as
        an int, a Fraction or a string such as "1/100", "0.01", "1e-9" (read exactly), for
        `class` also "trees(depth=5,variables=100)"; lists are sequences or "1/2,3/4".

        Returns an `Evaluation`: `.value` (40 digits), `.lower` and `.upper` (decimal strings that
        enclose the exact value), `.integer` (the exact ceiling or floor, or None) and `.vacuous`.
        Raises TheoryError on a missing, superfluous or out-of-range parameter, and where an
        integer cannot be decided.
        """
        from theory.values.evaluation import evaluate  # a higher room, for the user of a theorem

        return evaluate(self, {k.rstrip("_").replace("_", "-"): v for k, v in parameters.items()})

    def _repr_latex_(self) -> str:
        return rf"$\displaystyle {sp.latex(self.bound)}$"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<li>{html.escape(p.unicode)} ({html.escape(p.name)}): {html.escape(p.meaning)}, "
            f"{html.escape(p.range_text())}</li>"
            for p in self.parameters
        )
        return (
            f"<b>{html.escape(self.title)}</b><p>{html.escape(self.statement)}</p>"
            f"<p>{html.escape(self.meaning)}: {self._repr_latex_()}</p><ul>{rows}</ul>"
        )


def _rational(end: Fraction | None) -> Any:
    return None if end is None else sp.Rational(end.numerator, end.denominator)
