"""Heads and thresholds that contradict each other, or the network, were not to be had at all.

Each is one line and exit code 3; thresholds are exact, ties belong to class 0, and a probability is
cut at 1/2 only, because at any other rational number the logit is transcendental.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.attacks.heads_cases import model, node
from tests.formats.onnx_models import evaluate
from verifier.formats.heads import Asked
from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.network import decide
from verifier.model.tree import Leaf, Tree
from verifier.writing.json_nouns import write_tree


def network(path: Path, final: str = "", width: int = 1) -> Path:
    """x0 + x1 (in every column), and a final operator."""
    nodes = [node("MatMul", "x w", "z" if final else "y")]
    attributes = {"axis": 1} if final in ("Softmax", "ArgMax") else {}
    if final:
        nodes.append(node(final, "z", "y", **attributes))
    kind = 7 if final == "ArgMax" else 1
    return model(path, nodes, {"y": kind}, {"w": np.ones((2, width), np.float32)})


@pytest.fixture
def files(tmp_path: Path) -> Path:
    network(tmp_path / "linear.onnx")
    network(tmp_path / "several.onnx", width=3)
    network(tmp_path / "sigmoid.onnx", "Sigmoid")
    network(tmp_path / "softmax.onnx", "Softmax", 3)
    network(tmp_path / "argmax.onnx", "ArgMax", 3)
    write_tree(tmp_path / "tree.json", Tree((Leaf(0),)))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("linear", "--head probability --threshold 1", "between 0 and 1"),
        ("linear", "--head probability --threshold 0", "between 0 and 1"),
        ("linear", "--head probability --threshold -0.5", "between 0 and 1"),
        ("linear", "--head label", "not a label"),
        ("linear", "--head label --threshold 1", "leave the threshold out"),
        ("linear", "--head regression", "give the threshold"),
        ("linear", "--threshold nan", "not a number"),
        ("linear", "--threshold inf", "not a number"),
        ("linear", "--threshold 1/0", "not a number"),
        ("linear", "--threshold 1e-390", "range of floats"),
        ("linear", "--threshold 0.1234567890123456789012345678901234567", "too many digits"),
        ("several", "--threshold 1", "3 columns"),
        ("several", "--head regression --threshold 1", "3 columns"),
        ("sigmoid", "--threshold 0", "not between 0 and 1"),
        ("sigmoid", "--threshold 1.5", "not between 0 and 1"),
        ("sigmoid", "--head regression --threshold 1/2", "it is a probability"),
        ("sigmoid", "--head label", "it is a probability"),
        ("softmax", "--threshold 1/2", "3 columns"),
        ("softmax", "--head label", "not a label"),
        ("argmax", "--head logit", "it is a label"),
        ("argmax", "--threshold 1", "it is a label"),
        ("argmax", "--head regression --threshold 1", "it is a label"),
    ],
)
def test_contradictions_are_one_line(
    files: Path, call: Any, name: str, options: str, words: str
) -> None:
    for verb in (["certify", f"{name}.onnx", "tree.json"], ["distill", f"{name}.onnx"]):
        code, out, err = call(*verb, *options.replace("threshold ", "threshold=").split())
        assert (code, out, err.count("\n")) == (3, "", 1), err
        assert words in err, err
    assert not list(files.glob("*.certificate"))


def test_an_unknown_head_is_one_line(files: Path, call: Any) -> None:
    code, _, err = call("certify", "linear.onnx", "tree.json", "--head", "odds")
    assert code == 3 and err.count("\n") == 1 and "odds" in err


@pytest.mark.parametrize("text", ["1/3", "0.1", "2.5", "-7/9", "1e-3", "16777217", "2e20"])
def test_thresholds_are_exact_and_ties_are_class_0(tmp_path: Path, text: str) -> None:
    cut = Fraction(text)
    for kind in ("logit", "regression"):
        teacher = load_onnx(network(tmp_path / "net.onnx"), Asked(kind, cut))
        over = cut + Fraction(1, 10**40)
        rows = [[cut, 0], [cut / 2, cut / 2], [over, 0], [cut - 1, 0], [cut, 1]]
        exact = [row[0] for row in evaluate(teacher, rows)]
        assert [value > 0 for value in exact] == [False, False, True, False, True]
        assert exact[0] == exact[1] == 0


def test_what_may_be_asked_of_a_sigmoid(tmp_path: Path) -> None:
    path = network(tmp_path / "net.onnx", "Sigmoid")
    shown = load_onnx(path)
    assert shown.head == Head("probability", Fraction(1, 2), "shown")
    half = load_onnx(path, Asked("probability", Fraction(1, 2)))
    assert evaluate(half, [[1, 2]]) == evaluate(shown, [[1, 2]]) == [[3]]
    higher = load_onnx(path, Asked("logit", Fraction(2)))
    assert evaluate(higher, [[1, 2], [1, 1]]) == [[1], [0]]
    assert higher.head == Head("logit", Fraction(2), "asked")


def test_a_number_that_is_a_probability_is_cut_anywhere(tmp_path: Path) -> None:
    teacher = load_onnx(network(tmp_path / "net.onnx"), Asked("probability", Fraction(3, 10)))
    rows = [[Fraction(3, 10), 0], [Fraction(31, 100), 0]]
    assert [decide([int(v * 10**9)]) for (v,) in evaluate(teacher, rows)] == [0, 1]
    usual = load_onnx(network(tmp_path / "net.onnx"), Asked("probability"))
    assert usual.head == Head("probability", Fraction(1, 2), "asked")
    assert evaluate(usual, [[Fraction(1, 2), 0]]) == [[0]]


def test_heads_that_contradict_themselves_cannot_be_made() -> None:
    for kind, threshold, origin in (
        ("odds", None, "shown"),
        ("logit", None, "guessed"),
        ("label", Fraction(0), "shown"),
        ("label", None, "assumed"),
        ("regression", None, "asked"),
        ("probability", Fraction(0), "asked"),
        ("probability", Fraction(1), "asked"),
        ("logit", Fraction(1 << 5000), "asked"),
    ):
        with pytest.raises(NetworkError):
            Head(kind, threshold, origin)
