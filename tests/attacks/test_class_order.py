"""A tree over classes ['a', 'b'] was compared by number with a network over ['b', 'a'].

Classes are matched by name where both sides have names; a name that the other lacks, and numbers
that are also names of other classes, are refused.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from tests.attacks.heads_cases import ML, model, node
from tests.saved import save_certificate
from verifier.formats.json_files import read_tree
from verifier.formats.onnx import load_onnx
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.sklearn import teacher_from_sklearn, tree_from_sklearn
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.errors import TreeError
from verifier.model.proof import Enumerated
from verifier.model.question import Bound, Matter, Not, Same, check_names, matter_of
from verifier.model.tree import Inner, Leaf, Tree, matched
from verifier.provers import exhaustive
from verifier.reading.certificate import read_certificate
from verifier.writing.json_nouns import write_tree

X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
FIRST = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))


def labelled(path: Path, labels: Any) -> Path:
    """Class 1 iff x0 > 1/2, called as the labels say."""
    nodes = [
        node("Gemm", "x w b", "z"),
        node("ArgMax", "z", "k", axis=1),
        node("ArrayFeatureExtractor", "labels k", "taken", ML),
        node("Reshape", "taken shape", "y"),
    ]
    constants = {
        "w": np.array([[0, 2], [0, 0]], np.float32),
        "b": np.array([0, -1], np.float32),
        "labels": labels,
        "shape": np.array([-1], np.int64),
    }
    kind = 8 if isinstance(labels, list) else 7
    return model(path, nodes, {"y": kind}, constants)


def test_classes_are_matched_by_name(tmp_path: Path, call: Any) -> None:
    labelled(tmp_path / "net.onnx", ["b", "a"])
    write_tree(tmp_path / "same.json", replace(FIRST, labels=("b", "a")))
    swapped = Tree((FIRST.nodes[0], Leaf(1), Leaf(0)), ("a", "b"))
    write_tree(tmp_path / "swapped.json", swapped)
    write_tree(tmp_path / "wrong.json", replace(FIRST, labels=("a", "b")))
    write_tree(tmp_path / "numbers.json", FIRST)
    made = ("-o", "net.certificate")
    for name, code in (("same", 0), ("swapped", 0), ("numbers", 0), ("wrong", 1)):
        assert call("certify", "net.onnx", f"{name}.json", *made)[0] == code, name
        against = ("check", "net.certificate", "--against", "net.onnx", f"{name}.json", "bits")
        assert call(*against)[0] == 0
    code, out, _ = call("certify", "net.onnx", "wrong.json")
    row = next(line for line in out.splitlines() if line.startswith("│"))
    assert row.split("│")[1].strip() != row.split("│")[2].strip()
    assert {row.split("│")[1].strip(), row.split("│")[2].strip()} == {"a", "b"}
    found = json.loads(call("certify", "net.onnx", "wrong.json", "--json")[1])
    assert found["class"]["labels"] == ["b", "a"]
    assert {found["counterexample"][k] for k in ("teacher_label", "tree_label")} == {"a", "b"}


def test_other_names_are_refused(tmp_path: Path, call: Any) -> None:
    labelled(tmp_path / "net.onnx", ["b", "a"])
    write_tree(tmp_path / "tree.json", replace(FIRST, labels=("a", "c")))
    code, _, err = call("certify", "net.onnx", "tree.json")
    assert code == 3 and err.count("\n") == 1 and 'answers "c"' in err


@pytest.mark.parametrize(
    ("labels", "code"),
    [([1, 2], 3), ([2, 0], 3), ([0, 1], 0), ([3, 7], 0), ([-1, 1], 0), ([0, 5], 0)],
)
def test_numbers_that_are_names_of_other_classes(
    tmp_path: Path, call: Any, labels: list[int], code: int
) -> None:
    """Is "class 1" the class number 1, called 2, or the class called 1, whose number is 0?"""
    labelled(tmp_path / "net.onnx", np.array(labels, np.int64))
    write_tree(tmp_path / "tree.json", FIRST)
    found, _, err = call("certify", "net.onnx", "tree.json")
    assert found == code, err
    assert 'name the tree\'s classes ("classes"' in err if code else True


def test_labels_1_0_keep_their_meaning(tmp_path: Path, call: Any) -> None:
    """Class k is the label k: a network that answers 1 where it answered 0."""
    path = labelled(tmp_path / "net.onnx", np.array([1, 0], np.int64))
    assert load_onnx(path).labels == ("0", "1")
    write_tree(tmp_path / "tree.json", FIRST)
    assert call("certify", "net.onnx", "tree.json")[0] == 1
    write_tree(tmp_path / "tree.json", Tree((FIRST.nodes[0], Leaf(1), Leaf(0))))
    assert call("certify", "net.onnx", "tree.json")[0] == 0


def test_in_python_other_orders_are_refused(tmp_path: Path) -> None:
    """A network whose classes are [1, 2], and a tree whose class numbers are 1 and 2."""
    y = np.array([1, 1, 2, 2])
    teacher = teacher_from_sklearn(LogisticRegression(C=100).fit(X, y))
    tree = tree_from_sklearn(DecisionTreeClassifier().fit(X, [1, 1, 1, 1]))
    assert teacher.labels == ("1", "2") and tree.nodes == (Leaf(1),)
    finding = exhaustive.prove(bits(2), replace(teacher, labels=()), tree)
    for refused in (
        lambda: exhaustive.prove(bits(2), teacher, tree),
        lambda: checker.verify(matter_of(bits(2), teacher, tree), finding.proof),
        lambda: save_certificate(
            tmp_path / "c", matter_of(bits(2), teacher, tree), finding, "exhaustive"
        ),
    ):
        with pytest.raises(TreeError, match="other names, or stand in another order"):
            refused()
    fixed = matched(tree, teacher.labels)
    assert fixed.nodes == (Leaf(0),) and fixed.labels == ("1", "2")
    found = exhaustive.prove(bits(2), teacher, fixed)
    verdict = checker.verify(matter_of(bits(2), teacher, fixed), found.proof, found.counterexamples)
    assert verdict.disagreements == (2, 2)


def test_networks_with_other_names_are_compared_by_number_in_files() -> None:
    """As they were before: nothing is made of such a pair, but a file may hold one."""
    one = teacher_from_sklearn(LogisticRegression(C=100).fit(X, [0, 0, 1, 1]))
    pair = replace(one, labels=("a", "b")), replace(one, labels=("b", "a"))
    models = tuple(Bound(name, net, (0, 1)) for name, net in zip("fg", pair, strict=True))
    held = Matter(bits(2), models, Not(Same(0, 1)))
    assert checker.verify(held, [Enumerated()]).disagreements == (0, 0)
    with pytest.raises(TreeError, match="other names"):
        check_names(held)


def test_names_survive_files(tmp_path: Path, call: Any) -> None:
    y = np.array(["setosa", "setosa", "virginica", "virginica"])
    save_onnx(teacher_from_sklearn(LogisticRegression(C=100).fit(X, y)), tmp_path / "net.onnx")
    teacher = load_onnx(tmp_path / "net.onnx")
    assert teacher.labels == ("setosa", "virginica")
    assert call("distill", "net.onnx", "-o", "tree.json", "--certificate", "c")[0] == 0
    assert read_tree(tmp_path / "tree.json").labels == teacher.labels
    for to in ("text", "svg", "dot"):
        assert "class virginica" in call("export", "tree.json", "--to", to)[1]
    assert read_certificate(tmp_path / "c").teacher.labels == teacher.labels
    assert call("check", "c", "--paranoid", "--against", "net.onnx", "tree.json", "bits")[0] == 0
    assert call("report", "c", "-o", "c.html")[0] == 0
    assert "virginica" in (tmp_path / "c.html").read_text()


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (["a"], "a leaf answers class 1"),
        (["a", "a"], "same name"),
        (["a", 1], "not a list of strings"),
        (["a", "b\n"], "printable"),
        ("ab", "not a list"),
    ],
)
def test_tree_files_with_damaged_names(tmp_path: Path, call: Any, classes: Any, words: str) -> None:
    write_tree(tmp_path / "tree.json", FIRST)
    value = json.loads((tmp_path / "tree.json").read_text())
    (tmp_path / "tree.json").write_text(json.dumps(value | {"classes": classes}))
    code, _, err = call("export", "tree.json")
    assert code == 3 and err.count("\n") == 1 and words in err, err
