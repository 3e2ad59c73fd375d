"""Changed theorems: every field of a theorem, changed in every way that keeps it well formed.

What cannot be changed is not: the statement, the rounding and the vacuity have no field. Free text
(titles, notes, the remarks beside assumptions and steps) gets a claim that nothing proves.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.catalogue import catalogue
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Smt
from theory.language.schemas import LowerBound, Schema, UpperBound
from theory.language.statement import Assumption, Theorem
from theory.language.symbols import Parameter

PLACES = 3
"""How many places of an expression are changed."""


@dataclass(frozen=True)
class Mutant:
    """A changed theorem: which field, how, and what it became."""

    field: str
    change: str
    theorem: Theorem


def mutants(theorem: Theorem) -> Iterator[Mutant]:
    """All changes of a theorem, in a fixed order."""
    yield from _schema(theorem)
    for field in ("parameters", "locals", "schematic"):
        yield from _symbols(theorem, field)
    for field in ("assumptions", "requires"):
        yield from _held(theorem, field)
    yield from _experiment(theorem)
    yield from _steps(theorem)
    year = dataclasses.replace(theorem.citation, year=theorem.citation.year + 1)
    yield _with(theorem, "citation", "another year", year)
    other = next(t.citation for t in catalogue.values() if t.citation != theorem.citation)
    yield _with(theorem, "citation", f"{other}", other)
    yield from _texts(theorem)


def shown(theorem: Theorem) -> tuple[Any, ...]:
    """What a reader sees of a theorem, derivation and source apart."""
    symbols = tuple((p.name, p.meaning, p.range_text()) for p in theorem.symbols)
    held = tuple(a.formal for a in (*theorem.requires, *theorem.assumptions))
    held = (*held, theorem.experiment)
    trends = tuple(sorted(theorem.result.monotone.items()))
    declared = (theorem.experiment,)
    texts = (theorem.title, *theorem.notes, *_remarks(theorem))
    return (theorem.statement, theorem.claim, theorem.bound, theorem.vacuous_words, held, symbols,
            theorem.result.rounding, trends, declared, texts, theorem.citation)  # fmt: skip


def _remarks(theorem: Theorem) -> list[str]:
    return [x.words for x in (*theorem.requires, *theorem.assumptions, *theorem.steps)]


def changes(term: Any) -> Iterator[tuple[str, Any]]:
    """Subterms in place of a term, and the term with a constant changed."""
    parts = [p for p in sp.preorder_traversal(term) if p != term and isinstance(p, sp.Basic)]
    truth = isinstance(term, sp.logic.boolalg.Boolean)
    same = [p for p in parts if isinstance(p, sp.logic.boolalg.Boolean) == truth and p.args]
    for part in list(dict.fromkeys(same))[:PLACES]:
        yield f"{part}", part
    if not truth:
        yield "twice it", 2 * term
        yield "one more", term + 1


def _with(theorem: Theorem, field: str, change: str, value: Any) -> Mutant:
    """The theorem with another value of a field; "experiment.draws" names a part of one."""
    whole = field.partition(".")[0]
    return Mutant(field, change, dataclasses.replace(theorem, **{whole: value}))


def _schema(theorem: Theorem) -> Iterator[Mutant]:
    schema = theorem.result
    for field in dataclasses.fields(schema):
        for change, value in _values(field.name, getattr(schema, field.name)):
            other = dataclasses.replace(schema, **{field.name: value})
            yield Mutant(f"result.{field.name}", change, dataclasses.replace(theorem, result=other))
    for kind, opposite in ((UpperBound, LowerBound), (LowerBound, UpperBound)):
        if type(schema) is kind:
            common: Any = {f.name: getattr(schema, f.name) for f in dataclasses.fields(Schema)}
            other = opposite(schema.quantity, schema.bound, schema.given, **common)
            yield _with(theorem, "result", f"a {opposite.__name__}", other)


def _values(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    if name == "monotone":
        for key, trend in value.items():
            yield f"{key} turned", {**value, key: "down" if trend == "up" else "up"}
    elif isinstance(value, bool):
        yield "turned", not value
    elif isinstance(value, str):
        pairs = {"above": "below", "below": "above", "lower": "upper", "upper": "lower"}
        yield "turned", pairs[value]
    elif name in ("also", "given"):
        for i, part in enumerate(value):
            yield f"without {part}", value[:i] + value[i + 1 :]
            for change, other in changes(part):
                yield f"{part} becomes {change}", (*value[:i], other, *value[i + 1 :])
    elif isinstance(value, sp.Basic) and value not in (sp.true, sp.false):
        yield from changes(value)


def _symbols(theorem: Theorem, field: str) -> Iterator[Mutant]:
    held: tuple[Parameter, ...] = getattr(theorem, field)
    for i, p in enumerate(held):
        yield _with(theorem, field, f"without {p.name}", held[:i] + held[i + 1 :])
        for change, other in _ranges(p):
            yield _with(theorem, field, f"{p.name}: {change}", (*held[:i], other, *held[i + 1 :]))
        for change, others in _meanings(held, i):
            yield _with(theorem, field, change, others)


def _meanings(held: tuple[Parameter, ...], i: int) -> Iterator[tuple[str, tuple[Parameter, ...]]]:
    """A symbol's meaning exchanged with that of the next one."""
    j = (i + 1) % len(held)
    if held[i].meaning != held[j].meaning and (i < j or len(held) > 2):
        swapped = list(held)
        swapped[i] = dataclasses.replace(held[i], meaning=held[j].meaning)
        swapped[j] = dataclasses.replace(held[j], meaning=held[i].meaning)
        yield f"{held[i].name} and {held[j].name} exchange meanings", tuple(swapped)


