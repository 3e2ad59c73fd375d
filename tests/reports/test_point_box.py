"""The box in the page, in a real browser: it says of a point what the tree and the proof say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.reports import asked, cases
from tests.reports.test_browser import DESKTOP, PHONE, browser, needs_browser, opened
from verifier.formats.intervals import continuous
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ranged
from verifier.model.part import contains
from verifier.model.proof import Constant, Enumerated, Open, Split, steps
from verifier.model.tree import Inner, Leaf, Tree, bind
from verifier.reports import point_box
from verifier.reports.leaves import leaf_of
from verifier.reports.report import render

__all__ = ["browser"]


def numbers():
    """A range that JavaScript's numbers cannot count, an interval, and one value list."""
    domain = Domain(
        (
            *Domain.range("id", 0, 10**18, "1/3").variables,
            continuous("dose", 0, 10),
            *Domain.ordinal("grade", [1, 2, 5]).variables,
        )
    )
    weight = np.array([[0.0, 0.0, 1.0]])
    teacher = Network(3, (Affine(0, weight, np.array([0.5])),))
    far = Fraction(7 * 10**17) + Fraction(1, 3)
    tree = Tree((Inner(0, far, 1, 2), Leaf(1), Leaf(1)))
    at = domain.variables[0].up_to(far).stop - 1
    proof = Split(0, at), Constant(1), Open()
    return cases.certified(domain, teacher, tree, proof)


CASES = {"different": cases.bad, "ranges and a tree": asked.dependent, "numbers": numbers}


def page(tmp_path, made):
    file = tmp_path / "page.html"
    file.write_text(render(cases.result(*made, {"check": 0.5}), format="html"))
    return file


def choose(tab, domain, point):
    """Type or choose a point's values."""
    for i, (v, value) in enumerate(zip(domain.variables, point, strict=True)):
        field = tab.locator(f"#box-{i}")
        if isinstance(v, Ranged):
            field.fill(str(v.number(value)))
        elif field.get_attribute("type") == "range":
            field.fill(str(value))
        else:
            field.select_option(str(value))


def some_points(domain, count):
    rng = np.random.default_rng(0)
    chosen = [tuple(int(rng.integers(v.count)) for v in domain.variables) for _ in range(count)]
    return [point for point in chosen if domain.possible(point)]


def step_at(certificate, point):
    return next(
        step
        for cell, _, step in steps(certificate.domain, certificate.proof)
        if all(contains(part, i) for part, i in zip(cell.parts, point, strict=True))
    )


@needs_browser
@pytest.mark.parametrize("name", CASES)
def test_the_box_says_what_the_tree_and_the_proof_say(browser, tmp_path, name):
    certificate, verdict = CASES[name]()
    bound = bind(certificate.tree, certificate.domain)
    with opened(browser, page(tmp_path, (certificate, verdict))) as tab:
        answer = tab.locator(".try .answer")
        for point in some_points(certificate.domain, 15):
            choose(tab, certificate.domain, point)
            leaf = leaf_of(bound, point)
            said = answer.inner_text()
            assert f"class {bound.nodes[leaf]} at leaf {leaf} " in said
            depth, node = 0, 0
            while isinstance(test := bound.nodes[node], tuple):
                node, depth = test[2 if contains(test[1], point[test[0]]) else 3], depth + 1
            assert tab.locator(".try .way li").count() == depth
            step = step_at(certificate, point)
            words = {Constant: "proved", Enumerated: "enumerated", Open: "open"}[type(step)]
            assert tab.locator(".try .cell .pill").inner_text() == words
            if isinstance(step, Constant):
                agree = "agree" if step.klass == bound.nodes[leaf] else "differ"
                assert f"So model and tree {agree} at this point." in said


