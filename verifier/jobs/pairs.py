"""Pairs: the question how often one feature alone changes what a network decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, product
from math import prod
from typing import Any, NamedTuple

from verifier.formats.combinations import variable_named
from verifier.formats.load import read_domain
from verifier.formats.slots import alone
from verifier.jobs.loading import Source, is_path
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, UnsupportedError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import Ordinal
from verifier.model.variable import Variable

MOST_VALUES = 256
"""Most values of the feature."""


class Pairs(NamedTuple):
    """What ``ask`` takes: ``ask(*pairs(network, domain, "sex"))``."""

    question: dict[str, Any]
    models: dict[str, tuple[Source, Sequence[str]]]
    domain: Domain


def pairs(network: Source, domain: Source, feature: str) -> Pairs:
    """Two inputs that differ in one feature alone: is the network's class another one?

    The domain holds every such pair once, the second with a later value of the ``feature``: its
    variables are those of ``domain``, and "other FEATURE". Model "a" reads the first of a pair, "b"
    the second. ``network`` and ``domain`` (a Domain or a path to a domain file) are as for ``ask``.

    Raises DomainError where there is no such feature, it has one value or very many, or the
    domain's tree tests it.
    """
    if is_path(domain):
        domain = read_domain(domain, 0)
    if not isinstance(domain, Domain):
        raise UnsupportedError("the domain of pairs is a Domain, or a path to a domain file")
    at, space = twice(domain, feature, "pairs")
    names = [x.name for x in domain.variables]
    second = [*names[:at], other_name(names[at]), *names[at + 1 :]]
    models: dict[str, tuple[Source, Sequence[str]]] = {
        "a": (network, names),
        "b": (network, second),
    }
    return Pairs({"not": {"same": ["a", "b"]}}, models, space)


def other_name(feature: str) -> str:
    """What the second of a pair's feature is called."""
    return f"other {feature}"


def twice(domain: Domain, feature: str, who: str) -> tuple[int, Domain]:
    """The feature's number, and the domain of all pairs that differ in it alone.

    Each pair is there once, the second with a later value, as the last variable. Raises what
    ``pairs`` raises, in the name of ``who``.
    """
    at = variable_named(who, domain, feature)
    v = domain.variables[at]
    if isinstance(v, Continuous):
        raise DomainError(
            f"{who}: the feature {quoted(v.name)} is continuous: the pairs of its values cannot be "
            "listed; compare a feature with finitely many values"
        )
    other = other_name(v.name)
    if not 2 <= v.count <= MOST_VALUES:
        many = "one value" if v.count == 1 else f"{v.count} values"
        raise DomainError(
            f"{who}: the feature {quoted(v.name)} has {many}: 2 to {MOST_VALUES} can be compared"
        )
    if any(x.name == other for x in domain.variables):
        raise DomainError(f"{who}: the domain has a variable {quoted(other)}: rename it")
    return at, _twice(domain, at, v, other, who)


def apart(domain: Domain, features: Sequence[str], who: str) -> tuple[tuple[int, ...], Domain]:
    """The features' numbers, and the domain of all pairs that differ in some of them, and in these
    alone.

    Each pair is there once, the second with a later value of the first feature, in the domain's
    order, in which they differ; the second's features are the last variables. Raises what ``pairs``
    raises, in the name of ``who``.
    """
    if len(features) == 1:
        at, space = twice(domain, features[0], who)
        return (at,), space
    ats = sorted(variable_named(who, domain, name) for name in features)
    if not ats or len(set(ats)) < len(ats):
        raise DomainError(f"{who}: name each feature once, and one at least")
    found = []
    for at in ats:
        v = domain.variables[at]
        twice(domain, v.name, who)
        assert isinstance(v, Variable | Ordinal)
        check_likely(who, v)
        found.append(v)
    many = prod(v.count for v in found)
    if many > MOST_VALUES:
        raise DomainError(
            f"{who}: the features have {many} values together: at most {MOST_VALUES} can be "
            "compared"
        )
    for at in ats:
        given = more(domain, at, len(ats), who)
    others = (replace(v, name=other_name(v.name)) for v in found)
    both = Domain((*domain.variables, *others), given)
    return tuple(ats), both.without(*_not_later(found))


