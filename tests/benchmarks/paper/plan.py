"""Which networks the paper's table has, in the order in which they are made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verifier.demo.problems import random_tree
from verifier.demo.residual import Recipe
from verifier.model.tree import Tree

KEEPS = (1000, 500, 200, 100, 50, 20, 10)
"""The numbers of ANDs that survive at each level, for every network."""
SEEDS = 3
"""Networks of each kind, each trained on a tree of its own."""
LONG = 33
"""Epochs of the networks that are trained on, to see whether that closes what is left."""


@dataclass(frozen=True)
class Net:
    """A network of the table: trained on ``samples`` points over ``columns`` signs.

    Its target is the random tree of ``depth`` by the seed. After every epoch but the last ones of a
    usual network it is measured against that tree alone where ``curve`` is true, and trained on for
    `LONG` epochs.
    """

    depth: int
    columns: int
    samples: int
    loss: str
    seed: int
    curve: bool = False

    @property
    def name(self) -> str:
        """The network's name: its files and its rows have it."""
        return f"r{self.depth}-d{self.columns}-n{self.samples}-{self.loss}-seed{self.seed}"

    @property
    def recipe(self) -> Recipe:
        """How it is trained: as the paper's code does."""
        return Recipe(seed=self.seed, loss=self.loss)

    @property
    def truth(self) -> Tree:
        """The tree that it is trained on."""
        return random_tree(self.depth, self.columns, seed=self.seed)


def networks() -> Iterator[Net]:
    """All of them: first one of each kind, the cheap ones before the dear ones, then other seeds.

    The seed of the first network of depth r is r, that of the others r + 100, r + 200.
    """
    for number in range(SEEDS):
        for columns in (100, 1000):
            for loss in ("logistic", "squared"):
                for depth in (2, 3, 4, 5):
                    curve = number == 0 and columns == 100 and loss == "logistic" and depth >= 4
                    yield Net(depth, columns, 100_000, loss, depth + 100 * number, curve)
    yield Net(5, 100, 1_000_000, "logistic", 5)
