"""Exported SQL read back, without the writer's help: the tests and classes in pre-order.

A node is a class, a ``Test`` of x0, x1, ..., or ``Sides`` of a named column. What the values of a
domain's variable are that a side lets through is told by ``values_of`` and ``threshold_of``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from verifier.formats.bin_labels import spans_of
from verifier.formats.export_reading import Test, preorder, strange
from verifier.formats.frame_missing import missing_of, value_of
from verifier.model.errors import TreeError, quoted
from verifier.model.variable import Variable

Ends = tuple[float, float]
"""Above the first and at most the second."""


@dataclass(frozen=True)
class Side:
    """What a condition lets through: these labels, the numbers of these spans, and NULL or not."""

    labels: frozenset[str] = frozenset()
    spans: tuple[Ends, ...] = ()
    null: bool = False


@dataclass(frozen=True)
class Sides:
    """Left iff the column of this name holds what one side has, right iff what the other has."""

    name: str
    left: Side
    right: Side


Node = int | Test | Sides
Condition = tuple[int | str, Side]
"""Of the column x0, x1, ... of this number, or of the one of this name."""

_COMMENT = re.compile(r"\s*/\*(?![A-Z]?[!+])(?:(?!/\*|\*/).)*\*/", re.DOTALL | re.ASCII)
_TOKEN = re.compile(
    r"\s*(?:(?P<test>CASE WHEN|WHEN) |(?P<end>END)(?=\s)|(?P<leaf>\d{1,9})(?=\s))", re.ASCII
)
_NAME = r'"(?P<name>(?:[^"]|"")+)"'
_LABEL = r"'(?:[^']|'')*'"
_PART = re.compile(
    rf"{_NAME} (?:IS (?P<null>NULL|NOT NULL)|IN \((?P<labels>{_LABEL}(?:, {_LABEL})*)\))", re.DOTALL
)
_BOUND = re.compile(
    rf"CAST\((?:x(?P<column>\d{{1,9}})|{_NAME}) AS DOUBLE PRECISION\) (?P<how><=|>) "
    r"(?P<number>[-+.e\d]+)",
    re.DOTALL | re.ASCII,
)


def sql(text: str) -> list[Node]:
    """The CASE expression; both conditions of a test must be about one column."""
    nodes: list[tuple[str, Node]] = []
    pending: list[tuple[int, Condition]] = []  # tests whose second condition is still to come
    at, end = 0, len(text.rstrip())
    while at < end:
        if found := _COMMENT.match(text, at):
            at = found.end()
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            raise strange(text[at : at + 40])
        at = found.end()
        if found["test"]:
            condition, at = _condition(text, at)
            if found["test"] == "CASE WHEN":
                pending.append((len(nodes), condition))
                nodes.append(("test", 0))
                continue
            if not pending:
                raise strange("a WHEN outside of a CASE")
            first, other = pending.pop()
            nodes[first] = "test", _both(other, condition)
            nodes.append(("otherwise", 0))
        else:
            nodes.append(("end", 0) if found["end"] else ("leaf", int(found["leaf"])))
    if pending:
        raise strange("a CASE of one condition")
    return preorder(nodes)


def _condition(text: str, at: int) -> tuple[Condition, int]:
    """The condition that begins at a place of the text, and where what follows THEN begins."""
    several = text.startswith("(", at)
    parts: list[Condition] = []
    at += several
    while True:
        part, at = _part(text, at)
        parts.append(part)
        if not (several and text.startswith(" OR ", at)):
            break
        at += len(" OR ")
    close = ") THEN" if several else " THEN"
    if not text.startswith(close, at) or not text[at + len(close) :][:1].isspace():
        raise strange(text[at : at + 40])
    names = {name for name, _ in parts}
    if len(names) > 1:
        raise strange("a condition of two columns")
    sides = [side for _, side in parts]
    whole = Side(
        frozenset(label for side in sides for label in side.labels),
        tuple(span for side in sides for span in side.spans),
        any(side.null for side in sides),
    )
    return (parts[0][0], whole), at + len(close)


def _part(text: str, at: int) -> tuple[Condition, int]:
    """One of the conditions that are joined by OR."""
    if found := _PART.match(text, at):
        name = found["name"].replace('""', '"')
        if found["null"]:
            every = Side(spans=((-math.inf, math.inf),))
            return (name, Side(null=True) if found["null"] == "NULL" else every), found.end()
        labels = (label[1:-1].replace("''", "'") for label in re.findall(_LABEL, found["labels"]))
        return (name, Side(frozenset(labels))), found.end()
    return _span(text, at)


def _span(text: str, at: int) -> tuple[Condition, int]:
    """One bound, or a lower one AND an upper one, of a column's number."""
    name, how, number, at = _bound(text, at)
    if how == "<=":
        return (name, Side(spans=((-math.inf, number),))), at
    if not text.startswith(" AND ", at):
        return (name, Side(spans=((number, math.inf),))), at
    other, how, upper, at = _bound(text, at + len(" AND "))
    if other != name or how != "<=":
        raise strange("two bounds that make no span")
    return (name, Side(spans=((number, upper),))), at


