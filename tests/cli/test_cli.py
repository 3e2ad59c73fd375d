"""The command through its real entry point: output, exit codes, and one line for bad input."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.provers.test_count import wide_margin
from verifier.demo.problems import monk
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.search import Searching
from verifier.writing.json_nouns import write_domain, write_tree

COMMAND = Path(sys.executable).with_name("leafproof")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A teacher (x0 and x1) over 3 bits, its tree, a wrong tree, and MONK's domain."""
    folder = tmp_path_factory.mktemp("cli")
    weight = np.array([[1.0, 1.0, 0.0]], np.float32)
    layers = (
        Affine(0, weight, np.array([-1.0], np.float32)),
        Relu(1),
        Affine(2, np.ones((1, 1), np.float32), np.array([-0.5], np.float32)),
    )
    save_onnx(Network(3, layers), folder / "net.onnx")
    half = Fraction(1, 2)
    right = Tree((Inner(0, half, 1, 2), Leaf(0), Inner(1, half, 3, 4), Leaf(0), Leaf(1)))
    write_tree(folder / "tree.json", right)
    write_tree(folder / "wrong.json", Tree((Inner(0, half, 1, 2), Leaf(0), Leaf(1))))
    write_tree(folder / "five.json", Tree((Leaf(5),)))
    write_tree(folder / "wide.json", Tree((Inner(9, half, 1, 2), Leaf(0), Leaf(1))))
    write_domain(folder / "monk.json", monk(1).domain)
    return folder


@pytest.fixture
def call(files, call, monkeypatch):
    """The command, in the folder."""
    monkeypatch.chdir(files)
    return call


def test_equivalent_is_exit_0(call):
    code, out, err = call("certify", "net.onnx", "tree.json")
    assert code == 0 and err == ""
    assert out.startswith("EQUIVALENT the tree is the network on all 8 points")
    assert "nothing but the kernel" in out


def test_different_is_exit_1_and_shows_the_points(call):
    code, out, _ = call("certify", "net.onnx", "wrong.json")
    assert code == 1
    assert "differ at exactly 2 points of 8" in out and "1/4" in out


@pytest.mark.parametrize("prover", ["auto", "exhaustive", "branch", "z3"])
def test_every_prover_says_the_same(call, prover):
    code, out, _ = call("certify", "net.onnx", "wrong.json", "--prover", prover, "--json")
    found = json.loads(out)
    assert code == 1 and found["verdict"] == "different"
    assert found["disagreements"] == {"lower": 2, "upper": 2}
    assert found["error"] == {"lower": "1/4", "upper": "1/4"}
    assert found["counterexample"]["values"].keys() == {"x0", "x1", "x2"}
    assert found["counterexample"]["values"]["x0"] == "1"
    assert found["counterexample"]["values"]["x1"] == "0"
    assert (found["counterexample"]["teacher_class"], found["counterexample"]["tree_class"]) == (
        0,
        1,
    )
    assert found["domain_size"] == 8 and found["trusted"] == {}
    assert found["float32"]["robust"] in (True, False)
    assert set(found["seconds"]) == {"load", "prove", "check"}
    assert sum(found["cells"].values()) >= 1


def test_no_time_is_exit_2_with_a_valid_certificate(call, files, patient):
    code, out, _ = call(
        "certify", "net.onnx", "tree.json", "--timeout", "0", "-o", "open.cert", "--json"
    )
    found = json.loads(out)
    assert code == 2 and found["verdict"] == "undecided"
    assert found["error"] == {"lower": "0", "upper": "1"}
    assert call("check", "open.cert")[0] == 0


