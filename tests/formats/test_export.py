"""Every export is compiled or run, and compared with the tree on the whole domain."""

from __future__ import annotations

import ctypes
import re
import shutil
import sqlite3
import subprocess
from fractions import Fraction

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import helper

from tests.brute import tree_class
from tests.formats.onnx_trees import ensemble
from tests.provers.cases import all_points, random_domain, random_tree
from verifier.cli.main import run
from verifier.formats.drawing import question
from verifier.formats.export_code import to_c, to_dot, to_java, to_python
from verifier.formats.export_sql import to_sql
from verifier.formats.load import read_tree
from verifier.formats.thresholds import SettledTree, float_below
from verifier.formats.tree_ensemble import tree_of_node
from verifier.formats.tree_graph import read_tree_onnx
from verifier.formats.tree_onnx import to_onnx
from verifier.formats.variables import one_hot, ordinal
from verifier.model.domain import Domain, bits
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree

CASES = range(12)


def case(seed, **more):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 150, **more)
    return domain, random_tree(rng, domain, 3)


def truth(domain, tree):
    return [tree_class(tree, domain.encode(p)) for p in all_points(domain)]


def inputs(domain):
    return np.array([[float(x) for x in domain.encode(p)] for p in all_points(domain)])


@pytest.mark.parametrize("seed", CASES)
@pytest.mark.parametrize("with_domain", [False, True])
def test_python(seed, with_domain):
    domain, tree = case(seed, dyadic=not with_domain)
    space = {}
    exec(to_python(tree, domain if with_domain else None), space)
    assert [space["predict"](domain.encode(p)) for p in all_points(domain)] == truth(domain, tree)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@pytest.mark.parametrize("kind", ["int", "double", "no domain"])
def test_c(tmp_path, kind):
    parts, expected, given = [], [], []
    for seed in CASES:
        domain, tree = case(seed, dyadic=True)
        if kind == "int":
            domain = Domain((*bits(3).variables, ordinal("n", (-3, 0, 5)), one_hot("c", "rgb")))
            tree = random_tree(np.random.default_rng(seed), domain, 3)
        text = to_c(tree, None if kind == "no domain" else domain)
        assert ("const int *" in text) == (kind == "int") or kind == "double"
        parts.append(text.replace("predict", f"predict{seed}"))
        expected.append(truth(domain, tree))
        given.append((inputs(domain), "const int *" in text))
    source, library = tmp_path / "trees.c", tmp_path / "trees.so"
    source.write_text("\n".join(parts))
    flags = ["-std=c90", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wno-unused-parameter"]
    subprocess.run(["cc", *flags, "-shared", "-fPIC", "-o", library, source], check=True)
    compiled = ctypes.CDLL(str(library))
    for seed, (x, whole) in zip(CASES, given, strict=True):
        number = ctypes.c_int if whole else ctypes.c_double
        rows = [(number * len(row))(*(int(v) if whole else v for v in row)) for row in x.tolist()]
        assert [compiled[f"predict{seed}"](row) for row in rows] == expected[seed]


@pytest.mark.parametrize("seed", CASES)
@pytest.mark.parametrize("with_domain", [False, True])
def test_sql(seed, with_domain):
    domain, tree = case(seed, dyadic=True)
    database = sqlite3.connect(":memory:")
    rows = []
    for point in all_points(domain):
        if with_domain:
            rows.append([v.labels[i] for v, i in zip(domain.variables, point, strict=True)])
            names = [v.name for v in domain.variables]
        else:
            rows.append([float(x) for x in domain.encode(point)])
            names = [f"x{i}" for i in range(domain.columns)]
    database.execute(f"CREATE TABLE points ({', '.join(names)})")
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO points VALUES ({marks})", rows)
    expression = to_sql(tree, domain if with_domain else None)
    found = database.execute(f"SELECT {expression} FROM points ORDER BY rowid").fetchall()
    assert [k for (k,) in found] == truth(domain, tree)
    database.close()


def test_sql_quotes_names_and_labels():
    domain = Domain((one_hot('a "b"', ("it's", "x", "y")),))
    text = to_sql(Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))), domain)
    assert '"a ""b""" IN (\'x\', \'y\')' in text
    text = to_sql(Tree((Inner(1, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))), domain)
    assert "'it''s'" in text


