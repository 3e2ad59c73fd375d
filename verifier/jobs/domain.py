"""Domain: read a table as a domain, and say what each column was taken for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from verifier.formats.frame_choices import Distribution, Kind
from verifier.formats.frame_rows import indices_of
from verifier.formats.frames import FrameDomain, read_frame
from verifier.formats.runtime_classes import names_of
from verifier.formats.words import few
from verifier.jobs.loading import About, columns_of, load
from verifier.jobs.watching import Watch
from verifier.model.ensemble import Ensemble
from verifier.model.errors import DomainError, LeafproofError, quoted
from verifier.model.network import Network
from verifier.provers.evaluate import AnyBulk, bulk_classes, bulk_of
from verifier.writing.files import check_writable
from verifier.writing.json_nouns import write_domain

if TYPE_CHECKING:
    from verifier.formats.heads import Number
    from verifier.jobs.loading import StrPath


LISTED = (Kind.CATEGORICAL, Kind.VALUES, Kind.RANGE)
"""Kinds that hold the numbers of the rows as they are."""


@dataclass(frozen=True, eq=False)
class _InFile:
    """A model of a file, which is asked at a table's rows as points of a domain of their numbers;
    of columns of very many numbers at what stands for their bins.

    ``feature_names_in_`` are the columns of the table that it is given.
    """

    model: Network | Ensemble
    bulk: AnyBulk
    feature_names_in_: tuple[str, ...]

    def predict(self, rows: Any) -> Any:
        """The class of each row of a frame, by name."""
        points = indices_of(self.bulk.domain, rows)
        return np.array(names_of(self.model))[bulk_classes(self.bulk, points)]


def domain(
    data: Any,
    target: str | None = None,
    *,
    continuous: bool | str | Iterable[str] | Mapping[str, Any] = (),
    bins: Any = None,
    distribution: str = Distribution.INDEPENDENT,
    kinds: Mapping[str, str] | None = None,
    drop: Iterable[str] = (),
    smoothing: Fraction | float | str | None = None,
    model: Any = None,
    head: str | None = None,
    threshold: Number | None = None,
    output: StrPath | None = None,
) -> FrameDomain:
    """The domain of a table (a path or a frame), and what its columns are read as.

    The options are those of ``read_frame``; but a ``model`` may be a path to a file, too, whose
    inputs are the domain's columns (``head`` and ``threshold`` say what its outputs are).
    ``output`` is where the domain file is written, whole or not at all. Raises LeafproofError.
    """
    if output is not None:
        check_writable(output)
    if isinstance(model, str | os.PathLike):
        stated = {k: x for k, x in (kinds or {}).items() if x in LISTED}
        listed = read_frame(data, target, distribution="uniform", kinds=stated, drop=drop)
        about = _loaded(model, listed, {"head": head, "threshold": threshold})
        names = tuple(name for r in listed.read for name in r.columns)
        model = _InFile(about.network, bulk_of(about.network, about.domain), names)
    found = read_frame(
        data,
        target,
        continuous=continuous,
        bins=bins,
        distribution=distribution,
        kinds=kinds,
        drop=drop,
        smoothing=smoothing,
        model=model,
    )
    if output is not None:
        write_domain(output, found.domain)
    return found


def _loaded(model: StrPath, listed: FrameDomain, said: Mapping[str, Any]) -> About:
    """The model in a file, whose inputs are a table's columns. Raises LeafproofError."""
    try:
        return load(model, listed.domain, Watch(), **said)
    except LeafproofError:
        takes, has = columns_of(model, said), listed.domain.columns
        if takes in (None, has):
            raise
        told = few([f"{quoted(r.name)} ({r.variable.columns})" for r in listed.read])
        raise DomainError(
            f"{model} takes {takes} columns, but those of the table are {has}: {told}; say which "
            "is predicted (target=, --target COLUMN), and leave out what is no input (drop=, "
            "--drop COLUMN)"
        ) from None