def _bound(text: str, at: int) -> tuple[int | str, str, float, int]:
    found = _BOUND.match(text, at)
    if found is None:
        raise strange(text[at : at + 40])
    name = int(found["column"]) if found["column"] else found["name"].replace('""', '"')
    return name, found["how"], _literal(found["number"]), found.end()


def _literal(text: str) -> float:
    """A number as float64 has it."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", text):
        raise strange(text)
    number = float(text)
    if math.isinf(number):
        raise strange(text)
    return number


def _both(first: Condition, second: Condition) -> Node:
    """The test that sends left what is of the first condition, right what is of the second."""
    (name, left), (other, right) = first, second
    if name != other:
        raise strange("a CASE whose conditions do not belong together")
    if isinstance(name, str):
        return Sides(name, left, right)
    threshold = threshold_of(Sides("", left, right))
    if threshold is None:
        raise strange("a CASE whose conditions do not belong together")
    return Test(name, Fraction(threshold))


def threshold_of(test: Sides) -> float | None:
    """The number up to which all numbers go left, where all others go right, and nothing else."""
    if len(test.left.spans) != 1:
        return None
    high = test.left.spans[0][1]
    plain = test.left == Side(spans=((-math.inf, high),))
    return high if plain and test.right == Side(spans=((high, math.inf),)) else None


def goes_left(test: Sides, v: Variable) -> list[bool]:
    """Which of a variable's values go left.

    Raises TreeError unless each value goes to one side, and a side has nothing else.
    """
    left, right = (_values(side, v) for side in (test.left, test.right))
    if left & right or len(left | right) < v.count:
        raise TreeError(f"the values of {quoted(v.name)} are not the domain's, once each")
    return [i in left for i in range(v.count)]


def _values(side: Side, v: Variable) -> set[int]:
    """The values that a condition lets through. Raises TreeError for what is none of them."""
    found = [value_of(v, text) for text in side.labels]
    found += [missing_of(v)] if side.null else []
    known = {i for i in found if i is not None}
    if None in found:
        raise TreeError(f"the labels of {quoted(v.name)} are not the domain's, once each")
    if not side.spans:
        return known
    bins = spans_of(v)
    if bins is None:
        raise TreeError(f"its column {quoted(v.name)} holds no numbers of the domain")
    edges = {edge for span in bins for edge in span}
    if not edges.issuperset(end for span in side.spans for end in span):
        raise TreeError(f"it parts the bins of {quoted(v.name)} otherwise than the domain")
    return known | _inside(side.spans, bins)


def _inside(spans: Sequence[Ends], bins: Sequence[Ends]) -> set[int]:
    """The bins that lie inside of spans, whose ends are edges of bins."""
    return {
        i
        for i, (low, high) in enumerate(bins)
        if any(least <= low and high <= most for least, most in spans)
    }
