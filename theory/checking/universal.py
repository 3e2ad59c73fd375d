"""Assumptions that no values satisfy for all that their schematic symbols may be.

What is assumed of every integer j may hold of each j that a model tries and not of all of them:
j <= 10^9. Of claims in which j stands in polynomials alone, Z3 is asked.
"""

from __future__ import annotations

from typing import Any

import z3

from theory.checking import smt
from theory.language.sorts import free_variables
from theory.language.statement import Theorem
from theory.language.symbols import Parameter

TIMEOUT_MS = 500


def never_for_all(theorem: Theorem) -> list[str]:
    """Which assumptions are false for some value of a schematic number, whatever the others are."""
    numbers = [p for p in theorem.schematic if p.kind in ("integer", "real")]
    return [
        f"the assumption {a.label!r} does not hold for all {p.symbol}"
        for a in theorem.assumptions
        for p in numbers
        if a.formal is not None
        and p.symbol in free_variables(a.formal)
        and _is_impossible(a.formal, p)
    ]


def _is_impossible(claim: Any, p: Parameter) -> bool:
    translation = smt.Translation()
    body = translation.formula(claim)
    if any(
        x != p.symbol and p.symbol in free_variables(x)
        for x in (*translation.numbers, *translation.truths)
    ):
        return False  # other terms may change with it in ways that Z3 does not know
    real, facts = translation.numbers[p.symbol], [translation.formula(f) for f in p.facts()]
    value = z3.Int("value") if p.kind == "integer" else z3.Real("value")
    number = z3.ToReal(value) if p.kind == "integer" else value
    held = z3.substitute(z3.Implies(z3.And(*facts), body), (real, number))
    solver = z3.Solver()
    solver.set("timeout", TIMEOUT_MS)
    solver.add(*translation.facts, z3.ForAll([value], held))
    return bool(solver.check() == z3.unsat)
