"""What is shown while something runs: on standard error, in place on a terminal, else as lines."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from verifier.jobs.watching import CellCount, Event, Note, Over, Progress, Said, Stage, outlook

if TYPE_CHECKING:
    from types import FrameType

EVERY = 5.0
"""Seconds between lines where standard error is not a terminal; with --verbose 1."""
BAR = 24
"""Characters of the bar."""
HINTS = {"search": "; Ctrl-C keeps what is proved", "check": "; Ctrl-C leaves the rest open"}
"""What Ctrl-C does, by kind of stage; said on a terminal."""

# of one run of the command: -1 quiet, 0, 1 verbose
_LEVEL: ContextVar[int] = ContextVar("level", default=0)

Speak = Callable[[str, float | None, float | None, bool], None]
"""Show words, a share in [0, 1], the seconds left, and whether it is worth a line at once."""


def set_level(level: int) -> None:
    """Say less (-1) or more (1) in the current run of the command."""
    _LEVEL.set(level)


def level() -> int:
    """How much to say: -1, 0 or 1."""
    return _LEVEL.get()


def note(text: str) -> None:
    """A remark on standard error, unless --quiet."""
    if level() >= 0:
        typer.echo(f"note: {text}", err=True)


def detail(text: str) -> None:
    """What only --verbose says, on standard error."""
    if level() > 0:
        typer.echo(f"leafproof: {text}", err=True)


DIFFERS = "differs; counting: error"
"""What is said of a search before the numbers, once a counterexample is known."""


@dataclass(eq=False)
class Watcher:
    """Shows what a job tells, and hears Ctrl-C for it (`watching`)."""

    found: str = DIFFERS
    stage: Stage | None = None
    begun: float = 0.0
    speak: Speak | None = None
    pressed: bool = False
    again: bool = False
    shown: ExitStack = field(default_factory=ExitStack)

    def hear(self, event: Event) -> None:
        """Show what happens."""
        match event:
            case Stage():
                self.stage, self.begun, self.again = event, time.monotonic(), False
                self.speak = self.shown.enter_context(_live(event.name))
            case Over():
                self.stage = self.speak = None
                self.shown.close()
            case Note(text, detail=False):
                note(text)
            case Note(text):
                detail(text)
            case _ if self.speak is not None and self.stage is not None:
                self.speak(*self._words(self.stage, event))

    def _words(
        self, stage: Stage, event: Progress | CellCount | Said
    ) -> tuple[str, float | None, float | None, bool]:
        """What is shown of a stage: words, share, seconds left, and whether it is new."""
        hint = HINTS.get(stage.kind, "") if sys.stderr.isatty() else ""
        match event:
            case Said(words, share):
                return words, share, self._rest(share), False
            case CellCount(done) if stage.nodes is None:
                return f"{done} cells", None, None, False
            case CellCount(done):
                cells = ((stage.nodes or 0) + 1) // 2
                share = min(1.0, done / cells)
                left = self._rest(share or 1 / cells)
                return f"{done} of {cells} cells{hint}", share, left, False
            case Progress():
                left_ = _left(event, stage.deadline)
                words = describe(event, self.found)
                if level() > 0 and not event.doing:
                    words += f"; {ahead(event, stage.deadline)}"
                return (
                    words + hint,
                    event.probability,
                    left_,
                    bool(event.doing),
                )

    def _rest(self, share: float | None) -> float | None:
        """Seconds until a stage ends that goes on as it did; None where nothing is done yet."""
        return (time.monotonic() - self.begun) * (1 - share) / share if share else None

    def stop(self) -> bool:
        """Whether a job is to stop; a search hears of it as a KeyboardInterrupt instead."""
        return self.pressed and (self.stage is None or self.stage.kind != "search")

    def press(self) -> None:
        """Ctrl-C: a check looks at ``stop``; all else is interrupted, and so is the second time."""
        first, self.pressed, self.again = not self.again, True, True
        if not (first and self.stage is not None and self.stage.kind == "check"):
            raise KeyboardInterrupt


@contextmanager
def watching(found: str = DIFFERS) -> Iterator[Watcher]:
    """Shows what a job tells and has Ctrl-C stop it, as far as there is something to keep.

    ``found`` is what is said once a point is known. Where Ctrl-C is ignored (a run in the
    background), or in a thread, it changes nothing.
    """
    watcher = Watcher(found)
    with watcher.shown, _on_interrupt(watcher.press):
        yield watcher


def describe(p: Progress, found: str = DIFFERS) -> str:
    """A progress report in words."""
    if p.doing:
        return p.doing
    words = f"{p.closed} cells closed, {p.open} open, {p.rate:.0f} a second, "
    words += f"probability {p.probability:.6f} proved"
    if p.differs:
        low, high = p.error
        words += f"; {found} {low:.3g} to {high:.3g} so far"
    if p.points:
        words += f"; about {_power(p.points)} points open"
    if p.remaining:
        words += f"; about {_power(p.remaining)} cells to go"
    return words


def ahead(p: Progress, deadline: float | None) -> str:
    """What is still to come, what it costs and whether it is worth it, in words."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    seen = outlook(p, left)
    words = [f"probability {max(0.0, 1.0 - p.probability):.3g} open"]
    if p.sweep is not None:
        words.append(f"sweeping all open points would take {duration(p.sweep)}")
    if p.check is not None:
        words.append(f"the check of what is closed {duration(p.check)}")
    if seen.ends is None:
        words.append("no telling yet when the search ends")
    elif seen.late and left is None:
        words.append("no end in sight: a --timeout ends it with an interval")
    elif seen.late:
        words.append("not decided in the time that is left: expect an interval")
    elif seen.best is not None:
        words.append(f"the end in about {duration(seen.best)}")
    return ", ".join(words)


