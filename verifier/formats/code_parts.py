"""What the languages of decision trees have in common: statements about one array of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.formats.code_values import Postfix

MOST_NODES = 1 << 20
"""Nodes of a tree: what stands after an if without an else is read once for each side."""
DEEPEST = 300
"""Ifs inside each other."""
TURNED = {"<=": ">=", "<": ">", ">=": "<=", ">": "<"}
"""The comparisons, and what each is with its sides exchanged."""


@dataclass(frozen=True)
class Compare:
    """``x[column] operator number``; the operator is <=, <, >= or >."""

    column: int
    operator: str
    number: int | float


@dataclass(frozen=True)
class Both:
    """Both conditions, or (``any``) at least one."""

    first: Condition
    second: Condition
    any: bool


@dataclass(frozen=True)
class Not:
    """The condition's opposite."""

    inner: Condition


Condition = Compare | Both | Not
Constant = int | float | str | tuple[int | float, ...]
"""A class, its name, or a list of shares."""


@dataclass(frozen=True)
class Name:
    """What a variable holds."""

    name: str


@dataclass(frozen=True)
class If:
    """An if; ``line`` as in the file, from 1."""

    condition: Condition
    then: tuple[Statement, ...]
    otherwise: tuple[Statement, ...]
    line: int


@dataclass(frozen=True)
class Set:
    """A variable gets a value."""

    name: str
    value: Constant | Name | Postfix
    line: int


@dataclass(frozen=True)
class Return:
    """The function's answer."""

    value: Constant | Name | Postfix
    line: int


Statement = If | Set | Return


@dataclass(frozen=True)
class Function:
    """Statements; its inputs are ``kind`` (double, float or int); ``result`` is what it fills.

    Integers are at most ``most`` in magnitude.
    """

    body: tuple[Statement, ...]
    kind: str = "double"
    result: str | None = None
    most: int = 0


Routine = Function
"""One of the functions of a forest."""


@dataclass(frozen=True)
class Program:
    """The functions of a forest's file by their names; ``first`` is the one that is called."""

    routines: Mapping[str, Routine]
    first: str
