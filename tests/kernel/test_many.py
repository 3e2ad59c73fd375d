"""Sums counted together, in machine integers: as one by one, and as all points say."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_ordinals import ordinal
from tests.provers.matters import random_cell
from verifier.chance import adding
from verifier.formats.variables import one_hot
from verifier.kernel import many, stretches, sums
from verifier.kernel.asked import ask
from verifier.kernel.tally import Place
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Sandwich, Strip


def nothing(*_):
    pass


def alone(domain, x, chances=None):
    """What ``sums`` counts: of points, and by the chances of weights, above each end and in all."""
    held = sums.binned(domain, x.part, x.form, x.width)
    places = [held.least_bins(end)[not sure] for end, sure in x.ends]
    counts = []
    for own in (None, chances):
        total = x.part.size
        if own is not None:
            total = math.prod(c.weight_of(n) for c, n in zip(own, x.part.parts, strict=True))
        found = sums.above(held, total, sorted(set(places)), nothing, nothing, own)
        counts.append([*(found[at] for at in places), total])
    return tuple(counts)


def random_asking(rng, domain, cell):
    form = tuple((rng.integers(-9, 10, domain.columns) * rng.integers(0, 3)).tolist())
    width = int(rng.choice([1, 2, 3, 7, 40, 1000]))
    ends = {(int(rng.integers(-60, 60)), bool(rng.integers(2))) for _ in range(rng.integers(4))}
    return many.Asking(cell, form, width, tuple(ends))


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_of_small_domains(seed):
    """Categorical variables and ordinals, with and without a domain's tree."""
    rng = np.random.default_rng(seed)
    domain = random_sandwich_matter(rng, 200).domain
    cells = [random_cell(rng, domain) for _ in range(9)]
    parts = [part for cell in cells for part, _ in domain.parts(cell)]
    every = [random_asking(rng, domain, part) for part in parts]
    found = many.above(many.table_of(domain), every, nothing, nothing)
    for x, counts in zip(every, found, strict=True):
        assert counts == alone(domain, x)
        rows = [domain.encode(point) for point in x.part.points()]
        own = [sum(n * y for n, y in zip(x.form, row, strict=True)) for row in rows]
        for (end, sure), counted in zip(x.ends, counts[0], strict=False):
            truth = sum(s > end for s in own)
            assert counted <= truth if sure else counted >= truth


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_weights_of_small_domains(seed):
    """Value by value: sets and ranges, of a tree's leaves too, and values of no weight."""
    rng = np.random.default_rng([seed, 3])
    domain = skewed(rng, random_sandwich_matter(rng, 200).domain)
    by_leaf = {}
    for part, leaf in domain.parts(full_cell(domain)):
        for _ in range(4):
            own = random_part(rng, part)
            by_leaf.setdefault(leaf, []).append(random_asking(rng, domain, own))
    for leaf, every in by_leaf.items():
        chances = domain.distributions(leaf)
        found = many.above(many.table_of(domain), every, nothing, nothing, chances=chances)
        for x, counts in zip(every, found, strict=True):
            assert counts == alone(domain, x, chances)
            amounts = dict.fromkeys(x.ends, 0)
            total = 0
            for point in x.part.points():
                weight = math.prod(c.weight_at(i) for c, i in zip(chances, point, strict=True))
                total += weight
                row = domain.encode(point)
                is_sum = sum(n * y for n, y in zip(x.form, row, strict=True))
                for end in amounts:
                    amounts[end] += weight * (is_sum > end[0])
            assert counts[1][-1] == total
            for (end, sure), counted in zip(x.ends, counts[1], strict=False):
                truth = amounts[end, sure]
                assert counted <= truth if sure else counted >= truth


def skewed(rng, domain):
    """The same with chances of all sizes for the variables, 0 among them; its tree stays."""
    made = []
    for v in domain.variables:
        most = int(rng.choice([3, 50, 10**6, 10**12]))
        if isinstance(v, Ordinal):
            cut = sorted({0, v.count, *rng.integers(0, v.count + 1, 2).tolist()})
            sizes = [b - a for a, b in itertools.pairwise(cut)]
            own = rng.integers(0, most, len(sizes)).tolist()
            own[0] += 1
            runs = tuple((n, Fraction(w, sum(own))) for n, w in zip(sizes, own, strict=True))
            made.append(replace(v, runs=runs))
        else:
            own = rng.integers(0, most, v.count).tolist()
            own[-1] += 1
            made.append(replace(v, probabilities=tuple(Fraction(w, sum(own)) for w in own)))
    return replace(domain, variables=tuple(made))


