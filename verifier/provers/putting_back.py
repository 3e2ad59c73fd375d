"""What an earlier proof said of parts of cells that a search which went on from it left open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial

from verifier.model.proof import Finding, Open, Proof, Split, Step, Trusted, is_open
from verifier.provers.open_cells import is_partial
from verifier.writing.proof_bytes import changed


def put_back(earlier: Proof, found: Finding) -> Finding:
    """The finding with the Sandwiches and Tails of the proof that it went on from.

    They were open while it was searched. Where a search was cut short it has left some as they
    were: these say again what they said.
    """
    if not is_open(found.proof):
        return found
    return replace(found, proof=changed(found.proof, partial(_laid_over, earlier)))


def _laid_over(
    earlier: Iterable[Split | Step], found: Iterator[Split | Step]
) -> Iterator[Split | Step]:
    """The found nodes, with what was said earlier of the very cells that are Open."""
    said = iter(earlier)
    waiting = [True]  # for each subtree that follows, the last one next: whether both have it
    for node in found:
        both = waiting.pop()
        before = next(said) if both else None
        if isinstance(node, Split):
            alike = node == before
            if isinstance(before, Split) and not alike:
                pass_over(said)
            waiting += [alike, alike]
        elif isinstance(before, Split):
            pass_over(said)
        elif before is not None and isinstance(node, Open) and _may(before):
            node = before
        yield node


def pass_over(nodes: Iterator[Split | Step]) -> None:
    """Go on behind both halves of a split."""
    halves = 2
    while halves:
        halves += 1 if isinstance(next(nodes), Split) else -1


def _may(step: Step) -> bool:
    """Whether a step says something of a part, on nobody's word."""
    named = getattr(step, "steps", ())
    return is_partial(step) and not any(isinstance(x, Trusted) for x in named)
