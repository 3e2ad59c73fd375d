"""The rooms of the house: what each is for, and which other rooms its files may import.

docs/house.md says the same to readers, and its picture is drawn from here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """A folder of verifier/; ``imports`` names other rooms, and theory where it is read."""

    name: str
    purpose: str
    imports: tuple[str, ...]
    trusted: bool = False


_NOUNS = ("model", "reading")
_FILES = (*_NOUNS, "kernel", "writing", "formats")
_SEARCH = (*_FILES, "provers", "distillers")

ROOMS = (
    Room("model", "the nouns, and exact counting", (), trusted=True),
    Room("reading", "from bytes to nouns", ("model",), trusted=True),
    Room("kernel", "the rules of a proof", ("model",), trusted=True),
    Room("second_checker", "a second opinion", ("model",)),
    Room("writing", "from nouns to bytes", ("model", "reading", "kernel")),
    Room("formats", "files and objects of users", (*_NOUNS, "writing")),
    Room("provers", "proofs and counterexamples", _FILES),
    Room("distillers", "trees that say what a network does", (*_FILES, "provers")),
    Room("demo", "something to try it on", ("model", "formats", "distillers")),
    Room(
        "jobs",
        "a file a verb: work in, Result out",
        (*_SEARCH, "second_checker", "theory"),
    ),
    Room("reports", "what was proved, for people", (*_FILES, "jobs", "theory")),
    Room("cli", "options in, words out", ("model", "jobs", "reports", "demo", "theory")),
)
"""From the ground up: a room stands on those before it."""

DOORS = {
    ("verifier", "any"): "the API: a room is loaded when one of its names is first used",
    ("model", "verifier.reports.notebook"): "objects show themselves in a notebook",
    ("jobs", "any"): "results show themselves, and are written as reports",
    ("model", "verifier.formats.prediction"): "trees answer on arrays",
    ("model", "verifier.formats.domains"): "domains are made of users' values, and listed",
    ("model", "verifier.formats.variables"): "so are variables",
    ("model", "verifier.formats.load"): "trees and domains are read from files",
    ("model", "verifier.formats.export"): "trees are written as code",
    ("model", "verifier.formats.tree_sklearn"): "trees are written as estimators",
    ("model", "verifier.formats.onnx_writer"): "networks are written",
    ("model", "verifier.writing.json_nouns"): "trees and domains are written",
}
"""The rooms that import by name, when called, what no import statement shows."""

ENTRANCES = {("verifier.kernel.__main__", "reading"): "reads the certificate that it checks"}
"""The files that are run and never imported, with the other room that each may import."""
