"""Problems made at random, as users have them: nothing was tuned for any of these.

A seed decides the domain (bits, signs, one-hots, ordinals, mixtures; every other with probabilities
that are not uniform), what the network is trained on and how long, its layers, the tree in
question, and as what the network is given: a torch module, an ONNX file, or scikit-learn's
classifier. Nothing is kept: a case is trained when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.benchmarks import families
from tests.benchmarks.families import tree_classes
from verifier.distillers import cart
from verifier.formats.variables import one_hot, variable
from verifier.model.domain import Domain
from verifier.model.ordinal import AnyVariable, Ordinal, uniform
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.listing import listed

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.floating[Any]]
Bools = npt.NDArray[np.bool_]
Generator = np.random.Generator
KINDS = ("bits", "signs", "one-hots", "ordinals", "mixture")
TARGETS = ("tree", "majority", "count", "parity", "linear")
FORMATS = ("torch", "onnx", "scikit-learn")
TREES = ("few leaves", "more leaves", "wrong", "one leaf")
"""What is asked about: CART's of 8 or 24 leaves, a random tree, or class 0; of networks trained on
a tree also that tree, and almost that tree."""
BATCH, RATE, DRAWN = 512, 3e-3, 20_000
SMALL = 24
"""Of every third case the domain has at most two to this many points, which can be looked at."""


@dataclass(frozen=True)
class Unseen:
    """A network in its ``format``, as users have it, its domain and the tree; and in which words.

    ``weights`` are the network's arrays in layer order, for looking at points without Leafproof.
    """

    model: Any
    tree: Tree
    domain: Domain
    weights: tuple[Floats, ...]
    words: str
    format: str


def unseen(seed: int) -> Unseen:
    """The case of a seed."""
    rng = np.random.default_rng([seed, 77])
    kind = KINDS[seed % len(KINDS)]
    domain = _domain(rng, kind, small=seed % 3 == 0)
    target = str(rng.choice(TARGETS))
    depth = int(rng.integers(3, 7))
    grown = _tree(rng, domain, depth)
    labels = _labels(rng, target, domain, grown)
    widths = [int(rng.choice([4, 8, 12, 16, 24, 32, 48, 64])) for _ in range(rng.integers(1, 5))]
    steps = int(rng.choice([200, 500, 1000, 2000]))
    form = FORMATS[(seed + seed // 3) % len(FORMATS)]
    with families.one_thread():
        if form == "scikit-learn":
            model, weights = _fitted(rng, domain, labels, widths, steps)
        else:
            model, weights = _trained(rng, domain, labels, widths, steps)
    choices = (*TREES, "exact", "almost") if target == "tree" else TREES
    asked = str(rng.choice(choices))
    tree = _asked(rng, asked, weights, domain, grown)
    words = f"{kind} {_sizes(domain)}, {widths}, {target} {steps}, {asked}, {form}"
    return Unseen(model, tree, domain, tuple(weights), words, form)


def _sizes(domain: Domain) -> str:
    counts = [v.count for v in domain.variables]
    low, high = min(counts), max(counts)
    skewed = any(len(set(v.weights[0])) > 1 for v in domain.variables if not _ranged(v))
    skewed |= any(len(v.runs) > 1 for v in domain.variables if isinstance(v, Ordinal))
    return f"{len(counts)} of {low if low == high else f'{low}..{high}'}{' skewed' * skewed}"


def _ranged(v: AnyVariable) -> bool:
    return isinstance(v, Ordinal)


def _domain(rng: Generator, kind: str, *, small: bool) -> Domain:
    """Variables until there are enough, or as many points as ``small`` allows."""
    skewed, made = bool(rng.integers(2)), list[AnyVariable]()
    values = int(rng.integers(3, 9) if kind == "one-hots" else rng.integers(3, 51))
    count = {"bits": (20, 61), "signs": (20, 61), "one-hots": (8, 25)}.get(kind, (5, 17))
    points = 1
    for i in range(int(rng.integers(*count))):
        own = str(rng.choice(KINDS[:4])) if kind == "mixture" else kind
        mixed = kind == "mixture" or bool(rng.integers(4) == 0)
        some = int(rng.integers(3, 9)) if mixed and own == "one-hots" else values
        some = int(rng.integers(3, 51)) if mixed and own == "ordinals" else some
        more = _variable(rng, f"x{i}", own, some, skewed=skewed)
        if small and points * more.count > 1 << SMALL:
            break
        made.append(more)
        points *= more.count
    return Domain(tuple(made))


def _variable(rng: Generator, name: str, kind: str, values: int, *, skewed: bool) -> AnyVariable:
    if kind in ("bits", "signs"):
        low, high = (0, 1) if kind == "bits" else (-1, 1)
        part = Fraction(int(rng.integers(1, 20)), 20) if skewed else Fraction(1, 2)
        return variable(name, [str(low), str(high)], [[low], [high]], [1 - part, part])
    if kind == "one-hots":
        values = min(values, 8)
        weights = rng.integers(1, 10, size=values).tolist() if skewed else [1] * values
        return one_hot(name, [str(v) for v in range(values)], weights=weights)
    runs = uniform(values)
    if skewed:
        part = Fraction(int(rng.integers(1, 10)), 10)
        runs = ((values // 2, part), (values - values // 2, 1 - part))
    return Ordinal(name, Fraction(0), Fraction(1), values, runs)


def _tree(rng: Generator, domain: Domain, depth: int) -> Tree:
    """A full tree of random tests, sibling leaves opposed."""
    nodes: list[Inner | Leaf] = []

    def grow(left: int, klass: int) -> int:
        at = len(nodes)
        nodes.append(Leaf(klass))
        if left:
            column = int(rng.integers(domain.columns))
            index, j = domain.column_owner[column]
            v = domain.variables[index]
            numbers = sorted({float(v.row(int(k))[j]) for k in range(v.count)})
            threshold = Fraction(numbers[int(rng.integers(len(numbers) - 1))])
            children = [grow(left - 1, side) for side in (0, 1)]
            nodes[at] = Inner(column, threshold, children[0], children[1])
        return at

    grow(depth, 0)
    return Tree(tuple(nodes))


def _labels(rng: Generator, target: str, domain: Domain, tree: Tree) -> Callable[[Ints], Bools]:
    """What the network is trained on, of points by their values' numbers."""
    counts = np.array([v.count for v in domain.variables])
    n, held = len(counts), tables(domain)
    if target == "tree":
        return lambda points: tree_classes(tree, encoded(held, points)) == 1
    if target == "linear":
        toward = rng.normal(size=n)
        return lambda points: ((points / (counts - 1) - 0.5) @ toward) > 0
    if target == "parity":
        three = rng.choice(n, size=3, replace=False)
        return lambda points: (2 * points[:, three] >= counts[three]).sum(axis=1) % 2 == 1
    if target == "majority":
        return lambda points: (2 * points >= counts).sum(axis=1) > n / 2
    least = int(rng.integers(n // 4, n // 2 + 1))
    return lambda points: np.isin((2 * points >= counts).sum(axis=1), [least, least + 1])


def tables(domain: Domain) -> list[npt.NDArray[np.float32]]:
    """The encodings of each variable's values."""
    rows = [[[float(x) for x in v.row(k)] for k in range(v.count)] for v in domain.variables]
    return [np.array(r, dtype=np.float32) for r in rows]


def chances(domain: Domain) -> list[npt.NDArray[np.float64]]:
    """The probabilities of each variable's values."""
    made = []
    for v in domain.variables:
        if isinstance(v, Ordinal):
            own = [float(p) / k for k, p in v.runs for _ in range(k)]
        else:
            own = [float(p) for p in v.probabilities]  # type: ignore[union-attr]
        made.append(np.array(own))
    return made


def encoded(held: Sequence[npt.NDArray[np.float32]], points: Ints) -> npt.NDArray[np.float32]:
    """The network's inputs at points by their values' numbers."""
    return np.concatenate([t[points[:, i]] for i, t in enumerate(held)], axis=1)


def _drawn(rng: Generator, domain: Domain, count: int) -> Ints:
    parts = chances(domain)
    return np.stack([rng.choice(len(p), size=count, p=p / p.sum()) for p in parts], axis=1)


def _trained(
    rng: Generator, domain: Domain, labels: Callable[[Ints], Bools], widths: list[int], steps: int
) -> tuple[Any, list[Floats]]:
    """A torch module on the domain's own inputs, whose training saw normed ones."""
    import torch

    torch.manual_seed(int(rng.integers(1 << 30)))
    held, pool = tables(domain), _drawn(rng, domain, DRAWN)
    rows, wanted = encoded(held, pool), labels(pool).astype(np.float32)
    middle, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-3
    x, y = torch.from_numpy((rows - middle) / scale), torch.from_numpy(wanted)
    network = families.perceptron(domain.columns, widths)
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE)
    for _ in range(steps):
        some = torch.from_numpy(rng.integers(DRAWN, size=BATCH))
        optimiser.zero_grad()
        loss = torch.nn.functional.binary_cross_entropy_with_logits(network(x[some])[:, 0], y[some])
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    first = list(network.parameters())[:2]
    with torch.no_grad():
        first[0] /= torch.from_numpy(scale)
        first[1] -= first[0] @ torch.from_numpy(middle)
    return network, [p.detach().numpy().copy() for p in network.parameters()]


def _fitted(
    rng: Generator, domain: Domain, labels: Callable[[Ints], Bools], widths: list[int], steps: int
) -> tuple[Any, list[Floats]]:
    """scikit-learn's classifier, on the inputs as they are."""
    import warnings

    from sklearn.neural_network import MLPClassifier

    pool = _drawn(rng, domain, DRAWN)
    rows, wanted = encoded(tables(domain), pool), labels(pool).astype(int)
    wanted[:2] = 0, 1  # two classes whatever was drawn
    epochs = max(1, steps * BATCH // DRAWN)
    model = MLPClassifier(widths, max_iter=epochs, random_state=int(rng.integers(1 << 30)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that it could be trained for longer
        model.fit(rows, wanted)
    weights: list[Floats] = []
    for w, b in zip(model.coefs_, model.intercepts_, strict=True):
        weights += [w.T, b]
    return model, weights


def _asked(rng: Generator, asked: str, weights: list[Floats], domain: Domain, grown: Tree) -> Tree:
    match asked:
        case "exact":
            return grown
        case "almost":
            leaf = int(rng.choice([i for i, x in enumerate(grown.nodes) if isinstance(x, Leaf)]))
            nodes = list(grown.nodes)
            nodes[leaf] = Leaf(1 - grown.nodes[leaf].klass)  # type: ignore[union-attr]
            return Tree(tuple(nodes))
        case "wrong":
            return _tree(rng, domain, 4)
        case "one leaf":
            return Tree((Leaf(0),))
    network = families.chain(weights)
    leaves = 8 if asked == "few leaves" else 24
    return cart.distill(network, listed(domain, "CART"), leaves=leaves, samples=DRAWN).tree


def truth(case: Unseen) -> tuple[float, float] | None:
    """The probability that they differ, in double precision, by looking at every point.

    An interval: where the logit is nearly 0 either may be. None where there are too many points.
    """
    if case.domain.size > 1 << SMALL:
        return None
    held, parts = tables(case.domain), chances(case.domain)
    sizes, sure, unsure = [len(t) for t in held], 0.0, 0.0
    for start in range(0, case.domain.size, 1 << 16):
        ranks = np.arange(start, min(start + (1 << 16), case.domain.size))
        points = np.stack(np.unravel_index(ranks, sizes), axis=1)
        x = encoded(held, points)
        logit = _logits(case.weights, x)
        chance = np.prod([p[points[:, i]] for i, p in enumerate(parts)], axis=0)
        near = np.abs(logit) < 1e-9
        differ = (logit > 0) != (tree_classes(case.tree, x) == 1)
        sure += float(chance[differ & ~near].sum())
        unsure += float(chance[near].sum())
    return sure, sure + unsure


def _logits(weights: Sequence[Floats], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    h = x.astype(np.float64)
    for i in range(0, len(weights), 2):
        h = h @ weights[i].T.astype(np.float64) + weights[i + 1]
        h = np.maximum(h, 0) if i + 2 < len(weights) else h
    return h[:, 0]
