"""Trees as code, read back: what Leafproof exports, what m2cgen writes, what people write."""

from __future__ import annotations

import warnings
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.brute import tree_class
from tests.formats.export_fuzz import case, float_rows, writers
from verifier.formats.code_python import module_of
from verifier.formats.code_sql import read_sql
from verifier.formats.code_trees import LANGUAGES, read_code
from verifier.formats.load import load_tree
from verifier.formats.variables import one_hot
from verifier.model.domain import Domain, bits
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree

IRIS = {
    "Python": """
def classify(row):
    '''By hand.'''
    klass = 2
    if row[0] < 1.5 and not (row[1] > 2 or row[1] < -1):
        return 0
    elif 0.5 <= row[1] < 3:
        klass = 1
    return klass
""",
    "C": """
#include <stdio.h>
/* By hand. */
static int classify(const double row[2]) {
    int klass = 2; // unless
    if (row[0] < 1.5 && !(row[1] > 2 || row[1] < -1)) return 0;
    else if (0.5 <= row[1] && 3 > row[1]) { klass = 1; }
    return klass;
}
""",
    "Java": """
public class Model {
    public static int classify(double[] row) {
        int klass = 2;
        if (row[0] < 1.5 && !(row[1] > 2 || row[1] < -1)) { return 0; }
        if (0.5 <= row[1]) {
            if (row[1] < 3.0d) { return 1; }
        }
        return klass;
    }
}
""",
    "JavaScript": """
function classify(row) {
    if (row[0] < 1.5 && !(row[1] > 2 || row[1] < -1)) { return 0; }
    return row[1] >= 0.5 && row[1] < 3 ? 1 : 2;
}
""",
    "C#": """
namespace ML { public static class Model {
    public static int Classify(double[] row) {
        if (row[0] < 1.5 && !(row[1] > 2 || row[1] < -1)) return 0;
        else { if (row[1] >= 0.5 && row[1] < 3) return 1; else return 2; }
    }
} }
""",
}
ENDINGS = {language: ending for ending, language in LANGUAGES.items() if ending != ".h"}


@pytest.mark.parametrize("language", IRIS)
def test_by_hand(language: str, tmp_path: Path) -> None:
    path = tmp_path / f"model{ENDINGS[language]}"
    path.write_text(IRIS[language])
    tree = load_tree(path)
    space: dict[str, Any] = {}
    exec(IRIS["Python"], space)
    near = [x + step for x in (1.5, 2.0, -1.0, 0.5, 3.0) for step in (-1e-9, 0, 1e-9)]
    near += [float(np.nextafter(x, s)) for x in (1.5, 2.0, 0.5, 3.0) for s in (-9, 9)]
    for a in near:
        for b in near:
            assert tree.class_at([Fraction(a), Fraction(b)]) == space["classify"]([a, b])


ENDED = (("python", ".py"), ("c", ".c"), ("java", ".java"), ("sql", ".sql"))


def test_what_leafproof_exports_is_read_back() -> None:
    """Trees of the exports' own fuzz: the same class at every point of the domain."""
    write, done = writers(), Counter[str]()
    for seed in range(200_000, 200_120):
        given = case(seed)
        for to, ending in ENDED:
            try:
                text = write[to](given)
            except TreeError:
                continue
            back = read_sql(text, given.domain) if to == "sql" else read_code(text, ending)
            rows = given.rows
            if given.domain is None:  # numbers as they arrive
                rows = [tuple(map(Fraction, row)) for row in float_rows(given.rows)]
            assert [tree_class(back, list(row)) for row in rows] == given.classes, (seed, to)
            done[to] += 1
    assert min(done[to] for to, _ in ENDED) > 80


