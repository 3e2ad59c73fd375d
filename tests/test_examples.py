"""Every example runs as its docstring says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

QUICK = {"paper_table.py": ["--quick", "--depths", "2"]}
"""What an example is told so that it does not train for minutes."""
EXAMPLES = sorted(Path(__file__).parent.parent.joinpath("examples").glob("*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_example(path, tmp_path):
    done = subprocess.run(
        [sys.executable, str(path), *QUICK.get(path.name, [])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "" and len(done.stdout.splitlines()) >= 2
    assert len(path.read_text().splitlines()) <= 60
