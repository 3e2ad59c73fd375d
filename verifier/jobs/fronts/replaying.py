"""Witnesses run in the runtime that a model came from: what users deploy rounds."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from verifier.formats.outputs import split_output
from verifier.formats.runtime import Session, Unusable, is_installed
from verifier.formats.runtime_classes import runtime_classes
from verifier.jobs.loading import Model, Source, is_path
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.floats import nearest
from verifier.model.tree import Tree


def replay(
    sources: Sequence[tuple[Source, Model, Domain]],
    rows: Sequence[Sequence[Fraction]],
    classes: Sequence[int],
) -> str:
    """What onnxruntime, or an ensemble's library, answers at the inputs, beside exact classes.

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
    if isinstance(model, Ensemble):
        return _library(source, model, domain, row, klass)
    file, output = split_output(source) if is_path(source) else ("", None)
    if not file.lower().endswith(".onnx"):
        return "not run elsewhere: the model was not given as an ONNX file"
    if not is_installed():
        return "not run elsewhere: onnxruntime is not installed"
    try:
        session = Session(file)
        given = np.array([[nearest(x) for x in row]])
        answer = runtime_classes(model, [session.run(output or session.answer, given)])[0]
    except Unusable as problem:
        return f"not run elsewhere: onnxruntime cannot run it ({problem})"
    if answer == klass:
        return "onnxruntime gives the same class"
    return "onnxruntime gives another class: rounding changes it there"


def _library(
    source: Source, model: Ensemble, domain: Domain, row: Sequence[Fraction], klass: int
) -> str:
    from verifier.formats.ensembles_runtime import answers

    try:
        name, found = answers(source, model, [row], domain)
    except Unusable as problem:
        return f"not run elsewhere: {problem}"
    if found[0] == klass:
        return f"{name} gives the same class"
    return f"{name} gives another class: its input is rounded there, or its sums"
