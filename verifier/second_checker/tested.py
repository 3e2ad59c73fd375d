"""A test of an opaque model, made again: its points, the tree's classes there, and its interval.

Written from docs/certificate.md, one draw after the other; nothing of the kernel is used. Whether
the interval holds is found with floats, to a millionth of delta.
"""

from __future__ import annotations

import hashlib
import json
import time
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import exp, gcd, lgamma, log, log1p
from typing import Any

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.domain import IMPOSSIBLE, Cell, Leaf, Point
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter
from verifier.second_checker.reading import TooLarge, entry_of, number, parse
from verifier.second_checker.tree import leaf_at, overlay
from verifier.second_checker.variables import Chances, Shares

MOST_DRAWS = 1 << 20
MOST_PIECES = 1 << 16
WORD = 1 << 64
ROOM = 1 << 24
"""What the weights of the variables that share a word multiply to, at most."""
KEYED = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
CLOSE = 1e-6


@dataclass(frozen=True)
class Tested:
    """How many points were drawn again, at how many the two differ, and how long it took."""

    draws: int
    seen: int
    seconds: float


@dataclass(frozen=True)
class Runs:
    """Equally probable values in a row: (first value, how many, weight of each), lowest terms."""

    each: tuple[tuple[int, int, int], ...]

    @cached_property
    def before(self) -> list[int]:
        """The weight that comes before each run, and that of all."""
        return list(accumulate((n * w for _, n, w in self.each), initial=0))

    @property
    def total(self) -> int:
        """The weight of all values."""
        return self.before[-1]


@dataclass(frozen=True)
class Piece:
    """A part of the domain in which the tree has one class, with its probability."""

    part: Cell
    leaf: Leaf
    weight: Fraction

    @property
    def first(self) -> Point:
        """The lowest value of every variable."""
        return tuple(own[0] for own in self.part)

    @cached_property
    def runs(self) -> tuple[Runs, ...]:
        """What each variable is drawn from."""
        pairs = zip(self.leaf.chances, self.part, strict=True)
        return tuple(_runs(chances, own) for chances, own in pairs)


def examine_test(
    case: Matter, parts: Mapping[str, bytes], progress: Callable[[str], None] = lambda text: None
) -> Tested:
    """Confirm what a test's file states; InvalidProof where it does not hold.

    CertificateError where it is none, TooLarge where it has more draws than are made again here.
    """
    start = time.perf_counter()
    stated = _stated(parts)
    draws, recorded = stated["draws"], parts["recorded.bin"]
    if draws > MOST_DRAWS:
        raise TooLarge(f"more than {MOST_DRAWS} draws are not made a second time")
    if len(recorded) != draws or max(recorded) >= case.opaque[0]:
        raise InvalidProof("recorded.bin has not a class of the model for every draw")
    pieces = sorted(_pieces(case), key=lambda x: x.first)
    seen = 0
    for i, point in enumerate(_points(pieces, _key(parts, stated), draws, stated["block"])):
        classes = {0: recorded[i], 1: leaf_at(case.trees[1], point)}
        seen += truth(case.question, classes) is True
        if i % 4096 == 0:
            progress(f"{i} of {draws} draws")
    if seen != stated["seen"]:
        raise InvalidProof(f"sample.json states {stated['seen']} differences; there are {seen}")
    _check_ends(stated, _off(pieces))
    return Tested(draws, seen, time.perf_counter() - start)


def _stated(parts: Mapping[str, bytes]) -> dict[str, Any]:
    keys = {"format", "method", "delta", "draws", "block", "nonce", "seen", "probability"}
    held = dict(entry_of("sample.json", parse(parts, "sample.json"), keys))
    ends = entry_of("sample.json", held["probability"], {"lower", "upper"})
    counts = (held["draws"], held["block"], entry_of("sample.json", held["seen"], {"true"})["true"])
    if (held["format"], held["method"]) != ("leafproof-sample/1", "pooled") or not all(
        type(x) is int and x >= 0 for x in counts
    ):
        raise CertificateError("sample.json is no pooled sample")
    if not counts[0] or not counts[1] or not isinstance(held["nonce"], str):
        raise CertificateError("sample.json has no draws")
    try:
        low, high, delta = (number(x) for x in (ends["lower"], ends["upper"], held["delta"]))
    except ValueError as error:
        raise CertificateError(f"sample.json: {error}") from None
    return {**held, "seen": counts[2], "lower": low, "upper": high, "level": delta}


def _key(parts: Mapping[str, bytes], stated: Mapping[str, Any]) -> bytes:
    hashes = [[name, hashlib.sha256(parts[name]).hexdigest()] for name in KEYED]
    plan = [stated[x] for x in ("method", "draws", "block", "delta", "nonce")]
    return hashlib.sha256(
        json.dumps(["leafproof-sample/1", "sample", hashes, plan]).encode("ascii")
    ).digest()


def _pieces(case: Matter) -> Iterator[Piece]:
    """The parts of the possible domain by the tree's leaves, those of no probability left out."""
    count = 0
    for part, at in overlay(case.domain.tree, case.domain.cell(), lambda work: None):
        if at == IMPOSSIBLE:
            continue
        leaf = case.domain.leaves[at]
        for own, _ in overlay(case.trees[1], part, lambda work: None):
            count += 1
            if count > MOST_PIECES:
                raise TooLarge(f"a test of more than {MOST_PIECES} parts is not made again")
            weight = leaf.probability(leaf.amount(own))
            if weight:
                yield Piece(own, leaf, weight)


