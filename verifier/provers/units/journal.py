"""A journal: what a search has found, on disk as soon as it is found.

``DIR/journal`` is a file that is only ever appended to: a line that says what it is, then records,
each with a mark, its length and a checksum. The first record is the heading, which says what the
run is about; others hold fragments by their units' digests, or something else by a name. A record
that was cut off at the end, as by a kill or a full disk, is dropped when the journal is opened
again; one that is damaged elsewhere is skipped: its unit is searched again.

Nothing in a journal is trusted: what it holds becomes part of a proof, which the kernel checks.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.model.errors import LeafproofError, quoted
from verifier.provers.timing import now
from verifier.provers.units.heading import read_heading
from verifier.provers.units.packing import fragment_of_bytes, fragment_to_bytes
from verifier.provers.units.unit import Fragment, Plan, Unit

NAME = "journal"
"""The file's name in its folder."""
FIRST = b"leafproof-journal/1\n"
MARK = b"\xf5LPR"
"""Begins every record."""
HEAD = struct.Struct("<4sI16s")
"""Mark, length of what follows, and the first bytes of its SHA-256."""
SYNC = 2.0
"""Seconds after which what was written is on the disk, at most, as long as ``tend`` is called."""
HEADING, FRAGMENT, NAMED = b"H", b"F", b"N"
KEY = 32
"""Bytes of a key: a SHA-256."""


@dataclass(eq=False)
class Journal:
    """An open journal, which no other process has open.

    ``heading`` is what it is about; ``known`` says where each record's content is. ``dropped``
    counts bytes that were lost at its end, ``damaged`` those that could not be read elsewhere;
    ``served`` the fragments that were found in it, ``doubted`` those of them that were no answers.
    ``tell`` hears, once, that the file was removed.
    """

    folder: Path
    file: int
    heading: Mapping[str, Any] = field(default_factory=dict)
    known: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    end: int = 0
    dropped: int = 0
    damaged: int = 0
    served: int = 0
    doubted: int = 0
    dirty: float | None = None
    tell: Callable[[str], object] | None = None

    def held(self, plan: Plan, unit: Unit) -> Fragment | None:
        """The fragment of a unit, if it was kept; raises LeafproofError where that is none."""
        data = self._content(FRAGMENT, bytes.fromhex(unit.digest(plan)))
        if data is None:
            return None
        self.served += 1
        return fragment_of_bytes(data)

    def keep(self, plan: Plan, unit: Unit, fragment: Fragment) -> None:
        """Keep a fragment."""
        key = bytes.fromhex(unit.digest(plan))
        self.append(FRAGMENT, key, fragment_to_bytes(fragment))

    def doubt(self) -> None:
        """Count a fragment that cannot be the answer to its unit: it is searched again."""
        self.doubted += 1

    def recall(self, name: str) -> bytes | None:
        """What was kept by this name."""
        return self._content(NAMED, hashlib.sha256(name.encode()).digest())

    def remember(self, name: str, data: bytes) -> None:
        """Keep something by a name."""
        self.append(NAMED, hashlib.sha256(name.encode()).digest(), data)
        self.sync()

    def tend(self) -> None:
        """Have what was written be on the disk, if that is due."""
        if self.dirty is not None and now() >= self.dirty + SYNC:
            self.sync()

    def sync(self) -> None:
        """Have what was written be on the disk."""
        try:
            os.fsync(self.file)
            removed = not os.fstat(self.file).st_nlink
        except OSError as problem:
            raise self._unwritten(problem) from None
        self.dirty = None
        if removed and self.tell is not None:
            path, tell, self.tell = quoted(self.folder / NAME, 200), self.tell, None
            tell(f"{path} was removed: this run goes on, and nothing of it is kept")

    def close(self) -> None:
        """Have all of it on the disk, and let others open it."""
        try:
            if self.dirty is not None:
                self.sync()
        finally:
            os.close(self.file)

    def append(self, kind: bytes, key: bytes, data: bytes) -> None:
        """Write a record, whole or not at all; raises LeafproofError where that fails."""
        content = kind + key + data
        record = HEAD.pack(MARK, len(content), _check(content)) + content
        try:
            done = 0
            while done < len(record):
                done += os.pwrite(self.file, record[done:], self.end + done)
        except OSError as problem:
            with suppress(OSError):  # else it is dropped when it is opened again
                os.ftruncate(self.file, self.end)
            raise self._unwritten(problem) from None
        self.enter(kind, key, self.end + len(record) - len(data), len(data))
        self.end += len(record)
        self.dirty = now() if self.dirty is None else self.dirty

    def enter(self, kind: bytes, key: bytes, at: int, size: int) -> None:
        """Note where the content of a record is; of several with one key the last counts.

        One is written after another where that was of no use: not well formed, or sealed elsewhere.
        """
        self.known[kind + key] = at, size

    def _content(self, kind: bytes, key: bytes) -> bytes | None:
        at = self.known.get(kind + key)
        if at is None:
            return None
        try:
            return os.pread(self.file, at[1], at[0])
        except OSError:  # a part of the disk that cannot be read: as if it were not there
            return None

    def _unwritten(self, problem: OSError) -> LeafproofError:
        return LeafproofError(
            f"cannot write {quoted(self.folder / NAME, 200)} ({problem.strerror}): what it held "
            f"before is whole; make room, then go on with --resume {self.folder}"
        )


