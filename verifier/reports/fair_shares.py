"""The section on shares by group of a report about fairness."""

from __future__ import annotations

from verifier.jobs.fronts.shares import Interval, shares
from verifier.model.certificate import Certificate
from verifier.model.verdict import Verdict
from verifier.reports import question_words
from verifier.reports.blocks import Section, Table, TableCell, Text
from verifier.reports.numbers import decimal, interval
from verifier.reports.words import name


def section(c: Certificate, verdict: Verdict) -> tuple[Section, ...]:
    """How often each group gets class 1, and how often one of a pair alone does."""
    found = shares(c, verdict)
    if not found:
        return ()
    one = question_words.class_words(c.models[0], 1)
    rows = [
        (
            TableCell(" / ".join(map(name, s.groups))),
            *(_cell(x) for x in (s.first, s.second, s.only_first, s.only_second)),
        )
        for s in found
    ]
    lead = (
        "Over the pairs of one of each group, all else the same. The kernel found these shares in "
        "the same proof, gone through again with other questions: they are proved as well. How "
        f"much more often the first group gets class {one} is how much more often it alone does."
    )
    head = (
        "groups",
        f"class {one} in the first",
        "in the second",
        "in the first alone",
        "in the second alone",
    )
    return (Section("groups", "Shares by group", (Text(lead), Table("Shares", head, tuple(rows)))),)


def _cell(ends: Interval) -> TableCell:
    return TableCell(interval(ends, decimal), number=True)
