"""Random forests as code, in the shapes that m2cgen writes, and the languages that run them."""

from __future__ import annotations

import ctypes
import json
import random
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.formats import code_forest_python

COLUMNS = 3
ENDINGS = {"python": ".py", "c": ".c", "java": ".java", "javascript": ".js", "csharp": ".cs"}
VALUES = (0.0, 1.0, 0.1, 0.2, 0.3, 1 / 3, 2 / 3, 0.7, 0.6, 0.9)
Node = tuple[int, str, float, Any, Any] | list[float]


@dataclass(frozen=True)
class Made:
    """A forest: trees of tests or leaves (lists of numbers), and what is done with them."""

    trees: tuple[Node, ...]
    way: str
    outputs: int
    by: float


def made(seed: int) -> Made:
    """A random one; coarse leaves, so that sums tie but for their roundings."""
    rng = random.Random(seed)
    way = rng.choice(("mean", "mean", "votes", "sigmoid", "softmax", "scores"))
    outputs = 1 if way == "sigmoid" else rng.choice((2, 3))
    width = outputs if way in ("mean", "votes") else 1
    count = rng.randrange(2, 6) * (outputs if way in ("softmax", "scores") else 1)

    def leaf() -> list[float]:
        if way == "sigmoid":
            return [rng.choice(VALUES) * rng.choice((-1, 1))]
        return [rng.choice(VALUES) for _ in range(width)]

    def tree(depth: int) -> Node:
        if not depth or rng.random() < 0.1:
            return leaf()
        sign = rng.choice(("<=", "<=", ">", "<", ">="))
        return (
            rng.randrange(COLUMNS),
            sign,
            rng.choice((0.5, 1.5, 0.25)),
            tree(depth - 1),
            tree(depth - 1),
        )

    return Made(tuple(tree(3) for _ in range(count)), way, outputs, 1 / count)


def _list(numbers: Sequence[Any], language: str) -> str:
    inner = ", ".join(map(str, numbers))
    return {
        "c": f"(double[]){{{inner}}}",
        "java": f"new double[] {{{inner}}}",
        "csharp": f"new double[{len(numbers)}] {{{inner}}}",
    }.get(language, f"[{inner}]")


def _tree(node: Node, name: str, language: str, wide: bool, indent: str = "    ") -> str:
    if isinstance(node, list):
        value = _list(node, language) if wide else str(node[0])
        if language == "c" and wide:
            return f"{indent}memcpy({name}, {value}, {len(node)} * sizeof(double));\n"
        return f"{indent}{name} = {value}{'' if language == 'python' else ';'}\n"
    column, sign, number, yes, no = node
    deeper = [_tree(x, name, language, wide, indent + "    ") for x in (yes, no)]
    test = f"x[{column}] {sign} {number}"
    if language == "python":
        return f"{indent}if {test}:\n{deeper[0]}{indent}else:\n{deeper[1]}"
    return f"{indent}if ({test}) {{\n{deeper[0]}{indent}}} else {{\n{deeper[1]}{indent}}}\n"


NAMES = {
    "java": ("addVectors", "mulVectorNumber", "sigmoid", "softmax"),
    "javascript": ("addVectors", "mulVectorNumber", "sigmoid", "softmax"),
    "csharp": ("AddVectors", "MulVectorNumber", "Sigmoid", "Softmax"),
}


