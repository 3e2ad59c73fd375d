"""`certify net.onnx tree.json -o net.onnx` replaced the network by the certificate.

A sibling: `--journal run -o run/journal` replaced what was kept of the run.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from verifier.cli import overwriting
from verifier.cli.main import run
from verifier.formats.onnx_writer import save_onnx
from verifier.model.domain import bits
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_domain, write_tree


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    weight = np.array([[1.0, 0.0]], np.float32)
    save_onnx(Network(2, (Affine(0, weight, np.array([-0.5], np.float32)),)), "net.onnx")
    write_tree("tree.json", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))))
    write_tree("wrong.json", Tree((Leaf(0),)))
    write_domain("domain.json", bits(2))
    Path("link.onnx").symlink_to("net.onnx")
    (tmp_path / "sub").mkdir()
    assert run(["certify", "net.onnx", "tree.json", "--domain", "bits", "-o", "net.cert"]) == 0
    return tmp_path


DOMAIN = ("--domain", "domain.json")


@pytest.mark.parametrize(
    "arguments",
    [
        ("certify", "net.onnx", "tree.json", *DOMAIN, "-o", "net.onnx"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "-o", "tree.json"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "-o", "domain.json"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "-o", "sub/../net.onnx"),
        ("certify", "link.onnx", "tree.json", *DOMAIN, "-o", "net.onnx"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "-o", "link.onnx"),
        ("distill", "net.onnx", *DOMAIN, "-o", "net.onnx"),
        ("distill", "net.onnx", *DOMAIN, "--certificate", "net.onnx"),
        ("distill", "net.onnx", *DOMAIN, "-o", "domain.json"),
        ("distill", "net.onnx", *DOMAIN, "-o", "new", "--certificate", "new"),
        ("distill", "net.onnx", *DOMAIN, "-o", "new", "--certificate", "sub/../new"),
        ("repair", "net.onnx", "wrong.json", *DOMAIN, "-o", "net.onnx"),
        (
            "repair",
            "net.onnx",
            "wrong.json",
            *DOMAIN,
            "-o",
            "x.json",
            "--certificate",
            "wrong.json",
        ),
        ("report", "net.cert", "-o", "net.cert", "--format", "html"),
        ("report", "net.cert", "net.cert", "-o", "net.cert", "--format", "html"),
        ("export", "tree.json", "-o", "tree.json"),
        ("export", "tree.json", *DOMAIN, "-o", "domain.json"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "--journal", "sub", "-o", "sub/journal"),
        ("certify", "net.onnx", "tree.json", *DOMAIN, "--resume", "sub", "-o", "sub/journal"),
        ("distill", "net.onnx", *DOMAIN, "--journal", "sub", "--certificate", "sub/./journal"),
    ],
)
def test_an_input_is_not_overwritten(folder, capfd, arguments):
    held = {p: p.read_bytes() for p in folder.iterdir() if p.is_file()}
    capfd.readouterr()
    assert run(arguments) == 3
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1
    assert "is an input, too" in err or "named for two results" in err
    assert {p: p.read_bytes() for p in folder.iterdir() if p.is_file()} == held
    assert not [*(folder / "sub").iterdir()]


def test_a_repaired_tree_may_replace_the_tree(folder):
    assert run(["repair", "net.onnx", "wrong.json", *DOMAIN, "-o", "wrong.json"]) == 0
    assert run(["certify", "net.onnx", "wrong.json", *DOMAIN]) == 0


def test_a_resumed_certificate_may_replace_itself(folder):
    more = ["--resume", "net.cert", "-o", "net.cert"]
    assert run(["certify", "net.onnx", "tree.json", *DOMAIN, *more]) == 0
    assert run(["check", "net.cert"]) == 0


def test_a_device_may_be_named_twice():
    assert not overwriting._same(Path("/dev/null"), Path("/dev/null"))