def test_what_is_left_open_is_bounded_in_probability(call, files, monkeypatch, compiled):
    """A threshold over 60 signs has far too many cells; all but a tiny probability is proved.

    The search ends by its size, wherever it runs.
    """
    monkeypatch.setattr(Searching, "full", property(lambda search: search.ledger.size > 800))
    _, teacher, tree = wide_margin(60)
    save_onnx(teacher, files / "threshold.onnx")
    write_tree(files / "one.json", tree)
    certify = ("certify", "threshold.onnx", "one.json", "--domain", "signs", "--timeout", "60")
    code, out, _ = call(*certify, "--no-sample", "-o", "threshold.cert", "--json")
    found = json.loads(out)
    assert code in (1, 2) and found["cells"].keys() & {"tail", "sandwich"}
    assert 0 < Fraction(found["error"]["upper"]) < Fraction(1, 100)
    assert call("check", "threshold.cert")[0] == 0
    monkeypatch.setattr(Searching, "full", property(lambda search: search.ledger.size > 1600))
    code, out, _ = call(*certify, "--no-sample", "--resume", "threshold.cert", "--json")
    again = json.loads(out)
    assert code in (1, 2) and again["splits"] > found["splits"]


def test_a_search_can_be_resumed_and_questions_emitted(call, files, patient):
    certify = ("certify", "net.onnx", "tree.json")
    code, out, _ = call(*certify, "--timeout", "0", "-o", "open.cert", "--emit", "smt2", "cells")
    assert code == 2 and "3 open cells, 3 files in cells" in out
    assert len(list((files / "cells").glob("*.smt2"))) == 3
    code, out, _ = call(*certify, "--timeout", "0", "--emit", "vnnlib", "vnn")
    assert code == 2 and len(list((files / "vnn").glob("*.vnnlib"))) == 3
    code, out, _ = call(*certify, "--resume", "open.cert", "--cross-check", "5", "--json")
    found = json.loads(out)
    assert code == 0 and found["verdict"] == "equivalent" and found["prover"] == "exhaustive"
    assert "no contradiction" in found["remarks"][0]
    assert call(*certify, "--resume", "open.cert", "--prover", "z3")[0] == 0
    code, _, err = call(*certify, "--resume", "open.cert", "--domain", "signs")
    assert code == 3 and "another domain: variable 0 " in err


def test_a_certificate_is_written_and_checked_against_the_files(call, files):
    assert call("certify", "net.onnx", "wrong.json", "-o", "wrong.cert")[0] == 1
    code, out, err = call("check", "wrong.cert", "--against", "net.onnx", "wrong.json", "bits")
    assert code == 0 and err == ""
    assert out.startswith("VALID") and "teacher, tree and domain are those given" in out
    assert "onnxruntime gives the teacher's class at all 2 counterexamples" in out
    code, _, err = call("check", "wrong.cert", "--against", "net.onnx", "tree.json", "bits")
    assert code == 1 and "about another tree" in err and "certify it by itself" in err
    code, _, err = call("check", "tree.json")
    assert code == 3 and "give what certify -o wrote" in err
    code, out, _ = call("check", "wrong.cert", "--json")
    assert code == 0 and json.loads(out)["valid"] is True


def test_a_false_certificate_is_exit_1(call, files):
    from verifier.model.proof import Constant, Finding
    from verifier.reading.certificate import pack, read_certificate
    from verifier.writing.certificate import members_of

    call("certify", "net.onnx", "tree.json", "-o", "good.cert")
    held = read_certificate(files / "good.cert")
    finding = Finding((Constant(1),))
    parts = members_of(held.matter, finding)
    parts["verdict.json"] = b"{}"
    (files / "false.cert").write_bytes(pack(parts, "liar"))
    code, out, err = call("check", "false.cert")
    assert code == 1 and out == "" and "step 1 claims class 1" in err and err.count("\n") == 1
    for name in ("false.html", "false.md", "false.tex", "false.pdf"):
        code, out, err = call("report", "false.cert", "-o", name)
        assert code == 1 and out == "" and "step 1 claims class 1" in err and err.count("\n") == 1
        assert not (files / name).exists()
    code, _, err = call("report", "good.cert", "false.cert", "-o", "both.html")
    assert code == 1 and "step 1 claims class 1" in err and not (files / "both.html").exists()


