"""The lines that the command prints: what was found, whom it rests on, what float32 does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.reports import cases
from tests.reports.test_trust import trusted
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.proof import Open
from verifier.model.question import matter_of
from verifier.model.smooth import Smooth
from verifier.model.tree import Leaf, Tree
from verifier.model.verdict import Float32
from verifier.reports import summary
from verifier.reports.float32 import float32_line, float32_paragraph, why_nowhere

SHOWN = Float32(0, Fraction(0))
PARTLY = Float32(3, Fraction(1, 8))
NOWHERE = Float32(8, Fraction(1))


def said(made, **changes):
    """The lines by their names; none occurs twice here."""
    certificate, verdict = made
    return dict(summary.lines(certificate, replace(verdict, **changes), {"check": 0.5}))


def test_the_sentence_says_how_many_points_differ():
    assert (
        summary.sentence(cases.good()[1])
        == "the tree is the network on all 432 points of the domain."
    )
    differ = summary.sentence(cases.bad()[1])
    assert differ.startswith("tree and network differ at exactly ") and differ.endswith(" of 432.")
    nothing = cases.certified(bits(3), cases.sum_teacher(3, 0.5), Tree((Leaf(1),)), (Open(),))
    assert summary.sentence(nothing[1]) == (
        "at most 8 points of 8 can differ; none has been found."
    )
    rare = replace(nothing[1], error=(Fraction(0), Fraction(1, 1 << 40)))
    assert summary.sentence(rare) == (
        "tree and network can differ with probability 0 to 9.095 × 10⁻¹³; "
        "no such point has been found."
    )
    assert "tree and ensemble can differ" in summary.sentence(rare, "ensemble")


def test_the_kernel_that_found_it_has_a_name():
    assert said(cases.good())["trusted"] == "nothing but the kernel (Leafproof kernel 2)"


def test_solvers_are_named_whose_word_counts_and_whose_does_not():
    believed, doubted = said(trusted(["z3"])), said(trusted([]))
    assert '"z3' in believed["trusted"] and "not proved by the kernel" in believed["trusted"]
    assert "not trusted" not in believed
    assert doubted["trusted"].startswith("nothing but the kernel")
    assert "--trust-solver z3" in doubted["not trusted"] and "open" in doubted["not trusted"]


@pytest.mark.parametrize(
    ("found", "executed", "line"),
    [
        (SHOWN, (), "shown: every float32 evaluation of the logits gives the same classes"),
        (PARTLY, (), "not shown for 3 points, probability 0.125 (1/8)"),
        (NOWHERE, (), "not shown for 8 points, probability 1"),
        (SHOWN, ("float16",), "not shown: the model computes in float16"),
    ],
)
def test_float32_is_shown_or_not_shown(found, executed, line):
    assert float32_line(found, executed).startswith(line)
    paragraph = float32_paragraph(found, executed)
    assert paragraph.startswith(
        "Not shown" if line.startswith("not") and found is not PARTLY else "Shown"
    )


def test_the_reason_is_said_where_float32_is_shown_nowhere():
    step = Affine(0, np.ones((1, 2)), np.zeros(1))
    curve = Smooth(1, "tanh")
    tree = Tree((Leaf(0),))
    plain, bent = Network(2, (step,)), Network(2, (step, curve))
    real = Domain.product(bits(1), Domain.continuous("x", 0, 1))
    many = Affine(0, np.ones((4001, 2)), np.zeros(4001))
    wide = Network(2, (many, Affine(1, np.ones((1, 4001)), np.zeros(1))))
    assert why_nowhere(matter_of(bits(2), plain, tree)) == ""
    assert "smooth functions" in why_nowhere(matter_of(bits(2), bent, tree))
    assert "real inputs" in why_nowhere(matter_of(real, plain, tree))
    assert "4,000 inputs" in why_nowhere(matter_of(bits(2), wide, tree))


def test_a_check_that_was_cut_says_what_its_steps_prove():
    assert summary.so_far(*cases.bad()).endswith(
        "of 432 points, with probability 0.08333 (1/12) to 0.08334 (1/12)"
    )
