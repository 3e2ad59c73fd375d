"""Random matters for the tests of the prover of questions, and what is true of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from tests import brute
from tests.provers.cases import random_teacher, random_variable
from verifier.model.cell import full_cell
from verifier.model.chances import Listed, Runs
from verifier.model.domain import Domain
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.network import Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.part import size, values
from verifier.model.proof import Constant, Enumerated, Open, Several, steps
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, truth
from verifier.model.tree import Inner, Leaf, Tree


def random_matter(rng, limit=300):
    """A question about up to three models on a domain of up to ``limit`` tuples."""
    domain = random_domain(rng, limit)
    count = int(rng.integers(1, 4))
    models = tuple(_random_model(rng, domain, f"m{i}") for i in range(count))
    while True:
        question = _random_formula(rng, models, 3)
        if _named(question) == set(range(count)):
            return Matter(domain, models, question)


def random_domain(rng, limit):
    """Categoricals and ordinals, in half of the cases with a tree."""
    variables, total = [], 1
    for i in range(int(rng.integers(1, 7))):
        is_ordinal, n = rng.random() < 0.5, int(rng.integers(1, 5))
        v = _random_ordinal(rng, f"v{i}") if is_ordinal else random_variable(rng, f"v{i}", n, 3)
        if total * v.count <= limit:
            variables.append(v)
            total *= v.count
    variables = variables or [_random_ordinal(rng, "v")]
    whole = Domain(tuple(variables))
    return whole if rng.random() < 0.5 else Domain(whole.variables, _random_given(rng, whole))


def _random_ordinal(rng, name):
    count = int(rng.integers(1, 9))
    first, step = Fraction(int(rng.integers(-3, 4)), 2), Fraction(int(rng.integers(1, 4)), 2)
    cut = int(rng.integers(1, count + 1))
    runs = uniform(count)
    if cut < count and rng.random() < 0.5:
        runs = (cut, Fraction(1, 3)), (count - cut, Fraction(2, 3))
    return Ordinal(name, first, step, count, runs)


def _random_given(rng, domain):
    """A domain tree of some tests, some leaves impossible."""
    nodes, leaves = [], []

    def grow(cell, left):
        at = len(nodes)
        nodes.append(None)
        free = [i for i, part in enumerate(cell.parts) if size(part) > 1]
        if left == 0 or not free or rng.random() < 0.2:
            leaves.append((at, cell))
            return at
        index = int(rng.choice(free))
        part = cell.parts[index]
        if isinstance(part, range):
            cut = range(int(rng.integers(part.start + 1, part.stop)))
        else:
            held = [v for v in values(part) if rng.random() < 0.5][: size(part) - 1]
            cut = sum(1 << v for v in held or values(part)[:1])
        halves = cell.split(index, cut)
        nodes[at] = GivenTest(index, cut, grow(halves[0], left - 1), grow(halves[1], left - 1))
        return at

    grow(full_cell(domain), 3)
    possible = [leaf for leaf in leaves if rng.random() < 0.7] or leaves[:1]
    for at, cell in leaves:
        chances = tuple(map(_random_chances, [rng] * len(cell.parts), domain.variables, cell.parts))
        weighed = (at, cell) in possible
        nodes[at] = (
            GivenLeaf(Fraction(1, len(possible)), chances) if weighed else GivenLeaf(Fraction(0))
        )
    return Given(tuple(nodes))


def random_cell(rng, domain):
    """Some of the values of each variable."""
    cell = full_cell(domain)
    for index, part in enumerate(cell.parts):
        if size(part) > 1 and rng.random() < 0.6:
            if isinstance(part, range):
                cut = range(int(rng.integers(1, part.stop)))
            else:
                cut = int(rng.integers(1, part))
            cell = cell.split(index, cut)[int(rng.integers(2))]
    return cell


def _random_chances(rng, variable, part):
    """A distribution in a leaf: the variable's own (None), or another."""
    if part == variable.whole and rng.random() < 0.5:
        return None
    if isinstance(part, range):
        return Runs(part.start, uniform(len(part)))
    held = values(part)
    return Listed(tuple(Fraction(int(v in held), len(held)) for v in range(variable.count)))


