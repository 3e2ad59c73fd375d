"""Sentences from formal claims: the words of a theorem are a rendering of what is proved.

A claim becomes a sentence by its form alone (see `formulas`), symbols get the meaning that the
theorem declares.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.language.confidence import Confidence, UpTo
from theory.language.formulas import Formulas, ordered
from theory.language.schemas import (
    ErrorLevel,
    Exactly,
    Gap,
    Interval,
    LowerBound,
    SampleSize,
    Schema,
    Slack,
    Threshold,
    TooFew,
    UpperBound,
)
from theory.language.terms import (
    Member,
    Quantity,
)

if TYPE_CHECKING:
    from theory.language.experiments import Draws
    from theory.language.statement import Assumption, Theorem
    from theory.language.symbols import Parameter


def formulas(theorem: Theorem) -> Formulas:
    """The printer of a theorem's formulas, with the symbols as it declares them."""
    return Formulas({str(p.symbol): p.unicode for p in theorem.symbols})


def sentence(theorem: Theorem, claim: Any) -> str:
    """A claim about a theorem's symbols as a sentence; a conjunction as several."""
    parts = ordered(claim.args) if isinstance(claim, sp.And) else [claim]
    return " ".join(_capital(formulas(theorem).clause(part)) + "." for part in parts)


def assumption(theorem: Theorem, held: Assumption) -> str:
    """An assumption or a condition in words: what is assumed formally, or that nothing is."""
    if held.formal is None:
        return f"{held.words} (in words only: it explains what the formal terms mean)"
    return sentence(theorem, held.formal)


def statement(theorem: Theorem) -> str:
    """The theorem in words: its claims, then the meaning of the symbols and names in them."""
    schema = theorem.result
    claims = [*schema.parts, *schema.also]
    text = " ".join(sentence(theorem, claim) for claim in claims)
    if isinstance(schema, Confidence) and schema.reading is not None:
        text += _reading(theorem, schema)
    here = [f"{p.unicode}: {p.meaning}" for p in _mentioned(theorem, claims)]
    here += [words for shown, words in names(theorem, claims) if shown in text]
    if here:
        text += f" Here {'; '.join(here)}."
    if theorem.experiment is not None and theorem.experiment.draws:
        text += f" Drawn: {'; '.join(drawn(theorem, d) for d in theorem.experiment.draws)}."
    assumed = [a.label for a in theorem.assumptions]
    return f"{text} Assumed: {'; '.join(assumed)}." if assumed else text


def drawn(theorem: Theorem, draws: Draws) -> str:
    """One sample: "n points, independently of each other"."""
    how = "independently" if draws.independent else "not independently"
    return f"{formulas(theorem).formula(draws.number)} {draws.what}, {how} of each other"


def _reading(theorem: Theorem, schema: Confidence) -> str:
    """What the bound is once the observation is known."""
    assert schema.reading is not None
    show = formulas(theorem).formula
    seen = " and ".join(f"{show(x)} = {show(v)}" for x, v in (schema.reading, *schema.further))
    are = "are" if schema.further else "is"
    return f" Where {seen} {are} observed, the bound is {show(schema.bound)}."


def _mentioned(theorem: Theorem, claims: Sequence[Any]) -> list[Parameter]:
    """The declared symbols that occur in claims, parameters first."""
    return [p for p in theorem.symbols if any(_occurs(p, claim) for claim in claims)]


def _occurs(parameter: Parameter, claim: Any) -> bool:
    bases = {i.base.label for i in claim.atoms(sp.Indexed)}
    known = {str(s) for s in claim.free_symbols | bases}
    return str(parameter.symbol) in known


def names(theorem: Theorem, claims: Sequence[Any]) -> list[tuple[str, str]]:
    """The named numbers in claims: how formulas show them, and the same with their words."""
    found = {t for claim in claims for t in claim.atoms(Quantity)}
    printer = formulas(theorem)
    said: dict[str, tuple[str, str]] = {}
    for term in sorted(found, key=sp.default_sort_key):
        words = printer.noun(term)
        if words is not None:
            shown = printer.formula(term)
            said.setdefault(term.args[0].name, (shown, f"{shown}: {words}"))
    for term in sorted({t for claim in claims for t in claim.atoms(Member)}, key=str):
        shown = printer.formula(term)
        said.setdefault(term.args[0].name, (shown, f"{shown}: a given member of the class"))
    return list(said.values())


def meaning(theorem: Theorem) -> str:
    """What the value of a theorem is, from its schema."""
    schema, words = theorem.result, _described(theorem)
    if isinstance(schema, SampleSize):
        need = "enough, and with fewer it is not" if schema.otherwise is not None else "enough"
        return f"{words(schema.n)} that is {need}"
    if isinstance(schema, TooFew):
        few = "below which it is not enough" if schema.strict else "up to which it is not enough"
        return f"{words(schema.n)} {few}"
    if isinstance(schema, ErrorLevel):
        return f"{words(schema.error)} from which the claim holds"
    if isinstance(schema, UpTo):
        return f"{words(schema.quantity)} up to which the claim holds"
    if isinstance(schema, Threshold):
        return f"{words(schema.n)} from which on the claim holds"
    return _bounded(schema, words)


def _bounded(schema: Schema, words: Any) -> str:
    if isinstance(schema, Exactly):
        of = "" if schema.of is None else f", over {words(schema.of)}"
        return f"{words(schema.quantity)}{of}"
    if isinstance(schema, Gap):
        return f"least value of {words(schema.quantity)} other than 0"
    if isinstance(schema, Slack):
        return "what is subtracted" if schema.side == "below" else "what is added"
    if isinstance(schema, Confidence):
        side = "upper" if schema.side == "above" else "lower"
        trust = words(1 - schema.confidence)
        return f"{side} bound for {words(schema.quantity)}, with confidence {trust}"
    assert isinstance(schema, (UpperBound, LowerBound, Interval))
    upper = isinstance(schema, UpperBound) or getattr(schema, "shown", "") == "upper"
    return f"{'upper' if upper else 'lower'} bound for {words(schema.quantity)}"


def _described(theorem: Theorem) -> Any:
    printer = formulas(theorem)
    known = {p.symbol: p.meaning for p in theorem.symbols}

    def describe(term: Any) -> str:
        if term in known:
            return f"the {known[term]}"
        return printer.noun(term) or printer.formula(term)

    return describe


def vacuous_words(theorem: Theorem) -> str:
    """When the bound says nothing, in words."""
    condition = theorem.vacuous
    if condition == sp.false:
        return "never vacuous"
    parts = condition.args if isinstance(condition, sp.Or) else (condition,)
    return "when " + " or ".join(formulas(theorem).clause(part) for part in parts)


def _capital(words: str) -> str:
    """With a large first letter, unless a formula comes first."""
    return (
        words[:1].upper() + words[1:] if re.match(r"[a-z][a-z']+[ ,]|a [a-z]{2}", words) else words
    )
