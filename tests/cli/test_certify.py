"""``certify``: budgets, early ends and what progress says."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.cli import live
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.progress import Progress
from verifier.reading.certificate import read_certificate
from verifier.writing.json_nouns import write_tree


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A teacher over 40 bits that is 1 where x0 is; its tree, and a constant tree."""
    monkeypatch.chdir(tmp_path)
    weight = np.zeros((1, 40), np.float32)
    weight[0, 0] = 1
    save_onnx(Network(40, (Affine(0, weight, np.array([-0.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    write_tree("leaf.json", Tree((Leaf(0),)))
    return tmp_path


@pytest.mark.parametrize("prover", ["auto", "exhaustive", "branch", "z3"])
def test_no_time_at_all_proves_the_trivial_interval(files, capfd, prover, patient):
    arguments = ["certify", "net.onnx", "tree.json", "--timeout", "0", "--prover", prover]
    assert run([*arguments, "-o", "open.cert", "--json"]) == 2
    found = json.loads(capfd.readouterr().out)
    assert found["verdict"] == "undecided" and found["error"] == {"lower": "0", "upper": "1"}
    assert run(["check", "open.cert"]) == 0


def test_one_difference_can_be_enough(files, capfd):
    arguments = ["certify", "net.onnx", "leaf.json", "--json"]
    assert run([*arguments, "--stop-at-difference"]) == 1
    found = json.loads(capfd.readouterr().out)
    assert found["verdict"] == "different" and found["counterexample"]["values"]["x0"] == "1"
    assert Fraction(found["error"]["lower"]) < Fraction(found["error"]["upper"])
    assert run(arguments) == 1
    assert json.loads(capfd.readouterr().out)["error"] == {"lower": "1/2", "upper": "1/2"}


@pytest.mark.parametrize("prover", ["branch", "z3"])
def test_provers_stop_at_a_difference(files, capfd, prover):
    arguments = ["certify", "net.onnx", "leaf.json", "--stop-at-difference", "--prover", prover]
    assert run(arguments) == 1
    assert capfd.readouterr().out.startswith("DIFFERENT")


def test_progress_in_words():
    p = Progress(1234, 5, 0.25, 1000.4, remaining=3.2e5)
    assert live.describe(p) == (
        "1234 cells closed, 5 open, 1000 a second, probability 0.250000 proved; "
        "about 10^6 cells to go"
    )
    p = Progress(12, 5, 0.25, 10.0, error=(0.125, 0.875), differs=True)
    assert "differs; counting: error 0.125 to 0.875 so far" in live.describe(p)
    assert "somewhere: probability 0.125 to 0.875 so far" in (
        live.describe(p, "somewhere: probability")
    )
    assert live.describe(Progress(0, 1, 0.0, 0.0, doing="compiling")) == "compiling"


def test_the_certificate_records_the_command_without_paths(files, capfd):
    arguments = ["certify", "net.onnx", "tree.json", "--prover", "branch", "--timeout", "600"]
    assert run([*arguments, "-o", "a.cert", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["prover"] == "branch"
    said = "leafproof certify TEACHER TREE --prover branch --timeout 600"
    assert found["command"] == said == read_certificate("a.cert").command
    assert run([*arguments, "-q", "-o", "b.cert"]) == 0
    assert Path("b.cert").read_bytes() == Path("a.cert").read_bytes()
    assert run(["repair", "net.onnx", "leaf.json", "-o", "c.json", "--certificate", "c.cert"]) == 0
    assert read_certificate("c.cert").command == "leafproof repair TEACHER TREE --seed 0"
    assert run(["report", "c.cert", "-o", "c.md"]) == 0
    shown = Path("c.md").read_text()
    made_by = '"leafproof repair TEACHER TREE --seed 0", the certificate says'
    assert f"**Certificate made by**: {made_by}" in shown
    assert "**Seed**: 0, of the search" in shown
    assert run(["check", "c.cert", "--paranoid", "-q"]) == 0


def test_points_of_many_variables_do_not_look_alike(tmp_path, monkeypatch, capfd):
    """The variable that tells two points apart is shown; what only others do is counted."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "250")
    weight = np.array([[1] * 13 + [0]], np.float32)
    save_onnx(Network(14, (Affine(0, weight, np.array([-12.5], np.float32)),)), "net.onnx")
    assert run(["ask", "class(f) = 1", "f=net.onnx", "--domain", "bits"]) == 1
    out = capfd.readouterr().out
    assert "x13" in out and "(2 more variables: see --json)" in out
    tests = [Inner(i, Fraction(1, 2), 13 + i, i + 1) for i in range(12)]
    write_tree("t.json", Tree((*tests, Leaf(0), *[Leaf(1)] * 12)))
    save_onnx(Network(14, (Affine(0, 0 * weight, np.array([1], np.float32)),)), "one.onnx")
    assert run(["certify", "one.onnx", "t.json"]) == 1
    out = capfd.readouterr().out
    assert "(2 more variables, and 3 points that differ only there: see --json)" in out


def test_points_too_wide_for_a_table_are_a_line_each(tmp_path, monkeypatch, capfd):
    """Numbers folded in narrow columns would read as others."""
    monkeypatch.chdir(tmp_path)
    values = {"values": ["12345.67", "76543.21"], "encoding": [[12345.67], [76543.21]]}
    entries = [{"name": f"measurement {i} (cm)", **values} for i in range(6)]
    Path("d.json").write_text(json.dumps({"format": "leafproof-domain/1", "variables": entries}))
    weight = np.zeros((1, 6), np.float32)
    save_onnx(Network(6, (Affine(0, weight, np.array([-1], np.float32)),)), "net.onnx")
    write_tree("one.json", Tree((Leaf(1),)))
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["certify", "net.onnx", "one.json", "--domain", "d.json"]) == 1
    out = capfd.readouterr().out
    line = r"network = .*0.*, tree = .*1.*: measurement 0 \(cm\) = (12345\.67|76543\.21), meas"
    assert "points where they differ:" in out and "┃" not in out
    assert re.search(line, out)
    monkeypatch.setenv("COLUMNS", "250")
    run(["certify", "net.onnx", "one.json", "--domain", "d.json"])
    assert "┃" in capfd.readouterr().out
