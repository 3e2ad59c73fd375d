"""Exported Python and SQL answered another class than the tree.

The literal that stood for a threshold was chosen between the exact encodings, not between the
numbers that arrive: where float64 merges two encodings (2^53 and 2^53 + 1), or rounds one across
the literal, both took one branch without a word. Python compared a float32 number with the literal
rounded to float32. SQL asked for encoded numbers in one column and for labels in the next, and took
what it did not know (NULL, a missing column) for "no".
"""

from __future__ import annotations

import math
import sqlite3
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import tree_class
from verifier.cli.main import run
from verifier.formats import export_check, export_sql_check
from verifier.formats.export_code import to_c, to_java, to_python
from verifier.formats.export_sql import to_sql
from verifier.formats.thresholds import FLOAT32, FLOAT64, decimal_of, float_below, nearest32, settle
from verifier.formats.tree_onnx import to_onnx
from verifier.formats.variables import one_hot, ordinal, variable
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree

F = Fraction


def stump(threshold, column=0):
    return Tree((Inner(column, F(threshold), 1, 2), Leaf(0), Leaf(1)))


def executed(text):
    names = {}
    exec(text, names)
    return names["predict"]


@pytest.mark.parametrize(
    "values",
    [
        (F(2**53), F(2**53 + 1)),
        (F(1, 3), F(1, 3) + F(1, 10**20)),
        (F(0), F("1e-330")),
        (F("1e309"), F("1e310")),
    ],
)
def test_what_float64_merges_is_refused(values, tmp_path, monkeypatch, capfd):
    domain = Domain((ordinal("n", values),))
    for write in (to_python, to_c, to_java, to_onnx):
        with pytest.raises(TreeError, match=r'cannot tell apart the values ".*variable "n"'):
            write(stump(values[0]), domain)
    assert "'" in to_sql(stump(values[0]), domain)
    monkeypatch.chdir(tmp_path)
    write_domain("domain.json", domain)
    write_tree("tree.json", stump(values[0]))
    command = ["export", "tree.json", "--to", "python", "--domain", "domain.json", "-o", "tree.py"]
    assert run(command) == 3
    assert capfd.readouterr().err.count("\n") == 1 and not (tmp_path / "tree.py").exists()


def test_neighbours_in_float64_take_their_branches():
    """Exactly, low lies above its float64 and high below: no literal between them is a float64."""
    a = 1 / 3
    b = float(np.nextafter(a, 1))
    ulp = F(b) - F(a)
    low, high = F(a) + ulp / 3, F(b) - ulp / 3
    domain = Domain((ordinal("n", (low, high)),))
    predict = executed(to_python(stump((low + high) / 2), domain))
    assert [predict([float(x)]) for x in (low, high)] == [0, 1]


def test_float32_numbers_are_compared_as_they_are():
    predict = executed(to_python(stump(F(0.1))))
    assert predict(np.array([0.1])) == 0 and predict(np.array([0.1], np.float32)) == 1
    domain = Domain((ordinal("n", (F(1, 10), F(2, 10), F(3, 10))),))
    predict = executed(to_python(stump(F(1, 10)), domain))
    for dtype in (np.float64, np.float32):
        assert [predict(np.array([x], dtype)) for x in (0.1, 0.2, 0.3)] == [0, 1, 1]


def test_sql_asks_for_labels_everywhere_and_knows_what_it_does_not_know():
    domain = Domain(
        (
            one_hot("colour", ("red", "green")),
            variable("visits", ("none", "few", "many"), [[0], [1], [5]]),
        )
    )
    nodes = Inner(2, F(2), 1, 2), Leaf(0), Inner(0, F(1, 2), 3, 4), Leaf(1), Leaf(0)
    text = to_sql(Tree(nodes), domain)
    assert "<=" not in text and text.count(" IN (") == 4
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE t (colour TEXT, visits TEXT)")
    rows = [("red", "none"), ("red", "many"), ("green", "many"), ("blue", "many"), ("red", None)]
    database.executemany("INSERT INTO t VALUES (?, ?)", rows)
    assert [k for (k,) in database.execute(f"SELECT {text} FROM t")] == [0, 0, 1, None, None]
    (k,) = database.execute(f"SELECT {text} FROM (SELECT 'red' AS colour)").fetchone()
    assert k is None  # SQLite takes "visits" for a text
    database.close()


