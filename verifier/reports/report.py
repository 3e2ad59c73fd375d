"""The proof report: one content, written as HTML, Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from verifier.jobs.limit import poll
from verifier.jobs.result import Result
from verifier.jobs.watching import Moment
from verifier.kernel.asked import ask
from verifier.model.certificate import Certificate
from verifier.model.network import Network
from verifier.model.verdict import Verdict
from verifier.reports import (
    bounds_view,
    cited,
    counterexamples,
    evidence,
    given_words,
    history,
    infinite,
    point_box,
    question_report,
    question_words,
    rows_words,
    sampled_words,
    statistics,
    tested_report,
    tree_view,
    verdict_words,
)
from verifier.reports.blocks import Block, Facts, Report, Section, Text
from verifier.reports.float32 import float32_paragraph
from verifier.reports.found import proof_of
from verifier.reports.interval import interval_section
from verifier.reports.numbers import decimal, interval
from verifier.reports.provenance import (
    exact_fold,
    provenance_section,
    recheck_section,
    rounded_numbers,
    variables_fold,
)
from verifier.reports.trust_words import is_firm
from verifier.reports.words import quote
from verifier.reports.writer import write

Format = Literal["html", "md", "tex"]
FORMATS: tuple[Format, ...] = ("html", "md", "tex")


def render(result: Result, *, format: Format, command: str = "") -> str:
    """The report on a result's certificate, with the verdict that the kernel found in it.

    ``command`` is the command line that asks for the report, if one does. Everything but that, the
    result's seconds and the versions is a function of the certificate. Raises LeafproofError where
    there is no certificate.
    """
    certificate, verdict = proof_of(result)
    told = compose(certificate, verdict, result.seconds, command, result.checkers, result.moments)
    return write(told, format)


def compose(
    certificate: Certificate,
    verdict: Verdict,
    seconds: Mapping[str, float],
    command: str = "",
    checkers: Sequence[str] = (),
    moments: Sequence[Moment] = (),
) -> Report:
    """Everything that the report says, in order; ``checkers`` beside the kernel found the same.

    ``moments`` are what the search told, where the result still knows.
    """
    c = certificate
    if c.matter.is_test:
        return tested_report.compose(c, verdict, seconds, command, checkers)
    if not c.matter.is_differ or c.matter.ensembles:
        verdict = question_words.as_answer(verdict)
        return question_report.compose(c, verdict, seconds, command, checkers, moments)
    named = replace(c.tree, labels=c.teacher.labels)  # a certificate's tree has only numbers
    s = tree_view.subject(c.domain, named, verdict)
    asked = ask(c.matter, poll)
    found = evidence.gather(s, asked.nets[0].p, c.proof)
    shown = tree_view.view(s, evidence.terms(s, found, verdict))
    figures = _figures(c, verdict)
    return Report(
        kind="inconclusive" if verdict_words.is_inconclusive(verdict) else verdict.verdict,
        firm=is_firm(verdict),
        badge=verdict_words.badge(verdict),
        headline=verdict_words.headline(c.domain, verdict, c.domain_from),
        beside=(
            *sampled_words.beside(verdict),
            *rows_words.beside(verdict, "the tree and the network differ"),
        ),
        figures=figures,
        sections=(
            _scope(c, verdict),
            interval_section(verdict, more=history.blocks(moments, verdict, sum(seconds.values()))),
            *sampled_words.section(verdict, certificate.sample),
            Section("tree", "The tree, leaf by leaf", (shown,)),
            point_box.section(c, verdict, s),
            counterexamples.section(s, asked, verdict),
            statistics.section(c.domain, c.proof, quote(c.found_by), verdict, found),
            Section(
                "float32",
                "Float32",
                (Text(float32_paragraph(verdict.float32, c.teacher.executed)),),
            ),
            bounds_view.section(c.domain, c.tree, c.teacher.classes, verdict),
            cited.section(verdict, figures),
            provenance_section(c, command, seconds, verdict, checkers),
            recheck_section(c.sha256),
        ),
    )


def _figures(c: Certificate, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """The few numbers beside the headline."""
    return (
        ("points of the domain", infinite.brief_size(c.domain)),
        ("disagreements", infinite.count_words(verdict)),
        ("error ε", interval(verdict.error, decimal)),
        sampled_words.figure(verdict),
        *rows_words.figure(verdict),
    )


def _scope(c: Certificate, verdict: Verdict) -> Section:
    assert isinstance(c.teacher, Network)
    rows = verdict_words.scope(c.domain, c.teacher, verdict, c.domain_from)
    blocks: list[Block] = [Facts(rows), *given_words.blocks(c.domain), variables_fold(c.domain)]
    exact = rounded_numbers(c, verdict)
    if exact:
        blocks.append(exact_fold(exact))
    return Section("scope", "What this is about", tuple(blocks))
