"""Columns of a table as continuous variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10
from typing import Any

import numpy as np

from verifier.formats.frame_bins import quantile_edges
from verifier.formats.frame_columns import Codes, Column, refuse, text_of
from verifier.formats.frame_runs import RUNS
from verifier.formats.variables import number
from verifier.formats.words import some
from verifier.model.continuous import Continuous, Run

SHARE = 1000
"""Ends of an interval that nobody gives are multiples of a power of ten: the next one below this
share of what lies between the least and the greatest number."""


def interval_of(c: Column, ends: Sequence[Any] | None) -> tuple[Continuous, Codes]:
    """The interval that a column's numbers lie in, cut into parts of about as many rows each.

    ``ends`` are its ends; else they are round numbers: one below the least number, as no interval
    holds its own beginning, and one not below the greatest. Returned with the piece of each row.
    Raises DomainError.
    """
    if not c.numeric or len(c.values) < 2:
        refuse(c.name, "is no interval: it holds texts, or one number")
    if c.missing:
        refuse(
            c.name,
            f"lacks {some(c.missing, 'value')}, so it is no interval: bin it, or fill them in",
        )
    held = [number(f"column {c.name}", x) for x in (c.values[0], c.values[-1])]
    if ends is None:
        unit = _unit(held[1] - held[0])
        first, last = (ceil(held[0] / unit) - 1) * unit, ceil(held[1] / unit) * unit
    else:
        if isinstance(ends, str) or len(ends) != 2:
            refuse(c.name, "is to be continuous: its interval is (from, to)")
        first, last = (number(f"column {c.name}: an end of the interval", x) for x in ends)
        if first >= last:
            refuse(c.name, f"has an interval from {first} to {last}: give the lower end first")
    for x, at in zip(held, (0, len(c.values) - 1), strict=True):
        if not first < x <= last:
            row = int(np.flatnonzero(c.codes == at)[0]) + 1
            refuse(
                c.name,
                f"is {text_of(c.values[at])} in row {row}, which is not above {first} and at most "
                f"{last}: give an interval that holds it",
            )
    edges = quantile_edges(c, RUNS)
    cuts = [first, *(number(c.name, x) for x in edges), last]
    lengths = [b - a for a, b in pairwise(cuts) if a < b]
    runs = tuple(Run(1, length, length / (last - first)) for length in lengths)
    piece = np.searchsorted(np.array(edges), c.floats(), side="left")
    return Continuous(c.name, first, runs), piece[c.codes]


def _unit(width: Fraction) -> Fraction:
    """The power of ten that round ends of an interval of about this width are multiples of."""
    share = width / SHARE  # may be no float
    unit = Fraction(10) ** floor(log10(share.numerator) - log10(share.denominator))
    return unit if SHARE * unit <= width else unit / 10


def as_dense(v: Continuous, index: Codes, smoothing: Fraction) -> Continuous:
    """The variable with a density that gives each piece the share of rows that are in it.

    ``smoothing`` rows more are spread by length.
    """
    counts = np.bincount(index, minlength=v.count)
    n, whole = len(index) + smoothing, v.last - v.first
    return replace(
        v,
        runs=tuple(
            Run(1, run.length, (int(k) + smoothing * run.length / whole) / n)
            for k, run in zip(counts, v.runs, strict=True)
        ),
    )
