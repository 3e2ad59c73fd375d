"""Shares by group: what a certificate about fairness proves of each group's classes.

Its steps speak of models and not of the question, so the kernel checks the same proof once more
under other formulas: how often does the one group get a class and the other not?
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, product
from math import prod

from verifier.jobs.fronts.recognised import recognised
from verifier.jobs.fronts.words import FAIR
from verifier.jobs.pairs import other_name
from verifier.kernel.stopping import Stop
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain
from verifier.model.ordinal import AnyVariable
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
        for groups, domain in _groups(c.domain, (held.feature, *held.more))
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


def _groups(domain: Domain, features: Sequence[str]) -> Iterator[tuple[tuple[str, str], Domain]]:
    """The pairs of groups, each with the domain of the pairs of one of each."""
    held = {v.name: v for v in domain.variables}
    own, others = [held[x] for x in features], [held[other_name(x)] for x in features]
    if {v.count for v in (*own, *others)} == {1}:
        yield (_called(own, (0,)), _called(others, (0,))), domain
        return
    groups = [*product(*(range(v.count) for v in own))]
    aside = {*features, *(v.name for v in others)}
    rest = prod(v.count for v in domain.variables if v.name not in aside)
    ordered = domain.size == rest * (len(groups) * (len(groups) - 1) // 2)
    if len(groups) > MOST_GROUPS or not ordered or not all(isinstance(v, Variable) for v in own):
        return  # else the domain's own tree would have to be kept
    for pair in combinations(groups, 2):
        excluded = [
            {v.name: [v.label(i) for i in range(v.count) if i != k]}
            for vs, group in zip((own, others), pair, strict=True)
            for v, k in zip(vs, group, strict=True)
            if v.count > 1
        ]
        names = _called(own, pair[0]), _called(own, pair[1])
        yield names, Domain(domain.variables).without(*excluded)


def _called(features: Sequence[AnyVariable], group: Sequence[int]) -> str:
    """What a group is called."""
    return ", ".join(v.label(k) for v, k in zip(features, group, strict=False))
