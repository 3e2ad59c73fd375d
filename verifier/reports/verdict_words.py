"""The verdict in one sentence, with its scope: what was compared, over what, trusting whom."""

from __future__ import annotations

from fractions import Fraction

from verifier.model.domain import Domain
from verifier.model.head import origin_words
from verifier.model.network import Network
from verifier.model.origin import ASSUMED
from verifier.model.verdict import DIFFERENT, EQUIVALENT, SOMEWHERE, Verdict
from verifier.reports import given_words, infinite, sampled_words
from verifier.reports.domain_words import clause, described, warnings
from verifier.reports.numbers import count_interval, decimal, digits, plural, product_form, whole
from verifier.reports.trust_words import is_firm, proviso, trust_sentence
from verifier.reports.words import quoted_rule

LONGEST_FORM = 120
"""Characters of a product of the variables' numbers of values, at most."""
WIDE = Fraction(1, 20)
"""An interval of the error wider than this says how much two differ no better than a guess."""


def headline(
    domain: Domain, verdict: Verdict, origin: str | None = None, model: str = "network"
) -> str:
    """The verdict on a tree and a ``model`` in one sentence; in another the domain, if assumed."""
    said = _headline(domain, verdict, model)
    return said + (f" Inputs: {clause(domain, origin)}." if origin == ASSUMED else "")


def _headline(domain: Domain, verdict: Verdict, model: str) -> str:
    points = points_words(domain)
    given = proviso(verdict)
    unless = f" This holds if {given}; the kernel did not prove it." if given else ""
    if given and is_firm(verdict):
        unless = (
            " That they differ is proved; the numbers hold if "
            f"{given}, which the kernel did not prove."
        )
    if domain.infinite:
        return infinite.headline(verdict, model, error_words(verdict.error), unless)
    high = verdict.disagreements[1]
    if verdict.verdict == EQUIVALENT:
        lead = f"The tree and the {model}" if given else f"Proved: the tree and the {model}"
        where = "the only point" if domain.size == 1 else f"every one of the {points}"
        return f"{lead} give the same class at {where} of the domain.{unless}"
    if verdict.verdict == DIFFERENT:
        count = count_interval(verdict.disagreements)
        return (
            f"The tree and the {model} differ at {count} of the {points} of the domain: "
            f"{error_words(verdict.error)}.{unless}"
        )
    known = "no disagreement is known, and none is excluded"
    if verdict.error[0] > 0:
        known = "some points disagree, though none was evaluated, and more may"
    where = f"up to {whole(high)}" if high < domain.size else "any"
    return (
        f"Undecided: {known} at {where} of the {points} of the domain: "
        f"{error_words(verdict.error)}.{unless}"
    )


def points_words(domain: Domain) -> str:
    """The number of points; a large one in powers where that is short."""
    if domain.infinite:
        return infinite.POINTS
    form = product_form(v.count for v in domain.variables)
    if domain.given is None and domain.size >= 10**15 and len(form) <= 40:
        return f"{form} points"
    return plural(domain.size, "point")


def error_words(error: tuple[Fraction, Fraction]) -> str:
    """The disagreement probability or its interval, in words."""
    low, high = error
    if low == high:
        return f"a disagreement probability of {decimal(low)}"
    if not low:
        return f"a disagreement probability of at most {decimal(high, 1)}"
    return f"a disagreement probability between {decimal(low, -1)} and {decimal(high, 1)}"


def is_inconclusive(verdict: Verdict) -> bool:
    """Whether hardly anything is known of how often it is so: the interval is wider than WIDE."""
    return verdict.error[1] - verdict.error[0] > WIDE


def badge(verdict: Verdict, word: str | None = None) -> str:
    """The verdict in a word or two; ``word`` is what it is called where that is another."""
    word = (word or verdict.verdict).capitalize()
    if is_inconclusive(verdict):
        known = verdict.verdict in (DIFFERENT, SOMEWHERE)
        word = f"{word}; how much is inconclusive" if known else "Inconclusive"
    return word if is_firm(verdict) else f"{word}, on trust"


def scope(
    domain: Domain, teacher: Network, verdict: Verdict, origin: str | None = None
) -> tuple[tuple[str, str], ...]:
    """What the sentence is about: the rows of the scope table."""
    odd = warnings(domain, teacher.executed)
    return (
        ("Domain", domain_words(domain)),
        ("Inputs", described(domain, origin)),
        *((k.capitalize(), text) for k, text in given_words.lines(domain) if k == "impossible"),
        *((("Warning", "; ".join(odd)),) if odd else ()),
        ("Distribution", distribution(domain)),
        ("Network", f"{plural(teacher.columns, 'input column')}, {_classes(teacher)}"),
        ("Semantics", SEMANTICS),
        ("Sampling", sampled_words.scope(verdict)),
        ("Trusted", trust_sentence(verdict)),
    )


SEMANTICS = (
    "arithmetic over the real numbers, on the weights exactly as they are stored; "
    "what holds for float32 as well is said below"
)


def domain_words(domain: Domain) -> str:
    """The size of the domain written out, with its factors."""
    if domain.infinite:
        held = plural(len(domain.variables), "variable")
        return f"{held}, {infinite.POINTS}; {infinite.LEFT_ENDS}"
    sizes = [v.count for v in domain.variables]
    size, form = whole(domain.size), product_form(sizes)
    is_plain = form == size or domain.given is not None or len(form) > LONGEST_FORM
    shown = size if is_plain else f"{size} = {form}"
    points = f"{plural(len(sizes), 'variable')}, {shown} point{'s' * (domain.size != 1)}"
    if domain.given is None or domain.size == (total := given_words.combinations(domain)):
        return points
    every = whole(total) if form == whole(total) else f"{whole(total)} = {form}"
    return f"{points}: the possible ones of {every} combinations of values"


def distribution(domain: Domain) -> str:
    """How likely the points are."""
    if domain.given is not None:
        return given_words.distribution_words(domain)
    if domain.infinite:
        return "independent variables, intervals with piecewise constant densities among them"
    if domain.uniform:
        return "uniform: every point has the same probability"
    return given_words.AS_GIVEN


def _classes(teacher: Network) -> str:
    count = "one logit" if teacher.outputs == 1 else f"{digits(teacher.outputs)} logits"
    return f"{count}: {quoted_rule(teacher)}{origin_words(teacher.head)}"
