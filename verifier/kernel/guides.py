"""Guides of patches: whether a point is true, guessed by a linear sum and a tree's class. Trusted.

The mean of all guesses is counted exactly: of each leaf of the tree rule 10 tells how many points
have which sum of bins. Rule 11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

import numpy as np

from verifier.chance.betting import SHARE_BITS
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.plain import Floats
from verifier.kernel.stairs import Stairs
from verifier.kernel.sums import Binned, amounts_of, binned, can_count
from verifier.model.cell import Cell, full_cell
from verifier.model.errors import CertificateError
from verifier.model.limits import PYTHON
from verifier.model.overlay import overlay
from verifier.model.part import values
from verifier.model.sample import BETS, Forecast, Line

MOST_SUMS = 1 << 20
"""Sums of bins of a guide, at most."""
MOST_VALUES = 1 << 12
"""Values of a variable that a guide reads, at most."""
DIGIT = 8
"""Bits of a quotient that are found at a time: with dividends of up to 2**53 there is room."""


@dataclass(frozen=True, eq=False)
class Guide:
    """A forecast as tables: of each variable its values' bins, and of each sum the guess."""

    bins: tuple[Ints | None, ...]
    guesses: Floats
    sums: Binned

    def within(self, part: Cell) -> tuple[Binned, int]:
        """The sums of a part's points, and the least: bins are as they are in the whole domain."""
        least = top = 0
        held = []
        for i, own in enumerate(self.bins):
            if own is not None:
                some = [(v, int(own[v])) for v in values(part.parts[i])]
                first = min([at for _, at in some])
                held.append((i, tuple((v, at - first) for v, at in some)))
                least += first
                top += max([at for _, at in some]) - first
        s = self.sums
        return Binned(s.width, s.unit, s.base, s.spread, top, tuple(held)), least


