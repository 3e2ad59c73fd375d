"""Fair: do two people who differ in one feature alone get the same class?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from verifier.jobs.fronts.common import (
    Front,
    FrontResult,
    Given,
    Row,
    asked,
    by_name,
    check_order,
    given_model,
    labels_at,
    row_of,
)
from verifier.jobs.fronts.words import Labels, alone_words
from verifier.jobs.limit import Timeout, limit_of
from verifier.jobs.loading import Model, Source, StrPath
from verifier.jobs.pairs import apart, other_name
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import QuestionError, quoted
from verifier.model.network import Affine, sources
from verifier.model.tree import Inner, Tree

if TYPE_CHECKING:
    from verifier.formats.heads import Number

T = TypeVar("T")


def ask_fair(
    model: Source,
    domain: Source,
    protected: str | Sequence[str],
    *,
    reads: Sequence[str] | None = None,
    where: int | None = None,
    where_output: StrPath | None = None,
    head: str | None = None,
    threshold: Number | None = None,
    timeout: Timeout = None,
    **options: Any,
) -> FrontResult:
    """At how many pairs of inputs that differ in ``protected`` alone do the classes differ?

    ``model``: a network or a tree; ``domain``: a Domain or a path to a domain file, in which
    ``protected`` is a variable, or several (also one text, separated by commas): the pairs then
    differ in one of these at least, and in nothing else; ``reads`` names the variables that the
    model reads, in the order of its columns, where it does not read all; ``head`` and ``threshold``
    are those of ``certify``. Every pair counts once,
    the first with the earlier value. ``where`` asks for a tree of at most so many leaves that tells
    where the model is unfair: ``Result.where``, itself proved, its certificate written to
    ``where_output``. ``timeout`` is in seconds, everything included; ``options`` are other
    arguments of ``ask``.

    ``Result.points`` and ``probability`` are about pairs, ``instances`` some unfair ones. Where the
    model does not read the feature it is fair by construction, and the note says so.

    Raises what ``ask`` raises, LeafproofError where the feature is none of the domain's.
    """
    check_order("ask_fair", protected)
    limit, said = limit_of(timeout, model), {"head": head, "threshold": threshold}
    given = given_model(model, domain, reads, limit, said)
    return asked(fair(given, protected), given, limit, options, where, where_output)


def fair(given: Given, protected: str | Sequence[str]) -> Front:
    """The question, as ``ask`` takes it."""
    ats, space = apart(given.domain, features_of(given.domain, protected), "fair")
    names = [given.domain.variables[at].name for at in ats]
    subject = f"inputs that differ in {alone_words(list(map(quoted, names)))}"
    values = _values_of(given.domain, space, ats)

    def sides(point: Point) -> tuple[Labels, ...]:
        return tuple(labels_at(given.domain, held) for held in values(point))

    def rows(point: Point) -> tuple[Row, ...]:
        return tuple(row_of(given, held) for held in values(point))

    shorter = _without(given, ats)
    if shorter is not None:
        models = {"a": shorter}
        shown = " or ".join(map(quoted, names))
        note = f"the model does not read {shown}: it is fair by construction"
    else:
        second = tuple(other_name(x) if x in names else x for x in given.reads)
        models = {"a": (given.model, given.reads), "b": (given.model, second)}
        note = ""
    question = {"not": {"same": ["a", [*models][-1]]}}
    sources = (given.run,) * len(models)
    return Front("fair", subject, question, models, space, sides, rows, sources, note)


def features_of(domain: Domain, protected: str | Sequence[str]) -> list[str]:
    """The names of features: a text is one name, or several with commas between."""
    known = {v.name for v in domain.variables}
    listed = [protected] if isinstance(protected, str) else protected
    if not all(isinstance(name, str) for name in listed):
        raise QuestionError("protected is the name of a variable, or several")
    found: list[str] = []
    for name in listed:
        found += [name] if name in known else [part.strip() for part in name.split(",")]
    return found


def _values_of(domain: Domain, space: Domain, ats: Sequence[int]) -> Any:
    """From a point of the pairs to the values of both, in the user's domain."""
    features = [domain.variables[at] for at in ats]
    places = [{v.label(k): k for k in range(v.count)} for v in features]

    def values(point: Point) -> tuple[dict[str, int], dict[str, int]]:
        held = by_name(space, point)
        second = {}
        for j, (v, place) in enumerate(zip(features, places, strict=True)):
            held[v.name] = place[space.variables[ats[j]].label(point[ats[j]])]
            last = len(point) - len(ats) + j
            second[v.name] = place[space.variables[last].label(held.pop(other_name(v.name)))]
        return held, held | second

    return values


def _without(given: Given, ats: Sequence[int]) -> tuple[Model, tuple[str, ...]] | None:
    """What ``unread`` says of all of these variables, None where the model reads one of them."""
    for at in ats:
        found = unread(given, at)
        if found is None:
            return None
        given = replace(given, model=found[0], reads=found[1])
    return given.model, given.reads


def unread(given: Given, at: int) -> tuple[Model, tuple[str, ...]] | None:
    """The model without the variable, and what is left to read, where it does not depend on it."""
    name = given.domain.variables[at].name
    if name not in given.reads:
        return given.model, given.reads
    begin = 0
    held = {v.name: v for v in given.domain.variables}
    for read in given.reads[: given.reads.index(name)]:
        begin += held[read].columns
    columns = range(begin, begin + held[name].columns)
    rest = tuple(x for x in given.reads if x != name)
    shorter = without_columns(given.model, columns)
    return None if shorter is None or not rest else (shorter, rest)


def _moved(nodes: Sequence[Inner | T], columns: range) -> tuple[Inner | T, ...] | None:
    """Nodes that test columns as they are numbered without some; None where these are tested."""
    if any(isinstance(n, Inner) and n.column in columns for n in nodes):
        return None
    return tuple(
        replace(n, column=n.column - len(columns))
        if isinstance(n, Inner) and n.column >= columns.stop
        else n
        for n in nodes
    )


def without_columns(model: Model, columns: range) -> Model | None:
    """The same model without input columns that it does not look at; None where it does."""
    if isinstance(model, Tree):
        nodes = _moved(model.nodes, columns)
        return None if nodes is None else replace(model, nodes=nodes)
    if isinstance(model, Ensemble):
        members = []
        for member in model.members:
            own = _moved(member.nodes, columns)
            if own is None:
                return None
            members.append(replace(member, nodes=own))
        left = model.columns - len(columns)
        return replace(model, columns=left, members=tuple(members)) if left else None
    kept = [j for j in range(model.columns) if j not in columns]
    if not kept:
        return None
    layers = []
    for layer in model.layers:
        if 0 in sources(layer):
            if not isinstance(layer, Affine) or layer.weight[:, columns].any():
                return None
            layer = replace(layer, weight=layer.weight[:, kept])
        layers.append(layer)
    return replace(model, columns=len(kept), layers=tuple(layers))
