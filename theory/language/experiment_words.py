"""A theorem's experiment in words, made from its declaration and the glossary alone."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.language.statement import Theorem
from theory.language.terms import Event, Fact, Random
from theory.language.wording import drawn, formulas, sentence

FIXED = "Nothing else is random: all else is fixed before anything is drawn."


def says(theorem: Theorem) -> str:
    """What is drawn, what is random, the laws, and that the rest is fixed."""
    experiment = theorem.experiment
    if experiment is None:
        return "Nothing is random."
    terms = named_terms(theorem)
    parts = []
    for draws in experiment.draws:
        each = _listed(theorem, draws.at_each, terms)
        parts.append(
            f"Drawn: {drawn(theorem, draws)}" + (f"; each determines {each}." if each else ".")
        )
    if experiment.random:
        by = "the outcome as a whole" if experiment.draws else "a random outcome"
        parts.append(f"Determined by {by}: {_listed(theorem, experiment.random, terms)}.")
    parts += [sentence(theorem, law) for law in experiment.laws]
    return " ".join((*parts, FIXED))


def formally(theorem: Theorem) -> tuple[str, ...]:
    """The declaration, a line for each sample, for the other random names and for each law."""
    experiment = theorem.experiment
    if experiment is None:
        return ()
    lines = [
        f"{'independent' if d.independent else 'dependent'} draws {d.number} ({d.what}): "
        f"{', '.join(map(repr, d.at_each)) or 'no name'}"
        for d in experiment.draws
    ]
    if experiment.random:
        lines.append(f"random: {', '.join(map(repr, experiment.random))}")
    return (*lines, *(f"law: {law}" for law in experiment.laws))


def as_json(theorem: Theorem) -> dict[str, Any] | None:
    """The declaration as plain data, None where nothing is random."""
    experiment = theorem.experiment
    if experiment is None:
        return None
    return {
        "says": says(theorem),
        "draws": [
            {"number": str(d.number), "what": d.what, "independent": d.independent,
             "at_each": list(d.at_each)}
            for d in experiment.draws
        ],
        "random": list(experiment.random),
        "laws": [str(law) for law in experiment.laws],
    }  # fmt: skip


def named_terms(theorem: Theorem) -> dict[str, Any]:
    """For each random name one of its terms, of symbols where there is one."""
    found: dict[str, Any] = {}
    parts = {x for term in theorem.stated for x in sp.preorder_traversal(term)}
    named = [x for x in parts if isinstance(x, (Random, Event)) and not isinstance(x, Fact)]
    for part in sorted(named, key=lambda x: (bool(x.atoms(sp.Number)), len(str(x)), str(x))):
        found.setdefault(part.args[0].name, part)
    return found


def _listed(theorem: Theorem, names: tuple[str, ...], terms: dict[str, Any]) -> str:
    return "; ".join(_thing(theorem, name, terms.get(name)) for name in names)


def _thing(theorem: Theorem, name: str, term: sp.Basic | None) -> str:
    """The words of a random thing: "whether ..." for an event."""
    if term is None:
        return name
    printer = formulas(theorem)
    if isinstance(term, Event):
        return f"whether {printer.clause(term)}"
    shown, words = printer.formula(term), printer.noun(term)
    return shown if words is None else f"{shown}, {words}"
