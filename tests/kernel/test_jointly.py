"""Two sums counted at once: as one product of integers says, and as all points say."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tests.every import seeds
from tests.kernel.sandwich_cases import random_sandwich_matter
from tests.kernel.test_many import random_part, skewed
from verifier.kernel import jointly, sums
from verifier.kernel.asked import ask
from verifier.kernel.many import Asking
from verifier.model.cell import full_cell
from verifier.model.network import Affine, Network
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
