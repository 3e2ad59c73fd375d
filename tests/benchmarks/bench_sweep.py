"""Sweeps of whole domains: search and check, beside a plain NumPy sweep that proves nothing."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from verifier.kernel import checker
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Enumerated
from verifier.model.question import matter_of
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.provers import exhaustive

T = TypeVar("T")


def smooth(n: int) -> Network:
    """A random [n, 32, 32, 1] network: no tree, so most blocks have both classes."""
    rng = np.random.default_rng(0)

    def affine(source: int, rows: int, columns: int) -> Affine:
        weight = rng.normal(size=(rows, columns)) / columns**0.5
        return Affine(source, weight.astype(np.float32), rng.normal(size=rows).astype(np.float32))

    layers = (affine(0, 32, n), Relu(1), affine(2, 32, 32), Relu(3), affine(4, 1, 32))
    return Network(n, layers)


def bent(n: int, kind: str) -> Network:
    """The same with tanhs, or with staircases of 255 steps of whole numbers, as quantisers make."""
    layers = list(smooth(n).layers)
    for i in (1, 3):
        layers[i] = Smooth(i, "tanh")
    if kind == "stairs":
        for i in (0, 2, 4):
            own = layers[i]
            assert isinstance(own, Affine)
            whole = np.rint(own.weight * 40), np.rint(own.bias * 40)
            layers[i] = Affine(i, *(x.astype(np.float32) for x in whole))
        for i, far in ((1, 150), (3, 30_000)):
            met = np.rint(np.linspace(-far, far, 255)) + 0.5
            layers[i] = Steps(i, np.tile(met, (32, 1)), np.full(32, -128.0))
    return Network(n, tuple(layers))


def plain_sweep(network: Network) -> int:
    """How often the class is not the first bit, as anyone would count it: in float32, by blocks."""
    first, second, last = (x for x in network.layers if isinstance(x, Affine))
    n, wrong = network.columns, 0
    places = np.arange(n - 1, -1, -1)
    for start in range(0, 1 << n, 1 << 14):
        x = (np.arange(start, start + (1 << 14))[:, None] >> places & 1).astype(np.float32)
        h = np.maximum(x @ first.weight.T + first.bias, 0)
        h = np.maximum(h @ second.weight.T + second.bias, 0)
        logits = h @ last.weight.T + last.bias
        wrong += int(((logits[:, 0] > 0) != (x[:, 0] > 0)).sum())
    return wrong


def skewed(n: int) -> Domain:
    """Bits that are 1 with probabilities of many digits."""
    rng = np.random.default_rng(0)
    ones = [Fraction(int(x), 2**50) for x in rng.integers(1, 2**50, size=n)]
    pairs = zip(bits(n).variables, ones, strict=True)
    held = [(v, p) for v, p in pairs if isinstance(v, Variable)]
    return Domain(tuple(replace(v, probabilities=(1 - p, p)) for v, p in held))


def full(depth: int, n: int) -> Tree:
    """A full tree of that depth: random tests, random classes."""
    rng = np.random.default_rng(1)
    nodes: list[Inner | Leaf] = []
    last = (1 << depth) - 1
    for i in range(2 * last + 1):
        if i < last:
            nodes.append(Inner(int(rng.integers(n)), Fraction(1, 2), 2 * i + 1, 2 * i + 2))
        else:
            nodes.append(Leaf(int(rng.integers(2))))
    return Tree(tuple(nodes))


def timed(work: Callable[[], T]) -> tuple[T, float, float]:
    """What comes out, and seconds by the clock and of the processor."""
    start = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - start[0], time.process_time() - start[1]


def main() -> None:
    """Print a row for each domain and tree."""
    one = full(1, 1)
    cases = [(f"2^{n}", bits(n), one) for n in (20, 22, 24, 26)]
    cases.append(("2^22, probabilities over 2^50", skewed(22), one))
    cases.append(("2^22, a tree of 256 leaves", bits(22), full(8, 22)))
    for name, domain, tree in cases:
        network = smooth(len(domain.variables))
        found, proved, search = timed(partial(exhaustive.prove, domain, network, tree))
        matter = matter_of(domain, network, tree)
        with threadpool_limits(1, "blas"):
            verdict, wall, check = timed(partial(checker.verify, matter, found.proof, threads=2))
            wrong, alone, plain = timed(partial(plain_sweep, network))
        low, high = verdict.disagreements
        assert low == high
        print(
            f"{name}: search {proved:.2f} s, check {wall:.2f} s; of the processor "
            f"{search + check:.2f} s, plain NumPy {plain:.2f} s ({alone:.2f} s by the clock); "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB; {low} differ"
            + (f" (plain: {wrong})" if tree is one else ""),
            flush=True,
        )
    for kind in ("tanh", "stairs"):
        matter = matter_of(bits(20), bent(20, kind), one)
        verdict, wall, check = timed(partial(checker.verify, matter, (Enumerated(),), threads=2))
        low, high = verdict.disagreements
        assert low == high
        print(f"2^20, {kind}: check {wall:.2f} s, of the processor {check:.2f} s; {low} differ")
