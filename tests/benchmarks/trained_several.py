"""Networks of three classes and more, as people train them: how wide proved intervals are.

python -m tests.benchmarks.trained_several [--limit S ...] [--only NAME ...] [--ask QUESTION ...]
                                           [--sampled]

Each is asked four questions: how often it is a CART tree of its own answers (`certify`), how often
its class changes with the first variable alone (`fair`), falls where the last one goes up a step
(`monotone`), and differs from the network after some more training (`same`). Limits are of
processor time, and all of it is the proof's: with --sampled a sample may have it, as it does by
default where a proof tells of little.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

import verifier as lp
from tests.benchmarks import families
from tests.benchmarks.literature import ordinal
from tests.benchmarks.own_time import own_time
from tests.benchmarks.rows import Row, load_before, own_row, spending
from tests.benchmarks.words import power
from verifier.distillers import cart
from verifier.jobs.result import Result
from verifier.model.domain import Domain
from verifier.model.network import Network
from verifier.provers.listing import listed

Points = npt.NDArray[np.int64]
Answers = npt.NDArray[np.int64]
QUESTIONS = ("certify", "fair", "monotone", "same")
LEAVES, SAMPLES = 16, 20_000
"""Of CART's tree: its leaves at most, and the points that it is fitted on."""
LIMIT = 5.0
"""Seconds for each question."""


@dataclass(frozen=True)
class Trained:
    """A network of so many ``hidden`` neurons, trained on what ``rows`` are: points over variables
    of so many ``values`` each, and classes."""

    rows: Callable[[], tuple[Points, Answers]]
    values: int
    hidden: tuple[int, ...]


def _binned(x: npt.NDArray[np.float64], values: int) -> Points:
    """Numbers as their places among quantiles of each column."""
    shares = np.arange(1, values) / values
    edges = np.quantile(x, shares, axis=0)
    return np.stack([np.searchsorted(e, c) for e, c in zip(edges.T, x.T, strict=True)], axis=1)


def _wine() -> tuple[Points, Answers]:
    from sklearn.datasets import load_wine

    x, y = load_wine(return_X_y=True)
    return _binned(x, 6), y


