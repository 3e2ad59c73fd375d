"""A network in float32 layer by layer, where it is too large to be folded: rule 6. Trusted.

Beside the nodes at a point goes how far they may be off together (as the root of a sum of squares).
A layer of many weights may be computed by two narrow ones whose product is about its own: trained
networks often have few directions that matter, and what the others may add is charged as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import inf, isfinite, prod, sqrt

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.float32 import WIDEST, never_shown, numbers_of
from verifier.kernel.over import Bools, decided
from verifier.kernel.points import chunk_of
from verifier.kernel.prepared import Prepared
from verifier.model.network import Add, Affine, Scale, Sign, sources

Singles = npt.NDArray[np.float32]
Reals = npt.NDArray[np.float64]
LISTED, TRIED = 1 << 12, 1 << 8
"""Values of a variable that are written in float32, at most; points that are tried."""
RANK, MOST, FEW = 32, 1 << 8, 1 << 7
"""Directions of a narrow layer; points that are gone through together, which stay in a cache;
columns of which each is charged for itself, at most."""
UNIT, TINY = 2.0**-24, 2.0**-90
"""A rounding; more than what all underflows in a layer lose, gradual or to zero."""
ALIKE = 2.0**-6
"""What all other directions may add to a narrow layer, as a share of the layer."""
FAR = 2.0**80
"""Errors are less, or nothing is said: then no number was near the largest of float32."""
VECTORS, STEPS, WIDER, PER_STEP = 8, 16, (1.1, 1.3, 2.0), 32
"""By what a matrix's norm is guessed, times which it is tried; its products in a step of work."""
OUTWARD = 1 + 2.0**-20
"""More than what sums and products of float64 are off by, if none of them is taken away."""


