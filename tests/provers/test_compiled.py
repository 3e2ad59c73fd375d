"""The compiled code kept on disk is that of the sources."""

from __future__ import annotations

from tests.architecture.imports import graph
from verifier.provers.compiled import explore

FOLDER = "verifier.provers.compiled"


def test_the_checksum_is_of_every_file_that_is_compiled():
    """`explore` takes with it what it imports from its folder, directly or not."""
    edges, waiting, found = graph(FOLDER), [f"{FOLDER}.explore"], set()
    while waiting:
        name = waiting.pop()
        found.add(f"{name.removeprefix(FOLDER + '.')}.py")
        waiting += edges[name]
    assert found == set(explore.SOURCES)
