"""A seal: whether something is what this user's own Leafproof wrote.

What a search has found is checked by the kernel, so a journal need not be trusted for it. What the
kernel has found is not checked again: it counts only under a seal, an HMAC by a key that never is
in the journal, but in the home of the user who runs Leafproof. So a journal that comes from
elsewhere, or was changed, can cost time, and never a verdict.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import stat
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

NAME = "journal-key"
"""The file of the key, in the folder of this user's state."""
SIZE = 32
"""Bytes of a key, and of a seal."""


@dataclass(frozen=True)
class Seal:
    """Seals bytes, each with what they are ``about``."""

    key: bytes = field(repr=False)

    def on(self, about: bytes, data: bytes) -> bytes:
        """The bytes under a seal."""
        return self._of(about, data) + data

    def off(self, about: bytes, sealed: bytes) -> bytes | None:
        """The bytes that were sealed about the same; None where the seal is broken."""
        seal, data = sealed[:SIZE], sealed[SIZE:]
        return data if hmac.compare_digest(seal, self._of(about, data)) else None

    def _of(self, about: bytes, data: bytes) -> bytes:
        inner = hashlib.sha256(about).digest() + hashlib.sha256(data).digest()
        return hmac.digest(self.key, inner, "sha256")


def state_folder() -> Path:
    """Where programs keep what is of one user and one machine, or of machines with one home."""
    named = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (named if named.is_absolute() else Path.home() / ".local" / "state") / "leafproof"


def own_seal() -> Seal | None:
    """The seal of this user, whose key is made where there is none.

    None where no key can be kept that others cannot read.
    """
    try:
        folder = state_folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Seal(_key(folder))
    except (OSError, RuntimeError, ValueError):  # RuntimeError: no home is known
        return None


def _key(folder: Path) -> bytes:
    path = folder / NAME
    if not path.exists():
        _make(path)
    file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(file)
        key = os.read(file, SIZE + 1)
    finally:
        os.close(file)
    private = stat.S_ISREG(found.st_mode) and not found.st_mode & 0o077
    if not private or found.st_uid != os.getuid() or len(key) != SIZE:
        raise ValueError(f"{path} is no key of this user alone")
    return key


def _make(path: Path) -> None:
    """Write a new key, whole or not at all; whoever makes one at the same time wins."""
    draft = path.with_name(f"{NAME}-{secrets.token_hex(8)}")
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, secrets.token_bytes(SIZE))
        os.fsync(file)
    finally:
        os.close(file)
    try:
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
