"""Random trees over domains with awkward numbers; every export is run and compared with the tree.

Nothing here uses the exporters' own check: Python is executed, C and Java compiled, SQL run by
SQLite, ONNX by onnxruntime, and scikit-learn predicts. A refusal has to be due: two values that the
tree tells apart must be one number in the format's type.
"""

from __future__ import annotations

import ctypes
import sqlite3
import subprocess
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np
import onnxruntime

from tests.brute import tree_class
from verifier.formats.export_code import to_c, to_java, to_python
from verifier.formats.export_sql import to_sql
from verifier.formats.tree_onnx import to_onnx
from verifier.formats.tree_sklearn import tree_to_sklearn
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.reading.json_nouns import tree_from_json
from verifier.reading.json_text import parse
from verifier.writing.json_nouns import tree_to_json
from verifier.writing.json_text import dump

F = Fraction
FORMATS = ("python", "c", "java", "sql", "onnx", "sklearn", "json")
AWKWARD = [
    *(F(k, 3) for k in (-2, -1, 1, 2, 4)),
    *(F(1, 3) + F(s, 10**d) for s in (-1, 1) for d in (9, 16, 17, 18, 30)),
    *(F(2**e + d) for e in (24, 31, 53, 63) for d in (-1, 0, 1, 2)),
    *(F(2**53) + F(k, 2) for k in (1, 3)),
    *(F(text) for text in ("1e-320", "2e-320", "5e-324", "1e-400", "1e-45", "1e-46", "1e-38")),
    *(F(text) for text in ("1e308", "1.7976931348623157e308", "1e309", "1e400", "-1e400")),
    *(F(text) for text in ("3.4028234e38", "3.4028235677973366e38", "3.5e38", "-3.5e38")),
    *(F(text) for text in ("0.1", "0.2", "0.3", "0.7", "-0.1", "0.30000000000000004")),
    *(F(x) for x in (0.1, 0.2, 0.1 + 0.2, float(np.float32(0.1)), 0.5, 0.25, 2.5)),
    *(F(np.nextafter(x, s * np.inf)) for x in (0.1, 1.0, 1e300) for s in (-1, 1)),
    *(F(1) + F(s, 2**d) for s in (-1, 1) for d in (23, 24, 25, 26, 52, 53, 54, 60)),
    *map(F, range(-3, 6)),
]
LABELS = ("a", "b", "it's", 'x "y"', "0", "1", "ä", "a,b", "*/", "\\", "NULL", "%s {}", "--", "'")


@dataclass
class Counts:
    """How often each format was written, run on an input, refused; and what went wrong."""

    written: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Case:
    """A tree, its domain (None: any numbers), and inputs with the tree's class of each."""

    name: str
    tree: Tree
    domain: Domain | None
    points: list[tuple[int, ...]]
    rows: list[tuple[Fraction, ...]]
    classes: list[int]


def case(seed):
    """One tree in three has no domain."""
    rng = np.random.default_rng(seed)
    variables = [variable(rng, i) for i in range(int(rng.integers(1, 4)))]
    domain = Domain(tuple(variables))
    values = [sorted({row[j] for row in v.encoding}) for v in variables for j in range(v.columns)]
    tree = random_tree(rng, values)
    if seed % 3 == 0:
        return without_domain(rng, seed, tree)
    points = list(product(*(range(len(v.labels)) for v in variables)))
    rows = [domain.encode(p) for p in points]
    return Case(f"{seed}", tree, domain, points, rows, [tree_class(tree, r) for r in rows])


def variable(rng, i):
    n = int(rng.integers(1, 6))
    pool = AWKWARD if rng.random() < 0.8 else [F(int(k)) for k in range(-4, 5)]
    columns = 1 if rng.random() < 0.6 else int(rng.integers(2, 4))
    rows = []
    for _ in range(n):
        near = [pool[int(rng.integers(len(pool)))] for _ in range(columns)]
        rows.append(tuple(x + nudge(rng) if rng.random() < 0.3 else x for x in near))
    labels = tuple(LABELS[int(k)] for k in rng.permutation(len(LABELS))[:n])
    name = ("v", 'v "w"', "select", "é")[int(rng.integers(4))] + str(i)
    return Variable(name, labels, tuple(rows), (F(1, n),) * n)


