"""``make check-theory``: Coq proves twins of theorems, and axioms, from nothing.

python -m theory.coq          Twins.v is what the catalogue claims; all files compile
python -m theory.coq --write  the same, and write Twins.v anew
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from theory import catalogue
from theory.coq.granted import PROVED
from theory.coq.translation import text
from theory.coq.twins import TWINS

COQ = Path(__file__).parent
WRITTEN = COQ / "Twins.v"
NEEDED = ("coqc", "coqdep")
STANDARD = {
    "ClassicalDedekindReals.sig_forall_dec",
    "ClassicalDedekindReals.sig_not_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
"""The axioms that Coq's library of real numbers rests on: no others may be used."""


def twins_text() -> str:
    """What Twins.v must be."""
    return text(TWINS, catalogue, PROVED)


def compiled(files: Mapping[str, str], upon: Path | None = None) -> str:
    """What Coq says of these files (name to text), compiled in order of need.

    `upon`: a folder in which what they need is compiled already; Coq itself refuses what was
    compiled of other files than lie there. Raises SystemExit with Coq's words where one is refused.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if upon is not None:
            shutil.copytree(upon, folder, dirs_exist_ok=True)
        return compile_in(folder, files)


def compile_in(folder: Path, files: Mapping[str, str]) -> str:
    """The same in a folder, which keeps what was compiled."""
    for file, content in files.items():
        (folder / f"{file}.v").write_text(content, encoding="utf-8")
    flags = ["-Q", ".", "Leafproof"]
    order = _run(["coqdep", "-sort", *flags, *(f"{file}.v" for file in files)], folder)
    wanted = [file for file in order.split() if Path(file).stem in files]
    return "".join(_run(["coqc", "-w", "-all", *flags, file], folder) for file in wanted)


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[-1]}: {(done.stderr or done.stdout).strip()[:2000]}")
    return done.stdout


def axioms(told: str) -> list[frozenset[str]]:
    """The axioms that each theorem rests on, as ``Print Assumptions`` tells them, in order."""
    found: list[frozenset[str]] = []
    for block in re.split(r"^(?=Axioms:|Closed under)", told, flags=re.MULTILINE)[1:]:
        rest = block.partition("\n")[2]  # names begin a line, their types are indented
        found.append(frozenset(re.findall(r"^([^\s:]+)\s*:", rest, flags=re.MULTILINE)))
    return found


def main(arguments: list[str]) -> int:
    """All of it; 1 where Twins.v is not what the catalogue claims, or rests on other axioms."""

    def say(words: str) -> None:
        sys.stdout.write(words + "\n")

    wanted = twins_text()
    if "--write" in arguments:
        WRITTEN.write_text(wanted, encoding="utf-8")
    if WRITTEN.read_text(encoding="utf-8") != wanted:
        say("Twins.v is not what the catalogue claims: python -m theory.coq --write")
        return 1
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        say(f"Coq's proofs are not checked: {missing[0]} is missing (apt-get install coq)")
        return 0
    found = axioms(compiled({p.stem: p.read_text(encoding="utf-8") for p in COQ.glob("*.v")}))
    names = [*(twin.name for twin in TWINS), *(f"the axiom {name}" for name in PROVED)]
    if len(found) != len(names):
        say(f"Coq told the assumptions of {len(found)} theorems, not of {len(names)}")
        return 1
    for name, held in zip(names, found, strict=True):
        say(f"{name}: proved; axioms: {', '.join(sorted(held)) or 'none'}")
    return 0 if all(held <= STANDARD for held in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
