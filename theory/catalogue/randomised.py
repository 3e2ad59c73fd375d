"""A randomised student, its law chosen on the samples that test it."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.roots import EntropyMoment, KLInverse
from theory.language.rules import Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, ge, gt, implies, le

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


def room(divergence: sp.Expr) -> sp.Expr:
    """(KL + ln(ξ(n)/δ))/n."""
    return (divergence + sp.log(MOMENT / DEL)) / N


MISSED = gt(TRUE, KLInverse(EMPIRICAL, room(DISTANCE)))
RICH = ge(WEALTH, MOMENT / DEL)

pac_bayes = Theorem(
    name="pac-bayes-kl",
    title="A randomised student, by relative entropy to a prior",
    parameters=(ERRORS_SEEN, DIVERGENCE, N_SAMPLES, DELTA),
    result=Confidence(
        TRUE,
        KLInverse(Q, room(KAPPA)),
        DEL,
        at=KLInverse(EMPIRICAL, room(DISTANCE)),
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
        Assumption(
            "definition",
            "the bound is the greatest p with kl(q, p) at most its second argument",
            implies(MISSED, gt(ENTROPY, room(DISTANCE))),
        ),
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
        Step("markov", le(Pr(RICH), Mean(WEALTH) / (MOMENT / DEL)),
             use("markov", x=WEALTH, level=MOMENT / DEL), ("prior", "moment")),
        Step("change", le(N * ENTROPY, DISTANCE + sp.log(WEALTH)),
             use("change-of-measure", entropy=ENTROPY, divergence=DISTANCE, wealth=WEALTH, n=N),
             ("posterior", "prior")),
        Step("compare", sp.Equivalent(le(MOMENT / DEL, WEALTH),
                                      le(sp.log(MOMENT / DEL), sp.log(WEALTH))),
             use("log-monotone", x=MOMENT / DEL, y=WEALTH), ("moment", "prior")),
        Step("rich", implies(MISSED, RICH), Smt(),
             ("definition", "change", "compare"),
             "Where the bound is missed the prior's wealth is large."),
        Step("event", le(Pr(MISSED), Pr(RICH)),
             use("event-monotone", smaller=MISSED, larger=RICH), ("rich",)),
        Step("conclusion", le(Pr(MISSED), DEL), Smt(), ("event", "markov", "moment")),
    ),
    citation=Citation("Maurer", "A note on the PAC Bayesian theorem, arXiv cs/0411099", 2004),
    locals=(),
    notes=("It is about the randomised student; a majority vote errs twice as often at the most.",),
)  # fmt: skip

THEOREMS = (pac_bayes,)
