"""Questions about two networks of more than two classes, and Sandwiches about groups of these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernel import neuron_cases, sided_cases
from tests.kernel.group_cases import random_network
from tests.kernel.neuron_cases import some_neurons
from tests.kernel.test_ordinals import ordinal, random_runs
from tests.provers.cases import random_variable
from tests.provers.matters import _random_given, _random_tree, random_domain
from verifier.kernel.strips import same_layers
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.provers.sandwiches import propose

PLAIN, SIDES, CASES, FURTHER = range(4)


def random_couple(rng, limit=60, alike=None):
    """A question about two networks of 3 to 5 classes: two copies, nearly so, or others; in some
    cases beside a tree. Of copies each reads one of two variables."""
    domain, reads = _read(rng, limit)
    columns = [domain.product_of(own).columns for own in reads]
    first = random_network(rng, columns[0], int(rng.integers(3, 6)))
    alike = rng.random() < 0.6 if alike is None else alike
    second = _second(rng, first, columns[1], alike)
    models = [Bound("net", first, reads[0]), Bound("other", second, reads[1])]
    question = _asked(rng, first.classes, second.classes)
    if rng.random() < 0.3:
        every = tuple(range(len(domain.variables)))
        models.insert(int(rng.integers(3)), Bound("tree", _random_tree(rng, domain, 3), every))
        own = [i for i, x in enumerate(models) if x.name != "tree"]
        tree = ClassIs(3 - sum(own), int(rng.integers(2)))
        question = _about(question, own)
        question = All((question, tree)) if rng.random() < 0.5 else Any_((question, Not(tree)))
    return Matter(domain, tuple(models), question)


def wide_couple(rng, one):
    """The same of two copies, or a question about one, over two ranges of nine numbers."""
    domain = Domain(
        (
            *(ordinal(x, -4, 1, 9) for x in "xy"),
            *(ordinal(x, int(rng.integers(-1, 2)), 1, 1) for x in "ab"),
        )
    )
    first = random_network(rng, 3, int(rng.integers(3, 6)))
    models = Bound("net", first, (0, 1, 2)), Bound("other", first, (0, 1, 3))
    some = [ClassIs(0, k) for k in range(first.classes) if rng.random() < 0.5]
    if one or rng.random() < 0.3:
        among = Any_((*some, ClassIs(0, 0)))
        return (
            Matter(domain, models[:1], among)
            if one
            else Matter(domain, models, Any_((among, Same(0, 1))))
        )
    k = int(rng.integers(first.classes))
    both = All((ClassIs(0, k), ClassIs(1, k)))
    return Matter(domain, models, Not(Same(0, 1)) if rng.random() < 0.5 else both)


def _read(rng, limit):
    """A domain, and the variables that each network reads of it."""
    if rng.random() < 0.2:
        domain = random_domain(rng, limit)
        every = tuple(range(len(domain.variables)))
        return domain, (every, every)
    count = int(rng.integers(4, 8))
    first, step = int(rng.integers(-4, 1)), int(rng.choice([1, 1, 3]))
    runs = random_runs(rng, count) if rng.random() < 0.4 else None
    shared = ordinal("x", first * step, step, count, runs), random_variable(rng, "y", 3, 2)
    a, b = int(rng.integers(-1, 2)), int(rng.integers(-1, 3))
    domain = Domain((*shared, ordinal("a", a, 1, 1), ordinal("b", b, 1, int(rng.integers(1, 3)))))
    if rng.random() < 0.3:
        domain = Domain(domain.variables, _random_given(rng, domain))
    return domain, ((0, 1, 2), (0, 1, 3))


def _second(rng, first, columns, alike):
    """A network beside it: itself, one of equal layers, one nearly so, or another."""
    if columns != first.columns or not alike:
        classes = first.classes if rng.random() < 0.7 else int(rng.integers(3, 6))
        return random_network(rng, columns, classes)
    off = float(rng.choice([0, 0, 0, 0.05])) if rng.random() < 0.7 else None
    if off is None:
        return first
    layers = [
        Affine(x.source, x.weight + off * rng.normal(size=x.weight.shape), x.bias.copy())
        if isinstance(x, Affine)
        else x
        for x in first.layers
    ]
    return Network(first.columns, tuple(layers))


def _asked(rng, one, other):
    """Whether classes differ, are of an order, or in sets."""
    kind, k = int(rng.integers(5)), int(rng.integers(min(one, other)))
    apart = Not(Same(0, 1))
    if kind < 2:
        return apart
    if kind == 2:
        return All((apart, ClassIs(int(rng.integers(2)), k)))
    if kind == 3:
        pairs = [(i, j) for i in range(one) for j in range(other) if i < j]
        return Any_(tuple(All((ClassIs(0, i), ClassIs(1, j))) for i, j in pairs))
    return All((ClassIs(0, k), Not(ClassIs(1, k))))


def _about(formula, own):
    """The same about other models."""
    if isinstance(formula, ClassIs):
        return ClassIs(own[formula.model], formula.klass)
    if isinstance(formula, Same):
        return Same(own[formula.left], own[formula.right])
    if isinstance(formula, Not):
        return Not(_about(formula.inner, own))
    return type(formula)(tuple(_about(x, own) for x in formula.parts))


def proposed(rng, asked, cell, kind=None):
    """A Sandwich of a cell about a group of two networks, of one of the kinds; or None."""
    models, kind = sorted(asked.nets), int(rng.integers(4)) if kind is None else kind
    least = min(asked.nets[m].classes for m in models)
    bins, whole = int(rng.choice([1, 3, 20, 512])), (1 << least) - 1
    if kind == FURTHER:
        if rng.random() < 0.3:
            models = models[:1]
        return with_further(rng, asked, cell, models, least, bins)
    ones = 1 << int(rng.integers(least)) if rng.random() < 0.7 else int(rng.integers(1, whole))
    if kind == SIDES:
        return sided_cases.with_sides(asked, cell, models, bins=bins, ones=ones)
    neurons = None
    nets = [asked.net((m, ones)).p.teacher for m in models]
    if kind == CASES and same_layers(*nets) and (some := some_neurons(rng, nets[0])):
        neurons = [some]
    return propose(asked, [cell], models, bins=bins, ones=ones, neurons=neurons)[0]


def with_further(rng, asked, cell, models, classes, bins):
    """A Sandwich, and what it says of further groups: most of the time each of one class."""
    rest, groups = list(map(int, rng.permutation(classes))), []
    while rest:
        size = 1 if rng.random() < 0.8 else 2
        own, rest = rest[:size], rest[size:]
        groups.append(sum(1 << k for k in own))
    groups = [x for x in groups if rng.random() < 0.9] if rng.random() < 0.5 else groups
    again = bool(rng.integers(2))
    every = [propose(asked, [cell], models, bins=bins, ones=x, again=again)[0] for x in groups]
    every = [x for x in every if x is not None]
    return replace(every[0], further=tuple(every[1:])) if every else None


def random_proof(rng, matter, kind=None):
    """A few random splits, and what is proposed of the cells."""

    def some(rng, asked, cell):
        return proposed(rng, asked, cell, kind)

    return neuron_cases.random_proof(rng, matter, some)


def certificate(seed, kind, limit=60):
    """The members of a small certificate with Sandwiches about groups of two networks."""
    rng = np.random.default_rng([seed, 81, kind])

    def wanted(x):
        return (
            x.ones
            and (x.sides, x.cases, x.further, True)[(SIDES, CASES, FURTHER, PLAIN).index(kind)]
        )

    return neuron_cases.members_with(
        rng,
        lambda own: random_couple(own, limit, alike=True if kind == CASES else None),
        lambda own, matter: random_proof(own, matter, kind),
        wanted,
    )