def _not_later(found: Sequence[Variable | Ordinal]) -> Iterator[dict[str, Any]]:
    """What is impossible: that the second has an earlier value where all before are equal.

    Of the last feature the same value, too.
    """
    for i, v in enumerate(found):
        is_last = i == len(found) - 1
        for start in product(*(range(x.count) for x in found[:i])):
            equal: dict[str, Any] = {}
            for x, k in zip(found[:i], start, strict=True):
                equal |= {x.name: _up_to(x, k, k), other_name(x.name): _up_to(x, k, k)}
            for k in range(v.count):
                if k + is_last:
                    earlier = _up_to(v, 0, k if is_last else k - 1)
                    yield equal | {v.name: _up_to(v, k, k), other_name(v.name): earlier}


def _up_to(v: Variable | Ordinal, first: int, last: int) -> Any:
    """The values from one to another, as impossible combinations name them."""
    if isinstance(v, Ordinal):
        return v.number(first), v.number(last)
    return [v.label(k) for k in range(first, last + 1)]


def _twice(domain: Domain, at: int, v: Variable | Ordinal, other: str, who: str) -> Domain:
    """The domain with the variable ``at`` a second time, in all pairs of an earlier and a later."""
    if v.count == 2:
        first, second = only(v, 0, v.name), only(v, 1, other)
        variables = (*domain.variables[:at], first, *domain.variables[at + 1 :], second)
        return Domain(variables, more(domain, at, 1, who))
    check_likely(who, v)
    both = Domain((*domain.variables, replace(v, name=other)), more(domain, at, 1, who))
    labels = [v.label(k) for k in range(v.count)]
    if isinstance(v, Ordinal):
        same = [{v.name: v.number(k), other: (v.first, v.number(k))} for k in range(v.count)]
        return both.without(*same)
    return both.without(*({v.name: x, other: labels[: k + 1]} for k, x in enumerate(labels)))


def check_likely(who: str, v: Variable | Ordinal) -> None:
    """DomainError where a value has probability 0: it would be alone in a part of the domain."""
    if isinstance(v, Ordinal):
        starts = accumulate((n for n, _ in v.runs), initial=0)
        never = [k for k, (_, chance) in zip(starts, v.runs, strict=False) if not chance]
    else:
        never = [k for k, chance in enumerate(v.probabilities) if not chance]
    if never:
        raise DomainError(
            f"{who}: {quoted(v.label(never[0]))} of {quoted(v.name)} has probability 0: give it "
            "some, or leave it out of the domain"
        )


def only(v: Variable | Ordinal, value: int, name: str) -> Variable | Ordinal:
    """A variable with one value of another."""
    return replace(alone(v, value), name=name)


def more(domain: Domain, at: int, count: int, who: str) -> Given | None:
    """The domain's tree over ``count`` more variables, of which it says nothing.

    Raises DomainError where it speaks of variable ``at``: what is possible of the one input of a
    pair may not be of the other.
    """
    if domain.given is None:
        return None
    name = quoted(domain.variables[at].name)
    nodes: list[GivenTest | GivenLeaf] = []
    for node in domain.given.nodes:
        if isinstance(node, GivenTest):
            if node.variable == at:
                raise DomainError(
                    f"{who}: the domain's tree tests {name}: what is possible of one of a pair "
                    "and not of the other has to be said by hand"
                )
            nodes.append(node)
            continue
        own = (*node.chances, *(None,) * count) if node.weight else ()
        if own and own[at] is not None:
            raise DomainError(
                f"{who}: {name} has probabilities of its own in the domain's tree: leave them out"
            )
        nodes.append(GivenLeaf(node.weight, own))
    return Given(tuple(nodes))
