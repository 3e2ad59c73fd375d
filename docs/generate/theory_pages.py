"""The theory's catalogue as Markdown pages: one for each subject, one for the axioms.

Everything on them comes from `theory` itself. Formulas are MathML, which needs no script.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import jinja2

from theory import catalogue
from theory.axioms import AXIOMS
from theory.catalogue import subjects, title
from theory.language.experiment_words import formally, says
from theory.language.rules import RULE_NAMES, Cite, Instantiate, Use
from theory.language.statement import Step, Theorem
from theory.language.wording import assumption
from verifier.reports.bounds_view import typeset
from verifier.reports.mathml import mathml

TRENDS = {"up": "; the value rises with it", "down": "; the value falls with it"}


@dataclass(frozen=True)
class Page:
    """A page of the site: its title in the navigation, its path, its Markdown."""

    title: str
    path: str
    text: str


@cache
def pages() -> tuple[Page, ...]:
    """An index, every subject, and the axioms."""
    families = [(title(s), f"catalogue/{_name(s)}.md", s.THEOREMS) for s in subjects()]
    index = _render("index.md.j2", families=families, count=len(catalogue), axioms=len(AXIOMS))
    axioms = _render("axioms.md.j2", axioms=AXIOMS.values())
    return (
        Page("All theorems", "catalogue/index.md", index),
        *(Page(t, p, _render("family.md.j2", title=t, theorems=ts)) for t, p, ts in families),
        Page("Axioms", "catalogue/axioms.md", axioms),
    )


def _name(subject: ModuleType) -> str:
    """The name of a page: that of the file, with its folder's."""
    within = subject.__name__.removeprefix("theory.catalogue.")
    return within.replace(".", "-").replace("_", "-")


@cache
def _homes() -> dict[str, str]:
    """For each theorem the page it is on."""
    return {t.name: _name(s) for s in subjects() for t in s.THEOREMS}


def _formula(formula: Any) -> str:
    return f'<div class="formula"><math display="block">{mathml(formula)}</math></div>'


def _rule(step: Step) -> str:
    """The rule that discharges a step, as HTML, with a link to what it cites."""
    rule, name = step.rule, RULE_NAMES[type(step.rule)]
    if isinstance(rule, Use):
        return f'{name} <a href="axioms.html#{rule.axiom}">{rule.axiom}</a>'
    if isinstance(rule, Cite):
        cited = rule.theorem.name
        return f'{name} <a href="{_homes()[cited]}.html#{cited}">{cited}</a>'
    if isinstance(rule, Instantiate):
        return f"{name} of {rule.label}"
    return name


def _trend(theorem: Theorem, name: str) -> str:
    return TRENDS.get(theorem.result.monotone.get(name, ""), "")


def _capital(words: str) -> str:
    """With its first letter large: `str.capitalize` would make the others small."""
    return words[:1].upper() + words[1:]


def _render(template: str, **values: Any) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"typeset": typeset, "capital": _capital}
    environment.globals |= {
        "formula": _formula,
        "rule": _rule,
        "trend": _trend,
        "assumption": assumption,
        "experiment": says,
        "declaration": formally,
    }
    return environment.get_template(template).render(values)
