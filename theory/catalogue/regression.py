"""Searching a representation by regression.

A probe fits a readout of norm at most τ to one conjunction on n samples; `sup` is the supremum,
over these readouts, of true minus empirical loss. The pool is as in `search`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.pools import kept, sets
from theory.catalogue.search import DEEP, LEVEL, J, R, lrh_search_samples, pool
from theory.catalogue.shared import B_, DEL, TAU_, D, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, NORM, TAU, VARIABLES, Parameter, integer, real
from theory.language.terms import (
    Fact,
    Mean,
    Members,
    Pr,
    Random,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

CLIPPED = (sp.Integer(2), sp.Integer(1))
CLIPPED_WORDS = "the loss is (clip(w φ) - a)², clipped to [0, 1]; E |φ|² <= B²"
BARTLETT = Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002)
PROBES = integer("probes", "P", "conjunctions probed, fixed before the sample", 1)
P = PROBES.symbol
PROBE = Parameter("a", sp.Symbol("a"), "member", "a", "a", "a probed conjunction")
A = PROBE.symbol
SUP = Random("sup", A)
PRODUCT = TAU_ * B_


def _slack(count: sp.Expr, delta: sp.Expr, reach: sp.Expr) -> sp.Expr:
    return reach * sp.sqrt(sp.log(count / delta) / (2 * N))


def _deviation(count: sp.Expr, delta: sp.Expr, loss: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """2 L τ B/sqrt(n) + range sqrt(ln(P/δ)/(2n))."""
    slope, reach = loss
    return 2 * slope * PRODUCT / sp.sqrt(N) + _slack(count, delta, reach)


def _law(loss: tuple[sp.Expr, sp.Expr]) -> sp.Basic:
    slope, reach = loss
    return Fact("supremum over readouts", SUP, N, slope, PRODUCT, reach)


def _supremum(loss: tuple[sp.Expr, sp.Expr], words: str) -> Assumption:
    return Assumption("loss", words, _law(loss))


def _experiment(loss: tuple[sp.Expr, sp.Expr]) -> Experiment:
    return sample(N, random=("sup",), laws=(_law(loss),))


def _steps(
    count: sp.Expr,
    delta: sp.Expr,
    loss: tuple[sp.Expr, sp.Expr],
    pool: sp.Basic,
    large: tuple[str, ...],
) -> tuple[Step, ...]:
    """P[some probe in the pool deviates by more than the bound] <= (members) δ/P."""
    slope, reach = loss
    slack, bound = _slack(count, delta, reach), _deviation(count, delta, loss)
    high = ge(SUP - Mean(SUP), slack)
    return (
        Step("at-least", ge(count / delta, 1), Smt(), large),
        Step("logarithm", ge(sp.log(count / delta), sp.log(1)),
             use("log-monotone", x=1, y=count / delta), ("at-least", *large)),
        Step("supremum",
             conj(le(Mean(SUP), 2 * slope * PRODUCT / sp.sqrt(N)),
                  Fact("bounded differences", SUP, reach**2 / N)),
             use("linear-loss", supremum=SUP, n=N, slope=slope, norms=PRODUCT, reach=reach),
             ("loss",), "Symmetrisation and contraction."),
        Step("tail", le(Pr(high), delta / count),
             use("mcdiarmid", x=SUP, influence=reach**2 / N, t=slack),
             ("supremum", "logarithm", *large),
             "McDiarmid: one sample moves the supremum by at most the range over n."),
        Step("event", le(Pr(gt(SUP, bound)), Pr(high)),
             use("event-monotone", smaller=gt(SUP, bound), larger=high),
             ("supremum", "logarithm", *large)),
        Step("union", le(Pr(Some(A, pool, gt(SUP, bound))), Members(A, pool) * (delta / count)),
             use("union-bound", member=A, condition=pool, event=gt(SUP, bound),
                 bound=delta / count),
             ("event", "tail", *large), "Union over the probes."),
    )  # fmt: skip


SIZE = Assumption("probes", "P conjunctions are probed", eq(Members(A, sp.true), P))


def _deviation_theorem(name: str, title: str, loss: tuple[sp.Expr, sp.Expr], words: str) -> Theorem:
    bound = _deviation(P, DEL, loss)
    claim = le(Pr(Some(A, sp.true, gt(SUP, bound))), DEL)
    return Theorem(
        name=name,
        title=title,
        parameters=(TAU, NORM, N_SAMPLES, PROBES, DELTA),
        result=Confidence(
            SUP,
            bound,
            DEL,
            member=A,
            monotone={"tau": "up", "B": "up", "n": "down", "probes": "up", "delta": "down"},
        ),
        assumptions=(_supremum(loss, words), SIZE),
        experiment=_experiment(loss),
        steps=(
            *_steps(P, DEL, loss, sp.true, ()),
            Step("conclusion", claim, Smt(), ("union", "probes")),
        ),
        citation=BARTLETT,
        schematic=(PROBE,),
    )


lrh_deviation_clipped = _deviation_theorem(
    "lrh-deviation-clipped",
    "Deviation of probes with clipped loss",
    CLIPPED,
    CLIPPED_WORDS,
)

GAMMA = real("gamma", "gamma", "tolerated deviation", 0, 1, "()")
GAM = GAMMA.symbol


def _numerator(count: sp.Expr, delta: sp.Expr, loss: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """sqrt(n) times the deviation."""
    slope, reach = loss
    return 2 * slope * PRODUCT + reach * sp.sqrt(sp.log(count / delta) / 2)


def _solve_steps(
    count: sp.Expr,
    delta: sp.Expr,
    loss: tuple[sp.Expr, sp.Expr],
    pool: sp.Basic,
    gamma: sp.Expr,
    large: tuple[str, ...],
) -> tuple[Step, ...]:
    """For n >= (numerator/γ)² no more than γ with the same probability."""
    numerator, bound = _numerator(count, delta, loss), _deviation(count, delta, loss)
    enough = ge(N, numerator**2 / gamma**2)
    return (
        *_steps(count, delta, loss, pool, large),
        Step("scaled", eq(bound, numerator / sp.sqrt(N)), Algebra(), ("logarithm", *large)),
        Step("positive", ge(numerator, 0), Smt(), ("logarithm", *large)),
        Step("square-gamma",
             eq(sp.Mul(sp.Pow(gamma, 2, evaluate=False), gamma**-2, evaluate=False), 1), Algebra()),
        Step("small", implies(enough, le(numerator / sp.sqrt(N), gamma)), Smt(),
             ("positive", "square-gamma", *large)),
        Step("smaller",
             implies(enough, le(Pr(Some(A, pool, gt(SUP, gamma))),
                                Pr(Some(A, pool, gt(SUP, bound))))),
             use("same-members", given=enough, member=A, condition=pool, event=gt(SUP, gamma),
                 larger=pool, larger_event=gt(SUP, bound)),
             ("small", "scaled", *large)),
    )  # fmt: skip


CLIPPED_SAMPLES = _numerator(P, DEL, CLIPPED) ** 2 / GAM**2
CLIPPED_CLAIM = implies(ge(N, CLIPPED_SAMPLES), le(Pr(Some(A, sp.true, gt(SUP, GAM))), DEL))

lrh_samples_clipped = Theorem(
    name="lrh-samples-clipped",
    title="Samples for probes with clipped loss",
    parameters=(TAU, NORM, PROBES, GAMMA, DELTA),
    result=SampleSize(
        N,
        CLIPPED_SAMPLES,
        le(Pr(Some(A, sp.true, gt(SUP, GAM))), DEL),
        monotone={"tau": "up", "B": "up", "probes": "up", "gamma": "down", "delta": "down"},
    ),
    assumptions=(_supremum(CLIPPED, CLIPPED_WORDS), SIZE),
    experiment=_experiment(CLIPPED),
    steps=(
        *_solve_steps(P, DEL, CLIPPED, sp.true, GAM, ()),
        Step("conclusion", CLIPPED_CLAIM, Smt(), ("smaller", "union", "probes")),
    ),
    citation=BARTLETT,
    locals=(N_SAMPLES,),
    schematic=(PROBE,),
)

LINEAR = (2 * (PRODUCT + 1), (PRODUCT + 1) ** 2)
LINEAR_WORDS = "the loss is (w φ - a)², |φ| <= B everywhere, so w φ - a is at most τ B + 1"
lrh_deviation = _deviation_theorem(
    "lrh-deviation",
    "Deviation of probes with square loss",
    LINEAR,
    LINEAR_WORDS,
)

POOL_SIZE = 8 * D * TAU_**2 * B_**2 * (8**R - 1) / 7
IN_POOL = Fact("in the pool", A)
ERROR = sp.Pow(4, -(R + 1))
PROBE_SAMPLES = 16 ** (R + 1) * _numerator(POOL_SIZE, DEL / 2, LINEAR) ** 2
PROBE_CLAIM = implies(ge(N, PROBE_SAMPLES), le(Pr(Some(A, IN_POOL, gt(SUP, ERROR))), DEL / 2))


def pool_bound(j: sp.Expr) -> sp.Expr:
    """8 d τ² B² (8^j - 1)/7."""
    return 8 * D * TAU_**2 * B_**2 * (8**j - 1) / 7


WIDTH_J = sp.Pow(2, -J) - sp.Pow(2, -(R + 1))
SMALL_ERROR = Assumption(
    "kept",
    "2^j sign patterns of each set; sets of j <= r variables represented within 2^(-r-1): "
    "theorem lrh-sets-robust",
    implies(
        le(J, R),
        conj(
            ge(sets(J), 0),
            le(kept(J), 2**J * sets(J)),
            le(sets(J) * WIDTH_J**2, TAU_**2 * B_**2),
        ),
    ),
)
POOLED = implies(le(J, R), le(pool(J), pool_bound(J)))

lrh_probe_samples = Theorem(
    name="lrh-probe-samples",
    title="Samples for the search by regression",
    parameters=(VARIABLES, DEEP, TAU, NORM, DELTA),
    result=SampleSize(
        N,
        PROBE_SAMPLES,
        le(Pr(Some(A, IN_POOL, gt(SUP, ERROR))), DEL / 2),
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up", "delta": "down"},
        useless=ge(PROBE_SAMPLES, 2**D),
    ),
    assumptions=(
        _supremum(LINEAR, LINEAR_WORDS),
        SMALL_ERROR,
        Assumption(
            "pool",
            "the pool: extensions of kept conjunctions of fewer than r literals, by at most d "
            "variables with two signs",
            conj(
                eq(pool(sp.Integer(0)), 0),
                le(pool(J + 1), pool(J) + 2 * D * kept(J)),
                le(Members(A, IN_POOL), pool(R)),
            ),
        ),
    ),
    experiment=_experiment(LINEAR),
    steps=(
        Step("eight", ge(8**R, 8), use("power-exponent", x=8, a=1, b=R)),
        Step("deeper", implies(le(J, R), le(sp.Pow(2, -R), sp.Pow(2, -J))),
             use("power-exponent", x=2, a=-R, b=-J)),
        Step("halved", eq(sp.Pow(2, -(R + 1)), sp.Pow(2, -R) / 2), Algebra()),
        Step("wide", implies(le(J, R), ge(WIDTH_J, sp.Pow(2, -J) / 2)), Smt(),
             ("deeper", "halved"), "2^(-j) - 2^(-r-1) >= 2^(-j)/2."),
        Step("root", eq(sp.Pow(sp.Pow(2, -J), 2, evaluate=False), sp.Pow(4, -J)), Algebra()),
        Step("wide-square", implies(le(J, R), ge(WIDTH_J**2, sp.Pow(4, -J) / 4)), Smt(),
             ("wide", "root")),
        Step("inverse-square", eq(sp.Mul(sp.Pow(4, -J), 4**J, evaluate=False), 1), Algebra()),
        Step("few sets", implies(le(J, R), le(sets(J), 4 * 4**J * TAU_**2 * B_**2)), Smt(),
             ("kept", "wide-square", "inverse-square")),
        Step("power", eq(sp.Mul(2**J, 4**J, evaluate=False), 8**J), Algebra()),
        Step("few", implies(le(J, R), le(kept(J), 4 * 8**J * TAU_**2 * B_**2)), Smt(),
             ("kept", "few sets", "power")),
        Step("sum", eq(pool_bound(J) + 2 * D * (4 * 8**J * TAU_**2 * B_**2), pool_bound(J + 1)),
             Algebra()),
        Step("levels", POOLED, use("induction", claim=POOLED, k=J, start=0),
             ("pool", "few", "sum")),
        Step("pool-size", le(pool(R), POOL_SIZE), Instantiate("levels", {J: R}), ("levels",)),
        Step("product", ge(TAU_**2 * B_**2, 1), Smt()),
        Step("large", ge(POOL_SIZE, 8), Smt(), ("eight", "product")),
        *_solve_steps(POOL_SIZE, DEL / 2, LINEAR, IN_POOL, ERROR, ("large", "eight")),
        Step("sixteen", eq(sp.Mul(ERROR**2, 16 ** (R + 1), evaluate=False), 1), Algebra()),
        Step("enough",
             implies(ge(N, PROBE_SAMPLES),
                     ge(N, _numerator(POOL_SIZE, DEL / 2, LINEAR) ** 2 / ERROR**2)),
             Smt(), ("sixteen",)),
        Step("conclusion", PROBE_CLAIM, Smt(),
             ("smaller", "union", "enough", "pool-size", "pool", "large")),
    ),
    citation=lrh_search_samples.citation,
    requires=lrh_search_samples.requires,
    locals=(N_SAMPLES,),
    schematic=(PROBE, LEVEL),
)  # fmt: skip

THEOREMS = (
    lrh_deviation_clipped,
    lrh_samples_clipped,
    lrh_deviation,
    lrh_probe_samples,
)