@dataclass(frozen=True, eq=False)
class Linear:
    """A layer ``w x + b``: ``factors`` are multiplied one after the other. Its output is off by at
    most ``grows`` times what ``x`` is off by, ``own`` times the norm of ``x`` as computed (or where
    it is given for each column, times its magnitudes: columns may be of many sizes), and
    ``fixed``."""

    factors: tuple[Singles, ...]
    shift: Singles
    grows: float
    own: float | Reals
    fixed: float

    def of(self, x: Singles) -> Reals:
        """What computing the layer adds to how far each row is off."""
        own: Reals = self.own * norm(x) if isinstance(self.own, float) else np.abs(x) @ self.own
        return own + self.fixed


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A network of ReLUs; ``tables`` are the variables' encodings, (values, columns), ``rounded``
    how far each of their rows is off, ``linear`` its layers of weights by their places."""

    p: Prepared
    tables: tuple[Singles, ...]
    rounded: tuple[Reals, ...]
    linear: dict[int, Linear]

    @cached_property
    def cost(self) -> int:
        """Steps for a point, about, with those that are left to the network as it stands."""
        own = sum(x.size for layer in self.linear.values() for x in layer.factors)
        return 2 * own + 24 * sum(self.p.teacher.widths) + self.p.point_cost // 32

    def at(self, points: Ints) -> tuple[Ints, Bools]:
        """The classes at points, (points, variables), and where they are not certain."""
        classes, unsure = np.zeros(len(points), dtype=np.int64), np.zeros(len(points), dtype=bool)
        step = min(MOST, chunk_of(self.p))
        for start in range(0, len(points), step):
            self.p.poll()
            own = slice(start, start + step)
            with np.errstate(all="ignore"):  # what is infinite, or no number, is not certain
                out, off = self.outputs(points[own])
                far = off if out.shape[1] == 1 else 2 * off
                classes[own], unsure[own] = decided(out.T.astype(np.float64), far)
        return classes, unsure

    def outputs(self, points: Ints) -> tuple[Singles, Reals]:
        """The logits, (points, outputs), and how far those of each point may be off together."""
        read = [t.take(i, axis=0) for t, i in zip(self.tables, points.T, strict=True)]
        x: Singles = np.concatenate(read, axis=1)
        off = sum(t[i] for t, i in zip(self.rounded, points.T, strict=True))
        nodes: dict[int, tuple[Singles, Reals]] = {0: (x, off)}
        for index, layer in enumerate(self.p.teacher.layers):
            (x, off), *others = (nodes[source] for source in sources(layer))
            for source in {*sources(layer)}:
                if self.p.teacher.last_use[source] == index:
                    del nodes[source]
            if isinstance(layer, Affine):
                held = self.linear[index]
                off = held.grows * off + held.of(x)
                for factor in held.factors:
                    x = x @ factor.T
                x += held.shift
            elif isinstance(layer, Scale):
                held = self.linear[index]
                x = np.multiply(x, held.factors[0]) + held.shift
                off = held.grows * off + held.of(x)  # of what comes out
            elif isinstance(layer, Add):
                x = x + others[0][0]
                off = off + others[0][1] + 2 * UNIT * norm(x) + TINY
            else:
                x = np.maximum(x, 0)
            nodes[index + 1] = x, np.where(off < FAR, off, np.inf)
        return x, nodes[len(self.p.teacher.layers)][1] * OUTWARD


def _rounded(rows: Sequence[Sequence[Fraction]], table: Singles) -> Reals:
    """How far each row is off in float32, at most: infinitely, where it is no number there."""
    off = []
    for row, own in zip(rows, table.tolist(), strict=True):
        finite = all(map(isfinite, own))
        most = sum(abs(x - Fraction(y)) for x, y in zip(row, own, strict=True)) if finite else inf
        off.append(float(most) * OUTWARD)
    return np.array(off)


def norm(x: Singles) -> Reals:
    """At least the norm of each row of at most ``float32.WIDEST`` numbers."""
    found: Reals = np.sqrt(np.einsum("ij,ij->i", x, x).astype(np.float64))
    return found * (1 + 2.0**-11) + 2.0**-50


def linear(layer: Affine | Scale) -> tuple[Linear, ...]:
    """A layer in float32, after the same by a few directions where these are nearly all of it."""
    own, shift = (a.astype(np.float64) for a in numbers_of(layer))
    single, b = own.astype(np.float32), shift.astype(np.float32)
    fixed = (8 * UNIT * frobenius(shift) + TINY) * OUTWARD
    if isinstance(layer, Scale):
        sizes = np.abs(own)
        charged = inf if ((sizes > 0) & (sizes < 2.0**-100)).any() else 8 * UNIT
        return (Linear((single,), b, float(sizes.max(initial=0.0)), charged, fixed),)

    def made(grows: float, missed: float, *factors: Singles) -> Linear:
        charged: float | Reals
        sizes = [frobenius(x.astype(np.float64)) for x in factors]
        sizes[1:] = [max(1.0, x) for x in sizes[1:]]  # so no number between them is beyond float32
        charged = missed + UNIT * prod(sizes) * sum(x.shape[1] + 8 for x in factors)
        if len(factors) == 1 and own.shape[1] <= FEW:
            each = np.array(
                [(frobenius(a), frobenius(b)) for a, b in zip(own.T, (own - single).T, strict=True)]
            )
            charged = (UNIT * (own.shape[1] + 10) * each[:, 0] + 2 * each[:, 1]) * OUTWARD
        lost = fixed + TINY * sum(sizes)
        return Linear(factors, b, grows * OUTWARD, charged * OUTWARD, lost * OUTWARD)

    rest = frobenius(own - single)
    if 4 * RANK * sum(own.shape) > own.size:
        return (made(spectral(own), rest, single),)
    first, second = directions(own)
    one, two = first.astype(np.float64), second.astype(np.float64)
    rounds = own.shape[1] * 2.0**-50 * (frobenius(one) * frobenius(two) + frobenius(own))
    missed = spectral(own - two @ one) + rounds
    grows = spectral(one) * spectral(two) + missed
    full = made(grows, rest, single)
    return (made(grows, missed, first, second), full) if missed < ALIKE * grows else (full,)


def directions(w: Reals) -> tuple[Singles, Singles]:
    """Two narrow layers that are about one: which they are does not matter (Halko, Martinsson and
    Tropp, Finding structure with randomness, 2011; what is random there is fixed here)."""
    mixed = np.cos(np.outer(np.arange(w.shape[1]) + 1, np.arange(RANK) + 1) * 0.7)
    for _ in range(2):
        mixed = w.T @ np.linalg.qr(w @ mixed)[0]
    basis = np.linalg.qr(w @ mixed)[0]
    return (basis.T @ w).astype(np.float32), basis.astype(np.float32)


def frobenius(m: Reals) -> float:
    """At least the root of the sum of all squares."""
    return sqrt(float(np.vdot(m, m))) * OUTWARD + 2.0**-500


def spectral(m: Reals) -> float:
    """At least how many times longer a matrix makes a vector, by Cholesky factors (Rump, 2006)."""
    size, n = frobenius(m), min(m.shape)
    square = m.T @ m if m.shape[0] > m.shape[1] else m @ m.T
    lost = max(m.shape) * 2.0**-50 * size * size + 2.0**-900
    mixed = np.cos(np.outer(np.arange(n) + 1, np.arange(VECTORS) + 1) * 0.7)
    for _ in range(STEPS):
        mixed = square @ (mixed / frobenius(mixed))
    for most in (frobenius(mixed) * wider for wider in WIDER):
        with suppress(np.linalg.LinAlgError):
            if np.isfinite(np.linalg.cholesky(most * np.eye(n) - square)).all():
                return min(size, sqrt(most * (1 + n * n * 2.0**-50) + lost) * OUTWARD)
    return min(size, sqrt(frobenius(square) + lost) * OUTWARD)


def unfolded(p: Prepared) -> tuple[Unfolded, ...]:
    """The network in float32, quickest first; without those that say little: of few points."""
    count, layers = [v.count for v in p.domain.variables], p.teacher.layers
    too_wide = max(count) > LISTED or max(p.teacher.widths) > WIDEST
    if never_shown(p) or too_wide or any(isinstance(x, Sign) for x in layers):
        return ()
    products = [x.weight.size * min(x.weight.shape) for x in layers if isinstance(x, Affine)]
    p.spend(p.cell_cost + sum(products) // PER_STEP)
    rows = [[v.row(i) for i in range(v.count)] for v in p.domain.variables]
    mixed = np.arange(TRIED)[:, None] * 40503 + np.arange(len(count)) * 9973
    points = (mixed * 65599 % (1 << 31) >> 12) % count
    with np.errstate(all="ignore"):  # a bound that is infinite, or no number, tells nothing
        tables = tuple(np.array(x, np.float64).astype(np.float32) for x in rows)
        ways = {i: linear(x) for i, x in enumerate(layers) if isinstance(x, Affine | Scale)}
    rounded = tuple(map(_rounded, rows, tables))
    narrow = any(len(x) > 1 for x in ways.values())
    found = []
    for at, most in ((0, TRIED >> 5), (-1, TRIED >> 1))[not narrow :]:
        held = Unfolded(p, tables, rounded, {i: x[at] for i, x in ways.items()})
        if np.count_nonzero(held.at(points)[1]) <= most:
            found.append(held)
    return tuple(found)
