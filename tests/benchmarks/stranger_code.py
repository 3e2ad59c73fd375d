"""Strange trees as code: nested ifs in five languages, odd in what each of them allows.

Each maker writes a function that its language mostly takes, sometimes with a word changed. The
judge has the language itself answer (gcc, Java, Node, Python, SQLite: those that are here) at the
thresholds' neighbours, and compares that with the tree that was read.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.stranger_boosters import Random, pick
from tests.benchmarks.stranger_judges import Outcome, refusal
from verifier.formats.code_sql import read_sql
from verifier.formats.code_trees import read_code
from verifier.formats.ensembles_check import neighbours
from verifier.model.errors import LeafproofError
from verifier.model.tree import Inner, Leaf, Tree

COLUMNS = 2
POINTS = 300
LANGUAGES = ("c", "c", "c", "js", "js", "py", "py", "sql", "java")
RUNTIMES = {"c": "gcc", "js": "node", "java": "java", "py": "", "sql": ""}
_NUMBERS = (
    *("0", "1", "2", "-1", "0.5", "0.1", "1.5", "-0.5", "0.3", "2.0", "-0.0", "-0", "1e0", "5E-1"),
    *("1.25e+1", ".5", "2.", "16777217", "16777217.0", "9007199254740993", "9007199254740993.0"),
    *("1e-45", "5e-324", "1e400", "3.5e38", "-3.5e38", "1e39", "2147483648", "0.10000000149011612"),
    *("0.1000000000000000055511151231257827021181583404541015625", "1.00000005960464477539062"),
)
_ENDINGS = {"c": ("f", "F", "L", "u", "l", "d"), "java": ("f", "d", "D", "L", "F"), "js": ("n",)}
_ODD = ("010", "0x10", "1/2", "+1", "(1)", "(float)0.1", "1_0", "- 1", "- -1", "1e", "x[1]", "~1")
_COMMENTS = (
    *("/* if (x[0] <= 1) */", "// else {\n", "/* // */", "/**/", "# 1\n", "/* ? */ // \\\n"),
    *("<!-- x\n", "--> x\n", "/* /* */", "// ??/\n", "-- x\n"),
)


def code(rng: Random) -> bytes:
    """A line that says what the function is, and its text."""
    language = pick(rng, LANGUAGES)
    if not shutil.which(RUNTIMES[language] or "python3"):
        language = "py"
    about, text = {"py": _python, "sql": _sql}.get(language, _braces)(rng, language)
    if rng.random() < 0.25:
        text = _changed(rng, text)
    return (json.dumps(about | {"language": language}) + "\n" + text).encode()


def _changed(rng: Random, text: str) -> str:
    """One word left out, doubled, or put in another's place."""
    words = re.findall(r"\s+|\w+|.", text, re.DOTALL)
    at, other = int(rng.integers(len(words))), int(rng.integers(len(words)))
    way = int(rng.integers(4))
    if way == 0:
        del words[at]
    elif way == 1:
        words.insert(at, words[other])
    elif way == 2:
        words[at], words[other] = words[other], words[at]
    else:
        words[at] = pick(rng, (";", "{", "}", "!", "-", "else", "<", "(", ")", "1", "return", "="))
    return "".join(words)


