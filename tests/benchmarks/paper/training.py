"""Trains the networks of the paper's table; what is trained is kept, epoch by epoch.

python -m tests.benchmarks.paper.training FOLDER [NAME ...]

Trains what is not there yet, in the plan's order (or the named networks), one thread, and can be
ended at any moment: at most the epoch that was running is lost.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.paper.plan import LONG, Net, networks
from verifier.model.domain import signs
from verifier.writing.files import write_atomically
from verifier.writing.json_nouns import tree_to_json

FIRST_EPOCHS = 11
"""Epochs of the paper's code."""


@dataclass(frozen=True)
class Log:
    """What a training has cost so far: processor seconds, and the mean loss of every epoch."""

    seconds: float = 0.0
    losses: tuple[float, ...] = ()


def weights_path(folder: Path, net: Net, epochs: int = FIRST_EPOCHS) -> Path:
    """Where the network's arrays are after so many epochs."""
    return folder / f"{net.name}-epoch{epochs}.npz"


def log_path(folder: Path, net: Net) -> Path:
    """Where the log of a training is."""
    return folder / f"{net.name}.log.json"


def log_of(folder: Path, net: Net) -> Log:
    """What is noted of a training; an empty Log where it has not begun."""
    path = log_path(folder, net)
    if not path.exists():
        return Log()
    held = json.loads(path.read_text())
    return Log(held["seconds"], tuple(held["losses"]))


def train_net(folder: Path, net: Net, epochs: int) -> None:
    """Train until ``epochs`` are done, and write the arrays (see `weights_path`) on the way."""
    import torch

    from verifier.demo.residual import train_on_tree

    torch.set_num_threads(1)
    checkpoint = folder / f"{net.name}.pt"
    begun = time.process_time()

    def keep(done: int, loss: float) -> None:
        nonlocal begun
        now = time.process_time()
        earlier = log_of(folder, net)
        held = Log(earlier.seconds + now - begun, (*earlier.losses[: done - 1], loss))
        begun = now
        save_log(log_path(folder, net), held)
        if net.curve or done == FIRST_EPOCHS:
            state = torch.load(checkpoint, weights_only=True)["state"]
            _save(weights_path(folder, net, done), net, [v.numpy() for v in state.values()])
        print(f"{net.name}: epoch {done}, loss {loss:.3g}, {held.seconds:.0f} s", flush=True)

    recipe = replace(net.recipe, epochs=epochs)
    train_on_tree(net.truth, signs(net.columns), net.samples, recipe, checkpoint, keep)


def _save(path: Path, net: Net, arrays: Sequence[npt.NDArray[np.float32]]) -> None:
    """Weights and biases in turn, as W0, b0, W1, ..., with the tree: see `paper_nets`."""
    names = [f"{kind}{i}" for i in range(len(arrays) // 2) for kind in "Wb"]
    named: dict[str, npt.NDArray[np.generic]] = dict(zip(names, arrays, strict=True))
    named["tree"] = np.array(json.dumps(tree_to_json(net.truth)))
    part = path.with_name(path.name + ".part")
    with part.open("wb") as file:
        np.savez(file, **named)  # type: ignore[arg-type]
    part.replace(path)


def save_log(path: Path, log: Log) -> None:
    """Write a Log, whole or not at all."""
    write_atomically(path, f"{json.dumps(asdict(log))}\n".encode())


def sha256_of(path: Path) -> str:
    """SHA-256 of a network's arrays: the bytes of W0, b0, W1, ... in order, little-endian."""
    digest = hashlib.sha256()
    with np.load(path, allow_pickle=False) as arrays:
        for name in sorted((n for n in arrays.files if n != "tree"), key=lambda n: (n[1:], n[0])):
            digest.update(np.ascontiguousarray(arrays[name], dtype="<f4").tobytes())
    return digest.hexdigest()


def main(arguments: Sequence[str]) -> int:
    """Train; 3 for an unknown name."""
    folder, names = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    known = {net.name: net for net in networks()}
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"no network {unknown[0]}: there are {', '.join(known)}", file=sys.stderr)
        return 3
    chosen = [known[name] for name in names] or list(known.values())
    for net in chosen:
        if not weights_path(folder, net).exists():
            train_net(folder, net, FIRST_EPOCHS)
    for net in chosen:
        if net.curve and not weights_path(folder, net, LONG).exists():
            train_net(folder, net, LONG)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
