"""Similar networks: a network and what it was pruned, quantised or fine-tuned to.

The peer is the joint network, as one asks a verifier of one network about two: both side by side,
and a logit that is positive where their margins have different signs (but for margins of exactly
0). Leafproof's own engine is asked about it, in the same time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from tests.benchmarks import families
from tests.benchmarks.families import Recipe
from tests.benchmarks.rows import Row, load_before, own_row, spending
from tests.benchmarks.words import power
from verifier.jobs.ask import ask
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, sources
from verifier.model.question import Not, Same
from verifier.model.steps import Steps

SECONDS = 20.0
JOINT = "joint network"
KINDS = ("pruned", "quantised", "tuned")
BASE = Recipe("", 30, 2, (16,), 4, 21, 0.1, 4000)
SHAPES: dict[str, Recipe] = {
    "[16]": replace(BASE, name="similar-16"),
    "[16, 16]": replace(BASE, name="similar-16x16", hidden=(16, 16), seed=22),
    "[32, 32]": replace(BASE, name="similar-32x32", variables=40, hidden=(32, 32), seed=23),
    "[64, 64]": replace(BASE, name="similar-64x64", variables=48, hidden=(64, 64), seed=24),
    "[32, 32, 32]": replace(BASE, name="similar-32x3", variables=40, hidden=(32,) * 3, seed=25),
}
"""Networks trained on random trees, by their hidden neurons."""
RANDOM = "[16] random"
"""A network of random weights, over as many signs as the first."""
SIMILAR = tuple(f"{shape} {kind}" for shape in (*SHAPES, RANDOM) for kind in KINDS)
LEAST = 0.1
"""The share of the smallest weights of each layer that pruning takes."""
LEVELS, WEIGHTS = 255, 127
"""Steps of a quantised neuron, and of a weight to either side of 0."""
Floats = npt.NDArray[np.floating]


def case(name: str) -> tuple[families.Case, Network]:
    """A trained (or random) network with its domain, and the one that was made of it."""
    shape, kind = name.rsplit(" ", 1)
    recipe = SHAPES.get(shape, SHAPES["[16]"])
    held = families.load(recipe)
    if shape == RANDOM:
        held = replace(held, teacher=rough(held.teacher))
    x = families.sample(recipe, 4096, np.random.default_rng(1))
    if kind == "pruned":
        return held, pruned(held.teacher)
    if kind == "quantised":
        return held, quantised(held.teacher, x)
    return held, tuned(held.teacher, x, families.tree_classes(held.tree, x))


def rough(network: Network) -> Network:
    """Random weights in its place."""
    rng = np.random.default_rng(0)
    return _changed(network, lambda w: rng.normal(size=w.shape) / w.shape[1] ** 0.5)


def _changed(network: Network, change: Callable[[Floats], Floats]) -> Network:
    layers = [
        replace(x, weight=change(x.weight).astype(np.float32)) if isinstance(x, Affine) else x
        for x in network.layers
    ]
    return replace(network, layers=tuple(layers))


def pruned(network: Network) -> Network:
    """Without the smallest weights of each layer."""
    return _changed(network, lambda w: np.where(np.abs(w) < np.quantile(np.abs(w), LEAST), 0, w))


def quantised(network: Network, x: Floats) -> Network:
    """With weights of eight bits, and neurons of as many that end at their largest value at x."""
    layers: list[Layer] = []
    affine = [layer for layer in network.layers if isinstance(layer, Affine)]
    values: Floats = x
    for i, layer in enumerate(affine):
        unit = np.abs(layer.weight).max() / WEIGHTS
        weight = (np.rint(layer.weight / unit) * unit).astype(np.float32)
        layers.append(Affine(len(layers), weight, layer.bias))
        if i + 1 == len(affine):
            break
        values = np.maximum(values @ weight.T + layer.bias, 0)
        step, width = float(np.float32(values.max() / LEVELS)), len(layer.bias)
        thresholds = np.tile((np.arange(float(LEVELS)) + 0.5) * step, (width, 1))
        layers.append(Steps(len(layers), thresholds, np.zeros(width)))
        layers.append(Scale(len(layers), np.full(width, step), np.ones(width), np.zeros(width)))
    return replace(network, layers=tuple(layers))


def tuned(network: Network, x: Floats, classes: npt.NDArray[np.int64], steps: int = 50) -> Network:
    """After some more steps of training on points of which one in a hundred has another class."""
    import torch

    torch.manual_seed(0)
    rng = np.random.default_rng(2)
    y = np.where(rng.random(len(classes)) < 0.01, 1 - classes, classes).astype(np.float32)
    affine = [layer for layer in network.layers if isinstance(layer, Affine)]
    held = [torch.tensor(a, requires_grad=True) for z in affine for a in (z.weight, z.bias)]
    optimiser = torch.optim.AdamW(held, lr=1e-4)
    for _ in range(steps):
        h = torch.tensor(x, dtype=torch.float32)
        for i in range(0, len(held), 2):
            h = h @ held[i].T + held[i + 1]
            h = torch.relu(h) if i + 2 < len(held) else h
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(h[:, 0], torch.tensor(y))
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return families.chain([a.detach().numpy().copy() for a in held])


def joint(one: Network, other: Network) -> Network:
    """Both networks of one logit side by side: |g - h| - |g + h| > 0 where their signs differ."""
    chains = all(isinstance(x, Affine | Relu) for n in (one, other) for x in n.layers)
    if chains and len(one.layers) == len(other.layers):
        layers = _beside(one, other)
        layers.append(Affine(len(layers), np.array([[1.0, -1], [-1, 1], [1, 1], [-1, -1]]),
                             np.zeros(4)))  # fmt: skip
    else:
        layers = [*one.layers, *(_moved(x, len(one.layers)) for x in other.layers)]
        first, second = len(one.layers), len(layers)
        for source, signs in ((first, [1.0, -1, 1, -1]), (second, [-1.0, 1, 1, -1])):
            layers.append(Affine(source, np.array(signs)[:, None], np.zeros(4)))
        layers.append(Add(len(layers) - 1, len(layers)))
    layers.append(Relu(len(layers)))
    layers.append(Affine(len(layers), np.array([[1.0, 1, -1, -1]]), np.zeros(1)))
    return Network(one.columns, tuple(layers))


def _beside(one: Network, other: Network) -> list[Layer]:
    """Chains of ReLU layers as one, with blocks for matrices."""
    layers: list[Layer] = []
    for a, b in zip(one.layers, other.layers, strict=True):
        if not (isinstance(a, Affine) and isinstance(b, Affine)):
            layers.append(a)
            continue
        weight = np.concatenate([a.weight, b.weight]).astype(np.float64)
        if a.source:
            blocks = np.zeros((len(weight), a.weight.shape[1] + b.weight.shape[1]))
            blocks[: len(a.weight), : a.weight.shape[1]] = a.weight
            blocks[len(a.weight) :, a.weight.shape[1] :] = b.weight
            weight = blocks
        layers.append(Affine(a.source, weight, np.concatenate([a.bias, b.bias]).astype(float)))
    return layers


def _moved(layer: Layer, by: int) -> Layer:
    """A layer that reads the nodes of its own network, which begins behind another."""
    (source,) = sources(layer)
    return replace(layer, source=source + by if source else 0)  # type: ignore[call-arg]


def similar(name: str) -> list[Row]:
    """How often two similar networks differ, and what is found of the joint network."""
    held, other = case(name)
    shape, points = name.rsplit(" ", 1)[0], power(held.domain.size)
    question = Not(Same(0, 1))
    pair = {"network": held.teacher, "other": other}
    warm(held, other)
    load = load_before()
    with spending() as spent:
        result = ask(question, pair, held.domain, timeout=SECONDS)
    rows = [own_row("similar", name, result, spent, load, SECONDS, shape, points)]
    load = load_before()
    with spending() as spent:
        result = ask("class(both)=1", {"both": joint(held.teacher, other)}, held.domain,
                     timeout=SECONDS)  # fmt: skip
    row = own_row("similar", name, result, spent, load, SECONDS, shape, points)
    return [*rows, replace(row, tool=JOINT)]


def warm(held: families.Case, other: Network) -> None:
    """Load the compiled code, so that no row pays for it."""
    ask(Not(Same(0, 1)), {"network": held.teacher, "other": other}, held.domain, timeout=2.0)
    ask("class(both)=1", {"both": joint(held.teacher, other)}, held.domain, timeout=2.0)
