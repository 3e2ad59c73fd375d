"""Cases that are made here: sweeps, published problems, trained families, and how cost grows."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tests.benchmarks import families
from tests.benchmarks.bench_problems import trained
from tests.benchmarks.bench_sweep import smooth
from tests.benchmarks.families import Recipe
from tests.benchmarks.literature import QUESTION, Tabular, ordinal
from tests.benchmarks.plain import swept
from tests.benchmarks.rows import Row, load_before, own_row, spending
from tests.benchmarks.words import power
from verifier.distillers import cart
from verifier.jobs.ask import ask
from verifier.jobs.certify import certify
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Layer, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree

PLAIN = "plain numpy sweep"
ONE_TEST = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
SWEEPS = ("2^20", "2^22", "2^24", "2^26")
CANCER = ("breast cancer",)
TREES = {"one leaf": 1, "13 leaves": 13, "100 leaves": 100, "all of CART": None}
"""The trees, with the number of their leaves."""
COUNTS = ("count24", "count30", "count40")
TRACES = ("d48-s0-t1000", "d48-s1-t1000", "d64-s0-t1000", "d64-s1-t1000")
LIMITS = {"count40": 240.0, "d64-s0-t1000": 90.0, "d64-s1-t1000": 90.0}
"""Seconds for search and check together; 60 where nothing is said."""
GROWTH = ("points", "inputs", "width", "layers", "intervals")


def proved(
    family: str, name: str, problem: tuple[Network, Tree, Domain], limit: float | None = None,
    prover: str = "auto", shape: str = "",
) -> Row:  # fmt: skip
    """What certify finds, in the time that it takes or in ``limit`` seconds."""
    network, tree, domain = problem
    load = load_before()
    with spending() as spent:
        result = certify(network, tree, domain, prover=prover, timeout=limit)
    return own_row(family, name, result, spent, load, limit or 0.0, shape, power(domain.size))


def by_plain_sweep(
    family: str, name: str, problem: tuple[Network, Tree, Domain], most: int | None = None
) -> Row:
    """A sweep in float32 that proves nothing; of all points by proportion, if ``most`` are."""
    network, tree, domain = problem
    load = load_before()
    with spending() as spent:
        differ, count = swept(network, tree, domain, most)
    scale = domain.size / count
    share = differ / count if scale == 1 else None
    note = "" if scale == 1 else f"{count:,} points measured, the rest in proportion"
    return Row(
        family,
        name,
        PLAIN,
        search=spent.wall * scale,
        wall=spent.wall * scale,
        cpu=spent.cpu * scale,
        low=share,
        high=share,
        load=load,
        domain=power(domain.size),
        note=note,
    )


def warm() -> None:
    """Load the compiled code, so that no row pays for it."""
    case = families.case("d48-s1-t1000")
    certify(case.teacher, case.tree, case.domain, prover="branch", timeout=60)
    certify(smooth(15), ONE_TEST, bits(15), prover="exhaustive", timeout=60)


def sweep(name: str) -> list[Row]:
    """The whole domain of a network without structure, [32, 32]."""
    warm()
    n = int(name.split("^")[1])
    problem = smooth(n), ONE_TEST, bits(n)
    row = proved("sweeps", name, problem, 240, "exhaustive", "[32, 32]")
    return [row, by_plain_sweep("sweeps", name, problem, min(1 << n, 1 << 24))]


def thermometer(_: str) -> list[Row]:
    """Breast cancer in thermometer code against several trees."""
    warm()
    held = trained("cancer-thermometer", 10.0)
    domain, network = held.problem.domain, held.teacher
    rows: list[Row] = []
    for name, leaves in TREES.items():
        tree = Tree((Leaf(0),))
        if leaves != 1:
            tree = cart.distill(network, domain, leaves=leaves).tree
        problem = network, tree, domain
        rows.append(proved("thermometer", name, problem, 60, shape=f"[16], {tree.leaves} leaves"))
        print(f"{name}: {rows[-1].wall:.2f} s", flush=True)
        rows.append(by_plain_sweep("thermometer", name, problem))
    return rows


def count(name: str) -> list[Row]:
    """A family of `families`: how many points differ (or none), all of them."""
    warm()
    case = families.case(name)
    problem = case.teacher, case.tree, case.domain
    family = "counts" if name in COUNTS else "traces"
    row = proved(family, name, problem, LIMITS.get(name, 60.0), shape=_shape(case.teacher))
    if case.domain.size > 1 << 40:
        return [row]
    return [row, by_plain_sweep(family, name, problem, 1 << 22)]


def _shape(network: Network) -> str:
    return str(list(network.widths[1:-1:2]))


BASE = Recipe("", 24, 2, (32, 32), 4, 0, 0.1, 2000)
STEPS = {
    "inputs": {d: replace(BASE, variables=d) for d in (12, 16, 24, 32, 48, 64)},
    "width": {w: replace(BASE, hidden=(w, w)) for w in (8, 16, 32, 64, 128)},
    "layers": {n: replace(BASE, hidden=(32,) * n) for n in (1, 2, 3, 4)},
}
"""The networks of docs/growth.md: one thing grows, the others stay."""


def named(recipe: Recipe) -> Recipe:
    """The recipe with a name that its network is kept by."""
    hidden = "x".join(str(w) for w in recipe.hidden)
    return replace(recipe, name=f"growth-d{recipe.variables}-h{hidden}")


PATIENCE = 20.0
"""Seconds for each of them."""


def rough(columns: int, hidden: tuple[int, ...], spread: float = 1.0) -> Network:
    """A random network with about as many points of either class, over inputs around 1/2.

    ``spread`` is how far apart its inputs' numbers are.
    """
    rng, layers, width = np.random.default_rng(0), list[Layer](), columns
    for n in (*hidden, 1):
        weight = rng.normal(size=(n, width)) * (2 / width) ** 0.5
        bias = np.zeros(n)
        if not layers:
            weight /= spread / 2
            bias = -weight.sum(axis=1) * spread / 2
        layers += [Affine(len(layers), weight, bias), Relu(len(layers) + 1)]
        width = n
    last = layers[-2]
    assert isinstance(last, Affine)
    middle = rng.integers(0, 2, size=(10_000, columns)) * spread
    layers[-2] = replace(last, bias=-np.array([np.median(_logits(layers[:-1], middle))]))
    return Network(columns, tuple(layers[:-1]))


def _logits(layers: Sequence[Layer], x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    for layer in layers:
        x = x @ layer.weight.T + layer.bias if isinstance(layer, Affine) else np.maximum(x, 0)
    return x


RANGES = 10
LENGTH = 100
"""The tables of `interval`: ten ranges of 0 to 99, and a feature of 0 or 99."""
BRIEFLY = 10.0
"""Seconds for each of them."""


def interval(name: str, hidden: tuple[int, ...]) -> Row:
    """Between what and what a random network changes class with one feature alone."""
    numbers = [ordinal(f"x{i}", Fraction(0), Fraction(LENGTH - 1)) for i in range(RANGES)]
    ends = ordinal("feature", Fraction(0), Fraction(LENGTH - 1), Fraction(LENGTH - 1))
    network = rough(RANGES + 1, hidden, float(LENGTH - 1))
    models, domain = Tabular(network, (*numbers, ends), "feature").pair()
    load = load_before()
    with spending() as spent:
        result = ask(QUESTION, models, domain, timeout=BRIEFLY)
    print(f"{name}: {[float(p) for p in result.probability]}", flush=True)
    return own_row("growth", name, result, spent, load, BRIEFLY, str(list(hidden)), "10^20")


def growth(name: str) -> list[Row]:
    """What it costs as one thing grows."""
    warm()
    if name == "points":
        problems = {n: (rough(n, (32, 32)), ONE_TEST, bits(n)) for n in (12, 14, 16, 18, 20, 22)}
        return [
            proved("growth", f"points {n}", p, PATIENCE, "exhaustive", "[32, 32]")
            for n, p in problems.items()
        ]
    if name == "intervals":
        return [
            *(interval(f"hidden {n}", (16,) * n) for n in (1, 2, 3, 4)),
            *(interval(f"neurons {w}", (w,)) for w in (8, 16, 32, 64, 128)),
        ]
    rows: list[Row] = []
    begun = time.perf_counter()
    for size, recipe in STEPS[name].items():
        case = families.load(named(recipe))
        problem = case.teacher, case.tree, case.domain
        shape = str(list(recipe.hidden))
        rows.append(proved("growth", f"{name} {size}", problem, PATIENCE, "branch", shape))
        print(f"growth {name} {size}: {time.perf_counter() - begun:.0f} s", flush=True)
    return rows
