"""A test of an opaque model, made again: its points, the tree's classes there, and its interval."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.domain import IMPOSSIBLE
from verifier.second_checker.draws import Piece, off_of, points_of
from verifier.second_checker.ends import Reach, check_ends
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter
from verifier.second_checker.once import Once, check_at_any_time
from verifier.second_checker.plans import read_sample
from verifier.second_checker.points import Progress, unheard
from verifier.second_checker.reading import TooLarge
from verifier.second_checker.tree import leaf_at, overlay

MOST_DRAWS = 1 << 20
MOST_PIECES = 1 << 16


@dataclass(frozen=True)
class Tested:
    """How many points were drawn again, at how many the two differ, and how long it took."""

    draws: int
    seen: int
    seconds: float


def examine_test(case: Matter, parts: Mapping[str, bytes], progress: Progress = unheard) -> Tested:
    """Confirm what a test's file states; InvalidProof where it does not hold.

    CertificateError where it is none, TooLarge where it has more draws than are made again here.
    """
    start = time.perf_counter()
    stated, recorded = read_sample(parts), parts["recorded.bin"]
    kinds = "pooled", "anytime", "finite"
    if stated is None or stated.method not in kinds or stated.boxes or stated.line is not None:
        raise CertificateError("a test has a pooled sample, or one that is for tests alone")
    draws = stated.draws if stated.drawn is None else stated.drawn
    if draws > MOST_DRAWS:
        raise TooLarge(f"more than {MOST_DRAWS} draws are not made a second time")
    if len(recorded) != draws or max(recorded) >= case.opaque[0]:
        raise InvalidProof("recorded.bin has not a class of the model for every draw")
    pieces = sorted(_pieces(case), key=lambda x: x.first)
    seen, once = 0, Once(pieces) if stated.method == "finite" else None
    points = points_of(pieces, stated) if once is None else once.points(stated.key, draws)
    for i, point in enumerate(islice(points, draws)):
        classes = {0: recorded[i], 1: leaf_at(case.trees[1], point)}
        seen += truth(case.question, classes) is True
        if i % 4096 == 0:
            progress(f"{i} of {draws} draws", i / draws)
    if seen != stated.seen:
        raise InvalidProof(f"sample.json states {stated.seen} differences; there are {seen}")
    if once is not None:
        once.check_ends(stated)
    elif stated.method == "anytime":
        check_at_any_time(stated, draws, off_of(pieces))
    else:
        none, all_ = Fraction(0), Fraction(1)
        check_ends(stated, Reach(none, all_, off_of(pieces), none, all_))
    return Tested(draws, seen, time.perf_counter() - start)


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
