"""Tests that draw each point at most once, or may end after any draw: made again, in floats.

Written from docs/certificate.md; nothing of the kernel is used.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import exp, fsum, gcd, lgamma, log, pi, prod

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.domain import Point
from verifier.second_checker.draws import CLOSE, WORD, Piece
from verifier.second_checker.plans import Stated

WORDS = 1 << 12
"""Words of a block of the draws without replacement."""


class Once:
    """Pieces (sorted, at least one) whose points have as many tickets as they weigh."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        least = [x.weight / prod(runs.total for runs in x.runs) for x in pieces]
        common = least[0]
        for share in least[1:]:
            below = common.denominator * share.denominator
            above = gcd(common.numerator * share.denominator, share.numerator * common.denominator)
            common = Fraction(above, below)
        self.each = [int(share / common) for share in least]
        self.ends = [0]
        for x in pieces:
            self.ends.append(self.ends[-1] + int(x.weight / common))

    @property
    def total(self) -> int:
        """All tickets."""
        return self.ends[-1]

    def points(self, key: bytes, draws: int) -> Iterator[Point]:
        """The points drawn, in their order."""
        if not 0 < draws <= self.total:
            raise InvalidProof(f"{draws} points are drawn once each, of {self.total}")
        words, swapped = _words(key), dict[int, int]()
        for place in range(draws):
            left = self.total - place
            word = next(words)
            while word >= WORD - WORD % left:
                word = next(words)
            other = place + word % left
            ticket = swapped.get(other, other)
            swapped[other] = swapped.get(place, place)
            yield self._point(ticket)

    def _point(self, ticket: int) -> Point:
        low, high = 0, len(self.pieces)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.ends[middle] <= ticket else (low, middle)
        piece, found = self.pieces[low], list[int]()
        rest = (ticket - self.ends[low]) // self.each[low]
        for runs in piece.runs:
            rest, rank = divmod(rest, runs.total)
            for (first, _, weight), before, end in zip(
                runs.each, runs.before[:-1], runs.before[1:], strict=True
            ):
                if before <= rank < end:
                    found.append(first + (rank - before) // weight)
        return tuple(found)

    def check_ends(self, stated: Stated) -> None:
        """InvalidProof unless either end leaves out at most delta / 2."""
        total, k, n = self.total, stated.seen, stated.draws
        low, high = (x * total for x in (stated.lower, stated.upper))
        if low.denominator != 1 or high.denominator != 1:
            raise InvalidProof("the certificate states shares that are none of its points")
        most = float(stated.delta) / 2 * (1 + CLOSE)
        if _few(k, n, total, int(high) + 1) > most:
            raise InvalidProof("the certificate states an upper end that its test does not show")
        if _few(n - k, n, total, total - int(low) + 1) > most:
            raise InvalidProof("the certificate states a lower end that its test does not show")


def _words(key: bytes) -> Iterator[int]:
    block = 0
    while True:
        data = hashlib.shake_256(key + block.to_bytes(8, "little")).digest(8 * WORDS)
        for at in range(0, len(data), 8):
            yield int.from_bytes(data[at : at + 8], "little")
        block += 1


def _few(seen: int, n: int, total: int, hits: int) -> float:
    """P[at most so many hits are among n, if there are ``hits`` of all]; 0 where that cannot be."""
    if hits > total - n + seen:
        return 0.0
    if hits <= seen:
        return 1.0
    logs = _choices(hits, seen) + _choices(total - hits, n - seen) - _choices(total, n)
    terms, term = [1.0], 1.0
    for j in range(seen, 0, -1):
        least = total - hits - n + j
        if least <= 0:
            break
        term *= j * least / ((hits - j + 1) * (n - j + 1))
        terms.append(term)
    return exp(min(logs + log(fsum(terms)), 0.0))


def _choices(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose k of n: term by term, as n may be large."""
    k = min(k, n - k)
    return fsum(log((n - i) / (k - i)) for i in range(k))


def check_at_any_time(stated: Stated, draws: int, off: Fraction) -> None:
    """InvalidProof unless bets against either end have won 1 / delta, or it leaves out nothing."""
    hits, misses, aim = stated.seen, draws - stated.seen, stated.aim
    if hits > draws:
        raise CertificateError("sample.json holds numbers that cannot be")
    if aim is None:
        won = lgamma(hits + 0.5) + lgamma(misses + 0.5) - lgamma(draws + 1) - log(pi)
    else:
        won = hits * log(aim) + misses * log(1 - aim)
    wanted = -log(stated.delta) - CLOSE
    low, high = stated.lower + off, stated.upper - off

    def gained(p: Fraction) -> float:
        return won - (hits * log(p) if hits else 0.0) - (misses * log(1 - p) if misses else 0.0)

    if stated.upper < 1 and not (high * draws > hits and gained(high) >= wanted):
        raise InvalidProof("the certificate states an upper end that its test does not show")
    if stated.lower > 0 and not (low * draws < hits and gained(low) >= wanted):
        raise InvalidProof("the certificate states a lower end that its test does not show")
