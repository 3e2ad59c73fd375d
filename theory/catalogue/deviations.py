"""Tests with disagreements: the bounds of Hoeffding and Bernstein."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, EPS, INVERSE, OURS, N
from theory.catalogue.testing import ANY_X, ERROR, P, X
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, ERRORS, N_SAMPLES, Parameter
from theory.language.terms import Average, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

WRONG = Random("disagrees")
SEEN = Average(WRONG, N)
ERR = ERRORS.symbol
HOEFFDING = Citation(
    "Hoeffding",
    "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
    1963,
)
SLACK = sp.sqrt(sp.log(1 / DEL) / (2 * N))
EXCEEDS = ge(P, SEEN + SLACK)
UPPER = ERR / N + SLACK

hoeffding_upper = Theorem(
    name="hoeffding-upper",
    title="Upper bound from observed disagreements, Hoeffding form",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        UPPER,
        DEL,
        at=SEEN + SLACK,
        closed=True,
        reading=(SEEN, ERR / N),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "a disagreement at a draw counts 1, else 0; its mean is p",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), P)),
        ),
    ),
    experiment=sample(N, "disagrees"),
    steps=(
        INVERSE,
        Step("positive-log", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step(
            "tail",
            le(Pr(le(SEEN - Mean(WRONG), -SLACK)), DEL),
            use("hoeffding", x=WRONG, n=N, lower=0, upper=1, t=SLACK),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "event",
            le(Pr(EXCEEDS), Pr(le(SEEN - Mean(WRONG), -SLACK))),
            use("event-monotone", smaller=EXCEEDS, larger=le(SEEN - Mean(WRONG), -SLACK)),
            ("indicator",),
        ),
        Step("conclusion", le(Pr(EXCEEDS), DEL), Smt(), ("tail", "event")),
    ),
    citation=HOEFFDING,
    requires=(Assumption("errors <= n", "errors <= n", le(ERR, N)),),
    locals=(ERROR,),
)

ESTIMATE = sp.log(2 / DEL) / (2 * EPS**2)
TAIL = sp.exp(-2 * N * EPS**2)
TOO_LOW = le(SEEN - Mean(WRONG), -EPS)
TOO_HIGH = le(Average(-WRONG, N) - Mean(-WRONG), -EPS)
FAR = ge(sp.Abs(SEEN - P), EPS)

estimate_samples = Theorem(
    name="estimate-samples",
    title="How many samples estimate the error from both sides",
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N,
        ESTIMATE,
        le(Pr(FAR), DEL),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=hoeffding_upper.assumptions,
    experiment=hoeffding_upper.experiment,
    steps=(
        Step("inverse", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step(
            "low",
            le(Pr(TOO_LOW), TAIL),
            use("hoeffding", x=WRONG, n=N, lower=0, upper=1, t=EPS),
            ("indicator",),
        ),
        Step(
            "high",
            le(Pr(TOO_HIGH), TAIL),
            use("hoeffding", x=-WRONG, n=N, lower=-1, upper=0, t=EPS),
            ("indicator",),
        ),
        Step(
            "sign",
            eq(Average(-WRONG, N), -SEEN),
            use("average-linear", x=WRONG, y=WRONG, a=-1, b=0, n=N),
        ),
        Step(
            "mean-sign",
            eq(Mean(-WRONG), -Mean(WRONG)),
            use("linearity", x=WRONG, y=WRONG, a=-1, b=0),
        ),
        Step(
            "either",
            le(Pr(FAR), Pr(sp.Or(TOO_LOW, TOO_HIGH))),
            use("event-monotone", smaller=FAR, larger=sp.Or(TOO_LOW, TOO_HIGH)),
            ("indicator", "sign", "mean-sign"),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(TOO_LOW, TOO_HIGH)), Pr(TOO_LOW) + Pr(TOO_HIGH)),
            use("boole", first=TOO_LOW, second=TOO_HIGH),
        ),
        Step(
            "solve",
            implies(ge(N, ESTIMATE), le(TAIL, sp.exp(sp.log(DEL / 2)))),
            use("exp-monotone", x=-2 * N * EPS**2, y=sp.log(DEL / 2)),
            ("inverse",),
            "The tail on either side is at most δ/2 for the stated n.",
        ),
        Step("half", eq(sp.exp(sp.log(DEL / 2)), DEL / 2), Algebra()),
        Step(
            "conclusion",
            implies(ge(N, ESTIMATE), le(Pr(FAR), DEL)),
            Smt(),
            ("either", "boole", "low", "high", "solve", "half"),
        ),
    ),
    citation=HOEFFDING,
    locals=(N_SAMPLES, ERROR),
    notes=(
        "Where few disagree, an exact interval needs fewer: open-cells-interval with nothing known "
        "and all open.",
    ),
)

ROOM = -sp.log(DEL) / N
RATE = ERRORS.symbol / N


def bernstein(q: sp.Expr) -> sp.Expr:
    """q + L + sqrt(L² + 2 q L)."""
    return q + ROOM + sp.sqrt(ROOM**2 + 2 * q * ROOM)


MISSES = gt(P, bernstein(SEEN))
SHRINK = sp.Symbol("a", real=True)
FACTOR = Parameter("a", SHRINK, "real", "a", "a", "a with p a² = 2 ln(1/δ)/n")
CHERNOFF = (1 - X) * sp.log(1 - X) + X - X**2 / 2
GIVEN = (gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM))
FOUND = conj(*GIVEN)
"""What a is, where there is one."""
SMALL = conj(gt(SHRINK, 0), lt(SHRINK, 1), gt(P, 0), eq(P * SHRINK**2, 2 * ROOM))
READ_OFF = implies(le(P, bernstein(SEEN)), eq(SEEN, RATE), le(P, bernstein(RATE)))
BERNSTEIN_CLAIM = conj(implies(*GIVEN, le(Pr(MISSES), DEL)), READ_OFF)


def bernstein_steps(wrong: sp.Expr, known: str) -> tuple[Step, ...]:
    """The steps to the claim for draws of a quantity in [0, 1] of mean p.

    `known` is the assumption that says so, and that the average is not negative.
    """
    seen = Average(wrong, N)
    misses, below = gt(P, bernstein(seen)), le(seen, (1 - SHRINK) * P)
    return (
        Step("log-delta", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step(
            "slope",
            implies(ge(X, 0), lt(X, 1), le(X, -sp.log(1 - X))),
            use("log-bounds", x=X, given=conj(ge(X, 0), lt(X, 1))),
        ),
        Step(
            "rises",
            implies(ge(X, 0), lt(X, 1), ge(CHERNOFF, 0)),
            use("mean-value", f=CHERNOFF, x=X, start=0, end=1),
            ("slope",),
            "(1 - a) ln(1 - a) + a >= a²/2: equal at 0, and -ln(1 - a) >= a.",
        ),
        Step(
            "exponent",
            implies(SMALL, ge(CHERNOFF.subs(X, SHRINK), 0)),
            Instantiate("rises", {X: SHRINK}),
            ("rises",),
        ),
        Step(
            "chernoff",
            implies(
                SMALL,
                le(Pr(below), sp.exp(-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK))),
            ),
            use("chernoff-below", given=SMALL, x=wrong, n=N, level=P, a=SHRINK),
            (known,),
        ),
        Step("spent", implies(SMALL, eq(N * P * SHRINK**2 / 2, -sp.log(DEL))), Smt()),
        Step(
            "exponential",
            implies(
                SMALL,
                le(
                    sp.exp(-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK)),
                    sp.exp(sp.log(DEL)),
                ),
            ),
            use(
                "exp-monotone",
                given=SMALL,
                x=-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK),
                y=sp.log(DEL),
            ),
            ("exponent", "spent"),
        ),
        Step(
            "square",
            implies(misses, gt((P - seen) ** 2, 2 * P * ROOM)),
            Smt(),
            ("log-delta", known),
            "p - q - L > sqrt(L² + 2qL) means (p - q)² > 2 p L,",
        ),
        Step(
            "far",
            implies(*GIVEN, misses, lt(seen, (1 - SHRINK) * P)),
            Smt(),
            ("square", "log-delta", known),
            "that is q < (1 - a) p with p a² = 2L.",
        ),
        Step(
            "never",
            implies(FOUND, le(Pr(misses), Pr(sp.And(below, lt(SHRINK, 1))))),
            use(
                "event-monotone",
                given=FOUND,
                smaller=misses,
                larger=sp.And(below, lt(SHRINK, 1)),
            ),
            ("far", known),
            "For a >= 1 that cannot happen.",
        ),
        Step(
            "constant",
            conj(
                implies(lt(SHRINK, 1), eq(Pr(sp.And(below, lt(SHRINK, 1))), Pr(below))),
                implies(sp.Not(lt(SHRINK, 1)), eq(Pr(sp.And(below, lt(SHRINK, 1))), 0)),
            ),
            use("constant-event", event=below, constant=lt(SHRINK, 1)),
        ),
        Step("caught", implies(FOUND, le(Pr(misses), DEL)), Smt(),
             ("never", "constant", "chernoff", "exponential", "log-delta")),
    )  # fmt: skip


bernstein_upper = Theorem(
    name="bernstein-upper",
    title="Upper bound from observed disagreements, Bernstein form",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        bernstein(RATE),
        DEL,
        at=bernstein(SEEN),
        reading=(SEEN, RATE),
        also=(READ_OFF,),
        given=GIVEN,
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "a disagreement at a draw counts 1, else 0; its mean is p, its average is not negative",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), P), ge(SEEN, 0)),
        ),
    ),
    experiment=sample(N, "disagrees"),
    steps=(
        *bernstein_steps(WRONG, "indicator"),
        Step("conclusion", BERNSTEIN_CLAIM, Smt(), ("caught", "log-delta")),
    ),
    citation=OURS,
    requires=(Assumption("errors <= n", "errors <= n", le(ERRORS.symbol, N)),),
    locals=(ERROR,),
    schematic=(ANY_X, FACTOR),
    notes=("See also bernstein-simple, hoeffding-upper and clopper-pearson.",),
)  # fmt: skip

SIMPLE = RATE + 2 * ROOM + sp.sqrt(2 * RATE * ROOM)
ROOT = le(sp.sqrt(ROOM**2 + 2 * RATE * ROOM), ROOM + sp.sqrt(2 * RATE * ROOM))
SIMPLE_CLAIM = conj(
    implies(*GIVEN, le(Pr(MISSES), DEL)),
    implies(le(P, bernstein(SEEN)), eq(SEEN, RATE), le(P, SIMPLE)),
)

bernstein_simple = Theorem(
    name="bernstein-simple",
    title="Upper bound from observed disagreements, simple Bernstein form",
    parameters=bernstein_upper.parameters,
    result=Confidence(
        P,
        SIMPLE,
        DEL,
        at=bernstein(SEEN),
        reading=(SEEN, RATE),
        given=GIVEN,
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=bernstein_upper.assumptions,
    experiment=bernstein_upper.experiment,
    steps=(
        Step("sharper", BERNSTEIN_CLAIM, Cite(bernstein_upper, {}), ("indicator",)),
        Step("log-delta", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step("root", ROOT, Smt(), ("log-delta",), "Square both sides."),
        Step("conclusion", SIMPLE_CLAIM, Smt(), ("sharper", "root")),
    ),
    citation=bernstein_upper.citation,
    requires=bernstein_upper.requires,
    locals=bernstein_upper.locals,
    schematic=bernstein_upper.schematic[1:],
)

THEOREMS = (
    hoeffding_upper,
    estimate_samples,
    bernstein_upper,
    bernstein_simple,
)
