"""Axioms about telling laws apart, games, stopping and independent trials of unlike chances."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import CALCULUS, PROBABILITY, Axiom, Instance, require_uniform
from theory.language.errors import DerivationError
from theory.language.roots import EntropyMoment
from theory.language.special import BinomialCDF, HypergeometricCDF
from theory.language.statement import Citation
from theory.language.substitution import domain, substitute
from theory.language.terms import (
    Average,
    Fact,
    Mean,
    Pr,
    Quantity,
    Slope,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

KAILATH = Citation(
    "Kailath",
    "The divergence and Bhattacharyya distance measures in signal selection, IEEE Trans. Comm. 15",
    1967,
)


def _two_laws(error: Any, affinity: Any) -> Instance:
    return Instance(
        (
            Fact("error of telling two laws apart", error, affinity),
            conj(ge(affinity, 0), le(affinity, 1)),
        ),
        ge(error, (1 - sp.sqrt(1 - affinity**2)) / 2),
    )


def _minimax(x: Any, level: Any) -> Instance:
    """`x` is the error of a student drawn from the law of students that the game's value gives."""
    return Instance(
        (Fact("a student for every law", level), Fact("minimax law", x)), le(Mean(x), level)
    )


def _ville_stopped(
    count: Any, time: Any, chance: Any, wealth: Any, k: Any, t: Any, level: Any
) -> Instance:
    """`wealth` is a term in k and t: what is held after t draws of which k succeeded."""
    require_uniform("ville-stopped", k, level, chance)
    require_uniform("ville-stopped", t, level, chance)
    zero = sp.Integer(0)
    inside = (ge(k, 0), le(k, t))
    won = substitute(wealth, {k: k + 1, t: t + 1})
    lost = substitute(wealth, {t: t + 1})
    defined = [
        *domain(wealth, {k: zero, t: zero}),
        *(implies(*inside, c) for c in domain(wealth, {k: k + 1, t: t + 1})),
        *(implies(*inside, c) for c in domain(wealth, {t: t + 1})),
    ]
    return Instance(
        (
            *defined,
            Fact("stopped count", count, time, chance),
            conj(ge(chance, 0), le(chance, 1)),
            le(substitute(wealth, {k: zero, t: zero}), 1),
            implies(*inside, ge(wealth, 0)),
            implies(*inside, le(chance * won + (1 - chance) * lost, wealth)),
            gt(level, 0),
        ),
        le(Pr(ge(substitute(wealth, {k: count, t: time}), level)), 1 / level),
        binder=((k, t), conj(*inside)),
    )


def _ville_stopped_sum(
    total: Any, time: Any, x: Any, n: Any, wealth: Any, s: Any, t: Any, level: Any
) -> Instance:
    """`wealth` is a term in s and t: what is held after t of n draws whose x add up to s."""
    require_uniform("ville-stopped-sum", s, level, x)
    require_uniform("ville-stopped-sum", t, level, x)
    zero = sp.Integer(0)
    inside = (ge(s, 0), le(s, t))
    after = substitute(wealth, {s: s + x, t: t + 1})
    defined = [
        *domain(wealth, {s: zero, t: zero}),
        *(implies(*inside, c) for c in domain(wealth, {s: s + x, t: t + 1})),
    ]
    return Instance(
        (
            *defined,
            Fact("stopped sum", total, time, x, n),
            le(time, n),
            conj(ge(x, 0), le(x, 1)),
            le(substitute(wealth, {s: zero, t: zero}), 1),
            implies(*inside, ge(wealth, 0)),
            implies(*inside, le(Mean(after), wealth)),
            gt(level, 0),
        ),
        le(Pr(ge(substitute(wealth, {s: total, t: time}), level)), 1 / level),
        binder=((s, t), conj(*inside)),
    )


def _bernoulli_moment(x: Any, n: Any, p: Any, base: Any) -> Instance:
    return Instance(
        (conj(ge(x, 0), le(x, 1)), eq(Mean(x), p), ge(n, 1), gt(base, 0)),
        le(Mean(base ** (n * Average(x, n))), (1 - p + p * base) ** n),
    )


def _one_inclusion(count: Any, dimension: Any) -> Instance:
    return Instance(
        (Fact("one-inclusion prediction", count, dimension),), le(Mean(count), dimension)
    )


def _falling_distribution(f: Any, x: Any, low: Any, high: Any) -> Instance:
    """A binomial distribution function that is not shown to rise anywhere between."""
    require_uniform("falling-distribution", x, low, high)
    if not isinstance(f, BinomialCDF):
        raise DerivationError(f"falling-distribution: {f} is no binomial distribution")
    inside = (gt(x, 0), lt(x, 1))
    return Instance(
        (
            implies(*inside, le(Slope(f, x), 0)),
            conj(gt(low, 0), le(low, high), lt(high, 1)),
        ),
        le(substitute(f, {x: high}), substitute(f, {x: low})),
        binder=(x, conj(*inside)),
    )


