"""Trees as plain Python, C, Java, SQL and DOT: text that runs (or draws) without Leafproof.

Python, C and Java compare numbers: see ``thresholds`` for the literals. SQL compares a domain's
values by their labels, and numbers where there is no domain. Before it returns, each writer has its
text read back and compared with the tree (``export_check``).
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from verifier.formats import export_check
from verifier.formats.drawing import question
from verifier.formats.thresholds import (
    FLOAT64,
    Columns,
    SettledTree,
    between,
    decimal_of,
    float_below,
    holds_integers,
    settle,
    without_idle,
)
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.ordinal import Ranged
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

__all__ = ["DEEPEST", "float_below", "to_c", "to_dot", "to_java", "to_python", "to_sql"]

DEEPEST = 90
"""Python refuses code that is indented 100 times."""
DEEPEST_SQL = 300
"""SQLite refuses expressions that are 1,000 deep; other databases have limits of their own."""
MOST_LEAVES_JAVA = 3000
"""Java refuses methods of 64 KB; a test and its leaf take at most 21 bytes."""
_INT_MAX = 2**31 - 1


@dataclass(frozen=True)
class _Words:
    """How a language writes a node's test, its other branch and its end, and a leaf.

    Each gets a node's number and what the line is indented by.
    """

    test: Callable[[int, str], str]
    otherwise: Callable[[int, str], str]
    end: str
    leaf: Callable[[Leaf, str], str]


def to_python(tree: Tree, domain: Domain | None = None) -> str:
    """A Python module with ``predict(x)``: the class of one encoded input.

    Raises TreeError where float64 merges values that the tree tells apart.
    """
    settled = settle(tree, domain, FLOAT64)
    kept, literals = settled.tree, settled.literals
    _check_depth(kept, "Python", DEEPEST)

    def test(i: int, indent: str) -> str:
        node = _inner(kept, i)
        remark = _remark(node, domain, "  # ")
        return f"{indent}if float(x[{node.column}]) <= {literals[i]!r}:{remark}"

    words = _Words(
        test,
        lambda _, indent: f"{indent}else:",
        "",
        lambda leaf, indent: f"{indent}return {leaf.klass}{_named(kept, leaf, '  # ')}",
    )
    body = _nested(kept, words, 1)
    text = (
        "def predict(x):\n"
        f'    """The class of x, {_inputs(domain)}; numbers are read as float64."""\n{body}\n'
    )
    export_check.python(text, settled, tree, domain)
    return text


def to_c(tree: Tree, domain: Domain | None = None) -> str:
    """A C function ``int predict(const T *x)`` without includes.

    T is ``int`` where the domain's encoded values are whole numbers that fit, else ``double``.
    Raises TreeError where that merges values that the tree tells apart.
    """
    settled = settle(tree, domain, FLOAT64)
    _check_depth(settled.tree, "C", DEEPEST)
    kind = "int" if _whole(domain) else "double"
    body = _nested(settled.tree, _braces(settled, domain), 1)
    text = (
        f"/* The class of x, {_inputs(domain)}. */\nint predict(const {kind} *x) {{\n{body}\n}}\n"
    )
    export_check.c(text, settled, domain)
    return text


def to_java(tree: Tree, domain: Domain | None = None) -> str:
    """A Java class ``Tree`` with ``static int predict(T[] x)``, to be put into any package.

    T is as in ``to_c``. Raises TreeError where T merges values that the tree tells apart, and
    where the method would be longer than Java allows.
    """
    settled = settle(tree, domain, FLOAT64)
    _check_depth(settled.tree, "Java", DEEPEST)
    if settled.tree.leaves > MOST_LEAVES_JAVA:
        raise TreeError(
            f"the tree has {settled.tree.leaves} leaves, more than a Java method holds "
            f"(at most {MOST_LEAVES_JAVA} here): export it --to onnx"
        )
    kind = "int" if _whole(domain) else "double"
    body = _nested(settled.tree, _braces(settled, domain), 2)
    text = (
        f"/* The class of x, {_inputs(domain)}. */\n"
        f"final class Tree {{\n    static int predict({kind}[] x) {{\n{body}\n    }}\n}}\n"
    )
    export_check.java(text, settled, domain)
    return text


def _whole(domain: Domain | None) -> bool:
    """Whether a C or Java ``int`` holds every encoded value."""
    return domain is not None and all(holds_integers(v, _INT_MAX) for v in domain.variables)


def _braces(settled: SettledTree, domain: Domain | None) -> _Words:
    """The words of C and of Java."""
    kept, literals, whole = settled.tree, settled.literals, _whole(domain)

    def test(i: int, indent: str) -> str:
        node = _inner(kept, i)
        literal = str(math.floor(literals[i])) if whole else decimal_of(literals[i])
        remark = _remark(node, domain, " /* ", " */")
        return f"{indent}if (x[{node.column}] <= {literal}) {{{remark}"

    return _Words(
        test,
        lambda _, indent: f"{indent}}} else {{",
        "}",
        lambda leaf, indent: f"{indent}return {leaf.klass};{_named(kept, leaf, ' /* ', ' */')}",
    )


def to_sql(tree: Tree, domain: Domain | None = None) -> str:
    """One SQL CASE expression; NULL where a tested column is NULL, or holds none of the labels.

    With a domain there is a column of text for each variable, with its name, that holds the labels
    of its values; of a range it holds numbers, which are read as double precision. Without one the
    columns are x0, x1, ..., and all hold such numbers.
    """
    if domain is None:
        settled = settle(tree, None, FLOAT64)
        kept, literals = settled.tree, settled.literals
    else:
        kept, literals = without_idle(tree, domain), ()
        columns = Columns(domain, {})
    _check_depth(kept, "SQL", DEEPEST_SQL)

    def side(i: int, left: bool) -> str:
        node = _inner(kept, i)
        less = "<=" if left else ">"
        if domain is None:
            return f"CAST(x{node.column} AS DOUBLE PRECISION) {less} {decimal_of(literals[i])}"
        index, j = domain.column_owner[node.column]
        variable = domain.variables[index]
        if isinstance(variable, Ranged):
            number = decimal_of(between(node, columns, FLOAT64))
            return f"CAST({_sql_name(variable.name)} AS DOUBLE PRECISION) {less} {number}"
        rows = zip(variable.labels, variable.encoding, strict=True)
        inside = [label for label, row in rows if (row[j] <= node.threshold) == left]
        return f"{_sql_name(variable.name)} IN ({', '.join(map(_sql_text, inside))})"

    words = _Words(
        lambda i, indent: f"{indent}CASE WHEN {side(i, True)} THEN",
        lambda i, indent: f"{indent}WHEN {side(i, False)} THEN",
        "END",
        lambda leaf, indent: f"{indent}{leaf.klass}{_named(kept, leaf, ' /* ', ' */')}",
    )
    text = _sql_head(kept, domain) + _nested(kept, words, 0) + "\n"
    export_check.sql(text, kept, tree, domain)
    return text


def _sql_head(tree: Tree, domain: Domain | None) -> str:
    """A comment that says what the columns hold, and what a database must not do to them."""
    if domain is None:
        return "/* x0, x1, ... hold the encoded numbers. */\n"
    tested = {domain.column_owner[n.column][0] for n in tree.nodes if isinstance(n, Inner)}
    every = [domain.variables[i] for i in sorted(tested)]
    variables = [v for v in every if isinstance(v, Variable)]
    head = "/* Each column holds the labels of the variable's values. */\n"
    if len(variables) < len(every):
        head = "/* Each column holds the variable's numbers, or the labels of its values. */\n"
    head += "/* What is in double quotes are columns (in MySQL: with sql_mode ANSI_QUOTES). */\n"
    if len(variables) < len(every):
        head += "/* For MariaDB, write DOUBLE where this says DOUBLE PRECISION. */\n"
    if any(map(_alike, variables)):
        head += (
            "/* Some labels differ only in case, in accents or in spaces at the end, or hold "
            "characters that a database may take for others: compare with a collation that tells "
            "them apart. */\n"
        )
    texts = [v.name for v in every] + [label for v in variables for label in v.labels]
    if any("\\" in text for text in texts):
        head += "/* Backslashes stand for themselves, as in standard SQL. */\n"
    return head


def _alike(variable: Variable) -> bool:
    """Whether a collation that some databases have by default may take labels for the same.

    What is not of ASCII once it is plain may be some other character to it: all emoji are one in
    MySQL's older collations, and ``ø`` is ``o`` in others.
    """
    plain = set(map(_plain, variable.labels))
    return len(plain) < len(variable.labels) or not all(map(str.isascii, plain))


def _plain(label: str) -> str:
    """A text without case, accents, width of letters, and spaces at its end."""
    apart = unicodedata.normalize("NFKD", label.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold().rstrip()


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sql_text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"


def to_dot(tree: Tree, domain: Domain | None = None) -> str:
    """A Graphviz digraph; node i of the tree is ``n<i>``, the left branch comes first."""
    lines = ["digraph tree {", "  node [shape=box, fontname=monospace];"]
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Leaf):
            label = _dot(f"class {tree.class_name(node.klass)}")
            lines.append(f"  n{i} [label={label}, style=rounded];")
            continue
        asked = question(node, domain)
        lines.append(f"  n{i} [label={_dot(asked.text)}];")
        lines.append(f"  n{i} -> n{node.left} [label={_dot(asked.left)}];")
        lines.append(f"  n{i} -> n{node.right} [label={_dot(asked.right)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _dot(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _nested(tree: Tree, words: _Words, depth: int) -> str:
    """The tree as nested branches, one line each."""
    lines: list[str] = []
    stack: list[tuple[int, int, str]] = [(0, depth, "node")]
    while stack:
        i, level, part = stack.pop()
        indent = "    " * level
        node = tree.nodes[i]
        if part == "otherwise":
            lines.append(words.otherwise(i, indent))
        elif part == "end":
            lines.append(indent + words.end)
        elif isinstance(node, Leaf):
            lines.append(words.leaf(node, indent))
        else:
            lines.append(words.test(i, indent))
            if words.end:
                stack.append((i, level, "end"))
            stack.append((node.right, level + 1, "node"))
            stack.append((i, level, "otherwise"))
            stack.append((node.left, level + 1, "node"))
    return "\n".join(lines)


def _inner(tree: Tree, i: int) -> Inner:
    node = tree.nodes[i]
    assert isinstance(node, Inner)
    return node


def _check_depth(tree: Tree, language: str, most: int) -> None:
    if tree.depth > most:
        raise TreeError(
            f"the tree is {tree.depth} tests deep, too deep for nested {language} "
            f"(at most {most}): export it --to onnx"
        )


def _inputs(domain: Domain | None) -> str:
    if domain is None:
        return "an encoded input"
    return f"an encoded input of {domain.columns} columns"


def _remark(node: Inner, domain: Domain | None, before: str, after: str = "") -> str:
    """What a test asks in the domain's words, as a comment."""
    if domain is None:
        return ""
    asked = question(node, domain)
    words = f"{asked.text} {asked.left}" if asked.left != "yes" else asked.text
    return _comment(words, before, after)


def _named(tree: Tree, leaf: Leaf, before: str, after: str = "") -> str:
    """The name of a leaf's class as a comment, where it has one."""
    if tree.class_name(leaf.klass) == str(leaf.klass):
        return ""
    return _comment(tree.labels[leaf.klass], before, after)


def _comment(words: str, before: str, after: str) -> str:
    """Empty where the words could end the comment early, or open another."""
    tricky = any(mark in words for mark in ("*/", "/*", "??", "\\"))  # trigraphs, joined lines
    return "" if tricky or not words.isprintable() else f"{before}{words}{after}"
