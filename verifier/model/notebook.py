"""Values that show themselves, in a notebook or as text."""

from __future__ import annotations

from importlib import import_module


class Shown:
    """What a notebook draws, or a line: how is up to ``verifier.reports``, imported when asked."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        html: str = import_module("verifier.reports.notebook").html(self)
        return html

    def __repr__(self) -> str:
        return str(import_module("verifier.reports.notebook").line(self))


class Told:
    """What prints as a line of decimals, and not as a record of fractions."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(import_module("verifier.jobs.bounds").sampled_words(self))
