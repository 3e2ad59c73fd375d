"""The benchmark families: teachers trained here with fixed seeds, cached in ``.cache/``.

Every family is a random tree over a product domain and an MLP trained on fresh uniform samples of
it (AdamW, cosine schedule). Training is deterministic on one machine; the cache makes the later
runs independent of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from verifier.formats.variables import one_hot
from verifier.model.domain import Domain, signs
from verifier.model.network import Affine, Layer, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree

if TYPE_CHECKING:
    import torch  # only to train: a process that measures stays small without it

Arrays = Sequence[npt.NDArray[np.float32]]
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "families"


@dataclass(frozen=True)
class Case:
    """A domain, a teacher and the tree that it was trained on."""

    name: str
    domain: Domain
    teacher: Network
    tree: Tree


@dataclass(frozen=True)
class Recipe:
    """How a teacher is made; ``stop`` ends training early at that rate of disagreement."""

    name: str
    variables: int
    values: int  # 2 means signs, more means one-hot groups
    hidden: tuple[int, ...]
    depth: int
    seed: int
    decay: float = 0.1
    steps: int = 8000
    stop: float = 0.0


RECIPES = (
    *(Recipe(f"d{d}", d, 2, (12, 12), 3, 0) for d in (6, 8, 10)),
    Recipe("d12", 12, 2, (16, 16), 3, 0),
    Recipe("d16", 16, 2, (32, 32), 4, 0),
    *(
        Recipe(f"d{d}-wd{decay:g}-s{seed}", d, 2, (64, 64), 4, seed, decay)
        for d in (24, 32)
        for decay in (0.0, 0.1)
        for seed in (0, 1)
    ),
    *(Recipe(f"d{d}-s{seed}", d, 2, (64, 64), 4, seed) for d in (48, 64) for seed in (0, 1)),
    *(
        Recipe(f"d{d}-s{seed}-t1000", d, 2, (64, 64), 4, seed, 0.1, 1000)
        for d in (48, 64)
        for seed in (0, 1)
    ),
    Recipe("count24", 24, 2, (32, 32), 4, 2, stop=6e-4),
    Recipe("count30", 30, 2, (64, 64), 4, 3, stop=1.5e-3),
    Recipe("count40", 40, 2, (64, 64), 4, 4, stop=3e-4),
    Recipe("onehot20x5", 20, 5, (64, 64), 5, 5, steps=12000),
)


def random_tree(recipe: Recipe, rng: np.random.Generator) -> Tree:
    """A full tree of the recipe's depth, no variable twice on a path, sibling leaves opposed."""
    nodes: list[Inner | Leaf] = []

    def grow(depth: int, used: frozenset[int], klass: int) -> int:
        at = len(nodes)
        if depth == 0:
            nodes.append(Leaf(klass))
            return at
        nodes.append(Leaf(0))
        left = [v for v in range(recipe.variables) if v not in used]
        v = int(rng.choice(left))
        if recipe.values == 2:
            column, threshold = v, Fraction(0)
        else:
            column = v * recipe.values + int(rng.integers(recipe.values))
            threshold = Fraction(1, 2)
        first = int(rng.integers(2))
        children = [grow(depth - 1, used | {v}, first ^ side) for side in (0, 1)]
        nodes[at] = Inner(column, threshold, children[0], children[1])
        return at

    grow(recipe.depth, frozenset(), 0)
    return Tree(tuple(nodes))


def domain_of(recipe: Recipe) -> Domain:
    """Signs, or one-hot groups of equal size."""
    if recipe.values == 2:
        return signs(recipe.variables)
    labels = [str(v) for v in range(recipe.values)]
    return Domain(tuple(one_hot(f"x{i}", labels) for i in range(recipe.variables)))


def sample(recipe: Recipe, count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Encoded uniform points, ``[count, columns]``."""
    picks = rng.integers(recipe.values, size=(count, recipe.variables))
    if recipe.values == 2:
        return (2 * picks - 1).astype(np.float32)
    eye = np.eye(recipe.values, dtype=np.float32)
    return np.ascontiguousarray(eye[picks].reshape(count, -1))


def tree_classes(tree: Tree, x: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The tree's class of encoded points."""
    answer = np.zeros(len(x), dtype=np.int64)
    stack = [(0, np.arange(len(x)))]
    while stack:
        at, rows = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Leaf):
            answer[rows] = node.klass
            continue
        goes_left = x[rows, node.column] <= float(node.threshold)
        stack.append((node.left, rows[goes_left]))
        stack.append((node.right, rows[~goes_left]))
    return answer


def perceptron(columns: int, hidden: Sequence[int]) -> torch.nn.Sequential:
    """Layers of ReLUs, and one logit, with torch's own weights to begin with."""
    import torch

    layers: list[torch.nn.Module] = []
    for width in hidden:
        layers += [torch.nn.Linear(columns, width), torch.nn.ReLU()]
        columns = width
    return torch.nn.Sequential(*layers, torch.nn.Linear(columns, 1))


def train(recipe: Recipe) -> Arrays:
    """Weights and biases in layer order."""
    with one_thread():
        return _train(recipe)


@contextmanager
def one_thread() -> Iterator[None]:
    """For torch: more cost time on networks this small."""
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _train(recipe: Recipe) -> Arrays:
    import torch

    torch.manual_seed(recipe.seed)
    rng = np.random.default_rng(recipe.seed)
    tree = random_tree(recipe, rng)
    network = perceptron(domain_of(recipe).columns, recipe.hidden)
    optimiser = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=recipe.decay)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, recipe.steps)
    for step in range(recipe.steps):
        x = sample(recipe, 1024, rng)
        y = torch.from_numpy(tree_classes(tree, x).astype(np.float32))
        optimiser.zero_grad()
        logits = network(torch.from_numpy(x))[:, 0]
        torch.nn.functional.binary_cross_entropy_with_logits(logits, y).backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
        if recipe.stop and step % 25 == 0 and error_rate(network, recipe, tree) <= recipe.stop:
            break
    return [p.detach().numpy().copy() for p in network.parameters()]


def error_rate(network: torch.nn.Module, recipe: Recipe, tree: Tree) -> float:
    """The share of 100,000 fixed samples on which network and tree differ."""
    import torch

    x = sample(recipe, 100_000, np.random.default_rng(99))
    with torch.no_grad():
        predicted = (network(torch.from_numpy(x))[:, 0] > 0).numpy()
    return float(np.mean(predicted != tree_classes(tree, x)))


def load(recipe: Recipe) -> Case:
    """The case, trained now if it is not in the cache."""
    teacher = chain(kept(recipe.name, lambda: train(recipe)))
    tree = random_tree(recipe, np.random.default_rng(recipe.seed))
    return Case(recipe.name, domain_of(recipe), teacher, tree)


def kept(name: str, made: Callable[[], Arrays]) -> Arrays:
    """The weights and biases of that name in the cache, made now if they are not there."""
    path = CACHE / f"{name}.npz"
    if not path.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        np.savez(path, *made())
    with np.load(path) as stored:
        return [stored[name] for name in stored.files]


def chain(arrays: Arrays) -> Network:
    """The network of weights and biases in layer order, with ReLUs between its layers."""
    layers: list[Layer] = []
    for weight, bias in zip(arrays[::2], arrays[1::2], strict=True):
        layers.append(Affine(len(layers), weight, bias))
        layers.append(Relu(len(layers)))
    return Network(arrays[0].shape[1], tuple(layers[:-1]))


def case(name: str) -> Case:
    """The case of that name."""
    return load(next(r for r in RECIPES if r.name == name))
