"""What one can choose where a table is read, by name."""

from __future__ import annotations

from enum import StrEnum

SEPARATORS = "_=.: -"
"""What may stand between the name of a variable and a value's in the names of a one-hot group."""


class Kind(StrEnum):
    """What a column is read as."""

    CATEGORICAL = "categorical"
    VALUES = "values"
    RANGE = "range"
    BINS = "bins"
    CONTINUOUS = "continuous"
    ONE_HOT = "one-hot"


STATED = tuple(kind for kind in Kind if kind is not Kind.ONE_HOT)
"""The kinds that a user may say; one-hot groups are found."""


class Distribution(StrEnum):
    """Where the probabilities come from."""

    UNIFORM = "uniform"
    INDEPENDENT = "independent"
    TREE = "tree"
    ROWS = "rows"
