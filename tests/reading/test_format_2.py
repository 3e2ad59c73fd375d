"""Files of format 2: written by brute force, read by Leafproof, and written again byte for byte."""

from __future__ import annotations

import json
import random

import pytest

from tests.brute_claims import random_proof, sealed
from tests.brute_matters import random_members
from tests.brute_members import matter_of
from verifier.model.errors import CertificateError
from verifier.model.proof import Finding
from verifier.reading.certificate import PARTS, certificate_of, pack
from verifier.reading.container import unpack
from verifier.writing.certificate import members_of

SEEDS = range(40)


def members(seed):
    """The parts of a certificate that brute force makes."""
    parts = random_members(random.Random(seed))
    return sealed(parts, random_proof(random.Random(seed), matter_of(parts)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_file_is_read_and_what_was_read_is_written_again(seed):
    parts = members(seed)
    data = pack(parts, "by hand", form=2)
    held = certificate_of(data)
    assert held.format == 2 and held.prover == "by hand" and held.claim is not None
    assert [*unpack(data)] == [*PARTS[2]] == [*held.hashes, "manifest.json"]
    again = members_of(held.matter, Finding(held.proof, held.counterexamples))
    assert again["proof.bin"] == parts["proof.bin"]
    assert again["weights.bin"] == parts["weights.bin"]
    assert json.loads(again["question.json"]) == json.loads(parts["question.json"])
    assert json.loads(again["witnesses.json"]) == json.loads(parts["witnesses.json"])
    twice = certificate_of(pack({**parts, **again}, "by hand", form=2))
    assert members_of(twice.matter, Finding(twice.proof, twice.counterexamples)) == again


CHANGES = {
    "models.json": (b'"leafproof-models/1"', b'"leafproof-models/2"', "is this a models file?"),
    "question.json": (b"leafproof-question/1", b"leafproof-question/2", "is this a question file?"),
    "domain.json": (b"leafproof-domain/", b"leafproof-domain/7", "is this a domain file?"),
    "proof.bin": (b"", b"\xff", "proof.bin: unfinished integer"),
    "witnesses.json": (b"[", b"[[true], ", "witnesses.json: [0] is not a list of value indices"),
    "verdict.json": (b"", b"[]", "verdict.json: line 1, column 1: not an object"),
    "weights.bin": (b"", b"", "weights.bin: "),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_fault_of_a_part_is_named_with_the_part(name):
    parts = members(3)
    old, new, says = CHANGES[name]
    changed = parts[name].replace(old, new, 1) if old else new
    with pytest.raises(CertificateError) as caught:
        certificate_of(pack({**parts, name: changed}, "by hand", form=2))
    assert says in str(caught.value) and str(caught.value).startswith(name)


@pytest.mark.parametrize("name", PARTS[2][:-2])
def test_every_part_must_be_there(name):
    parts = members(3)
    del parts[name]
    with pytest.raises(CertificateError, match=f"the part {name} is missing"):
        certificate_of(pack(parts, "by hand", form=2))


def test_each_format_has_its_own_parts():
    parts = members(3)
    data = pack(parts, "by hand", form=2)
    manifest = json.loads(unpack(data)["manifest.json"])
    assert manifest["format"] == "leafproof-certificate/2"
    with pytest.raises(CertificateError, match=r"manifest\.json|is missing|is unknown"):
        certificate_of(data.replace(b"leafproof-certificate/2", b"leafproof-certificate/1"))
