"""Robust: does the class stay where at most so many variables of a point change?"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from verifier.formats.balls import ball
from verifier.formats.combinations import part_of, variable_named
from verifier.formats.point_text import read_point
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
from verifier.jobs.fronts.words import Labels
from verifier.jobs.limit import Timeout, limit_of
from verifier.jobs.loading import Source, StrPath
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.errors import DomainError, QuestionError, quoted
from verifier.model.network import Network, exact_classes
from verifier.model.part import first, size


def ask_robust(
    model: Source,
    domain: Source,
    point: Mapping[str, Any] | StrPath,
    flips: int,
    *,
    only: Sequence[str] | None = None,
    reads: Sequence[str] | None = None,
    timeout: Timeout = None,
    **options: Any,
) -> FrontResult:
    """At how many inputs near a ``point`` is the class another one?

    Near are those that differ from it in at most ``flips`` variables, of those named in ``only``
    where that is given; ``point`` is a value for each variable of the domain: a mapping, a
    text such as ``age=30,sex=female``, or the path of a JSON file. ``model``, ``domain``,
    ``reads``, ``timeout`` and ``options`` are those of ``ask_fair``.

    Raises what ``ask`` raises, LeafproofError where the point is none of the domain's.
    """
    limit = limit_of(timeout)
    front = robust(given_model(model, domain, reads, limit), point, flips, only)
    return asked(front, limit, options)


def robust(
    given: Given, point: Mapping[str, Any] | StrPath, flips: int, only: Sequence[str] | None = None
) -> Front:
    """The question, as ``ask`` takes it."""
    domain = given.domain
    centre = point_of(domain, point)
    names = list(given.reads if only is None else only)
    free = sorted({variable_named("robust", domain, name) for name in names})
    if isinstance(flips, bool) or not isinstance(flips, int) or not flips >= 1:
        raise QuestionError(f"flips is {flips!r}: give how many variables may change, 1 at least")
    space = ball(domain, centre, min(flips, len(free)), free)
    own = domain.product_of(domain_places(domain, given.reads))
    here = tuple(by_name(domain, centre)[name] for name in given.reads)
    if isinstance(given.model, Network):
        klass = exact_classes(given.model, own, [here])[0]
    else:
        klass = given.model.class_at(own.encode(here))

    def sides(at: Point) -> tuple[Labels, ...]:
        both = by_name(domain, centre), by_name(domain, at)
        return tuple(labels_at(domain, held) for held in both)

    def rows(at: Point) -> tuple[Row, ...]:
        return (row_of(given, by_name(domain, at)),)

    many = "1 variable" if flips == 1 else f"{flips} variables"
    return Front(
        "robust",
        f"inputs at most {many} away whose class is another than the point's",
        {"not": {"class": ["f", klass]}},
        {"f": (given.model, given.reads)},
        space,
        sides,
        rows,
        ((given.source, given.model),),
    )


def domain_places(domain: Domain, names: Sequence[str]) -> list[int]:
    """The numbers of variables."""
    place = {v.name: i for i, v in enumerate(domain.variables)}
    return [place[name] for name in names]


def point_of(domain: Domain, values: Mapping[str, Any] | StrPath) -> Point:
    """A point by a value for each variable. Raises DomainError, QuestionError."""
    if isinstance(values, str | os.PathLike):
        values = read_point(os.fspath(values))
    if not isinstance(values, Mapping):
        raise QuestionError('the point is not an object of values: give such as {"age": 30}')
    for name in values:
        variable_named("the point", domain, name)
    found = []
    for v in domain.variables:
        if v.name not in values:
            raise QuestionError(f"the point has no value of {quoted(v.name)}: name one")
        where = f"the point: {v.name}"
        if isinstance(v, Continuous):
            raise DomainError(
                f"{where} is continuous: what is near one number cannot be counted; give it as a "
                "range of numbers with a step"
            )
        part = part_of(where, v, values[v.name])
        if size(part) != 1:
            raise QuestionError(f"{where} has several values: name one")
        found.append(first(part))
    return tuple(found)
