"""The reader of imports, on small packages."""

from __future__ import annotations

import textwrap

import pytest

from tests.architecture import imports as reader

FILES = {
    "house/__init__.py": "",
    "house/top.py": """
        import json
        from typing import TYPE_CHECKING
        from house import low
        from house.low import NAME
        if TYPE_CHECKING:
            from house.unseen import Type
        else:
            import house.seen
        def late():
            from . import late
        """,
    "house/low.py": "NAME = 1\nfrom house.side.room import X",
    "house/side/__init__.py": "",
    "house/side/room.py": "from ..back import Y",
    "house/back.py": "def f():\n    import house.low",
    "house/late.py": "",
    "house/seen.py": "",
    "house/unseen.py": "import house.unseen",
}


@pytest.fixture
def house(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text))
    monkeypatch.setattr(reader, "ROOT", tmp_path)


@pytest.mark.usefixtures("house")
def test_modules_are_named_as_they_are_imported():
    found = reader.modules("house")
    assert {name.count(".") for name in found} == {0, 1, 2}
    assert found["house.side"].name == "__init__.py"
    assert found["house.side.room"].name == "room.py"


@pytest.mark.usefixtures("house")
def test_imports_are_resolved():
    top = reader.modules("house")["house.top"]
    assert reader.imports(top) == {"json", "typing", "house.low", "house.seen", "house.late"}


@pytest.mark.usefixtures("house")
def test_circles_go_through_functions():
    graph = reader.graph("house")
    assert reader.circles(graph) == [["house.back", "house.low", "house.side.room"]]


def test_circles_of_a_graph():
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"d"}, "e": {"a", "outside"}}
    assert reader.circles(graph) == [["b", "c"], ["d"]]
    assert reader.circles({"a": {"b"}, "b": set()}) == []


def test_this_repository_has_files():
    assert "theory.catalogue" in reader.modules("theory")
