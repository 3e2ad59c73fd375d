"""What the sums of Sandwiches know of a domain's numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.choices import Floats
from verifier.model.domain import Domain
from verifier.model.floats import nearest
from verifier.model.ordinal import Ranged

EXACT = 1 << 10
"""Where the encodings' denominator is less, coefficients of ordinals are rounded to bins."""


@dataclass(frozen=True, eq=False)
class Grid:
    """What is known of the domain's numbers: the widest range of an ordinal, and its columns.

    ``whole`` is what all differences in a categorical variable's column are multiples of, 1 or 2,
    or 0; ``step`` what one value of an ordinal adds to its column, in units of which there are
    ``unit`` in 1; 0 for others.
    """

    widest: float
    whole: Ints
    step: Floats
    unit: float


def grid_of(asked: Asked) -> Grid:
    """That of the question's domain."""
    domain, table = asked.domain, asked.table
    step, unit = np.zeros(domain.columns), 0.0
    if table is not None and domain.denominator < EXACT:
        step[table.columns] = table.step
        unit = float(domain.denominator)
    return Grid(_ranges(domain), _whole_columns(domain), step, unit)


def _ranges(domain: Domain) -> float:
    """The largest difference of a range's numbers, or 4."""
    own = [nearest(v.ends[1] - v.ends[0]) for v in domain.variables if isinstance(v, Ranged)]
    return max([4.0, *own])


def _whole_columns(domain: Domain) -> Ints:
    """For the columns of variables of few whole numbers what all their differences are multiples
    of, 1 or 2; 0 for others. There a coefficient can be made a multiple of the bin."""
    found = np.zeros(domain.columns, dtype=np.int64)
    for v, start in zip(domain.variables, domain.offsets, strict=True):
        if isinstance(v, Ranged):
            continue
        for j in range(v.columns):
            numbers = {row[j] for row in v.encoding}
            if len(numbers) > 3:
                continue
            differences = {x - min(numbers) for x in numbers}
            if differences <= {0, 1, 2}:
                found[start + j] = 2 if differences <= {0, 2} else 1
    return found
