"""Sandwiches behind closed cells: what both together take the kernel."""

from __future__ import annotations

from dataclasses import replace

from verifier.model.proof import Finding
from verifier.provers.further import changed_alike

RATHER = 0.05
"""The share of the time that must be left for Sandwiches, or they are not looked for."""
LIKELY = 0.5
"""The check of closed cells is expected to take a cautious time. If all goes well it takes so much
of that, which is what is told where it is decided when to fall back on fewer Sandwiches: that has a
caution of its own."""


def with_check_of(check: float, more: Finding) -> Finding:
    """What sandwiches found in what closed cells left open, with the seconds of these for the
    kernel's ``check``."""

    def both(more: Finding) -> Finding:
        coarser = tuple((proof, own + LIKELY * check) for proof, own in more.coarser)
        if check > more.check:  # it hardly depends on sandwiches whether there is time for all
            coarser = ()
        return replace(more, check=more.check + check, coarser=coarser)

    return changed_alike(more, both, check=check)
