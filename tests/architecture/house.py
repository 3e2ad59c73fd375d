"""The rooms of the house: what each is for, and which other rooms its files may import.

docs/house.md says the same to readers, and its picture is drawn from here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.model import trusted


@dataclass(frozen=True)
class Room:
    """A folder of verifier/; ``imports`` names other rooms, and theory where it is read."""

    name: str
    purpose: str
    imports: tuple[str, ...]
    trusted: bool


_TABLE = """
model           the nouns, and exact counting       |
reading         from bytes to nouns                 | model
chance          from draws to intervals             | model
kernel          the rules of a proof                | model chance
second_checker  float32, a second time              | model
verified        the checker with a theorem          | model
writing         from nouns to bytes                 | model kernel reading
formats         files and objects of users          | model reading writing
provers         proofs and counterexamples          | model kernel writing formats
distillers      trees that say what a network does  | model kernel formats provers
demo            something to try it on              | model writing formats distillers
jobs            a file a verb: work in, Result out  | model chance kernel reading writing formats \
                                                      provers distillers second_checker verified
reports         what was proved, for people         | model kernel reading writing formats jobs \
                                                      theory
cli             options in, words out               | model jobs reports demo theory
"""


def _rooms() -> Iterator[Room]:
    for line in _TABLE.strip().splitlines():
        words, imports = line.split("|")
        name, purpose = words.split(maxsplit=1)
        yield Room(name, purpose.strip(), tuple(imports.split()), name in trusted.ROOMS)


ROOMS = tuple(_rooms())
"""From the ground up: a room stands on those before it."""

DOORS = {
    ("", "any"): "the API: a room is loaded when one of its names is first used",
    ("model.notebook", "reports.notebook"): "objects show themselves in a notebook",
    ("model.notebook", "jobs.bounds"): "and samples in a line",
    ("jobs.result", "any"): "results show themselves, and are written as reports",
    ("model.methods", "formats.prediction"): "trees answer on arrays",
    ("model.methods", "formats.ensemble_prediction"): "and ensembles",
    ("model.methods", "formats.domains"): "domains are made of users' values, and listed",
    ("model.methods", "formats.variables"): "so are variables",
    ("model.methods", "formats.frames"): "or read from tables",
    ("model.methods", "formats.load"): "trees and domains are read from files",
    ("model.methods", "formats.export"): "trees are written as code",
    ("model.methods", "formats.tree_sklearn"): "trees are written as estimators",
    ("model.methods", "formats.onnx_writer"): "networks are written",
    ("model.methods", "writing.json_nouns"): "trees and domains are written",
}
"""What imports another room by name, when called, where no import statement shows it."""

ENTRANCES = {("verifier.kernel.__main__", "reading"): "reads the certificate that it checks"}
"""The files that are run and never imported, with the other room that each may import."""
