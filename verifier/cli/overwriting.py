"""No result is written over a file that the same command reads, or over another result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.core import TyperArgument

from verifier.model.errors import LeafproofError

RESULTS = frozenset({"output", "certificate", "plot", "where_certificate"})
"""Options that say where a result goes."""
FOLDERS, JOURNAL = ("journal", "resume"), "journal"
"""Options that may name a journal's folder, and the file in it that holds all that was found."""
GO_ON = "certify", "fair", "monotone", "same", "robust", "formula"
"""Verbs that go on from a certificate."""
IN_PLACE = frozenset({("repair", "tree", "output"), *((x, "resume", "output") for x in GO_ON)})
"""Verb, input, result: a repaired tree may replace the tree, a resumed certificate itself."""


def check(ctx: Any) -> None:
    """Raise LeafproofError where a result would replace an input or another result."""
    given: dict[str, Path] = {}
    results: dict[str, Path] = {}
    for parameter in ctx.command.params:
        name = parameter.name or ""
        for path in _paths(name, ctx.params.get(name)):
            is_result = name in RESULTS and not isinstance(parameter, TyperArgument)
            if is_result:
                for other in results.values():
                    if _same(path, other):
                        raise LeafproofError(f"{path} is named for two results: name another file")
                results[name] = path
            else:
                given[f"{name} {path}"] = path
                if name in FOLDERS:
                    given[f"in {path}"] = path / JOURNAL
    for name, path in results.items():
        for key, source in given.items():
            allowed = (ctx.info_name, key.partition(" ")[0], name) in IN_PLACE
            if not allowed and _same(path, source):
                raise LeafproofError(f"{path} is an input, too: write the result elsewhere")


def read_by(ctx: Any) -> Iterator[Path]:
    """The files that a command reads, as far as its options and arguments say."""
    for parameter in ctx.command.params:
        name = parameter.name or ""
        if name not in RESULTS or isinstance(parameter, TyperArgument):
            yield from _paths(name, ctx.params.get(name))


def _paths(name: str, value: Any) -> Iterator[Path]:
    if isinstance(value, Path):
        yield value
    elif isinstance(value, str) and name == "domain" and value not in ("bits", "signs"):
        yield Path(value)
    elif isinstance(value, str) and name == "models":
        yield Path(value.partition("=")[2])
    elif isinstance(value, str) and name in ("question", "point") and not set("{(=") & set(value):
        yield Path(value)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _paths(name, part)


def _same(one: Path, other: Path) -> bool:
    """Whether both are one file; devices and pipes may be named as often as one likes."""
    try:
        if one.exists() and other.exists():
            return one.is_file() and one.samefile(other)
        return one.resolve() == other.resolve()
    except (OSError, ValueError, RuntimeError):  # the last of links in a circle
        return False  # whoever opens it says what is wrong with it
