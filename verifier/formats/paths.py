"""What a path names, where asking may fail: a name too long, a folder not to be looked into.

Then it names nothing; whoever opens it says what is wrong with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

StrPath = str | os.PathLike[str]


def is_there(path: StrPath) -> bool:
    """Whether something has that name."""
    return _asked(path, Path.exists)


def is_file(path: StrPath) -> bool:
    """Whether it is a regular file."""
    return _asked(path, Path.is_file)


def is_folder(path: StrPath) -> bool:
    """Whether it is a folder."""
    return _asked(path, Path.is_dir)


def _asked(path: StrPath, question: Callable[[Path], bool]) -> bool:
    try:
        return question(Path(path))
    except (OSError, ValueError):
        return False
