"""How Numba makes compiled code: what it is told, and what identifies the result on disk."""

from __future__ import annotations

import atexit
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numba import njit
from numba.core.event import Listener

from verifier.provers.search import Searching, speak

OPTIONS = {
    "nogil": True,
    "fastmath": {"reassoc", "contract", "arcp", "nsz"},
    "error_model": "numpy",
    "_nrt": False,
}
"""Without counts of references to arrays: the caller keeps them, and none is made inside."""
LEAVING = 3.0
"""Seconds that a process which ends waits for a thread that loads: LLVM, ended at work, aborts."""


def compiled(function: Any) -> Any:
    """Compile without Python objects, and release the lock."""
    inner = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # called by compiled code only
    return njit(function, **OPTIONS, **inner)


def checksum(folder: Path, names: Iterable[str]) -> int:
    """A checksum of the files in a folder that compiled code is made of."""
    total = 0
    for name in names:
        total = zlib.crc32((folder / name).read_bytes(), total)
    return total


def in_thread(name: str, load: Callable[..., object], *given: object) -> threading.Thread:
    """The thread of this name, in which compiled code is loaded; begun if there is none.

    It may outlive the search that began it, where that one's time was over.
    """
    for thread in threading.enumerate():
        if thread.name == name:
            return thread
    thread = threading.Thread(target=load, args=given, name=name, daemon=True)
    thread.start()
    atexit.register(thread.join, LEAVING)
    return thread


@dataclass(eq=False)
class Teller(Listener):  # type: ignore[misc]
    """Reports that ``what`` is compiled, when Numba begins with what it has not kept on disk."""

    search: Searching
    what: str

    def on_start(self, event: object) -> None:
        """Say it."""
        self.tell()

    def tell(self) -> None:
        """The same where another process does it."""
        speak(self.search, doing=f"compiling {self.what} (once per installation)")

    def on_end(self, event: object) -> None:
        """Nothing to say."""
