"""Every field of every theorem changed: how many changes are noticed, and which are not.

The changes that nothing notices, with the reason each, stand in `tests/theory/survivors.toml`; a
further one, or one that is noticed now, is told and ends the run with exit code 1.
`--only NAME,NAME` tries some theorems; `--every K` every K-th change; `--jobs J` in J processes.
"""

from __future__ import annotations

import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.theory.judging import Judge
from tests.theory.mutations import mutants
from theory import catalogue

SURVIVORS = Path(__file__).parents[1] / "theory" / "survivors.toml"
FATES = ("equivalent", "caught", "survived")


@dataclass(frozen=True)
class Tried:
    """The fates of a theorem's mutants: how many of each field, and which survived."""

    name: str
    count: Counter[tuple[str, str]]
    survived: tuple[str, ...]
    late: int
    seconds: float


def attempt(name: str, every: int) -> Tried:
    """Try every `every`-th mutant of a theorem."""
    start, theorem = time.process_time(), catalogue[name]
    judge, count, kept = Judge(theorem), Counter[tuple[str, str]](), []
    for mutant in list(mutants(theorem))[::every]:
        fate = judge.fate(mutant)
        count[mutant.field, fate] += 1
        if fate == "survived":
            kept.append(f"{name}: {mutant.field}: {mutant.change}")
    return Tried(name, count, tuple(kept), judge.late, time.process_time() - start)


def known_survivors() -> dict[str, str]:
    """The reasons why changes are not noticed, by change."""
    table = tomllib.loads(SURVIVORS.read_text())
    return {m: group["reason"] for group in table["survivors"] for m in group["mutants"]}


def _all(names: list[str], every: int, jobs: int) -> Iterator[Tried]:
    if jobs == 1:
        yield from (attempt(name, every) for name in names)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(attempt, names, [every] * len(names))


def main(options: list[str] | None = None) -> None:
    """Print progress, a table by field and the changes that were not noticed."""
    given = dict(zip(options[::2], options[1::2], strict=True)) if options else {}
    names = given["--only"].split(",") if "--only" in given else list(catalogue)
    every, jobs = int(given.get("--every", "1")), int(given.get("--jobs", "1"))
    count, survived, late = Counter[tuple[str, str]](), list[str](), 0
    for i, tried in enumerate(_all(names, every, jobs), 1):
        count += tried.count
        survived += tried.survived
        late += tried.late
        total = sum(tried.count.values())
        print(f"{i}/{len(names)} {tried.name}: {total} changed, {len(tried.survived)} survived, "
              f"{tried.seconds:.1f} s", flush=True)  # fmt: skip
    _table(count, late)
    known = known_survivors()
    print("\nsurvived:")
    for m in survived:
        print(f"  {m}\n      {known.get(m, 'NEW: not in survivors.toml')}")
    gone = [m for m in known if m.split(":")[0] in names and m not in survived and every == 1]
    print("".join(f"no longer survives: {m}\n" for m in gone))
    if gone or any(m not in known for m in survived):
        raise SystemExit(1)


def _table(count: Counter[tuple[str, str]], late: int) -> None:
    print("\n| field | mutants | equivalent | caught | survived |")
    print("| --- | --- | --- | --- | --- |")
    for field in (*sorted({field for field, _ in count}), "all"):
        got = [sum(n for (f, fate), n in count.items() if field in (f, "all") and fate == kind)
               for kind in FATES]  # fmt: skip
        print(f"| {field} | {sum(got)} | {got[0]} | {got[1]} | {got[2]} |")
    share = 100 * got[1] / max(1, got[1] + got[2])
    print(f"\ncaught, of those that are not equivalent: {share:.2f} %")
    print(f"of these only because Z3 did not answer within a second: {late}")