def test_a_report_is_written(call, files):
    call("certify", "net.onnx", "wrong.json", "-o", "wrong.cert")
    for name in ("report.html", "report.md", "report.tex"):
        assert call("report", "wrong.cert", "-o", name)[0] == 0
        assert "different" in (files / name).read_text().lower()
    call("certify", "net.onnx", "tree.json", "-o", "right.cert")
    assert call("report", "wrong.cert", "right.cert", "-o", "both.md")[0] == 0
    text = (files / "both.md").read_text()
    assert "wrong.cert" in text and "right.cert" in text
    assert "leafproof report wrong.cert right.cert -o both.md" in text
    if shutil.which("pdflatex") or shutil.which("chromium"):
        for certificates in (["wrong.cert"], ["wrong.cert", "right.cert"]):
            assert call("report", *certificates, "-o", "made", "--format", "pdf")[0] == 0
            assert (files / "made").read_bytes().startswith(b"%PDF")


def bad_inputs():
    return {
        "no such network": (["certify", "none.onnx", "tree.json"], "none.onnx"),
        "no such tree": (["certify", "net.onnx", "none.json"], "none.json"),
        "no such domain": (["certify", "net.onnx", "tree.json", "--domain", "x.json"], "x.json"),
        "not ONNX": (["certify", "text.txt", "tree.json"], "text.txt"),
        "not JSON": (["certify", "net.onnx", "text.txt"], "text.txt"),
        "wrong order": (["certify", "tree.json", "net.onnx"], "tree.json|net.onnx"),
        "wrong domain": (["certify", "net.onnx", "tree.json", "--domain", "monk.json"], "17"),
        "class too large": (["certify", "net.onnx", "five.json"], "class 5"),
        "column too large": (["certify", "net.onnx", "wide.json"], "column 9"),
        "unwritable": (["certify", "net.onnx", "tree.json", "-o", "no/such/x"], "no/such/x"),
        "negative timeout": (["certify", "net.onnx", "tree.json", "--timeout", "-1"], "timeout"),
        "unknown prover": (["certify", "net.onnx", "tree.json", "--prover", "magic"], "magic"),
        "unknown verb": (["certifi"], "certify"),
        "unknown option": (["certify", "net.onnx", "tree.json", "--doman", "bits"], "--doman"),
        "missing argument": (["certify", "net.onnx"], "TREE|tree"),
        "not a certificate": (["check", "net.onnx"], "net.onnx"),
        "no certificate": (["check", "none.cert"], "none.cert"),
        "report of nothing": (["report", "none.cert", "-o", "r.html"], "none.cert"),
        "unknown theorem": (["bounds", "eval", "ocam-realizable"], "occam-realizable"),
        "impossible epsilon": (
            ["bounds", "eval", "test-sample-size", "epsilon=2", "delta=0.1"],
            "epsilon",
        ),
    }


@pytest.mark.parametrize("case", bad_inputs())
def test_bad_input_is_one_line_and_exit_3(case, call, files):
    arguments, word = bad_inputs()[case]
    (files / "text.txt").write_text("hello\nworld\n")
    before = sorted(files.iterdir())
    code, out, err = call(*arguments)
    assert code == 3 and out == ""
    assert err.startswith("leafproof: ") and err.count("\n") == 1
    assert any(w in err for w in word.split("|"))
    assert sorted(files.iterdir()) == before


def imported(*commands, cwd):
    """The exit codes of commands, one after the other, and the libraries that they import."""
    code = (
        "import json, sys; from verifier.cli.main import run; "
        "ended = [run(x) for x in json.loads(sys.argv[1])]; "
        "modules = sorted({m.split('.')[0] for m in sys.modules}); "
        "print(json.dumps([ended, modules]), file=sys.stderr)"
    )
    asked = [sys.executable, "-c", code, json.dumps(commands)]
    done = subprocess.run(asked, cwd=cwd, capture_output=True, text=True)
    ended, modules = json.loads(done.stderr.split("\n")[-2])
    return ended, set(modules)


HEAVY = {"torch", "z3", "sympy", "onnx", "onnxruntime", "sklearn", "matplotlib", "numba"}


def test_help_imports_no_heavy_libraries(files):
    assert imported(["--help"], cwd=files)[1] & (HEAVY | {"numpy"}) == set()