def _some_or(member: Any, condition: Any, fixed: Any, event: Any) -> Instance:
    """`fixed` is the same event for every member."""
    require_uniform("some-or", member, fixed)
    both = Some(member, condition, sp.Or(fixed, event))
    return Instance((), le(Pr(both), Pr(sp.Or(fixed, Some(member, condition, event)))))


def _falling_hypergeometric(k: Any, n: Any, points: Any, few: Any, many: Any) -> Instance:
    return Instance(
        (ge(few, 0), le(few, many), le(many, points), ge(n, 0), le(n, points)),
        le(HypergeometricCDF(k, points, many, n), HypergeometricCDF(k, points, few, n)),
    )


def _unlike_trials(count: Any, n: Any, p: Any, c: Any) -> Instance:
    """n independent trials whose chances have the mean p."""
    return Instance(
        (Fact("unlike trials", count, n, p), ge(c, 0), le(c + 1, n * p)),
        le(Pr(le(count, c)), BinomialCDF(c, n, p)),
    )


def _entropy_moment(wealth: Any, n: Any) -> Instance:
    return Instance(
        (Fact("prior mean", wealth, n), ge(n, 1)),
        conj(le(Mean(wealth), EntropyMoment(n)), ge(EntropyMoment(n), 1)),
    )


def _entropy_moment_sum(n: Any, i: Any) -> Instance:
    require_uniform("entropy-moment-sum", i, n)
    logs = sp.Sum(sp.log(i), (i, 1, n))
    return Instance((ge(n, 1),), le(EntropyMoment(n), sp.exp(logs + n - n * sp.log(n))))


def _change_of_measure(entropy: Any, divergence: Any, wealth: Any, n: Any) -> Instance:
    return Instance(
        (Fact("posterior", entropy, divergence, wealth, n), gt(wealth, 0)),
        le(n * entropy, divergence + sp.log(wealth)),
    )


def _gain(slope: Any, seen: Any, error: Any) -> Any:
    """What a bet of that slope gains a draw: ln of exp(-c) to the errors seen, over its mean."""
    return -sp.log(1 - (1 - sp.exp(-slope)) * error) - slope * seen


def _prior_bets(wealth: Any, slope: Any, n: Any) -> Instance:
    return Instance(
        (Fact("prior mean of bets", wealth, slope, n), gt(slope, 0), ge(n, 1)),
        le(Mean(wealth), 1),
    )


def _posterior_bets(
    seen: Any, error: Any, divergence: Any, wealth: Any, slope: Any, n: Any
) -> Instance:
    return Instance(
        (
            Fact("posterior of bets", seen, error, divergence, wealth, slope, n),
            gt(wealth, 0),
            gt(slope, 0),
            conj(ge(error, 0), le(error, 1)),
        ),
        le(n * _gain(slope, seen, error), divergence + sp.log(wealth)),
    )


def _binomial_mean(x: Any, n: Any) -> Instance:
    return Instance(
        (sp.Or(eq(x, 0), eq(x, 1)), ge(n, 1), gt(Mean(x), 1 / n)),
        ge(Pr(ge(Average(x, n), Mean(x))), sp.Rational(1, 4)),
    )


def _relative_swapping(member: Any, condition: Any, event: Any, level: Any, n: Any) -> Instance:
    """`event`: the second sample's errors exceed the first's by more than sqrt(level mean)."""
    require_uniform("relative-swapping", member, level, n)
    return Instance(
        (Fact("relative swapping", event, level, n), gt(level, 0), ge(n, 1)),
        le(Pr(Some(member, condition, event)), Quantity("growth", 2 * n) * sp.exp(-n * level / 4)),
        binder=(member, sp.true),
    )


CATONI = Citation("Catoni", "PAC-Bayesian Supervised Classification, IMS Lecture Notes 56", 2007)

