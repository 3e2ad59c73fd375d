"""Sums counted together, in machine integers: as one by one, and as all points say."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_ordinals import ordinal
from tests.provers.matters import random_cell
from verifier.kernel import many, sums
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.ordinal import Ordinal, uniform


def nothing(*_):
    pass


def alone(domain, x):
    """What ``sums`` counts."""
    held = sums.binned(domain, x.part, x.form, x.width)
    places = [held.least_bins(end)[not sure] for end, sure in x.ends]
    found = sums.above(held, x.size, sorted(set(places)), nothing, nothing)
    return [found[at] for at in places]


def random_asking(rng, domain, cell):
    form = tuple((rng.integers(-9, 10, domain.columns) * rng.integers(0, 3)).tolist())
    width = int(rng.choice([1, 2, 3, 7, 40, 1000]))
    ends = {(int(rng.integers(-60, 60)), bool(rng.integers(2))) for _ in range(rng.integers(4))}
    return many.Asking(cell, cell.size, form, width, tuple(ends))


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
        for (end, sure), counted in zip(x.ends, counts, strict=True):
            truth = sum(s > end for s in own)
            assert counted <= truth if sure else counted >= truth


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
        every.append(
            many.Asking(cell, cell.size, form, 1 + held.top // int(rng.choice([1, 9, 900])), ends)
        )
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
        ((1 << 53, 1), 1 << 48, 5),
        ((1, 1), 1 << 30, 5),  # too many points
    ],
)
def test_what_is_too_large_is_left_to_others(form, width, end):
    x = many.Asking(full_cell(NUMBERS), NUMBERS.size, form, width, ((end, True),))
    assert many.above(many.table_of(NUMBERS), [x], nothing, nothing) == [None]


def test_other_parts_beside_are_counted():
    small = Cell((range(5), range(7)))
    every = [
        many.Asking(full_cell(NUMBERS), NUMBERS.size, (1, 1), 1, ((5, True),)),
        many.Asking(small, 35, (1, 10), 1, ((-1, True), (13, True), (13, False), (99, True))),
        many.Asking(small, 35, (0, 0), 3, ()),
    ]
    assert many.above(many.table_of(NUMBERS), every, nothing, nothing) == [
        None,
        [35, 26, 26, 0],
        [],
    ]


def test_a_domain_of_huge_numbers_is_left_to_others():
    domain = Domain((ordinal("x", 0, 1 << 61, 3),))
    assert many.table_of(domain) is None
    x = many.Asking(full_cell(domain), 3, (1,), 1, ((0, True),))
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
        every.append(many.Asking(cell, cell.size, form, width, tuple(ends)))
    found = many.above(many.table_of(domain), every, nothing, nothing)
    tops = [sums.binned(domain, x.part, x.form, x.width).top for x in every]
    assert max(tops) > many.MOST_BINS
    for x, top, counts in zip(every, tops, found, strict=True):
        assert (counts is None) == (top > 13_000)
        assert counts is None or counts == alone(domain, x)