def nudge(rng):
    return F(int(rng.integers(-3, 4)), 10 ** int(rng.integers(5, 25)))


def random_tree(rng, values):
    """Thresholds at, beside and between the encoded values."""

    def grow(depth, nodes):
        at = len(nodes)
        nodes.append(Leaf(int(rng.integers(3))))
        if depth == 0 or rng.random() < 0.15:
            return
        column = int(rng.integers(len(values)))
        some = values[column]
        threshold = some[int(rng.integers(len(some)))]
        way = rng.random()
        if way < 0.4:
            threshold = (threshold + some[int(rng.integers(len(some)))]) / 2
        elif way < 0.6:
            threshold += nudge(rng)
        left = len(nodes)
        grow(depth - 1, nodes)
        right = len(nodes)
        grow(depth - 1, nodes)
        nodes[at] = Inner(column, threshold, left, right)

    nodes = []
    grow(int(rng.integers(1, 5)), nodes)
    return Tree(tuple(nodes), ("no", "yes", "it's */")[: int(rng.integers(4))])


def without_domain(rng, seed, tree):
    """Inputs are float32 numbers around the thresholds, which all formats can receive."""
    tests = [n for n in tree.nodes if isinstance(n, Inner)]
    width = 1 + max((n.column for n in tests), default=0)
    near = [0.0, 1.0, -1.0]
    for n in tests:
        x = float(np.clip(float(max(min(n.threshold, F(10**300)), -F(10**300))), -3e38, 3e38))
        s = np.float32(x)
        near += [float(s), *(float(np.nextafter(s, np.float32(k))) for k in (-np.inf, np.inf))]
    rows = [tuple(F(near[int(k)]) for k in rng.integers(len(near), size=width)) for _ in range(40)]
    return Case(f"{seed}", tree, None, [], rows, [tree_class(tree, r) for r in rows])


def around64(given):
    """More inputs for formats in float64: the neighbours of each threshold."""
    rng = np.random.default_rng(int(given.name))
    near = [0.0]
    for n in given.tree.nodes:
        if isinstance(n, Inner):
            x = arrives(n.threshold)
            near += [x, np.nextafter(x, -np.inf), np.nextafter(x, np.inf)]
    near = [float(x) for x in near if np.isfinite(x)]
    width = len(given.rows[0])
    picks = [rng.integers(len(near), size=width) for _ in range(40)]
    rows = [tuple(F(near[int(k)]) for k in pick) for pick in picks]
    return rows, [tree_class(given.tree, row) for row in rows]


def arrives(x):
    """The nearest float64, infinite beyond its range."""
    try:
        return float(x)
    except OverflowError:
        return float("inf") if x > 0 else float("-inf")


def merged(given, narrow):
    """Whether two values that a test tells apart are one number when they arrive."""
    for node in given.tree.nodes:
        if isinstance(node, Inner) and given.domain is not None:
            index, j = given.domain.column_owner[node.column]
            for a, b in product(given.domain.variables[index].encoding, repeat=2):
                if a[j] <= node.threshold < b[j]:
                    low, high = arrives(a[j]), arrives(b[j])
                    if low == high or (narrow and np.float32(low) >= np.float32(high)):
                        return True
                    if narrow and single(a[j]) >= np.float32(high):
                        return True
                    if narrow and np.float32(low) >= single(b[j]):
                        return True
    return False


def single(x):
    """The nearest float32, ties to even, found by comparing exactly."""
    start = np.float32(arrives(x))
    if np.isinf(start):
        return start
    around = [start, *(np.nextafter(start, np.float32(s * np.inf)) for s in (-1, 1))]
    finite = [y for y in around if np.isfinite(y)]
    return min(finite, key=lambda y: (abs(F(float(y)) - x), int(y.view(np.uint32)) & 1))


def float_rows(rows):
    return [[arrives(x) for x in row] for row in rows]


