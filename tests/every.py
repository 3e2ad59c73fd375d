"""All cases of long tests in `make test-every`, some of them in `make test`."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from typing import TypeVar

EVERY = bool(os.environ.get("LEAFPROOF_EVERY"))
PART = 1 if EVERY else 6
"""One in so many cases is tried."""
T = TypeVar("T", str, tuple[str, str])


def some(every: Iterable[T]) -> list[T]:
    """One of `PART`, the same ones each time, whatever is added."""
    return [case for case in every if zlib.crc32("/".join(case).encode()) % PART == 0]
