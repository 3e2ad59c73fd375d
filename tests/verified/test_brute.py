"""The brute force that checkers are compared with is itself right: by hand, and on old files."""

from __future__ import annotations

import json
import random
import struct
from fractions import Fraction
from pathlib import Path

import pytest

from tests.brute_claims import encode, falsified, random_proof, sealed
from tests.brute_matters import dump, question, random_members
from tests.brute_members import matter_of, truth
from tests.brute_proof import (
    CONSTANT,
    ENUMERATED,
    OPEN,
    SPLIT,
    TAIL,
    Node,
    Refused,
    judged,
    proof_of,
    shown,
)
from verifier.reading.container import unpack

CORPUS = Path(__file__).parent.parent / "certificates"
TUPLES = 3000
NOT_LOOKED_AT = {
    "robust-without-proof": "float32",
    "robust-written-as-one": "float32",
    "unknown-entry-in-the-verdict": "entries that say nothing",
}
"""Invalid files of format 1 whose fault brute force does not look for."""

DOMAIN = {
    "format": "leafproof-domain/2",
    "variables": [
        {"name": "age", "from": 18, "to": "39/2", "step": "1/2"},
        {"name": "job", "values": ["none", "full"], "encoding": [[0], [1]]},
    ],
    "given": {
        "variable": "age",
        "at_most": 18,
        "left": {
            "variable": "job",
            "values": ["none"],
            "left": {"weight": "1/2", "probabilities": [[[18, 18, 1]], [1, 0]]},
            "right": {"weight": 0},
        },
        "right": {
            "weight": "1/2",
            "probabilities": [[["37/2", 19, "1/2"], ["39/2", "39/2", "1/2"]], None],
        },
    },
}
"""Four ages from 18 on; at 18 nobody has a job, and half of all are 18."""
WEIGHTS = {
    (0, 0): Fraction(1, 2),
    **{(age, job): Fraction(1, 16) for age in (1, 2) for job in (0, 1)},
    **{(3, job): Fraction(1, 8) for job in (0, 1)},
}
LINEAR = [
    {
        "kind": "affine",
        "from": [0],
        "arrays": [{"type": "float64", "shape": [1, 2]}, {"type": "float64", "shape": [1]}],
    }
]


def by_hand():
    """``net`` is 1 iff there is a job and the age is above 19, ``old`` iff it is above 37/2."""
    root = {"column": 0, "threshold": "37/2", "left": {"class": 0}, "right": {"class": 1}}
    net = {"columns": 2, "layers": LINEAR, "notes": []}
    old = {"format": "leafproof-tree/1", "root": root}
    models = [
        {"name": "net", "reads": ["job", "age"], "network": net},
        {"name": "old", "reads": ["age"], "tree": old},
    ]
    return {
        "domain.json": dump(DOMAIN),
        "models.json": dump({"format": "leafproof-models/1", "models": models}),
        "weights.bin": struct.pack("<3d", 20, 1, -39),
        "question.json": question({"not": {"same": ["net", "old"]}}),
    }


def test_points_and_their_weights():
    matter = matter_of(by_hand())
    assert matter.weights == WEIGHTS and sum(WEIGHTS.values()) == 1
    assert matter.variables[0].labels == ("18", "37/2", "19", "39/2")


def test_the_answer():
    """At 19 with a job the logit is 0, which is class 0."""
    matter = matter_of(by_hand())
    assert [*matter.answer] == [(2, 0), (2, 1), (3, 0)]
    assert sum(matter.answer.values()) == Fraction(1, 4)


@pytest.mark.parametrize(
    ("proof", "points", "probability"),
    [
        ([Node(ENUMERATED)], (3, 3), ("1/4", "1/4")),
        ([Node(OPEN)], (0, 7), ("0", "1")),
        ([Node(SPLIT, 0, more=(1,)), Node(CONSTANT), Node(OPEN)], (0, 4), ("0", "3/8")),
        ([Node(SPLIT, 0, more=(1,)), Node(CONSTANT), Node(TAIL, more=(1, 3))], (1, 4), None),
    ],
)
def test_what_a_proof_shows(proof, points, probability):
    """At 19 and above all four points would differ if ``net`` were 0; a third of them may not."""
    found = shown(matter_of(by_hand()), proof, [])
    assert found.points == points and found.size == 7
    expected = probability or ("1/4", "3/8")
    assert found.probability == tuple(map(Fraction, expected))


