"""Compiled code made by another process, where it is not kept on disk yet.

Compiling takes longer than many a time limit, and what a process has not finished it makes again
the next time. The other process (``apart``) goes on when this one has ended, and does not slow it
down before.
"""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numba
from llvmlite.binding import get_host_cpu_name
from numba.core.dispatcher import Dispatcher

from verifier.provers.compiled.making import checksum
from verifier.provers.processes import command, environment

SEARCH, SANDWICHES = "search", "sandwiches"
MAKER = "verifier.provers.compiled.apart"
LOCK = "compiling.lock"
"""A file beside what is compiled, held by the process that compiles it."""
_STARTED: dict[str, subprocess.Popen[bytes]] = {}


def begun(name: str, function: Any) -> subprocess.Popen[bytes] | None:
    """The process that compiles one of the searches, started once; None where none is needed, as
    the ``function`` is loaded or kept on disk, or none can be started."""
    if name in _STARTED or not isinstance(function, Dispatcher):
        return _STARTED.get(name)
    if function.signatures or function.stats.cache_path is None or _mark(function).exists():
        return None
    with suppress(OSError):  # no room for another process: then this one compiles
        _STARTED[name] = subprocess.Popen(
            command(MAKER, name),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,  # what it fails at is done by whoever waits for it
            env=environment(),
            start_new_session=True,  # Ctrl-C is for whoever started this
        )
    return _STARTED.get(name)


def _mark(function: Any) -> Path:
    """A file that is there once the function as it is now is kept on disk, for this processor."""
    module = sys.modules[function.__module__]
    stamp = checksum(Path(str(module.__file__)).parent, module.SOURCES)
    made_by = zlib.crc32(f"{numba.__version__} {get_host_cpu_name()}".encode())
    return Path(function.stats.cache_path) / f"{stamp:08x}-{made_by:08x}.kept"


@contextmanager
def alone(function: Any) -> Iterator[None]:
    """Inside, no other process compiles the same: one that waits finds it on disk."""
    folder = Path(function.stats.cache_path)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        with suppress(ImportError):  # Windows: then it may be compiled more than once
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
    _mark(function).touch()