@pytest.mark.parametrize(
    ("commands", "needed"),
    [
        (
            [
                ["check", "good.cert"],
                ["check", "good.cert", "--json", "--no-trust"],
                ["export", "tree.json", "--to", "c"],
            ],
            set(),
        ),
        (
            [
                ["check", "good.cert", "--against", "net.onnx", "tree.json", "bits"],
                ["certify", "net.onnx", "tree.json"],
            ],
            {"onnx", "onnxruntime"},
        ),
        ([["repair", "net.onnx", "tree.json", "-o", "r.json"]], {"onnx", "onnxruntime", "numba"}),
        (
            [
                ["bounds", "list"],
                ["bounds", "eval", "test-sample-size", "epsilon=0.1", "delta=0.1"],
                ["report", "good.cert", "-o", "page.html"],
                ["report", "good.cert", "good.cert", "-o", "page.html"],
            ],
            {"sympy", "z3"},
        ),
    ],
)
def test_each_verb_imports_only_what_it_needs(call, files, commands, needed):
    if not (files / "good.cert").exists():
        call("certify", "net.onnx", "tree.json", "-o", "good.cert")
    ended, modules = imported(*commands, cwd=files)
    assert not any(ended) and modules & HEAVY <= needed


def test_the_installed_command_runs(files):
    done = subprocess.run(
        [COMMAND, "certify", "net.onnx", "tree.json"], cwd=files, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stderr == "" and "\x1b" not in done.stdout
    assert done.stdout.startswith("EQUIVALENT")
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True)
    assert done.stdout.startswith("leafproof 0.")


def test_a_closed_stream_changes_no_verdict_and_nothing_is_left_at_home(files, tmp_path):
    """onnxruntime's wheels would keep a number of the device at home, and report by it."""
    home = {k: v for k, v in os.environ.items() if not k.startswith("XDG_")}
    done = subprocess.run(
        [COMMAND, "certify", "net.onnx", "tree.json", "--verbose"],
        cwd=files,
        stdout=subprocess.PIPE,
        env=home | {"HOME": str(tmp_path)},
        preexec_fn=lambda: os.close(2),
    )
    assert done.returncode == 0 and done.stdout.startswith(b"EQUIVALENT")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_what_cannot_be_printed_is_no_fault_of_leafproof(files):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "certify", "net.onnx", "tree.json"],
            cwd=files,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 3
    said = "leafproof: certify: cannot write what it has to say (No space left on device): "
    assert done.stderr == said + "send it elsewhere\n"


def test_ctrl_c_while_the_command_is_loaded_is_one_line():
    """It was a traceback of Python's imports."""
    code = (
        "import sys, types; from verifier.cli import entry\n"
        "class Loading(types.ModuleType):\n"
        "    def __getattr__(self, name): raise KeyboardInterrupt\n"
        "sys.modules['verifier.cli.main'] = Loading('main'); entry.main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "leafproof: interrupted\n")


def test_ctrl_c_where_a_verb_does_not_hear_it_is_one_line(call, monkeypatch):
    """The parser made an exit code of it without a word."""

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("verifier.jobs.export.export", interrupted)
    assert call("export", "tree.json", "-o", "t.c") == (130, "", "leafproof: interrupted\n")


def test_ctrl_c_leaves_a_valid_certificate(files, call):
    """A search that would take ages is interrupted after a second."""
    rng = np.random.default_rng(0)
    layers = (
        Affine(0, rng.normal(size=(60, 60)).astype(np.float32), np.zeros(60, np.float32)),
        Relu(1),
        Affine(2, rng.normal(size=(60, 60)).astype(np.float32), np.zeros(60, np.float32)),
        Relu(3),
        Affine(4, rng.normal(size=(1, 60)).astype(np.float32), np.zeros(1, np.float32)),
    )
    save_onnx(Network(60, layers), files / "hard.onnx")
    write_tree(files / "leaf.json", Tree((Leaf(0),)))
    process = subprocess.Popen(
        [COMMAND, "certify", "hard.onnx", "leaf.json", "-o", "hard.cert", "--verbose"],
        cwd=files,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        # a test run in the background would hand down that Ctrl-C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert any("searching with" in line for line in process.stderr)
    time.sleep(1)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=240)
    assert process.returncode in (1, 2), err
    assert "open" in out
    assert call("check", "hard.cert")[0] == 0
