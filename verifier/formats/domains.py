"""Domains from plain values of Python and NumPy: what ``Domain``'s own constructors do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats import combinations, conditions, intervals, ranges
from verifier.formats.variables import variable
from verifier.model import domain as pairs
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.floats import nearest
from verifier.model.limits import require_memory
from verifier.model.ordinal import AnyVariable, Ranged
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


def ranged(name: str, first: Any, last: Any, step: Any, probabilities: Any, weights: Any) -> Domain:
    """A number from a range, of any length."""
    _listed(name, ())
    return Domain((ranges.ordinal(name, first, last, step, probabilities, weights),))


def continuous(name: str, low: Any, high: Any, density: Any, weights: Any) -> Domain:
    """A real number from an interval."""
    _listed(name, ())
    return Domain((intervals.continuous(name, low, high, density, weights),))


def without(domain: Domain, given: Sequence[Mapping[str, Any]]) -> Domain:
    """The domain in which none of these combinations can occur."""
    domain = intervals.cuts_named(domain, None, given)
    held = [
        combinations.combination(f"combination {i + 1}", domain, x) for i, x in enumerate(given)
    ]
    return combinations.without(domain, held)


def depending(domain: Domain, tree: Mapping[str, Any]) -> Domain:
    """The domain with the tree of conditions that ``"given"`` has in files."""
    if domain.given is not None:
        raise DomainError("the domain has a tree already: state all of it in one")
    return conditions.given_of(intervals.cuts_named(domain, tree), tree)


def product(parts: Iterable[Domain | AnyVariable]) -> Domain:
    """The variables of all parts, in this order."""
    held: list[AnyVariable] = []
    for part in parts:
        if not isinstance(part, Domain | Variable | Ranged):
            raise DomainError(f"a part is of type {type(part).__name__}: give Domains")
        if isinstance(part, Domain) and part.given is not None:
            raise DomainError(
                "a part has impossible combinations, or a tree: make the product first, and say "
                "of the product what is impossible"
            )
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
    if domain.infinite:
        raise DomainError("the domain has infinitely many points: draw some of them")
    if domain.size > limit:
        raise DomainError(
            f"the domain has {domain.size} points, more than {limit}: draw some of them"
        )
    require_memory(16 * domain.size * domain.columns, "the domain's points as an array")
    points = [p for part, _ in domain.parts(full_cell(domain)) for p in part.points()]
    if domain.given is not None:
        points.sort()
    made = np.empty((len(points), domain.columns))
    for index, (v, at) in enumerate(zip(domain.variables, domain.offsets, strict=True)):
        rows = {i: [nearest(x) for x in v.row(i)] for i in {p[index] for p in points}}
        made[:, at : at + v.columns] = [rows[p[index]] for p in points]
    return made
