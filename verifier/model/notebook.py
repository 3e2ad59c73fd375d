"""Values that show themselves in a notebook."""

from __future__ import annotations

from importlib import import_module


class Shown:
    """What a notebook draws: how is the matter of ``verifier.reports``, imported when asked."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        html: str = import_module("verifier.reports.notebook").html(self)
        return html
