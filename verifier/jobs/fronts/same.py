"""Same: do two models have the same class everywhere?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from verifier.jobs.asking import heads_of
from verifier.jobs.fronts.common import (
    Front,
    FrontResult,
    Given,
    Row,
    asked,
    by_name,
    given_model,
    labels_at,
    row_of,
)
from verifier.jobs.fronts.words import SAME, Labels
from verifier.jobs.limit import Timeout, limit_of
from verifier.jobs.loading import Source
from verifier.model.domain import Point

if TYPE_CHECKING:
    from verifier.formats.heads import Number


def ask_same(
    model: Source,
    other: Source,
    domain: Source,
    *,
    reads: Sequence[str] | None = None,
    other_reads: Sequence[str] | None = None,
    head: str | Mapping[str, str] | None = None,
    threshold: Number | Mapping[str, Number] | None = None,
    timeout: Timeout = None,
    **options: Any,
) -> FrontResult:
    """At how many inputs do two models, networks or trees, have different classes?

    ``reads`` and ``other_reads`` name the variables that they read, where they do not read all.
    ``model`` and ``other`` are the two, which ``head`` and ``threshold`` may tell apart as a and b
    (``{"b": "probability"}``); ``domain``, ``timeout`` and ``options`` are those of
    ``ask_fair``.

    Raises what ``ask`` raises.
    """
    limit, heads = limit_of(timeout, model, other), heads_of(head, threshold, ("a", "b"))
    beside = [(other, heads.of("b"))] if other_reads is None else []
    first = given_model(model, domain, reads, limit, heads.of("a"), beside)
    second = given_model(other, first.domain, other_reads, limit, heads.of("b"))
    both = replace(first, seconds=first.seconds + second.seconds)
    return asked(same(first, second), both, limit, options)


def same(first: Given, second: Given) -> Front:
    """The question, as ``ask`` takes it."""

    def sides(point: Point) -> tuple[Labels, ...]:
        return (labels_at(first.domain, by_name(first.domain, point)),)

    def rows(point: Point) -> tuple[Row, ...]:
        held = by_name(first.domain, point)
        return row_of(first, held), row_of(second, held)

    return Front(
        SAME,
        "inputs at which the two models have different classes",
        {"not": {"same": ["a", "b"]}},
        {"a": (first.model, first.reads), "b": (second.model, second.reads)},
        first.domain,
        sides,
        rows,
        (first.run, second.run),
    )
