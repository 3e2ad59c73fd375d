"""Lines through whole cells, of whose values those count that the proof leaves: rule 11. Trusted.

A line is drawn in a cell whatever is decided of it. Of its values those are *open* whose sums of
bins no stretch decides. Cells are drawn in proportion to the most open values that a line of
theirs can have, so that a line's number of open values, over that, is a share.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from verifier.chance.adding import MACHINE
from verifier.chance.betting import SHARE_BITS
from verifier.chance.draws import Column, Drawing, axis_of, column_of, column_of_ranges, drawn_by
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.lines import true_along
from verifier.kernel.pieces import Piece
from verifier.kernel.remaining import Remaining, remaining
from verifier.model.sample import BETS

GUESS_BITS = 20
assert BETS == 1 << GUESS_BITS


class Shares(NamedTuple):
    """Of some lines: how many have a value that is open and true, and two shares of each.

    ``drawn`` are g + (T - g U) / M, in whole numbers of 2**-SHARE_BITS, rounded down: of the
    values T are open and true, U open, M open at most on a line of that cell, and g is the guess.
    ``left`` are U / M.
    """

    true: int
    drawn: Ints
    left: Ints


@dataclass(frozen=True, eq=False)
class Crossing:
    """How lines along a variable are drawn through the cells of a population.

    ``most`` (P,) are the most open values of a line of each, ``mass`` the probability of the values
    that this stands for, ``draws`` has no key and no size yet.
    """

    asked: Asked
    variable: int
    held: Remaining
    most: Ints
    mass: Fraction
    draws: Drawing

    def block(self, key: bytes, number: int, size: int, count: int, guess: Fraction) -> Shares:
        """The first ``count`` lines of a block of so many."""
        pieces, points = replace(self.draws, key=key, size=size).block(number)
        pieces, points = pieces[:count], points[:count]
        some, owner = self.held.crossed(pieces, points, self.variable)
        true = _added(owner, true_along(self.asked, self.variable, some), count)
        left = _added(owner, some.high - some.low + 1, count)
        most = self.most[pieces]
        assert (left <= most).all()  # below 2**22 values: nothing overflows
        g = int(guess * BETS)
        drawn = (((true << GUESS_BITS) - g * left) << SHARE_BITS - GUESS_BITS) // most
        drawn += g << SHARE_BITS - GUESS_BITS
        return Shares(int((true > 0).sum()), drawn, (left << SHARE_BITS) // most)


def _added(owner: Ints, amounts: Ints, count: int) -> Ints:
    """The amounts of each owner: their sums are exact in float64."""
    return np.bincount(owner, weights=amounts, minlength=count).astype(np.int64)


class Cells:
    """The cells that pieces lie in, and how lines through them are drawn; of a domain without tree.

    Raises CertificateError as ``remaining`` does.
    """

    def __init__(self, asked: Asked, pieces: Sequence[Piece]) -> None:
        self.asked, self.held = asked, remaining(asked, pieces)
        domain = asked.domain
        if domain.uniform and domain.size < MACHINE:
            self.weights = self.held.sums.sizes().tolist()
        elif domain.uniform:
            self.weights = [x.place.part.size for x in pieces]
        else:
            self.weights = [domain.weight_within(x.place.part, None) for x in pieces]
        self.total = domain.size if domain.uniform else domain.total_weight
        self.columns = _columns(self.held)
        self.made: dict[int, Crossing] = {}

    def along(self, variable: int) -> Crossing:
        """Lines along a variable without ``lines.problem``."""
        if variable not in self.made:
            self.made[variable] = self._made(variable)
        return self.made[variable]

    def _made(self, variable: int) -> Crossing:
        held, most = self.held, self.held.most_open(variable)
        counts = held.sums.counts[:, held.table.ordinals.tolist().index(variable)]
        pairs = zip(self.weights, counts.tolist(), most.tolist(), strict=True)
        weights = [weight // count * own for weight, count, own in pairs]
        draws = drawn_by(b"", 0, weights, self.columns)
        return Crossing(self.asked, variable, held, most, Fraction(sum(weights), self.total), draws)


def _columns(held: Remaining) -> list[Column]:
    """How every variable is drawn in the pieces."""
    found: dict[int, Column] = {}
    for at, i in enumerate(held.table.ordinals.tolist()):
        found[i] = column_of_ranges(held.sums.starts[:, at], held.sums.counts[:, at])
    for (i, _, _), (masks, _) in zip(held.table.listed, held.sums.lists, strict=True):
        chances = held.asked.domain.variables[i].chances
        different, owner = np.unique(masks, return_inverse=True)
        found[i] = column_of([axis_of(chances, mask) for mask in different.tolist()], owner)
    return [found[i] for i in range(len(found))]
