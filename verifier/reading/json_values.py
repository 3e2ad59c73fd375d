"""What readers of JSON values share: headers, lists, names and exact numbers. Trusted."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from verifier.model.errors import DomainError, LeafproofError, quoted
from verifier.reading.json_text import exact_number, kind_of, unknown_keys


def list_of(
    where: str, entry: dict[str, Any], key: str, error: type[LeafproofError] = DomainError
) -> list[Any]:
    """The list under a key. Raises ``error``."""
    value = entry[key]
    if not isinstance(value, list):
        raise error(f"{where}.{key} is {kind_of(value)}, not a list")
    return value


def word_of(where: str, value: Any, error: type[LeafproofError] = DomainError) -> str:
    """A name: one line of printable text. Raises ``error``."""
    if not isinstance(value, str):
        shown = str(value).lower() if isinstance(value, int) else "1"  # true is an int of Python
        raise error(f'{where} is {kind_of(value)}, not a string: write it in quotes, as "{shown}"')
    if not value or not value.isprintable():
        raise error(f"{where} is {quoted(value)}: names are one line of printable text")
    return value


def numbers_of(where: str, row: Sequence[Any]) -> tuple[Fraction, ...]:
    """Exact numbers. Raises DomainError naming the first that is none."""
    try:
        return tuple(map(exact_number, row))
    except ValueError:
        for i, x in enumerate(row):
            try:
                exact_number(x)
            except ValueError as problem:
                raise DomainError(f"{where}[{i}]: {problem}") from None
        raise


def held_under(
    value: Any, formats: Sequence[str], keys: Sequence[str], error: type[LeafproofError]
) -> dict[str, Any]:
    """An object of one of these formats that holds the first key, and perhaps the others.

    Raises ``error``.
    """
    what = formats[0].partition("-")[2].partition("/")[0]
    if not isinstance(value, dict):
        raise error(f'{kind_of(value)} where a {what} (an object with "format") was expected')
    if value.get("format") not in formats:
        found = quoted(value["format"]) if isinstance(value.get("format"), str) else "missing"
        known = " or ".join(f'"{name}"' for name in formats)
        raise error(f"the format is {found}, not {known}: is this a {what} file?")
    if problem := unknown_keys(list(value), ("format", *keys)):
        raise error(problem)
    if keys[0] not in value:
        raise error(f'there is no "{keys[0]}": add it')
    return value