def begin(folder: str | os.PathLike[str], heading: Mapping[str, Any]) -> Journal:
    """A new journal in a folder, which is made where there is none.

    Raises LeafproofError where that cannot be written, or holds a journal.
    """
    path = Path(folder)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as problem:
        raise _unusable(path, problem) from None
    with _opened(path, os.O_CREAT) as journal:
        if os.fstat(journal.file).st_size:
            _read(journal)
        if journal.heading:
            raise LeafproofError(
                f"{quoted(path, 200)} holds a journal already: go on with it by --resume {path}, "
                "or name another folder"
            )
        if journal.known:
            raise _headless(path)
        os.ftruncate(journal.file, 0)  # of one whose beginning was not written any more
        os.pwrite(journal.file, FIRST, 0)
        journal.known, journal.end = {}, len(FIRST)
        journal.heading = dict(heading)
        journal.append(HEADING, bytes(KEY), json.dumps(journal.heading, sort_keys=True).encode())
        journal.sync()
        _sync_folder(path)
    return journal


def resume(folder: str | os.PathLike[str]) -> Journal:
    """The journal in a folder, to be gone on with.

    Raises LeafproofError where there is none, it cannot be written, or another process has it.
    """
    path = Path(folder)
    with _opened(path, 0) as journal:
        _read(journal)
        if not journal.heading:
            raise _headless(path) if journal.known else LeafproofError(_none_in(path))
        if journal.dropped:
            os.ftruncate(journal.file, journal.end)
    return journal


@contextmanager
def _opened(path: Path, create: int) -> Iterator[Journal]:
    """A journal's file, locked; closed where what is done with it fails."""
    try:
        flags = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW | create
        file = os.open(path / NAME, flags, 0o666)
    except FileNotFoundError:
        raise LeafproofError(_none_in(path)) from None
    except (OSError, ValueError) as problem:
        raise _unusable(path, problem) from None
    try:
        journal = Journal(path, file)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            raise LeafproofError(
                f"{quoted(path / NAME, 200)} is not a regular file: name another folder"
            )
        _lock(journal)
        yield journal
    except OSError as problem:
        os.close(file)
        raise _unusable(path, problem) from None
    except BaseException:
        os.close(file)
        raise


def _headless(path: Path) -> LeafproofError:
    """Of a journal that is not begun anew either: so nothing of it is lost."""
    return LeafproofError(
        f"{quoted(path, 200)} holds a journal whose beginning is damaged, so that nobody knows "
        "what it is about: name another folder"
    )


def _none_in(path: Path) -> str:
    return f"{quoted(path, 200)} holds no journal: begin one with --journal {path}"


def _read(journal: Journal) -> None:
    """Find out what an open journal holds, and where it ends."""
    size = os.fstat(journal.file).st_size
    begins = os.pread(journal.file, len(FIRST), 0)
    if not FIRST.startswith(begins):
        path = quoted(journal.folder / NAME, 200)
        raise LeafproofError(f"{path} is not a journal of Leafproof: name another folder")
    at = end = len(begins)
    while at < size:
        content = _record(journal.file, at, size)
        if content is None:
            at = _next(journal.file, at + 1, size)
            continue
        journal.damaged += at - end
        begun = at + HEAD.size + 1 + KEY
        kind, key = content[:1], content[1 : 1 + KEY]
        if kind == HEADING and at == len(begins):
            journal.heading = read_heading(content[1 + KEY :])
        at = end = at + HEAD.size + len(content)
        journal.enter(kind, key, begun, end - begun)
    journal.end, journal.dropped = end, size - end


def _record(file: int, at: int, size: int) -> bytes | None:
    """The content of the record that begins here; None where none does, or it is not whole."""
    head = os.pread(file, HEAD.size, at)
    if len(head) < HEAD.size:
        return None
    mark, length, check = HEAD.unpack(head)
    if mark != MARK or length < 1 + KEY or at + HEAD.size + length > size:
        return None
    content = os.pread(file, length, at + HEAD.size)
    return content if _check(content) == check else None


def _next(file: int, at: int, size: int) -> int:
    """Where the next mark is, from a place on; else the end."""
    step = 1 << 20
    while at < size:
        found = os.pread(file, step + len(MARK) - 1, at).find(MARK)
        if found >= 0:
            return at + found
        at += step
    return size


def _check(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:16]


def _lock(journal: Journal) -> None:
    try:
        import fcntl
    except ImportError:
        raise LeafproofError("a journal needs the file locks of Linux or macOS") from None
    try:
        fcntl.flock(journal.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise LeafproofError(
            f"{quoted(journal.folder, 200)} is in use by another run: wait for its end, or begin "
            "another journal"
        ) from None


def _sync_folder(path: Path) -> None:
    """Have the file's name be on the disk."""
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _unusable(path: Path, problem: OSError | ValueError) -> LeafproofError:
    reason = getattr(problem, "strerror", None) or "not a usable path"
    return LeafproofError(
        f"cannot keep a journal in {quoted(path, 200)} ({reason}): name a folder that can be "
        "written"
    )
