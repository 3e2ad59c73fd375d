"""A domain in which what a tree gets wrong is impossible, or improbable, passes for the user's.

The numbers are right for the domain in the file; ``check --against`` is about the user's. Where no
file is given, the output says that combinations are impossible.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree

ABOUT = ("net.onnx", "tree.json")
AGE = {"name": "age", "from": 0, "to": 3, "step": 1}
JOB = {"name": "job", "values": ["no", "yes"], "encoding": [[0], [1]]}


def domain(young, old, last=3, cut=1):
    """Up to ``cut`` years with a job is impossible, or as probable as told."""
    runs = [[0, cut, 1]]
    left = {"weight": young, "probabilities": [runs, [0, 1]]} if young else {"weight": 0}
    rest = {"weight": "1/4", "probabilities": [runs, [1, 0]]}
    first = {"variable": "job", "values": ["yes"], "left": left, "right": rest}
    later = {"weight": old, "probabilities": [[[cut + 1, last, 1]], None]}
    given = {"variable": "age", "at_most": cut, "left": first, "right": later}
    ages = {**AGE, "to": last}
    return {"format": "leafproof-domain/2", "variables": [ages, JOB], "given": given}


OURS = domain("1/4", "1/2")
THEIRS = {
    "impossible": domain(0, "3/4"),
    "improbable": domain("1/1000", "749/1000"),
    "more than they say": domain(0, "3/4", cut=2),
    "a year more": domain("1/4", "1/2", last=4),
    "a year fewer": domain("1/4", "1/2", last=2),
    "no tree at all": {"format": "leafproof-domain/2", "variables": [AGE, JOB]},
}


@pytest.fixture
def made(call):
    """A network that is 1 at 0 or 1 years with a job, and a tree that is always 0."""
    layers = (Affine(0, np.array([[-1, 2]], np.float32), np.array([-0.5], np.float32)),)
    save_onnx(Network(2, layers), "net.onnx")
    write_tree("tree.json", Tree((Leaf(0),)))
    Path("ours.json").write_text(json.dumps(OURS))
    return call


def certify(call, theirs):
    Path("theirs.json").write_text(json.dumps(theirs))
    return call("certify", *ABOUT, "--domain", "theirs.json", "-o", "c")[0]


def test_what_is_impossible_is_not_counted_and_is_said(made):
    assert certify(made, OURS) == 1
    assert certify(made, THEIRS["impossible"]) == 0
    code, out, _ = made("check", "c")
    assert code == 0 and "EQUIVALENT" in out and "2 of 8 combinations impossible" in out


@pytest.mark.parametrize("kind", THEIRS)
@pytest.mark.parametrize("more", [(), ("--require", "equivalent"), ("--json",)])
def test_a_certificate_about_another_domain_is_refused(kind, more, made):
    certify(made, THEIRS[kind])
    code, out, err = made("check", "c", "--against", *ABOUT, "ours.json", *more)
    assert code == 1 and not out and err.count("\n") == 1
    assert "another domain than ours.json" in err


def test_the_users_own_domain_passes(made):
    certify(made, OURS)
    code, _, _ = made("check", "c", "--against", *ABOUT, "ours.json", "--require", "1/2")
    assert code == 0
