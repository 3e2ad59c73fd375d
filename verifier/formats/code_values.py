"""What code of a forest computes with: sums of trees' leaves, and what is made of them.

Numbers of the code are float64, and each operation rounds. A sum of several trees is kept as the
trees in their order, since that is what an Ensemble adds; what cannot be written so is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from verifier.model.errors import TreeError, quoted

_INTEGERS = 2.0**31


@dataclass(frozen=True)
class Term:
    """What one tree adds: its leaves' numbers, times ``scale``, rounded.

    ``tree`` counts the trees of the file; of a leaf that is a list it is the number ``place``.
    """

    tree: int
    place: int | None
    scale: float = 1.0


@dataclass(frozen=True)
class Sum:
    """Terms added in their order, each sum rounded; then times ``factor``, or over ``divisor``."""

    terms: tuple[Term | float, ...]
    factor: float = 1.0
    divisor: float = 1.0

    @property
    def plain(self) -> bool:
        """Whether it is a sum and nothing else."""
        return self.factor == self.divisor == 1


@dataclass(frozen=True)
class Sigmoid:
    """The sigmoid of a score, or (``rest``) one minus that."""

    score: Sum
    rest: bool = False


@dataclass(frozen=True)
class Softmax:
    """The softmaxes of scores."""

    scores: tuple[Sum, ...]


Scalar = float | Sum | Sigmoid
Value = Scalar | Softmax | tuple[Scalar, ...] | str
"""A number, a list of them, or a name."""


@dataclass(frozen=True)
class Operation:
    """Takes ``count`` values from the stack: a sign (+, -, *, /), a call, or ``[]``, a list.

    ``size``: so many numbers each list must have, where the code says so.
    """

    name: str
    count: int
    size: int | None = None


@dataclass(frozen=True)
class Held:
    """The value of a variable."""

    name: str


@dataclass(frozen=True)
class Postfix:
    """An expression: operands before what is done with them."""

    items: tuple[float | Held | Operation, ...]


def refuse(line: int, problem: str) -> NoReturn:
    """Raise TreeError for a line of the file."""
    raise TreeError(f"line {line}: {problem}" if line else problem)


def joined(sign: str, one: Value, other: Value, line: int) -> Scalar:
    """``one sign other``; raises TreeError for what is no sum of trees."""
    if isinstance(one, float) and isinstance(other, float):
        return _constant(sign, one, other, line)
    if sign == "-" and one == 1.0 and isinstance(other, Sigmoid) and not other.rest:
        return replace(other, rest=True)
    if isinstance(one, Sum | float) and isinstance(other, Sum | float):
        if sign == "*":
            scored, by = (one, other) if isinstance(other, float) else (other, one)
            if isinstance(scored, Sum) and isinstance(by, float):
                return scaled(scored, by, line)
        elif sign == "/" and isinstance(one, Sum) and isinstance(other, float):
            return _divided(one, other, line)
        elif sign == "-":
            return _added(one, negative(other, line), line)
        elif sign == "+":
            return _added(one, other, line)
    refuse(line, f"it takes {_word(one)} {sign} {_word(other)}, which is no sum of trees")


def _constant(sign: str, one: float, other: float, line: int) -> float:
    """What two numbers come to, as trees of one leaf give them."""
    found = {"+": one + other, "-": one - other, "*": one * other}.get(sign)
    if found is None or abs(found) >= _INTEGERS:  # whole numbers might be integers of the language
        refuse(line, f"it computes a number by {sign}: write the number itself")
    return found


def _terms(value: Sum | float, line: int) -> tuple[Term | float, ...]:
    if isinstance(value, float):
        return (value,)
    if not value.plain:
        refuse(line, "it adds to a sum that was multiplied or divided: do so at the end")
    return value.terms


def _added(one: Sum | float, other: Sum | float, line: int) -> Sum:
    first, second = _terms(one, line), _terms(other, line)
    if len(second) == 1:
        return Sum((*first, *second))
    if len(first) == 1:  # which number comes first is the same
        return Sum((*second, *first))
    refuse(line, "it adds two sums of several trees: add one tree after the other")


def negative(value: Value, line: int) -> Sum | float:
    """Minus a value; raises TreeError for what is none of one tree."""
    if isinstance(value, float):
        return -value
    if not isinstance(value, Sum):
        refuse(line, f"it takes minus {_word(value)}, which is no sum of trees")
    (*_, last) = terms = _terms(value, line)
    if len(terms) > 1 or isinstance(last, float):
        refuse(line, "it subtracts a sum of several trees: subtract one tree after the other")
    return Sum((replace(last, scale=-last.scale),))


def scaled(score: Sum, by: float, line: int) -> Sum:
    """A score times a number; raises TreeError where that is done twice."""
    if by == 1:
        return score
    if score.plain and len(score.terms) > 1:
        return Sum(score.terms, factor=by)
    if score.plain and isinstance(term := score.terms[0], Term) and abs(term.scale) == 1:
        return Sum((replace(term, scale=term.scale * by),))
    refuse(line, "it multiplies a score twice: do so once, at the end")


def _divided(score: Sum, by: float, line: int) -> Sum:
    if not score.plain or not by:
        refuse(line, "it divides a score twice, or by 0: do so once, at the end")
    return Sum(score.terms, divisor=by)


def called(name: str, values: Sequence[Value], line: int) -> Value:
    """What one of the functions that generators write beside the trees gives."""
    if name == "addvectors" and len(values) == 2:
        one, other = values
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            return tuple(joined("+", a, b, line) for a, b in zip(one, other, strict=True))
    if name == "mulvectornumber" and len(values) == 2:
        one, by = values
        if isinstance(one, tuple) and isinstance(by, float):
            return tuple(joined("*", a, by, line) for a in one)
    if name == "sigmoid" and len(values) == 1 and isinstance(score := values[0], Sum):
        return Sigmoid(score)
    if name == "softmax" and len(values) == 1 and isinstance(scores := values[0], tuple):
        found = tuple(x for x in scores if isinstance(x, Sum))
        if len(found) == len(scores) > 1:
            return Softmax(found)
    refuse(line, f"{quoted(name)} gets {', '.join(map(_word, values))}, which is no sum of trees")


def _word(value: Value) -> str:
    match value:
        case float():
            return "a number"
        case str():
            return "a name"
        case Sum():
            return "a score"
        case tuple():
            return f"a list of {len(value)}"
    return "a probability"
