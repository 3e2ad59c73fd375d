"""How a variable holds a missing value: by its label.

Of categories it is one more. A number that may be missing fills two columns: the number and a 0, or
a 0 and a 1 where it is missing.
"""

from __future__ import annotations

from fractions import Fraction

from verifier.formats.frame_columns import BEHIND, MISSING, text_of
from verifier.model.ordinal import AnyVariable
from verifier.model.variable import Variable


def missing_of(v: AnyVariable) -> int | None:
    """The value that stands for a missing one: a row of a table that has none."""
    # older files call it so where a text of the column is "missing"
    older = v.index(f"{MISSING} (no value)")
    return v.index(MISSING) if older is None else older


def value_of(v: AnyVariable, text: str) -> int | None:
    """The value that a text of a table is; one of a domain written by hand may be called so."""
    label = text_of(text)
    at = v.index(label)
    return v.index(BEHIND.get(label, label)) if at is None else at


def is_number(v: Variable) -> bool:
    """Whether it fills one column with a number, or two with one that may be missing."""
    return v.columns == 1 or may_lack(v)


def may_lack(v: Variable) -> bool:
    """Whether it is a number that may be missing."""
    if v.columns != 2 or missing_of(v) != v.count - 1:
        return False
    *known, last = v.encoding
    return last == (Fraction(0), Fraction(1)) and all(not row[1] for row in known)
