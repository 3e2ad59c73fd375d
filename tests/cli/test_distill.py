"""``distill`` and ``repair`` through the command's entry point."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from verifier.formats.json_files import read_tree
from verifier.formats.onnx_writer import save_onnx
from verifier.formats.variables import one_hot, ordinal
from verifier.jobs import schedule
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Leaf, Tree
from verifier.reading.certificate import read_certificate
from verifier.writing.json_nouns import write_domain, write_tree


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A random ReLU teacher over a colour and three numbers, and a tree that ignores both."""
    folder = tmp_path_factory.mktemp("distill")
    rng = np.random.default_rng(3)
    domain = Domain(
        (one_hot("colour", ("red", "green", "blue")), *(ordinal(f"n{i}", range(4)) for i in "abc"))
    )
    layers = (
        Affine(0, rng.integers(-3, 4, (8, 6)).astype(np.float32), np.zeros(8, np.float32)),
        Relu(1),
        Affine(2, rng.integers(-3, 4, (1, 8)).astype(np.float32), np.zeros(1, np.float32)),
    )
    save_onnx(Network(6, layers), folder / "net.onnx")
    save_onnx(Network(3, (Affine(0, np.ones((1, 3)), np.zeros(1)),)), folder / "linear.onnx")
    flat = (
        Affine(0, np.ones((2, 3)), np.ones(2)),
        Relu(1),
        Affine(2, np.zeros((1, 2)), np.ones(1)),
    )
    save_onnx(Network(3, flat), folder / "flat.onnx")
    write_domain(folder / "domain.json", domain)
    write_tree(folder / "wrong.json", Tree((Leaf(0),)))
    return folder


@pytest.fixture
def call(files, call, monkeypatch):
    monkeypatch.chdir(files)
    return call


def test_certified_writes_a_tree_and_its_certificate(call, files):
    code, out, _ = call(
        *("distill", "net.onnx", "--domain", "domain.json", "-o", "tree.json"),
        *("--certificate", "tree.certificate"),
    )
    assert code == 0 and "EQUIVALENT" in out
    held = read_certificate(files / "tree.certificate")
    assert held.tree == read_tree(files / "tree.json")
    assert "unfinished" not in json.loads((files / "tree.json").read_text())
    assert check_certificate(held).verdict == "equivalent"
    assert call("certify", "net.onnx", "tree.json", "--domain", "domain.json")[0] == 0


def test_an_error_target_ends_with_a_proved_error(call):
    code, out, _ = call(
        *("distill", "net.onnx", "--domain", "domain.json", "--error", "1/10", "--json")
    )
    found = json.loads(out)
    assert code == 0 and found["finished"] and found["verdict"] == "different"
    numerator, denominator = map(int, found["error"]["upper"].split("/"))
    assert 0 < numerator / denominator <= 0.1


def test_cart_then_repair(call, files):
    space = ("--domain", "domain.json")
    code, out, _ = call(
        *("distill", "net.onnx", *space, "--method", "cart", "--depth", "2", "-o", "small.json")
    )
    assert code == 0 and "by cart" in out and "EQUIVALENT" not in out
    assert call("certify", "net.onnx", "small.json", *space)[0] == 1
    code, out, _ = call(
        *("repair", "net.onnx", "small.json", *space, "-o", "fixed.json"),
        *("--certificate", "fixed.certificate", "--json"),
    )
    found = json.loads(out)
    assert code == 0 and found["verdict"] == "equivalent" and found["changes"]
    before = read_tree(files / "small.json").leaves
    assert found["leaves"] == before + found["leaves_added"]
    assert (
        call("check", "fixed.certificate", "--against", "net.onnx", "fixed.json", "domain.json")[0]
        == 0
    )


def test_repair_within_too_few_leaves_is_different(call, files):
    code, out, _ = call(
        *("repair", "net.onnx", "wrong.json", "--domain", "domain.json", "-o", "short.json"),
        *("--leaves", "4"),
    )
    assert code == 1 and "DIFFERENT" in out and "not finished" in out
    assert read_tree(files / "short.json").leaves <= 4
    assert json.loads((files / "short.json").read_text())["unfinished"]


def test_cart_can_be_certified_afterwards(call):
    code, out, _ = call(
        *("distill", "net.onnx", "--domain", "domain.json", "--method", "cart"),
        *("--certificate", "cart.certificate"),
    )
    assert code == 0 and "EQUIVALENT" in out and "colour" in out


def test_lrh_shows_its_frontier_and_can_be_certified(call):
    code, out, _ = call(
        *("distill", "net.onnx", "--domain", "domain.json", "--method", "lrh", "--depth", "4"),
        *("--certificate", "lrh.certificate", "--json"),
    )
    found = json.loads(out)
    assert code == 0 and found["verdict"] in ("equivalent", "different")
    assert found["frontier"][0]["leaves"] == 1
    assert 0 < found["probes"] < found["possible"]
    right = 1 - Fraction(found["error"]["upper"])
    assert abs(right - Fraction(found["agreement"])) < Fraction(1, 20)


