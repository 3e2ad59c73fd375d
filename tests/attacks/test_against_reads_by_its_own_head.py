"""A certificate could have said where class 1 begins, and `check --against` have believed it.

A threshold of a million makes any network the constant 0. What the certificate says of the head is
never used to read the file: `--against` reads it as shown, assumed, or asked for in that command.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.attacks.heads_cases import model, node
from tests.saved import save_certificate
from verifier.formats.onnx import load_onnx
from verifier.model.domain import bits
from verifier.model.head import Head
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import exhaustive
from verifier.writing.json_nouns import write_tree

NEVER = Tree((Leaf(0),))
ASKED = ("--head", "logit", "--threshold", "1000000")


@pytest.fixture
def files(tmp_path: Path) -> Path:
    weight = {"w": np.ones((2, 1), np.float32)}
    model(tmp_path / "net.onnx", [node("MatMul", "x w", "y")], {"y": 1}, weight)
    write_tree(tmp_path / "never.json", NEVER)
    return tmp_path


def test_an_absurd_threshold_does_not_pass(files: Path, call: Any) -> None:
    made = ("certify", "net.onnx", "never.json", *ASKED, "-o", "net.certificate")
    assert call(*made)[0] == 0
    check = ("check", "net.certificate", "--against", "net.onnx", "never.json", "bits")
    code, _, err = call(*check)
    assert code == 1 and "give the same --head and --threshold" in err
    assert call(*check, *ASKED)[0] == 0
    assert call(*check, "--head", "regression", "--threshold", "1000000")[0] == 1
    code, _, err = call("check", "net.certificate", *ASKED)
    assert code == 3 and "--against" in err


def test_what_was_read_otherwise_is_named(files: Path, call: Any) -> None:
    """The layers of a network whose last sigmoid was left out, in a file that has none."""
    nodes = [node("MatMul", "x w", "z"), node("Sigmoid", "z", "y")]
    model(files / "smooth.onnx", nodes, {"y": 1}, {"w": np.ones((2, 1), np.float32)})
    assert call("certify", "smooth.onnx", "never.json", "-o", "net.certificate")[0] == 1
    check = ("check", "net.certificate", "--against")
    assert call(*check, "smooth.onnx", "never.json", "bits")[0] == 0
    load_onnx(files / "smooth.onnx").save(files / "cut.onnx")
    code, _, err = call(*check, "cut.onnx", "never.json", "bits")
    assert code == 1 and "the layers are those of cut.onnx, but the certificate was made of" in err
    assert "left out" in err and "and cut.onnx was not: certify what you deploy (what" in err


def forged(files: Path, head: Head | None, labels: tuple[str, ...] = ()) -> None:
    """A certificate about the file's layers that says something else of their classes."""
    teacher = replace(load_onnx(files / "net.onnx"), head=head, labels=labels)
    finding = exhaustive.prove(bits(2), teacher, NEVER)
    matter = matter_of(bits(2), teacher, NEVER)
    save_certificate(files / "net.certificate", matter, finding, "exhaustive")


@pytest.mark.parametrize(
    ("head", "labels", "code"),
    [
        (Head("logit", Fraction(0), "shown"), (), 1),  # nothing shows it
        (Head("logit", Fraction(1000), "assumed"), (), 1),  # the layers say 0
        (Head("label", None, "shown"), (), 1),
        (Head("logit", Fraction(0), "assumed"), ("yes", "no"), 1),  # the file names no classes
        (Head("logit", Fraction(0), "assumed"), (), 0),
        (Head("logit", Fraction(0), "asked"), (), 0),
        (None, (), 0),  # as certificates were before there were heads
    ],
)
def test_what_a_certificate_says_of_classes_is_compared(
    files: Path, call: Any, head: Head | None, labels: tuple[str, ...], code: int
) -> None:
    forged(files, head, labels)
    found, _, err = call("check", "net.certificate", "--against", "net.onnx", "never.json", "bits")
    assert found == code, err
    assert "is read as" in err if code else not err
