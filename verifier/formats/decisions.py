"""The last steps of a network, from logits to probabilities and classes, as far as they are exact.

``where`` names the operator in error messages; every function raises NetworkError.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import flint

from verifier.formats.exact import Array
from verifier.formats.graph import (
    ConstantValue,
    Graph,
    Label,
    Probability,
    Signal,
    Value,
    constant,
    refuse,
    signal,
)
from verifier.formats.operators import arithmetic as plain_arithmetic
from verifier.formats.operators import row_of, scale
from verifier.formats.shapes import groups_along, joined, largest, plain, totals
from verifier.formats.smooth import ONE_LOGIT, ORDER, left_out, solid
from verifier.model.errors import quoted
from verifier.model.floats import nearest

FLAT = "Squeeze"
"""What is noted of a single column that became a list of numbers."""


def flat(x: Signal, where: str) -> Signal:
    """A single column as a list of numbers: only a decision may follow."""
    return replace(x, dropped=(*x.dropped, (FLAT, where)))


def as_list(value: Value, where: str) -> Value:
    """A row of shape [] is one number: a list [N], which only a decision may follow."""
    if isinstance(value, Signal) and not value.shape:
        return flat(replace(value, shape=(1,)), where)
    return value


def reduced(
    graph: Graph, x: Signal, axes: Sequence[int], kind: str, keep: bool, where: str
) -> Value:
    """The sum, mean, max or min over axes of the row."""
    groups, shape = groups_along(x, axes, where)
    kept = shape if keep else tuple(n for a, n in enumerate(shape) if a not in axes)
    if kind in ("sum", "mean"):
        divisor = float(groups.shape[1]) if kind == "mean" else 1.0
        return as_list(totals(graph, x, groups, kept, where, divisor), where)
    sign = 1.0 if kind == "max" else -1.0
    found = largest(graph, scale(graph, x, sign), groups, kept, where)
    return as_list(scale(graph, found, sign), where)


def column(value: Signal) -> Signal:
    """A list of numbers as a single column."""
    return replace(value, shape=(1,), dropped=())


def activations(value: Value | None, where: str) -> Signal:
    """``value`` as a Signal; a list of numbers has rows of shape ()."""
    if isinstance(value, Signal) and value.dropped and {s for s, _ in value.dropped} == {FLAT}:
        return replace(value, shape=(), dropped=())
    return signal(value, where)


def _column(value: Value | None) -> Value | None:
    """A single column, whether or not it became a list."""
    if isinstance(value, Signal) and value.dropped and {s for s, _ in value.dropped} == {FLAT}:
        return column(value)
    return value


def drop_final(graph: Graph, x: Value | None, operator: str, where: str) -> Value:
    """Leave out a final Sigmoid, Softmax, LogSoftmax or ArgMax (first of equals) over the columns.

    Each keeps the class: the operators are strictly increasing in every logit's rank over the
    reals, and sigmoid(z) > 1/2 iff z > 0. Over one column the others are constant, so refused.
    """
    x = _column(x)
    if isinstance(x, ConstantValue) or x is None:
        refuse(where, "it takes the network's activations, but is given constants")
    if isinstance(x, Label):
        refuse(where, f"it follows {x.where}, which is supported only as the last step")
    if isinstance(x, Signal):
        plain(x, where)
    if isinstance(x, Probability):
        if operator == "ArgMax" and len(x.columns) == 2:
            return Label(more_likely(graph, x, where), (0, 1), where)
        refuse(where, f"{operator} of one column's probability ({x.where}): drop it")
    if x.width == 1 and (operator != "Sigmoid" or x.dropped):
        refuse(where, f"{operator} over one column gives every input the same class: drop it")
    graph.note(left_out(where, operator, ONE_LOGIT if x.width == 1 else ORDER))
    if x.width == 1:
        return Probability(x, ((Fraction(0), Fraction(1)),), where)
    if operator == "ArgMax":
        return Label(replace(x, dropped=()), tuple(range(x.width)), where)
    return replace(x, dropped=(*x.dropped, (operator, where)))


def more_likely(graph: Graph, x: Probability, where: str) -> Signal:
    """One logit that is positive iff the second of two columns is greater than the first."""
    (a, b), (c, d) = x.columns
    return _cut(graph, x, c - a, d - b, where)


def above_probability(graph: Graph, x: Probability, threshold: Fraction, where: str) -> Signal:
    """One logit that is positive iff the last column is greater than the threshold."""
    shift, factor = x.columns[-1]
    return _cut(graph, x, shift - threshold, factor, where)


def _cut(graph: Graph, x: Probability, shift: Fraction, factor: Fraction, where: str) -> Signal:
    """One logit that is positive iff ``shift + factor p > 0``."""
    threshold = -shift / factor if factor else Fraction(0)
    if not 0 < threshold < 1:
        refuse(where, f"it compares a probability ({x.where}) with a number that it never crosses")
    rising = above_logit(graph, x.logit, threshold, where)
    return rising if factor > 0 else scale(graph, rising, -1.0)


def above_logit(graph: Graph, z: Signal, p: Fraction, where: str) -> Signal:
    """``z - ln(p / (1 - p))``, exact where p is 1/2.

    At every other rational p the logarithm is transcendental (Lindemann), and is rounded to the
    nearest float64 number; a note records it.
    """
    if p == Fraction(1, 2):
        return z
    with flint.ctx.workprec(256):
        logit = flint.arb(flint.fmpq(p.numerator, p.denominator - p.numerator)).log()
        units = (logit * 2**200).floor().unique_fmpz()
    if units is None:
        refuse(where, f"the probability {quoted(p)} has too many digits: round it")
    shift = nearest(Fraction(int(units), 2**200))
    graph.note(
        f"{where}: a probability is greater than {p} where the logit is greater than "
        f"ln({p / (1 - p)}), which is rounded to float64 ({shift!r}); the network with that number "
        "is what is proved"
    )
    return scale(graph, z, shift=-shift)


def arithmetic(graph: Graph, operator: str, a: Value | None, b: Value | None, where: str) -> Value:
    """Add, Sub, Mul or Div, elementwise and broadcast, of activations or of one probability."""
    if isinstance(a, Probability) and isinstance(b, ConstantValue):
        return probability_arithmetic(operator, a, constant(b, where, "operand"), False, where)
    if isinstance(b, Probability) and isinstance(a, ConstantValue):
        return probability_arithmetic(operator, b, constant(a, where, "operand"), True, where)
    left, right = (x if isinstance(x, ConstantValue) else solid(graph, x, where) for x in (a, b))
    return plain_arithmetic(graph, operator, left, right, where)


def probability_arithmetic(
    operator: str, x: Probability, numbers: Array, reverse: bool, where: str
) -> Probability:
    """Add, Sub, Mul or Div of a probability and constants (on the left if ``reverse``)."""
    row = [Fraction(float(v)) for v in row_of(numbers, len(x.columns), where)]
    columns = []
    for (a, b), c in zip(x.columns, row, strict=True):
        if operator == "Add":
            columns.append((a + c, b))
        elif operator == "Sub":
            columns.append((c - a, -b) if reverse else (a - c, b))
        elif operator == "Mul":
            columns.append((a * c, b * c))
        elif reverse or not c:
            refuse(where, "it divides by zero or by a probability")
        else:
            columns.append((a / c, b / c))
    return Probability(x.logit, tuple(columns), x.where)


def concatenated(graph: Graph, parts: Sequence[Value | None], axis: int, where: str) -> Value:
    """Several values side by side along an axis of the row (0: the first after N)."""
    held = [p for p in parts if isinstance(p, Probability)]
    if len(held) == len(parts) and len({p.logit for p in held}) == 1:
        columns = tuple(c for p in held for c in p.columns)
        return Probability(held[0].logit, columns, held[0].where)
    return joined(graph, [solid(graph, p, where) for p in parts], axis, where)


def compared(graph: Graph, operator: str, a: Value | None, b: Value | None, where: str) -> Label:
    """Greater, Less, GreaterOrEqual or LessOrEqual of one column with another or a constant.

    Class 1 (true) iff it holds. ``x >= c`` is the negation of ``c > x``.
    """
    if operator in ("Less", "LessOrEqual"):
        return compared(graph, operator.replace("Less", "Greater"), b, a, where)
    if operator == "GreaterOrEqual":  # also where b is the activations
        return replace(compared(graph, "Greater", b, a, where), values=(1, 0))
    lists = [bool(x.dropped) for x in (a, b) if isinstance(x, Signal)]
    if len(set(lists)) > 1:
        refuse(where, "it compares a column with a list, each number with each other one")
    a, b = _column(a), _column(b)
    if isinstance(a, Probability) or isinstance(b, Probability):
        p, other, reverse = (a, b, False) if isinstance(a, Probability) else (b, a, True)
        assert isinstance(p, Probability)
        row = constant(other, where, "other operand")
        less = probability_arithmetic("Sub", p, row, reverse, where)
        if len(less.columns) != 1:
            refuse(where, f"it compares {len(less.columns)} columns: one is supported")
        ((shift, factor),) = less.columns
        logit = _cut(graph, p, shift, factor, where)
    else:
        difference = plain_arithmetic(graph, "Sub", a, b, where)
        logit = signal(difference, where)
        if logit.width != 1:
            refuse(where, f"it compares {logit.width} columns: one is supported")
    return Label(logit, (0, 1), where, named=True)
