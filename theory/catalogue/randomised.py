"""A randomised student, its law chosen on the samples that test it."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.roots import EntropyMoment, KLInverse
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, integer, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, eq, ge, gt, implies, le

ERRORS_SEEN = real("error", "q", "mean empirical error of the students drawn", 0, 1)
DIVERGENCE = real("divergence", "kappa", "relative entropy of the posterior law of students to "
                  "the prior", 0)  # fmt: skip
Q, KAPPA = ERRORS_SEEN.symbol, DIVERGENCE.symbol
EMPIRICAL = Random("empirical error of the randomised student")
TRUE = Random("error of the randomised student")
DISTANCE = Random("relative entropy of the posterior")
ENTROPY = Random("kl of empirical and true error")
WEALTH = Random("prior mean of exp(n kl)")
MOMENT = EntropyMoment(N)
PRIOR = Fact("prior mean", WEALTH, N)
POSTERIOR = Fact("posterior", ENTROPY, DISTANCE, WEALTH, N)


def room(divergence: sp.Expr, moment: sp.Expr) -> sp.Expr:
    """(KL + ln(moment/δ))/n."""
    return (divergence + sp.log(moment / DEL)) / N


def bound(moment: sp.Expr) -> sp.Expr:
    """The bound at what is seen, by what the prior's mean wealth is at most."""
    return KLInverse(EMPIRICAL, room(DISTANCE, moment))


def definition(moment: sp.Expr) -> Assumption:
    """That p exceeds the bound means that it is as far away as that."""
    return Assumption(
        "definition",
        "the bound is the greatest p with kl(q, p) at most its second argument",
        implies(gt(TRUE, bound(moment)), gt(ENTROPY, room(DISTANCE, moment))),
    )


def after_the_moment(moment: sp.Expr) -> tuple[Step, ...]:
    """From the step "moment", that the prior's wealth has at most that mean, to the claim."""
    missed, rich = gt(TRUE, bound(moment)), ge(WEALTH, moment / DEL)
    return (
        Step("markov", le(Pr(rich), Mean(WEALTH) / (moment / DEL)),
             use("markov", x=WEALTH, level=moment / DEL), ("prior", "moment")),
        Step("change", le(N * ENTROPY, DISTANCE + sp.log(WEALTH)),
             use("change-of-measure", entropy=ENTROPY, divergence=DISTANCE, wealth=WEALTH, n=N),
             ("posterior", "prior")),
        Step("compare", sp.Equivalent(le(moment / DEL, WEALTH),
                                      le(sp.log(moment / DEL), sp.log(WEALTH))),
             use("log-monotone", x=moment / DEL, y=WEALTH), ("moment", "prior")),
        Step("rich", implies(missed, rich), Smt(),
             ("definition", "change", "compare"),
             "Where the bound is missed the prior's wealth is large."),
        Step("event", le(Pr(missed), Pr(rich)),
             use("event-monotone", smaller=missed, larger=rich), ("rich",)),
        Step("conclusion", le(Pr(missed), DEL), Smt(), ("event", "markov", "moment")),
    )  # fmt: skip


VOTE_NOTE = "It is about the randomised student; a majority vote errs twice as often at the most."

pac_bayes = Theorem(
    name="pac-bayes-kl",
    title="A randomised student, by relative entropy to a prior",
    parameters=(ERRORS_SEEN, DIVERGENCE, N_SAMPLES, DELTA),
    result=Confidence(
        TRUE,
        KLInverse(Q, room(KAPPA, MOMENT)),
        DEL,
        at=bound(MOMENT),
        reading=(EMPIRICAL, Q),
        further=((DISTANCE, KAPPA),),
        monotone={"error": "up", "divergence": "up", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "prior",
            "the prior law of students is fixed before the samples; the wealth is its mean of "
            "exp(n kl(empirical, true error))",
            conj(PRIOR, gt(WEALTH, 0)),
        ),
        Assumption(
            "posterior",
            "the posterior may depend on the samples; the mean entropy of its students is at least "
            "that of their mean errors",
            POSTERIOR,
        ),
        definition(MOMENT),
    ),
    experiment=Experiment(
        random=(
            "empirical error of the randomised student", "error of the randomised student",
            "relative entropy of the posterior", "kl of empirical and true error",
            "prior mean of exp(n kl)",
        ),
        laws=(PRIOR, POSTERIOR),
    ),
    steps=(
        Step("moment", conj(le(Mean(WEALTH), MOMENT), ge(MOMENT, 1)),
             use("entropy-moment", wealth=WEALTH, n=N), ("prior",)),
        *after_the_moment(MOMENT),
    ),
    citation=Citation("Maurer", "A note on the PAC Bayesian theorem, arXiv cs/0411099", 2004),
    locals=(),
    notes=(VOTE_NOTE,),
)  # fmt: skip

