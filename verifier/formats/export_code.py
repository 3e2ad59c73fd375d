"""Trees as plain Python, C, SQL and DOT: text that runs (or draws) without Leafproof.

Thresholds are written as float64. Without a domain that is the largest one that does not exceed
the threshold, so that every float64 input takes the same branch; with a domain, one between the
encoded values that the threshold separates.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from verifier.domain import Domain
from verifier.drawing import leaf_words, question
from verifier.errors import TreeError
from verifier.tree import Inner, Leaf, Tree

DEEPEST = 90
"""Python refuses code that is indented 100 times."""
_INT_MAX = 2**31 - 1


@dataclass(frozen=True)
class _Words:
    """How a language writes the test of a node, its two branches, and a leaf."""

    test: Callable[[Inner, str], str]
    otherwise: str
    end: str
    leaf: Callable[[Leaf, str], str]


def float_below(x: Fraction) -> float:
    """The largest float64 that does not exceed ``x``: minus infinity below all of them."""
    largest = Fraction(math.nextafter(math.inf, 0))
    if abs(x) > largest:
        return float(largest) if x > 0 else -math.inf
    near = float(x)
    return near if Fraction(near) <= x else math.nextafter(near, -math.inf)


def _written(node: Inner, domain: Domain | None) -> float:
    """The float64 that stands for the node's threshold, infinite if all goes one way."""
    if domain is None:
        return float_below(node.threshold)
    index, j = domain.column_owner[node.column]
    rows = domain.variables[index].encoding
    low = max((row[j] for row in rows if row[j] <= node.threshold), default=None)
    high = min((row[j] for row in rows if row[j] > node.threshold), default=None)
    if low is None:
        return -math.inf
    if high is None:
        return math.inf
    between = float_below((low + high) / 2)
    return between if low <= between else float_below(node.threshold)


def to_python(tree: Tree, domain: Domain | None = None) -> str:
    """A Python module with ``predict(x)``: the class of one encoded input."""
    _check_depth(tree, "Python")

    def test(node: Inner, indent: str) -> str:
        below = _written(node, domain)
        if math.isinf(below):
            return f"{indent}if {below > 0}:  # all values go this way, or none"
        return f"{indent}if x[{node.column}] <= {below!r}:{_remark(node, domain, '  # ')}"

    words = _Words(test, "{}else:", "", lambda leaf, indent: f"{indent}return {leaf.klass}")
    body = _nested(tree, words, 1)
    return f'def predict(x):\n    """The class of x, {_inputs(domain)}."""\n{body}\n'


def to_c(tree: Tree, domain: Domain | None = None) -> str:
    """A C function ``int predict(const T *x)`` without includes.

    T is ``int`` where the domain's encoded values are whole numbers that fit, else ``double``.
    """
    _check_depth(tree, "C")
    whole = domain is not None and all(
        x.denominator == 1 and abs(x) <= _INT_MAX
        for v in domain.variables
        for row in v.encoding
        for x in row
    )

    def test(node: Inner, indent: str) -> str:
        remark = _remark(node, domain, " /* ", " */")
        if whole:
            floor = math.floor(node.threshold)
            if not -_INT_MAX <= floor < _INT_MAX:
                return f"{indent}if ({int(floor > 0)}) {{{remark}"
            return f"{indent}if (x[{node.column}] <= {floor}) {{{remark}"
        below = _written(node, domain)
        if math.isinf(below):
            return f"{indent}if ({int(below > 0)}) {{{remark}"
        return f"{indent}if (x[{node.column}] <= {below!r}) {{{remark}"

    words = _Words(
        test, "{}}} else {{", "{}}}", lambda leaf, indent: f"{indent}return {leaf.klass};"
    )
    body = _nested(tree, words, 1)
    kind = "int" if whole else "double"
    return (
        f"/* The class of x, {_inputs(domain)}. */\nint predict(const {kind} *x) {{\n{body}\n}}\n"
    )


def to_sql(tree: Tree, domain: Domain | None = None) -> str:
    """One SQL CASE expression.

    With a domain, a variable of one column is compared as a number in the column of its name; a
    variable of several columns is a text column that holds its labels. Without a domain the
    columns are called x0, x1, ...
    """

    def test(node: Inner, indent: str) -> str:
        return f"{indent}CASE WHEN {_sql_test(node, domain)} THEN"

    words = _Words(test, "{}ELSE", "{}END", lambda leaf, indent: f"{indent}{leaf.klass}")
    return _nested(tree, words, 0) + "\n"


def _sql_test(node: Inner, domain: Domain | None) -> str:
    if domain is not None:
        index, j = domain.column_owner[node.column]
        variable = domain.variables[index]
        if variable.columns > 1:
            rows = zip(variable.labels, variable.encoding, strict=True)
            inside = [label for label, row in rows if row[j] <= node.threshold]
            if not inside:
                return "0 = 1"
            listed = ", ".join("'" + label.replace("'", "''") + "'" for label in inside)
            return f"{_sql_name(variable.name)} IN ({listed})"
        name = variable.name
    else:
        name = f"x{node.column}"
    below = _written(node, domain)
    if math.isinf(below):
        return "1 = 1" if below > 0 else "0 = 1"
    return f"{_sql_name(name)} <= {below!r}"


def _sql_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def to_dot(tree: Tree, domain: Domain | None = None) -> str:
    """A Graphviz digraph; node i of the tree is ``n<i>``, the left branch comes first."""
    lines = ["digraph tree {", "  node [shape=box, fontname=monospace];"]
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Leaf):
            lines.append(f"  n{i} [label={_dot(leaf_words(tree, node))}, style=rounded];")
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
    stack: list[tuple[int | str, int]] = [(0, depth)]
    while stack:
        item, level = stack.pop()
        indent = "    " * level
        if isinstance(item, str):
            lines.append(item.format(indent))
            continue
        node = tree.nodes[item]
        if isinstance(node, Leaf):
            lines.append(words.leaf(node, indent))
            continue
        lines.append(words.test(node, indent))
        if words.end:
            stack.append((words.end, level))
        stack += [(node.right, level + 1), (words.otherwise, level), (node.left, level + 1)]
    return "\n".join(lines)


def _check_depth(tree: Tree, language: str) -> None:
    if tree.depth > DEEPEST:
        raise TreeError(
            f"the tree is {tree.depth} tests deep, too deep for nested {language} "
            f"(at most {DEEPEST}): export it --to onnx"
        )


def _inputs(domain: Domain | None) -> str:
    if domain is None:
        return "an encoded input"
    return f"an encoded input of {domain.columns} columns"


def _remark(node: Inner, domain: Domain | None, before: str, after: str = "") -> str:
    """What a test asks in the domain's words, as a comment; empty where that could end it early."""
    if domain is None:
        return ""
    asked = question(node, domain)
    text = f"{asked.text} {asked.left}" if asked.left != "yes" else asked.text
    return f"{before}{text}{after}" if "*/" not in text and text.isprintable() else ""
