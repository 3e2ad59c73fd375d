"""Certificates about questions in general side by side: what is asked, and what is proved."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.model.verdict import EQUIVALENT, NOWHERE
from verifier.reports import infinite
from verifier.reports.answer_words import asked, count_models
from verifier.reports.blocks import Report, Section, Table, TableCell, Text
from verifier.reports.compared import Compared, last_sections
from verifier.reports.numbers import interval, plural
from verifier.reports.verdict_words import badge
from verifier.reports.words import name


def compose(entries: Sequence[Compared], command: str = "") -> Report:
    """Everything that the comparison says."""
    none = sum(e.verdict.verdict in (NOWHERE, EQUIVALENT) for e in entries)
    header = ("#", "certificate", "question", "models", "points", "answer", "where", "probability")
    rows = tuple(_row(i, e) for i, e in enumerate(entries, 1))
    table = Table("The certificates, in the order given", header, rows)
    lead = (
        "Each row is a question about the classes of some models over a domain of so many points, "
        "and what its certificate proves: at how many points it is so, and with what probability."
    )
    return Report(
        kind="comparison",
        firm=True,
        badge="Comparison",
        headline=f"Of {plural(len(entries), 'question')}, {none} hold nowhere in their domain.",
        figures=(("certificates", str(len(entries))), ("nowhere", str(none))),
        sections=(
            Section("comparison", "The questions side by side", (Text(lead), table)),
            *last_sections(entries, command),
        ),
    )


def _row(at: int, entry: Compared) -> tuple[TableCell, ...]:
    c, v = entry.certificate, entry.verdict
    what = "network and tree differ" if c.matter.is_differ else asked(c)
    return (
        TableCell(str(at), number=True),
        TableCell(name(entry.label)),
        TableCell(what),
        TableCell(count_models(c)),
        TableCell(infinite.size_words(c.domain), number=True),
        TableCell(badge(v)),
        TableCell(infinite.count_words(v), number=True),
        TableCell(interval(v.error)),
    )
