"""Networks that nothing was tuned for: random ones, and ones trained for a moment, of many kinds.

What they are trained on is a random tree over the variables, or the side of a random hyperplane.
Training is deterministic on one machine, and its results are kept in ``.cache/``. The tree in
question is CART's, of 16 leaves, or one test where the network is random.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from tests.benchmarks import families
from tests.benchmarks.families import Recipe
from tests.benchmarks.literature import ordinal
from tests.benchmarks.rows import Row
from tests.benchmarks.trained_made import BASE, BRIEFLY, ONE_TEST, proved, rough, warm
from verifier.distillers import cart
from verifier.formats import variables as made
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Network
from verifier.model.tree import Tree
from verifier.provers.listing import listed

Points = npt.NDArray[np.int64]
Labels = Callable[[Points], npt.NDArray[np.bool_]]
BATCH, RATE = 512, 3e-3
LEAVES, SAMPLES = 16, 20_000
"""Of CART's tree: its leaves at most, and the points that it is fitted on."""
NORMED = 5000
"""Points whose mean and deviation the training's inputs are in units of."""


def _ranges(count: int, values: int) -> Domain:
    last = Fraction(values - 1)
    return Domain(tuple(ordinal(f"x{i}", Fraction(0), last) for i in range(count)))


def _thermometers(count: int, values: int) -> Domain:
    own = [str(v) for v in range(values)]
    return Domain(tuple(made.thermometer(f"x{i}", own) for i in range(count)))


def _categories(count: int, values: int) -> Domain:
    own = [str(v) for v in range(values)]
    return Domain(tuple(made.one_hot(f"x{i}", own) for i in range(count)))


def _bits(count: int, _: int) -> Domain:
    return bits(count)


def _signs(count: int, _: int) -> Domain:
    return signs(count)


@dataclass(frozen=True)
class Brief:
    """A network that is trained for ``steps`` on a tree of this ``depth``; of depth 0: on a side.

    The domain has ``count`` variables of so many ``values``, made by ``kind``.
    """

    kind: Callable[[int, int], Domain]
    count: int
    values: int
    hidden: tuple[int, ...]
    depth: int
    steps: int
    seed: int
    decay: float = 0.0

    @property
    def domain(self) -> Domain:
        """All its points."""
        return self.kind(self.count, self.values)


Case = Brief | Recipe | tuple[int, tuple[int, ...]]
"""A random network is its bits and its hidden neurons."""
UNTUNED: dict[str, Case] = {
    "random, 40 bits": (40, (16,)),
    "random, 30 bits": (30, (16, 16)),
    "random, one layer, 30 bits": (30, (16,)),
    "random, 28 bits": (28, (32, 32)),
    "random, 26 bits": (26, (64, 64)),
    "random, three layers, 32 bits": (32, (32, 32, 32)),
    "trained, 48 signs": replace(
        BASE, variables=48, hidden=(32,) * 3, depth=5, seed=12, steps=3000
    ),
    "trained, 24 of four": replace(BASE, values=4, hidden=(64, 64), depth=5, seed=13, steps=3000),
    "trained, 64 signs": replace(BASE, variables=64, depth=5, seed=14, decay=0.0),
    "brief, 48 bits": Brief(_bits, 48, 2, (16,), 4, 300, 1),
    "brief, 40 signs": Brief(_signs, 40, 2, (16, 16), 5, 500, 2),
    "brief, 64 signs": Brief(_signs, 64, 2, (32, 32), 5, 1000, 3),
    "brief, 24 of four": Brief(_categories, 24, 4, (64, 64), 5, 1000, 4, 0.1),
    "brief, 48 signs": Brief(_signs, 48, 2, (32, 32, 32), 5, 1000, 5, 0.1),
    "brief, 16 ranges of five": Brief(_ranges, 16, 5, (32, 32), 5, 500, 6),
    "brief, 20 ranges of three": Brief(_ranges, 20, 3, (16, 16), 4, 500, 7),
    "brief, 40 bits": Brief(_bits, 40, 2, (64, 64), 5, 700, 8),
    "brief, 10 thermometers of eight": Brief(_thermometers, 10, 8, (16,), 5, 500, 9),
    "brief, 16 thermometers of four": Brief(_thermometers, 16, 4, (32, 32), 5, 700, 10),
    "side, 30 bits": Brief(_bits, 30, 2, (16,), 0, 500, 11),
    "brief, 12 ranges of eight": Brief(_ranges, 12, 8, (32, 32), 5, 500, 12),
    "side, 50 signs": Brief(_signs, 50, 2, (16, 16), 0, 500, 13),
    "side, 12 ranges of eight": Brief(_ranges, 12, 8, (16,), 0, 400, 14),
    "brief, 24 bits": Brief(_bits, 24, 2, (64, 64), 6, 300, 15),
    "brief, 32 bits": Brief(_bits, 32, 2, (16, 16), 6, 300, 16),
}
"""The cases by name."""


