"""How lists are shown in messages."""

from __future__ import annotations

from collections.abc import Sequence


def few(words: Sequence[str], most: int = 8) -> str:
    """The first words, separated by commas, and ``...`` where there are more."""
    return ", ".join(words[:most]) + ", ..." * (len(words) > most)


def some(n: int, noun: str) -> str:
    """So many of what is called by a regular noun: 1 row, 2 rows."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
