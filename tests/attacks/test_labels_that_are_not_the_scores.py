"""Classifiers as skl2onnx writes them did not load; which output is the class was never said.

The label is certified, as onnxruntime gives it, ties included; scores that call the classes
otherwise are refused, and outputs that are not compared are named in a note.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.attacks.heads_cases import ML, model, node, runtime
from tests.formats.onnx_models import evaluate
from verifier.formats.onnx import load_onnx
from verifier.model.errors import NetworkError
from verifier.model.head import Head
from verifier.model.network import Network, decide

GRID = np.array([[a, b] for a in range(-3, 4) for b in range(-3, 4)], np.float32)
WEIGHTS = {
    "w": np.array([[1, -1, 0], [1, 2, -1]], np.float32),
    "v": np.array([[1], [2]], np.float32),
    "b": np.array([0], np.float32),
    "half": np.array(0.5, np.float32),
    "one": np.array(1, np.float32),
    "zero": np.array([0], np.float32),
    "flat": np.array([-1], np.int64),
    "numbers": np.array([3, 5, 9], np.int64),
    "two": np.array([-1, 1], np.int64),
    "swapped": np.array([1, 0], np.int64),
    "names": ["yes", "no"],
    "axes": np.array([1], np.int64),
    "yes": np.array(7, np.int64),
    "no": np.array(4, np.int64),
}


def classes(teacher: Network, rows: Any = GRID) -> list[str]:
    """The names of the Network's classes, evaluated exactly."""
    found = [decide([int(v * 2**60) for v in row]) for row in evaluate(teacher, rows.tolist())]
    return [teacher.labels[k] if teacher.labels else str(k) for k in found]


LOGIT = [node("MatMul", "x v", "z")]
PAIR = [
    *LOGIT,
    node("Sigmoid", "z", "p"),
    node("Sub", "one p", "q"),
    node("Concat", "q p", "scores", axis=1),
]
INT, TEXT, BOOL, FLOAT = 7, 8, 9, 1
CHAINS: dict[str, tuple[list[Any], int]] = {
    "argmax": ([node("MatMul", "x w", "z"), node("ArgMax", "z", "y", axis=1)], INT),
    "softmax": (
        [
            node("MatMul", "x w", "z"),
            node("Softmax", "z", "s", axis=1),
            node("ArgMax", "s", "k", axis=1, keepdims=0),
            node("ArrayFeatureExtractor", "numbers k", "t", ML),
            node("Reshape", "t flat", "r"),
            node("Cast", "r", "y", to=6),
        ],
        6,
    ),
    "pair": ([*PAIR, node("ArgMax", "scores", "y", axis=1)], INT),
    "pair of the other order": (
        [
            *PAIR[:-1],
            node("Concat", "p q", "scores", axis=1),
            node("ArgMax", "scores", "k", axis=1),
            node("ArrayFeatureExtractor", "names k", "t", ML),
            node("Reshape", "t flat", "y"),
        ],
        TEXT,
    ),
    "negated score": (
        [
            *LOGIT,
            node("Neg", "z", "n"),
            node("Concat", "n z", "scores", axis=1),
            node("ArgMax", "scores", "k", axis=1, keepdims=1),
            node("Gather", "two k", "y"),
        ],
        INT,
    ),
    "greater": ([*LOGIT, node("Greater", "z zero", "g"), node("Cast", "g", "y", to=7)], INT),
    "greater or equal": (
        [*LOGIT, node("GreaterOrEqual", "z zero", "g"), node("Cast", "g", "y", to=7)],
        INT,
    ),
    "less": ([*LOGIT, node("Less", "z zero", "g"), node("Cast", "g", "y", to=7)], INT),
    "less or equal": ([*LOGIT, node("LessOrEqual", "z one", "g"), node("Cast", "g", "y", to=7)], 7),
    "constant first": ([*LOGIT, node("Less", "one z", "g"), node("Cast", "g", "y", to=7)], INT),
    "not less": (
        [*LOGIT, node("Less", "z zero", "g"), node("Not", "g", "h"), node("Cast", "h", "y", to=7)],
        INT,
    ),
    "a boolean": ([*LOGIT, node("GreaterOrEqual", "z one", "y")], BOOL),
    "probability": (
        [*PAIR[:2], node("Greater", "p half", "g"), node("Cast", "g", "y", to=7)],
        INT,
    ),
    "probability or equal": (
        [*PAIR[:2], node("GreaterOrEqual", "p half", "g"), node("Cast", "g", "y", to=7)],
        INT,
    ),
    "a choice": ([*LOGIT, node("Greater", "z zero", "g"), node("Where", "g yes no", "y")], INT),
    "squeezed": (
        [
            *LOGIT,
            node("Squeeze", "z axes", "s"),
            node("Sigmoid", "s", "p"),
            node("Greater", "p half", "g"),
            node("Cast", "g", "y", to=7),
        ],
        INT,
    ),
    "swapped labels": (
        [
            node("MatMul", "x w", "z0"),
            node("Gather", "z0 swapped", "z", axis=1),
            node("ArgMax", "z", "k", axis=1),
            node("ArrayFeatureExtractor", "swapped k", "t", ML),
            node("Reshape", "t flat", "y"),
        ],
        INT,
    ),
    "encoded": (
        [
            node("MatMul", "x w", "z"),
            node("ArgMax", "z", "k", axis=1, keepdims=0),
            node(
                *("LabelEncoder", "k", "y", ML),
                keys_int64s=[2, 0, 1],
                values_strings=["c", "a", "b"],
            ),
        ],
        TEXT,
    ),
    "scaled inputs": (
        [
            node("Scaler", "x", "s", ML, offset=[0.5, -1.0], scale=[2.0, 2.0]),
            node("Binarizer", "s", "bits", ML, threshold=1.0),
            node("MatMul", "bits w", "z"),
            node("ArgMax", "z", "y", axis=1),
        ],
        INT,
    ),
}
LINEAR = {"coefficients": [-1.0, -2.0, 1.0, 2.0], "intercepts": [0.0, 0.0]}
for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
    CHAINS[f"linear {transform}"] = (
        [
            node(
                *("LinearClassifier", "x", "y scores", ML),
                classlabels_ints=[3, 8],
                post_transform=transform,
                **LINEAR,
            )
        ],
        INT,
    )