def untuned(name: str) -> list[Row]:
    """What is proved of one of them in a short time."""
    warm()
    network, tree, domain = problem(UNTUNED[name])
    shape = str(list(network.widths[1:-1:2]))
    return [proved("untuned", name, (network, tree, domain), BRIEFLY, shape=shape)]


def problem(held: Case) -> tuple[Network, Tree, Domain]:
    """The network, the tree and the domain of a case."""
    if isinstance(held, Recipe):
        values = "" if held.values == 2 else f"v{held.values}-"
        own = f"untuned-{values}d{held.variables}-s{held.seed}"
        case = families.load(replace(held, name=own))
        return case.teacher, case.tree, case.domain
    if not isinstance(held, Brief):
        return rough(*held), ONE_TEST, bits(held[0])
    network = families.chain(families.kept(f"brief-s{held.seed}", lambda: _trained(held)))
    domain = held.domain
    of_sets = listed(domain, "CART")
    return network, cart.distill(network, of_sets, leaves=LEAVES, samples=SAMPLES).tree, domain


def _labels(held: Brief) -> Labels:
    """What the network is trained on, of points by their values' numbers."""
    rng = np.random.default_rng(1000 + held.seed)
    if not held.depth:
        toward, middle = rng.normal(size=held.count), (held.values - 1) / 2
        return lambda points: (points - middle) @ toward > 0
    inner = (1 << held.depth) - 1
    tests = rng.integers(held.count, size=inner), rng.integers(held.values - 1, size=inner)
    leaves = rng.integers(2, size=inner + 1).astype(bool)

    def classes(points: Points) -> npt.NDArray[np.bool_]:
        at = np.zeros(len(points), dtype=np.int64)
        for _ in range(held.depth):
            above = points[np.arange(len(points)), tests[0][at]] > tests[1][at]
            at = 2 * at + 1 + above
        found: npt.NDArray[np.bool_] = leaves[at - inner]
        return found

    return classes


def _trained(held: Brief) -> families.Arrays:
    """Weights and biases in layer order, on the domain's own inputs."""
    with families.one_thread():
        return _train(held)


def _train(held: Brief) -> families.Arrays:
    import torch

    torch.manual_seed(held.seed)
    rng, labels = np.random.default_rng(held.seed), _labels(held)
    v = held.domain.variables[0]  # all are alike
    rows = np.array([[float(x) for x in v.row(k)] for k in range(held.values)], dtype=np.float32)

    def inputs(points: Points) -> npt.NDArray[np.float32]:
        return rows[points].reshape(len(points), -1)

    def drawn(count: int) -> Points:
        return rng.integers(held.values, size=(count, held.count))

    some = inputs(drawn(NORMED))
    middle, scale = some.mean(axis=0), some.std(axis=0)
    network = families.perceptron(some.shape[1], held.hidden)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=held.decay)
    for _ in range(held.steps):
        points = drawn(BATCH)
        x = torch.from_numpy((inputs(points) - middle) / scale)
        y = torch.from_numpy(labels(points).astype(np.float32))
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(x)[:, 0], y)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    found = [p.detach().numpy().copy() for p in network.parameters()]
    found[0] = found[0] / scale
    found[1] = found[1] - found[0] @ middle
    return found
