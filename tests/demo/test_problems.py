"""Teachers trained on problems that no one here invented, certified by every prover."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import pytest
from sklearn.tree import DecisionTreeClassifier

from verifier.demo.problems import exactly, monk, multiplexer, tic_tac_toe
from verifier.demo.training import accuracy, train
from verifier.formats.sklearn import tree_from_sklearn
from verifier.formats.torch import from_torch
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.network import exact_classes
from verifier.model.question import matter_of
from verifier.model.tree import bind, classify
from verifier.provers import branch, exhaustive
from verifier.provers.solvers import z3

PROBLEMS = {
    "monk-1": lambda: monk(1),
    "monk-2": lambda: monk(2),
    "monk-3": lambda: monk(3),
    "multiplexer-6": lambda: multiplexer(2),
    "multiplexer-11": lambda: multiplexer(3),
    "exactly-3-of-8": lambda: exactly(3, 8),
    "tic-tac-toe": tic_tac_toe,
}


@cache
def trained(name):
    """The problem, its teacher, and the teacher's class at every point of the domain."""
    problem = PROBLEMS[name]()
    hidden = (24, 24) if name in ("multiplexer-11", "tic-tac-toe") else (16, 16)
    network = train(problem, hidden)
    teacher = from_torch(network, problem.domain.columns)
    points = list(full_cell(problem.domain).points())
    return (
        problem,
        network,
        teacher,
        dict(zip(points, exact_classes(teacher, problem.domain, points), strict=True)),
    )


def distilled(name, depth):
    """CART fitted to the teacher's classes on the whole domain."""
    problem, _, _, classes = trained(name)
    inputs = [[float(x) for x in problem.domain.encode(p)] for p in classes]
    model = DecisionTreeClassifier(max_depth=depth, random_state=0)
    return tree_from_sklearn(model.fit(inputs, list(classes.values())), [0, 1])


@pytest.mark.parametrize("name", PROBLEMS)
def test_the_teacher_learns_the_problem(name):
    problem, network, _, _ = trained(name)
    assert accuracy(network, problem) > 0.97


@pytest.mark.parametrize("depth", [3, None])
@pytest.mark.parametrize("prover", [exhaustive, branch, z3], ids=lambda p: p.__name__[17:])
@pytest.mark.parametrize("name", PROBLEMS)
def test_verdict_and_count_are_those_of_brute_force(name, prover, depth):
    if name == "tic-tac-toe" and prover is z3 and depth is None:
        depth = 6  # the full tree has hundreds of leaves: minutes of Z3
    problem, _, teacher, classes = trained(name)
    tree = distilled(name, depth)
    bound = bind(tree, problem.domain)
    wrong = sum(classify(bound, point) != klass for point, klass in classes.items())
    finding = prover.prove(problem.domain, teacher, tree)
    found = checker.verify(
        matter_of(problem.domain, teacher, tree), finding.proof, finding.counterexamples
    )
    assert found.disagreements == (wrong, wrong)
    assert found.error == (Fraction(wrong, problem.domain.size),) * 2
    assert found.verdict == ("different" if wrong else "equivalent")
    assert len(found.counterexamples) == min(10, wrong)
    assert depth is not None or wrong == 0