CHAINS["linear, one score"] = (
    [
        node(
            *("LinearClassifier", "x", "y scores", ML),
            coefficients=[1.0, 2.0],
            intercepts=[0.0],
            classlabels_strings=["no", "yes"],
        )
    ],
    TEXT,
)


@pytest.mark.parametrize("name", CHAINS)
def test_labels_are_those_of_onnxruntime(name: str, tmp_path: Path) -> None:
    """At every point of a grid, on which scores tie and logits are 0."""
    nodes, kind = CHAINS[name]
    path = model(tmp_path / "net.onnx", nodes, {"y": kind}, WEIGHTS)
    teacher = load_onnx(path)
    assert teacher.head == Head("label", None, "shown")
    expected = [str(int(v)) if isinstance(v, bool) else str(v) for v in runtime(path, GRID)]
    assert classes(teacher) == expected
    assert len(set(expected)) > 1


def zipped(names: list[str], **more: Any) -> list[Any]:
    label = [node("ArgMax", "z", "k", axis=1), node("ArrayFeatureExtractor", "names k", "t", ML)]
    label += [node("Reshape", "t flat", "y")]
    scores = [node("ZipMap", "s", "scores", ML, classlabels_strings=names)]
    columns = [node("Gather", "x swapped", "z", axis=1)]
    return [*columns, node("Softmax", "z", "s", axis=1), *label, *scores]


def test_two_outputs_say_which_is_the_class(tmp_path: Path) -> None:
    outputs = {"y": TEXT, "scores": 0}
    path = model(tmp_path / "net.onnx", zipped(["yes", "no"]), outputs, WEIGHTS)
    teacher = load_onnx(path)
    assert classes(teacher) == runtime(path, GRID)
    assert teacher.notes[-1] == 'the class is the output "y", one of 2'
    wrong = model(tmp_path / "net.onnx", zipped(["no", "yes"]), outputs, WEIGHTS)
    with pytest.raises(NetworkError, match="its outputs contradict each other") as caught:
        load_onnx(wrong)
    assert "\n" not in str(caught.value)


