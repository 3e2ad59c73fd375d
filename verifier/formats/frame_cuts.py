"""Bins by a model: edges where trees that tell its answers cut, of all columns together.

Bins of as many rows each lose what a model tells apart inside of one. So the model is asked what it
answers at the rows, trees of all columns are fitted to that, and a column is cut where these cut it
most. Where the ranks of numbers stand for them nothing depends on how a column is scaled.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.frame_columns import Column
from verifier.formats.tree_sklearn import unfitted_tree
from verifier.formats.words import few, first_places, some
from verifier.model.errors import DomainError, UnsupportedError, quoted

Floats = npt.NDArray[np.float64]
Answers = npt.NDArray[Any]
Cut = tuple[int, float]
"""Between which value and the next a tree cuts, and what it gains there."""
TREES, SHARE = 20, 0.5
"""Trees that are fitted, and the share of the columns that each may choose from at a test."""
ROUNDS = 20
"""Rounds in which edges move to the middle of the cuts that are next to them, at most."""
CLASSES = 100
"""Most different answers of a model."""


def answers_of(model: Any, table: Any, names: Sequence[str]) -> Answers:
    """What a fitted model's own ``predict`` says at each row of a frame, (rows,).

    It is given the columns that it was fitted to, by their names where it has any; else those of
    ``names``, as an array. Raises UnsupportedError for what has no ``predict``, DomainError where
    it cannot answer, or not with classes.
    """
    predict = getattr(model, "predict", None)
    if not callable(predict):
        raise UnsupportedError(
            f"the model is of type {type(model).__name__}, which has no predict: bins by a model "
            "need what it answers at the rows"
        )
    own = getattr(model, "feature_names_in_", None)
    wanted = list(names) if own is None else [str(name) for name in own]
    held = first_places([str(name) for name in table.columns])
    if lacking := [quoted(name) for name in wanted if name not in held]:
        raise DomainError(f"the model was fitted to {few(lacking)}, which the table lacks")
    rows = table.iloc[:, [held[name] for name in wanted]]
    try:
        found = np.asarray(predict(rows if own is not None else rows.to_numpy()))
    except (TypeError, ValueError) as problem:
        what = str(problem).partition("\n")[0]
        raise DomainError(f"the model does not answer at the table's rows: {what}") from None
    if found.shape != (len(table),):
        raise DomainError(
            f"the model answers with an array of shape {found.shape}: bins by a model need one "
            "class for each row"
        )
    return found


def cuts_of(columns: Sequence[Column], answers: Answers) -> dict[str, list[Cut]]:
    """Where trees that tell the answers, (rows,), from all columns cut those that are numbers.

    Raises DomainError for answers that are no classes.
    """
    classes, codes = np.unique(answers, return_inverse=True)
    if len(classes) > CLASSES:
        raise DomainError(
            f"the model has {some(len(classes), 'different answer')} at "
            f"{some(len(answers), 'row')}: bins by a model need classes"
        )
    ranks = np.stack([_ranks(c) for c in columns], axis=1)
    found: dict[str, list[Cut]] = {c.name: [] for c in columns if c.numeric}
    for seed in range(TREES):
        share = None if seed == 0 else SHARE
        model = unfitted_tree("bins by a model", max_features=share, random_state=seed)
        tree = model.fit(ranks, codes).tree_
        spread = tree.impurity * tree.weighted_n_node_samples
        for i in np.flatnonzero(tree.children_left >= 0).tolist():
            c = columns[tree.feature[i]]
            if c.numeric:
                gain = spread[i] - spread[tree.children_left[i]] - spread[tree.children_right[i]]
                found[c.name].append((int(tree.threshold[i]), float(gain)))
    return found


def _ranks(c: Column) -> Floats:
    """Each row's number among its column's values; the middle one where it is missing."""
    known = c.codes[c.codes >= 0]
    middle = float(np.median(known)) if known.size else 0.0
    return np.where(c.codes < 0, middle, c.codes).astype(np.float64)


def chosen(c: Column, cuts: Sequence[Cut], bins: int) -> tuple[int, ...]:
    """After which values to cut a column into as many ``bins``, or one for each value if those are
    fewer: near the cuts, and where these are too few, in the middle of the bin of most rows."""
    last = len(c.values) - 1
    wanted, found = min(bins - 1, last), set(_near(cuts, bins - 1))
    upto = np.cumsum(c.counts)
    while len(found) < wanted:
        ends = [-1, *sorted(found), last]
        pairs = [(a, b) for a, b in pairwise(ends) if b - a > 1]
        rows = np.array([upto[b] - (upto[a] if a >= 0 else 0) for a, b in pairs])
        a, b = pairs[int(rows.argmax())]
        half = upto[b] - rows.max() / 2
        found.add(min(max(int(np.searchsorted(upto, half)), a + 1), b - 1))
    return tuple(sorted(found))


def _near(cuts: Sequence[Cut], most: int) -> list[int]:
    """At most so many places that are near to all cuts, each as much as it gains."""
    held = {place for place, _ in cuts}
    if len(held) <= most:
        return sorted(held)
    places, gains = (np.array(x, dtype=np.float64) for x in zip(*sorted(cuts), strict=True))
    upto = np.cumsum(gains + 1e-9)
    edges = places[np.searchsorted(upto, upto[-1] * (np.arange(most) + 0.5) / most)]
    for _ in range(ROUNDS):
        nearest = np.abs(places[:, None] - edges).argmin(axis=1)
        own = nearest[:, None] == np.arange(most)
        weight = ((gains + 1e-9)[:, None] * own).sum(axis=0)
        moved = (((gains + 1e-9) * places)[:, None] * own).sum(axis=0)
        moved = np.divide(moved, weight, out=edges.copy(), where=weight > 0)
        if np.allclose(moved, edges):
            break
        edges = moved
    return sorted({int(np.rint(edge)) for edge in edges})
