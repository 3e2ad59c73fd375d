"""Code exported over a domain of bins is run on the table's own numbers, beside every edge too."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from tests.formats.export_fuzz import run_java
from tests.provers.cases import random_tree
from verifier.formats.bin_labels import bins_of, spans_of
from verifier.formats.code_sql import read_sql
from verifier.formats.export_sql import to_sql
from verifier.formats.frame_rows import at_edges
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

pandas = pytest.importorskip("pandas")

EDGES = {
    "plain": [2, 5.5, 9],
    "awkward": [0.1, 0.30000000000000004, 1 / 3, 0.7],
    "around 0": [-2.5, -1e-300, 0, 5e-324, 1.5],
    "huge": [-1.7e308, -1e22, 123456789.123456789, 1.7e308],
}
"""Edges of bins; 0.1 is none of the doubles beside 1/10."""


def table(edges: Sequence[float], *, missing: bool, seed: int = 0) -> Any:
    """Numbers in every bin, on every edge and beside it, and perhaps missing; and a text."""
    rng = np.random.default_rng(seed)
    spread = max(abs(edges[0]), abs(edges[-1])) / 4
    between = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
    held = [*beside(edges), *between, edges[0] - spread / 8, edges[-1] + spread / 8]
    held += [math.nan] * (4 if missing else 0)
    texts = ["red", "green", None] if missing else ["red", "green"]
    colour = [texts[i] for i in rng.integers(len(texts), size=len(held))]
    return pandas.DataFrame({"x": held, "colour": colour})


def beside(edges: Sequence[float]) -> list[float]:
    """The edges and their neighbours."""
    ways = -math.inf, math.inf
    return [n for x in edges for n in (x, *(math.nextafter(x, way) for way in ways))]


def domain_of(frame: Any, edges: Sequence[float]) -> Domain:
    return lp.Domain.from_frame(frame, bins={"x": list(edges)})


def asked(expression: str, frame: Any, kinds: dict[str, str]) -> list[Any]:
    """What SQLite answers at the rows of a table."""
    database = sqlite3.connect(":memory:")
    declared = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
    database.execute(f"CREATE TABLE t ({declared})")
    rows = [
        [None if x is None or x != x else x for x in row]
        for row in frame[list(kinds)].astype(object).to_numpy().tolist()
    ]
    marks = ", ".join("?" * len(kinds))
    database.executemany(f"INSERT INTO t VALUES ({marks})", rows)
    answers = database.execute(f"SELECT {expression} FROM t ORDER BY rowid").fetchall()
    database.close()
    return [k for (k,) in answers]


def split(threshold: Fraction | float, column: int = 0) -> Tree:
    return Tree((Inner(column, Fraction(threshold), 1, 2), Leaf(0), Leaf(1)))


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("edges", EDGES.values(), ids=EDGES)
def test_sql_answers_at_a_table_s_own_rows(edges: list[float], missing: bool) -> None:
    frame = table(edges, missing=missing)
    domain = domain_of(frame, edges)
    assert (domain.variables[0].columns == 2) == missing
    rng = np.random.default_rng(1)
    seen: set[int] = set()
    for _ in range(40):
        tree = random_tree(rng, domain, 3)
        text = to_sql(tree, domain)
        assert "at most" not in text
        expected = tree.predict(frame, domain=domain).tolist()
        assert asked(text, frame, {"x": "REAL", "colour": "TEXT"}) == expected
        back = read_sql(text, domain)
        assert back.predict(domain.inputs(), domain=domain).tolist() == (
            tree.predict(domain.inputs(), domain=domain).tolist()
        )
        assert asked(to_sql(back, domain), frame, {"x": "REAL", "colour": "TEXT"}) == expected
        seen |= set(expected)
    assert len(seen) > 1


def test_the_text_is_as_a_user_would_write_it() -> None:
    frame = table(EDGES["plain"], missing=True)
    domain = domain_of(frame, EDGES["plain"])
    x = domain.variables[0]
    assert isinstance(x, Variable)
    number = 'CAST("x" AS DOUBLE PRECISION)'
    low = to_sql(split(x.row(0)[0]), domain)  # a missing number is encoded as 0: left too
    assert f'WHEN ({number} <= 2.0 OR "x" IS NULL) THEN' in low
    assert f"WHEN {number} > 2.0 THEN" in low
    assert "What is missing is NULL (of numbers not NaN)" in low
    lost = to_sql(split(0.5, 1), domain)
    assert 'WHEN "x" IS NULL THEN' in lost and 'WHEN "x" IS NOT NULL THEN' in lost


def test_numbers_outside_of_the_bins_get_no_class() -> None:
    variable = Variable(
        "age",
        ("18 to 30", "30 to 50", "50 to 65.5"),
        tuple((Fraction(n),) for n in (25, 40, 60)),
        (Fraction(1, 3),) * 3,
    )
    domain = Domain((variable,))
    later = Inner(0, Fraction(50), 3, 4), Leaf(1), Leaf(2)
    text = to_sql(Tree((Inner(0, Fraction(30), 1, 2), Leaf(0), *later)), domain)
    number = 'CAST("age" AS DOUBLE PRECISION)'
    assert f"{number} > 18.0 AND {number} <= 30.0" in text
    rows = pandas.DataFrame({"age": [*sorted(beside([18, 30, 50, 65.5])), None]})
    expected = [None, None, 0, 0, 0, 1, 1, 1, 2, 2, 2, None, None]
    assert asked(text, rows, {"age": "REAL"}) == expected
    whole = pandas.DataFrame({"age": [18, 19, 30, 31, 50, 51, 65, 66]})
    assert asked(text, whole, {"age": "INTEGER"}) == [None, 0, 0, 1, 1, 2, 2, None]


def test_certify_takes_the_file(tmp_path: Path) -> None:
    frame = table(EDGES["awkward"], missing=True)
    domain = domain_of(frame, EDGES["awkward"])
    weight = np.array([[-8, 3, *[1] * (domain.columns - 2)]], np.float32)
    network = Network(domain.columns, (Affine(0, weight, np.array([2], np.float32)),))
    tree = lp.distill(network, domain=domain).tree
    path = tmp_path / "tree.sql"
    lp.export(tree, path, domain=domain)
    result = lp.certify(network, path, domain=domain)
    assert result.verdict == "equivalent"
    text = path.read_text()
    assert asked(text, frame, {"x": "REAL", "colour": "TEXT"}) == (
        tree.predict(frame, domain=domain).tolist()
    )
    edge = re.findall(r"<= (\S+) ", text)[0]
    assert float(edge) in EDGES["awkward"]
    path.write_text(text.replace(f" {edge}", " 0.2"))
    with pytest.raises(TreeError, match=r"parts the bins of .x. otherwise"):
        lp.certify(network, path, domain=domain)


@pytest.mark.parametrize("edges", EDGES.values(), ids=EDGES)
def test_python_c_and_java_answer_at_a_table_s_own_numbers(
    edges: list[float], tmp_path: Path
) -> None:
    frame = table(edges, missing=False)[["x"]].copy()
    frame["b"] = [0, 1] * (len(frame) // 2) + [0] * (len(frame) % 2)
    domain = domain_of(frame, edges)
    trees = [random_tree(np.random.default_rng(seed), domain, 3) for seed in range(8)]
    rows = frame.to_numpy().astype(float).tolist()
    truth = [tree.predict(frame, domain=domain).tolist() for tree in trees]
    assert any(len(set(x)) > 1 for x in truth)
    for tree, expected in zip(trees, truth, strict=True):
        names: dict[str, Any] = {}
        exec(tree.to_code("python", domain), names)
        assert [names["predict"](row) for row in rows] == expected
    if shutil.which("cc"):
        source, library = tmp_path / "t.c", tmp_path / "t.so"
        written = [tree.to_code("c", domain) for tree in trees]
        texts = [text.replace("int p", f"int t{i}_p") for i, text in enumerate(written)]
        source.write_text("\n".join(texts))
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, source], check=True)
        loaded = ctypes.CDLL(str(library))
        for i, (text, expected) in enumerate(zip(texts, truth, strict=True)):
            number = ctypes.c_int if "const int *" in text else ctypes.c_double
            arrays = [(number * 2)(*map(number, row)) for row in rows]
            assert [loaded[f"t{i}_predict"](array) for array in arrays] == expected
    if shutil.which("javac"):
        java = [(i, tree.to_code("java", domain)) for i, tree in enumerate(trees)]
        assert list(run_java(java, tmp_path, dict.fromkeys(range(8), rows)).values()) == truth


def singles(edges: Sequence[float]) -> Any:
    """The float32 numbers on edges and beside them, as a table has them."""
    with np.errstate(over="ignore"):
        near = np.array(edges, np.float32)
        every = [near, *(np.nextafter(near, np.float32(way)) for way in (-math.inf, math.inf))]
    held = np.unique(np.concatenate(every))
    return pandas.DataFrame({"x": held[np.isfinite(held)].astype(np.float64)})


def answers_of_onnx(tree: Tree, domain: Domain, frame: Any) -> list[int]:
    """What onnxruntime answers at a table's numbers, none of which is missing."""
    runtime = pytest.importorskip("onnxruntime")
    from verifier.formats.tree_onnx import to_onnx

    rows = np.zeros((len(frame), domain.columns), np.float32)
    rows[:, 0] = frame["x"]
    session = runtime.InferenceSession(to_onnx(tree, domain), providers=["CPUExecutionProvider"])
    found: list[int] = session.run(["label"], {"x": rows})[0].tolist()
    return found


