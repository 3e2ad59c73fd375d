"""What a statement says of the domain: which inputs there are, and how probable they are."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.reports import given_words, infinite
from verifier.reports.domain_words import clause, warnings
from verifier.reports.numbers import (
    digits,
    fraction,
    is_short,
    plural,
    product_form,
    scientific,
    whole,
)
from verifier.reports.variable_words import density, levels, range_words
from verifier.reports.words import cell_words, name

MOST_EXACT = 400
"""Numbers of more characters are rounded in the words (never in the JSON)."""
MOST_GROUPS = 40
"""Kinds of variables, and leaves of the domain's tree, written out."""
MOST_NAMES = 24
"""Names, values or notes written out in one place."""


def paragraph(domain: Domain, origin: str | None = None, executed: Sequence[str] = ()) -> str:
    """The domain in plain text."""
    groups = [list(g) for _, g in groupby(domain.variables, key=_values)]
    shown = "; ".join(f"{_names(g)} {_values(g[0])}" for g in groups[:MOST_GROUPS])
    if len(groups) > MOST_GROUPS:
        rest = sum(len(g) for g in groups[MOST_GROUPS:])
        shown += f"; and {plural(rest, 'further variable')}, given in domain.json"
    text = f"{_inputs(domain)}: {shown}.{_impossible(domain)}"
    text += " How values are encoded as numbers is given in domain.json."
    if origin is not None:
        text += f" The domain is {clause(domain, origin)}."
    for warning in warnings(domain, executed):
        text += f" Note: {warning}."
    return f"{text} {_probabilities(domain)}"


def _inputs(domain: Domain) -> str:
    variables = len(domain.variables)
    whose = "the one variable" if variables == 1 else f"each of {whole(variables)} variables"
    combined = "every value" if variables == 1 else "every combination of one value"
    if domain.given is not None:
        combined = combined.replace("every", "every possible")
    if domain.infinite:
        return f"The domain has {infinite.POINTS}: {combined} of {whose}; {infinite.LEFT_ENDS}"
    size = count(domain.size, domain)
    return f"The domain has {size} input{'s' * (domain.size != 1)}: {combined} of {whose}"


def _impossible(domain: Domain) -> str:
    """Which combinations are impossible, where some are."""
    impossible, _ = given_words.leaves(domain) if domain.given is not None else ([], [])
    if not impossible:
        return ""
    total = given_words.combinations(domain)
    shown = "; ".join(
        f"({i}) {cell_words(domain, cell, exact=True)}"
        for i, cell in enumerate(impossible[:MOST_GROUPS], 1)
    )
    if len(impossible) > MOST_GROUPS:
        shown += f"; and {digits(len(impossible) - MOST_GROUPS)} more, given in domain.json"
    if domain.infinite:
        return f" Impossible, and no inputs of the domain, are those with {shown}."
    return (
        f" Of {whole(total)} combinations of values {whole(total - domain.size)} are impossible, "
        f"and no inputs of the domain: those with {shown}."
    )


def _probabilities(domain: Domain) -> str:
    if not domain.infinite and given_words.is_uniform(domain):
        return f"Every input has the same probability, {chance(Fraction(1, domain.size), 0)}."
    if domain.given is None:
        return (
            "The variables are independent of each other, and each value has the probability "
            "stated with it."
        )
    if given_words.is_conditioned(domain):
        return (
            "The probability of an input is that of independent variables, each value with the "
            "probability stated with it, given that the combination is possible."
        )
    _, possible = given_words.leaves(domain)
    shown = "; ".join(
        f"({i}) {cell_words(domain, cell, exact=True)}: {chance(leaf.weight, 0)}"
        for i, (cell, leaf) in enumerate(possible[:MOST_GROUPS], 1)
    )
    if len(possible) > MOST_GROUPS:
        shown += f"; and {digits(len(possible) - MOST_GROUPS)} more"
    return (
        f"The inputs lie in {plural(len(possible), 'part')}, with these probabilities: {shown}. "
        "Within a part the variables are independent of each other, and their values have the "
        "probabilities that domain.json gives there."
    )


def _names(group: Sequence[AnyVariable]) -> str:
    names = [name(v.name) for v in group]
    if len(names) > MOST_NAMES:
        return f"{names[0]}, {names[1]} and so on to {names[-1]} ({whole(len(names))} variables)"
    return listed(names)


def _values(variable: AnyVariable) -> str:
    """The values in brackets, with their probabilities where these differ."""
    same = len({p for _, p in levels(variable.chances, variable.whole)}) == 1
    if isinstance(variable, Continuous):
        parts = [
            f"above {name(str(low))} up to {name(str(high))}: {chance(p, 0)}"
            for low, high, p in density(variable, variable.chances)
        ]
        uniform = "uniform" if len(parts) == 1 else f"{listed(parts)}, uniform in each"
        ends = name(str(variable.first)), name(str(variable.last))
        return f"(a real number above {ends[0]}, up to {ends[1]}; {uniform})"
    if isinstance(variable, Ordinal):
        if same:
            return f"(the numbers {range_words(variable)})"
        at, runs = 0, []
        for size, p in variable.runs:
            last = f" to {name(variable.label(at + size - 1))} together" if size > 1 else ""
            runs.append(f"{name(variable.label(at))}{last}: {chance(p, 0)}")
            at += size
        return f"(the numbers {range_words(variable)}; {listed(runs)})"
    labels = [name(x) for x in variable.labels]
    if not same:
        chances = variable.probabilities
        labels = [f"{x}: {chance(p, 0)}" for x, p in zip(labels, chances, strict=True)]
    return f"({listed(labels, 'or')})"


def listed(words: Sequence[str], last: str = "and") -> str:
    """``a, b and c``; of many the first."""
    shown = list(words)
    if len(words) > MOST_NAMES:
        shown = [*words[: MOST_NAMES - 1], f"{digits(len(words) - MOST_NAMES + 1)} others"]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}"


def count(n: int, domain: Domain | None = None) -> str:
    """All digits up to 400; the domain's size in powers, anything else rounded, beyond that."""
    text = digits(n)
    if len(text) <= MOST_EXACT:
        return text
    if domain is not None and domain.given is None and n == domain.size:
        form = product_form(v.count for v in domain.variables)
        if len(form) <= MOST_EXACT:
            return form
    return whole(n)


def chance(p: Fraction, towards: int) -> str:
    """The exact fraction and a decimal, rounded in the given direction where that is marked."""
    text = fraction(p)
    if p.denominator == 1:
        return text
    decimal = scientific(p, 4, towards)
    if len(text) > MOST_EXACT:
        return f"about {decimal} (rounded {'up' if towards > 0 else 'down' if towards else 'off'})"
    return f"{text} ({'' if is_short(p) else 'about '}{decimal})"
