"""Which side of a network's margin a sandwich's sum is near. Untrusted: the kernel shows strips.

The kernel finds parallel forms near the margin, and two that are closer, each from its own side. A
sum in the middle of the former tells of both classes; one that is the form below tells best where
the class is 1 for certain, the one above where it is 0. How much each leaves open is estimated as
if sums were normal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.choices import Floats
from verifier.kernel.forms import columns_of
from verifier.kernel.margins import Lines
from verifier.kernel.prepared import allowed_values

LOGISTIC = 1.702
"""The normal distribution is about the logistic one of so many times the argument."""


@dataclass(frozen=True, eq=False)
class Sided:
    """For each cell a sum near one side of the margin, (cells, columns of the network).

    It leaves less open than the middle where it is ``better``; ``strip`` is about how wide the part
    of the sum's range is that it leaves open.
    """

    sums: Floats
    strip: Floats
    better: npt.NDArray[np.bool_]


@np.errstate(over="ignore", invalid="ignore")  # lines may be as steep as floats are
def one_sided(parallel: Lines, closer: Lines) -> Sided:
    """The better of both sides, and whether it is better than the middle of parallel forms."""
    below, above = closer.a[:, 0], -closer.a[:, 1]
    cells = closer.enclosed.cells
    between = (closer.a[:, 0] + closer.a[:, 1])[:, None]
    # g is at least ``least`` above the form below, and so much at most, where both forms tell of it
    apart = closer.constant[:, 1] + cells.least(between, np.abs(between))[:, 0, 0]
    least, most = closer.constant[:, 0], -closer.constant[:, 1]
    middle = (parallel.a[:, 0] - parallel.a[:, 1]) / 2
    found = [
        _open(closer, form, -high, -low)
        for form, low, high in (
            (middle, parallel.constant[:, 0], -parallel.constant[:, 1]),
            (below, least, -apart),
            (above, least + apart - closer.constant[:, 1], most),
        )
    ]
    (level, _), (one, narrow), (two, wide) = found
    lower = (one <= two)[:, None]
    sums = np.ldexp(np.where(lower, below, above), -np.array(closer.enclosed.p.scales))
    return Sided(sums, np.where(lower[:, 0], narrow, wide), np.minimum(one, two) < level)


def _open(x: Lines, a: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The share of each cell where forms (cells, columns) are between two numbers, about.

    And how wide that part of their range is.
    """
    moments = _moments(x, a)
    mean, _, spread = moments
    low, high = np.maximum(low, mean - spread), np.minimum(high, mean + spread)
    wide = np.maximum(high - low, 0.0)
    return np.where(wide > 0, _share(moments, high) - _share(moments, low), 0.0), wide


@np.errstate(over="ignore", invalid="ignore")  # forms may be as steep as floats are
def share_below(x: Lines, a: Floats, t: Floats) -> tuple[Floats, Floats]:
    """The share of each cell where forms (cells, columns) are at most t, and how fast it rises."""
    moments = _moments(x, a)
    mean, variance, spread = moments
    share = _share(moments, t)
    slope = LOGISTIC * share * (1 - share) / np.sqrt(np.maximum(variance, 1e-300))
    inside = np.where(t >= mean + spread, 1.0, np.where(t < mean - spread, 0.0, share))
    return inside, np.where((t < mean + spread) & (t >= mean - spread), slope, 0.0)


def _share(moments: tuple[Floats, Floats, Floats], t: Floats) -> Floats:
    """The share of each cell where a form of some ``_moments`` is at most t, about."""
    mean, variance, _ = moments
    z = np.clip((t - mean) / np.sqrt(np.maximum(variance, 1e-300)), -30.0, 30.0)
    return np.asarray(1 / (1 + np.exp(-LOGISTIC * z)))


def _moments(x: Lines, a: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean, variance and half of the range of forms over each cell, values equally likely."""
    p, cells = x.enclosed.p, x.enclosed.cells
    mean, variance, spread = np.zeros((3, len(a)))
    for g in p.groups:
        table = np.einsum("bgc,gvc->bgv", columns_of(a, g.columns), np.ldexp(g.table, -g.e))
        inside = allowed_values(g, x.enclosed.parts)
        count = inside.sum(axis=2)
        own = np.where(inside, table, 0.0).sum(axis=2) / count
        square = np.where(inside, (table - own[..., None]) ** 2, 0.0).sum(axis=2) / count
        high = np.where(inside, table, -np.inf).max(axis=2)
        wide = high - np.where(inside, table, np.inf).min(axis=2)
        mean, variance = mean + own.sum(axis=1), variance + square.sum(axis=1)
        spread = spread + wide.sum(axis=1) / 2
    if p.ordinals is not None:
        c = p.ordinals.columns
        low, high = cells.low[0][:, c], cells.high[0][:, c]
        ends = x.enclosed.parts.ends
        more = np.maximum(ends[:, 1] - ends[:, 0], 1.0)
        wide = np.abs(a[:, c]) * (high - low)
        mean = mean + (a[:, c] * (low + high)).sum(axis=1) / 2
        variance = variance + (wide**2 * (more + 2) / more).sum(axis=1) / 12
        spread = spread + wide.sum(axis=1) / 2
    return mean, variance, spread
