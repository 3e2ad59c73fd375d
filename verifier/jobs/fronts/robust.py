"""Robust: does the class stay where at most so many variables of a point change?"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from verifier.formats.balls import ball, nodes_of_ball
from verifier.formats.bin_labels import edges_of
from verifier.formats.combinations import part_of, variable_named
from verifier.formats.frame_missing import missing_of
from verifier.formats.point_text import read_point
from verifier.formats.ranges import exact
from verifier.formats.slots import slot_name, slots
from verifier.formats.variables import number
from verifier.jobs.fronts.changed import added, added_to
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
from verifier.jobs.fronts.words import ASKED_ROBUST, Labels
from verifier.jobs.limit import Timeout, limit_of
from verifier.jobs.loading import Model, Source, StrPath
from verifier.jobs.pairs import check_likely
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import DomainError, QuestionError, quoted
from verifier.model.network import Network, exact_classes
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.part import first, size
from verifier.model.variable import Variable

if TYPE_CHECKING:
    from verifier.formats.heads import Number

FEW_NODES = 256
"""Up to so many nodes of a domain's tree what is near is written as one; else as slots."""


def ask_robust(
    model: Source,
    domain: Source,
    point: Mapping[str, Any] | StrPath,
    flips: int,
    *,
    only: Sequence[str] | None = None,
    reads: Sequence[str] | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    timeout: Timeout = None,
    **options: Any,
) -> FrontResult:
    """At how many inputs near a ``point`` is the class another one?

    Near are those that differ from it in at most ``flips`` variables, no more than the model reads,
    or than ``only`` names where that is given; ``point`` is a value for each variable of the
    domain: a mapping, a text such as ``age=30,sex=female``, or the path of a JSON file. ``model``,
    ``domain``, ``reads``, ``head``, ``threshold``, ``timeout`` and ``options`` are those of
    ``ask_fair``. Real numbers of an interval are to be none of these.

    Raises what ``ask`` raises, LeafproofError where the point is none of the domain's.
    """
    limit, said = limit_of(timeout, model), {"head": head, "threshold": threshold}
    given = given_model(model, domain, reads, limit, said)
    return asked(robust(given, point, flips, only), given, limit, options)


def robust(
    given: Given, point: Mapping[str, Any] | StrPath, flips: int, only: Sequence[str] | None = None
) -> Front:
    """The question, as ``ask`` takes it."""
    names, values = list(given.reads if only is None else only), _values(point)
    given = _still(given, values, names)
    domain = given.domain
    centre = point_of(domain, values)
    free = sorted({variable_named("robust", domain, name) for name in names})
    if isinstance(flips, bool) or not isinstance(flips, int) or not flips >= 1:
        raise QuestionError(f"flips is {flips!r}: give how many variables may change, 1 at least")
    if flips > len(free):
        raise QuestionError(
            f"flips is {flips}, and there {_may_change(len(free))}: give {len(free)} at most"
        )
    try:
        near = _near(given, centre, flips, free)
    except DomainError:
        for v in domain.variables:
            if domain.possible(centre) and not isinstance(v, Continuous):
                check_likely("robust", v)
        raise
    places = domain_places(domain, given.reads)
    own = domain.product_of(places)
    here = tuple(centre[i] for i in places)
    if isinstance(given.model, Network):
        klass = exact_classes(given.model, own, [here])[0]
    else:
        klass = given.model.class_at(own.encode(here))

    def sides(at: Point) -> tuple[Labels, ...]:
        both = by_name(domain, centre), by_name(domain, near.point(at))
        return tuple(labels_at(domain, held) for held in both)

    def rows(at: Point) -> tuple[Row, ...]:
        return (row_of(given, by_name(domain, near.point(at))),)

    many = "1 variable" if flips == 1 else f"{flips} variables"
    every = flips == len(free) == len(domain.variables)
    note = "all variables may change: every input of the domain is near" if every else ""
    if near.space.size == 1:
        note = "nothing can change: the point is the only input that is near"
    return Front(
        "robust",
        f"inputs at most {many} away whose class is another than the point's",
        {"not": {"class": ["f", klass]}},
        {"f": (near.model, near.reads)},
        near.space,
        sides,
        rows,
        (given.run,),
        note,
        ASKED_ROBUST,
    )


