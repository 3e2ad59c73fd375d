"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

from verifier.model.errors import LeafproofError, quoted


def check_writable(path: str | os.PathLike[str]) -> None:
    """Raise LeafproofError now if ``path`` could not be written later: before long work starts."""
    reason = ""
    try:
        target = _target(path)
        if target.is_dir():
            reason = "it is a folder"
        elif not target.parent.is_dir():
            reason = "no such folder"
        elif not all(os.access(held, os.W_OK) for held in _written(target)):
            reason = "permission denied"
    except (OSError, ValueError, TypeError, RuntimeError):  # the last of links in a circle
        reason = "not a usable path"
    if reason:
        raise LeafproofError(
            f"cannot write {quoted(path, 200)} ({reason}): choose a path in a writable folder"
        )


def write_atomically(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` to ``path``: the whole file appears at once, or nothing changes.

    A temporary file in the same folder is renamed into place; a symbolic link keeps pointing where
    it did. Devices and pipes (``/dev/stdout``) are written directly. Raises LeafproofError.
    """
    try:
        target = _target(path)
        if target.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        if target.exists() and not target.is_file():
            with open(target, "wb", opener=_at_once) as device:
                os.set_blocking(device.fileno(), True)
                device.write(data)
            return
        _replace(target, data)
    except (OSError, ValueError, TypeError, RuntimeError) as problem:
        reason = getattr(problem, "strerror", None) or "not a usable path"
        if isinstance(problem, OSError) and problem.errno == errno.ENXIO:
            reason = "a pipe that nobody reads"
        raise LeafproofError(
            f"cannot write {quoted(path, 200)} ({reason}): choose a path in a writable folder"
        ) from None


def _target(path: str | os.PathLike[str]) -> Path:
    """Where links lead to; a device or a pipe itself, which may have no other name."""
    given = Path(path)
    return given if given.exists() and not given.is_file() else given.resolve()


def _written(target: Path) -> list[Path]:
    """What has to be writable: a file, and its folder too, as another file takes its place."""
    if not target.exists():
        return [target.parent]
    return [target, target.parent] if target.is_file() else [target]


def _at_once(path: str, flags: int) -> int:
    """Open without waiting for who reads from a pipe: without one there is an error."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _replace(target: Path, data: bytes) -> None:
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(13, "Permission denied")
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:40]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """The permissions the written file gets: those it had, else those of any new file."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
