"""How deep trees must be and need be, and leaves by rank: all functions, all small trees."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import comb
from random import Random
from typing import Any

import pytest

from theory import catalogue

F = Fraction
Point = tuple[int, ...]
Table = tuple[int, ...]
"""The classes of all points, the first bit the slowest."""
Tree = int | tuple[int, Any, Any]
TINY = F(1, 10**30)


def _value(name: str, **given: Any) -> Fraction:
    return F(catalogue[name].evaluate(**given).value)


def _cube(d: int) -> list[Point]:
    return list(product((0, 1), repeat=d))


def _influences(table: Table, d: int) -> list[Fraction]:
    says = dict(zip(_cube(d), table, strict=True))
    return [
        F(sum(says[x] != says[(*x[:i], 1 - x[i], *x[i + 1 :])] for x in says), 2**d)
        for i in range(d)
    ]


@cache
def _depths(table: Table) -> tuple[Fraction, int]:
    """The least average depth and the least depth of a tree with these classes."""
    if len(set(table)) == 1:
        return F(0), 0
    d = len(table).bit_length() - 1
    average, deepest = [], []
    for i in range(d):
        points = _cube(d)
        low = tuple(c for x, c in zip(points, table, strict=True) if not x[i])
        high = tuple(c for x, c in zip(points, table, strict=True) if x[i])
        average.append(1 + (_depths(low)[0] + _depths(high)[0]) / 2)
        deepest.append(1 + max(_depths(low)[1], _depths(high)[1]))
    return min(average), min(deepest)


def _certificate(table: Table, d: int, of: int) -> int:
    """How many values certify each point of the class."""
    says = dict(zip(_cube(d), table, strict=True))

    def needed(x: Point) -> int:
        return next(
            k
            for k in range(d + 1)
            if any(
                all(says[y] == of for y in says if all(x[i] == y[i] for i in asked))
                for asked in combinations(range(d), k)
            )
        )

    return max((needed(x) for x in says if says[x] == of), default=0)


def _monotone(table: Table, d: int) -> bool:
    says = dict(zip(_cube(d), table, strict=True))
    return all(says[x] <= says[(*x[:i], 1, *x[i + 1 :])] for x in says for i in range(d))


def _tables(d: int) -> Iterator[Table]:
    """All functions of up to three bits, some of four."""
    if d <= 3:
        yield from product((0, 1), repeat=2**d)
        return
    rng = Random(d)
    yield from (tuple(rng.randint(0, 1) for _ in range(2**d)) for _ in range(60))
    yield tuple(int(sum(x) >= 2) for x in _cube(d))
    yield tuple(x[0] for x in _cube(d))
    yield tuple(min(x) for x in _cube(d))
    yield tuple(x[0] ^ x[1] ^ x[2] ^ x[3] for x in _cube(d))


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_no_tree_is_flatter_on_average(d: int) -> None:
    tight = 0
    for table in _tables(d):
        influences = _influences(table, d)
        average, _ = _depths(table)
        if max(influences):
            given = {"p": F(sum(table), 2**d), "largest": max(influences)}
            least = _value("OSSS inequality", **given)
            assert average >= least - TINY
            tight += abs(average - least) < TINY
        if _monotone(table, d):
            assert average >= _value("O'Donnell-Servedio", influence=sum(influences)) - TINY
    assert tight  # a bit, and the parity of several


def test_a_function_that_is_not_monotone_may_be_flatter() -> None:
    """The bound of monotone functions is false of the parity of two bits: 2² > 2."""
    table = tuple(x[0] ^ x[1] for x in _cube(2))
    assert _depths(table)[0] == 2 < _value("tree-depth-monotone", influence=2) == 4


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_no_tree_need_be_deeper_than_the_certificates_say(d: int) -> None:
    tight = 0
    for table in _tables(d):
        zeros, ones = _certificate(table, d, 0), _certificate(table, d, 1)
        most = catalogue["certificate complexity"].evaluate(zeros=zeros, ones=ones).integer
        assert most == zeros * ones
        assert _depths(table)[1] <= most
        tight += _depths(table)[1] == most
    assert tight


@cache
def _leaves(d: int, r: int) -> int:
    """The most leaves of a tree of rank r at most, by its root: all choices of both ranks."""
    if d == 0 or r == 0:
        return 1
    return max(_leaves(d, r - 1), _leaves(d - 1, r) + _leaves(d - 1, r - 1))


def _trees(d: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Rank and leaves of all trees over these bits, each asked once on a path."""
    yield 0, 1
    for i in d:
        rest = tuple(j for j in d if j != i)
        below = set(_trees(rest))
        for (a, low), (b, high) in product(below, repeat=2):
            yield (a + 1 if a == b else max(a, b)), low + high


@pytest.mark.parametrize("d", [1, 2, 3, 4])
def test_no_tree_of_the_rank_has_more_leaves(d: int) -> None:
    found = set(_trees(tuple(range(d))))
    for r in range(d + 1):
        most = catalogue["leaves by rank"].evaluate(variables=d, rank=r).integer
        assert most == sum(comb(d, i) for i in range(r + 1)) == _leaves(d, r)
        assert max(leaves for rank, leaves in found if rank == r) == most


def test_values_of_larger_trees() -> None:
    found = catalogue["tree-rank-leaves-upper"].evaluate(variables=100, rank=3)
    assert found.integer == 1 + 100 + 4950 + 161700
    assert _value("osss", p="1/2", largest="1/8") == 8
    assert abs(_value("OSSS", p="1/4", largest="1/10") - F(15, 2)) < TINY