def run_python(text, given):
    space = {}
    exec(text, space)
    rows = float_rows(given.rows)
    answers = [space["predict"](row) for row in rows]
    narrow = np.array(rows, np.float64).astype(np.float32)
    if given.domain is None:
        assert [space["predict"](row) for row in narrow] == given.classes  # all float32 numbers
        more, classes = around64(given)
        assert [space["predict"](row) for row in float_rows(more)] == classes
    elif not merged(given, True):
        assert [space["predict"](row) for row in narrow] == given.classes
    return answers


def run_sql(text, given):
    database = sqlite3.connect(":memory:")
    if given.domain is None:
        more, classes = around64(given)
        rows = float_rows(given.rows) + float_rows(more)
        names, kind = [f"x{i}" for i in range(len(rows[0]))], "REAL"
    else:
        variables = given.domain.variables
        rows = [[v.labels[i] for v, i in zip(variables, p, strict=True)] for p in given.points]
        names = ['"' + v.name.replace('"', '""') + '"' for v in variables]
        kind = "TEXT"
    database.execute(f"CREATE TABLE t ({', '.join(f'{n} {kind}' for n in names)})")
    database.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", rows)
    answers = [k for (k,) in database.execute(f"SELECT {text} FROM t ORDER BY rowid")]
    nothing = database.execute(
        f"SELECT {text} FROM (SELECT * FROM t LIMIT 0) RIGHT JOIN (SELECT 1)"
    )
    (unknown,) = nothing.fetchone()
    assert unknown is None or "CASE" not in text  # no class for NULL
    database.close()
    if given.domain is None:
        assert answers[len(given.rows) :] == classes
    return answers[: len(given.classes)]


def run_onnx(data, given):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    x = np.array(float_rows(given.rows)).astype(np.float32)
    width = session.get_inputs()[0].shape[1]
    return session.run(["label"], {"x": np.ascontiguousarray(x[:, :width])})[0].tolist()


def run_json(data, given):
    tree = tree_from_json(parse(data))
    return [tree_class(tree, row) for row in given.rows]


