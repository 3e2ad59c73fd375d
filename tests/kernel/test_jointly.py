"""Two sums counted at once: as one product of integers says, and as all points say."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.brute_intervals import random_variables
from tests.every import seeds
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_intervals import random_cell as brute_cell
from tests.kernel.test_many import random_part, skewed
from tests.kernel.test_ordinals import ordinal
from tests.kernel.test_stairs import _bin
from verifier.formats.variables import one_hot
from verifier.kernel import jointly, sums
from verifier.kernel.asked import ask
from verifier.kernel.many import Asking
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.question import Bound, ClassIs, Matter


def nothing(*_):
    pass


def about(domain):
    """A question of a domain, for what it is asked of."""
    none = Network(domain.columns, (Affine(0, np.zeros((1, domain.columns)), np.zeros(1)),))
    every = tuple(range(len(domain.variables)))
    return ask(Matter(domain, (Bound("none", none, every),), ClassIs(0, 1)))


def random_pair(rng, domain, cell, most=9):
    """Two forms with widths, and thresholds of which some make sense."""
    both = []
    for _ in range(2):
        form = rng.integers(-most, most + 1, domain.columns) * rng.integers(0, 3)
        held = sums.binned(domain, cell, form.tolist(), 1)
        width = 1 + held.top // int(rng.choice([1, 2, 5, 30]))
        ends = [
            (held.base + int(held.top * rng.uniform(-0.1, 1.1))) // domain.denominator
            for _ in range(4)
        ]
        every = tuple((end, i < 2) for i, end in enumerate(ends))
        both.append(Asking(cell, tuple(form.tolist()), width, every))
    return tuple(both)


def by_points(domain, pair, chances=None):
    """Of all points how much there is, and has the classes for sure, by bins; and by the sums."""
    part = pair[0].part
    held = [sums.binned(domain, part, x.form, x.width) for x in pair]
    places = [
        [own.least_bins(end)[not sure] for end, sure in x.ends]
        for own, x in zip(held, pair, strict=True)
    ]
    found = [0, 0, 0]
    for point in part.points():
        n = 1
        if chances is not None:
            n = math.prod(c.weight_at(i) for c, i in zip(chances, point, strict=True))
        bins = [bin_of(domain, own, x, point) for own, x in zip(held, pair, strict=True)]
        one = [[q >= at for at in own[:2]] for q, own in zip(bins, places, strict=True)]
        zero = [[q < at for at in own[2:]] for q, own in zip(bins, places, strict=True)]
        found[0] += n
        for i, ((all_0, here_0), (all_1, here_1)) in enumerate((one, zero), 1):
            shown = all_0 or all_1 or (here_0 and here_1)
            found[i] += n * shown
            if shown:
                assert shown_by_sums(domain, pair, point, i)
    return tuple(found)


def bin_of(domain, held, x, point):
    """A point's sum of bins, variable by variable in fractions."""
    total = 0
    for i, (v, start) in enumerate(zip(domain.variables, domain.offsets, strict=True)):
        own = x.form[start : start + v.columns]
        part = x.part.parts[i]
        some = part if isinstance(part, range) else [k for k in range(v.count) if part >> k & 1]
        values = {k: sum(n * y for n, y in zip(own, v.row(k), strict=True)) for k in some}
        total += (values[point[i]] - min(values.values())) // x.width
    return total


def shown_by_sums(domain, pair, point, which):
    """Whether the sums themselves are on the sides of the thresholds that show a class."""
    row = domain.encode(point)
    held = []
    for x in pair:
        s = sum(n * y for n, y in zip(x.form, row, strict=True))
        ends = [end for end, _ in x.ends]
        held.append([s > end for end in ends[:2]] if which == 1 else [s <= end for end in ends[2:]])
    (all_0, here_0), (all_1, here_1) = held
    return all_0 or all_1 or (here_0 and here_1)


def together(asked, every, chances):
    return jointly._together(asked.table, every, nothing, nothing, map, chances)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_of_small_domains(seed, monkeypatch):
    """Points and weights: sets, ranges and leaves of a domain's tree, with values of no weight."""
    monkeypatch.setattr(jointly, "TOGETHER", int([1, 1 << 9, 1 << 19][seed % 3]))
    rng = np.random.default_rng([seed, 1])
    domain = random_sandwich_matter(rng, 60).domain
    if seed % 2:
        domain = skewed(rng, domain)
    asked, by_leaf = about(domain), {}
    for part, leaf in domain.parts(full_cell(domain)):
        for _ in range(3):
            by_leaf.setdefault(leaf, []).append(random_pair(rng, domain, random_part(rng, part)))
    for leaf, every in by_leaf.items():
        chances = domain.distributions(leaf)
        own = None if domain.uniform else chances
        found = together(asked, every, own)
        for pair, counts in zip(every, found, strict=True):
            alone = jointly._alone(asked, pair, own)
            points = by_points(domain, pair)
            assert alone == (points, points if own is None else by_points(domain, pair, chances))
            assert counts in (alone, None)
        assert domain.uniform <= all(found)