def _digits() -> tuple[Points, Answers]:
    """Pixels pooled to four times four."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    pooled = x.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)
    return np.rint(pooled / 4).astype(np.int64), y


def _strokes() -> tuple[Points, Answers]:
    """Which of two pixels beside each other have ink."""
    from sklearn.datasets import load_digits

    x, y = load_digits(return_X_y=True)
    return (x.reshape(-1, 32, 2).mean(axis=2) > 6).astype(np.int64), y


def _table(count: int, values: int, classes: int) -> Callable[[], tuple[Points, Answers]]:
    """A made table, of clusters."""
    from sklearn.datasets import make_classification

    def rows() -> tuple[Points, Answers]:
        x, y = make_classification(
            1500, count, n_informative=count // 2, n_redundant=count // 4, n_classes=classes,
            n_clusters_per_class=2, random_state=classes,
        )  # fmt: skip
        return _binned(x, values), y

    return rows


def _ruled(count: int, values: int, classes: int) -> Callable[[], tuple[Points, Answers]]:
    """Points of a random tree, a tenth of them with another class."""

    def rows() -> tuple[Points, Answers]:
        from sklearn.tree import DecisionTreeClassifier

        rng = np.random.default_rng(classes)
        x = rng.integers(values, size=(3000, count))
        tree = DecisionTreeClassifier(max_leaf_nodes=4 * classes, random_state=0)
        y = tree.fit(x[:400], rng.integers(classes, size=400)).predict(x)
        return x, np.where(rng.random(len(x)) < 0.1, rng.integers(classes, size=len(x)), y)

    return rows


SEVERAL: dict[str, Trained] = {
    "wine": Trained(_wine, 6, (16,)),
    "wine, deep": Trained(_wine, 6, (16, 16)),
    "clusters of 3": Trained(_table(12, 8, 3), 8, (16,)),
    "clusters of 4": Trained(_table(20, 4, 4), 4, (24,)),
    "rules of 3": Trained(_ruled(30, 2, 3), 2, (16, 16)),
    "rules of 6": Trained(_ruled(12, 6, 6), 6, (16,)),
    "digits": Trained(_digits, 5, (32,)),
    "strokes": Trained(_strokes, 2, (16,)),
}
"""Networks by name."""


def _fitted(held: Trained) -> families.Arrays:
    """The network's weights and biases on the variables' numbers, then those after more training
    on rows of which a few are of another class."""
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import StandardScaler

    x, y = held.rows()
    scaled = StandardScaler().fit(x)
    model = MLPClassifier(held.hidden, max_iter=150, random_state=0)
    rng = np.random.default_rng(0)
    found: list[npt.NDArray[np.float32]] = []
    with families.one_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(scaled.transform(x), y)
        found += _weights(model, scaled)
        other = np.where(rng.random(len(y)) < 0.02, rng.permutation(y), y)
        for _ in range(3):
            model.partial_fit(scaled.transform(x), other)
    return [*found, *_weights(model, scaled)]


def _weights(model: Any, scaled: Any) -> list[npt.NDArray[np.float32]]:
    """Those of a network behind its scaler."""
    weights, biases = [w.T.copy() for w in model.coefs_], [b.copy() for b in model.intercepts_]
    weights[0] = weights[0] / scaled.scale_
    biases[0] = biases[0] - weights[0] @ scaled.mean_
    return [a.astype(np.float32) for pair in zip(weights, biases, strict=True) for a in pair]


def problem(name: str) -> tuple[Network, Network, Domain]:
    """A network, the same after more training, and their domain."""
    held = SEVERAL[name]
    stored = f"several-{name.replace(' ', '-').replace(',', '')}"
    arrays = families.kept(stored, lambda: _fitted(held))
    half = len(arrays) // 2
    last = Fraction(held.values - 1)
    count = arrays[0].shape[1]
    domain = Domain(tuple(ordinal(f"x{i}", Fraction(0), last) for i in range(count)))
    return families.chain(arrays[:half]), families.chain(arrays[half:]), domain


def asked(name: str, question: str, limit: float, sample: int | None = 0) -> Result:
    """What is proved of a question about a network in so many seconds, with this ``sample``."""
    network, other, domain = problem(name)
    first, last = domain.variables[0].name, domain.variables[-1].name
    if question == "certify":
        made = cart.distill(network, listed(domain, "CART"), leaves=LEAVES, samples=SAMPLES)
        return lp.certify(network, made.tree, domain, timeout=limit, sample=sample)
    if question == "fair":
        return lp.ask_fair(network, domain, first, timeout=limit, sample=sample)
    if question == "monotone":
        return lp.ask_monotone(network, domain, last, timeout=limit, sample=sample)
    return lp.ask_same(network, other, domain, timeout=limit, sample=sample)


def several(name: str) -> list[Row]:
    """The rows of a network: every question in a short time."""
    network, _, domain = problem(name)
    rows = []
    with own_time():
        asked("wine", "fair", 3.0)  # loads the compiled code
        for question in QUESTIONS:
            load = load_before()
            with spending() as spent:
                result = asked(name, question, LIMIT)
            shape = f"{list(network.widths[1:-1:2])}, {network.classes} classes"
            rows.append(
                own_row("several", f"{name}: {question}", result, spent, load, LIMIT,
                        shape, power(domain.size))
            )  # fmt: skip
    return rows


def main() -> None:
    """Print what is proved, question by question."""
    parser = argparse.ArgumentParser(description="widths of proved intervals")
    parser.add_argument("--limit", nargs="+", type=float, default=[LIMIT])
    parser.add_argument("--only", nargs="+", default=list(SEVERAL), choices=SEVERAL)
    parser.add_argument("--ask", nargs="+", default=list(QUESTIONS), choices=QUESTIONS)
    parser.add_argument("--sampled", action="store_true")
    options = parser.parse_args()
    sample = None if options.sampled else 0
    with own_time():
        asked("wine", "fair", 3.0)  # loads the compiled code
        for name in options.only:
            for question in options.ask:
                for limit in options.limit:
                    result = asked(name, question, limit, sample)
                    low, high = (float(p) for p in result.probability)
                    print(f"{name}: {question}, {limit:g} s: {low:.5f} to {high:.5f}, "
                          f"width {high - low:.5f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
