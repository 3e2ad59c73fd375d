"""A network that is 1 where x0 and x1 are, with trees that are it and that are not."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.formats.onnx_writer import save_onnx
from verifier.jobs.watching import Over, Stage
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree

HALF = Fraction(1, 2)


@dataclass(frozen=True)
class Given:
    """The same thing as objects and as files in ``folder``."""

    network: Network
    right: Tree
    wrong: Tree
    domain: Domain
    folder: Path

    def paths(self, tree="right"):
        """The files of network, tree and domain."""
        names = ("net.onnx", f"{tree}.json", "domain.json")
        return tuple(self.folder / name for name in names)


@pytest.fixture
def given(tmp_path):
    """Over three bits; the wrong tree differs at two of the eight points."""
    folder = tmp_path / "given"
    folder.mkdir()
    layers = (
        Affine(0, np.array([[1, 1, 0]], np.float32), np.array([-1], np.float32)),
        Relu(1),
        Affine(2, np.ones((1, 1), np.float32), np.array([-0.5], np.float32)),
    )
    right = Tree((Inner(0, HALF, 1, 2), Leaf(0), Inner(1, HALF, 3, 4), Leaf(0), Leaf(1)))
    held = Given(
        Network(3, layers), right, Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), bits(3), folder
    )
    save_onnx(held.network, folder / "net.onnx")
    write_tree(folder / "right.json", held.right)
    write_tree(folder / "wrong.json", held.wrong)
    write_domain(folder / "domain.json", held.domain)
    return held


@pytest.fixture
def majority():
    """A network over 16 bits that no relaxation settles at once, and a tree of one test."""
    weight = np.ones((1, 16), np.float32)
    network = Network(16, (Affine(0, weight, np.array([-8.5], np.float32)),))
    return network, Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1))), bits(16)


@pytest.fixture
def hard():
    """A network over 60 bits that nobody settles in a minute, and a leaf."""
    rng = np.random.default_rng(0)
    layers = []
    for i, (rows, columns) in enumerate(((60, 60), (60, 60), (1, 60))):
        weight = rng.normal(size=(rows, columns)).astype(np.float32)
        layers += [Affine(2 * i, weight, np.zeros(rows, np.float32)), Relu(2 * i + 1)]
    return Network(60, tuple(layers[:-1])), Tree((Leaf(0),)), bits(60)


class Ear:
    """Hears events, and asks for a stop from the ``calls``-th question on, or in a stage."""

    def __init__(self, calls=None, stage=None):
        self.calls, self.stage, self.asked, self.events = calls, stage, 0, []

    def hear(self, event):
        self.events.append(event)

    def stop(self):
        self.asked += 1
        late = self.calls is not None and self.asked > self.calls
        return late or (self.stage is not None and self.stage in self.stages)

    @property
    def stages(self):
        """The names of the stages that have begun; each is over before the next begins."""
        depth, names = 0, []
        for event in self.events:
            depth += isinstance(event, Stage) - isinstance(event, Over)
            assert 0 <= depth <= 1
            names += [event.name] if isinstance(event, Stage) else []
        return names


@pytest.fixture
def ear():
    """Makes an Ear."""
    return Ear
