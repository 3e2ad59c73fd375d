"""How lists are shown in messages."""

from __future__ import annotations

from collections.abc import Sequence


def few(words: Sequence[str], most: int = 8) -> str:
    """The first words, separated by commas, and ``...`` where there are more."""
    return ", ".join(words[:most]) + ", ..." * (len(words) > most)
