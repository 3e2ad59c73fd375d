"""Guides of patches, learned from some points that nothing else is made of.

Whether a point is true is guessed by a linear sum of its encodings, fitted for each class of the
question's tree by logistic regression; the kernel counts the mean of what is guessed.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

import numpy as np
import numpy.typing as npt

from verifier.jobs.encoded import Encoded
from verifier.jobs.forecasting import ends_of, means
from verifier.jobs.varying import choices
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, tree_classes
from verifier.kernel.patches import problem
from verifier.kernel.plain import Floats
from verifier.kernel.population import Population
from verifier.kernel.sampling import is_true_at
from verifier.model.errors import CertificateError
from verifier.model.sample import BETS, Forecast

FEWEST, MOST = 1 << 10, 1 << 15
"""Points to learn from."""
TELLING = 0.5
"""The share that the fewest points' guides tell, at least, of how much these differ. Of two copies
of a network they tell a twentieth, of a network beside its tree .4 to .8: the least does not pay.
"""
EACH, MOST_PARTS = 64, 1 << 7
"""Of them to a guess, about; and guesses of a guide, at most."""
BINS = 1 << 10
"""Of the sum, about."""
LARGE = 1 << 20
"""The largest number of a form."""
ROUNDS, RIDGE = 8, 1.0
"""Of Newton's method, and what keeps the weights small."""
MOST_LEAVES = 1 << 12
"""Of a tree whose leaves' sums are counted, one by one."""
MOST_COLUMNS = 1 << 10
"""Of a domain whose forms are fitted."""
SMALL = 1 << 20
"""Points of a domain that a search goes through rather than sample it."""
TRIED, FEWEST_TRIED = 1 << 9, 1 << 7
"""Points by which variables are compared; and of them where there is time for no more."""
EACH_VALUE, WORD_BITS = 1e-6, 64
"""Seconds that a value takes in a table, and when a leaf's sums are counted for so many bits of the
weights."""
SIZES = 128, 32, 512, 8
"""A patch has at most so many combinations: what mostly gives the most for its time comes first."""


def varied(
    found: Population, key: bytes, spare: int = 0, tried: int = TRIED
) -> list[tuple[int, ...]]:
    """Variables that patches may be of, the best choice first: none, or some choices.

    Where the question is rarely true about ``spare`` points tell which; else those come first that
    decide the most, as so many points that are ``tried`` tell.
    """
    asked, drawing = found.asked, found.drawing
    if drawing is None or found.parted or found.mass != 1 or problem(asked, ()):
        return []
    if not asked.nets or asked.domain.size < SMALL:
        return []
    if rare := choices(found, key, spare):
        return rare
    points = replace(drawing, key=key, size=2 * tried).block(0)[1]
    some, others = points[:tried], points[tried:]
    before = is_true_at(asked, some)
    changes = []
    for i in range(len(asked.domain.variables)):
        asked.poll()
        moved = some.copy()
        moved[:, i] = others[:, i]
        changes.append(np.count_nonzero(is_true_at(asked, moved) != before))
    counts = [v.count for v in asked.domain.variables]
    order = sorted(range(len(counts)), key=lambda i: -changes[i] / np.log(max(2, counts[i])))
    found_: list[tuple[int, ...]] = []
    for most in SIZES:
        own: list[int] = []
        for i in order:
            if changes[i] and prod(counts[j] for j in own) * counts[i] <= most:
                own.append(i)
        chosen = tuple(own)
        if len(own) > 1 and chosen not in found_ and not problem(asked, chosen):
            found_.append(chosen)
    return found_


