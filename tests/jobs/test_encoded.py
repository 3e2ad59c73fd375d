"""Encodings at points and their sums in bins, as what is learned of them takes them to be."""

from __future__ import annotations

from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from verifier.jobs.encoded import Encoded
from verifier.kernel.forecasts import forecasted
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.sample import LARGEST_BET, Forecast, Line
from verifier.model.variable import Variable


def listed(name, rows):
    """A variable whose values, equally probable, have these encodings."""
    values = tuple(str(i) for i in range(len(rows)))
    encoding = tuple(tuple(map(Fraction, row)) for row in rows)
    return Variable(name, values, encoding, (Fraction(1, len(rows)),) * len(rows))


DOMAIN = Domain(
    (
        Ordinal("line", Fraction(0), Fraction(1), 9, uniform(9)),
        Ordinal("range", Fraction(-3, 2), Fraction(1, 4), 1000, uniform(1000)),
        listed("abc", ((Fraction(1, 3), 0), (0, 1), (Fraction(-7, 2), 2))),
        listed("one", ((5,),)),
    )
)
FORM = 0, -24, 60, 36, 12


def test_sums_of_bins_are_those_that_the_kernel_counts():
    points = np.stack([np.arange(900) % v.count for v in DOMAIN.variables], axis=1)
    asked = SimpleNamespace(domain=DOMAIN, spend=lambda steps: None, poll=lambda: None)
    width, sums = Encoded(asked, points).sums(FORM, 64)
    line = Line(0, LARGEST_BET, forecast=Forecast(FORM, width, (), (0,)))
    known = forecasted(asked, line)
    assert 60 <= known.top <= 128 and len(np.unique(sums)) > 32
    assert np.abs(known.sums(points) - sums).max() <= 1  # a sum next to an end of a bin
    assert np.mean(known.sums(points) == sums) > 0.9


def test_the_encodings_are_those_of_the_domain():
    points = np.array([[0, 0, 0, 0], [8, 999, 2, 0]])
    x = Encoded(SimpleNamespace(domain=DOMAIN), points).x / DOMAIN.denominator
    assert x.tolist() == pytest.approx(
        np.array([[0, -1.5, 1 / 3, 0, 5], [8, 248.25, -3.5, 2, 5]]), abs=1e-12
    )


def test_numbers_beyond_floats_are_refused():
    far = Domain((listed("far", ((0,), (10**400,))),))
    with pytest.raises(CertificateError, match="beyond float64"):
        Encoded(SimpleNamespace(domain=far), np.zeros((1, 1), dtype=np.int64))
    near = Domain((listed("near", ((0,), (10**300,))),))
    held = Encoded(SimpleNamespace(domain=near), np.zeros((1, 1), dtype=np.int64))
    with pytest.raises(CertificateError, match="beyond float64"):
        held.sums((10**20,), 64)
