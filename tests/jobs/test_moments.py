"""While a tree grows with its proof it is told what is known of its error."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from tests.distillers.test_interrupted import TREE
from tests.provers.cases import small_cells
from verifier.distillers import rounds
from verifier.model.domain import bits
from verifier.model.network import Affine, Network
from verifier.provers.progress import Progress


def majority():
    """Class 1 where more than 10 of 20 bits are set: no small tree has it."""
    return Network(20, (Affine(0, np.ones((1, 20)), np.array([-10.5])),))


def test_what_a_proof_tells_is_within_what_was_known_of_its_tree():
    heard = []
    bulk = SimpleNamespace(teacher=majority())
    made = rounds.Rounds(SimpleNamespace(), bulk, None, 0, progress=heard.append)
    made.interval = 0.2, 0.5
    some = Progress(closed=3, open=4, probability=0.1, rate=2.0, error=(0.1, 0.4))
    made._told(some)
    made._told(replace(some, error=(0.3, 0.9)))
    assert [x.error for x in heard] == [(0.2, 0.4), (0.3, 0.5)]
    assert replace(heard[0], error=some.error) == some


@pytest.mark.parametrize("verb", ["distill", "repair"])
def test_results_of_growing_trees_remember_moments(verb, monkeypatch):
    """So that their pages can show how the interval narrowed."""
    monkeypatch.setattr(rounds, "SLICE", 0.02)
    small_cells(monkeypatch, 16)  # else all is proved at once
    judged, held = [], rounds.Rounds.judged

    def judge(self, found, known, tree):
        judged.append(held(self, found, known, tree)[1])
        if len(judged) == 2:
            raise KeyboardInterrupt
        return found, judged[-1]

    monkeypatch.setattr(rounds.Rounds, "judged", judge)
    what = {} if verb == "distill" else {"tree": TREE}
    result = getattr(lp, verb)(
        majority(), domain=bits(20), leaves=8, timeout=PATIENCE, sample=0, **what
    )
    told = [(m.low, m.high) for m in result.moments]
    assert judged and all((float(a), float(b)) in told for a, b in judged)
    assert np.all(np.diff([m.seconds for m in result.moments]) >= 0)
