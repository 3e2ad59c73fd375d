"""What a certificate states of a sample: drawn a second time, point by point, in integers.

Written from docs/certificate.md. Samples beside Sandwiches and solvers' words, and those of more
work than is taken on, are left to the kernel, and that is said.
"""

from __future__ import annotations

import hashlib
import json
import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, product

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.bounds import decide, logits
from verifier.second_checker.counting import cells, possible, undecided
from verifier.second_checker.domain import Cell, Leaf, Point, size
from verifier.second_checker.formula import DIFFER, truth
from verifier.second_checker.models import Matter
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.reading import Node, entry_of, parse
from verifier.second_checker.tree import VISIT, leaf_at, overlay
from verifier.second_checker.variables import Interval, Shares

KEYED = "domain.json", "models.json", "weights.bin", "question.json", "proof.bin"
WORD = 1 << 64
SHARED = 1 << 24
WORK = 10**9
"""Multiplications taken on for a sample, about: some minutes."""
CLOSE = 1 + Fraction(1, 10**5)
"""By so much more than delta / 2 a tail may seem to weigh, as it is added up in floats."""


@dataclass(frozen=True)
class Stated:
    """What sample.json states, and the key of its draws."""

    key: bytes
    draws: int
    block: int
    delta: Fraction
    seen: int
    lower: Fraction
    upper: Fraction
    plain: bool
    boxes: bool


@dataclass(frozen=True)
class Piece:
    """A product of values that is open, in a leaf of the domain's tree."""

    cell: Cell
    leaf: Leaf
    weight: Fraction


def read_sample(parts: Mapping[str, bytes]) -> Stated | None:
    """The sample of a certificate's parts; None where there is none."""
    if "sample.json" not in parts:
        return None
    names = {"format", "method", "delta", "draws", "block", "nonce", "seen", "probability"}
    value = entry_of("sample.json", parse(parts, "sample.json"), names)
    ends = entry_of("sample.json", value["probability"], {"lower", "upper"})
    held = entry_of("sample.json", value["seen"], {"true", "undecided"}, {"undecided"})
    seen, undecided = held["true"], held.get("undecided")
    whole = value["draws"], value["block"], seen, 0 if undecided is None else undecided
    text = value["delta"], value["nonce"], value["method"], ends["lower"], ends["upper"]
    if not all(type(n) is int for n in whole) or not all(isinstance(x, str) for x in text):
        raise CertificateError("sample.json does not hold what it should")
    if value["format"] != "leafproof-sample/1" or value["method"] not in ("pooled", "plain"):
        raise CertificateError("sample.json is of no known kind")
    hashes = [[name, hashlib.sha256(parts[name]).hexdigest()] for name in KEYED]
    plan = [value["method"], value["draws"], value["block"], value["delta"], value["nonce"]]
    told = json.dumps(["leafproof-sample/1", "sample", hashes, plan])
    try:
        delta, lower, upper = (Fraction(x) for x in (text[0], text[3], text[4]))
    except (ValueError, ZeroDivisionError):
        raise CertificateError("sample.json holds what is no number") from None
    if not (0 < delta < 1 and 0 <= seen <= whole[0] and 1 <= whole[1] <= 1 << 16):
        raise CertificateError("sample.json holds numbers that cannot be")
    key = hashlib.sha256(told.encode("ascii")).digest()
    return Stated(
        key, *whole[:2], delta, seen, lower, upper, value["method"] == "plain", "undecided" in held
    )


def check_sample(case: Matter, proof: Sequence[Node], stated: Stated, tally: Tally) -> str:
    """Draw again; returns why that is left to the kernel, or "".

    InvalidProof where the draws give another number, or the interval does not follow from it.
    """
    boxes = any(isinstance(v, Interval) for v in case.domain.variables)
    if boxes != stated.boxes:
        raise InvalidProof("sample.json states undecided draws just where a variable is continuous")
    if boxes:
        return "the sample of a domain with continuous variables was left to the kernel"
    if stated.plain:
        return "the sample of the whole domain was left to the kernel"
    kinds = {node.kind for node in proof}
    if kinds & {"sandwich", "trusted"}:
        return "the sample beside Sandwiches or solvers' words was left to the kernel"
    each = sum(point_work(net) for net in case.nets.values()) + 100 * len(case.domain.variables)
    if each * stated.draws > WORK:
        return f"a sample of {stated.draws} draws was left to the kernel"
    settled, pieces = _left(case, proof, tally)
    if not pieces:
        raise InvalidProof("sample.json states a sample, but nothing is open")
    pieces.sort(key=lambda x: tuple(own[0] for own in x.cell))
    off, points = drawn(case, pieces, stated)
    seen = 0
    for point in points:
        tally.spend(each)
        seen += _is_true(case, point)
    if seen != stated.seen:
        raise InvalidProof(
            f"the certificate states {stated.seen} true draws, but the second checker finds {seen}"
        )
    _check_interval(stated, settled, sum((x.weight for x in pieces), Fraction(0)), off)
    return ""


