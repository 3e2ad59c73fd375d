"""Forecasts of lines' shares by a linear sum, learned from some lines that nothing else is made of.

A shallow network's output in the middle of a line is often nearly linear in all other variables;
then the line's share is nearly a function of that sum, and the kernel knows this function's mean.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.jobs.encoded import Encoded
from verifier.kernel import lines
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, Net
from verifier.kernel.lines import Lines
from verifier.kernel.plain import Floats
from verifier.kernel.population import Population
from verifier.kernel.rules import Apply
from verifier.model.errors import CertificateError
from verifier.model.sample import BETS, MOST_GUESSES, Forecast

FEWEST, MOST = 1 << 10, 1 << 14
"""Lines to learn from."""
AT_ONCE = 1 << 9
"""Of them, that are gone through together."""
EACH = 32
"""Of them to a guess, about."""
BINS = 1 << 13
"""Of the sum, about."""
LARGE = 1 << 24
"""The largest number of a form."""
PLACES = 0.25, 0.5, 0.75
"""Of a line, where a network's output is taken to be linear in the other variables."""
WORTH = 0.9
"""A forecast leaves at most so much of the shares' variance, or is none."""


class Learned(NamedTuple):
    """A forecast, and how much it leaves of the shares' variance."""

    forecast: Forecast
    left: float


def learned(
    found: Population, variable: int, count: int, key: bytes, apply: Apply = map
) -> Forecast | None:
    """The best forecast for lines along a variable, of some; None where none is worth it.

    From ``count`` lines through what was ``found`` to be open, all of a domain: drawn from the
    ``key``, the same ones each time.
    """
    asked, drawing = found.asked, found.drawing
    assert drawing is not None
    nets = [net for net in asked.nets.values() if variable in net.reads and net.straight]
    if not nets:
        return None
    points = replace(drawing, key=key, size=count).block(0)[1]
    size = asked.domain.variables[variable].count
    points[:, variable] = 0
    whole = Lines(points, np.zeros(count, dtype=np.int64), np.full(count, size - 1))
    some = [Lines(*(x[at : at + AT_ONCE] for x in whole)) for at in range(0, count, AT_ONCE)]
    true = apply(partial(lines.true_along, asked, variable), some)
    shares = np.concatenate(list(true)) / size
    if not shares.any():
        return None
    x, tried = Encoded(asked, points), list[Learned]()
    for net in nets:
        for place in PLACES:
            form = _form(asked, net, variable, points, int(place * (size - 1)))
            if form is None:
                continue
            if (made := _of_form(x, form, shares)) is not None:
                tried.append(made)
    best = min(tried, key=lambda x: x.left, default=None)
    return None if best is None or best.left > WORTH else best.forecast


def _form(
    asked: Asked, net: Net, variable: int, points: Ints, value: int
) -> tuple[int, ...] | None:
    """What the network's output is about, at a value of the line, as a form of the columns.

    None where its numbers are too large to find one.
    """
    over, own = net.everywhere, net.points(points)
    assert over is not None
    at = net.reads.index(variable)
    own[:, at] = value
    inputs = over.plain.encoded(own)
    outputs = np.concatenate([out[0].copy() for _, out in over.outputs(own)])
    inputs[net.p.domain.offsets[at]] = 0.0
    held = np.vstack([inputs, np.ones(len(points))]).T
    weights: npt.NDArray[np.float64]
    try:
        weights = np.linalg.lstsq(held, outputs, rcond=None)[0][:-1]
    except np.linalg.LinAlgError:  # it does not converge
        return None
    most = float(np.abs(weights).max()) or 1.0
    if not np.isfinite(most):
        return None
    form = [0] * asked.domain.columns
    for i, start in zip(net.reads, net.p.domain.offsets, strict=True):
        v = asked.domain.variables[i]
        for j in range(v.columns):
            form[asked.domain.offsets[i] + j] = round(float(weights[start + j]) / most * LARGE)
    form[asked.domain.offsets[variable]] = 0
    return tuple(form)


def _of_form(x: Encoded, form: tuple[int, ...], shares: Floats) -> Learned | None:
    """The guesses by a form, learned from the first half of the lines and tried on the other."""
    try:
        width, sums = x.sums(form, BINS)
    except CertificateError:
        return None
    half = len(sums) // 2
    parts = min(MOST_GUESSES, max(1, half // EACH))
    ends = ends_of(sums[:half], parts)
    guesses = [means(ends, sums[own], shares[own]) for own in (slice(half), slice(None))]
    rest = shares[half:] - guesses[0][np.searchsorted(ends, sums[half:], side="right")]
    left = float(rest.var()) / max(float(shares[half:].var()), 1e-300)
    whole = tuple((guesses[1] * BETS).astype(np.int64).tolist())
    return Learned(Forecast(form, width, tuple(ends.tolist()), whole), left)


def ends_of(sums: Ints, parts: int) -> Ints:
    """Where sums are cut into so many parts of about as many of them, or fewer parts."""
    if not len(sums):
        return np.zeros(0, dtype=np.int64)
    marks = np.quantile(sums, np.arange(1, parts) / parts).astype(np.int64)
    return np.unique(np.maximum(marks, 1))


def means(ends: Ints, sums: Ints, shares: Floats) -> Floats:
    """The mean share between ends of the sums, as if the mean of all was there once more."""
    at = np.searchsorted(ends, sums, side="right")
    count = np.bincount(at, minlength=len(ends) + 1)
    total = np.bincount(at, weights=shares, minlength=len(ends) + 1)
    found: Floats = (total + (shares.mean() if len(shares) else 0.0)) / (count + 1)
    return found