HALF = sp.Rational(1, 2)
COUNT = integer("k", "k", "how many factors so far", 1)
PLACE = integer("i", "i", "a factor", 1)
WIDTH = real("x", "x", "1/k", 0)
K, I, X = COUNT.symbol, PLACE.symbol, WIDTH.symbol  # noqa: E741
STIRLING = sp.E * sp.sqrt(N)


def log_factorial(last: sp.Expr) -> sp.Expr:
    """ln of a factorial."""
    return sp.Sum(sp.log(I), (I, 1, last))


FACTORIAL = le(log_factorial(K), 1 + (K + HALF) * sp.log(K) - K)
ABOVE_CHORD = sp.log(1 + X) - 2 * X / (2 + X)

entropy_moment_upper = Theorem(
    name="entropy-moment-upper",
    title="The moment of the relative entropy of a sample",
    parameters=(N_SAMPLES,),
    result=UpperBound(MOMENT, STIRLING, monotone={"n": "up"}),
    assumptions=(),
    steps=(
        Step("chord", implies(ge(X, 0), ge(ABOVE_CHORD, 0)),
             use("mean-value", f=ABOVE_CHORD, x=X, start=0, end=sp.oo),
             words="ln(1 + x) >= 2 x/(2 + x),"),
        Step("at", ge(ABOVE_CHORD.subs(X, 1 / K), 0), Instantiate("chord", {X: 1 / K}),
             ("chord",)),
        Step("neighbours", eq(sp.log(1 + 1 / K), sp.log(K + 1) - sp.log(K)), Algebra()),
        Step("more", ge((K + HALF) * (sp.log(K + 1) - sp.log(K)), 1), Smt(),
             ("at", "neighbours")),
        Step("sum", conj(eq(log_factorial(0), 0),
                         eq(log_factorial(K + 1), log_factorial(K) + sp.log(K + 1))),
             use("series-next", term=sp.log(I), index=I, first=1, last=K)),
        Step("one", eq(log_factorial(1), log_factorial(0)),
             use("series-next", term=sp.log(I), index=I, first=1, last=0)),
        Step("factorial", FACTORIAL, use("induction", claim=FACTORIAL, k=K, start=1),
             ("sum", "one", "more"), "so Stirling's formula bounds the factorial."),
        Step("here", FACTORIAL.subs(K, N), Instantiate("factorial", {K: N}), ("factorial",)),
        Step("moment", le(MOMENT, sp.exp(log_factorial(N) + N - N * sp.log(N))),
             use("entropy-moment-sum", n=N, i=I)),
        Step("compare", sp.Equivalent(
            le(log_factorial(N) + N - N * sp.log(N), 1 + sp.log(N) / 2),
            le(sp.exp(log_factorial(N) + N - N * sp.log(N)), sp.exp(1 + sp.log(N) / 2))),
            use("exp-monotone", x=log_factorial(N) + N - N * sp.log(N), y=1 + sp.log(N) / 2)),
        Step("conclusion", le(MOMENT, STIRLING), Smt(), ("here", "moment", "compare")),
    ),
    citation=pac_bayes.citation,
    schematic=(COUNT, WIDTH),
)  # fmt: skip


pac_bayes_simple = Theorem(
    name="pac-bayes-kl-simple",
    title="A randomised student, by relative entropy to a prior, for any number of samples",
    parameters=pac_bayes.parameters,
    result=Confidence(
        TRUE,
        KLInverse(Q, room(KAPPA, STIRLING)),
        DEL,
        at=bound(STIRLING),
        reading=(EMPIRICAL, Q),
        further=((DISTANCE, KAPPA),),
        monotone={"error": "up", "divergence": "up", "delta": "down"},
    ),
    assumptions=(
        *pac_bayes.assumptions[:2],
        definition(STIRLING),
    ),
    experiment=pac_bayes.experiment,
    steps=(
        Step("upper", le(MOMENT, STIRLING), Cite(entropy_moment_upper, {})),
        Step("own", conj(le(Mean(WEALTH), MOMENT), ge(MOMENT, 1)),
             use("entropy-moment", wealth=WEALTH, n=N), ("prior",)),
        Step("moment", conj(le(Mean(WEALTH), STIRLING), ge(STIRLING, 1)), Smt(),
             ("upper", "own")),
        *after_the_moment(STIRLING),
    ),
    citation=pac_bayes.citation,
    notes=(VOTE_NOTE,),
)  # fmt: skip

THEOREMS = (pac_bayes, entropy_moment_upper, pac_bayes_simple)
