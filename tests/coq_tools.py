"""What is missing for Coq to compile the exported lemmas, found by asking coqc itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from theory.export.coq_tactics import HEADER

PACKAGES = {"Interval": "libcoq-interval"}
"""The Debian package of a library; all others come with coq."""
_ABSENT = re.compile(r"(Cannot find a physical path|Unable to locate library)")
_REQUIRE = re.compile(r"^(?:From (\w+) )?Require Import ([\w ]+)\.$", re.MULTILINE)


def missing() -> str:
    """Which program or library is not installed, as a reason to skip; empty if none is.

    Only that: where coqc fails in another way, nothing is said to be missing, and tests fail.
    """
    for program in ("coqc", "coqtop"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian package coq)"
    for prefix, names in _REQUIRE.findall(HEADER):
        for name in names.split():
            line = f"From {prefix} Require Import {name}." if prefix else f"Require Import {name}."
            if _ABSENT.search(" ".join(_complaints(line).split())):
                library = f"{prefix}.{name}" if prefix else name
                package = PACKAGES.get(prefix, "coq")
                return f"Coq's library {library} is not installed (Debian package {package})"
    return ""


def _complaints(text: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "probe.v")
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            ["coqc", "-q", path.name], cwd=folder, capture_output=True, text=True, check=False
        )
    return done.stderr + done.stdout if done.returncode else ""
