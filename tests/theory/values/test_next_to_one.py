"""Limits by Clopper and Pearson that are next to 1: no search, and never more than is so."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from flint import arb, ctx, fmpq

from theory.language import probabilities, roots
from theory.language.special import ClopperPearson

BITS = 64
"""The precision of an enclosure here: next to 1 is nearer than 2^-62."""


def below(k: int, n: int, near: Fraction) -> Fraction:
    """F(k; n, 1 - near), exactly."""
    return sum((comb(n, i) * (1 - near) ** i * near ** (n - i) for i in range(k + 1)), Fraction(0))


def ends(ball: Any) -> tuple[Fraction, Fraction]:
    """A ball's ends, exactly."""
    with ctx.workprec(4 * BITS):
        middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
    low, high = middle - radius, middle + radius
    return Fraction(int(low.p), int(low.q)), Fraction(int(high.p), int(high.q))


def cases() -> list[tuple[int, int, Fraction]]:
    """Disagreements, draws, and levels on both sides of where the limit comes next to 1."""
    draw, found = random.Random(0), []
    for _ in range(150):
        n = draw.randrange(2, 40)
        k = draw.randrange(1, n)
        level = below(k, n, Fraction(1, 2**62)) * Fraction(draw.randrange(1, 2000), 1000)
        found.append((k, n, level))
    return found


def test_what_is_enclosed_is_the_limit() -> None:
    """F is above the level at the lower end and below it at the upper one: F falls."""
    shortcuts = 0
    for k, n, level in cases():
        with ctx.workprec(BITS):
            low, high = ends(ClopperPearson(k, n, 1).enclosure([k, n, level]))
        assert below(k, n, 1 - low) >= level, (k, n, level)
        assert high >= 1 or below(k, n, 1 - high) <= level, (k, n, level)
        assert low >= 1 - Fraction(1, 2**40)
        shortcuts += high >= 1
    assert 20 < shortcuts < 130  # both ways are taken


@pytest.mark.parametrize("bits", [53, 128])
def test_it_is_claimed_only_where_it_is_so(bits: int) -> None:
    """At the boundary itself, and a relative 2^-20 on either side of it."""
    claimed = 0
    for k, n, _ in cases():
        near = Fraction(1, 2 ** (bits - 2))
        exact = below(k, n, near)
        for level in (exact, exact * (1 + Fraction(1, 2**20)), exact * (1 - Fraction(1, 2**20))):
            with ctx.workprec(bits):
                distance = arb(fmpq(1, 2 ** (bits - 2)))
                said = probabilities._next_to_one(
                    k, n, fmpq(level.numerator, level.denominator), distance
                )
            assert not said or exact > level, (k, n, level)
            claimed += said
    assert claimed >= 100


def test_a_share_next_to_one_has_an_inverse_between_two_bounds() -> None:
    """Beside the search, where that can be made; and at once where 1 - p is below any float."""
    with ctx.workprec(128):
        for share, room in ((Fraction(1, 2), 15), (Fraction(9, 10), 3), (Fraction(1, 10), 30)):
            found = roots._next_to_one(share, arb(room))
            assert found.contains(roots._inverse(share, arb(room)))
        value = roots.KLInverse(0, 1).enclosure([1 - Fraction(1, 10**12), Fraction(1, 10)])
        assert value.rel_accuracy_bits() > 100 and not value > 1


@pytest.mark.parametrize("room", ["0.001", "1", "20"])
def test_a_share_that_hardly_tells_from_none_has_the_same_inverse(room: str) -> None:
    """Two bounds instead of a search, where both can be had."""
    for share in (Fraction(1, 2**700), Fraction(1, 3**500)):
        with ctx.workprec(128):
            found = roots._by_hardly_any(share, arb(room))
            assert found is not None and found.rel_accuracy_bits() > 100
            assert found.overlaps(roots._inverse(share, arb(room)))
    with ctx.workprec(128):
        assert roots._by_hardly_any(Fraction(1, 1000), arb(room)) is None
