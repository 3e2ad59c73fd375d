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
    rows: Sequence[Sequence[Fraction]],
    classes: Sequence[int],
) -> str:
    """What onnxruntime, or the library that a model is of, answers at the inputs, beside exact
    classes.

    ``sources`` are the models as they were given and as they were read, with the domain of what
    they read.
    """
    found = [
        _one(source, model, domain, row, klass)
        for (source, model, domain), row, klass in zip(sources, rows, classes, strict=True)
    ]
    return found[0] if len(set(found)) == 1 else "; ".join(found)


def _one(source: Source, model: Model, domain: Domain, row: Sequence[Fraction], klass: int) -> str:
    if isinstance(model, Tree):
        return "a tree's answer is the same in every runtime that compares exactly"
    try:
        if isinstance(model, Ensemble):
            name, found = ensembles_runtime.answers(source, model, [row], domain)
        else:
            name, found = network_answers.answers(source, model, [row], domain)
    except Unusable as problem:
        return f"not run elsewhere: {problem}"
    if found[0] == klass:
        return f"{name} gives the same class"
    rounded = "its input is rounded there, or its sums"
    return f"{name} gives another class: {rounded}"
