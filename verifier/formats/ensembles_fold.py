"""Ensembles that were trained on a table, as ensembles on a domain's own columns.

A table's column may be a one-hot variable of the domain, or a number that may be missing (two
columns), or stand elsewhere. A test of it becomes tests of the domain's columns, which send the
same values left; what is missing goes where the library sends it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from verifier.formats.cuts import Cut, ascends, cuts_along, cuts_of
from verifier.formats.ensembles_parts import Test
from verifier.formats.frame_columns import text_of
from verifier.formats.sklearn_columns import Held, are_columns
from verifier.formats.sklearn_inputs import inputs_of, read_by, with_spaces
from verifier.formats.sklearn_pipelines import as_fitted_to, through
from verifier.formats.words import few
from verifier.model.domain import Domain
from verifier.model.errors import EnsembleError, NetworkError, TreeError, quoted
from verifier.model.ordinal import Ordinal

LOOKED = 4096
"""Numbers of a range among which categories are looked for."""
Codes = Mapping[int, Mapping[str, int]]
"""For columns with categories: the number that the library gave to each, by its text."""


@dataclass(frozen=True)
class Fold:
    """What the columns of a model are in the domain: ``raw`` its inputs, ``held`` its trees'."""

    domain: Domain
    raw: Sequence[Held]
    held: Sequence[Held]
    codes: Codes
    _ascending: dict[int, list[Any] | None] = field(default_factory=dict, init=False)
    """Of columns that were tested what they hold, if it ascends."""

    def __call__(self, test: Test) -> tuple[list[Cut], bool]:
        """The tests of the domain's columns that a test comes to, and the side of the others."""
        if not 0 <= test.column < len(self.held):
            raise EnsembleError(f"it tests column {test.column}, of {len(self.held)}: damaged file")
        held, known = self.held[test.column], self.codes.get(test.column)
        name = self.domain.variables[held.variable].name

        def goes_left(x: Any) -> bool:
            if known is not None and x is not None:
                x = coded(x, known)
            if isinstance(x, str):
                raise TreeError(f"it tests {quoted(name)}, which holds texts: encode them before")
            return test.goes_left(None if x is None else _exact(x))

        sides = test.cuts, test.first_left
        try:
            if known is None and (numbers := self._numbers(test.column)) is not None:
                return cuts_along(self.domain, held, goes_left, numbers, *sides)
            return cuts_of(self.domain, held, goes_left, *sides)
        except (TreeError, NetworkError) as problem:
            raise EnsembleError(str(problem)) from None

    def _numbers(self, column: int) -> list[Any] | None:
        if column not in self._ascending:
            self._ascending[column] = ascends(self.domain, self.held[column])
        return self._ascending[column]

    def rows(self, points: Sequence[Sequence[int]]) -> list[list[float | None]]:
        """The model's inputs at points of the domain, numbers and categories' numbers."""
        return [[self._input(j, c, p) for j, c in enumerate(self.raw)] for p in points]

    def _input(self, column: int, held: Held, point: Sequence[int]) -> float | None:
        x: Any
        if held.seen:
            x = held.seen[point[held.variable]]
        else:
            v = self.domain.variables[held.variable]
            x = float(self.domain.encode(tuple(point))[self.domain.offsets[held.variable]])
            assert v.columns == 1
        if column in self.codes and x is not None:
            x = coded(x, self.codes[column])
        return None if x is None else float(x)


@lru_cache(maxsize=1 << 14)
def _exact(x: float) -> Fraction:
    """A column's number; every test of a forest asks for all of them."""
    return Fraction(x)


def coded(x: Any, known: Mapping[str, int]) -> float | None:
    """The number of a category; None, as a missing one, where training did not see it.

    Truth values are 0 and 1 in a domain's column.
    """
    code = known.get(text_of(x))
    if code is None and x in (0, 1) and known.keys() <= {"False", "True"}:
        code = known.get(str(bool(x)))
    return None if code is None else float(code)


def check_categories(fold: Fold | None) -> None:
    """Refuse a column of categories of which the domain has none: all would be missing."""
    if fold is None:
        return
    for column, known in fold.codes.items():
        held = fold.raw[column]
        v = fold.domain.variables[held.variable]
        values: Sequence[Any] = [x for x in held.seen if x is not None]
        if not values and isinstance(v, Ordinal):
            values = [v.number(i) for i in range(min(v.count, LOOKED))]
        large = next((x for x in values if isinstance(x, float) and abs(x) >= 2.0**53), None)
        if large is not None:
            raise EnsembleError(
                f"{quoted(v.name)} has categories that are numbers of 2^53 and more ({large:g}), "
                "which floats do not tell apart: make texts of them before, and train it again"
            )
        if values and all(coded(x, known) is None for x in values):
            texts = [quoted(x) for x in known]
            raise EnsembleError(
                f"none of the domain's values of {quoted(v.name)} is one of the model's "
                f"categories, {few(texts)}: call them so"
            )


def fold_of(
    domain: Domain | None,
    count: int,
    names: Sequence[str],
    codes: Codes,
    steps: Sequence[Any] = (),
    spaces: bool = False,
) -> Fold | None:
    """The fold for a model of ``count`` inputs, which ``names`` may name, after a pipeline's steps.

    ``spaces``: the library has made those of the names underscores.
    None where the model's inputs are the domain's columns as they are, or there is no domain.
    Raises EnsembleError where they do not belong together.
    """
    if domain is None:
        return None
    model = SimpleNamespace(n_features_in_=count)
    try:
        if names:
            model.feature_names_in_ = with_spaces(names, domain) if spaces else list(names)
        raw = (read_by if steps else inputs_of)(model, domain)
        if raw is None and names:
            raw = inputs_of(SimpleNamespace(n_features_in_=count), domain)
        if raw is None or (are_columns(domain, raw) and not codes and not steps):
            return None
        raw = as_fitted_to(domain, [steps], raw)
        return Fold(domain, raw, through(domain, steps, raw), codes)
    except NetworkError as problem:
        raise EnsembleError(str(problem)) from None
