"""What is shown for float32 over ordinals of all sizes, against float32 evaluations."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.brute import logits as exact_reals
from tests.kernel.float32_cases import KINDS, UNDECIDED, class_of, evaluations, network
from verifier.formats.variables import variable
from verifier.kernel import checker
from verifier.kernel.float32 import is_float32, logit_error, never_shown
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Scale, Sign, exact_classes
from verifier.model.ordinal import Ordinal, uniform


def numbers(rng, n):
    """Ordinals of very different sizes; some of their numbers are not in float32."""
    variables = []
    for i in range(n):
        first = Fraction(int(rng.integers(-50, 50)), int(rng.choice([1, 3])))
        step = Fraction(int(rng.choice([1, 3, 1000])), int(rng.choice([1, 4, 7])))
        count = int(rng.choice([2, 40, 2**20]))
        variables.append(Ordinal(f"x{i}", first, step, count, uniform(count)))
    return Domain(tuple(variables))


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in UNDECIDED])
def test_cells_of_ranges_that_are_shown_keep_their_class(kind):
    """Also where inputs and weights are scaled in the kernel for the sizes of the numbers."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(3):
        domain = numbers(rng, 6)
        teacher = network(rng, 6, kind)
        p = checker.prepare(teacher, domain)
        cells = []
        for _ in range(5):
            ends = [sorted(int(k) for k in rng.integers(0, v.count, 2)) for v in domain.variables]
            width = int(rng.choice([1, 3, 2**20]))
            cells.append(Cell(tuple(range(a, min(b, a + width) + 1) for a, b in ends)))
        classes = exact_classes(teacher, domain, [c.first_point() for c in cells])
        _, steady = checker.constant(p, cells, classes, float32=True)
        bound, inside = logit_error(p, all_bounds(p, parts_of(cells), True))
        for i, cell in enumerate(cells):
            some = [cell.point_at(int(k)) for k in rng.integers(0, min(cell.size, 2**62), 3)]
            for point in [cell.first_point(), *some]:
                x = [Fraction(float(y)) for y in domain.encode(point)]
                real = exact_reals(teacher, domain.encode(point))
                for way in evaluations(rng):
                    got = way.logits(teacher, np.array(x, dtype=float))
                    if steady[i]:
                        held += 1
                        assert class_of(got) == classes[i]
                    if inside[i]:
                        unit = Fraction(2) ** int(bound.e[i])
                        for value, y, most in zip(got, real, bound.n[i].tolist(), strict=True):
                            assert abs(Fraction(float(value)) - y) <= Fraction(most) / unit
    assert held > 0 or kind == "tiny"


def test_small_weights_of_large_numbers_may_be_flushed():
    """2^-127 is 0 where small numbers are, and 2^40 times it is more than what a sum may lose."""
    domain = Domain((Ordinal("x", Fraction(2**40), Fraction(1), 9, uniform(9)),))
    teacher = Network(1, (Affine(0, np.array([[2.0**-127]]), np.zeros(1)),))
    p = checker.prepare(teacher, domain)
    assert max(p.scales) == 41
    error, _ = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))
    assert Fraction(error.n[0, 0]) >= Fraction(2) ** (int(error.e[0]) - 87)


def test_numbers_that_are_infinite_in_float32_are_not_shown():
    """2^140 is none of its numbers, though the kernel holds it scaled, and the logit is small."""
    domain = Domain((Ordinal("x", Fraction(2**140), Fraction(1), 9, uniform(9)),))
    teacher = Network(1, (Affine(0, np.array([[2.0**-60]]), np.array([-(2.0**81)])),))
    p = checker.prepare(teacher, domain)
    assert max(p.scales) == 141
    assert not logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))[1].any()


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_both_terms_of_a_sum_may_be_off(order):
    """One of them is exact, and the other has a bias between two float32 numbers, 128 apart."""
    domain = Domain((Ordinal("x", Fraction(0), Fraction(1), 2, uniform(2)),))
    exact, off = (Affine(0, np.ones((1, 1)), np.array([b])) for b in (0.0, 2.0**30 + 64))
    p = checker.prepare(Network(1, (exact, off, Add(*order))), domain)
    error, _ = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))
    assert Fraction(error.n[0, 0]) / Fraction(2) ** int(error.e[0]) > 64 + 64


def test_sums_that_are_infinite_in_float32_are_not_shown():
    """2^99 doubled forty times: no layer of weights says so, and the next one makes it small."""
    domain = Domain((Ordinal("x", Fraction(0), Fraction(1), 2, uniform(2)),))
    first, last = (
        Affine(s, np.array([[w]]), np.zeros(1)) for s, w in ((0, 2.0**99), (41, 2.0**-60))
    )
    doubled = (Add(i, i) for i in range(1, 41))
    p = checker.prepare(Network(1, (first, *doubled, last)), domain)
    assert not logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))[1].any()


@pytest.mark.parametrize(
    "layer",
    [
        Affine(0, np.array([[2.0**130]]), np.zeros(1)),  # infinite in float32
        Affine(0, np.ones((1, 1)), np.array([2.0**100])),
        Scale(0, np.ones(1), np.array([3.0]), np.zeros(1)),  # a division, which is not computed
    ],
)
def test_layers_of_which_nothing_is_shown(layer):
    domain = Domain((variable("x", ("a", "b"), [[0], [Fraction(1, 2**40)]]),))
    assert never_shown(checker.prepare(Network(1, (layer,)), domain))
    plain = Affine(0, np.ones((1, 1)), np.zeros(1))
    assert not never_shown(checker.prepare(Network(1, (plain,)), domain))


def test_thirds_and_numbers_of_25_bits_are_none_of_float32():
    assert is_float32(Fraction(2**24 - 1)) and not is_float32(Fraction(2**24 + 1))
    assert is_float32(Fraction(1, 4)) and not is_float32(Fraction(1, 3))


def test_the_sign_of_what_cancels_may_be_another():
    """x - x is 0, and in another order of rounding it need not be."""
    domain = Domain((variable("x", ("one",), [[2**20, 2**20]]),))
    layers = Affine(0, np.array([[1.0, -1.0]]), np.zeros(1)), Sign(1)
    p = checker.prepare(Network(2, layers), domain)
    error, _ = logit_error(p, all_bounds(p, parts_of([full_cell(domain)]), True))
    assert Fraction(error.n[0, 0]) / Fraction(2) ** int(error.e[0]) == 2
