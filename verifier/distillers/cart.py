"""CART: scikit-learn's decision tree on the teacher's labels, the usual baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.distillers.kept import Kept
from verifier.distillers.knowledge import exact_kept
from verifier.distillers.options import check_whole
from verifier.distillers.sampling import sample
from verifier.distillers.table import Table
from verifier.distillers.tidying import midpoints
from verifier.formats.sklearn import tree_from_sklearn
from verifier.formats.tree_sklearn import unfitted_tree
from verifier.kernel.checker import blocks
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.errors import LeafproofError
from verifier.model.rows import Rows
from verifier.model.tree import Tree
from verifier.provers.evaluate import AnyBulk, bulk_of, encode_block
from verifier.provers.timing import now, poll

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

WHOLE = 1 << 16
"""Domains of at most so many points are fitted on all of them."""
SAMPLES = 100_000
FIRST, MORE = 1_000, 4
"""Points of the first fit where time is limited, and the growth from fit to fit."""


@dataclass(frozen=True)
class Fitted:
    """The tree, and whether it is fitted on as many points as it should be."""

    tree: Tree
    finished: bool


def distill(
    teacher: Teacher,
    domain: Domain,
    *,
    depth: int | None = None,
    leaves: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    rows: Rows | None = None,
    deadline: float | None = None,
    store: Store | None = None,
) -> Fitted:
    """The tree that scikit-learn grows on the teacher's classes and then executes.

    On domains of at most ``WHOLE`` points (and without ``samples``) it is fitted on all points,
    weighted by their probabilities; else on ``samples`` points drawn from the domain's
    distribution. With ``rows`` it is fitted on these alone. ``depth`` and ``leaves`` limit the
    tree. Thresholds are moved midway between encoded values, which does not change the tree on the
    domain.

    ``store`` keeps the classes of points while they are found. Before ``deadline`` (on the clock
    of `timing.now`) it is fitted on ever more of the points, as long as the next fit, which nothing
    can interrupt, is expected to end in time. Raises TimeOver where not even the first one is, and
    LeafproofError where scikit-learn is missing or an option is out of range.
    """
    _check(depth, leaves, samples, seed)
    if rows is not None and samples is not None:
        raise LeafproofError("the tree is fitted on rows, so nothing is drawn: leave samples out")
    model = unfitted_tree("method cart", max_depth=depth, max_leaf_nodes=leaves, random_state=seed)
    bulk = bulk_of(teacher, domain)
    whole = samples is None and domain.size <= WHOLE
    weights = None
    if rows is not None:
        points = np.array(rows.points, dtype=np.int64)
        weights = np.array(rows.times, dtype=np.float64)
    elif whole:
        points = np.concatenate(list(blocks(full_cell(domain))))
        weights = _weights(domain, points)
        points, weights = points[weights > 0], weights[weights > 0]
    else:
        rng = np.random.default_rng(seed)
        points = sample(domain, samples or SAMPLES, rng)
    if deadline is None:
        _fit(model, bulk, points, weights, Kept(store, "classes"))
        return Fitted(midpoints(tree_from_sklearn(model), domain), True)
    order = np.random.default_rng([seed, 1]).permutation(len(points))
    count = min(FIRST, len(points))
    while True:
        poll()
        begun, at = now(), order[:count]
        own = None if weights is None else weights[at]
        _fit(model, bulk, points[at], own, Kept(store, f"classes of {count}"))
        tree = midpoints(tree_from_sklearn(model), domain)
        if count == len(points):
            return Fitted(tree, True)
        if now() + MORE * 1.5 * (now() - begun) >= deadline:
            return Fitted(tree, False)
        count = min(MORE * count, len(points))


def of_rows(bulk: AnyBulk, rows: Table, leaves: int, seed: int) -> Tree | None:
    """The tree of at most so many leaves (>= 2) that scikit-learn grows on rows whose classes are
    known; None without scikit-learn, or where it cannot take the values."""
    try:
        model = unfitted_tree("method cart", max_leaf_nodes=leaves, random_state=seed)
        inputs = _inputs(encode_block(bulk, rows.points))
    except LeafproofError:
        return None
    model.fit(inputs, rows.classes, sample_weight=rows.mass)
    return midpoints(tree_from_sklearn(model), bulk.domain)


def _fit(
    model: Any,
    bulk: AnyBulk,
    points: npt.NDArray[np.int64],
    weights: npt.NDArray[np.float64] | None,
    kept: Kept,
) -> None:
    classes = exact_kept(kept, bulk, points)
    model.fit(_inputs(encode_block(bulk, points)), classes, sample_weight=weights)


def _check(depth: int | None, leaves: int | None, samples: int | None, seed: int) -> None:
    for name, value, least in (
        ("depth", depth, 1),
        ("leaves", leaves, 2),
        ("samples", samples, 1),
        ("seed", seed, 0),
    ):
        check_whole(name, value, least)


def _inputs(encoded: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    if not (np.abs(encoded) <= np.finfo(np.float32).max).all():
        raise LeafproofError(
            "the domain has encoded values beyond float32, which scikit-learn cannot take: "
            "use method certified"
        )
    return encoded.astype(np.float32)


def _weights(domain: Domain, points: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """The points' probabilities (all positive ones stay positive)."""
    weights = np.ones(len(points))
    for i, v in enumerate(domain.variables):
        chances = np.array([float(p) * len(v.labels) for p in v.probabilities])
        weights *= chances[points[:, i]]
    return weights
