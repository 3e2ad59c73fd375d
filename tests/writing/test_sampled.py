"""Certificates with a sample: what is stated is drawn again, and every change of it is refused."""

from __future__ import annotations

import json
import random
from fractions import Fraction

import numpy as np
import pytest

from tests.ensembles import random_ensemble
from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel import asked
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ensembles import forest_of
from verifier.kernel.stopping import CheckStopped
from verifier.model.domain import bits
from verifier.model.ensemble import Ensemble
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.proof import Finding, Open
from verifier.model.question import Bound, Matter, differ
from verifier.model.sample import Plan
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.writing.certificate import make_certificate
from verifier.writing.sampling import left_open, with_sample


@pytest.fixture(scope="module")
def made():
    """A certificate that leaves everything open, with 500 draws."""
    matter = random_sandwich_matter(np.random.default_rng([4, 18]), 200)
    data, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
    assert held.format == 2
    plan = Plan(500, Fraction(1, 1000), "from the auditor")
    return with_sample(held, data, verdict, left_open(held, verdict), plan)


def changed(data, name, change):
    """The certificate with one JSON part changed, and all hashes mended."""
    parts = unpack(data)
    value = json.loads(parts[name])
    parts[name] = json.dumps(change(value)).encode()
    del parts["manifest.json"]
    return pack(parts, "nobody", None, 3)


def test_what_is_written_is_read_back_and_drawn_again(made):
    data, held, verdict = made
    again = certificate_of(data)
    assert again.sample == held.sample and again.sha256 == held.sha256
    assert again.format == 3 and again.hashes == held.hashes
    found = check_certificate(again).sampled
    assert found == verdict.sampled
    assert 0 < found.lower < found.upper < 1 and 0 < found.seen < found.draws == 500
    assert found.open_mass == 1 and found.delta == Fraction(1, 1000)


@pytest.mark.parametrize(
    "change",
    [
        {"seen": {"true": 3}},
        {"draws": 501},
        {"draws": 499},
        {"block": 100},
        {"delta": "1/100"},
        {"nonce": "from another auditor"},
        {"nonce": ""},
        {"probability": {"lower": "0", "upper": "1"}},
        {"probability": {"lower": "0", "upper": "1/1000"}},
    ],
)
def test_a_sample_that_was_tampered_with_is_refused(made, change):
    data = changed(made[0], "sample.json", lambda value: value | change)
    with pytest.raises(InvalidProof, match=r"sample\.json states"):
        check_certificate(certificate_of(data))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"format": "leafproof-sample/2"}, "format"),
        ({"method": "guessed"}, "no way of sampling"),
        ({"method": 3}, "strings"),
        ({"draws": 0}, "draws"),
        ({"draws": 1.5}, "whole number"),
        ({"draws": True}, "whole number"),
        ({"draws": 1 << 50}, "draws"),
        ({"block": 0}, "block"),
        ({"block": 1 << 17}, "block"),
        ({"delta": "1"}, "delta"),
        ({"delta": 0.5}, "fraction"),
        ({"delta": "2/4"}, "fraction"),
        ({"delta": "-1/4"}, "fraction"),
        ({"nonce": "two\nlines"}, "nonce"),
        ({"nonce": "x" * 201}, "nonce"),
        ({"seen": 3}, "object"),
        ({"seen": {"true": -1}}, "whole number"),
        ({"probability": {"upper": "1", "lower": "0"}}, "order"),
        ({"probability": {"lower": "0", "upper": "3/2"}}, "fraction"),
        ({"more": 1}, "more"),
    ],
)
def test_a_malformed_sample_is_refused_in_one_line(made, change, why):
    data = changed(made[0], "sample.json", lambda value: value | change)
    with pytest.raises(CertificateError, match=rf"sample\.json.*{why}") as told:
        certificate_of(data)
    assert "\n" not in str(told.value)


def test_a_sample_of_nothing_is_refused(made):
    """Every point evaluated, and yet a sample."""
    from verifier.model.proof import Enumerated
    from verifier.writing.proof_bytes import encode

    parts = unpack(made[0])
    models = len(made[1].models)
    parts["proof.bin"] = encode((Enumerated(),), models)
    for name in ("manifest.json", "verdict.json"):
        del parts[name]
    with pytest.raises(InvalidProof, match="nothing open"):
        check_certificate(certificate_of(pack(parts, "nobody", None, 3)))


def test_an_ensemble_is_made_ready_once_for_its_check_and_its_sample(monkeypatch):
    """For forests of thousands of leaves that takes longer than the draws."""
    model = random_ensemble(random.Random(3), "float64", columns=2)
    tree = Tree((Leaf(0),))
    matter = Matter(bits(2), (Bound("f", model, (0, 1)), Bound("t", tree, (0, 1))), differ())
    made: list[Ensemble] = []

    def counted(ensemble, *rest):
        made.append(ensemble)
        return forest_of(ensemble, *rest)

    monkeypatch.setattr(asked, "forest_of", counted)
    data, held, verdict = make_certificate(matter, Finding((Open(),)), "nobody")
    open_cells, plan = left_open(held, verdict), Plan(64, Fraction(1, 1000))
    data, _, drawn = with_sample(held, data, verdict, open_cells, plan)
    assert len(made) == 1 and made[0] is not model  # what was read of the bytes
    assert check_certificate(certificate_of(data)).sampled == drawn.sampled
    assert len(made) == 2
    with pytest.raises(CheckStopped):  # it ends as the last who asked says
        left_open(held, verdict, lambda: True)
    assert len(made) == 2
