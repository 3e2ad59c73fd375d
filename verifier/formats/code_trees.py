"""Decision trees that are written as nested ifs: Python, C, Java, JavaScript, C#.

Read are the files that Leafproof exports, those of the same shape that other generators write (a
list of shares, one a class, of which the largest decides), and what people write by hand: one
function of one array, whose conditions compare ``x[i]`` with a number. Nothing is run. What the
function does beyond that is refused with its line.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from verifier.formats import code_braces, code_python
from verifier.formats.code_parts import (
    DEEPEST,
    MOST_NODES,
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
from verifier.formats.sklearn import cast_threshold, double_threshold
from verifier.formats.thresholds import holds_integers
from verifier.model.domain import Domain
from verifier.model.errors import TreeError, quoted
from verifier.model.tree import Inner, Leaf, Tree

LANGUAGES = {
    ".py": "Python",
    ".c": "C",
    ".h": "C",
    ".cpp": "C",
    ".java": "Java",
    ".js": "JavaScript",
    ".cs": "C#",
}
"""The endings of files, and what they hold."""
_LARGEST = sys.float_info.max


def is_code(path: str | os.PathLike[str]) -> bool:
    """Whether a file's ending says that it holds code, SQL too."""
    return Path(path).suffix.lower() in (*LANGUAGES, ".sql")


def read_code(text: str, ending: str, domain: Domain | None = None) -> Tree:
    """The tree in the code of a file with that ending. Raises TreeError.

    Inputs are float64 numbers, or float32 or integers where the function's types say so; of a
    ``domain`` all that are tested must be integers then. Classes that are names are numbered in
    their order as texts.
    """
    language = LANGUAGES[ending]
    if language == "Python":
        return Growing(code_python.parse(text)).tree()
    function = code_braces.parse(text, language == "JavaScript")
    tree = Growing(function).tree()
    check_integers(function, {n.column for n in tree.nodes if isinstance(n, Inner)}, domain)
    return tree


def check_integers(function: Function, tested: Iterable[int], domain: Domain | None) -> None:
    """Raise TreeError where a function of integers tests columns that hold other numbers."""
    if domain is None or function.kind != "int":
        return
    for column in sorted(tested):
        if column < domain.columns:
            v = domain.variables[domain.column_owner[column][0]]
            if not holds_integers(v, function.most):
                raise TreeError(
                    f"its inputs are integers of at most {function.most}, and {quoted(v.name)} "
                    "has other numbers in the domain: make the array one of doubles"
                )


