"""Both builds of the verified checker; and what Coq compiles for several tests, once."""

from __future__ import annotations

import subprocess

import pytest

from verifier import verified
from verifier.verified.extraction import make

BUILDS = [
    "python",
    pytest.param(
        "native",
        marks=pytest.mark.skipif(
            not verified.NATIVE.exists(), reason="make verified builds the native checker"
        ),
    ),
]


@pytest.fixture(params=BUILDS)
def build(request, monkeypatch):
    """Each build that there is."""
    monkeypatch.setenv(verified.VARIABLE, "python" if request.param == "python" else "")
    found = verified.build()
    if found.kind != request.param:
        pytest.skip("the native checker is of other sources: make verified")
    return found


@pytest.fixture(scope="session")
def coqc(tmp_path_factory):
    """Runs coqc on a file, in its folder; it may need Machine, and what that needs.

    Returns what coqc says.
    """
    held = tmp_path_factory.mktemp("coq")
    make.compiled(held, lambda words: None, ("Machine",))

    def run(path):
        command = ["coqc", "-w", "-all", "-R", held, "Leafproof", path.name]
        done = subprocess.run(command, cwd=path.parent, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
