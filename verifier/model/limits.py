"""How much memory and how much work a file may ask for: counted before it is spent.

A file of a few bytes can ask for any amount of either. Whoever allocates what a file declares calls
``require_memory`` first, and whoever works through it ``require_work``, with what can be counted
beforehand; what only shows on the way goes through a ``Meter``. Beyond the limit there is one line.

Work is counted in steps. A step is one multiplication of the kernel's matrix products, or some of
large ones'; what Python does one by one counts as ``PYTHON`` of them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from verifier.model.errors import LeafproofError, TooMuch

VARIABLE = "LEAFPROOF_MEMORY"
"""The environment variable that sets the limit: bytes, or a number with K, M, G or T after it."""
DEFAULT_MEMORY = 4 << 30
"""Bytes allowed where the variable is not set; at most half of the machine's memory."""
NUMBER_BYTES = 32
"""What a number of a network takes while it is read and made exact, about, in bytes."""
DIMENSIONS = 32
"""Most dimensions of an array."""
WORK = "LEAFPROOF_WORK"
"""The environment variable that sets the limit of work: steps, or a number with K, M, G, T or P
(thousands, millions, ...) after it."""
DEFAULT_WORK = 2 * 10**12
"""Steps allowed where the variable is not set: some 20 minutes on one processor. Sweeping 2^26
points of a network of widths 26, 32, 32, 1 takes an eighth of it, and so does a proof of a million
cells of one of widths 64, 64, 64, 1."""
EACH_NODE, MOST_WORK = 1 << 18, 20 * 10**12
"""Steps for each node of a proof, which are allowed where that is more: a large file may take long,
as whoever has it expects. But no more than so many: some three hours."""
PYTHON = 1 << 12
"""Steps that one small operation in Python counts as (about a microsecond)."""

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


def require_memory(needed: int, what: str, error: type[LeafproofError] = TooMuch) -> None:
    """Raise ``error`` in one line if ``what`` takes more than the limit; ``needed`` in bytes."""
    limit = memory_limit()
    if needed > limit:
        raise error(
            f"{what} would take about {amount(needed)} of memory, more than the limit of "
            f"{amount(limit)}: make it smaller, or raise the limit ({VARIABLE}=16G)"
        )


def work_limit(nodes: int = 0) -> int:
    """Steps that may be taken for a proof of so many nodes.

    LeafproofError if the environment variable is no number of steps.
    """
    stated = os.environ.get(WORK, "")
    if not stated:
        return max(DEFAULT_WORK, min(MOST_WORK, EACH_NODE * nodes))
    found = re.fullmatch(r"([0-9]{1,24})([KMGTP]?)", stated, re.IGNORECASE | re.ASCII)
    if found is None or not int(found[1]):
        raise LeafproofError(
            f"the environment variable {WORK} is {stated[:40]!r}: "
            "give a number of steps, or such as 500G or 20T"
        )
    return int(found[1]) * int(1000 ** " KMGTP".index(found[2].upper() or " "))


def require_work(needed: int, what: str) -> None:
    """Raise TooMuch in one line if ``what`` takes more steps than the limit."""
    limit = work_limit()
    if needed > limit:
        raise TooMuch(
            f"{what} would take about {count_words(needed)} steps, more than the limit of "
            f"{count_words(limit)}: make it smaller, or raise the limit ({WORK}={_enough(needed)})"
        )


@dataclass
class Meter:
    """Work that only shows on the way: spent step by step, up to the limit.

    ``what`` says in the error what takes it ("checking the proof").
    """

    what: str
    limit: int
    spent: int = 0

    def spend(self, amount: int) -> None:
        """Count steps that are about to be taken; raises TooMuch beyond the limit."""
        self.spent += amount
        if self.spent > self.limit:
            raise TooMuch(
                f"{self.what} takes more steps than the limit of {count_words(self.limit)}: "
                f"make it smaller, or raise the limit ({WORK}={_enough(10 * self.limit)})"
            )


def meter(what: str, nodes: int = 0) -> Meter:
    """A Meter up to the limit of work, for a proof of so many nodes."""
    return Meter(what, work_limit(nodes))


def count_words(count: int) -> str:
    """A number of steps in words: ``2*10^12``; exact below a million."""
    if count < 10**6:
        return str(count)
    if count.bit_length() > 10**4:
        return f"2^{count.bit_length() - 1}"
    digits = str(count)
    lead = digits[0] if digits[1] == "0" else f"{digits[0]}.{digits[1]}"
    return f"{lead}*10^{len(digits) - 1}"


def _enough(needed: int) -> str:
    """A setting that allows ``needed`` steps; 1000P where no machine could do as many."""
    for power, suffix in ((12, "T"), (15, "P")):
        count = -(-needed // 10**power)
        if count <= 1000:
            return f"{count}{suffix}"
    return "1000P"


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