@pytest.mark.parametrize("seed", CASES)
def test_dot(seed):
    domain, tree = case(seed)
    text = to_dot(tree, domain)
    leaves = dict(re.findall(r'n(\d+) \[label="class (\d+)"', text))
    edges = re.findall(r"n(\d+) -> n(\d+)", text)
    labels = re.findall(r'n(\d+) -> n(\d+) \[label="(.*)"\]', text)
    children = {}
    for parent, child in edges:
        children.setdefault(int(parent), []).append(int(child))
    for point, klass in zip(all_points(domain), truth(domain, tree), strict=True):
        x, at = domain.encode(point), 0
        while at in children:
            node = tree.nodes[at]
            at = children[at][x[node.column] > node.threshold]
        assert int(leaves[str(at)]) == klass
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Inner):
            asked = question(node, domain)
            assert [w for p, _, w in labels if int(p) == i] == [asked.left, asked.right]


def onnx_answers(data, domain):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(["label"], {"x": inputs(domain).astype(np.float32)})[0].tolist()


@pytest.mark.parametrize("seed", CASES)
def test_onnx_runs_and_reads_back(seed, tmp_path):
    domain, tree = case(seed, dyadic=True)
    for data in (to_onnx(tree, domain), to_onnx(tree, columns=domain.columns)):
        onnx.checker.check_model(data)
        assert onnx_answers(data, domain) == truth(domain, tree)
        path = tmp_path / "tree.onnx"
        path.write_bytes(data)
        assert truth(domain, read_tree(path)) == truth(domain, tree)


def stump(**changes):
    """A stump on column 0 as skl2onnx writes it, in parts that tests change."""
    own = {"nodes_values": [0.1, 0.0, 0.0], "class_weights": [0.75, 0.25, 0.5, 0.5]}
    return ensemble(**own | changes)


def executed(node, values):
    graph = helper.make_graph(
        [node],
        "g",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["N", 1])],
        [helper.make_tensor_value_info("label", onnx.TensorProto.INT64, ["N"])],
    )
    versions = [helper.make_opsetid("ai.onnx.ml", 3), helper.make_opsetid("", 13)]
    data = helper.make_model(graph, ir_version=8, opset_imports=versions).SerializeToString()
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(["label"], {"x": np.array(values, np.float64).astype(np.float32)[:, None]})[
        0
    ].tolist()


@pytest.mark.parametrize("mode", ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"])
@pytest.mark.parametrize(
    "scores",
    [
        {"class_weights": [1.0, 0.0, 0.0, 1.0]},
        {"class_weights": [0.5, -0.5, 0.25, 0.75]},
        {
            "class_treeids": [0] * 6,
            "class_nodeids": [1, 1, 1, 2, 2, 2],
            "class_ids": [0, 1, 2, 0, 1, 2],
            "class_weights": [0.2, 0.4, 0.4, 0.5, 0.5, 0.0],
            "classlabels_int64s": [0, 1, 2],
        },
        {
            "class_treeids": [0, 0],
            "class_nodeids": [1, 2],
            "class_ids": [1, 1],
            "class_weights": [0.25, 0.75],
        },
        {
            "class_treeids": [0, 0],
            "class_nodeids": [1, 2],
            "class_ids": [0, 0],
            "class_weights": [-0.25, 0.4],
        },
    ],
)
def test_reading_follows_the_operator(mode, scores):
    node = stump(nodes_modes=[mode, "LEAF", "LEAF"], **scores)
    single = float(np.float32(0.1))
    near = [0.1, single, np.nextafter(single, 1), np.nextafter(single, 0), 0.0, 1.0, -1e30]
    near += [float(np.nextafter(np.float32(0.1), np.float32(s))) for s in (0, 1)]
    near.append((near[-1] + single) / 2)
    tree = tree_of_node(node)
    assert [tree_class(tree, [Fraction(x)]) for x in near] == executed(node, near)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"nodes_treeids": [0, 0, 1]}, "2 trees"),
        ({"nodes_modes": ["BRANCH_EQ", "LEAF", "LEAF"]}, "BRANCH_EQ is not supported"),
        ({"nodes_truenodeids": [7, 0, 0]}, "node 7 is missing"),
        ({"nodes_truenodeids": [0, 0, 0]}, "cycle"),
        ({"nodes_values": [float("nan"), 0.0, 0.0]}, "NaN"),
        ({"classlabels_int64s": None, "classlabels_strings": ["a", "b"]}, "not numbers"),
        ({"class_weights": [0.75, 0.25, 0.25, 0.75]}, "runtimes read differently"),
        ({"base_values": [0.5]}, "base_values"),
        ({"class_ids": [0, 1, 0, 5], "class_weights": [1.0, 0.0, 1.0, 0.0]}, "does not exist"),
        ({"classlabels_int64s": [-1, 1]}, "not the teacher's classes"),
    ],
)
def test_what_cannot_be_read_is_named(changes, message):
    with pytest.raises(TreeError, match=message):
        tree_of_node(stump(**changes))


