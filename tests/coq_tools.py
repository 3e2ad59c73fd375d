"""What is missing for Coq to compile the exported lemmas, found by asking coqc itself.

And the files of `theory/coq` as Coq has compiled them, once for all tests of a process.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from theory.coq.__main__ import COQ, compile_in
from theory.export.coq_tactics import HEADER

PACKAGES = {"Interval": "libcoq-interval"}
"""The Debian package of a library; all others come with coq."""
_ABSENT = re.compile(r"(Cannot find a physical path|Unable to locate library)")
_REQUIRE = re.compile(r"^(?:From (\w+) )?Require Import ([\w ]+)\.$", re.MULTILINE)


COMPILED = tempfile.TemporaryDirectory(prefix="lp-coq")
"""Files of `theory/coq`, as they lie there, and what coqc made of them in this process."""


def needed(file: str) -> dict[str, str]:
    """A file of `theory/coq` and all that it needs: name to text."""
    words = (COQ / f"{file}.v").read_text(encoding="utf-8")
    found = {file: words}
    for line in re.findall(r"^From Leafproof Require(?: Import)? ([\w ]+)\.", words, re.MULTILINE):
        for other in line.split():
            found |= needed(other)
    return found


def compiled_files(*files: str) -> Path:
    """The folder in which these files of `theory/coq`, and what they need, are compiled.

    Nothing else may be written there: `compiled(..., upon=...)` takes a copy of it.
    """
    folder = Path(COMPILED.name)
    every = {name: text for file in files for name, text in needed(file).items()}
    left = {name: text for name, text in every.items() if not (folder / f"{name}.vo").exists()}
    if left:
        compile_in(folder, left)
    return folder


def missing() -> str:
    """Which program or library is not installed, as a reason to skip; empty if none is.

    Only that: where coqc fails in another way, nothing is said to be missing, and tests fail.
    """
    for program in ("coqc", "coqtop"):
        if shutil.which(program) is None:
            return f"{program} is not installed (Debian package coq)"
    # what does not come with coq may well be missing, and is soon found to be
    for prefix, names in sorted(_REQUIRE.findall(HEADER), key=lambda x: x[0] not in PACKAGES):
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
