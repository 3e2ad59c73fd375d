"""Compiled code made by another process, where it is not kept on disk yet.

Compiling takes longer than many a time limit, and what a process has not finished it makes again
the next time. The other process goes on when this one has ended, and does not slow it down before.

python -m verifier.provers.compiled.beside search|sandwiches
"""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numba
import numpy as np
from llvmlite.binding import get_host_cpu_name
from numba.core.dispatcher import Dispatcher

from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import Bound, ClassIs, Matter
from verifier.model.tree import Leaf, Tree
from verifier.provers.compiled.making import checksum
from verifier.provers.options import UNLIMITED

SEARCH, SANDWICHES = "search", "sandwiches"
LOCK = "compiling.lock"
"""A file beside what is compiled, held by the process that compiles it."""
_STARTED: dict[str, subprocess.Popen[bytes]] = {}


def begun(name: str, function: Any) -> subprocess.Popen[bytes] | None:
    """The process that compiles one of the searches, started once; None where none is needed, as
    the ``function`` is loaded or kept on disk."""
    if name in _STARTED or not isinstance(function, Dispatcher):
        return _STARTED.get(name)
    if function.signatures or function.stats.cache_path is None or _mark(function).exists():
        return None
    _STARTED[name] = subprocess.Popen(
        [sys.executable, "-m", __name__, name],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,  # what it fails at is done by whoever waits for it
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        start_new_session=True,  # Ctrl-C is for whoever started this
    )
    return _STARTED[name]


def _mark(function: Any) -> Path:
    """A file that is there once the function as it is now is kept on disk, for this processor."""
    module = sys.modules[function.__module__]
    stamp = checksum(Path(str(module.__file__)).parent, module.SOURCES)
    made_by = zlib.crc32(f"{numba.__version__} {get_host_cpu_name()}".encode())
    return Path(function.stats.cache_path) / f"{stamp:08x}-{made_by:08x}.kept"


def main(name: str) -> None:
    """Compile one of the searches, unless another process does at the same time."""
    make = {SEARCH: _search, SANDWICHES: _sandwiches}[name]
    make()


def _search() -> None:
    from verifier.provers.cells import Branching
    from verifier.provers.compiled.chain import chain
    from verifier.provers.compiled.explore import explore
    from verifier.provers.compiled.loading import load_code
    from verifier.provers.compiled.slots import make_slot

    domain, network = _problem()
    net = chain(network, domain)
    assert net is not None
    search = Branching(domain, network, Tree((Leaf(0),)), options=UNLIMITED)
    with _alone(explore):
        load_code(search, net, make_slot(net, 1))


def _sandwiches() -> None:
    from verifier.provers.pairs.loading import load_code
    from verifier.provers.pairs.proving import begin
    from verifier.provers.pairs.run import run

    domain, network = _problem()
    matter = Matter(domain, (Bound("a", network, (0, 1)),), ClassIs(0, 1))
    search = begin(matter, UNLIMITED)
    assert search is not None
    with _alone(run):
        load_code(search)


def _problem() -> tuple[Domain, Network]:
    """Something small: what is compiled is the same for all networks and domains."""
    first = Affine(0, np.ones((2, 2)), np.zeros(2))
    last = Affine(2, np.ones((1, 2)), -np.ones(1))
    return bits(2), Network(2, (first, Relu(1), last))


@contextmanager
def _alone(function: Any) -> Iterator[None]:
    """Inside, no other process compiles the same: one that waits finds it on disk."""
    folder = Path(function.stats.cache_path)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        with suppress(ImportError):  # Windows: then it may be compiled more than once
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    _mark(function).touch()


if __name__ == "__main__":
    main(sys.argv[1])
