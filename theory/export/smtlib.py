"""A derivation as SMT-LIB 2: every answer should be `unsat`.

One query for each goal of real arithmetic: the `smt` steps, and the premises and glue of others.
"""

from __future__ import annotations

from typing import Any

from theory.checking import smt
from theory.checking.steps import check_step
from theory.language.statement import Theorem


def goals(theorem: Theorem) -> list[tuple[str, list[Any], Any]]:
    """Every goal of real arithmetic: (step, hypotheses, claim). The derivation must be correct."""
    found: list[tuple[str, list[Any], Any]] = []
    for step in theorem.steps:

        def record(hypotheses: list[Any], claim: Any, label: str = step.label) -> bool:
            found.append((label, hypotheses, claim))
            return True

        check_step(theorem, step, record)
    return found


def to_smtlib(theorem: Theorem) -> str:
    """All goals of a derivation as SMT-LIB 2, separated by `(reset)`."""
    parts = [f"; {theorem.name}: every check-sat should answer unsat"]
    for number, (label, hypotheses, claim) in enumerate(goals(theorem), 1):
        parts.append(f"; goal {number}, step {label}")
        parts.append(smt.smtlib(hypotheses, claim).rstrip())
        parts.append("(reset)")
    return "\n".join(parts) + "\n"
