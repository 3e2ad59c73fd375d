"""Axioms of probability."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import PROBABILITY, Axiom, Instance, require_uniform
from theory.language.statement import Citation
from theory.language.substitution import domain, substitute
from theory.language.terms import (
    Average,
    Event,
    Every,
    Fact,
    Mean,
    Members,
    Pr,
    Some,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)


def _union_bound(member: Any, condition: Any, event: Any, bound: Any) -> Instance:
    require_uniform("union-bound", member, bound)
    return Instance(
        (implies(condition, le(Pr(event), bound)), ge(bound, 0)),
        le(Pr(Some(member, condition, event)), Members(member, condition) * bound),
        binder=(member, sp.true),
    )


def _boole(first: Any, second: Any) -> Instance:
    return Instance((), le(Pr(sp.Or(first, second)), Pr(first) + Pr(second)))


def _event_monotone(smaller: Any, larger: Any) -> Instance:
    return Instance((implies(smaller, larger),), le(Pr(smaller), Pr(larger)))


def _complement(event: Any) -> Instance:
    return Instance((), eq(Pr(sp.Not(event)), 1 - Pr(event)))


def _independent_draws(event: Any, n: Any) -> Instance:
    return Instance((ge(n, 0),), eq(Pr(Every(event, n)), Pr(event) ** n))


def _linearity(x: Any, y: Any, a: Any, b: Any) -> Instance:
    return Instance((), eq(Mean(a * x + b * y), a * Mean(x) + b * Mean(y)))


def _average_linear(x: Any, y: Any, a: Any, b: Any, n: Any) -> Instance:
    return Instance((), eq(Average(a * x + b * y, n), a * Average(x, n) + b * Average(y, n)))


def _hoeffding(x: Any, n: Any, lower: Any, upper: Any, t: Any) -> Instance:
    """Lower tail; for the upper tail use -x."""
    deviation = le(Average(x, n) - Mean(x), -t)
    bound = sp.exp(-2 * n * t**2 / (upper - lower) ** 2)
    return Instance(
        (conj(le(lower, x), le(x, upper)), lt(lower, upper), ge(n, 1)),
        implies(ge(t, 0), le(Pr(deviation), bound)),
    )


def _count_excluding(member: Any, condition: Any, excluded: Any) -> Instance:
    return Instance(
        (
            *domain(condition, {member: excluded}),
            sp.Not(substitute(condition, {member: excluded})),
            Fact("in G", excluded),
        ),
        le(Members(member, condition), Members(member, sp.true) - 1),
        binder=(member, sp.true),
    )


def _count_subset(member: Any, smaller: Any, larger: Any) -> Instance:
    return Instance(
        (implies(smaller, larger),),
        le(Members(member, smaller), Members(member, larger)),
        binder=(member, sp.true),
    )


def _constant_event(event: Any, constant: Any) -> Instance:
    both = Pr(sp.And(event, constant))
    return Instance(
        (),
        conj(implies(constant, eq(both, Pr(event))), implies(sp.Not(constant), eq(both, 0))),
    )


def _same_members(
    member: Any, condition: Any, event: Any, larger: Any, larger_event: Any
) -> Instance:
    return Instance(
        (implies(condition, larger), implies(condition, event, larger_event)),
        le(Pr(Some(member, condition, event)), Pr(Some(member, larger, larger_event))),
        binder=(member, sp.true),
    )


def _mean_monotone(x: Any, y: Any) -> Instance:
    return Instance((le(x, y),), le(Mean(x), Mean(y)))


def _chebyshev(x: Any, n: Any, t: Any) -> Instance:
    variance = Mean(x**2) - Mean(x) ** 2
    return Instance(
        (ge(n, 1), lt(0, t)),
        le(Pr(le(Average(x, n) - Mean(x), -t)), variance / (n * t**2)),
    )


def _average_variance(x: Any, n: Any) -> Instance:
    variance = Mean(x**2) - Mean(x) ** 2
    return Instance((ge(n, 1),), eq(Mean((Average(x, n) - Mean(x)) ** 2), variance / n))


def _average_mean(x: Any, n: Any) -> Instance:
    return Instance((ge(n, 1),), eq(Mean(Average(x, n)), Mean(x)))


def _exponential_moment(x: Any, slope: Any, level: Any, n: Any) -> Instance:
    """Of one draw's moment, that of their average: moments of independent copies multiply."""
    return Instance(
        (ge(n, 1), le(Mean(sp.exp(slope * (x - Mean(x)))), sp.exp(level))),
        le(Mean(sp.exp(slope * n * (Average(x, n) - Mean(x)))), sp.exp(n * level)),
    )


