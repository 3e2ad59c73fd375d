"""Results of measurements, as data and as JSON files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

DONE = "done"
LATE = "late"  # out of time
CRASHED = "crashed"
ABSENT = "absent"  # not installed
SKIPPED = "skipped"  # out of time on a case of the same family that is not larger
TOO_LARGE = "too large"  # more points than the tool is tried on


@dataclass(frozen=True)
class Result:
    """What one tool did on one case.

    ``seconds`` is the median over ``runs`` runs after a warm-up, of Leafproof's tools that of the
    search alone, and ``check`` that of the kernel's check; where the outcome is LATE, how long it
    ran. ``first`` is the first search in the process, if that was short. ``disagreements`` are the
    least and largest number of points that may differ, as the kernel found; ``cells`` counts its
    steps by kind. ``memory`` and ``at_start`` are the peak of the process after the runs (after the
    first, if that was short, so that nothing else has been loaded) and before them, in MiB.
    ``note`` says in words what went wrong.
    """

    case: str
    tool: str
    outcome: str
    seconds: float = 0.0
    runs: int = 0
    first: float | None = None
    verdict: str = ""
    disagreements: tuple[int, int] | None = None
    cells: dict[str, int] = field(default_factory=dict)
    check: float | None = None
    memory: int = 0
    at_start: int = 0
    note: str = ""

    @property
    def total(self) -> float:
        """Seconds of search and check together; a solver's answer is not checked by anything."""
        return self.seconds + (self.check or 0.0)


@dataclass(frozen=True)
class FirstRun:
    """What compiling the search costs in seconds, and loading what was compiled."""

    compiling: float
    loading: float


@dataclass(frozen=True)
class Run:
    """One run of the benchmark: how, where and when it was made."""

    command: str
    date: str
    machine: str
    versions: str
    code: str
    limit: float
    own_limit: float
    minutes: float = 0.0
    first: FirstRun | None = None
    complete: bool = False


def save(path: Path, value: Result | Run) -> None:
    """Write as JSON, through a temporary file: a reader never sees half of it."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(value), indent=1) + "\n")
    part.replace(path)


def load_result(path: Path) -> Result:
    """A result from its file."""
    found = Result(**json.loads(path.read_text()))
    if found.disagreements is None:
        return found
    low, high = found.disagreements
    return replace(found, disagreements=(low, high))


def load_run(path: Path) -> Run:
    """A run from its file."""
    found = json.loads(path.read_text())
    first = FirstRun(**found["first"]) if found["first"] else None
    return Run(**(found | {"first": first}))