class _Writing:
    """Writes one function of a language with braces, or Python's conditions."""

    def __init__(self, rng: Random, language: str) -> None:
        self.rng, self.language = rng, language
        self.answers: Callable[[], str] = lambda: str(int(rng.integers(4)))

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def number(self) -> str:
        text = pick(self.rng, _NUMBERS if self.chance(0.2) else _NUMBERS[:10])
        if self.chance(0.08) and self.language in _ENDINGS:
            text += pick(self.rng, _ENDINGS[self.language])
        return pick(self.rng, _ODD) if self.chance(0.01) else text

    def compare(self) -> str:
        column = f"x[{int(self.rng.integers(COLUMNS))}]"
        sides = [column, self.number()]
        if self.chance(0.3):
            sides.reverse()
        sign = pick(self.rng, ("<=", "<", ">", ">="))
        if self.chance(0.02):
            sign = pick(self.rng, ("==", "!=", "=", "<<", "=<"))
        if self.language == "py" and self.chance(0.2):
            return f"{self.number()} {pick(self.rng, ('<', '<=', '>'))} {column} {sign} {sides[1]}"
        return f"{sides[0]} {sign} {sides[1]}"

    def condition(self, depth: int = 0) -> str:
        both, either, opposite = (
            ("and", "or", "not ") if self.language == "py" else ("&&", "||", "!")
        )
        way = self.rng.random() if depth < 2 else 1.0
        if way < 0.15:
            return f"{self.condition(depth + 1)} {both} {self.condition(depth + 1)}"
        if way < 0.3:
            return f"{self.condition(depth + 1)} {either} {self.condition(depth + 1)}"
        if way < 0.4:
            inner = self.condition(depth + 1)
            return f"{opposite}({inner})" if self.chance(0.9) else f"{opposite}{inner}"
        if way < 0.5:
            return f"({self.condition(depth + 1)})"
        return self.compare()

    def comment(self) -> str:
        return pick(self.rng, _COMMENTS) if self.chance(0.02) else ""

    def statement(self, depth: int) -> str:
        """One statement with braces."""
        text = self.comment()
        way = self.rng.random()
        if depth < 3 and way < 0.55:
            text += f"if ({self.condition()}) {self.body(depth)}"
            if self.chance(0.7):
                text += f" else {self.body(depth)}"
            return text
        if way < 0.65:
            return text + f"return {self.condition()} ? {self.answers()} : {self.answers()};"
        if way < 0.75:
            return text + pick(self.rng, (";", "{ }", "k = 1;", f"k = {self.answers()};"))
        return text + f"return {self.answers()};"

    def body(self, depth: int) -> str:
        if self.chance(0.3):
            return self.statement(depth + 1) + "\n"
        inner = " ".join(self.statement(depth + 1) for _ in range(pick(self.rng, (1, 1, 2))))
        return "{\n" + inner + "\n}"


_RESULTS = {
    "c": (*("int",) * 12, "long", "short", "unsigned", "char", "bool", "_Bool", "float", "double"),
    "java": (*("int",) * 12, "long", "short", "byte", "double", "boolean"),
}
_INPUTS = {
    "c": (*("double",) * 4, "float", "float", "int", "long", "short"),
    "java": (*("double",) * 4, "float", "int", "long", "short"),
}
_HELD = {
    "c": (*("int",) * 4, "double", "float", "short", "unsigned", "long"),
    "java": (*("int",) * 4, "double", "float", "short", "long"),
    "js": ("let", "var", "let"),
}
_SHARES = ("0.0", "1.0", "0.5", "0.25", "1", "-1.0", "0.1f", "0.1", "0.10000000149011612", "1e-9")


def _braces(rng: Random, language: str) -> tuple[dict[str, Any], str]:
    """A function in C, Java or JavaScript."""
    w = _Writing(rng, language)
    kind = pick(rng, _INPUTS.get(language, ("double",)))
    about = {"out": "class", "kind": kind}
    way = rng.random()
    if way < 0.2:
        return _filled(w, about)
    if way < 0.3 and language != "c":
        w.answers = lambda: pick(rng, ('"no"', '"yes"', '"10"', '"9"'))
        about["out"] = "name"
    elif way < 0.33:
        w.answers = lambda: pick(rng, ("0", "1", "2.0", "300", "70000", "-1", "1.5", "4294967297"))
    before = ""
    if w.chance(0.4):
        held = pick(rng, _HELD[language]) if about["out"] == "class" else "String"
        held = "let" if language == "js" else held
        before = f"{held} k = {w.answers()};\n"
    lines = [w.statement(0) for _ in range(pick(rng, (1, 2, 3)))]
    if w.chance(0.9):
        lines.append(f"return {'k' if before and w.chance(0.7) else w.answers()};")
    body = before + "\n".join(lines)
    result = pick(rng, _RESULTS.get(language, ("function",)))
    if about["out"] == "name":
        result = "String"
    if language == "js":
        x = "x" if w.chance(0.95) else pick(rng, ("...x", "[x]", "x = 3", "{x}"))
        return about, f"function f({x}) {{\n{body}\n}}\n"
    if language == "java":
        return about, f"class Model {{ static {result} f({kind}[] x) {{\n{body}\n}} }}\n"
    head = "#include <stdbool.h>\n" if w.chance(0.5) or result == "bool" else ""
    return about, f"{head}{result} f(const {kind} *x) {{\n{body}\n}}\n"


