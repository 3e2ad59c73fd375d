"""How much memory one thing that is read may take: counted before it is allocated.

A file of a few bytes can ask for any amount. Whoever allocates what a file declares calls
``require_memory`` first, with an upper bound; beyond the limit there is one line instead.
"""

from __future__ import annotations

import os
import re

from verifier.errors import LeafproofError

VARIABLE = "LEAFPROOF_MEMORY"
"""The environment variable that sets the limit: bytes, or a number with K, M, G or T after it."""
DEFAULT_MEMORY = 4 << 30
"""Bytes allowed where the variable is not set; at most half of the machine's memory."""
NUMBER_BYTES = 32
"""What a number of a network takes while it is read and made exact, about, in bytes."""
DIMENSIONS = 32
"""Most dimensions of an array."""

_SUFFIXES = {"": 0, "K": 10, "M": 20, "G": 30, "T": 40}


def memory_limit() -> int:
    """Bytes that may be allocated; LeafproofError if the environment variable is no amount."""
    stated = os.environ.get(VARIABLE, "")
    if not stated:
        return min(DEFAULT_MEMORY, _machine() // 2)
    found = re.fullmatch(r"([0-9]{1,18})([KMGT]?)(?:i?B)?", stated, re.IGNORECASE)
    if found is None or not int(found[1]):
        raise LeafproofError(
            f"the environment variable {VARIABLE} is {stated[:40]!r}: "
            "give an amount of memory in bytes, or such as 500M or 8G"
        )
    return int(found[1]) << _SUFFIXES[found[2].upper()]


def require_memory(needed: int, what: str, error: type[LeafproofError] = LeafproofError) -> None:
    """Raise ``error`` in one line if ``what`` takes more than the limit; ``needed`` in bytes."""
    limit = memory_limit()
    if needed > limit:
        raise error(
            f"{what} would take about {amount(needed)} of memory, more than the limit of "
            f"{amount(limit)}: make it smaller, or raise the limit ({VARIABLE}=16G)"
        )


def amount(size: int) -> str:
    """Bytes in words: ``3.2 GB``."""
    for power, unit in ((4, "TB"), (3, "GB"), (2, "MB")):
        if size >= 1000**power:
            whole, tenth = divmod(size * 10 // 1000**power, 10)
            return f"{whole}.{tenth} {unit}" if whole < 1000 else f"over 1000 {unit}"
    return f"{size} bytes"


def _machine() -> int:
    """Bytes of memory that this machine has; the default twice where that cannot be found out."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 2 * DEFAULT_MEMORY