def guide_of(asked: Asked, forecast: Forecast) -> Guide:
    """The tables of a forecast; raises CertificateError where it is about other columns."""
    domain = asked.domain
    if len(forecast.form) != domain.columns:
        raise CertificateError("a guide is by the columns of all variables")
    x = binned(domain, full_cell(domain), forecast.form, forecast.width)
    if x.top >= MOST_SUMS or not can_count(x, domain.total_weight):
        raise CertificateError("a guide's sums are in too many bins")
    bins: list[Ints | None] = [None] * len(domain.variables)
    for i, own in x.variables:
        assert not isinstance(own, Stairs)  # no variable is continuous
        count = domain.variables[i].count
        if count > MOST_VALUES:
            raise CertificateError(f"a guide reads variables of up to {MOST_VALUES} values")
        if isinstance(own, tuple):
            bins[i] = np.array([at for _, at in own], dtype=np.int64)
        else:
            ranks = range(count - 1, -1, -1) if own.reverse else range(count)
            bins[i] = np.array([n * own.slope // x.width for n in ranks], dtype=np.int64)
    ends = (0, *(min(end, x.top + 1) for end in forecast.ends), x.top + 1)
    lengths = [stop - start for start, stop in pairwise(ends)]
    guesses = np.repeat(np.array(forecast.guesses, dtype=np.float64), lengths)
    return Guide(tuple(bins), guesses, x)


@dataclass(frozen=True, eq=False)
class Guided:
    """The guides of a line's patches, over a domain without ``patches.problem``.

    ``model`` is the tree by whose class they are chosen; None: there is one guide.
    """

    asked: Asked
    line: Line
    model: int | None
    guides: tuple[Guide, ...]
    combinations: Ints

    def __reduce__(self) -> tuple[object, ...]:
        """Made anew where it is sent to: all follows from these."""
        return guided, (self.asked, self.line, self.combinations)

    @cached_property
    def forms(self) -> list[int]:
        """For each guide the first that has the same bins."""
        every = [(x.form, x.width) for x in self.line.guides]
        return [every.index(x) for x in every]

    @cached_property
    def starts(self) -> Ints:
        """Where each guide's guesses begin among all of them."""
        sizes = [len(x.guesses) for x in self.guides]
        return np.cumsum([0, *sizes[:-1]])

    @cached_property
    def table(self) -> Floats:
        """All guides' guesses, one after the other: whole numbers."""
        return np.concatenate([x.guesses for x in self.guides])

    @cached_property
    def added(self) -> Ints:
        """What each combination adds to the sums of bins, (guides, combinations)."""
        found = np.zeros((len(self.guides), len(self.combinations)), dtype=np.int64)
        for own, i in zip(self.combinations.T, self.line.variables, strict=True):
            for at, guide in enumerate(self.guides):
                if (bins := guide.bins[i]) is not None:
                    found[at] += bins[own]
        return found

    def sums(self, points: Ints) -> Ints:
        """The sums of bins of what patches through points do not vary, (guides, patches)."""
        found = np.zeros((len(self.guides), len(points)), dtype=np.int64)
        for at, first in enumerate(self.forms):
            if first < at:
                found[at] = found[first]
                continue
            for i, own in enumerate(self.guides[at].bins):
                if own is not None and i not in self.line.variables:
                    found[at] += own[points[:, i]]
        return found

    def guesses(self, sums: Ints, group: slice, classes: Ints | None) -> Floats:
        """The guesses at a group of combinations, times BETS, (combinations, patches)."""
        added = self.added[:, group]
        at = sums[0] + added[0][:, None]
        if classes is None:
            return np.asarray(self.table.take(at))
        for i in range(1, len(self.guides)):
            if self.forms[i] == i:
                own = sums[i] + added[i][:, None]
                for same in (k for k, first in enumerate(self.forms) if first == i):
                    at = np.where(classes == same, own, at)
        return np.asarray(self.table.take(at + self.starts.take(classes)))

    @cached_property
    def average(self) -> Fraction:
        """The mean of the guesses over the whole domain."""
        asked, domain = self.asked, self.asked.domain
        total, found = domain.total_weight, 0
        chances = None if domain.uniform else domain.distributions(None)
        every = [list(map(int, x.guesses.tolist())) for x in self.guides]
        for part, klass in self._parts():
            asked.poll()
            guide = self.guides[klass]
            weight = domain.weight_within(part, None)
            if not weight:
                continue
            sums, least = guide.within(part)
            own = amounts_of(sums, weight, asked.spend, asked.poll, chances)
            asked.spend(PYTHON * len(own))
            guesses = every[klass][least : least + len(own)]
            found += sum([n * g for n, g in zip(own, guesses, strict=True) if n])
        return Fraction(found, total * BETS)

    def _parts(self) -> Iterator[tuple[Cell, int]]:
        """The domain in parts of one class of the tree."""
        whole = full_cell(self.asked.domain)
        if self.model is None:
            yield whole, 0
            return
        tree = self.asked.trees[self.model]
        for part, leaf in overlay(tree, whole, spend=self.asked.spend):
            klass = tree.nodes[leaf]
            assert isinstance(klass, int)
            yield part, klass

    def share(self, apart: Fraction) -> Fraction:
        """The mean share of patches that are so far, on the mean, from their guesses."""
        return 2 * apart - 1 + self.average


def guided(asked: Asked, line: Line, combinations: Ints) -> Guided | None:
    """The guides of a line's patches; None where it has none. Raises CertificateError where they
    are not as the question's tree wants them."""
    if not line.guides:
        return None
    if len(asked.trees) > 1:
        raise CertificateError("guides are by the class of one tree, and there are several")
    model = next(iter(asked.trees), None)
    wanted = 1 if model is None else 1 + int(asked.trees[model].classes.max())
    if len(line.guides) != wanted:
        raise CertificateError(f"{wanted} guides are wanted, one for each class of the tree")
    guides = tuple(guide_of(asked, x) for x in line.guides)
    return Guided(asked, line, model, guides, combinations)


def shares_of(amounts: Ints, total: int, guided: bool) -> Ints:
    """Shares of patches, of combinations that weigh ``total`` <= 2**31, times 2**SHARE_BITS.

    ``amounts`` are the weights of true ones; or with guides what ``patches.Asking`` finds apart,
    of which half lies above 0: 2 BETS ``total`` is a share of 1. Rounded down.
    """
    over = 2 * BETS * total if guided else total
    rest = amounts + BETS * total if guided else amounts.copy()
    found = np.zeros_like(rest)
    full = rest == over
    rest[full] = 0
    for _ in range(SHARE_BITS // DIGIT):
        digit, rest = np.divmod(rest << DIGIT, over)
        found = (found << DIGIT) + digit
    found[full] = 1 << SHARE_BITS
    return found
