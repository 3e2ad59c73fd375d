"""Draws without replacement: exactly uniform, and how often the bounds on all tickets miss."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import permutations
from math import comb

import pytest

from theory import catalogue
from verifier.chance.tickets import hits_of_all, tickets

F = Fraction


@pytest.mark.parametrize("total", [1, 2, 5, 8, 13])
def test_the_bounds_miss_as_seldom_as_delta_says(total):
    for delta in (F(1, 5), F(1, 50)):
        for draws in range(1, total + 1):
            found = [hits_of_all(seen, draws, total, delta) for seen in range(draws + 1)]
            for hits in range(total + 1):
                chances = [
                    F(comb(hits, k) * comb(total - hits, draws - k), comb(total, draws))
                    for k in range(draws + 1)
                ]
                missed = sum(
                    chance
                    for chance, (least, most) in zip(chances, found, strict=True)
                    if not least <= hits <= most
                )
                assert missed <= delta
        assert [hits_of_all(k, total, total, delta) for k in range(total + 1)] == [
            (k, k) for k in range(total + 1)
        ]


@pytest.mark.parametrize(
    ("seen", "draws", "total", "delta", "most"),
    [(2, 200, 1024, F(1, 20), 29), (5, 200, 1024, F(1, 20), 50), (0, 5000, 65536, F(1, 100), 58)],
)
def test_the_most_are_the_theorem_s(seen, draws, total, delta, most):
    assert hits_of_all(seen, draws, total, 2 * delta)[1] == most
    stated = catalogue["finite-population"].evaluate(
        errors=seen, points=total, n=draws, delta=delta
    )
    assert stated.integer == most
    least = hits_of_all(draws - seen, draws, total, 2 * delta)[0]
    assert least == total - most


def test_large_numbers_are_near_to_those_with_replacement():
    least, most = hits_of_all(3000, 20_000, 1 << 61, F(1, 10**9))
    assert 0.13 < least / 2**61 < 0.15 < most / 2**61 < 0.17


def test_every_order_is_as_likely_as_every_other():
    found = Counter(tuple(tickets(i.to_bytes(32, "little"), 4, 2)) for i in range(6000))
    assert set(found) == set(permutations(range(4), 2))
    assert sum((n - 500) ** 2 / 500 for n in found.values()) < 40  # of 11 degrees of freedom


def test_all_are_drawn_at_last_and_a_shorter_run_is_a_beginning():
    key = b"k" * 32
    every = list(tickets(key, 1000, 1000))
    assert sorted(every) == list(range(1000))
    assert list(tickets(key, 1000, 10)) == every[:10]
    assert len(set(tickets(key, 1 << 61, 5000))) == 5000
