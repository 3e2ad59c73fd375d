"""Small cells, whose points the kernel evaluates one by one: here they are only looked at."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.model.cell import Cell
from verifier.provers.evaluate import bulk_classes
from verifier.provers.search import COUNTEREXAMPLES, Search, record


def look_at(search: Search, cells: Sequence[Cell]) -> None:
    """Evaluate all points of small cells, as long as counterexamples are wanted."""
    if len(search.found) < COUNTEREXAMPLES and cells:
        points = np.array([p for cell in cells for p in cell.points()], dtype=np.int64)
        record(search, points, bulk_classes(search.bulk, points))
