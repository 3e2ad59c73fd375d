"""Prove how often a question is true: search, then a proof that is checked in time."""

from __future__ import annotations

from dataclasses import replace

from verifier.model.proof import Finding
from verifier.model.question import Matter
from verifier.provers.options import Options
from verifier.provers.pairs.closing import close
from verifier.provers.pairs.loading import ready
from verifier.provers.pairs.search import begin, grow
from verifier.provers.search import conclude, run, speak
from verifier.provers.timing import now

SEARCHED = 0.2
"""The share of the time that is for the search; the kernel has the rest."""


def prove(matter: Matter, options: Options, end: float) -> Finding | None:
    """A proof of how often the question is true, as near as is possible until ``end``.

    ``end`` is when the kernel's check is to be done. None where the question is of another kind, or
    the compiled search is not there in time.
    """
    search = begin(matter, options)
    if search is None or not ready(search, now() + (end - now()) / 2):
        return None
    until = now() + SEARCHED * max(0.0, end - now())
    pressed = run(search, lambda s: grow(s, until))
    proof, seconds = close(search, end, pressed=pressed)
    speak(search, last=True)
    return replace(conclude(search, proof), check=seconds)
