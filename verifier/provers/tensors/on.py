"""A device of torch: what ``provers.device.Device`` asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from verifier.model.network import Network
from verifier.provers.bound import Relaxed
from verifier.provers.evaluate import Bulk
from verifier.provers.relaxable import Relaxable
from verifier.provers.space import Array, Cells
from verifier.provers.tables import Bools, Floats
from verifier.provers.tensors import bounds, exact, points


@dataclass(frozen=True)
class TorchDevice:
    """torch's device ``name``; each method is the function of that name beside this file."""

    name: str
    words: str

    def relax(
        self, network: Relaxable, allowed: Cells, low: Array, high: Array, rows: Array
    ) -> Relaxed:
        """See Device."""
        return bounds.relax(network, allowed, low, high, rows, self.name)

    def forward(self, network: Relaxable, x: Array) -> tuple[Array, Array]:
        """See Device."""
        return points.forward(network, x, self.name)

    def gradient(self, network: Relaxable, inner: Array, rows: Array) -> Array:
        """See Device."""
        return bounds.gradient(network, inner, rows, self.name)

    def bulk_logits(self, bulk: Bulk, x: Floats) -> tuple[Floats, Floats, Bools]:
        """See Device."""
        return exact.bulk_logits(bulk, x, self.name)

    def activations(self, teacher: Network, x: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """See Device."""
        return points.activations(teacher, x, self.name)
