"""Networks with smooth layers from end to end: proved, checked again, and refused where wrong."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import verifier as lp
from tests.certificates.forging import claimed, packed
from tests.smooth import float_class, points, random_network
from verifier.kernel.certificate import check_certificate
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant
from verifier.model.smooth import KINDS
from verifier.model.steps import Steps
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack


def _truth(network: Network, tree: Tree, columns: int) -> int:
    """On how many points of bits network and tree differ, in floats, by going through them."""
    every = points(columns)
    own = tree.predict(np.array(every))
    return sum(float_class(network, list(q)) != k for q, k in zip(every, own, strict=True))


@cache
def _taught(seed: int, kind: str) -> tuple[Network, Tree]:
    """A network, and a tree of it that is too small."""
    network = random_network(np.random.default_rng(seed), 6, [kind, "tanh"])
    return network, lp.distill(network, lp.Domain.bits(6), leaves=4).tree


@pytest.mark.parametrize("prover", ["exhaustive", "branch"])
def test_counts_are_those_of_going_through(prover: str) -> None:
    for seed, kind in enumerate(KINDS):
        network, tree = _taught(seed, kind)
        found = lp.certify(network, tree, lp.Domain.bits(6), prover=prover)
        assert found.disagreements == (_truth(network, tree, 6),) * 2


def test_a_certificate_says_the_same_when_it_is_read(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(7), 7, ["gelu", "sigmoid"], outputs=3)
    domain = lp.Domain.bits(7)
    made = lp.distill(network, domain)
    path = tmp_path / "made.certificate"
    made.save(path)
    again = lp.check(path)
    assert again.disagreements == (_truth(network, made.tree, 7),) * 2
    held = certificate_of(path.read_bytes())
    assert [getattr(x, "kind", "") for x in held.teacher.layers] == [
        getattr(x, "kind", "") for x in network.layers
    ]


def test_what_is_not_covered_says_so(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(7), 5, ["silu"])
    path = tmp_path / "made.certificate"
    lp.distill(network, lp.Domain.bits(5)).save(path)
    with pytest.raises(LeafproofError, match="smooth layers"):
        lp.check(path, verified=True)
    with pytest.raises(LeafproofError, match="smooth layers"):
        lp.check(path, paranoid=True)


def test_solvers_are_not_asked_in_vain(tmp_path: Path) -> None:
    """They take lines only: that is said before a search, and not passed over."""
    smooth = random_network(np.random.default_rng(7), 5, ["silu"])
    first = Affine(0, np.ones((2, 5)), np.zeros(2))
    steps = Steps(1, np.array([[0.0, 1.0]] * 2), np.zeros(2))
    stairs = Network(5, (first, steps, Affine(2, np.ones((1, 2)), np.array([-1.0]))))
    tree, domain = Tree((Leaf(0),)), lp.Domain.bits(5)
    for network, what in ((smooth, "smooth"), (stairs, "staircase")):
        for options in ({"prover": "z3"}, {"cross_check": 1}, {"emit": ("smt2", tmp_path)}):
            with pytest.raises(LeafproofError, match=f"has {what} layers .*no solver is asked"):
                lp.certify(network, tree, domain, **options)


def test_proofs_that_are_false_are_refused() -> None:
    """A Constant step of the other class, and the proof of one function said of another."""
    network = random_network(np.random.default_rng(3), 5, ["mish"])
    domain, klass = lp.Domain.bits(5), float_class(network, [0] * 5)
    tree = Tree((Leaf(klass),))
    whole = Constant(0, klass)
    truth = _truth(network, tree, 5)
    assert truth
    for step in (whole, Constant(0, 1 - klass)):
        data = packed((domain, network, tree), [step], claim=claimed(domain))
        with pytest.raises(InvalidProof):
            check_certificate(certificate_of(data))
    made = lp.distill(network, domain)
    members = unpack(made.data)
    assert check_certificate(certificate_of(made.data)).disagreements == (0, 0)
    other = members["models.json"].replace(b'"mish"', b'"tanh"')
    assert other != members["models.json"]
    forged = pack({**members, "models.json": other}, "by hand")
    with pytest.raises(InvalidProof):
        check_certificate(certificate_of(forged))


def test_two_copies_of_a_network_are_counted() -> None:
    """How many people are treated otherwise where x0 alone changes: fair, by going through."""
    for seed, kind in enumerate(("tanh", "gelu", "sigmoid")):
        network = random_network(np.random.default_rng(seed), 6, [kind, kind])
        found = lp.ask_fair(network, lp.Domain.bits(6), "x0")
        unfair = sum(
            float_class(network, [0, *q]) != float_class(network, [1, *q]) for q in points(5)
        )
        assert found.points == (unfair, unfair)
