"""Envelopes and passes of the verified checker: true whatever is chosen; both builds have them."""

from __future__ import annotations

import inspect
import itertools
import random
from dataclasses import dataclass

import numpy as np
import pytest

from tests.certificates.checkers import chained, of_members
from tests.certificates.forging import claimed, packed
from verifier import verified
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant
from verifier.model.tree import Leaf, Tree
from verifier.reading.container import unpack
from verifier.verified import generated

FEW = generated.no_part[0]
UNIT = generated.d
"""Lines and slopes are in units of 1 / UNIT."""


def tag(name, function):
    """A constructor's name in the generated code, where those of other types have it too."""
    text = inspect.getsource(function)
    return next(full for full in (f"{name}0", name) if f'"{full}"' in text)


AFFINE, DIAG, RELU = (tag(name, generated.forward) for name in ("Affine", "Diag", "Relu"))


@dataclass(frozen=True)
class Case:
    """A network over variables, each with its codes; layers from the first on."""

    layers: tuple
    codes: tuple

    def prepared(self):
        shapes = []
        for kind, held in self.layers:
            rows = [(chained(row), bias) if kind == AFFINE else (row, bias) for row, bias in held]
            shapes.append((kind, 0, chained(rows)) if kind != RELU else (RELU, 0))
        return generated.prepare(chained(shapes[::-1]), False)

    def cell(self, chosen):
        """Of each variable the codes with these numbers."""
        parts = [
            (FEW, chained([(i, chained(codes[i]), None) for i in some]))
            for codes, some in zip(self.codes, chosen, strict=True)
        ]
        return chained(parts)

    def logits(self, chosen):
        """The logits at all points, by plain arithmetic."""
        pairs = zip(self.codes, chosen, strict=True)
        for point in itertools.product(*([codes[i] for i in some] for codes, some in pairs)):
            x = [number for code in point for number in code]
            for kind, held in self.layers:
                if kind == RELU:
                    x = [max(0, z) for z in x]
                elif kind == AFFINE:
                    x = [sum(map(int.__mul__, row, x)) + bias for row, bias in held]
                else:
                    x = [factor * z + shift for (factor, shift), z in zip(held, x, strict=True)]
            yield x


def random_case(rng):
    """A network of one or two hidden layers, perhaps with scale layers, and some of its codes.

    It is of class 1 with a margin of 1 to 20, or not quite of class 1: the margin is given.
    """
    kinds = [
        [(-1,), (1,)],
        [(n,) for n in range(rng.randint(-2, 0), 3)],
        [tuple(int(i == j) for j in range(3)) for i in range(3)],
        [(rng.randint(-4, 4), rng.randint(-4, 4)) for _ in range(3)],
    ]
    codes = tuple(tuple(rng.choice(kinds)) for _ in range(rng.randint(3, 5)))
    width = sum(len(some[0]) for some in codes)
    layers = []
    for n in [rng.randint(3, 5) for _ in range(rng.randint(1, 2))] + [rng.randint(1, 2)]:
        rows = [[rng.randint(-20, 20) for _ in range(width)] for _ in range(n)]
        layers.append((AFFINE, [(row, rng.randint(-25, 25)) for row in rows]))
        if rng.random() < 0.3:
            layers.append((DIAG, [(rng.choice((-2, 1, 3)), rng.randint(-9, 9)) for _ in range(n)]))
        layers.append((RELU, []))
        width = n
    chosen = [
        sorted(rng.sample(range(len(some)), rng.choice((1, len(some), len(some)))))
        for some in codes
    ]
    *layers, (kind, last), _ = layers
    case = Case((*layers, (kind, last)), codes)
    ends = list(case.logits(chosen))
    least = min(logits[-1] - (logits[0] if width > 1 else 0) for logits in ends)
    margin = rng.choice((0, 1, 5, 20))
    last[-1] = (last[-1][0], last[-1][1] - least + margin)
    return case, chosen, margin


def told(rng, cases):
    """How many claims are shown by passes alone; and how many are shown that are false."""
    more = false = 0
    for _ in range(cases):
        case, chosen, margin = random_case(rng)
        cell, ready = case.cell(chosen), case.prepared()
        if not generated.shown(0, ready, cell, 1):
            shown = generated.shown(generated.pASSES, ready, cell, 1)
            more += shown
            false += shown and margin == 0
        else:
            assert margin > 0
    return more, false


def test_nothing_false_is_shown():
    more, false = told(random.Random(1), 200)
    assert false == 0 and more >= 10


