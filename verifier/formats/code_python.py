"""A decision tree in Python: one function of one array, by Python's own grammar. It is not run."""

from __future__ import annotations

import ast
import codecs
import io
import tokenize
import warnings
from collections.abc import Sequence
from typing import NoReturn

from verifier.formats.code_parts import (
    TURNED,
    Both,
    Compare,
    Condition,
    Constant,
    Function,
    If,
    Name,
    Not,
    Return,
    Set,
    Statement,
)
from verifier.formats.code_values import Postfix
from verifier.model.errors import TreeError, quoted

_OPERATORS: dict[type[ast.cmpop], str] = {ast.LtE: "<=", ast.Lt: "<", ast.GtE: ">=", ast.Gt: ">"}

_PLAIN = ("utf-8", "utf-8-sig")
_SAME_IN_ASCII = ("ascii", "iso8859-1", "cp1252")


def text_of(data: bytes) -> str:
    """The text of a file of Python, in UTF-8; a mark of the byte order is left out.

    Its first lines may say that Python is to decode it otherwise, and then a comment may hold code.
    Raises TreeError where that makes a difference, and UnicodeDecodeError where it is no UTF-8.
    """
    try:
        said, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        encoding = codecs.lookup(said).name
    except (SyntaxError, LookupError):
        encoding = ""
    if encoding not in _PLAIN and not (encoding in _SAME_IN_ASCII and data.isascii()):
        data.decode()  # no UTF-8: which is said as of any file
        raise TreeError("line 1: it names another encoding than UTF-8: save it in UTF-8")
    return data.decode("utf-8-sig")


def module_of(text: str) -> ast.Module:
    """What a module's text says. Raises TreeError where that is no Python."""
    try:
        with warnings.catch_warnings():  # of literals that run into words, as `1if`
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        line = getattr(problem, "lineno", None) or 1
        raise TreeError(f"line {line}: this is not Python: check the file") from None


def parse(text: str) -> Function:
    """The function in a module. Raises TreeError."""
    module = module_of(text)
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    others = [
        node
        for node in module.body
        if not isinstance(node, ast.FunctionDef) and not _is_import(node) and not _is_text(node)
    ]
    if len(functions) != 1 or others:
        raise TreeError(
            f"it holds {len(functions)} functions and {len(others)} other statements: give one "
            "function of one array, made of if, else and return"
        )
    (function,) = functions
    arguments = function.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    if len(names) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        refuse(function, f"it has the arguments {', '.join(names)}: one array is expected")
    if function.decorator_list:
        refuse(function, "it is decorated, which may change what it answers: leave that out")
    return Function(Reading(names[0]).block(function.body))


def refuse(node: ast.AST, problem: str) -> NoReturn:
    """Raise TreeError for a node."""
    raise TreeError(f"line {getattr(node, 'lineno', 1)}: {problem}")


def _is_import(node: ast.stmt) -> bool:
    """Whether it imports modules by names that the function does not use."""
    return isinstance(node, ast.Import) and all(
        (x.asname or x.name).partition(".")[0] != "float" for x in node.names
    )


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class Reading:
    """Reads statements about the array ``x``."""

    def __init__(self, x: str) -> None:
        self.x = x

    def block(self, body: Sequence[ast.stmt]) -> tuple[Statement, ...]:
        """Statements one after the other."""
        return tuple(
            self.statement(node)
            for node in body
            if not isinstance(node, ast.Pass) and not _is_text(node)
        )

    def statement(self, node: ast.stmt) -> Statement:
        """One statement."""
        match node:
            case ast.If():
                then, otherwise = self.block(node.body), self.block(node.orelse)
                return If(self.condition(node.test), then, otherwise, node.lineno)
            case ast.Return(ast.IfExp(test, body, orelse)):
                ways = (
                    self.statement(ast.copy_location(ast.Return(way), node))
                    for way in (body, orelse)
                )
                return If(self.condition(test), (next(ways),), (next(ways),), node.lineno)
            case ast.Return(ast.expr() as value):
                return Return(self.value(value), node.lineno)
            case ast.Assign([ast.Name(name)], value) if name != self.x:
                return Set(name, self.value(value), node.lineno)
        words = ast.unparse(node).partition("\n")[0]
        refuse(node, f"{quoted(words)} is not read: a tree is made of if, else and return")

    def value(self, node: ast.expr) -> Constant | Name | Postfix:
        """A class, its name, a list of shares, or a variable that holds one."""
        match node:
            case ast.Name(name) if name != self.x:
                return Name(name)
            case ast.Constant(str(text)):
                return text
            case ast.List(elements) | ast.Tuple(elements) if elements:
                return tuple(self.number(e) for e in elements)
        return self.number(node)

    def number(self, node: ast.expr) -> int | float:
        """A number as it is written."""
        match node:
            case ast.Constant(bool()):
                pass
            case ast.Constant(int(x)) | ast.Constant(float(x)):
                return x
            case ast.UnaryOp(ast.USub(), inner):
                return -self.number(inner)
        refuse(node, f"{quoted(ast.unparse(node))} is not a number")

    def condition(self, node: ast.expr) -> Condition:
        """What an if asks."""
        match node:
            case ast.BoolOp(operator, values):
                found = self.condition(values[0])
                for value in values[1:]:
                    found = Both(found, self.condition(value), isinstance(operator, ast.Or))
                return found
            case ast.UnaryOp(ast.Not(), inner):
                return Not(self.condition(inner))
            case ast.Compare(left, operators, rights):
                sides = [left, *rights]
                tests: list[Condition] = [
                    self.compare(node, sides[i], operator, sides[i + 1])
                    for i, operator in enumerate(operators)
                ]
                found = tests[0]
                for test in tests[1:]:
                    found = Both(found, test, False)
                return found
        refuse(node, f"{quoted(ast.unparse(node))} is no comparison of {self.x}[i] and a number")

    def compare(
        self, node: ast.AST, left: ast.expr, operator: ast.cmpop, right: ast.expr
    ) -> Compare:
        """``x[i] <= number``, or the other way round."""
        sign = _OPERATORS.get(type(operator))
        if sign is None:
            refuse(node, "it compares by other signs than <=, <, >= and >")
        column = self.column(left)
        if column is not None:
            return Compare(column, sign, self.number(right))
        column = self.column(right)
        if column is None:
            refuse(node, f"it does not compare {self.x}[i] with a number")
        return Compare(column, TURNED[sign], self.number(left))

    def column(self, node: ast.expr) -> int | None:
        """The i of ``x[i]`` or ``float(x[i])``."""
        match node:
            case ast.Call(ast.Name("float"), [inner], []):
                return self.column(inner)
            case ast.Subscript(ast.Name(name), ast.Constant(int(column))) if name == self.x:
                return column
        return None
