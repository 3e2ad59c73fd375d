"""Random networks with staircases."""

from __future__ import annotations

import numpy as np

from tests.provers.cases import random_domain
from verifier.model.network import Add, Affine, Network, Relu, Scale
from verifier.model.steps import Steps


def stairs(rng, source, width, steps=None):
    """A random staircase: thresholds that inputs meet, some equal, some far away."""
    steps = int(rng.integers(1, 9)) if steps is None else steps
    kind = rng.integers(3)
    if kind == 0:  # as quantisers have them
        start = rng.integers(-6, 3, size=(width, 1))
        thresholds = start + np.arange(steps) * rng.choice([0.5, 1.0, 0.37], size=(width, 1))
    else:
        thresholds = np.sort(rng.integers(-8, 9, size=(width, steps)) / rng.choice([1, 2, 3]))
    if kind == 2 and steps > 1:
        thresholds[:, -1] = 2.0**40
    kind = np.float32 if (thresholds == thresholds.astype(np.float32)).all() else np.float64
    return Steps(source, thresholds.astype(kind), rng.integers(-4, 5, size=width).astype(kind))


def quantised(rng, columns, *, rough=False):
    """A network of affine layers and staircases, and others between them."""

    def matrix(*shape):
        return rng.normal(size=shape) if rough else rng.integers(-2, 3, size=shape).astype(float)

    layers, width = [], columns
    if rng.random() < 0.5:
        layers.append(stairs(rng, 0, columns))
    for _ in range(int(rng.integers(1, 4))):
        out = int(rng.integers(2, 6))
        layers.append(Affine(len(layers), matrix(out, width), matrix(out)))
        layers.append(stairs(rng, len(layers), out))
        if rng.random() < 0.3:
            layers.append(Relu(len(layers)))
        if rng.random() < 0.3:
            layers.append(Add(len(layers), len(layers) - 1))
        if rng.random() < 0.3:
            some = rng.integers(1, 4, size=out).astype(float)
            layers.append(Scale(len(layers), matrix(out), some, matrix(out)))
        width = out
    outputs = int(rng.integers(1, 4))
    layers.append(Affine(len(layers), matrix(outputs, width), matrix(outputs)))
    return Network(columns, tuple(layers))


def quantised_case(seed, limit=60, *, rough=False):
    """A generator, a domain of at most ``limit`` points and a network."""
    rng = np.random.default_rng([seed, 77])
    domain = random_domain(rng, limit)
    return rng, domain, quantised(rng, domain.columns, rough=rough)
