"""The counting lemma on real representations: characters, random features, a trained network."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from theory import catalogue


def _points(d: int) -> np.ndarray:
    return np.array(list(itertools.product((-1.0, 1.0), repeat=d)))


def _characters(points: np.ndarray, degree: int) -> list[tuple[tuple[int, ...], np.ndarray]]:
    d = points.shape[1]
    return [
        (s, points[:, list(s)].prod(axis=1))
        for r in range(degree + 1)
        for s in itertools.combinations(range(d), r)
    ]


def _norm(phi: np.ndarray) -> Fraction:
    """The root mean square norm B, rounded up."""
    return Fraction(math.sqrt((phi**2).sum(axis=1).mean())) * (1 + Fraction(1, 10**9))


def _conjunctions(points: np.ndarray, k: int) -> Iterator[tuple[tuple[int, ...], list[np.ndarray]]]:
    for s in itertools.combinations(range(points.shape[1]), k):
        signs = itertools.product((-1, 1), repeat=k)
        yield s, [np.all(points[:, s] == sign, axis=1).astype(float) for sign in signs]


def _least_error(phi: np.ndarray, target: np.ndarray, tau: float) -> float:
    """The least mean squared error of a linear readout of norm at most tau."""
    gram, moment = phi.T @ phi / len(phi), phi.T @ target / len(phi)
    values, basis = np.linalg.eigh(gram)
    kept = values > 1e-12 * values.max()
    values, moment = values[kept], (basis.T @ moment)[kept]

    def norm(ridge: float) -> float:
        return float(np.linalg.norm(moment / (values + ridge)))

    low, high = 0.0, 1.0
    if norm(0.0) > tau:  # the constraint binds: bisect for the ridge with that norm
        while norm(high) > tau:
            high *= 2
        for _ in range(60):
            low, high = (low, (low + high) / 2) if norm((low + high) / 2) <= tau else (
                (low + high) / 2, high)  # fmt: skip
        low = high
    w = moment / (values + low)
    return float((target**2).mean() - 2 * w @ moment + w @ (values * w))


def _represented(phi: np.ndarray, points: np.ndarray, k: int, tau: float, eta: float) -> int:
    """Sets S of k variables with a conjunction read out to within eta (root mean square)."""
    return sum(
        any(_least_error(phi, t, tau) <= eta**2 + 1e-13 for t in targets)
        for _, targets in _conjunctions(points, k)
    )


def _trained(points: np.ndarray, hidden: int, steps: int) -> np.ndarray:
    """Hidden layer of a network trained by gradient descent on three conjunctions at once."""
    rng = np.random.default_rng(7)
    d = points.shape[1]
    targets = np.stack(
        [np.all(points[:, s] == 1, axis=1) for s in ((0, 1), (2, 3), (1, 4))], axis=1
    ).astype(float)
    first, bias = rng.normal(size=(d, hidden)) / math.sqrt(d), np.zeros(hidden)
    second = rng.normal(size=(hidden, 3)) / math.sqrt(hidden)
    for _ in range(steps):
        phi = np.maximum(points @ first + bias, 0)
        residual = (phi @ second - targets) / len(points)
        back = (residual @ second.T) * (phi > 0)
        second -= 0.5 * phi.T @ residual
        first -= 0.5 * points.T @ back
        bias -= 0.5 * back.sum(axis=0)
    return np.maximum(points @ first + bias, 0)


def test_counting_lemma_on_real_representations() -> None:
    d, k = 5, 2
    points = _points(d)
    rng = np.random.default_rng(2)
    representations = {
        "characters": np.stack([c for _, c in _characters(points, k)], axis=1),
        "random": np.maximum(points @ rng.normal(size=(d, 64)) + rng.normal(size=64), 0),
        "trained": _trained(points, 32, 3000),
    }
    counts: dict[str, list[int]] = {name: [] for name in representations}
    for name, phi in representations.items():
        for tau, eta in ((0.4, 0.0), (1.0, 0.0), (3.0, 0.0), (0.7, 0.15), (2.0, 0.1), (9.0, 0.05)):
            count = _represented(phi, points, k, tau, eta)
            bound = catalogue["lrh-sets-robust"].evaluate(
                width=k, tau=Fraction(tau), B=_norm(phi), eta=Fraction(eta)
            )
            assert count <= Fraction(bound.upper)
            counts[name].append(count)
    assert max(counts["characters"]) == math.comb(d, k)
    # the network represents what it was trained for, and the lemma says something about it
    assert max(counts["trained"]) >= 3
    assert all(max(c) > 0 for c in counts.values())


@pytest.mark.parametrize(("d", "k"), [(6, 1), (6, 2), (7, 2)])
def test_the_extremal_representation_reads_out_every_set(d: int, k: int) -> None:
    """Weighted characters α_|T| χ_T with α_j^4 = C(k, j)/C(d, j): all C(d, k) sets, least τ B."""
    points = _points(d)
    weights = [(math.comb(k, j) / math.comb(d, j)) ** 0.25 for j in range(k + 1)]
    characters = _characters(points, k)
    phi = np.stack([weights[len(s)] * c for s, c in characters], axis=1)
    tau = 0.0
    for chosen, targets in _conjunctions(points, k):
        w = np.array(
            [2.0**-k / weights[len(s)] if set(s) <= set(chosen) else 0.0 for s, _ in characters]
        )
        assert np.abs(phi @ w - targets[-1]).max() < 1e-12  # the conjunction of positive literals
        tau = max(tau, float(np.linalg.norm(w)))
    bound = Fraction(
        catalogue["lrh-sets"]
        .evaluate(width=k, tau=Fraction(tau) * (1 + Fraction(1, 10**9)), B=_norm(phi))
        .upper
    )
    factor = Fraction(catalogue["lrh-tightness"].evaluate(variables=d, width=k).value)
    sets = math.comb(d, k)
    assert sets <= bound
    assert abs(bound / sets - factor) < Fraction(1, 10**6)


@pytest.mark.parametrize(("d", "k"), [(40, 1), (200, 1), (400, 2)])
def test_the_extremal_construction_is_within_a_constant(d: int, k: int) -> None:
    assert 1 <= Fraction(catalogue["lrh-tightness"].evaluate(variables=d, width=k).value) <= 2


def test_the_lemma_is_false_for_clipped_readouts() -> None:
    """clip(Σ_(i in S) x_i - (k - 1)) is the conjunction, for all sets at once, with small w."""
    points = _points(6)
    for chosen, targets in _conjunctions(points, 2):
        assert (np.clip(points[:, chosen].sum(axis=1) - 1, 0, 1) == targets[-1]).all()
    d, k = 200, 2
    squared_norm, squared_tau = d + 1, k + (k - 1) ** 2
    assert math.comb(d, k) > 4**k * squared_tau * squared_norm