def _left(case: Matter, proof: Sequence[Node], tally: Tally) -> tuple[Fraction, list[Piece]]:
    """The probability that is settled and true, and the pieces that are open."""
    settled, pieces = Fraction(0), []
    for cell, nodes in cells(case.domain, proof):
        known = {x.model: x.argument for x in nodes if x.kind == "constant"}
        for part, number in possible(case, cell, tally):
            leaf = case.domain.leaves[number]
            if nodes[0].kind == "enumerated":
                tally.spend(size(part) * sum(point_work(net) for net in case.nets.values()))
                true = (p for p in product(*part) if _is_true(case, p))
                settled += sum((_weight(leaf, tuple((v,) for v in p)) for p in true), Fraction(0))
                continue
            tail = any(node.kind == "tail" for node in nodes)  # all of it counts as open
            for own in [part] if tail else _open(case, part, known, tally):
                if weight := _weight(leaf, own):
                    pieces.append(Piece(own, leaf, weight))
            settled += 0 if tail else _true(case, part, known, leaf, tally)
    return settled, pieces


def _open(case: Matter, part: Cell, known: Mapping[int, int], tally: Tally) -> Iterator[Cell]:
    """The parts that nothing settles; where a network and a tree differ, trees alone do not."""
    if _is_differ(case):
        if not known:
            yield part
        return
    yield from undecided(case, part, known, tally)


def _is_differ(case: Matter) -> bool:
    """Whether it is asked where a network and a tree that read all in order differ."""
    return (
        case.question == DIFFER
        and list(case.nets) == [0]
        and list(case.trees) == [1]
        and case.ordered
    )


def _true(case: Matter, part: Cell, known: Mapping[int, int], leaf: Leaf, tally: Tally) -> Fraction:
    """The probability of the parts on which the formula is true whatever is not known."""
    tally.spend(VISIT + 4 * len(case.question))
    found = truth(case.question, known)
    model = next((m for m in case.trees if m not in known), None)
    if found is not None or model is None:
        return _weight(leaf, part) if found else Fraction(0)
    halves = overlay(case.trees[model], part, tally.spend)
    each = (_true(case, own, {**known, model: k}, leaf, tally) for own, k in halves)
    return sum(each, Fraction(0))


def _is_true(case: Matter, point: Point) -> bool:
    classes = {m: leaf_at(tree, point) for m, tree in case.trees.items()}
    for m, net in case.nets.items():
        classes[m] = decide(logits(net.network, net.inputs, net.point(point))[-1][0])
    return truth(case.question, classes) is True


def _weight(leaf: Leaf, part: Cell) -> Fraction:
    return leaf.probability(leaf.amount(part))


Runs = list[tuple[int, int, int]]
"""Runs of equally probable values: the first one, how many, and the weight of each."""


