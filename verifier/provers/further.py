"""Findings whose search can be taken up again, from all the cells that it had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

from verifier.model.proof import Finding

Further = Callable[[float, float], Finding | None]
"""From when the kernel's check is to be done, and how many times as long as expected the check of
the finding took: a finding that says more, None where there is no time for one."""


@dataclass(frozen=True)
class Continued(Finding):
    """A finding, and what its search finds ``further``."""

    further: Further | None = None


def continued(found: Finding, further: Further) -> Continued:
    """The finding with what may be found further."""
    held = {f.name: getattr(found, f.name) for f in fields(Finding)}
    return Continued(**held, further=further)


def changed_alike(
    found: Finding, change: Callable[[Finding], Finding], *, check: float = 0.0, spare: float = 0.0
) -> Finding:
    """The finding changed, and whatever is found further as well.

    The kernel has ``check`` seconds, as expected, for what the change adds, which itself takes
    ``spare``.
    """
    changed, further = change(found), further_of(found)
    if further is None:
        return changed

    def more(end: float, learned: float) -> Finding | None:
        held = further(end - learned * check - spare, learned)
        return None if held is None else change(held)

    return continued(changed, more)


def further_of(found: Finding) -> Further | None:
    """What may be found further, if something may."""
    return found.further if isinstance(found, Continued) else None
