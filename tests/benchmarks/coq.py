"""`make bench-coq`: every arithmetic step of the catalogue as a Coq lemma, compiled by coqc.

    python -m tests.benchmarks.coq [THEOREM ...]

For each theorem the lemmas are compiled; a lemma that the tactics do not close is reported and
left out of the file that is compiled again. The counts, and the list of what is not closed, are
printed. Exit 1 if a file without the open lemmas does not compile.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from theory import catalogue
from theory.export_coq import HEADER, Lemma, lemmas, to_coq

SECONDS = 20


def closed(found: list[Lemma]) -> set[str]:
    """The names of the lemmas that coqtop accepts, each with a time limit."""
    parts = [HEADER]
    for lemma in found:
        limited = lemma.text.replace("Proof. ", f"Proof. timeout {SECONDS} (")
        parts += [limited.replace(". Qed.", "). Qed."), f"Check {lemma.name}.", "Abort All."]
    done = subprocess.run(
        ["coqtop", "-q"], input="\n".join(parts) + "\n", capture_output=True, text=True, check=False
    )
    answers = done.stdout
    return {x.name for x in found if re.search(rf"(^|\s){x.name}\s*\n?\s*: ", answers)}


def compiles(text: str) -> bool:
    """Whether coqc accepts a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.v")
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(["coqc", "-q", str(path)], capture_output=True, check=False)
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Print a line a theorem, the totals by kind, and the open lemmas."""
    if shutil.which("coqc") is None or shutil.which("coqtop") is None:
        print("skipped: coqc is not installed (Debian packages coq and libcoq-interval)")
        return 0
    totals: Counter[str] = Counter()
    proved: Counter[str] = Counter()
    failed = 0
    for name in names or list(catalogue):
        theorem = catalogue[name]
        found = lemmas(theorem)
        good = closed(found)
        still_open = [x for x in found if x.name not in good]
        ok = compiles(to_coq(theorem, skip=[x.name for x in still_open]))
        failed += not ok
        totals.update(x.rule for x in found)
        proved.update(x.rule for x in found if x.name in good)
        fate = "compiles" if ok else "DOES NOT COMPILE"
        print(f"{name}: {len(good)} of {len(found)} lemmas; {fate}", flush=True)
        for lemma in still_open:
            print(f"    open: {lemma.name} ({lemma.rule}, step {lemma.step})", flush=True)
    for rule in totals:
        print(f"{rule}: {proved[rule]} of {totals[rule]}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
