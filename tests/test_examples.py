"""Every example runs as its docstring says."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

QUICK = {"paper_table.py": ["--quick", "--depths", "2"]}
"""What an example is told so that it does not train for minutes."""
EXAMPLES = sorted(Path(__file__).parent.parent.joinpath("examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_example(path, tmp_path, monkeypatch, capfd):
    """As a program, in this process, which has the libraries loaded."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(path), *QUICK.get(path.name, [])])
    runpy.run_path(str(path), run_name="__main__")
    out, err = capfd.readouterr()
    assert err == "" and len(out.splitlines()) >= 2
    assert len(path.read_text().splitlines()) <= 60