def test_what_is_not_compared_is_noted(tmp_path: Path) -> None:
    nodes = [*CHAINS["argmax"][0], node("Exp", "z", "e"), node("Identity", "x", "other")]
    path = model(tmp_path / "net.onnx", nodes, {"y": INT, "e": FLOAT, "other": FLOAT}, WEIGHTS)
    notes = load_onnx(path).notes
    assert 'the output "e" is not looked at' in notes
    assert 'the output "other" is not looked at' in notes


Z = node("MatMul", "x w", "z")
TAKEN = [Z, node("ArgMax", "z", "k", axis=1)]
REFUSED: dict[str, tuple[list[Any], dict[str, int], str]] = {
    "no label": ([Z, node("Softmax", "z", "s", axis=1)], {"z": 1, "s": 1}, "keep one"),
    "two labels": ([*TAKEN, node("Identity", "k", "y")], {"k": 7, "y": 7}, "keep one"),
    "a label that is none": ([Z], {"z": 7, "x2": 1}, "it must be float|is none|nothing before"),
    "scores alone": (zipped(["yes", "no"]), {"scores": 0}, "keep the label"),
    "after a map": (
        [*zipped(["yes", "no"]), node("Identity", "scores", "u")],
        {"u": 0},
        "follows a ZipMap",
    ),
    "equal labels": (
        [*TAKEN, node("ArrayFeatureExtractor", "same k", "y", ML)],
        {"y": 7},
        "two of its labels are the same",
    ),
    "too few labels": (
        [*TAKEN, node("ArrayFeatureExtractor", "two k", "y", ML)],
        {"y": 7},
        "2 labels for the classes",
    ),
    "arithmetic with labels": ([*TAKEN, node("Sub", "one k", "y")], {"y": 7}, "last step"),
    "a probability cut where it never is": (
        [*PAIR[:2], node("Greater", "p one", "y")],
        {"y": 9},
        "never crosses",
    ),
    "three scores of two": (
        [*PAIR, node("Concat", "scores p", "three", axis=1), node("ArgMax", "three", "y", axis=1)],
        {"y": 7},
        "one column's probability",
    ),
    "a norm of activations": ([node("Normalizer", "x", "y", ML, norm="L2")], {"y": 1}, "norm"),
    "boolean cast": (
        [*LOGIT, node("Greater", "z zero", "g"), node("Cast", "g", "y", to=9)],
        {"y": 9},
        "casts to BOOL",
    ),
    "label that changes": (
        [*TAKEN, node("ArrayFeatureExtractor", "large k", "t", ML), node("Cast", "t", "y", to=3)],
        {"y": 3},
        "casts the label",
    ),
    "comparing two columns": ([Z, node("Greater", "z zero", "y")], {"y": 9}, "3 columns"),
    "a column with a list": (
        [*LOGIT, node("Squeeze", "z axes", "s"), node("Greater", "z s", "y")],
        {"y": 9},
        "each number with each other",
    ),
    "labels in a column": (
        [*TAKEN, node("ArrayFeatureExtractor", "column k", "y", ML)],
        {"y": 7},
        "must be a list",
    ),
    "mixing rows": ([*LOGIT, node("Concat", "z z", "y", axis=0)], {"y": 1}, "mixes the rows"),
    "no such column": ([Z, node("Gather", "z numbers", "y", axis=1)], {"y": 1}, "do not fit"),
    "linear without labels": (
        [node("LinearClassifier", "x", "y", ML, **LINEAR)],
        {"y": 7},
        "at least two class labels",
    ),
    "linear of other width": (
        [node("LinearClassifier", "x", "y", ML, classlabels_ints=[0, 1, 2], **LINEAR)],
        {"y": 7},
        "2 scores for 3 labels",
    ),
    "unknown of ai.onnx.ml": ([node("SVMClassifier", "x", "y", ML)], {"y": 7}, "SVMClassifier"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_line(name: str, tmp_path: Path) -> None:
    nodes, outputs, words = REFUSED[name]
    constants = WEIGHTS | {
        "same": np.array([1, 1, 2], np.int64),
        "third": np.array(1 / 3, np.float32),
        "column": np.array([[1], [2], [3]], np.int64),
        "large": np.array([1, 2, 300], np.int64),
    }
    path = model(tmp_path / "net.onnx", nodes, outputs, constants)
    with pytest.raises(NetworkError, match=words) as caught:
        load_onnx(path)
    assert "\n" not in str(caught.value)
