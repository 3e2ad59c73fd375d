"""What a result is written as: what was asked for, else what the file's ending stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from verifier.model.errors import LeafproofError

_Format = TypeVar("_Format", bound=StrEnum)


def format_of(
    output: Path | None,
    asked: str | None,
    endings: Mapping[str, _Format],
    option: str,
    note: Callable[[str], None],
) -> _Format | None:
    """The format ``asked`` for, else the one of the file's ending; None without both.

    Raises LeafproofError for an ending that stands for none, or a format that does not exist; says
    so where both contradict each other. ``option`` is the name of what asks for a format.
    """
    meant = None if output is None else endings.get(output.suffix.lower())
    if asked is None:
        if output is None or meant is not None:
            return meant
        raise LeafproofError(
            f'the name "{output}" does not say what to write: end it with '
            f"{', '.join(endings)}, or give {option}"
        )
    kinds = dict.fromkeys(endings.values())
    wanted = next((kind for kind in kinds if kind == asked), None)
    if wanted is None:
        raise LeafproofError(f'there is no format "{asked}": give one of {", ".join(kinds)}')
    if output is not None and meant not in (None, wanted):
        ending = output.suffix.lower()
        note(f"{output} gets {wanted}, as was asked for, though {ending} stands for {meant}")
    return wanted
