"""Of which variables patches are where a question is rarely true."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import verifier as lp
from verifier.jobs import varying
from verifier.jobs.guiding import varied
from verifier.kernel.certificate import check_certificate
from verifier.kernel.ledger import EVERY
from verifier.kernel.sampling import drawn_from
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.sample import PLAIN
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import certificate_of
from verifier.writing.sampling import left_open

SIZES = 40, 8, 8, 300, 300, 300
WEIGHTS = 90.0, 100.0, 100.0, 1.0, 1.0, 1.0
"""The first three decide nearly all."""
KEY = b"k" * 32


def population(bias):
    """Of all points: the class of a sum, which is rarely above a large ``bias``, is asked."""
    domain = Domain(
        tuple(
            Ordinal(f"x{i}", Fraction(0), Fraction(1), n, uniform(n)) for i, n in enumerate(SIZES)
        )
    )
    model = Network(6, (Affine(0, np.array([WEIGHTS]), np.array([-bias])),))
    made = lp.certify(
        model, Tree((Leaf(0),)), domain, stop_at_difference=True, timeout=5, sample=64
    )
    held = replace(certificate_of(made.data), sample=None)
    proved = check_certificate(held, keep_left=EVERY)
    return drawn_from(left_open(held, proved, whole=True), PLAIN)


@pytest.fixture(scope="module")
def rare():
    return population(4700.0)


def test_few_variables_that_decide_together_are_chosen(rare):
    chosen = varying.choices(rare, KEY, 1 << 17)
    assert chosen and set(chosen[0]) <= {0, 1, 2} and len(chosen[0]) > 1
    assert len(chosen) <= varying.BEST and len(set(chosen)) == len(chosen)
    assert all(np.prod([SIZES[i] for i in own]) <= varying.MOST_COMBINATIONS for own in chosen)
    assert varied(rare, KEY, 1 << 17) == chosen


def test_the_same_key_chooses_the_same(rare):
    assert varying.choices(rare, KEY, 1 << 15) == varying.choices(rare, KEY, 1 << 15)


def test_what_patches_vary_by_is_told(rare):
    """Beside all combinations of the large variables, the small ones as a normal sum."""
    rng = np.random.default_rng(3)
    others = rng.integers(0, 300, size=(4000, 3)).sum(axis=1)
    sums = np.array([a * 90 + (b + c) * 100 for a, b, c in product(*(range(n) for n in SIZES[:3]))])
    true = sums[:, None] + others > 4700
    shares = true.reshape(40, 64, -1).mean(axis=0)  # of patches of the first variable
    share, wanted = float(true.mean()), float(shares.var())
    points = rng.integers(0, SIZES, size=(400_000, 6))
    rows = points[points @ np.array(WEIGHTS) > 4700][:1000]
    trying = varying._Trying(rare.asked, np.repeat(rows, 4, axis=0), points[: 1 << 12], share)
    trying._try((0,))
    found = trying.tried[(0,)] / varying.cost(rare.asked, (0,))
    assert abs(found / wanted - 1) < 0.25


def test_where_it_is_not_rare_or_little_is_true_nothing_is_told(rare):
    assert varying.choices(population(2500.0), KEY, 1 << 17) == []
    assert varying.choices(population(5400.0), KEY, 1 << 8) == []  # a block has too few true ones
    assert varied(rare, KEY, 0) != []  # those that decide the most


@pytest.mark.parametrize(
    ("true", "tried", "points", "too_few"),
    [
        (0, 1 << 13, 1 << 16, True),  # not one of thousands: 32 are not found in a few times these
        (0, 1 << 13, 1 << 19, False),
        (80, 1 << 13, 1 << 16, False),
        (4000, 1 << 13, 64, False),  # not rare: others tell which variables
    ],
)
def test_where_too_few_points_are_true_none_are_looked_for(true, tried, points, too_few):
    assert varying.are_too_few(true, tried, points) == too_few
