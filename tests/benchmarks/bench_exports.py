"""Exported trees, run: random trees over awkward domains in every format, against the tree.

Printed: how many trees each format was written for, how many it was refused for (two values that
the tree tells apart are one number in the format's type), on how many inputs it was run, and every
wrong answer. Needs a C compiler, a JDK, onnxruntime and scikit-learn.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.formats.export_fuzz import FORMATS, Counts, fuzz

TREES = 10_000
BATCH = 250


def main(options: list[str] | None = None) -> None:
    """``--trees N``: how many."""
    trees = int((options or ["", str(TREES)])[1])
    total = Counts()
    with tempfile.TemporaryDirectory() as folder:
        for first in range(0, trees, BATCH):
            found = fuzz(range(first, min(first + BATCH, trees)), Path(folder))
            total.written += found.written
            total.refused += found.refused
            total.answers += found.answers
            total.wrong += found.wrong
    print(f"{trees} trees\n{'format':10}{'written':>9}{'refused':>9}{'answers':>10}")
    for to in FORMATS:
        print(f"{to:10}{total.written[to]:>9}{total.refused[to]:>9}{total.answers[to]:>10}")
    print(f"wrong: {len(total.wrong)}", *total.wrong[:20], sep="\n  ")
