"""Monotone: does the class never fall (or never rise) where one feature alone goes up a step?

A class that falls on the way from a value to any greater one falls at one of the steps between: so
a model is monotone exactly if no step is a counterexample, and the steps are what is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from verifier.formats.combinations import conditioned, variable_named
from verifier.formats.frame_missing import may_lack, missing_of
from verifier.jobs.fronts.changed import behind
from verifier.jobs.fronts.common import (
    Front,
    FrontResult,
    Given,
    Row,
    asked,
    by_name,
    check_order,
    classes_of,
    given_model,
    labels_at,
    row_of,
)
from verifier.jobs.fronts.fair import unread
from verifier.jobs.fronts.words import Labels, next_name, rise_names
from verifier.jobs.limit import Timeout, limit_of
from verifier.jobs.loading import Model, Source
from verifier.jobs.pairs import MOST_VALUES, check_likely, more, only
from verifier.model.chances import Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import DomainError, QuestionError, quoted
from verifier.model.network import Network
from verifier.model.ordinal import Ordinal
from verifier.model.tree import Inner, Tree
from verifier.model.variable import Variable

if TYPE_CHECKING:
    from verifier.formats.heads import Number

T = TypeVar("T")

MOST_CLASSES = 16
"""Most classes whose order is asked about."""


def ask_monotone(
    model: Source,
    domain: Source,
    feature: str,
    *,
    up: bool = True,
    reads: Sequence[str] | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    timeout: Timeout = None,
    **options: Any,
) -> FrontResult:
    """At how many inputs does the class fall where ``feature`` alone goes up by one step?

    With ``up=False``: where does it rise? A model is monotone exactly if this is so nowhere. Of
    more than two classes the order is that of their numbers. ``feature`` is a range of numbers, or
    a variable with listed values whose encodings have an order: each column goes up, or stays.
    Where a table's number may be missing, inputs that lack it are left out, and a note says so.
    ``Result.points`` counts inputs with a next value. ``model``, ``domain``, ``reads``, ``head``,
    ``threshold``, ``timeout`` and ``options`` are those of ``ask_fair``.

    Of a feature that the model does not read the note says that it is monotone by construction.

    Raises what ``ask`` raises, LeafproofError where the feature's values have no order.
    """
    check_order("ask_monotone", feature)
    limit, said = limit_of(timeout, model), {"head": head, "threshold": threshold}
    given = given_model(model, domain, reads, limit, said)
    return asked(monotone(given, feature, up=up), given, limit, options)


def monotone(given: Given, feature: str, *, up: bool = True) -> Front:
    """The question, as ``ask`` takes it."""
    at = variable_named("monotone", given.domain, feature)
    v = given.domain.variables[at]
    classes = classes_of(given.model)
    if classes > MOST_CLASSES:
        raise QuestionError(
            f"monotone: the model has {classes} classes, at most {MOST_CLASSES} are compared"
        )
    if isinstance(v, Continuous):
        raise DomainError(
            f"monotone: {quoted(v.name)} is continuous and has no steps: give it as a range of "
            "numbers with a step"
        )
    if v.count < 2:
        raise DomainError(f"monotone: {quoted(v.name)} has one value: it never goes up")
    way = "fall" if up else "rise"
    subject = f"inputs whose class {way}s where {quoted(v.name)} alone goes up one step"
    shorter = unread(given, at)
    question = _crossing(classes, "b" if shorter is None else "a", falls=up)
    if shorter is not None:  # one model: its class is its own
        question = {"all": [question, {"not": {"same": ["a", "a"]}}]}
    if isinstance(v, Ordinal):
        front = _over_a_range(given, at, v, subject, question, shorter)
    else:
        order = _order(v)
        front = _over_a_list(given, at, v, order, subject, question)
        if len(order) < v.count:
            lacks = f"inputs that lack {quoted(v.name)} have no next step: they are left out"
            front = replace(front, note=lacks)
    if shorter is None:
        return front
    note = f"the model does not read {quoted(v.name)}: it is monotone by construction"
    return replace(front, models={"a": shorter}, sources=front.sources[:1], note=note)


def _crossing(classes: int, second: str, *, falls: bool) -> dict[str, Any]:
    """That the class of the second input is below (above) that of the first."""
    parts = [
        {"all": [{"class": ["a", i]}, {"class": [second, j]}]}
        for i in range(classes)
        for j in range(classes)
        if (j < i if falls else j > i)
    ]
    return parts[0] if len(parts) == 1 else {"any": parts}


def _order(v: Variable) -> list[int]:
    """The values of a list from the least on, but a missing number, which is above and below none.

    Raises QuestionError where they have no order.
    """
    lacks = missing_of(v) if may_lack(v) else None
    found = sorted((k for k in range(v.count) if k != lacks), key=lambda k: v.row(k))
    rising = all(
        all(x <= y for x, y in zip(v.row(a), v.row(b), strict=True)) and v.row(a) != v.row(b)
        for a, b in pairwise(found)
    )
    if not rising:
        raise QuestionError(
            f"monotone: the values of {quoted(v.name)} have no order: their encodings do not go "
            "up together; give it one number each, or ask about another variable"
        )
    if v.count > MOST_VALUES:
        raise DomainError(
            f"monotone: {quoted(v.name)} has {v.count} listed values, and at most {MOST_VALUES} "
            "are compared: read it as a range or in bins (leafproof domain --range or --bins)"
        )
    if len(found) < 2:
        raise DomainError(f"monotone: {quoted(v.name)} has one number: it never goes up")
    return found


def _over_a_range(
    given: Given,
    at: int,
    v: Ordinal,
    subject: str,
    question: dict[str, Any],
    shorter: tuple[Model, tuple[str, ...]] | None,
) -> Front:
    """Both inputs are a number and a rise: none, or one step."""
    held = given.domain
    names = rise_names(v.name)
    for name in names:
        if any(x.name == name for x in held.variables):
            raise DomainError(f"monotone: the domain has a variable {quoted(name)}: rename it")
    if not any(chance for _, chance in v.runs[:-1]) and v.runs[-1][0] == 1:
        check_likely("monotone", v)
    lower = conditioned(v.chances, range(v.count - 1))
    assert isinstance(lower, Runs)
    from_ = replace(v, count=v.count - 1, runs=lower.runs)
    rises = [
        Ordinal(name, by, Fraction(1), 1, ((1, Fraction(1)),))
        for name, by in zip(names, (Fraction(0), v.step), strict=True)
    ]
    variables = (*held.variables[:at], from_, *held.variables[at + 1 :], *rises)
    space = Domain(variables, more(held, at, 2, "monotone"))
    models: dict[str, tuple[Model, Sequence[str]]]
    if shorter is not None:
        models = {"a": shorter}
    elif isinstance(given.model, Tree | Ensemble):
        shifted = _shifted(given.model, _column(given, v.name), v.step)
        space = Domain(variables[:-2], more(held, at, 0, "monotone"))
        models = {"a": (given.model, given.reads), "b": (shifted, given.reads)}
    else:
        risen = rising(given.model, _column(given, v.name))
        models = {x: (risen, (*given.reads, name)) for x, name in zip("ab", names, strict=True)}

    def values(point: Point) -> tuple[dict[str, int], dict[str, int]]:
        found = by_name(space, point)
        return found, found | {v.name: found[v.name] + 1}

    return _front(given, subject, question, models, space, values)


def _over_a_list(
    given: Given, at: int, v: Variable, order: Sequence[int], subject: str, question: dict[str, Any]
) -> Front:
    """The second input has a variable of its own, with the next value."""
    held, name = given.domain, next_name(v.name)
    if any(x.name == name for x in held.variables):
        raise DomainError(f"monotone: the domain has a variable {quoted(name)}: rename it")
    if len(order) == v.count == 2:
        first, second = only(v, order[0], v.name), only(v, order[1], name)
        variables = (*held.variables[:at], first, *held.variables[at + 1 :], second)
        space = Domain(variables, more(held, at, 1, "monotone"))
    else:
        check_likely("monotone", v)
        space = Domain((*held.variables, replace(v, name=name)), more(held, at, 1, "monotone"))
        steps = dict(pairwise(order))
        others = [
            {v.name: v.label(k), name: [x for i, x in enumerate(v.labels) if i != steps.get(k)]}
            for k in range(v.count)
        ]
        space = space.without(*others)
    reads = [name if x == v.name else x for x in given.reads]
    places = {x: k for k, x in enumerate(v.labels)}

    def values(point: Point) -> tuple[dict[str, int], dict[str, int]]:
        found = by_name(space, point)
        found[v.name] = places[space.variables[at].label(point[at])]
        after = places[space.variables[-1].label(found.pop(name))]
        return found, found | {v.name: after}

    models: dict[str, tuple[Model, Sequence[str]]] = {
        "a": (given.model, given.reads),
        "b": (given.model, reads),
    }
    return _front(given, subject, question, models, space, values)


def _front(
    given: Given,
    subject: str,
    question: dict[str, Any],
    models: dict[str, tuple[Model, Sequence[str]]],
    space: Domain,
    values: Any,
) -> Front:
    def sides(point: Point) -> tuple[Labels, ...]:
        return tuple(labels_at(given.domain, held) for held in values(point))

    def rows(point: Point) -> tuple[Row, ...]:
        return tuple(row_of(given, held) for held in values(point))

    source = (given.run,) * 2
    return Front("monotone", subject, question, models, space, sides, rows, source)


def _column(given: Given, feature: str) -> int:
    """The column of the model that a number fills."""
    held = {v.name: v for v in given.domain.variables}
    before = given.reads[: given.reads.index(feature)]
    return sum(held[name].columns for name in before)


def rising(network: Network, column: int) -> Network:
    """The network with one more input, which is added to one of its columns: exactly."""
    n = network.columns
    weight = np.eye(n, n + 1)
    weight[column, n] = 1.0
    return behind(weight, network)


def _shifted(model: Tree | Ensemble, column: int, step: Fraction) -> Tree | Ensemble:
    """The model that answers what ``model`` does where a column is a step greater."""
    if isinstance(model, Tree):
        return replace(model, nodes=_shifted_nodes(model.nodes, column, step))
    members = [replace(m, nodes=_shifted_nodes(m.nodes, column, step)) for m in model.members]
    return replace(model, members=tuple(members))


def _shifted_nodes(
    nodes: Sequence[Inner | T], column: int, step: Fraction
) -> tuple[Inner | T, ...]:
    return tuple(
        replace(n, threshold=n.threshold - step)
        if isinstance(n, Inner) and n.column == column
        else n
        for n in nodes
    )