def _ranges(p: Parameter) -> Iterator[tuple[str, Parameter]]:
    if p.lower is not None:
        yield "no lower end", dataclasses.replace(p, lower=None)
        yield "lower", dataclasses.replace(p, lower=p.lower - Fraction(1))
    if p.upper is not None:
        yield "no upper end", dataclasses.replace(p, upper=None)
    if p.open:
        yield "closed", dataclasses.replace(p, open="")
    if p.kind in ("integer", "real"):
        other: Any = "real" if p.kind == "integer" else "integer"
        yield f"{other}", dataclasses.replace(p, kind=other)


def _held(theorem: Theorem, field: str) -> Iterator[Mutant]:
    held: tuple[Assumption, ...] = getattr(theorem, field)
    for i, a in enumerate(held):
        yield _with(theorem, field, f"without {a.label}", held[:i] + held[i + 1 :])
        if a.formal is None:
            continue
        for change, other in changes(a.formal):
            changed = dataclasses.replace(a, formal=other)
            yield _with(theorem, field, f"{a.label} becomes {change}",
                        (*held[:i], changed, *held[i + 1 :]))  # fmt: skip


def _experiment(theorem: Theorem) -> Iterator[Mutant]:
    """Draws changed, names left out, laws left out or changed."""
    experiment = theorem.experiment
    if experiment is None:
        yield _with(theorem, "experiment", "a draw more", Experiment((Draws(sp.Integer(1)),)))
        return
    yield _with(theorem, "experiment", "without", None)
    for field in ("draws", "random", "laws"):
        held = getattr(experiment, field)
        for i, part in enumerate(held):
            less = dataclasses.replace(experiment, **{field: held[:i] + held[i + 1 :]})
            yield _with(theorem, "experiment", f"without {part}", less)
    for i, draws in enumerate(experiment.draws):
        names = draws.at_each
        others = [
            ("more", dataclasses.replace(draws, number=draws.number + 1)),
            ("not independent", dataclasses.replace(draws, independent=not draws.independent)),
        ]
        others += [
            (f"without {x}", dataclasses.replace(draws, at_each=names[:j] + names[j + 1 :]))
            for j, x in enumerate(names)
        ]
        for change, other in others:
            all_draws = (*experiment.draws[:i], other, *experiment.draws[i + 1 :])
            changed = dataclasses.replace(experiment, draws=all_draws)
            yield _with(theorem, "experiment", f"{draws.number} {draws.what}: {change}", changed)
    for i, law in enumerate(experiment.laws):
        for change, other in changes(law):
            laws = (*experiment.laws[:i], other, *experiment.laws[i + 1 :])
            changed = dataclasses.replace(experiment, laws=laws)
            yield _with(theorem, "experiment", f"{law} becomes {change}", changed)


def _steps(theorem: Theorem) -> Iterator[Mutant]:
    for i, step in enumerate(theorem.steps):
        rest = theorem.steps[:i], theorem.steps[i + 1 :]
        yield _with(theorem, "steps", f"without {step.label}", (*rest[0], *rest[1]))
        others = [("by Smt, from nothing", dataclasses.replace(step, rule=Smt(), uses=()))]
        if step.uses:
            others.append(("without its uses", dataclasses.replace(step, uses=())))
        others += [
            (f"claims {change}", dataclasses.replace(step, claim=other))
            for change, other in list(changes(step.claim))[:1]
        ]
        for change, other in others:
            yield _with(theorem, "steps", f"{step.label} {change}", (*rest[0], other, *rest[1]))


CLAIM = "at most 1/137"


def _texts(theorem: Theorem) -> Iterator[Mutant]:
    """Every text with a claim that is proved nowhere."""
    yield _with(theorem, "title", f"{CLAIM}", f"{theorem.title}, {CLAIM}")
    yield _with(theorem, "notes", f"one more: {CLAIM}", (*theorem.notes, f"It is {CLAIM}."))
    for field in ("requires", "assumptions", "steps"):
        held = getattr(theorem, field)
        for i, x in enumerate(held):
            changed = dataclasses.replace(x, words=f"{x.words}, {CLAIM}")
            others: Any = {field: (*held[:i], changed, *held[i + 1 :])}
            other = dataclasses.replace(theorem, **others)
            yield Mutant(f"{field}.words", f"{x.label}: {CLAIM}", other)
