"""What the kernel found, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from verifier.model.cell import Point
from verifier.model.rows import RowsFound
from verifier.model.sample import Left, Sampled

SHOWN = 10
"""Most counterexamples that a verdict lists."""


class Status(StrEnum):
    """What is known about some points of a tree's leaf."""

    PROVED = "proved"
    ENUMERATED = "enumerated"
    SANDWICH = "sandwich"
    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    TAIL = "tail"
    OPEN = "open"


@dataclass(frozen=True)
class Counterexample:
    """A point where the question's formula is true, with every model's class there, exactly."""

    point: Point
    classes: tuple[int, ...]

    @property
    def teacher_class(self) -> int:
        """The teacher's class, where the question is whether teacher and tree differ."""
        return self.classes[0]

    @property
    def tree_class(self) -> int:
        """The tree's class, where the question is whether teacher and tree differ."""
        return self.classes[1]


class Share(NamedTuple):
    """Part of a tree leaf: its points, and how many of them are known to disagree.

    ``weight`` and ``differ_weight`` are probabilities times the domain's ``total_weight``.
    """

    points: int
    weight: int
    differ: int
    differ_weight: int


@dataclass(frozen=True)
class Cut:
    """Where a check was stopped before its end: what had been read and checked by then.

    ``nodes`` of the proof are (splits and Steps), and so many ``counterexamples``; ``missing``
    cells had not begun, and count as open.
    """

    nodes: int
    missing: int
    counterexamples: int


@dataclass(frozen=True)
class Checked:
    """What the kernel did: cells by kind of Step, and the work behind them.

    ``upheld`` counts the Trusted cells that the kernel closed itself (counted as its own, not as
    trusted); ``seconds`` is the only field that is not a function of the certificate. ``cut`` says
    where the check was stopped, if it was: the verdict is then about what was checked, all else
    open. ``refused`` numbers the Constant steps (from 1) that do not hold and count as open, where
    that was asked for. ``left`` are the cells that are not decided, at least in part.
    """

    cells: Mapping[str, int]
    splits: int
    points_enumerated: int
    upheld: int
    largest_bits: int
    seconds: float
    cut: Cut | None = None
    refused: tuple[int, ...] = ()
    left: tuple[Left, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True)
class Float32:
    """Whether the class is the same under every float32 evaluation order, and where not shown.

    Where points are ``infinite``ly many, boxes are counted.
    """

    points_not_shown: int
    probability_not_shown: Fraction
    infinite: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether it is shown for the whole domain."""
        return self.points_not_shown == 0


@dataclass(frozen=True, repr=False)
class Verdict:
    """The theorem that a certificate proves, as the kernel found it.

    ``disagreements`` and ``error`` are closed intervals that contain the number and the probability
    of points where the question's formula is true: where teacher and tree differ, for that
    question, which ``verdict`` then calls equivalent or different, else nowhere or somewhere.
    ``domain_size`` is the number of points. ``trusted`` counts, by the name in the proof, the cells
    that rest on a solver's word, ``untrusted`` those whose solver the user does not trust: they
    count as open. ``trust`` lists the solvers that the user does trust. ``leaves`` maps each tree
    leaf (its node) to its shares by status. ``if_all_right`` is what would follow if every solver
    named in the proof were right, as files state it; None where that is this verdict itself.
    ``kernel`` is the name of the kernel that found all this. ``sampled`` is what drawing from what
    is open tells, apart from all that is proved; None where nothing was drawn. ``rows`` is what was
    found on the rows that the certificate holds, None where it holds none.
    Of ``infinite`` domains what is counted are boxes, the tuples of their variables' pieces:
    ``disagreements`` are those that hold a point where the formula is true.
    """

    verdict: str
    domain_size: int
    disagreements: tuple[int, int]
    error: tuple[Fraction, Fraction]
    counterexamples: tuple[Counterexample, ...]
    trusted: Mapping[str, int]
    float32: Float32
    leaves: Mapping[int, Mapping[Status, Share]]
    checked: Checked
    kernel: str
    untrusted: Mapping[str, int] = field(default_factory=dict)
    trust: tuple[str, ...] = ()
    if_all_right: Verdict | None = None
    sampled: Sampled | None = None
    rows: RowsFound | None = None
    infinite: bool = False

    def __repr__(self) -> str:  # counts may have more digits than Python prints
        low, high = map(float, self.error)
        return f"<Verdict: {self.verdict}, error {low:.4g} to {high:.4g}>"

    @property
    def stated(self) -> Verdict:
        """What the certificate's file states: conditional on the solvers that its proof names."""
        return self if self.if_all_right is None else self.if_all_right


EQUIVALENT = "equivalent"
DIFFERENT = "different"
UNDECIDED = "undecided"
NOWHERE = "nowhere"
SOMEWHERE = "somewhere"
ANSWERS = {EQUIVALENT: NOWHERE, DIFFERENT: SOMEWHERE, UNDECIDED: UNDECIDED}
"""What the words for teacher and tree are called of a question in general."""