def _chernoff_above(x: Any, n: Any, level: Any, a: Any) -> Instance:
    bound = sp.exp(-n * level * ((1 + a) * sp.log(1 + a) - a))
    return Instance(
        (conj(le(0, x), le(x, 1)), le(Mean(x), level), lt(0, level), lt(0, a), ge(n, 1)),
        le(Pr(ge(Average(x, n), (1 + a) * level)), bound),
    )


def _chernoff_below(x: Any, n: Any, level: Any, a: Any) -> Instance:
    bound = sp.exp(-n * level * ((1 - a) * sp.log(1 - a) + a))
    return Instance(
        (conj(le(0, x), le(x, 1)), ge(Mean(x), level), lt(0, level), lt(0, a), lt(a, 1), ge(n, 1)),
        le(Pr(le(Average(x, n), (1 - a) * level)), bound),
    )


def _fresh_sample(member: Any, condition: Any, first: Any, second: Any, chance: Any) -> Instance:
    """`first` depends on one sample, `second` on another, independent of it."""
    require_uniform("fresh-sample", member, chance)
    both = Some(member, condition, sp.And(first, second))
    return Instance(
        (
            Fact("independent", first, second),
            implies(condition, ge(Pr(second), chance)),
            ge(chance, 0),
        ),
        le(chance * Pr(Some(member, condition, first)), Pr(both)),
        binder=(member, sp.true),
    )


def _markov(x: Any, level: Any) -> Instance:
    return Instance((ge(x, 0), lt(0, level)), le(Pr(ge(x, level)), Mean(x) / level))


def _signed_sum(
    x: Any, offset: Any, coefficients: Any, probabilities: Any, length: Any
) -> Instance:
    """x is offset + Σ a_i x_i with independent signs x_i, P[x_i = 1] = p_i."""
    i = sp.Symbol("i", integer=True)
    drift = sp.Sum(coefficients[i] * (2 * probabilities[i] - 1), (i, 1, length))
    squares = sp.Sum(coefficients[i] ** 2, (i, 1, length))
    return Instance(
        (Fact("signed sum", x, offset, coefficients, probabilities, length),),
        conj(eq(Mean(x), offset + drift), Fact("bounded differences", x, 4 * squares)),
    )


def _mcdiarmid(x: Any, influence: Any, t: Any) -> Instance:
    bound = sp.exp(-2 * t**2 / influence)
    return Instance(
        (Fact("bounded differences", x, influence), lt(0, influence)),
        implies(
            ge(t, 0),
            conj(le(Pr(le(x - Mean(x), -t)), bound), le(Pr(ge(x - Mean(x), t)), bound)),
        ),
    )


def _azuma(x: Any, squares: Any, t: Any) -> Instance:
    bound = sp.exp(-(t**2) / (2 * squares))
    return Instance(
        (Fact("martingale", x, squares), lt(0, squares)),
        implies(
            ge(t, 0),
            conj(le(Pr(le(x - Mean(x), -t)), bound), le(Pr(ge(x - Mean(x), t)), bound)),
        ),
    )


def _serfling(x: Any, mean: Any, n: Any, points: Any, t: Any) -> Instance:
    bound = sp.exp(-2 * n * t**2 / (1 - (n - 1) / points))
    return Instance(
        (Fact("mean without replacement", x, mean, n, points), ge(n, 1), le(n, points)),
        implies(ge(t, 0), le(Pr(ge(x - mean, t)), bound)),
    )


def _guessing(wrong: Any, information: Any, things: Any, u: Any) -> Instance:
    """Relative entropy of being right, to a guess without a message, above its tangent at u."""
    miss = Pr(wrong)
    told = (1 - miss) * sp.log(u * things) + miss * sp.log((1 - u) / (1 - 1 / things))
    return Instance(
        (Fact("guess of one of several", wrong, information, things), ge(things, 2),
         lt(0, u), lt(u, 1)),
        le(told, information),
    )  # fmt: skip