def runs_of(piece: Piece, index: int) -> Runs:
    """The runs of a variable in a piece, weights in lowest terms; values of weight 0 left out."""
    chances, own = piece.leaf.chances[index], piece.cell[index]
    held: Runs = []
    if isinstance(chances, Shares):
        for v in own:
            _append(held, v, 1, chances.each[v])
    else:
        for run, each in chances.runs:
            low, high = max(run.start, own[0]), min(run.stop - 1, own[-1])
            if low <= high:
                _append(held, low, high - low + 1, each)
    unit = math.gcd(*(w for _, _, w in held))
    return [(v, n, w // unit) for v, n, w in held]


def _append(held: Runs, first: int, count: int, weight: int) -> None:
    if held and sum(held[-1][:2]) == first and held[-1][2] == weight:
        held[-1] = held[-1][0], held[-1][1] + count, weight
    elif weight:
        held.append((first, count, weight))


def drawn(
    case: Matter, pieces: Sequence[Piece], stated: Stated
) -> tuple[Fraction, Iterator[Point]]:
    """How far the draws' distribution is off at most, and the points in their order."""
    columns = [[runs_of(x, i) for x in pieces] for i in range(len(case.domain.variables))]
    totals = [[sum(n * w for _, n, w in runs) for runs in column] for column in columns]
    layout: list[tuple[int, bool, bool]] = []  # the word, whether it is new, whether three are
    words, room, at = 1, 0, 0
    off = Fraction(len(pieces) + 1, WORD)
    for column, own in zip(columns, totals, strict=True):
        most = max(own)
        if most >= 2 * SHARED:
            layout.append((words, True, True))
            words, room = words + 3, 0
            off += Fraction(max(map(len, column)), WORD)
            off += Fraction(max(n for runs in column for _, n, _ in runs), WORD**2)
            continue
        fresh = most > room
        if fresh:
            at, words, room = words, words + 1, SHARED
            off += Fraction(SHARED, WORD)
        room //= most
        layout.append((at, fresh, False))
    return off, _points(columns, totals, layout, words, pieces, stated)


def _points(
    columns: Sequence[Sequence[Runs]],
    totals: Sequence[Sequence[int]],
    layout: Sequence[tuple[int, bool, bool]],
    words: int,
    pieces: Sequence[Piece],
    stated: Stated,
) -> Iterator[Point]:
    whole = sum((x.weight for x in pieces), Fraction(0))
    before = accumulate((x.weight for x in pieces), initial=Fraction(0))
    edges = [math.floor(WORD * w / whole) for w in before][:-1]
    for draw in range(stated.draws):
        block, number = divmod(draw, stated.block)
        if not number:
            size = 8 * stated.block * words
            data = hashlib.shake_256(stated.key + block.to_bytes(8, "little")).digest(size)

        def word(row: int, data: bytes = data, number: int = number) -> int:
            start = 8 * (row * stated.block + number)
            return int.from_bytes(data[start : start + 8], "little")

        piece = bisect_right(edges, word(0)) - 1
        point, rest = [], 0
        for column, own, (at, fresh, long) in zip(columns, totals, layout, strict=True):
            if long:
                point.append(_long(column[piece], own[piece], [word(at + i) for i in range(3)]))
                continue
            rank, rest = divmod((word(at) if fresh else rest) * own[piece], WORD)
            for first, count, weight in column[piece]:
                if rank < count * weight:
                    point.append(first + rank // weight)
                    break
                rank -= count * weight
        yield tuple(point)


def _long(runs: Runs, total: int, words: Sequence[int]) -> int:
    sums = list(accumulate((n * w for _, n, w in runs), initial=0))[:-1]
    first, count, _ = runs[bisect_right([WORD * x // total for x in sums], words[0]) - 1]
    return first + count * (words[1] * WORD + words[2]) // WORD**2


def _check_interval(stated: Stated, settled: Fraction, mass: Fraction, off: Fraction) -> None:
    """InvalidProof unless either end leaves out at most delta / 2, or nothing that can be."""
    n, k = stated.draws, stated.seen
    low, high = (stated.lower - settled) / mass + off, (stated.upper - settled) / mass - off
    most = float(stated.delta / 2 * CLOSE)
    if stated.upper < settled + mass and not (high > 0 and at_most(k, n, high) <= most):
        raise InvalidProof("the certificate states an upper end that its sample does not show")
    if stated.lower > settled and not (low < 1 and at_most(n - k, n, 1 - low) <= most):
        raise InvalidProof("the certificate states a lower end that its sample does not show")


def at_most(k: int, n: int, p: Fraction) -> float:
    """P[at most k hits of n], each of probability p: added up from k downward, where k <= n p."""
    if k >= n * p or p >= 1:
        return 0.0 if p >= 1 and k < n else 1.0
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    log += k * math.log(p) + (n - k) * math.log1p(-p)
    term, total, ratio = math.exp(log), 0.0, float((1 - p) / p)
    for i in range(k, -1, -1):
        total += term
        term *= ratio * i / (n - i + 1)
        if term < total * 1e-12 and ratio * i < n - i + 1:
            break
    return total
