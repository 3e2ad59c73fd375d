"""Questions about models whose files do not show what their output is, or where class 1 begins."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper

import verifier as lp
from tests.formats.quantised_models import model, statically
from tests.formats.quantised_models import run as answers
from verifier.model.tree import Leaf, Tree

POINTS = np.array([*product((0, 1), repeat=5)], dtype=np.float32)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> tuple[Path, Path]:
    """A network that ends in a sigmoid, and what onnxruntime quantises of it."""
    folder = tmp_path_factory.mktemp("heads")
    rng = np.random.default_rng(5)
    tensors = {
        "w": (rng.normal(size=(5, 6)), "float32"),
        "b": (rng.normal(size=6), "float32"),
        "v": (rng.normal(size=(6, 1)), "float32"),
        "c": ([0.05], "float32"),
    }
    nodes = [
        helper.make_node("Gemm", ["x", "w", "b"], ["h"], "first"),
        helper.make_node("Relu", ["h"], ["r"], "relu"),
        helper.make_node("Gemm", ["r", "v", "c"], ["z"], "second"),
        helper.make_node("Sigmoid", ["z"], ["y"], "sigmoid"),
    ]
    plain = model(nodes, tensors, 5, 1, opset=17)
    onnx.save(plain, folder / "net.onnx")
    statically(plain, POINTS[::3], folder)
    return folder / "net.onnx", folder / "quantised.onnx"


def _above(file: Path, threshold: float) -> np.ndarray:
    return answers(onnx.load(file), POINTS)[:, 0] > threshold


@pytest.mark.parametrize("threshold", [None, "3/10", 0.75])
def test_a_network_and_what_was_quantised_of_it(files, threshold):
    """The quantised probability is no logit: said once, of the one file that does not show it."""
    with pytest.raises(lp.LeafproofError, match="--head probability"):
        lp.ask_same(*files, "bits")
    at = {None: 0.5, "3/10": 0.3, 0.75: 0.75}[threshold]
    differ = int((_above(files[0], at) != _above(files[1], at)).sum())
    for head in ("probability", {"b": "probability"}):
        found = lp.ask_same(*files, "bits", head=head, threshold=threshold)
        assert found.points == (differ, differ)
    formula = "class(f) = 1 and class(g) = 0"
    only = int((_above(files[0], at) & ~_above(files[1], at)).sum())
    models = {"f": files[0], "g": files[1]}
    found = lp.ask(formula, models, "bits", head={"g": "probability"}, threshold=threshold)
    assert found.points == (only, only)


@pytest.mark.parametrize("threshold", [0.3, 0.75])
def test_another_threshold_of_one_model(files, threshold):
    above = _above(files[0], threshold)
    point = {f"x{i}": str(int(v)) for i, v in enumerate(POINTS[0])}
    near = (POINTS[:1] != POINTS).sum(axis=1) <= 2
    first, second = above[POINTS[:, 0] == 0], above[POINTS[:, 0] == 1]
    for found, count in (
        (lp.ask_fair(files[0], "bits", "x0", threshold=threshold), first != second),
        (lp.ask_monotone(files[0], "bits", "x0", threshold=threshold), first & ~second),
        (lp.ask_robust(files[0], "bits", point, 2, threshold=threshold), above[near] != above[0]),
    ):
        assert found.points == (count.sum(), count.sum())
        assert all("same class" in x.runtime for x in found.instances)


def test_what_has_its_classes_is_not_asked(files):
    """A tree beside the network, and a Network that was read before."""
    network = lp.load_network(files[1], head="probability")
    one = Tree((Leaf(1),))
    found = lp.ask_same(files[0], one, "bits", threshold=0.3)
    assert found.points[0] == (~_above(files[0], 0.3)).sum()
    assert lp.ask_same(network, files[1], "bits", head="probability").verdict == "nowhere"


@pytest.mark.parametrize("kind", ["head", "threshold"])
def test_another_name_is_no_model(files, kind):
    with pytest.raises(lp.LeafproofError, match='of "c": models are "a", "b"'):
        lp.ask_same(*files, "bits", **{kind: {"c": "1/2"}})


def test_the_command(files, call):
    both = [str(f) for f in files]
    code, out, _ = call("ask", "same", *both, "--domain", "bits", "--head", "b=probability")
    assert code == (0 if lp.ask_same(*files, "bits", head="probability").points[0] == 0 else 1)
    one = ("fair", both[0], "--protected", "x0", "--domain", "bits")
    code, out, _ = call("ask", *one, "--threshold", "3/10")
    assert code in (0, 1) and "> 3/10" in out
    for words, said in (
        (["--head", "b=odd"], "one of logit, probability, label, regression"),
        (["--head", "c=logit"], 'models are "a", "b"'),
        (["--threshold", "b="], "NAME="),
        (["--threshold", "b=1", "--threshold", "b=2"], "give it once"),
        (["--threshold", "b=odd"], "is not a number"),
    ):
        code, _, err = call("ask", "same", *both, "--domain", "bits", *words)
        assert code == 3 and said in err