SINGLE = {**EDGES, "around 0": [-2.5, 0, 2.0**-148], "huge": [-1e38, -1e22, 123456789.12, 1e38]}
"""Edges that float32 tells apart."""


@pytest.mark.parametrize("edges", SINGLE.values(), ids=SINGLE)
def test_onnx_answers_at_float32_numbers_beside_every_edge(edges: list[float]) -> None:
    frame = singles(edges)
    held = {"x": [*table(edges, missing=False)["x"], *frame["x"]]}
    domain = domain_of(pandas.DataFrame(held), edges)
    seen: set[int] = set()
    for seed in range(12):
        tree = random_tree(np.random.default_rng(seed), domain, 3)
        expected = tree.predict(frame, domain=domain).tolist()
        assert answers_of_onnx(tree, domain, frame) == expected
        seen |= set(expected)
    assert len(seen) > 1


def test_where_float32_takes_a_bin_s_number_for_the_edge_only_the_edge_goes_with_it() -> None:
    """What stands for the upper bin arrives as the edge itself, and has to go right."""
    edge, above = float(np.float32(0.3)), float(np.nextafter(np.float32(0.3), np.float32(1)))
    domain = domain_of(pandas.DataFrame({"x": [0.1, 0.2, (edge * 3 + above) / 4]}), [edge])
    (low,), (high,) = (domain.variables[0].row(i) for i in range(2))
    assert float(np.float32(high)) == edge < high
    rows = pandas.DataFrame({"x": [0.1, float(np.nextafter(np.float32(edge), 0)), edge, above]})
    tree = split((low + high) / 2)
    assert tree.predict(rows, domain=domain).tolist() == [0, 0, 0, 1]
    assert answers_of_onnx(tree, domain, rows) == [0, 0, 1, 1]


