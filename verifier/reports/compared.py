"""Certificates that are compared, and what every comparison ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.model.certificate import Certificate
from verifier.model.verdict import Verdict
from verifier.reports import answer_words, question_words, verdict_words
from verifier.reports.blocks import Code, Facts, Fold, Section, Table, TableCell, Text
from verifier.reports.float32 import float32_line
from verifier.reports.programs import machine
from verifier.reports.provenance import versions_table
from verifier.reports.words import name


@dataclass(frozen=True, eq=False)
class Compared:
    """A certificate with the verdict that the kernel found in it; ``label`` tells it apart."""

    label: str
    certificate: Certificate
    verdict: Verdict


def headline(certificate: Certificate, verdict: Verdict) -> str:
    """The verdict or the answer in one sentence."""
    if certificate.matter.is_differ:
        return verdict_words.headline(certificate.domain, verdict)
    return answer_words.headline(certificate, verdict)


def last_sections(entries: Sequence[Compared], command: str) -> tuple[Section, ...]:
    """Each verdict in full, where all this comes from, and how to check it again."""
    facts = ("Report written by", command or "a call from Python"), ("Machine", machine())
    again = (
        Text("Each certificate is checked by itself; this page is not the proof."),
        Code("leafproof check CERTIFICATE"),
    )
    return (
        Section("verdicts", "Each verdict in full", tuple(_verdict(e) for e in entries)),
        Section("provenance", "Provenance", (Facts(facts), _hashes(entries), versions_table())),
        Section("recheck", "Check it again", again),
    )


def _verdict(entry: Compared) -> Fold:
    c, v = entry.certificate, entry.verdict
    executed = question_words.executed_of(c)
    texts = (
        headline(c, v),
        f"Float32: {float32_line(v.float32, executed, asked=not c.matter.is_differ)}.",
    )
    return Fold(f"{name(entry.label)}: {verdict_words.badge(v)}", tuple(Text(t) for t in texts))


def _hashes(entries: Sequence[Compared]) -> Table:
    rows = tuple((TableCell(name(e.label)), TableCell(e.certificate.sha256)) for e in entries)
    return Table("SHA-256 of the certificate files", ("certificate", "SHA-256"), rows)