def _sample_variance(spread: Any, x: Any, n: Any, deviation: Any, t: Any) -> Instance:
    little = lt(spread, deviation**2 - t * deviation)
    return Instance(
        (Fact("sample variance", spread, x, n), conj(ge(x, 0), le(x, 1)), ge(n, 2),
         ge(deviation, 0), eq(Mean(x**2) - Mean(x) ** 2, deviation**2)),
        conj(ge(spread, 0), implies(ge(t, 0), le(Pr(little), sp.exp(-(n - 1) * t**2 / 2)))),
    )  # fmt: skip


def _average_differences(x: Any, influence: Any, n: Any) -> Instance:
    average = Average(x, n)
    return Instance(
        (Fact("bounded differences", x, influence), ge(n, 1)),
        conj(eq(Mean(average), Mean(x)), Fact("bounded differences", average, influence / n)),
    )


def _ville(x: Any, n: Any, level: Any) -> Instance:
    """The product of the first t of n independent copies of x, for all t at once."""
    reached = Event("the product reaches", x, level)
    return Instance(
        (Fact("independent copies", x, n), ge(x, 0), le(Mean(x), 1), lt(0, level)),
        le(Pr(reached), 1 / level),
    )


CHERNOFF = Citation("Chernoff", "A measure of asymptotic efficiency, Ann. Math. Stat. 23", 1952)
PONTIL = Citation(
    "Maurer, Pontil", "Empirical Bernstein bounds and sample-variance penalization, COLT", 2009
)
FANO = Citation("Fano", "Transmission of Information", 1961)

