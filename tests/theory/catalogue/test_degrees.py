"""Degrees of trees and polynomials, and large coefficients: all functions of few bits."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations, product
from math import prod

import pytest

from theory import catalogue

F = Fraction
Table = tuple[int, ...]
BITS = 3
POINTS = tuple(product((0, 1), repeat=BITS))
SETS = tuple(s for size in range(BITS + 1) for s in combinations(range(BITS), size))


@cache
def _coefficients(table: Table) -> dict[tuple[int, ...], Fraction]:
    """The mean of the class, as -1 or 1, times each parity."""
    return {
        s: F(
            sum(
                (1 - 2 * c) * prod(1 - 2 * x[i] for i in s)
                for x, c in zip(POINTS, table, strict=True)
            ),
            len(POINTS),
        )
        for s in SETS
    }


@cache
def _depth(table: Table, fixed: tuple[tuple[int, int], ...] = ()) -> int:
    """The least depth of a tree with these classes, at the points where the bits fixed are so."""
    left = [c for x, c in zip(POINTS, table, strict=True) if all(x[i] == side for i, side in fixed)]
    if len(set(left)) == 1:
        return 0
    free = set(range(BITS)) - {i for i, _ in fixed}
    return 1 + min(max(_depth(table, (*fixed, (i, side))) for side in (0, 1)) for i in free)


def _tables() -> Iterator[Table]:
    return product((0, 1), repeat=len(POINTS))


def test_no_tree_is_less_deep_than_its_degree() -> None:
    tight = 0
    for table in _tables():
        degree = max((len(s) for s, c in _coefficients(table).items() if c), default=0)
        least = catalogue["tree-depth-degree"].evaluate(degree=degree).integer
        assert least == degree <= _depth(table)
        tight += degree == _depth(table)
    assert 100 < tight < 256  # not of all: the degree may be smaller


@pytest.mark.parametrize("theta", [F(1, 4), F(1, 2), F(3, 4), F(1)])
def test_no_class_has_more_large_coefficients(theta: Fraction) -> None:
    most = F(catalogue["large Fourier coefficients"].evaluate(theta=str(theta)).value)
    assert abs(most - 1 / theta**2) < F(1, 10**30)
    counts = {sum(abs(c) >= theta for c in _coefficients(t).values()) for t in _tables()}
    assert max(counts) <= most
    if theta in (F(1, 2), F(1)):
        assert max(counts) == most


def _polynomials(degree: int) -> Iterator[Table]:
    """All polynomials modulo 2 of that degree at the most, at each point."""
    terms = [s for s in SETS if len(s) <= degree]
    for chosen in product((0, 1), repeat=len(terms)):
        yield tuple(
            sum(all(x[i] for i in s) for s, c in zip(terms, chosen, strict=True) if c) % 2
            for x in POINTS
        )


@pytest.mark.parametrize("degree", range(BITS + 1))
def test_a_polynomial_is_zero_everywhere_or_often_not(degree: int) -> None:
    least = F(catalogue["Reed-Muller distance"].evaluate(degree=degree).value)
    shares = {F(sum(table), len(POINTS)) for table in _polynomials(degree)}
    assert min(shares - {F(0)}) == least == F(1, 2**degree)
