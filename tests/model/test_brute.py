"""Brute force itself: layer by layer as plain fractions have it, and by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import logits, node_values, teacher_class
from tests.every import seeds
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign
from verifier.model.steps import Steps


def in_fractions(teacher, x):
    """Every node in fractions, as each layer's formula is written."""
    nodes = [[Fraction(v) for v in x]]
    for layer in teacher.layers:
        if isinstance(layer, Add):
            out = [a + b for a, b in zip(nodes[layer.left], nodes[layer.right], strict=True)]
        elif isinstance(layer, Affine):
            out = [
                sum((Fraction(w) * h for w, h in zip(row, nodes[layer.source], strict=True)), b)
                for row, b in zip(
                    layer.weight.tolist(), map(Fraction, layer.bias.tolist()), strict=True
                )
            ]
        elif isinstance(layer, Scale):
            arrays = (map(Fraction, a.tolist()) for a in (layer.scale, layer.divisor, layer.shift))
            out = [h * s / d + t for h, s, d, t in zip(nodes[layer.source], *arrays, strict=True)]
        elif isinstance(layer, Steps):
            rows = zip(layer.lowest.tolist(), layer.thresholds.tolist(), strict=True)
            out = [
                Fraction(low) + len([t for t in row if h >= Fraction(t)])
                for h, (low, row) in zip(nodes[layer.source], rows, strict=True)
            ]
        else:
            one = {Relu: lambda h: max(h, Fraction(0)), Sign: lambda h: Fraction((h > 0) - (h < 0))}
            out = [one[type(layer)](h) for h in nodes[layer.source]]
        nodes.append(out)
    return nodes


def numbers(rng, *shape):
    """Of very different sizes, some 0, float32 or float64."""
    kind = rng.choice([np.float32, np.float64])
    sizes = 10.0 ** rng.integers(-30, 30, size=shape)
    return (rng.normal(size=shape) * rng.choice([0, 1, 1, 1], size=shape) * sizes).astype(kind)


def random_network(rng, columns):
    """Every kind of layer, each read by the next and some by later ones."""
    layers, widths = [], [columns]
    for _ in range(rng.integers(1, 9)):
        at = int(rng.integers(len(widths)))
        same = [i for i, width in enumerate(widths) if width == widths[at]]
        kind, width = rng.integers(6), widths[at]
        match int(kind):
            case 0:
                width = int(rng.integers(1, 4))
                layers.append(Affine(at, numbers(rng, width, widths[at]), numbers(rng, width)))
            case 1:
                divisor = np.abs(numbers(rng, width)) + np.float32(1e-3)
                layers.append(Scale(at, numbers(rng, width), divisor, numbers(rng, width)))
            case 2:
                layers.append(Relu(at))
            case 3:
                layers.append(Sign(at))
            case 4:
                thresholds = np.sort(numbers(rng, width, 3), axis=1)
                layers.append(Steps(at, thresholds, rng.integers(-3, 3, width).astype(np.float32)))
            case _:
                layers.append(Add(at, int(rng.choice(same))))
        widths.append(width)
    return Network(columns, tuple(layers))


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_every_node_is_what_plain_fractions_give(seed):
    rng = np.random.default_rng(seed)
    columns = int(rng.integers(1, 4))
    teacher = random_network(rng, columns)
    for _ in range(5):
        x = [Fraction(int(rng.integers(-9, 9)), int(rng.integers(1, 9))) for _ in range(columns)]
        expected = in_fractions(teacher, x)
        assert node_values(teacher, x) == expected
        assert logits(teacher, x) == expected[-1]
        best = expected[-1]
        one = int(best[0] > 0) if len(best) == 1 else best.index(max(best))
        assert teacher_class(teacher, x) == one


def test_by_hand():
    weight = np.array([[0.5, -1], [2, 0.25]], np.float32)
    layers = (Affine(0, weight, np.array([1, 0], np.float32)), Relu(1), Sign(2), Add(2, 3))
    teacher = Network(2, layers)
    assert node_values(teacher, [Fraction(1, 3), 2]) == [
        [Fraction(1, 3), 2],
        [Fraction(-5, 6), Fraction(7, 6)],
        [0, Fraction(7, 6)],
        [0, 1],
        [0, Fraction(13, 6)],
    ]
    assert teacher_class(teacher, [Fraction(1, 3), 2]) == 1


def test_a_weight_that_is_written_to_counts_at_once():
    weight, one = np.ones((1, 1), np.float32), np.zeros(1, np.float32)
    teacher = Network(1, (Affine(0, weight, one),))
    assert logits(teacher, [3]) == [3]
    weight[0, 0] = -1
    assert logits(teacher, [3]) == [-3]
