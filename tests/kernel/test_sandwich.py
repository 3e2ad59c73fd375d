"""Sandwiches: what the kernel shows of a cell by counting one linear sum."""

from __future__ import annotations

from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_questions import above
from verifier.kernel import checker
from verifier.model.domain import Domain
from verifier.model.proof import Sandwich, Strip
from verifier.model.question import ClassIs, Matter


def test_one_says_nothing_yet():
    matter = Matter(Domain((ordinal("age", 0, 1, 100),)), (above(40, (0,)),), ClassIs(0, 1))
    proof = (Sandwich((Strip(0, -40, -40),), (1,), 0, 1),)
    assert checker.verify(matter, proof).disagreements == (0, 100)
