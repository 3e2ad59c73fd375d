"""Threshold searches: scores that decide which probes are good."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import G
from theory.catalogue.shared import DEL, OURS, N, relative_entropy
from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, Parameter, integer, real
from theory.language.terms import (
    Average,
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
    lt,
)

PROBE = Parameter("g", sp.Symbol("g"), "member", "g", "g", "a probe")
PROBES = integer("probes", "P", "number of probes, fixed before the samples", 1)
MARGIN = real("gamma", "gamma", "distance of all mean scores from the threshold", 0, None, "(")
SPAN = real("range", "R", "length of the interval that scores are in", 0, None, "(")
CUT = Parameter("theta", sp.Symbol("theta", real=True), "real", "\\theta", "θ", "the threshold")
FROM = Parameter("low", sp.Symbol("l", real=True), "real", "l", "l", "least score")
P, GAM, RANGE, TH, LOW = PROBES.symbol, MARGIN.symbol, SPAN.symbol, CUT.symbol, FROM.symbol
SCORE = Random("score", G)
GOOD = Fact("good probe", G)
SEEN = Average(SCORE, N)
WRONGLY = sp.Or(sp.And(GOOD, lt(SEEN, TH)), sp.And(sp.Not(GOOD), ge(SEEN, TH)))
SOME_WRONGLY = Some(G, sp.true, WRONGLY)
TAIL = sp.exp(-2 * N * GAM**2 / RANGE**2)
PROBES_COUNTED = Assumption("size", "there are P probes", eq(Members(G, sp.true), P))
NEEDED = RANGE**2 / (2 * GAM**2) * sp.log(P / DEL)

threshold_search = Theorem(
    name="threshold-search-samples",
    title="Samples that decide all probes of a threshold search rightly",
    parameters=(PROBES, MARGIN, SPAN, DELTA),
    result=SampleSize(
        N,
        NEEDED,
        le(Pr(SOME_WRONGLY), DEL),
        monotone={"probes": "up", "gamma": "down", "range": "up", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "scores",
            "scores lie in an interval of length R; the mean score of a good probe is θ + γ or "
            "more, that of any other θ - γ or less",
            conj(
                ge(SCORE, LOW),
                le(SCORE, LOW + RANGE),
                implies(GOOD, ge(Mean(SCORE), TH + GAM)),
                implies(sp.Not(GOOD), le(Mean(SCORE), TH - GAM)),
            ),
        ),
        PROBES_COUNTED,
    ),
    experiment=sample(N, "score"),
    steps=(
        Step("below", le(Pr(le(SEEN - Mean(SCORE), -GAM)), TAIL),
             use("hoeffding", x=SCORE, n=N, lower=LOW, upper=LOW + RANGE, t=GAM), ("scores",)),
        Step("above", le(Pr(le(Average(-SCORE, N) - Mean(-SCORE), -GAM)), TAIL),
             use("hoeffding", x=-SCORE, n=N, lower=-LOW - RANGE, upper=-LOW, t=GAM),
             ("scores",)),
        Step("minus", conj(eq(Average(-SCORE, N), -SEEN)),
             use("average-linear", x=SCORE, y=SCORE, a=-1, b=0, n=N)),
        Step("minus-mean", eq(Mean(-SCORE), -Mean(SCORE)),
             use("linearity", x=SCORE, y=SCORE, a=-1, b=0)),
        Step("good", implies(GOOD, le(Pr(WRONGLY), Pr(le(SEEN - Mean(SCORE), -GAM)))),
             use("event-monotone", given=GOOD, smaller=WRONGLY,
                 larger=le(SEEN - Mean(SCORE), -GAM)),
             ("scores",)),
        Step("other", implies(sp.Not(GOOD),
                              le(Pr(WRONGLY), Pr(le(Average(-SCORE, N) - Mean(-SCORE), -GAM)))),
             use("event-monotone", given=sp.Not(GOOD), smaller=WRONGLY,
                 larger=le(Average(-SCORE, N) - Mean(-SCORE), -GAM)),
             ("scores", "minus", "minus-mean")),
        Step("each", le(Pr(WRONGLY), TAIL), Smt(), ("below", "above", "good", "other")),
        Step("union", le(Pr(SOME_WRONGLY), P * TAIL),
             use("union-bound", member=G, condition=sp.true, event=WRONGLY, bound=TAIL),
             ("each", "size")),
        Step("enough", implies(ge(N, NEEDED),
                               ge(2 * N * GAM**2 / RANGE**2, sp.log(P / DEL))), Smt()),
        Step("solve", implies(ge(N, NEEDED), le(TAIL, sp.exp(-sp.log(P / DEL)))),
             use("exp-monotone", x=-2 * N * GAM**2 / RANGE**2, y=-sp.log(P / DEL)),
             ("enough",)),
        Step("share", eq(sp.exp(-sp.log(P / DEL)), DEL / P), Algebra()),
        Step("conclusion", implies(ge(N, NEEDED), le(Pr(SOME_WRONGLY), DEL)), Smt(),
             ("union", "solve", "share")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, CUT, FROM),
    schematic=(PROBE,),
)  # fmt: skip

UNIT_CUT = real("theta", "theta", "the threshold", 0, 1, "()")
UT = UNIT_CUT.symbol


def _chernoff(label: str, a: sp.Expr, event: sp.Expr, given: sp.Expr) -> tuple[Step, ...]:
    """Pr[event] <= δ/P for probes of mean score beyond a, where n kl(θ, a) >= ln(P/δ)."""
    tilt = UT * (1 - a) / (a * (1 - UT))
    moved, still = tilt ** (N * SEEN), tilt ** (N * UT)
    tilted = (1 - a + a * tilt) ** N / still
    mean = Mean(SCORE)
    enough = conj(given, ge(N * relative_entropy(UT, a), sp.log(P / DEL)))
    side = "below" if event == le(SEEN, UT) else "above"
    sign = lt(tilt, 1) if side == "below" else gt(tilt, 1)
    return (
        Step(f"{label} tilt", conj(gt(tilt, 0), sign), Smt()),
        Step(f"{label} powers", implies(event, ge(moved, still)),
             use("power-exponent", x=tilt, a=N * SEEN if side == "below" else N * UT,
                 b=N * UT if side == "below" else N * SEEN), (f"{label} tilt",)),
        Step(f"{label} event", le(Pr(event), Pr(ge(moved, still))),
             use("event-monotone", smaller=event, larger=ge(moved, still)),
             (f"{label} powers",)),
        Step(f"{label} markov", le(Pr(ge(moved, still)), Mean(moved) / still),
             use("markov", x=moved, level=still), (f"{label} tilt",)),
        Step(f"{label} moment", le(Mean(moved), (1 - mean + mean * tilt) ** N),
             use("bernoulli-moment", x=SCORE, n=N, p=mean, base=tilt),
             (f"{label} tilt", "unit")),
        Step(f"{label} mean", conj(ge(mean, 0), le(mean, 1)),
             use("mean-bounds", x=SCORE, lower=0, upper=1), ("unit",)),
        Step(f"{label} base", implies(given, conj(
            ge(1 - mean + mean * tilt, 0), le(1 - mean + mean * tilt, 1 - a + a * tilt))), Smt(),
             (f"{label} tilt", "scores", f"{label} mean")),
        Step(f"{label} larger", implies(given, le((1 - mean + mean * tilt) ** N,
                                                  (1 - a + a * tilt) ** N)),
             use("power-monotone", given=given, x=1 - mean + mean * tilt, y=1 - a + a * tilt,
                 n=N), (f"{label} base",)),
        Step(f"{label} positive", conj(gt(still, 0), gt(tilted, 0)), Smt(), (f"{label} tilt",)),
        Step(f"{label} tail", implies(given, le(Pr(event), tilted)), Smt(),
             (f"{label} event", f"{label} markov", f"{label} moment", f"{label} larger",
              f"{label} positive")),
        Step(f"{label} entropy", eq(sp.log(tilted), -N * relative_entropy(UT, a)),
             Algebra(positive=((UT / (1 - UT), UT), ((1 - a) / a, a)))),
        Step(f"{label} compare", sp.Equivalent(le(tilted, DEL / P),
                                               le(sp.log(tilted), sp.log(DEL / P))),
             use("log-monotone", x=tilted, y=DEL / P), (f"{label} positive",)),
        Step(f"{label} small", implies(enough, le(Pr(event), DEL / P)), Smt(),
             (f"{label} tail", f"{label} entropy", f"{label} compare", "inverse")),
    )  # fmt: skip


HIGH = real("high", "h", "least mean score of a good probe", 0, 1, "()")
SMALL = real("low", "l", "greatest mean score of any other", 0, 1, "()")
UP, DOWN = HIGH.symbol, SMALL.symbol
KL_UP, KL_DOWN = relative_entropy(UT, UP), relative_entropy(UT, DOWN)
BY_KL = sp.Max(sp.log(P / DEL) / KL_UP, sp.log(P / DEL) / KL_DOWN)
MISJUDGED = sp.Or(sp.And(GOOD, lt(SEEN, UT)), sp.And(sp.Not(GOOD), ge(SEEN, UT)))
SOME_MISJUDGED = Some(G, sp.true, MISJUDGED)
KL_ENOUGH = ge(N, BY_KL)

threshold_search_kl = Theorem(
    name="threshold-search-samples-kl",
    title="Samples that decide all probes of a threshold search rightly, by relative entropy",
    parameters=(PROBES, UNIT_CUT, HIGH, SMALL, DELTA),
    result=SampleSize(
        N, BY_KL, le(Pr(SOME_MISJUDGED), DEL), monotone={"probes": "up", "delta": "down"}
    ),
    assumptions=(
        Assumption("unit", "scores lie in [0, 1]", conj(ge(SCORE, 0), le(SCORE, 1))),
        Assumption(
            "scores",
            "the mean score of a good probe is h or more, that of any other l or less",
            conj(implies(GOOD, ge(Mean(SCORE), UP)), implies(sp.Not(GOOD), le(Mean(SCORE), DOWN))),
        ),
        PROBES_COUNTED,
    ),
    experiment=sample(N, "score"),
    steps=(
        Step("inverse", eq(sp.log(P / DEL), -sp.log(DEL / P)), Algebra()),
        *_chernoff("good", UP, le(SEEN, UT), GOOD),
        *_chernoff("other", DOWN, ge(SEEN, UT), sp.Not(GOOD)),
        Step("good-event", implies(GOOD, le(Pr(MISJUDGED), Pr(le(SEEN, UT)))),
             use("event-monotone", given=GOOD, smaller=MISJUDGED, larger=le(SEEN, UT))),
        Step("other-event", implies(sp.Not(GOOD), le(Pr(MISJUDGED), Pr(ge(SEEN, UT)))),
             use("event-monotone", given=sp.Not(GOOD), smaller=MISJUDGED, larger=ge(SEEN, UT))),
        Step("for-good", implies(KL_ENOUGH, ge(N * KL_UP, sp.log(P / DEL))), Smt()),
        Step("for-other", implies(KL_ENOUGH, ge(N * KL_DOWN, sp.log(P / DEL))), Smt()),
        Step("each", implies(KL_ENOUGH, le(Pr(MISJUDGED), DEL / P)), Smt(),
             ("good small", "other small", "good-event", "other-event", "for-good", "for-other")),
        Step("union", implies(KL_ENOUGH, le(Pr(SOME_MISJUDGED),
                                            Members(G, sp.true) * (DEL / P))),
             use("union-bound", given=KL_ENOUGH, member=G, condition=sp.true, event=MISJUDGED,
                 bound=DEL / P),
             ("each",)),
        Step("conclusion", implies(KL_ENOUGH, le(Pr(SOME_MISJUDGED), DEL)), Smt(),
             ("union", "size")),
    ),
    citation=OURS,
    requires=(
        Assumption("between", "low < theta < high", conj(lt(DOWN, UT), lt(UT, UP))),
        Assumption("apart", "relative entropies above 0", conj(gt(KL_UP, 0), gt(KL_DOWN, 0))),
    ),
    locals=(N_SAMPLES,),
    schematic=(PROBE,),
)  # fmt: skip
THEOREMS = (
    threshold_search,
    threshold_search_kl,
)
