"""The proof report on a question in general: any formula over the classes of some models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.jobs.limit import poll
from verifier.jobs.watching import Moment
from verifier.kernel.asked import ask
from verifier.model.certificate import Certificate
from verifier.model.verdict import ANSWERS, Verdict
from verifier.reports import (
    answer_words,
    cited,
    counterexamples,
    fair_shares,
    front_words,
    given_words,
    history,
    infinite,
    point_box,
    question_words,
    rows_words,
    sampled_words,
    statistics,
    where_words,
)
from verifier.reports.blocks import Block, Facts, Report, Section, Text
from verifier.reports.float32 import OWN_SUMS, float32_paragraph
from verifier.reports.interval import WITNESS, interval_section
from verifier.reports.numbers import decimal, interval
from verifier.reports.provenance import (
    exact_fold,
    provenance_section,
    recheck_question,
    rounded_numbers,
    variables_fold,
)
from verifier.reports.trust_words import is_firm
from verifier.reports.verdict_words import badge, is_inconclusive
from verifier.reports.words import quote

KINDS = {answer: word for word, answer in ANSWERS.items()}
"""The look of a page by the answer: that of the verdict on a tree and a network."""


def compose(
    c: Certificate,
    verdict: Verdict,
    seconds: Mapping[str, float],
    command: str = "",
    checkers: Sequence[str] = (),
    moments: Sequence[Moment] = (),
) -> Report:
    """Everything that the report says, in order."""
    asked = ask(c.matter, poll)
    executed = question_words.executed_of(c)
    what = question_words.words(c.models, c.question)
    about = OWN_SUMS if c.matter.ensembles else "real arithmetic"
    held = front_words.seen_of(c)
    figures = (
        ("points of the domain", infinite.brief_size(c.domain)),
        ("points where it is so", infinite.count_words(verdict)),
        ("probability", interval(verdict.error, decimal)),
        sampled_words.figure(verdict),
        *rows_words.figure(verdict),
    )
    return Report(
        kind="inconclusive" if is_inconclusive(verdict) else KINDS[verdict.verdict],
        firm=is_firm(verdict),
        badge=badge(verdict, None if held is None else front_words.badge(held, verdict)),
        headline=answer_words.headline(c, verdict),
        beside=(
            *sampled_words.beside(verdict, "the probability that it is so"),
            *rows_words.beside(verdict, is_differ=False),
        ),
        figures=figures,
        sections=(
            _scope(c, verdict),
            interval_section(
                verdict, WITNESS, history.blocks(moments, verdict, sum(seconds.values()))
            ),
            *where_words.section(c, verdict),
            *sampled_words.section(verdict, c.sample),
            point_box.section(c, verdict, None),
            *(fair_shares.section(c, verdict) if held is not None else ()),
            *(front_words.section(held, c, verdict) if held is not None else ()),
            counterexamples.witness_section(c, asked, verdict),
            statistics.section(c.domain, c.proof, quote(c.found_by), verdict, None),
            Section(
                "float32",
                "Float32",
                (Text(float32_paragraph(verdict.float32, executed, what, about)),),
            ),
            cited.section(verdict, figures, is_differ=False, ensembles=bool(c.matter.ensembles)),
            provenance_section(c, command, seconds, verdict, checkers),
            recheck_question(c.sha256),
        ),
    )


def _scope(c: Certificate, verdict: Verdict) -> Section:
    blocks: list[Block] = [
        Facts(answer_words.scope(c, verdict, c.domain_from)),
        question_words.models_table(c.domain, c.models),
        *given_words.blocks(c.domain),
        variables_fold(c.domain),
    ]
    exact = rounded_numbers(c, verdict)
    if exact:
        blocks.append(exact_fold(exact))
    return Section("scope", "What this is about", tuple(blocks))
