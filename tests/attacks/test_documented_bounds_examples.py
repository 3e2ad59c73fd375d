"""The documented example of `bounds compare` ended with exit 3: it left out what the verb demanded.

Every example of `leafproof bounds` in the help and in docs/theory.md runs here.
"""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from theory.language.errors import TheoryError
from verifier.cli.bounds import app
from verifier.cli.examples import EXAMPLES

SLOW = ("verify",)
"""tests/theory/checking/test_derivations.py checks all derivations."""
DOCUMENT = Path(__file__).parents[2] / "docs" / "theory.md"
HELP = [e for verb, examples in EXAMPLES.items() if verb.startswith("bounds") for e in examples]
WRITTEN = [
    line.removeprefix("leafproof ")
    for line in DOCUMENT.read_text(encoding="utf-8").splitlines()
    if line.startswith("leafproof bounds ")
]
RUN = [
    e
    for e in dict.fromkeys((*HELP, *WRITTEN))
    if e.split()[1] not in SLOW and ".onnx" not in e  # tests/cli/test_plan.py plans with files
]


@pytest.mark.parametrize("example", RUN)
def test_example_runs(example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = shlex.split(example, comments=True)[1:]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output


def test_compare_says_what_is_missing() -> None:
    arguments = ["compare", "--claim", "error <= 0.01", "delta=1e-9", "variables=50"]
    with pytest.raises(TheoryError, match="variables= and depth="):
        CliRunner().invoke(app, arguments, catch_exceptions=False)
