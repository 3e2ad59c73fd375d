"""Claims that are false by a hair: the last bias is moved until a cell's least margin is about 0.

On cells of few points the relaxation is nearly exact, so a bound that is too good by one unit
anywhere shows as a false claim that is accepted.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.every import seeds
from verifier.formats.variables import variable
from verifier.kernel import checker, forms, prepared, rules
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Sign, exact_classes, exact_logits

AWKWARD = (
    *(0, 1, -1, 2, -2, 3, 0.5, -0.5, 1 + 2.0**-13, 1 - 2.0**-13, -1 - 2.0**-12, 2.0**-12),
    *(-(2.0**-20), 1 + 2.0**-22, 1 + 2.0**-23, 2.0**22, 2.0**22 + 1, 1 / 3, -1 / 3, 0.1, -0.7),
    *(1e-30, 1e30, -1e30, 2.0**-149, 5e-324, 1e-300, 2.0**40, 2.0**52 + 1),
)
CODES = (0, 1, -1, 2, Fraction(1, 3), Fraction(-2, 7), 5, Fraction(1, 2**12), 1000)
FAR = (0.0, 2.0**-52, 2.0**-40, 2.0**-25, 2.0**-22, 2.0**-18)
"""By how much of itself the bias is moved, to either side."""


def weights(rng, shape, kind):
    if kind == 0:
        return rng.normal(size=shape)
    return np.array(AWKWARD)[rng.integers(0, (14, 21, len(AWKWARD))[kind - 1], size=shape)]


def random_domain(rng):
    found = []
    for i in range(int(rng.integers(1, 5))):
        count, columns = int(rng.integers(2, 4)), 1 + int(rng.random() < 0.3)
        rows = [
            [CODES[int(rng.integers(len(CODES)))] for _ in range(columns)] for _ in range(count)
        ]
        labels = tuple(str(v) for v in range(count))
        found.append(variable(f"x{i}", labels, tuple(tuple(map(Fraction, row)) for row in rows)))
    return Domain(tuple(found))


def inner_layers(rng, columns, kind):
    """The layers before the logits, and the widths of all nodes."""
    layers, widths = [], [columns]
    for _ in range(int(rng.integers(1, 3))):
        last, width = len(widths) - 1, int(rng.integers(1, 5))
        weight = weights(rng, (width, widths[-1]), kind)
        layers += [Affine(last, weight, weights(rng, (width,), kind))]
        layers += [Relu(last + 1) if rng.random() < 0.8 else Sign(last + 1)]
        widths += [width, width]
        same = [i for i, w in enumerate(widths) if w == width]
        if rng.random() < 0.3:
            layers.append(Add(int(rng.choice(same)), len(widths) - 1))
            widths.append(width)
    return layers, widths


def biases(logits, over, klass):
    """Biases of the logit of a class with which its least margin is nearly 0."""
    if len(logits[0]) == 1:
        ends = [Fraction(row[0], over) for row in logits]
        target = -min(ends) if klass else -max(ends)
    else:
        gaps = [row[klass] - max(x for j, x in enumerate(row) if j != klass) for row in logits]
        target = -Fraction(min(gaps), over)
    return {float(target) * (1 + sign * far) for far in FAR for sign in (-1, 1)}


@pytest.mark.parametrize("seed", seeds(range(80)))
def test_no_claim_false_by_a_hair_is_accepted(seed):
    rng = np.random.default_rng([seed, 5])
    kind = int(rng.integers(4))
    domain = random_domain(rng)
    layers, widths = inner_layers(rng, domain.columns, kind)
    outputs = int(rng.choice([1, 1, 2, 3]))
    last, weight = len(widths) - 1, weights(rng, (outputs, widths[-1]), kind)
    sizes = [len(v.labels) for v in domain.variables]
    masks = [1 << int(rng.integers(k)) if rng.random() < 0.6 else (1 << k) - 1 for k in sizes]
    cell = Cell(tuple(masks))
    points = list(cell.points())
    whole = Network(domain.columns, (*layers, Affine(last, weight, np.zeros(outputs))))
    inputs = [domain.encode_integers(point) for point in points]
    klass = int(rng.integers(whole.classes))
    for value in biases(*exact_logits(whole, inputs, domain.denominator), klass):
        shift = np.zeros(outputs)
        shift[klass if outputs > 1 else 0] = value
        teacher = Network(domain.columns, (*layers, Affine(last, weight, shift)))
        p = checker.prepare(teacher, domain)
        true = list(exact_classes(teacher, domain, points))
        classes = list(range(teacher.classes))
        proved, _ = checker.constant(p, [cell] * len(classes), classes)
        assert all(set(true) == {k} for k in classes if proved[k])
        assert checker.evaluate(p, np.array(points))[0].tolist() == true


def one_unit_less_to_reach(monkeypatch):
    honest = rules.constant_margin

    def generous(p, masks, classes, *more):
        nodes, margin, rows, least = honest(p, masks, classes, *more)
        return nodes, margin, rows, least - 1

    monkeypatch.setattr(rules, "constant_margin", generous)


def intercepts_a_little_low(monkeypatch):
    honest = forms.relu_slopes

    def generous(x):
        alpha, slope, intercept = honest(x)
        return alpha, slope, np.floor(intercept * (1 - 2.0**-12))

    monkeypatch.setattr(forms, "relu_slopes", generous)


def weights_taken_as_exact(monkeypatch):
    honest = prepared.quantise_floats
    monkeypatch.setattr(
        prepared, "quantise_floats", lambda array: replace(honest(array), inexact=0)
    )


@pytest.mark.parametrize(
    "fault",
    [one_unit_less_to_reach, intercepts_a_little_low, weights_taken_as_exact],
)
def test_the_attack_finds(fault, monkeypatch):
    """Faults put into the rules: a false claim is accepted among these cases."""
    fault(monkeypatch)
    for seed in range(300):
        try:
            test_no_claim_false_by_a_hair_is_accepted(seed)
        except AssertionError:
            return
    pytest.fail("the fault was not noticed")
