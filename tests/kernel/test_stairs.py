"""Sandwiches of domains with continuous variables: bins of pieces, and what is counted by them."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.brute_intervals import classes, inside, measure, numbers, random_variables
from tests.every import seeds
from tests.kernel.test_intervals import random_cell
from tests.provers.cases import random_teacher
from verifier.kernel import checker, sandwich
from verifier.kernel.asked import ask
from verifier.kernel.sums import above, binned
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Open, Sandwich, Split, Strip
from verifier.model.question import matter_of, truth
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.sandwiches import propose


def value(form, x):
    return sum(n * y for n, y in zip(form, x, strict=True))


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_bins_hold_for_every_number_of_a_box(seed):
    """The sum lies at least bins above the base, and at most that and the spread: brute force."""
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, rng.randrange(1, 3), rng.randrange(3)))
    part = random_cell(rng, domain)
    form = [rng.choice((0, 1, -1, 3, -7, 20)) for _ in domain.variables]
    width = rng.choice((1, 2, 5, 40))
    x = binned(domain, part, form, width)
    every = list(product(*(p for p in part.parts)))
    bins = {}
    for own in every:
        box = Cell(tuple(range(k, k + 1) for k in own))
        sums = [value(form, numbers(rng, domain, box)) * x.unit - x.base for _ in range(6)]
        ends = [v.hull(k, k) for v, k in zip(domain.variables, own, strict=True)]
        sums += [value(form, corner) * x.unit - x.base for corner in product(*ends)]
        least = min(sums)
        bins[own] = sum(_bin(x, domain, part, form, i, k) for i, k in enumerate(own))
        assert x.width * bins[own] <= least
        assert max(sums) <= x.width * bins[own] + x.spread
    assert max(bins.values()) == x.top
    weights = 1
    for v, p in zip(domain.variables, part.parts, strict=True):
        weights *= v.chances.weight_of(p)
    for chances, total in ((None, part.size), (domain.distributions(None), weights)):
        if not total:
            continue
        found = above(x, total, range(x.top + 2), lambda n: None, lambda: None, chances)
        for at, amount in found.items():
            chosen = [own for own in every if bins[own] >= at]
            expected = len(chosen) if chances is None else sum(map(domain.weight, chosen))
            assert amount == expected


def _bin(x, domain, part, form, i, k):
    """The bin of a value, from its least contribution in fractions."""
    v, own = domain.variables[i], part.parts[i]
    ends = [form[i] * y * x.unit for y in v.hull(own.start, own.stop - 1)]
    here = [form[i] * y * x.unit for y in v.hull(k, k)]
    return (min(here) - min(ends)) // x.width


def sandwiches(matter, cells, bins=256, *, again=True):
    asked = ask(matter)
    return propose(asked, cells, (0,), bins=bins, again=again)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_the_measure_lies_in_what_sandwiches_show(seed):
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, 1, rng.randrange(2)))
    columns = domain.columns
    layers = (
        Affine(
            0, np.array([[rng.gauss(0, 1) for _ in range(columns)] for _ in range(3)]), np.zeros(3)
        ),
        Relu(1),
        Affine(2, np.array([[1.0, -1.0, 0.5]]), np.array([rng.gauss(0, 1)])),
    )
    column = rng.randrange(columns)
    v = domain.variables[column]
    at = v.number(rng.randrange(v.count))
    tree = Tree((Inner(column, at, 1, 2), Leaf(0), Leaf(1)))
    matter = matter_of(domain, Network(columns, layers), tree)
    exact = measure(matter)
    for _ in range(3):
        i = rng.randrange(len(domain.variables))
        whole = domain.variables[i].whole
        if len(whole) < 2:
            continue
        cut = rng.randrange(len(whole) - 1)
        cells = Cell(tuple(v.whole for v in domain.variables)).split(i, cut)
        steps = [s or Open() for s in sandwiches(matter, cells)]
        found = checker.verify(matter, (Split(i, cut), *steps))
        assert found.error[0] <= exact <= found.error[1]


def test_a_linear_network_is_nearly_exact():
    """One cell: what is open is the piece or two at the boundary."""
    v = random_variables(random.Random(5), 1, 0)[0]
    fine = type(v)(
        v.name, v.first, tuple(r._replace(pieces=256, length=r.length / 64) for r in v.runs)
    )
    domain = Domain((fine,))
    middle = float(fine.first + (fine.last - fine.first) * Fraction(2, 5))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([-middle])),))
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    (step,) = sandwiches(matter, [Cell((fine.whole,))], bins=2048)
    found = checker.verify(matter, (step,))
    exact = measure(matter)
    assert found.error[0] <= exact <= found.error[1] < found.error[0] + Fraction(1, 20)
    assert found.error != (0, 1)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_counted_as_true_is_true_at_drawn_points(seed):
    """Two continuous variables: the shown probabilities against 4,000 drawn points."""
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, 2, 0))
    teacher = random_teacher(np.random.default_rng(seed), 2, 0.5, scales=False)
    if teacher.classes != 2:
        pytest.skip("more classes")
    matter = matter_of(domain, teacher, Tree((Leaf(0),)))
    step = sandwiches(matter, [Cell(tuple(v.whole for v in domain.variables))])[0]
    if step is None:
        pytest.skip("nothing is shown")
    found = checker.verify(matter, (step,))
    hits = 0
    for _ in range(4000):
        x = []
        for v in domain.variables:
            run = rng.choices(range(len(v.runs)), [float(r.probability) for r in v.runs])[0]
            low, high = v.breaks[run], v.breaks[run + 1]
            x.append(low + (high - low) * Fraction(rng.randrange(1, 1 << 20), 1 << 20))
        hits += truth(matter.question, classes(matter, x))
    share = hits / 4000
    assert float(found.error[0]) - 0.04 <= share <= float(found.error[1]) + 0.04


@pytest.mark.parametrize("seed", range(10))
def test_narrower_strips_and_bins_are_refused(seed, monkeypatch):
    """As far as they hold all over the cell; where one class is known others say nothing false."""
    monkeypatch.setattr(sandwich, "within", lambda *_: None)
    rng = random.Random(100 + seed)
    domain = Domain(random_variables(rng, 1, 1))
    columns = domain.columns
    matrix = np.array([[rng.gauss(0, 1) for _ in range(columns)] for _ in range(3)])
    layers = (
        Affine(0, matrix, np.zeros(3)),
        Relu(1),
        Affine(2, np.array([[1.0, -1.0, 0.5]]), np.array([0.1])),
    )
    matter = matter_of(domain, Network(columns, layers), Tree((Leaf(0),)))
    cell = Cell(tuple(v.whole for v in domain.variables))
    step = sandwiches(matter, [cell], again=False)[0]
    (strip,) = step.strips
    wide = strip.most - strip.least
    for least, most in [
        (strip.least + wide // 2 + 1, strip.most),
        (strip.least, strip.most - wide // 2 - 1),
    ]:
        other = Sandwich((Strip(0, least, most),), step.form, step.exponent, step.width, step.order)
        with pytest.raises(InvalidProof, match="can be shown"):
            checker.verify(matter, (other,))


def test_inside_of_a_part_is_inside_of_its_hull():
    rng = random.Random(0)
    v = random_variables(rng, 1, 0)[0]
    low, high = v.hull(0, v.count - 1)
    assert all(low < inside(rng, v, v.whole) <= high for _ in range(50))
