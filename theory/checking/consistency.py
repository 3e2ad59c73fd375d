"""Whether a theorem says what it proves: what `derivation` does not look at.

The claim, the bound, the rounding and the words come from one schema and cannot differ. What is
left is checked here: every trend that is claimed is proved; every assumption has formal content and
serves the proof; every declared symbol is used and every name has words; remarks claim nothing of
their own; the source is the one that `sources` lists.
"""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

from theory.checking.derivation import DerivationReport, check
from theory.checking.monotone import trend_basis
from theory.checking.remarks import remark_errors
from theory.checking.sources import SOURCES
from theory.language.glossary import GLOSSARY
from theory.language.rules import Instantiate
from theory.language.statement import Theorem
from theory.language.symbols import SYMBOLS, Parameter
from theory.language.terms import Event, Quantity

CHANCE = re.compile(
    r"^(?!.*(ratio|each form))(.*\bprobability\b|.*P\[|(their )?error (of|under)|disagreement of|"
    r"total variation)"
)
"""Meanings of numbers in [0, 1]."""
USUAL = {
    meaning: frozenset(p.symbol.name for p in SYMBOLS.values() if p.meaning == meaning)
    for meaning in {p.meaning for p in SYMBOLS.values()}
}
"""The letters that have the shared meanings."""


def problems(theorem: Theorem, trends: bool = True) -> list[str]:
    """What is wrong with a theorem, its derivation included; `trends` checks monotonicity too."""
    if theorem.steps and theorem.steps[-1].claim != theorem.claim:
        return ["the last step does not claim the theorem"]
    errors = shallow(theorem)
    return errors or [*check(theorem).errors, *_deeper(theorem, trends)]


def beyond_derivation(theorem: Theorem, trends: bool = True) -> list[str]:
    """What is wrong with a theorem whose derivation is checked elsewhere."""
    errors = shallow(theorem)
    return [*errors, *assumption_errors(theorem)] if errors else _deeper(theorem, trends)


def _deeper(theorem: Theorem, trends: bool) -> list[str]:
    errors = assumption_errors(theorem)
    return errors or (trend_errors(theorem) if trends else [])


def shallow(theorem: Theorem) -> list[str]:
    """What is wrong that neither the derivation nor Z3 is needed to see."""
    return [
        *_sources(theorem),
        *_names(theorem),
        *_symbols(theorem),
        *_meanings(theorem),
        *_trend_facts(theorem),
        *remark_errors(theorem),
    ]


def _sources(theorem: Theorem) -> list[str]:
    known = theorem.name in SOURCES.get(theorem.citation, ())
    return (
        []
        if known
        else [f"the source {theorem.citation} is not the one that theory/checking/sources.py lists"]
    )


def _trend_facts(theorem: Theorem) -> list[str]:
    known = {a.label for a in theorem.assumptions} | {s.label for s in theorem.steps}
    lost = [x for x in theorem.result.trend_facts if x not in known]
    return [f"the trends rest on {x!r}, which is no assumption or step" for x in lost]


def _claims(theorem: Theorem) -> list[Any]:
    held = [a.formal for a in (*theorem.requires, *theorem.assumptions) if a.formal is not None]
    return [theorem.claim, *held]


def _names(theorem: Theorem) -> list[str]:
    used = {t.args[0].name for c in _claims(theorem) for t in c.atoms(Quantity, Event)}
    return [f"the glossary has no words for {name!r}" for name in sorted(used - set(GLOSSARY))]


def _symbols(theorem: Theorem) -> list[str]:
    """A parameter that nothing speaks of was left over, or what spoke of it is gone."""
    claims = [*_claims(theorem), theorem.bound, *(s.claim for s in theorem.steps)]
    used = {str(s) for c in claims for s in c.free_symbols | c.atoms(sp.Symbol)}
    used |= {str(i.base) for c in claims for i in c.atoms(sp.Indexed)}
    unused = [p.name for p in theorem.symbols if str(p.symbol) not in used]
    errors = [f"the symbol {name} occurs nowhere" for name in unused]
    return errors + [
        f"{p.name} is a probability and its range is not inside [0, 1]"
        for p in theorem.symbols
        if CHANCE.match(p.meaning) and not _inside_unit(p)
    ]


def _meanings(theorem: Theorem) -> list[str]:
    """A number of something is an integer; what the field's letters mean is theirs alone."""
    errors = []
    for p in theorem.symbols:
        counted = p.meaning.startswith(("number of ", "a number of "))
        if counted and p.kind not in ("integer", "class"):
            errors.append(f"{p.name} is a {p.meaning} and no integer")
        if p.kind in ("integer", "class") and p.symbol.is_integer is not True:
            errors.append(f"{p.name} is declared as an integer and its symbol is none")
        if p.kind == "real" and p.symbol.is_integer:
            errors.append(f"{p.name} is declared as a real and its symbol is an integer")
        if p.meaning in USUAL and str(p.symbol) not in USUAL[p.meaning]:
            errors.append(f"{p.name} is said to be the {p.meaning}, which is another letter")
    return errors


def _inside_unit(p: Parameter) -> bool:
    return p.lower is not None and p.upper is not None and p.lower >= 0 and p.upper <= 1


def assumption_errors(theorem: Theorem) -> list[str]:
    """Assumptions that serve nothing."""
    used = {u for s in theorem.steps for u in s.uses} | set(theorem.result.trend_facts)
    used |= {s.rule.label for s in theorem.steps if isinstance(s.rule, Instantiate)}
    return [
        f"the assumption {a.label!r} serves nothing"
        for a in theorem.assumptions
        if a.label not in used
    ]


def trend_errors(theorem: Theorem) -> list[str]:
    """Trends that are claimed and not proved."""
    done: dict[str, DerivationReport] = {}  # what several trends rest on is checked once
    return [
        f"that the value moves {trend} with {name} is neither proved nor cited"
        for name, trend in theorem.result.monotone.items()
        if trend_basis(theorem, name, done) is None
    ]
