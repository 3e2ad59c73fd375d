"""How many probes a search makes (catalogue T14a)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.language.rules import Algebra, Instantiate, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    DEPTH,
    NORM,
    TAU,
    VARIABLES,
    integer,
)
from theory.language.terms import (
    Quantity,
    conj,
    eq,
    le,
)

D, TAU_, B_ = (p.symbol for p in (VARIABLES, TAU, NORM))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

LEVEL = integer("j", "j", "a level of the search")
J = LEVEL.symbol
DEEP = replace(DEPTH, meaning="depth of the teacher's tree", lower=Fraction(1))
R = DEEP.symbol


def kept(j: sp.Expr) -> sp.Expr:
    """Signed conjunctions of j literals that pass the exact test."""
    return Quantity("kept", j)


def probes(j: sp.Expr) -> sp.Expr:
    """Conjunctions probed from the levels below j."""
    return Quantity("probes", j)


def probe_bound(j: sp.Expr) -> sp.Expr:
    """2 d τ² B² (8^j - 1)/7."""
    return 2 * D * TAU_**2 * B_**2 * (8**j - 1) / 7


lrh_probes = Theorem(
    name="lrh-probes",
    title="Regressions of the level-wise search",
    parameters=(VARIABLES, DEEP, TAU, NORM),
    result=UpperBound(
        probes(R),
        probe_bound(R),
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up"},
    ),
    assumptions=(
        Assumption(
            "kept",
            "the sign patterns of the represented sets of j variables: theorem lrh-sets",
            le(kept(J), 8**J * TAU_**2 * B_**2),
        ),
        Assumption(
            "probes",
            "each is extended by at most d variables with two signs",
            conj(eq(probes(sp.Integer(0)), 0), le(probes(J + 1), probes(J) + 2 * D * kept(J))),
        ),
    ),
    steps=(
        Step(
            "sum",
            eq(probe_bound(J) + 2 * D * 8**J * TAU_**2 * B_**2, probe_bound(J + 1)),
            Algebra(),
        ),
        Step(
            "levels",
            le(probes(J), probe_bound(J)),
            use("induction", claim=le(probes(J), probe_bound(J)), k=J, start=0),
            ("kept", "probes", "sum"),
        ),
        Step(
            "conclusion",
            le(probes(R), probe_bound(R)),
            Instantiate("levels", {J: R}),
            ("levels",),
        ),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)

THEOREMS = (lrh_probes,)
