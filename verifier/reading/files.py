"""The bytes of a file, or one line that says why not."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from verifier.model.errors import LeafproofError, quoted
from verifier.model.limits import require_memory

Heard = list[tuple[str, str | None]]
"""The paths of files that were read, each with the SHA-256 of its bytes; None: not all of them."""
_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


@contextmanager
def heard() -> Iterator[Heard]:
    """What is read inside: so a digest is of the very bytes that were read, whatever came after."""
    found: Heard = []
    token = _heard.set(found)
    try:
        yield found
    finally:
        _heard.reset(token)


def hear(path: str | os.PathLike[str], data: bytes | None) -> None:
    """Note that a file was read; without ``data`` a part of it."""
    found = _heard.get()
    if found is not None:
        digest = None if data is None else hashlib.sha256(data).hexdigest()
        found.append((str(Path(path)), digest))


def read_bytes(
    path: str | os.PathLike[str],
    what: str,
    error: type[LeafproofError] = LeafproofError,
    limit: int = 1 << 32,
) -> bytes:
    """The bytes of a regular file of at most ``limit`` bytes.

    ``what`` says in an error message what the file should be ("tree"); raises ``error``.
    """
    name = quoted(path, 200)
    try:
        with open(Path(path), "rb", opener=_at_once) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise error(f"{name} is not a file: give the path of a {what} file")
            if status.st_size > limit:
                raise error(
                    f"{name} has {status.st_size} bytes, too many for a {what} file "
                    f"(at most {limit}): check the path"
                )
            require_memory(status.st_size, f"reading {name}", error)
            data = file.read(status.st_size)  # not more: the buffer is as long as it is told
        hear(path, data)
        return data
    except (OSError, ValueError, TypeError) as problem:
        if isinstance(problem, LeafproofError):
            raise
        reason = getattr(problem, "strerror", None) or "not a usable path"
        raise error(
            f"cannot read the {what} file {name} ({reason}): check the path and its permissions"
        ) from None


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for who writes into a pipe, which is refused as it is no file."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
