"""Who may import whom: the rooms of house.py, and no circles between files."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache

import pytest

from tests.architecture import imports as reader
from tests.architecture.house import DOORS, ENTRANCES, ROOMS

MODULES = reader.modules("verifier")
NAMES = [room.name for room in ROOMS]


@cache
def imported():
    """What each module imports, of libraries too."""
    return {name: reader.imports(path) for name, path in MODULES.items()}


def room(module):
    """The room of a module, "theory" for that package; None for the API and for libraries."""
    package, *inner = module.split(".")
    if package == "theory":
        return "theory"
    return inner[0] if package == "verifier" and inner else None


@cache
def crossings():
    """For "room -> room", the files' imports that go that way."""
    found = defaultdict(list)
    for name, others in imported().items():
        for other in others:
            if (name, room(other)) in ENTRANCES:
                assert not any(name in them for them in imported().values())
            elif room(name) and room(other) not in (None, room(name)):
                found[f"{room(name)} -> {room(other)}"].append(f"{name} imports {other}")
    return found


def test_the_table_stands_on_the_ground():
    for at, here in enumerate(ROOMS):
        assert set(here.imports) <= {*NAMES[:at], "theory"}, here.name
    assert len(set(NAMES)) == len(NAMES)


def test_every_module_is_in_a_room():
    assert {room(name) for name in MODULES} - {None} <= set(NAMES)
    loose = [p.name for p in (reader.ROOT / "verifier").iterdir() if p.is_file()]
    assert sorted(loose) == ["__init__.py", "py.typed"]


@pytest.mark.parametrize("here", ROOMS, ids=lambda r: r.name)
def test_a_room_imports_only_what_it_may(here):
    allowed = {f"{here.name} -> {other}" for other in here.imports}
    for crossing, files in crossings().items():
        if crossing.startswith(f"{here.name} ->"):
            assert crossing in allowed, files


def test_nothing_else_of_this_repository_is_imported():
    others = set().union(*imported().values())
    assert not {name.split(".")[0] for name in others} & {"tests", "examples", "docs"}


def test_the_second_checker_shares_only_the_errors():
    for name, others in imported().items():
        if room(name) == "second_checker":
            used = {other for other in others if room(other) not in (None, "second_checker")}
            assert used <= {"verifier.model.errors"}, name


def test_no_circles_between_files():
    graph = {name: others & MODULES.keys() - {name} for name, others in imported().items()}
    assert reader.circles(graph) == []


def test_what_is_imported_by_name_goes_through_a_door():
    found = {
        (module.removeprefix("verifier").lstrip("."), name.removeprefix("verifier."))
        for module, path in MODULES.items()
        for name in imported_by_name(path)
    }
    assert found == DOORS.keys()


def imported_by_name(path):
    """What a file imports by calling import_module or __import__: a name, or "any"."""
    text = path.read_text(encoding="utf-8")
    names = [name for name in ("import_module", "__import__") if name in text]
    for node in ast.walk(ast.parse(text)) if names else ():
        if isinstance(node, ast.Call) and called(node.func) in names:
            name = node.args[0]
            yield name.value if isinstance(name, ast.Constant) else "any"


def called(function):
    """The last name of what is called."""
    match function:
        case ast.Name(name) | ast.Attribute(attr=name):
            return name
    return None


def test_the_table_allows_nothing_that_nobody_needs():
    allowed = {f"{here.name} -> {other}" for here in ROOMS for other in here.imports}
    assert not allowed - crossings().keys(), "no longer imported: take it out of the table"
