"""The answer to a question in a sentence: at how many points it is so, and how likely that is."""

from __future__ import annotations

from fractions import Fraction

from verifier.jobs.fronts.where import without_tree
from verifier.model.certificate import Certificate
from verifier.model.verdict import NOWHERE, SOMEWHERE, Verdict
from verifier.reports import front_words, given_words, infinite, question_words, sampled_words
from verifier.reports.domain_statement import listed
from verifier.reports.domain_words import described, warnings
from verifier.reports.numbers import count_interval, decimal, digits, plural, whole
from verifier.reports.trust_words import is_firm, proviso, trust_sentence
from verifier.reports.verdict_words import SEMANTICS, distribution, domain_words, points_words


def asked(certificate: Certificate) -> str:
    """The question in words."""
    return question_words.words(certificate.models, certificate.question)


def headline(certificate: Certificate, verdict: Verdict) -> str:
    """The answer in one sentence, with what it rests on beside the kernel."""
    given, what = proviso(verdict), asked(certificate)
    held, about = front_words.seen_of(certificate), without_tree(certificate.matter)
    if about is not None:
        what = f"the tree is wrong about where {front_words.looked_for(about)}"
    domain = certificate.domain
    points, unless = points_words(domain), ""
    if given:
        unless = f" This holds if {given}; the kernel did not prove it."
        if is_firm(verdict):
            unless = (
                f" That there are such points is proved; the numbers hold if {given}, which the "
                "kernel did not prove."
            )
    if held is not None:
        chance = chance_words(verdict.error)
        return front_words.headline(held, certificate, verdict, chance, given, unless)
    if domain.infinite:
        return infinite.answer(verdict, what, chance_words(verdict.error), unless)
    if verdict.verdict == NOWHERE:
        lead = "Nowhere" if given else "Proved: nowhere"
        return f"{lead} among the {points} of the domain is it true that {what}.{unless}"
    if verdict.verdict == SOMEWHERE:
        count = count_interval(verdict.disagreements)
        chance = chance_words(verdict.error)
        return f"At {count} of the {points} of the domain {what}: {chance}.{unless}"
    high = verdict.disagreements[1]
    where = f"up to {whole(high)}" if high < domain.size else "any"
    return (
        f"Undecided whether {what}: no such point was evaluated, and none is excluded at {where} "
        f"of the {points} of the domain: {chance_words(verdict.error)}.{unless}"
    )


def chance_words(ends: tuple[Fraction, Fraction]) -> str:
    """The probability that it is so, or its interval, in words."""
    low, high = ends
    if low == high:
        return f"a probability of {decimal(low)}"
    if not low:
        return f"a probability of at most {decimal(high, 1)}"
    return f"a probability between {decimal(low, -1)} and {decimal(high, 1)}"


def sentence(certificate: Certificate, verdict: Verdict) -> str:
    """The answer in one short sentence, for the command's first line."""
    held = front_words.seen_of(certificate)
    if held is not None:
        return front_words.sentence(held, certificate, verdict)
    if verdict.infinite:
        return infinite.sentence(verdict, asked(certificate))
    what, size = asked(certificate), whole(verdict.domain_size)
    low, high = verdict.disagreements
    if verdict.verdict == NOWHERE:
        among = (
            "not at the one point" if verdict.domain_size == 1 else f"at none of the {size} points"
        )
        return f"{what}: {among} of the domain."
    if low == high:
        return f"{what}: at exactly {plural(low, 'point')} of {size}."
    if verdict.verdict == SOMEWHERE:
        return f"{what}: at {whole(low)} to {plural(high, 'point')} of {size}."
    return f"{what}: at most at {plural(high, 'point')} of {size}; none has been found."


def scope(
    certificate: Certificate, verdict: Verdict, origin: str | None = None
) -> tuple[tuple[str, str], ...]:
    """What the sentence is about: the rows of the scope table."""
    domain = certificate.domain
    odd = warnings(domain, question_words.executed_of(certificate))
    return (
        ("Question", f"where is it true that {asked(certificate)}?"),
        ("Domain", domain_words(domain)),
        ("Inputs", described(domain, origin)),
        *((k.capitalize(), text) for k, text in given_words.lines(domain) if k == "impossible"),
        *((("Warning", "; ".join(odd)),) if odd else ()),
        ("Distribution", distribution(domain)),
        ("Models", f"{count_models(certificate)}: see the table below"),
        ("Semantics", SEMANTICS),
        ("Sampling", sampled_words.scope(verdict)),
        ("Trusted", trust_sentence(verdict)),
    )


def count_models(certificate: Certificate) -> str:
    """``2 networks and 1 tree``."""
    matter = certificate.matter
    counts = len(matter.networks), len(matter.ensembles), len(matter.trees)
    named = zip(counts, ("network", "ensemble", "tree"), strict=True)
    parts = [plural(n, noun) for n, noun in named if n]
    return listed(parts) if parts else digits(0)
