"""A question that people ask: its formula, models and domain, and what a point of it stands for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar

from verifier.jobs.ask import ask
from verifier.jobs.asking import load_model
from verifier.jobs.fronts.replaying import replay
from verifier.jobs.fronts.where import Where, check_leaves, shortened, where
from verifier.jobs.fronts.words import Kind, Labels
from verifier.jobs.limit import Timeout, in_time, limit_of, reading
from verifier.jobs.loading import Derived, Model, Source, StrPath, compare, domain_of, origin
from verifier.jobs.result import Result
from verifier.jobs.watching import Watch
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import QuestionError, quoted
from verifier.model.network import Network, check_columns
from verifier.model.origin import FILE
from verifier.model.question import Bound
from verifier.model.verdict import NOWHERE
from verifier.writing.certificate import write_certificate
from verifier.writing.files import check_writable

Row = Sequence[Fraction]


@dataclass(frozen=True, eq=False)
class Given:
    """A user's model on a domain: ``reads`` are the variables that it reads, in order of columns.

    ``source`` is what the user gave, ``model`` what was read of it, in so many ``seconds``;
    ``domain_from`` says where the domain came from, as certificates record it.
    """

    source: Source
    model: Model
    domain: Domain
    reads: tuple[str, ...]
    domain_from: str | None = None
    seconds: float = 0.0

    @property
    def run(self) -> tuple[Source, Model, Domain]:
        """What is run to see what the model itself answers, with the domain of what it reads."""
        names = [v.name for v in self.domain.variables]
        own = self.domain.product_of(names.index(name) for name in self.reads)
        return self.source, self.model, own


@dataclass(frozen=True, eq=False)
class Front:
    """What ``ask`` takes, with what is meant by it.

    ``subject`` says in a few words what is asked, ``note`` what has to be known of the answer,
    ``call`` what the certificate records of a call from Python, where its form may not tell.
    ``sides`` are the inputs that a point of the question's domain stands for, by the variables of
    the user's domain; ``rows`` what each of the user's ``sources`` is given there.
    """

    kind: Kind
    subject: str
    question: Any
    models: Mapping[str, tuple[Model, Sequence[str]]]
    domain: Domain
    sides: Callable[[Point], tuple[Labels, ...]]
    rows: Callable[[Point], tuple[Row, ...]]
    sources: tuple[tuple[Source, Model, Domain], ...]
    note: str = ""
    call: str = ""


@dataclass(frozen=True)
class Instance:
    """Inputs at which the question's formula is true, evaluated exactly by the kernel.

    ``inputs`` are one or two, by the labels of the variables' values, and ``classes`` what the
    model, or each of two models, answers there; ``runtime`` says what it answers where it came
    from.
    """

    inputs: tuple[Labels, ...]
    classes: tuple[str, ...]
    runtime: str


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class FrontResult(Result):
    """A Result of a question that people ask: ``instances`` are its witnesses as inputs.

    ``where`` is a small tree that tells where it is so, if one was asked for.
    """

    front: Front
    where: Where | None = None
    _JSON: ClassVar[str] = "front_json"

    @property
    def kind(self) -> Kind:
        """fair, monotone, same or robust."""
        return self.front.kind

    @cached_property
    def instances(self) -> tuple[Instance, ...]:
        """The witnesses as pairs of inputs, each run in the model's own runtime where that is."""
        if not self.witnesses:
            return ()
        rows = [self.front.rows(w.point) for w in self.witnesses]
        classes = [tuple(w.classes.values()) for w in self.witnesses]
        return tuple(
            Instance(self.front.sides(w.point), tuple(w.names.values()), said)
            for w, said in zip(
                self.witnesses, replay(self.front.sources, rows, classes), strict=True
            )
        )


def check_order(call: str, feature: object) -> None:
    """Refuse a domain where a variable's name belongs, and so the name where the domain does."""
    if isinstance(feature, Domain):
        raise QuestionError(f"the domain comes before the name: {call}(model, domain, name)")


def given_model(
    source: Source,
    domain: Source,
    reads: Sequence[str] | None,
    timeout: Timeout,
    said: Mapping[str, Any],
    beside: Sequence[tuple[Source, Mapping[str, Any]]] = (),
) -> Given:
    """A model and the domain that it is asked about. LeafproofError where they do not fit.

    ``said`` is what ``load_model`` is told of its head. Models ``beside`` it may say how many bits
    or signs there are.
    """
    limit, start = limit_of(timeout), time.perf_counter()
    with in_time(limit), reading(limit):
        space = domain_of(domain, [*([(source, said)] if reads is None else []), *beside])
        names = [v.name for v in space.variables]
        named = tuple(names if reads is None else reads)
        for name in named:
            if name not in names:
                raise QuestionError(f"the model reads {quoted(name)}, which the domain lacks")
        if len(set(named)) != len(named) or not named:
            raise QuestionError("the model reads each variable once, and one at least")
        own = space.product_of(names.index(name) for name in named)
        model = load_model(source, own, said)
        if isinstance(model, Network | Ensemble):
            if reads is None and model.columns != own.columns:
                raise QuestionError(
                    f"the model takes {model.columns} columns and the domain's variables fill "
                    f"{own.columns}: name those that it reads, in order (--reads, reads=)"
                )
            check_columns(model, own)
        if isinstance(model, Network):
            compare(source, model, own)
        took = time.perf_counter() - start
        return Given(source, model, space, named, origin(domain), took)


def asked(
    front: Front,
    given: Given,
    timeout: Timeout,
    options: Mapping[str, Any],
    describe: int | None = None,
    described: StrPath | None = None,
) -> FrontResult:
    """The answer, proved, to a question about a model ``given``.

    With ``describe`` a tree of so many leaves tells where it is so, whose certificate is written to
    ``described``.
    """
    check_leaves(describe)
    if described is not None:
        if describe is None:
            raise QuestionError("where_output is the certificate of a tree: give where, its leaves")
        check_writable(described)
    limit = limit_of(timeout)
    first = limit if describe is None else shortened(limit)
    kept = given.domain_from == FILE or front.domain is given.domain  # bits in pairs are others
    space = Derived(front.domain, given.domain_from if kept else None)
    if front.call and not options.get("command"):
        options = {**options, "command": front.call}
    found = ask(front.question, front.models, space, timeout=first, **options)
    held = {f.name: getattr(found, f.name) for f in fields(Result)}
    held["seconds"] = {**found.seconds, "load": given.seconds + found.seconds["load"]}
    if front.note:
        held["notes"] = (*held["notes"], front.note)
    told = None
    if describe is not None and found.verdict != NOWHERE:
        watch = Watch(options.get("progress"), options.get("stop"))
        told = where(found, describe, watch, limit, options.get("command", ""))
        if told is None:
            held["notes"] = (*held["notes"], "the time limit came before it was described where")
        elif described is not None:
            write_certificate(described, told.data)
    return FrontResult(**held, front=front, where=told)


def row_of(given: Given, values: Mapping[str, int]) -> Row:
    """The columns of the user's model, by the values of its variables."""
    held = {v.name: v for v in given.domain.variables}
    return [x for name in given.reads for x in held[name].row(values[name])]


def by_name(domain: Domain, point: Point) -> dict[str, int]:
    """A point's values by the names of the variables."""
    return {v.name: at for v, at in zip(domain.variables, point, strict=True)}


def labels_at(domain: Domain, values: Mapping[str, int]) -> Labels:
    """What values are called."""
    return {v.name: v.label(values[v.name]) for v in domain.variables}


def classes_of(model: Model) -> int:
    """How many classes it has."""
    return Bound("model", model, (0,)).classes
