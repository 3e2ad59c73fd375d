"""What ``check`` says that it checked, for every kind of step, in words and in JSON."""

from __future__ import annotations

import json
import re
import zipfile
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.saved import save_certificate
from verifier.cli.main import run
from verifier.model.domain import bits, signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, Tail, Trusted
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reading.certificate import pack

ZERO, ONE = Tree((Leaf(0),)), Tree((Leaf(1),))
FIRST = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def row(*numbers):
    return np.array(numbers, np.float32)


def first():
    """Class 1 iff x0, over three bits."""
    return Network(3, (Affine(0, row([1, 0, 0]), row(-0.5)),))


def barely(gap=-30):
    """The same, by 2^gap, and with a weight that makes exact numerators long."""
    weight = np.array([[1, 2.0 ** (gap - 70), 0]])
    return Network(3, (Affine(0, weight, np.array([-1 + 2.0**gap])),))


def hidden(columns):
    """A network whose class no single cell shows."""
    weight = np.random.default_rng(3).normal(size=(20, columns)).astype(np.float32)
    last = Affine(2, -np.ones((1, 20), np.float32), row(25))
    return Network(columns, (Affine(0, weight, np.zeros(20, np.float32)), Relu(1), last))


def majority():
    return Network(60, (Affine(0, np.ones((1, 60), np.float32), row(30.5)),))


CASES = {
    "constant": (
        (bits(3), first(), FIRST, [Split(0, 1), Constant(0), Constant(1)]),
        "2 cells (2 constant), 1 split, 0 points evaluated, largest integer under 2^53",
        {"cells": {"constant": 2}, "splits": 1},
    ),
    "enumerated": (
        (bits(3), first(), FIRST, [Enumerated()]),
        "1 cell (1 enumerated), 0 splits, 8 points evaluated, largest integer under 2^53",
        {"cells": {"enumerated": 1}, "points_enumerated": 8},
    ),
    "enumerated exactly": (
        (bits(3), barely(-50), FIRST, [Split(0, 1), Constant(0), Enumerated()]),
        "2 cells (1 constant, 1 enumerated), 1 split, 4 points evaluated, largest integer 71 bits",
        {
            "cells": {"constant": 1, "enumerated": 1},
            "splits": 1,
            "points_enumerated": 4,
            "largest_bits": 71,
        },
    ),
    "tail": (
        (signs(60), majority(), ONE, [Tail(1, Fraction(9, 10))]),
        "1 cell (1 tail), 0 splits, 0 points evaluated, largest integer under 2^53",
        {"cells": {"tail": 1}},
    ),
    "open": (
        (bits(3), first(), FIRST, [Open()]),
        "1 cell (1 open), 0 splits, 0 points evaluated, largest integer under 2^53",
        {"cells": {"open": 1}},
    ),
    "trusted": (
        (bits(14), hidden(14), ZERO, [Trusted(0, "z3 4.13")]),
        "1 cell (1 trusted), 0 splits, 0 points evaluated, largest integer under 2^53",
        {"cells": {"trusted": 1}},
    ),
    "upheld by bounds": (
        (bits(3), first(), FIRST, [Split(0, 1), Trusted(0, "z3"), Trusted(1, "z3")]),
        "2 cells (2 constant), 2 cells of a solver proved here, 1 split, 0 points evaluated, "
        "largest integer under 2^53",
        {"cells": {"constant": 2}, "splits": 1, "upheld": 2},
    ),
    "upheld point by point": (
        (bits(3), barely(-50), FIRST, [Split(0, 1), Constant(0), Trusted(1, "z3")]),
        "2 cells (2 constant), 1 cell of a solver proved here, 1 split, "
        "4 points evaluated, largest integer 71 bits",
        {
            "cells": {"constant": 2},
            "splits": 1,
            "points_enumerated": 4,
            "upheld": 1,
            "largest_bits": 71,
        },
    ),
}


@pytest.fixture
def call(capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments):
        capfd.readouterr()
        code = run(list(arguments))
        return code, capfd.readouterr().out

    return invoke


@pytest.mark.parametrize("kind", CASES)
def test_check_says_what_it_checked(kind, call):
    (domain, teacher, tree, proof), words, counts = CASES[kind]
    save_certificate("c", matter_of(domain, teacher, tree), Finding(tuple(proof)), "by hand")
    code, out = call("check", "c")
    said = re.search(r"kernel checked +(.*), [0-9.]+ seconds\n", out)
    assert code == 0 and said and said[1] == words
    code, out = call("check", "c", "--json")
    value = json.loads(out)
    seconds = value["checked"].pop("seconds")
    assert code == 0 and seconds > 0
    nothing = {"cells": {}, "splits": 0, "points_enumerated": 0, "upheld": 0, "largest_bits": 0}
    assert value["checked"] == nothing | counts


def test_hostile_notes_are_refused(call):
    """Notes as a certificate made by hand could hold them: no terminal ever sees them."""
    save_certificate("c", matter_of(bits(3), first(), FIRST), Finding((Enumerated(),)), "by hand")
    with zipfile.ZipFile("c") as held:
        parts = {name: held.read(name) for name in held.namelist()}
    note = rb'"\u001b[2J\u202e[bold]\ud800"'
    parts["models.json"] = parts["models.json"].replace(b'"notes": []', b'"notes": [' + note + b"]")
    Path("c").write_bytes(pack(parts, "by hand"))
    for options in ((), ("--json",), ("--statement",)):
        code, out = call("check", "c", *options)
        assert code == 3 and not out
