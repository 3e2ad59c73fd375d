"""Axioms about telling laws apart, games, stopping and independent trials of unlike chances."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import Axiom, Instance, require_uniform
from theory.language.statement import Citation
from theory.language.substitution import domain, substitute
from theory.language.terms import Average, Fact, Mean, Pr, conj, eq, ge, gt, implies, le

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


def _bernoulli_moment(x: Any, n: Any, p: Any, base: Any) -> Instance:
    return Instance(
        (conj(ge(x, 0), le(x, 1)), eq(Mean(x), p), ge(n, 1), conj(gt(base, 0), le(base, 1))),
        le(Mean(base ** (n * Average(x, n))), (1 - p + p * base) ** n),
    )


def _one_inclusion(count: Any, dimension: Any) -> Instance:
    return Instance(
        (Fact("one-inclusion prediction", count, dimension),), le(Mean(count), dimension)
    )


AXIOMS = (
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
        "bernoulli-moment",
        "for n independent copies of X in [0, 1] of mean p and 0 < b <= 1: "
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
