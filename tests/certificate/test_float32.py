"""Where the kernel says that float32 cannot change the class, no float32 evaluation does."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.certificate import kernel
from verifier.certificate.float32 import logit_error
from verifier.certificate.prepared import mask_array
from verifier.certificate.rules import all_bounds
from verifier.domain import Domain, bits, full_cell, signs, variable
from verifier.teacher import Add, Affine, Relu, Scale, Sign, Teacher, exact_classes, exact_logits


def network(rng, n, kind):
    def affine(source, rows, columns, scale=1.0):
        weight = rng.normal(size=(rows, columns)) * scale
        return Affine(source, weight.astype(np.float32), rng.normal(size=rows).astype(np.float32))

    if kind == "relu":
        layers = (affine(0, 20, n), Relu(1), affine(2, 20, 20), Relu(3), affine(4, 1, 20))
    elif kind == "residual":
        layers = (
            affine(0, 20, n),
            Relu(1),
            affine(2, 20, 20),
            Add(2, 3),
            Relu(4),
            affine(5, 3, 20),
        )
    elif kind == "scale":
        ones = np.ones(20, np.float32)
        scaled = Scale(1, (ones * 0.1).astype(np.float32), ones, ones)
        layers = (affine(0, 20, n), scaled, Relu(2), affine(3, 1, 20))
    elif kind == "sign":
        layers = (affine(0, 20, n), Sign(1), affine(2, 1, 20))
    else:
        cancelling = np.array([[2.0**24, 1.0, -(2.0**24)]], np.float32)
        layers = (
            affine(0, 3, n),
            Relu(1),
            Affine(2, cancelling, np.zeros(1, np.float32)),
        )
    return Teacher(n, layers)


def in_float32(teacher, x, rng):
    """One float32 evaluation: every sum in a random order, every operation rounded."""
    nodes = [np.asarray(x, np.float32)]
    for layer in teacher.layers:
        match layer:
            case Affine(source, weight, bias):
                terms = np.concatenate([weight * nodes[source], bias[:, None]], axis=1)
                out = []
                for row in terms:
                    total = np.float32(0)
                    for term in rng.permutation(row):
                        total = np.float32(total + term)
                    out.append(total)
                nodes.append(np.array(out, np.float32))
            case Scale(source, scale, divisor, shift):
                nodes.append(nodes[source] * scale / divisor + shift)
            case Relu(source):
                nodes.append(np.maximum(nodes[source], np.float32(0)))
            case Sign(source):
                nodes.append(np.sign(nodes[source]))
            case Add(left, right):
                nodes.append(nodes[left] + nodes[right])
    return nodes[-1]


@pytest.mark.parametrize("kind", ["relu", "residual", "scale", "sign", "cancelling"])
def test_errors_stay_below_the_bound(kind):
    rng = np.random.default_rng(1)
    domain = signs(8)
    for _ in range(6):
        teacher = network(rng, 8, kind)
        p = kernel.prepare(teacher, domain)
        error, shown = logit_error(p, all_bounds(p, mask_array([full_cell(domain)]), True))
        assert shown[0]
        for _ in range(20):
            point = tuple(rng.integers(0, 2, size=8).tolist())
            logits, over = exact_logits(
                teacher, [domain.encode_integers(point)], domain.denominator
            )
            got = in_float32(teacher, [float(v) for v in domain.encode(point)], rng)
            for j, value in enumerate(logits[0]):
                bound = float(error.n[0, j]) * 2.0 ** -float(error.e[0])
                assert abs(float(got[j]) - value / over) <= bound * (1 + 1e-9) + 1e-12 * bound


@pytest.mark.parametrize("kind", ["relu", "residual", "scale", "sign", "cancelling"])
def test_robust_points_keep_their_class(kind):
    rng = np.random.default_rng(2)
    domain = signs(7)
    steady_points = 0
    for _ in range(4):
        teacher = network(rng, 7, kind)
        p = kernel.prepare(teacher, domain)
        points = rng.integers(0, 2, size=(40, 7))
        classes, steady, _ = kernel.evaluate(p, points)
        truth = exact_classes(teacher, domain, [tuple(row) for row in points.tolist()])
        assert classes.tolist() == truth
        for point, klass in zip(points[steady].tolist(), classes[steady], strict=True):
            steady_points += 1
            got = in_float32(teacher, [float(v) for v in domain.encode(tuple(point))], rng)
            assert (int(got[0] > 0) if len(got) == 1 else int(got.argmax())) == klass
    assert steady_points > 0


def one(weight, bias):
    return Teacher(1, (Affine(0, np.array([[weight]]), np.array([bias])),))


@pytest.mark.parametrize(
    ("teacher", "robust"),
    [
        (one(np.float32(1), np.float32(-0.5)), True),
        (one(np.float32(2.0**-30), np.float32(-0.5)), True),
        (one(np.float64(1), np.float64(-1 + 2.0**-40)), False),  # the bias rounds to -1
        (one(np.float64(1e300), np.float64(-0.5)), False),  # the weight overflows
        (one(np.float32(3e38), np.float32(3e38)), False),  # the sum overflows
        (one(np.float64(2.0**-200), np.float64(0)), False),  # the weight underflows
        (one(np.float32(1), np.float32(0)), False),  # a tie at x = 0
    ],
)
def test_rounding_overflow_and_ties(teacher, robust):
    p = kernel.prepare(teacher, bits(1))
    classes, steady, _ = kernel.evaluate(p, np.array([[0], [1]]))
    assert classes.tolist() == exact_classes(teacher, bits(1), [(0,), (1,)])
    assert steady.all() == robust


def numbers(*encodings):
    labels = [str(i) for i in range(len(encodings[0]))]
    return Domain(
        tuple(variable(f"v{i}", labels, [[x] for x in e]) for i, e in enumerate(encodings))
    )


@pytest.mark.parametrize(
    ("weight", "encodings", "robust"),
    [
        ([2.0**-149], [(2**60, 2**61)], False),  # where underflow flushes to zero the logit is 0
        ([2.0**-150], [(2**60, 2**61)], False),  # it rounds to 0, and the logit with it
        ([3 * 2.0**-149.0 / 2], [(2**60, 2**61)], False),  # it rounds by a third
        ([2.0**-90, -(2.0**-91)], [(2**90, 2**91), (2**90, 2**90 + 2**80)], True),
        ([2.0**-90, -(2.0**-91)], [(2**200, 2**201), (2**200, 2**200 + 2**190)], False),
    ],
)
def test_tiny_weights_and_huge_inputs(weight, encodings, robust):
    domain = numbers(*encodings)
    layer = Affine(0, np.array([weight]), np.zeros(1))
    p = kernel.prepare(Teacher(len(weight), (layer,)), domain)
    points = np.array(list(full_cell(domain).points()))
    assert kernel.evaluate(p, points)[1].all() == robust
    proved, steady = kernel.constant(p, [full_cell(domain)], [1], float32=True)
    assert proved.all()
    assert steady.all() == robust