@pytest.mark.parametrize("seed", seeds(range(40)))
def test_of_large_ranges_and_weights(seed, monkeypatch):
    """Up to 2**61 points, and weights of hundreds of bits: as one product of integers says."""
    monkeypatch.setattr(jointly, "TOGETHER", int([1, 1 << 12, 1 << 18][seed % 3]))
    rng = np.random.default_rng([seed, 2])
    sizes = [int(2 ** rng.uniform(0, 11)) + 1 for _ in range(int(rng.integers(1, 7)))]
    domain = Domain(
        tuple(
            Ordinal(f"x{i}", Fraction(int(rng.integers(-9, 9))), Fraction(1, 2), n, uniform(n))
            if rng.integers(3)
            else one_hot(f"x{i}", [str(k) for k in range(min(n, 6))])
            for i, n in enumerate(sizes)
        )
    )
    if seed % 2:
        domain = skewed(rng, domain)
    asked, chances = about(domain), domain.distributions(None)
    own = chances if seed % 2 else None
    every = [random_pair(rng, domain, random_part(rng, full_cell(domain)), 2000) for _ in range(8)]
    found = together(asked, every, own)
    alone = [jointly._alone(asked, pair, own) for pair in every]
    assert None not in alone
    assert [x for x in found if x] == [y for x, y in zip(found, alone, strict=True) if x]
    assert seed % 2 or all(found)
    assert jointly.jointly(asked, every, chances) == alone


@pytest.mark.parametrize("count", [30, 61, 62, 63, 90, 120, 140])
def test_of_many_points(count):
    """Around and beyond what machine integers hold, in one group of variables, two and more."""
    rng, domain, every = np.random.default_rng(count), bits(count), []
    for k in range(4):
        cell = Cell(tuple(3 if k or i % 2 else 1 for i in range(count)))
        both = []
        for _ in range(2):
            form = tuple(rng.integers(-2, 3, count).tolist())
            ends = tuple((int(end), i < 2) for i, end in enumerate(rng.integers(-30, 30, 4)))
            both.append(Asking(cell, form, 2, ends))
        every.append(tuple(both))
    asked = about(domain)
    found = together(asked, every, None)
    alone = [jointly._alone(asked, pair, None) for pair in every]
    assert found == (alone if count < 124 else [None] * 4)
    assert [x[0][0] for x in alone] == [pair[0].part.size for pair in every]


def test_what_has_too_many_bins_is_left_to_others_or_refused():
    domain = Domain((ordinal("x", 0, 1, 1 << 12), ordinal("y", 0, 1, 1 << 12)))
    asked, cell = about(domain), full_cell(domain)
    ends = ((0, True), (5, True), (-9, False), (0, False))
    for width, alone in ((64, True), (8, True), (1, False)):
        pair = tuple(Asking(cell, form, width, ends) for form in ((1, 1), (1, -1)))
        (found,) = together(asked, [pair], None)
        assert (found is None) == (width < 64)
        assert (jointly._alone(asked, pair, None) is not None) == alone


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_of_continuous_variables(seed):
    """Box by box, by the bins that are right for every number of a box; and their weights."""
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, rng.randrange(1, 3), rng.randrange(3)))
    part, asked = brute_cell(rng, domain), about(domain)
    pair, held = [], []
    for _ in range(2):
        form = tuple(rng.choice((0, 1, -1, 3, -7, 20)) for _ in domain.variables)
        own = sums.binned(domain, part, form, rng.choice((1, 2, 5, 40)))
        ends = [(own.base + int(own.top * own.width * rng.random())) // own.unit for _ in range(4)]
        every = tuple((end, i < 2) for i, end in enumerate(ends))
        pair.append(Asking(part, form, own.width // own.unit, every))
        held.append(own)
    chances = domain.distributions(None)
    counts = [[0, 0, 0], [0, 0, 0]]
    for boxes in product(*part.parts):
        shown = []
        for own, x in zip(held, pair, strict=True):
            at = sum(_bin(own, domain, part, x.form, i, k) for i, k in enumerate(boxes))
            places = [own.least_bins(end)[not sure] for end, sure in x.ends]
            shown.append(([at >= n for n in places[:2]], [at < n for n in places[2:]]))
        for which, n in enumerate((1, domain.weight(boxes))):
            counts[which][0] += n
            for klass in (0, 1):
                (all_0, in_0), (all_1, in_1) = (own[klass] for own in shown)
                counts[which][1 + klass] += n * (all_0 or all_1 or (in_0 and in_1))
    (found,) = jointly.jointly(asked, [tuple(pair)], chances)
    assert found == (tuple(counts[0]), tuple(counts[0] if domain.uniform else counts[1]))
