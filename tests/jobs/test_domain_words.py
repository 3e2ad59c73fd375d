"""Questions take bits and signs for a domain where a model says how many: as `certify` does."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.tree import DecisionTreeClassifier

import verifier as lp
from verifier.model.network import Affine
from verifier.model.tree import Leaf, Tree

ABOVE = lp.Network(3, (Affine(0, np.array([[1.0, 1.0, 1.0]]), np.array([-1.5])),))
FIRST = lp.Network(3, (Affine(0, np.array([[1.0, 0.0, 0.0]]), np.array([-0.5])),))
ONE = Tree((Leaf(1),))
DIFFER = {"not": {"same": ["a", "b"]}}


@pytest.mark.parametrize(("word", "differ"), [("bits", 2), ("signs", 3)])
def test_bits_and_signs_are_as_many_as_a_network_reads(word, differ):
    """Bits sum to more than 3/2 where two are 1; signs only where all three are."""
    found = lp.ask(DIFFER, {"a": ABOVE, "b": FIRST}, word)
    assert found.points == (differ, differ) and found.certificate.domain_from == word
    assert lp.ask_same(ONE, ABOVE, word).points == lp.ask_same(ABOVE, ONE, word).points
    assert lp.ask_fair(FIRST, word, "x0").verdict == "somewhere"


@pytest.mark.parametrize(
    "models", [{"a": ONE, "b": ONE}, {"a": (ABOVE, ["x0", "x1", "x2"]), "b": ONE}]
)
def test_where_no_network_says_how_many_that_is_said(models):
    with pytest.raises(lp.LeafproofError, match="how many is not said by a model"):
        lp.ask(DIFFER, models, "bits")
    with pytest.raises(lp.LeafproofError, match="give a Domain, or"):
        lp.ask(DIFFER, models, 3)


def test_a_fitted_tree_says_how_many_and_a_torch_module_leaves_it_to_the_other_model():
    rows = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    fitted = DecisionTreeClassifier(random_state=0).fit(rows, rows.sum(axis=1) > 1.5)
    assert lp.ask_same(fitted, ABOVE, "bits").verdict == "nowhere"
    module = torch.nn.Linear(3, 1)
    with torch.no_grad():
        module.weight[:] = 1
        module.bias[:] = -1.5
    assert lp.ask_same(module, ABOVE, "bits").verdict == "nowhere"
    with pytest.raises(lp.LeafproofError, match="how many is not said by a model"):
        lp.ask_same(module, module, "bits")
