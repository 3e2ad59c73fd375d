"""Probabilities from the rows of a table.

``uniform``: every value of a variable alike. ``independent``: each value as often as in the rows.
``tree``: a tree of dependence, whose leaves say how probable they are and how each variable is
distributed there. ``rows``: the rows themselves, and nothing else is possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from verifier.formats.frame_choices import Distribution
from verifier.formats.frame_continuous import as_dense
from verifier.formats.frame_dependence import dependence
from verifier.formats.frame_kinds import Read
from verifier.formats.frame_points import only_rows
from verifier.formats.frame_runs import runs_from
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, quoted
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.variable import Variable


def weighed(read: Sequence[Read], distribution: Distribution, smoothing: Fraction | None) -> Domain:
    """The domain of the variables, with probabilities from their rows.

    ``smoothing``: so many rows are added that have every value alike (independent, default 0), or
    that are distributed as all rows are (in a leaf of a tree, default 1).
    """
    if distribution is Distribution.UNIFORM:
        return Domain(tuple(r.variable for r in read))
    more = Fraction(0) if smoothing is None else smoothing
    variables = tuple(_with_chances(r, more) for r in read)
    index = np.stack([r.index for r in read], axis=1)
    if distribution is Distribution.TREE:
        return dependence(variables, index, Fraction(1) if smoothing is None else smoothing)
    if distribution is Distribution.ROWS:
        if real := [r.name for r in read if isinstance(r.variable, Continuous)]:
            raise DomainError(
                f"column {quoted(real[0])} is continuous, so single rows have no probability: bin "
                "it, or have the error on the rows stated beside the domain's (rows=, --rows)"
            )
        return only_rows(variables, index)
    return Domain(variables)


def _with_chances(r: Read, smoothing: Fraction) -> AnyVariable:
    v = r.variable
    if isinstance(v, Continuous):
        return as_dense(v, r.index, smoothing)
    if isinstance(v, Ordinal):
        runs = runs_from(r.index, v.whole)
        if smoothing:
            n = len(r.index) + smoothing
            runs = tuple(
                (c, (p * len(r.index) + smoothing * Fraction(c, v.count)) / n) for c, p in runs
            )
        return replace(v, runs=runs)
    assert isinstance(v, Variable)
    counts = np.bincount(r.index, minlength=v.count)
    n, each = len(r.index) + smoothing, smoothing / v.count
    return replace(v, probabilities=tuple((int(c) + each) / n for c in counts))
