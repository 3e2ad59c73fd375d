"""Patches of several variables, gone through again combination by combination; and their guides.

Written from docs/certificate.md and rule 11 of docs/soundness.md. The mean of what guides guess is
found from each leaf of the tree apart, as the digits of a product of Python's integers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, product
from math import prod

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Cell, Domain, Point
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.forecasts import BETS, MOST, Forecast
from verifier.second_checker.models import Matter
from verifier.second_checker.points import Tally
from verifier.second_checker.population import is_true
from verifier.second_checker.tree import leaf_at, overlay
from verifier.second_checker.variables import Interval

UNIT = 1 << 40
"""Shares are rounded down to whole numbers of 1 / UNIT."""
COMBINATIONS, HEAVIEST, VALUES = 1 << 12, 1 << 31, 1 << 12


class Patches:
    """All combinations of some variables' values, each with its weight."""

    def __init__(self, case: Matter, variables: Sequence[int]) -> None:
        domain = case.domain
        every, count = domain.variables, len(domain.variables)
        if any(i >= count for i in variables) or len(set(variables)) < len(variables):
            raise CertificateError("sample.json states patches of variables that there are not")
        if (
            len(domain.leaves) != 1
            or any(isinstance(v, Interval) for v in every)
            or any(isinstance(net, Forest) for net in case.nets.values())
            or prod(len(every[i].whole) for i in variables) > COMBINATIONS
        ):
            raise CertificateError("sample.json states patches of what none are drawn of")
        chances = domain.leaves[0].chances
        held = []
        for i in variables:
            each = [(v, chances[i].weight((v,))) for v in every[i].whole]
            held.append([(v, w) for v, w in each if w])
        self.case, self.variables = case, tuple(variables)
        self.combinations = [
            (tuple(v for v, _ in own), prod(w for _, w in own)) for own in product(*held)
        ]
        self.total = sum(w for _, w in self.combinations)

    def through(self, point: Point) -> list[tuple[Point, int]]:
        """The points of the patch through one, with their weights."""
        found = []
        for own, weight in self.combinations:
            here = list(point)
            for i, v in zip(self.variables, own, strict=True):
                here[i] = v
            found.append((tuple(here), weight))
        return found

    def share(
        self, point: Point, guides: Guides | None, tally: Tally, each: int
    ) -> tuple[int, bool]:
        """The share of what is true, or how far it is from the guess; and whether any is true."""
        true = guessed = 0
        for here, weight in self.through(point):
            tally.spend(each)
            true += weight * is_true(self.case, here)
            if guides is not None:
                guessed += weight * guides.guess(here)
        if guides is None:
            return true * UNIT // self.total, true > 0
        apart = BETS * (true + self.total) - guessed
        return apart * UNIT // (2 * BETS * self.total), true > 0


class Guides:
    """Forecasts of whether a point is true: one for each class of the only tree, or one."""

    def __init__(self, case: Matter, forecasts: Sequence[Forecast], tally: Tally) -> None:
        self.trees, self.forecasts = list(case.trees.values()), forecasts
        if len(self.trees) > 1:
            raise CertificateError("guides are by the class of one tree, and there are several")
        classes = 1
        if self.trees:
            classes += max(n for n in self.trees[0] if isinstance(n, int))
        if len(forecasts) != classes:
            raise CertificateError("sample.json states guides for other classes than the tree's")
        self.bins = [_bins(case.domain, x, tally) for x in forecasts]
        self.mean = self._mean(case.domain, tally)

    def _guess(self, klass: int, bins: int) -> int:
        own = self.forecasts[klass]
        return own.guesses[bisect_right(own.ends, bins)]

    def guess(self, point: Point) -> int:
        """The guess at a point, times BETS."""
        klass = leaf_at(self.trees[0], point) if self.trees else 0
        own = self.bins[klass]
        return self._guess(klass, sum(own[i][v] for i, v in enumerate(point) if own[i]))

    def _mean(self, domain: Domain, tally: Tally) -> Fraction:
        """The mean of the guesses over the domain, times BETS."""
        over, found = prod(c.over for c in domain.leaves[0].chances), 0
        parts = [(domain.cell(), 0)]
        if self.trees:
            parts = list(overlay(self.trees[0], domain.cell(), tally.spend))
        for part, klass in parts:
            for bins, weight in _weights(domain, part, self.bins[klass], tally).items():
                found += weight * self._guess(klass, bins)
        return Fraction(found, over)

    def scaled(self, mean: Fraction) -> Fraction:
        """Where the mean of shares is this, that of what is drawn."""
        return (mean - self.mean / BETS + 1) / 2


def _bins(domain: Domain, forecast: Forecast, tally: Tally) -> list[Sequence[int]]:
    """Of each variable its values' bins; nothing of one that does not matter."""
    starts = list(accumulate((v.columns for v in domain.variables), initial=0))
    if len(forecast.form) != starts[-1]:
        raise CertificateError("a guide is by the columns of all variables")
    wide, found = forecast.width * domain.denominator, list[Sequence[int]]()
    for v, start in zip(domain.variables, starts, strict=False):
        form = forecast.form[start : start + v.columns]
        if not any(form):
            found.append(())
            continue
        count = len(v.whole)
        if count > VALUES:
            raise CertificateError(f"a guide reads variables of up to {VALUES} values")
        tally.spend(count * v.columns)
        sums = [sum(map(prod, zip(form, v.row(at), strict=True))) for at in range(count)]
        found.append([(x - min(sums)) // wide for x in sums])
    return found


def _weights(
    domain: Domain, part: Cell, bins: Sequence[Sequence[int]], tally: Tally
) -> Mapping[int, int]:
    """The weight of a part's points by their sum of bins."""
    chances = domain.leaves[0].chances
    size = 1 + prod(c.over for c in chances).bit_length() // 8
    if 8 * size * (1 + sum(max(own, default=0) for own in bins)) > MOST:
        raise CertificateError("a guide's sums are in too many bins")
    total, least = 1, 0
    for own, c, values in zip(bins, chances, part, strict=True):
        if not own:
            total *= c.weight(values)
            continue
        first = min(own[v] for v in values)
        least += first
        tally.spend(len(values) * size * 16)
        total *= sum(c.weight((v,)) << 8 * size * (own[v] - first) for v in values)
    data = total.to_bytes(-(-(total.bit_length() + 1) // 8), "little")
    digits = (int.from_bytes(data[at : at + size], "little") for at in range(0, len(data), size))
    return {least + at: n for at, n in enumerate(digits) if n}
