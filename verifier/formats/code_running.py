"""Runs the code of a forest for all inputs at once: every if is a tree that gives a value.

What is done with the trees' values is kept as sums (``code_values``). Nothing of the file is run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from verifier.formats import code_values
from verifier.formats.code_parts import (
    Constant,
    Function,
    If,
    Name,
    Program,
    Return,
    Set,
    Statement,
)
from verifier.formats.code_trees import Growing
from verifier.formats.code_values import (
    Held,
    Operation,
    Postfix,
    Scalar,
    Sigmoid,
    Sum,
    Term,
    Value,
    refuse,
)
from verifier.formats.ensembles_parts import finite
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Leaf

_CALLS = 100
"""Functions that call each other."""


@dataclass
class Running:
    """Runs a program for all inputs at once, tree by tree."""

    program: Program
    trees: list[tuple[Inner | Leaf, ...]] = field(default_factory=list)
    leaves: list[list[Constant]] = field(default_factory=list)
    called: set[str] = field(default_factory=set)
    within: list[str] = field(default_factory=list)

    def call(self, name: str) -> Value:
        """What a function gives."""
        if name in self.within or len(self.within) > _CALLS:
            raise TreeError(f"the function {name} calls itself: give one that ends")
        self.called.add(name)
        self.within.append(name)
        function = self.program.routines[name]
        held: dict[str, Value] = {}
        for statement in function.body:
            match statement:
                case Return(value, line):
                    answer = self.value(value, held, line)
                    self.within.pop()
                    return answer
                case Set(variable, value, line):
                    held[variable] = self.value(value, held, line)
                case If():
                    variable = _only_variable(statement)
                    held[variable] = self.tree(statement, variable, held, function)
        self.within.pop()
        if function.result in held:
            return held[function.result]
        raise TreeError(f"the function {name} returns nothing: return a list or a number")

    def tree(
        self, statement: If, variable: str, held: Mapping[str, Value], function: Function
    ) -> Value:
        """What an if gives to a variable."""
        growing = _Leaves(Function((), function.kind, variable, function.most))
        growing.grow((statement,), _constants(held))
        sizes = {_length(x) for x in growing.constants}
        if len(sizes) > 1:
            refuse(statement.line, f"{variable} is not of one length: give lists of one length")
        self.trees.append(tuple(growing.nodes))
        self.leaves.append(growing.constants)
        (size,) = sizes
        at = len(self.trees) - 1
        if size is None:
            return Sum((Term(at, None),))
        return tuple(Sum((Term(at, k),)) for k in range(size))

    def value(
        self, value: Constant | Name | Postfix, held: Mapping[str, Value], line: int
    ) -> Value:
        """What an expression gives."""
        if isinstance(value, Name):
            value = Postfix((Held(value.name),))
        if not isinstance(value, Postfix):
            return _as_value(value)
        stack: list[Value] = []
        for item in value.items:
            if isinstance(item, Operation):
                first = len(stack) - item.count
                stack[first:] = [self.done(item, stack[first:], line)]
            elif isinstance(item, Held):
                if item.name not in held:
                    refuse(line, f"{item.name} has no value there")
                stack.append(held[item.name])
            else:
                stack.append(finite(item))
        (found,) = stack
        return found

    def done(self, operation: Operation, values: Sequence[Value], line: int) -> Value:
        """What an operation gives."""
        size = operation.size
        if size is not None and any(isinstance(v, tuple) and len(v) != size for v in values):
            refuse(line, f"a list is not of {size} numbers")
        if operation.name.startswith("call "):
            return self.call(operation.name[5:])
        if operation.name == "[]":
            return tuple(_scalar(v, line) for v in values)
        if operation.name == "neg":
            return code_values.negative(values[0], line)
        if operation.count == 2 and operation.name in "+-*/":
            return code_values.joined(operation.name, values[0], values[1], line)
        return code_values.called(operation.name, values, line)


class _Leaves(Growing):
    """Grows one tree, whose leaves hold the place of their constant."""

    def __init__(self, function: Function) -> None:
        super().__init__(function)
        self.constants: list[Constant] = []

    def klass(self, value: Constant, line: int) -> int:
        """The constant's place."""
        if isinstance(value, str):
            refuse(line, "a tree gives a name: numbers are added")
        self.constants.append(value)
        return len(self.constants) - 1


def _only_variable(statement: If) -> str:
    """The variable that all of an if is about."""
    found: set[str] = set()
    stack: list[Statement] = [statement]
    while stack:
        match stack.pop():
            case If(_, then, otherwise):
                stack += [*then, *otherwise]
            case Set(name, _, _):
                found.add(name)
            case Return(_, line):
                refuse(line, "it returns inside a tree, and adds others: let the tree give a value")
    if len(found) != 1:
        refuse(statement.line, f"an if gives {len(found)} variables a value: one for each tree")
    return found.pop()


def _constants(held: Mapping[str, Value]) -> dict[str, Constant]:
    """The variables that hold numbers, or lists of them, of no tree."""
    found: dict[str, Constant] = {}
    for name, value in held.items():
        numbers = value if isinstance(value, tuple) else (value,)
        plain = tuple(x for x in numbers if isinstance(x, float))
        if len(plain) == len(numbers):
            found[name] = plain if isinstance(value, tuple) else plain[0]
    return found


def _as_value(value: Constant) -> Value:
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        return tuple(finite(x) for x in value)
    return finite(value)


def _scalar(value: Value, line: int) -> Scalar:
    if not isinstance(value, float | Sum | Sigmoid):
        refuse(line, "a list holds something else than numbers")
    return value


def _length(value: Constant) -> int | None:
    return len(value) if isinstance(value, tuple) else None
