"""The device that the dense arithmetic of a search runs on.

Without one it is NumPy and compiled code. Inside ``using`` it is torch, on its device ``cpu`` or
``cuda``: bounds, attacks, probes and the classes of many points. What is found there is a claim
like any other, which the kernel checks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from verifier.model.errors import LeafproofError

DEVICES = ("cpu", "cuda")


@dataclass(frozen=True)
class Device:
    """A device of torch, and what certificates record of it: ``cuda, torch 2.9.1, NVIDIA H100``."""

    name: str
    words: str


_USED: ContextVar[Device | None] = ContextVar("device", default=None)


def used() -> Device | None:
    """The device in use; None where arithmetic is NumPy's."""
    return _USED.get()


@contextmanager
def using(name: str | None) -> Iterator[Device | None]:
    """Inside, dense arithmetic runs on this device; None leaves it as it is.

    Raises LeafproofError for a name that is none, and where torch or the device is not there.
    """
    if name is None:
        yield None
        return
    found = _device(name)
    import torch

    token = _USED.set(found)
    try:
        yield found
    except torch.cuda.OutOfMemoryError:
        raise LeafproofError(
            f"the device {found.words} has not enough memory for this search: leave the device out"
        ) from None
    finally:
        _USED.reset(token)


def recorded(prover: str) -> str:
    """A prover's name as certificates record it: with the device, where there is one."""
    device = used()
    return prover if device is None else f"{prover} ({device.words})"


def _device(name: str) -> Device:
    if name not in DEVICES:
        raise LeafproofError(f"there is no device {name!r}: write {' or '.join(DEVICES)}")
    try:
        import torch
    except ModuleNotFoundError:
        raise LeafproofError(
            f"the device {name} is reached by torch, which is not installed: run pip install "
            "'leafproof[torch]', or leave the device out"
        ) from None
    version = f"torch {torch.__version__}"
    if name == "cpu":
        return Device(name, f"{name}, {version}")
    if not torch.cuda.is_available():
        raise LeafproofError(
            f"the device cuda is not there: {version} finds no GPU that it can use; leave the "
            "device out, or name cpu"
        )
    model = " ".join(torch.cuda.get_device_name().replace(":", " ").split())
    return Device(name, f"{name}, {version}, {model}")
