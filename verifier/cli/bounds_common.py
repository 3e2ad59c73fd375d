"""What the `bounds` verbs share: arguments and output. Imports nothing of `theory` at the top."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

Name = Annotated[str, typer.Argument(help="theorem, as `bounds list` names it", show_default=False)]
Assignments = Annotated[
    list[str] | None,
    typer.Argument(help="parameters: epsilon=1/100 delta=1e-9 class=trees(depth=5,variables=100)"),
]
Json = Annotated[bool, typer.Option("--json", help="print one JSON object")]


def say(text: str = "") -> None:
    """Print a line through Rich; plain text, never wrapped, when not a terminal."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True, markup=False).print(text)


def say_json(data: Any) -> None:
    """Print one JSON value."""
    typer.echo(json.dumps(data, ensure_ascii=False))


def read_assignments(parts: list[str] | None) -> dict[str, str]:
    """Read `name=value` arguments. Raises TheoryError for another form or a repetition."""
    from theory.language.errors import TheoryError

    found: dict[str, str] = {}
    for part in parts or []:
        key, sign, value = part.partition("=")
        if not sign or not key or not value:
            raise TheoryError(f"{part!r} is not of the form name=value, such as epsilon=1/100")
        if key in found:
            raise TheoryError(f"{key} is given twice; give it once")
        found[key] = value
    return found


def today(name: str) -> str:
    """The name of a theorem here; where it has or had another, the standard error says so."""
    from theory.catalogue import naming

    here, remark = naming.today(name)
    if remark:
        typer.echo(remark, err=True)
    return here
