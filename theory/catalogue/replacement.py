"""Tests drawn without replacement (catalogue T19b)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.cubes import INDEX, IX
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, integer
from theory.language.terms import Quantity, conj, eq, ge, implies, le, lt

DEL = DELTA.symbol
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

POINTS = integer("points", "N", "points of the domain", 1)
BAD = integer("bad", "K", "points of disagreement", 0)
DRAWN = integer("n", "n", "points drawn without replacement", 0)
N, K, M = POINTS.symbol, BAD.symbol, DRAWN.symbol
MISS_BOUND = (1 - M / N) ** K


def miss(k: sp.Expr) -> sp.Expr:
    """The probability that none of k bad points is drawn."""
    return Quantity("missed", k)


def falling(k: sp.Expr) -> sp.Expr:
    """(1 - n/N)^k."""
    return (1 - M / N) ** k


MISSED = implies(le(IX, N), conj(ge(miss(IX), 0), le(miss(IX), falling(IX))))
DRAWS = Assumption(
    "draws",
    "n of N points are drawn without replacement: given that the first k bad points are not "
    "drawn, the next is not with probability (N - n - k)/(N - k), or 0 if that is negative",
    conj(
        eq(miss(sp.Integer(0)), 1),
        implies(lt(IX, N), eq(miss(IX + 1), miss(IX) * sp.Max(0, N - M - IX) / (N - IX))),
    ),
)
WITHOUT_REPLACEMENT = Experiment((Draws(M, "points without replacement", independent=False),))
DRAWN_RANGE = Assumption("drawn", "n <= points", le(M, N))
without_replacement = Theorem(
    name="miss-without-replacement",
    title="Missing every disagreement without replacement",
    parameters=(POINTS, BAD, DRAWN),
    result=UpperBound(miss(K), MISS_BOUND, monotone={"points": "up", "bad": "down", "n": "down"}),
    assumptions=(DRAWS,),
    experiment=WITHOUT_REPLACEMENT,
    steps=(
        Step("rate", conj(ge(1 - M / N, 0), le(1 - M / N, 1)), Smt()),
        Step("power", eq(sp.Mul(falling(IX), 1 - M / N, evaluate=False), falling(IX + 1)),
             Algebra()),
        Step(
            "factor",
            implies(lt(IX, N), conj(ge(sp.Max(0, N - M - IX) / (N - IX), 0),
                                    le(sp.Max(0, N - M - IX) / (N - IX), 1 - M / N))),
            Smt(),
            words="(N - n - k)/(N - k) <= 1 - n/N.",
        ),
        Step("induction", MISSED, use("induction", claim=MISSED, k=IX, start=0),
             ("draws", "rate", "power", "factor")),
        Step("conclusion", le(miss(K), MISS_BOUND), Instantiate("induction", {IX: K}),
             ("induction",)),
    ),
    citation=OURS,
    requires=(DRAWN_RANGE, Assumption("few", "bad <= points", le(K, N))),
    schematic=(INDEX,),
)  # fmt: skip

EXCLUDING = (1 - DEL) * N
EXCLUDE_CLAIM = implies(le(miss(sp.Integer(1)), DEL), ge(M, EXCLUDING))
excluding = Theorem(
    name="samples-without-replacement",
    title="Testing for equality without replacement",
    parameters=(POINTS, DELTA),
    result=LowerBound(
        M,
        EXCLUDING,
        given=(le(miss(sp.Integer(1)), DEL),),
        monotone={"points": "up", "delta": "down"},
    ),
    assumptions=(DRAWS, DRAWN_RANGE),
    experiment=WITHOUT_REPLACEMENT,
    steps=(
        Step(
            "one",
            implies(lt(0, N), eq(miss(sp.Integer(1)), miss(sp.Integer(0)) * sp.Max(0, N - M) / N)),
            Instantiate("draws", {IX: sp.Integer(0)}),
            ("draws",),
            "A single point is missed with probability (N - n)/N.",
        ),
        Step("conclusion", EXCLUDE_CLAIM, Smt(), ("one", "draws", "drawn")),
    ),
    citation=OURS,
    locals=(DRAWN,),
    schematic=(INDEX,),
)

THEOREMS = (
    without_replacement,
    excluding,
)
