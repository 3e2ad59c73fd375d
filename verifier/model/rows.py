"""The rows of a table as points of a domain."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.cell import Point


@dataclass(frozen=True)
class Rows:
    """Points of a domain, each once and in increasing order, and how many rows each of them is."""

    points: tuple[Point, ...]
    times: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return sum(self.times)
