"""Rows of figures about networks that people train: as data, kept as JSON files."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verifier.jobs.result import Result

OWN = "Leafproof"


@dataclass(frozen=True)
class Row:
    """What one tool found of one case.

    ``limit`` is what it was given; ``search`` and ``check`` are seconds of the clock (``wall`` all
    together, with what else there is: loading, writing, the start of a process where that is
    measured), ``cpu`` processor seconds of all of it. ``low`` and ``high`` enclose the probability
    that is asked for, ``points`` the number of points (as texts, for they may be long); ``size`` is
    the certificate's, in bytes, and ``cells`` its steps by kind. ``load`` is the machine's, before.
    """

    family: str
    name: str
    tool: str
    limit: float = 0.0
    search: float = 0.0
    check: float = 0.0
    wall: float = 0.0
    cpu: float = 0.0
    verdict: str = ""
    low: float | None = None
    high: float | None = None
    points: tuple[str, str] | None = None
    cells: Mapping[str, int] = field(default_factory=dict)
    size: int = 0
    load: float = 0.0
    shape: str = ""
    domain: str = ""
    note: str = ""

    @property
    def width(self) -> float | None:
        """The width of the interval for the probability."""
        return None if self.low is None or self.high is None else self.high - self.low


@dataclass
class Spent:
    """Seconds of the clock and of the processor, of this process and those it waited for."""

    wall: float = 0.0
    cpu: float = 0.0


def _processor() -> float:
    both = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in both)


@contextmanager
def spending() -> Iterator[Spent]:
    """Measures what is done inside."""
    found, wall, cpu = Spent(), time.perf_counter(), _processor()
    try:
        yield found
    finally:
        found.wall, found.cpu = time.perf_counter() - wall, _processor() - cpu


def load_before() -> float:
    """The machine's load in the last minute."""
    return os.getloadavg()[0]


def own_row(
    family: str, name: str, result: Result, spent: Spent, load: float, limit: float = 0.0,
    shape: str = "", domain: str = "",
) -> Row:  # fmt: skip
    """The row of a job's Result."""
    low, high = (float(p) for p in result.probability)
    cells = dict(result.proved.checked.cells) if result.proved else {}
    return Row(
        family,
        name,
        OWN,
        limit,
        search=result.seconds["prove"],
        check=result.seconds["check"],
        wall=spent.wall,
        cpu=spent.cpu,
        verdict=result.verdict,
        low=low,
        high=high,
        points=(str(result.points[0]), str(result.points[1])),
        cells={k: n for k, n in cells.items() if n},
        size=len(result.data or b""),
        load=load,
        shape=shape,
        domain=domain,
    )


def save_rows(path: Path, rows: Sequence[Row], code: str, date: str) -> None:
    """Write rows through a temporary file, with what they were measured with."""
    part = path.with_suffix(".part")
    held = {"code": code, "date": date, "rows": [asdict(row) for row in rows]}
    part.write_text(json.dumps(held, indent=1) + "\n")
    part.replace(path)


@dataclass(frozen=True)
class Kept:
    """The rows of a file, and what they were measured with."""

    rows: tuple[Row, ...]
    code: str
    date: str


def load_rows(path: Path) -> Kept:
    """Rows from their file."""
    held = json.loads(path.read_text())
    rows = tuple(
        Row(**(row | {"points": tuple(row["points"]) if row["points"] else None}))
        for row in held["rows"]
    )
    return Kept(rows, held["code"], held["date"])
