"""The rows of the paper's table as data, kept for good as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from verifier.demo.residual import Recipe
from verifier.writing.files import write_atomically

ITSELF, PROBES, PUBLISHED = "its tree", "Leafproof", "as published"
"""Whose tree a row is about: the one that the network was trained on; who distilled it."""
MADE, GIVEN = "make paper", "given"
"""Where a network comes from: trained by the plan, or by others."""


@dataclass(frozen=True)
class Interval:
    """Proved, or at confidence 1 - ``delta`` sampled with so many draws; exact fractions."""

    low: Fraction
    high: Fraction
    delta: Fraction = Fraction(0)
    draws: int = 0


@dataclass(frozen=True)
class Trained:
    """A network: what it was trained on and how long, whose it is, and its arrays' SHA-256.

    ``seconds`` of the processor trained it (0: not known). ``agrees`` is the share of fresh points
    on which it agrees with its tree.
    """

    name: str
    depth: int
    columns: int
    samples: int
    loss: str
    seed: int
    epochs: int
    origin: str
    sha256: str
    seconds: float = 0.0
    agrees: float = 0.0

    @property
    def steps(self) -> int:
        """Steps of its training."""
        return self.epochs * self.samples // Recipe.batch


@dataclass(frozen=True)
class AtLeaf:
    """What is proved of a leaf: there network and tree differ with probability low to high.

    The probabilities are those of differing *and* being in the leaf, whose own is ``mass``;
    ``path`` are its literals, such as ``x3 -x17``: variable 3 is 1, variable 17 is -1.
    """

    path: str
    mass: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class PaperRow:
    """One tree for one network.

    ``agrees`` is the share of fresh points on which tree and network agree, ``truth`` the exact
    probability that the tree agrees with the one that the network was trained on. ``probes`` of
    ``possible`` ANDs were probed in ``seconds`` of the processor (0 where none were). ``frontier``
    has the best share of agreement, on points of the distiller's own, by number of leaves. Then the
    kernel's verdict, what it proved and what it sampled of the probability that tree and network
    differ; ``leaves_open`` are the leaves where most is open, of the network's own tree.
    ``literals`` is the size of the smallest AND at all whose points they are proved to
    differ, else None, and ``witness`` a point where they do, in hexadecimal, first variable first.
    ``spent`` are the processor seconds of search and check, which had a limit of ``limit`` seconds
    of the clock; ``load`` was the machine's. Of a row as published, ``adam`` are the processor
    seconds that its probes would take if they were trained as published, in proportion.
    """

    net: Trained
    way: str
    keep: int
    leaves: int
    agrees: float
    truth: Fraction
    probes: int
    possible: int
    seconds: float
    frontier: tuple[tuple[int, float], ...]
    verdict: str
    proved: Interval
    sampled: Interval | None
    leaves_open: tuple[AtLeaf, ...]
    literals: int | None
    witness: str
    spent: float
    limit: float
    load: float
    date: str
    adam: float = 0.0

    @property
    def key(self) -> str:
        """The name of the row's file."""
        return key(self.net, self.way, self.keep)

    @property
    def sample(self) -> Interval | None:
        """What was sampled, where an end of it tells more than the proof."""
        held, proved = self.sampled, self.proved
        if held is None or (held.low <= proved.low and proved.high <= held.high):
            return None
        return held


def key(net: Trained, way: str, keep: int) -> str:
    """The name of a row's file."""
    return f"{net.name}-epoch{net.epochs}--{way.replace(' ', '-').lower()}-{keep}"


def to_json(rows: Iterable[PaperRow]) -> str:
    """Rows as a JSON list, in order of their keys; fractions as texts."""
    held = [asdict(row) for row in sorted(rows, key=lambda row: row.key)]
    return json.dumps(held, default=str, indent=1) + "\n"


def from_json(text: str) -> list[PaperRow]:
    """The rows of a JSON list."""
    return [_row(held) for held in json.loads(text)]


def _row(held: dict[str, Any]) -> PaperRow:
    sampled = held["sampled"]
    nouns = {
        "net": Trained(**held["net"]),
        "truth": Fraction(held["truth"]),
        "frontier": tuple((leaves, share) for leaves, share in held["frontier"]),
        "proved": _interval(held["proved"]),
        "sampled": None if sampled is None else _interval(sampled),
        "leaves_open": tuple(_at_leaf(leaf) for leaf in held["leaves_open"]),
    }
    return PaperRow(**(held | nouns))


def _interval(held: dict[str, Any]) -> Interval:
    low, high, delta = (Fraction(held[part]) for part in ("low", "high", "delta"))
    return Interval(low, high, delta, held["draws"])


def _at_leaf(held: dict[str, Any]) -> AtLeaf:
    mass, low, high = (Fraction(held[part]) for part in ("mass", "low", "high"))
    return AtLeaf(held["path"], mass, low, high)


def save(path: Path, rows: Iterable[PaperRow]) -> None:
    """Write rows, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, to_json(rows).encode())


def load(paths: Iterable[Path]) -> dict[str, PaperRow]:
    """All rows of some files by their keys; of two with one key that of the later file."""
    rows = (row for path in paths if path.exists() for row in from_json(path.read_text()))
    return {row.key: row for row in rows}
