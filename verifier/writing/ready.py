"""Questions made ready once: about ensembles for a check and the sample after it, else for that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from verifier.kernel.asked import Asked, ask
from verifier.kernel.stopping import Stop, polling
from verifier.model.question import Matter


@dataclass(eq=False)
class Work:
    """Counts the steps that were taken about a question, of which there is no limit."""

    spent: int = 0

    def __call__(self, steps: int) -> None:
        """Count so many more."""
        self.spent += steps


def spent(asked: Asked) -> int:
    """Steps that were taken about a question since it was made ``ready``."""
    return asked.spend.spent if isinstance(asked.spend, Work) else 0


@dataclass(eq=False)
class _Made:
    """A question that was made ready, and what says now whether to stop."""

    stop: Stop | None
    asked: Asked | None = None
    work: Work = field(default_factory=Work)

    def __call__(self) -> bool:
        return self.stop is not None and self.stop()


_MADE: WeakKeyDictionary[Matter, _Made] = WeakKeyDictionary()
"""What was made ready of questions that are still there."""
_KEPT: set[Matter] = set()
"""Questions of which it is kept for now."""


def takes_long(matter: Matter) -> bool:
    """Whether a question takes long to be made ready, and is never changed after it: forests."""
    return bool(matter.ensembles) and not matter.networks


def ready(matter: Matter, stop: Stop | None) -> Asked:
    """The question as the kernel made it ready, with no limit of work; it ends as ``stop`` says.

    Of one that ``takes_long``, or is ``kept``, what was made before, which then ends as this
    ``stop`` says.
    """
    held = _MADE.get(matter)
    if held is None:
        held = _Made(stop)
        held.asked = ask(matter, polling(held), held.work)
        if takes_long(matter) or matter in _KEPT:
            _MADE[matter] = held
    held.stop = stop
    assert held.asked is not None
    return held.asked


@contextmanager
def kept(matter: Matter) -> Iterator[None]:
    """Inside, the question is made ready once at most."""
    _KEPT.add(matter)
    try:
        yield
    finally:
        _KEPT.discard(matter)
        if not takes_long(matter):
            _MADE.pop(matter, None)


def same(matter: Matter, other: Matter) -> None:
    """What was made ready of a question is that of another, equal one too."""
    if (held := _MADE.get(matter)) is not None:
        _MADE[other] = held
