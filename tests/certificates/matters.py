"""The small matters that the files of format 2 are about, as members written by hand.

Nothing of ``verifier`` makes them: the verdicts are those of the brute force (tests/brute_*.py).
"""

from __future__ import annotations

import hashlib
import json
import struct

from tests.brute_claims import encode, sealed, unshown
from tests.brute_matters import dump, question
from tests.brute_members import matter_of
from tests.brute_proof import Node
from verifier.reading import container

FORMAT = "leafproof-certificate/2"
MEMBERS = (
    *("domain.json", "models.json", "weights.bin", "question.json", "proof.bin"),
    *("witnesses.json", "verdict.json"),
)


def file(parts, prover="by hand", kind=FORMAT, **more):
    """The file of these members, every hash correct."""
    held = {name: parts[name] for name in MEMBERS if name in parts}
    held |= {name: data for name, data in parts.items() if name not in MEMBERS}
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    manifest = {"format": kind, "prover": prover, **more, "sha256": hashes}
    return container.pack([*held.items(), ("manifest.json", dump(manifest))])


def members(variables, models, formula, given=None):
    """Domain, models, weights and question; ``models`` come with the bytes of their weights."""
    plain = given is None and all("values" in v for v in variables)
    domain = {"format": f"leafproof-domain/{1 if plain else 2}", "variables": variables}
    if given is not None:
        domain["given"] = given
    entries = [entry for entry, _ in models]
    return {
        "domain.json": dump(domain),
        "models.json": dump({"format": "leafproof-models/1", "models": entries}),
        "weights.bin": b"".join(raw for _, raw in models),
        "question.json": question(formula),
    }


def change(parts, name, edit):
    """The members with one of JSON changed in place by ``edit(value)``."""
    value = json.loads(parts[name])
    edit(value)
    return {**parts, name: dump(value)}


def proved(parts, *proof, witnesses=None):
    """The members with a proof and the verdict that brute force finds."""
    return sealed(parts, list(proof), witnesses)


def with_proof(parts, *proof):
    """The members with another proof, whatever the verdict says."""
    return {**parts, "proof.bin": encode(proof, len(matter_of(parts).models))}


def claimed(parts, proof, **claim):
    """The members with a proof and a verdict that is told, where a domain is too large."""
    stated = {
        "answer": "nowhere",
        "domain_size": 0,
        "points": {"lower": 0, "upper": 0},
        "probability": {"lower": "0", "upper": "0"},
        "witnesses": [],
        "float32": unshown(claim.get("domain_size", 0)),
        "trusted": {},
        "steps": {},
    }
    models = len(json.loads(parts["models.json"])["models"])
    return {
        **parts,
        "proof.bin": encode(proof, models),
        "witnesses.json": b"[]",
        "verdict.json": dump(stated | claim),
    }


def categorical(name, labels, rows=None, chances=None):
    """A variable with a column for each value, or the rows given."""
    n = len(labels)
    rows = rows or [[int(i == j) for j in range(n)] for i in range(n)]
    entry = {"name": name, "values": list(labels), "encoding": rows}
    return entry if chances is None else {**entry, "probabilities": chances}


def ordinal(name, first, last, step=1, runs=None):
    """A variable whose values are a range of numbers."""
    entry = {"name": name, "from": first, "to": last, "step": step}
    return entry if runs is None else {**entry, "probabilities": runs}


def network(name, reads, *layers, columns=None):
    """A network of affine layers (weight, bias) with ReLU between them, and its weights."""
    entries, raw = [], []
    for weight, bias in layers:
        if entries:
            entries.append({"kind": "relu", "from": [len(entries)]})
        shapes = [[len(weight), len(weight[0])], [len(bias)]]
        arrays = [{"type": "float64", "shape": shape} for shape in shapes]
        entries.append({"kind": "affine", "from": [len(entries)], "arrays": arrays})
        flat = [x for row in weight for x in row] + list(bias)
        raw.append(struct.pack(f"<{len(flat)}d", *flat))
    wide = len(layers[0][0][0]) if columns is None else columns
    held = {"columns": wide, "layers": entries, "notes": []}
    return {"name": name, "reads": list(reads), "network": held}, b"".join(raw)


def tree(name, reads, root):
    """A tree; its root is JSON."""
    held = {"format": "leafproof-tree/1", "root": root}
    return {"name": name, "reads": list(reads), "tree": held}, b""


def above(threshold, column=0, low=0, high=1):
    """The root of a tree with one test."""
    left, right = {"class": low}, {"class": high}
    return {"column": column, "threshold": threshold, "left": left, "right": right}


def differ(left, right):
    """The formula that two models have different classes."""
    return {"not": {"same": [left, right]}}


AGE = ordinal("age", 18, "39/2", "1/2")
JOB = categorical("job", ("none", "full"), [[0], [1]])
GIVEN = {
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
}
"""Four ages from 18 on; at 18 nobody has a job, and half of all are 18."""
NET = network("net", ["job", "age"], ([[20, 1]], [-39]))
OLD = tree("old", ["age"], above("37/2"))
AGES = members([AGE, JOB], [NET, OLD], differ("net", "old"), GIVEN)
"""``net`` is 1 iff there is a job and the age is above 19, ``old`` iff it is above 37/2."""
YOUNG = Node(0, 0, more=(1,))
"""The Split of ages up to 37/2 from those above."""

GROUP = categorical("group", ("a", "b", "c"))
OTHER = categorical("group'", ("a", "b", "c"))
SCORE = ordinal("score", 0, 2, "1/2")
SAME_GROUP = {
    "variable": "group",
    "values": ["a"],
    "left": {
        "variable": "group'",
        "values": ["a"],
        "left": {"weight": 0},
        "right": {"weight": "1/3", "probabilities": [[1, 0, 0], [0, "1/2", "1/2"], None]},
    },
    "right": {
        "variable": "group'",
        "values": ["a"],
        "left": {"weight": "1/3", "probabilities": [[0, "1/2", "1/2"], [1, 0, 0], None]},
        "right": {"weight": "1/3", "probabilities": [[0, "1/2", "1/2"], [0, "1/2", "1/2"], None]},
    },
}
"""Pairs of groups, not both a."""
LAYERS = ([[1, 0, -1, 1], [0, 2, 1, -1]], [-1, 0]), ([[1, -1]], [0.5])
COPIES = members(
    [GROUP, OTHER, SCORE],
    [
        network("here", ["group", "score"], *LAYERS),
        network("there", ["group'", "score"], *LAYERS),
    ],
    differ("here", "there"),
    SAME_GROUP,
)
"""Twice the same network: what if the group alone were another?"""


def far(name, bias):
    """Class 1 iff |x - y| and what x + y has above 99 are below the bias together: at most 99 are.

    No bound shows that for a bias of 120, and 100 x 100 points are too many to be evaluated.
    """
    hidden = [[1, -1], [-1, 1], [1, 1]], [0, 0, -99]
    return network(name, ["x", "y"], hidden, ([[-1, -1, -1]], [bias]))


SQUARE = [ordinal("x", 0, 99), ordinal("y", 0, 99)]
