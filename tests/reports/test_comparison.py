"""Several certificates side by side."""

from __future__ import annotations

import pytest

from tests.reports import cases
from tests.reports.pages import Page, balanced_tex
from tests.reports.test_trust import trusted
from tests.saved import save_certificate
from verifier.model.errors import LeafproofError
from verifier.model.proof import Enumerated, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.reports.comparison import Compared, compose_comparison, frontier, render_comparison
from verifier.reports.report import FORMATS

WASTEFUL = cases.grown((11, (0, (1, (5, 0, 1), (4, 0, 1)), (3, 0, 1)), (6, 1, (7, 1, 1))))


@pytest.fixture(scope="module")
def entries(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    teacher = cases.robots_teacher()
    other = cases.sum_teacher(17, 0.5)
    made = []
    for label, network, tree, proof in (
        ("one leaf", teacher, Tree((Leaf(0),)), None),
        ("six <leaves>", teacher, cases.BAD, None),
        ("seven", teacher, cases.GOOD, None),
        ("wasteful", teacher, WASTEFUL, None),
        ("half open", teacher, cases.grown((11, 0, 1)), (Split(0, 1), Open(), Enumerated())),
        ("other network", other, WASTEFUL, None),
    ):
        steps = proof or cases.closed(cases.ROBOTS, network, tree)
        certificate, verdict = save_certificate(
            folder / "c", matter_of(cases.ROBOTS, network, tree), Finding(tuple(steps)), "test"
        )
        made.append(Compared(label, certificate, verdict))
    return made


def results(entries):
    return [(e.label, cases.result(e.certificate, e.verdict)) for e in entries]


def test_the_frontier_holds_what_nothing_of_the_same_network_beats(entries):
    assert [e.label for i, e in enumerate(entries) if i in frontier(entries)] == [
        "one leaf",
        "six <leaves>",
        "seven",
        "other network",
    ]


def test_equal_trees_share_the_frontier(entries):
    assert frontier([entries[2], entries[2]]) == {0, 1}
    assert frontier([entries[2], entries[3]]) == {0}


@pytest.mark.parametrize("format", FORMATS)
def test_the_comparison_in_every_format(entries, format):
    text = render_comparison(results(entries), format=format)
    plain = text.replace(r"\allowbreak{}", "")
    assert "Of 6 trees for 2 networks, 2 are proved equivalent" in plain
    assert "1/12" in plain
    assert entries[0].certificate.sha256 in plain
    assert "<leaves>" not in plain
    if format == "html":
        shown = Page(text)
        dots = [tag for tag, a in shown.tags if a.get("class") == "dot"]
        assert sorted(dots) == ["circle"] * 5 + ["path"]  # the other network's is a square
        assert set(shown.targets) <= set(shown.ids)
    if format == "tex":
        balanced_tex(text)
    if format == "md":
        drawn = text.split("```")[1]
        assert all(f" {n} " in f"{drawn} ".replace("\n", " ") for n in ("1", "2", "(4)", "(5)"))


def test_verdicts_on_trust_are_not_counted_as_proved():
    certificate, verdict = trusted(["z3"])
    both = [Compared(label, certificate, verdict) for label in "ab"]
    report = compose_comparison(both)
    assert "none is proved equivalent by the kernel alone" in report.headline
    chart = report.sections[0].blocks[1]
    assert [(d.firm, d.label) for d in chart.dots] == [(False, "1, 2")]


def test_one_certificate_is_no_comparison(entries):
    with pytest.raises(LeafproofError, match="at least two certificates"):
        render_comparison(results(entries[:1]), format="html")
