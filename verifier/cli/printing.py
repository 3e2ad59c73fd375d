"""Standard output: words through Rich, or one JSON object."""

from __future__ import annotations

import json
from typing import Any

import typer


def say(text: str = "", **kwargs: Any) -> None:
    """Print through Rich; never wrapped, and plain where standard output is not a terminal."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(text, **kwargs)


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output; in ASCII if it holds what UTF-8 cannot."""
    text = json.dumps(value, ensure_ascii=False)
    alone = any("\ud800" <= c <= "\udfff" for c in text)
    typer.echo(json.dumps(value) if alone else text)
