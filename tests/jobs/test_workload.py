"""How many draws a check has work for."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from verifier.jobs import workload
from verifier.kernel.asked import ask
from verifier.kernel.patches import classes_of
from verifier.model.domain import signs
from verifier.model.limits import DEFAULT_WORK, Meter
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree


def asked_of(width, last, spend=lambda _: None):
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(width, 40)), rng.normal(size=width)),
        Relu(1),
        Affine(2, rng.normal(size=(width, width)), np.zeros(width)),
        Relu(3),
        Affine(4, last * np.ones((1, width)), np.zeros(1)),
    )
    return ask(matter_of(signs(40), Network(40, layers), Tree((Leaf(0),))), spend=spend)


def most_of(asked):
    return workload.most_draws(SimpleNamespace(found=SimpleNamespace(asked=asked), line=None))


@pytest.mark.parametrize("last", [1.0, 0.0])
def test_so_many_draws_of_a_large_network_are_within_the_limit(last, monkeypatch):
    """Where its logit is 0 everywhere each point is evaluated once more."""
    meter = Meter("draws", DEFAULT_WORK)
    asked = asked_of(1000, last, meter.spend)
    assert asked.point_cost >= workload.LARGE
    monkeypatch.setattr(type(asked.nets[0]), "everywhere", None)  # as of larger ones
    most = most_of(asked)
    assert meter.spent == 0  # what nothing else is made of is no part of a check
    points = np.random.default_rng(2).integers(0, 2, (100, 40))
    for net in asked.nets.values():
        assert (not net.unfolded) == (last == 0)  # made ready once
        ready = meter.spent
        classes_of(net, points)
    spent = meter.spent - ready
    each = asked.point_cost + spent / 100
    assert DEFAULT_WORK / 2 < most * each < DEFAULT_WORK * (1 - 1 / workload.SPARE)
    assert (spent > 0) == (last == 0)


def test_of_others_as_many_as_may_take_most():
    asked = asked_of(8, 1.0)
    each = DEFAULT_WORK / most_of(asked)
    assert each >= 8 * asked.point_cost
