"""Derivations: chains of formal claims, each discharged by a rule that a machine applies.

The rules are those of `rules`; `steps` checks each of them.

A derivation is accepted if every step is, every step serves a later one, the last claim is the
theorem's claim, the theorem's bound occurs in it, everything random belongs to the theorem's
experiment and is used as declared (`randomness`), the hypotheses do not contradict each other
(a concrete model of them is found), and the claim is true in that model.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from fractions import Fraction
from types import MappingProxyType, NoneType
from typing import Any

import sympy as sp

from theory.checking import smt
from theory.checking.randomness import experiment_errors
from theory.checking.semantics.theorems import find_model
from theory.checking.spelling import spelling_errors
from theory.checking.steps import check_step, ranges
from theory.checking.universal import never_for_all
from theory.language.confidence import Confidence
from theory.language.errors import DerivationError, TheoryError
from theory.language.experiments import Draws, Experiment
from theory.language.rules import RULE_NAMES, Cite, Use
from theory.language.schemas import Schema
from theory.language.sorts import (
    declaration_errors,
    declarations,
    is_number,
    require_truth,
    sort_of,
)
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import Parameter

__all__ = ["DerivationReport", "StepReport", "check", "check_step", "ranges", "structure_errors"]


DATA = (Theorem, Parameter, Assumption, Step, Citation, Experiment, Draws, *RULE_NAMES)
"""What a theorem is made of, beside its schema."""
PLAIN = (str, bool, int, Fraction, NoneType)


@dataclass(frozen=True)
class StepReport:
    """The fate of a step: accepted, or why not."""

    label: str
    rule: str
    error: str | None


@dataclass(frozen=True)
class DerivationReport:
    """The fate of the derivation of `theorem`."""

    name: str
    steps: tuple[StepReport, ...]
    axioms: tuple[str, ...]
    seconds: float
    errors: tuple[str, ...]
    theorem: Theorem

    @property
    def accepted(self) -> bool:
        """Whether the whole derivation is accepted."""
        return not self.errors

    def by_rule(self) -> dict[str, int]:
        """How many steps each rule discharged."""
        names = [s.rule for s in self.steps]
        return {rule: names.count(rule) for rule in RULE_NAMES.values() if rule in names}


def check(theorem: Theorem, done: dict[str, DerivationReport] | None = None) -> DerivationReport:
    """Check a theorem's derivation, and those of the theorems it cites.

    `done` holds the reports of theorems already checked in this run, so that each is checked once.
    """
    return _check(theorem, {} if done is None else done, ())


def _check(
    theorem: Theorem, done: dict[str, DerivationReport], open_names: tuple[str, ...]
) -> DerivationReport:
    if theorem.name in open_names:
        error = f"{theorem.name} cites itself, by way of {' > '.join((*open_names, theorem.name))}"
        return DerivationReport(theorem.name, (), (), 0.0, (error,), theorem)
    if theorem.name in done:
        earlier = done[theorem.name]
        if earlier.theorem is theorem:
            return earlier
        error = f"another theorem of the name {theorem.name} was checked before"
        return DerivationReport(theorem.name, (), (), 0.0, (error,), theorem)
    odd = _own_code(theorem)
    if odd:
        return DerivationReport(theorem.name, (), (), 0.0, tuple(odd), theorem)
    start = time.perf_counter()
    steps = tuple(_report_step(theorem, step) for step in theorem.steps)
    errors = [f"step {s.label}: {s.error}" for s in steps if s.error]
    errors += structure_errors(theorem)
    axioms: list[str] = []
    for step in theorem.steps:
        if isinstance(step.rule, Use):
            axioms.append(step.rule.axiom)
        elif isinstance(step.rule, Cite):
            inner = _check(step.rule.theorem, done, (*open_names, theorem.name))
            axioms += inner.axioms
            errors += [f"cited {inner.name}: {e}" for e in inner.errors]
    if not errors:
        errors += _model_errors(theorem)
    seconds = time.perf_counter() - start
    done[theorem.name] = DerivationReport(
        theorem.name, steps, tuple(dict.fromkeys(axioms)), seconds, tuple(errors), theorem
    )
    return done[theorem.name]


def _own_code(theorem: Theorem) -> list[str]:
    """Parts of a theorem that are no plain data: another class may say one thing now, another then.

    So may a list, which somebody changes. A schema makes its claims by code; how they become the
    theorem's claim is not its own.
    """
    own = type(theorem.result)
    if own.claim is not Schema.claim or own.linked not in (Schema.linked, Confidence.linked):
        return [f"the schema {own.__name__} has a claim of its own, beside its parts"]
    odd = {type(part).__name__ for part in _not_plain(theorem, theorem.result)}
    return [f"{name} is no plain data" for name in sorted(odd)]


def _not_plain(part: Any, schema: Schema) -> Iterator[Any]:
    """What of a part, and of its parts, is no plain data that stays as it is.

    Theorems that are cited, or state a trend, are looked at when they are checked.
    """
    kind = type(part)
    if kind in DATA or part is schema:
        for field in fields(part):
            inner = getattr(part, field.name)
            theirs = field.name in ("theorem", "trend_proofs")
            yield from () if theirs else _not_plain(inner, schema)
    elif kind is tuple:
        for inner in part:
            yield from _not_plain(inner, schema)
    elif kind is MappingProxyType:
        for pair in part.items():
            yield from _not_plain(pair, schema)
    elif kind not in PLAIN and not isinstance(part, sp.Basic):
        yield part


def _model_errors(theorem: Theorem) -> list[str]:
    """Why the assumptions are not shown to hold together, or the claim fails where they do."""
    try:
        error = find_model(theorem).error
    except TheoryError as failure:
        error = str(failure)
    return [] if error is None else [error]


def _report_step(theorem: Theorem, step: Step) -> StepReport:
    rule = RULE_NAMES.get(type(step.rule), "unknown")
    try:
        check_step(theorem, step)
    except TheoryError as error:
        return StepReport(step.label, rule, str(error))
    return StepReport(step.label, rule, None)


def structure_errors(theorem: Theorem) -> list[str]:
    """What is wrong with the chain as a whole; see the module's first lines."""
    errors = shape_errors(theorem) or never_for_all(theorem)
    if not errors and smt.contradictory(hypotheses(theorem)):
        errors = ["the hypotheses contradict each other"]
    return errors


