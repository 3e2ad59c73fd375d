"""Cells that draws see, medians of means, patterns, blocks, words that are guessed: small ones."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import comb
from random import Random
from typing import Any

import mpmath
import pytest

from theory import catalogue

F = Fraction
TINY = F(1, 10**30)
Point = tuple[int, ...]


def _value(name: str, **given: Any) -> Fraction:
    return F(catalogue[name].evaluate(**given).value)


@cache
def _draws_made(cells: int, missing: int, horizon: int) -> Fraction:
    """Draws, of a horizon, that are made on average while some of the cells are missing."""
    if not missing or not horizon:
        return F(0)
    found = F(missing, cells)
    fewer = _draws_made(cells, missing - 1, horizon - 1)
    return 1 + found * fewer + (1 - found) * _draws_made(cells, missing, horizon - 1)


@pytest.mark.parametrize("cells", range(1, 6))
def test_all_cells_are_seen_as_soon_on_average(cells: int) -> None:
    most = _value("coupon collector problem", cells=cells)
    assert abs(most - cells * sum(F(1, i) for i in range(1, cells + 1))) < TINY
    made = _draws_made(cells, cells, 200)
    assert most - F(1, 10**15) < made <= most + TINY


def test_the_draws_that_are_made_are_those_of_all_sequences() -> None:
    """The recursion, and all sequences of four draws of three cells."""
    total = 0
    for draws in product(range(3), repeat=4):
        seen: set[int] = set()
        for cell in draws:
            total += len(seen) < 3
            seen.add(cell)
    assert F(total, 3**4) == _draws_made(3, 3, 4)


def test_the_collector_of_many() -> None:
    with mpmath.workdps(50):
        exact = 365 * mpmath.harmonic(365)
        found = mpmath.mpf(catalogue["coupon-collector"].evaluate(cells=365).value)
        assert abs(found - exact) < mpmath.mpf(10) ** -35


@pytest.mark.parametrize("n", [1, 3, 8])
@pytest.mark.parametrize("law", [(F(1, 3), F(1, 3), F(1, 3)), (F(1, 2), F(3, 10), F(1, 5))])
def test_a_cell_is_missed_no_more_often(law: tuple[Fraction, ...], n: int) -> None:
    """By inclusion and exclusion, exactly."""
    missed = sum(
        (-1) ** (size + 1) * (1 - sum(law[i] for i in left)) ** n
        for size in range(1, 4)
        for left in combinations(range(3), size)
    )
    most = _value("every-cell-seen", cells=3, p=min(law), n=n)
    assert missed <= most + TINY
    assert abs(most - 3 * (1 - min(law)) ** n) < TINY


@pytest.mark.parametrize("groups", range(1, 8))
@pytest.mark.parametrize("q", [F(2, 5), F(1, 4), F(1, 10)])
def test_half_of_the_groups_are_off_no_more_often(groups: int, q: Fraction) -> None:
    """A group is off with probability q exactly: V = q n t²."""
    off = sum(
        comb(groups, j) * q**j * (1 - q) ** (groups - j)
        for j in range(groups + 1)
        if 2 * j >= groups
    )
    most = _value("median of means", variance=q * 10 * F(1, 4), n=10, groups=groups, excess=F(1, 2))
    assert off <= most + TINY
    assert abs(most**2 - (4 * q * (1 - q)) ** groups) < TINY
    if groups == 2:
        assert 0 < most - off < F(3, 5)


def test_a_median_needs_groups_that_are_seldom_off() -> None:
    with pytest.raises(Exception, match="variance / \\(n excess\\^2\\) < 1/2"):
        catalogue["median-of-means"].evaluate(variance=1, n=1, groups=9, excess=1)


def _shatters(functions: tuple[Point, ...], points: tuple[int, ...]) -> bool:
    return len({tuple(f[i] for i in points) for f in functions}) == 2 ** len(points)


def test_no_small_class_shatters_more_points() -> None:
    """All classes of functions on three points, and the class of all of them."""
    everything = tuple(product((0, 1), repeat=3))
    reached = set()
    for size in range(1, 9):
        most = catalogue["vc dimension of a finite class"].evaluate(**{"class": size}).integer
        for functions in combinations(everything, size):
            dimension = max(
                k
                for k in range(4)
                for points in combinations(range(3), k)
                if _shatters(functions, points)
            )
            assert dimension <= most
            reached.add((size, dimension == most))
    assert {size for size, tight in reached if tight} == set(range(1, 9))


def test_dimensions_of_classes_of_trees() -> None:
    assert catalogue["vc-finite-class"].evaluate(**{"class": 1024}).integer == 10
    assert catalogue["vc-finite-class"].evaluate(**{"class": 1023}).integer == 9


def _flip(x: Point, block: tuple[int, ...]) -> Point:
    return tuple(1 - b if i in block else b for i, b in enumerate(x))


def _apart(blocks: list[tuple[int, ...]]) -> int:
    """The largest number of blocks no two of which have a bit in common."""
    if not blocks:
        return 0
    first, rest = blocks[0], blocks[1:]
    return max(_apart(rest), 1 + _apart([b for b in rest if not set(b) & set(first)]))


@cache
def _depth(table: Point) -> int:
    """The least depth of a tree with these classes, the first bit the slowest."""
    if len(set(table)) == 1:
        return 0
    d = len(table).bit_length() - 1
    points = list(product((0, 1), repeat=d))
    return min(
        1
        + max(
            _depth(tuple(c for x, c in zip(points, table, strict=True) if x[i] == side))
            for side in (0, 1)
        )
        for i in range(d)
    )


def _tables() -> Iterator[Point]:
    yield from product((0, 1), repeat=8)
    rng = Random(1)
    yield from (tuple(rng.randint(0, 1) for _ in range(16)) for _ in range(40))


def test_no_tree_asks_for_fewer_bits_than_blocks_flip_the_class() -> None:
    tight = 0
    for table in _tables():
        d = len(table).bit_length() - 1
        says = dict(zip(product((0, 1), repeat=d), table, strict=True))
        blocks = [b for k in range(1, d + 1) for b in combinations(range(d), k)]
        apart = max(_apart([b for b in blocks if says[_flip(x, b)] != says[x]]) for x in says)
        single = max(sum(says[_flip(x, (i,))] != says[x] for i in range(d)) for x in says)
        least = catalogue["block sensitivity"].evaluate(blocks=apart).integer
        assert single <= apart == least <= _depth(table)
        tight += least == _depth(table)
    assert tight > 100


@pytest.mark.parametrize("d", [1, 2])
def test_no_guess_has_fewer_bits_wrong(d: int) -> None:
    """All ways to guess a word from a message of two or three values, laws at random."""
    rng, words = Random(d), list(product((0, 1), repeat=d))
    for _ in range(30):
        values = range(rng.choice((2, 3)))
        laws = {}
        for w in words:
            raw = [F(rng.randint(1, 9)) for _ in values]
            laws[w] = [r / sum(raw) for r in raw]
        apart = max(
            sum(abs(a - b) for a, b in zip(laws[v], laws[w], strict=True)) / 2
            for v in words
            for w in words
            if sum(a != b for a, b in zip(v, w, strict=True)) == 1
        )
        wrong = min(
            sum(
                laws[w][x] * sum(a != b for a, b in zip(guess[x], w, strict=True))
                for w in words
                for x in values
            )
            / len(words)
            for guess in product(words, repeat=len(values))
        )
        least = _value("Assouad's lemma", bits=d, apart=apart)
        assert wrong >= least - TINY
        assert abs(least - d * (1 - apart) / 2) < TINY
        if d == 1:
            assert abs(wrong - least) < TINY  # the best guess of one bit


def test_samples_of_the_low_degree_algorithm() -> None:
    """1,351 parities of at most three of 20 bits."""
    found = catalogue["LMN"].evaluate(variables=20, degree=3, epsilon="1/10", delta="1/100")
    with mpmath.workdps(50):
        exact = 2 * 1351 * mpmath.log(2 * 1351 * 100) * 10
        assert abs(mpmath.mpf(found.value) - exact) < mpmath.mpf(10) ** -30
    assert found.integer == 337937


@pytest.mark.parametrize("d", [1, 2, 3])
def test_estimates_that_are_near_make_a_student_that_is(d: int) -> None:
    """Parseval, and that the sign of a sum is wrong no more often than its square is off."""
    rng = Random(d)
    points = list(product((-1, 1), repeat=d))
    sets = [s for k in range(d + 1) for s in combinations(range(d), k)]

    def parity(s: tuple[int, ...], x: Point) -> int:
        return -1 if sum(x[i] < 0 for i in s) % 2 else 1

    for _ in range(40):
        teacher = {x: rng.choice((-1, 1)) for x in points}
        degree = rng.randint(0, d)
        exact = {s: F(sum(teacher[x] * parity(s, x) for x in points), 2**d) for s in sets}
        above = sum(c * c for s, c in exact.items() if len(s) > degree)
        low = {s: exact[s] + F(rng.randint(-20, 20), 100) for s in sets if len(s) <= degree}
        off = sum((low[s] - exact[s]) ** 2 for s in low)
        sums = {x: sum(c * parity(s, x) for s, c in low.items()) for x in points}
        wrong = F(sum((1 if sums[x] >= 0 else -1) != teacher[x] for x in points), 2**d)
        assert wrong <= above + off


@pytest.mark.parametrize(("cells", "p"), [(8, F(1, 8)), (3, F(1, 5)), (1, F(1, 2))])
def test_the_draws_that_see_every_cell_are_as_few_as_the_bound_allows(
    cells: int, p: Fraction
) -> None:
    n = catalogue["coupon collector samples"].evaluate(cells=cells, p=str(p), delta="1/100").integer
    bound = _value("every-cell-seen", cells=cells, p=p, n=n)
    assert bound <= F(1, 100) < _value("every-cell-seen", cells=cells, p=p, n=n - 1)


def test_the_groups_that_are_enough_are_as_few_as_the_bound_allows() -> None:
    given = {"variance": F(1, 4), "n": 100, "excess": F(1, 10)}
    k = catalogue["median of means samples"].evaluate(**given, delta="1/1000").integer
    bound = _value("median-of-means", **given, groups=k)
    assert bound <= F(1, 1000) < _value("median-of-means", **given, groups=k - 1)
