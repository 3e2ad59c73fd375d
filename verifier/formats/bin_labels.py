"""Bins of numbers, by their labels: their edges, and which of a table's numbers each holds.

A number of a table is in a bin as float64 compares it with the edges: above one and up to the next.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from fractions import Fraction

from verifier.formats.frame_missing import is_number, may_lack
from verifier.formats.variables import number
from verifier.model.errors import DomainError
from verifier.model.floats import nearest
from verifier.model.variable import Variable

Bins = list[tuple[Fraction | None, Fraction | None]]
"""Bins in order: what their numbers are above, and at most."""
Span = tuple[float, float]
"""What numbers are above, and at most; infinite where there is no edge."""
_NUMBER = r"-?[0-9][^\s]*"
_LABEL = re.compile(
    rf"at most (?P<most>{_NUMBER})|above (?P<above>{_NUMBER})|"
    rf"(?P<low>{_NUMBER}) to (?P<high>{_NUMBER})"
)


def edges_of(labels: Sequence[str]) -> Bins | None:
    """The bins that labels stand for, (above, at most); None where they are no bins in order."""
    bins: Bins = []
    for label in labels:
        found = _LABEL.fullmatch(label)
        if found is None:
            return None
        try:
            low, high = (
                None if text is None else number("", text)
                for text in (found["above"] or found["low"], found["most"] or found["high"])
            )
        except DomainError:
            return None
        if bins and (low is None or low != bins[-1][1]):
            return None
        bins.append((low, high))
    return bins or None


def known_values(v: Variable) -> range:
    """The values that are not missing, of numbers."""
    return range(v.count - may_lack(v))


def bins_of(v: Variable) -> Bins | None:
    """The bins that a variable's values are, by their labels."""
    return edges_of([v.labels[i] for i in known_values(v)])


def joined(v: Variable, chosen: Sequence[int]) -> str | None:
    """Bins side by side, and perhaps the missing value, as one: ``at most 30 or missing``.

    None where these values are no such thing, or all that there are.
    """
    bins = number_bins(v)
    held = [i for i in chosen if i in known_values(v)]
    if bins is None or not held or held != list(range(held[0], held[-1] + 1)):
        return None
    low, high = (_edge_texts(v.labels[i])[end] for end, i in ((0, held[0]), (1, held[-1])))
    if low is None and high is None:
        return None
    upward = f"above {low}" if high is None else f"{low} to {high}"
    span = f"at most {high}" if low is None else upward
    return span if len(held) == len(chosen) else f"{span} or {v.labels[-1]}"


def _edge_texts(label: str) -> tuple[str | None, str | None]:
    """What a bin's label says that its numbers are above, and at most."""
    found = _LABEL.fullmatch(label)
    assert found is not None
    return found["above"] or found["low"], found["most"] or found["high"]


def number_bins(v: Variable) -> Bins | None:
    """The same of a number: labels of categories may look like bins, and are texts in a table."""
    return bins_of(v) if is_number(v) else None


def spans_of(v: Variable) -> tuple[Span, ...] | None:
    """The numbers of a table that each value of a number in bins holds, in order."""
    bins = number_bins(v)
    if bins is None:
        return None
    return tuple(
        (-math.inf if low is None else nearest(low), math.inf if high is None else nearest(high))
        for low, high in bins
    )
