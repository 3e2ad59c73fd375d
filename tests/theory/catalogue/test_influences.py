"""Influences, ranks, draws that meet, codes and several events: small worlds, all of them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations, product
from math import comb
from random import Random
from typing import Any

import mpmath
import pytest

from theory import catalogue

F = Fraction
Point = tuple[int, ...]
Tree = int | tuple[int, Any, Any]
"""A class, or a bit with the trees of its two values."""


def _value(name: str, **given: Any) -> Fraction:
    return F(catalogue[name].evaluate(**given).value)


def _cube(d: int) -> list[Point]:
    return list(product((0, 1), repeat=d))


def _flip(x: Point, i: int) -> Point:
    return (*x[:i], 1 - x[i], *x[i + 1 :])


def _total_influence(f: dict[Point, int], d: int) -> Fraction:
    return F(sum(f[x] != f[_flip(x, i)] for x in f for i in range(d)), len(f))


def _functions(d: int) -> Iterator[dict[Point, int]]:
    points = _cube(d)
    for classes in product((0, 1), repeat=len(points)):
        yield dict(zip(points, classes, strict=True))


def _trees(d: int, rng: Random, depth: int) -> Tree:
    if depth == 0 or rng.random() < 0.3:
        return rng.randint(0, 1)
    return rng.randrange(d), _trees(d, rng, depth - 1), _trees(d, rng, depth - 1)


def _read(tree: Tree, fixed: tuple[tuple[int, int], ...] = ()) -> Tree:
    """The same tree without the questions whose answer is known."""
    if isinstance(tree, int):
        return tree
    bit, low, high = tree
    known = dict(fixed)
    if bit in known:
        return _read(high if known[bit] else low, fixed)
    return bit, _read(low, (*fixed, (bit, 0))), _read(high, (*fixed, (bit, 1)))


def _walk(tree: Tree, x: Point) -> tuple[int, int]:
    """The class at a point, and how many bits were asked for."""
    asked = 0
    while not isinstance(tree, int):
        tree, asked = tree[1 + x[tree[0]]], asked + 1
    return tree, asked


def _leaves(tree: Tree) -> int:
    return 1 if isinstance(tree, int) else _leaves(tree[1]) + _leaves(tree[2])


def _rank(tree: Tree) -> int:
    if isinstance(tree, int):
        return 0
    low, high = _rank(tree[1]), _rank(tree[2])
    return low + 1 if low == high else max(low, high)


@pytest.mark.parametrize("seed", range(40))
def test_no_tree_is_flatter_or_smaller_than_the_influences_say(seed: int) -> None:
    rng = Random(seed)
    d = rng.randint(1, 4)
    tree = _read(_trees(d, rng, 4))
    classes = {x: _walk(tree, x)[0] for x in _cube(d)}
    wrong = rng.sample(_cube(d), rng.randint(0, 2 ** (d - 1)))
    teacher = {x: c ^ (x in wrong) for x, c in classes.items()}
    given = {
        "influence": _total_influence(teacher, d),
        "epsilon": F(len(wrong), 2**d),
        "variables": d,
    }
    depth = F(sum(_walk(tree, x)[1] for x in _cube(d)), 2**d)
    tiny = F(1, 10**20)
    assert depth >= _value("total influence", **given) - tiny
    assert _leaves(tree) >= _value("tree-leaves-influence", **given) - tiny
    assert _leaves(tree) >= 2 ** _rank(tree) == _value("rank of a decision tree", rank=_rank(tree))


def test_the_parity_needs_the_complete_tree() -> None:
    """All d bits have influence 1: depth d and 2^d leaves, which the complete tree has."""
    given = {"influence": 5, "epsilon": 0, "variables": 5}
    assert catalogue["tree-leaves-influence"].evaluate(**given).integer == 32
    assert _value("tree-depth-influence", **given) == 5
    with mpmath.workdps(50):
        found = catalogue["tree-leaves-influence"].evaluate(
            influence=3, epsilon="1/40", variables=6
        )
        exact = mpmath.mpf(2) ** (mpmath.mpf(27) / 10)
        assert abs(mpmath.mpf(found.value) / exact - 1) < mpmath.mpf(10) ** -37
        assert found.integer == 7


@pytest.mark.parametrize("d", [1, 2, 3])
def test_no_function_has_less_influence(d: int) -> None:
    """All functions; a single bit and its negation reach the bound."""
    tight = 0
    for f in _functions(d):
        least = _value("Poincaré inequality", p=F(sum(f.values()), len(f)))
        assert _total_influence(f, d) >= least
        tight += _total_influence(f, d) == least == 1
    assert tight == 2 * d


def test_draws_meet_no_more_often() -> None:
    for law, n in product(((F(1, 2), F(1, 2)), (F(1, 2), F(1, 3), F(1, 6)), (F(1),)), (1, 2, 3, 4)):
        met = F(0)
        for draws in product(range(len(law)), repeat=n):
            weight = F(1)
            for draw in draws:
                weight *= law[draw]
            met += weight * (len(set(draws)) < n)
        assert met <= _value("birthday paradox", n=n, p=max(law))
    assert abs(_value("birthday", n=23, p="1/365") - F(253, 365)) < F(1, 10**35)


def _largest_code(d: int, r: int) -> int:
    words = _cube(d)
    apart = {(a, b): sum(x != y for x, y in zip(a, b, strict=True)) for a in words for b in words}

    def grow(code: tuple[Point, ...], rest: list[Point]) -> int:
        best = len(code)
        for i, word in enumerate(rest):
            if len(code) + len(rest) - i <= best:
                break
            best = max(best, grow((*code, word), [w for w in rest[i + 1 :] if apart[word, w] >= r]))
        return best

    return grow((), words)


@pytest.mark.parametrize(("d", "r"), [(d, r) for d in range(1, 5) for r in range(1, d + 1)])
def test_there_are_so_many_words(d: int, r: int) -> None:
    found = catalogue["Gilbert–Varshamov bound"].evaluate(variables=d, distance=r)
    exact = F(2**d, sum(comb(d, i) for i in range(r)))
    assert abs(F(found.value) - exact) < F(1, 10**35)
    assert found.integer == -(-exact.numerator // exact.denominator)
    assert _largest_code(d, r) >= found.integer
    if r == 1:
        assert found.integer == 2**d


@pytest.mark.parametrize("seed", range(20))
def test_some_event_happens_as_often(seed: int) -> None:
    rng = Random(seed)
    points = range(6)
    events = [{x for x in points if rng.random() < 0.4} for _ in range(rng.randint(1, 4))]
    alone = sum((F(len(e), 6) for e in events), F(0))
    both = sum((F(len(a & b), 6) for a, b in combinations(events, 2)), F(0))
    some = F(len(set().union(*events)), 6)
    tiny = F(1, 10**35)
    assert some >= _value("second-order Bonferroni", sum=alone, pairs=both) - tiny
    if not both:
        assert abs(some - _value("inclusion-exclusion", sum=alone, pairs=both)) < tiny


def test_the_distribution_function_is_near_everywhere() -> None:
    with mpmath.workdps(50):
        n, delta = mpmath.mpf(1000), mpmath.mpf(1) / 100
        exact = mpmath.sqrt(2 * mpmath.log(n + 1) / n) + mpmath.sqrt(-mpmath.log(delta) / (2 * n))
        found = catalogue["Glivenko–Cantelli theorem"].evaluate(n=1000, delta="1/100").value
        assert abs(mpmath.mpf(found) / exact - 1) < mpmath.mpf(10) ** -37


@pytest.mark.parametrize(("n", "delta"), [(30, F(1, 100)), (60, F(1, 1000)), (100, F(1, 100))])
def test_it_is_seldom_above_by_more(n: int, delta: Fraction) -> None:
    """Scores uniform on three values: every sample of n. A quarter of the bound is too little."""
    limit = _value("glivenko-cantelli", n=n, delta=delta)

    def beyond(level: Fraction) -> Fraction:
        found = 0
        for first in range(n + 1):
            for second in range(n + 1 - first):
                above = max(F(1, 3) - F(first, n), F(2, 3) - F(first + second, n))
                found += comb(n, first) * comb(n - first, second) * (above > level)
        return F(found, 3**n)

    assert beyond(limit) <= delta < beyond(limit / 4)
