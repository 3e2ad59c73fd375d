"""Trees as plain Python, C, Java and DOT: text that runs (or draws) without Leafproof.

They compare numbers: see ``thresholds`` for the literals. Before it returns, each writer has its
text read back and compared with the tree (``export_check``).
"""

from __future__ import annotations

import math

from verifier.formats import export_check
from verifier.formats.drawing import question
from verifier.formats.export_nested import (
    Words,
    check_depth,
    comment,
    inner,
    named,
    nested,
)
from verifier.formats.thresholds import (
    FLOAT64,
    SettledTree,
    decimal_of,
    holds_integers,
    settle,
)
from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf, Tree

DEEPEST = 90
"""Python refuses code that is indented 100 times."""
MOST_LEAVES_JAVA = 3000
"""Java refuses methods of 64 KB; a test and its leaf take at most 21 bytes."""
_INT_MAX = 2**31 - 1


def to_python(tree: Tree, domain: Domain | None = None) -> str:
    """A Python module with ``predict(x)``: the class of one encoded input.

    Raises TreeError where float64 merges values that the tree tells apart.
    """
    settled = settle(tree, domain, FLOAT64)
    kept, literals = settled.tree, settled.literals
    check_depth(kept, "Python", DEEPEST)

    def test(i: int, indent: str) -> str:
        node = inner(kept, i)
        remark = _remark(node, domain, "  # ")
        return f"{indent}if float(x[{node.column}]) <= {literals[i]!r}:{remark}"

    words = Words(
        test,
        lambda _, indent: f"{indent}else:",
        "",
        lambda leaf, indent: f"{indent}return {leaf.klass}{named(kept, leaf, '  # ')}",
    )
    body = nested(kept, words, 1)
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
    check_depth(settled.tree, "C", DEEPEST)
    kind = "int" if _whole(domain) else "double"
    body = nested(settled.tree, _braces(settled, domain), 1)
    text = (
        f"/* The class of x, {_inputs(domain)}. */\nint predict(const {kind} *x) {{\n{body}\n}}\n"
    )
    export_check.c(text, settled, tree, domain)
    return text


def to_java(tree: Tree, domain: Domain | None = None) -> str:
    """A Java class ``Tree`` with ``static int predict(T[] x)``, to be put into any package.

    T is as in ``to_c``. Raises TreeError where T merges values that the tree tells apart, and
    where the method would be longer than Java allows.
    """
    settled = settle(tree, domain, FLOAT64)
    check_depth(settled.tree, "Java", DEEPEST)
    if settled.tree.leaves > MOST_LEAVES_JAVA:
        raise TreeError(
            f"the tree has {settled.tree.leaves} leaves, more than a Java method holds "
            f"(at most {MOST_LEAVES_JAVA} here): export it --to onnx"
        )
    kind = "int" if _whole(domain) else "double"
    body = nested(settled.tree, _braces(settled, domain), 2)
    text = (
        f"/* The class of x, {_inputs(domain)}. */\n"
        f"final class Tree {{\n    static int predict({kind}[] x) {{\n{body}\n    }}\n}}\n"
    )
    export_check.java(text, settled, tree, domain)
    return text


def _whole(domain: Domain | None) -> bool:
    """Whether a C or Java ``int`` holds every encoded value."""
    return domain is not None and all(holds_integers(v, _INT_MAX) for v in domain.variables)


def _braces(settled: SettledTree, domain: Domain | None) -> Words:
    """The words of C and of Java."""
    kept, literals, whole = settled.tree, settled.literals, _whole(domain)

    def test(i: int, indent: str) -> str:
        node = inner(kept, i)
        literal = str(math.floor(literals[i])) if whole else decimal_of(literals[i])
        remark = _remark(node, domain, " /* ", " */")
        return f"{indent}if (x[{node.column}] <= {literal}) {{{remark}"

    return Words(
        test,
        lambda _, indent: f"{indent}}} else {{",
        "}",
        lambda leaf, indent: f"{indent}return {leaf.klass};{named(kept, leaf, ' /* ', ' */')}",
    )


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
    return comment(words, before, after)