def _filled(w: _Writing, about: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A list of shares, as m2cgen has it: filled in C, else returned."""
    about["out"] = "shares"
    count = pick(w.rng, (2, 3))

    def shares() -> str:
        several = count if w.chance(0.95) else count - 1
        return ", ".join(pick(w.rng, _SHARES) for _ in range(several))

    def ways(depth: int) -> str:
        if depth and w.chance(0.4):
            if w.language != "c":
                kind = pick(w.rng, ("double", "double", "double", "float"))
                listed = f"[{shares()}]" if w.language == "js" else f"new {kind}[]{{{shares()}}}"
                return f"v = {listed};"
            sized = pick(w.rng, ("", "", f"{count}"))
            return f"memcpy(v, (double[{sized}]){{{shares()}}}, {count} * sizeof(double));"
        if depth > 2:
            return ways(9) if w.language == "c" else "v = null;"
        return f"if ({w.condition()}) {{ {ways(depth + 1)} }} else {{ {ways(depth + 1)} }}"

    kind = about["kind"]
    if w.language == "js":
        return about, f"function f(x) {{ var v; {ways(0)} return v; }}\n"
    if w.language == "java":
        held = pick(w.rng, ("double", "double", "double", "float"))
        text = f"{held}[] v; {ways(0)} return v;"
        return about, f"class Model {{ static {held}[] f({kind}[] x) {{ {text} }} }}\n"
    held = pick(w.rng, ("double", "double", "double", "float", "int"))
    if w.chance(0.5):
        start = f"{held} v[{count}];"
        text = f"{start} {ways(0)} memcpy(y, v, {count if w.chance(0.9) else 1} * sizeof(double));"
    elif w.chance(0.3):
        first, second = (f"{held} {n}[{count}] = {{{shares()}}};" for n in "uw")
        copy = f"memcpy(y, %s, {count} * sizeof(double));"
        text = f"{first} {second} if ({w.condition()}) {{ {copy % 'u'} }} else {{ {copy % 'w'} }}"
    else:
        text = ways(0).replace("memcpy(v", "memcpy(y")
    about["count"] = count
    return about, f"#include <string.h>\nvoid f({kind} *x, double *y) {{ {text} }}\n"


def _python(rng: Random, language: str) -> tuple[dict[str, Any], str]:
    """A function in Python."""
    w = _Writing(rng, language)
    about = {"out": "class", "kind": "double"}
    if w.chance(0.2):
        w.answers = lambda: pick(rng, ('"no"', '"yes"', "'10'"))
        about["out"] = "name"
    elif w.chance(0.2):
        w.answers = lambda: f"[{', '.join(pick(rng, _SHARES[:6]) for _ in range(2))}]"
        about["out"] = "shares"

    def block(depth: int) -> str:
        pad, lines = "    " * depth, []
        for _ in range(pick(rng, (1, 1, 2))):
            way = rng.random()
            if depth < 4 and way < 0.6:
                lines.append(f"{pad}if {w.condition()}:\n{block(depth + 1)}")
                if w.chance(0.3):
                    lines.append(f"{pad}elif {w.condition()}:\n{block(depth + 1)}")
                if w.chance(0.6):
                    lines.append(f"{pad}else:\n{block(depth + 1)}")
            elif way < 0.7:
                lines.append(f"{pad}k = {w.answers()}")
            elif way < 0.8:
                ways = f"{w.answers()} if {w.condition()} else {w.answers()}"
                lines.append(f"{pad}return {ways}")
            else:
                lines.append(f"{pad}return {w.answers()}")
        return "\n".join(lines)

    end = pick(rng, ("k", w.answers(), w.answers()))
    start = f"    k = {w.answers()}\n" if w.chance(0.5) else ""
    return about, f"def f(x):\n{start}{block(1)}\n    return {end}\n"


def _sql(rng: Random, language: str) -> tuple[dict[str, Any], str]:
    """What Leafproof exports, often with a word changed."""
    nodes: list[Inner | Leaf] = []

    def grow(depth: int) -> int:
        here = len(nodes)
        nodes.append(Leaf(int(rng.integers(4))))
        if depth < 4 and rng.random() < 0.7:
            cut = Fraction(pick(rng, [x for x in _NUMBERS if abs(float(x)) < 1e300]))
            column = int(rng.integers(COLUMNS))
            left = grow(depth + 1)
            nodes[here] = Inner(column, cut, left, grow(depth + 1))
        return here

    grow(0)
    text = str(Tree(tuple(nodes)).to_code("sql"))
    if rng.random() < 0.5:
        places = [m.span() for m in re.finditer(r"[-+.e\d]+(?= THEN)", text)]
        if places:
            start, end = pick(rng, places)
            text = text[:start] + pick(rng, (*_NUMBERS, "--1", "1e", ".", "1.2.3")) + text[end:]
    if rng.random() < 0.2:
        text = pick(rng, ("/* /* */", "/*! 1 + */", "-- x\n", "/* */")) + text
    return {"out": "class", "kind": "double"}, text


def nested_ifs(data: bytes, reached: Callable[[], None]) -> Outcome:
    """Whether the tree that is read answers as the language does."""
    head, _, body = data.decode().partition("\n")
    about = json.loads(head)
    try:
        tree = (
            read_sql(body)
            if about["language"] == "sql"
            else read_code(body, f".{about['language']}")
        )
    except LeafproofError as problem:
        return refusal(problem)
    reached()
    rows = _rows(tree, about["kind"])
    answers = _RUN[about["language"]](body, about, rows)
    if isinstance(answers, str):
        return "library refuses", answers[:300]
    columns = max(COLUMNS, *(n.column + 1 for n in tree.nodes if isinstance(n, Inner)), 1)
    for row, theirs in zip(rows, answers, strict=True):
        exact = [Fraction(x) for x in row] + [Fraction(0)] * (columns - COLUMNS)
        mine = tree.class_name(tree.class_at(exact))
        if mine != theirs and theirs.replace(".0", "") != mine:
            return "WRONG", f"{mine} and not {theirs} at {row}"
    return "equal", ""


def _rows(tree: Tree, kind: str) -> list[list[float]]:
    """Neighbours of the thresholds, and of what stands in the file, in the function's type."""
    rng = np.random.default_rng(0)
    cuts = [float(n.threshold) for n in tree.nodes if isinstance(n, Inner)]
    cuts += [float(text) for text in _NUMBERS if abs(float(text)) < 1e300]
    pool = [x for cut in cuts for x in neighbours(cut) if math.isfinite(x)]
    pool += [x for cut in cuts for x in neighbours(float(np.float32(max(-3e38, min(cut, 3e38)))))]
    pool += [x + step for x in cuts for step in (-1.0, 0.0, 1.0) if abs(x) < 1e300]
    if kind in ("int", "long", "short"):
        most = {"int": 2**31 - 1, "long": 2**53, "short": 2**15 - 1}[kind]
        pool = [y for x in pool if abs(x) < most for y in (math.floor(x), math.ceil(x))]
    if kind == "float":
        pool = [x for x in pool if abs(x) < 3.4e38]
    return [[float(x) for x in row] for row in rng.choice(np.array(pool, float), (POINTS, COLUMNS))]


def _run_python(body: str, about: dict[str, Any], rows: list[list[float]]) -> list[str] | str:
    space: dict[str, Any] = {}
    try:
        exec(compile(body, "f", "exec"), space)
        found = [space["f"](row) for row in rows]
    except Exception as problem:  # noqa: BLE001  whatever the function does
        return f"{type(problem).__name__}: {problem}"
    if about["out"] == "shares":
        return [str(int(np.argmax(v))) if isinstance(v, list) else str(v) for v in found]
    return [str(v) for v in found]


def _run_sql(body: str, about: dict[str, Any], rows: list[list[float]]) -> list[str] | str:
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE t (x0 REAL, x1 REAL)")
        base.executemany("INSERT INTO t VALUES (?, ?)", rows)
        try:
            return [str(v) for (v,) in base.execute(f"SELECT {body} FROM t ORDER BY rowid")]
        except (sqlite3.Error, sqlite3.Warning) as problem:
            return str(problem)


def _called(command: list[str], rows: list[list[float]]) -> list[str] | str:
    given = "\n".join(" ".join(map(repr, row)) for row in rows)
    made = subprocess.run(
        command, input=given, capture_output=True, text=True, timeout=60, check=False
    )
    if made.returncode:
        return made.stderr.strip() or f"exit {made.returncode}"
    return made.stdout.split("\n")[:-1]


_C_MAIN = """
#include <stdio.h>
#include <stdlib.h>
int main(void) {{ double a, b; while (scanf("%lf %lf", &a, &b) == 2) {{ {kind} v[2] = {{a, b}};
{out} }} return 0; }}
"""


def _run_c(body: str, about: dict[str, Any], rows: list[list[float]]) -> list[str] | str:
    out = 'printf("%.17g\\n", (double)f(v));'
    if about["out"] == "shares":
        count = about["count"]
        out = (
            f"double y[{count}] = {{0}}; f(v, y); int k = 0; "
            f'for (int i = 1; i < {count}; i++) if (y[i] > y[k]) k = i; printf("%d\\n", k);'
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "case.c")
        path.write_text(body + _C_MAIN.format(kind=about["kind"], out=out))
        strict = [f"-Werror={w}" for w in ("int-conversion", "implicit-function-declaration")]
        strict += ["-Werror=incompatible-pointer-types", "-Werror=return-type", "-Wno-overflow"]
        strict += ["-Werror=maybe-uninitialized", "-Werror=uninitialized", "-O1"]
        built = _called(["gcc", "-w", *strict, "-o", f"{folder}/case", str(path)], [])
        return built if isinstance(built, str) else _called([f"{folder}/case"], rows)


_JAVA_MAIN = """
class Main { public static void main(String[] a) {
java.util.Scanner s = new java.util.Scanner(System.in);
StringBuilder all = new StringBuilder();
while (s.hasNext()) { double p = Double.parseDouble(s.next()), q = Double.parseDouble(s.next());
%s } System.out.print(all); } }
"""


def _run_java(body: str, about: dict[str, Any], rows: list[list[float]]) -> list[str] | str:
    kind = about["kind"]
    call = f"Model.f(new {kind}[]{{({kind}) p, ({kind}) q}})"
    out = f'all.append({call} + "\\n");'
    if about["out"] == "shares":
        out = (
            f"var y = {call}; int k = 0; for (int i = 1; i < y.length; i++) if (y[i] > y[k]) k = i;"
            'all.append(k + "\\n");'
        )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "Main.java")
        path.write_text(_JAVA_MAIN % out + body)
        quick = ["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"]
        return _called(["java", *quick, str(path)], rows)


_JS_MAIN = """
const rows = require("fs").readFileSync(0, "utf8").split("\\n").filter(r => r);
for (const r of rows) { let y = f(r.split(" ").map(Number));
if (Array.isArray(y)) { let k = 0; y.forEach((v, i) => { if (v > y[k]) k = i; }); y = k; }
console.log(String(y)); }
"""


def _run_js(body: str, about: dict[str, Any], rows: list[list[float]]) -> list[str] | str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "case.js")
        path.write_text(body + _JS_MAIN)
        return _called(["node", str(path)], rows)


_RUN = {"py": _run_python, "sql": _run_sql, "c": _run_c, "java": _run_java, "js": _run_js}
