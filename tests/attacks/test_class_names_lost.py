"""`class 0` stood in exports and reports where the model knows `setosa`."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.reports import cases
from tests.saved import save_certificate
from verifier.cli.main import run
from verifier.formats.load import read_tree
from verifier.model.domain import bits
from verifier.model.errors import TreeError
from verifier.model.network import Affine, Network
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive
from verifier.reports.report import render
from verifier.writing.json_nouns import write_tree

STUMP = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)), ("setosa", "iris */ -- '"))


@pytest.fixture
def written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tree("tree.json", STUMP)
    assert read_tree("tree.json").labels == STUMP.labels
    return tmp_path


@pytest.mark.parametrize(
    ("to", "shown"),
    [
        ("text", "class setosa"),
        ("svg", "class setosa"),
        ("dot", 'label="class setosa"'),
        ("python", "return 0  # setosa"),
        ("c", "return 0; /* setosa */"),
        ("sql", "0 /* setosa */"),
        ("json", '"classes": ["setosa"'),
    ],
)
def test_exports_name_the_classes(written, capfd, to, shown):
    assert run(["export", "tree.json", "--to", to]) == 0
    out = capfd.readouterr().out
    assert shown in out
    code = to in ("python", "c", "sql")
    assert ("iris" in out) != code  # a name that could end a comment is no comment


def test_onnx_keeps_the_names(written):
    import onnx

    assert run(["export", "tree.json", "-o", "tree.onnx"]) == 0
    (held,) = onnx.load("tree.onnx").metadata_props
    assert held.key == "classes" and "setosa" in held.value


def test_reports_name_the_classes(tmp_path):
    weight = np.array([[1.0, 0.0]], np.float32)
    layers = (Affine(0, weight, np.array([-0.5], np.float32)),)
    teacher = Network(2, layers, labels=("setosa", "<b>virginica"))
    wrong = Tree((Leaf(0),))
    domain = bits(2)
    finding = exhaustive.prove(domain, teacher, wrong)
    path = tmp_path / "net.certificate"
    certificate, verdict = save_certificate(
        path, matter_of(domain, teacher, wrong), finding, "exhaustive"
    )
    for format in ("html", "md", "tex"):
        text = render(cases.result(certificate, verdict), format=format)
        assert re.search("class .{0,30}setosa", text) and "class 0" not in text
        assert "<b>virginica" not in text.replace("\\", "") or format == "tex"


@pytest.mark.parametrize("names", [("a", "a"), ("a", ""), ("a", "b\n")])
def test_names_are_different_lines_of_text(names):
    with pytest.raises(TreeError):
        replace(STUMP, labels=names)
