"""Forecasts of lines' shares, and their mean, found again: with Python's integers alone.

Written from docs/certificate.md and rule 11 of docs/soundness.md. How much of the domain has each
sum of bins is read from the digits of a product: of a variable the digit at 2**(size k) is the
weight of its values in bin k.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise
from math import prod
from typing import Any

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Domain, Point
from verifier.second_checker.points import Tally
from verifier.second_checker.reading import entry_of
from verifier.second_checker.variables import Ordinal

BETS = 1 << 20
MOST = 1 << 26
"""Bits of a product, at most."""


@dataclass(frozen=True)
class Forecast:
    """What sample.json states of a forecast."""

    form: tuple[int, ...]
    width: int
    ends: tuple[int, ...]
    guesses: tuple[int, ...]

    @property
    def stated(self) -> list[object]:
        """What goes into the key."""
        return ["forecast", self.form, self.width, self.ends, self.guesses]

    @property
    def most(self) -> int:
        """The largest guess, times BETS."""
        return max(self.guesses)

    @property
    def spread(self) -> int:
        """What a share's distance from its guess is divided by, times BETS."""
        return BETS + self.most - min(self.guesses)


def read_forecast(value: Any) -> Forecast:
    """The forecast of sample.json; CertificateError where it is none."""
    held = entry_of("sample.json", value, {"form", "width", "ends", "guesses"})
    rows = [held[key] for key in ("form", "ends", "guesses")]
    for row in (*rows, [held["width"]]):
        if not isinstance(row, list) or any(type(x) is not int for x in row):
            raise CertificateError("sample.json does not hold what it should")
    form, ends, guesses = map(tuple, rows)
    if (
        held["width"] < 1
        or len(guesses) != len(ends) + 1
        or any(a >= b for a, b in pairwise((0, *ends)))
        or not all(0 <= x <= BETS for x in guesses)
    ):
        raise CertificateError("sample.json states a forecast that cannot be")
    return Forecast(form, held["width"], ends, guesses)


class Known:
    """A forecast over a domain of one leaf, for lines along a variable."""

    def __init__(self, domain: Domain, forecast: Forecast, line: int, tally: Tally) -> None:
        self.forecast = forecast
        starts = list(accumulate((v.columns for v in domain.variables), initial=0))
        if len(forecast.form) != starts[-1] or forecast.form[starts[line]]:
            raise CertificateError("a forecast is by the columns of all variables but the line's")
        wide = forecast.width * domain.denominator
        self.bins: list[Sequence[int]] = []
        for v, start in zip(domain.variables, starts, strict=False):
            form = forecast.form[start : start + v.columns]
            if not any(form):
                self.bins.append(())
                continue
            count = len(v.whole)
            tally.spend(count * v.columns)
            if isinstance(v, Ordinal):
                ends = [form[0] * v.row(at)[0] for at in (0, count - 1)]
                slope, least = form[0] * v.step, min(ends)
                sums = [ends[0] + slope * at for at in range(count)]
            else:
                sums = [sum(map(prod, zip(form, v.row(at), strict=True))) for at in range(count)]
                least = min(sums)
            self.bins.append([(x - least) // wide for x in sums])
        self.mean = self._mean(domain, tally)

    def _mean(self, domain: Domain, tally: Tally) -> Fraction:
        """The mean of the guesses, times BETS."""
        chances = domain.leaves[0].chances
        total = prod(c.over for own, c in zip(self.bins, chances, strict=True) if own)
        size = -(-(total + 1).bit_length() // 8)
        top = sum(max(own) for own in self.bins if own)
        if 8 * size * (1 + top) > MOST:
            raise CertificateError("a forecast's sums are in too many bins")
        product = 1
        for own, c in zip(self.bins, chances, strict=True):
            if own:
                tally.spend(16 * len(own) + size * (1 + top))
                weights: dict[int, int] = {}
                for at, k in enumerate(own):
                    weights[k] = weights.get(k, 0) + c.weight((at,))
                raw = (weights.get(k, 0).to_bytes(size, "little") for k in range(1 + max(own)))
                product *= int.from_bytes(b"".join(raw), "little")
        digits = product.to_bytes(size * (1 + top) + 1, "little")
        amounts = [
            int.from_bytes(digits[size * k : size * (k + 1)], "little") for k in range(1 + top)
        ]
        mean = sum(n * self._guess(k) for k, n in enumerate(amounts))
        return Fraction(mean, total)

    def _guess(self, bins: int) -> int:
        return self.forecast.guesses[bisect_right(self.forecast.ends, bins)]

    def guess(self, point: Point) -> int:
        """The guess at a point, times BETS."""
        return self._guess(sum(own[v] for own, v in zip(self.bins, point, strict=True) if own))

    def apart(self, share: int, unit: int, point: Point) -> int:
        """How far a share of so many units is from its guess, in units, as the format has it."""
        moved = share * BETS + (self.forecast.most - self.guess(point)) * unit
        return moved // self.forecast.spread

    def scaled(self, mean: Fraction) -> Fraction:
        """Where the mean of shares is this, that of what is drawn."""
        most, spread = self.forecast.most, self.forecast.spread
        return (mean * BETS - self.mean + most) / spread


def forecast_of(line: Mapping[str, Any]) -> Forecast | None:
    """The forecast of lines, if there is one."""
    return read_forecast(line["forecast"]) if "forecast" in line else None
