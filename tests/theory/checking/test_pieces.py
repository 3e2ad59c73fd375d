"""Trends of bounds that are cut off: what is proved of their pieces is so of their values."""

from __future__ import annotations

import itertools
import random

import pytest
import sympy as sp

from theory.checking.monotone import _by_pieces
from theory.checking.pieces import moves, pieces
from theory.language.terms import ge, gt, le

X, C = sp.Symbol("x", real=True), sp.Symbol("c", real=True)
RANGE = [ge(X, 0), le(X, 4), gt(C, 0), le(C, 2)]


def _line(rng: random.Random) -> sp.Expr:
    return rng.randrange(-3, 4) * X + sp.Rational(rng.randrange(-6, 7), 2)


def _bound(rng: random.Random) -> sp.Expr:
    """A random combination of cut off lines, that may move either way, or both."""
    inner = sp.Max(_line(rng), _line(rng))
    cut = sp.Min(_line(rng), inner, _line(rng))
    return rng.choice([1, -2]) * cut + rng.choice([0, 1, 3]) * X


def _steps(bound: sp.Expr) -> list[sp.Expr]:
    values = [bound.subs(X, sp.Rational(i, 8)) for i in range(33)]
    return [b - a for a, b in itertools.pairwise(values)]


def test_what_is_proved_is_so() -> None:
    rng, seen = random.Random(5), {True: 0, False: 0}
    for _ in range(60):
        bound = _bound(rng)
        if not bound.atoms(sp.Min, sp.Max):
            continue
        rising, steps = _by_pieces(bound, X, True, RANGE), _steps(bound)
        seen[rising] += 1
        if rising:
            assert all(step >= 0 for step in steps), bound
    assert min(seen.values()) >= 10


def test_a_piece_is_what_is_picked() -> None:
    bound = sp.Min(1, sp.Max(X, C)) + 2 * X
    found = {(piece, frozenset(picked)) for piece, picked in pieces(bound)}
    assert found == {
        (1 + 2 * X, frozenset({ge(C, X), le(1, C)})),
        (1 + 2 * X, frozenset({ge(X, C), le(1, X)})),
        (C + 2 * X, frozenset({ge(C, X), le(C, 1)})),
        (3 * X, frozenset({ge(X, C), le(X, 1)})),
    }


@pytest.mark.parametrize(
    "bound",
    [
        sp.Max(X - 2, 2 - X),
        sp.Min(X, 3 - X),
        sp.Max(1, X) - X,
        1 / sp.Max(X - 3, 1 - X),  # a pole between, where both are below 0
        sp.log(sp.Max(X - 1, 1 - C)),  # not defined everywhere
        sp.sqrt(sp.Max(X - 1, 0)),  # steeper than any number at an end
    ],
)
def test_other_bounds_are_not_proved_to_rise(bound: sp.Expr) -> None:
    assert not _by_pieces(bound, X, True, RANGE)


def test_without_a_cut_there_are_no_pieces() -> None:
    assert not moves(X, X, lambda *_: True)
