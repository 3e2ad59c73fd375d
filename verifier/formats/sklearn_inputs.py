"""A domain's variables as the inputs of a fitted model: by their names, or else by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from verifier.formats.frame_choices import SEPARATORS
from verifier.formats.frame_columns import BEHIND, CALLED
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
    if not all(name in place for name in names):
        _check_apart(domain, names)
    if names and all(known):
        return [
            raw(domain, place[name]) if name in place else single(domain, *columns[name])
            for name in names
        ]
    if width == len(domain.variables):
        check_places(names, place)
        starts = domain.offsets
        alone = [starts[i] if v.columns == 1 else None for i, v in enumerate(domain.variables)]
        _check_values(domain, names, alone)
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
        _check_values(domain, names, range(width))
    return None


def read_by(model: Any, domain: Domain) -> list[Held] | None:
    """The same for steps that look at each column by itself: the domain's columns, where these are
    the inputs as they are. None where there are more or fewer. Raises NetworkError."""
    found = inputs_of(model, domain)
    if found is not None or model.n_features_in_ != domain.columns:
        return found
    return [single(domain, i, j) for i, v in enumerate(domain.variables) for j in range(v.columns)]


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


def _check_apart(domain: Domain, names: Sequence[str]) -> None:
    """NetworkError where a model calls an input what may be either of two of the domain's."""
    used = set(names)
    held = {v.name: v.name for v in domain.variables}
    for name, i, j, column in _values(domain):
        v = domain.variables[i]
        own = f"{v.label(j)} of {v.name}"
        if (
            v.columns > 1
            and column is not None
            and name in used
            and held.setdefault(name, own) != own
        ):
            raise NetworkError(
                f"the model calls a column {quoted(name)}, which may be {quoted(held[name])} or "
                f"{quoted(own)} of the domain: rename one of these"
            )


def _check_values(domain: Domain, names: Sequence[str], places: Sequence[int | None]) -> None:
    """NetworkError where an input called as one value of a variable is another column by place.

    ``places`` are the domain's columns that the inputs are; None for several.
    """
    at = {name: k for k, name in enumerate(names)}
    own = {v.name for v in domain.variables}
    for name, i, j, column in _values(domain):
        if name in at and name not in own and places[at[name]] != column:
            v = domain.variables[i]
            raise NetworkError(
                f"the model calls its column {at[name]} {quoted(name)}, but by place it is another "
                f"one than that of {quoted(v.label(j))} in {quoted(v.name)}: name the domain's "
                "variables as the model's columns, or make them one-hot"
            )


def _column_names(domain: Domain) -> dict[str, tuple[int, int]]:
    """What the columns that tell one value of a variable may be called in a table."""
    return dict(_columns(domain))


def _columns(domain: Domain) -> Iterator[tuple[str, tuple[int, int]]]:
    for name, i, _, column in _values(domain):
        if column is not None and domain.variables[i].columns > 1:
            yield name, (i, column - domain.offsets[i])


def _values(domain: Domain) -> Iterator[tuple[str, int, int, int | None]]:
    """What a column may be called that is 1 for a value alone: its name, the variable, the value.

    And the domain's column that is; None where none is.
    """
    for i, v in enumerate(domain.variables):
        if isinstance(v, Variable) and v.count > 1:
            told: dict[int, int] = {}
            for at, column in enumerate(zip(*v.encoding, strict=True)):
                held = [j for j, x in enumerate(column) if x]
                if len(held) == 1 and column[held[0]] == 1:
                    told[held[0]] = domain.offsets[i] + at
            for j, label in enumerate(v.labels):
                text = BEHIND.get(label, label)
                if text == label and CALLED.get(label) in v.labels:  # then the text is called so
                    continue
                for mark in SEPARATORS:
                    yield f"{v.name}{mark}{text}", i, j, told.get(j)
