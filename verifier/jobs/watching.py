"""Who hears how far a job is, and who may stop it.

A job tells what happens as events, one after the other: a Stage begins, reports how far it is
(Progress, CellCount or Said), and is Over; a Note may come between two stages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from verifier.provers.outlook import outlook
from verifier.provers.progress import Progress
from verifier.provers.timing import now, stopping

__all__ = [
    "CellCount",
    "Event",
    "Moment",
    "Note",
    "Over",
    "Patience",
    "Progress",
    "Said",
    "Stage",
    "Watch",
    "outlook",
]

Kind = Literal["search", "check", "whole"]
"""What a stop does: a search ends with what it has found, a check leaves open what it has not come
to, anything else is done as a whole: a KeyboardInterrupt there ends the job."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a job begins.

    ``deadline`` is its end on the clock of ``time.monotonic``, ``nodes`` the length of the proof
    that is checked; None where there is none or it is not known.
    """

    name: str
    kind: Kind = "whole"
    deadline: float | None = None
    nodes: int | None = None


@dataclass(frozen=True, slots=True)
class CellCount:
    """How many cells the stage is through with."""

    cells: int


@dataclass(frozen=True, slots=True)
class Said:
    """How far the stage is, in its own words; ``share`` of it is done, where that is known."""

    words: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """The stage that began last has ended."""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark for the user; a ``detail`` is for those who want to know what is done."""

    text: str
    detail: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """What a search expected of the interval, so many seconds after the job began."""

    seconds: float
    low: float
    high: float


MOMENTS = 256
"""Most moments that are remembered: every second one is forgotten where there are more."""


Event = Stage | Progress | CellCount | Said | Over | Note
Hear = Callable[[Event], None]
Stop = Callable[[], bool]


@dataclass(eq=False)
class Watch:
    """The ear of one run of a job: what is told to it, and whether a stop was asked for.

    ``hear`` is called with every event; ``stop`` is asked often, in any thread.
    """

    hear: Hear | None = None
    stop: Stop | None = None
    notes: list[str] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    begun: float = field(default_factory=now)
    _stopped: bool = False

    @property
    def stopped(self) -> bool:
        """Whether a stop was asked for, now or earlier."""
        if not self._stopped and self.stop is not None:
            self._stopped = self.stop()
        return self._stopped

    def tell(self, event: Event) -> None:
        """Hand on an event; what a search says of the interval is remembered."""
        if isinstance(event, Progress):
            self._remember(event.error)
        if self.hear is not None:
            self.hear(event)

    def _remember(self, error: tuple[float, float]) -> None:
        last = self.moments[-1] if self.moments else None
        if last is None or (last.low, last.high) != error:
            self.moments.append(Moment(now() - self.begun, *error))
        if len(self.moments) > MOMENTS:
            del self.moments[1::2]

    def count(self, cells: int) -> None:
        """Hand on how many cells a stage is through with."""
        self.tell(CellCount(cells))

    def note(self, text: str) -> None:
        """A remark, which the Result repeats."""
        self.notes.append(text)
        self.tell(Note(text))

    def detail(self, text: str) -> None:
        """What only those hear who want to know."""
        self.tell(Note(text, detail=True))

    @contextmanager
    def stage(
        self,
        name: str,
        kind: Kind = "whole",
        *,
        deadline: float | None = None,
        nodes: int | None = None,
    ) -> Iterator[None]:
        """A part of the job; in a search a stop is heard by whatever asks ``timing.poll``."""
        self.tell(Stage(name, kind, deadline, nodes))
        try:
            with stopping((lambda: self.stopped) if kind == "search" and self.stop else None):
                yield
        finally:
            self.tell(Over())


@dataclass(eq=False)
class Patience:
    """Says stop once it was asked for, but not for ``grace`` seconds after it was first called.

    Also from ``until`` on, on the clock of `timing.now`; but not for ``ready`` seconds, in which
    what is to be checked is made ready: a check that was not begun tells of nothing.
    """

    asked: Stop = lambda: False
    grace: float = 0.0
    until: float | None = None
    ready: float = 0.0
    begun: float | None = None

    def __call__(self) -> bool:
        """Whether to stop now."""
        if self.begun is None:
            self.begun = now()
        since = now() - self.begun
        late = self.until is not None and now() >= self.until and since >= self.ready
        return late or (self.asked() and since >= self.grace)
