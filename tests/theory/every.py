"""All cases of long tests in `make check-theory`, some of them in `make test`."""

from __future__ import annotations

import os
import zlib

PART = 1 if os.environ.get("LEAFPROOF_EVERY") else 3
"""One in so many cases is tried."""


def some(every: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """One of `PART`, the same ones each time, whatever is added."""
    return [case for case in every if zlib.crc32("/".join(case).encode()) % PART == 0]
