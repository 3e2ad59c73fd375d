"""A test of an opaque model: the points drawn again, its classes taken as recorded. Trusted.

What a file records of the model is believed, and said to be: whoever has the model can evaluate it
at the same points. All else is found here: the points, the tree's class at each, the interval.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from verifier.chance.draws import Drawing
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import tree_classes
from verifier.kernel.population import Population
from verifier.kernel.sampling import pooled
from verifier.kernel.truths import TRUE, truths
from verifier.model.errors import InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.sample import POOLED, Plan, Sampled


def points_drawn(found: Population, plan: Plan, key: bytes) -> Iterator[Ints]:
    """The points of all draws, block by block, in order: value indices, (N, variables)."""
    asked = found.asked
    drawn = replace(_drawing(found), key=key, size=plan.block)
    for block in range(-(-plan.draws // plan.block)):
        asked.poll()
        asked.spend(plan.block * PYTHON // 16 * len(asked.domain.variables))
        _, points = drawn.block(block)
        yield points[: plan.draws - block * plan.block]


def _drawing(found: Population) -> Drawing:
    assert found.drawing is not None  # all of the domain is open
    return found.drawing


def recorded(found: Population, plan: Plan, key: bytes, classes: bytes) -> Sampled:
    """What follows where the opaque model has these ``classes`` at the draws, a byte each.

    Raises InvalidProof where they are not one for each draw.
    """
    asked = found.asked
    if plan.method != POOLED or plan.line is not None:
        raise InvalidProof(f"a test is drawn by the method {POOLED}, in points")
    if len(classes) != plan.draws:
        raise InvalidProof(
            f"recorded.bin has {len(classes)} classes, and there are {plan.draws} draws"
        )
    own = np.frombuffer(classes, dtype=np.uint8).astype(np.int64)
    seen = at = 0
    for points in points_drawn(found, plan, key):
        held = {
            **dict.fromkeys(asked.opaque, own[at : at + len(points)]),
            **tree_classes(asked, points),
        }
        seen += int((truths(asked.question, held, len(points)) == TRUE).sum())
        at += len(points)
    return pooled(found, plan, seen, _drawing(found).off)
