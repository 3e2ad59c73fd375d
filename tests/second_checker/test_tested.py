"""The second checker makes a test's draws again by itself, and finds what the kernel finds."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verifier as lp
from tests.certificates.proved import certificate
from verifier import second_checker
from verifier.chance.confidence import clopper_pearson
from verifier.kernel.checker import prepared, verify
from verifier.kernel.population import population
from verifier.kernel.recorded import points_drawn
from verifier.kernel.sampling import key_of
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Open
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.second_checker.domain import read_domain
from verifier.second_checker.draws import points_of
from verifier.second_checker.ends import at_most
from verifier.second_checker.models import read_matter
from verifier.second_checker.plans import read_sample
from verifier.second_checker.reading import parse
from verifier.second_checker.tested import _pieces

WEIGHTS = ["1/2", "1/3", "1/6"]
PARTS = (
    lp.Domain.encoded("c", ["a", "b", "c"], [[0], [5], [2]], WEIGHTS),
    lp.Domain.range("long", 0, 2**31 - 1),
    lp.Domain.range("age", 18, 90),
    lp.Domain.one_hot("kind", ["x", "y", "z"]),
    lp.Domain.bits(["p", "q"]),
)
PLAIN = lp.Domain.product(*PARTS)
DOMAINS = {
    "product": PLAIN,
    "without": PLAIN.without({"c": "a", "p": "1"}),
    "depending": lp.Domain.product(PARTS[0], PARTS[2], PARTS[4]).depending(
        {
            "variable": "age",
            "at_most": 40,
            "left": {"weight": "1/3", "probabilities": {"c": {"a": "1/4", "c": "3/4"}}},
            "right": {"weight": "2/3"},
        }
    ),
}
TREE = Tree(
    (
        Inner(0, Fraction(3), 1, 2),
        Inner(1, Fraction(50), 3, 4),
        Leaf(1),
        Leaf(0),
        Leaf(2),
    )
)


def model(x: np.ndarray) -> np.ndarray:
    return (x[:, 0] + x[:, 1] % 3) % 3


@pytest.fixture(scope="module", params=DOMAINS)
def made(request: pytest.FixtureRequest) -> lp.Result:
    return lp.test(model, TREE, DOMAINS[request.param], samples=3000, nonce="second")


def test_both_checkers_draw_the_same_points(made: lp.Result) -> None:
    c = made.certificate
    assert c is not None and c.sample is not None and made.data is not None
    assert second_checker.check_test(made.data).seen == c.sample.seen
    asked = prepared(c.matter)
    verdict = verify(c.matter, (Open(),), asked=asked)
    ours = points_drawn(
        population(asked, verdict, verdict.checked.left),
        c.sample.plan,
        key_of(c.hashes, c.sample.plan),
    )
    parts = unpack(made.data)
    case = read_matter(parts, read_domain(parse(parts, "domain.json")))
    stated = read_sample(parts)
    assert stated is not None and stated.draws == 3000
    pieces = sorted(_pieces(case), key=lambda x: x.first)
    theirs = points_of(pieces, stated)
    assert [tuple(p) for block in ours for p in block.tolist()] == list(theirs)
    assert sum(x.weight for x in pieces) == 1


@pytest.fixture(scope="module")
def plain() -> bytes:
    data = lp.test(model, TREE, PLAIN, samples=3000).data
    assert data is not None
    return data


@pytest.mark.parametrize(
    ("part", "change", "said"),
    [
        ("sample.json", {"method": "plain"}, "has a pooled sample"),
        ("sample.json", {"seen": {"true": 1}}, "differences; there are"),
        ("sample.json", {"delta": "1/1000"}, "differences; there are"),
        ("sample.json", {"method": "best"}, "no known kind"),
        ("sample.json", {"probability": {"lower": "0", "upper": "1/100"}}, "upper end"),
        ("sample.json", {"probability": {"lower": "99/100", "upper": "1"}}, "lower end"),
        ("recorded.bin", b"\7" * 3000, "not a class of the model"),
        ("recorded.bin", b"\1" * 2999, "not a class of the model"),
    ],
)
def test_the_second_checker_refuses_what_was_tampered_with(
    plain: bytes, part: str, change: Any, said: str
) -> None:
    parts = unpack(plain)
    prover = json.loads(parts.pop("manifest.json"))["prover"]
    if isinstance(change, bytes):
        parts[part] = change
    else:
        parts[part] = json.dumps({**json.loads(parts[part]), **change}).encode()
    with pytest.raises((InvalidProof, CertificateError), match=said):
        second_checker.check_test(pack(parts, prover, None, 3))


def test_what_is_no_test_is_refused() -> None:
    network = Network(2, (Affine(0, np.ones((1, 2), np.float32), np.zeros(1, np.float32)),))
    data = lp.certify(network, Tree((Leaf(0),)), "bits").data
    assert data is not None
    with pytest.raises(CertificateError, match="no test"):
        second_checker.check_test(data)
    assert certificate_of(data).recorded is None


@pytest.mark.parametrize(("seen", "n"), [(0, 50), (3, 40), (700, 10_000), (49, 50)])
def test_tails_are_those_of_the_interval(seen: int, n: int) -> None:
    delta = Fraction(1, 1000)
    _, high = clopper_pearson(seen, n, delta)
    if high < 1:
        assert at_most(seen, n, high) == pytest.approx(float(delta / 2), rel=5e-2)
        assert at_most(seen, n, high) <= float(delta / 2) * (1 + 1e-6)


def test_a_test_is_not_taken_for_a_proof():
    """It was refused with words about its sample's method."""
    data = certificate("test", 0)
    assert second_checker.check_test(data).draws
    with pytest.raises(CertificateError, match="it is a test of an opaque model"):
        second_checker.check(data)
