"""Hostile names: nothing in a certificate becomes markup."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest

from tests.reports import asked, cases
from tests.reports.pages import Page, balanced_tex
from tests.reports.test_trust import differs, trusted
from verifier.formats.variables import one_hot
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.proof import Open, Split
from verifier.model.question import Any_, Bound, ClassIs, Matter
from verifier.reports.report import render

EVIL = (
    "<script>alert(1)</script>",
    "$\\input{secret}$",
    "a\u202eb",
    "x" * 10_000,
    "nul\x00bell\x07",
    "שלום",
    "{{ 7*7 }} {% raw %} << 7*7 >>",
    "`code` *b* | pipe [a](http://x.y)",
    '" onmouseover="alert(1)',
    "-->]]></style></script>",
    "",
)


def evil():
    labels = ("a<b>", "\\end{document}\u200f", "#1 & 50% ~^_", "y" * 10_000)
    domain = Domain(tuple(one_hot(n, labels) for n in EVIL))
    weight = np.random.default_rng(0).integers(-2, 3, size=(1, domain.columns)).astype(float)
    notes = ("<b>bold</b> \\write18{rm} \u202e", "- item\n# heading")
    teacher = Network(domain.columns, (Affine(0, weight, np.array([0.5])),), notes)
    tree = cases.full_tree(domain, 3)
    point = next(iter(full_cell(domain).points()))
    proof = (Split(0, 1), Open(), Open())
    differing = [point] if differs(domain, teacher, tree, point) else []
    return cases.certified(domain, teacher, tree, proof, differing, prover="<i>x\u202e</i>")


def evil_question():
    """Models whose names are markup, or sentences."""
    domain = Domain((one_hot("<b>x</b>", ("$y$", "|z|")),))
    net = Network(2, (Affine(0, np.array([[1.0, -1.0]]), np.array([0.0])),), labels=EVIL[:2])
    names = [name for name in EVIL if name and name.isprintable()][:5]
    models = tuple(Bound(name, net, (0,)) for name in names)
    question = Any_(tuple(ClassIs(i, 1) for i in range(len(models))))
    return asked.certified(Matter(domain, models, question))


def test_names_of_models_are_escaped():
    result = cases.result(*evil_question(), {"<x>": 1.0})
    text = render(result, format="html")
    shown = Page(text)
    assert text.count("<script>") == 1
    assert "alert(1)</script>" not in text
    assert not [a for _, a in shown.tags if "onmouseover" in a]
    assert '"<script>alert(1)</script>"' in shown.words
    balanced_tex(render(result, format="tex"))
    assert "<script>" not in result._repr_html_()
    assert "<script>" not in result.certificate._repr_html_()


def test_names_are_escaped_in_html():
    text = render(cases.result(*evil(), {"<x>": 1.0}), format="html")
    shown = Page(text)
    tags = {tag for tag, _ in shown.tags}
    assert "b" in tags  # the bars of the number line
    assert "i" in tags  # and their guides
    assert text.count("<script>") == 1
    assert "alert(1)</script>" not in text
    assert "<b>bold" not in text
    assert "<i>x" not in text
    assert not [a for _, a in shown.tags if "onmouseover" in a]
    assert "\u202e" not in text
    assert "\x00" not in text
    assert "7*7" in text
    assert "49" not in shown.words.split("The proof")[0].split("Counterexamples")[1][:200]
    assert len(text) < 400_000


def test_names_are_escaped_in_markdown():
    text = render(cases.result(*evil()), format="md")
    assert "<" not in text
    assert "\u202e" not in text
    assert "[a](" not in text
    assert "\n# heading" not in text
    assert text.count("```") == 2 * 4  # three theorems, and the check


@pytest.mark.parametrize("make", [cases.good, cases.bad, evil, lambda: trusted(["z3"])])
def test_latex_is_balanced_and_compiles(make, tmp_path):
    text = render(cases.result(*make(), {"check": 1.0}), format="tex")
    balanced_tex(text)
    assert text.isascii()
    assert "\\input" not in text
    assert "\\write" not in text
    if shutil.which("pdflatex"):
        (tmp_path / "report.tex").write_text(text)
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "report.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=600, check=False)
        assert done.returncode == 0, done.stdout[-2000:]
        assert (tmp_path / "report.pdf").stat().st_size > 10_000
