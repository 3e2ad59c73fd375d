"""Time limits of a whole job: reading, the search, the kernel's check, writing.

Proving ends at the limit's end; what was proved by then is checked and written in the seconds that
are allowed beyond it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from verifier.formats.libraries import begin_for as begin_for
from verifier.formats.libraries import load_for
from verifier.formats.waiting import pausing
from verifier.model.errors import LeafproofError, Unfinished
from verifier.provers.timing import Stopped, TimeOver, ending, now
from verifier.provers.timing import poll as poll
from verifier.writing.processors import Clocks, clocks, kept_waiting, slow, slow_now

PATIENCE = 8.0
"""So many times as long as on an idle machine, at most, an end in good order is waited for."""
OWED, WAITED = 3.0, 60.0
"""Until it had so many seconds of a processor, those that a run had to wait for one do not count:
at most so many of them."""
LOOKED, BUSY = 0.02, 1.5
"""Seconds of a processor to see how slow the machine is, where models are read; so many times
slower than idle ones is busy."""
OVER = 0.25
"""The share of the sample's time that a check may be late by, at most."""
LATE, GIVEN_UP, KILLED = 1.5, 1.8, 2.1
"""Seconds beyond a limit, on an idle machine, for a few points where none are drawn yet; until a
run that has not ended is told to; and until it is ended from outside."""


@dataclass(frozen=True)
class Limit:
    """``seconds`` from ``start``, on the clock of ``now``; ``writing`` of them are for writing.

    So are ``sampling`` for what is left open: they follow the kernel's check. ``since`` is what the
    machine was doing at the start, and ``kept`` how long the process had waited for processors.
    """

    seconds: float
    start: float
    writing: float = 0.0
    sampling: float = 0.0
    since: Clocks = field(default_factory=clocks, compare=False, repr=False)
    kept: float = field(default_factory=kept_waiting, compare=False, repr=False)

    def loaded(self, seconds: float) -> Limit:
        """The limit when reading took so long: a certificate is read again once it is written."""
        return replace(self, writing=min(seconds, self.seconds / 4))

    def sampled(self, share: float) -> Limit:
        """The limit with a share of it for sampling what is open."""
        return replace(self, sampling=share * self.seconds)

    @property
    def slow(self) -> float:
        """How many times as long as on an idle machine things take, as they did until now: of what
        is done in one thread."""
        return slow(self.since)

    @property
    def end(self) -> float:
        """When proving ends: the search has to leave time for the check before."""
        return self.full - self.sampling

    @property
    def full(self) -> float:
        """When nothing is left to do but writing."""
        return self.start + self.seconds - self.writing

    @property
    def cut(self) -> float:
        """When a check that is under way is cut short."""
        return self.start + self.seconds + max(0.2, 0.01 * self.seconds)

    @property
    def late(self) -> float:
        """When not even a few points are drawn any more of what is open."""
        return self._beyond(LATE, 0.02)

    @property
    def checked(self) -> float:
        """When the check of a new proof is cut short: what is sampled then takes time, too, and
        under a short limit no check that is late is to have all of that."""
        late = self.cut - self.sampling
        return min(late, self.end + OVER * self.sampling) if self.sampling else late

    @property
    def given_up(self) -> float:
        """When a run that has not come to its end is given up."""
        return self._beyond(GIVEN_UP, 0.03)

    @property
    def killed(self) -> float:
        """When it is ended from outside, if it does not hear."""
        return self._beyond(KILLED, 0.04)

    def idle(self, seconds: float) -> float:
        """What so many seconds of an idle machine take here."""
        return seconds * min(self.slow, PATIENCE)

    def _beyond(self, seconds: float, share: float) -> float:
        """So many seconds of an idle machine, or such a share of the limit, after it; longer where
        the machine kept the run from what it takes to say something: an end that comes late does,
        one that is forced says nothing."""
        beyond = self.idle(seconds)
        end = self.start + self.seconds + max(beyond, share * self.seconds)
        if time.process_time() - self.since.used >= OWED:
            return end
        waited = min(max(kept_waiting() - self.kept, 0.0), WAITED)
        return max(end, self.start + self.seconds + waited + beyond)


Timeout = float | Limit | None
"""A time limit as a job takes it: seconds from the call, or a Limit that began before; or none."""


def limit_of(timeout: Timeout, *sources: Any) -> Limit | None:
    """The limit of a job that begins now, once the libraries that its sources take are loaded.

    Endless seconds are none. Raises LeafproofError for a number that is none.
    """
    if timeout is None or isinstance(timeout, Limit):
        return timeout
    if isinstance(timeout, bool) or not isinstance(timeout, int | float) or not timeout >= 0:
        raise LeafproofError(f"timeout is {timeout!r}: give seconds, at least 0")
    if timeout == math.inf:
        return None
    load_for(sources)
    return Limit(timeout, now())


@contextmanager
def in_time(limit: Limit | None) -> Iterator[None]:
    """Inside, a job that ends before it has decided anything raises Unfinished."""
    from verifier.kernel.stopping import CheckStopped  # it loads NumPy: only where a job runs

    try:
        yield
    except (TimeOver, CheckStopped):
        raise Unfinished(too_little(limit)) from None
    except Stopped:
        raise Unfinished("stopped before anything was decided") from None


@contextmanager
def within(limit: Limit | None) -> Iterator[None]:
    """Inside, work that asks ``poll`` ends with Unfinished once the limit cuts it short."""
    with in_time(limit), ending(limit.cut if limit else None):
        yield


@contextmanager
def reading(limit: Limit | None) -> Iterator[None]:
    """Inside, models are read: large forests not much beyond the limit (TimeOver).

    On a busy machine that is what a run may need to say anything: a few points take a moment."""
    from verifier.writing.helping import rarely_collecting  # it loads NumPy

    end = None
    if limit is not None:
        end = limit.late
        if (slow := slow_now(LOOKED)) > BUSY:
            end = max(end, now() + OWED * min(slow, PATIENCE))
    with ending(end), pausing(poll), rarely_collecting():
        yield


def too_little(limit: Limit | None) -> str:
    """What is said where the limit ended a job before its end."""
    seconds = f"{limit.seconds:g} seconds" if limit else "the time"
    return (
        f"the time limit ended the run before anything was decided: {seconds} are too few to read, "
        "check and write this much; give more time"
    )
