"""Where other work had all of the time, small domains still get what takes a moment."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import verifier as lp
from tests.brute import teacher_class
from tests.ensembles import simple
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Leaf, Tree

RNG = np.random.default_rng(0)
NET = Network(
    8,
    (
        Affine(0, RNG.integers(-3, 4, (5, 8)).astype(float), RNG.integers(-3, 4, 5).astype(float)),
        Relu(1),
        Affine(2, RNG.integers(-3, 4, (1, 5)).astype(float), np.array([-1.0])),
    ),
)
LEAF = Tree((Leaf(0),))
NOTHING = 1e-6
"""Seconds that are over before anything is read. (Of no seconds at all all is left open.)"""


@pytest.mark.parametrize("way", ["distill", "repair"])
def test_a_tree_for_few_points_takes_a_moment_after_the_limit(way: str) -> None:
    domain = lp.Domain.bits(8)
    if way == "distill":
        made = lp.distill(NET, domain, timeout=0)
    else:
        made = lp.repair(NET, LEAF, domain, timeout=0)
    assert made.verdict == "equivalent" and made.finished


@pytest.mark.parametrize("ensemble", [False, True])
@pytest.mark.parametrize("way", ["certify", "ask"])
def test_few_points_are_all_evaluated_after_the_limit(way: str, ensemble: bool) -> None:
    """These left open what distill and repair had closed: the count was of a sample."""
    model = simple() if ensemble else NET
    domain = lp.Domain.bits(model.columns)
    ones = 3 if ensemble else sum(teacher_class(NET, x) for x in product((0, 1), repeat=8))
    if way == "certify":
        made: lp.Result = lp.certify(model, LEAF, domain, timeout=NOTHING)
    else:
        made = lp.ask({"class": ["a", 1]}, {"a": model}, domain, timeout=NOTHING)
    assert made.finished and made.sampled is None
    assert made.points == (ones, ones) and 0 < ones < domain.size


@pytest.mark.parametrize("until", ["1/100", 0])
def test_a_test_without_an_end_asks_something(until: str | int) -> None:
    """It said that it was not finished, where reading took its half of the limit."""
    made = lp.test(lambda x: x[:, 0], LEAF, lp.Domain.bits(8), until=until, timeout=0)
    assert made.sampled is not None and made.sampled.draws >= 256
    assert made.sampled.lower <= 0.5 <= made.sampled.upper
