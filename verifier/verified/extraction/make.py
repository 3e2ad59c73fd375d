"""``make verified``: from the proof in coq/ to generated.py and the native checker.

python -m verifier.verified.extraction.make          compile, coqchk, compare, build natively
python -m verifier.verified.extraction.make --write  the same, and write generated.py anew
python -m verifier.verified.extraction.make --quick  without the proofs, which --write also takes
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import cache
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


def needs(folder: Path) -> dict[str, set[str]]:
    """What each file of Coq needs, of those copied to a folder."""
    names = [p.stem for p in sources()]
    told = _run(["coqdep", "-R", ".", "Leafproof", *(f"{n}.v" for n in names)], folder)
    found: dict[str, set[str]] = {name: set() for name in names}
    for line in told.splitlines():
        made = re.match(r"(\w+)\.vo\b.*?:(.*)", line)
        if made:
            found[made[1]] = {Path(p).stem for p in made[2].split() if p.endswith(".vo")}
    return found


def _wanted(needed: dict[str, set[str]], names: Iterable[str]) -> list[str]:
    """These files and all that they need, in the order of ``needed``."""
    kept: set[str] = set()
    more = set(names)
    while more:
        kept |= more
        more = {other for name in more for other in needed[name]} - kept
    return [name for name in needed if name in kept]


def compiled(folder: Path, say: Say, wanted: tuple[str, ...] = ()) -> None:
    """Compile the files of Coq in a folder, all or what some need, on all processors."""
    for path in sources():
        shutil.copy(path, folder)
    needed = needs(folder)

    @cache
    def urgency(name: str) -> int:
        """Bytes of the longest chain of files that wait for this one."""
        later = (urgency(other) for other in needed if name in needed[other])
        return (folder / f"{name}.v").stat().st_size + max(later, default=0)

    left = sorted(_wanted(needed, wanted or needed), key=urgency, reverse=True)
    done: set[str] = set()
    running: dict[Future[str], str] = {}
    workers = os.cpu_count() or 1
    with step(say, f"{len(left)} files of Coq compile"), ThreadPoolExecutor(workers) as pool:
        while left or running:
            ready = [name for name in left if needed[name] <= done][: workers - len(running)]
            left = [name for name in left if name not in ready]
            for name in ready:
                command = ["coqc", "-w", "-all", "-R", ".", "Leafproof", f"{name}.v"]
                running[pool.submit(_run, command, folder)] = name
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                name = running.pop(future)
                _heard(say, name, future.result())
                done.add(name)


def _heard(say: Say, name: str, told: str) -> None:
    """Say what Coq told of a file; raises SystemExit where a theorem rests on axioms."""
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
        with ThreadPoolExecutor(1) as pool:
            whole = "--quick" not in arguments and (COQ / f"{PROVED}.v").exists()
            checking = pool.submit(checked_again, folder, say) if whole else None
            with step(say, "the checker is extracted"):
                extracted(folder)
            text = generated(folder)
            if "--write" in arguments:
                GENERATED.write_text(text, encoding="utf-8")
            same = is_up_to_date(text, say)
            native(folder, say)
            if checking is not None:
                checking.result()
    return 0 if same else 1


def checked_again(folder: Path, say: Say) -> None:
    """Have coqchk, which shares little with coqc, check what was compiled."""
    with step(say, f"coqchk accepts {PROVED}, with all that it needs"):
        flags = ["-silent", "-o", "-R", ".", "Leafproof"]
        _run(["coqchk", *flags, f"Leafproof.{PROVED}"], folder)


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