def compile_c(texts, folder):
    """The functions predict0, predict1, ... of a library."""
    stem = f"trees{texts[0][0]}"  # a library of the same name would not be loaded again
    source, library = folder / f"{stem}.c", folder / f"{stem}.so"
    source.write_text("\n".join(t.replace("int predict(", f"int predict{i}(") for i, t in texts))
    flags = ["-std=c90", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wno-unused-parameter"]
    subprocess.run(["cc", *flags, "-O0", "-shared", "-fPIC", "-o", library, source], check=True)
    loaded = ctypes.CDLL(str(library))
    library.unlink()
    return loaded


def run_c(function, text, given):
    whole = "const int *" in text
    number = ctypes.c_int if whole else ctypes.c_double
    rows, classes = asked64(given)
    arrays = [(number * len(row))(*(int(x) if whole else x for x in row)) for row in rows]
    return head_of([function(array) for array in arrays], classes, given)


def asked64(given):
    """A case's rows, then those beside its thresholds where it has no domain; their classes."""
    rows, classes = float_rows(given.rows), given.classes
    if given.domain is None:
        more, others = around64(given)
        rows, classes = rows + float_rows(more), classes + others
    return rows, classes


def head_of(answers, classes, given):
    """The answers at a case's own rows, after the others were compared."""
    assert answers[len(given.classes) :] == classes[len(given.classes) :]
    return answers[: len(given.classes)]


JAVA_MAIN = """
class Main {
    public static void main(String[] unused) {
        java.util.Scanner lines = new java.util.Scanner(System.in);
        while (lines.hasNextLine()) {
            String[] parts = lines.nextLine().split(" ");
            double[] x = new double[parts.length - 1];
            int[] n = new int[x.length];
            for (int i = 0; i < x.length; i++) {
                x[i] = Double.parseDouble(parts[i + 1]);
                n[i] = (int) x[i];
            }
            System.out.println(ask(parts[0], x, n));
        }
    }

    static int ask(String tree, double[] x, int[] n) {
        switch (tree) {
            %s
        }
        throw new IllegalArgumentException(tree);
    }
}
"""


def run_java(texts, folder, given):
    """The answers of each tree of ``texts`` (its seed and Java) at the rows given for its seed."""
    classes = [t.replace("final class Tree {", f"final class Tree{i} {{") for i, t in texts]
    asks = (
        f'case "{i}": return Tree{i}.predict({"n" if "int[] x" in t else "x"});' for i, t in texts
    )
    source = folder / "Main.java"
    source.write_text("\n".join([*classes, JAVA_MAIN % "\n            ".join(asks)]), "utf-8")
    command = ["javac", "-Xlint:all", "-Werror", "-encoding", "UTF-8", "-d", folder, source]
    subprocess.run(command, check=True)
    lines = (
        " ".join([str(i), *(repr(x).replace("inf", "Infinity") for x in row)])
        for i, _ in texts
        for row in given[i]
    )
    command = ["java", "-XX:TieredStopAtLevel=1", "-cp", str(folder), "Main"]
    told = subprocess.run(
        command, input="\n".join(lines), capture_output=True, text=True, check=True
    )
    answers = iter(map(int, told.stdout.split()))
    return {i: [next(answers) for _ in given[i]] for i, _ in texts}


@np.errstate(over="ignore")
def fuzz(seeds, folder, formats=FORMATS):
    """Write and run every format for every tree; returns the counts."""
    counts = Counts()
    pending = {"c": [], "java": []}  # compiled together
    for seed in seeds:
        given = case(seed)
        for to in formats:
            text = attempt(to, given, counts)
            if text is not None and to in pending:
                pending[to].append((seed, text, given))
            elif text is not None:
                judge(counts, to, given, lambda to=to, text=text, g=given: runners()[to](text, g))
    if pending["c"]:
        library = compile_c([(seed, text) for seed, text, _ in pending["c"]], folder)
        for seed, text, given in pending["c"]:
            function = library[f"predict{seed}"]
            judge(counts, "c", given, lambda f=function, t=text, g=given: run_c(f, t, g))
    if pending["java"]:
        judge_java(counts, pending["java"], folder)
    return counts


def judge_java(counts, pending, folder):
    asked = {seed: asked64(given) for seed, _, given in pending}
    texts = [(seed, text) for seed, text, _ in pending]
    answers = run_java(texts, folder, {seed: rows for seed, (rows, _) in asked.items()})
    for seed, _, given in pending:
        told, (_, classes) = answers[seed], asked[seed]
        judge(counts, "java", given, lambda t=told, c=classes, g=given: head_of(t, c, g))


def attempt(to, given, counts):
    """The export, or None where it is refused for a reason that holds."""
    if to == "sklearn" and (given.domain is None or not finite_singles(given)):
        return None
    try:
        text = writers()[to](given)
    except TreeError as error:
        counts.refused[to] += 1
        due = to != "sql" and to != "json" and merged(given, to in ("onnx", "sklearn"))
        if not due or "cannot tell apart the values" not in str(error):
            counts.wrong.append(f"{to}, tree {given.name}: refused: {error}")
        return None
    counts.written[to] += 1
    return text


def finite_singles(given):
    """scikit-learn refuses infinite inputs."""
    x = np.array(float_rows(given.rows)).astype(np.float32)
    return bool(np.isfinite(x).all())


def judge(counts, to, given, run):
    try:
        answers = run()
    except AssertionError as error:
        counts.wrong.append(f"{to}, tree {given.name}: {str(error)[:200]}")
        return
    counts.answers[to] += len(answers)
    if answers != given.classes:
        counts.wrong.append(f"{to}, tree {given.name}: {answers} instead of {given.classes}")


def writers():
    return {
        "python": lambda g: to_python(g.tree, g.domain),
        "c": lambda g: to_c(g.tree, g.domain),
        "java": lambda g: to_java(g.tree, g.domain),
        "sql": lambda g: to_sql(g.tree, g.domain),
        "onnx": lambda g: to_onnx(g.tree, g.domain),
        "sklearn": lambda g: tree_to_sklearn(g.tree, g.domain),
        "json": lambda g: dump(tree_to_json(g.tree)),
    }


def runners():
    return {
        "python": run_python,
        "sql": run_sql,
        "onnx": run_onnx,
        "sklearn": lambda model, g: model.predict(
            np.array(float_rows(g.rows)).astype(np.float32)
        ).tolist(),
        "json": run_json,
    }
