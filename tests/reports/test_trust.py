"""What a solver said is never called proved."""

from __future__ import annotations

import numpy as np
import pytest

from tests.reports import cases
from tests.reports.pages import page
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, exact_classes
from verifier.model.proof import Split, Trusted
from verifier.model.tree import bind, classify
from verifier.reports.leaves import LeafStatus, leaf_facts
from verifier.reports.report import FORMATS, compose, render

HARD = bits(20)


def hard_teacher():
    rng = np.random.default_rng(0)
    return Network(20, (Affine(0, rng.normal(size=(3, 20)), np.zeros(3)),))


def trusted(trust):
    tree = cases.grown((0, 0, 1))
    proof = (Split(3, 1), Trusted(1, "z3"), Trusted(1, "z3 4.13"))
    return cases.certified(HARD, hard_teacher(), tree, proof, trust=trust)


@pytest.mark.parametrize("format", FORMATS)
def test_what_a_solver_said_is_never_called_proved(format):
    made = trusted(["z3"])
    report = compose(*made, {})
    assert report.badge == "Different, on trust"
    assert "This holds if" in report.headline
    assert '"z3" is right about 1 cell' in report.headline
    assert not report.firm
    text = render(cases.result(*made), format=format).replace(r"\allowbreak{}", "")
    assert "not proved by the kernel: " in text.replace("\n", " ")
    assert "Proved:" not in text
    facts = leaf_facts(bind(made[0].tree, HARD), made[1])
    assert {f.status for f in facts.values()} == {LeafStatus.TRUSTED}


def test_without_trust_such_points_are_open():
    made = trusted([])
    assert made[1].verdict == "undecided"
    report = compose(*made, {})
    assert report.badge == "Inconclusive" and report.kind == "inconclusive"
    assert "holds if" not in report.headline
    facts = leaf_facts(bind(made[0].tree, HARD), made[1])
    assert {f.status for f in facts.values()} == {LeafStatus.OPEN}
    assert "a solver's word, not trusted: open" in page(made).words


def test_a_difference_that_the_kernel_evaluated_is_proved_even_beside_trusted_cells():
    tree = cases.grown((0, 0, 1))
    proof = (Split(3, 1), Trusted(1, "z3"), Trusted(1, "z3"))
    # a point of the class that the solver named: anything else would refute its word
    wrong = [
        x
        for x in sampled_points()
        if differs(HARD, hard_teacher(), tree, x)
        and exact_classes(hard_teacher(), HARD, [x]) == [1]
    ][:1]
    assert wrong
    made = cases.certified(HARD, hard_teacher(), tree, proof, wrong, trust=["z3"])
    report = compose(*made, {})
    assert report.badge == "Different"
    assert report.firm
    assert 'That they differ is proved; the numbers hold if "z3" is right about 2 cells' in (
        report.headline
    )


def sampled_points():
    rng = np.random.default_rng(5)
    return [tuple(row) for row in rng.integers(0, 2, size=(50, 20)).tolist()]


def differs(domain, teacher, tree, point):

    return exact_classes(teacher, domain, [point])[0] != classify(bind(tree, domain), point)
