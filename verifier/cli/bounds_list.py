"""`leafproof bounds list|glossary`: theorems, all or of one setting; the settings; the words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from verifier.cli.bounds_common import Json, say, say_json

if TYPE_CHECKING:
    from theory.language.statement import Theorem


def list_theorems(
    setting: Annotated[
        str | None, typer.Option(help="those of one setting, such as agnostic or test")
    ] = None,
    settings: Annotated[bool, typer.Option("--settings", help="the settings themselves")] = False,
    md: Annotated[bool, typer.Option("--md", help="their names by subject, in Markdown")] = False,
    as_json: Json = False,
) -> None:
    """List the theorems with their parameters."""
    from theory.catalogue.settings import SETTINGS, setting_of
    from theory.values.tables import by_subject

    if settings:
        if as_json:
            say_json([{"name": s.name, "says": s.words} for s in SETTINGS])
        else:
            for s in SETTINGS:
                say(f"{s.name}: {s.words}")
        return
    if md:
        say(by_subject(setting).as_markdown())
        return
    listed = _listed(setting)
    if as_json:
        say_json(
            [
                {"name": t.name, "title": t.title, "setting": setting_of(t.name).name,
                 "parameters": [p.name for p in t.parameters]}
                for t in listed
            ]
        )  # fmt: skip
        return
    width = max(len(theorem.name) for theorem in listed)
    for theorem in listed:
        parameters = ", ".join(p.name for p in theorem.parameters)
        say(f"{theorem.name:{width}}  {theorem.title} ({parameters})")


def _listed(setting: str | None) -> list[Theorem]:
    """The theorems of a setting, or all."""
    from theory import catalogue
    from theory.catalogue.settings import setting as named
    from theory.catalogue.settings import setting_of

    wanted = None if setting is None else named(setting)
    return [t for t in catalogue.values() if wanted is None or setting_of(t.name) is wanted]


def glossary(
    md: Annotated[bool, typer.Option("--md", help="as Markdown tables")] = False,
    as_json: Json = False,
) -> None:
    """What the field's words mean, formally where they are claims."""
    from theory.catalogue.settings import SETTINGS
    from theory.language.definitions import DEFINITIONS

    if as_json:
        say_json(
            [
                {"name": d.name, "says": d.words, "theorems": list(d.see),
                 "formal": None if d.formal is None else str(d.formal)}
                for d in DEFINITIONS
            ]
        )  # fmt: skip
        return
    if md:
        from theory.values.tables import TextTable

        rows = [(d.name, d.words, _code(d.formal), ", ".join(f"`{x}`" for x in d.see))
                for d in DEFINITIONS]  # fmt: skip
        say(TextTable(("word", "meaning", "formally", "theorems"), tuple(rows)).as_markdown())
        say()
        table = TextTable(("setting", "what it says"), tuple((s.name, s.words) for s in SETTINGS))
        say(table.as_markdown())
        return
    for d in DEFINITIONS:
        say(f"{d.name}: {d.words}")
        if d.formal is not None:
            say(f"    formally: {d.formal}")
        if d.see:
            say(f"    theorems: {', '.join(d.see)}")


def _code(formal: Any) -> str:
    return "" if formal is None else f"`{str(formal).replace('|', '&#124;')}`"
