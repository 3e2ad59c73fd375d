"""Ctrl-C ends certified and repair on large domains at once, with a tree and a proof that hold."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import teacher_class
from verifier.distillers import certified, repair, rounds
from verifier.distillers.sources import CellSource
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch, timing

DOMAIN = bits(30)
TREE = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def majority():
    """Class 1 where more than 15 of 30 bits are set: no small tree has it."""
    layers = (Affine(0, np.ones((1, 30)), np.zeros(1)), Relu(1))
    return Network(30, (*layers, Affine(2, np.ones((1, 1)), np.array([-15.5]))))


@pytest.mark.parametrize("where", [(branch, "_run"), (CellSource, "cut")])
@pytest.mark.parametrize("method", ["certified", "repair"])
def test_one_interruption_ends_the_search(where, method, monkeypatch):
    teacher, calls = majority(), []

    def press(*arguments):
        calls.append(arguments)
        raise KeyboardInterrupt

    monkeypatch.setattr(*where, press)
    monkeypatch.setattr(rounds, "SLICE", 0.02)
    if method == "certified":
        monkeypatch.setattr(certified._CertifiedSearch, "sketch", lambda *_: TREE)
        found = certified.distill(teacher, DOMAIN)
    else:
        found = repair.repair(teacher, TREE, DOMAIN)
    assert len(calls) == 1 and not found.finished
    monkeypatch.undo()
    verdict = checker.verify(
        matter_of(DOMAIN, teacher, found.tree), found.finding.proof, found.finding.counterexamples
    )
    assert verdict.verdict != "equivalent" and verdict.error[1] > Fraction(1, 4)


def test_a_tree_that_nothing_is_known_of_yet_is_kept(monkeypatch):
    """The time ends while what a tree misses is counted: it is the tree, and nobody says where
    it differs."""
    teacher, grown = majority(), Tree((Inner(1, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))

    def late(*_):
        raise timing.TimeOver

    monkeypatch.setattr(rounds, "SLICE", 0.02)
    monkeypatch.setattr(certified._CertifiedSearch, "sketch", lambda *_: TREE)
    monkeypatch.setattr(certified._CertifiedSearch, "regrow", lambda *_: (grown, True))
    monkeypatch.setattr(rounds.Rounds, "judged", late)
    found = certified.distill(teacher, DOMAIN)
    assert found.tree == grown and not found.finished and found.error == (0, 1)
    assert found.finding.counterexamples == ()
    monkeypatch.setattr(certified._CertifiedSearch, "regrow", lambda *_: (TREE, True))
    found = certified.distill(teacher, DOMAIN)
    assert found.tree == TREE
    assert all(teacher_class(teacher, x) != x[0] for x in found.finding.counterexamples)
    checked = matter_of(DOMAIN, teacher, found.tree)
    checker.verify(checked, found.finding.proof, found.finding.counterexamples)
