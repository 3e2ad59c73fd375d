"""Exported code read back, without the writer's help: the tests and classes in pre-order.

A node is a class, a ``Test`` of numbers (left iff ``x[column] <= literal``), an ``AtMost`` of a
named number, or an ``Among`` of labels. Each reader knows just what the writer may write, and
raises TreeError for anything else.
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from verifier.model.errors import TreeError
from verifier.model.tree import Leaf, Tree


@dataclass(frozen=True)
class Test:
    """Left iff the column's number is at most the literal."""

    column: int
    literal: Fraction


@dataclass(frozen=True)
class Among:
    """Left iff the column holds one of the first labels, right iff one of the second."""

    name: str
    left: frozenset[str]
    right: frozenset[str]


@dataclass(frozen=True)
class AtMost:
    """Left iff the number in the column of this name is at most the literal."""

    name: str
    literal: Fraction


Node = int | Test | AtMost | Among


def python(text: str) -> list[Node]:
    """The body of ``predict``, by Python's own grammar."""
    (function,) = ast.parse(text).body
    if not isinstance(function, ast.FunctionDef) or len(function.body) != 2:
        raise _strange("the module")
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
                raise _strange(ast.unparse(statement))
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
        raise _strange(lines[0])
    return _braced(lines[1:-1], head[1])


def java(text: str) -> list[Node]:
    """The body of ``predict`` in the class ``Tree``, the same way."""
    lines = _uncommented(text)
    head = re.fullmatch(
        r"final class Tree \{ *static int predict\((int|double)\[\] x\) \{", "".join(lines[:2])
    )
    if head is None or [line.strip() for line in lines[-2:]] != ["}", "}"]:
        raise _strange(lines[0])
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
                raise _strange(line)
            part = found.lastgroup or ""
            if part == "test":
                yield part, Test(int(found["column"]), Fraction(read(found["test"])))
            else:
                yield part, int(found["leaf"] or 0)

    return _preorder(parts())


_NAME = r'"(?P<name>(?:[^"]|"")+)"'
_LABEL = r"'(?:[^']|'')*'"
_SQL = re.compile(
    r"\s*(?:(?P<comment>/\*(?![A-Z]?[!+])(?:(?!/\*|\*/).)*\*/)|(?P<test>CASE WHEN|WHEN) (?:"
    rf"{_NAME} IN \((?P<labels>{_LABEL}"
    rf"(?:, {_LABEL})*)\)|CAST\((?:x(?P<column>\d{{1,9}})|{_NAME.replace('name', 'of')}) AS DOUBLE "
    r"PRECISION\) (?P<less><=|>) "
    r"(?P<number>[-+.e\d]+)) THEN\s|(?P<end>END)(?=\s)|(?P<leaf>\d{1,9})(?=\s))",
    re.DOTALL | re.ASCII,
)


def sql(text: str) -> list[Node]:
    """The CASE expression; both conditions of a test must be about one column."""
    nodes: list[tuple[str, Node]] = []
    pending: list[int] = []  # tests whose second condition is still to come
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _SQL.match(text, at)
        if found is None:
            raise _strange(text[at : at + 40])
        at = found.end()
        if found["test"] == "CASE WHEN":
            pending.append(len(nodes))
            nodes.append(("test", _sql_test(found)))
        elif found["test"]:
            first = pending.pop()
            nodes[first] = "test", _both(nodes[first][1], _sql_test(found), found["less"])
            nodes.append(("otherwise", 0))
        elif found["end"] or found["leaf"]:
            nodes.append(("end", 0) if found["end"] else ("leaf", int(found["leaf"])))
    return _preorder(nodes)


def _sql_test(found: re.Match[str]) -> Test | AtMost | Among:
    if found["of"] is not None:
        return AtMost(found["of"].replace('""', '"'), _literal(found["number"]))
    if found["name"] is None:
        return Test(int(found["column"]), _literal(found["number"]))
    labels = re.findall(_LABEL, found["labels"])
    inside = frozenset(label[1:-1].replace("''", "'") for label in labels)
    return Among(found["name"].replace('""', '"'), inside, frozenset())


def _literal(text: str) -> Fraction:
    """A number as float64 has it."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", text):
        raise _strange(text)
    number = float(text)
    if math.isinf(number):
        raise _strange(text)
    return Fraction(number)


def _both(first: Node, second: Test | AtMost | Among, less: str | None) -> Node:
    if isinstance(first, Among) and isinstance(second, Among) and first.name == second.name:
        return Among(first.name, first.left, second.left)
    if first == second and less == ">":
        return first
    raise _strange("a CASE whose conditions do not belong together")


def _preorder(parts: Iterable[tuple[str, Node]]) -> list[Node]:
    """The nodes; raises TreeError unless a test is followed by node, otherwise, node, end."""
    nodes: list[Node] = []
    expected = ["node"]
    for kind, node in parts:
        due = expected.pop() if expected else "nothing"
        if due == "node" and kind in ("test", "leaf"):
            nodes.append(node)
            expected += ["end", "node", "otherwise", "node"] if kind == "test" else []
        elif due != kind:
            raise _strange(f"{kind} where {due} was due")
    if expected:
        raise _strange("an end that is missing")
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


def _strange(what: str) -> TreeError:
    return TreeError(
        f"the export holds {what.strip()[:60]!r}, which is not what it should: please report this"
    )
