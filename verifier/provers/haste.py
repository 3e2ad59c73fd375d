"""Whether the most probable cells are closed first, or one part of the domain after the other.

By their probability few cells hold most of it, and are closed soon. But all of it is closed sooner
one part after the other: of large cells, which trees of signs close whole, whereas in haste they
are split before it is known what those can do. So a search begins part by part, and goes on so as
long as it seems that all will be closed, and checked, in time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

FIRST, LATEST = 0.25, 0.5
"""Shares of the time in which such a search is expected to end: after the first it is asked for the
first time what it will close; after the second also if too little is known."""
KNOWN = 1 << 15
"""Nodes of a proof from which on it is known whether trees of signs help."""
EVERY = 0.1
"""Seconds between two looks."""

Mark = tuple[float, float]
"""A time, and the probability that was closed by then."""


@dataclass(eq=False)
class Trial:
    """A search that has ``begun`` to close one part after the other, and ends for nothing before
    ``least``. Speed is told from the ``earlier`` of two marks on: after half of the time that has
    passed, or sooner.
    """

    begun: float
    least: float
    earlier: Mark = field(init=False)
    later: Mark = field(init=False)
    next: float = field(init=False)

    def __post_init__(self) -> None:
        self.earlier = self.later = self.begun, 0.0
        self.next = self.begun + FIRST * (self.least - self.begun)

    def goes_on(self, at: float, closed: float, nodes: int, check: float, end: float) -> bool:
        """Whether all seems to be closed and checked before ``end``, or it is too soon to tell.

        So much of the probability is ``closed`` now, ``at`` this time, by so many ``nodes``, whose
        ``check`` is expected to take so many seconds. What is left is taken to be like what was
        closed last, and its check like that of all; and the less that is, the less it counts: it is
        all that haste could close more of, and it would be cut small for that.
        """
        if at < self.next:
            return True
        self.next = at + EVERY
        if at - self.begun >= 2 * (self.later[0] - self.begun):
            self.earlier, self.later = self.later, (at, closed)
        if nodes < KNOWN and at - self.begun < LATEST * (self.least - self.begun):
            return True
        since, before = self.earlier
        if closed <= before:
            return False
        takes = (at - since) / (closed - before) + check / closed
        return at + check + (1.0 - closed) ** 2 * takes <= end
