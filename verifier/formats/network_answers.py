"""What the runtime that a network came from answers for its inputs: to run witnesses there."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import onnx_several
from verifier.formats.onnx_tables import table_of
from verifier.formats.outputs import split_output
from verifier.formats.runtime import Session, Unusable, first_line, is_installed
from verifier.formats.runtime_classes import names_of, runtime_classes
from verifier.formats.told_apart import is_a
from verifier.model.domain import Domain, Point
from verifier.model.errors import LeafproofError
from verifier.model.floats import nearest
from verifier.model.network import Network
from verifier.model.ordinal import Ordinal
from verifier.model.variable import Variable

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def answers(
    source: Any, network: Network, rows: Sequence[Sequence[Fraction]], domain: Domain
) -> tuple[str, Ints]:
    """The runtime's name and its classes at rows, rounded to float64. Raises Unusable.

    ``source`` is what the network was read from; the rows are those of the ``domain``.
    """
    given = np.array([[nearest(x) for x in row] for row in rows])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(source, str | os.PathLike) or is_a(source, "onnx", "ModelProto"):
            return "onnxruntime", _onnx(source, network, rows, given, domain)
        if is_a(source, "torch", "Module"):
            return "PyTorch", _torch(source, network, given)
        if is_a(source, "sklearn", "BaseEstimator"):
            return "scikit-learn", _sklearn(source, network, rows, given, domain)
    raise Unusable("the model was given as what Leafproof reads, which nothing else runs")


def point_at(domain: Domain, row: Sequence[Fraction]) -> Point:
    """The point that is encoded so. Raises Unusable where the domain has real numbers."""
    found = []
    for v, start in zip(domain.variables, domain.offsets, strict=True):
        if isinstance(v, Ordinal):
            found.append(int((row[start] - v.first) / v.step))
            continue
        if not isinstance(v, Variable):
            raise Unusable("the model reads a table's columns, and the domain has real numbers")
        own = tuple(row[start : start + v.columns])
        found.append(next(k for k in range(v.count) if tuple(v.row(k)) == own))
    return tuple(found)


def _onnx(
    source: Any,
    network: Network,
    rows: Sequence[Sequence[Fraction]],
    given: Floats,
    domain: Domain,
) -> Ints:
    if not is_installed():
        raise Unusable("onnxruntime is not installed")
    is_path = isinstance(source, str | os.PathLike)
    model = onnx_several.of_a_table(source)
    if model is not None:
        folder = onnx_several.folder_of(source)
        try:
            table = table_of(model, domain, folder)
        except LeafproofError as problem:
            raise Unusable(str(problem)) from None
        points = [point_at(domain, row) for row in rows]
        return runtime_classes(network, [onnx_several.answers(model, table, points)])
    # a file is run as it is: its weights may be in another one beside it
    run, output = split_output(source) if is_path else (source.SerializeToString(), None)
    session = Session(run)
    if session.shape and isinstance(session.shape[0], int):
        session = Session(run, session.shape[0])
    return runtime_classes(network, [session.run(output or session.answer, given)])


def _torch(module: Any, network: Network, given: Floats) -> Ints:
    import torch

    from verifier.formats.torch_check import RAISED

    held = next((p for p in module.parameters() if p.is_floating_point()), torch.zeros(1))
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            found = module(torch.from_numpy(given).to(held.dtype).to(held.device))
    except RAISED as problem:
        raise Unusable(f"PyTorch does not run it: {first_line(problem)}") from None
    finally:
        for part, training in modes:
            part.training = training
    return runtime_classes(network, [found.cpu().numpy()])


def _sklearn(
    model: Any,
    network: Network,
    rows: Sequence[Sequence[Fraction]],
    given: Floats,
    domain: Domain,
) -> Ints:
    from verifier.formats import sklearn_check
    from verifier.formats.sklearn_networks import inputs_in

    above = None if network.head is None else network.head.threshold
    above = None if hasattr(model, "classes_") else above
    inputs = inputs_in(model, domain)
    if inputs is None:
        found: list[str] | None = sklearn_check.answers(model, given, above)
    else:
        points = [point_at(domain, row) for row in rows]
        some = [*sklearn_check.drawn(domain), *points]  # a row alone may have no type of its own
        found = sklearn_check.predicted(model, domain, inputs, some, above)
    if found is None:
        raise Unusable("it does not predict for the domain's values")
    numbers = {name: k for k, name in enumerate(names_of(network))}
    return np.array([numbers.get(name, -1) for name in found[-len(rows) :]])
