"""A tree that was read from ONNX, held against onnxruntime around every threshold."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.prediction import leaves_of
from verifier.formats.runtime import Floats, Session, Unusable, is_installed, note, shown
from verifier.formats.thresholds import float_below
from verifier.model.errors import TreeError
from verifier.model.tree import Inner, Tree

NODES = 4000
"""Tests around whose thresholds the two are compared, spread over a larger tree."""
DEPTH = 256
"""Tests above a test that are looked at for a point that reaches it."""
RANDOM = 256
"""Random points compared beside them."""
_NUMBERS = 1 << 22
"""Numbers that all points together may have."""
_LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class TreeModel:
    """A tree and how a runtime is asked for its class: the output ``label``, given ``columns``.

    ``batch`` is the number of rows if the file fixes it.
    """

    tree: Tree
    columns: int
    batch: int | None
    label: str


def compare_tree(data: bytes, read: TreeModel, name: str) -> None:
    """Raise TreeError with a point where onnxruntime answers another class than the tree read.

    Points: for every test (up to ``NODES``) one that reaches it, with the numbers of the input's
    type below, at and above the threshold; then random ones among these numbers. Without
    onnxruntime nothing happens; where it does not run the file, a RuntimeNote.
    """
    if not is_installed():
        return
    try:
        session = Session(data, read.batch)
        points = np.unique(tree_points(read, session.dtype), axis=0)
        theirs = session.run(read.label, points)[:, 0]
    except Unusable as problem:
        note(name, problem)
        return
    ours = tree_classes(read.tree, points)
    wrong = np.flatnonzero(theirs.astype(np.float64) != ours)
    if wrong.size:
        i = int(wrong[np.argmin(np.abs(points[wrong]).sum(axis=1))])  # the plainest
        raise TreeError(
            f"onnxruntime answers class {theirs[i]} and not {ours[i]}, as the file was read, at "
            f"{shown(points[i].tolist(), session.dtype)} (and at {wrong.size - 1} more of "
            f"{len(points)} points): give the tree as JSON, and report this file"
        )


def tree_points(read: TreeModel, dtype: Any, seed: int = 0, random: int = RANDOM) -> Floats:
    """Points (rows of numbers of ``dtype``, held as float64) at which to compare."""
    rng = np.random.default_rng(seed)
    tests = [i for i, n in enumerate(read.tree.nodes) if isinstance(n, Inner)]
    most = max(1, _NUMBERS // read.columns // 5)
    if len(tests) > min(NODES, most):
        tests = sorted(rng.choice(tests, min(NODES, most), replace=False).tolist())
    rows: list[Floats] = [np.zeros((1, read.columns))]
    known: dict[int, list[float]] = {}
    for base, column, numbers in _around_tests(read.tree, read.columns, dtype, tests):
        known.setdefault(column, []).extend(numbers)
        own = np.repeat(base[None], len(numbers), axis=0)
        own[:, column] = numbers
        rows.append(own)
    count = min(random, most)
    loose = rng.normal(size=(count, read.columns)) * rng.choice([1.0, 10.0, 1e3], (count, 1))
    for column, numbers in known.items():
        picked = rng.choice(np.array(numbers), count)
        loose[:, column] = np.where(rng.random(count) < 0.8, picked, loose[:, column])
    return typed(np.concatenate([*rows, loose]), dtype)


def typed(points: Floats, dtype: Any) -> Floats:
    """The points rounded to the input's type."""
    if np.issubdtype(dtype, np.integer):
        limits = np.iinfo(dtype)
        exact = np.clip(np.round(points), max(limits.min, -(2**53)), min(limits.max, 2**53))
        return np.asarray(exact, np.float64)
    with np.errstate(over="ignore", under="ignore"):
        rounded = points.astype(dtype).astype(np.float64)
    return np.asarray(np.where(np.isfinite(rounded), rounded, 0.0))


def _around_tests(
    tree: Tree, columns: int, dtype: Any, chosen: Collection[int]
) -> Iterator[tuple[Floats, int, list[float]]]:
    """For chosen tests: a point that reaches it (if one is found), its column, numbers for it."""
    parents = {
        child: (i, child == node.left)
        for i, node in enumerate(tree.nodes)
        if isinstance(node, Inner)
        for child in (node.left, node.right)
    }
    for at in chosen:
        limits: dict[int, tuple[float, float]] = {}
        i, steps = at, 0
        while i and steps < DEPTH:
            i, is_left = parents[i]
            above = tree.nodes[i]
            assert isinstance(above, Inner)
            low, high = limits.get(above.column, (-math.inf, math.inf))
            cut = float_below(above.threshold)
            limits[above.column] = (low, min(high, cut)) if is_left else (max(low, cut), high)
            steps += 1
        base = np.zeros(columns)
        for column, (low, high) in limits.items():
            base[column] = _between(low, high, dtype)
        node = tree.nodes[at]
        assert isinstance(node, Inner)
        yield base, node.column, _around(float_below(node.threshold), dtype)


def _between(low: float, high: float, dtype: Any) -> float:
    """A number in (low, high], if there is one; it is rounded to the type afterwards."""
    if low < 0 <= high:
        return 0.0
    if low == -math.inf:
        return high
    if high == math.inf:
        return _around(low, dtype)[-1]
    return low + (high - low) / 2 if high - low > 1e-3 * abs(high) else high


def _around(x: float, dtype: Any) -> list[float]:
    """Numbers of the type in order: two below ``x``, the nearest at most it, and two above."""
    if np.issubdtype(dtype, np.integer):
        whole = math.floor(min(max(x, -(2.0**52)), 2.0**52))
        return [float(whole + step) for step in (-1, 0, 1, 2)]
    if dtype == np.float64:
        at = min(max(x, -1e308), 1e308)
        below, above = math.nextafter(at, -math.inf), math.nextafter(at, math.inf)
        return [below, at, above]
    near = np.float32(min(max(x, -_LARGEST), _LARGEST))
    if float(near) > x and float(near) > -_LARGEST:
        near = np.nextafter(near, np.float32(-np.inf))
    found = [near]
    for side in (-_LARGEST, _LARGEST):
        other = np.nextafter(near, np.float32(side))
        found += [other, np.nextafter(other, np.float32(side))]
    return sorted({float(n) for n in found})


def tree_classes(tree: Tree, points: Floats) -> npt.NDArray[np.int64]:
    """The tree's class at rows of float64 numbers, exactly."""
    classes = np.array([-1 if isinstance(n, Inner) else n.klass for n in tree.nodes])
    return np.asarray(classes[leaves_of(tree.nodes, points)], np.int64)
