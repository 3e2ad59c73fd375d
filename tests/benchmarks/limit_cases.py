"""Networks, domains and trees of many kinds, on which time limits are tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from verifier.domain import Domain, bits, one_hot, ordinal, signs
from verifier.formats.json_text import dump
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.text import domain_to_json, write_tree
from verifier.teacher import Add, Affine, Layer, Relu, Teacher
from verifier.tree import Inner, Leaf, Tree

KINDS = ("relu", "relu", "multi", "one hot", "ordinal", "wide", "small", "shaped")


@dataclass(frozen=True)
class Files:
    """Where the files of a case are."""

    net: Path
    tree: Path
    domain: Path


def make_files(kind: str, rng: np.random.Generator, folder: Path) -> Files:
    """Write a network, a tree and a domain of a kind."""
    domain = make_domain(kind, rng)
    teacher = make_teacher(kind, rng, domain.columns)
    most = int(np.exp(rng.uniform(0, np.log(3000))))
    tree = make_tree(rng, domain, most, teacher.classes)
    files = Files(folder / "net.onnx", folder / "student.json", folder / "domain.json")
    save_onnx(teacher, files.net)
    write_tree(files.tree, tree)
    files.domain.write_bytes(dump(domain_to_json(domain)))
    return files


def make_domain(kind: str, rng: np.random.Generator) -> Domain:
    """A domain of a kind."""
    if kind == "one hot":
        count, most = int(rng.integers(8, 31)), int(rng.integers(4, 21))
        return Domain(tuple(one_hot(f"c{i}", [str(v) for v in range(most)]) for i in range(count)))
    if kind == "ordinal":
        return Domain(tuple(ordinal(f"o{i}", range(1000)) for i in range(int(rng.integers(2, 8)))))
    if kind == "small":
        return bits(int(rng.integers(6, 17)))
    if kind == "wide":
        return signs(100)
    return bits(int(rng.integers(30, 61)))


def make_teacher(kind: str, rng: np.random.Generator, columns: int) -> Teacher:
    """A random network of a kind."""
    outputs = int(rng.integers(3, 8)) if kind == "multi" or rng.random() < 0.2 else 1
    if kind == "wide":
        return residual(rng, columns, int(rng.choice([300, 600, 1000])), outputs)
    hidden = [int(rng.integers(16, 65)) for _ in range(int(rng.integers(1, 4)))]
    layers: list[Layer] = []
    before, node = columns, 0
    for width in hidden:
        layers += [affine(rng, node, before, width), Relu(node + 1)]
        before, node = width, node + 2
    layers.append(affine(rng, node, before, outputs))
    teacher = Teacher(columns, tuple(layers))
    return sparse(rng, teacher) if kind == "shaped" else teacher


def affine(rng: np.random.Generator, source: int, inputs: int, outputs: int) -> Affine:
    """A random dense layer."""
    weight = rng.normal(size=(outputs, inputs)) / np.sqrt(inputs)
    return Affine(
        source, weight.astype(np.float32), rng.normal(size=outputs).astype(np.float32) / 4
    )


def residual(rng: np.random.Generator, columns: int, width: int, outputs: int) -> Teacher:
    """A wide network of two residual blocks."""
    layers: list[Layer] = [affine(rng, 0, columns, width)]
    node = 1
    for _ in range(2):
        layers += [Relu(node), affine(rng, node + 1, width, width), Add(node, node + 2)]
        node += 3
    layers.append(affine(rng, node, width, outputs))
    return Teacher(columns, tuple(layers))


def sparse(rng: np.random.Generator, teacher: Teacher) -> Teacher:
    """The network with only some of the inputs read: nearly a tree."""
    first, *rest = teacher.layers
    assert isinstance(first, Affine)
    read = rng.random(teacher.columns) < 6 / teacher.columns
    weight = np.where(read, first.weight, 0).astype(np.float32)
    return Teacher(teacher.columns, (Affine(0, weight, first.bias), *rest))


def make_tree(rng: np.random.Generator, domain: Domain, leaves: int, classes: int) -> Tree:
    """A random tree of about so many leaves."""
    nodes: list[Inner | Leaf] = [Leaf(int(rng.integers(classes)))]
    ends = [0]
    while len(ends) < leaves:
        at = ends.pop(int(rng.integers(len(ends))))
        column = int(rng.integers(domain.columns))
        index, j = domain.column_owner[column]
        values = sorted({row[j] for row in domain.variables[index].encoding})
        place = int(rng.integers(len(values) - 1))
        middle = (values[place] + values[place + 1]) / 2
        nodes[at] = Inner(column, Fraction(middle), len(nodes), len(nodes) + 1)
        ends += [len(nodes), len(nodes) + 1]
        nodes += [Leaf(int(rng.integers(classes))) for _ in range(2)]
    return Tree(tuple(nodes))


def names(domain: Domain) -> Sequence[str]:
    """The variables' names."""
    return [v.name for v in domain.variables]