AXIOMS = (
    Axiom(
        "binomial-mean",
        "a binomial count with a chance above 1/n is at or above its mean with probability 1/4 at "
        "least",
        Citation(
            "Greenberg, Mohri",
            "Tight lower bound on the probability of a binomial exceeding its expectation, "
            "Stat. Prob. Lett. 86",
            2014,
        ),
        _binomial_mean,
        types="x=number n=integer",
    ),
    Axiom(
        "relative-swapping",
        "given 2n points and a fair coin for each pair, the errors of a pattern on the second n "
        "exceed those on the first by more than sqrt(A times their mean) with probability at most "
        "exp(-n A/4) (Hoeffding); union over the at most Π(2n) patterns",
        Citation(
            "Anthony, Shawe-Taylor",
            "A result of Vapnik with applications, Discrete Appl. Math. 47",
            1993,
        ),
        _relative_swapping,
        types="member=member condition=fact event=event level=real n=integer",
    ),
    Axiom(
        "unlike-trials",
        "of n independent trials whose chances have the mean p, at most c succeed with a "
        "probability of at most F(c; n, p), for 0 <= c <= n p - 1",
        Citation(
            "Hoeffding",
            "On the distribution of the number of successes in independent trials, "
            "Ann. Math. Stat. 27",
            1956,
        ),
        _unlike_trials,
        types="count=any-integer n=integer p=real c=integer",
    ),
    Axiom(
        "entropy-moment",
        "E exp(n kl(average, p)) <= ξ(n) for n independent trials of chance p, and so the mean "
        "over any law of students that is fixed before them; ξ(n) >= 1",
        Citation("Maurer", "A note on the PAC Bayesian theorem, arXiv cs/0411099", 2004),
        _entropy_moment,
        types="wealth=number n=integer",
    ),
    Axiom(
        "entropy-moment-sum",
        "ξ(n) = n!/n^n Σ_(j <= n) n^j/j!, and the sum is at most e^n",
        Citation("Maurer", "A note on the PAC Bayesian theorem, arXiv cs/0411099", 2004),
        _entropy_moment_sum,
        types="n=integer i=index",
    ),
    Axiom(
        "prior-bets",
        "E exp(-c k)/(1 - (1 - e^(-c)) p)^n = 1 for the number k of successes among n independent "
        "trials of chance p, and so the mean over any law of students that is fixed before them",
        CATONI,
        _prior_bets,
        types="wealth=number slope=real n=integer",
    ),
    Axiom(
        "posterior-bets",
        "the mean of n times the gain of a bet under one law is at most the relative entropy of "
        "that to another and ln of the mean of exp(n gain) under this (Donsker, Varadhan); the "
        "gain -ln(1 - (1 - e^(-c)) p) - c q is convex",
        CATONI,
        _posterior_bets,
        types="seen=number error=number divergence=number wealth=number slope=real n=integer",
    ),
    Axiom(
        "change-of-measure",
        "the mean of n kl under one law is at most the relative entropy of that to another and "
        "the logarithm of the mean of exp(n kl) under the other; kl of means is at most the "
        "mean of kl",
        Citation(
            "Donsker, Varadhan",
            "Asymptotic evaluation of certain Markov process expectations for large time I, "
            "Comm. Pure Appl. Math. 28",
            1975,
        ),
        _change_of_measure,
        types="entropy=number divergence=number wealth=number n=integer",
    ),
    Axiom(
        "some-or",
        "if for some member A or B_g happens, then A does or B_g for some member",
        PROBABILITY,
        _some_or,
        types="member=member condition=fact fixed=event event=event",
    ),
    Axiom(
        "falling-distribution",
        "F(k; n, x), a polynomial in x whose derivative is nowhere positive, is no greater at b "
        "than at a <= b",
        CALCULUS,
        _falling_distribution,
        types="f=real x=variable low=real high=real",
    ),
    Axiom(
        "falling-hypergeometric",
        "H(k; N, K, n) is no greater with more points K of disagreement",
        PROBABILITY,
        _falling_hypergeometric,
        types="k=integer n=integer points=integer few=integer many=integer",
    ),
    Axiom(
        "one-inclusion",
        "the one-inclusion graph of a class of VC dimension v has at most v edges a vertex, so it "
        "has an orientation by which at most v points of any sample are predicted wrongly",
        Citation(
            "Haussler, Littlestone, Warmuth",
            "Predicting {0, 1}-functions on randomly drawn points, Inf. Comp. 115",
            1994,
        ),
        _one_inclusion,
        types="count=any-integer dimension=integer",
    ),
    Axiom(
        "two-laws",
        "two laws of affinity c = Σ sqrt(p q) are told apart, each being as likely as the other, "
        "with an error of at least (1 - sqrt(1 - c²))/2",
        KAILATH,
        _two_laws,
        types="error=number affinity=number",
    ),
    Axiom(
        "minimax",
        "if for every law of the points some student errs with probability c at most, some law of "
        "the students errs on each point, so under every law, with probability c at most",
        Citation("von Neumann", "Zur Theorie der Gesellschaftsspiele, Math. Annalen 100", 1928),
        _minimax,
        types="x=number level=real",
    ),
    Axiom(
        "ville-stopped",
        "a bet on independent draws that starts with at most 1, is never negative and does not "
        "grow in the mean, is at least c at a stopping time with probability at most 1/c",
        Citation("Ville", "Etude critique de la notion de collectif", 1939),
        _ville_stopped,
        types="count=any-integer time=any-integer chance=real wealth=real k=index t=index "
        "level=real",
    ),
    Axiom(
        "ville-stopped-sum",
        "the same where a draw shows a number in [0, 1], and the bet is on their sum",
        Citation("Ville", "Etude critique de la notion de collectif", 1939),
        _ville_stopped_sum,
        types="total=number time=any-integer x=number n=integer wealth=real s=variable t=index "
        "level=real",
    ),
    Axiom(
        "bernoulli-moment",
        "for n independent copies of X in [0, 1] of mean p and b > 0: "
        "E b^(their sum) <= (1 - p + p b)^n",
        Citation(
            "Hoeffding",
            "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
            1963,
        ),
        _bernoulli_moment,
        types="x=number n=integer p=real base=real",
    ),
)
