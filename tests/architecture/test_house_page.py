"""docs/house.md shows the rooms as they are."""

from __future__ import annotations

import re

from docs.generate.house import PICTURE, PLACES, picture
from tests.architecture.house import ROOMS
from tests.architecture.imports import ROOT

PAGE = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")


def test_the_table_is_the_table():
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [
        (room.name, room.purpose, ", ".join(f"`{x}`" for x in room.imports) or "nothing")
        for room in ROOMS
    ]


def test_every_room_has_a_paragraph():
    told = re.findall(r"^\*\*`(\w+)`\*\*", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(room.name for room in ROOMS)


def test_the_files_that_the_page_names_exist():
    for name in re.findall(r"`([\w/.]+\.(?:py|md))`", PAGE):
        assert (ROOT / name).exists() or (ROOT / "verifier" / name).exists(), name


def test_the_picture_is_drawn_from_the_table():
    assert PLACES.keys() == {room.name for room in ROOMS}
    assert PICTURE.read_text(encoding="utf-8") == picture(), "run python -m docs.generate.house"


def test_every_file_of_the_kernel_has_its_place_in_the_table_of_rules():
    table = PAGE.split("### The kernel, rule by rule")[1].split("\n### ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][2:]
    named = {name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row)}
    there = {path.stem for path in (ROOT / "verifier" / "kernel").glob("*.py")} - {"__init__"}
    assert named == there
