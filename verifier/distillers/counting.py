"""How many ANDs of a width pass with probes of bounded norm, and how many the lemma allows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.spectrum import Spectrum
from verifier.model.domain import Domain
from verifier.provers.timing import polled

MOST_ANDS, MOST_SAMPLED = 100_000, 20_000
"""Widths with more ANDs than this are not counted: on all points, and on a sample."""


@dataclass(frozen=True, eq=False)
class Products:
    """The products of up to ``order`` of ``count`` bits: ANDs of bits that are all 1.

    ``number`` numbers them by their sorted variables; the empty product is number 0.
    """

    count: int
    order: int
    number: dict[tuple[int, ...], int]

    @staticmethod
    def of(count: int, order: int) -> Products:
        """The products of at most ``order`` of ``count`` bits."""
        sets = (s for k in range(order + 1) for s in combinations(range(count), k))
        return Products(count, order, {s: i for i, s in enumerate(sets)})

    def moments(self, points: Ints, weighted: Floats, whole: bool) -> Floats:
        """The sums of ``weighted`` [N, width] where each product is 1, [width, products].

        ``whole``: the points are all that begin with the values of the first, in order, as
        `blocks` gives them; each sum then comes from half as large ones.
        """
        if not whole:
            return np.asarray(weighted.T @ self._columns(points))
        free = len(points).bit_length() - 1
        table = weighted.copy()
        for i in range(free):
            halves = table.reshape(-1, 2, 1 << i, table.shape[1])
            halves[:, 0] += halves[:, 1]
        wanted = np.array([sum(1 << (self.count - 1 - v) for v in s) for s in self.number])
        fixed = sum(int(v) << (self.count - 1 - i) for i, v in enumerate(points[0])) >> free
        inside = (wanted >> free & ~fixed) == 0
        return np.where(inside, table[wanted & ((1 << free) - 1)].T, 0.0)

    def _columns(self, points: Ints) -> Floats:
        """The products at points, [N, products]."""
        parts = [np.ones((len(points), 1))]
        for k in range(1, self.order + 1):
            sets = list(combinations(range(self.count), k))
            first = self.number[tuple(range(k - 1))]
            above = [self.number[s[:-1]] - first for s in sets]
            parts.append(parts[-1][:, above] * points[:, [s[-1] for s in sets]])
        return np.concatenate(parts, axis=1)


def countable(domain: Domain, k: int, whole: bool) -> bool:
    """Whether the lemma applies, and the ANDs of k of the variables are few enough to count.

    ``whole`` says that they are counted on all points, not on a sample.
    """
    two = domain.uniform and all(len(v.labels) == 2 for v in domain.variables)
    return two and math.comb(len(domain.variables), k) << k <= (
        MOST_ANDS if whole else MOST_SAMPLED
    )


def passing(
    products: Products, spectrum: Spectrum, first: int, k: int, tau: float, tolerance: float
) -> int:
    """How many sets of k variables have an AND with a probe of norm at most ``tau``.

    The products' shares begin at column ``first``. The AND that wants a bit to be 0 is the one
    without that bit less the one that wants it to be 1.
    """
    found = 0
    for chosen in polled(combinations(range(products.count), k)):
        subsets = [
            tuple(v for i, v in enumerate(chosen) if mask >> i & 1) for mask in range(1 << k)
        ]
        at = [first + products.number[s] for s in subsets]
        table = np.concatenate([spectrum.means[None, at], spectrum.shares[:, at]])
        for i in range(k):
            pairs = table.reshape(len(table), -1, 2, 1 << i)
            pairs[:, :, 0] -= pairs[:, :, 1]
        residuals = table[0] - (table[1:] ** 2 / spectrum.moments[:, None]).sum(axis=0)
        found += any(
            spectrum.fit(float(table[0, j]), table[1:, j], tolerance)[1] <= tau * (1 + 1e-6)
            for j in np.flatnonzero(residuals <= tolerance + 1e-9).tolist()
        )
    return found


def lemma(k: int, tau: float, tolerance: float) -> int | None:
    """τ²B²/(2^-k - η)² rounded down; None where the lemma does not apply."""
    room = 2.0**-k - math.sqrt(tolerance)
    if room <= 0 or not math.isfinite(tau):
        return None
    return math.floor(2 * tau**2 / room**2 * (1 + 1e-9))
