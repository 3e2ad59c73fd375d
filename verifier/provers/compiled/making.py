"""How Numba makes compiled code: what it is told, and what identifies the result on disk."""

from __future__ import annotations

import atexit
import threading
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llvmlite import ir
from llvmlite.binding import parse_assembly
from numba import njit, version_info
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.event import Listener

from verifier.provers.search import Searching, speak

OPTIONS = {
    "nogil": True,
    "fastmath": {"reassoc", "contract", "arcp", "nsz"},
    "error_model": "numpy",
    "_nrt": False,
}
"""Without counts of references to arrays: the caller keeps them, and none is made inside."""
ENVIRONMENT = "_ZN08NumbaEnv"
"""How names begin of what compiled functions keep of Python."""
KNOWN = ((0, 68),)
"""Versions of Numba whose insides are those that a Part overrides; with others, compiling takes
twice as long."""
LEAVING = 3.0
"""Seconds that a process which ends waits for a thread that loads: LLVM, ended at work, aborts."""


class Part(JITCodeLibrary):  # type: ignore[misc]
    """Code that is only linked into its callers: it is optimised there, and needs no address.

    Numba would optimise and emit each function with all that it calls, and those again with their
    callers: two thirds of the time, as calls are ten deep.
    """

    def _optimize_final_module(self) -> None:
        """Left to the caller."""

    def _finalize_final_module(self) -> None:
        """Emit the places only that Numba writes to: those of environments, which nothing reads."""
        places, byte = self._codegen._create_empty_module(self.name), ir.IntType(8).as_pointer()
        for held in self._final_module.global_variables:
            if held.name.startswith(ENVIRONMENT):
                place = ir.GlobalVariable(places, byte, held.name)
                place.linkage, place.initializer = "common", byte(None)
        self._codegen._add_module(parse_assembly(str(places)))
        self._finalized = True


class PartCompiler(Compiler):  # type: ignore[misc]
    """Numba's compiler, whose code is a Part."""

    def define_pipelines(self) -> Any:
        """The usual passes, into a Part."""
        self.state.library = Part(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


def compiled(function: Any) -> Any:
    """Compile without Python objects, and release the lock; for compiled code to call."""
    inner: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    if version_info.short in KNOWN:
        inner["pipeline_class"] = PartCompiler
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
