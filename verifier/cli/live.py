"""What is shown while something runs: on standard error, in place on a terminal, else as lines."""

from __future__ import annotations

import math
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from verifier.provers.timing import now

if TYPE_CHECKING:
    from types import FrameType

    from verifier.provers.progress import Progress

EVERY = 5.0
"""Seconds between lines where standard error is not a terminal; with --verbose 1."""
BAR = 24
"""Characters of the bar."""

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


@contextmanager
def progress(what: str, deadline: float | None = None) -> Iterator[Callable[[Progress], None]]:
    """Show a search's progress; ``deadline`` is its end on the clock of ``time.monotonic``."""
    hint = "; Ctrl-C keeps what is proved" if sys.stderr.isatty() else ""
    with _live(what) as speak:
        yield lambda p: speak(describe(p) + hint, p.probability, _left(p, deadline), bool(p.doing))


@contextmanager
def checking(nodes: int, what: str = "checking", hint: str = "") -> Iterator[Callable[[int], None]]:
    """Show how many cells are through of a proof with so many ``nodes`` (splits and cells)."""
    cells, start = (nodes + 1) // 2, time.monotonic()
    hint = f"; {hint}" if hint and sys.stderr.isatty() else ""

    def show(speak: Speak, done: int) -> None:
        left = (time.monotonic() - start) * max(0, cells - done) / max(1, done)
        speak(f"{done} of {cells} cells{hint}", min(1.0, done / cells), left, False)

    with _live(what) as speak:
        yield lambda done: show(speak, done)


@contextmanager
def working(what: str, of: str) -> Iterator[Callable[[int], None]]:
    """Show how many of something there are so far, where their number is not known."""
    with _live(what) as speak:
        yield lambda done: speak(f"{done} {of}", None, None, False)


@contextmanager
def saying(what: str) -> Iterator[Callable[[str], None]]:
    """Show how far something is, in its own words."""
    with _live(what) as speak:
        yield lambda words: speak(words, None, None, False)


def describe(p: Progress) -> str:
    """A progress report in words."""
    if p.doing:
        return p.doing
    words = f"{p.closed} cells closed, {p.open} open, {p.rate:.0f} a second, "
    words += f"probability {p.probability:.6f} proved"
    if p.differs:
        low, high = p.error
        words += f"; differs; counting: error {low:.3g} to {high:.3g} so far"
    if p.remaining:
        words += f"; about 10^{max(0, round(math.log10(p.remaining)))} cells to go"
    return words


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
    """A line every few seconds."""
    last, said = time.monotonic(), ""
    every = EVERY if level() == 0 else 1.0

    def speak(words: str, share: float | None, left: float | None, now: bool) -> None:
        nonlocal last, said
        if (now and words != said) or time.monotonic() - last >= every:
            last, said = time.monotonic(), words
            more = "" if left is None else f"; about {duration(left)} left"
            typer.echo(f"{what}: {words}{more}", err=True)

    return speak


@dataclass(eq=False)
class Patience:
    """Says stop once it was asked for, but not for ``grace`` seconds after it was first called.

    Also from ``until`` on, on the clock of `timing.now`.
    """

    asked: Callable[[], bool] = lambda: False
    grace: float = 0.0
    until: float | None = None
    begun: float | None = None

    def __call__(self) -> bool:
        """Whether to stop now."""
        if self.begun is None:
            self.begun = now()
        late = self.until is not None and now() >= self.until
        return late or (self.asked() and now() - self.begun >= self.grace)


@contextmanager
def flagging(asked: bool = False) -> Iterator[Callable[[], bool]]:
    """Ctrl-C only sets a flag, which the function given tells; a second one ends the command.

    Where Ctrl-C is ignored (a run in the background), or in a thread, nothing changes. The flag is
    ``asked`` at first.
    """
    pressed = False

    def press() -> None:
        nonlocal pressed
        if pressed:
            raise KeyboardInterrupt
        pressed = True

    with _on_interrupt(press):
        yield lambda: asked or pressed


@contextmanager
def noticing() -> Iterator[Callable[[], bool]]:
    """Ctrl-C raises KeyboardInterrupt as ever; the function given tells whether it ever came."""
    pressed = False

    def press() -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    with _on_interrupt(press):
        yield lambda: pressed


@contextmanager
def _on_interrupt(press: Callable[[], None]) -> Iterator[None]:
    """Call ``press`` at Ctrl-C, unless it is ignored or this is not the main thread."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN or threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        press()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
