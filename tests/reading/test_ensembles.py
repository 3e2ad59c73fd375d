"""Ensembles in certificates: written, read back as they were, and refused where they are none."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace
from fractions import Fraction

import pytest

from tests.ensembles import random_domain, random_ensemble, random_tree, simple
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import bits
from verifier.model.ensemble import ARITHMETICS, Ensemble
from verifier.model.errors import CertificateError, EnsembleError, InvalidProof, LeafproofError
from verifier.model.head import Head
from verifier.model.proof import Enumerated, Finding
from verifier.model.question import Bound, Matter, differ, matter_of
from verifier.reading.certificate import certificate_of, pack
from verifier.reading.container import unpack
from verifier.reading.ensembles_json import ensembles_from_json
from verifier.reading.json_text import parse
from verifier.verified import NotCovered, run
from verifier.writing.certificate import make_certificate
from verifier.writing.ensembles_json import ensembles_to_json, same_ensemble
from verifier.writing.json_text import dump


def same(a: Ensemble, b: Ensemble) -> bool:
    return all(getattr(a, field.name) == getattr(b, field.name) for field in fields(Ensemble))


def test_what_is_written_is_read_back():
    rng = random.Random(0)
    held = [random_ensemble(rng, ARITHMETICS[i % 3]) for i in range(30)]
    held[0] = replace(
        simple(),
        notes=("a note",),
        labels=("no", "yes"),
        head=Head("probability", Fraction(1, 2), "asked"),
    )
    found = ensembles_from_json(parse(dump(ensembles_to_json(held))))
    assert all(map(same, found, held)) and len(found) == len(held)
    assert same_ensemble(held[0], simple()) and not same_ensemble(held[0], held[1])


def made(seed=3):
    rng = random.Random(seed)
    domain = random_domain(rng)
    ensemble = random_ensemble(rng, "float32", domain.columns)
    tree = random_tree(rng, domain.columns, ensemble.classes)
    matter = matter_of(domain, ensemble, tree)
    return make_certificate(matter, Finding((Enumerated(),)), "exhaustive")


def test_certificates_of_ensembles_are_of_format_3_and_hold():
    for seed in range(8):
        data, written, verdict = made(seed)
        read = certificate_of(data)
        assert read.format == 3 and "ensembles.json" in unpack(data)
        assert same(read.models[0].model, written.models[0].model)
        assert check_certificate(read).disagreements == verdict.disagreements
        with pytest.raises(NotCovered, match="does not cover ensembles"):
            run(unpack(data))


def test_two_ensembles_are_two_parts_of_one_file():
    reads = (0, 1)
    other = replace(simple(), threshold=1.5)
    matter = Matter(bits(2), (Bound("a", simple(), reads), Bound("b", other, reads)), differ())
    data, _, verdict = make_certificate(matter, Finding((Enumerated(),)), "exhaustive")
    assert verdict.disagreements == (2, 2)
    assert same(certificate_of(data).models[1].model, other)


def changed(data, change):
    parts = unpack(data)
    change(parts)
    return pack(parts, "exhaustive", None, 3)


def twice(part):
    held = json.loads(part)
    return json.dumps({**held, "ensembles": held["ensembles"] * 2}).encode()


def test_a_changed_number_is_seen():
    """With all hashes mended: the verdict that the file states is not what follows."""
    reads = (0, 1)
    tree = random_tree(random.Random(1), 2, 2)
    matter = Matter(bits(2), (Bound("a", simple(), reads), Bound("t", tree, reads)), differ())
    data, _, _ = make_certificate(matter, Finding((Enumerated(),)), "exhaustive")

    def change(parts):
        held = json.loads(parts["ensembles.json"])
        held["ensembles"][0]["threshold"] = (1.5).hex()
        parts["ensembles.json"] = json.dumps(held).encode()

    with pytest.raises(InvalidProof):
        check_certificate(certificate_of(changed(data, change)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda p: p.pop("ensembles.json"), "ensembles are numbered from 0"),
        (
            lambda p: p.update(
                {"models.json": p["models.json"].replace(b'"ensemble": 0', b'"ensemble": 1')}
            ),
            "ensembles are numbered from 0",
        ),
        (
            lambda p: p.update(
                {"models.json": p["models.json"].replace(b'"ensemble": 0', b'"ensemble": false')}
            ),
            "ensembles are numbered from 0",
        ),
        (
            lambda p: p.update({"ensembles.json": twice(p["ensembles.json"])}),
            "2 ensembles, but 1 are named",
        ),
        (lambda p: p.update({"ensembles.json": b"[]"}), "ensembles.json"),
    ],
)
def test_parts_that_do_not_fit_are_refused(change, says):
    data, _, _ = made()
    with pytest.raises(CertificateError, match=says):
        certificate_of(changed(data, change))


def entry(**change):
    held = ensembles_to_json([simple()])
    held["ensembles"][0] |= change
    return held


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ({"format": "leafproof-ensembles/1", "ensembles": []}, "at least one"),
        ({"format": "leafproof-ensembles/2", "ensembles": [1]}, "format"),
        (entry(extra=1), "must hold"),
        (entry(columns=True), "whole numbers"),
        (entry(start=[0]), "no number such as"),
        (entry(start=["nan"]), "numbers are finite"),
        (entry(start=["0x1.0p+0"]), "no number such as"),
        (entry(start=["0x1.0000000000000p+2000"]), "no number such as"),
        (entry(start=["inf"]), "numbers are finite"),
        (entry(divisor=None), "no number such as"),
        (entry(factor="0x1.0000000000000p+0"), "not written"),
        (entry(factor="0x1.0000000000000p+21"), "may be multiplied"),
        (entry(arithmetic="float16"), "added as one of"),
        (entry(notes=["two\nlines"]), "one line"),
        (entry(members={}), "not a list"),
        (entry(members=[1]), "not a list of nodes"),
        (entry(members=[[1]]), "not a test or a leaf"),
        (entry(members=[[[0, "1/2", 1]]]), "is no test"),
        (entry(members=[[[0, "x", 1, 2], [], []]]), "threshold"),
        (entry(members=[[[True, 1, 1, 2], [], []]]), "is no test"),
        (entry(members=[[[[0]]]]), "is no leaf"),
        (entry(members=[[[0, 1, 1, 1], [], []]]), "has no parent"),
        (entry(members=[[[5, 1, 1, 2], [], []]]), "tests column 5"),
        (entry(labels=["a"]), "class names"),
        (entry(head={"kind": "logit"}), "head must hold"),
    ],
)
def test_malformed_ensembles_are_refused(value, says):
    with pytest.raises(LeafproofError, match=says) as refused:
        ensembles_from_json(value)
    assert isinstance(refused.value, EnsembleError | CertificateError)
