"""How much is still to come, and whether it is worth it: estimates for display, nothing is proved.

A search says how far it is (`Progress`). What that means for a user also depends on the domain and
the networks: how many points the open cells hold, and what evaluating all of these would take.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verifier.provers.progress import Progress, Report

if TYPE_CHECKING:
    from verifier.model.question import Matter

LONG = 86_400.0
"""Seconds from which on nobody waits for the end of a search without a limit."""


@dataclass(frozen=True, slots=True)
class Size:
    """A problem's size: the ``points`` of its domain, and seconds to evaluate one in a sweep.

    Those of the kernel: a search that sweeps leaves the evaluating to it.
    """

    points: int
    each: float


def size_of(matter: Matter) -> Size:
    """The size of what a question is about."""
    # only a search pays for loading the kernel
    from verifier.model.network import Network
    from verifier.provers.costs import costs

    networks = (bound.model for bound in matter.models if isinstance(bound.model, Network))
    return Size(matter.domain.size, costs(networks).point)


def with_size(report: Report | None, size: Callable[[], Size]) -> Report | None:
    """The report, told also how many points are open and what a sweep of them would take.

    The open share of the points is taken to be that of the probability.
    """
    if report is None:
        return None
    held: list[Size] = []

    def told(progress: Progress) -> None:
        if not held:
            held.append(size())
        points = float(min(held[0].points, 1 << 900)) * (1.0 - progress.probability)
        report(replace(progress, points=points, sweep=points * held[0].each))

    return told


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a search.

    ``ends`` is in how many seconds it will be through, None if there is no telling; ``best`` the
    smaller of that and a sweep of all open points. ``late`` says that, as far as can be told, this
    is not before the search's limit, or, where it has none, not within a day.
    """

    ends: float | None
    best: float | None
    late: bool


def outlook(progress: Progress, left: float | None) -> Outlook:
    """What is to be expected, ``left`` seconds before the search's limit (None: it has none)."""
    known = progress.remaining is not None and progress.rate > 0
    ends = (progress.remaining or 0.0) / progress.rate if known else None
    best = min((x for x in (ends, progress.sweep) if x is not None), default=None)
    limit = LONG if left is None else left
    late = ends is not None and best is not None and best + (progress.check or 0.0) > limit
    return Outlook(ends, best, late)
