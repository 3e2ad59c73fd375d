"""Networks of which no neuron of the first ReLUs is ever on: what follows them is a constant."""

from __future__ import annotations

import numpy as np
import pytest

import verifier as lp
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Finding, Proof, Split
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.writing.certificate import make_certificate


def network(seed: int, second: float, last: float) -> Network:
    """Two layers of ReLUs, the first of them off; logits that are equal where ``last`` is 0."""
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(3, 4)), np.full(3, -100.0)),
        Relu(1),
        Affine(2, rng.normal(size=(3, 3)), np.full(3, second)),
        Relu(3),
        Affine(4, rng.normal(size=(2, 3)) * (second == 0), np.array([last, 0.0])),
    )
    return Network(4, layers)


@pytest.mark.parametrize("last", [0.0, 1.0])
@pytest.mark.parametrize("second", [0.0, 1.0, -1.0])
@pytest.mark.parametrize("proof", [(Constant(0),), (Split(0, 1), Constant(0), Constant(0))])
def test_they_are_checked_as_others_are(second: float, last: float, proof: Proof) -> None:
    """Equal logits are the first class, which no bound that is off by anything shows."""
    matter = matter_of(lp.Domain.bits(4), network(3, second, last), Tree((Leaf(0),)))
    verdict = make_certificate(matter, Finding(proof), "nobody")[2]
    assert list(verdict.error) == [0, 0]
    other = tuple(Constant(1) if isinstance(x, Constant) else x for x in proof)
    with pytest.raises(InvalidProof):
        make_certificate(matter, Finding(other), "nobody")


@pytest.mark.parametrize("second", [0.0, 1.0])
def test_they_are_certified(second: float) -> None:
    held = network(5, second, 0.0)
    result = lp.certify(held, Tree((Leaf(0),)), lp.Domain.bits(4))
    assert result.verdict == "equivalent" and sum(result.error) == 0