@needs_browser
def test_numbers_are_compared_exactly_and_others_are_refused(browser, tmp_path):
    certificate, verdict = numbers()
    far = Fraction(7 * 10**17) + Fraction(1, 3)
    with opened(browser, page(tmp_path, (certificate, verdict))) as tab:
        mark, field = tab.locator(".try .cell .pill"), tab.locator("#box-0")
        for number, word in ((far, "proved"), (far + Fraction(1, 3), "open")):
            field.fill(str(number))
            assert mark.inner_text() == word
        field.fill("1/2")
        assert tab.locator("#box-0-wrong").inner_text() == "give in steps of 1/3 from 0"
        assert "none of the domain" in tab.locator(".try .answer").inner_text()
        field.fill("-1")
        assert "give from 0 to 1" in tab.locator("#box-0-wrong").inner_text()
        field.fill("1/0")
        assert "give a number" in tab.locator("#box-0-wrong").inner_text()
        for same in ("7e17", "70.0E+16", " 7000e14 ", f"{7 * 10**20}e-3", "+7e17"):
            field.fill(same)
            assert mark.inner_text() == "proved"
        field.fill("\N{MINUS SIGN}2.5e1")  # as the page itself writes it
        assert "give from 0 to 1" in tab.locator("#box-0-wrong").inner_text()
        for none in ("1e", "e9", "1e1/2", "1e1.5", "1e9999", "0x1", "1_0"):
            field.fill(none)
            assert "give a number" in tab.locator("#box-0-wrong").inner_text()
        field.fill("12")
        tab.locator("#box-1").fill("0")  # the left end of an interval is in no piece
        assert tab.locator("#box-1-wrong").inner_text() == "give above 0, up to 10"
        tab.locator("#box-1").fill("0.001")
        assert mark.inner_text() == "proved"
        slider = tab.locator(".field").nth(0).locator("input[type=range]")
        slider.press("End")
        assert field.input_value() == "1000000000000000000" and mark.inner_text() == "open"
        slider.press("Home")
        assert field.input_value() == "0" and mark.inner_text() == "proved"


@needs_browser
def test_a_listed_point_an_impossible_one_and_a_question(browser, tmp_path):
    with opened(browser, page(tmp_path, barely_bad())) as tab:
        assert "This point is one of those listed" in tab.locator(".try .answer").inner_text()
    certificate, verdict = asked.dependent()
    domain = certificate.domain
    impossible = next(point for point in full_cell(domain).points() if not domain.possible(point))
    with opened(browser, page(tmp_path, (certificate, verdict))) as tab:
        choose(tab, domain, impossible)
        assert "impossible in the domain" in tab.locator(".try .answer").inner_text()
        assert tab.locator(".try .pill").count() == 0
    with opened(browser, page(tmp_path, asked.copies())) as tab:
        assert "Its cell of the proof is" in tab.locator(".try .answer").inner_text()
        assert tab.locator(".try .way").count() == 0


def barely_bad():
    certificate, _ = cases.bad()
    domain, tree, teacher = certificate.domain, certificate.tree, certificate.teacher
    wrong = (1, 1, 0, 0, 1, 0), (2, 2, 0, 0, 1, 0)
    point = next(p for p in wrong if teacher_differs(teacher, tree, domain, p))
    return cases.certified(domain, teacher, tree, certificate.proof, (point,))


def teacher_differs(teacher, tree, domain, point):
    from tests.brute import teacher_class, tree_class

    return teacher_class(teacher, domain.encode(point)) != tree_class(tree, domain.encode(point))


@needs_browser
def test_a_large_proof_is_held_in_part(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(point_box, "MOST_SPLITS", 3)
    certificate, verdict = cases.bad()
    for size in (DESKTOP, PHONE):
        with opened(browser, page(tmp_path, (certificate, verdict)), size) as tab:
            assert "holds its upper part only" in tab.locator("#try").inner_text()
            seen = set()
            for point in some_points(certificate.domain, 15):
                choose(tab, certificate.domain, point)
                seen.add(tab.locator(".try .cell .pill").inner_text())
            assert "not held" in seen and len(seen) > 1


def test_what_is_too_large_has_no_box():
    certificate, verdict = cases.certified(
        bits(201), cases.sum_teacher(201, 0.5), Tree((Leaf(1),)), (Constant(1),)
    )
    text = render(cases.result(certificate, verdict), format="html")
    assert "There is no box to try a point in: 201 variables are too many" in text
    assert 'id="box"' not in text
