"""A tree that tells where it is so, in words."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.formats.drawing import draw_text
from verifier.jobs.fronts.where import Where
from verifier.model.domain import Domain
from verifier.reports.numbers import decimal_first, interval


def lines(where: Where, domain: Domain) -> Iterator[tuple[str, str]]:
    """A name and a text each: what is proved of the tree, then the tree."""
    inside, caught = interval(where.inside, decimal_first), interval(where.caught, decimal_first)
    yield "where", f"in the part that the tree below calls 1: a share of {inside} of all, proved"
    yield "", f"so inside it: {caught}; so outside: {interval(where.missed, decimal_first)}"
    yield "", f"the tree is wrong with probability {interval(where.wrong, decimal_first)}"
    for line in draw_text(where.tree, domain).splitlines():
        yield "", line
