"""What a long computation finds, number by number, kept in a journal while it goes on.

A computation that was cut off is gone on with by doing it again from its beginning: what it had
found comes from the journal then, in the order in which it was found, and takes no time. Nothing
that is kept is trusted: what it leads to is a tree like any other, which is proved or not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.distillers.cuts import Ints
from verifier.provers.timing import now

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store
    from verifier.provers.units.driver import Units

SECONDS = 2.0
"""After so many it is kept what was found since."""
INTEGERS, FLOATS = "<i8", "<f8"
Numbers = npt.NDArray[Any]


def store_of(units: Units | None) -> Store | None:
    """Where what is found is kept, if anywhere."""
    return None if units is None else units.store


@dataclass(eq=False)
class Kept:
    """What one computation finds, which is told from others by its ``name``.

    Its numbers are of one ``kind``; ``held`` are those that are known from before, the first ``at``
    of which were asked for again. Without a ``store`` nothing is kept.
    """

    store: Store | None
    name: str
    kind: str = INTEGERS
    held: Numbers = field(init=False)
    at: int = field(init=False, default=0)
    new: list[Numbers] = field(init=False, default_factory=list)
    pieces: int = field(init=False, default=0)
    since: float = field(init=False, default_factory=now)

    def __post_init__(self) -> None:
        found = [np.empty(0, self.kind)]
        while self.store is not None and (data := self.store.recall(self._piece)) is not None:
            self.pieces += 1
            if len(data) % found[0].itemsize:
                break  # it is none of these
            found.append(np.frombuffer(data, self.kind))
        self.held = np.concatenate(found)

    def recall(self, length: int) -> Numbers | None:
        """The next so many numbers that are known from before; None where they are not."""
        if self.at + length > len(self.held):
            self.forget()
            return None
        self.at += length
        return self.held[self.at - length : self.at]

    def forget(self) -> None:
        """Take nothing more from before: it is not what is found now."""
        self.held, self.at = self.held[:0], 0

    def note(self, found: npt.ArrayLike) -> None:
        """Keep the next numbers, within ``SECONDS`` as long as more are found."""
        if self.store is None:
            return
        self.new.append(np.array(found, self.kind).ravel())
        if now() >= self.since + SECONDS:
            self.keep()

    def keep(self) -> None:
        """Have all that was found be on the disk."""
        if self.store is not None and self.new:
            self.store.remember(self._piece, np.concatenate(self.new).tobytes())
            self.pieces += 1
            self.new = []
        self.since = now()

    @property
    def _piece(self) -> str:
        return f"{self.name} {self.pieces}"


def kept_classes(
    kept: Kept, points: Ints, block: int, kinds: int, find: Callable[[Ints], Ints]
) -> Ints:
    """The classes, of so many kinds, that are found at points: ``block`` by block, and kept."""
    classes = np.empty(len(points), dtype=np.int64)
    try:
        for start in range(0, len(points), block):
            part = points[start : start + block]
            known = kept.recall(len(part))
            if known is not None and not ((known >= 0) & (known < kinds)).all():
                kept.forget()
                known = None
            if known is None:
                known = find(part)
                kept.note(known)
            classes[start : start + len(part)] = known
    finally:
        kept.keep()
    return classes
