"""The best linear probes of many 0/1 targets on one representation, from its second moments."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from verifier.distillers.cuts import Floats

CONDITION = 1e-10
"""Directions of a smaller second moment (E|φ|² = 2) are not used: float32 does not show them."""


@dataclass(frozen=True)
class Probe:
    """The best probes of one AND on one representation.

    ``residual`` is the least mean squared error of any probe, ``norm`` the least norm of one whose
    error is at most the tolerance (infinite if none is), ``variance`` that of the AND itself.
    """

    residual: float
    norm: float
    variance: float


@dataclass(eq=False)
class Sums:
    """Second moments of (1, ψ) and its moments with the targets, added up block by block."""

    moments: Floats | None = None
    shares: Floats | None = None

    def add(
        self,
        activation: np.ndarray,
        targets: Floats,
        weights: Floats,
        more: Callable[[Floats], Floats] | None = None,
    ) -> None:
        """A block of points: activations [N, width], targets [N, targets], weights [N].

        ``more`` gives the moments [1 + width, targets] of further targets with φ, given φ times the
        weights [N, 1 + width].
        """
        psi = np.nan_to_num(activation.astype(np.float64), posinf=0.0, neginf=0.0)
        phi = np.concatenate([np.ones((len(psi), 1)), psi], axis=1)
        weighted = phi * weights[:, None]
        shares = weighted.T @ targets
        if more is not None:
            shares = np.concatenate([shares, more(weighted)], axis=1)
        if self.moments is None or self.shares is None:
            self.moments, self.shares = weighted.T @ phi, shares
        else:
            self.moments += weighted.T @ phi
            self.shares += shares

    def spectrum(self) -> Spectrum:
        """ψ scaled to E|ψ|² = 1, in the eigenbasis of φ's second moments."""
        assert self.moments is not None and self.shares is not None
        scale = np.ones(len(self.moments))
        size = float(np.diag(self.moments)[1:].sum())
        scale[1:] /= math.sqrt(size or 1.0)
        moments, vectors = np.linalg.eigh(self.moments * scale * scale[:, None])
        kept = moments > CONDITION
        shares = vectors[:, kept].T @ (self.shares * scale[:, None])
        return Spectrum(moments[kept], shares, self.shares[0])


@dataclass(frozen=True, eq=False)
class Spectrum:
    """φ in the eigenbasis of its second moments ``moments[r]``.

    ``shares[r, t]`` are the moments with the targets, ``means[t]`` the targets' own.
    """

    moments: Floats
    shares: Floats
    means: Floats

    def probe(self, target: int, tolerance: float) -> Probe:
        """The best probes of a 0/1 target."""
        mean = float(self.means[target])
        residual, norm = self.fit(mean, self.shares[:, target], tolerance)
        return Probe(residual, norm, mean * (1 - mean))

    def fit(self, mean: float, shares: Floats, tolerance: float) -> tuple[float, float]:
        """The least error, and the least norm of a probe whose error is at most the tolerance."""

        def error(ridge: float) -> float:
            w = shares / (self.moments + ridge)
            return max(0.0, mean - 2 * float(w @ shares) + float(w**2 @ self.moments))

        residual = error(0.0)
        if mean <= tolerance:
            return residual, 0.0
        if residual > tolerance:
            return residual, math.inf
        low, high = math.log(CONDITION) - 20, math.log(4.0 / max(mean - tolerance, 1e-300)) + 20
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if error(math.exp(middle)) <= tolerance else (low, middle)
        w = shares / (self.moments + (math.exp(low) if error(math.exp(low)) <= tolerance else 0.0))
        return residual, float(np.linalg.norm(w))
