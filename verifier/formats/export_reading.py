"""Exported code read back, without the writer's help: the tests and classes in pre-order.

A node is a class, or a ``Test`` of numbers (left iff ``x[column] <= literal``); SQL has others
(``export_sql_reading``). Each reader knows just what the writer may write, and raises TreeError for
anything else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from verifier.model.errors import TreeError
from verifier.model.tree import Leaf, Tree


@dataclass(frozen=True)
class Test:
    """Left iff the column's number is at most the literal."""

    column: int
    literal: Fraction


Node = int | Test
N = TypeVar("N")


def python(text: str) -> list[Node]:
    """The body of ``predict``, by Python's own grammar."""
    (function,) = ast.parse(text).body
    if not isinstance(function, ast.FunctionDef) or len(function.body) != 2:
        raise strange("the module")
    nodes: list[Node] = []
    stack: list[list[ast.stmt]] = [function.body[1:]]
    while stack:
        (statement,) = stack.pop()
        match statement:
            case ast.Return(ast.Constant(int(klass))):
                nodes.append(klass)
            case ast.If(
                ast.Compare(
                    ast.Call(
                        ast.Name("float"),
                        [ast.Subscript(ast.Name("x"), ast.Constant(int(column)))],
                    ),
                    [ast.LtE()],
                    [literal],
                ),
                body,
                orelse,
            ):
                nodes.append(Test(column, Fraction(float(ast.literal_eval(literal)))))
                stack += [orelse, body]
            case _:
                raise strange(ast.unparse(statement))
    return nodes


_BRACES = re.compile(
    r"\s*(?:if \(x\[(?P<column>\d+)\] <= (?P<test>[-+.e\d]+)\) \{|(?P<otherwise>\} else \{)"
    r"|(?P<end>\})|return (?P<leaf>\d+);)\s*"
)


def c(text: str) -> list[Node]:
    """The body of ``predict`` in C, its literals as the type of ``x`` reads them."""
    lines = _uncommented(text)
    head = re.fullmatch(r"int predict\(const (int|double) \*x\) \{", lines[0])
    if head is None or lines[-1] != "}":
        raise strange(lines[0])
    return _braced(lines[1:-1], head[1])


def java(text: str) -> list[Node]:
    """The body of ``predict`` in the class ``Tree``, the same way."""
    lines = _uncommented(text)
    head = re.fullmatch(
        r"final class Tree \{ *static int predict\((int|double)\[\] x\) \{", "".join(lines[:2])
    )
    if head is None or [line.strip() for line in lines[-2:]] != ["}", "}"]:
        raise strange(lines[0])
    return _braced(lines[2:-2], head[1])


def _uncommented(text: str) -> list[str]:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).strip().splitlines()


def _braced(lines: list[str], kind: str) -> list[Node]:
    """The nodes of nested ifs in braces, whose literals are of the kind int or double."""
    read = int if kind == "int" else float

    def parts() -> Iterator[tuple[str, Node]]:
        for line in lines:
            found = _BRACES.fullmatch(line)
            if found is None:
                raise strange(line)
            part = found.lastgroup or ""
            if part == "test":
                yield part, Test(int(found["column"]), Fraction(read(found["test"])))
            else:
                yield part, int(found["leaf"] or 0)

    return preorder(parts())


def preorder(parts: Iterable[tuple[str, N]]) -> list[N]:
    """The nodes; raises TreeError unless a test is followed by node, otherwise, node, end."""
    nodes: list[N] = []
    expected = ["node"]
    for kind, node in parts:
        due = expected.pop() if expected else "nothing"
        if due == "node" and kind in ("test", "leaf"):
            nodes.append(node)
            expected += ["end", "node", "otherwise", "node"] if kind == "test" else []
        elif due != kind:
            raise strange(f"{kind} where {due} was due")
    if expected:
        raise strange("an end that is missing")
    return nodes


def tree(given: Tree) -> list[Node]:
    """A tree's nodes in pre-order."""
    nodes: list[Node] = []
    stack = [0]
    while stack:
        node = given.nodes[stack.pop()]
        if isinstance(node, Leaf):
            nodes.append(node.klass)
        else:
            nodes.append(Test(node.column, node.threshold))
            stack += [node.right, node.left]
    return nodes


def strange(what: str) -> TreeError:
    """The error for text that no writer writes."""
    return TreeError(
        f"the export holds {what.strip()[:60]!r}, which is not what it should: please report this"
    )