class Growing:
    """Runs the function for all inputs at once: every way through it is a path of the tree."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.nodes: list[Inner | Leaf] = []
        self.names: list[str] = []
        self.numbers = False

    def tree(self) -> Tree:
        """The whole tree."""
        self._grow(self.function.body, {}, 0)
        if self.names and self.numbers:
            raise TreeError("it answers both names and numbers: give every class a name")
        order = sorted(self.names)
        nodes = (
            Leaf(order.index(self.names[n.klass])) if order and isinstance(n, Leaf) else n
            for n in self.nodes
        )
        return Tree(tuple(nodes), tuple(order))

    def grow(self, body: Sequence[Statement], held: Mapping[str, Constant]) -> None:
        """Append what the statements come to; ``held`` is what variables hold before."""
        self._grow(body, dict(held), 0)

    def _grow(self, body: Sequence[Statement], held: dict[str, Constant], depth: int) -> int:
        """Append what a sequence of statements comes to; returns its first node."""
        if depth > DEEPEST:
            raise TreeError(f"its ifs are more than {DEEPEST} deep: give the tree as JSON")
        for at, statement in enumerate(body):
            if isinstance(statement, Set):
                held = held | {statement.name: self._value(statement.value, held, statement.line)}
            elif isinstance(statement, Return):
                value = self._value(statement.value, held, statement.line)
                return self._append(Leaf(self.klass(value, statement.line)))
            else:
                rest = tuple(body[at + 1 :])
                ways = (*statement.then, *rest), (*statement.otherwise, *rest)
                return self._branch(statement, statement.condition, ways, held, depth)
        if self.function.result in held:
            return self._append(Leaf(self.klass(held[self.function.result], 0)))
        raise TreeError("a way through the function returns nothing: return a class on each")

    def _branch(
        self,
        whole: If,
        condition: Condition,
        ways: tuple[Sequence[Statement], Sequence[Statement]],
        held: dict[str, Constant],
        depth: int,
    ) -> int:
        """Append the tests of a condition; ``ways`` are taken where it holds, and where not."""
        if isinstance(condition, Not):
            return self._branch(whole, condition.inner, (ways[1], ways[0]), held, depth)
        if isinstance(condition, Both):
            second = (If(condition.second, tuple(ways[0]), tuple(ways[1]), whole.line),)
            first = (ways[0], second) if condition.any else (second, ways[1])
            return self._branch(whole, condition.first, first, held, depth + 1)
        threshold, holds_below = self._threshold(condition, whole.line)
        here = self._append(Inner(condition.column, threshold, 0, 0))
        left = self._grow(ways[0 if holds_below else 1], held, depth + 1)
        right = self._grow(ways[1 if holds_below else 0], held, depth + 1)
        self.nodes[here] = Inner(condition.column, threshold, left, right)
        return here

    def _threshold(self, test: Compare, line: int) -> tuple[Fraction, bool]:
        """The t of ``x <= t``, and whether the test holds there (and not above)."""
        holds_below = test.operator in ("<=", "<")
        strict = test.operator in ("<", ">=")
        if abs(test.number) > _LARGEST:
            raise TreeError(f"line {line}: it compares with a number that is no float64")
        exact = Fraction(test.number)
        if self.function.kind == "int":
            if abs(exact) > 2**53:
                raise TreeError(f"line {line}: it compares with {test.number}, beyond 2^53")
            return (exact - 1 if strict and exact.denominator == 1 else exact), holds_below
        number = float(test.number)
        if Fraction(number) != exact:
            raise TreeError(f"line {line}: it compares with {test.number}, which is no float64")
        if self.function.kind == "float":
            below = number
            if strict:  # float32(x) < number, iff it is at most the float32 before
                below = _before_single(number)
            return cast_threshold(below), holds_below
        before = math.nextafter(number, -math.inf) if strict else number
        return double_threshold(before), holds_below

    def _value(
        self, value: Constant | Name | Postfix, held: dict[str, Constant], line: int
    ) -> Constant:
        if isinstance(value, Postfix):
            raise TreeError(f"line {line}: it computes inside of a tree: write the number itself")
        if not isinstance(value, Name):
            return value
        if value.name not in held:
            raise TreeError(f"line {line}: {quoted(value.name)} has no value there")
        return held[value.name]

    def klass(self, value: Constant, line: int) -> int:
        """The class that an answer stands for: itself, or the first of the largest shares."""
        if isinstance(value, str):
            if value not in self.names:
                self.names.append(value)
            return self.names.index(value)
        self.numbers = True
        if isinstance(value, tuple):
            return max(range(len(value)), key=lambda k: (value[k], -k))
        if not 0 <= value <= _LARGEST or value != int(value):
            raise TreeError(
                f"line {line}: it answers {value}, which is no class: classes are 0, 1, 2, ..., "
                "names, or lists of shares"
            )
        return int(value)

    def _append(self, node: Inner | Leaf) -> int:
        if len(self.nodes) >= MOST_NODES:
            raise TreeError(f"it has more than {MOST_NODES} nodes: write it as nested if and else")
        self.nodes.append(node)
        return len(self.nodes) - 1


def _before_single(number: float) -> float:
    """The largest float32 below a float64 number; below all of them minus infinity."""
    with np.errstate(over="ignore"):
        near = np.float32(number)
    return float(near if float(near) < number else np.nextafter(near, np.float32(-np.inf)))
