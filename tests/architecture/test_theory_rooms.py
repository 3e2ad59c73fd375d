"""The rooms of `theory` and what each may import: one way, and nothing of `verifier`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pytest

from tests.architecture.imports import ROOT, circles, graph, imports, modules

THEORY_ROOMS: Mapping[str, tuple[str, ...]] = {
    "language": (),
    "axioms": ("language",),
    "catalogue": ("language",),
    "checking": ("language", "axioms"),
    "export": ("language", "axioms", "checking"),
    "values": ("language", "checking", "catalogue"),
    "coq": ("language", "catalogue"),
}
"""Each room with the rooms that it may import, the lower ones first."""

LATE = {("theory.language.statement", "theory.values.evaluation")}
"""`theorem.evaluate(...)` is for users: nothing of the language itself needs the values."""


@cache
def edges() -> dict[str, set[str]]:
    """The imports of the modules of `theory` among each other."""
    return graph("theory")


def room(module: str) -> str:
    """The room of a module; "" for the front door, `theory` itself."""
    return module.split(".")[1] if "." in module else ""


def test_every_room_is_listed_and_none_is_empty():
    assert {room(m) for m in modules("theory")} == {"", *THEORY_ROOMS}


def test_rooms_import_lower_rooms_only():
    order = list(THEORY_ROOMS)
    for name, allowed in THEORY_ROOMS.items():
        assert all(order.index(other) < order.index(name) for other in allowed), name


@pytest.mark.parametrize("name", THEORY_ROOMS)
def test_a_room_imports_only_what_it_may(name):
    allowed = {name, *THEORY_ROOMS[name]}
    wrong = [
        f"{module} imports {other}"
        for module in edges()
        if room(module) == name
        for other in edges()[module]
        if room(other) not in allowed and (module, other) not in LATE
    ]
    assert not wrong


@pytest.mark.parametrize("name", THEORY_ROOMS)
def test_what_a_room_may_import_it_does(name):
    pairs = {(m, x) for m in edges() if room(m) == name for x in edges()[m]} - LATE
    assert {room(x) for _, x in pairs} - {name} == set(THEORY_ROOMS[name])


def test_no_circles_between_files():
    assert circles(edges()) == []


def test_the_theory_knows_nothing_of_the_verifier():
    for module, path in modules("theory").items():
        assert not [x for x in imports(path) if x.split(".")[0] in ("verifier", "tests")], module


def test_the_document_shows_the_rooms():
    text = (ROOT / "docs" / "theory.md").read_text(encoding="utf-8").partition("## Rooms")[2]
    section = text.partition("\n## ")[0]
    rows = [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| `")]
    found = {name.strip(" `"): may.replace("`", "").strip() for name, _, may in rows}
    assert found == {name: ", ".join(may) or "nothing" for name, may in THEORY_ROOMS.items()}
