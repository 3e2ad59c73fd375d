"""How a variable holds a missing value: as its last one, by its label.

Of categories it is one more. A number that may be missing fills two columns: the number and a 0, or
a 0 and a 1 where it is missing.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.formats.frame_columns import MISSING, MISSING_TOO
from verifier.model.ordinal import AnyVariable
from verifier.model.variable import Variable


def missing_of(v: Variable) -> int | None:
    """The value that stands for a missing one."""
    return v.count - 1 if v.count > 1 and v.labels[-1].startswith(MISSING) else None


def null_of(v: AnyVariable) -> int | None:
    """The value of a table's row that has none: of texts one may be called "missing" too."""
    if isinstance(v, Variable) and may_lack(v):
        return v.count - 1
    gone = v.index(MISSING_TOO)
    return v.index(MISSING) if gone is None else gone


def is_number(v: Variable) -> bool:
    """Whether it fills one column with a number, or two with one that may be missing."""
    return v.columns == 1 or may_lack(v)


def may_lack(v: Variable) -> bool:
    """Whether it is a number that may be missing."""
    if v.columns != 2 or missing_of(v) is None:
        return False
    *known, last = v.encoding
    return last == (Fraction(0), Fraction(1)) and all(not row[1] for row in known)
