"""``make verified``: from the proof in coq/ to generated.py and the native checker.

python -m verifier.verified.extraction.make          compile, coqchk, compare, build natively
python -m verifier.verified.extraction.make --write  the same, and write generated.py anew
python -m verifier.verified.extraction.make --quick  without the proofs, which --write also takes
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from verifier.verified import GENERATED, NATIVE, of_text
from verifier.verified.extraction.translate import translated

COQ = Path(__file__).parents[1] / "coq"
HERE = Path(__file__).parent
PROVED = "Main"
"""The file with the theorem: coqchk checks it, and all that it needs, again."""
RUN = ("Run", "Machine", "Extract")
"""The files that are needed for what runs, without the proofs."""
NEEDED = ("coqc", "coqchk", "coqdep", "ocamlfind")
MISSING = "apt-get install coq ocaml-findlib libzarith-ocaml-dev"
HEAD = '''"""The verified checker, generated from Coq by verifier/verified/extraction: never edited.

``checked(trusted, members)`` is Run.checked; lists are None or (head, tail), texts lists of bytes.
"""

COQ = "{coq}"
SOURCES = "{sources}"
'''
Say = Callable[[str], None]


def sources() -> list[Path]:
    """The files of Coq."""
    return sorted(COQ.glob("*.v"))


def digest() -> str:
    """The SHA-256 of what both builds are made of: Coq's files and the translator."""
    found = hashlib.sha256()
    for path in [*sources(), *sorted([*HERE.glob("*.py"), *HERE.glob("*.ml")])]:
        if path != Path(__file__):
            data = path.read_bytes()
            found.update(f"{path.name} {len(data)}\n".encode() + data)
    return found.hexdigest()


def order(folder: Path, wanted: tuple[str, ...] = ()) -> list[str]:
    """The files' names in an order in which they can be compiled: all, or what some need."""
    names = [p.stem for p in sources()]
    told = _run(["coqdep", "-R", ".", "Leafproof", *(f"{n}.v" for n in names)], folder)
    needs: dict[str, set[str]] = {name: set() for name in names}
    for line in told.splitlines():
        made = re.match(r"(\w+)\.vo\b.*?:(.*)", line)
        if made:
            needs[made[1]] = {Path(p).stem for p in made[2].split() if p.endswith(".vo")}
    done: list[str] = []
    while len(done) < len(names):
        done += [n for n in names if n not in done and needs[n] <= set(done)][:1]
    kept = set(wanted or names)
    for name in reversed(done):
        kept |= needs[name] if name in kept else set()
    return [name for name in done if name in kept]


def compiled(folder: Path, say: Say, wanted: tuple[str, ...] = ()) -> None:
    """Compile the files of Coq in a folder: all, or what some need."""
    for path in sources():
        shutil.copy(path, folder)
    names = order(folder, wanted)
    with step(say, f"{len(names)} files of Coq compile"):
        for name in names:
            told = _run(["coqc", "-w", "-all", "-R", ".", "Leafproof", f"{name}.v"], folder)
            for line in told.splitlines():
                if line.strip():
                    say(f"    {name}: {line.strip()}")
                if line.startswith("Axioms:"):
                    raise SystemExit(f"{name}.v: a theorem rests on axioms")


def extracted(folder: Path) -> None:
    """Write checker.json, checker.ml and checker.mli into a folder of compiled files."""
    for name, required, language, written in (
        ("ToPython", "Machine", "JSON", "checker.json"),
        ("ToOCaml", "Extract", "OCaml", "checker.ml"),
    ):
        text = (
            f"From Leafproof Require Import {required}.\nFrom Leafproof Require Run.\n"
            "From Coq Require Import Extraction.\n"
            f'Extraction Language {language}.\nExtraction "{written}" Run.checked.\n'
        )
        (folder / f"{name}.v").write_text(text)
        _run(["coqc", "-w", "-all", "-R", ".", "Leafproof", f"{name}.v"], folder)


def coq_version() -> str:
    """The version of Coq that there is."""
    found = re.search(r"version ([\w.+-]+)", _run(["coqc", "--version"], HERE))
    return found[1] if found else "unknown"


def generated(folder: Path) -> str:
    """generated.py, of a folder with checker.json."""
    head = HEAD.format(coq=coq_version(), sources=digest())
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)  # terms are nested deeply
    try:
        module = json.loads((folder / "checker.json").read_text(encoding="utf-8"))
        return translated(module, ("checked",), head)
    finally:
        sys.setrecursionlimit(limit)


def native(folder: Path, say: Say) -> None:
    """Build the native checker of a folder with checker.ml, beside the package."""
    for name in ("machine.ml", "main.ml"):
        shutil.copy(HERE / name, folder)
    text = f'COQ = "{coq_version()}"\nSOURCES = "{digest()}"'
    (folder / "version.ml").write_text(f"let text = {{|{text}|}}\n")
    with step(say, f"the native checker is built: {NATIVE}"):
        _run(
            [
                *(
                    "ocamlfind",
                    "ocamlopt",
                    "-O3",
                    "-unsafe",
                    "-inline",
                    "200",
                    "-package",
                    "zarith",
                ),
                *("-linkpkg", "-w", "-a", "machine.ml", "version.ml", "checker.mli", "checker.ml"),
                *("main.ml", "-o", "leafproof-verified"),
            ],
            folder,
        )
        NATIVE.parent.mkdir(exist_ok=True)
        shutil.copy(folder / "leafproof-verified", NATIVE)


@contextmanager
def step(say: Say, words: str) -> Iterator[None]:
    """Says what a step showed, and how long it took."""
    start = time.perf_counter()
    yield
    say(f"{time.perf_counter() - start:6.1f} s  {words}")


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:8])}: {(done.stderr or done.stdout).strip()[:2000]}")
    return done.stdout


def main(arguments: list[str]) -> int:
    """All steps; 1 where generated.py is not up to date."""

    def say(words: str) -> None:
        sys.stdout.write(words + "\n")
        sys.stdout.flush()

    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        say(f"the verified checker is not built: {missing[0]} is missing ({MISSING})")
        return 0
    with tempfile.TemporaryDirectory() as name, step(say, "in all"):
        folder = Path(name)
        compiled(folder, say, RUN if "--quick" in arguments else ())
        if "--quick" not in arguments and (COQ / f"{PROVED}.v").exists():
            with step(say, f"coqchk accepts {PROVED}, with all that it needs"):
                flags = ["-silent", "-o", "-R", ".", "Leafproof"]
                _run(["coqchk", *flags, f"Leafproof.{PROVED}"], folder)
        with step(say, "the checker is extracted"):
            extracted(folder)
        text = generated(folder)
        if "--write" in arguments:
            GENERATED.write_text(text, encoding="utf-8")
        same = is_up_to_date(text, say)
        native(folder, say)
    return 0 if same else 1


def is_up_to_date(text: str, say: Say) -> bool:
    """Whether generated.py is what was generated now, as far as this version of Coq can tell."""
    held = GENERATED.read_text(encoding="utf-8")
    if held == text:
        say("          generated.py is what Coq's proof gives")
        return True
    made, here = of_text(held), of_text(text)
    if made[0] != here[0] and made[1] == here[1]:
        say(f"          generated.py was made by Coq {made[0]}; {here[0]} writes other text")
        return True
    say("          generated.py is NOT up to date: add --write")
    return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
