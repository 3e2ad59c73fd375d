"""Whether a theorem says what it proves: what `derivation` does not look at.

The claim, the bound, the rounding and the words come from one schema and cannot differ. What is
left is checked here: every trend that is claimed is proved; every assumption has formal content and
serves the proof; every declared symbol is used and every name has words; the source is one of the
sources that were looked up.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.derivation import check
from theory.glossary import GLOSSARY
from theory.monotone import trend_basis
from theory.rules import Instantiate
from theory.sources import SOURCES
from theory.statement import Theorem
from theory.symbols import Parameter
from theory.terms import Event, Quantity

CHANCES = ("probability", "tolerated probability", "prior probability")


def problems(theorem: Theorem, trends: bool = True) -> list[str]:
    """What is wrong with a theorem, its derivation included; `trends` checks monotonicity too."""
    if theorem.steps and theorem.steps[-1].claim != theorem.claim:
        return ["the last step does not claim the theorem"]
    errors = [*_sources(theorem), *_names(theorem), *_symbols(theorem), *_trend_facts(theorem)]
    if errors:
        return errors
    report = check(theorem)
    errors = [*report.errors, *_assumptions(theorem)]
    return errors or (_trends(theorem) if trends else [])


def _sources(theorem: Theorem) -> list[str]:
    known = theorem.name in SOURCES.get(theorem.citation, ())
    return [] if known else [f"the source {theorem.citation} is not the one that was looked up"]


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
        if p.meaning.startswith(CHANCES) and not _inside_unit(p)
    ]


def _inside_unit(p: Parameter) -> bool:
    return p.lower is not None and p.upper is not None and p.lower >= 0 and p.upper <= 1


def _assumptions(theorem: Theorem) -> list[str]:
    used = {u for s in theorem.steps for u in s.uses} | set(theorem.result.trend_facts)
    used |= {s.rule.label for s in theorem.steps if isinstance(s.rule, Instantiate)}
    return [
        f"the assumption {a.label!r} serves nothing"
        for a in theorem.assumptions
        if a.label not in used
    ]


def _trends(theorem: Theorem) -> list[str]:
    return [
        f"that the value moves {trend} with {name} is neither proved nor cited"
        for name, trend in theorem.result.monotone.items()
        if trend_basis(theorem, name) is None
    ]
