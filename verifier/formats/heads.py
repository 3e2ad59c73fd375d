"""From a network's output to a class: what the graph shows, what the user asked for, what is usual.

The usual reading, where nothing is shown or asked: one output is a logit, class 1 iff it is greater
than 0; of several the largest decides. A Network's ``head`` records which of the three it was.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats import decisions, operators
from verifier.formats.graph import Graph, Label, Probability, Signal, Value, finish, refuse
from verifier.formats.quantised import is_never_negative
from verifier.formats.shapes import plain
from verifier.model.errors import NetworkError, quoted
from verifier.model.floats import nearest
from verifier.model.head import KINDS, Head
from verifier.model.network import Network
from verifier.reading.json_text import exact_number

_HALF = Fraction(1, 2)
MOST_LABELS = 1 << 16


@dataclass(frozen=True)
class Asked:
    """What the user says of the output (``--head``, ``--threshold``); None: nothing.

    Raises NetworkError for what contradicts itself.
    """

    kind: str | None = None
    threshold: Fraction | None = None

    def __post_init__(self) -> None:
        if self.kind is not None and self.kind not in KINDS:
            raise NetworkError(
                f"there is no head {quoted(self.kind)}: heads are {', '.join(KINDS)}"
            )
        if self.kind == "label" and self.threshold is not None:
            raise NetworkError(
                "a label is a class already, with nothing to compare: leave the threshold out, "
                "or say what the output is (logit, probability, regression)"
            )
        if self.kind == "regression" and self.threshold is None:
            raise NetworkError(
                "a predicted number is no class by itself: give the threshold above which it is "
                "class 1"
            )
        inside = self.threshold is None or 0 < self.threshold < 1
        if self.kind == "probability" and not inside:
            raise NetworkError(
                f"the threshold of a probability must lie between 0 and 1, not be {self.threshold}"
            )


NOTHING = Asked()
Number = Fraction | int | float | str
"""A threshold: exact, a float being the number that it holds, a text that which it shows."""


def asked_for(head: str | None, threshold: Number | None) -> Asked:
    """What a caller in Python asks for; raises NetworkError where it is no number."""
    if threshold is None:
        return Asked(head)
    try:
        if isinstance(threshold, str):
            return Asked(head, exact_number(threshold))
        if not isinstance(threshold, bool):
            return Asked(head, Fraction(threshold))
    except (ValueError, OverflowError, TypeError) as problem:
        if isinstance(problem, NetworkError):
            raise
    raise NetworkError(f"the threshold {quoted(threshold)} is not a number: give 0.3 or 3/10")


def conclude(
    graph: Graph,
    output: Value | None,
    where: str,
    asked: Asked = NOTHING,
    names: Sequence[Any] = (),
    shown: bool = False,
) -> Network:
    """The Network that gives the class which ``output`` stands for.

    ``names`` are the classes' labels where the format lists them, ``shown`` says that the format
    itself states that a plain output is a logit. Raises NetworkError where what is asked
    contradicts what the graph shows.
    """
    if isinstance(output, Label):
        _check_kind(asked, "label", output.where, where)
        return _finish_label(graph, output, where, label_names(names))
    if isinstance(output, Probability):
        result, head = _of_probability(graph, output, where, asked)
    elif isinstance(output, Signal):
        result, head = _of_numbers(graph, plain(output, where), where, asked, shown)
    else:
        return finish(graph, output, where)
    return finish(graph, result, where, head, label_names(names))


def _check_kind(asked: Asked, kind: str, shown_by: str, where: str) -> None:
    if asked.kind not in (None, kind) or (kind == "label" and asked.threshold is not None):
        word = asked.kind or "anything with a threshold"
        refuse(
            where,
            f"it is a {kind} ({shown_by}), not {word}: leave --head and --threshold out",
        )


def _finish_label(graph: Graph, label: Label, where: str, stated: tuple[str, ...]) -> Network:
    logits, values = replace(label.logits, dropped=()), label.values
    if values == (1, 0):
        logits, values = _swapped(graph, logits), (0, 1)
    names = label_names(values)
    if values == tuple(range(len(values))) and not label.named:
        names = stated
    if stated and stated != names:
        refuse(where, "the file's metadata calls the classes otherwise than its labels do")
    if len(set(names)) != len(names):
        refuse(where, f"two of its labels are the same ({', '.join(names[:8])}): name them apart")
    return finish(graph, logits, where, Head("label", None, "shown"), names)


def _swapped(graph: Graph, logits: Signal) -> Signal:
    """One logit that is positive iff the class of ``logits`` is 0, ties included.

    That is where z <= 0 for the one logit z, or the difference z of the two.
    """
    z = logits
    if logits.width == 2:
        z = operators.affine(graph, logits, np.array([[-1.0, 1.0]]), None, "the label")
    sign = operators.sign(graph, operators.scale(graph, z, -1.0))
    return operators.scale(graph, sign, shift=0.5)


def _of_probability(
    graph: Graph, output: Probability, where: str, asked: Asked
) -> tuple[Signal, Head]:
    """The logit of one column or of two, of which a threshold is for the second."""
    if asked.kind in ("regression", "label"):
        _check_kind(asked, "probability", output.where, where)
    if len(output.columns) > 2:
        refuse(where, "it has more than two columns made of one probability: drop them")
    if len(output.columns) == 2 and asked.threshold is None:
        logit = decisions.more_likely(graph, output, where)
        return logit, Head("probability", _HALF, "shown")
    if asked.kind == "logit":
        if output.columns != ((Fraction(0), Fraction(1)),):
            refuse(where, "its probability is changed after the Sigmoid: leave --head out")
        threshold = asked.threshold or Fraction(0)
        head = Head("logit", threshold, "shown" if not threshold else "asked")
        return above(graph, output.logit, threshold, where), head
    threshold = _HALF if asked.threshold is None else asked.threshold
    if not 0 < threshold < 1:
        refuse(where, f"it is a probability ({output.where}): {threshold} is not between 0 and 1")
    logit = decisions.above_probability(graph, output, threshold, where)
    origin = "shown" if asked.threshold is None else "asked"
    return logit, Head("probability", threshold, origin)


def _of_numbers(
    graph: Graph, output: Signal, where: str, asked: Asked, shown: bool
) -> tuple[Signal, Head]:
    """Plain outputs, or several after a Softmax or the like, which keeps their order."""
    if asked.kind == "label":
        refuse(
            where,
            "it is a number, not a label: say what it is (--head logit, probability or "
            "regression) and where class 1 begins (--threshold)",
        )
    if output.width > 1:
        softmax = {step for step, _ in output.dropped} == {"Softmax"}
        if (
            output.width == 2
            and softmax
            and asked.kind in (None, "probability")
            and asked.threshold
        ):
            return _of_two(graph, output, asked.threshold, where)
        if asked.threshold is not None or asked.kind == "regression":
            refuse(
                where,
                f"it has {output.width} columns, of which the largest decides: a threshold is "
                "for one",
            )
        if output.dropped:
            if asked.kind is None and {step for step, _ in output.dropped} != {"Sigmoid"}:
                return output, Head("probability", None, "shown")
            return output, Head("probability", None, "asked" if asked.kind else "assumed")
        origin = "asked" if asked.kind else "shown" if shown else "assumed"
        return output, Head(asked.kind or "logit", None, origin)
    kind = asked.kind or "logit"
    usual = _HALF if kind == "probability" else Fraction(0)
    threshold = usual if asked.threshold is None else asked.threshold
    nothing = asked.kind is None and asked.threshold is None
    if nothing and not shown and is_never_negative(output):
        refuse(
            where,
            "it is quantised and never below 0, as a probability is and no logit is: say what it "
            "is (--head probability, or logit)",
        )
    origin = "asked" if not nothing else "shown" if shown else "assumed"
    return above(graph, output, threshold, where), Head(kind, threshold, origin)


def _of_two(graph: Graph, x: Signal, threshold: Fraction, where: str) -> tuple[Signal, Head]:
    """Class 1 where the second of two probabilities of a Softmax is greater than the threshold."""
    if not 0 < threshold < 1:
        refuse(where, f"it is a probability (a Softmax): {threshold} is not between 0 and 1")
    logits = replace(x, dropped=())
    z = operators.affine(graph, logits, np.array([[-1.0, 1.0]]), None, where)
    head = Head("probability", threshold, "asked")
    return decisions.above_logit(graph, z, threshold, where), head


def above(graph: Graph, x: Signal, threshold: Fraction, where: str) -> Signal:
    """One number that is positive iff ``x`` is greater than the threshold: nothing rounds.

    For p/q that is ``x - p/q`` if it is a float64 number, else ``q x - p``.
    """
    if not threshold:
        return x
    whole = nearest(threshold)
    top, bottom = nearest(threshold.numerator), nearest(threshold.denominator)
    if math.isinf(whole) or math.isinf(top) or math.isinf(bottom):
        refuse(where, "the threshold is beyond the range of floats: give a smaller one")
    if Fraction(whole) == threshold:
        return operators.scale(graph, x, shift=-whole)
    if Fraction(top) / Fraction(bottom) != threshold:
        refuse(where, f"the threshold {quoted(threshold)} has too many digits for floats: round it")
    return operators.scale(graph, x, bottom, shift=-top)


def label_names(labels: Sequence[Any]) -> tuple[str, ...]:
    """Class labels as names: whole numbers without a point, anything else as it prints.

    Raises NetworkError for labels that could not be told apart or printed.
    """
    if len(labels) > MOST_LABELS:
        raise NetworkError(f"there are {len(labels)} class labels: at most {MOST_LABELS} are read")
    names = []
    for label in labels:
        plain = label.item() if isinstance(label, np.generic) else label
        if isinstance(plain, float) and plain.is_integer():
            plain = int(plain)
        name = plain.decode("utf-8", "replace") if isinstance(plain, bytes) else str(plain)
        if not name or not name.isprintable():
            raise NetworkError(
                f"the class label {quoted(name)} is not one line of printable text: rename it"
            )
        names.append(name)
    return tuple(names)
