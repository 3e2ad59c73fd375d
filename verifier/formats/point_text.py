"""A point as users write it on a command line: ``age=30,sex=female``, JSON, or a file of that."""

from __future__ import annotations

from typing import Any

from verifier.formats.paths import is_there
from verifier.model.errors import QuestionError, quoted
from verifier.reading.files import read_bytes
from verifier.reading.json_text import parse

MADE_SO = 'make it a JSON object of variables and their values, such as {"age": 30, "sex": "f"}'


def read_point(text: str) -> dict[str, Any]:
    """By variable its value. Raises QuestionError."""
    if text.lstrip().startswith("{"):
        return _object(text.encode(), "the point")
    if is_there(text) or ("=" not in text and "," not in text):
        return _object(read_bytes(text, "point", QuestionError), quoted(text, 200))
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or not name:
            raise QuestionError(
                f"the point: {quoted(part)} is no VARIABLE=VALUE: write such as age=30,sex=female, "
                "or JSON where names or values hold commas"
            )
        if name in found:
            raise QuestionError(f"the point names {quoted(name)} twice: name each variable once")
        found[name] = value
    return found


def _object(data: bytes, where: str) -> dict[str, Any]:
    try:
        value = parse(data, QuestionError)
    except QuestionError as problem:
        raise QuestionError(f"{where}: {problem}: {MADE_SO}") from None
    if not isinstance(value, dict):
        raise QuestionError(f"{where} is no point: {MADE_SO}")
    return value
