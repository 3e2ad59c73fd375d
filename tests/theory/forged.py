"""Theorems made from plain data, as someone would who wants a false one to be accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy as sp

from theory.derivation import Report, check
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import Parameter

NOBODY = Citation("Nobody", "nowhere", 2026)


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
        statement="Something false.",
        parameters=parameters,
        result=Bound(next(iter(parameters)).symbol, "a number"),
        claim=claim,
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
    report: Report = check(theorem)
    return not report.accepted and any(why in e for e in report.errors)


def errors(theorem: Theorem) -> str:
    """All that the checker finds wrong, in one text."""
    return "; ".join(check(theorem).errors)


ONE, TWO = sp.Integer(1), sp.Integer(2)
