"""The device that the dense arithmetic of a search runs on.

Without one it is NumPy and compiled code. Inside ``tensors.using`` it is torch, on its device
``cpu`` or ``cuda``: bounds, attacks, probes and the classes of many points. What is found there is
a claim like any other, which the kernel checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from verifier.model.network import Network
    from verifier.provers.bound import Relaxed
    from verifier.provers.evaluate import Bulk
    from verifier.provers.relaxable import Relaxable
    from verifier.provers.space import Cells
    from verifier.provers.tables import Bools, Floats

Array = npt.NDArray[np.floating[Any]]


class Device(Protocol):
    """What a device does, by the functions that ask it; ``words`` are what certificates record."""

    @property
    def words(self) -> str:
        """The device, torch's version and the GPU: ``cuda, torch 2.9.1, NVIDIA H100``."""

    def relax(
        self, network: Relaxable, allowed: Cells, low: Array, high: Array, rows: Array
    ) -> Relaxed:
        """See ``bound.relax``: from inherited bounds, of ``rows`` [cells, rows, outputs]."""

    def forward(self, network: Relaxable, x: Array) -> tuple[Array, Array]:
        """See ``attack.forward``: logits and pre-activations at inputs [points, columns]."""

    def gradient(self, network: Relaxable, inner: Array, rows: Array) -> Array:
        """Coefficients [points, columns] of rows [points, 1, outputs], each at its point."""

    def bulk_logits(self, bulk: Bulk, x: Floats) -> tuple[Floats, Floats, Bools]:
        """See ``evaluate.Logits``: of the inputs [points, columns]."""

    def activations(self, teacher: Network, x: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        """See ``distillers.quick.activations``."""


_USED: ContextVar[Device | None] = ContextVar("device", default=None)


def used() -> Device | None:
    """The device in use; None where arithmetic is NumPy's."""
    return _USED.get()


@contextmanager
def entered(device: Device) -> Iterator[None]:
    """Inside, ``used`` is this device."""
    token = _USED.set(device)
    try:
        yield
    finally:
        _USED.reset(token)


def recorded(prover: str) -> str:
    """A prover's name as certificates record it: with the device, where there is one."""
    device = used()
    return prover if device is None else f"{prover} ({device.words})"