@pytest.mark.parametrize("to", ["c", "java", "javascript", "c_sharp", "python"])
def test_m2cgen(to: str) -> None:
    m2cgen = pytest.importorskip("m2cgen")
    from sklearn.tree import DecisionTreeClassifier

    from verifier.formats.ensembles_check import neighbours

    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 3))
    y = (x[:, 0] > 0.3).astype(int) + (x[:, 1] > 0)
    model = DecisionTreeClassifier(max_depth=5, random_state=0).fit(x, y)
    text = getattr(m2cgen, f"export_to_{to}")(model)
    endings = {"c": ".c", "java": ".java", "javascript": ".js", "c_sharp": ".cs", "python": ".py"}
    tree = read_code(text, endings[to])
    space: dict[str, Any] = {}
    exec(m2cgen.export_to_python(model), space)
    cuts = model.tree_.threshold[model.tree_.children_left >= 0]
    pool = np.array([n for cut in cuts for n in neighbours(cut)])
    for row in rng.choice(pool, (300, 3)).tolist():
        expected = int(np.argmax(space["score"](row)))
        assert tree.class_at([Fraction(v) for v in row]) == expected


def test_types_of_inputs() -> None:
    """The same threshold for doubles, floats and integers."""
    body = "(const {} *x) {{ if (x[0] < 0.1) return 0; return 1; }}"
    double, single, whole = (
        read_code(f"int f{body.format(kind)}", ".c") for kind in ("double", "float", "int")
    )
    below = Fraction(float(np.nextafter(0.1, 0)))
    assert [double.class_at([x]) for x in (below, Fraction(0.1))] == [0, 1]
    # float32(0.1) is above 0.1: of the doubles all that round to it are class 1
    assert [single.class_at([Fraction(x)]) for x in (0.1, 0.0999999942, 0.09999999)] == [1, 0, 0]
    assert [whole.class_at([Fraction(n)]) for n in (0, 1)] == [0, 1]
    suffixed = read_code("int f(float *x) { if (x[0] <= 0.1f) return 0; return 1; }", ".c")
    near = np.float32(0.1)
    assert suffixed.class_at([Fraction(float(near))]) == 0
    assert suffixed.class_at([Fraction(float(np.nextafter(near, np.float32(1))))]) == 1


def test_floats_beside_numbers_that_no_float32_is() -> None:
    """float32(x) < 1e39 holds unless x rounds to infinity, < -1e39 only where it is minus that."""
    for number, expected in (("1e39", [0, 0, 1]), ("-1e39", [1, 1, 1])):
        tree = read_code(f"int f(float *x) {{ return x[0] < {number} ? 0 : 1; }}", ".c")
        assert [tree.class_at([Fraction(x)]) for x in (-3e38, 3.4e38, 1e39)] == expected
    least = read_code("int f(float *x) { return x[0] < -1e39 ? 0 : 1; }", ".c")
    assert least.class_at([Fraction(-1e39)]) == 0


def test_names_are_numbered_in_order() -> None:
    tree = read_code('def f(x):\n    return "yes" if x[0] > 0 else "no"\n', ".py")
    assert tree.labels == ("no", "yes")
    assert [tree.class_at([Fraction(v)]) for v in (0, 1)] == [0, 1]
    quoted = read_code("function f(x) { if (x[0] > 0) { return 'yes'; } return 'no'; }", ".js")
    assert (quoted.labels, quoted.nodes) == (tree.labels, tree.nodes)