@pytest.mark.parametrize("choice", ["slopes", "weights", "lines", "inner rows"])
def test_nothing_false_is_shown_whatever_is_chosen(choice, monkeypatch):
    """Coefficients of envelopes, weights of mixtures, lines below ReLU: none matters."""
    rng = random.Random(choice)
    if choice == "slopes":

        def slopes(aim, row, bias):
            return chained([rng.randint(-30 * UNIT, 30 * UNIT) for _ in items(row)])

        monkeypatch.setattr(generated, "slopes", slopes)
    elif choice == "weights":
        monkeypatch.setattr(generated, "weigh_up", lambda *given: rng.randint(-9, 99))
    elif choice == "inner rows":
        plain = generated.passing
        monkeypatch.setattr(generated, "passing", lambda fuel: (*plain(fuel)[:6], 2))
    else:
        plain = generated.steered

        def steered(infos, values):
            drawn = [chained([rng.choice((-1, 1)) for _ in items(x)]) for x in items(values)]
            return plain(infos, chained(drawn))

        monkeypatch.setattr(generated, "steered", steered)
    assert told(rng, 100)[1] == 0


def test_an_envelope_that_is_too_low_would_be_seen(monkeypatch):
    plain = generated.above_all
    monkeypatch.setattr(generated, "above_all", lambda *given: plain(*given) - 2 * UNIT)
    assert told(random.Random(1), 100)[1] > 0


def items(chain):
    """A list of the generated code, as Python's."""
    found = []
    while chain is not None:
        found.append(chain[0])
        chain = chain[1]
    return found


def test_envelopes_are_above_and_touch():
    """At every point, those inside pieces too; and somewhere nothing less is above."""
    rng = random.Random(2)
    for _ in range(200):
        ends = [sorted(rng.sample(range(-9, 9), 2)) for _ in range(rng.randint(1, 6))]
        pieces = [(FEW, ((0, (high, None), (low,)), None)) for low, high in ends]
        row = [rng.randint(-9, 9) for _ in ends]
        bias = rng.randint(-20, 20)
        form = chained([rng.randint(-99, 99) for _ in ends])
        aim = generated.aim_at(form, chained(pieces))
        slopes, constant = generated.envelope(aim, chained(row), bias)
        slopes = items(slopes) or [0] * len(row)
        gaps = []
        for place in itertools.product((0, 1, 3), repeat=len(ends)):
            x = [
                3 * low + step * (high - low) for step, (low, high) in zip(place, ends, strict=True)
            ]
            z = sum(map(int.__mul__, row, x)) + 3 * bias
            gaps.append(sum(map(int.__mul__, slopes, x)) + 3 * constant - UNIT * max(0, z))
        assert min(gaps) == 0


def test_variables_have_their_turns():
    """x + y + z, where -4 x + 2 y + z is least: x and then z wait until ReLU can be positive."""
    sign = (FEW, chained([(0, (-1, None), None), (1, (1, None), None)]))
    aim = generated.aim_at(chained([-4, 2, 1]), chained([sign] * 3))
    for bias, slopes, least in (
        (0, [0, UNIT, UNIT // 2], UNIT * 3 // 2),
        (-2, [0, UNIT // 2, 0], UNIT // 2),
        (2, [UNIT // 2, UNIT, UNIT], UNIT * 5 // 2),
    ):
        assert generated.envelope(aim, chained([1, 1, 1]), bias) == (chained(slopes), least)


def stubborn(margin):
    """A network of 13 bits whose logit is at least ``margin``, and that at some point."""
    rng = np.random.default_rng(5)
    weights = [rng.integers(-8, 9, shape).astype(float) for shape in ((8, 13), (4, 8), (1, 4))]
    points = np.array(list(itertools.product((0.0, 1.0), repeat=13)))
    hidden = np.maximum(0, np.maximum(0, points @ weights[0].T) @ weights[1].T)
    bias = margin - (hidden @ weights[2].T).min()
    affine = [
        Affine(2 * i, weight, np.full(len(weight), bias if i == 2 else 0.0))
        for i, weight in enumerate(weights)
    ]
    return Network(13, (affine[0], Relu(1), affine[1], Relu(3), affine[2]))


def members_of(margin):
    """A certificate in one Constant step that the network of this margin is of class 1."""
    case = (bits(13), stubborn(margin), Tree((Leaf(1),)))
    return unpack(packed(case, (Constant(1),), (), claimed(bits(13))))


MARGIN = 2000


def test_only_passes_show_it(monkeypatch):
    monkeypatch.setattr(generated, "pASSES", 0)
    assert of_members(members_of(MARGIN)) == "Invalid"


def test_both_builds_show_it(build):
    found = verified.run(members_of(MARGIN), using=build)
    assert found.word == "accepted" and found.answer.points == (0, 0)


def test_both_builds_refuse_what_is_false(build):
    assert verified.run(members_of(0), using=build).word == "invalid"
