"""Certificates of domains with continuous variables: format 3, and what other formats refuse."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from verifier.formats.intervals import continuous, ready
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading import container
from verifier.reading.certificate import certificate_of, pack
from verifier.writing.certificate import make_certificate


@pytest.fixture(scope="module")
def made():
    """A network that says 1 above 0.70003, and a tree that does above 1/2, over (0, 10]."""
    tree = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([-0.70003])),))
    parts = [[0, 2, "1/4"], [2, 10, "3/4"]]
    domain = ready(Domain((continuous("dose", 0, 10, parts),)), [(tree, (0,))])
    v = domain.variables[0]
    cuts = v.piece_of(Fraction(0.70003)), v.piece_of(Fraction(0.70003)) + 1
    proof = Split(0, cuts[0] - 1), Constant(0), Split(0, cuts[0]), Open(), Constant(1)
    finding = Finding(proof, ((v.piece_of(Fraction(6, 10)),),))
    return make_certificate(matter_of(domain, network, tree), finding, "test")


def test_what_is_written_is_format_3_and_says_that_points_are_infinitely_many(made):
    data, certificate, _ = made
    assert certificate.format == 3
    claim = json.loads(container.unpack(data)["verdict.json"])
    assert claim["domain_size"] == "infinite" and "points" not in claim
    assert claim["answer"] == "somewhere"
    assert claim["float32"]["robust"] is False and [*claim["float32"]["not_shown"]] == [
        "probability"
    ]
    least, most = (Fraction(claim["probability"][key]) for key in ("lower", "upper"))
    assert least <= Fraction(1, 8) * (Fraction(0.70003) - Fraction(1, 2)) <= most
    assert most - least < Fraction(1, 1 << 14)
    assert claim["witnesses"]
    for witness in claim["witnesses"]:
        assert Fraction(1, 2) < Fraction(witness["values"]["dose"]) <= Fraction(0.70003)


def test_it_is_read_back_and_checked(made):
    data, certificate, verdict = made
    read = certificate_of(data)
    assert read.domain == certificate.domain
    assert check_certificate(read).error == verdict.error


def repacked(data, form=3, **changes):
    parts = {k: v for k, v in container.unpack(data).items() if k != "manifest.json"}
    for name, change in changes.items():
        value = json.loads(parts[f"{name}.json"])
        change(value)
        parts[f"{name}.json"] = json.dumps(value).encode()
    return pack(parts, "test", None, form)


def test_other_formats_have_no_continuous_variables(made):
    with pytest.raises(CertificateError, match="came with format 3"):
        certificate_of(repacked(made[0], 2))


def _variable(change):
    return lambda value: change(value["variables"][0])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda v: v.pop("pieces"), 'has no "pieces"'),
        (lambda v: v.update(interval=[10, 0]), "from below to"),
        (lambda v: v.update(interval=[0]), "from below to"),
        (lambda v: v.update(interval=[0, 11]), "does not end where the interval ends"),
        (lambda v: v["density"][0].__setitem__(2, "1/3"), "sum to 13/12, not to 1"),
        (lambda v: v.update(density=[[0, 2, -1], [2, 10, 2]]), "negative"),
        (lambda v: v.update(density=[[0, 2, "1/4"], [3, 10, "3/4"]]), "follow each other"),
        (lambda v: v["pieces"][0].__setitem__(2, 0), "whole number above 0"),
        (lambda v: v["pieces"][0].__setitem__(2, 1.5), "whole number above 0"),
        (lambda v: v["pieces"].pop(0), "follow each other"),
        (lambda v: v["pieces"].pop(), "does not end where"),
        (lambda v: v.update(pieces=[[0, 10, 8]]), "changes at 2"),
        (lambda v: v.update(pieces=[[0, 2, 1 << 62], [2, 10, 1]]), "2\\^62"),
        (lambda v: v.update(step=1), 'unknown "step"|"step"'),
        (lambda v: v.update(density=[[0, 2], [2, 10, 1]]), r"\[from, to, probability\]"),
    ],
)
def test_malformed_intervals(made, change, why):
    with pytest.raises(CertificateError, match=why):
        certificate_of(repacked(made[0], domain=_variable(change)))


def test_another_density_is_another_claim(made):
    """Halving what lies below 2 is noticed: the stated probabilities do not follow."""

    def change(v):
        v["density"] = [[0, 2, "1/8"], [2, 10, "7/8"]]

    with pytest.raises(InvalidProof, match="states"):
        check_certificate(certificate_of(repacked(made[0], domain=_variable(change))))


def test_counts_are_not_stated(made):
    def change(value):
        value["domain_size"] = 4

    with pytest.raises(InvalidProof, match="domain_size"):
        check_certificate(certificate_of(repacked(made[0], verdict=change)))


@pytest.mark.parametrize(
    "stated",
    [
        {"robust": True, "not_shown": {"probability": "0"}},
        {"robust": False, "not_shown": {"probability": "0"}},
        {"robust": False, "not_shown": {"points": 1, "probability": "1"}},
        {"robust": 1, "not_shown": {"probability": "1"}},
    ],
)
def test_nothing_is_claimed_of_float32(made, stated):
    with pytest.raises(InvalidProof, match="float32"):
        check_certificate(
            certificate_of(repacked(made[0], verdict=lambda v: v.update(float32=stated)))
        )


def test_less_may_be_claimed_of_float32(made):
    less = {"robust": False, "not_shown": {"probability": "1"}}
    check_certificate(certificate_of(repacked(made[0], verdict=lambda v: v.update(float32=less))))
