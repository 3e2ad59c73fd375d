"""The combinatorial facts that lower bounds assume in words, on all small settings, by definition.

A student is the set of points where it agrees with the known teacher; a class is a family of such
sets. Points are bits: on four of them there are 65,535 classes.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from math import comb

import pytest

from theory import catalogue

POINTS = 4
WHOLE = (1 << POINTS) - 1


def _classes(step: int) -> Iterator[tuple[int, ...]]:
    """Every ``step``-th class over the points: with step 1, all."""
    for family in range(1, 1 << (WHOLE + 1), step):
        yield tuple(a for a in range(WHOLE + 1) if family >> a & 1)


def _points(agreed: int) -> list[int]:
    return [x for x in range(POINTS) if agreed >> x & 1]


def _conflict(agreements: tuple[int, ...], within: int) -> int | None:
    """A least set, inside another, on all of which no student agrees."""
    for size in range(POINTS + 1):
        for chosen in itertools.combinations(_points(within), size):
            found = sum(1 << x for x in chosen)
            if not any(a & found == found for a in agreements):
                return found
    return None


def _maximal(agreements: tuple[int, ...]) -> list[int]:
    return [a for a in agreements if not any(a != b and a & b == a for b in agreements)]


def test_without_a_best_student_each_errs_where_another_is_right() -> None:
    """`zero-samples-failure`, "no best": so some point is missed with a chance of 1/m or more."""
    for agreements in _classes(7):
        union = 0
        for a in agreements:
            union |= a
        best = union in agreements
        assert best == any(all(b & a == b for b in agreements) for a in agreements)
        if not best:
            assert all(union & ~a for a in agreements)
    points = Fraction(catalogue["zero-samples-failure"].evaluate(points=POINTS).value)
    assert points == Fraction(1, POINTS)


def test_where_agreement_sets_meet_two_laws_are_not_told_apart() -> None:
    """`d-perfect-confidence-samples`, "two laws": each has a perfect student, none is for both."""
    kinds = {"one": 0, "disjoint": 0, "meeting": 0}
    for agreements in _classes(1):
        greatest = _maximal(agreements)
        if len(greatest) == 1:
            kinds["one"] += 1
            continue
        meeting = next((p for p in itertools.combinations(greatest, 2) if p[0] & p[1]), None)
        if meeting is None:
            kinds["disjoint"] += 1
            continue
        kinds["meeting"] += 1
        if sum(agreements) % 5:  # the laws are looked at for some
            continue
        first, second = meeting
        own = _points(second & ~first)[0]
        conflict = _conflict(agreements, first | 1 << own)
        assert conflict is not None and conflict >> own & 1
        one = next(x for x in _points(conflict) if x != own)
        common = conflict & ~(1 << own | 1 << one) or (1 << _points(first & second)[0])
        laws = [common | 1 << x for x in (one, own)]
        assert common and laws[0] != laws[1]
        for law in laws:
            assert any(a & law == law for a in agreements)
        assert not any(all(a & law == law for law in laws) for a in agreements)
    assert kinds == {"one": 33337, "disjoint": 774, "meeting": 31424}


def test_where_agreement_sets_do_not_meet_one_draw_names_the_student() -> None:
    """`d-perfect-one-sample`: what one draw names is perfect; without one 1 - 1/r is missed."""
    counted = 0
    for agreements in _classes(1):
        greatest = _maximal(agreements)
        sets = len(greatest)
        if sets < 2 or any(a & b for a, b in itertools.combinations(greatest, 2)):
            continue
        counted += 1
        # "perfect": a law of one of its students' sets, of whatever points of it
        for a in agreements:
            for x in _points(a):  # one of the law's points is what is drawn
                named = [g for g in greatest if g >> x & 1]
                assert len(named) == 1 and named[0] & a == a
        # "one at most": of a point of each set, any student is wrong on all but one or on all
        points = [_points(a)[0] for a in greatest]
        assert all(sum(a >> x & 1 for x in points) <= 1 for a in agreements)
        # attained by the uniform choice among the largest
        bound = Fraction(catalogue["d-perfect-one-sample"].evaluate(sets=sets).value)
        missed = [Fraction(sum(not a >> x & 1 for a in greatest), sets) for x in points]
        assert abs(max(missed) - bound) < Fraction(1, 10**30)
    assert counted == 774


def test_a_least_conflict_set_has_a_student_on_all_but_each_point() -> None:
    """`agnostic-conflict-samples`, "laws": errors elsewhere cost ε, and none is best for both."""
    epsilon = Fraction(1, 7)
    for agreements in _classes(11):
        union = 0
        for a in agreements:
            union |= a
        if union in agreements:
            continue
        conflict = _conflict(agreements, union)
        assert conflict is not None
        inside = _points(conflict)
        k = len(inside)
        assert k >= 2
        assert all(any(a & conflict == conflict & ~(1 << x) for a in agreements) for x in inside)
        heavy = (1 + epsilon) / k
        errors = []
        for light in inside[:2]:
            law = {x: heavy - epsilon * (x == light) for x in inside}
            assert sum(law.values()) == 1
            errors.append(
                [sum((law[x] for x in inside if not a >> x & 1), Fraction(0)) for a in agreements]
            )
            assert min(errors[-1]) == heavy - epsilon
            assert all(e == heavy - epsilon or e >= heavy for e in errors[-1])
        assert all(max(pair) >= heavy for pair in zip(*errors, strict=True))


def test_conflict_pairs_shatter_their_first_points() -> None:
    """`conflict-pairs-dimension`, "selections": of each pair one point is wrong, which is free."""
    pairs, checked = ((0, 1), (2, 3)), 0
    allowed = [a for a in range(WHOLE + 1)
               if all(not (a >> x & 1 and a >> y & 1) for x, y in pairs)]  # fmt: skip
    for size in range(1, len(allowed) + 1):
        for agreements in itertools.combinations(allowed, size):
            chosen = [sum(1 << x for x in picked) for picked in itertools.product(*pairs)]
            if not all(any(a & c == c for a in agreements) for c in chosen):
                continue
            checked += 1
            patterns = {tuple(a >> x & 1 for x, _ in pairs) for a in agreements}
            assert len(patterns) == 2 ** len(pairs)
    assert checked == 32


@pytest.mark.parametrize("v", [1, 2, 3])
def test_what_is_unseen_is_hit_alike_by_every_output(v: int) -> None:
    """`d-perfect-failure`, "guess": all seen sets and outputs, the hidden set being uniform."""
    hidden = [frozenset(s) for s in itertools.combinations(range(2 * v), v)]
    for s in range(v + 1):
        seen = frozenset(range(s))
        possible = [h for h in hidden if seen <= h]
        assert len(possible) == comb(2 * v - s, v - s)
        for output in hidden:
            hit = Fraction(sum(len(output & h) for h in possible), len(possible))
            j, unseen = len(output & seen), v - s
            assert hit * (v + unseen) == j * (v + unseen) + (v - j) * unseen


@pytest.mark.parametrize("pairs", [1, 2, 3])
def test_to_err_on_the_heavier_point_costs_its_share(pairs: int) -> None:
    """`agnostic-failure`, "excess": students err in each pair, on one of its points or on both."""
    gamma = Fraction(1, 3)
    light, heavy = ((1 - gamma) / 2 / pairs, (1 + gamma) / 2 / pairs)
    costs = {"light": light, "heavy": heavy, "both": light + heavy}
    for errs in itertools.product(costs, repeat=pairs):
        error = sum((costs[x] for x in errs), Fraction(0))
        share = Fraction(sum(x != "light" for x in errs), pairs)
        assert error - pairs * light >= gamma * share
        if "both" not in errs:
            assert error - pairs * light == gamma * share


@pytest.mark.parametrize("seed", range(20))
def test_the_largest_place_names_a_good_initial_segment(seed: int) -> None:
    """`universal-samples`: all draws of random laws on six points, as often as the theorem says."""
    rng = random.Random(seed)
    weights = [rng.randint(0, 5) for _ in range(5)] + [1]
    law = [Fraction(w, sum(weights)) for w in weights]
    epsilon, n = Fraction(1, 4), 3
    failed = Fraction(0)
    for draws in itertools.product(range(6), repeat=n):
        chance = Fraction(1)
        for x in draws:
            chance *= law[x]
        failed += chance * (sum(law[max(draws) + 1 :], Fraction(0)) > epsilon)
    assert failed <= (1 - epsilon) ** n