def test_explain_measures_the_hypothesis_and_plots_it(call, files):
    command = ("distill", "net.onnx", "--domain", "domain.json", "--method", "lrh", "--depth", "2")
    code, out, _ = call(*command, "--explain", "--json", "--plot", "residuals.png")
    found = json.loads(out)["explanation"]
    assert code == 0 and found["whole_domain"] and found["layers"] == [2]
    assert found["ands"] and set(found["ands"][0]["residual"]) == {"1", "2", "all"}
    assert (files / "residuals.png").read_bytes()[:4] == b"\x89PNG"
    code, out, _ = call(*command, "--explain")
    assert code == 0 and "linear representation hypothesis" in out and "all points" in out


@pytest.mark.parametrize("method", ["certified", "cart"])
def test_layers_are_chosen_for_explain_with_every_method(call, method):
    command = ("distill", "net.onnx", "--domain", "domain.json", "--method", method)
    code, out, _ = call(*command, "--layers", "both", "--explain", "--json")
    assert code == 0 and json.loads(out)["explanation"]["layers"] == [1, 2]


def test_certified_by_the_scores_of_probes(call):
    command = ("distill", "net.onnx", "--domain", "domain.json", "--scores", "lrh", "--json")
    code, out, _ = call(*command, "--layers", "pre")
    assert code == 0 and json.loads(out)["verdict"] == "equivalent"


def test_a_constant_teacher_is_a_leaf_without_ands(call, files):
    code, out, _ = call("distill", "flat.onnx", "--explain", "--plot", "flat.svg")
    assert code == 0 and "EQUIVALENT" in out and "class 1" in out
    assert b"<svg" in (files / "flat.svg").read_bytes()
    code, _, err = call("distill", "flat.onnx", "--method", "lrh")
    assert code == 3 and "nothing to distil" in err


def test_without_time_the_best_tree_so_far_is_written_and_marked(call, files, patient, monkeypatch):
    monkeypatch.setattr(schedule, "MOMENT", 0.0)  # in one such a small domain is done
    for method in ("lrh", "certified"):
        code, out, _ = call(
            *("distill", "net.onnx", "--domain", "domain.json", "--method", method, "--json"),
            *("--timeout", "0", "-o", f"{method}.json"),
        )
        assert code == 0 and json.loads(out)["finished"] is False
        held = json.loads((files / f"{method}.json").read_text())
        assert "best tree so far" in held["unfinished"]
        assert read_tree(files / f"{method}.json").leaves >= 1
        space = ("--domain", "domain.json")
        assert call("certify", "net.onnx", f"{method}.json", *space)[0] in (0, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["distill", "absent.onnx"], "absent.onnx"),
        (["distill", "net.onnx", "--domain", "domain.json", "--error", "few"], "1/1000"),
        (["distill", "net.onnx", "--domain", "domain.json", "--error", "2"], "from 0 to 1"),
        (["distill", "net.onnx", "--domain", "domain.json", "--leaves", "0"], "leaves is 0"),
        (
            ["distill", "net.onnx", "--domain", "domain.json", "--depth", "3"],
            "depth is not an option of method certified",
        ),
        (["distill", "net.onnx", "--domain", "domain.json", "-o", "no/tree.json"], "no/tree.json"),
        (
            ["distill", "net.onnx", "--domain", "domain.json", "--method", "lrh", "--layers", "9"],
            "layer 9 does not exist",
        ),
        (["distill", "net.onnx", "--layers", "2"], "layers belong to scores lrh, explain"),
        (["distill", "net.onnx", "--method", "cart", "--layers", "2"], "not an option of"),
        (["distill", "net.onnx", "--method", "lrh", "--scores", "lrh"], "not an option of"),
        (["distill", "linear.onnx", "--scores", "lrh", "-o", "x.json"], "no hidden layer"),
        (["distill", "net.onnx", "--method", "lrh", "--layers", "two"], "both, or 2,4"),
        (
            ["distill", "net.onnx", "--domain", "domain.json", "-o", "x.json", "--plot", "x.doc"],
            "x.doc: choose",
        ),
        (["distill", "linear.onnx", "--explain", "-o", "x.json"], "no hidden layer"),
        (["distill", "net.onnx", "--method", "cart", "--keep", "9"], "not an option of"),
        (["repair", "net.onnx", "wrong.json", "-o", "x.json", "--domain", "nowhere"], "nowhere"),
        (
            ["repair", "net.onnx", "wrong.json", "-o", "no/x.json", "--domain", "domain.json"],
            "no/x.json",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_3(call, files, arguments, message):
    code, out, err = call(*arguments)
    assert code == 3 and not out
    assert err.count("\n") == 1 and message in err
    assert not (files / "x.json").exists()
