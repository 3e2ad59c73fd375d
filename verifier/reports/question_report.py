"""The proof report on a question in general: any formula over the classes of some models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.jobs.limit import poll
from verifier.jobs.watching import Moment
from verifier.kernel.asked import ask
from verifier.model.certificate import Certificate
from verifier.model.tree import Tree
from verifier.model.verdict import ANSWERS, Verdict
from verifier.reports import (
    answer_words,
    cited,
    counterexamples,
    evidence,
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
    tree_view,
    verdict_words,
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
    differ = c.matter.is_differ  # a tree and an ensemble
    told = replace(verdict, verdict=KINDS[verdict.verdict]) if differ else verdict
    tree = tree_view.subject(c.domain, _named(c), told) if differ else None
    count, chance = (
        ("disagreements", "error ε") if differ else ("points where it is so", "probability")
    )
    figures = (
        ("points of the domain", infinite.brief_size(c.domain)),
        (count, infinite.count_words(verdict)),
        (chance, interval(verdict.error, decimal)),
        sampled_words.figure(verdict),
        *rows_words.figure(verdict),
    )
    return Report(
        kind="inconclusive" if is_inconclusive(verdict) else KINDS[verdict.verdict],
        firm=is_firm(verdict),
        badge=badge(told, None if held is None else front_words.badge(held, verdict)),
        headline=(
            verdict_words.headline(c.domain, told, c.domain_from, "ensemble")
            if differ
            else answer_words.headline(c, verdict)
        ),
        beside=(
            *sampled_words.beside(verdict, "the probability that it is so"),
            *rows_words.beside(
                verdict, "the tree and the ensemble differ" if differ else "it is so"
            ),
        ),
        figures=figures,
        sections=(
            _scope(c, verdict),
            interval_section(
                verdict, WITNESS, history.blocks(moments, verdict, sum(seconds.values()))
            ),
            *where_words.section(c, verdict),
            *sampled_words.section(verdict, c.sample),
            *(() if tree is None else (_tree(tree, told),)),
            point_box.section(c, verdict, tree),
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


def _named(c: Certificate) -> Tree:
    """The tree with the names of its teacher's classes."""
    return replace(c.tree, labels=c.teacher.labels)


def _tree(s: tree_view.Subject, verdict: Verdict) -> Section:
    """What the verdict tells of each leaf of the tree that an ensemble is compared with."""
    told = evidence.terms(s, evidence.Evidence({}, (), (), every=2), verdict)
    shown = tree_view.view(s, {leaf: rows[:1] for leaf, rows in told.items()})  # it has no margins
    legend = tuple(  # fixed words, of a network elsewhere
        (status, said.replace("network", "ensemble"), n) for status, said, n in shown.legend
    )
    return Section("tree", "The tree, leaf by leaf", (replace(shown, legend=legend),))


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
