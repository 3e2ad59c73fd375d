"""Theorems made from plain data, as someone would who wants a false one to be accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from theory.checking.derivation import DerivationReport, check
from theory.language.schemas import Schema
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import Parameter

NOBODY = Citation("Nobody", "nowhere", 2026)


@dataclass(frozen=True)
class Stated(Schema):
    """Any claim at all, about any number."""

    number: Any
    stated: Any

    @property
    def expression(self) -> Any:
        """The number."""
        return self.number

    @property
    def parts(self) -> tuple[Any, ...]:
        """The claim."""
        return (self.stated,)


def forged(
    claim: Any,
    steps: Sequence[Step],
    parameters: tuple[Parameter, ...],
    assumptions: Sequence[Any] = (),
    schematic: tuple[Parameter, ...] = (),
    locals: tuple[Parameter, ...] = (),
    name: str = "forged",
) -> Theorem:
    """A theorem that claims `claim` by these steps; its bound is its first parameter."""
    return Theorem(
        name=name,
        title="Forged",
        parameters=parameters,
        result=Stated(parameters[0].symbol, claim),
        assumptions=tuple(
            Assumption(f"assumption {i}", "as given", a) for i, a in enumerate(assumptions)
        ),
        steps=tuple(steps),
        citation=NOBODY,
        locals=locals,
        schematic=schematic,
    )


def refused(theorem: Theorem, why: str) -> bool:
    """Whether the checker refuses a theorem, for a reason that contains `why`."""
    report: DerivationReport = check(theorem)
    return not report.accepted and any(why in e for e in report.errors)


def errors(theorem: Theorem) -> str:
    """All that the checker finds wrong, in one text."""
    return "; ".join(check(theorem).errors)