AXIOMS = (
    Axiom(
        "union-bound",
        "P[A_g for some g satisfying c] <= (number of such g) * max P[A_g]",
        PROBABILITY,
        _union_bound,
        types="member=member condition=fact event=event bound=real",
    ),
    Axiom(
        "boole",
        "P[A or B] <= P[A] + P[B]",
        PROBABILITY,
        _boole,
        types="first=event second=event",
    ),
    Axiom(
        "event-monotone",
        "A implies B gives P[A] <= P[B]",
        PROBABILITY,
        _event_monotone,
        types="smaller=event larger=event",
    ),
    Axiom(
        "complement",
        "P[not A] = 1 - P[A]",
        PROBABILITY,
        _complement,
        types="event=event",
    ),
    Axiom(
        "independent-draws",
        "an event has probability P[A]^n to happen at each of n independent draws",
        PROBABILITY,
        _independent_draws,
        types="event=event n=integer",
    ),
    Axiom(
        "linearity",
        "E[aX + bY] = a E[X] + b E[Y]",
        PROBABILITY,
        _linearity,
        types="x=number y=number a=real b=real",
    ),
    Axiom(
        "average-linear",
        "the average of aX + bY is a times that of X plus b times that of Y",
        PROBABILITY,
        _average_linear,
        types="x=number y=number a=real b=real n=integer",
    ),
    Axiom(
        "hoeffding",
        "for n independent copies of X in [l, u] and t >= 0: "
        "P[average - E X <= -t] <= exp(-2 n t^2 / (u - l)^2)",
        Citation(
            "Hoeffding",
            "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
            1963,
        ),
        _hoeffding,
        types="x=number n=integer lower=real upper=real t=real",
    ),
    Axiom(
        "count-excluding",
        "a condition that one member of the class fails holds for at most all others",
        PROBABILITY,
        _count_excluding,
        types="member=member condition=fact excluded=member-term",
    ),
    Axiom(
        "count-subset",
        "a stronger condition holds for at most as many members",
        PROBABILITY,
        _count_subset,
        types="member=member smaller=fact larger=fact",
    ),
    Axiom(
        "constant-event",
        "P[A and c] is P[A] if the constant condition c holds, else 0",
        PROBABILITY,
        _constant_event,
        types="event=event constant=fact",
    ),
    Axiom(
        "same-members",
        "an event for some member with a condition implies it for some member with a weaker one",
        PROBABILITY,
        _same_members,
        types="member=member condition=fact event=event larger=fact larger_event=event",
    ),
    Axiom(
        "markov",
        "X >= 0 and t > 0 give P[X >= t] <= E X / t",
        PROBABILITY,
        _markov,
        types="x=number level=real",
    ),
    Axiom(
        "signed-sum",
        "b + Σ a_i x_i with independent signs has mean b + Σ a_i (2 p_i - 1), and changing x_i "
        "moves it by at most 2 |a_i|",
        PROBABILITY,
        _signed_sum,
        types="x=number offset=real coefficients=list probabilities=list length=integer",
    ),
    Axiom(
        "mcdiarmid",
        "a function of independent coordinates that moves by at most c_i with coordinate i: "
        "P[X - E X <= -t], P[X - E X >= t] <= exp(-2 t^2 / Σ c_i^2)",
        Citation("McDiarmid", "On the method of bounded differences, LMS Lecture Notes 141", 1989),
        _mcdiarmid,
        types="x=number influence=real t=real",
    ),
    Axiom(
        "azuma",
        "a martingale that moves by at most c_i with step i, up or down: "
        "P[X - E X <= -t], P[X - E X >= t] <= exp(-t^2 / (2 Σ c_i^2))",
        Citation(
            "Azuma", "Weighted sums of certain dependent random variables, Tohoku Math. J. 19", 1967
        ),
        _azuma,
        types="x=number squares=real t=real",
    ),
    Axiom(
        "serfling",
        "X the mean of n numbers drawn without replacement from N in [0, 1] of mean m, and t >= 0: "
        "P[X - m >= t] <= exp(-2 n t^2 / (1 - (n - 1) / N))",
        Citation(
            "Serfling",
            "Probability inequalities for the sum in sampling without replacement, Ann. Stat. 2",
            1974,
        ),
        _serfling,
        types="x=number mean=real n=integer points=integer t=real",
    ),
    Axiom(
        "guessing",
        "one of N things, all equally likely, is guessed from a message of mutual information I: "
        "P[right] ln(u N) + P[wrong] ln((1 - u) / (1 - 1/N)) <= I for 0 < u < 1",
        FANO,
        _guessing,
        types="wrong=event information=real things=integer u=real",
    ),
    Axiom(
        "sample-variance",
        "V the variance of n independent copies of X in [0, 1], with the divisor n - 1, s^2 the "
        "true one, and t >= 0: V >= 0 and P[V < s^2 - t s] <= exp(-(n - 1) t^2 / 2)",
        PONTIL,
        _sample_variance,
        types="spread=number x=number n=integer deviation=real t=real",
    ),
    Axiom(
        "average-differences",
        "the average of n independent copies has the same mean, and squared differences C/n",
        PROBABILITY,
        _average_differences,
        types="x=number influence=real n=integer",
    ),
    Axiom(
        "mean-monotone",
        "X <= Y gives E X <= E Y",
        PROBABILITY,
        _mean_monotone,
        types="x=number y=number",
    ),
    Axiom(
        "chebyshev",
        "P[average - E X <= -t] <= Var X / (n t^2) for the average of n independent copies",
        PROBABILITY,
        _chebyshev,
        types="x=number n=integer t=real",
    ),
    Axiom(
        "average-variance",
        "the average of n independent copies has an n-th of the variance",
        PROBABILITY,
        _average_variance,
        types="x=number n=integer",
    ),
    Axiom(
        "average-mean",
        "the average of n independent copies has the same mean",
        PROBABILITY,
        _average_mean,
        types="x=number n=integer",
    ),
    Axiom(
        "exponential-moment",
        "E[exp(c (X - E X))] <= e^l gives E[exp(c n (average - E X))] <= e^(n l) for the average "
        "of n independent copies",
        PROBABILITY,
        _exponential_moment,
        types="x=number slope=real level=real n=integer",
    ),
    Axiom(
        "fresh-sample",
        "if some member has A on the first sample, and B has probability >= c for every such "
        "member on an independent one, then P[some member has A and B] >= c P[some member has A]",
        PROBABILITY,
        _fresh_sample,
        types="member=member condition=fact first=event second=event chance=real",
    ),
    Axiom(
        "chernoff-above",
        "n independent copies of X in [0, 1], E X <= c: "
        "P[average >= (1 + a) c] <= exp(-n c ((1 + a) ln(1 + a) - a))",
        CHERNOFF,
        _chernoff_above,
        types="x=number n=integer level=real a=real",
    ),
    Axiom(
        "chernoff-below",
        "n independent copies of X in [0, 1], E X >= c: "
        "P[average <= (1 - a) c] <= exp(-n c ((1 - a) ln(1 - a) + a))",
        CHERNOFF,
        _chernoff_below,
        types="x=number n=integer level=real a=real",
    ),
    Axiom(
        "ville",
        "X >= 0 and E X <= 1: some product of the first t of independent copies of X is c or more "
        "with probability at most 1/c, however many they are",
        Citation("Ville", "Etude critique de la notion de collectif", 1939),
        _ville,
        types="x=number n=integer level=real",
    ),
)
