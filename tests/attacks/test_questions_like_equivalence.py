"""A certificate about another question is not taken for one that network and tree are the same.

Its network, tree and domain are the user's own; its answer is "nowhere", or its interval is 0. Only
the question is another: never true, or *same* for *differ*, or about a copy of the tree.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.brute_claims import sealed
from tests.brute_matters import dump, question
from tests.brute_proof import ENUMERATED, Node
from tests.certificates.matters import file
from verifier.formats.onnx_writer import save_onnx
from verifier.model.domain import bits
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree
from verifier.reading import container
from verifier.writing.json_nouns import write_domain, write_tree

ABOUT = ("net.onnx", "tree.json", "domain.json")
NEVER = {"all": [{"class": ["teacher", 0]}, {"class": ["teacher", 1]}, {"class": ["tree", 0]}]}
FORGED = {
    "never true": NEVER,
    "same": {"same": ["teacher", "tree"]},
    "two denials": {"not": {"not": {"same": ["teacher", "tree"]}}},
    "one class of the tree": {"all": [{"class": ["tree", 1]}, {"class": ["teacher", 1]}]},
}


@pytest.fixture
def made(call):
    """A network that is the first of two bits, a tree that is always 0, and a certificate."""
    layers = (Affine(0, np.array([[1, 0]], np.float32), np.array([-0.5], np.float32)),)
    save_onnx(Network(2, layers), "net.onnx")
    write_tree("tree.json", Tree((Leaf(0),)))
    write_domain("domain.json", bits(2))
    code, _, _ = call("certify", *ABOUT[:2], "--domain", ABOUT[2], "-o", "honest")
    assert code == 1
    return call


def forged(formula):
    """The members of the honest certificate with another question, enumerated."""
    parts = container.unpack(Path("honest").read_bytes())
    if "models.json" in parts:
        models = json.loads(parts["models.json"])
    else:
        network, tree = json.loads(parts["teacher.json"]), json.loads(parts["tree.json"])
        models = {
            "format": "leafproof-models/1",
            "models": [
                {"name": "teacher", "reads": ["x0", "x1"], "network": network},
                {"name": "tree", "reads": ["x0", "x1"], "tree": tree},
            ],
        }
    held = {
        "domain.json": parts["domain.json"],
        "models.json": dump(models),
        "weights.bin": parts["weights.bin"],
        "question.json": question(formula),
    }
    return file(sealed(held, [Node(ENUMERATED)]))


@pytest.mark.parametrize("name", FORGED)
def test_no_such_certificate_meets_a_requirement(name, made):
    Path("forged").write_bytes(forged(FORGED[name]))
    for required in ("equivalent", "1"):
        code, out, err = made("check", "forged", "--against", *ABOUT, "--require", required)
        assert code != 0 and not out and err.count("\n") == 1, (required, out)
    code, out, _ = made("check", "forged", "--json")
    assert code == 0
    found = json.loads(out)
    assert "verdict" not in found and found["answer"] in ("nowhere", "somewhere")


def test_the_question_itself_does(made):
    """The same file with *differ* is about the user's files, and what it proves is compared."""
    Path("forged").write_bytes(forged({"not": {"same": ["teacher", "tree"]}}))
    code, _, err = made("check", "forged", "--against", *ABOUT, "--require", "equivalent")
    assert code == 1 and "does not prove" in err
    assert made("check", "forged", "--against", *ABOUT, "--require", "1/2")[0] == 0
