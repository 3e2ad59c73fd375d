"""The plain ways, which prove nothing: a sweep with numpy as one writes it, and sampling."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tests.benchmarks.families import tree_classes
from theory import catalogue
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.tree import Tree

Floats = npt.NDArray[np.float32]
BATCH = 1 << 16
DELTA = Fraction(1, 10**9)
"""How often at most an interval found by sampling may be wrong."""


@dataclass(frozen=True)
class Plain:
    """A network of affine layers and ReLUs in float32, and the encodings of its inputs."""

    layers: tuple[tuple[Floats, Floats] | None, ...]
    tables: tuple[Floats, ...]

    def at(self, points: npt.NDArray[np.integer]) -> Floats:
        """The encoded points, [points, columns]."""
        return np.concatenate([t[points[:, i]] for i, t in enumerate(self.tables)], axis=1)

    def classes(self, x: Floats) -> npt.NDArray[np.int64]:
        """The classes of encoded points."""
        for layer in self.layers:
            x = np.maximum(x, 0) if layer is None else x @ layer[0] + layer[1]
        return x[:, 0] > 0 if x.shape[1] == 1 else x.argmax(axis=1)


def plain(network: Network, domain: Domain) -> Plain:
    """The network, ready for matrix products. Raises ValueError for another kind of layer."""
    layers: list[tuple[Floats, Floats] | None] = []
    for i, layer in enumerate(network.layers):
        if layer.source != i:
            raise ValueError("the network is no chain of layers")
        if isinstance(layer, Affine):
            bias = np.asarray(layer.bias, np.float32)
            layers.append((np.ascontiguousarray(layer.weight.T, np.float32), bias))
        elif isinstance(layer, Relu):
            layers.append(None)
        else:
            raise ValueError(f"no {type(layer).__name__} here")
    return Plain(tuple(layers), tuple(_table(v) for v in domain.variables))


def _table(variable: AnyVariable) -> Floats:
    if isinstance(variable, Ordinal):
        first, step = float(variable.number(0)), float(variable.step)
        numbers = np.arange(variable.count)[:, None] * step + first
        return numbers.astype(np.float32)
    return np.array([[float(x) for x in row] for row in variable.encoding], np.float32)


def swept(network: Network, tree: Tree, domain: Domain, most: int | None = None) -> tuple[int, int]:
    """At how many points they differ in float32, and how many were looked at: all, or ``most``."""
    held = plain(network, domain)
    count = min(domain.size, most or domain.size)
    differ = 0
    for start in range(0, count, BATCH):
        x = _inputs(held, np.arange(start, min(start + BATCH, count)))
        differ += int(np.count_nonzero(held.classes(x) != tree_classes(tree, x)))
    return differ, count


def _inputs(held: Plain, ranks: npt.NDArray[np.int64]) -> Floats:
    """The encodings of the points of these ranks, the first variable changing slowest."""
    sizes = [len(t) for t in held.tables]
    if all(t.shape == (2, 1) for t in held.tables):  # bits and signs, as anyone would
        low, high = (np.array([t[k, 0] for t in held.tables]) for k in (0, 1))
        ones = (ranks[:, None] >> np.arange(len(sizes))[::-1]) & 1
        return ones.astype(np.float32) * (high - low) + low
    return held.at(np.stack(np.unravel_index(ranks, sizes), axis=1))


DRAWN = 2_000_000
"""Most points of a sample: the interval's theorem is not evaluated beyond."""


@dataclass(frozen=True)
class Sampled:
    """What a sample says: so many of so many points, after so many seconds."""

    seconds: float
    found: int
    points: int

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper and Pearson's interval, wrong with a probability of at most DELTA."""
        return between(self.found, self.points)


def between(found: int, points: int) -> tuple[float, float]:
    """An interval for a probability from independent draws, by the theorem `clopper-pearson`."""

    def upper(errors: int) -> float:
        if errors == points:
            return 1.0
        told = catalogue["clopper-pearson"].evaluate(errors=errors, n=points, delta=DELTA / 2)
        return float(Fraction(told.upper))

    return 1 - upper(points - found), upper(found)


def samples(
    domain: Domain, holds: Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]], seconds: float
) -> Iterator[Sampled]:
    """Draws uniform points until the time is up; tells what was found after 1/4, 1/2, 1 of it."""
    rng = np.random.default_rng(0)
    sizes = np.array([v.count for v in domain.variables])
    found = points = 0
    begun = time.perf_counter()
    for share in (0.25, 0.5, 1.0):
        while time.perf_counter() - begun < share * seconds and points + BATCH <= DRAWN:
            draws = rng.integers(0, sizes, size=(BATCH, len(sizes)))
            found += int(np.count_nonzero(holds(draws)))
            points += BATCH
        yield Sampled(time.perf_counter() - begun, found, points)


def pair_differs(
    first: Plain, second: Plain, reads: tuple[list[int], list[int]]
) -> Callable[[npt.NDArray[np.int64]], npt.NDArray[np.bool_]]:
    """Whether two copies of a network that read the variables ``reads`` have different classes."""

    def holds(points: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        a, b = (
            net.classes(net.at(points[:, at]))
            for net, at in zip((first, second), reads, strict=True)
        )
        return np.not_equal(a, b)

    return holds
