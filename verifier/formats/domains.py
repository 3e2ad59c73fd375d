"""Domains from plain values of Python and NumPy: what ``Domain``'s own constructors do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.variables import variable
from verifier.model import domain as pairs
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.floats import nearest
from verifier.model.limits import require_memory
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.variable import Variable


def bits(names: int | Iterable[str]) -> Domain:
    """Uniform {0, 1} variables, so many or of these names."""
    return _named(pairs.bits, names)


def signs(names: int | Iterable[str]) -> Domain:
    """Uniform {-1, +1} variables, so many or of these names."""
    return _named(pairs.signs, names)


def _named(make: Callable[[int], Domain], names: Any) -> Domain:
    if isinstance(names, Integral):
        if names < 1:
            raise DomainError(f"{names} inputs are asked for: it must be at least 1")
        return make(int(names))
    if not isinstance(names, Iterable) or isinstance(names, str):
        raise DomainError(f"{names!r:.60} is neither a number of inputs nor a list of their names")
    listed = [name for name in names if not _listed(name, ())]
    made = make(len(listed)).variables
    return Domain(tuple(replace(v, name=name) for v, name in zip(made, listed, strict=True)))


def each(
    make: Callable[..., Variable],
    name: str | Mapping[str, Iterable[Any]],
    given: Iterable[Any] | None,
    probabilities: Any,
    weights: Any,
) -> Domain:
    """A variable of these values, or one for each entry of a dict."""
    if isinstance(name, Mapping):
        if not (given is None and probabilities is None and weights is None):
            raise DomainError(
                "a dict of inputs is given: leave the rest out, or make each input by itself"
            )
        return Domain(tuple(make(n, _listed(n, values)) for n, values in name.items()))
    if given is None:
        raise DomainError(f'input "{name}" has no values: list them')
    return Domain((make(name, _listed(name, given), probabilities, weights=weights),))


def encoded(name: str, labels: Any, encoding: Any, probabilities: Any) -> Domain:
    """A variable with an encoding of its own."""
    if not isinstance(encoding, Iterable):
        raise DomainError(f'input "{name}": the encoding is not a list of rows')
    words = _listed(name, labels)
    return Domain((variable(name, words, list(encoding), probabilities),))


def product(parts: Iterable[Domain | AnyVariable]) -> Domain:
    """The variables of all parts, in this order."""
    held: list[AnyVariable] = []
    for part in parts:
        if not isinstance(part, Domain | Variable | Ordinal):
            raise DomainError(f"a part is of type {type(part).__name__}: give Domains")
        held += part.variables if isinstance(part, Domain) else [part]
    return Domain(tuple(held))


def _listed(name: str, labels: Any) -> list[Any]:
    """The labels as a list; raises DomainError for what a certificate could not hold."""
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise DomainError(f'input "{name}": {labels!r:.60} is not a list of values')
    listed = list(labels)
    for word in (name, *listed):
        if not isinstance(name, str) or not str(word) or not str(word).isprintable():
            raise DomainError(f"{word!a:.60}: names are one line of printable text")
    return listed


def inputs(domain: Domain, limit: int) -> npt.NDArray[np.float64]:
    """All points of the domain as rows of float64, the last variable changing fastest."""
    if domain.size > limit:
        raise DomainError(
            f"the domain has {domain.size} points, more than {limit}: draw some of them"
        )
    require_memory(16 * domain.size * domain.columns, "the domain's points as an array")
    tables = [
        np.array([[nearest(x) for x in row] for row in v.encoding], dtype=np.float64)
        for v in domain.variables
    ]
    points = np.array(list(full_cell(domain).points()), dtype=np.int64)
    return np.hstack([table[points[:, i]] for i, table in enumerate(tables)])
