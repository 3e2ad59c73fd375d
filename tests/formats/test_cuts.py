"""Tests of a table's column on the domain's own: found where sides change, and value by value."""

from __future__ import annotations

from bisect import bisect_left
from fractions import Fraction

import numpy as np
import pytest

from verifier.formats.cuts import ascends, cuts_along, cuts_of
from verifier.formats.sklearn_columns import Held
from verifier.formats.variables import variable
from verifier.model.domain import Domain
from verifier.model.ordinal import Ordinal, uniform


@pytest.mark.parametrize("seed", range(40))
def test_sides_of_ascending_numbers_are_those_of_each(seed: int):
    rng = np.random.default_rng(seed)
    count, lacks = int(rng.integers(2, 12)), bool(seed % 2)
    numbers = rng.permutation(count)
    rows = [[int(x), 0] if lacks else [int(x)] for x in numbers]
    seen = [float(x // 2) / 3 for x in numbers]  # some are told apart no more
    if lacks:
        rows, seen = [*rows, [0, 1]], [*seen, None if seed % 4 == 1 else 0.5]
    names = [*map(str, range(count)), *["missing"] * lacks]
    v = variable("x", tuple(names), rows)
    if seed % 8 == 0:
        v, seen = Ordinal("x", Fraction(0), Fraction(1), count, uniform(count)), sorted(seen)
    domain, held = Domain((v,)), Held(0, tuple(seen))
    steps = sorted({Fraction(int(x), 6) for x in rng.integers(-1, 2 * count, rng.integers(0, 5))})
    first = bool(rng.integers(2))

    def goes_left(x: float | None) -> bool:
        return x is None or first == (bisect_left(steps, x) % 2 == 0)

    found = ascends(domain, held)
    assert found is not None and len(found) == count
    along = cuts_along(domain, held, goes_left, found, steps, first)
    assert along == cuts_of(domain, held, goes_left, steps, first)


def test_what_descends_or_is_text_is_looked_at_value_by_value():
    v = variable("x", ("a", "b"), [[0], [1]])
    assert ascends(Domain((v,)), Held(0, (2.0, 1.0))) is None
    assert ascends(Domain((v,)), Held(0, ("p", "q"))) is None
    one_hot = variable("x", ("a", "b"), [[1, 0], [0, 1]])
    assert ascends(Domain((one_hot,)), Held(0, (1.0, 0.0))) is None