@pytest.mark.parametrize("to", ["onnx", "sklearn"])
def test_a_test_of_a_bin_beyond_float32_stays(to: str) -> None:
    """Its numbers arrive as infinity, and may still be told apart; the test was left out."""
    domain = domain_of(pandas.DataFrame({"x": [-1.7e308, -1.6e308, 0, 1]}), [-1e308, 0.5])
    tree = split(-1)
    if to == "sklearn":
        threshold = float(tree.to_sklearn(domain).tree_.threshold[0])
        assert -math.inf < threshold < -1e38
        return
    frame = pandas.DataFrame({"x": [-math.inf, -3e38, 0, 1]})
    assert answers_of_onnx(tree, domain, frame) == [0, 1, 1, 1]


def test_where_a_missing_number_would_go_the_wrong_way_few_numbers_do() -> None:
    """It is 0, and goes left with the bins below -1: numbers up to 0 go with it, no others."""
    held = [-9, -5, -3, 4, 6, 9, None] * 4
    domain = domain_of(pandas.DataFrame({"x": held}), [-1])
    rows = pandas.DataFrame({"x": [-1.5, -1, -0.5, 0, 1e-6, 1, 3]})
    tree = split(2)
    assert tree.predict(rows, domain=domain).tolist() == [0, 0, 1, 1, 1, 1, 1]
    assert answers_of_onnx(tree, domain, rows) == [0, 0, 0, 0, 1, 1, 1]
    names: dict[str, Any] = {}
    exec(tree.to_code("python", domain), names)
    assert [names["predict"]([x, 0]) for x in rows["x"]] == [0, 0, 0, 0, 1, 1, 1]


def test_what_else_may_be_missing_is_null() -> None:
    frame = pandas.DataFrame(
        {
            "n": [1, 2, 5, None] * 4,
            "word": ["a", None, "missing", "b"] * 4,
            "text": ["a", None, "b", None] * 4,
        }
    )
    domain = lp.Domain.from_frame(frame)
    kinds = {"n": "REAL", "word": "TEXT", "text": "TEXT"}
    seen = set()
    for seed in range(60):
        tree = random_tree(np.random.default_rng(seed), domain, 4)
        text = to_sql(tree, domain)
        assert asked(text, frame, kinds) == tree.predict(frame, domain=domain).tolist(), text
        back = read_sql(text, domain)
        points = domain.inputs()
        assert back.predict(points, domain=domain).tolist() == (
            tree.predict(points, domain=domain).tolist()
        )
        seen |= {x for x in kinds if f'"{x}" IS NULL' in text}
    assert seen == set(kinds)


