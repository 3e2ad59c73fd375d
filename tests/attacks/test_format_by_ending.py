"""`export -o tree.py` wrote a drawing in text, `report -o proof.docx` a page of HTML."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree


@pytest.fixture
def folder(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    weight = np.array([[1.0, 0.0]], np.float32)
    save_onnx(Network(2, (Affine(0, weight, np.array([-0.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    assert run(["certify", "net.onnx", "tree.json", "--domain", "bits", "-o", "net.cert"]) == 0
    capfd.readouterr()
    return tmp_path


BEGINNINGS = {
    "t.py": "def predict(x):",
    "t.c": "/* The class of x",
    "t.h": "/* The class of x",
    "t.SQL": "/* ",
    "t.svg": "<svg",
    "t.dot": "digraph",
    "t.gv": "digraph",
    "t.txt": "x[0] <= 0.5?",
    "t.json": '{"format": "leafproof-tree/1"',
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_an_export_is_what_its_ending_says(folder, capfd, name):
    assert run(["export", "tree.json", "-o", name]) == 0
    assert (folder / name).read_text().startswith(BEGINNINGS[name])
    assert capfd.readouterr().err == ""


def test_an_ending_may_be_onnx(folder):
    assert run(["export", "tree.json", "-o", "t.onnx"]) == 0
    assert (folder / "t.onnx").read_bytes()[:1] == b"\x08"


@pytest.mark.parametrize("name", ["t.docx", "t", "t.js", ".py", "t.py.bak", "tree.jar"])
@pytest.mark.parametrize("verb", ["export", "report"])
def test_an_unknown_ending_is_refused(folder, capfd, name, verb):
    given = "tree.json" if verb == "export" else "net.cert"
    assert run([verb, given, "-o", name]) == 3
    err = capfd.readouterr().err
    assert err.count("\n") == 1 and name in err and ("--to" in err or "--format" in err)
    assert not (folder / name).exists()


@pytest.mark.parametrize(
    ("arguments", "name", "begins"),
    [
        (["export", "tree.json", "--to", "c"], "t.py", "/* The class"),
        (["report", "net.cert", "--format", "md"], "t.html", "# "),
    ],
)
def test_what_was_asked_for_wins_and_a_contradiction_is_said(
    folder, capfd, arguments, name, begins
):
    assert run([*arguments, "-o", name]) == 0
    assert (folder / name).read_text().startswith(begins)
    err = capfd.readouterr().err
    assert err.startswith("note: ") and name in err and "stands for" in err
    assert run([*arguments, "-o", "without"]) == 0  # no ending, no contradiction
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", ["t.docx", "t", "t.py"])
def test_report_of_an_unknown_ending(folder, capfd, name):
    assert run(["report", "net.cert", "-o", name]) == 3
    assert ".html" in capfd.readouterr().err and not (folder / name).exists()


@pytest.mark.parametrize("name", ["t.onnx", "t.py", "t.SQL", "t.html"])
@pytest.mark.parametrize("verb", [["distill", "net.onnx"], ["repair", "net.onnx", "tree.json"]])
def test_a_tree_in_json_does_not_get_another_ending(folder, capfd, name, verb):
    assert run([*verb, "--domain", "bits", "-o", name]) == 3
    err = capfd.readouterr().err
    assert err.count("\n") == 1 and "t.json" in err and "export" in err
    assert not (folder / name).exists()


@pytest.mark.parametrize("error", ["1e99999999", "1e-99999999", "9" * 5000, "1/0", "nan", "--"])
def test_an_error_target_of_endless_digits_is_refused(folder, capfd, error):
    """`distill --error 1e99999999` computed the number for minutes."""
    assert run(["distill", "net.onnx", "--domain", "bits", f"--error={error}"]) == 3
    assert "is not a number" in capfd.readouterr().err
