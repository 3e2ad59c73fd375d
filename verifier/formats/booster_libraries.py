"""A booster in its own library: an object here, a file in a process apart.

They are written in C++ and believe their files: one that was forged may end the process that reads
it. So files are read by a process of their own, one for each library, which goes on for the next
file, and ends with this one.
"""

from __future__ import annotations

import atexit
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock
from typing import IO, Any, NoReturn

import numpy as np

from verifier.formats.booster_calls import LIBRARIES, Answer, Way, json_of
from verifier.formats.runtime import Floats
from verifier.model.errors import EnsembleError

_START = "import sys; sys.path[:] = {!r}; from {} import main; main({!r})"
_HERE = "verifier.formats.booster_libraries"
_SIZE = 8
"""Bytes of a message's length, which come before it."""
_ENDING = 5.0
"""Seconds in which a process is to end once nothing is asked any more."""


class Refuses(Exception):
    """Why a library does not load or run a model, in one line."""


@dataclass(frozen=True, eq=False)
class Here:
    """A user's object, in this process."""

    library: str
    booster: Any

    def answer(self, rows: Floats, way: Way) -> Answer:
        """The scores at rows (N, columns). Raises Refuses."""
        found = _guarded(self.library, lambda: _run(self.library, self.booster, rows, way))
        return np.asarray(found)


@dataclass(frozen=True, eq=False)
class Apart:
    """The bytes of a file, which another process reads."""

    library: str
    data: bytes

    def check(self) -> None:
        """Raise Refuses where the library does not read it, EnsembleError where it falls over."""
        _ask(self.library, ("read", self.data))

    @property
    def columns(self) -> int:
        """How many columns the library says that it reads. Raises what ``check`` does."""
        return int(_ask(self.library, ("columns", self.data)))

    def as_json(self) -> bytes:
        """A model of CatBoost as its JSON. Raises what ``check`` does."""
        return bytes(_ask(self.library, ("json", self.data)))

    def answer(self, rows: Floats, way: Way) -> Answer:
        """The scores at rows (N, columns). Raises what ``check`` does."""
        return np.asarray(_ask(self.library, ("run", self.data, rows, way)))


def begin(library: str) -> None:
    """Have the process of a library begin to load it; nobody waits for that."""
    _process(library)


def start(library: str) -> None:
    """Have the process of a library there, with the library loaded."""
    with suppress(Refuses):  # which is said where a file is read
        _ask(library, ("load",))


def opened(library: str, data: bytes) -> Here:
    """A model that was not made of a user's file, in this process. Raises Refuses."""
    return Here(library, _guarded(library, lambda: LIBRARIES[library].opened(data)))


def _run(library: str, booster: Any, rows: Floats, way: Way) -> Answer:
    return np.asarray(LIBRARIES[library].run(booster, rows, way))


def _guarded(library: str, does: Callable[[], Any]) -> Any:
    """What it does; Refuses, in one line, where the library or its Python part says no."""
    try:
        own = LIBRARIES[library].problem()
    except (ImportError, OSError, ValueError) as problem:  # damaged, or it lacks another
        raise Refuses(first_line(problem)) from None
    try:
        return does()
    except (own, ValueError) as problem:
        raise Refuses(first_line(problem)) from None


def first_line(problem: Exception) -> str:
    """What a library says, without its stack and what cannot be shown."""
    line = str(problem).strip().partition("\n")[0][:200]
    return "".join(x if x.isprintable() else "?" for x in line)


class _Process:
    """A library's process, as long as it is there."""

    def __init__(self, library: str) -> None:
        code = _START.format([path for path in sys.path if path] or sys.path, _HERE, library)
        self.library, self.owner, self.lock = library, os.getpid(), Lock()
        self.asked = False
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where libraries write of what they make of a file
        )
        atexit.register(self.close)

    def ask(self, what: tuple[Any, ...]) -> Any:
        """What it answers. Raises Refuses, and EnsembleError where it ended."""
        outgoing, incoming = self.process.stdin, self.process.stdout
        assert outgoing is not None and incoming is not None
        self.asked = True
        try:
            with self.lock:
                _send(outgoing, what)
                good, found = _received(incoming)
        except (OSError, EOFError):
            self.ended()
        except BaseException:
            self.process.kill()  # cut short: what it answers is for nobody
            self.close()
            raise
        if not good:
            raise Refuses(found)
        return found

    def ended(self) -> NoReturn:
        """Say how it ended."""
        self.close()
        code = self.process.returncode
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise EnsembleError(
            f"{LIBRARIES[self.library].name} itself breaks down over this file ({how}), so that it "
            "cannot be used there: it is damaged or forged; save the model again"
        )

    def close(self) -> None:
        """End it, and wait for that."""
        atexit.unregister(self.close)
        if _PROCESSES.get(self.library) is self:
            del _PROCESSES[self.library]
        if self.owner != os.getpid():
            return
        if not self.asked:  # it may still be loading, which is for nobody
            self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(OSError):
                pipe.close()
        try:
            self.process.wait(_ENDING)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


_PROCESSES: dict[str, _Process] = {}
_STARTING = Lock()


def _process(library: str) -> _Process:
    with _STARTING:
        held = _PROCESSES.get(library)
        if held is None or held.owner != os.getpid():  # a process that was forked has its own
            held = _PROCESSES[library] = _Process(library)
    return held


def _ask(library: str, what: tuple[Any, ...]) -> Any:
    return _process(library).ask(what)


def _send(pipe: IO[bytes], what: object) -> None:
    raw = pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
    pipe.write(len(raw).to_bytes(_SIZE, "little") + raw)
    pipe.flush()


def _received(pipe: IO[bytes]) -> Any:
    """Raises EOFError where nothing comes, or not all of it."""
    head = pipe.read(_SIZE)
    raw = pipe.read(int.from_bytes(head, "little"))
    if len(head) < _SIZE or len(raw) < int.from_bytes(head, "little"):
        raise EOFError
    return pickle.loads(raw)


def loaded_alone(library: str) -> None:
    """Load a library without what it can do without; what it says of that is said when asked."""
    for name in LIBRARIES[library].beside:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]  # as if it were not installed
    with suppress(Refuses):
        _guarded(library, lambda: None)


def main(library: str) -> None:
    """What the process does: the last file is remembered, answers are given until nothing comes."""
    import signal
    import warnings

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for whoever started this
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # libraries print of what they make of a file
    loaded_alone(library)
    last: tuple[bytes, Any] | None = None
    while True:
        try:
            kind, *more = _received(sys.stdin.buffer)
        except EOFError:
            return

        def does(kind: str = kind, more: list[Any] = more) -> Any:
            nonlocal last
            if kind == "load":
                return None
            if last is None or last[0] != more[0]:
                last = more[0], LIBRARIES[library].opened(more[0])
            if kind == "json":
                return json_of(last[1])
            if kind == "columns":
                return LIBRARIES[library].columns(last[1])
            return None if kind == "read" else _run(library, last[1], *more[1:])

        try:
            found = True, _guarded(library, does)
        except Refuses as problem:
            found = False, str(problem)
        _send(answers, found)
