"""Numbers in bins: where to cut, what stands for a bin, and what it is called.

A bin holds the numbers above one edge and up to the next. Its label says so in the data's own
units: "at most 5.1", "5.1 to 6.4", "above 6.4"; so a domain file keeps its edges, and
``bin_labels`` finds them there again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np

from verifier.formats.frame_columns import Codes, Column, refuse, text_of
from verifier.formats.tree_sklearn import unfitted_tree
from verifier.formats.variables import number
from verifier.model.floats import nearest

BINS = 8
"""How many bins a number of many values gets."""
SHORT, PLACES = 8, 300
"""An edge of more characters is rounded; and decimal places, at most."""


def check_several(c: Column) -> None:
    """Refuse a column that is to be in bins and has one number. Raises DomainError."""
    if len(c.values) < 2:
        shown = text_of(c.values[0])
        refuse(c.name, f"holds one number ({shown}), which makes no bins: read it as values")


def quantile_edges(c: Column, bins: int) -> tuple[float, ...]:
    """Edges between at most ``bins`` bins of about as many rows each."""
    if bins < 2:
        refuse(c.name, f"is asked for in {bins} bins: give at least 2")
    upto = np.cumsum(c.counts)
    ranks = [math.ceil(int(upto[-1]) * j / bins) for j in range(1, bins)]
    last = sorted({int(i) for i in np.searchsorted(upto, ranks)} - {len(c.values) - 1})
    return tuple(between(c, i) for i in last)


def between(c: Column, i: int) -> float:
    """The middle of value i and the next, so that no number of the data is an edge.

    One of many digits is rounded to the fewest that leave it in the middle half between both.
    """
    low, high = (number(f"column {c.name}", x) for x in c.values[i : i + 2])
    middle, gap = (low + high) / 2, high - low
    edge = nearest(middle)
    places = -math.floor(math.log10(gap)) if float(gap) else PLACES
    while len(repr(edge)) > SHORT and places < PLACES:
        rounded = round(middle, places)
        if abs(rounded - middle) <= gap / 4 and low < nearest(rounded) < high:
            return nearest(rounded)
        places += 1
    return edge


def check_target(target: Column) -> None:
    """Refuse a target that no tree can tell. Raises DomainError."""
    if target.numeric and len(target.values) > 20:
        refuse(target.name, "is a target of many numbers: bins by a tree need classes")
    if len(target.values) < 2:
        refuse(target.name, "is a target of one value: bins by a tree need two to tell apart")


def tree_edges(c: Column, target: Column, bins: int) -> tuple[float, ...]:
    """Edges where a decision tree of at most ``bins`` leaves cuts the column to tell the target."""
    known = (c.codes >= 0) & (target.codes >= 0)
    classes = target.codes
    model = unfitted_tree("bins by a tree", max_leaf_nodes=bins, random_state=0)
    model.fit(c.floats()[c.codes[known]].reshape(-1, 1), classes[known])
    tree = model.tree_
    cuts = (
        float(t) for t, left in zip(tree.threshold, tree.children_left, strict=True) if left >= 0
    )
    held = c.floats()
    found = {int(np.searchsorted(held, cut, side="right")) for cut in cuts}
    return tuple(between(c, i - 1) for i in sorted(found) if 0 < i < len(held))


def given_edges(c: Column, edges: Sequence[Any]) -> tuple[float, ...]:
    """A user's edges, in order. Raises DomainError."""
    found = [number(f"column {c.name}: a bin's edge", edge) for edge in edges]
    if not found or any(a >= b for a, b in pairwise(found)):
        refuse(c.name, "has edges of bins that do not increase: list them in order, at least one")
    return tuple(float(edge) for edge in found)


def binned(c: Column, edges: Sequence[float]) -> tuple[list[str], list[Fraction], Codes]:
    """The labels of the bins that hold data, what stands for each, and each value's bin.

    The lower median of a bin's data stands for it: a number of the data. An empty bin between
    others is stood for by its middle; empty bins at the ends are left out. Raises DomainError where
    one bin is left.
    """
    held, counts = c.floats(), c.counts
    stops = [*(int(np.searchsorted(held, edge, side="right")) for edge in edges), len(held)]
    starts = [0, *stops[:-1]]
    full = [i for i, (a, b) in enumerate(zip(starts, stops, strict=True)) if a < b]
    bins = range(full[0], full[-1] + 1)
    if len(bins) < 2:
        ends = " to ".join(map(text_of, (c.values[0], c.values[-1])))
        said = f"has all its numbers ({ends}) in one bin, {_label(edges, bins[0])}"
        refuse(c.name, f"{said}: give an edge between them")
    labels, middles = [], []
    place = np.empty(len(held), dtype=np.int64)
    shown = [number(c.name, edge) for edge in edges]
    for i in bins:
        a, b = starts[i], stops[i]
        place[a:b] = i - bins.start
        labels.append(_label(edges, i))
        if a < b:
            upto = np.cumsum(counts[a:b])
            middles.append(number(c.name, c.values[a + int(np.searchsorted(upto, upto[-1] / 2))]))
        else:
            middles.append((shown[i - 1] + shown[i]) / 2)
    return labels, middles, place


def _label(edges: Sequence[float], i: int) -> str:
    words = [_word(edge) for edge in edges]
    if i == 0:
        return f"at most {words[0]}"
    return f"above {words[-1]}" if i == len(edges) else f"{words[i - 1]} to {words[i]}"


def _word(x: float) -> str:
    return str(int(x)) if x.is_integer() and abs(x) < 1e16 else repr(x)
