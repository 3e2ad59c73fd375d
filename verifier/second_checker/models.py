"""What a certificate is about: the domain, the models with what they read, and the question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Cell, Domain, Point, Tree
from verifier.second_checker.ensembles import Forest, read_forest, read_forests
from verifier.second_checker.evaluation import decide, logits
from verifier.second_checker.formula import DIFFER, Formula, read_formula
from verifier.second_checker.heads import Head, heads_of
from verifier.second_checker.network import Network, read_network
from verifier.second_checker.reading import entry_of, filled, parse
from verifier.second_checker.tree import read_tree
from verifier.second_checker.variables import Inputs


@dataclass(frozen=True)
class Net:
    """A network bound to the variables that it reads."""

    network: Network
    reads: tuple[int, ...]
    inputs: Inputs

    @property
    def classes(self) -> int:
        """How many classes."""
        return self.network.classes

    @property
    def work(self) -> int:
        """An upper bound of the multiplications to evaluate a point and its rounding errors."""
        network = self.network
        once = sum(network.widths) + sum(len(row) for x in network.layers for row in x.weights)
        return 5 * once + 20 * len(self.reads)

    @cached_property
    def heads(self) -> Mapping[int, Head]:
        """What its first ReLU layers read."""
        return heads_of(self.network)

    def class_at(self, point: Point) -> int:
        """Its class at a point of the domain."""
        return decide(logits(self.network, self.inputs, self.point(point))[-1][0])

    def cell(self, cell: Cell) -> Cell:
        """What it sees of a cell."""
        return tuple(cell[i] for i in self.reads)

    def point(self, point: Point) -> Point:
        """What it sees of a point."""
        return tuple(point[i] for i in self.reads)


@dataclass(frozen=True)
class Matter:
    """What the certificate is about; models by their numbers: ``nets`` are networks and ensembles.

    ``opaque`` says how many classes the models have that nobody looks into.
    """

    domain: Domain
    nets: Mapping[int, Net | Forest]
    trees: Mapping[int, Tree]
    question: Formula
    opaque: Mapping[int, int] = field(default_factory=dict)
    ordered: bool = True
    """Whether all models read all variables in order."""


def read_matter(parts: Mapping[str, bytes], domain: Domain) -> Matter:
    """The models and the question of a certificate's parts, of either format."""
    if "models.json" not in parts:
        in_order = tuple(range(len(domain.variables)))
        models: list[tuple[str, Sequence[int], str, Any]] = [
            ("teacher.json", in_order, "network", parse(parts, "teacher.json")),
            ("tree.json", in_order, "tree", parse(parts, "tree.json")),
        ]
        question = DIFFER
    else:
        models = list(_models(parse(parts, "models.json"), domain))
        stated = entry_of("question.json", parse(parts, "question.json"), {"format", "formula"})
        names = {name: i for i, (name, *_) in enumerate(models)}
        if len(names) != len(models):
            raise CertificateError("models.json has two models of one name")
        question = read_formula(stated["formula"], names)
    nets: dict[int, Net | Forest] = {}
    trees, opaque, at = {}, {}, 0
    forests = read_forests(parse(parts, "ensembles.json")) if "ensembles.json" in parts else []
    named = 0
    every = list(range(len(domain.variables)))
    ordered = all(list(reads) == every for _, reads, _, _ in models)
    for i, (name, reads, kind, value) in enumerate(models):
        if kind == "tree":
            trees[i] = read_tree(name, value, domain, reads)
            continue
        if kind == "opaque":
            opaque[i] = _classes(name, value)
            continue
        if kind == "ensemble":
            if type(value) is not int or value != named or named >= len(forests):
                raise CertificateError(f"{name} is none of the ensembles, or not the next one")
            own = domain.inputs(reads)
            nets[i] = read_forest(name, forests[named], domain, reads, own)
            named += 1
            continue
        network, at = read_network(name, value, parts["weights.bin"], at)
        own = domain.inputs(reads)
        nets[i] = Net(network, tuple(reads), own)
        if network.widths[0] != own.columns:
            raise CertificateError(f"{name}: the columns read are not those of the network")
    if named != len(forests):
        raise CertificateError("ensembles.json holds an ensemble that is no model")
    if at != len(parts["weights.bin"]):
        raise CertificateError(f"weights.bin has {len(parts['weights.bin']) - at} bytes too many")
    return Matter(domain, nets, trees, question, opaque, ordered)


def _classes(name: str, value: Any) -> int:
    """How many classes an opaque model has."""
    classes = entry_of(name, value, {"classes", "sha256", "what"})["classes"]
    if type(classes) is not int or not 2 <= classes <= 256:
        raise CertificateError(f"{name} has not 2 to 256 classes")
    return classes


def _models(value: Any, domain: Domain) -> Iterator[tuple[str, Sequence[int], str, Any]]:
    """Of each model its name, what it reads, what kind it is, and its entry."""
    numbers = {v.name: i for i, v in enumerate(domain.variables)}
    stated = entry_of("models.json", value, {"format", "models"})["models"]
    if not filled(stated):
        raise CertificateError("models.json has no models")
    for i, item in enumerate(stated):
        held = item if isinstance(item, dict) else {}
        kind = next((k for k in ("tree", "opaque", "ensemble") if k in held), "network")
        entry = entry_of(f"models.json, model {i}", item, {"name", "reads", kind})
        name, reads = entry["name"], entry["reads"]
        if not isinstance(name, str) or not isinstance(reads, list):
            raise CertificateError(f"models.json, model {i} has no name, or reads nothing")
        if not all(isinstance(r, str) and r in numbers for r in reads) or not reads:
            raise CertificateError(f"models.json, model {i} reads what is no variable")
        yield name, [numbers[r] for r in reads], kind, entry[kind]
