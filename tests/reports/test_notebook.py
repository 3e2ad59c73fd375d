"""Objects show themselves in notebooks, and the tour runs from top to bottom."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import verifier as lp
from tests.reports import cases
from tests.reports.pages import Page
from tests.reports.test_hostile import evil
from theory import catalogue
from verifier.formats.variables import ordinal
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain, bits
from verifier.model.tree import Inner, Leaf, Tree

TOUR = Path(__file__).parents[2] / "examples/tour.ipynb"


def shown(thing):
    """The structure of what a notebook is given: balanced, without scripts."""
    found = Page(thing._repr_html_())
    assert not {tag for tag, _ in found.tags} & {"script", "iframe", "img"}
    return found


def test_a_domain_shows_its_size_and_variables():
    words = shown(cases.ROBOTS).words
    assert "6 variables, 432 = 2² · 3³ · 4 points" in words
    assert "head round, square, octagon 3 1/3 each" in words


def test_a_large_domain_is_summarised():
    words = shown(Domain(tuple(ordinal(f"x{i}", range(60)) for i in range(2500)))).words
    assert "2,500 variables, about" in words and "= 60²⁵⁰⁰ points" in words
    assert "and 2,480 more" in words and "… (60 in all)" in words


def test_a_network_shows_its_layers():
    words = shown(cases.robots_teacher()).words
    assert "17 input columns, 2 classes" in words
    assert "1 Affine 4 72" in words and "2 Relu 4 0" in words and "Sigmoid" in words


def test_what_is_printed_is_a_line():
    assert repr(cases.ROBOTS) == "Domain(6 variables, 432 points)"
    teacher = cases.robots_teacher()
    shown = f"Network(17 input columns, {len(teacher.layers)} layers, 2 classes)"
    assert str(teacher) == shown and [teacher].__repr__() == f"[{shown}]"
    assert repr(cases.GOOD) == "Tree(7 leaves, depth 4)"
    reals = Domain(
        (Continuous("x", Fraction(0), (Run(2, Fraction(1), Fraction(1)),)), *bits(1).variables)
    )
    assert repr(reals) == "Domain(2 variables, infinitely many points)"


def test_a_tree_is_drawn():
    found = shown(cases.GOOD)
    assert "svg" in {tag for tag, _ in found.tags}
    assert "7 leaves, depth 4" in found.words and "class 1" in found.words


def test_a_large_tree_is_drawn_in_part():
    leaves = [Leaf(i % 2) for i in range(1 << 17)]
    inner = [Inner(i % 40, cases.HALF, 2 * i + 1, 2 * i + 2) for i in range(len(leaves) - 1)]
    made = Tree((*inner, *leaves))._repr_html_()
    assert "131,072 leaves" in made and "at most 100 are drawn" in made
    assert len(made) < 100_000


def test_a_certificate_shows_what_it_states_and_that_it_is_not_checked(bad):
    words = shown(bad[0]).words
    assert "believe it once check_certificate(certificate) has returned" in words
    assert "no verdict" in words and "jacket = red?" in words


def test_a_result_shows_the_verdict_whom_it_rests_on_and_where_they_differ(bad):
    words = shown(cases.result(*bad, {"check": 0.5})).words
    assert "DIFFERENT : tree and network differ at exactly 36 points of 432" in words
    assert "trusted nothing but the kernel (Leafproof kernel 2)" in words
    assert "network tree head body" in words and "jacket = red?" in words


def test_of_points_of_many_variables_it_is_said_that_the_first_are_shown():
    result = lp.certify(cases.sum_teacher(24, 0.5), Tree((Leaf(0),)), bits(24), sample=0)
    words = shown(result).words
    assert "Points where they differ : the first 20 of 24 variables" in words
    assert "Decision tree with 1 leaf, depth 0" in words
    assert " x19 " in words and " x20 " not in words


def test_a_result_without_a_proof_claims_nothing(bad):
    held = cases.result(*bad)
    words = shown(replace(held, certificate=None, proved=None)).words
    assert words.startswith("Nothing is claimed") and "jacket = red?" in words


def test_names_are_escaped():
    certificate, verdict = evil()
    result = cases.result(certificate, verdict)
    for thing in (certificate, certificate.domain, certificate.teacher, certificate.tree, result):
        made = thing._repr_html_()
        shown(thing)
        assert "<script>" not in made and "\u202e" not in made and "\x00" not in made


def test_a_theorem_shows_its_formula():
    words = shown(catalogue["test-sample-size"]).words
    assert "\\log" in words and "ε" in words


@pytest.mark.parametrize("thing", [bits(1), Tree((Leaf(0),)), cases.sum_teacher(1, 0.5)])
def test_the_smallest_things_show_themselves(thing):
    assert shown(thing).words


def test_the_tour_runs_from_top_to_bottom(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(TOUR.parent.parent))
    tour = nbformat.read(TOUR, as_version=4)
    nbformat.validate(tour)
    assert len(tour.cells) <= 10
    assert all(not c.get("outputs") for c in tour.cells)
    kernel = {"path": str(tmp_path)}
    NotebookClient(
        tour, timeout=300, kernel_name="python3", resources={"metadata": kernel}
    ).execute()
    outputs = [o for c in tour.cells if c.cell_type == "code" for o in c.outputs]
    html = [o.data["text/html"] for o in outputs if "text/html" in o.get("data", {})]
    text = "".join(o.text for o in outputs if o.output_type == "stream")
    assert len(html) == 5 and sum("<svg" in h for h in html) == 2
    assert "different at exactly" in text and "equivalent 0" in text
    assert (tmp_path / "repaired.html").stat().st_size > 40_000
