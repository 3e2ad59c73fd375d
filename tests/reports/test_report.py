"""The reports: what they say, in which order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.reports import cases
from tests.reports.pages import SECONDS, Page, in_order, page
from theory import catalogue
from verifier.formats.variables import one_hot, ordinal
from verifier.kernel import checker
from verifier.kernel.tails import tail_bound
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports.bounds_view import agreement_share
from verifier.reports.report import FORMATS, compose, render
from verifier.reports.verdict_words import headline

ORDER = (
    "What this is about",
    "How far apart they can be",
    "The tree, leaf by leaf",
    "Try a point",
    "Counterexamples",
    "The proof",
    "Float32",
    "What sampling would need",
    "The theorems behind the figures",
    "Provenance",
    "Check it again",
)


@pytest.mark.parametrize("format", FORMATS)
def test_all_formats_say_the_same_in_the_same_order(bad, format):
    report = compose(*bad, SECONDS)
    text = render(cases.result(*bad, SECONDS), format=format)
    assert tuple(s.title for s in report.sections) == ORDER
    marks = {"html": ("<h2", ">{}</h2>"), "md": ("", "## {}\n"), "tex": ("", "\\section*{{{}}}")}
    in_order(text, [marks[format][1].format(title) for title in ORDER])
    for fact in ("36 of the 432", "octagon", "2,062", "load", "2.500 s", "Sigmoid", "0b0b0b0b"):
        assert fact in text.replace(r"\allowbreak{}", "")


def test_unknown_formats_are_refused(good):
    with pytest.raises(KeyError):
        render(cases.result(*good), format="pdf")


def test_equivalence_is_said_in_one_sentence(good):
    proof = good[0].proof  # whose last Step may be shown either way
    made = cases.certified(
        cases.ROBOTS, cases.robots_teacher(), cases.GOOD, (*proof[:-1], Enumerated())
    )
    shown = page(made)
    in_order(
        shown.words,
        [
            "Equivalent",
            "Proved: the tree and the network give the same class at every one of the 432 points "
            "of the domain.",
            "432 = 2² · 3³ · 4 points",
            "no solver and no prover",
            "exactly 0",
            "6 leaves: the kernel proved by bounds",
            "1 leaf: the kernel evaluated the network exactly",
        ],
    )
    assert "differs" not in shown.words.split("Counterexamples")[0].split("leaf by leaf")[1]


def test_the_page_is_well_formed_self_contained_and_linked(bad):
    text = render(cases.result(*bad, SECONDS), format="html")
    shown = Page(text)
    assert len(shown.ids) == len(set(shown.ids))
    assert set(shown.targets) <= set(shown.ids)
    for tag, attrs in shown.tags:
        assert not {"src", "srcset", "action", "data-src"} & set(attrs)
        assert not attrs.get("href", "#").startswith(("http", "//", "file"))
        assert tag not in {"iframe", "object", "embed", "img", "form", "base"}
        assert not [k for k in attrs if k.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    heads = [tag for tag, _ in shown.tags if tag in ("h1", "h2", "h3")]
    assert heads == ["h1"] + ["h2"] * len(ORDER)


def test_reports_depend_on_nothing_but_their_input(bad):
    for format in FORMATS:
        once, again = (render(cases.result(*bad, SECONDS), format=format) for _ in range(2))
        assert once == again


def test_open_and_tail_verdicts_are_called_undecided():
    domain, teacher = bits(40), cases.sum_teacher(40, -8)
    bound = tail_bound(checker.prepare(teacher, domain), full_cell(domain), 1)
    made = cases.certified(domain, teacher, Tree((Leaf(1),)), (Tail(1, bound),))
    words = page(made).words
    assert "no disagreement is known, and none is excluded at any of the 1,099,511,627,776" in words
    assert "a disagreement probability of at most" in words
    assert "class 1, tail" in words
    assert "ρ = 0: vacuous, when ρ <= 0; the tail bounds of other cells" in words


def test_the_theorem_about_the_proved_region_has_the_certificates_numbers(good, bad):
    domain, teacher = cases.wide(4)
    open_half = (Split(0, 1), Constant(1), Open())
    half = cases.certified(domain, teacher, Tree((Leaf(1),)), open_half)
    nothing = cases.certified(domain, teacher, Tree((Leaf(1),)), (Open(),))
    for made, share, said, instead in (
        (good, 1, "ρ = 1, so at most 0", "proves instead: a disagreement probability of 0."),
        (bad, Fraction(11, 12), "so at most 0.08334 (1/12)", "false: the error is 0.08333 (1/12)"),
        (
            half,
            Fraction(1, 2),
            "ρ = 0.5 (1/2), so at most 0.5",
            "probability of at most 0.5.",
        ),
        (nothing, 0, "ρ = 0: vacuous, when ρ <= 0", "proves nothing yet"),
    ):
        domain, verdict = made[0].domain, made[1]
        assert agreement_share(domain, verdict) == share == 1 - verdict.error[1]
        words = page(made).words
        assert said in words
        assert instead in words


def test_huge_domains_keep_every_digit():
    domain, teacher = cases.wide(100)
    tree = cases.grown((0, 1, 0))
    made = cases.certified(domain, teacher, tree, (Constant(1),))
    assert "at 633,825,300,114,114,700,748,351,602,688 of the 2¹⁰⁰ points" in made_headline(made)
    words = page(made).words
    assert "1,267,650,600,228,229,401,496,703,205,376 = 2¹⁰⁰ points" in words
    # the number of tests that would notice one point: ln(10^-9) / ln(1 - 2^-100), rounded up
    assert "26,269,860,376,894,278,828,978,711,159,260" in words


def made_headline(made):
    return headline(made[0].domain, made[1])


def test_thousands_of_digits_are_rounded_and_written_out_once():
    domain = Domain(tuple(ordinal(f"x{i}", range(60)) for i in range(2500)))
    tree = Tree((Inner(0, Fraction(59, 2), 1, 2), Leaf(1), Leaf(0)))
    made = cases.certified(domain, cases.sum_teacher(2500, 0.5), tree, (Constant(1),))
    text = render(cases.result(*made), format="md")
    assert "about 1.19425 × 10⁴⁴⁴⁵ of the 60²⁵⁰⁰ points" in made_headline(made)
    exact = cases_digits(30 * 60**2499)
    assert exact in text


def cases_digits(n):
    """Digits of an integer that ``str`` refuses, in two parts."""
    top, rest = divmod(n, 10**4000)
    return f"{top}{rest:04000d}"


def test_probability_zero_points_are_counted():
    domain = Domain((one_hot("a", ("x", "y"), (Fraction(1), Fraction(0))),))
    teacher = Network(2, (Affine(0, np.array([[1.0, -1.0]]), np.zeros(1)),))
    made = cases.certified(domain, teacher, Tree((Leaf(1),)), (Enumerated(),))
    assert made_headline(made) == (
        "The tree and the network differ at 1 of the 2 points of the domain: "
        "a disagreement probability of 0."
    )


def test_a_domain_of_one_point():
    domain = Domain((one_hot("only", ("value",)),))
    made = cases.certified(domain, cases.sum_teacher(1, 0.5), Tree((Leaf(1),)), (Constant(1),))
    assert "at the only point of the domain" in made_headline(made)
    assert "any point at all" not in page(made).words


def test_figures_link_to_the_theorems_they_rest_on(bad):
    """Beside the headline and in their section: the theorem is there, as the catalogue says it."""
    text = render(cases.result(*bad, SECONDS), format="html")
    shown = Page(text)
    report = compose(*bad, SECONDS)
    assert report.cited["error ε"] in {name for name in catalogue if name.startswith("kernel-")}
    for name in report.cited.values():
        assert f"theorem-{name}" in shown.ids
        assert f'<a href="#theorem-{name}">' in text
        assert f"leafproof bounds show {name}" in text
    kinds = {kind for kind, cells in bad[1].checked.cells.items() if cells}
    assert ("kernel-enumeration" in text) == ("enumerated" in kinds)
    assert ("kernel-sandwich" in text) == ("sandwich" in kinds)
