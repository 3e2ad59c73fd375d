"""A name too long for a file ended commands with a traceback where a folder was looked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.cli.main import run

LONG = "x" * 300


@pytest.mark.parametrize(
    "words",
    [
        ["certify", "a.onnx", "b.json", "--resume", LONG],
        ["certify", f"a.onnx#{LONG}", "b.json"],
        ["ask", f"fai{LONG}", "a.onnx"],
        ["domain", f"{LONG}.csv"],
        ["bounds", "plot", "hoeffding", "-o", f"{LONG}/a.svg"],
    ],
)
def test_it_is_one_line(
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(words) == 3
    out, err = capfd.readouterr()
    assert out == "" and err.count("\n") == 1
    assert "a fault of Leafproof" not in err
    assert not list(tmp_path.iterdir())
