"""Where to split a cell: which variable, and which of its values go left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.cell import values
from verifier.model.overlay import BoundTree
from verifier.provers.bound import Relaxed
from verifier.provers.intervals import Cuts
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Array, Space, as_mask, contributions
from verifier.provers.tables import Bools


def by_test(
    tree: BoundTree, node: int, masks: Sequence[int] | npt.NDArray[Any]
) -> tuple[int, int] | None:
    """The tree's test at a node as a cut of a cell that passes it; None where it is a leaf.

    ``masks`` are the cell's, or its words (``provers.words``). The cut of an ordinal is the last
    value that goes left.
    """
    test = tree.nodes[node]
    if isinstance(test, int):
        return None
    variable, left = test[:2]
    return variable, left.stop - 1 if isinstance(left, range) else left & int(masks[variable])


def most_influential(influence: Array, free: npt.NDArray[Any]) -> int:
    """The variable of the largest influence among those that are ``free`` (nonzero there).

    Where none has any it is the freest one.
    """
    score = np.where(free > 0, influence, -1.0)
    return int(score.argmax()) if score.max() > 0 else int(free.argmax())


def adds(space: Space, variable: int, form: Array) -> Array:
    """What each value of a variable adds to a linear form of the input."""
    group = next(g for g in space.groups if variable in g.variables)
    with np.errstate(all="ignore"):
        return np.asarray(contributions(group, form)[group.variables == variable][0])


def below_middle(added: Array, inside: Bools) -> int:
    """The values inside that add less than the middle of what they can add, as a mask."""
    if not np.isfinite(added[inside]).all():
        added = np.arange(len(added), dtype=np.float64)
    low, high = added[inside].min(), added[inside].max()
    left = inside & (added <= (low + high) / 2)
    if (left == inside).all():
        left = inside & (np.cumsum(inside) <= inside.sum() // 2)
    return as_mask(left)


def below_widest_gap(added: Array, mask: int) -> int:
    """The values of a mask below the widest gap in what they add; half of them if all add alike."""
    held = values(mask)
    inside = added[list(held)]
    order = np.argsort(inside, kind="stable")
    gaps = np.diff(inside[order])
    cut = int(gaps.argmax()) + 1 if gaps.max() > 0 else len(held) // 2
    return sum(1 << held[i] for i in order[:cut].tolist())


def lower_half(mask: int) -> int:
    """The lower half of the values of a mask."""
    held = values(mask)
    return sum(1 << v for v in held[: len(held) // 2])


def middle(part: range) -> int:
    """How far the lower half of a range of several values goes: the first value above it."""
    return (part.start + part.stop) // 2


def range_cut(
    network: Relaxable, relaxed: Relaxed, row: int, variable: int, part: range, slack: float
) -> int:
    """Where to cut an ordinal's range: the first value above.

    Where the neuron crosses zero that loosens the bound most; else where the bound becomes
    positive, if that settles a good part of the range or the network is linear here; else in the
    middle.
    ``slack`` is the margin, relative to its terms, that is wanted.
    """
    at = int(np.flatnonzero(network.space.ordinals.variables == variable)[0])
    neuron = _crossing(network, relaxed, row, at, part)
    if neuron is not None:
        return neuron
    edge = _edge(network, relaxed, row, at, part, slack)
    if edge is None:
        return middle(part)
    settled = min(edge - part.start, part.stop - edge)
    low, high = relaxed.bounds.low[row], relaxed.bounds.high[row]
    linear = not ((low < 0) & (high > 0)).any()
    return edge if linear or 4 * settled >= part.stop - part.start else middle(part)


def _edge(
    network: Relaxable, relaxed: Relaxed, row: int, at: int, part: range, slack: float
) -> int | None:
    """The value from which on, or up to which, the bound suffices; None where it does nowhere."""
    ordinals = network.space.ordinals
    slope = float(relaxed.form.coefficients[row, ordinals.columns[at]])
    if at in ordinals.cuts:
        return _edge_inside(ordinals.cuts[at], relaxed, row, slope, part, slack)
    slope *= float(ordinals.step[at])
    wanted = 2 * slack * float(relaxed.scale[row]) - float(relaxed.margin[row])
    if not np.isfinite(wanted) or not abs(slope) * (part.stop - 1 - part.start) > wanted > 0:
        return None
    steps = int(np.ceil(wanted / abs(slope)))
    cut = part.start + steps if slope > 0 else part.stop - steps
    return cut if part.start < cut < part.stop else None


def _edge_inside(
    cuts: Cuts, relaxed: Relaxed, row: int, slope: float, part: range, slack: float
) -> int | None:
    """The same of an interval: the first piece above that number."""
    wanted = 2 * slack * float(relaxed.scale[row]) - float(relaxed.margin[row])
    low, high = cuts.at(np.array([part.start, part.stop])).tolist()
    if not np.isfinite(wanted) or not abs(slope) * (high - low) > wanted > 0:
        return None
    share = wanted / abs(slope)
    cut = cuts.near(low + share) + 1 if slope > 0 else cuts.near(high - share) - 1
    return cut if part.start < cut < part.stop else None


def _crossing(network: Relaxable, relaxed: Relaxed, row: int, at: int, part: range) -> int | None:
    """The value above which a neuron of the first layer is positive, or negative.

    The one that loosens the bound most, of those that depend on the ordinal mostly.
    """
    ordinals = network.space.ordinals
    cuts, each = ordinals.cuts.get(at), 1.0  # of an interval zeros are numbers, else indices
    if cuts is None:
        least, most, each = float(part.start), float(part.stop - 1), float(ordinals.step[at])
    else:
        least, most = cuts.at(np.array([part.start, part.stop])).tolist()
    best, chosen = 0.0, None
    for node, own in network.slices.items():
        linear = network.linear[node]
        if linear is None or node not in relaxed.form.inner:
            continue
        low, high = relaxed.bounds.low[row, own], relaxed.bounds.high[row, own]
        slope = linear[0][:, ordinals.columns[at]].astype(np.float64) * float(each)
        with np.errstate(all="ignore"):
            zero = (least + most - (low + high) / slope) / 2
            loose = np.maximum(-relaxed.form.inner[node][row], 0.0) * (-low * high) / (high - low)
            mostly = 2 * np.abs(slope) * (most - least) >= high - low
            inside = (zero >= least) & (zero < most)
            loose = np.where((low < 0) & (high > 0) & mostly & inside, loose, 0.0)
        if loose.size and loose.max() > best:
            best = float(loose.max())
            found = float(zero[loose.argmax()])
            chosen = int(np.floor(found)) + 1 if cuts is None else cuts.near(found)
    return chosen if chosen is None else min(max(chosen, part.start + 1), part.stop - 1)
