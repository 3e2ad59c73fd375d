"""Exact failure probabilities of tiny classes are on the right side of every bound."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache

import pytest
from typer.testing import CliRunner

from theory.values import tightness
from theory.values.tightness import (
    MAKERS,
    Tight,
    consistent_failure,
    juntas,
    minimiser_failure,
    rows,
    seen_sets,
    tree_functions,
)
from verifier.cli.bounds import app

made = cache(rows)


@pytest.mark.parametrize("make", MAKERS, ids=lambda m: m.__name__)
def test_the_bound_is_on_the_right_side(make: Callable[[], Iterator[Tight]]) -> None:
    kind = list(make())
    assert kind
    for row in kind:
        assert row.holds, row
        assert row.looseness is None or row.looseness >= 1, row


def test_some_bounds_are_attained_and_some_are_not() -> None:
    loose = [r.looseness for r in made() if r.looseness is not None]
    assert min(loose) == 1
    assert max(loose) > 2
    assert len({r.theorem for r in made()}) >= 12


def test_enumerations() -> None:
    # published counts: distinct functions of trees, and juntas
    assert [len(tree_functions(r, d)) for r, d in ((1, 1), (1, 2), (2, 2), (1, 3), (2, 3))] == [
        4, 6, 16, 8, 62,
    ]  # fmt: skip
    assert len(juntas(3, 3)) == 256
    assert sum(p for _, p in seen_sets(4, 3)) == 1
    # two functions that differ at one of 4 points: unseen with probability (3/4)^n
    assert consistent_failure([0, 1], 4, 1, 3) == Fraction(27, 64)
    assert minimiser_failure([0], 4, 0, 2) == 0


def test_draws_counted_by_point_are_the_sequences_of_draws() -> None:
    for points, n in ((1, 3), (3, 4), (4, 3)):
        sequences = itertools.product(range(points), repeat=n)
        counted = Counter(tuple(map(s.count, range(points))) for s in sequences)
        assert {tuple(k): ways for k, ways in tightness._drawn_counts(points, n)} == counted


def test_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tightness, "rows", lambda: list(made()))  # once is enough
    runner = CliRunner()
    done = runner.invoke(app, ["tightness", "--json"], catch_exceptions=False)
    data = json.loads(done.stdout)
    assert len(data) == len(made())
    assert all(Fraction(d["exact"]) == r.exact for d, r in zip(data, made(), strict=True))
    text = runner.invoke(app, ["tightness", "--md"], catch_exceptions=False).stdout
    assert len(text.splitlines()) == len(made()) + 2
