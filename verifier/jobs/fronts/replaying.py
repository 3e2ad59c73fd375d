"""Witnesses run in the runtime that a model came from: what users deploy rounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verifier.formats import ensembles_runtime, network_answers
from verifier.formats.runtime import Unusable
from verifier.jobs.loading import Model, Source
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.tree import Tree


def replay(
    sources: Sequence[tuple[Source, Model, Domain]],
    rows: Sequence[Sequence[Sequence[Fraction]]],
    classes: Sequence[Sequence[int]],
) -> list[str]:
    """What onnxruntime, or the library that a model is of, answers at each witness, beside exact
    classes.

    ``sources`` are the models as they were given and as they were read, with the domain of what
    they read; a witness has an input and a class for each of them. A model is loaded once for all.
    """
    each = [
        _one(source, model, domain, own, known)
        for (source, model, domain), own, known in zip(
            sources, zip(*rows, strict=True), zip(*classes, strict=True), strict=True
        )
    ]
    found = zip(*each, strict=True)
    return [said[0] if len(set(said)) == 1 else "; ".join(said) for said in found]


def _one(
    source: Source,
    model: Model,
    domain: Domain,
    rows: Sequence[Sequence[Fraction]],
    classes: Sequence[int],
) -> list[str]:
    if isinstance(model, Tree):
        same = "a tree's answer is the same in every runtime that compares exactly"
        return [same] * len(rows)
    try:
        if isinstance(model, Ensemble):
            name, found = ensembles_runtime.answers(source, model, rows, domain)
        else:
            name, found = network_answers.answers(source, model, rows, domain)
    except Unusable as problem:
        return [f"not run elsewhere: {problem}"] * len(rows)
    other = f"{name} gives another class: its input is rounded there, or its sums"
    same = f"{name} gives the same class"
    return [
        same if klass == own else other for klass, own in zip(found.tolist(), classes, strict=True)
    ]
