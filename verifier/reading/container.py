"""The ZIP container of a certificate, read strictly from front to back. Trusted.

Only what ``pack`` writes is read: stored parts, one after the other, then the directory. Every
fault is reported with the offset in the file where it stands.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from verifier.model.errors import CertificateError, quoted

_HEADER = struct.Struct("<4s5H3I2H")
_START = b"PK\x03\x04"
LONGEST_NAME = 100


class _Pieces(io.RawIOBase):
    """What ``zipfile`` writes, piece by piece: a part's bytes are not copied."""

    def __init__(self) -> None:
        super().__init__()
        self.at = 0
        self.held: dict[int, bytes] = {}  # by offset, as a part's header is written twice

    def write(self, data: Any, /) -> int:
        """Add a piece, or replace the one that begins here."""
        self.held[self.at] = bytes(data)
        self.at += len(data)
        return len(data)

    def tell(self) -> int:
        """The offset at which is written next."""
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Write there next."""
        assert whence == io.SEEK_SET
        self.at = offset
        return offset


def pieces(parts: Iterable[tuple[str, bytes]]) -> list[bytes]:
    """The file's bytes, in pieces: a stored ZIP with fixed dates, a function of the parts alone."""
    written = _Pieces()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
    return [piece for _, piece in sorted(written.held.items())]


def pack(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """The file's bytes."""
    return b"".join(pieces(parts))


def unpack(data: bytes) -> dict[str, bytes]:
    """The parts by name, in the file's order; what follows the last is not looked at.

    Raises CertificateError at the first part that is not one that ``pack`` writes.
    """
    parts: dict[str, bytes] = {}
    at = 0
    while data.startswith(_START, at):
        name, start, size, checksum = _header(data, at)
        if name in parts:
            raise CertificateError(f"offset {at}: a second part named {quoted(name)}")
        if len(data) - start < size:
            raise CertificateError(
                f"{name}: the file ends at offset {len(data)}, after {len(data) - start} of the "
                f"part's {size} bytes: it is truncated"
            )
        parts[name] = data[start : start + size]
        if zlib.crc32(parts[name]) != checksum:
            raise CertificateError(
                f"{name}: damaged: the bytes at offset {start} to {start + size} do not have the "
                "part's checksum"
            )
        at = start + size
    if not parts:
        raise CertificateError("offset 0: no ZIP file starts here: give what certify -o wrote")
    if not data.startswith(b"PK\x01\x02", at):
        state = "is truncated" if len(data) - at < 4 else "has other bytes"
        raise CertificateError(
            f"{next(reversed(parts))}: after its end, at offset {at}, the file {state} where the "
            "next part or the directory was expected"
        )
    return parts


def _header(data: bytes, at: int) -> tuple[str, int, int, int]:
    """Name, first byte, size and CRC-32 of the part whose header is at an offset."""
    if len(data) - at < _HEADER.size:
        raise CertificateError(f"offset {at}: the file ends in a part's header: it is truncated")
    fields = _HEADER.unpack_from(data, at)
    _, _, flags, method, _, _, checksum, packed, size, length, extra = fields
    start = at + _HEADER.size + length
    raw = data[at + _HEADER.size : start]
    if len(raw) < length or length > LONGEST_NAME or not raw.isascii():
        raise CertificateError(f"offset {at}: a part without a proper name: the file is damaged")
    name = raw.decode("ascii")
    where = f"{name}, offset {at}" if name.isprintable() else f"offset {at}"
    if method or flags or packed != size or extra:
        raise CertificateError(
            f"{where}: the part is compressed, encrypted or not plainly stored: "
            "a certificate is as Leafproof wrote it, never packed again"
        )
    if not name or not name.isprintable():
        raise CertificateError(f"{where}: a part without a proper name: the file is damaged")
    return name, start, size, checksum


def difference(data: bytes, held: Iterable[bytes]) -> int | None:
    """The first offset at which bytes differ from the pieces together; None if they do not."""
    at = 0
    for piece in held:
        if not data.startswith(piece, at):
            other = zip(piece, data[at : at + len(piece)], strict=False)
            same = min(len(piece), len(data) - at)
            return at + next((i for i, (a, b) in enumerate(other) if a != b), same)
        at += len(piece)
    return None if at == len(data) else at