def _power(number: float) -> str:
    return f"10^{max(0, round(math.log10(max(1.0, number))))}"


def _left(p: Progress, deadline: float | None) -> float | None:
    """Seconds until a search ends: by its own estimate, or at its deadline."""
    ends = []
    if p.remaining and p.rate > 0:
        ends.append(p.remaining / p.rate)
    if deadline is not None:
        ends.append(max(0.0, deadline - time.monotonic()))
    return min(ends, default=None)


def duration(seconds: float) -> str:
    """A time that is left, in words: ``12 s``, ``5 min``, ``3 h``, ``2 days``, ``years``."""
    for unit, size, most in (
        ("s", 1, 100),
        ("min", 60, 100),
        ("h", 3600, 72),
        ("days", 86400, 700),
    ):
        if seconds < size * most:
            return f"{max(1, round(seconds / size))} {unit}"
    return "years"


@contextmanager
def _live(what: str) -> Iterator[Speak]:
    if level() < 0:
        yield lambda words, share, left, now: None
    elif sys.stderr.isatty():
        with _terminal(what) as speak:
            yield speak
    else:
        yield _lines(what)


@contextmanager
def _terminal(what: str) -> Iterator[Speak]:
    """A bar with the time left, and the words below it; gone at the end."""
    from rich.console import Console, Group
    from rich.live import Live
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    console = Console(stderr=True)
    with Live(Text(what), console=console, transient=True, refresh_per_second=8) as live:

        def speak(words: str, share: float | None, left: float | None, now: bool) -> None:
            row = Table.grid(padding=(0, 1))
            bar = ProgressBar(total=None if share is None else 1.0, completed=share or 0, width=BAR)
            percent = "" if share is None else f"{100 * share:.1f}%"
            row.add_row(what, bar, percent, "" if left is None else f"{duration(left)} left")
            live.update(Group(row, Text(f"  {words}", style="dim")))

        yield speak


def _lines(what: str) -> Speak:
    """A line every few seconds; one that says what the last one said waits twice as long as it."""
    last, said = time.monotonic(), ""
    every = EVERY if level() == 0 else 1.0
    quiet = every

    def speak(words: str, share: float | None, left: float | None, now: bool) -> None:
        nonlocal last, said, quiet
        more = "" if left is None else f"; about {duration(left)} left"
        new = words + more != said
        if (now and new) or time.monotonic() - last >= (every if new else quiet):
            quiet = 2 * (every if new else quiet)
            last, said = time.monotonic(), words + more
            typer.echo(f"{what}: {said}", err=True)

    return speak


@contextmanager
def _on_interrupt(press: Callable[[], None]) -> Iterator[None]:
    """Call ``press`` at Ctrl-C, and at SIGTERM, which ``timeout`` and containers send.

    Not where they are ignored or somebody else hears them, nor outside the main thread.
    """

    def handle(number: int, frame: FrameType | None) -> None:
        press()

    held = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}
    heard = [] if held[signal.SIGINT] is signal.SIG_IGN else [signal.SIGINT]
    heard += [signal.SIGTERM] if held[signal.SIGTERM] is signal.SIG_DFL else []
    if threading.current_thread() is not threading.main_thread():
        heard = []
    for number in heard:
        signal.signal(number, handle)
    try:
        yield
    finally:
        for number in heard:
            signal.signal(number, held[number])
