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
