"""Encodings that no float holds ended four verbs in a traceback, exit 1: the code for "different".

1e309 is beyond float64 and 1e-400 below it; both are exact numbers like any other. Each verb gives
a verdict about them or says in one line what cannot be done.
"""

import json

import numpy as np
import pytest

from tests.brute import truth
from tests.every import EVERY
from verifier.cli.main import run
from verifier.formats.load import read_domain, read_teacher, read_tree
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network, Relu

NUMBERS = {
    "beyond": ["-1e309", "0", "1e309"],
    "far beyond": ["-1e390", "1", "1e390"],
    "below": ["-1e-400", "0", "1e-400"],
    "mixed": ["1e309", "1e-400", "1/3"],
    "denormal": ["5e-324", "0", "-5e-324"],
    "largest": ["1.7976931348623157e308", "3.4e38", "-1.7976931348623157e308"],
}


@pytest.fixture(params=NUMBERS)
def files(request, tmp_path, monkeypatch):
    """A network, a tree and a domain of 9 points whose encodings are the numbers, two variables."""
    monkeypatch.chdir(tmp_path)
    numbers = NUMBERS[request.param]
    entry = {"values": ["a", "b", "c"], "encoding": [[x] for x in numbers]}
    domain = {
        "format": "leafproof-domain/1",
        "variables": [{"name": "x", **entry}, {"name": "y", **entry}],
    }
    (tmp_path / "domain.json").write_text(json.dumps(domain))
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(4, 2)).astype(np.float32), np.zeros(4, np.float32)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 4)).astype(np.float32), np.array([0.1], np.float32)),
    )
    save_onnx(Network(2, layers), tmp_path / "net.onnx")
    tree = {
        "format": "leafproof-tree/1",
        "root": {"column": 0, "threshold": numbers[1], "left": {"class": 0}, "right": {"class": 1}},
    }
    (tmp_path / "tree.json").write_text(json.dumps(tree))
    return tmp_path


def said(words, capfd):
    """The exit code and standard output; what goes wrong is one line, and no fault of ours."""
    code = run([*words, "-q"] if words[0] != "export" else words)
    out, err = capfd.readouterr()
    assert code in (0, 1, 2, 3), (words, err)
    assert "Traceback" not in err and "fault of Leafproof" not in err, (words, err)
    if code == 3:
        assert err.strip().count("\n") == 0 and err.startswith("leafproof: "), (words, err)
    return code, out


@pytest.mark.parametrize("prover", ["auto", "exhaustive", "branch", "z3"])
def test_certify_says_what_is_true(files, capfd, prover):
    facts = truth(read_domain("domain.json"), read_teacher("net.onnx"), read_tree("tree.json"))
    words = ["certify", "net.onnx", "tree.json", "--domain", "domain.json", "--prover", prover]
    code, out = said([*words, "-o", "c", "--json"], capfd)
    assert code in (0, 1, 2)
    found = json.loads(out)["disagreements"]
    assert found["lower"] <= len(facts.wrong) <= found["upper"]
    assert said(["check", "c"], capfd)[0] == 0
    if not EVERY and prover != "auto":
        return
    assert said(["check", "c", "--paranoid"], capfd)[0] == 0
    assert said(["check", "c", "--statement"], capfd)[0] == 0
    for suffix in ("html", "md", "tex"):
        assert said(["report", "c", "-o", f"report.{suffix}"], capfd)[0] == 0


@pytest.mark.parametrize("method", ["certified", "cart", "lrh"])
def test_distill(files, capfd, method):
    words = ["distill", "net.onnx", "--domain", "domain.json", "--method", method]
    said([*words, "-o", "made.json", "--certificate", "c"], capfd)
    said([*words, "-o", "again.json", "--explain"], capfd)


def test_repair(files, capfd):
    words = ["repair", "net.onnx", "tree.json", "--domain", "domain.json", "-o", "better.json"]
    code, _ = said([*words, "--certificate", "c"], capfd)
    assert code in (0, 2) and said(["check", "c"], capfd)[0] == 0


@pytest.mark.parametrize("kind", ["text", "svg", "dot", "python", "c", "sql", "onnx", "json"])
def test_export(files, capfd, kind):
    said(["export", "tree.json", "--to", kind, "--domain", "domain.json"], capfd)