def learned(found: Population, count: int, key: bytes) -> tuple[Forecast, ...]:
    """A guide for each class of the question's only tree, or one; none where they cannot be had.

    From ``count`` points of the whole domain, drawn from the ``key``.
    """
    asked, drawing = found.asked, found.drawing
    assert drawing is not None
    if len(asked.trees) > 1 or asked.domain.columns > MOST_COLUMNS:
        return ()
    model = next(iter(asked.trees), None)
    if model is not None and len(asked.trees[model].nodes) > 2 * MOST_LEAVES:
        return ()
    points = replace(drawing, key=key, size=count).block(0)[1]
    try:
        if count > FEWEST and _fitted(asked, model, points[:FEWEST])[1] < TELLING:
            return ()
        return _fitted(asked, model, points)[0]
    except (CertificateError, np.linalg.LinAlgError):
        return ()


def _fitted(asked: Asked, model: int | None, points: Ints) -> tuple[tuple[Forecast, ...], float]:
    """The guides for a tree's classes that points teach; and the share that they tell of how much
    points differ."""
    true = is_true_at(asked, points).astype(np.float64)
    if model is None:
        classes, several = np.zeros(len(points), dtype=np.int64), 1
    else:
        classes = tree_classes(asked, points)[model]
        several = 1 + int(asked.trees[model].classes.max())
    x, guides, left = Encoded(asked, points), [], 0.0
    for klass in range(several):
        asked.poll()
        own = np.flatnonzero(classes == klass)
        guide, missed = _guide(x, own, true[own])
        guides.append(guide)
        left += missed
    differ = float(true.var()) * len(true)
    return tuple(guides), 1 - left / differ if differ else 0.0


def tables_take(asked: Asked) -> float:
    """Seconds that the tables of guides take, about."""
    classes = max([1 + int(tree.classes.max()) for tree in asked.trees.values()], default=1)
    return EACH_VALUE * classes * sum(v.count for v in asked.domain.variables)


def counting_takes(asked: Asked) -> float:
    """Seconds that counting the mean of guides takes, about."""
    leaves = sum(isinstance(n, int) for tree in asked.trees.values() for n in tree.nodes)
    words = 1 + asked.domain.total_weight.bit_length() // WORD_BITS
    return EACH_VALUE * max(1, leaves) * words * sum(v.count for v in asked.domain.variables)


def _guide(x: Encoded, own: Ints, true: Floats) -> tuple[Forecast, float]:
    """The guide that some of the points teach, each true (1) or not (0); and the squares of what it
    misses there, summed."""
    form = _form(x.x[own], true)
    width, every = x.sums(form, BINS)
    sums = every[own]
    parts = min(MOST_PARTS, max(1, len(own) // EACH))
    ends = ends_of(sums, parts)
    guesses = (means(ends, sums, true) * BETS).astype(np.int64)
    missed = true - guesses[np.searchsorted(ends, sums, side="right")] / BETS
    guide = Forecast(form, width, tuple(ends.tolist()), tuple(guesses.tolist()))
    return guide, float(missed @ missed)


def _form(x: Floats, true: Floats) -> tuple[int, ...]:
    """The logistic regression of what is true, as a form of the columns."""
    columns = x.shape[1]
    none: tuple[int, ...] = (0,) * columns
    if not len(true) or true.min() == true.max():
        return none
    mean, scale = x.mean(axis=0), x.std(axis=0)
    steady = scale <= 0
    scale = np.where(steady, 1.0, scale)
    z = np.hstack([(x - mean) / scale, np.ones((len(x), 1))])
    z[:, :-1][:, steady] = 0.0
    weights = np.zeros(columns + 1)
    ridge = np.full(columns + 1, RIDGE)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(z @ weights, -30, 30)))
        spread = np.maximum(chance * (1 - chance), 1e-3)
        curve = (z * spread[:, None]).T @ z + np.diag(ridge)
        slope: npt.NDArray[np.float64] = z.T @ (true - chance) - ridge * weights
        weights += np.linalg.solve(curve, slope)
    own = weights[:-1] / scale
    most = float(np.abs(own).max())
    if not np.isfinite(most) or not most:
        return none
    return tuple([round(float(w) / most * LARGE) for w in own])
