"""A search whose progress is what a test says."""

from __future__ import annotations

from verifier.provers.progress import Progress
from verifier.provers.search import Searching


class Watched(Searching):
    """A search that closed some, and seems to have so many cells before it."""

    held: Progress

    @property
    def open(self) -> int:
        return 1

    def snapshot(self, seconds):
        return self.held
