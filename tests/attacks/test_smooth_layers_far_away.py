"""Inputs so large that what was added to a smooth function's enclosure was rounded away.

From 2**24 on SiLU, GELU, Softplus and the like were held to be their lines exactly, and what is
never 0 was said to be. From 2**51 on the check ended in an OverflowError.
"""

from __future__ import annotations

from fractions import Fraction

import flint
import numpy as np
import pytest

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.points import evaluate
from verifier.kernel.prepared import prepare
from verifier.kernel.rules import constant
from verifier.kernel.smooth import image
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.errors import NetworkError
from verifier.model.network import Add, Affine, Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.smooth import ALONE, KINDS, Smooth
from verifier.model.smooth import image as ball


def exact(n, e):
    held = Fraction(int(n)) / Fraction(2) ** int(e)
    return flint.arb(flint.fmpq(held.numerator, held.denominator))


@pytest.mark.parametrize("kind", KINDS)
def test_enclosures_have_room(kind):
    n = np.array([[n] for _ in range(5, 200) for n in (16.0, 27.0, -16.0, -27.0)])
    x = Bounds(n, n, np.repeat(4 - np.arange(5, 200), 4))
    y = image(Smooth(0, kind), x)
    with ALONE, flint.ctx.workprec(1000):
        for i in range(len(n)):
            place = exact(n[i, 0], x.e[i])
            value = ball(kind, place)
            assert exact(y.lo[i, 0], y.e[i]) <= value <= exact(y.hi[i, 0], y.e[i]), place


@pytest.mark.parametrize(("kind", "sign"), [("silu", -1.0), ("softplus", 1.0)])
def test_what_no_digits_decide_is_not_decided(kind, sign):
    """x - SiLU(x) and Softplus(x) - x are above 0, and less than any number of digits tells."""
    layers = (
        Smooth(0, kind),
        Affine(0, np.array([[-sign]]), np.zeros(1)),
        Affine(1, np.array([[sign]]), np.zeros(1)),
        Add(2, 3),
    )
    first = Fraction(2**36)
    domain = Domain((Ordinal("x", first, first, 2, uniform(2)),))
    p = prepare(Network(1, layers), domain)
    assert not constant(p, [full_cell(domain)], [0])[0].any()
    with pytest.raises(NetworkError, match="not decided"):
        evaluate(p, np.array([[0], [1]]))


@pytest.mark.parametrize("kind", ["sigmoid", "softplus"])
def test_numbers_beyond_float64_are_refused_in_a_line(kind):
    """Weights near the largest float were an OverflowError of the kernel, and a traceback."""
    layers = Affine(0, np.array([[1.7e308]]), np.zeros(1)), Smooth(1, kind)
    first = Fraction(1, 2)
    domain = Domain((Ordinal("x", first, first, 2, uniform(2)),))
    p = prepare(Network(1, layers), domain)
    with pytest.raises(NetworkError, match=r"2\^941 in magnitude may reach a smooth layer"):
        constant(p, [full_cell(domain)], [0])
    with pytest.raises(NetworkError, match=r"2\^941 in magnitude may reach a smooth layer"):
        evaluate(p, np.array([[0], [1]]))
