"""README and docs/: every block is run, every command exists, and the site builds (docs_blocks)."""

from __future__ import annotations

import re
import shutil
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.docs_blocks import (
    ROOT,
    blocks,
    matches,
    name,
    pages,
    python,
    shell,
)
from verifier.cli.examples import EXAMPLES
from verifier.formats.load import read_domain, read_tree
from verifier.formats.onnx_writer import save_onnx
from verifier.model.network import Affine, Network
from verifier.model.tree import Inner, Leaf, Tree
from verifier.writing.json_nouns import write_tree

NOT_RUN = {
    ("docs/how-to/cluster.md", "ray start"): "tests/provers/cluster runs them on local nodes",
    ("docs/theory.md", "leafproof bounds verify --all"): "tests/theory verifies them one by one",
    ("docs/how-to/sign.md", "cosign sign-blob"): "signing tools are not installed",
    ("docs/how-to/sign.md", "jq .predicate"): "signing tools are not installed",
    ("docs/how-to/sign.md", "cosign verify-blob"): "signing tools are not installed",
    ("docs/statement.md", '{\n "_type"'): "shortened; tests/reports/test_statement.py compares it",
}
"""Blocks that are not run: the page, how the block begins, and why."""
REPOSITORY = ROOT / "examples" / "repository"
RUN = ("sh", "console", "python")


def no_run(block):
    return next(
        (key for key in NOT_RUN if key[0] == block.page and block.text.startswith(key[1])), None
    )


def linear(columns, ones, bias):
    """Class 1 iff the first ``ones`` of the bits sum to more than -bias."""
    weight = np.zeros((1, columns), np.float32)
    weight[0, :ones] = 1
    return Network(columns, (Affine(0, weight, np.array([bias], np.float32)),))


def presupposed(page):
    """Write the files that a page takes for granted into the current folder."""
    if page in ("README.md", "docs/how-to/ci.md", "docs/how-to/sign.md") or "examples" in page:
        shutil.copytree(REPOSITORY, ".", dirs_exist_ok=True)
        shutil.copy("teacher.onnx", "net.onnx")
    elif page == "docs/statement.md":
        save_onnx(linear(3, 2, -1.5), "net.onnx")
        both = (Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Inner(1, Fraction(1, 2), 3, 4))
        write_tree("tree.json", Tree((*both, Leaf(0), Leaf(1))))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty current folder, in which Python looks for modules too."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


WITH_BLOCKS = [page for page in pages() if blocks(page)]


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=name)
def test_every_block_runs(page, folder, monkeypatch, brisk_time, patient):
    presupposed(name(page))
    names, printed = {"__name__": "__main__"}, None
    for block in blocks(page):
        if no_run(block):
            printed = None
        elif block.title is not None:
            path = folder / block.title
            if block.language == "yaml":
                assert path.read_text() == block.text, f"{block} is not the file of the example"
            path.write_text(block.text)
        elif block.language == "sh" and block.text.startswith("make "):
            targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
            for line in block.text.splitlines():
                assert line.split()[0] == "make" and line.split()[1] in targets, f"{block}: {line}"
        elif block.language in ("sh", "console"):
            printed = shell(block)
        elif block.language == "python":
            printed = python(block, names)
        elif block.language == "text":
            assert printed is not None, f"{block}: nothing was run before this output"
            assert matches(block.text, printed), f"{block} is not what is printed:\n{printed}"
        else:
            pytest.fail(f"{block}: blocks in {block.language!r} are not run")
    monkeypatch.delitem(sys.modules, "parts", raising=False)
    domains = ((made, read_domain) for made in ("domain.json", "people.json", "dependent.json"))
    for made, read in (*domains, ("tree.json", read_tree)):
        if Path(made).exists():
            read(made)


def test_the_blocks_that_are_not_run_are_few_and_exist():
    keys = [key for page in pages() for block in blocks(page) if (key := no_run(block))]
    assert sorted(keys) == sorted(NOT_RUN)
    assert len(NOT_RUN) <= 7


def test_an_output_is_compared():
    assert matches("a ... 1.2.3\n...\nz\n", "a b 3.11.7 \n\nx\ny\nz")
    assert matches("SHA-256 " + 64 * "0", "SHA-256 " + 64 * "a")
    assert not matches("a\n", "b\n")
    assert not matches("a ...\nz", "a b\nz\nmore")


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_command_exists(page):
    """Commands in the text, too, name verbs and targets that there are."""
    text = " ".join(re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL).split())
    verbs = {key.split()[0] for key in EXAMPLES}
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for code in re.findall(r"`([^`]+)`", text):
        program, *words = code.split()
        if program == "leafproof" and words and not words[0].startswith("-"):
            known = {key.split()[1] for key in EXAMPLES if key.startswith(f"{words[0]} ")}
            assert words[0] in verbs and set(words[1:2]) <= (known or set(words)), code
        elif program == "make" and words:
            assert words[0] in targets, code


def test_the_figures_on_the_page_of_limits():
    from verifier import verified
    from verifier.jobs import proving
    from verifier.kernel import float32
    from verifier.provers import words
    from verifier.provers.compiled import chain, parallel
    from verifier.reading import network_parts as teacher_part

    page = " ".join((ROOT / "docs" / "limits.md").read_text().split())
    assert f"sweeps in about {proving.AT_ONCE} s" in page
    assert f"at most {teacher_part.MOST_LAYERS:,} layers" in page
    assert f"more than {float32.WIDEST:,} inputs" in page
    assert f"at most {chain.WIDEST:,} neurons" in page
    assert f"at most {words.MASK} values" in page
    assert f"ranges of at most 2^{words.MOST.bit_length() - 1}" in page
    python, native = (verified.LARGEST[kind] >> 20 for kind in ("python", "native"))
    assert f"more than {python} MiB, or {native} MiB as the native program" in page
    cluster = " ".join((ROOT / "docs" / "how-to" / "cluster.md").read_text().split())
    assert f"up to {parallel.SLOTS} of its processors" in cluster
