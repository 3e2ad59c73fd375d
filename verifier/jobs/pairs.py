"""Pairs: the question how often one feature alone changes what a network decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

from verifier.formats.combinations import variable_named
from verifier.formats.load import read_domain
from verifier.jobs.loading import Source, is_path
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import DomainError, UnsupportedError, quoted
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import Ordinal, uniform
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
    at = variable_named("pairs", domain, feature)
    v = domain.variables[at]
    if isinstance(v, Continuous):
        raise DomainError(
            f"pairs: the feature {quoted(v.name)} is continuous: the pairs of its values cannot be "
            "listed; compare a feature with finitely many values"
        )
    other = f"other {v.name}"
    if not 2 <= v.count <= MOST_VALUES:
        raise DomainError(
            f"pairs: the feature {quoted(v.name)} has {v.count} values: 2 to {MOST_VALUES} can "
            "be compared"
        )
    if any(x.name == other for x in domain.variables):
        raise DomainError(f"pairs: the domain has a variable {quoted(other)}: rename it")
    names = [x.name for x in domain.variables]
    models: dict[str, tuple[Source, Sequence[str]]] = {
        "a": (network, names),
        "b": (network, [*names[:at], other, *names[at + 1 :]]),
    }
    return Pairs({"not": {"same": ["a", "b"]}}, models, _twice(domain, at, v, other))


def _twice(domain: Domain, at: int, v: Variable | Ordinal, other: str) -> Domain:
    """The domain with the variable ``at`` a second time, in all pairs of an earlier and a later."""
    if v.count == 2:
        first, second = _only(v, 0, v.name), _only(v, 1, other)
        variables = (*domain.variables[:at], first, *domain.variables[at + 1 :], second)
        return Domain(variables, _given(domain, at))
    both = Domain((*domain.variables, replace(v, name=other)), _given(domain, at))
    labels = [v.label(k) for k in range(v.count)]
    if isinstance(v, Ordinal):
        same = [{v.name: v.number(k), other: (v.first, v.number(k))} for k in range(v.count)]
        return both.without(*same)
    return both.without(*({v.name: x, other: labels[: k + 1]} for k, x in enumerate(labels)))


def _only(v: Variable | Ordinal, value: int, name: str) -> Variable | Ordinal:
    """A variable with one value of another."""
    if isinstance(v, Ordinal):
        return Ordinal(name, v.number(value), Fraction(1), 1, uniform(1))
    return replace(
        v,
        name=name,
        labels=(v.labels[value],),
        encoding=(v.encoding[value],),
        probabilities=(Fraction(1),),
    )


def _given(domain: Domain, at: int) -> Given | None:
    """The domain's tree over one more variable, of which it says nothing."""
    if domain.given is None:
        return None
    nodes: list[GivenTest | GivenLeaf] = []
    for node in domain.given.nodes:
        if isinstance(node, GivenTest):
            if node.variable == at:
                raise DomainError(
                    f"pairs: the domain's tree tests {quoted(domain.variables[at].name)}: what is "
                    "possible of one of a pair and not of the other has to be said by hand"
                )
            nodes.append(node)
            continue
        own = (*node.chances, None) if node.weight else ()
        if own and own[at] is not None:
            raise DomainError(
                f"pairs: {quoted(domain.variables[at].name)} has probabilities of its own in the "
                "domain's tree: leave them out"
            )
        nodes.append(GivenLeaf(node.weight, own))
    return Given(tuple(nodes))
