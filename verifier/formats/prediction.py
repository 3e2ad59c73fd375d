"""What trees answer on arrays: users' data in, classes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.frame_rows import inputs_of, names_variables
from verifier.formats.heads import label_names
from verifier.formats.thresholds import FLOAT64, float_below, settle
from verifier.model.domain import Domain
from verifier.model.ensemble import Score
from verifier.model.errors import LeafproofError, TreeError, quoted
from verifier.model.tree import Inner, Leaf, Tree

Floats = npt.NDArray[np.float64]


def predict(tree: Tree, x: npt.ArrayLike, domain: Domain | None = None) -> npt.NDArray[np.int64]:
    """The class number of each row of ``x``, shape (N, columns).

    With a domain the rows are its encodings as float64 or float32 hold them, or those of a table
    that names its variables; else numbers that are compared with the thresholds exactly.
    """
    if domain is not None and names_variables(domain, x):
        x = inputs_of(domain, x)
    tested = 1 + max((n.column for n in tree.nodes if isinstance(n, Inner)), default=0)
    if domain is None:
        rows = finite_rows(x, lambda width: width >= tested, f"at least {tested}")
    else:
        rows = finite_rows(x, lambda width: width == domain.columns, domain.columns)
    settled = settle(tree, domain, FLOAT64)
    answer = np.zeros(len(rows), dtype=np.int64)
    stack = [(0, np.arange(len(rows)))]
    while stack:
        at, held = stack.pop()
        node = settled.tree.nodes[at]
        if isinstance(node, Leaf):
            answer[held] = node.klass
            continue
        goes_left = rows[held, node.column] <= settled.literals[at]
        stack += [(node.left, held[goes_left]), (node.right, held[~goes_left])]
    return answer


def predict_names(
    tree: Tree, x: npt.ArrayLike, domain: Domain | None = None
) -> npt.NDArray[np.str_]:
    """The name of the class of each row; its number where the tree's classes have no names."""
    most = max(node.klass for node in tree.nodes if isinstance(node, Leaf))
    names = np.array([tree.class_name(k) for k in range(1 + most)])
    return np.asarray(names[predict(tree, x, domain)])


def score(tree: Tree, x: npt.ArrayLike, y: Sequence[Any], domain: Domain | None = None) -> float:
    """The share of rows of which the class is the one in ``y``, by name or else by number."""
    answers = predict(tree, x, domain)
    wanted = np.asarray(y)
    if wanted.shape != answers.shape:
        raise LeafproofError(
            f"y has shape {wanted.shape} but there are {len(answers)} rows: give one class a row"
        )
    if not len(answers):
        raise LeafproofError("there are no rows to score")
    labels, inverse = np.unique(wanted, return_inverse=True)
    numbers = np.array([_number(tree, label) for label in label_names(list(labels))])
    return float(np.mean(numbers[inverse] == answers))


def _number(tree: Tree, label: str) -> int:
    """The class that a label stands for."""
    if label in tree.labels:
        return tree.labels.index(label)
    if tree.labels and any(name != str(i) for i, name in enumerate(tree.labels)):
        known = ", ".join(map(quoted, tree.labels[:8]))
        raise TreeError(f"y has {quoted(label)}, but the tree's classes are called {known}")
    plain = {"False": "0", "True": "1"}.get(label, label)
    if not plain.isdecimal():
        raise TreeError(f"y has {quoted(label)}, but the tree's classes have only numbers")
    return int(plain)


def finite_rows(x: npt.ArrayLike, fits: Callable[[int], bool], wanted: int | str) -> Floats:
    """``x`` as finite float64 rows, whose number of columns ``fits``; else ``wanted`` is said."""
    given = np.asarray(x)
    if given.dtype.kind not in "biuf":
        table = ", or a table with the domain that it is read for" if hasattr(x, "columns") else ""
        raise LeafproofError(f"the inputs are of type {given.dtype}: give numbers{table}")
    if given.ndim != 2 or not fits(given.shape[1]):
        raise LeafproofError(f"the inputs have shape {given.shape}: give (N, {wanted})")
    rows = given.astype(np.float64)
    if not np.isfinite(rows).all():
        raise LeafproofError("the inputs hold NaN or infinity: give finite numbers")
    return rows


def leaves_of(nodes: Sequence[Inner | Leaf | Score], rows: Floats) -> npt.NDArray[np.int64]:
    """The leaf that each row of float64 numbers reaches from the first node; tests are exact."""
    tests = [n if isinstance(n, Inner) else None for n in nodes]
    column = np.array([-1 if t is None else t.column for t in tests])
    limit = np.array([0.0 if t is None else float_below(t.threshold) for t in tests])
    ways = np.array([(0, 0) if t is None else (t.left, t.right) for t in tests])
    at = np.zeros(len(rows), dtype=np.int64)
    active = np.flatnonzero(column[at] >= 0)
    while active.size:
        node = at[active]
        right = ~(rows[active, column[node]] <= limit[node])
        at[active] = ways[node, right.astype(np.int64)]
        active = active[column[at[active]] >= 0]
    return at
