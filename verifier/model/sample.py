"""The sampled remainder: what is drawn of what a proof leaves open, and what follows from it.

A sample is no proof. What it says holds with confidence 1 - delta, and is never mixed with what is
proved: ``Sampled`` stands beside a verdict's numbers, not in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from verifier.model.errors import CertificateError
from verifier.model.notebook import Told

if TYPE_CHECKING:
    from verifier.model.cell import Cell
    from verifier.model.proof import Sandwich

POOLED, CELLS, PLAIN = "pooled", "cells", "plain"
"""Draws from what is open, from the cells that it lies in, or from the whole domain."""
METHODS = POOLED, CELLS, PLAIN
ANYTIME, FINITE = "anytime", "finite"
"""Draws of a test that may end after any of them, and draws of points at most once each."""
MOST_ONCE = 1 << 24
"""Draws without replacement, at most."""
MOST_DRAWS = 1 << 40
BLOCK, MOST_BLOCK = 1 << 13, 1 << 16
"""Draws that are made and evaluated together, by default and at most."""
MOST_LINES = 1 << 28
"""Lines that are drawn, at most."""
LONGEST_CHANCE = 1000
"""Bits of the denominator of a delta or an aim, at most."""
LONGEST_NONCE = 200
"""Characters of a nonce, at most."""
LARGEST_BET, BETS = Fraction(15, 16), 1 << 20
"""The largest bet against a mean that is too large; and bets are multiples of 1 / BETS."""
LARGEST_BELOW = 64
"""The largest bet against one that is too small."""
MOST_GUESSES = 1 << 10
"""Guesses of a forecast, at most."""
DELTA = Fraction(1, 10**9)
"""The probability of being wrong that is asked for where nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Left:
    """A cell that a check has left undecided, at least in part.

    ``known`` are the models' classes that the kernel has proved there (None: not known);
    ``sandwich`` is the Step that decides a part of it, if one does, and ``weights`` what it leaves
    of each part of the cell that trees do not settle, in their order, whatever its cases tell: of
    that ``told`` is known to be true. All of a ``tail``'s cell counts as left, whatever else is
    known of it.
    """

    cell: Cell
    known: tuple[int | None, ...]
    sandwich: Sandwich | None = None
    weights: tuple[int, ...] = ()
    tail: bool = False
    told: int = 0


@dataclass(frozen=True)
class Forecast:
    """About which share of a line's values is true, by a linear sum of the other variables.

    ``form`` has an integer for each column of the encodings, 0 for the line's variable. Each
    variable's part of the sum is put into bins of ``width``; before the first of the ``ends`` (sums
    of bins, rising) the first of the ``guesses`` is made, from the last on the last: in whole
    numbers of 1 / BETS, from 0 to BETS. Raises CertificateError where something is out of range.
    """

    form: tuple[int, ...]
    width: int
    ends: tuple[int, ...]
    guesses: tuple[int, ...]

    def __post_init__(self) -> None:
        if self.width < 1:
            raise CertificateError("a forecast's bins are at least 1 wide")
        if not len(self.guesses) == len(self.ends) + 1 <= MOST_GUESSES:
            raise CertificateError(
                f"a forecast has one guess more than ends, at most {MOST_GUESSES}"
            )
        if any(a >= b for a, b in pairwise((0, *self.ends))):
            raise CertificateError("a forecast's ends are above 0, and rise")
        if not all(0 <= x <= BETS for x in self.guesses):
            raise CertificateError(f"a forecast's guesses are from 0 to {BETS}")

    @property
    def reach(self) -> tuple[int, int]:
        """The largest guess, and by how much 1 / BETS shares can differ from their guesses."""
        return max(self.guesses), BETS + max(self.guesses) - min(self.guesses)


@dataclass(frozen=True)
class Line:
    """What draws are if they are no points: all values of one variable, the others drawn.

    ``bet`` is how much is bet on every line against a mean that is too large, ``below`` (None: the
    same) against one that is too small. Of lines through cells ``guess`` is about which share of
    what is open is true; a ``forecast`` guesses that of each line through the whole domain.
    With ``others`` draws are *patches*: all combinations of these variables' values too. Their
    ``guides`` are forecasts by all columns of whether a point is true: one for each class of the
    question's only tree, or one where it has none. Raises CertificateError where something is out
    of range.
    """

    variable: int
    bet: Fraction
    guess: Fraction | None = None
    below: Fraction | None = None
    forecast: Forecast | None = None
    others: tuple[int, ...] = ()
    guides: tuple[Forecast, ...] = ()

    @property
    def variables(self) -> tuple[int, ...]:
        """All variables whose values a draw goes through."""
        return (self.variable, *self.others)

    def __post_init__(self) -> None:
        if self.guides and not self.others:
            raise CertificateError("lines have no guides: patches do")
        if self.others and (self.guess is not None or self.forecast is not None):
            raise CertificateError("patches have guides in place of a guess or a forecast")
        if len(set(self.variables)) < len(self.variables):
            raise CertificateError("patches are of different variables")
        if self.variable < 0:
            raise CertificateError("lines are along a variable that there is not")
        if not 0 < self.bet <= LARGEST_BET or BETS % self.bet.denominator:
            raise CertificateError(
                f"a bet is a multiple of 1/{BETS} above 0, and at most {LARGEST_BET}"
            )
        if self.below is not None and not (
            0 < self.below <= LARGEST_BELOW and not BETS % self.below.denominator
        ):
            raise CertificateError(
                f"a bet below is a multiple of 1/{BETS} above 0, and at most {LARGEST_BELOW}"
            )
        if self.guess is not None and not (
            0 <= self.guess <= 1 and not BETS % self.guess.denominator
        ):
            raise CertificateError(f"a guess is a multiple of 1/{BETS} from 0 to 1")