def _random_model(rng, domain, name):
    count = len(domain.variables)
    reads = tuple(int(i) for i in rng.permutation(count)[: int(rng.integers(1, count + 1))])
    own = domain.product_of(reads)
    if rng.random() < 0.6:
        return Bound(name, random_teacher(rng, own.columns), reads)
    return Bound(name, _random_tree(rng, own, 2), reads)


def _random_tree(rng, domain, classes):
    nodes = []

    def grow(left):
        at = len(nodes)
        nodes.append(Leaf(int(rng.integers(classes))))
        if left and rng.random() < 0.8:
            column = int(rng.integers(domain.columns))
            threshold = Fraction(int(rng.integers(-4, 9)), 2)
            children = grow(left - 1), grow(left - 1)
            nodes[at] = Inner(column, threshold, *children)
        return at

    grow(3)
    return Tree(tuple(nodes))


def _random_formula(rng, models, depth):
    kind = int(rng.integers(2 if depth == 0 else 6))
    a, b = (int(i) for i in rng.integers(len(models), size=2))
    if kind == 0:
        return ClassIs(a, int(rng.integers(models[a].classes)))
    if kind == 1:
        return Same(a, b) if _comparable(models[a], models[b]) else ClassIs(a, 1)
    if kind in (2, 3):
        return Not(_random_formula(rng, models, depth - 1))
    parts = (_random_formula(rng, models, depth - 1) for _ in range(int(rng.integers(1, 4))))
    return All(tuple(parts)) if kind == 4 else Any_(tuple(parts))


def _comparable(a, b):
    """A network's classes include all of a tree's."""
    if isinstance(a.model, Network) == isinstance(b.model, Network):
        return True
    network, tree = (a, b) if isinstance(a.model, Network) else (b, a)
    return tree.classes <= network.classes


def _named(formula):
    if isinstance(formula, ClassIs):
        return {formula.model}
    if isinstance(formula, Same):
        return {formula.left, formula.right}
    inner = (formula.inner,) if isinstance(formula, Not) else formula.parts
    return set().union(*map(_named, inner))


def points_of(domain):
    """Every tuple that is a point."""
    whole = product(*(range(v.count) for v in domain.variables))
    return [point for point in whole if domain.possible(point)]


def classes_at(matter, point):
    """Every model's class at a point, in fractions."""
    found = []
    for bound in matter.models:
        x = [n for i in bound.reads for n in matter.domain.variables[i].row(point[i])]
        one = brute.teacher_class if isinstance(bound.model, Network) else brute.tree_class
        found.append(one(bound.model, x))
    return found


def answer(matter):
    """At how many points the formula is true, and with what probability."""
    true = [p for p in points_of(matter.domain) if truth(matter.question, classes_at(matter, p))]
    return len(true), sum((matter.domain.probability(p) for p in true), Fraction(0))


def holds(matter, proof):
    """Whether each step is right, and together they decide the formula everywhere: brute force."""
    tuples = product(*(range(v.count) for v in matter.domain.variables))
    known = {point: classes_at(matter, point) for point in tuples}
    trees = [not isinstance(bound.model, Network) for bound in matter.models]
    for cell, _, step in steps(matter.domain, proof):
        said = step.steps if isinstance(step, Several) else (step,)
        named = {s.model: s.klass for s in said if isinstance(s, Constant)}
        for point in cell.points():
            if any(known[point][m] != k for m, k in named.items()):
                return False
            if isinstance(step, Enumerated) or not matter.domain.possible(point):
                continue
            seen = [k if trees[m] else named.get(m) for m, k in enumerate(known[point])]
            if truth(matter.question, seen) is None:
                return False
        assert isinstance(step, Constant | Several | Enumerated | Open)
    return True
