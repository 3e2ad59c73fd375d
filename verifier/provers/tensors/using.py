"""The door to torch: it is loaded where a device is named, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from verifier.model.errors import LeafproofError
from verifier.provers.device import Device, entered

DEVICES = ("cpu", "cuda")


@contextmanager
def using(name: str | None) -> Iterator[None]:
    """Inside, dense arithmetic runs on torch's device ``cpu`` or ``cuda``; None: as it is.

    Raises LeafproofError for a name that is none, where torch or the device is not there, and
    where the device's memory is too small.
    """
    if name is None:
        yield
        return
    device = _device(name)
    from torch.cuda import OutOfMemoryError

    try:
        with entered(device):
            yield
    except OutOfMemoryError:
        raise LeafproofError(
            f"the device {device.words} has not enough memory for this search: leave the device out"
        ) from None


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
    from verifier.provers.tensors.on import TorchDevice

    version = f"torch {torch.__version__}"
    if name == "cpu":
        return TorchDevice(name, f"{name}, {version}")
    if not torch.cuda.is_available():
        raise LeafproofError(
            f"the device cuda is not there: {version} finds no GPU that it can use; leave the "
            "device out, or name cpu"
        )
    model = " ".join(torch.cuda.get_device_name().replace(":", " ").split())
    return TorchDevice(name, f"{name}, {version}, {model}")