def test_text_that_looks_like_bins_stays_text() -> None:
    frame = pandas.DataFrame({"age": ["18 to 30", "30 to 50", "above 50"] * 3})
    domain = lp.Domain.from_frame(frame)
    text = to_sql(split(0.5, 1), domain)
    assert "'30 to 50'" in text and "CAST" not in text
    expected = split(0.5, 1).predict(frame, domain=domain).tolist()
    assert asked(text, frame, {"age": "TEXT"}) == expected


def test_a_missing_number_goes_where_it_went_when_tests_move_to_edges() -> None:
    frame = pandas.DataFrame({"x": [-9, -5, -3, 4, 6, 9, None] * 4})
    domain = lp.Domain.from_frame(frame, bins={"x": [-4, -1, 5]})
    x = domain.variables[0]
    assert isinstance(x, Variable)
    known = bins_of(x)
    assert known is not None and x.columns == 2 and x.row(x.count - 1) == (0, 1)
    moved = 0
    for threshold in (-6, -4, -3, -1, 0, 2, 3, 4, 5, 6, 9):
        tree = split(threshold)
        other = at_edges(tree, domain)
        answers = [t.predict(domain.inputs(), domain=domain).tolist() for t in (tree, other)]
        assert answers[0] == answers[1], threshold
        moved += other != tree
    assert moved == 3  # the tests between the bins beside 0 stay


def bins(*labels: str) -> Domain:
    n = len(labels)
    encoding = tuple((Fraction(i),) for i in range(n))
    return Domain((Variable("x", labels, encoding, (Fraction(1, n),) * n),))


def test_edges_that_are_one_double_are_refused() -> None:
    domain = bins("at most 0.1", "0.1 to 0.1000000000000000001", "above 0.1000000000000000001")
    spans = spans_of(domain.variables[0])  # type: ignore[arg-type]
    assert spans is not None and spans[1] == (0.1, 0.1)
    with pytest.raises(TreeError, match=r"cannot tell apart the edges of .0.1 to 0.1000000"):
        to_sql(split(0.5), domain)
    with pytest.raises(TreeError, match="cannot tell apart the edges"):
        to_sql(split(0.5), bins("at most 1e400", "above 1e400"))


THREE = bins("at most 1", "1 to 2", "above 2")
CAST = 'CAST("x" AS DOUBLE PRECISION)'


def case(left: str, right: str) -> str:
    return f"CASE WHEN {left} THEN\n    0\nWHEN {right} THEN\n    1\nEND\n"


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (f"{CAST} <= 1.5", f"{CAST} > 1.5", "otherwise than the domain"),
        (f"{CAST} <= 1.0", f"{CAST} > 2.0", "once each"),  # nobody takes 1 to 2
        (f"{CAST} <= 2.0", f"{CAST} > 1.0", "once each"),  # both do
        (f"{CAST} <= 1.0", f'({CAST} > 1.0 OR "x" IS NULL)', "once each|not the domain's"),
        (f"{CAST} <= 1.0", "\"x\" IN ('1 to 2', 'above 3')", "not the domain's"),
        (f"{CAST} <= 1.0 AND {CAST} > 0.0", f"{CAST} > 1.0", "no CASE expression"),
        (f"{CAST} > 1.0 AND {CAST} > 2.0", f"{CAST} <= 1.0", "no CASE expression"),
        (f"({CAST} <= 1.0", f"{CAST} > 1.0", "no CASE expression"),
        (f"({CAST} <= 1.0 AND {CAST} > 1.0)", f"{CAST} > 1.0", "no CASE expression"),
        (f"{CAST} <= 1.0 OR {CAST} > 2.0", f"{CAST} > 1.0", "no CASE expression"),
        (f"{CAST} <= 1.0", f"{CAST.replace('x', 'y')} > 1.0", "no CASE expression"),
        (f"{CAST} <= 1e999", f"{CAST} > 1.0", "no CASE expression"),
    ],
)
def test_what_parts_the_bins_otherwise_is_refused(left: str, right: str, said: str) -> None:
    with pytest.raises(TreeError, match=said):
        read_sql(case(left, right), THREE)


def test_other_ways_to_part_the_bins_are_read() -> None:
    points = THREE.inputs()
    for left, right in (
        (f"({CAST} <= 1.0 OR {CAST} > 2.0)", f"{CAST} > 1.0 AND {CAST} <= 2.0"),
        ("\"x\" IN ('at most 1', 'above 2')", "\"x\" IN ('1 to 2')"),  # as before 1.0
    ):
        tree = read_sql(case(left, right), THREE)
        assert tree.predict(points, domain=THREE).tolist() == [0, 1, 0]
