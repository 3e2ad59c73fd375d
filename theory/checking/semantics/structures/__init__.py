"""Models for the axioms that random terms of the right types would not do for, by axiom."""

from __future__ import annotations

from collections.abc import Mapping

from theory.checking.semantics.instances import Structure
from theory.checking.semantics.structures import calculus, classes, distilling, events, samples

STRUCTURES: Mapping[str, Structure] = {
    **calculus.STRUCTURES,
    **events.STRUCTURES,
    **samples.STRUCTURES,
    **classes.STRUCTURES,
    **distilling.STRUCTURES,
}
