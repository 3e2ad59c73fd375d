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
MOST_RUNS = 3
"""Runs of bins that are named one by one."""
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
    """Bins side by side as one, and perhaps the missing value: ``at most 18 or above 65``.

    None where these are no bins, too many runs of them, or all that there are.
    """
    if number_bins(v) is None:
        return None
    known = known_values(v)
    runs: list[list[int]] = []
    for i in (i for i in chosen if i in known):
        if runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        else:
            runs.append([i])
    if not 0 < len(runs) <= MOST_RUNS or len(runs[0]) == len(known):
        return None
    spans = [_span(v.labels[run[0]], v.labels[run[-1]]) for run in runs]
    return " or ".join([*spans, *(v.labels[i] for i in chosen if i not in known)])


def _span(first: str, last: str) -> str:
    """The bins from one to another in words: they are not all."""
    low, high = _edge_texts(first)[0], _edge_texts(last)[1]
    upward = f"above {low}" if high is None else f"{low} to {high}"
    return f"at most {high}" if low is None else upward


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
