"""Universal Binary JSON, as XGBoost writes it: bytes to the values that JSON has."""

from __future__ import annotations

from typing import Any

import numpy as np

from verifier.model.errors import EnsembleError

_NUMBERS = {
    b"i": ">i1",
    b"U": ">u1",
    b"I": ">i2",
    b"l": ">i4",
    b"L": ">i8",
    b"d": ">f4",
    b"D": ">f8",
}
_WORDS = {b"Z": None, b"T": True, b"F": False}
_DEEPEST = 100
_MOST = 1 << 28
"""Numbers in one array."""


def read_ubjson(data: bytes) -> Any:
    """The value in the bytes; raises EnsembleError for anything else."""
    reader = _Reader(data)
    value = reader.value(reader.take(1), 0)
    if reader.at != len(data):
        raise EnsembleError("bytes follow the UBJSON document: damaged file")
    return value


class _Reader:
    """The bytes and how far they are read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """The next bytes."""
        end = self.at + count
        if count < 0 or end > len(self.data):
            raise EnsembleError("the UBJSON document ends too early: damaged file")
        part = self.data[self.at : end]
        self.at = end
        return part

    def number(self, marker: bytes) -> Any:
        """One number of a type."""
        kind = np.dtype(_NUMBERS[marker])
        return np.frombuffer(self.take(kind.itemsize), kind)[0].item()

    def length(self) -> int:
        """A count, with its type before it."""
        marker = self.take(1)
        if marker not in (b"i", b"U", b"I", b"l", b"L"):
            raise EnsembleError("a length in the UBJSON document is no integer: damaged file")
        count = int(self.number(marker))
        if not 0 <= count <= _MOST:
            raise EnsembleError(f"a length in the UBJSON document is {count}: damaged file")
        return count

    def text(self) -> str:
        """A string after its marker, or a key."""
        try:
            return self.take(self.length()).decode()
        except UnicodeDecodeError:
            raise EnsembleError("a text in the UBJSON document is not UTF-8") from None

    def value(self, marker: bytes, depth: int) -> Any:
        """The value that a marker begins."""
        if depth > _DEEPEST:
            raise EnsembleError("the UBJSON document is nested too deep")
        if marker in _NUMBERS:
            return self.number(marker)
        if marker in _WORDS:
            return _WORDS[marker]
        if marker == b"S":
            return self.text()
        if marker == b"C":
            return self.take(1).decode("latin-1")
        if marker == b"[":
            return self.array(depth)
        if marker == b"{":
            return self.object(depth)
        raise EnsembleError(f"the UBJSON document holds the unknown marker {marker!r}")

    def header(self) -> tuple[bytes | None, int | None]:
        """The type and the number of the elements, where they are stated."""
        kind = count = None
        if self.data[self.at : self.at + 1] == b"$":
            kind = self.take(2)[1:]
        if self.data[self.at : self.at + 1] == b"#":
            self.take(1)
            count = self.length()
        if kind is not None and count is None:
            raise EnsembleError("the UBJSON document types an array without a length")
        return kind, count

    def array(self, depth: int) -> list[Any]:
        """The elements of an array."""
        kind, count = self.header()
        if kind in _NUMBERS:
            assert kind is not None and count is not None
            own = np.dtype(_NUMBERS[kind])
            found: list[Any] = np.frombuffer(self.take(own.itemsize * count), own).tolist()
            return found
        if kind in _WORDS:  # so many as are stated, of no bytes at all
            raise EnsembleError("the UBJSON document holds an array of words: damaged file")
        values: list[Any] = []
        while count is None or len(values) < count:
            marker = kind or self.take(1)
            if count is None and marker == b"]":
                break
            values.append(self.value(marker, depth + 1))
        return values

    def object(self, depth: int) -> dict[str, Any]:
        """The members of an object."""
        kind, count = self.header()
        held: dict[str, Any] = {}
        while count is None or len(held) < count:
            if count is None and self.data[self.at : self.at + 1] == b"}":
                self.take(1)
                break
            key = self.text()
            if key in held:
                raise EnsembleError("the UBJSON document names a member twice: damaged file")
            held[key] = self.value(kind or self.take(1), depth + 1)
        return held
