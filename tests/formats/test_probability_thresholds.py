"""Probabilities that are cut elsewhere than at 1/2, beside onnxruntime at every point."""

import itertools
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

import verifier as lp
from tests.formats.onnx_models import Model, evaluate
from verifier.model.errors import NetworkError
from verifier.model.network import Network

ROWS = np.array(list(itertools.product([-1.0, 0.0, 1.0], repeat=4)), np.float32)


def _saved(path: Path, final: str, width: int) -> Path:
    rng = np.random.default_rng(8)
    model = Model(4)
    z = model.node("MatMul", ["x", model.tensor(3 * rng.normal(size=(4, width)))])
    return model.save(path, model.node(final, [z]), width)


def _probabilities(path: Path) -> Any:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": ROWS})[0][:, -1]


def _classes(network: Network) -> Any:
    return np.array([_positive(row) for row in evaluate(network, ROWS.tolist())])


def _positive(row: list[Fraction]) -> int:
    """Class 1 iff the one logit is positive."""
    (z,) = row
    return int(z > 0)


@pytest.mark.parametrize(("final", "width"), [("Sigmoid", 1), ("Softmax", 2)])
@pytest.mark.parametrize("threshold", ["1/10", "0.3", "0.75", "99/100"])
def test_a_threshold_on_a_probability(
    final: str, width: int, threshold: str, tmp_path: Path
) -> None:
    path = _saved(tmp_path / "net.onnx", final, width)
    network = lp.load_network(path, threshold=threshold)
    expected = _probabilities(path) > float(Fraction(threshold))
    assert 0 < expected.sum() < len(ROWS)
    assert np.array_equal(_classes(network), expected.astype(int))
    assert network.head is not None
    assert (network.head.kind, network.head.threshold) == ("probability", Fraction(threshold))
    assert any("rounded to float64" in note for note in network.notes)


def test_one_half_rounds_nothing(tmp_path: Path) -> None:
    for final, width in (("Sigmoid", 1), ("Softmax", 2)):
        path = _saved(tmp_path / "net.onnx", final, width)
        network = lp.load_network(path, threshold="1/2")
        assert not any("rounded" in note for note in network.notes)
        assert np.array_equal(_classes(network), (_probabilities(path) > 0.5).astype(int))


def test_a_comparison_inside_the_file(tmp_path: Path) -> None:
    model = Model(4)
    z = model.node("MatMul", ["x", model.tensor(np.array([[1.0], [-2.0], [0.5], [3.0]]))])
    p = model.node("Sigmoid", [z])
    path = model.save(tmp_path / "p.onnx", p, 1)
    low = model.node("Less", [p, model.tensor(0.2)])
    cut = model.save(tmp_path / "cut.onnx", low, 1, kind=9)
    network = lp.load_network(cut)
    assert np.array_equal(_classes(network), (_probabilities(path) < 0.2).astype(int))


def test_of_three_probabilities_none_is_cut(tmp_path: Path) -> None:
    path = _saved(tmp_path / "net.onnx", "Softmax", 3)
    with pytest.raises(NetworkError, match="a threshold is for one"):
        lp.load_network(path, threshold="0.3")
