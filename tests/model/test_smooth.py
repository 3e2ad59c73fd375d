"""Smooth functions in balls, and the classes of networks of them."""

import numpy as np
import pytest
from flint import arb

import verifier as lp
from tests.smooth import FUNCTIONS, float_class, logits, points, random_network
from verifier.model import near
from verifier.model.errors import NetworkError
from verifier.model.network import Affine, Network, decide, exact_classes, exact_logits
from verifier.model.smooth import KINDS, Smooth, image


@pytest.mark.parametrize("kind", KINDS)
def test_balls_hold_the_function(kind: str) -> None:
    for x in np.concatenate([np.linspace(-30, 30, 121), [-3, 3, 0, 1e-9, -1e-9, 200, -200]]):
        found = image(kind, arb(float(x)))
        expected = FUNCTIONS[kind](float(x))
        assert abs(float(found.mid()) - expected) <= 1e-12 * (1 + abs(expected))
        wide = image(kind, arb(float(x), 0.25))
        assert all(wide.overlaps(image(kind, arb(float(x + d)))) for d in (-0.25, -0.1, 0.2))


@pytest.mark.parametrize("kind", KINDS)
def test_functions_are_near_their_lines_at_the_ends(kind: str) -> None:
    """Within 2^-30 beyond 24, and of slopes of at most 3/2: what tables take for granted."""
    of = KINDS[kind]
    for x in (24.0, 24.5, 30.0, 100.0, 600.0):
        for (slope, shift), at in ((of.right, x), (of.left, -x)):
            assert abs(FUNCTIONS[kind](at) - (slope * at + shift)) <= 2.0**-30
    grid = np.linspace(-26, 26, 5001)
    values = np.array([FUNCTIONS[kind](float(x)) for x in grid])
    assert np.abs(np.diff(values) / np.diff(grid)).max() <= 1.5 + 1e-9


@pytest.mark.parametrize("outputs", [1, 3])
def test_classes_are_those_of_floats(outputs: int) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        kinds = [str(k) for k in rng.choice([*KINDS], 2)]
        network = random_network(rng, 4, kinds, outputs=outputs)
        every = points(4)
        found = exact_classes(network, lp.Domain.bits(4), every)
        assert found == [float_class(network, list(p)) for p in every]
        rows, over = exact_logits(network, every, 1)
        near_by = np.array([[v / over for v in row] for row in rows])
        expected = np.array([logits(network, list(p)) for p in every])
        assert np.abs(near_by - expected).max() < 1e-9
        assert [decide(row) for row in rows] == found


def test_a_class_that_balls_do_not_decide_is_refused() -> None:
    """tanh(x) - tanh(x) is 0 in every case, which no ball shows; tanh(0) itself is 0."""
    twice = Network(
        1,
        (
            Affine(0, np.array([[1.0], [1.0]]), np.zeros(2)),
            Smooth(1, "tanh"),
            Affine(2, np.array([[1.0, -1.0]]), np.zeros(1)),
        ),
    )
    with pytest.raises(NetworkError, match="not decided with 4096 bits"):
        exact_logits(twice, [[1]], 1)
    assert exact_logits(twice, [[0]], 1)[0] == [[0]]


def test_more_digits_decide_what_is_near() -> None:
    """tanh(x) is less than 1 by 2 e^-2x, far below 128 bits at x = 60."""
    for shift, klass in ((1.0, 0), (1.0 - 2.0**-52, 1)):
        saturated = Network(1, (Smooth(0, "tanh"), Affine(1, np.eye(1), np.array([-shift]))))
        (row,), _ = exact_logits(saturated, [[60]], 1)
        assert decide(row) == klass
    assert near.FIRST == 128


def test_there_are_these_kinds_only() -> None:
    with pytest.raises(NetworkError, match="is of kind 'sine'"):
        Network(1, (Smooth(0, "sine"),))