def hypotheses(theorem: Theorem) -> list[Any]:
    """All that is held or derived: what must not contradict itself."""
    formal = [a.formal for a in theorem.assumptions if a.formal is not None]
    return ranges(theorem) + formal + [s.claim for s in theorem.steps]


def shape_errors(theorem: Theorem) -> list[str]:
    """What is wrong with the chain as a whole, contradictions apart: quickly found."""
    if not theorem.steps:
        return ["no steps"]
    errors = []
    labels = [a.label for a in theorem.assumptions] + [s.label for s in theorem.steps]
    errors += [f"the label {x!r} is used twice" for x in set(labels) if labels.count(x) > 1]
    used = {u for s in theorem.steps for u in s.uses}
    errors += [
        f"step {s.label} serves no later step" for s in theorem.steps[:-1] if s.label not in used
    ]
    foreign = declaration_errors(theorem) + _untyped(theorem)
    if foreign:
        return errors + foreign
    errors += experiment_errors(theorem) + spelling_errors(theorem)
    if theorem.steps[-1].claim != theorem.claim:
        errors.append("the last step does not claim the theorem")
    if not theorem.result.linked:
        errors.append("the bound does not occur in the theorem's claim")
    return errors


def _untyped(theorem: Theorem) -> list[str]:
    """Claims and terms of a theorem that are not in the formal language."""
    declared = declarations(theorem)
    claims = [(f"the assumption {a.label!r}", a.formal) for a in theorem.assumptions]
    claims += [(f"the condition {a.label!r}", a.formal) for a in theorem.requires]
    claims += [(f"step {s.label}", s.claim) for s in theorem.steps]
    claims += [("the claim", theorem.claim), ("vacuous", theorem.vacuous)]
    errors = []
    for what, claim in claims:
        try:
            if claim is not None:
                require_truth(claim, declared)
        except DerivationError as error:
            errors.append(f"{what}: {error}")
    try:
        if not is_number(sort_of(theorem.bound, declared)):
            errors.append(f"the bound {theorem.bound} is no number")
    except DerivationError as error:
        errors.append(f"the bound: {error}")
    return errors
