"""`make bench-coq`: every arithmetic step of the catalogue as a Coq lemma, compiled by coqc.

    python -m tests.benchmarks.coq [--seconds S] [THEOREM ...]

Each lemma gets S processor seconds (default 20; not wall-clock, so that a busy machine closes the
same lemmas). Those that close are compiled by coqc in one file for each theorem; one that does not
is left out of its file as a comment. Printed: a line a theorem, then a table, the counts by kind,
and the steps that are not exported or not closed, each with the reason. Exit 1 if a file does not
compile. Needs Linux (/proc) and the Debian packages coq and libcoq-interval.
"""

from __future__ import annotations

import argparse
import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.coq_tools import missing
from theory import catalogue
from theory.export.coq import Lemma, lemmas, to_coq
from theory.export.coq_tactics import HEADER
from theory.values.tables import TextTable

TICKS = os.sysconf("SC_CLK_TCK")
GRACE = 10.0
"""Processor seconds that Coq has to answer an interrupt before it is ended."""


class Toplevel:
    """A coqtop that is given one lemma after the other, each with a limit of processor time."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            ["coqtop", "-q"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert self.process.stdin is not None and self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.process.stdout, selectors.EVENT_READ)
        self.count = 0
        self.ask(HEADER, 600)

    def seconds(self) -> float:
        """Processor seconds that Coq has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def ask(self, text: str, limit: float) -> tuple[str, bool]:
        """Coq's answers to some sentences, and whether it was interrupted.

        Raises TimeoutError if it does not answer the interrupt either.
        """
        self.count += 1
        mark = f"mark{self.count} is defined"
        sentences = f"{text}\nAbort All.\nDefinition mark{self.count} := True.\n"
        assert self.process.stdin is not None and self.process.stdout is not None
        self.process.stdin.write(sentences.encode())
        self.process.stdin.flush()
        start, answers, interrupted = self.seconds(), "", False
        while mark not in answers:
            if self.selector.select(timeout=0.1):
                answers += (self.process.stdout.read() or b"").decode()
            used = self.seconds() - start
            if used > limit and not interrupted:
                self.process.send_signal(signal.SIGINT)
                interrupted = True
            if used > limit + GRACE or self.process.poll() is not None:
                self.close()
                raise TimeoutError(f"coqtop used {used:.0f} s and gave no answer")
        return answers, interrupted

    def close(self) -> None:
        """End Coq."""
        self.process.kill()
        self.process.wait()
        self.selector.close()


@dataclass(frozen=True)
class Open:
    """A step without a Coq proof: why."""

    theorem: str
    step: str
    lemma: str
    reason: str


def why(lemma: Lemma, interrupted: bool) -> str:
    """Why a lemma is open, as far as its text and the run tell."""
    if lemma.rule == "algebra" and "binomial" in lemma.text:
        return "an identity of binomial coefficients, which are unknowns here"
    return "out of time" if interrupted else "the tactics fail"


def try_lemmas(theorem: str, found: list[Lemma], limit: float) -> tuple[set[str], list[Open]]:
    """The names of the lemmas that Coq accepts, and the others."""
    good: set[str] = set()
    still_open: list[Open] = []
    coq = Toplevel()
    for lemma in found:
        if lemma.problem is not None:
            still_open.append(
                Open(theorem, lemma.step, lemma.name, "not exported: " + lemma.problem)
            )
            continue
        try:
            answers, interrupted = coq.ask(f"{lemma.text}\nCheck {lemma.name}.", limit)
        except TimeoutError:
            answers, interrupted, coq = "", True, Toplevel()
        if re.search(rf"(^|\s){lemma.name}\s*\n?\s*: ", answers):
            good.add(lemma.name)
        else:
            still_open.append(Open(theorem, lemma.step, lemma.name, why(lemma, interrupted)))
    coq.close()
    return good, still_open


def compiles(text: str) -> bool:
    """Whether coqc accepts a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "steps.v")
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(["coqc", "-q", str(path)], capture_output=True, check=False)
    return done.returncode == 0


def main(arguments: list[str]) -> int:
    """Print a line a theorem, the table, the totals by kind, and what is open."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.coq", description="Coq lemmas")
    parser.add_argument("theorems", nargs="*", help="default: all")
    parser.add_argument("--seconds", type=float, default=20.0, help="processor seconds a lemma")
    options = parser.parse_args(arguments)
    if reason := missing():
        print(f"skipped: {reason}")
        return 0
    totals: Counter[str] = Counter()
    proved: Counter[str] = Counter()
    rows: list[tuple[str, ...]] = []
    everything: list[Open] = []
    failed = 0
    for name in options.theorems or list(catalogue):
        start = time.monotonic()
        theorem = catalogue[name]
        found = lemmas(theorem)
        good, still_open = try_lemmas(name, found, options.seconds)
        ok = compiles(to_coq(theorem, skip=[x.lemma for x in still_open]))
        failed += not ok
        totals.update(x.rule for x in found)
        proved.update(x.rule for x in found if x.name in good)
        everything += still_open
        with_lemmas = {x.step for x in found}
        fate = "compiles" if ok else "DOES NOT COMPILE"
        rows.append(
            (
                name,
                str(len(theorem.steps)),
                str(len(with_lemmas)),
                str(len(found)),
                str(len(good)),
                fate,
            )
        )
        seconds = time.monotonic() - start
        print(f"{name}: {len(good)} of {len(found)} lemmas; {fate}; {seconds:.0f} s", flush=True)
        for x in still_open:
            print(f"    open: {x.lemma} (step {x.step}): {x.reason}", flush=True)
    report(rows, totals, proved, everything)
    return 1 if failed else 0


def report(
    rows: list[tuple[str, ...]],
    totals: Counter[str],
    proved: Counter[str],
    everything: list[Open],
) -> None:
    """Print the table, the counts and the open steps."""
    header = ("theorem", "steps", "with arithmetic", "lemmas", "closed", "file")
    print("\n" + TextTable(header, tuple(rows)).as_text())
    print()
    for rule in totals:
        print(f"{rule}: {proved[rule]} of {totals[rule]}")
    print(f"all: {proved.total()} of {totals.total()}")
    reasons = Counter(x.reason.partition(":")[0] for x in everything)
    print("open: " + (", ".join(f"{n} {reason}" for reason, n in reasons.most_common()) or "none"))
    for x in everything:
        print(f"  {x.theorem}, step {x.step} ({x.lemma}): {x.reason}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