def _still(given: Given, values: Mapping[str, Any], free: Collection[str]) -> Given:
    """The same where real numbers that may not change have but the one value of the point.

    A domain's tree may say of an interval what is possible: with one nothing is changed.
    """
    domain = given.domain
    held = {v.name for v in domain.variables if isinstance(v, Continuous)} - {*free}
    if not held or domain.given is not None:
        return given
    found: list[AnyVariable] = []
    for v in domain.variables:
        if not isinstance(v, Continuous) or v.name not in held or v.name not in values:
            found.append(v)
            continue
        where = f"the point: {v.name}"
        number = exact(where, values[v.name])
        if not v.first <= number <= v.number(v.count - 1):
            raise DomainError(f"{where}={number} is outside of its interval")
        found.append(Ordinal(v.name, number, Fraction(1), 1, ((1, Fraction(1)),)))
    return replace(given, domain=Domain(tuple(found)))


def _may_change(count: int) -> str:
    return "is 1 variable that may change" if count == 1 else f"are {count} that may change"


@dataclass(frozen=True, eq=False)
class Near:
    """What is near a point: a domain, and the model as it reads that; ``point`` gives the input."""

    space: Domain
    model: Model
    reads: tuple[str, ...]
    point: Callable[[Point], Point]


def _near(given: Given, centre: Point, flips: int, free: Sequence[int]) -> Near:
    """As slots where that is shorter, and the model can add; else as a domain tree."""
    domain, model = given.domain, given.model
    places = domain_places(domain, given.reads)
    many = nodes_of_ball(domain, centre, flips, frozenset(free)) > FEW_NODES
    held = None
    if many and flips < len(free) and isinstance(model, Network | Ensemble):
        held = slots(domain, centre, flips, free, places)
    if held is None:
        return Near(ball(domain, centre, flips, free), model, given.reads, lambda at: at)
    if isinstance(model, Network):
        summing: Model = added(model, flips)
    else:
        assert isinstance(model, Ensemble)
        row = domain.product_of(places).encode(tuple(centre[i] for i in places))
        summing = added_to(model, row, flips)

    def point(at: Point) -> Point:
        changed = held.changed(at)
        return tuple(changed.get(i, k) for i, k in enumerate(centre))

    reads = (*given.reads, *(slot_name(j) for j in range(flips)))
    return Near(held.domain, summing, reads, point)


def domain_places(domain: Domain, names: Sequence[str]) -> list[int]:
    """The numbers of variables."""
    place = {v.name: i for i, v in enumerate(domain.variables)}
    return [place[name] for name in names]


def _values(point: Mapping[str, Any] | StrPath) -> Mapping[str, Any]:
    """What a point's variables are, by name. Raises QuestionError."""
    held = read_point(os.fspath(point)) if isinstance(point, str | os.PathLike) else point
    if not isinstance(held, Mapping):
        raise QuestionError('the point is not an object of values: give such as {"age": 30}')
    return held


def _bin_of(v: AnyVariable, value: Any) -> Any:
    """The label of the bin that a number is in, where the variable's values are bins of numbers;
    and the one of what is missing for a value that is left empty (in JSON: null)."""
    if not isinstance(v, Variable) or v.index(str(value)) is not None:
        return value
    gone = missing_of(v)
    if value in ("", None) and gone is not None:
        return v.labels[gone]
    known = [label for i, label in enumerate(v.labels) if i != gone]
    try:
        bins, x = edges_of(known), number("", value)
    except DomainError:  # no number: whoever looks it up says so
        return value
    for label, (low, high) in zip(known, bins or (), strict=False):
        if (low is None or low < x) and (high is None or x <= high):
            return label
    return value


def point_of(domain: Domain, values: Mapping[str, Any] | StrPath) -> Point:
    """A point by a value for each variable; a number stands for its bin, "" for what is missing.

    Raises DomainError, QuestionError.
    """
    values = _values(values)
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
                "range of numbers with a step, or name the others as all that may change (--only)"
            )
        part = part_of(where, v, _bin_of(v, values[v.name]))
        if size(part) != 1:
            raise QuestionError(f"{where} has several values: name one")
        found.append(first(part))
    return tuple(found)
