"""Counts of trees took two classes for granted, and nothing said so: 2 to the number of leaves.

A class expression had no number of classes, so `trees(leaves=4,variables=9)` stood for trees of any
teacher, and a lower bound that counts one bit a label took classes of any kind.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product
from math import comb

import pytest

from theory import catalogue
from verifier.cli.main import run
from verifier.model.domain import bits
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports.samples import samples_to_train, tree_class

HALF = Fraction(1, 2)
THREE = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(1), Leaf(2)))


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_a_report_counts_with_the_teachers_classes(classes: int) -> None:
    trees = tree_class(bits(4), THREE, classes)
    assert trees is not None
    # 2 shapes of 3 leaves, 4 variables at 2 inner nodes, a class at each leaf
    listed = sum(1 for _ in product(range(2), range(4), range(4), *[range(classes)] * 3))
    assert listed == comb(4, 2) // 3 * 4**2 * classes**3
    by_number = catalogue["occam-realizable"].evaluate(
        epsilon=Fraction(1, 100), delta=Fraction(1, 10**9), class_=listed
    )
    assert samples_to_train(Fraction(1, 100), trees) == by_number.integer


def test_size_and_eval_say_the_number_of_classes(capsys) -> None:
    for more, number, count in (("", "2", 2 * 16 * 8), (",classes=3", "3", 2 * 16 * 27)):
        text = f"trees(leaves=3,variables=4{more})"
        assert run(["bounds", "size", text]) == 0
        out = capsys.readouterr().out
        assert f"over 4 variables, with {number} classes\n" in out
        assert f"cardinality  {count}\n" in out
        given = ["epsilon=1/10", "delta=1/10", f"class={text}"]
        assert run(["bounds", "eval", "occam-realizable", *given]) == 0
        assert f"with {number} classes\n" in capsys.readouterr().out
        assert run(["bounds", "eval", "occam-realizable", *given, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["counted"][0].endswith(f"{number} classes")


def test_a_theorem_about_two_classes_refuses_three(capsys) -> None:
    given = ["class=trees(depth=2,variables=4,classes=3)", "ball=1", "delta=1/10"]
    assert run(["bounds", "eval", "class-samples-without-teacher", *given]) == 3
    err = capsys.readouterr().err
    assert "the theorem holds for 2 classes" in err
    assert err.count("\n") == 1
