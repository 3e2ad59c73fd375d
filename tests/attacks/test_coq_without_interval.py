"""`make test` failed where coqc is installed without the library Interval.

The tests asked only whether there is a coqc. Here a coqc stands on the path that has all libraries
but one, and says so in Coq's own words.
"""

from __future__ import annotations

import os
import stat

import pytest

from tests import coq_tools
from tests.benchmarks import coq

FAKE = """#!/bin/sh
for last; do :; done
if grep -q '{library}' "$last"; then
  echo 'File "./probe.v", line 1, characters 0-42:
Error: {error}' >&2
  exit 1
fi
"""
PATHS = "Cannot find a physical path bound to logical path\nTactic with prefix Interval."
OLDER = "Unable to locate library Tactic with prefix Interval."


def install(folder, name, text):
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    install(tmp_path, "coqtop", "#!/bin/sh\n")
    return tmp_path


@pytest.mark.parametrize(
    ("library", "error", "words"),
    [
        ("Interval", PATHS, "Interval.Tactic is not installed (Debian package libcoq-interval)"),
        ("Interval", OLDER, "Interval.Tactic is not installed (Debian package libcoq-interval)"),
        ("Reals", PATHS, "Reals is not installed (Debian package coq)"),
        ("Nsatz", OLDER, "Nsatz is not installed (Debian package coq)"),
    ],
)
def test_the_missing_library_is_named(path, library, error, words, capsys):
    install(path, "coqc", FAKE.format(library=library, error=error))
    assert words in coq_tools.missing()
    assert coq.main([]) == 0
    assert words in capsys.readouterr().out


def test_with_all_libraries_nothing_is_missing(path):
    install(path, "coqc", "#!/bin/sh\n")
    assert coq_tools.missing() == ""


def test_another_failure_is_no_reason_to_skip(path):
    install(path, "coqc", FAKE.format(library="Interval", error="Anomaly: Stack overflow."))
    assert coq_tools.missing() == ""


def test_without_a_program_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "coqc is not installed" in coq_tools.missing()
    install(tmp_path, "coqc", "#!/bin/sh\n")
    assert "coqtop is not installed" in coq_tools.missing()