def test_float_below_never_exceeds():
    for x in (Fraction(1, 3), Fraction(-1, 3), Fraction(1, 2), Fraction(10) ** 400, Fraction(7)):
        below = float_below(x)
        assert Fraction(below) <= x
        assert below == float(x) if x in (Fraction(1, 2), 7) else True
    assert float_below(-(Fraction(10) ** 400)) == -np.inf


def test_values_that_float32_merges_are_refused():
    domain = Domain((ordinal("n", (Fraction(1), 1 + Fraction(1, 2**30))),))
    tree = Tree((Inner(0, Fraction(1), 1, 2), Leaf(0), Leaf(1)))
    with pytest.raises(TreeError, match="float32 cannot tell apart"):
        to_onnx(tree, domain)


@pytest.fixture
def files(tmp_path, monkeypatch):
    domain = Domain((one_hot("colour", ("red", "green")), ordinal("n", range(3))))
    inner = Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Inner(2, Fraction(3, 2), 3, 4)
    tree = Tree((*inner, Leaf(1), Leaf(0)))
    write_domain(tmp_path / "domain.json", domain)
    write_tree(tmp_path / "tree.json", tree)
    monkeypatch.chdir(tmp_path)
    return domain, tree


@pytest.mark.parametrize("to", ["text", "svg", "dot", "python", "c", "sql", "json"])
def test_the_command_prints_or_writes(files, capfd, to, tmp_path):
    assert run(["export", "tree.json", "--to", to, "--domain", "domain.json"]) == 0
    out = capfd.readouterr().out
    assert run(["export", "tree.json", "--to", to, "--domain", "domain.json", "-o", "out"]) == 0
    assert (tmp_path / "out").read_text() == out and out
    if to in ("text", "svg", "dot", "sql"):
        assert "colour" in out


def test_the_command_takes_a_tree_in_onnx(files, capfd):
    domain, tree = files
    assert run(["export", "tree.json", "--to", "onnx", "-o", "tree.onnx"]) == 0
    assert truth(domain, read_tree_onnx("tree.onnx")) == truth(domain, tree)
    assert run(["export", "tree.onnx", "--to", "json", "-o", "back.json"]) == 0
    assert truth(domain, read_tree("back.json")) == truth(domain, tree)
    capfd.readouterr()
    assert run(["export", "tree.json", "--to", "onnx"]) == 3
    assert "-o" in capfd.readouterr().err
    deep = [Leaf(0)]
    for i in range(95):
        deep = [Inner(0, Fraction(i), 1, 2), Leaf(i % 2), *deep]
        deep[2:] = [
            Inner(n.column, n.threshold, n.left + 2, n.right + 2) if isinstance(n, Inner) else n
            for n in deep[2:]
        ]
    write_tree("deep.json", Tree(tuple(deep)))
    assert run(["export", "deep.json", "--to", "python"]) == 3
    assert "95 tests deep" in capfd.readouterr().err


@pytest.mark.parametrize("to", [to_python, to_c, to_java, to_onnx])
def test_a_test_that_is_left_out_although_it_decides_is_found(monkeypatch, to):
    domain, tree = bits(2), Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    left_out = SettledTree(Tree((Leaf(1),)), (0.0,))
    monkeypatch.setattr(f"{to.__module__}.settle", lambda *_: left_out)
    with pytest.raises(TreeError, match="please report this"):
        to(tree, domain)
