"""Shares by group: what a certificate about fairness proves of each group's classes.

Its steps speak of models and not of the question, so the kernel checks the same proof once more
under other formulas: how often does the one group get a class and the other not?
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations
from math import prod

from verifier.jobs.fronts.recognised import recognised
from verifier.jobs.fronts.words import FAIR
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.question import All, Any_, ClassIs, Formula
from verifier.model.variable import Variable
from verifier.model.verdict import Verdict
from verifier.writing.threads import check_in_threads

MOST_GROUPS = 6
MOST_SECONDS = 10.0
"""A proof whose check took longer is not gone through again."""

Interval = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Shares:
    """Two groups that are compared, over the pairs of one of each: proved intervals.

    ``first`` and ``second`` are the shares of class 1 in each, ``only_first`` and ``only_second``
    those of the pairs of which just that one gets class 1.
    """

    groups: tuple[str, str]
    first: Interval
    second: Interval
    only_first: Interval
    only_second: Interval


def shares(c: Certificate, verdict: Verdict, stop: Stop | None = None) -> tuple[Shares, ...]:
    """By pair of groups; none where the question is no such, or its check took long.

    Of models with two classes, and up to 6 groups.
    """
    held = recognised(c.matter)
    if held is None or held.kind != FAIR or len(c.models) != 2 or c.models[0].classes != 2:
        return ()
    if verdict.checked.seconds > MOST_SECONDS or verdict.untrusted or verdict.trust:
        return ()
    return tuple(
        Shares(groups, *(proved(c, domain, f, stop) for f in _formulas()))
        for groups, domain in _groups(c.domain, held.feature)
    )


def _formulas() -> Iterator[Formula]:
    """Class 1 in the first, in the second, in the first alone, in the second alone."""
    for model in (0, 1):
        other = Any_((ClassIs(1 - model, 0), ClassIs(1 - model, 1)))
        yield All((ClassIs(model, 1), other))
    for model in (0, 1):
        yield All((ClassIs(model, 1), ClassIs(1 - model, 0)))


def proved(c: Certificate, domain: Domain, formula: Formula, stop: Stop | None) -> Interval:
    """What the kernel finds of the proof under another formula, on a part of the domain."""
    other = replace(
        c, domain=domain, question=formula, counterexamples=(), claim=None, sample=None, rows=None
    )
    return check_in_threads(other, stop=stop, limited=False).error


def _groups(domain: Domain, feature: str) -> Iterator[tuple[tuple[str, str], Domain]]:
    """The pairs of groups, each with the domain of the pairs of one of each."""
    at = [v.name for v in domain.variables].index(feature)
    v, other = domain.variables[at], domain.variables[-1]
    if v.count == other.count == 1:
        yield (v.label(0), other.label(0)), domain
        return
    rest = prod(x.count for i, x in enumerate(domain.variables[:-1]) if i != at)
    ordered = domain.size == rest * (v.count * (v.count - 1) // 2)
    if (
        v.count > MOST_GROUPS or not ordered or not isinstance(v, Variable)
    ):  # else the domain's own tree would have to be kept
        return
    labels = [v.label(k) for k in range(v.count)]
    for a, b in combinations(labels, 2):
        rest_a, rest_b = ([x for x in labels if x != kept] for kept in (a, b))
        yield (a, b), Domain(domain.variables).without({feature: rest_a}, {other.name: rest_b})
