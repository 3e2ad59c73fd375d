"""Other distributions: an error carried over."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import LENGTHS, OURS, STAGE, J, T, one_more_factor
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import LENGTH, real, reals
from theory.language.terms import Quantity, conj, eq, ge, le

FACTOR = real("factor", "kappa", "largest ratio of the new to the old probability of a point", 0)
ERROR = real("error", "epsilon", "error under the old distribution", 0, 1)
KAPPA = FACTOR.symbol
OLD = ERROR.symbol
NEW_ERROR = Quantity("new P[f != g]")
OLD_ERROR = Quantity("old P[f != g]")
OLD_AT_MOST = Assumption("error", "the old error is at most ε", le(OLD_ERROR, OLD))

transfer_error = Theorem(
    name="transfer-error",
    title="Transfer to another distribution",
    parameters=(FACTOR, ERROR),
    result=UpperBound(NEW_ERROR, KAPPA * OLD, monotone={"factor": "up", "error": "up"}),
    assumptions=(
        Assumption("ratio", "D'(x) <= κ D(x) at every point, summed over the disagreements",
                   le(NEW_ERROR, KAPPA * OLD_ERROR)),
        OLD_AT_MOST,
    ),
    steps=(Step("conclusion", le(NEW_ERROR, KAPPA * OLD), Smt(), ("ratio", "error")),),
    citation=OURS,
    notes=("For the factor from the uniform to a product law see transfer-factor.",),
)  # fmt: skip

CHANCES = reals("probabilities", "p", "P[x_i = 1] under the new distribution", 0, 1)
CS = CHANCES.symbol
FACTORS = 2 * sp.Max(CS[J], 1 - CS[J])
PRODUCT = sp.Product(FACTORS, (J, 1, LENGTH))


def ratio(t: sp.Expr) -> sp.Expr:
    """New to old probability of the first t values of a point."""
    return Quantity("ratio", t)


def chance(t: sp.Expr) -> sp.Expr:
    """The new probability of value t of the point."""
    return Quantity("chance", t)


RATIOS = conj(ge(ratio(T), 0), le(ratio(T), sp.Product(FACTORS, (J, 1, T))))

transfer_factor = Theorem(
    name="transfer-factor",
    title="From the uniform to a product distribution",
    parameters=(CHANCES,),
    result=UpperBound(ratio(LENGTH), PRODUCT),
    assumptions=(
        Assumption(
            "values",
            "independent variables: each value multiplies the ratio by its probability over 1/2",
            conj(
                eq(ratio(sp.Integer(0)), 1),
                eq(ratio(T + 1), ratio(T) * 2 * chance(T + 1)),
                ge(chance(T + 1), 0),
                sp.Or(
                    eq(chance(T + 1), CS[T + 1]), eq(chance(T + 1), 1 - CS[T + 1]), evaluate=False
                ),
            ),
        ),
    ),
    steps=(
        one_more_factor(FACTORS),
        Step("each", RATIOS, use("induction", claim=RATIOS, k=T, start=0), ("product", "values")),
        Step("conclusion", le(ratio(LENGTH), PRODUCT), Instantiate("each", {T: LENGTH}), ("each",)),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(STAGE,),
)

DISTANCE = real("distance", "t", "total variation distance of the distributions", 0, 1)
TV = DISTANCE.symbol

transfer_distance = Theorem(
    name="transfer-distance",
    title="Transfer to a nearby distribution",
    parameters=(ERROR, DISTANCE),
    result=UpperBound(NEW_ERROR, OLD + TV, monotone={"error": "up", "distance": "up"}),
    assumptions=(
        Assumption("distance", "no event, so not the disagreement, gains more than t",
                   le(NEW_ERROR - OLD_ERROR, TV)),
        OLD_AT_MOST,
    ),
    steps=(Step("conclusion", le(NEW_ERROR, OLD + TV), Smt(), ("distance", "error")),),
    citation=OURS,
)  # fmt: skip

THEOREMS = (
    transfer_error,
    transfer_factor,
    transfer_distance,
)
