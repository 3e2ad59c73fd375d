"""The inputs of a network in float32."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.distillers.quick import encode
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.variable import Variable


def _variable(name: str, *rows: tuple[Fraction | int, ...]) -> Variable:
    exact = tuple(tuple(Fraction(x) for x in row) for row in rows)
    labels = tuple(map(str, range(len(rows))))
    return Variable(name, labels, exact, (Fraction(1, len(rows)),) * len(rows))


def test_encoded_as_the_variables_say() -> None:
    """Domains in turn, as the table of the last is kept."""
    one = Domain((_variable("a", (1, 2), (3, 4), (Fraction(1, 3), 6)), _variable("b", (7,), (8,))))
    other = Domain((_variable("a", (0,), (5,)),))
    rng = np.random.default_rng(0)
    for domain in (one, other, one):
        points = np.stack([rng.integers(v.count, size=9) for v in domain.variables], axis=1)
        wanted = [[float(x) for x in domain.encode(p)] for p in points.tolist()]
        found = encode(domain, points)
        assert found.dtype == np.float32
        np.testing.assert_array_equal(found, np.array(wanted, dtype=np.float32))


def test_beyond_float32() -> None:
    domain = Domain((_variable("small", (0,), (1,)), _variable("large", (0,), (2**130,))))
    points = np.array([[0, 1], [1, 0]])
    with pytest.raises(LeafproofError, match='"large" has encoded values beyond float32'):
        encode(domain, points)
    most = np.finfo(np.float32).max
    assert encode(domain, points, clip=True).tolist() == [[0, most], [1, 0]]