def written(forest: Made, language: str) -> str:
    """The forest's code."""
    wide = forest.way in ("mean", "votes")
    names = [f"var{i}" for i in range(len(forest.trees))]
    declared = {
        "c": f"double {{}}[{forest.outputs}];" if wide else "double {};",
        "java": "double[] {};" if wide else "double {};",
        "csharp": "double[] {};" if wide else "double {};",
        "javascript": "var {};",
    }
    body = ""
    for name, tree in zip(names, forest.trees, strict=True):
        if language != "python":
            body += f"    {declared[language].format(name)}\n"
        body += _tree(tree, name, language, wide)
    end = "" if language == "python" else ";"
    add, times, sigmoid, softmax = NAMES.get(
        language, ("add_vectors", "mul_vector_number", "sigmoid", "softmax")
    )
    if language == "c":
        return _c(forest, body, names)
    if wide:
        total = names[0]
        for name in names[1:]:
            total = f"{add}({total}, {name})"
        value = f"{times}({total}, {forest.by})" if forest.way == "mean" else total
    elif forest.way == "sigmoid":
        held = "" if language == "python" else ("var " if language == "javascript" else "double ")
        body += f"    {held}p = {sigmoid}({' + '.join(names)}){end}\n"
        value = _list(["1.0 - p", "p"], language)
    else:
        value = _list(_sums(forest, names), language)
        value = f"{softmax}({value})" if forest.way == "softmax" else value
    body += f"    return {value}{end}\n"
    return _whole(body, language)


def _sums(forest: Made, names: Sequence[str]) -> list[str]:
    each = len(names) // forest.outputs
    return [" + ".join(names[k * each : (k + 1) * each]) for k in range(forest.outputs)]


def _c(forest: Made, body: str, names: Sequence[str]) -> str:
    n = forest.outputs
    if forest.way in ("mean", "votes"):
        last = names[0]
        for i, name in enumerate(names[1:]):
            body += f"    double sum{i}[{n}];\n    add_vectors({last}, {name}, {n}, sum{i});\n"
            last = f"sum{i}"
        if forest.way == "mean":
            body += f"    double all[{n}];\n    mul_vector_number({last}, {forest.by}, {n}, all);\n"
            last = "all"
        body += f"    memcpy(output, {last}, {n} * sizeof(double));\n"
    elif forest.way == "sigmoid":
        body += f"    double p;\n    p = sigmoid({' + '.join(names)});\n"
        body += "    memcpy(output, (double[]){1.0 - p, p}, 2 * sizeof(double));\n"
    else:
        value = _list(_sums(forest, names), "c")
        if forest.way == "softmax":
            body += f"    double all[{n}];\n    softmax({value}, {n}, all);\n"
            value = "all"
        body += f"    memcpy(output, {value}, {n} * sizeof(double));\n"
    return f"{HELPERS['c']}void score(double * x, double * output) {{\n{body}}}\n"


def _whole(body: str, language: str) -> str:
    helpers = HELPERS[language]
    match language:
        case "python":
            return f"{helpers}def score(x):\n{body}"
        case "javascript":
            return f"function score(x) {{\n{body}}}\n{helpers}"
        case "java":
            return (
                "public class Model {\npublic static double[] score(double[] x) {\n"
                f"{body}}}\n{helpers}}}\n"
            )
    return (
        "using static System.Math;\nnamespace ML {\npublic static class Model {\n"
        f"public static double[] Score(double[] x) {{\n{body}}}\n{helpers}}}\n}}\n"
    )


