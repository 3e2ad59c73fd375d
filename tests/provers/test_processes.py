"""Processes of Leafproof's own, begun in a folder that holds modules of the same names."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from numba import njit

from verifier.provers.cluster import joining
from verifier.provers.compiled import beside


class Begun(Exception):
    """In place of a process."""


@njit(cache=True)
def function():
    """What is not compiled yet."""


def compiling(monkeypatch):
    monkeypatch.setattr(beside, "_STARTED", {})
    monkeypatch.setattr(beside, "_mark", lambda own: Path("none"))
    beside.begun(beside.SEARCH, function)


def joined(monkeypatch):
    monkeypatch.setattr(joining, "require_ray", lambda: None)
    monkeypatch.setattr(joining.tempfile, "TemporaryFile", io.BytesIO)
    joining.join()


@pytest.mark.parametrize("begins", [compiling, joined])
def test_what_lies_in_the_folder_is_not_run(begins, tmp_path, monkeypatch):
    """Neither another Leafproof nor what is named like a module of Python's."""
    given = []

    def popen(words, **options):
        given.append((words, options))
        raise Begun

    with monkeypatch.context() as held, pytest.raises(Begun):
        held.chdir(tmp_path)
        held.setattr(subprocess, "Popen", popen)
        begins(held)
    (tmp_path / "verifier").mkdir()
    for name in ("verifier/__init__.py", "platform.py"):
        (tmp_path / name).write_text("raise SystemExit(7)\n")
    ((words, options),) = given
    imports_little = [*words[: words.index("-m") + 1], "verifier.provers.cluster.identity"]
    where = {"env": options["env"], "cwd": options.get("cwd", tmp_path)}
    assert subprocess.run(imports_little, **where).returncode == 0
    plain = [words[0], *imports_little[-2:]]
    assert subprocess.run(plain, env=options["env"], cwd=tmp_path).returncode == 7
