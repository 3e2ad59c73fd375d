"""How a proof is cut into sections for a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verifier.kernel.sections import Section, Stack
from verifier.model.domain import Domain
from verifier.model.proof import Split, Step
from verifier.writing.sections import TOGETHER
from verifier.writing.sections import sections as cut_up

LONGEST = 1 << 13
"""Steps of a section, at most."""
EACH = 8
"""Sections for each worker, at least, so that all end at about the same time."""


def sections(
    domain: Domain,
    proof: Sequence[Split | Step],
    workers: int,
    stack: Stack | None = None,
    before: tuple[int, int] = (0, 0),
) -> Iterator[Section]:
    """The sections of a proof, in order, enough to keep some workers busy.

    Where they begin does not depend on how many of them were done ``before``: see
    ``writing.sections``.
    """
    most = min(LONGEST, (len(proof) + 1) // 2 // (EACH * max(1, workers)))
    size = max(1, most // TOGETHER) * TOGETHER
    return cut_up(domain, proof, lambda given, _: size - given % size, stack, before)
