"""The formula of a question at many points at once, in three values. Trusted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.model.question import All, ClassIs, Formula, Not, Same

Truths = npt.NDArray[np.int8]
FALSE, UNKNOWN, TRUE = 0, 1, 2
"""Truth at a point, in an order in which *all* is the least of some, and *any* the greatest."""


def truths(question: Formula, classes: Mapping[int, Ints], count: int) -> Truths:
    """FALSE, UNKNOWN or TRUE at each of ``count`` points; classes are -1 where not known."""
    done: list[Truths] = []
    stack: list[tuple[Formula, str]] = [(question, "begin")]
    while stack:  # lists are folded one by one, so that few arrays are held at a time
        f, state = stack.pop()
        if isinstance(f, ClassIs | Same):
            done.append(_atom(f, classes, count))
        elif state == "fold":
            last = done.pop()
            fold = np.minimum if isinstance(f, All) else np.maximum
            fold(done[-1], last, out=done[-1])
        elif isinstance(f, Not):
            if state == "begin":
                stack += [(f, "turn"), (f.inner, "begin")]
            else:
                done[-1] = TRUE - done[-1]
        else:
            first, *others = f.parts
            for part in reversed(others):
                stack += [(f, "fold"), (part, "begin")]
            stack.append((first, "begin"))
    return done[0]


def _atom(f: ClassIs | Same, classes: Mapping[int, Ints], count: int) -> Truths:
    if isinstance(f, ClassIs):
        known, holds = classes[f.model] >= 0, classes[f.model] == f.klass
    elif f.left == f.right:
        return np.full(count, TRUE, dtype=np.int8)
    else:
        a, b = classes[f.left], classes[f.right]
        known, holds = (a >= 0) & (b >= 0), a == b
    return np.where(known, np.where(holds, TRUE, FALSE), UNKNOWN).astype(np.int8)
