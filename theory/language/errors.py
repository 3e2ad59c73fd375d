"""The one family of errors that `theory` raises.

Every message is one line: what is wrong, where, and the remedy.
"""

from __future__ import annotations


class TheoryError(ValueError):
    """A bad parameter, an unknown theorem, or a quantity that cannot be decided."""


class PrecisionError(TheoryError):
    """A quantity that the present precision does not decide; more bits may."""


class DerivationError(TheoryError):
    """A step of a derivation that its rule does not accept."""


def short(n: int) -> str:
    """An integer for a message: its digits, or its size."""
    return str(n) if n.bit_length() <= 100 else f"about 2^{n.bit_length() - 1}"
