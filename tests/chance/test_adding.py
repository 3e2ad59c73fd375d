"""How much of a product of variables reaches a sum: as all tuples say, and in exact integers."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from verifier.chance import adding


def nothing(*_):
    pass


def drawn(rng, parts, most):
    """A variable with up to five bins, some of which parts have not, and amounts of up to most."""
    digits = int(rng.integers(1, 6))
    bins = rng.integers(-1, 4, (digits, parts)) * rng.integers(0, 2)
    bins[0] = 0  # the least bin is there
    amounts = rng.integers(0, most, (digits, parts)) * rng.integers(0, 2, (digits, 1))
    return adding.Digits(bins, amounts)


@pytest.mark.parametrize("seed", range(60))
def test_all_tuples(seed):
    """Few numbers and many of up to 2**58: all of it in one group, in two and in several."""
    rng = np.random.default_rng(seed)
    parts, most = int(rng.integers(1, 4)), int(2 ** rng.choice([1, 8, 30, 57]))
    every = [drawn(rng, parts, most) for _ in range(int(rng.integers(0, 6)))]
    least = rng.integers(-3, 14, (3, parts))
    found = adding.counted(every, least, nothing)
    for p in range(parts):
        own = [
            [
                (b, n)
                for b, n in zip(x.bins[:, p].tolist(), x.amounts[:, p].tolist(), strict=True)
                if b >= 0
            ]
            for x in every
        ]
        tuples = [
            (sum(b for b, _ in some), math.prod(n for _, n in some))
            for some in itertools.product(*own)
        ]
        wanted = [sum(n for b, n in tuples if b >= end) for end in least[:, p].tolist()]
        assert found[p] == [*wanted, sum(n for _, n in tuples)]


def test_as_many_full_limbs_as_there_may_be():
    """Whose products, added up at once, would not be exact in float64."""
    rng, rows, size = np.random.default_rng(0), 5000, 4001
    one, other = (rng.integers(65_000, 65_536, (1, n, 2)) for n in (rows, size))
    ends = np.array([[0], [3333], [8999], [9000], [1 << 40]])
    halves = (x.astype(np.float64) for x in (one, other))
    (found,) = adding._joined_limbs(*halves, ends, nothing)
    left, right = ([int(a) + (int(b) << 16) for a, b in x[0].tolist()] for x in (one, other))
    rest = list(itertools.accumulate(reversed(right), initial=0))
    for (end,), counted in zip(ends.tolist(), found, strict=True):
        reached = (rest[min(max(size - end + i, 0), size)] for i in range(rows))
        assert counted == sum(a * b for a, b in zip(left, reached, strict=True))


def test_logarithms():
    """None is too low by more than is said, nor too high by a unit and more."""
    rng = np.random.default_rng(1)
    numbers = {*range(70), *(2**k + i for k in range(62) for i in (-1, 0, 1)), 2**62 - 1}
    numbers |= {int(2 ** rng.uniform(0, 62)) for _ in range(1000)}
    own = np.array(sorted(numbers), dtype=np.int64)
    for x, k in zip(own.tolist(), adding._logarithms(own).tolist(), strict=True):
        power = max(x, 1) ** 2**adding.FINE
        assert power * 2**39 <= 2**k * (2**39 + 1)
        assert k == 0 or power > 2 ** (k - 1)


@pytest.mark.parametrize("seed", range(60))
def test_two_sums_at_once(seed):
    """What is below a corner of both, and above one, as all tuples say: corners beyond all, too."""
    rng, found = np.random.default_rng([seed, 1]), None
    while found is None:  # where amounts need more than two groups
        parts, most = int(rng.integers(1, 4)), int(2 ** rng.choice([1, 8, 30, 57]))
        every = [drawn(rng, parts, most) for _ in range(int(rng.integers(0, 6)))]
        other = [
            np.where(x.bins < 0, -1, rng.integers(0, 6, x.bins.shape) * rng.integers(0, 2))
            for x in every
        ]
        ends = np.sort(rng.integers(-3, 14, (2, 2, 2, parts)), axis=2)
        ends = np.stack([ends[0, :, ::-1], ends[1]]).reshape(2, 4, parts)
        far = rng.random() < 0.3
        ends[0, 0] = 1 << 60 if far else ends[0, 0]
        ends[1, 2] = -(1 << 60) if far else ends[1, 2]
        found = adding.apart(every, other, ends, nothing)
    for p in range(parts):
        rows = [
            np.stack([x.bins[:, p], y[:, p], x.amounts[:, p]], axis=1).tolist()
            for x, y in zip(every, other, strict=True)
        ]
        own = [[row for row in held if row[0] >= 0] for held in rows]
        tuples = [
            (sum(b for b, _, _ in some), sum(c for _, c, _ in some), math.prod(n for *_, n in some))
            for some in itertools.product(*own)
        ]
        (a0, b0, a1, b1), (c0, d0, c1, d1) = ends[:, :, p].tolist()
        assert found[p] == (
            sum(n for *_, n in tuples),
            sum(n for x, y, n in tuples if (x < b0 and y < a1) or (x < a0 and y < b1)),
            sum(n for x, y, n in tuples if (x >= d0 and y >= c1) or (x >= c0 and y >= d1)),
        )