def test_without_a_domain_all_numbers_of_the_type_branch_alike():
    for text in ("0.1", "1/3", "-1/3", "1e-330", "-1e-330", "1e309", "9007199254740993"):
        tree = stump(F(text))
        at = float_below(F(text))
        near = [at, math.nextafter(at, math.inf), math.nextafter(at, -math.inf)]
        predict = executed(to_python(tree))
        for x in near:
            if math.isfinite(x):
                assert predict([x]) == tree_class(tree, [F(x)])


@pytest.mark.parametrize("x", [0.1, 1 / 3, 5e-324, 1.7976931348623157e308, 2.0**53, -0.3, 0.5])
def test_decimals_in_c_and_sql_serve_any_precision(x):
    text = decimal_of(x)
    assert float(text) == x
    assert F(x) <= F(text) < F(x) + F(math.ulp(x)) / 4  # a long double keeps its place, too


def test_rounding_to_float32_is_done_once():
    between = F(1) + F(1, 2**24)  # a midpoint of float32, from which 2^-70 is lost in float64
    assert nearest32(between) == 1 and nearest32(between + F(1, 2**70)) == 1 + 2**-23
    assert FLOAT32.received(between + F(1, 2**70)) == (1 + 2**-23, 1.0)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("<= 0.5", "<= 1.0"), ("return 0", "return 1"), ("x[0]", "x[1]"), ("<=", "<")],
)
def test_a_wrong_export_is_not_handed_out(right, wrong):
    """The check itself: Python, C and Java that were changed after writing."""
    domain = Domain((ordinal("n", (0, 1)), ordinal("m", (0, 1))))
    tree = stump(F(1, 2))
    settled = settle(tree, domain, FLOAT64)
    text = to_python(tree, domain)
    with pytest.raises(TreeError, match="report this"):
        export_check.python(text.replace(right, wrong, 1), settled, tree, domain)
    text = to_c(tree, domain).replace("<= 0)", "<= 0.5)").replace("const int", "const double")
    export_check.c(text, settled, tree, domain)
    with pytest.raises(TreeError, match="report this"):
        export_check.c(text.replace(right, wrong, 1), settled, tree, domain)
    text = to_java(tree, domain).replace("<= 0)", "<= 0.5)").replace("int[]", "double[]")
    export_check.java(text, settled, tree, domain)
    with pytest.raises(TreeError, match="report this"):
        export_check.java(text.replace(right, wrong, 1), settled, tree, domain)
    with pytest.raises(TreeError, match="report this"):
        export_check.java(text.replace("int predict", "float predict"), settled, tree, domain)


def test_a_tree_too_long_for_a_java_method_is_refused():
    nodes = [Inner(0, F(i), 2 * i + 1, 2 * i + 2) for i in range(3000)]
    tree = Tree((*nodes, *(Leaf(i % 2) for i in range(3001))))
    with pytest.raises(TreeError, match="3001 leaves, more than a Java method holds"):
        to_java(tree)


@pytest.mark.parametrize(
    ("right", "wrong"), [("'0'", "'1'"), ("    0\n", "    1\n"), ('"n"', '"m"'), ("IN", "NOT IN")]
)
def test_wrong_sql_is_not_handed_out(right, wrong):
    domain = Domain((ordinal("n", (0, 1)), ordinal("m", (0, 1))))
    tree = stump(F(1, 2))
    text = to_sql(tree, domain)
    export_sql_check.sql(text, tree, tree, domain)
    with pytest.raises(TreeError, match="report this"):
        export_sql_check.sql(text.replace(right, wrong, 1), tree, tree, domain)
