"""A proof cut into sections, without going through all of its cells.

The kernel finds out where a section ends by itself: a cut that is wrong is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from verifier.kernel.sections import Section, Stack
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.proof import Split, Step
from verifier.writing.sections import after

TOGETHER = 32
"""Sections begin after whole groups of Steps: the kernel bounds so many cells together."""
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

    They begin ``before`` which nodes and Steps are gone through, with the ``stack`` of cells that
    have not begun; by default at the proof's beginning.

    Raises CertificateError where a split on the way does not cut its cell. A proof that ends too
    early or too late is cut all the same: whoever goes through it will see.
    """
    splits = np.array([isinstance(node, Split) for node in proof], dtype=bool)
    heights = 1 + np.concatenate([[0], np.cumsum(np.where(splits, 1, -1))])
    ends = np.flatnonzero(heights == 0)
    last = int(ends[0]) if ends.size else len(proof)
    done = np.flatnonzero(~splits[:last]) + 1  # so many nodes are read after each Step
    size = max(1, min(LONGEST, len(done) // (EACH * max(1, workers))) // TOGETHER) * TOGETHER
    stack = ((full_cell(domain), 0),) if stack is None else stack
    start, steps = before
    for count in range((steps // size + 1) * size, len(done), size):
        end = int(done[count - 1])
        yield Section(tuple(proof[start:end]), stack, (start, steps))
        stack = after(proof, heights, stack, start, end)
        start, steps = end, count
    yield Section(tuple(proof[start:]), stack, (start, steps))
