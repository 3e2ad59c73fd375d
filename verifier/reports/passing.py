"""Going through a proof for a report: it may be long, so it ends in time and says how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice

from verifier.jobs.limit import poll
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.proof import Proof, Split, Step

TOGETHER = 1 << 15
"""Nodes between two looks at the clock."""
Say = Callable[[str], None]
_SAY: ContextVar[Say] = ContextVar("say", default=lambda words: None)


@contextmanager
def hearing(say: Say) -> Iterator[None]:
    """Inside, ``say`` hears how far long proofs are gone through."""
    token = _SAY.set(say)
    try:
        yield
    finally:
        _SAY.reset(token)


def passed(proof: Proof, what: str) -> Iterator[Split | Step]:
    """The nodes of a proof, which are gone through for ``what``; raises what ``poll`` raises."""
    every, done, say = iter(proof), 0, _SAY.get()
    while some := list(islice(every, TOGETHER)):
        poll()
        yield from some
        done += len(some)
        if len(proof) > TOGETHER:
            say(f"{what}: {done} of {len(proof)} nodes of the proof")


def some_cells(
    domain: Domain, proof: Proof, kinds: tuple[type[Step], ...], every: int, what: str
) -> list[tuple[Cell, Step]]:
    """The cells of steps of these kinds, the first and then every so-manieth.

    Only cells that are returned are made.
    """
    found: list[tuple[Cell, Step]] = []
    above: list[tuple[Split, bool]] = []  # the splits above, and whether it is the left half
    count = 0
    for node in passed(proof, what):
        if isinstance(node, Split):
            above.append((node, True))
            continue
        if isinstance(node, kinds):
            if count % every == 0:
                found.append((_cell(domain, above), node))
            count += 1
        while above and not above[-1][1]:
            above.pop()
        if above:
            above[-1] = above[-1][0], False
    return found


def _cell(domain: Domain, above: Sequence[tuple[Split, bool]]) -> Cell:
    cell = full_cell(domain)
    for split, left in above:
        cell = cell.split(split.variable, split.left)[not left]
    return cell
