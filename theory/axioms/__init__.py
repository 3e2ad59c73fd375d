"""The named axioms: standard facts, instantiated with explicit terms.

`AXIOMS[name].instantiate(**terms)` gives an `Instance`: premises that the checker must prove
first (for every outcome and every value of the free symbols) and the conclusion that may then be
used. An axiom never looks at the step that uses it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from theory.axioms import analysis, calculus, counting, distilling, probability, sums
from theory.axioms.base import Axiom, Instance

__all__ = ["AXIOMS", "Axiom", "Instance"]

FAMILIES = (calculus, probability, counting, analysis, sums, distilling)

AXIOMS: Mapping[str, Axiom] = MappingProxyType(
    {a.name: a for family in FAMILIES for a in family.AXIOMS}
)
"""All axioms by name."""
