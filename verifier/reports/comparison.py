"""Several certificates side by side: size against proved error, and the Pareto frontier."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from verifier.jobs.result import Result
from verifier.model.certificate import Certificate
from verifier.model.errors import CertificateError
from verifier.model.verdict import EQUIVALENT
from verifier.reports import question_comparison
from verifier.reports.blocks import (
    Block,
    Chart,
    Dot,
    Report,
    Section,
    Table,
    TableCell,
    Text,
)
from verifier.reports.compared import Compared, last_sections
from verifier.reports.found import proof_of
from verifier.reports.numbers import digits, interval, plural
from verifier.reports.scale import decades, marks, place
from verifier.reports.trust_words import rests_on_trust
from verifier.reports.verdict_words import badge
from verifier.reports.words import name
from verifier.reports.writer import write
from verifier.writing.models_json import same_teacher

SHAPES = 4
"""Shapes of dots: circle, square, diamond, triangle, by network."""
ASIDE = 0.06
"""How far dots of different kinds that fall on one place are set apart."""


def render_comparison(
    results: Sequence[tuple[str, Result]], *, format: str, command: str = ""
) -> str:
    """The comparison of at least two results, each with its name, as html, md or tex.

    Raises CertificateError for fewer than two, LeafproofError for one without a certificate.
    """
    entries = [Compared(label, *proof_of(result)) for label, result in results]
    return write(compose_comparison(entries, command), format)


def compose_comparison(entries: Sequence[Compared], command: str = "") -> Report:
    """Everything that the comparison says."""
    if len(entries) < 2:
        raise CertificateError("a comparison needs at least two certificates: name another one")
    if not all(e.certificate.matter.is_differ for e in entries):
        return question_comparison.compose(entries, command)
    groups = _groups(entries)
    best = frontier(entries)
    rows = tuple(_row(i, entry, groups[i], i in best) for i, entry in enumerate(entries))
    header = ("#", "certificate", "network", "leaves", "depth", "verdict", "error", "Pareto")
    equal = [e for e in entries if e.verdict.verdict == EQUIVALENT]
    firm = [e for e in equal if not rests_on_trust(e.verdict)]
    blocks: tuple[Block, ...] = (
        Text(_LEAD),
        _chart(entries, groups, best),
        Table("The certificates, in the order given", header, rows),
    )
    return Report(
        kind="comparison",
        firm=True,
        badge="Comparison",
        headline=_headline(entries, firm, len(equal) - len(firm), len(set(groups))),
        figures=(
            ("certificates", str(len(entries))),
            ("networks", str(len(set(groups)))),
            ("proved equivalent", str(len(firm))),
            ("on the Pareto frontier", str(len(best))),
        ),
        sections=(
            Section("comparison", "Size against proved error", blocks),
            *last_sections(entries, command),
        ),
    )


_LEAD = (
    "Each tree is drawn at its number of leaves, with the interval that its certificate proves for "
    "the probability of disagreement, and with its number in the table. A tree is on the Pareto "
    "frontier of its network if no other tree given for the same network and domain has at most as "
    "many leaves and at most as large a proved error, and is better in one of the two. Verdicts on "
    "trust count as stated, and are marked."
)


def _headline(
    entries: Sequence[Compared], firm: Sequence[Compared], trusting: int, networks: int
) -> str:
    count = f"{plural(len(entries), 'tree')} for {plural(networks, 'network')}"
    if not firm:
        proved = "none is proved equivalent by the kernel alone"
    else:
        least = min(e.certificate.tree.leaves for e in firm)
        noun = "is" if len(firm) == 1 else "are"
        size = plural(least, "leaf", "leaves")
        proved = f"{len(firm)} {noun} proved equivalent, the smallest with {size}"
    more = f"; {trusting} more on trust" if trusting else ""
    return f"Of {count}, {proved}{more}."


def _groups(entries: Sequence[Compared]) -> list[int]:
    """The network of each entry, numbered from 1: same domain, layers and weights."""
    different: list[Certificate] = []
    groups = []
    for e in entries:
        c = e.certificate
        at = next((i for i, other in enumerate(different) if _same_network(c, other)), None)
        if at is None:
            at = len(different)
            different.append(c)
        groups.append(at + 1)
    return groups


def _same_network(a: Certificate, b: Certificate) -> bool:
    return same_teacher(a.teacher, b.teacher) and a.domain == b.domain


def frontier(entries: Sequence[Compared]) -> frozenset[int]:
    """The entries that no other of the same network dominates."""
    groups = _groups(entries)
    sizes = [(e.certificate.tree.leaves, e.verdict.error[1]) for e in entries]

    def beaten(i: int) -> bool:
        return any(
            groups[j] == groups[i]
            and sizes[j] != sizes[i]
            and sizes[j][0] <= sizes[i][0]
            and sizes[j][1] <= sizes[i][1]
            for j in range(len(entries))
        )

    return frozenset(i for i in range(len(entries)) if not beaten(i))


def _row(at: int, entry: Compared, network: int, best: bool) -> tuple[TableCell, ...]:
    tree, verdict = entry.certificate.tree, entry.verdict
    return (
        TableCell(str(at + 1), number=True),
        TableCell(name(entry.label), mark=best),
        TableCell(str(network), number=True),
        TableCell(digits(tree.leaves), number=True),
        TableCell(digits(tree.depth), number=True),
        TableCell(badge(verdict)),
        TableCell(interval(verdict.error)),
        TableCell("yes" if best else "no"),
    )


def _chart(entries: Sequence[Compared], groups: Sequence[int], best: frozenset[int]) -> Chart:
    """A dot for all trees of one network that are drawn at one place, with their numbers."""
    errors = [x for e in entries for x in e.verdict.error]
    shown = decades(errors, 3)
    leaves = [e.certificate.tree.leaves for e in entries]
    top = max(1, math.ceil(math.log2(max(leaves) + 1)))
    across = tuple((round(k / top, 4), digits(2**k)) for k in range(0, top + 1, top // 8 + 1))
    together: dict[Dot, list[int]] = {}
    for i, e in enumerate(entries):
        dot = Dot(
            "",
            round(math.log2(e.certificate.tree.leaves) / top, 4),
            place(e.verdict.error[0], shown),
            place(e.verdict.error[1], shown),
            i in best,
            not rests_on_trust(e.verdict),
            (groups[i] - 1) % SHAPES,
        )
        together.setdefault(dot, []).append(i + 1)
    dots: list[Dot] = []
    crowd: Counter[tuple[float, float]] = Counter()
    for dot, members in together.items():
        aside = ASIDE * crowd[dot.across, dot.high]
        crowd[dot.across, dot.high] += 1
        label = ", ".join(map(str, members))
        dots.append(replace(dot, label=label, across=round(dot.across + aside, 4)))
    caption = (
        "Leaves (across) against the proved disagreement probability (upwards), both logarithmic"
    )
    return Chart(caption, across, marks(shown), tuple(dots), len(set(groups)))