@dataclass(frozen=True)
class Plan:
    """How a sample is drawn: fixed before the first draw, as the draws depend on all of it.

    ``delta`` is the probability with which the interval may miss the truth, ``nonce`` a text of
    whoever wants to have had a say; draws are made ``block`` at a time, and are lines where there
    is a ``line``. A test that may end at any time makes at most ``draws``, and bets as if a draw
    differed with the probability ``aim`` (None: drawn from Beta(1/2, 1/2)). Raises CertificateError
    where something is out of range.
    """

    draws: int
    delta: Fraction = DELTA
    nonce: str = ""
    method: str = POOLED
    block: int = BLOCK
    line: Line | None = None
    aim: Fraction | None = None

    @property
    def may_end(self) -> bool:
        """Whether the first blocks stand by themselves: bets are right after every draw at once."""
        return self.line is not None and self.method != POOLED

    def __post_init__(self) -> None:
        if self.method not in (*METHODS, ANYTIME, FINITE):
            raise CertificateError(f"there is no way of sampling called {self.method!r}"[:100])
        if not 1 <= self.draws <= MOST_DRAWS:
            raise CertificateError(f"a sample has from 1 to 2^40 draws, not {self.draws}")
        if self.method == FINITE and self.draws > MOST_ONCE:
            raise CertificateError(f"without replacement at most {MOST_ONCE} points are drawn")
        if self.aim is not None and not (
            self.method == ANYTIME
            and 0 < self.aim < 1
            and self.aim.denominator.bit_length() <= LONGEST_CHANCE
        ):
            raise CertificateError(f"an aim lies between 0 and 1, by the method {ANYTIME} alone")
        line = self.line
        if line is not None and (line.guess is not None) != (self.method == CELLS):
            raise CertificateError(f"lines with a guess are those drawn by the method {CELLS}")
        if line is not None and line.forecast is not None and self.method != PLAIN:
            raise CertificateError(f"lines with a forecast are drawn by the method {PLAIN} alone")
        if line is not None and line.others and self.method != PLAIN:
            raise CertificateError(f"patches are drawn by the method {PLAIN} alone")
        if line is not None and self.draws > MOST_LINES:
            raise CertificateError(f"at most {MOST_LINES} lines are drawn, not {self.draws}")
        if not 1 <= self.block <= MOST_BLOCK:
            raise CertificateError(f"a block has from 1 to {MOST_BLOCK} draws, not {self.block}")
        if not 0 < self.delta < 1:
            raise CertificateError("delta lies between 0 and 1")
        if self.delta.denominator.bit_length() > LONGEST_CHANCE:
            raise CertificateError("delta has more digits than make sense: round it")
        if len(self.nonce) > LONGEST_NONCE or not (self.nonce.isprintable()):
            raise CertificateError(
                f"the nonce is not one line of printable text of up to {LONGEST_NONCE} characters"
            )


@dataclass(frozen=True)
class Sample:
    """What a file states of a sample: the plan, how often it was true (as ``Sampled`` has it).

    ``drawn`` is how many draws a test by ANYTIME made, or a sample that ended early; None: all.
    """

    plan: Plan
    seen: int
    lower: Fraction
    upper: Fraction
    undecided: int | None = None
    share: Fraction | None = None
    drawn: int | None = None


@dataclass(frozen=True, repr=False)
class Sampled(Told):
    """What the kernel found by drawing: with confidence 1 - ``delta`` the probability of the
    question's formula (its points, and not those proved alone) lies from ``lower`` to ``upper``.

    ``seen`` of the ``draws`` made the formula true. ``open_mass`` is the probability of what the
    proof leaves open, ``method`` how it was drawn from.

    Where a variable is continuous the draws are tiny boxes, and true is one where the formula is so
    at all of its points; of ``undecided`` more that was not shown either way. None: no boxes.

    Where draws are lines along the variable called ``line``, ``seen`` of them have a value at which
    the formula is true, and the shares of their values that do add up to ``share`` (through cells:
    those of ``kernel/crossing.py``; with a ``forecast``: of ``kernel/forecasts.py``). None: no
    lines. With ``patches`` they are all combinations of several variables' values.

    Where each of ``among`` equally likely points or rows was drawn at most once, so many there are.
    """

    lower: Fraction
    upper: Fraction
    delta: Fraction
    draws: int
    seen: int
    method: str
    open_mass: Fraction
    undecided: int | None = None
    share: Fraction | None = None
    line: str | None = None
    forecast: bool = False
    patches: bool = False
    among: int | None = None