def _runs(chances: Chances, own: Any) -> Runs:
    if isinstance(chances, Shares):
        held = [(v, 1, chances.each[v]) for v in own]
    else:
        inside = ((range(max(r[0], own[0]), min(r[-1], own[-1]) + 1), w) for r, w in chances.runs)
        held = [(r[0], len(r), w) for r, w in inside if r]
    kept: list[tuple[int, int, int]] = []
    for first, count, weight in held:
        last = kept[-1] if kept else None
        if last and last[0] + last[1] == first and last[2] == weight:
            kept[-1] = (last[0], last[1] + count, weight)
        elif weight:
            kept.append((first, count, weight))
    unit = gcd(*(weight for _, _, weight in kept))
    return Runs(tuple((first, count, weight // unit) for first, count, weight in kept))


@dataclass(frozen=True)
class Layout:
    """Which word a variable reads: the number of the first, and whether three words are its own."""

    word: int
    own: bool
    fresh: bool


def _layout(pieces: list[Piece]) -> tuple[list[Layout], int]:
    """The words of each variable, and how many there are."""
    found: list[Layout] = []
    used, last, room = 1, 0, 0
    for i in range(len(pieces[0].part)):
        most = max(x.runs[i].total for x in pieces)
        if most >= ROOM:
            found.append(Layout(used, own=True, fresh=True))
            used, room = used + 3, 0
            continue
        fresh = most > room
        if fresh:
            last, used, room = used, used + 1, ROOM
        room //= most
        found.append(Layout(last, own=False, fresh=fresh))
    return found, used


def _points(pieces: list[Piece], key: bytes, draws: int, block: int) -> Iterator[Point]:
    layout, rows = _layout(pieces)
    total = sum(x.weight for x in pieces)
    before = accumulate((x.weight for x in pieces[:-1]), initial=Fraction(0))
    edges = [WORD * w // total for w in before]
    for at in range(0, draws, block):
        seed = key + (at // block).to_bytes(8, "little")
        data = hashlib.shake_256(seed).digest(8 * block * rows)
        for i in range(min(block, draws - at)):
            words = [
                int.from_bytes(data[8 * (row * block + i) :][:8], "little") for row in range(rows)
            ]
            piece = pieces[bisect_right(edges, words[0]) - 1]
            yield tuple(_values(piece, layout, words))


def _values(piece: Piece, layout: list[Layout], words: list[int]) -> Iterator[int]:
    rest = words[0]
    for runs, place in zip(piece.runs, layout, strict=True):
        if place.own:
            u, first, second = words[place.word : place.word + 3]
            starts = [WORD * w // runs.total for w in runs.before[:-1]]
            start, count, _ = runs.each[bisect_right(starts, u) - 1]
            yield start + count * (first * WORD + second) // WORD**2
            continue
        found = (words[place.word] if place.fresh else rest) * runs.total
        rank, rest = divmod(found, WORD)
        at = bisect_right(runs.before, rank) - 1
        start, _, weight = runs.each[at]
        yield start + (rank - runs.before[at]) // weight


def _off(pieces: list[Piece]) -> Fraction:
    """How far the draws' distribution can be from the domain's, because words are finite."""
    off, layout = Fraction(len(pieces), WORD), _layout(pieces)[0]
    for i, place in enumerate(layout):
        if place.own:
            runs = max(len(x.runs[i].each) for x in pieces)
            longest = max(n for x in pieces for _, n, _ in x.runs[i].each)
            off += Fraction(runs, WORD) + Fraction(longest, WORD**2)
        elif place.fresh:
            off += Fraction(ROOM, WORD)
    return off


def _check_ends(stated: Mapping[str, Any], off: Fraction) -> None:
    """Either end of the interval is beyond the truth with probability at most delta / 2."""
    n, seen = stated["draws"], stated["seen"]
    half = float(stated["level"]) / 2 * (1 + CLOSE)
    low, high = stated["lower"] + off, stated["upper"] - off
    if stated["lower"] > 0 and _at_most(n - seen, n, 1 - low) > half:
        raise InvalidProof("the lower end that sample.json states is above what its draws show")
    if stated["upper"] < 1 and _at_most(seen, n, high) > half:
        raise InvalidProof("the upper end that sample.json states is below what its draws show")


def _at_most(seen: int, n: int, p: Fraction) -> float:
    """P[at most so many of n, each with probability p], for p above their share."""
    if p >= 1:
        return 0.0
    if p <= 0 or p * n <= seen:
        return 1.0
    x, y = float(p), float(1 - p)
    choices = lgamma(n + 1) - lgamma(seen + 1) - lgamma(n - seen + 1)
    term = exp(choices + seen * log(x) + (n - seen) * log1p(-x))
    total = term
    for j in range(seen, 0, -1):
        term *= j * y / ((n - j + 1) * x)
        total += term
        if term < total * 1e-18:
            break
    return total
