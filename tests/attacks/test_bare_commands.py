"""A bare `leafproof` ended with `leafproof: : see leafproof --help`.

Decided: the help is printed, and the exit code is 3, as 0 would say that something was proved.
Siblings: empty arguments became ".", names that are not UTF-8 were a fault in reports, and a
reader that closed the pipe made `certify` end with 0, the code for equivalent.
"""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.cli.examples import EXAMPLES
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree

COMMAND = Path(sys.executable).with_name("leafproof")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weight = np.array([[1.0, 0.0]], np.float32)
    save_onnx(Network(2, (Affine(0, weight, np.array([-0.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    write_tree("wrong.json", Tree((Leaf(0),)))
    return tmp_path


@pytest.mark.parametrize("words", [(), ("ask",), ("bounds",)])
def test_a_bare_command_prints_its_help(call, words):
    code, out, err = call(*words)
    assert code == 3 and "Usage:" in out and "Commands" in out
    help_text = " ".join(["leafproof", *words, "--help"])
    assert err == f"leafproof: no command was given: see {help_text}\n"


CONTENT = (
    *("ask", "demo", "bounds", "bounds list", "bounds glossary"),
    *("bounds tightness", "bounds verify"),
)
"""Verbs that run without arguments."""
NEEDY = [key for key in EXAMPLES if key not in CONTENT]


@pytest.mark.parametrize("verb", NEEDY)
def test_a_missing_argument_is_named_with_the_verbs_own_help(call, verb):
    code, out, err = call(*verb.split())
    asked = f"see leafproof {verb} --help\n"
    assert code == 3 and out == "" and err.count("\n") == 1 and err.endswith(asked)


@pytest.mark.parametrize("verb", EXAMPLES)
def test_an_unknown_option_is_named(call, verb):
    code, out, err = call(*verb.split(), "--nonsense")
    assert code == 3 and out == "" and err.count("\n") == 1
    assert "--nonsense" in err and f"see leafproof {verb} --help" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [""],
        ["certify", "", "tree.json"],
        ["certify", "net.onnx", ""],
        ["certify", "net.onnx", "tree.json", "--domain", ""],
        ["certify", "net.onnx", "tree.json", "-o", ""],
        ["check", ""],
        ["demo", "--folder", ""],
        ["bounds", "eval", ""],
    ],
)
def test_an_empty_argument_is_named(folder, call, arguments):
    before = sorted(folder.iterdir())
    code, out, err = call(*arguments)
    assert code == 3 and out == "" and err.count("\n") == 1
    assert f"argument {arguments.index('') + 1} is empty" in err
    assert sorted(folder.iterdir()) == before


def test_names_that_are_not_utf8(folder, call):
    odd = os.fsdecode(b"n\xff")
    for arguments, code in (
        (["certify", "net.onnx", "tree.json", "--domain", "bits", "-o", f"{odd}.cert"], 0),
        (["report", f"{odd}.cert", "-o", f"{odd}.html"], 0),
        (["report", f"{odd}.cert", "-o", f"{odd}.md"], 0),
        (["certify", odd, odd], 3),
    ):
        found, _, err = call(*arguments)
        assert found == code and "fault" not in err
    for arguments, code in ((["export", "tree.json", "-o", f"{odd}.py"], 0), ([odd], 3)):
        done = subprocess.run(
            [COMMAND, *arguments],
            capture_output=True,
            env=os.environ | {"PYTHONIOENCODING": "utf-8:strict"},
        )
        assert done.returncode == code, done.stderr
        assert b"Traceback" not in done.stderr and done.stderr.count(b"\n") == (code == 3)
        assert b"\\udcff" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("certify", "net.onnx", "tree.json", "--domain", "bits", "--json"),
        ("check", "c.lp"),
        ("check", "c.lp", "--json"),
        ("bounds", "list"),
    ],
)
def test_a_closed_pipe_says_nothing(folder, call, words):
    """Neither of a proof, nor, as the parser and Rich would have it, that something is refuted."""
    assert call("certify", "net.onnx", "tree.json", "--domain", "bits", "-o", "c.lp")[0] == 0
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([COMMAND, *words], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")
