"""The page of a test of a model that nobody looked into. It says everywhere that it is no proof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.model.certificate import Certificate
from verifier.model.verdict import Verdict
from verifier.reports import cited, given_words, question_words, tested_words
from verifier.reports.blocks import Facts, Report, Section, Text
from verifier.reports.domain_words import described
from verifier.reports.numbers import digits, scientific
from verifier.reports.provenance import provenance_section, recheck_question, variables_fold
from verifier.reports.verdict_words import distribution, domain_words


def compose(
    c: Certificate,
    verdict: Verdict,
    seconds: Mapping[str, float],
    command: str = "",
    checkers: Sequence[str] = (),
) -> Report:
    """Everything that the page says, in order."""
    sampled = verdict.sampled
    assert sampled is not None
    low, high = scientific(sampled.lower, 4, -1), scientific(sampled.upper, 4, 1)
    return Report(
        kind="inconclusive",
        firm=False,
        badge="Tested, not proved",
        headline=f"{tested_words.headline(sampled, c.domain)}.",
        figures=(
            ("points drawn", digits(sampled.draws)),
            ("of these, points where they differ", digits(sampled.seen)),
            (_ERROR, f"{low} to {high}"),
            ("δ", scientific(sampled.delta)),
            ("proved", "nothing"),
        ),
        sections=(
            _scope(c),
            Section("test", "The test", (Facts(_facts(c)), Text(_NO_PROOF, note=True))),
            cited.made([(_ERROR, (tested_words.theorem(tested_words.plan_of(c)),))]),
            provenance_section(c, command, seconds, verdict, checkers),
            recheck_question(c.sha256),
        ),
    )


_ERROR = "error, with confidence 1 - δ"
_NO_PROOF = (
    "This is a test, not a proof: however small the interval, the truth is outside of it with "
    "probability up to δ, and of no single point but those drawn is anything known. The points are "
    "fixed by the hashes of domain, model description, tree and question, so that nobody chooses "
    "them; whoever makes many tests with other nonces or trees and shows the best gains what many "
    "draws of luck give."
)


def _scope(c: Certificate) -> Section:
    facts = (
        ("Question", "at how many points do model and tree have different classes?"),
        ("Domain", domain_words(c.domain)),
        ("Inputs", described(c.domain, c.domain_from)),
        ("Distribution", distribution(c.domain)),
        ("Its last class", tested_words.last_class(c)),
    )
    blocks = (
        Facts(facts),
        question_words.models_table(c.domain, c.models),
        *given_words.blocks(c.domain),
        variables_fold(c.domain),
    )
    return Section("scope", "What this is about", blocks)


def _facts(c: Certificate) -> tuple[tuple[str, str], ...]:
    return tuple((name.capitalize(), text) for name, text in tested_words.rests_on(c))