@pytest.mark.parametrize(
    ("proof", "complaint"),
    [
        ([Node(CONSTANT)], "has the classes"),
        ([Node(CONSTANT, model=1)], "names the tree"),
        ([Node(CONSTANT, 2)], "lacks"),
        ([Node(TAIL, more=(1, 1))], "within one leaf"),
        ([Node(SPLIT, 0, more=(1,)), Node(CONSTANT), Node(TAIL, more=(33, 100))], "is above"),
    ],
)
def test_what_does_not_hold_is_refused(proof, complaint):
    with pytest.raises(Refused, match=complaint):
        shown(matter_of(by_hand()), proof, [])


@pytest.mark.parametrize("witness", [(0, 1), (0, 0), (4, 0), (0,)])
def test_no_witness_is_impossible_or_false(witness):
    with pytest.raises(Refused, match="witness"):
        shown(matter_of(by_hand()), [Node(OPEN)], [witness])


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ({"all": [{"class": ["a", 1]}, {"class": ["b", 0]}]}, False),
        ({"any": [{"class": ["a", 1]}, {"class": ["b", 0]}]}, None),
        ({"any": [{"class": ["a", 0]}, {"class": ["b", 0]}]}, True),
        ({"not": {"class": ["b", 0]}}, None),
        ({"same": ["a", "b"]}, None),
        ({"same": ["b", "b"]}, True),
    ],
)
def test_three_values(formula, expected):
    """``a`` is 0; of ``b`` nothing is known."""
    assert truth(formula, {"a": 0, "b": None}) is expected


def small_files(folder):
    """Files of format 1 whose domains have few tuples: name and parts."""
    for path in sorted((CORPUS / folder).glob("*.certificate")):
        parts, size = unpack(path.read_bytes()), 1
        if "models.json" in parts:
            continue
        for v in json.loads(parts["domain.json"])["variables"]:
            size *= len(v["values"])
        if size <= TUPLES:
            yield path.stem, parts


def test_it_judges_the_old_files_as_their_folders_say():
    refused = set()
    for name, parts in small_files("valid"):
        assert judged(parts), name
    for name, parts in small_files("invalid"):
        try:
            judged(parts)
        except Refused:
            refused.add(name)
    assert {name for name, _ in small_files("invalid")} - refused == set(NOT_LOOKED_AT)
    assert len(refused) >= 35


def test_random_matters_are_of_all_kinds():
    """Each proof holds as it was made, encloses the answer, and most lies are seen."""
    kinds = dict.fromkeys(("given", "impossible", "exact", "tail", "refused", "two"), 0)
    for seed in range(150):
        rng = random.Random(seed)
        members = random_members(rng)
        matter = matter_of(members)
        proof = random_proof(rng, matter)
        parts = sealed(members, proof)
        _, found = judged(parts)
        assert proof_of(matter, parts) == proof
        weight = sum(matter.answer.values(), Fraction(0))
        assert found.points[0] <= len(matter.answer) <= found.points[1]
        assert found.probability[0] <= weight <= found.probability[1]
        assert sum(matter.weights.values()) == 1
        tuples = 1
        for v in matter.variables:
            tuples *= len(v.labels)
        kinds["given"] += matter.given is not None
        kinds["impossible"] += found.size < tuples
        kinds["exact"] += found.probability == (weight, weight)
        kinds["tail"] += "tail" in found.steps
        kinds["two"] += sum(m.is_network for m in matter.models) > 1
        false = falsified(rng, matter, proof)
        if false:
            try:
                judged({**parts, "proof.bin": encode(false, len(matter.models))})
            except Refused:
                kinds["refused"] += 1
    assert min(kinds.values()) >= 25, kinds
