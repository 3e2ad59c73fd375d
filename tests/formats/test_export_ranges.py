"""Trees over ranges in other languages: thresholds on numbers, and no value is listed."""

from __future__ import annotations

import sqlite3
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import verifier as lp
from verifier.formats.onnx import compare_on_domain
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.tree_onnx import to_onnx
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree, bind, classify

PEOPLE = lp.Domain.product(
    lp.Domain.range("age", 18, 90), lp.Domain.one_hot("colour", ["red", "green"])
)
TREE = Tree(
    (
        Inner(0, Fraction(81, 2), 1, 4),
        Inner(1, Fraction(1, 2), 2, 3),
        Leaf(0),
        Leaf(1),
        Inner(0, Fraction(1000), 5, 6),
        Leaf(2),
        Leaf(0),
    )
)
FAR = lp.Domain.range("far", 0, 2**62 - 1)


def halved(at: Fraction | int) -> Tree:
    """Class 1 above a number."""
    return Tree((Inner(0, Fraction(at), 1, 2), Leaf(0), Leaf(1)))


def answers(domain: Domain, tree: Tree) -> list[int]:
    bound = bind(tree, domain)
    return [classify(bound, p) for p in full_cell(domain).points()]


def test_python_c_and_text_compare_numbers() -> None:
    names: dict[str, Any] = {}
    exec(TREE.to_code("python", PEOPLE), names)
    assert [names["predict"](row) for row in PEOPLE.inputs()] == answers(PEOPLE, TREE)
    text = TREE.to_code("c", PEOPLE)
    assert "int predict(const int *x)" in text and "if (x[0] <= 40)" in text
    assert "1000" not in text  # no value of the range is greater
    assert TREE.to_text(PEOPLE).startswith("age <= 40.5?")
    assert "const double" in halved(1).to_code("c", lp.Domain.range("x", 0, 2, "1/2"))


def test_sql_compares_the_numbers_of_ranges_and_the_labels_of_the_rest() -> None:
    text = TREE.to_code("sql", PEOPLE)
    assert "/* Each column holds the variable's numbers, or the labels of its values. */" in text
    assert 'CASE WHEN CAST("age" AS DOUBLE PRECISION) <= 40.5 THEN' in text
    assert "\"colour\" IN ('red')" in text or "\"colour\" IN ('green')" in text
    database = sqlite3.connect(":memory:")
    database.execute('CREATE TABLE t ("age" INTEGER, "colour" TEXT)')
    points = list(full_cell(PEOPLE).points())
    labels = [PEOPLE.labels(p) for p in points]
    database.executemany("INSERT INTO t VALUES (?, ?)", [(x["age"], x["colour"]) for x in labels])
    found = database.execute(f"SELECT {text} FROM t ORDER BY rowid").fetchall()
    assert [k for (k,) in found] == answers(PEOPLE, TREE)


@pytest.mark.parametrize("language", ["python", "c", "sql", "dot", "svg", "text", "json"])
def test_a_range_of_any_length_is_exported(language: str) -> None:
    assert halved(2**40).to_code(language, FAR)


def test_numbers_that_a_type_merges_are_refused() -> None:
    near = halved(2**60)  # its neighbours are one number in float64
    for language in ("python", "c", "sql"):
        with pytest.raises(TreeError, match="the values 1152921504606846976 and 11529215046068469"):
            near.to_code(language, FAR)
    with pytest.raises(TreeError, match="float32 cannot tell apart"):
        to_onnx(halved(2**30), FAR)
    assert to_onnx(halved(2**20), FAR)


def test_scikit_learn_and_arrays() -> None:
    pytest.importorskip("sklearn")
    model = TREE.to_sklearn(PEOPLE)
    rows = PEOPLE.inputs()
    assert model.predict(rows.astype(np.float32)).tolist() == answers(PEOPLE, TREE)
    assert TREE.predict(rows, domain=PEOPLE).tolist() == answers(PEOPLE, TREE)
    assert halved(2**40).predict(np.array([[2.0**40], [2.0**41]]), domain=FAR).tolist() == [0, 1]


def test_a_network_is_held_against_onnxruntime_at_possible_points(tmp_path: Any) -> None:
    pytest.importorskip("onnxruntime")
    weight = np.array([[0.25, 4, -1]], np.float32)
    network = Network(3, (Affine(0, weight, np.array([-12], np.float32)),))
    path = tmp_path / "net.onnx"
    save_onnx(network, path)
    domain = PEOPLE.without({"age": (18, 40), "colour": "red"})
    compare_on_domain(str(path), lp.load_network(path), domain)
    wide = lp.Domain.product(FAR, lp.Domain.one_hot("colour", ["red", "green"]))
    compare_on_domain(str(path), lp.load_network(path), wide)