def random_part(rng, cell):
    """Some of the values of each part."""
    parts = []
    for part in cell.parts:
        if isinstance(part, range):
            a, b = sorted(rng.integers(part.start, part.stop + 1, 2).tolist())
            parts.append(range(a, b) if a < b else part)
        else:
            some = part & int(rng.integers(1 << part.bit_length()))
            parts.append(some or part)
    return Cell(tuple(parts))


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_weights_of_any_length(seed, monkeypatch):
    """Sums of many variables, up to thousands of bits: as one product of integers says."""
    monkeypatch.setattr(many, "TOGETHER", int([1, 1 << 9, 1 << 15][seed % 3]))
    monkeypatch.setattr(adding, "EXACT", int([1, 1 << 8, 1 << 21][seed % 3]))
    rng = np.random.default_rng([seed, 4])
    sizes = [int(2 ** rng.uniform(0, 6)) + 1 for _ in range(int(rng.choice([1, 2, 9, 40])))]
    domain = skewed(
        rng,
        Domain(
            tuple(
                Ordinal(f"x{i}", Fraction(int(rng.integers(-9, 9))), Fraction(1, 2), n, uniform(n))
                if rng.integers(2)
                else one_hot(f"x{i}", [str(k) for k in range(min(n, 6))])
                for i, n in enumerate(sizes)
            )
        ),
    )
    every = []
    for _ in range(12):
        cell = random_part(rng, full_cell(domain))
        form = tuple(int(n) for n in rng.integers(-2000, 2000, domain.columns))
        held = sums.binned(domain, cell, form, 1)
        ends = tuple(
            ((held.base + int(held.top * rng.uniform(-0.1, 1.1))) // domain.denominator, bool(sure))
            for sure in rng.integers(0, 2, 5)
        )
        width = 1 + held.top // int(rng.choice([1, 9, 900]))
        every.append(many.Asking(cell, form, width, ends))
    chances = domain.distributions(None)
    found = many.above(many.table_of(domain), every, nothing, nothing, chances=chances)
    assert found == [alone(domain, x, chances) for x in every]


@pytest.mark.parametrize("count", [61, 62, 63, 64, 200])
def test_of_many_points(count):
    """Around and beyond what machine integers hold, also beside parts of few points."""
    rng, domain, every = np.random.default_rng(count), bits(count), []
    for k in range(5):
        cell = Cell(tuple(3 if k or i % 2 else 1 for i in range(count)))
        form = tuple(rng.integers(-5, 6, count).tolist())
        ends = tuple((int(end), bool(end % 2)) for end in rng.integers(-20, 20, 4))
        every.append(many.Asking(cell, form, 1, ends))
    found = many.above(many.table_of(domain), every, nothing, nothing)
    assert found == [alone(domain, x) for x in every]


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_of_large_ranges(seed, monkeypatch):
    """Up to 2**61 points, in pieces of few and many parts: exactly what is counted one by one."""
    monkeypatch.setattr(many, "TOGETHER", int([1, 1 << 9, 1 << 15][seed % 3]))
    rng = np.random.default_rng(seed)
    sizes = [int(2 ** rng.uniform(0, 10)) + 1 for _ in range(int(rng.integers(1, 7)))]
    domain = Domain(
        tuple(
            Ordinal(f"x{i}", Fraction(int(rng.integers(-9, 9))), Fraction(1, 2), n, uniform(n))
            for i, n in enumerate(sizes)
        )
    )
    every = []
    for _ in range(40):
        starts = [int(rng.integers(n)) for n in sizes]
        cell = Cell(
            tuple(
                range(a, int(rng.integers(a + 1, n + 1)))
                for a, n in zip(starts, sizes, strict=True)
            )
        )
        form = tuple(int(n) for n in rng.integers(-2000, 2000, len(sizes)))
        held = sums.binned(domain, cell, form, 1)
        ends = tuple(
            ((held.base + int(held.top * rng.uniform(-0.1, 1.1))) // 2, bool(sure))
            for sure in rng.integers(0, 2, 5)
        )
        every.append(many.Asking(cell, form, 1 + held.top // int(rng.choice([1, 9, 900])), ends))
    found = many.above(many.table_of(domain), every, nothing, nothing)
    assert all(x is not None for x in found)
    assert found == [alone(domain, x) for x in every]


NUMBERS = Domain((ordinal("x", 0, 1, 1 << 31), ordinal("y", 0, 1, 1 << 31)))


@pytest.mark.parametrize(
    ("form", "width", "end"),
    [
        ((1, 1), 1, 5),  # too many bins
        ((1, 1), 1 << 50, 5),
        ((1, 1), 1 << 30, 1 << 60),
        ((1, 1), 1 << 30, -(1 << 60)),  # of which machine integers make a large one
        ((1, 1), 1 << 30, -(1 << 64)),
        ((1 << 53, 1), 1 << 48, 5),
    ],
)
def test_what_is_too_large_is_left_to_others(form, width, end):
    x = many.Asking(full_cell(NUMBERS), form, width, ((end, True),))
    assert many.above(many.table_of(NUMBERS), [x], nothing, nothing) == [None]


@pytest.mark.parametrize("count", [61, 62, 63, 64, 65, 130])
def test_of_variables_of_many_values(count):
    """A set of more values than bits of a machine integer is left to others."""
    values = replace(one_hot("x", [str(k) for k in range(count)]), encoding=_numbers(count))
    domain = Domain((values, ordinal("y", 0, 1, 5)))
    rng = np.random.default_rng(count)
    every = []
    for _ in range(6):
        some = int("".join(map(str, rng.integers(0, 2, count).tolist())), 2) or 1
        cell = Cell((some | 1 << count - 1, range(int(rng.integers(4)), 5)))
        ends = tuple((int(end), bool(end % 2)) for end in rng.integers(-20, 200, 3))
        every.append(many.Asking(cell, (2, int(rng.integers(-9, 9))), 1, ends))
    found = many.above(many.table_of(domain), every, nothing, nothing)
    assert found == ([alone(domain, x) for x in every] if count <= 62 else [None] * 6)


def _numbers(count):
    return tuple((Fraction(k * k % 41),) for k in range(count))


def test_other_parts_beside_are_counted():
    small = Cell((range(5), range(7)))
    every = [
        many.Asking(full_cell(NUMBERS), (1, 1), 1, ((5, True),)),
        many.Asking(small, (1, 10), 1, ((-1, True), (13, True), (13, False), (99, True))),
        many.Asking(small, (0, 0), 3, ()),
    ]
    assert many.above(many.table_of(NUMBERS), every, nothing, nothing) == [
        None,
        ([35, 26, 26, 0, 35], [35, 26, 26, 0, 35]),
        ([35], [35]),
    ]


def test_a_domain_of_huge_numbers_is_left_to_others():
    domain = Domain((ordinal("x", 0, 1 << 61, 3),))
    assert many.table_of(domain) is None
    x = many.Asking(full_cell(domain), (1,), 1, ((0, True),))
    assert many.above(None, [x], nothing, nothing) == [None]


@pytest.mark.parametrize("bins", [3_000, 12_000, 40_000])
def test_of_many_bins_where_few_values_move_them(bins):
    """40 bits: counted here up to 2**15 bins, else one by one; both count the same."""
    rng, domain, every = np.random.default_rng(bins), bits(40), []
    for _ in range(6):
        fixed = rng.integers(1, 4, 40).tolist()  # bit 0, bit 1 or both
        cell = Cell(tuple(int(mask) if rng.random() < 0.3 else 3 for mask in fixed))
        form = tuple(rng.integers(-(10**6), 10**6, 40).tolist())
        width = sum(map(abs, form)) // bins
        held = sums.binned(domain, cell, form, width)
        ends = {(held.base + int(held.top * width * rng.random()), bool(k % 2)) for k in range(4)}
        every.append(many.Asking(cell, form, width, tuple(ends)))
    found = many.above(many.table_of(domain), every, nothing, nothing)
    tops = [sums.binned(domain, x.part, x.form, x.width).top for x in every]
    assert max(tops) > many.MOST_BINS
    for x, top, counts in zip(every, tops, found, strict=True):
        assert (counts is None) == (top > 13_000)
        assert counts is None or counts == alone(domain, x)


@pytest.mark.parametrize("most", [1 << 59, 1 << 60, (1 << 62) - 1, 1 << 70])
def test_weights_that_are_too_large_are_left_to_others(most):
    value = Fraction(1, most)
    variable = replace(one_hot("x", ["a", "b"]), probabilities=(value, 1 - value))
    domain = Domain((variable, replace(variable, name="y")))
    every = [many.Asking(full_cell(domain), (1, 2, 3, 4), 1, ((4, True),))]
    chances = domain.distributions(None)
    (found,) = many.above(many.table_of(domain), every, nothing, nothing, chances=chances)
    assert (found is None) == (most >= many.LARGE)
    assert found is None or found == alone(domain, every[0], chances)


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_one_by_one_the_same_amounts(seed, monkeypatch):
    """Parts that are not counted together, also where all their values weigh the same."""
    rng = np.random.default_rng([seed, 5])
    matter = random_sandwich_matter(rng, 200)
    asked = ask(replace(matter, domain=skewed(rng, matter.domain)))
    wanted, even = [], 0
    for part, leaf in asked.domain.parts(full_cell(asked.domain)):
        chances = asked.domain.distributions(leaf)
        for k in range(6):
            own = random_part(rng, part)
            if k % 2:  # a single value each
                own = Cell(tuple(_one_of(x) for x in own.parts))
            even += k % 2
            x = random_asking(rng, asked.domain, own)
            step = Sandwich((Strip(0, 0, 0),), x.form, 0, x.width)
            held = [(bool(i % 2), end, None) for i, (end, _) in enumerate(x.ends)]
            place = Place(own, leaf, 0, ())
            wanted.append(stretches.Wanted(place, own.size, step, chances, held))
    together = stretches.amounts(asked, wanted)
    monkeypatch.setattr(stretches, "above", lambda _, every, *rest: [None] * len(every))
    assert even
    assert stretches.amounts(asked, wanted) == together


def _one_of(part):
    return part[:1] if isinstance(part, range) else part & -part
