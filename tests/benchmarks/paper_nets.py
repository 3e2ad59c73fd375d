"""Residual networks of width 1000 over 100 signs, distilled from random trees, with those trees.

The files ``d100_r3.npz`` (depth 3), ``d100_r4.npz`` and ``d100_r5.npz`` are not part of this
repository; the environment variable LEAFPROOF_PAPER_NETS names their folder. Each holds float32
arrays W0, b0, ..., W4, b4 and the tree as JSON text (its thresholds are 0 over -1 and 1).
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from verifier.model.domain import Domain, signs
from verifier.model.network import Add, Affine, Layer, Network, Relu
from verifier.model.tree import Tree
from verifier.reading.json_nouns import tree_from_json
from verifier.reading.json_text import parse

VARIABLE = "LEAFPROOF_PAPER_NETS"


def folder() -> Path | None:
    """Where the files are, or None if the environment does not say."""
    place = os.environ.get(VARIABLE)
    return Path(place) if place else None


def load_paper_net(path: Path) -> tuple[Network, Tree, Domain]:
    """The network, the tree it learned, and the domain of both.

    h = relu(W0 x + b0), then three times h += relu(W h + b), then the logit W4 h + b4.
    """
    with np.load(path, allow_pickle=False) as arrays:
        weights = [(arrays[f"W{i}"], arrays[f"b{i}"]) for i in range(5)]
        tree = tree_from_json(parse(str(arrays["tree"]).encode()))
    columns = weights[0][0].shape[1]
    layers: list[Layer] = [Affine(0, *weights[0]), Relu(1)]
    state = 2
    for weight, bias in weights[1:-1]:
        affine = len(layers) + 1
        layers += [Affine(state, weight, bias), Relu(affine), Add(state, affine + 1)]
        state = affine + 2
    layers.append(Affine(state, *weights[-1]))
    return Network(columns, tuple(layers)), tree, signs(columns)
