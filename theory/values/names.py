"""Names of parameters, as users give them: ours, letters as in formulas, those of the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from theory.catalogue.field_names import PARAMETER_NAMES
from theory.language.errors import TheoryError

if TYPE_CHECKING:
    from theory.language.statement import Theorem


def name_of(theorem: Theorem, given: str) -> str:
    """The parameter's name, where it may be given by its letter in formulas.

    A letter (k, d, ε or epsilon) counts where no parameter has it as its name, a name that the
    field uses (`PARAMETER_NAMES`) where it is no letter and means one parameter only, and a letter
    of another case (N, K) where nothing else is meant.
    """
    names = {p.name for p in theorem.parameters}
    letters = {letter: p.name for p in theorem.parameters for letter in (str(p.symbol), p.unicode)}
    if given in names or given in letters:
        return given if given in names else letters[given]
    word = given.lower().replace("_", "-")
    meant = [name for name in names if word in (name, *PARAMETER_NAMES.get(name, ()))]
    if not meant:
        meant = list({letters[x] for x in letters if x.lower() == given.lower()})
    return meant[0] if len(meant) == 1 else given


def by_name(theorem: Theorem, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values by the parameters' names, where some are given by their letters."""
    found: dict[str, Any] = {}
    for given, value in raw.items():
        name = name_of(theorem, given)
        if name in found:
            raise TheoryError(f"{theorem.name}: {name} is given twice, once as {given}")
        found[name] = value
    return found