def test_sql_needs_the_domain(tmp_path: Path) -> None:
    domain = Domain((one_hot("colour", ["red", "green", "blue"]),))
    tree = Tree((Inner(1, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    path = tmp_path / "tree.sql"
    path.write_text(tree.to_code("sql", domain))
    with pytest.raises(TreeError, match=r"tree\.sql.*give the domain"):
        load_tree(path)
    back = load_tree(path, domain=domain)
    rows = [domain.encode((i,)) for i in range(3)]
    assert [back.class_at(row) for row in rows] == [tree.class_at(row) for row in rows]
    other = Domain((one_hot("colour", ["red", "green"]),))
    with pytest.raises(TreeError, match=r"whose first is .x0.: give the domain that it was"):
        load_tree(path, domain=bits(2))
    with pytest.raises(TreeError, match="not the domain's"):
        load_tree(path, domain=other)
    with pytest.raises(TreeError, match="no variable"):
        load_tree(path, domain=Domain((one_hot("size", ["red", "green", "blue"]),)))


PYTHON = {
    "def f(x):\n    return g(x)\n": "is not a number",
    "def f(x):\n    if x[0] == 1:\n        return 0\n    return 1\n": "other signs",
    "def f(x):\n    if x[0] + 1 <= 2:\n        return 0\n    return 1\n": "does not compare",
    "def f(x):\n    if x[0] <= 2:\n        return 0\n": "returns nothing",
    "def f(x):\n    x = [1]\n    return 0\n": "is not read",
    "def f(x):\n    for i in x:\n        return 0\n": "is not read",
    "def f(x, y):\n    return 0\n": "one array",
    "def f(x):\n    return 0\ndef g(x):\n    return 1\n": "2 functions",
    "f = lambda x: 0\n": "0 functions",
    "@g\ndef f(x):\n    return 0\n": "decorated",
    "def f(x):\n    return 0.5\n": "no class",
    "def f(x):\n    return -1\n": "no class",
    "def f(x):\n    return True\n": "is not a number",
    "def f(x):\n    return y\n": "has no value",
    'def f(x):\n    return "a" if x[0] > 1 else 3\n': "both names and numbers",
    "def f(x)\n    return 0\n": "line 1: this is not Python",
    "def f(x):\n    if x[0] <= 1e999:\n        return 0\n    return 1\n": "no float64",
    "def f(x):\n    if x[-1] <= 1:\n        return 0\n    return 1\n": "does not compare",
}
BRACES = {
    "int f(double *x) { if (x[0] == 1) return 0; return 1; }": "where <=",
    "int f(double *x) { if (x[0] <= 1) return 0; }": "returns nothing",
    "int f(double *x) { while (x[0] <= 1) return 0; }": "is not read",
    "int f(double *x) { int y = 0; if (x[0] <= 1) { int y = 1; } return y; }": "declared twice",
    "int f(double *x) { return 0; } int g(double *x) { return 1; }": "something follows",
    "#define A 1\nint f(double *x) { return A; }": "line 1: .*inline it",
    "int f(double *x) { return 'a'; }": "is a character",
    "int f(double *x) { return 010; }": "octal",
    "int f(double *x) { return 1e999999999f; }": "exponent of .* is out of range",
    "int f(double *x) { return 1e-10000000f; }": "exponent of .* is out of range",
    "int f(unsigned *x) { if (x[0] <= 1) return 0; return 1; }": "not double, float or int",
    "int f(double *x) { return 0;": "cut short",
    "int x = 3; int f(double *x) { return 0; }": "before the function",
    "int f(double *x) { double v[2] = {1.0}; return v; }": "does not get 2",
    "void f(double *x, double *y) { memcpy(y, (double[]){1.0}, 2 * sizeof(double)); }": "of 1",
    "int f(int *x) { if (x[0] <= 99999999999999999) return 0; return 1; }": "beyond 2.53",
}


@pytest.mark.parametrize(
    ("text", "ending", "message"),
    [(t, ".py", m) for t, m in PYTHON.items()] + [(t, ".c", m) for t, m in BRACES.items()],
)
def test_refused(text: str, ending: str, message: str) -> None:
    with pytest.raises(TreeError, match=message):
        read_code(text, ending)


@pytest.mark.parametrize("ending", ["", "f", ".0", ".0f"])
def test_numbers_of_too_many_digits_are_refused_in_one_line(ending: str) -> None:
    with pytest.raises(TreeError, match=r"line 1: a number of .* characters is too long"):
        read_code(f"int f(double *x) {{ return 1{'0' * 5000}{ending}; }}", ".c")


def test_what_python_warns_of_in_such_code_is_not_printed():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(module_of("def f(x):\n    return 1if x[0] <= 0.5 else 0\n").body) == 1


def test_nothing_is_run(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    code = f"import os\nopen({str(trap)!r}, 'w')\ndef f(x):\n    return 0\n"
    with pytest.raises(TreeError, match="1 other statements"):
        read_code(code, ".py")
    assert not trap.exists()


def test_deep_nests_are_refused_in_one_line() -> None:
    code = "int f(double *x) { " + "if (x[0] <= 1) { " * 2000 + "return 0; " + "} " * 2000 + "}"
    with pytest.raises(TreeError, match="deep"):
        read_code(code, ".c")
    chain = "def f(x):\n" + "".join(f"    if x[0] <= {i}:\n        return 0\n" for i in range(400))
    with pytest.raises(TreeError, match="deep"):
        read_code(f"{chain}    return 1\n", ".py")
