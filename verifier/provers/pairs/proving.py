"""Prove how often a question is true: search, then a proof that is checked in time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from verifier.model.proof import Finding
from verifier.model.question import Matter
from verifier.provers.loop import run
from verifier.provers.options import Options
from verifier.provers.overlaying import overlay_of
from verifier.provers.pairs.layout import layout
from verifier.provers.pairs.trunk import Root, alone, trunk_of
from verifier.provers.search import conclude, speak
from verifier.provers.timing import now

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

SEARCHED = 0.2
"""The share of the time that is for the search, at most; the kernel has the rest."""
COMPILING = 0.75
"""The share of the time that is waited for the search to be compiled, once per installation:
without it there is hardly an answer."""
ENOUGH = 5
"""More cells than so many times what the kernel has time for are not searched for."""


def begin(matter: Matter, options: Options) -> Sandwiching | None:
    """The search made ready; None for questions of another kind."""
    overlay = overlay_of(matter)
    trunk = trunk_of(overlay, alone(matter), options.resume)
    roots = [x.cell for x in trunk or () if isinstance(x, Root)]
    held = layout(matter, roots) if roots else None
    if trunk is None or held is None:
        return None
    from verifier.provers.pairs.search import Sandwiching  # loads Numba

    return Sandwiching(options=options, matter=matter, overlay=overlay, trunk=trunk, held=held)


def prove(matter: Matter, options: Options, end: float) -> Finding | None:
    """A proof of how often the question is true, as near as is possible until ``end``.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, or
    the compiled search is not there in time.
    """
    search = begin(matter, options)
    if search is None:
        return None
    from verifier.provers.pairs.closing import GUESSED, close
    from verifier.provers.pairs.loading import ready
    from verifier.provers.pairs.search import grow

    if not ready(search, now() + COMPILING * (end - now())):
        return None
    left = max(0.0, end - now())
    until, enough = now() + SEARCHED * left, ENOUGH * left / GUESSED[0]
    pressed = run(search, lambda: grow(search, until, enough=enough))
    closed = close(search, end, pressed=pressed)
    speak(search, last=True)
    found = conclude(search, closed.proof)
    return replace(found, check=closed.seconds, coarse=closed.coarse, falling=closed.falling)
