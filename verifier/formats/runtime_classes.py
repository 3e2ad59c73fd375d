"""Which class a runtime's outputs stand for, by the Network's head: to compare with its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.heads import label_names
from verifier.model.ensemble import Ensemble
from verifier.model.network import Network

UNKNOWN = -1
"""The class of a label that the Network does not know, or of numbers that are NaN."""


def names_of(teacher: Network | Ensemble) -> tuple[str, ...]:
    """What its classes are called; their numbers where they have no names."""
    return teacher.labels or tuple(str(i) for i in range(teacher.classes))


def runtime_classes(teacher: Network | Ensemble, outputs: Sequence[Any]) -> npt.NDArray[np.int64]:
    """The class of each row, from all outputs of a run (lists of maps are not looked at)."""
    arrays = [np.asarray(out) for out in outputs if not isinstance(out, list)]
    labels = [a for a in arrays if not np.issubdtype(a.dtype, np.floating)]
    if len(arrays) > 1 and len(labels) == 1:
        return _numbers(teacher, labels[0])
    if labels:
        return _numbers(teacher, arrays[0])
    rows = arrays[0].astype(np.float64)
    rows = rows.reshape(rows.shape[0] if rows.ndim else 1, -1)
    missing = np.isnan(rows).any(axis=1)
    if rows.shape[1] == 2 and teacher.outputs == 1 and _cut(teacher) != Fraction(1, 2):
        cut = _cut(teacher)
        found = np.array([x > cut for x in rows[:, 1].tolist()], dtype=np.int64)
    elif rows.shape[1] > 1:
        found = rows.argmax(axis=1)
    elif teacher.head is not None and teacher.head.kind == "label":
        return _numbers(teacher, rows)
    else:
        cut = _cut(teacher)
        found = np.array([x > cut for x in rows[:, 0].tolist()], dtype=np.int64)
    return np.where(missing, UNKNOWN, found).astype(np.int64)


def _numbers(teacher: Network | Ensemble, labels: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """Labels as class numbers."""
    number = {name: i for i, name in enumerate(names_of(teacher))}
    flat = labels.reshape(-1).tolist()
    plain = [int(v) if isinstance(v, bool) else v for v in flat]
    return np.array([number.get(label_names([v])[0], UNKNOWN) for v in plain], dtype=np.int64)


def _cut(teacher: Network | Ensemble) -> Fraction | float:
    """What the one output is compared with; Python compares floats and fractions exactly."""
    squashed = any("final Sigmoid is left out" in text for text in teacher.notes)
    head = teacher.head
    if head is None or head.threshold is None:
        return Fraction(1, 2) if squashed else Fraction(0)
    if head.kind == "logit" and squashed:  # the runtime gives the probability
        return 1 / (1 + math.exp(-float(max(Fraction(-700), min(Fraction(700), head.threshold)))))
    return head.threshold
