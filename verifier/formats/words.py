"""Lists of words: how they are shown in messages, and where each word is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def few(words: Sequence[str], most: int = 8) -> str:
    """The first words, separated by commas, and ``...`` where there are more."""
    return ", ".join(words[:most]) + ", ..." * (len(words) > most)


def some(n: int, noun: str) -> str:
    """So many of what is called by a regular noun: 1 row, 2 rows."""
    return f"{n} {noun}" if n == 1 else f"{n:,} {noun}s"


def first_places(words: Iterable[str]) -> dict[str, int]:
    """Where each word is first: of 100,000 columns a search for each would take a minute."""
    found: dict[str, int] = {}
    for i, word in enumerate(words):
        found.setdefault(word, i)
    return found
