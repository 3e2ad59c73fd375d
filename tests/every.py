"""All cases of long tests in `make test-every`, some of them in `make test`."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable
from typing import TypeVar

EVERY = bool(os.environ.get("LEAFPROOF_EVERY"))
PART = 1 if EVERY else 8
"""One in so many cases is tried."""
FEW = 1 if EVERY else 5
"""One in so many seeds is tried, and of what is generated one in so many examples."""
THIRD = 1 if EVERY else 3
"""The same where something is counted over all seeds that are tried."""
T = TypeVar("T", str, tuple[str, str])


def some(every: Iterable[T]) -> list[T]:
    """One of `PART`, the same ones each time, whatever is added."""
    return [case for case in every if zlib.crc32("/".join(case).encode()) % PART == 0]


def seeds(every: range, part: int = FEW) -> list[int]:
    """One seed of `part` in a row, the same ones each time: not those of one remainder."""
    return [seed for i, seed in enumerate(every) if (i + i // part) % part == 0]


def examples(every: int) -> int:
    """How many of so many generated examples are tried: the first ones, twenty at least."""
    return max(min(20, every), every // FEW)
