"""A regression network, a lone linear output, was certified as a classifier cut at 0, silently.

Whatever the verdict, its own sentence, the JSON, the statement and the report now say what a class
is where that was assumed or asked for; scikit-learn's regressors ask for a threshold.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.neural_network import MLPRegressor

from tests.attacks.heads_cases import model, node
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.sklearn import teacher_from_sklearn
from verifier.jobs.estimator import TreeDistiller
from verifier.model.domain import bits
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.network import exact_classes
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree

HALF = Fraction(1, 2)
AND = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(0), Leaf(1)))


def regression(path: Path) -> Path:
    """The number x0 + x1, which is more than 1 where both bits are set."""
    constants = {"w": np.ones((2, 1), np.float32)}
    return model(path, [node("MatMul", "x w", "y")], {"y": 1}, constants)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    regression(tmp_path / "net.onnx")
    write_tree(tmp_path / "tree.json", AND)
    return tmp_path


def test_the_sentence_says_what_was_assumed(files: Path, call: Any) -> None:
    code, out, _ = call("certify", "net.onnx", "tree.json", "--quiet")
    assert code == 1
    assert out.count("\n") == 1 and "Assumed: class 1 where the network's output > 0" in out


def test_the_sentence_says_what_was_asked(files: Path, call: Any) -> None:
    asked = ("--head", "regression", "--threshold", "1")
    code, out, _ = call("certify", "net.onnx", "tree.json", *asked, "-o", "net.certificate")
    assert code == 0
    assert "As asked: class 1 where the network's output, a predicted number, is > 1." in out
    for command in (["--quiet"], ["--statement"]):
        assert "a predicted number, is > 1" in call("check", "net.certificate", *command)[1]
    code, out, _ = call("check", "net.certificate", "--json")
    found = json.loads(out)["class"]
    assert found["head"] == {"kind": "regression", "threshold": "1", "origin": "asked"}
    assert call("report", "net.certificate", "-o", "net.html")[0] == 0
    assert "a predicted number, is &gt; 1" in (files / "net.html").read_text()


@pytest.mark.parametrize("verb", ["distill", "repair"])
def test_every_verb_that_reads_a_network(files: Path, call: Any, verb: str) -> None:
    tree = ["tree.json"] if verb == "repair" else ["--certificate", "own.certificate"]
    asked = ("--head", "regression", "--threshold", "1")
    code, out, _ = call(verb, "net.onnx", *tree, *asked, "-o", "new.json")
    assert code == 0 and "EQUIVALENT" in out and "As asked: class 1" in out
    assert json.loads((files / "new.json").read_text())["root"]["column"] in (0, 1)


def test_regressors_ask_for_a_threshold() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 2, (60, 3)).astype(float)
    y = x @ [1.0, 2.0, -1.0]
    with pytest.warns(UserWarning, match="converge"):
        network = MLPRegressor(hidden_layer_sizes=(4,), max_iter=20, random_state=0).fit(x, y)
    for regressor in (LinearRegression().fit(x, y), network):
        with pytest.raises(NetworkError, match="give the threshold") as caught:
            teacher_from_sklearn(regressor)
        assert "\n" not in str(caught.value)
        with pytest.raises(NetworkError, match="give the threshold"):
            TreeDistiller().fit(regressor, bits(3))
        teacher = teacher_from_sklearn(regressor, threshold="0.7")
        assert teacher.head == Head("regression", Fraction(7, 10), "asked")
        points = [(i >> 2, i >> 1 & 1, i & 1) for i in range(8)]
        predicted = regressor.predict(np.array(points, float)) > 0.7
        assert exact_classes(teacher, bits(3), points) == predicted.astype(int).tolist()
        fitted = TreeDistiller(threshold=0.7).fit(regressor, bits(3))
        assert fitted.predict(np.array(points)).tolist() == predicted.astype(int).tolist()


def test_a_network_that_says_what_it_is_needs_no_assumption(tmp_path: Path) -> None:
    plain = load_onnx(regression(tmp_path / "net.onnx"))
    assert plain.head == Head("logit", Fraction(0), "assumed")
    save_onnx(plain, tmp_path / "again.onnx")
    assert load_onnx(tmp_path / "again.onnx").head == plain.head
    x = np.array([[0.0], [1.0]])
    shown = teacher_from_sklearn(LinearRegression().fit(x, [0, 1]), threshold="1/2")
    save_onnx(shown, tmp_path / "shown.onnx")
    assert load_onnx(tmp_path / "shown.onnx").head == Head("logit", Fraction(0), "shown")
