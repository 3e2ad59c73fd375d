"""A domain's variables as the inputs of a fitted model: by their names, or else by place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verifier.formats.frame_choices import SEPARATORS
from verifier.formats.sklearn_columns import Held, raw, single
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError, quoted
from verifier.model.variable import Variable


def inputs_of(model: Any, domain: Domain, table: bool = False) -> list[Held] | None:
    """The domain's variables as the inputs of a fitted model, by name or else by place.

    None where the domain's columns can only be its inputs as they are; not with ``table``, which
    says that the inputs are a table's columns. Raises NetworkError where they do not belong
    together.
    """
    width = int(model.n_features_in_)
    names = [str(name) for name in getattr(model, "feature_names_in_", ())]
    place = {v.name: i for i, v in enumerate(domain.variables)}
    columns = _column_names(domain)
    known = [name in place or name in columns for name in names]
    if names and all(known):
        return [
            raw(domain, place[name]) if name in place else single(domain, *columns[name])
            for name in names
        ]
    if width == len(domain.variables):
        check_places(names, place)
        return [raw(domain, i) for i in range(width)]
    if any(known) and (table or width != domain.columns):
        lost = names[known.index(False)]
        raise NetworkError(
            f"the model was fitted to column {quoted(lost)}, which is no variable of the domain: "
            "make the domain of the same table"
        )
    if width == domain.columns:
        starts = domain.offsets
        singles = {v.name: starts[i] for v, i in zip(domain.variables, place.values(), strict=True)}
        check_places(names, singles | {x: starts[i] + j for x, (i, j) in columns.items()})
    return None


def check_places(names: Sequence[str], place: Mapping[str, int]) -> None:
    """NetworkError where a model calls an input what is another one of the domain's by place."""
    for i, name in enumerate(names):
        if place.get(name, i) != i:
            lost = next(x for x in names if x not in place)
            raise NetworkError(
                f"the model calls its column {i} {quoted(name)}, which in the domain is number "
                f"{place[name]}; by their names they are not matched, as the domain has no "
                f"{quoted(lost)}: name its variables as the model's columns"
            )


def with_spaces(names: Sequence[str], domain: Domain) -> list[str]:
    """Names in which a library made spaces underscores, as the domain has them.

    Raises NetworkError where the domain has several that would be spelled so.
    """
    place = {v.name: (i, 0) for i, v in enumerate(domain.variables)}
    spelled: dict[str, dict[tuple[int, int], str]] = {}
    for name, target in [*_column_names(domain).items(), *place.items()]:
        spelled.setdefault(name.replace(" ", "_"), {})[target] = name
    found = []
    for name in names:
        held = [*spelled.get(name, {}).values()]
        if len(held) > 1:
            raise NetworkError(
                f"the model calls a column {quoted(name)}, which may be {quoted(held[0])} or "
                f"{quoted(held[1])} of the domain: rename one of these"
            )
        found.append(held[0] if held else name)
    return found


def _column_names(domain: Domain) -> dict[str, tuple[int, int]]:
    """What the columns of one-hot variables may be called in a table."""
    return {
        f"{v.name}{mark}{label}": (i, j)
        for i, v in enumerate(domain.variables)
        if isinstance(v, Variable) and v.columns == v.count > 1
        for j, label in enumerate(v.labels)
        for mark in SEPARATORS
    }
