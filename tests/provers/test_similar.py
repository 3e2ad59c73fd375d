"""Two similar networks in the search for sandwiches: what it finds, and what the kernel counts."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from verifier.kernel.checker import prepared
from verifier.kernel.sandwich import refused
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu, Scale, exact_logits
from verifier.model.proof import Strip
from verifier.model.question import Bound, Matter, Not, Same
from verifier.model.steps import Steps
from verifier.provers.options import UNLIMITED
from verifier.provers.pairs import proving
from verifier.provers.pairs.likeness import alike, folded
from verifier.provers.pairs.loading import ready
from verifier.provers.pairs.search import grow
from verifier.provers.sandwiches import propose
from verifier.provers.timing import now


def chain(rng, *widths):
    layers = []
    for a, b in pairwise(widths):
        weight = rng.normal(size=(b, a)).astype(np.float32)
        layers.append(Affine(len(layers), weight, rng.normal(size=b).astype(np.float32)))
        layers.append(Relu(len(layers)))
    return Network(widths[0], tuple(layers[:-1]))


def moved(network, rng, by):
    """The network with other weights, a little."""
    layers = [
        Affine(
            x.source,
            (x.weight + by * rng.normal(size=x.weight.shape)).astype(np.float32),
            x.bias,
        )
        if isinstance(x, Affine)
        else x
        for x in network.layers
    ]
    return Network(network.columns, tuple(layers))


def rounded(network, units=8):
    """A network of one hidden layer with staircases of 255 steps for its ReLUs, in other units."""
    first, _, last = network.layers
    width = len(first.bias)
    thresholds = np.tile((np.arange(255.0) + 0.5) / units, (width, 1))
    layers = (
        first,
        Steps(1, thresholds, np.zeros(width)),
        Scale(2, np.full(width, 1.0), np.full(width, float(units)), np.zeros(width)),
        Affine(3, last.weight, last.bias),
    )
    return Network(network.columns, layers)


def matter(one, other, domain):
    every = tuple(range(len(domain.variables)))
    return Matter(domain, (Bound("a", one, every), Bound("b", other, every)), Not(Same(0, 1)))


def margins(network, domain, points):
    """The only logit at points, exactly."""
    logits, over = exact_logits(
        network, [domain.encode_integers(p) for p in points], domain.denominator
    )
    return [Fraction(row[0], over) for row in logits]


def halves(rng, domain, count):
    """The whole, and cells with some bits fixed."""
    cells = [full_cell(domain)]
    for _ in range(count):
        fixed = rng.permutation(domain.columns)[: int(rng.integers(1, domain.columns))]
        parts = [1 << int(rng.integers(2)) if i in fixed else 3 for i in range(domain.columns)]
        cells.append(Cell(tuple(parts)))
    return cells


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("kind", ["moved", "rounded"])
def test_strips_tell_classes_at_every_point_and_false_ones_are_refused(seed, kind):
    rng = np.random.default_rng([seed, kind == "moved"])
    one = chain(rng, 8, 4, 1)
    other = moved(one, rng, 0.02) if kind == "moved" else rounded(one)
    domain = bits(8)
    asked = prepared(matter(one, other, domain))
    cells = halves(rng, domain, 5)
    narrow = 0
    for cell, step in zip(cells, propose(asked, cells, [0, 1]), strict=True):
        assert step is not None
        assert refused(asked, [cell], [step]) == [""]
        points = list(cell.points())
        sums = [
            sum(c * x for c, x in zip(step.form, domain.encode(p), strict=True)) for p in points
        ]
        for i, (network, strip) in enumerate(zip((one, other), step.strips, strict=True)):
            on = [m > 0 for m in margins(network, domain, points)]
            assert all(is_on or s <= -strip.least for s, is_on in zip(sums, on, strict=True))
            assert all(s > -strip.most for s, is_on in zip(sums, on, strict=True) if is_on)
            false = []
            if any(on):  # the least sum of class 1 would be of class 0
                most = math.floor(-min(s for s, is_on in zip(sums, on, strict=True) if is_on))
                false.append(Strip(i, min(strip.least, most), most))
            if not all(on):  # the greatest sum of class 0 would be of class 1
                least = math.floor(-max(s for s, is_on in zip(sums, on, strict=True) if not is_on))
                false.append(Strip(i, least + 1, max(strip.most, least + 1)))
            for wrong in false:
                strips = tuple(wrong if j == i else x for j, x in enumerate(step.strips))
                assert refused(asked, [cell], [replace(step, strips=strips)]) != [""]
                narrow += 1
    assert narrow


def test_a_question_about_two_similar_networks_is_counted():
    rng = np.random.default_rng(1)
    one = chain(rng, 26, 4, 1)
    domain = bits(26)
    for other in (moved(one, rng, 0.02), rounded(one)):
        about = matter(one, other, domain)
        search = proving.begin(about, UNLIMITED)
        assert search is not None and search.held.nets.similar == 1
        assert ready(search, now() + 120)
        grow(search, now() + 60, enough=500)
        assert search.undecided() < 0.9


def test_folding_takes_staircases_for_what_they_round():
    rng = np.random.default_rng(0)
    one = chain(rng, 10, 4, 1)
    plain, other = folded(one, bits(10)), folded(rounded(one), bits(10))
    assert plain is not None and other is not None
    assert other.widths == plain.widths == [4]
    same = alike(plain, other)
    for (w, b), (v, c) in zip(plain.hidden, same.hidden, strict=True):
        np.testing.assert_allclose(w, v, rtol=1e-6)
        np.testing.assert_allclose(b, c, atol=0.3)
    np.testing.assert_allclose(same.last[0], plain.last[0], rtol=1e-6)


def test_scaled_neurons_are_the_same():
    """ReLU(a z) = a ReLU(z): units of the neurons do not count."""
    rng = np.random.default_rng(1)
    one = chain(rng, 10, 4, 4, 1)
    first, relu, second, again, last = one.layers
    by = np.array([2.0, 0.5, 4.0, 8.0])
    other = Network(
        10,
        (
            Affine(0, first.weight * by[:, None], first.bias * by),
            relu,
            Affine(2, second.weight / by, second.bias),
            again,
            last,
        ),
    )
    plain = folded(one, bits(10))
    same = alike(plain, folded(other, bits(10)))
    for (w, b), (v, c) in zip(plain.hidden, same.hidden, strict=True):
        np.testing.assert_allclose(w, v, rtol=1e-6)
        np.testing.assert_allclose(b, c, rtol=1e-6)


def test_other_shapes_and_other_inputs_are_left_to_other_provers():
    rng = np.random.default_rng(0)
    domain = bits(12)
    one = chain(rng, 12, 4, 1)
    assert proving.begin(matter(one, chain(rng, 12, 5, 1), domain), UNLIMITED) is None
    assert proving.begin(matter(one, chain(rng, 12, 4, 4, 1), domain), UNLIMITED) is None
    every = tuple(range(12))
    turned = (Bound("a", one, every), Bound("b", moved(one, rng, 0.1), every[::-1]))
    assert proving.begin(Matter(domain, turned, Not(Same(0, 1))), UNLIMITED) is None