_BRACES = """{types}double{array} {add}(double{array} v1, double{array} v2) {{
    double{array} result = new double[v1.{length}];
    for (int i = 0; i < v1.{length}; {step}) {{
        result[i] = v1[i] + v2[i];
    }}
    return result;
}}
{types}double{array} {times}(double{array} v1, double num) {{
    double{array} result = new double[v1.{length}];
    for (int i = 0; i < v1.{length}; {step}) {{
        result[i] = v1[i] * num;
    }}
    return result;
}}
{types}double {sigmoid}(double x) {{
    if (x < 0.0) {{
        double z = {exp}(x);
        return z / (1.0 + z);
    }}
    return 1.0 / (1.0 + {exp}(-x));
}}
{types}double{array} {softmax}(double{array} x) {{
    int size = x.{length};
    double{array} result = new double[size];
    double max = x[0];
    for (int i = 1; i < size; ++i) {{
        if (x[i] > max)
            max = x[i];
    }}
    double sum = 0.0;
    for (int i = 0; i < size; ++i) {{
        result[i] = {exp}(x[i] - max);
        sum += result[i];
    }}
    for (int i = 0; i < size; ++i)
        result[i] /= sum;
    return result;
}}
"""
_JAVA = _BRACES.format(
    types="private static ", array="[]", add="addVectors", times="mulVectorNumber",
    sigmoid="sigmoid", softmax="softmax", length="length", step="i++", exp="Math.exp",
)  # fmt: skip
_CSHARP = _BRACES.format(
    types="private static ", array="[]", add="AddVectors", times="MulVectorNumber",
    sigmoid="Sigmoid", softmax="Softmax", length="Length", step="++i", exp="Exp",
)  # fmt: skip
HELPERS = {
    "python": "import math\n" + code_forest_python.KNOWN.lstrip(),
    "java": _JAVA,
    "csharp": _CSHARP,
    "javascript": _JAVA.replace("private static double[] ", "function ")
    .replace("private static double ", "function ")
    .replace("double[] result = new double[size]", "var result = new Array(size)")
    .replace("double[] result = new double[v1.length]", "var result = new Array(v1.length)")
    .replace("(double[] v1, double[] v2)", "(v1, v2)")
    .replace("(double[] v1, double num)", "(v1, num)")
    .replace("(double[] x)", "(x)")
    .replace("(double x)", "(x)")
    .replace("double ", "var ")
    .replace("int ", "var "),
    "c": """#include <math.h>
#include <string.h>
void add_vectors(double *v1, double *v2, int size, double *result) {
    for(int i = 0; i < size; ++i)
        result[i] = v1[i] + v2[i];
}
void mul_vector_number(double *v1, double num, int size, double *result) {
    for(int i = 0; i < size; ++i)
        result[i] = v1[i] * num;
}
double sigmoid(double x) {
    if (x < 0.0) {
        double z = exp(x);
        return z / (1.0 + z);
    }
    return 1.0 / (1.0 + exp(-x));
}
void softmax(double *x, int size, double *result) {
    double max = x[0];
    for (int i = 1; i < size; ++i) {
        if (x[i] > max)
            max = x[i];
    }
    double sum = 0.0;
    for (int i = 0; i < size; ++i) {
        result[i] = exp(x[i] - max);
        sum += result[i];
    }
    for (int i = 0; i < size; ++i)
        result[i] /= sum;
}
""",
}

Rows = list[list[float]]


def run_python(text: str, rows: Rows) -> Rows:
    """What the code answers at each row."""
    space: dict[str, Any] = {}
    exec(text, space)
    return [space["score"](row) for row in rows]


def run_c(text: str, rows: Rows, outputs: int, folder: Path) -> Rows:
    """The same, compiled."""
    path, library = folder / "forest.c", folder / "forest.so"
    path.write_text(text)
    subprocess.run(
        ["gcc", "-O1", "-shared", "-fPIC", "-o", library, path, "-lm"], check=True, timeout=60
    )
    score = ctypes.CDLL(str(library)).score
    found = []
    for row in rows:
        output = (ctypes.c_double * outputs)()
        score((ctypes.c_double * len(row))(*row), output)
        found.append(list(output))
    return found


def run_javascript(text: str, rows: Rows, folder: Path) -> Rows:
    """The same, by Node."""
    path = folder / "forest.js"
    path.write_text(f"{text}\nconsole.log(JSON.stringify({json.dumps(rows)}.map(score)));\n")
    done = subprocess.run(["node", path], check=True, timeout=60, capture_output=True)
    found: Rows = json.loads(done.stdout)
    return found


def run_java(text: str, rows: Rows, folder: Path) -> Rows:
    """The same, by Java."""
    numbers = ", ".join("{" + ", ".join(map(str, row)) + "}" for row in rows)
    (folder / "Main.java").write_text(
        "class Main { public static void main(String[] a) {\n"
        f"double[][] rows = {{{numbers}}};\n"
        "for (double[] x : rows) System.out.println(java.util.Arrays.toString(Model.score(x)));\n"
        "} }\n" + text.replace("public class", "class")
    )
    done = subprocess.run(
        ["java", folder / "Main.java"], check=True, timeout=120, capture_output=True, text=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def has(language: str) -> bool:
    """Whether the language runs here."""
    return shutil.which({"c": "gcc", "javascript": "node", "java": "java"}[language]) is not None
